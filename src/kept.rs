//! Fields that a reader did not know and kept, and their way out again.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::event::member;
use json_document::Pointer;

/// Fields with their places in the canonical detail, text for text as they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    fields: Vec<KeptField>,
    /// What was delivered, and where the payload is in it: only where a field was found below an array.
    sent: Option<(Box<str>, Pointer)>,
}

#[derive(Debug, Clone)]
struct KeptField {
    /// Where it would stand today.
    at: Pointer,
    /// Where it stood, in the payload that was sent, if that is elsewhere.
    sent_at: Option<Pointer>,
    value: Box<RawValue>,
    homeless: bool,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        // The order in which fields were found means nothing.
        let sorted = |kept: &Self| {
            let mut fields: Vec<_> = kept.iter().map(|(at, value)| (at.clone(), value.get().to_owned())).collect();
            fields.sort();
            fields
        };
        self.fields.len() == other.fields.len() && sorted(self) == sorted(other)
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
    /// Keeps a field beside `data`.
    pub(crate) fn push_beside(&mut self, at: Pointer, value: Box<RawValue>) {
        self.fields.push(KeptField { at, sent_at: None, value, homeless: false });
    }

    /// Keeps a field of the payload: `at` says where it would stand in what is written, `sent_at` where it stood in what
    /// was read.
    pub(crate) fn push_inside(&mut self, at: Pointer, sent_at: Option<Pointer>, value: Box<RawValue>) {
        self.fields.push(KeptField { at, sent_at, value, homeless: false });
    }

    /// Keeps a field that has no sure place.
    pub(crate) fn push_homeless(&mut self, at: Pointer, value: Box<RawValue>) {
        self.fields.push(KeptField { at, sent_at: None, value, homeless: true });
    }

    /// In another version, a free name may mean something else: no field of the payload has a sure place any more.
    pub(crate) fn displace(&mut self) {
        let data = Pointer::ROOT.join(member::DATA);
        for field in self.fields.iter_mut().filter(|field| field.at.is_at_or_under(&data)) {
            field.homeless = true;
        }
    }

    /// Whether `sent` is needed to put the fields back: an item of an array may be written at another place.
    pub(crate) fn needs_sent(&self) -> bool {
        let has_index = |at: &Pointer| at.as_str().split('/').skip(2).any(is_index);
        self.fields.iter().any(|field| !field.homeless && has_index(&field.at))
    }

    /// Remembers what was delivered, and where the payload is in it.
    pub(crate) fn remember(&mut self, document: &str, payload: Pointer) {
        self.sent = Some((document.into(), payload));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Pointer, &RawValue)> {
        self.fields.iter().map(|field| (&field.at, &*field.value))
    }

    /// Finds each field its place around and in `data`, the payload's text. What stands there already wins; no field
    /// is lost.
    pub(crate) fn place(&self, data: &str) -> Result<Placed<'_>, serde_json::Error> {
        let mut inside = Branch::default();
        let mut beside: Vec<(String, &RawValue)> = Vec::new();
        let mut names = BTreeSet::new();
        let mut homeless = Vec::new();
        let mut items = Items::new(self, data);
        for field in &self.fields {
            let (at, value) = (&field.at, &*field.value);
            let mut segments = at.segments();
            match (segments.next(), segments.next()) {
                _ if field.homeless => homeless.push((at, value)),
                (Some(name), None) if free_beside_data(&name) && names.insert(name.clone()) => {
                    beside.push((name, value));
                }
                (Some(data), Some(first))
                    if data == member::DATA && at.segments().count() <= LONGEST_WAY && items.are_the_same(field) =>
                {
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

fn is_index(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Tells whether the items on the way to a field are still where they were: a set may write its items in another order.
struct Items {
    /// The payload as it was sent, and as it is written.
    payloads: Option<(Value, Value)>,
    known: HashMap<String, bool>,
}

impl Items {
    fn new(kept: &Kept, data: &str) -> Self {
        let payloads = kept.sent.as_ref().and_then(|(document, place)| {
            let document: Value = serde_json::from_str(document).ok()?;
            Some((document.pointer(place.as_str())?.clone(), serde_json::from_str(data).ok()?))
        });
        Self { payloads, known: HashMap::new() }
    }

    fn are_the_same(&mut self, field: &KeptField) -> bool {
        let written_at: Vec<String> = field.at.segments().skip(1).collect();
        let sent_at: Vec<String> =
            field.sent_at.as_ref().map_or_else(|| written_at.clone(), |at| at.segments().collect());
        if !written_at.iter().any(|name| is_index(name)) {
            return true;
        }
        // Without the text there is no telling.
        let Some((sent, written)) = &self.payloads else { return false };
        let (mut sent, mut written, mut way) = (sent, written, String::new());
        for (sent_name, written_name) in sent_at.iter().zip(&written_at).take(written_at.len() - 1) {
            let (Some(inner_sent), Some(inner_written)) = (child(sent, sent_name), child(written, written_name)) else {
                return false;
            };
            way.push('/');
            way.push_str(written_name);
            if sent.is_array() && !*self.known.entry(way.clone()).or_insert_with(|| agree(inner_sent, inner_written)) {
                return false;
            }
            (sent, written) = (inner_sent, inner_written);
        }
        true
    }
}

fn child<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        value => value.get(name),
    }
}

/// Whether two values say the same as far as both say something.
fn agree(sent: &Value, written: &Value) -> bool {
    match (sent, written) {
        (Value::Object(sent), Value::Object(written)) => {
            sent.iter().all(|(name, value)| written.get(name).is_none_or(|other| agree(value, other)))
        }
        (Value::Array(sent), Value::Array(written)) => {
            sent.len() == written.len() && sent.iter().zip(written).all(|(value, other)| agree(value, other))
        }
        (sent, written) => sent == written,
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
            kept.push_inside(at.iter().collect(), None, RawValue::from_string((*value).to_owned()).unwrap());
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
        let mut kept = kept;
        assert!(kept.needs_sent());
        kept.remember(r#"{"data":{"id":1.5,"items":[{},{"sku":"x","a/b":0}]}}"#, Pointer::ROOT.join("data"));
        let placed = kept.place(r#"{"id":1.50,"items":[{},{"sku":"x"}]}"#).unwrap();
        assert_eq!(placed.data.get(), r#"{"id":1.50,"items":[{},{"sku":"x","a/b":{"deep":[1.0]}}],"gift":1e400}"#);
        assert_eq!(placed.beside.len(), 1);
        assert!(placed.homeless.is_empty());
    }

    #[test]
    fn a_field_does_not_move_to_another_item() {
        let mut kept = kept(&[(&["data", "items", "0", "of"], "\"z\""), (&["data", "items", "2", "of"], "\"m\"")]);
        kept.remember(r#"{"data":{"items":[{"sku":"z"},{"sku":"a"},{"sku":"m"}]}}"#, Pointer::ROOT.join("data"));
        let placed = kept.place(r#"{"items":[{"sku":"a"},{"sku":"z"},{"sku":"m"}]}"#).unwrap();
        assert_eq!(placed.data.get(), r#"{"items":[{"sku":"a"},{"sku":"z"},{"sku":"m","of":"m"}]}"#);
        assert_eq!(placed.homeless.0.len(), 1);
    }

    #[test]
    fn in_another_version_no_field_of_the_payload_has_a_place() {
        let mut kept = kept(&[(&["data", "gift"], "1"), (&["trace"], "2")]);
        kept.displace();
        let placed = kept.place(r#"{"id":1}"#).unwrap();
        assert_eq!((placed.data.get(), placed.beside.len(), placed.homeless.0.len()), (r#"{"id":1}"#, 1, 1));
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
