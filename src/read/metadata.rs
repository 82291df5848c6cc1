//! Metadata of an event, from the detail or from the document and the message around it.

use chrono::{DateTime, Utc};
use json_document::Pointer;

use super::findings::{Findings, Place, is_cloud_event_root, place};
use super::observation::{ObservationKind, Origin};
use super::time::{TimeFormat, correct_unit, parse_time};
use crate::event::member;
use crate::event::metadata::{Metadata, default_partition_key, truncate_to_milliseconds};
use crate::name::{EventId, EventType, PartitionKey, SubsystemName, Version};
use crate::payload::TypeInfo;
use crate::tags::Tags;
use crate::wire::facts::Facts;
use crate::wire::{Scalar, Transport};

/// Sources of metadata besides the facts.
pub(super) struct Context<'c> {
    pub(super) transport: &'c Transport,
    /// The text of the document, from which a missing id derives.
    pub(super) text: &'c str,
    pub(super) received_at: Option<DateTime<Utc>>,
    pub(super) info: &'c TypeInfo,
    /// Partition key and time of the payload; `None` if it has mismatches.
    pub(super) payload: Option<(&'c Option<PartitionKey>, &'c Option<DateTime<Utc>>)>,
}

/// Assembles the metadata. Returns `None` after a mismatch, of the metadata or of the payload.
pub(super) fn assemble<X>(
    facts: &mut Facts<'_, X>,
    context: &Context<'_>,
    findings: &mut Findings,
) -> Option<Metadata> {
    for (name, found) in std::mem::take(&mut facts.not_scalars) {
        findings.mismatch(place(facts, name), "a string or a number", found);
    }
    let id = take_id(facts, context, findings);
    let time = take_time(facts, context, findings);
    let tags = take_tags(facts, findings);
    let partition_key = take_partition_key(facts, context, id.as_ref(), findings);
    let source = take_source(facts, &tags, findings);
    let correlation_id = take_optional_id(facts.correlation_id.take(), place(facts, member::CORRELATION_ID), findings);
    let causation_id = take_optional_id(facts.causation_id.take(), place(facts, member::CAUSATION_ID), findings);
    if !findings.mismatches.is_empty() || context.payload.is_none() {
        return None;
    }
    Some(Metadata {
        id: id?,
        event_type: EventType::from_static(context.info.name),
        version: context.info.newest,
        time: time?,
        partition_key: partition_key?,
        source,
        correlation_id,
        causation_id,
        tags,
    })
}

fn take_id<X>(facts: &mut Facts<'_, X>, context: &Context<'_>, findings: &mut Findings) -> Option<EventId> {
    let at = place(facts, member::ID);
    match facts.id.take() {
        Some(Scalar::String(text)) if !text.is_empty() => {
            return EventId::new(text.into_owned()).ok();
        }
        None | Some(Scalar::Null | Scalar::String(_)) => {}
        Some(other) => {
            findings.mismatch(at, "a string", other.describe());
            return None;
        }
    }
    let of_envelope =
        facts.envelope.as_ref().and_then(|envelope| envelope.id.as_deref()).map(|id| (id.to_owned(), Origin::Envelope));
    let of_transport = context.transport.id.clone().map(|id| (id, Origin::Transport));
    let known = of_envelope.or(of_transport).and_then(|(id, from)| Some((EventId::new(id).ok()?, from)));
    let (id, from) = known.unwrap_or_else(|| (EventId::derived([context.text.trim_ascii()]), Origin::Content));
    findings.observe(at, ObservationKind::Substituted { from });
    Some(id)
}

fn take_time<X>(facts: &mut Facts<'_, X>, context: &Context<'_>, findings: &mut Findings) -> Option<DateTime<Utc>> {
    let is_cloud_event = is_cloud_event_root(facts);
    let at = place(facts, member::TIMESTAMP);
    let declared = match facts.timestamp.take() {
        None | Some(Scalar::Null) => None,
        Some(scalar) => Some(scalar),
    };
    if let Some(scalar) = declared {
        let expected = if is_cloud_event { "an RFC 3339 date-time" } else { "epoch milliseconds" };
        let Some((time, format)) = parse_time(&scalar) else {
            findings.mismatch(at, expected, format!("{} that is not a time", scalar.describe()));
            return None;
        };
        match format {
            TimeFormat::Milliseconds => {}
            TimeFormat::Rfc3339 if is_cloud_event => {}
            TimeFormat::Rfc3339 => {
                findings.observe(at, ObservationKind::Coerced { from: "a date and time", to: "epoch milliseconds" });
            }
            TimeFormat::Seconds => {
                findings.observe(at, ObservationKind::Coerced { from: "epoch seconds", to: "epoch milliseconds" });
            }
            TimeFormat::NumericString => {
                findings.observe(at, ObservationKind::Coerced { from: "a number as text", to: "epoch milliseconds" });
            }
            TimeFormat::Microseconds => {
                findings.observe(at, ObservationKind::UnitCorrected { from: "epoch microseconds" });
            }
            TimeFormat::Nanoseconds => {
                findings.observe(at, ObservationKind::UnitCorrected { from: "epoch nanoseconds" });
            }
        }
        return Some(truncate_to_milliseconds(time));
    }
    let of_payload = context.payload.and_then(|(_, time)| *time).map(|time| (time, Origin::Payload));
    let of_envelope = || {
        let time = facts.envelope.as_ref()?.time.as_deref()?;
        Some((DateTime::parse_from_rfc3339(time).ok()?.to_utc(), Origin::Envelope))
    };
    let of_transport = || context.transport.time.map(|time| (time, Origin::Transport));
    let of_caller = || context.received_at.map(|time| (time, Origin::Caller));
    let found = of_payload.or_else(of_envelope).or_else(of_transport).or_else(of_caller);
    // A time that no unit explains is as good as none.
    if let Some((time, from)) = found
        && let Some((time, format)) = correct_unit(time)
    {
        findings.observe(at, ObservationKind::Substituted { from });
        if format.is_some() {
            findings.observe(at, ObservationKind::UnitCorrected { from: "a time after the year 9999" });
        }
        return Some(truncate_to_milliseconds(time));
    }
    if context.payload.is_some() && findings.mismatches.iter().all(|mismatch| mismatch.pointer != Pointer::from(at)) {
        let expected = "the time of the event (`Reader::received_at` sets a default)";
        findings.mismatch(at, expected, "nothing");
    }
    None
}

fn take_tags<X>(facts: &Facts<'_, X>, findings: &mut Findings) -> Tags {
    match facts.tags {
        None => Tags::default(),
        Some(raw) if raw.get() == "null" => Tags::default(),
        Some(raw) => serde_json::from_str(raw.get()).unwrap_or_else(|_| {
            findings.mismatch(place(facts, member::TAGS), "an object", "another value");
            Tags::default()
        }),
    }
}

fn take_partition_key<X>(
    facts: &mut Facts<'_, X>,
    context: &Context<'_>,
    id: Option<&EventId>,
    findings: &mut Findings,
) -> Option<PartitionKey> {
    let at = place(facts, member::PARTITION_KEY);
    match facts.partition_key.take() {
        Some(Scalar::String(text)) if !text.is_empty() => match PartitionKey::new(text.into_owned()) {
            Ok(key) => return Some(key),
            Err(error) => {
                findings.mismatch(at, "a valid partition key", format!("a string that {}", error.reason()));
                return None;
            }
        },
        None | Some(Scalar::Null | Scalar::String(_)) => {}
        Some(other) => {
            findings.mismatch(at, "a string", other.describe());
            return None;
        }
    }
    let of_payload = context.payload.and_then(|(key, _)| key.clone()).map(|key| (key, Origin::Payload));
    let of_transport = || {
        let key = context.transport.partition_key.clone()?;
        Some((PartitionKey::new(key).ok()?, Origin::Transport))
    };
    let (key, from) = of_payload.or_else(of_transport).or_else(|| Some((default_partition_key(id?), Origin::Id)))?;
    findings.observe(at, ObservationKind::Substituted { from });
    Some(key)
}

fn take_source<X>(facts: &mut Facts<'_, X>, tags: &Tags, findings: &mut Findings) -> Option<SubsystemName> {
    let at = place(facts, member::SOURCE);
    let mut declared = facts.source.take();
    if matches!(&declared, Some(Scalar::String(text)) if text.is_empty() || text == "external") {
        findings.observe(at, ObservationKind::Coerced { from: "a mark", to: "no source" });
        declared = None;
    }
    match declared {
        Some(Scalar::String(text)) => match SubsystemName::new(text.into_owned()) {
            Ok(name) => return Some(name),
            Err(error) => {
                findings.mismatch(at, "a valid subsystem name", format!("a string that {}", error.reason()));
            }
        },
        None | Some(Scalar::Null) => {
            let of_tags = tags.get_str("source").map(|name| (name.into_owned(), Origin::Tags));
            let of_envelope = facts
                .envelope
                .as_ref()
                .and_then(|envelope| envelope.source.as_deref())
                .map(|name| (name.to_owned(), Origin::Envelope));
            // Marks such as `external` are not valid subsystem names.
            let named = [of_tags, of_envelope]
                .into_iter()
                .flatten()
                .find_map(|(name, from)| Some((SubsystemName::new(name).ok()?, from)));
            if let Some((name, from)) = named {
                findings.observe(at, ObservationKind::Substituted { from });
                return Some(name);
            }
            if is_cloud_event_root(facts) {
                findings.observe(at, ObservationKind::Coerced { from: "a missing `source`", to: "no source" });
            }
        }
        Some(other) => findings.mismatch(at, "a string", other.describe()),
    }
    None
}

fn take_optional_id(declared: Option<Scalar<'_>>, at: Place<'_>, findings: &mut Findings) -> Option<EventId> {
    match declared {
        Some(Scalar::String(text)) if !text.is_empty() => EventId::new(text.into_owned()).ok(),
        None | Some(Scalar::Null | Scalar::String(_)) => None,
        Some(other) => {
            findings.mismatch(at, "a string", other.describe());
            None
        }
    }
}

/// Returns the declared version, or else the first. Returns `None` after a mismatch.
pub(super) fn take_version<X>(facts: &mut Facts<'_, X>, findings: &mut Findings) -> Option<Version> {
    let at = place(facts, member::VERSION);
    let scalar = match facts.version.take() {
        None | Some(Scalar::Null) => {
            findings.observe(at, ObservationKind::VersionAssumed);
            return Some(Version::FIRST);
        }
        Some(scalar) => scalar,
    };
    let version = scalar.version();
    let from = match &scalar {
        Scalar::Float(_) => Some("a number"),
        Scalar::String(_) => Some("a number as text"),
        Scalar::Null | Scalar::Boolean | Scalar::Unsigned(_) | Scalar::Signed(_) => None,
    };
    if let (Some(from), Some(_)) = (from, version) {
        findings.observe(at, ObservationKind::Coerced { from, to: "an integer" });
    }
    if version.is_none() {
        findings.mismatch(at, "an integer from 1 to 4294967295", scalar.describe());
    }
    version
}
