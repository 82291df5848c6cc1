//! Reads deliveries of the shipped contract and prints their type, version and observations.
//!
//! ```text
//! cargo run --example read                  # the samples
//! cargo run --example read -- FILE…         # files; `-` is standard input
//! ```
//!
//! Exit codes: 0 everything was read, 1 a delivery could not be read, 2 a file could not be opened.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use event_contract::contract::delivery::{DeliveryPlanned, DeliveryProgressed, DeliveryUpdated};
use event_contract::contract::order::{OrderCreated, OrderPlaced, OrderProgressed, OrderUpdated};
use event_contract::{Event, Payload, ReadError, ReadErrorKind, Readable, Reader, Reading, Unrecognised};

const USAGE: &str = "\
Reads events of the shipped Order and Delivery contract, in any shape and version, and prints what they are.

usage: cargo run --example read [-- FILE…]

FILE is JSON, or one event a line; `-` is standard input. With no FILE, the shipped samples are read.
Exit codes: 0 everything was read, 1 a delivery could not be read, 2 a file could not be opened.
";

/// Each type of the contract, internal and external.
#[derive(Readable)]
enum Incoming {
    Placed(Event<OrderPlaced>),
    Created(Event<OrderCreated>),
    Planned(Event<DeliveryPlanned>),
    Progressed(Event<DeliveryProgressed>),
    Delivered(Event<DeliveryUpdated>),
    Followed(Event<OrderProgressed>),
    Updated(Event<OrderUpdated>),
    Other(Unrecognised),
}

macro_rules! samples {
    ($($file:literal),* $(,)?) => { &[$(($file, include_bytes!(concat!("samples/", $file)))),*] };
}

/// Sample files in the order in which they are printed: the backbone first, then one for each shape.
const SAMPLES: &[(&str, &[u8])] = samples![
    "backbone.jsonl",
    "order-created-v2.json",
    "order-created-v3.json",
    "order-created-from-the-future.json",
    "delivery-updated-sqs.json",
    "delivery-updated-kinesis.json",
    "order-updated-cloudevent.json",
    "order-placed-flat.json",
    "unknown-types.json",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "-h" || argument == "--help") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    if let Some(flag) = arguments.iter().find(|argument| argument.len() > 1 && argument.starts_with('-')) {
        eprint!("error: unknown flag {flag}\n\n{USAGE}");
        return ExitCode::from(2);
    }
    let reader = Reader::<Incoming>::default();
    let (mut unread, mut unopened) = (false, false);
    if arguments.is_empty() {
        for (file, bytes) in SAMPLES {
            unread |= !print_file(&reader, file, bytes);
        }
    }
    for file in &arguments {
        match open(file) {
            Ok(bytes) => unread |= !print_file(&reader, file, &bytes),
            Err(error) => {
                eprintln!("error: cannot read {file}: {error}");
                unopened = true;
            }
        }
    }
    match (unopened, unread) {
        (true, _) => ExitCode::from(2),
        (false, true) => ExitCode::FAILURE,
        (false, false) => ExitCode::SUCCESS,
    }
}

fn open(file: &str) -> io::Result<Vec<u8>> {
    if file != "-" {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Prints a line for each delivery and for each of its observations. Returns true if everything was read.
fn print_file(reader: &Reader<Incoming>, file: &str, bytes: &[u8]) -> bool {
    let results = reader.read_all(bytes);
    let all_read = results.iter().all(Result::is_ok);
    let mut text = format!("{file}\n");
    for result in &results {
        match result {
            Ok(reading) => write_reading(&mut text, reading),
            Err(error) => write_error(&mut text, error),
        }
    }
    // A closed pipe, as after `| head`, is not an error.
    let _ = io::stdout().write_all(text.as_bytes());
    all_read
}

fn write_reading(text: &mut String, reading: &Reading<'_, Incoming>) {
    let (id, source) = match reading.event() {
        Incoming::Placed(event) => identity(event),
        Incoming::Created(event) => identity(event),
        Incoming::Planned(event) => identity(event),
        Incoming::Progressed(event) => identity(event),
        Incoming::Delivered(event) => identity(event),
        Incoming::Followed(event) => identity(event),
        Incoming::Updated(event) => identity(event),
        Incoming::Other(other) => {
            let event_type = other.event_type.as_deref().unwrap_or("an event without a type");
            let _ = writeln!(text, "  {event_type}: not of this contract ({})", reading.shape());
            return;
        }
    };
    if let Some(recognised) = reading.recognised() {
        let (event_type, side, shape) = (&recognised.event_type, recognised.side, reading.shape());
        let (read, newest) = (recognised.version_read, recognised.version);
        let _ = writeln!(text, "  {event_type} {read} → {newest}, {side}, of {source}, id {id} ({shape})");
    }
    for observation in reading.observations() {
        let _ = writeln!(text, "    {:7} {observation}", observation.severity());
    }
}

fn identity<P: Payload>(event: &Event<P>) -> (&str, &str) {
    (event.id().as_str(), event.metadata().source.as_ref().map_or("an unnamed subsystem", AsRef::as_ref))
}

fn write_error(text: &mut String, error: &ReadError) {
    match error.kind() {
        ReadErrorKind::Mismatch { mismatches, and_more } => {
            let _ = writeln!(text, "  could not be read:");
            for mismatch in mismatches {
                let _ = writeln!(text, "    error   {mismatch}");
            }
            if *and_more {
                let _ = writeln!(text, "    error   and more");
            }
            for observation in error.observations() {
                let _ = writeln!(text, "    {:7} {observation}", observation.severity());
            }
        }
        _ => {
            let _ = writeln!(text, "  could not be read: {error}");
        }
    }
}
