//! The serialized form of a fault.

use std::borrow::Cow;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::value::RawValue;

use super::dropped::{DropReason, DroppedPart, FaultPart};
use super::{Failing, Fault};
use crate::read::Mismatch;
use crate::tags::Tags;
use crate::wire::{EpochSeconds, Transport};

/// The parts to drop, and the form of the failed bytes.
#[derive(Clone, Copy)]
pub(super) struct Cut<'c> {
    pub(super) stack: bool,
    pub(super) mismatches: usize,
    pub(super) event: bool,
    pub(super) message: bool,
    pub(super) bytes: BytesForm<'c>,
}

/// The form in which a fault holds the failed bytes.
#[derive(Clone, Copy)]
pub(super) enum BytesForm<'c> {
    /// As they are, in base64.
    Plain,
    /// Compressed: base64 of gzip.
    Gzip(&'c str),
    /// The readable document instead of the bytes.
    Document,
}

impl Cut<'_> {
    pub(super) const NOTHING: Self =
        Self { stack: false, mismatches: usize::MAX, event: false, message: false, bytes: BytesForm::Plain };
}

/// The serialized form of a fault.
#[derive(Serialize)]
pub(super) struct View<'f> {
    id: &'f str,
    #[serde(rename = "partitionKey")]
    partition_key: &'f str,
    r#type: &'static str,
    timestamp: i64,
    tags: &'f Tags,
    pub(super) err: ErrView<'f>,
    uow: UowView<'f>,
}

#[derive(Serialize)]
pub(super) struct ErrView<'f> {
    name: &'f str,
    pub(super) message: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack: Option<&'f str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mismatches: Vec<MismatchView<'f>>,
}

#[derive(Serialize)]
struct MismatchView<'f> {
    pointer: &'f str,
    expected: &'f str,
    found: &'f str,
}

#[derive(Serialize)]
struct UowView<'f> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pipeline: Option<Cow<'f, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<RecordView<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'f RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<Vec<PartView<'f>>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    redacted: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dropped: Vec<DroppedPart>,
}

/// A Kinesis record, with which tools invoke the function again.
#[derive(Serialize)]
struct RecordView<'f> {
    #[serde(rename = "eventID", skip_serializing_if = "Option::is_none")]
    event_id: Option<&'f str>,
    #[serde(rename = "eventSource")]
    event_source: &'static str,
    kinesis: KinesisView<'f>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KinesisView<'f> {
    #[serde(skip_serializing_if = "Option::is_none")]
    partition_key: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Cow<'f, str>>,
    /// Instead of `data`, so that a tool without this member finds no data, and not compressed data.
    #[serde(skip_serializing_if = "Option::is_none")]
    gzip: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approximate_arrival_timestamp: Option<EpochSeconds>,
}

impl<'f> RecordView<'f> {
    fn new(data: &'f [u8], transport: &'f Transport) -> Self {
        let data = match std::str::from_utf8(data) {
            Ok(text) if transport.is_not_base64 => Cow::Borrowed(text),
            _ => Cow::Owned(STANDARD.encode(data)),
        };
        let mut record = Self::without_data(transport);
        record.kinesis.data = Some(data);
        record
    }

    fn compressed(gzip: &'f str, transport: &'f Transport) -> Self {
        let mut record = Self::without_data(transport);
        record.kinesis.gzip = Some(gzip);
        record
    }

    /// The attributes of the message, for an event whose bytes are elsewhere; `None` if there are none.
    fn attributes(transport: &'f Transport) -> Option<Self> {
        let Transport { id, time, partition_key, sequence_number, .. } = transport;
        let is_empty = id.is_none() && time.is_none() && partition_key.is_none() && sequence_number.is_none();
        (!is_empty).then(|| Self::without_data(transport))
    }

    fn without_data(transport: &'f Transport) -> Self {
        Self {
            event_id: transport.id.as_deref(),
            event_source: "aws:kinesis",
            kinesis: KinesisView {
                partition_key: transport.partition_key.as_deref(),
                sequence_number: transport.sequence_number.as_deref(),
                data: None,
                gzip: None,
                approximate_arrival_timestamp: transport.time.map(EpochSeconds),
            },
        }
    }
}

/// The payload of a Lambda function that is invoked by a stream.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InvocationView<'f> {
    records: [RecordView<'f>; 1],
}

pub(super) fn invocation(data: &[u8], transport: &Transport) -> String {
    to_json(&InvocationView { records: [RecordView::new(data, transport)] })
}

#[derive(Serialize)]
struct PartView<'f> {
    record: &'f RawValue,
}

impl<'f> View<'f> {
    pub(super) fn new(fault: &'f Fault, cut: Cut<'f>) -> Self {
        let view = |mismatch: &'f Mismatch| MismatchView {
            pointer: mismatch.pointer.as_str(),
            expected: &mismatch.expected,
            found: &mismatch.found,
        };
        let mut uow = UowView {
            pipeline: fault.pipeline(),
            record: None,
            event: fault.event.as_deref(),
            batch: None,
            redacted: fault.redacted,
            dropped: fault.dropped.clone(),
        };
        let is_bytes_cut = matches!((&fault.failing, cut.bytes), (Failing::Exact(_), BytesForm::Document));
        match &fault.failing {
            Failing::Exact(data) => {
                uow.record = match cut.bytes {
                    BytesForm::Plain => Some(RecordView::new(data, &fault.transport)),
                    BytesForm::Gzip(gzip) => Some(RecordView::compressed(gzip, &fault.transport)),
                    BytesForm::Document => RecordView::attributes(&fault.transport),
                };
            }
            Failing::Records { records, .. } => {
                uow.batch = Some(records.iter().map(|record| PartView { record }).collect());
            }
            Failing::Event | Failing::Missing => uow.record = RecordView::attributes(&fault.transport),
        }
        // A document that replaces the bytes stays.
        let cut_event = cut.event && !is_bytes_cut && !matches!(fault.failing, Failing::Event);
        let mut this = Self {
            id: fault.id.as_str(),
            partition_key: fault.partition_key.as_str(),
            r#type: Fault::TYPE,
            timestamp: fault.time.timestamp_millis(),
            tags: &fault.tags,
            err: ErrView {
                name: &fault.name,
                message: &fault.message,
                stack: fault.stack.as_deref(),
                mismatches: fault.mismatches.iter().take(cut.mismatches).map(view).collect(),
            },
            uow,
        };
        if cut.stack && this.err.stack.take().is_some() {
            this.drop_part(fault, DroppedPart::new(FaultPart::Stack, DropReason::Size));
        }
        if fault.mismatches.len() > cut.mismatches {
            this.drop_part(fault, DroppedPart::new(FaultPart::Mismatches, DropReason::Size));
        }
        if cut_event && this.uow.event.take().is_some() {
            this.drop_part(fault, DroppedPart::new(FaultPart::Document, DropReason::Size));
        }
        if let (true, Some(bytes)) = (is_bytes_cut, fault.resubmit()) {
            this.drop_part(fault, DroppedPart::bytes(bytes, DropReason::Size));
        }
        this
    }

    /// Records a dropped part once, also if the fault was reduced before.
    pub(super) fn drop_part(&mut self, fault: &Fault, dropped: DroppedPart) {
        if !fault.dropped.iter().any(|before| before.part() == dropped.part()) {
            self.uow.dropped.push(dropped);
        }
    }

    pub(super) fn length(&self) -> usize {
        let mut counter = Counter(0);
        write_json(self, &mut counter);
        counter.0
    }

    pub(super) fn to_json(&self) -> String {
        to_json(self)
    }
}

fn to_json(view: &impl Serialize) -> String {
    let mut json = Vec::new();
    write_json(view, &mut json);
    String::from_utf8(json).expect("JSON is UTF-8")
}

/// Writes a view as JSON. The writer is a trait object, so that the views are compiled for one serializer only.
fn write_json(view: &impl Serialize, writer: &mut dyn Write) {
    serde_json::to_writer(writer, view).expect("a fault can always be serialized");
}

struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
