//! One object of a delivery, taken apart: the envelope, or the detail in it.
//!
//! An object is read in one of two ways. *Streaming* takes what is expected as it comes, the payload with it, without
//! looking at anything twice; at the first surprise it gives up. *Raw* takes every member as text and is never
//! surprised. Both give the same [`Level`].

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use json_document::{CowStr, parse_members};

/// The names that mean something in one of the wire formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Field {
    Id,
    Type,
    Version,
    Timestamp,
    PartitionKey,
    Source,
    CorrelationId,
    CausationId,
    DetailType,
    Account,
    Time,
    Region,
    ReplayName,
    SpecVersion,
    // Those from here on may hold more than a scalar.
    Tags,
    Data,
    Meta,
    Kept,
    Detail,
    Resources,
    Records,
    Entries,
    Eem,
    S3,
    Other,
}

impl Field {
    fn of(name: &str) -> Self {
        match name {
            "id" => Self::Id,
            "type" => Self::Type,
            "version" => Self::Version,
            "timestamp" => Self::Timestamp,
            "partitionKey" => Self::PartitionKey,
            "source" => Self::Source,
            "correlationId" => Self::CorrelationId,
            "causationId" => Self::CausationId,
            "detail-type" => Self::DetailType,
            "account" => Self::Account,
            "time" => Self::Time,
            "region" => Self::Region,
            "replay-name" => Self::ReplayName,
            "specversion" => Self::SpecVersion,
            "tags" => Self::Tags,
            "data" => Self::Data,
            "meta" => Self::Meta,
            "kept" => Self::Kept,
            "detail" => Self::Detail,
            "resources" => Self::Resources,
            "Records" => Self::Records,
            "Entries" => Self::Entries,
            "eem" => Self::Eem,
            "s3" => Self::S3,
            _ => Self::Other,
        }
    }

    /// What means something in an envelope means nothing in the detail.
    fn of_detail(name: &str) -> Self {
        let field = Self::of(name);
        if field.is_of_envelope() { Self::Other } else { field }
    }

    fn is_of_envelope(self) -> bool {
        use Field::{Account, Detail, DetailType, Entries, Records, Region, ReplayName, Resources, SpecVersion, Time};
        matches!(
            self,
            DetailType | Account | Time | Region | ReplayName | SpecVersion | Detail | Resources | Records | Entries
        )
    }

    fn is_scalar(self) -> bool {
        (self as u8) < Self::Tags as u8
    }
}

/// A value that is neither an object nor an array.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar<'de> {
    Null,
    Bool,
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(Cow<'de, str>),
}

impl<'de> Scalar<'de> {
    /// `None` for an object, an array, and a number that no type holds.
    pub(crate) fn of(raw: &'de RawValue) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(raw.get());
        ScalarSeed.deserialize(&mut deserializer).ok()
    }

    pub(crate) fn into_text(self) -> Option<Cow<'de, str>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Unsigned(_) | Self::Signed(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a string",
        }
    }
}

struct ScalarSeed;

impl<'de> DeserializeSeed<'de> for ScalarSeed {
    type Value = Scalar<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ScalarSeed {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar")
    }

    fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Bool)
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Unsigned(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Signed(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Float(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }
}

/// What stands under a name.
#[derive(Debug)]
pub(crate) enum Member<'de> {
    Scalar(Scalar<'de>),
    Raw(&'de RawValue),
}

/// An object, its members in order.
#[derive(Debug)]
pub(crate) struct Level<'de, X> {
    pub(crate) members: Vec<(Field, Cow<'de, str>, Member<'de>)>,
    /// The detail of an envelope, taken apart in the same pass.
    pub(crate) detail: Option<Box<Level<'de, X>>>,
    /// The payload, read in the same pass.
    pub(crate) streamed: Option<X>,
    present: u32,
    /// A name with a meaning that stands here twice.
    pub(crate) twice: Option<String>,
}

impl<'de, X> Level<'de, X> {
    fn new() -> Self {
        Self { members: Vec::with_capacity(10), detail: None, streamed: None, present: 0, twice: None }
    }

    fn push(&mut self, field: Field, name: Cow<'de, str>, member: Member<'de>) {
        self.mark(field, &name);
        self.members.push((field, name, member));
    }

    /// Takes down that a name is there.
    fn mark(&mut self, field: Field, name: &str) {
        if field != Field::Other {
            if self.has(field) {
                self.twice.get_or_insert_with(|| name.to_owned());
            }
            self.present |= 1 << field as u8;
        }
    }

    pub(crate) fn has(&self, field: Field) -> bool {
        self.present & (1 << field as u8) != 0
    }

    /// The text of a member, by its name. `None` also where the name stands here twice: nothing tells which of the two is
    /// meant.
    pub(crate) fn raw_member(&self, wanted: &str) -> Option<&'de RawValue> {
        let mut found = self.members.iter().filter_map(|(_, name, member)| match member {
            Member::Raw(raw) if name == wanted => Some(*raw),
            _ => None,
        });
        let raw = found.next()?;
        found.next().is_none().then_some(raw)
    }

    fn text(&self, wanted: Field) -> Option<&str> {
        self.members.iter().find_map(|(field, _, member)| match member {
            Member::Scalar(Scalar::Text(text)) if *field == wanted => Some(&**text),
            _ => None,
        })
    }

    fn version(&self) -> Option<u64> {
        self.members.iter().find_map(|(field, _, member)| match member {
            Member::Scalar(Scalar::Unsigned(version)) if *field == Field::Version => Some(*version),
            _ => None,
        })
    }

    /// Takes an object apart without looking into its members. `None` where the text is not an object.
    pub(crate) fn raw(json: &'de str) -> Option<Self> {
        Self::taken_apart(json, Field::of)
    }

    /// As [`raw`](Self::raw), for the detail in an envelope.
    pub(crate) fn raw_detail(json: &'de str) -> Option<Self> {
        Self::taken_apart(json, Field::of_detail)
    }

    fn taken_apart(json: &'de str, field_of: fn(&str) -> Field) -> Option<Self> {
        let mut level = Self::new();
        for (name, raw) in parse_members(json).ok()? {
            level.push(field_of(&name), name, Member::Raw(raw));
        }
        Some(level)
    }
}

/// Reads the payload while the object around it is read.
pub(crate) trait Stream<'de>: Copy {
    type Payload;

    /// Reads the payload of this type and version.
    fn read<D: Deserializer<'de>>(
        self,
        event_type: &str,
        version: u64,
        deserializer: D,
    ) -> Result<Self::Payload, D::Error>;

    /// Whether it can read this type and version.
    fn takes(self, event_type: &str, version: u64) -> bool;
}

/// Takes a whole delivery apart in one pass; an error where there is anything unexpected.
pub(crate) fn stream<'de, S: Stream<'de>>(
    json: &'de str,
    stream: S,
) -> Result<Level<'de, S::Payload>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let level = LevelSeed { stream, inner: false }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(level)
}

struct LevelSeed<S> {
    stream: S,
    inner: bool,
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
            let field = if self.inner { Field::of_detail(&name) } else { Field::of(&name) };
            let member = match field {
                Field::Detail => {
                    let seed = LevelSeed { stream: self.stream, inner: true };
                    level.mark(field, &name);
                    level.detail = Some(Box::new(map.next_value_seed(seed)?));
                    continue;
                }
                Field::Data => match (level.text(Field::Type), level.version()) {
                    (Some(event_type), Some(version)) if self.stream.takes(event_type, version) => {
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
        if level.twice.is_some() {
            return Err(A::Error::custom("a name stands here twice"));
        }
        // The payload that was read must be the one that is used: beside these, it is another one.
        let of_another = [Field::Detail, Field::DetailType, Field::SpecVersion];
        if level.streamed.is_some() && of_another.into_iter().any(|field| level.has(field)) {
            return Err(A::Error::custom("a payload beside the one that is meant"));
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
        self.stream.read(self.event_type, self.version, deserializer)
    }
}

/// What a router needs of an event.
#[derive(Debug, Default)]
pub(super) struct Peek<'de> {
    pub(super) detail_type: Option<Cow<'de, str>>,
    pub(super) event_type: Option<Cow<'de, str>>,
    pub(super) version: Option<Scalar<'de>>,
    /// Whether nothing that could follow would change the answer.
    complete: bool,
}

/// Reads type and version, steps over what stands before them, and does not look at what follows.
pub(super) fn peek(json: &str) -> Result<Peek<'_>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let mut peek = Peek::default();
    let result = PeekSeed { peek: &mut peek, inner: false }.deserialize(&mut deserializer);
    match result.and_then(|()| deserializer.end()) {
        // A visitor can only stop by an error.
        Err(_) if peek.complete => Ok(peek),
        Err(error) => Err(error),
        Ok(()) => Ok(peek),
    }
}

struct PeekSeed<'p, 'de> {
    peek: &'p mut Peek<'de>,
    inner: bool,
}

impl<'de> DeserializeSeed<'de> for PeekSeed<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PeekSeed<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { peek, inner } = self;
        let (mut type_here, mut version_here) = (None, None);
        let (mut has_type, mut has_data, mut has_detail, mut has_detail_type) = (false, false, false, false);
        while let Some(CowStr(name)) = map.next_key()? {
            match Field::of(&name) {
                Field::DetailType if !inner => {
                    has_detail_type = true;
                    peek.detail_type = Scalar::of(map.next_value()?).and_then(Scalar::into_text);
                }
                Field::Type => {
                    has_type = true;
                    type_here = Scalar::of(map.next_value()?).and_then(Scalar::into_text);
                }
                Field::Version => version_here = Scalar::of(map.next_value()?),
                Field::Detail if !inner => {
                    has_detail = true;
                    map.next_value_seed(PeekSeed { peek, inner: true })?;
                }
                field => {
                    has_data |= field == Field::Data;
                    map.next_value::<IgnoredAny>()?;
                }
            }
            if inner && type_here.is_some() && version_here.is_some() {
                peek.event_type = type_here;
                peek.version = version_here;
                peek.complete = true;
                return Err(A::Error::custom("seen enough"));
            }
        }
        // The version of an envelope is not that of the event in it, and a payload alone says none.
        let is_envelope = !inner && (has_detail_type || (has_detail && !has_type));
        if !is_envelope {
            peek.event_type = type_here;
            peek.version = version_here.filter(|_| has_type || has_data);
        }
        Ok(())
    }
}
