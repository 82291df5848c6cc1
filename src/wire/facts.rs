//! Metadata and payload of a delivery, independent of its shape.

use std::borrow::Cow;
use std::convert::Infallible;

use serde_json::value::RawValue;

use super::data_schema::DataSchema;
use super::envelope::Envelope;
use super::error::{WireError, WireErrorKind};
use super::field::Field;
use super::inline_data::decode_base64;
use super::level::{Level, Member};
use super::scalar::{HALF_SURROGATE, Scalar};
use super::shape::Shape;
use crate::event::member;

/// Metadata and payload of a delivery, not validated yet. `X` is a payload that was read while streaming.
#[derive(Debug)]
pub(crate) struct Facts<'de, X> {
    pub(crate) shape: Shape,
    /// Pointer to the detail in the document.
    pub(crate) prefix: &'static str,
    pub(crate) envelope: Option<Envelope<'de>>,
    pub(crate) id: Option<Scalar<'de>>,
    pub(crate) event_type: Option<Scalar<'de>>,
    pub(crate) version: Option<Scalar<'de>>,
    pub(crate) timestamp: Option<Scalar<'de>>,
    pub(crate) partition_key: Option<Scalar<'de>>,
    pub(crate) source: Option<Scalar<'de>>,
    pub(crate) correlation_id: Option<Scalar<'de>>,
    pub(crate) causation_id: Option<Scalar<'de>>,
    pub(crate) tags: Option<&'de RawValue>,
    pub(crate) kept: Option<&'de RawValue>,
    pub(crate) payload: Payload<'de, X>,
    /// Metadata whose value is not a scalar: name and kind of the value.
    pub(crate) not_scalars: Vec<(&'static str, &'static str)>,
    /// Unknown members of the detail, and candidates for the entity of a flat detail.
    pub(crate) unknown_members: Vec<(Cow<'de, str>, &'de RawValue)>,
    /// Names of unknown members of the envelope.
    pub(crate) unknown_envelope_members: Vec<Cow<'de, str>>,
    /// Metadata that the detail lacks, taken from the document around it.
    pub(crate) taken_from_envelope: Vec<&'static str>,
    /// Metadata that the detail lacks, taken from its member `metadata`.
    pub(crate) taken_from_metadata: Vec<&'static str>,
    pub(crate) eem: Option<&'de RawValue>,
    pub(crate) s3: Option<&'de RawValue>,
    pub(crate) cloud_event: CloudEventFacts,
}

/// Attributes of a CloudEvents document that are not metadata of an event.
#[derive(Debug, Default)]
pub(crate) struct CloudEventFacts {
    /// Set if the document has another `specversion` than 1.0.
    pub(crate) has_other_version: bool,
    /// The schema that the `dataschema` names, if it is one of this library.
    pub(crate) data_schema: Option<DataSchema>,
}

/// Location of the payload.
#[derive(Debug)]
pub(crate) enum Payload<'de, X> {
    /// Read while streaming, under `data`.
    Streamed(X),
    /// The member of this name in the detail; without a name, the detail itself.
    Raw(Option<&'static str>, &'de RawValue),
    /// One of the unknown members.
    Entity,
    Missing,
}

/// Reason why a level cannot be interpreted.
pub(crate) enum InterpretError {
    /// The text that is needed was dropped while streaming: the document must be parsed.
    NotStreamable,
    Invalid(WireError),
}

impl From<WireErrorKind> for InterpretError {
    fn from(kind: WireErrorKind) -> Self {
        Self::Invalid(kind.into())
    }
}

/// Recognises the shape of a document by the members of its root.
pub(crate) fn recognise<X>(root: &Level<'_, X>) -> Result<Shape, WireError> {
    let has_metadata = [Field::Id, Field::Type, Field::Version, Field::PartitionKey, Field::Timestamp]
        .into_iter()
        .any(|field| root.contains(field));
    if root.contains(Field::SpecVersion) {
        Ok(Shape::CloudEvent)
    } else if root.contains(Field::DetailType) || (root.contains(Field::Detail) && !root.contains(Field::Type)) {
        Ok(Shape::EventBridge)
    } else if root.contains(Field::Data) {
        Ok(if has_metadata { Shape::Detail } else { Shape::DataMeta })
    } else if root.contains(Field::Type) {
        Ok(Shape::AwsLambdaStream)
    } else {
        let hint = "it has no `detail-type`, `type`, `specversion` or `data`";
        Err(WireErrorKind::NotAnEvent { hint }.into())
    }
}

/// Interprets a document by its root: in the declared shape, or else in the recognised one.
pub(crate) fn interpret<X>(root: Level<'_, X>, declared: Option<Shape>) -> Result<Box<Facts<'_, X>>, InterpretError> {
    let shape = declared.map_or_else(|| recognise(&root), Ok).map_err(InterpretError::Invalid)?;
    let mut facts = match shape {
        Shape::EventBridge => from_envelope(root),
        Shape::CloudEvent => from_cloud_event(root),
        Shape::Detail | Shape::DataMeta | Shape::AwsLambdaStream => from_detail(root, "", Surroundings::None),
    }?;
    if let Some(missing) = missing_member(shape, &facts.payload) {
        return Err(WireErrorKind::OtherShape { shape, missing }.into());
    }
    facts.shape = shape;
    Ok(Box::new(facts))
}

/// Like [`interpret`], for a parsed level: it has the text of all its members.
pub(crate) fn interpret_text(
    root: Level<'_, Infallible>,
    declared: Option<Shape>,
) -> Result<Box<Facts<'_, Infallible>>, WireError> {
    interpret(root, declared).map_err(|error| match error {
        InterpretError::Invalid(error) => error,
        InterpretError::NotStreamable => unreachable!("a parsed level has the text of all its members"),
    })
}

/// Returns the member that the declared shape requires, if the document lacks it.
fn missing_member<X>(shape: Shape, payload: &Payload<'_, X>) -> Option<&'static str> {
    match (shape, payload) {
        (Shape::Detail | Shape::DataMeta, Payload::Entity | Payload::Missing | Payload::Raw(None, _)) => Some("`data`"),
        _ => None,
    }
}

impl<X> Facts<'_, X> {
    fn new(prefix: &'static str) -> Self {
        Self {
            shape: Shape::Detail,
            prefix,
            envelope: None,
            id: None,
            event_type: None,
            version: None,
            timestamp: None,
            partition_key: None,
            source: None,
            correlation_id: None,
            causation_id: None,
            tags: None,
            kept: None,
            payload: Payload::Missing,
            not_scalars: Vec::new(),
            unknown_members: Vec::new(),
            unknown_envelope_members: Vec::new(),
            taken_from_envelope: Vec::new(),
            taken_from_metadata: Vec::new(),
            eem: None,
            s3: None,
            cloud_event: CloudEventFacts::default(),
        }
    }

    /// Takes the metadata of a detail of the form `{metadata, data}` from its `metadata`.
    ///
    /// Members with names of ours may have another meaning there: values that are no metadata of ours are left out, and so
    /// is the type of an event whose envelope has one.
    fn take_nested_metadata(&mut self, with_type: bool) {
        let metadata = self.unknown_members.iter().find(|(name, _)| name == "metadata").map(|(_, raw)| *raw);
        let Some(level) = metadata.and_then(|raw| Level::<Infallible>::parse(raw.get())) else {
            return;
        };
        if level.check().is_err() {
            return;
        }
        for (field, _, member) in level.members {
            let Some(value) = take_scalar("", member, &mut Vec::new()) else { continue };
            let is_text = matches!(&value, Scalar::String(text) if !text.is_empty());
            let (name, own, is_valid) = match field {
                Field::Id => (member::ID, &mut self.id, is_text),
                Field::Type => (member::TYPE, &mut self.event_type, is_text && with_type),
                Field::Version => (member::VERSION, &mut self.version, value.version().is_some()),
                Field::Timestamp => (member::TIMESTAMP, &mut self.timestamp, is_time(&value)),
                Field::PartitionKey => (member::PARTITION_KEY, &mut self.partition_key, is_text),
                Field::Source => (member::SOURCE, &mut self.source, is_text),
                Field::CorrelationId => (member::CORRELATION_ID, &mut self.correlation_id, is_text),
                Field::CausationId => (member::CAUSATION_ID, &mut self.causation_id, is_text),
                _ => continue,
            };
            if own.is_none() && is_valid {
                *own = Some(value);
                self.taken_from_metadata.push(name);
            }
        }
    }
}

/// Returns the value of a member that must be a scalar. Any other value is added to `not_scalars`.
fn take_scalar<'de>(
    name: &'static str,
    member: Member<'de>,
    not_scalars: &mut Vec<(&'static str, &'static str)>,
) -> Option<Scalar<'de>> {
    match member {
        Member::Scalar(scalar) => Some(scalar),
        Member::Raw(raw) => {
            let scalar = Scalar::parse(raw);
            if scalar.is_none() {
                let found = match raw.get().as_bytes()[0] {
                    b'{' => "an object",
                    b'[' => "an array",
                    b'"' => HALF_SURROGATE,
                    _ => "a number out of range",
                };
                not_scalars.push((name, found));
            }
            scalar
        }
    }
}

fn from_envelope<X>(root: Level<'_, X>) -> Result<Facts<'_, X>, InterpretError> {
    root.check()?;
    let mut envelope = Envelope::default();
    let mut detail = root.detail.map(|detail| *detail);
    let mut whole = None;
    let mut unknown_members = Vec::new();
    // Invalid metadata of the envelope does not make the event in it unreadable.
    let text = |member| match take_scalar("", member, &mut Vec::new()) {
        Some(Scalar::String(text)) => Some(text),
        _ => None,
    };
    for (field, name, member) in root.members {
        match field {
            Field::Id => envelope.id = text(member),
            Field::DetailType => envelope.detail_type = text(member),
            Field::Source => envelope.source = text(member),
            Field::Account => envelope.account = account(member),
            Field::Time => envelope.time = text(member),
            Field::Region => envelope.region = text(member),
            Field::ReplayName => envelope.replay_name = text(member),
            Field::Resources => {
                if let Member::Raw(raw) = member {
                    envelope.resources = Some(Cow::Borrowed(raw));
                }
            }
            Field::Version => {}
            Field::Detail => match member {
                Member::Raw(raw) => {
                    detail = Level::parse_detail(raw.get());
                    whole = Some(raw);
                }
                Member::Scalar(_) => return Err(InterpretError::NotStreamable),
            },
            _ => unknown_members.push(name),
        }
    }
    let mut facts = match (detail, whole) {
        (Some(detail), _) => from_detail(detail, "/detail", Surroundings::Envelope(whole))?,
        // Not an object: that is a mismatch of the payload, unless the event is of another type.
        (None, Some(raw)) => Facts { payload: Payload::Raw(None, raw), ..Facts::new("/detail") },
        (None, None) => {
            let hint = "the envelope has no `detail`";
            return Err(WireErrorKind::NotAnEvent { hint }.into());
        }
    };
    facts.envelope = Some(envelope);
    facts.unknown_envelope_members = unknown_members;
    Ok(facts)
}

/// Returns the twelve digits of an account. A number has lost its leading zeros, which are restored.
fn account(member: Member<'_>) -> Option<Cow<'_, str>> {
    match take_scalar("account", member, &mut Vec::new())? {
        Scalar::String(text) => Some(text),
        Scalar::Unsigned(number) => Some(Cow::Owned(format!("{number:012}"))),
        Scalar::Null | Scalar::Boolean | Scalar::Signed(_) | Scalar::Float(_) => None,
    }
}

/// The document around a detail.
#[derive(Clone, Copy)]
enum Surroundings<'de> {
    None,
    /// An envelope, with the text of the detail unless it was streamed. A bare payload has the type of its envelope.
    Envelope(Option<&'de RawValue>),
}

fn from_detail<'de, X>(
    detail: Level<'de, X>,
    prefix: &'static str,
    surroundings: Surroundings<'de>,
) -> Result<Facts<'de, X>, InterpretError> {
    if let Some(name) = detail.duplicate {
        return Err(WireErrorKind::DuplicateMember { name }.into());
    }
    if detail.detail.is_some() {
        return Err(InterpretError::NotStreamable);
    }
    let mut facts = Facts::new(prefix);
    if !detail.contains(Field::Data) && !detail.contains(Field::Type) {
        // A bare payload.
        let Surroundings::Envelope(text) = surroundings else {
            let hint = "it has no `type` and no `data`";
            return Err(WireErrorKind::NotAnEvent { hint }.into());
        };
        facts.payload = Payload::Raw(None, text.ok_or(InterpretError::NotStreamable)?);
        return Ok(facts);
    }
    detail.check()?;
    let is_flat = !detail.contains(Field::Data);
    if is_flat {
        facts.payload = Payload::Entity;
    }
    let has_no_metadata =
        !detail.contains(Field::Type) && !detail.contains(Field::Version) && !detail.contains(Field::Id);
    if let Some(payload) = detail.streamed {
        facts.payload = Payload::Streamed(payload);
    }
    let wrong = &mut facts.not_scalars;
    for (field, name, member) in detail.members {
        // The entity of a flat detail may have any name, even that of metadata.
        let is_object = matches!(member, Member::Raw(raw) if raw.get().starts_with('{'));
        match field {
            Field::Tags => facts.tags = Some(take_raw(member)?),
            _ if is_flat && is_object && !matches!(field, Field::Eem | Field::S3) => {
                facts.unknown_members.push((name, take_raw(member)?));
            }
            Field::Id => facts.id = take_scalar("id", member, wrong),
            Field::Type => facts.event_type = take_scalar("type", member, wrong),
            Field::Version => facts.version = take_scalar("version", member, wrong),
            Field::Timestamp => facts.timestamp = take_scalar("timestamp", member, wrong),
            Field::PartitionKey => facts.partition_key = take_scalar("partitionKey", member, wrong),
            Field::Source => facts.source = take_scalar("source", member, wrong),
            Field::CorrelationId => facts.correlation_id = take_scalar("correlationId", member, wrong),
            Field::CausationId => facts.causation_id = take_scalar("causationId", member, wrong),
            Field::Kept => facts.kept = Some(take_raw(member)?),
            Field::Data => facts.payload = Payload::Raw(Some("data"), take_raw(member)?),
            // `{data, meta}` has no metadata, and its `meta` is always empty.
            Field::Meta if has_no_metadata && is_empty_object(&member) => {}
            Field::Eem if is_flat => facts.eem = Some(take_raw(member)?),
            Field::S3 if is_flat => facts.s3 = Some(take_raw(member)?),
            _ => facts.unknown_members.push((name, take_raw(member)?)),
        }
    }
    if !is_flat && has_no_metadata {
        facts.take_nested_metadata(matches!(surroundings, Surroundings::None));
    }
    Ok(facts)
}

/// Returns true for a number and for a text that begins as a date or a number does.
fn is_time(value: &Scalar<'_>) -> bool {
    match value {
        Scalar::Unsigned(_) => true,
        Scalar::String(text) => text.bytes().take(4).filter(u8::is_ascii_digit).count() == 4,
        Scalar::Null | Scalar::Boolean | Scalar::Signed(_) | Scalar::Float(_) => false,
    }
}

fn is_empty_object(member: &Member<'_>) -> bool {
    matches!(member, Member::Raw(raw) if Level::<Infallible>::parse(raw.get()).is_some_and(|level| level.members.is_empty()))
}

#[expect(clippy::needless_pass_by_value, reason = "the member is consumed")]
fn take_raw(member: Member<'_>) -> Result<&RawValue, InterpretError> {
    match member {
        Member::Raw(raw) => Ok(raw),
        Member::Scalar(_) => Err(InterpretError::NotStreamable),
    }
}

fn from_cloud_event<X>(root: Level<'_, X>) -> Result<Facts<'_, X>, InterpretError> {
    root.check()?;
    let mut facts = Facts::new("");
    let mut data = None;
    let mut encoded = None;
    let mut time = None;
    let wrong = &mut facts.not_scalars;
    for (field, name, member) in root.members {
        match (field, &*name) {
            (_, "datacontenttype") => {}
            (Field::SpecVersion, _) => {
                let is_known =
                    matches!(take_scalar("specversion", member, wrong), Some(Scalar::String(text)) if text == "1.0");
                facts.cloud_event.has_other_version = !is_known;
            }
            (Field::Id, _) => facts.id = take_scalar("id", member, wrong),
            (Field::Type, _) => facts.event_type = take_scalar("type", member, wrong),
            (Field::Source, _) => facts.source = take_scalar("source", member, wrong),
            (Field::Time, _) => time = take_scalar("time", member, wrong),
            (_, "partitionkey") => facts.partition_key = take_scalar("partitionkey", member, wrong),
            (_, "correlationid") => facts.correlation_id = take_scalar("correlationid", member, wrong),
            (_, "causationid") => facts.causation_id = take_scalar("causationid", member, wrong),
            (_, "dataversion") => facts.version = take_scalar("dataversion", member, wrong),
            (_, "dataschema") => {
                let raw = take_raw(member)?;
                facts.cloud_event.data_schema =
                    Scalar::parse(raw).and_then(Scalar::into_string).and_then(|uri| DataSchema::parse(&uri));
                if facts.cloud_event.data_schema.is_none() {
                    facts.unknown_members.push((name, raw));
                }
            }
            (_, "data_base64") => encoded = Some(take_raw(member)?),
            (Field::Data, _) => data = Some(take_raw(member)?),
            _ => facts.unknown_members.push((name, take_raw(member)?)),
        }
    }
    facts.timestamp = time;
    if let Some(encoded) = encoded {
        if data.is_some() || decode_base64(encoded).is_none() {
            let hint = "expected JSON under `data`, found `data_base64`";
            return Err(WireErrorKind::NotAnEvent { hint }.into());
        }
        // The reader replaces the data before it looks for the payload.
        return Ok(facts);
    }
    let hint = "the CloudEvents document has no `data`";
    let data = data.ok_or(WireErrorKind::NotAnEvent { hint })?;
    // An EventBridge rule sends the whole detail as data, with metadata of its own.
    if let Some(level) =
        Level::parse_detail(data.get()).filter(|level| level.contains(Field::Type) && level.contains(Field::Data))
    {
        let mut inner = from_detail(level, "/data", Surroundings::None)?;
        let attributes = [
            (member::PARTITION_KEY, &mut inner.partition_key, facts.partition_key),
            (member::CORRELATION_ID, &mut inner.correlation_id, facts.correlation_id),
            (member::CAUSATION_ID, &mut inner.causation_id, facts.causation_id),
        ];
        for (name, own, outer) in attributes {
            if matches!(own, None | Some(Scalar::Null)) && matches!(outer, Some(Scalar::String(_))) {
                *own = outer;
                inner.taken_from_envelope.push(name);
            }
        }
        inner.envelope = Some(Envelope {
            id: facts.id.and_then(Scalar::into_string),
            detail_type: facts.event_type.and_then(Scalar::into_string),
            source: facts.source.and_then(Scalar::into_string),
            time: facts.timestamp.and_then(Scalar::into_string),
            ..Envelope::default()
        });
        inner.cloud_event = facts.cloud_event;
        inner.unknown_envelope_members = facts.unknown_members.into_iter().map(|(name, _)| name).collect();
        return Ok(inner);
    }
    facts.payload = Payload::Raw(Some("data"), data);
    Ok(facts)
}
