//! Observations and mismatches of one event.

use std::collections::HashMap;

use json_document::{Pointer, parse_members};
use serde_json::value::RawValue;

use super::error::Mismatch;
use super::limits;
use super::observation::{Observation, ObservationKind};
use super::track::{Note, NoteKind};
use crate::event::member;
use crate::unknown_field::UnknownFields;
use crate::wire::Shape;
use crate::wire::facts::Facts;

/// Collects the observations and mismatches of one event.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) observations: Vec<Observation>,
    pub(super) mismatches: Vec<Mismatch>,
}

/// Treatment of unknown fields and of values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Retention {
    /// Keep unknown fields in the event.
    pub(super) keep_unknown: bool,
    /// Show values in observations.
    pub(super) show_values: bool,
}

impl Findings {
    pub(super) fn observe(&mut self, at: impl Into<Pointer>, kind: ObservationKind) {
        self.observations.push(Observation { pointer: at.into(), kind, value: None });
    }

    pub(super) fn mismatch(&mut self, at: impl Into<Pointer>, expected: &str, found: impl Into<String>) {
        self.mismatches.push(Mismatch::new(at.into(), expected, found));
    }

    /// Converts the notes about the payload at `place` into observations, and adds its unknown fields to `unknown`.
    pub(super) fn observe_notes(
        &mut self,
        notes: Vec<Note>,
        place: &Pointer,
        retention: Retention,
        unknown: &mut UnknownFields,
    ) {
        let aliases = collect_aliases(&notes);
        let data = Pointer::ROOT.join(member::DATA);
        for Note { at, kind } in notes {
            let pointer = place.concat(&at);
            let (kind, value) = match kind {
                NoteKind::Unknown { raw, is_certain } => {
                    let value = if retention.show_values { raw.clone() } else { None };
                    if retention.keep_unknown
                        && let Some(raw) = raw
                    {
                        match (is_certain, aliases.is_empty()) {
                            (true, true) => unknown.push_in_payload(data.concat(&at), None, raw),
                            (true, false) => {
                                unknown.push_in_payload(data.concat(&without_aliases(&at, &aliases)), Some(at), raw);
                            }
                            (false, _) => unknown.push_unplaced(data.concat(&at), raw),
                        }
                    }
                    (ObservationKind::UnknownField { kept: retention.keep_unknown }, value)
                }
                NoteKind::Defaulted => (ObservationKind::Defaulted, None),
                NoteKind::Alias(field) => (ObservationKind::Alias { field: field.to_owned() }, None),
                NoteKind::UnknownVariant => (ObservationKind::UnknownValue, None),
                NoteKind::Repeated => (ObservationKind::Repeated, None),
                NoteKind::Imprecise => (ObservationKind::Imprecise, None),
            };
            self.observations.push(Observation { pointer, kind, value });
        }
    }

    /// Observes the unknown members of the envelope and the detail, and adds those of the detail to `unknown`.
    ///
    /// Returns `false` if one of them is nested more than `max_depth` levels deep.
    pub(super) fn observe_unknown_members<X>(
        &mut self,
        facts: &mut Facts<'_, X>,
        retention: Retention,
        max_depth: usize,
        unknown: &mut UnknownFields,
    ) -> bool {
        for name in std::mem::take(&mut facts.unknown_envelope_members) {
            self.observe(Pointer::ROOT.join(name), ObservationKind::UnknownField { kept: false });
        }
        let mut observe = |at: Pointer, raw: &RawValue| {
            let value = retention.show_values.then(|| raw.to_owned());
            let kind = ObservationKind::UnknownField { kept: retention.keep_unknown };
            self.observations.push(Observation { pointer: at, kind, value });
            limits::depth(raw.get()) <= max_depth
        };
        for (name, raw) in std::mem::take(&mut facts.unknown_members) {
            if !observe(prefix_pointer(facts.prefix).join(&name), raw) {
                return false;
            }
            if retention.keep_unknown {
                unknown.push_beside_payload(Pointer::ROOT.join(&name), raw.to_owned());
            }
        }
        let Some(raw) = facts.kept.take() else { return true };
        let at = Pointer::from(place(facts, member::KEPT));
        match parse_members(raw.get()) {
            // Unknown fields that a relay has kept, each with its pointer.
            Ok(fields) if fields.iter().all(|(name, _)| name.starts_with('/')) => {
                for (name, raw) in fields {
                    if !observe(at.join(&name), raw) {
                        return false;
                    }
                    if retention.keep_unknown {
                        unknown.push_unplaced(Pointer::parse(&name), raw.to_owned());
                    }
                }
            }
            _ => {
                if !observe(at, raw) {
                    return false;
                }
                if retention.keep_unknown {
                    unknown.push_beside_payload(Pointer::ROOT.join(member::KEPT), raw.to_owned());
                }
            }
        }
        true
    }
}

/// Returns the fields that were read by an alias: the pointer in the payload, and the name of the field.
pub(super) fn collect_aliases(notes: &[Note]) -> HashMap<Pointer, &'static str> {
    notes
        .iter()
        .filter_map(|note| match note.kind {
            NoteKind::Alias(field) => Some((note.at.clone(), field)),
            NoteKind::Unknown { .. }
            | NoteKind::Defaulted
            | NoteKind::UnknownVariant
            | NoteKind::Repeated
            | NoteKind::Imprecise => None,
        })
        .collect()
}

/// Returns the pointer of a field in the serialized payload, which has no aliases.
pub(super) fn without_aliases(at: &Pointer, aliases: &HashMap<Pointer, &'static str>) -> Pointer {
    let (mut read, mut written) = (Pointer::ROOT, Pointer::ROOT);
    for segment in at.segments() {
        read.push_name(&segment);
        written.push_name(aliases.get(&read).copied().unwrap_or(&segment));
    }
    written
}

/// A member of the detail. It is converted to a pointer only for a finding: most events have none.
#[derive(Clone, Copy)]
pub(super) struct Place<'n> {
    prefix: &'static str,
    name: &'n str,
}

impl From<Place<'_>> for Pointer {
    fn from(place: Place<'_>) -> Self {
        prefix_pointer(place.prefix).join(place.name)
    }
}

/// Returns the place of metadata, under the name that it has in this shape.
pub(super) fn place<'n, X>(facts: &Facts<'_, X>, name: &'n str) -> Place<'n> {
    let name = if is_cloud_event_root(facts) { attribute_name(name) } else { name };
    Place { prefix: facts.prefix, name }
}

/// Returns true if the metadata are attributes of a CloudEvents document.
pub(super) fn is_cloud_event_root<X>(facts: &Facts<'_, X>) -> bool {
    facts.shape == Shape::CloudEvent && facts.prefix.is_empty()
}

/// Returns the CloudEvents attribute of metadata.
fn attribute_name(name: &str) -> &str {
    match name {
        member::VERSION => "dataversion",
        member::TIMESTAMP => "time",
        member::PARTITION_KEY => "partitionkey",
        member::CORRELATION_ID => "correlationid",
        member::CAUSATION_ID => "causationid",
        name => name,
    }
}

/// Returns the pointer to the detail.
pub(super) fn prefix_pointer(prefix: &str) -> Pointer {
    prefix.split('/').skip(1).collect()
}
