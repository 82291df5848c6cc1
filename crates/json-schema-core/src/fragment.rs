//! Fragments of references: JSON pointers in percent-encoding.

use std::fmt::Write as _;

use json_document::Pointer;
use serde_json::Value;

/// Resolves percent-encoding: `%25` becomes `%`. Other characters stay, and so does the whole text if
/// the bytes are not UTF-8.
pub fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        match (first, after) {
            (b'%', [high, low, tail @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                bytes.push(digit(*high).unwrap_or(0) * 16 + digit(*low).unwrap_or(0));
                rest = tail;
            }
            (first, after) => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Returns the JSON pointer of a reference that consists of one, such as `#/$defs/Tree`; `None` for an anchor, and for a
/// reference that names a document.
///
/// ```
/// use json_schema_core::parse_pointer_reference;
///
/// let pointer = parse_pointer_reference("#/$defs/Map%3CString~1u8%3E").unwrap();
/// assert_eq!(pointer.segments().collect::<Vec<_>>(), ["$defs", "Map<String/u8>"]);
/// assert_eq!(parse_pointer_reference("#node"), None);
/// assert_eq!(parse_pointer_reference("other.json#/$defs/Tree"), None);
/// ```
pub fn parse_pointer_reference(reference: &str) -> Option<Pointer> {
    let pointer = percent_decode(reference.strip_prefix('#')?);
    (pointer.is_empty() || pointer.starts_with('/')).then(|| Pointer::parse(&pointer))
}

/// Returns the value in a document without identifiers to which a reference leads, if it consists of a JSON pointer.
pub fn resolve_pointer_reference<'v>(root: &'v Value, reference: &str) -> Option<&'v Value> {
    root.pointer(parse_pointer_reference(reference)?.as_str())
}

/// Returns the reference to a position in the same resource: the opposite of [`parse_pointer_reference`].
pub fn format_pointer_reference(pointer: &Pointer) -> String {
    let mut reference = String::with_capacity(pointer.as_str().len() + 1);
    reference.push('#');
    for byte in pointer.as_str().bytes() {
        // RFC 3986, section 3.5: the characters of a fragment.
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte) {
            reference.push(char::from(byte));
        } else {
            // A `String` cannot fail to be written to.
            let _ = write!(reference, "%{byte:02X}");
        }
    }
    reference
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_percent_encoded_bytes_are_decoded() {
        for (encoded, decoded) in [
            ("", ""),
            ("a%25b%2Fc", "a%b/c"),
            ("%c3%A4", "ä"),
            ("100%", "100%"),
            ("%zz%4", "%zz%4"),
            ("%+1", "%+1"),
            ("%ff", "%ff"),
            ("ä%41", "äA"),
        ] {
            assert_eq!(percent_decode(encoded), decoded, "{encoded}");
        }
    }

    #[test]
    fn pointer_references_round_trip() {
        for segments in [&["$defs", "a b/c~d%25", "ä\"<>^"][..], &[""], &[]] {
            let pointer: Pointer = segments.iter().collect();
            let reference = format_pointer_reference(&pointer);
            assert!(reference.is_ascii(), "{reference}");
            assert_eq!(parse_pointer_reference(&reference), Some(pointer));
        }
    }
}
