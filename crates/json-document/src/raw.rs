//! Objects whose values stay text, and strings that are borrowed where they have no escapes.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Returns the members of a JSON object in the order of the text, repeated ones included, with their values as text.
///
/// Values are scanned, not parsed: the cost is that of finding where each of them ends.
///
/// ```
/// let members = json_document::parse_members(r#"{"a": 1.0, "a": [2]}"#)?;
/// let texts: Vec<_> = members.iter().map(|(name, value)| (name.as_ref(), value.get())).collect();
/// assert_eq!(texts, [("a", "1.0"), ("a", "[2]")]);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn parse_members(json: &str) -> Result<Vec<(Cow<'_, str>, &RawValue)>, serde_json::Error> {
    struct MembersVisitor;

    impl<'de> Visitor<'de> for MembersVisitor {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(CowStr(name)) = map.next_key()? {
                members.push((name, map.next_value()?));
            }
            Ok(members)
        }
    }

    let mut deserializer = serde_json::Deserializer::from_str(json);
    let members = deserializer.deserialize_map(MembersVisitor)?;
    deserializer.end()?;
    Ok(members)
}

/// A string or a member name that borrows from the input unless it has escapes.
///
/// `Cow<str>` itself is always deserialized into an owned string.
///
/// ```
/// use json_document::CowStr;
/// use std::borrow::Cow;
///
/// assert!(matches!(serde_json::from_str(r#""plain""#)?, CowStr(Cow::Borrowed("plain"))));
/// assert!(matches!(serde_json::from_str(r#""a\nb""#)?, CowStr(Cow::Owned(_))));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CowStr<'de>(pub Cow<'de, str>);

impl<'de> Deserialize<'de> for CowStr<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CowStrVisitor;

        impl<'de> Visitor<'de> for CowStrVisitor {
            type Value = CowStr<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<CowStr<'de>, E> {
                Ok(CowStr(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<CowStr<'de>, E> {
                Ok(CowStr(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(CowStrVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_single_object_has_members() {
        for json in ["[1]", "1", "", r#"{"a":1} {}"#, r#"{"a":}"#] {
            assert!(parse_members(json).is_err(), "{json}");
        }
        assert_eq!(parse_members(" {} ").unwrap().len(), 0);
    }
}
