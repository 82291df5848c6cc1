//! Extensible enumerations.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, IgnoredAny, VariantAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// A value of the extensible enumeration `T`, or a string that is not a value of `T` yet.
///
/// With a closed enumeration, every new value makes an event unreadable. `T` is an enum of unit variants. The reader
/// reports a value that `T` lacks as an observation and keeps its spelling, so that a relay does not lose it.
///
/// ```
/// use event_contract::Open;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// #[serde(rename_all = "kebab-case")]
/// enum Status { Planned, OutForDelivery }
///
/// let status: Open<Status> = serde_json::from_str(r#""out-for-delivery""#)?;
/// assert_eq!(status, Open::Known(Status::OutForDelivery));
///
/// let status: Open<Status> = serde_json::from_str(r#""returned""#)?;
/// assert_eq!(status, Open::Unknown("returned".to_owned()));
/// assert_eq!(serde_json::to_string(&status)?, r#""returned""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Open<T> {
    /// A value of `T`.
    Known(T),
    /// The string of a value that `T` lacks.
    Unknown(String),
}

impl<T> Open<T> {
    /// Returns the value of `T`; `None` for an unknown one.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

impl<T> From<T> for Open<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: Serialize> Serialize for Open<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Unknown(text) => serializer.serialize_str(text),
        }
    }
}

/// Name of the enum under which [`Open`] is deserialized, by which the reader recognises it.
pub(crate) const OPEN: &str = "$event_contract::Open";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Open<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum(OPEN, &[], OpenVisitor(PhantomData))
    }
}

struct OpenVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OpenVisitor<T> {
    type Value = Open<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Open<T>, A::Error> {
        let (text, variant): (String, _) = access.variant()?;
        let known: Result<T, serde::de::value::Error> = T::deserialize(StrDeserializer::new(&text));
        if let Ok(value) = known {
            variant.unit_variant()?;
            return Ok(Open::Known(value));
        }
        // A variant with content, such as {"returned": 1}, is not a string that could be kept. The reader interprets this
        // request for content as the signal that the value is unknown. For a string, the request fails, as expected.
        if variant.newtype_variant::<IgnoredAny>().is_ok() {
            return Err(A::Error::custom("expected a string, found an object"));
        }
        Ok(Open::Unknown(text))
    }
}

/// The annotation keyword that lists the known values of an extensible enumeration.
#[cfg(feature = "schema")]
pub(crate) const KNOWN: &str = "x-extensible-enum";

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Open<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Open{}", T::schema_name()).into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        format!("{}::Open<{}>", module_path!(), T::schema_id()).into()
    }

    /// Allows any string: a writer may relay a value that it does not know. The known values are listed under
    /// `x-extensible-enum`.
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        fn collect(schema: &serde_json::Value, known: &mut Vec<serde_json::Value>) {
            let get = |keyword| schema.get(keyword);
            known.extend(get("const").into_iter().cloned());
            known.extend(get("enum").and_then(|values| values.as_array()).into_iter().flatten().cloned());
            let alternatives = ["oneOf", "anyOf"].into_iter().filter_map(get).filter_map(|schemas| schemas.as_array());
            alternatives.flatten().for_each(|schema| collect(schema, known));
        }
        let mut known = Vec::new();
        collect(T::json_schema(generator).as_value(), &mut known);
        schemars::json_schema!({ "type": "string", (KNOWN): known })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    enum Colour {
        Red,
    }

    #[test]
    fn unknown_values_are_strings() {
        for wrong in ["1", "null", "[]", "{}", r#"{"Red":1}"#, r#"{"Blue":1}"#] {
            let read: Result<Open<Colour>, _> = serde_json::from_str(wrong);
            assert!(read.is_err(), "{wrong} was read as {read:?}");
        }
    }

    #[test]
    fn unknown_values_are_read_from_a_buffer() {
        #[derive(Debug, PartialEq, Deserialize)]
        #[serde(tag = "kind")]
        enum Tagged {
            A { colour: Open<Colour> },
        }
        let read: Tagged = serde_json::from_str(r#"{"colour":"Blue","kind":"A"}"#).unwrap();
        assert_eq!(read, Tagged::A { colour: Open::Unknown("Blue".to_owned()) });
    }
}
