//! Attributes of CloudEvents documents.

use json_document::Pointer;

use super::findings::{Findings, place};
use super::observation::{Observation, ObservationKind, Origin};
use super::reading::Reading;
use crate::event::member;
use crate::wire::facts::{CloudEventFacts, Facts};
use crate::wire::{DataEncoding, DataSchema, Scalar};

/// Observes another `specversion`, and a `dataschema` that contradicts the event. Takes type and version from the
/// `dataschema` if they are missing.
pub(super) fn observe_attributes<X>(facts: &mut Facts<'_, X>, findings: &mut Findings) {
    let CloudEventFacts { has_other_version, data_schema } = std::mem::take(&mut facts.cloud_event);
    if has_other_version {
        let kind = ObservationKind::Coerced { from: "another version of CloudEvents", to: "1.0" };
        findings.observe(Pointer::ROOT.join("specversion"), kind);
    }
    let Some(DataSchema { event_type, version }) = data_schema else { return };
    let is_other_type = match &facts.event_type {
        None | Some(Scalar::Null) => {
            findings.observe(place(facts, member::TYPE), ObservationKind::Substituted { from: Origin::DataSchema });
            facts.event_type = Some(Scalar::String(event_type.into()));
            false
        }
        Some(Scalar::String(own)) => *own != event_type,
        // A mismatch of its own.
        Some(Scalar::Boolean | Scalar::Unsigned(_) | Scalar::Signed(_) | Scalar::Float(_)) => false,
    };
    let is_other_version = match &facts.version {
        // Without a contradiction, the type is that of the schema.
        None | Some(Scalar::Null) if !is_other_type => {
            findings.observe(place(facts, member::VERSION), ObservationKind::Substituted { from: Origin::DataSchema });
            facts.version = Some(Scalar::Unsigned(version.into()));
            false
        }
        Some(Scalar::Unsigned(own)) => *own != u64::from(version),
        Some(Scalar::String(own)) => *own != version.to_string(),
        None | Some(Scalar::Null | Scalar::Boolean | Scalar::Signed(_) | Scalar::Float(_)) => false,
    };
    if is_other_type || is_other_version {
        findings.observe(Pointer::ROOT.join("dataschema"), ObservationKind::OtherSchema);
    }
}

/// Moves the observations about decoded data to the member that was delivered, and observes the encoding.
pub(super) fn with_encoded_data<E>(mut reading: Reading<'_, E>, encoding: DataEncoding) -> Reading<'_, E> {
    for observation in &mut reading.observations {
        observation.pointer = in_encoded_data(std::mem::take(&mut observation.pointer), encoding);
    }
    let pointer = Pointer::ROOT.join(encoding.member());
    let kind = ObservationKind::Coerced { from: encoding.describe(), to: "an object" };
    reading.observations.insert(0, Observation { pointer, kind, value: None });
    reading
}

/// Moves a pointer into decoded data to the member that was delivered.
pub(super) fn in_encoded_data(pointer: Pointer, encoding: DataEncoding) -> Pointer {
    match pointer.strip_prefix(&Pointer::ROOT.join(member::DATA)) {
        Some(inside) => Pointer::ROOT.join(encoding.member()).concat(&inside),
        None => pointer,
    }
}
