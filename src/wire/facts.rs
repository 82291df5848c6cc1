//! What a delivery says, whatever its shape: metadata, and where the payload is.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::eventbridge::Envelope;
use super::level::{Field, Level, Member, Scalar};
use super::{Shape, WireError, WireErrorKind};
use crate::event::member;

/// What a delivery says. Nothing is checked yet, and nothing is made up.
#[derive(Debug)]
pub(crate) struct Facts<'de, X> {
    /// The shape of the document.
    pub(crate) shape: Shape,
    /// Where the detail stands in the document.
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
    /// Names with a meaning that hold an object or an array where a scalar belongs.
    pub(crate) not_scalar: Vec<(&'static str, &'static str)>,
    /// Members of the detail without a meaning.
    pub(crate) leftovers: Vec<(Cow<'de, str>, &'de RawValue)>,
    /// Members of the envelope without a meaning, from the root of the document.
    pub(crate) envelope_leftovers: Vec<Cow<'de, str>>,
    /// Metadata that the detail does not say and that is taken from what stands around it.
    pub(crate) of_envelope: Vec<&'static str>,
    pub(crate) eem: Option<&'de RawValue>,
    pub(crate) s3: Option<&'de RawValue>,
}

/// Where the payload is.
#[derive(Debug)]
pub(crate) enum Payload<'de, X> {
    /// Read already, at `data`.
    Streamed(X),
    /// Under this name in the detail; the detail itself where there is none.
    Raw(Option<&'static str>, &'de RawValue),
    /// One of the leftovers.
    Entity,
    Missing,
}

pub(crate) enum Interpreted<'de, X> {
    Facts(Box<Facts<'de, X>>),
    /// A streamed level that has to be read again as text.
    Surprise,
    Error(WireError),
}

/// The shape of the document whose root this is.
pub(crate) fn recognise<X>(root: &Level<'_, X>) -> Result<Shape, WireError> {
    let says_metadata = [Field::Id, Field::Type, Field::Version, Field::PartitionKey, Field::Timestamp]
        .into_iter()
        .any(|field| root.has(field));
    if root.has(Field::SpecVersion) {
        Ok(Shape::CloudEvent)
    } else if root.has(Field::DetailType) || (root.has(Field::Detail) && !root.has(Field::Type)) {
        Ok(Shape::EventBridge)
    } else if root.has(Field::Data) {
        Ok(if says_metadata { Shape::Detail } else { Shape::DataMeta })
    } else if root.has(Field::Type) {
        Ok(Shape::AwsLambdaStream)
    } else {
        let hint = "it has neither a `detail-type`, a `type`, a `specversion` nor `data`";
        Err(WireErrorKind::NotAnEvent { hint }.into())
    }
}

/// What the document says whose root this is. `named`: the shape that it has for certain.
pub(crate) fn interpret<X>(root: Level<'_, X>, named: Option<Shape>) -> Interpreted<'_, X> {
    let shape = match named.map_or_else(|| recognise(&root), Ok) {
        Ok(shape) => shape,
        Err(error) => return Interpreted::Error(error),
    };
    let facts = match shape {
        Shape::EventBridge => from_envelope(root),
        Shape::CloudEvent => from_cloud_event(root),
        Shape::Detail | Shape::DataMeta | Shape::AwsLambdaStream => from_detail(root, "", Around::Nothing),
    };
    match facts {
        Ok(mut facts) => {
            if let Some(missing) = lacks(shape, &facts.payload) {
                return Interpreted::Error(WireErrorKind::OtherShape { shape, missing }.into());
            }
            facts.shape = shape;
            Interpreted::Facts(Box::new(facts))
        }
        Err(Stop::Surprise) => Interpreted::Surprise,
        Err(Stop::Error(error)) => Interpreted::Error(error),
    }
}

/// What a named shape must have and this document has not.
fn lacks<X>(shape: Shape, payload: &Payload<'_, X>) -> Option<&'static str> {
    match (shape, payload) {
        (Shape::Detail | Shape::DataMeta, Payload::Entity | Payload::Missing | Payload::Raw(None, _)) => Some("`data`"),
        _ => None,
    }
}

enum Stop {
    Surprise,
    Error(WireError),
}

impl From<WireErrorKind> for Stop {
    fn from(kind: WireErrorKind) -> Self {
        Self::Error(kind.into())
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
            not_scalar: Vec::new(),
            leftovers: Vec::new(),
            envelope_leftovers: Vec::new(),
            of_envelope: Vec::new(),
            eem: None,
            s3: None,
        }
    }
}

/// A scalar under a name that wants one.
fn scalar<'de>(
    name: &'static str,
    member: Member<'de>,
    not_scalar: &mut Vec<(&'static str, &'static str)>,
) -> Option<Scalar<'de>> {
    match member {
        Member::Scalar(scalar) => Some(scalar),
        Member::Raw(raw) => {
            let scalar = Scalar::of(raw);
            if scalar.is_none() {
                let found = match raw.get().as_bytes()[0] {
                    b'{' => "an object",
                    b'[' => "an array",
                    _ => "a number too large to be held",
                };
                not_scalar.push((name, found));
            }
            scalar
        }
    }
}

fn from_envelope<X>(root: Level<'_, X>) -> Result<Facts<'_, X>, Stop> {
    if let Some(name) = root.twice {
        return Err(WireErrorKind::Twice { name }.into());
    }
    let mut envelope = Envelope::default();
    let mut detail = root.detail.map(|detail| *detail);
    let mut whole = None;
    let mut leftovers = Vec::new();
    // An envelope that says something odd of itself is read all the same: the event is in the detail.
    let text = |member| match scalar("", member, &mut Vec::new()) {
        Some(Scalar::Text(text)) => Some(text),
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
                    let hint = "the `detail` of an envelope is an object";
                    detail = Some(Level::raw_detail(raw.get()).ok_or(WireErrorKind::NotAnEvent { hint })?);
                    whole = Some(raw);
                }
                Member::Scalar(_) => return Err(Stop::Surprise),
            },
            _ => leftovers.push(name),
        }
    }
    let hint = "an envelope has a `detail`";
    let detail = detail.ok_or(WireErrorKind::NotAnEvent { hint })?;
    let mut facts = from_detail(detail, "/detail", Around::Envelope(whole))?;
    facts.envelope = Some(envelope);
    facts.envelope_leftovers = leftovers;
    Ok(facts)
}

/// The twelve digits of an account; as a number, which some write, it has lost its leading zeros.
fn account(member: Member<'_>) -> Option<Cow<'_, str>> {
    match scalar("account", member, &mut Vec::new())? {
        Scalar::Text(text) => Some(text),
        Scalar::Unsigned(number) => Some(Cow::Owned(format!("{number:012}"))),
        Scalar::Null | Scalar::Bool | Scalar::Signed(_) | Scalar::Float(_) => None,
    }
}

/// What stands around a detail.
#[derive(Clone, Copy)]
enum Around<'de> {
    Nothing,
    /// An envelope, which says the type of a payload without metadata. With the text of the detail, if it was read as
    /// text.
    Envelope(Option<&'de RawValue>),
}

fn from_detail<'de, X>(
    detail: Level<'de, X>,
    prefix: &'static str,
    around: Around<'de>,
) -> Result<Facts<'de, X>, Stop> {
    if let Some(name) = detail.twice {
        return Err(WireErrorKind::Twice { name }.into());
    }
    if detail.detail.is_some() {
        return Err(Stop::Surprise);
    }
    let mut facts = Facts::new(prefix);
    if !detail.has(Field::Data) && !detail.has(Field::Type) {
        // A payload and nothing else.
        let Around::Envelope(text) = around else {
            let hint = "it has neither a `type` nor `data`";
            return Err(WireErrorKind::NotAnEvent { hint }.into());
        };
        facts.payload = Payload::Raw(None, text.ok_or(Stop::Surprise)?);
        return Ok(facts);
    }
    let is_flat = !detail.has(Field::Data);
    if is_flat {
        facts.payload = Payload::Entity;
    }
    let says_nothing = !detail.has(Field::Type) && !detail.has(Field::Version) && !detail.has(Field::Id);
    if let Some(payload) = detail.streamed {
        facts.payload = Payload::Streamed(payload);
    }
    let wrong = &mut facts.not_scalar;
    for (field, name, member) in detail.members {
        // The entity of a flat detail may have any name, also that of a scalar.
        let is_object = matches!(member, Member::Raw(raw) if raw.get().starts_with('{'));
        match field {
            Field::Tags => facts.tags = Some(raw(member)?),
            _ if is_flat && is_object && !matches!(field, Field::Eem | Field::S3) => {
                facts.leftovers.push((name, raw(member)?));
            }
            Field::Id => facts.id = scalar("id", member, wrong),
            Field::Type => facts.event_type = scalar("type", member, wrong),
            Field::Version => facts.version = scalar("version", member, wrong),
            Field::Timestamp => facts.timestamp = scalar("timestamp", member, wrong),
            Field::PartitionKey => facts.partition_key = scalar("partitionKey", member, wrong),
            Field::Source => facts.source = scalar("source", member, wrong),
            Field::CorrelationId => facts.correlation_id = scalar("correlationId", member, wrong),
            Field::CausationId => facts.causation_id = scalar("causationId", member, wrong),
            Field::Kept => facts.kept = Some(raw(member)?),
            Field::Data => facts.payload = Payload::Raw(Some("data"), raw(member)?),
            // `meta` belongs to the form that has nothing else, and is always empty there.
            Field::Meta if says_nothing && is_empty_object(&member) => {}
            Field::Eem if is_flat => facts.eem = Some(raw(member)?),
            Field::S3 if is_flat => facts.s3 = Some(raw(member)?),
            _ => facts.leftovers.push((name, raw(member)?)),
        }
    }
    Ok(facts)
}

fn is_empty_object(member: &Member<'_>) -> bool {
    matches!(member, Member::Raw(raw) if Level::<()>::raw(raw.get()).is_some_and(|level| level.members.is_empty()))
}

#[expect(clippy::needless_pass_by_value, reason = "a member is given up for its text")]
fn raw(member: Member<'_>) -> Result<&RawValue, Stop> {
    match member {
        Member::Raw(raw) => Ok(raw),
        Member::Scalar(_) => Err(Stop::Surprise),
    }
}

fn from_cloud_event<X>(root: Level<'_, X>) -> Result<Facts<'_, X>, Stop> {
    if let Some(name) = root.twice {
        return Err(WireErrorKind::Twice { name }.into());
    }
    let mut facts = Facts::new("");
    let mut data = None;
    let mut time = None;
    let wrong = &mut facts.not_scalar;
    for (field, name, member) in root.members {
        match (field, &*name) {
            (Field::SpecVersion, _) | (_, "datacontenttype") => {}
            (Field::Id, _) => facts.id = scalar("id", member, wrong),
            (Field::Type, _) => facts.event_type = scalar("type", member, wrong),
            (Field::Source, _) => facts.source = scalar("source", member, wrong),
            (Field::Time, _) => time = scalar("time", member, wrong),
            (_, "partitionkey") => facts.partition_key = scalar("partitionkey", member, wrong),
            (_, "correlationid") => facts.correlation_id = scalar("correlationid", member, wrong),
            (_, "causationid") => facts.causation_id = scalar("causationid", member, wrong),
            (_, "dataversion") => facts.version = scalar("dataversion", member, wrong),
            (_, "data_base64") => {
                let hint = "the `data_base64` of a CloudEvents document is not JSON; send JSON as `data`";
                return Err(WireErrorKind::NotAnEvent { hint }.into());
            }
            (Field::Data, _) => data = Some(raw(member)?),
            _ => facts.leftovers.push((name, raw(member)?)),
        }
    }
    let hint = "a CloudEvents document that is an event of a contract has `data`";
    let data = data.ok_or(WireErrorKind::NotAnEvent { hint })?;
    facts.timestamp = time;
    // From an EventBridge rule comes the whole detail as data, which says its own type and more.
    if let Some(level) = Level::raw_detail(data.get()).filter(|level| level.has(Field::Type) && level.has(Field::Data))
    {
        let mut inner = from_detail(level, "/data", Around::Nothing)?;
        let attributes = [
            (member::PARTITION_KEY, &mut inner.partition_key, facts.partition_key),
            (member::CORRELATION_ID, &mut inner.correlation_id, facts.correlation_id),
            (member::CAUSATION_ID, &mut inner.causation_id, facts.causation_id),
        ];
        for (name, own, outer) in attributes {
            if matches!(own, None | Some(Scalar::Null)) && matches!(outer, Some(Scalar::Text(_))) {
                *own = outer;
                inner.of_envelope.push(name);
            }
        }
        inner.envelope = Some(Envelope {
            id: facts.id.and_then(Scalar::into_text),
            detail_type: facts.event_type.and_then(Scalar::into_text),
            source: facts.source.and_then(Scalar::into_text),
            time: facts.timestamp.and_then(Scalar::into_text),
            ..Envelope::default()
        });
        inner.envelope_leftovers = facts.leftovers.into_iter().map(|(name, _)| name).collect();
        return Ok(inner);
    }
    facts.payload = Payload::Raw(Some("data"), data);
    Ok(facts)
}
