//! Enumerations that may grow.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, IgnoredAny, VariantAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// A value of the enumeration `T`, or the text of one that this version does not know yet.
///
/// A closed enumeration turns every new value into an event that nobody can read. `T` is an enum of unit variants;
/// what it does not know is kept, observed when it is read, and written on as it came.
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
    /// A value that `T` has.
    Known(T),
    /// A value that it does not have, as it was sent.
    Unknown(String),
}

impl<T> Open<T> {
    /// The value, if `T` has it.
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

/// The name of the enum as which `Open` asks to be deserialized. The reader knows it by this name.
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
        // A variant with contents, as in {"returned": 1}, is no text that could be kept. Where there are none, this
        // asks for contents all the same: the reader takes that as the word that the value is unknown, and any other
        // format answers with an error, which says nothing here.
        if variant.newtype_variant::<IgnoredAny>().is_ok() {
            return Err(A::Error::custom("expected a string, found an object"));
        }
        Ok(Open::Unknown(text))
    }
}

/// The keyword that lists the known values of an enumeration that may grow: an annotation, any text is valid.
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

    /// Any text: a writer may pass on one that it does not know, and a reader takes it. The values that are known stand
    /// under `x-extensible-enum`.
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        fn collect(schema: &serde_json::Value, known: &mut Vec<serde_json::Value>) {
            let of = |keyword| schema.get(keyword);
            known.extend(of("const").into_iter().cloned());
            known.extend(of("enum").and_then(|values| values.as_array()).into_iter().flatten().cloned());
            let ways = ["oneOf", "anyOf"].into_iter().filter_map(of).filter_map(|ways| ways.as_array());
            ways.flatten().for_each(|way| collect(way, known));
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
    fn only_a_text_can_be_unknown() {
        for wrong in ["1", "null", "[]", "{}", r#"{"Red":1}"#, r#"{"Blue":1}"#] {
            let read: Result<Open<Colour>, _> = serde_json::from_str(wrong);
            assert!(read.is_err(), "{wrong} was read as {read:?}");
        }
    }

    #[test]
    fn it_can_be_read_from_a_buffer_too() {
        #[derive(Debug, PartialEq, Deserialize)]
        #[serde(tag = "kind")]
        enum Tagged {
            A { colour: Open<Colour> },
        }
        let read: Tagged = serde_json::from_str(r#"{"colour":"Blue","kind":"A"}"#).unwrap();
        assert_eq!(read, Tagged::A { colour: Open::Unknown("Blue".to_owned()) });
    }
}
