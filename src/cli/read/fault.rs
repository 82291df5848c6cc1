//! Faults: the reason of the failure, and the delivery that a fault holds, read again.

use std::io::{self, Write};

use serde::Serialize;

use super::event::{EventFields, MismatchFields, ReadResult, print};
use crate::catalog::{Catalog, CatalogEvent};
use crate::cli::style::{self, Plain};
use crate::fault::{DroppedPart, Fault};
use crate::name::Version;
use crate::wire::{self, Delivery};

/// Returns the fault, if the event is one.
pub(super) fn find(result: &ReadResult) -> Option<Fault> {
    match result.as_ref().ok()?.event() {
        CatalogEvent::Other(other) if other.event_type.as_deref() == Some(Fault::TYPE) => {
            Fault::read(&other.bytes).ok()
        }
        CatalogEvent::Other(_) | CatalogEvent::Event(_) => None,
    }
}

/// A fault, and the events of the delivery that it holds, as they are read today.
///
/// A fault within a fault is not opened: nesting has no bound.
pub(super) struct FaultReport {
    fault: Fault,
    held: Option<HeldDelivery>,
}

/// The delivery that a fault holds.
struct HeldDelivery {
    /// The failed bytes, or their replacement.
    form: &'static str,
    bytes: usize,
    /// The shape, the type and the version that the bytes declare; `None` unless they are one event.
    declaration: Option<wire::Declaration>,
    /// One result for each event.
    results: Vec<ReadResult>,
}

impl HeldDelivery {
    fn new(fault: &Fault, catalog: &Catalog) -> Option<Self> {
        let form = match (fault.is_exact(), fault.event()) {
            (true, _) => "the failed bytes",
            (false, Some(_)) => "the document instead of the failed bytes",
            (false, None) => "the records of the batch",
        };
        let bytes = fault.resubmit()?.len();
        let invocation = fault.to_invocation()?;
        let mut results = Vec::new();
        catalog.for_each(invocation.as_bytes(), |result| {
            results.push(result);
            true
        });
        let deliveries = wire::deliveries(invocation.as_bytes()).unwrap_or_default();
        let declaration = if let [one] = &deliveries[..] { Delivery::declaration(one).ok() } else { None };
        Some(Self { form, bytes, declaration, results })
    }
}

impl FaultReport {
    pub(super) fn new(fault: Fault, catalog: &Catalog) -> Self {
        let held = HeldDelivery::new(&fault, catalog);
        Self { fault, held }
    }

    /// Returns true if every event that the fault holds can be read, and it holds one.
    pub(super) fn is_readable(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.results.iter().all(Result::is_ok))
    }

    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let fault = &self.fault;
        let time = fault.time().format("%Y-%m-%dT%H:%M:%S%.3fZ");
        write!(out, "  fault {}", Plain(fault.id().as_str()))?;
        for (what, value) in [("in", fault.pipeline()), ("of", fault.function()), ("in subsystem", fault.subsystem())] {
            if let Some(value) = value {
                write!(out, " {what} {}", Plain(&value))?;
            }
        }
        writeln!(out, ", {time}")?;
        let (red, reset) = (style::ERROR, style::RESET);
        let reason = format!("{}: {}", fault.name(), fault.message());
        writeln!(out, "    {red}reason{reset}  {}", Plain(&reason))?;
        // The first line of the stack repeats the message.
        for cause in fault.stack().unwrap_or_default().lines().skip(1) {
            writeln!(out, "            {}", Plain(cause.trim_start()))?;
        }
        if let mismatches @ [_, _, ..] = fault.mismatches() {
            for mismatch in mismatches {
                writeln!(out, "            {}", Plain(&mismatch.to_string()))?;
            }
        }
        writeln!(out, "    holds   {}", Plain(&self.describe_held()))?;
        for dropped in fault.dropped() {
            let more = if dropped.reference().is_some() { ", see `reference` of --json" } else { "" };
            writeln!(out, "    omits   {dropped}{more}")?;
        }
        let Some(held) = &self.held else { return Ok(()) };
        writeln!(out, "    read again:")?;
        held.results.iter().try_for_each(|result| print(out, "      ", result))
    }

    fn describe_held(&self) -> String {
        let Some(held) = &self.held else { return "nothing that can be read or resubmitted".to_owned() };
        let event = match &held.declaration {
            Some(wire::Declaration { shape, event_type, version }) => {
                let event_type = event_type.as_deref().unwrap_or("an event without a type");
                let version = version.map_or("without a version".to_owned(), |version| version.to_string());
                format!("{event_type} {version} ({shape}): ")
            }
            None if held.results.len() > 1 => format!("{} events: ", held.results.len()),
            None => String::new(),
        };
        let compressed = if self.fault.is_compressed() { ", compressed" } else { "" };
        let redacted = if self.fault.is_redacted() {
            "; personal values are redacted elsewhere in the fault, and not in them"
        } else {
            ""
        };
        format!("{event}{}, {} bytes{compressed}{redacted}", held.form, held.bytes)
    }

    pub(super) fn fields(&self) -> Result<FaultFields, serde_json::Error> {
        let fault = &self.fault;
        let owned = |text: Option<std::borrow::Cow<'_, str>>| text.map(std::borrow::Cow::into_owned);
        Ok(FaultFields {
            id: fault.id().as_str().to_owned(),
            time: fault.time().timestamp_millis(),
            pipeline: owned(fault.pipeline()),
            function: owned(fault.function()),
            subsystem: owned(fault.subsystem()),
            name: fault.name().to_owned(),
            message: fault.message().to_owned(),
            stack: fault.stack().map(str::to_owned),
            mismatches: fault.mismatches().iter().map(MismatchFields::from_mismatch).collect(),
            redacted: fault.is_redacted(),
            dropped: fault.dropped().to_vec(),
            held: self.held.as_ref().map(|held| self.held_fields(held)).transpose()?,
        })
    }

    fn held_fields(&self, held: &HeldDelivery) -> Result<HeldFields, serde_json::Error> {
        let declaration = held.declaration.as_ref();
        Ok(HeldFields {
            exact: self.fault.is_exact(),
            bytes: held.bytes,
            compressed: self.fault.is_compressed(),
            shape: declaration.map(|declaration| declaration.shape.to_string()),
            r#type: declaration.and_then(|declaration| declaration.event_type.clone()),
            version: declaration.and_then(|declaration| declaration.version),
            events: held.results.iter().map(EventFields::from_result).collect::<Result<_, _>>()?,
        })
    }
}

/// A fault as JSON.
#[derive(Serialize)]
pub(super) struct FaultFields {
    id: String,
    time: i64,
    pipeline: Option<String>,
    function: Option<String>,
    subsystem: Option<String>,
    name: String,
    message: String,
    stack: Option<String>,
    mismatches: Vec<MismatchFields>,
    redacted: bool,
    dropped: Vec<DroppedPart>,
    /// The delivery; `null` if there is none to read.
    held: Option<HeldFields>,
}

#[derive(Serialize)]
struct HeldFields {
    exact: bool,
    bytes: usize,
    compressed: bool,
    shape: Option<String>,
    r#type: Option<String>,
    version: Option<Version>,
    events: Vec<EventFields>,
}
