//! Events of deliveries, as text and as JSON.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;

use crate::catalog::CatalogEvent;
use crate::cli::style::{self, Plain};
use crate::name::{EventType, Version};
use crate::read::{Mismatch, Observation, ReadError, ReadErrorKind, Reading, RecognisedType};

/// An event, or the error of a delivery that could not be read.
pub(super) type ReadResult = Result<Reading<'static, CatalogEvent>, ReadError>;

/// Prints an event, each line with an indent.
pub(super) fn print(out: &mut impl Write, indent: &str, result: &ReadResult) -> io::Result<()> {
    let reading = match result {
        Ok(reading) => reading,
        Err(error) => return print_error(out, indent, error),
    };
    match reading.event() {
        CatalogEvent::Event(event) => {
            if let Some(RecognisedType { event_type, side, version_written: written, version: given, .. }) =
                reading.recognised()
            {
                let source = Plain(event.metadata().source.as_ref().map_or("an unnamed subsystem", AsRef::as_ref));
                let (id, shape) = (Plain(event.metadata().id.as_str()), reading.shape());
                writeln!(out, "{indent}{event_type} {written} → {given}, {side}, of {source}, id {id} ({shape})")?;
            }
        }
        CatalogEvent::Other(other) => {
            let event_type = Plain(other.event_type.as_deref().unwrap_or("an event without a type"));
            writeln!(out, "{indent}{event_type}: not of this contract ({})", reading.shape())?;
        }
    }
    reading.observations().iter().try_for_each(|seen| print_observation(out, indent, seen))
}

fn print_observation(out: &mut impl Write, indent: &str, seen: &Observation) -> io::Result<()> {
    let style = style::of_severity(seen.severity());
    let (on, off, text) = (style, style::RESET, seen.to_string());
    writeln!(out, "{indent}  {on}{:7}{off} {}", seen.severity(), Plain(&text))
}

fn print_error(out: &mut impl Write, indent: &str, error: &ReadError) -> io::Result<()> {
    let (red, reset) = (style::ERROR, style::RESET);
    let ReadErrorKind::Mismatch { mismatches, and_more } = error.kind() else {
        return writeln!(out, "{indent}{red}could not be read:{reset} {}", Plain(&error.to_string()));
    };
    writeln!(out, "{indent}{red}could not be read:{reset}")?;
    mismatches
        .iter()
        .try_for_each(|mismatch| writeln!(out, "{indent}  {red}error{reset}   {}", Plain(&mismatch.to_string())))?;
    if *and_more {
        writeln!(out, "{indent}  {red}error{reset}   and more")?;
    }
    error.assumptions().try_for_each(|seen| print_observation(out, indent, seen))
}

/// An event as JSON.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum EventFields {
    Event {
        r#type: Option<EventType>,
        side: Option<String>,
        written: Option<Version>,
        read: Option<Version>,
        given: Option<Version>,
        shape: String,
        observations: Vec<ObservationFields>,
        event: Box<RawValue>,
    },
    Other {
        unrecognised: Option<String>,
        shape: String,
    },
    Unread {
        error: String,
        mismatches: Vec<MismatchFields>,
        observations: Vec<ObservationFields>,
    },
}

#[derive(Serialize)]
pub(super) struct ObservationFields {
    severity: String,
    kind: &'static str,
    pointer: String,
    what: String,
}

#[derive(Serialize)]
pub(super) struct MismatchFields {
    pointer: String,
    expected: String,
    found: String,
}

impl MismatchFields {
    pub(super) fn from_mismatch(mismatch: &Mismatch) -> Self {
        Self {
            pointer: mismatch.pointer.as_str().to_owned(),
            expected: mismatch.expected.clone(),
            found: mismatch.found.clone(),
        }
    }
}

impl EventFields {
    pub(super) fn from_result(result: &ReadResult) -> Result<Self, serde_json::Error> {
        let reading = match result {
            Ok(reading) => reading,
            Err(error) => {
                return Ok(Self::Unread {
                    error: error.to_string(),
                    mismatches: error.mismatches().iter().map(MismatchFields::from_mismatch).collect(),
                    observations: error.observations().iter().map(ObservationFields::from_observation).collect(),
                });
            }
        };
        let shape = reading.shape().to_string();
        let recognised = reading.recognised();
        Ok(match reading.event() {
            CatalogEvent::Event(event) => Self::Event {
                r#type: recognised.map(|recognised| recognised.event_type.clone()),
                side: recognised.map(|recognised| recognised.side.to_string()),
                written: recognised.map(|recognised| recognised.version_written),
                read: recognised.map(|recognised| recognised.version_read),
                given: recognised.map(|recognised| recognised.version),
                shape,
                observations: reading.observations().iter().map(ObservationFields::from_observation).collect(),
                event: RawValue::from_string(join_lines(&event.to_internal_json()?))?,
            },
            CatalogEvent::Other(other) => Self::Other { unrecognised: other.event_type.clone(), shape },
        })
    }
}

/// Replaces line breaks, which are white space in JSON: unknown fields are written as they were read.
fn join_lines(json: &str) -> String {
    json.replace(['\r', '\n'], " ")
}

impl ObservationFields {
    fn from_observation(seen: &Observation) -> Self {
        Self {
            severity: seen.severity().to_string(),
            kind: seen.kind.name(),
            pointer: seen.pointer.as_str().to_owned(),
            what: seen.kind.to_string(),
        }
    }
}
