//! Fields that a reader did not know and kept, and their way out again.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::event::member;
use crate::pointer::Pointer;

/// Fields with their places in the canonical detail, text for text as they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept(Vec<(Pointer, Box<RawValue>)>);

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.iter().map(|(at, value)| (at, value.get())).eq(other.iter().map(|(at, value)| (at, value.get())))
    }
}

/// The kept fields, sorted by where they can stand in what is written.
#[derive(Debug)]
pub(crate) struct Placed<'a> {
    /// The payload, with the fields in it that have their place there.
    pub(crate) data: Box<RawValue>,
    /// Members beside `data`.
    pub(crate) beside: Vec<(String, &'a RawValue)>,
    /// Fields whose place this version no longer has, or has taken for something else: pointer to value.
    pub(crate) homeless: Homeless<'a>,
}

/// Kept fields without a place, sorted by pointer. One pointer may stand there twice: JSON allows a name to come again.
#[derive(Debug)]
pub(crate) struct Homeless<'a>(Vec<Field<'a>>);

impl Homeless<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Homeless<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(at, value)| (at.as_str(), value)))
    }
}

/// A way longer than this leads nowhere: nothing that deep is read, and walking it would cost stack.
const LONGEST_WAY: usize = 128;

impl Kept {
    pub(crate) fn push(&mut self, at: Pointer, value: Box<RawValue>) {
        self.0.push((at, value));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Pointer, &RawValue)> {
        self.0.iter().map(|(at, value)| (at, &**value))
    }

    /// Finds each field its place around and in `data`, the payload's text. What stands there already wins; no field
    /// is lost.
    pub(crate) fn place(&self, data: &str) -> Result<Placed<'_>, serde_json::Error> {
        let mut inside = Branch::default();
        let mut beside: Vec<(String, &RawValue)> = Vec::new();
        let mut names = BTreeSet::new();
        let mut homeless = Vec::new();
        for (at, value) in self.iter() {
            let mut segments = at.segments();
            match (segments.next(), segments.next()) {
                (Some(name), None) if free_beside_data(&name) && names.insert(name.clone()) => {
                    beside.push((name, value));
                }
                (Some(data), Some(first)) if data == member::DATA && at.segments().count() <= LONGEST_WAY => {
                    let segments = std::iter::once(first).chain(segments);
                    if !inside.insert(segments, (at, value)) {
                        homeless.push((at, value));
                    }
                }
                _ => homeless.push((at, value)),
            }
        }
        let mut text = String::with_capacity(data.len() + 64);
        inside.splice(data, &mut text, &mut homeless)?;
        homeless.sort_by_key(|(at, _)| *at);
        Ok(Placed { data: RawValue::from_string(text)?, beside, homeless: Homeless(homeless) })
    }
}

fn free_beside_data(name: &str) -> bool {
    use member::{CAUSATION_ID, CORRELATION_ID, DATA, ID, KEPT, PARTITION_KEY, SOURCE, TAGS, TIMESTAMP, TYPE, VERSION};
    ![ID, TYPE, VERSION, TIMESTAMP, PARTITION_KEY, SOURCE, CORRELATION_ID, CAUSATION_ID, TAGS, DATA, KEPT]
        .contains(&name)
}

type Field<'a> = (&'a Pointer, &'a RawValue);

/// The kept fields below one value, by the way to them.
#[derive(Default)]
struct Branch<'a> {
    field: Option<Field<'a>>,
    below: BTreeMap<String, Branch<'a>>,
}

impl<'a> Branch<'a> {
    fn insert(&mut self, mut segments: impl Iterator<Item = String>, field: Field<'a>) -> bool {
        match segments.next() {
            Some(segment) => self.below.entry(segment).or_default().insert(segments, field),
            None if self.field.is_some() => false,
            None => {
                self.field = Some(field);
                true
            }
        }
    }

    fn into_homeless(self, homeless: &mut Vec<Field<'a>>) {
        homeless.extend(self.field);
        for branch in self.below.into_values() {
            branch.into_homeless(homeless);
        }
    }

    /// Writes `json` to `out` with the fields below it put in. Only the values on the way are taken apart; all others
    /// are copied as text, so that no number changes its spelling.
    fn splice(mut self, json: &str, out: &mut String, homeless: &mut Vec<Field<'a>>) -> Result<(), serde_json::Error> {
        homeless.extend(self.field.take());
        if self.below.is_empty() {
            out.push_str(json);
            return Ok(());
        }
        match json.as_bytes().first() {
            Some(b'{') => {
                out.push('{');
                let mut separator = "";
                for (name, value) in members(json)? {
                    out.push_str(separator);
                    separator = ",";
                    out.push_str(to_raw_value(&name)?.get());
                    out.push(':');
                    match self.below.remove(&*name) {
                        Some(branch) => branch.splice(value.get(), out, homeless)?,
                        None => out.push_str(value.get()),
                    }
                }
                for (name, mut branch) in self.below {
                    // The place is free, and so the field has it. What hung below a value that is gone has none.
                    if let Some((_, value)) = branch.field.take() {
                        out.push_str(separator);
                        separator = ",";
                        out.push_str(to_raw_value(&name)?.get());
                        out.push(':');
                        out.push_str(value.get());
                    }
                    branch.into_homeless(homeless);
                }
                out.push('}');
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(json)?;
                out.push('[');
                for (index, item) in items.into_iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    match self.below.remove(&index.to_string()) {
                        Some(branch) => branch.splice(item.get(), out, homeless)?,
                        None => out.push_str(item.get()),
                    }
                }
                out.push(']');
                self.into_homeless(homeless);
            }
            _ => {
                out.push_str(json);
                self.into_homeless(homeless);
            }
        }
        Ok(())
    }
}

/// The members of a JSON object, in order, with their values as text.
pub(crate) fn members(json: &str) -> Result<Vec<(Cow<'_, str>, &RawValue)>, serde_json::Error> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(Name(name)) = map.next_key()? {
                members.push((name, map.next_value()?));
            }
            Ok(members)
        }
    }

    let mut deserializer = serde_json::Deserializer::from_str(json);
    let members = deserializer.deserialize_map(Members)?;
    deserializer.end()?;
    Ok(members)
}

/// The name of a member, borrowed where it has no escapes in it.
pub(crate) struct Name<'de>(pub(crate) Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(fields: &[(&[&str], &str)]) -> Kept {
        let mut kept = Kept::default();
        for (at, value) in fields {
            kept.push(at.iter().collect(), RawValue::from_string((*value).to_owned()).unwrap());
        }
        kept
    }

    #[test]
    fn fields_go_back_to_where_they_stood() {
        let kept = kept(&[
            (&["data", "gift"], "1e400"),
            (&["data", "items", "1", "a/b"], r#"{"deep":[1.0]}"#),
            (&["trace"], "\"t\""),
        ]);
        let placed = kept.place(r#"{"id":1.50,"items":[{},{"sku":"x"}]}"#).unwrap();
        assert_eq!(placed.data.get(), r#"{"id":1.50,"items":[{},{"sku":"x","a/b":{"deep":[1.0]}}],"gift":1e400}"#);
        assert_eq!(placed.beside.len(), 1);
        assert!(placed.homeless.is_empty());
    }

    #[test]
    fn fields_without_a_place_are_not_lost() {
        let kept = kept(&[
            (&["data", "taken"], "1"),
            (&["data", "gone", "below"], "2"),
            (&["data", "items", "7", "x"], "3"),
            (&["data", "taken", "deeper"], "4"),
            (&["type"], "5"),
            (&["data"], "6"),
            (&["data", "twice"], "7"),
            (&["data", "twice"], "8"),
            (&["data", "twice"], "9"),
        ]);
        let placed = kept.place(r#"{"taken":0,"items":[]}"#).unwrap();
        assert_eq!(placed.data.get(), r#"{"taken":0,"items":[],"twice":7}"#);
        let homeless: Vec<_> = placed.homeless.0.iter().map(|(at, value)| format!("{at}={value}")).collect();
        assert_eq!(
            homeless,
            [
                "/data=6",
                "/data/gone/below=2",
                "/data/items/7/x=3",
                "/data/taken=1",
                "/data/taken/deeper=4",
                "/data/twice=8",
                "/data/twice=9",
                "/type=5"
            ]
        );
    }
}
