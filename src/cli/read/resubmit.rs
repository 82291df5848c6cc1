//! `read --resubmit`: the delivery that a fault holds, for another attempt.

use std::io::Write as _;

use clap::ValueEnum;

use super::event::ReadResult;
use super::fault;
use crate::catalog::{Catalog, CatalogEvent};
use crate::cli::exit::{Exit, Failure};
use crate::cli::input::{self, Contents, InputName};
use crate::cli::output;
use crate::cli::style::Plain;
use crate::fault::{DropReason, Fault, FaultPart};
use crate::read::Reading;

/// The form in which a fault is resubmitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ResubmitForm {
    /// The failed bytes, exactly, of one fault.
    Bytes,
    /// `{"Records": […]}`, the payload with which to invoke the function, on a line for each fault.
    Invocation,
}

/// A fault, and its position.
struct FoundFault {
    /// The file, and the number of the event if the file has several.
    place: String,
    fault: Fault,
}

/// Writes the deliveries that the faults of the files hold. Nothing is written unless all files can be read.
pub(super) fn run(files: &[InputName], form: ResubmitForm, catalog: &Catalog) -> Result<Exit, Failure> {
    let mut faults = Vec::new();
    for file in input::or_stdin(files)? {
        let found = find_faults(&file, catalog)?;
        faults.extend(found);
    }
    if let (ResubmitForm::Bytes, [first, second, ..]) = (form, &faults[..]) {
        let message = format!("--resubmit writes the bytes of one fault, found {} and {}", first.place, second.place);
        return Err(Failure::new(message, "name a file with one fault, or write --resubmit=invocation"));
    }
    let mut out = output::raw_stdout();
    let mut exit = Exit::Success;
    for FoundFault { place, fault } in &faults {
        let written = match form {
            ResubmitForm::Bytes => fault.resubmit().map(<[u8]>::to_vec),
            ResubmitForm::Invocation => fault.to_invocation().map(|payload| (payload + "\n").into_bytes()),
        };
        if let Some(bytes) = written {
            out.write_all(&bytes)?;
        } else {
            nothing_to_resubmit(place, fault).print();
            exit = Exit::Findings;
        }
    }
    out.flush()?;
    Ok(exit)
}

/// Collects the faults of a file, or fails if it has none, or an event that is not one.
fn find_faults(file: &InputName, catalog: &Catalog) -> Result<Vec<FoundFault>, Failure> {
    let bytes = input::read(file, Contents::Events)?;
    let (mut faults, mut number, mut refused) = (Vec::new(), 0_usize, None);
    catalog.for_each(&bytes, |result| {
        number += 1;
        match fault::find(&result) {
            Some(fault) => faults.push(FoundFault { place: format!("{file}, event {number}"), fault }),
            None => refused = Some(describe(&result)),
        }
        refused.is_none()
    });
    if let Some(found) = refused {
        let message = format!("{file}, event {number}: expected a fault, found {}", Plain(&found));
        return Err(Failure::new(message, "only the faults that an event hub logged can be resubmitted"));
    }
    if let [one] = &mut faults[..] {
        one.place = file.to_string();
    }
    Ok(faults)
}

/// Describes an event that is not a fault.
fn describe(result: &ReadResult) -> String {
    let other = match result.as_ref().map(Reading::event) {
        Ok(CatalogEvent::Event(_)) => return "an event of this contract".to_owned(),
        Ok(CatalogEvent::Other(other)) => other,
        Err(error) => return error.to_string(),
    };
    match (other.event_type.as_deref(), Fault::read(&other.bytes)) {
        (Some(Fault::TYPE), Err(error)) => format!("an invalid one: {error}"),
        (Some(event_type), _) => event_type.to_owned(),
        (None, _) => "an event without a type".to_owned(),
    }
}

fn nothing_to_resubmit(place: &str, fault: &Fault) -> Failure {
    let bytes = fault.dropped().iter().find(|dropped| dropped.part() == FaultPart::Bytes);
    let reason = match bytes {
        Some(bytes) => bytes.to_string(),
        None if fault.is_redacted() => "it holds only a redacted document".to_owned(),
        None => "it holds no event".to_owned(),
    };
    let hint = match bytes.map(|bytes| (bytes.reason(), bytes.reference())) {
        Some((DropReason::Stored, Some(reference))) => format!("fetch the bytes from {reference}"),
        Some((DropReason::Stored, None)) => "fetch the bytes from where the function stores them".to_owned(),
        Some((DropReason::Requested, _)) => "ask the sender of the event for it".to_owned(),
        Some((DropReason::Size | DropReason::NotInteroperable, _)) | None => {
            "find the event in the queue, the archive or the lake that it came from".to_owned()
        }
    };
    let message = format!("{place}: fault {} cannot be resubmitted: {reason}", Plain(fault.id().as_str()));
    Failure::new(message, Plain(&hint).to_string())
}
