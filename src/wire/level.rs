//! One object of a delivery: the envelope, or the detail inside it.
//!
//! A level is read in one of two ways. *Streaming* reads envelope, detail and payload in a single pass and fails if the
//! members around the payload deviate from the canonical form. *Parsing* keeps every member as text and accepts any object; it is the slower
//! fallback.

use std::borrow::Cow;
use std::fmt;

use json_document::CowStr;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::cursor::Members;
use super::error::WireErrorKind;
use super::field::Field;
use super::scalar::{Scalar, ScalarSeed};

/// Maximum number of members without a meaning that a level keeps. More are an error, unless the level is a bare payload:
/// each member takes many times the memory of its text.
const MAX_OTHER_MEMBERS: usize = 1000;

/// The value of a member.
#[derive(Debug)]
pub(crate) enum Member<'de> {
    /// A scalar, read while streaming.
    Scalar(Scalar<'de>),
    /// The text of any value.
    Raw(&'de RawValue),
}

/// The members of an object, in the order of the text. `X` is a payload that was read while streaming.
#[derive(Debug)]
pub(crate) struct Level<'de, X> {
    pub(super) members: Vec<(Field, Cow<'de, str>, Member<'de>)>,
    /// The detail of an envelope, streamed in the same pass.
    pub(super) detail: Option<Box<Level<'de, X>>>,
    /// The payload, streamed in the same pass.
    pub(super) streamed: Option<X>,
    /// The set of fields that occur.
    present: u32,
    /// The first field that occurs twice.
    pub(super) duplicate: Option<String>,
    /// Number of members without a meaning.
    other_members: usize,
}

impl<'de, X> Level<'de, X> {
    fn new() -> Self {
        Self {
            members: Vec::with_capacity(10),
            detail: None,
            streamed: None,
            present: 0,
            duplicate: None,
            other_members: 0,
        }
    }

    fn push(&mut self, field: Field, name: Cow<'de, str>, member: Member<'de>) {
        self.mark(field, &name);
        self.other_members += usize::from(field == Field::Other);
        if field != Field::Other || !self.is_too_wide() {
            self.members.push((field, name, member));
        }
    }

    fn is_too_wide(&self) -> bool {
        self.other_members > MAX_OTHER_MEMBERS
    }

    /// Returns the error of a level that is not a bare payload.
    pub(super) fn check(&self) -> Result<(), WireErrorKind> {
        match &self.duplicate {
            Some(name) => Err(WireErrorKind::DuplicateMember { name: name.clone() }),
            None if self.is_too_wide() => Err(WireErrorKind::TooManyMembers { limit: MAX_OTHER_MEMBERS }),
            None => Ok(()),
        }
    }

    /// Records that a field occurs.
    fn mark(&mut self, field: Field, name: &str) {
        if field != Field::Other {
            if self.contains(field) {
                self.duplicate.get_or_insert_with(|| name.to_owned());
            }
            self.present |= field.bit();
        }
    }

    pub(super) fn contains(&self, field: Field) -> bool {
        self.present & field.bit() != 0
    }

    /// Returns the text of a member; `None` if the name is missing or occurs more than once.
    pub(super) fn raw_member(&self, wanted: &str) -> Option<&'de RawValue> {
        let mut found = self.members.iter().filter_map(|(_, name, member)| match member {
            Member::Raw(raw) if name == wanted => Some(*raw),
            Member::Raw(_) | Member::Scalar(_) => None,
        });
        let raw = found.next()?;
        found.next().is_none().then_some(raw)
    }

    fn event_type(&self) -> Option<&str> {
        self.members.iter().find_map(|(field, _, member)| match member {
            Member::Scalar(Scalar::String(text)) if *field == Field::Type => Some(&**text),
            _ => None,
        })
    }

    fn version(&self) -> Option<u64> {
        self.members.iter().find_map(|(field, _, member)| match member {
            Member::Scalar(Scalar::Unsigned(version)) if *field == Field::Version => Some(*version),
            _ => None,
        })
    }

    /// Returns the members of an object as text; `None` if the text is not an object.
    pub(super) fn parse(json: &'de str) -> Option<Self> {
        Self::parse_with(json, Field::from_name)
    }

    /// Like [`parse`](Self::parse), for the detail in an envelope.
    pub(super) fn parse_detail(json: &'de str) -> Option<Self> {
        Self::parse_with(json, Field::from_detail_name)
    }

    fn parse_with(json: &'de str, to_field: fn(&str) -> Field) -> Option<Self> {
        let mut level = Self::new();
        for (name, raw) in Members::new(json.as_bytes())? {
            level.push(to_field(&name), name, Member::Raw(raw));
        }
        Some(level)
    }
}

/// A deserializer of payloads inside a level that is streamed.
pub(crate) trait Stream<'de>: Copy {
    type Payload;

    fn deserialize<D: Deserializer<'de>>(
        self,
        event_type: &str,
        version: u64,
        deserializer: D,
    ) -> Result<Self::Payload, D::Error>;

    fn accepts(self, event_type: &str, version: u64) -> bool;
}

/// Reads a whole delivery in one pass. After an error, the delivery must be parsed: the error is not meant for users.
pub(crate) fn stream<'de, S: Stream<'de>>(
    json: &'de str,
    stream: S,
) -> Result<Level<'de, S::Payload>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let level = LevelSeed { stream, position: Position::Root }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(level)
}

#[derive(Clone, Copy)]
enum Position {
    Root,
    DetailOfEnvelope,
}

struct LevelSeed<S> {
    stream: S,
    position: Position,
}

impl<'de, S: Stream<'de>> DeserializeSeed<'de> for LevelSeed<S> {
    type Value = Level<'de, S::Payload>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: Stream<'de>> Visitor<'de> for LevelSeed<S> {
    type Value = Level<'de, S::Payload>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut level = Level::new();
        while let Some(CowStr(name)) = map.next_key()? {
            let field = match self.position {
                Position::Root => Field::from_name(&name),
                Position::DetailOfEnvelope => Field::from_detail_name(&name),
            };
            let member = match field {
                Field::Detail => {
                    let seed = LevelSeed { stream: self.stream, position: Position::DetailOfEnvelope };
                    level.mark(field, &name);
                    level.detail = Some(Box::new(map.next_value_seed(seed)?));
                    continue;
                }
                Field::Data => match (level.event_type(), level.version()) {
                    (Some(event_type), Some(version)) if self.stream.accepts(event_type, version) => {
                        let payload = map.next_value_seed(StreamSeed { stream: self.stream, event_type, version })?;
                        level.mark(field, &name);
                        level.streamed = Some(payload);
                        continue;
                    }
                    _ => Member::Raw(map.next_value()?),
                },
                field if field.is_scalar() => Member::Scalar(map.next_value_seed(ScalarSeed)?),
                _ => Member::Raw(map.next_value()?),
            };
            level.push(field, name, member);
        }
        if level.check().is_err() {
            return Err(A::Error::custom("not in the canonical form"));
        }
        // With any of these members, the payload of the event is not the value of `data` at this level.
        let conflicting = [Field::Detail, Field::DetailType, Field::SpecVersion];
        if level.streamed.is_some() && conflicting.into_iter().any(|field| level.contains(field)) {
            return Err(A::Error::custom("`data` is not the payload"));
        }
        Ok(level)
    }
}

struct StreamSeed<'t, S> {
    stream: S,
    event_type: &'t str,
    version: u64,
}

impl<'de, S: Stream<'de>> DeserializeSeed<'de> for StreamSeed<'_, S> {
    type Value = S::Payload;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Payload, D::Error> {
        self.stream.deserialize(self.event_type, self.version, deserializer)
    }
}
