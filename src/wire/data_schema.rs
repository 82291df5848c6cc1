//! The `dataschema` of CloudEvents: the URN of a version of a type, which is also the `$id` of its schema.

/// The type and the version that a URN names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataSchema {
    pub(crate) event_type: String,
    pub(crate) version: u32,
}

/// The beginning of each URN.
const PREFIX: &str = "urn:event-contract:";

impl DataSchema {
    /// Parses `urn:event-contract:<side>:<type>:v<version>:<role>`. Returns `None` for any other URI.
    pub(crate) fn parse(uri: &str) -> Option<Self> {
        let mut parts = uri.strip_prefix(PREFIX)?.split(':');
        let (_side, name, version, _role) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let event_type = percent_decode(name)?;
        Some(Self { event_type, version: version.strip_prefix('v')?.parse().ok()? })
    }

    /// Returns the URN of the writer's schema of an external type.
    #[cfg(feature = "cloudevents")]
    pub(crate) fn to_urn(&self) -> String {
        format!("{PREFIX}external:{}:v{}:writer", percent_encode(&self.event_type), self.version)
    }
}

/// Encodes all bytes but the unreserved ones of RFC 3986, section 2.3.
#[cfg(any(feature = "schema", feature = "cloudevents"))]
pub(crate) fn percent_encode(text: &str) -> String {
    use std::fmt::Write as _;

    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // A `String` cannot fail to be written to.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urns_of_schemas_are_parsed() {
        let parsed = |uri: &str| DataSchema::parse(uri).map(|schema| (schema.event_type, schema.version));
        assert_eq!(parsed("urn:event-contract:external:Tea.Made:v3:writer"), Some(("Tea.Made".into(), 3)));
        assert_eq!(parsed("urn:event-contract:internal:a%3Ab%C3%BC:v12:reader:detail"), Some(("a:bü".into(), 12)));
        for other in
            ["", "v3", "https://example.com/v3", "urn:event-contract:external:Tea:3:writer", "urn:event-contract:x"]
        {
            assert_eq!(parsed(other), None, "{other}");
        }
        for wrong in ["%", "%4", "%zz", "%FF"] {
            assert_eq!(parsed(&format!("urn:event-contract:external:{wrong}:v1:writer")), None, "{wrong}");
        }
    }

    #[cfg(feature = "cloudevents")]
    #[test]
    fn a_urn_is_parsed_back() {
        for event_type in ["Tea.Made", "a b:c/ü%"] {
            let schema = DataSchema { event_type: event_type.to_owned(), version: 7 };
            assert_eq!(DataSchema::parse(&schema.to_urn()), Some(schema));
        }
    }
}
