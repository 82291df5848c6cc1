//! Unknown fields: kept by the reader, and spliced back when the event is serialized.

use std::collections::{BTreeSet, HashMap};

use json_document::{Pointer, insert_members};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::event::member;

/// The unknown fields of an event, each with its position in the canonical detail and its text as it was spelled.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnknownFields {
    fields: Vec<UnknownField>,
    /// The delivery; set only where a field was found below an array.
    source: Option<Source>,
}

#[derive(Debug, Clone)]
struct UnknownField {
    /// The position in the canonical detail.
    at: Pointer,
    /// The position in the delivered payload, if it differs because of aliases.
    source_at: Option<Pointer>,
    value: Box<RawValue>,
    is_unplaced: bool,
}

/// The text of a delivery, and the position of the payload in it.
#[derive(Debug, Clone)]
struct Source {
    document: Box<str>,
    payload: Pointer,
}

/// Compares the fields without their order.
impl PartialEq for UnknownFields {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |unknown: &Self| {
            let mut fields: Vec<_> = unknown.iter().map(|(at, value)| (at.clone(), value.get().to_owned())).collect();
            fields.sort();
            fields
        };
        self.fields.len() == other.fields.len() && sorted(self) == sorted(other)
    }
}

/// The places of unknown fields next to and in a payload.
#[derive(Debug)]
pub(crate) struct Placement<'a> {
    /// The payload with the fields that have a place in it.
    pub(crate) payload: Box<RawValue>,
    /// Members next to the payload.
    pub(crate) beside_payload: Vec<(String, &'a RawValue)>,
    /// Fields whose place does not exist in this version, or is occupied by another field.
    pub(crate) unplaced: Unplaced<'a>,
}

/// Fields without a place, sorted by pointer. A pointer may occur twice, because a JSON object may have duplicate members.
#[derive(Debug)]
pub(crate) struct Unplaced<'a>(Vec<(&'a Pointer, &'a RawValue)>);

impl Unplaced<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An object from pointer to value.
impl Serialize for Unplaced<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(at, value)| (at.as_str(), value)))
    }
}

impl UnknownFields {
    /// Adds a field next to the payload.
    pub(crate) fn push_beside_payload(&mut self, at: Pointer, value: Box<RawValue>) {
        self.fields.push(UnknownField { at, source_at: None, value, is_unplaced: false });
    }

    /// Adds a field of the payload: `at` is its position in the output, `source_at` its position in the delivered payload.
    pub(crate) fn push_in_payload(&mut self, at: Pointer, source_at: Option<Pointer>, value: Box<RawValue>) {
        self.fields.push(UnknownField { at, source_at, value, is_unplaced: false });
    }

    /// Adds a field whose place is not certain.
    pub(crate) fn push_unplaced(&mut self, at: Pointer, value: Box<RawValue>) {
        self.fields.push(UnknownField { at, source_at: None, value, is_unplaced: true });
    }

    /// Marks all fields of the payload as unplaced: in another version, the same name may have another meaning.
    pub(crate) fn mark_unplaced(&mut self) {
        let payload = Pointer::ROOT.join(member::DATA);
        for field in self.fields.iter_mut().filter(|field| field.at.is_at_or_under(&payload)) {
            field.is_unplaced = true;
        }
    }

    /// Returns true if [`Self::set_source`] is needed to place the fields: the items of an array may be written in another
    /// order than they were read.
    pub(crate) fn needs_source(&self) -> bool {
        let has_index = |at: &Pointer| at.as_str().split('/').skip(2).any(is_index);
        self.fields.iter().any(|field| !field.is_unplaced && has_index(&field.at))
    }

    /// Keeps the delivery, and the position of the payload in it.
    pub(crate) fn set_source(&mut self, document: &str, payload: Pointer) {
        self.source = Some(Source { document: document.into(), payload });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Pointer, &RawValue)> {
        self.fields.iter().map(|field| (&field.at, &*field.value))
    }

    /// Places the fields next to and in `payload`, a JSON text. An existing member takes precedence; no field is lost.
    pub(crate) fn place(&self, payload: &str) -> Result<Placement<'_>, serde_json::Error> {
        let data = Pointer::ROOT.join(member::DATA);
        let mut in_payload = Vec::new();
        let mut beside_payload: Vec<(String, &RawValue)> = Vec::new();
        let mut names = BTreeSet::new();
        let mut unplaced = Vec::new();
        let mut items = ItemComparison::new(self, payload);
        for field in &self.fields {
            let (at, value) = (&field.at, &*field.value);
            let mut segments = at.segments();
            match (segments.next(), segments.next(), at.strip_prefix(&data)) {
                _ if field.is_unplaced => unplaced.push((at, value)),
                (Some(name), None, None) if is_free_beside_payload(&name) && names.insert(name.clone()) => {
                    beside_payload.push((name, value));
                }
                (_, Some(_), Some(inside)) if items.are_unmoved(field) => in_payload.push((at, inside, value)),
                _ => unplaced.push((at, value)),
            }
        }
        let insertions = in_payload.iter().map(|(_, inside, value)| (inside.clone(), *value));
        let (text, left_over) = insert_members(payload, insertions)?;
        unplaced.extend(left_over.into_iter().map(|index| (in_payload[index].0, in_payload[index].2)));
        unplaced.sort_by_key(|(at, _)| *at);
        Ok(Placement { payload: RawValue::from_string(text)?, beside_payload, unplaced: Unplaced(unplaced) })
    }
}

fn is_index(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Detects array items that moved between reading and writing: a set may write its items in another order.
struct ItemComparison {
    /// The delivered payload, and the output.
    payloads: Option<(Value, Value)>,
    /// Results by the position of the item in the output.
    known: HashMap<String, bool>,
}

impl ItemComparison {
    fn new(unknown: &UnknownFields, payload: &str) -> Self {
        let payloads = unknown.source.as_ref().and_then(|source| {
            let document: Value = serde_json::from_str(&source.document).ok()?;
            Some((document.pointer(source.payload.as_str())?.clone(), serde_json::from_str(payload).ok()?))
        });
        Self { payloads, known: HashMap::new() }
    }

    fn are_unmoved(&mut self, field: &UnknownField) -> bool {
        let written_at: Vec<String> = field.at.segments().skip(1).collect();
        let source_at: Vec<String> =
            field.source_at.as_ref().map_or_else(|| written_at.clone(), |at| at.segments().collect());
        if !written_at.iter().any(|name| is_index(name)) {
            return true;
        }
        // Without the delivery, nothing is known about the items.
        let Some((source, written)) = &self.payloads else { return false };
        let (mut source, mut written, mut at) = (source, written, Pointer::ROOT);
        for (source_name, written_name) in source_at.iter().zip(&written_at).take(written_at.len() - 1) {
            let (Some(source_child), Some(written_child)) = (child(source, source_name), child(written, written_name))
            else {
                return false;
            };
            at.push_name(written_name);
            let is_unmoved = || agree(source_child, written_child);
            if source.is_array() && !*self.known.entry(at.as_str().to_owned()).or_insert_with(is_unmoved) {
                return false;
            }
            (source, written) = (source_child, written_child);
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

/// Returns true if two values are equal, apart from members that only one of them has.
fn agree(source: &Value, written: &Value) -> bool {
    match (source, written) {
        (Value::Object(source), Value::Object(written)) => {
            source.iter().all(|(name, value)| written.get(name).is_none_or(|other| agree(value, other)))
        }
        (Value::Array(source), Value::Array(written)) => {
            source.len() == written.len() && source.iter().zip(written).all(|(value, other)| agree(value, other))
        }
        (source, written) => source == written,
    }
}

fn is_free_beside_payload(name: &str) -> bool {
    use member::{CAUSATION_ID, CORRELATION_ID, DATA, ID, KEPT, PARTITION_KEY, SOURCE, TAGS, TIMESTAMP, TYPE, VERSION};
    ![ID, TYPE, VERSION, TIMESTAMP, PARTITION_KEY, SOURCE, CORRELATION_ID, CAUSATION_ID, TAGS, DATA, KEPT]
        .contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(fields: &[(&[&str], &str)]) -> UnknownFields {
        let mut unknown = UnknownFields::default();
        for (at, value) in fields {
            unknown.push_in_payload(at.iter().collect(), None, RawValue::from_string((*value).to_owned()).unwrap());
        }
        unknown
    }

    #[test]
    fn fields_return_to_their_positions() {
        let mut unknown = unknown(&[
            (&["data", "gift"], "1e400"),
            (&["data", "items", "1", "a/b"], r#"{"deep":[1.0]}"#),
            (&["trace"], "\"t\""),
        ]);
        assert!(unknown.needs_source());
        unknown.set_source(r#"{"data":{"id":1.5,"items":[{},{"sku":"x","a/b":0}]}}"#, Pointer::ROOT.join("data"));
        let placement = unknown.place(r#"{"id":1.50,"items":[{},{"sku":"x"}]}"#).unwrap();
        assert_eq!(
            placement.payload.get(),
            r#"{"id":1.50,"items":[{},{"sku":"x","a/b":{"deep":[1.0]}}],"gift":1e400}"#
        );
        assert_eq!(placement.beside_payload.len(), 1);
        assert!(placement.unplaced.is_empty());
    }

    #[test]
    fn a_field_does_not_move_to_another_item() {
        let mut unknown =
            unknown(&[(&["data", "items", "0", "of"], "\"z\""), (&["data", "items", "2", "of"], "\"m\"")]);
        unknown.set_source(r#"{"data":{"items":[{"sku":"z"},{"sku":"a"},{"sku":"m"}]}}"#, Pointer::ROOT.join("data"));
        let placement = unknown.place(r#"{"items":[{"sku":"a"},{"sku":"z"},{"sku":"m"}]}"#).unwrap();
        assert_eq!(placement.payload.get(), r#"{"items":[{"sku":"a"},{"sku":"z"},{"sku":"m","of":"m"}]}"#);
        assert_eq!(placement.unplaced.0.len(), 1);
    }

    #[test]
    fn marked_fields_of_the_payload_have_no_place() {
        let mut unknown = unknown(&[(&["data", "gift"], "1"), (&["trace"], "2")]);
        unknown.mark_unplaced();
        let placement = unknown.place(r#"{"id":1}"#).unwrap();
        assert_eq!(
            (placement.payload.get(), placement.beside_payload.len(), placement.unplaced.0.len()),
            (r#"{"id":1}"#, 1, 1)
        );
    }

    #[test]
    fn fields_without_a_place_are_not_lost() {
        let unknown = unknown(&[
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
        let placement = unknown.place(r#"{"taken":0,"items":[]}"#).unwrap();
        assert_eq!(placement.payload.get(), r#"{"taken":0,"items":[],"twice":7}"#);
        let unplaced: Vec<_> = placement.unplaced.0.iter().map(|(at, value)| format!("{at}={value}")).collect();
        assert_eq!(
            unplaced,
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
