//! Parsing of faults: of this library and of other event hubs.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::dropped::{DropReason, DroppedPart, FaultPart};
use super::error::{FaultError, FaultErrorKind};
use super::{Failing, Fault};
use crate::event::metadata::truncate_to_milliseconds;
use crate::name::{EventId, PartitionKey};
use crate::read::{Mismatch, TimeFormat, parse_time};
use crate::wire::aws_lambda_stream::decompress_values;
use crate::wire::{self, EpochSeconds, Scalar, Transport, WireError};
use json_document::{Pointer, parse_members};

/// Maximum size of one decompressed value of a fault, in bytes.
const MAX_UNPACKED_BYTES: usize = 4 * 1024 * 1024;

impl Fault {
    /// Parses a fault: the detail, bare or in an EventBridge envelope. Split a message or a record around it with
    /// [`wire::deliveries`] first.
    ///
    /// Faults of aws-lambda-stream are read, too. Absent parts are `None` ([`Fault::function`] and others), a missing id
    /// derives from the text, and the failed event is taken from the first of these: the data of a Kinesis record, exactly;
    /// `uow.event`, as the hub serialized it; the records of `uow.batch`; any other `uow.record`. Other members of the unit
    /// of work are not kept: serializing the fault of another library again omits them.
    ///
    /// ```
    /// use event_contract::fault::Fault;
    ///
    /// let fault = Fault::read(br#"{"id":"1","partitionKey":"2","type":"fault","timestamp":1600349040394,
    ///     "tags":{"functionname":"f","pipeline":"p"},"err":{"name":"Error","message":"no","stack":"Error: no\n  at f"},
    ///     "uow":{"pipeline":"p","record":{},"event":{"type":"thing-created"}}}"#)?;
    /// assert_eq!(fault.to_string(), "fault 1 in p of f: Error: no");
    /// assert_eq!(fault.resubmit(), Some(&br#"{"type":"thing-created"}"#[..]));
    /// assert!(!fault.is_exact());
    /// # Ok::<(), event_contract::fault::FaultError>(())
    /// ```
    pub fn read(bytes: &[u8]) -> Result<Self, FaultError> {
        let text = std::str::from_utf8(bytes).map_err(|error| FaultErrorKind::NotUtf8 { at: error.valid_up_to() })?;
        let not_json = |error: serde_json::Error| FaultErrorKind::NotJson { message: error.to_string() };
        let raw: &RawValue = serde_json::from_str(text).map_err(not_json)?;
        let mut root = Object::parse(raw)?.ok_or(FaultErrorKind::NotAnObject)?;
        let mut put_at = None;
        if let (None, Some(detail)) = (root.get("type")?, root.object("detail")?) {
            put_at = root.get("time")?.map(Cow::into_owned);
            root = detail;
        }
        match root.text("type")? {
            Some(found) if found == Self::TYPE => {}
            Some(found) => return Err(FaultErrorKind::OtherType { found }.into()),
            None => return Err(FaultErrorKind::NoType.into()),
        }
        let time =
            [root.get("timestamp")?.map(Cow::into_owned), put_at].into_iter().flatten().find_map(|raw| time(&raw));
        let id = root.text("id")?.and_then(|id| EventId::new(id).ok());
        let id = id.unwrap_or_else(|| EventId::derived([Self::TYPE, text]));
        let key = root.text("partitionKey")?.and_then(|key| PartitionKey::new(key).ok());
        let mut fault = Self {
            partition_key: key.unwrap_or_else(|| crate::event::metadata::default_partition_key(&id)),
            id,
            time: time.ok_or(FaultErrorKind::NoTime)?,
            tags: root.parsed("tags")?.unwrap_or_default(),
            pipeline: None,
            name: "Error".to_owned(),
            message: String::new(),
            stack: None,
            mismatches: Vec::new(),
            failing: Failing::Missing,
            transport: Transport::default(),
            event: None,
            redacted: false,
            compressed: false,
            dropped: Vec::new(),
        };
        if let Some(error) = root.object("err")? {
            fault.take_error(&error)?;
        }
        if let Some(uow) = root.object("uow")? {
            fault.take_unit_of_work(&uow)?;
        }
        Ok(fault)
    }

    fn take_error(&mut self, error: &Object<'_>) -> Result<(), FaultError> {
        if let Some(name) = error.text("name")? {
            self.name = name;
        }
        self.message = error.text("message")?.unwrap_or_default();
        self.stack = error.text("stack")?;
        for raw in error.items("mismatches")? {
            let Some(mismatch) = Object::parse(&raw)? else {
                continue;
            };
            let parts = (mismatch.text("pointer")?, mismatch.text("expected")?, mismatch.text("found")?);
            // A list of another form belongs to another library: skip it.
            if let (Some(pointer), Some(expected), Some(found)) = parts
                && (pointer.is_empty() || pointer.starts_with('/'))
            {
                self.mismatches.push(Mismatch::new(Pointer::parse(&pointer), expected, found));
            }
        }
        Ok(())
    }

    fn take_unit_of_work(&mut self, uow: &Object<'_>) -> Result<(), FaultError> {
        self.pipeline = uow.text("pipeline")?;
        self.redacted = uow.parsed("redacted")?.unwrap_or_default();
        self.dropped = uow.items("dropped")?.iter().filter_map(|raw| serde_json::from_str(raw.get()).ok()).collect();
        self.event = uow.get("event")?.map(Cow::into_owned).filter(|event| event.get() != "null");
        let record = uow.object("record")?;
        let dropped_bytes = self.dropped.iter().find(|dropped| dropped.part() == FaultPart::Bytes);
        let dropped_bytes = dropped_bytes.map(DroppedPart::reason);
        if let (Some(record), Some(_)) = (&record, dropped_bytes) {
            self.transport = attributes(record)?;
        }
        let kinesis = record.as_ref().map(|record| record.object("kinesis")).transpose()?.flatten();
        self.compressed = kinesis.is_some_and(|kinesis| kinesis.get("gzip").is_ok_and(|gzip| gzip.is_some()));
        let data = record.map(|record| kinesis_data(&record)).transpose()?.flatten();
        self.failing = match data {
            // Data that is not base64 may be a placeholder of another library: prefer the event.
            Some((bytes, transport)) if !transport.is_not_base64 || self.event.is_none() => {
                self.transport = transport;
                Failing::Exact(bytes)
            }
            Some(_) if !self.redacted => Failing::Event,
            Some(_) => Failing::Missing,
            // A document replaces bytes that did not fit, but not those that somebody dropped or stored.
            None if self.redacted || dropped_bytes.is_some_and(|reason| reason != DropReason::Size) => Failing::Missing,
            None if self.event.is_some() => Failing::Event,
            None if dropped_bytes.is_some() => Failing::Missing,
            None => records(uow)?,
        };
        Ok(())
    }
}

/// Reads the bytes and attributes of a Kinesis record; data that is not base64 is returned as text.
fn kinesis_data(record: &Object<'_>) -> Result<Option<(Vec<u8>, Transport)>, FaultError> {
    let Some(kinesis) = record.object("kinesis")? else {
        return Ok(None);
    };
    let mut transport = attributes(record)?;
    if let Some(gzip) = kinesis.text("gzip")?
        && let Ok(gzip) = STANDARD.decode(&gzip)
    {
        let bytes = wire::inflate(&gzip, wire::MAX_DELIVERY_BYTES);
        return Ok(Some((bytes.map_err(|kind| FaultErrorKind::from(WireError::from(kind)))?, transport)));
    }
    let Some(data) = kinesis.text("data")? else {
        return Ok(None);
    };
    let decoded = STANDARD.decode(&data);
    transport.is_not_base64 = decoded.is_err();
    Ok(Some((decoded.unwrap_or_else(|_| data.into_bytes()), transport)))
}

/// Reads the attributes of a Kinesis record.
fn attributes(record: &Object<'_>) -> Result<Transport, FaultError> {
    let Some(kinesis) = record.object("kinesis")? else {
        return Ok(Transport::default());
    };
    Ok(Transport {
        id: record.text("eventID")?,
        time: kinesis.get("approximateArrivalTimestamp")?.and_then(|time| Some(EpochSeconds::parse(time.get())?.0)),
        partition_key: kinesis.text("partitionKey")?,
        sequence_number: kinesis.text("sequenceNumber")?,
        message: None,
        is_not_base64: false,
    })
}

/// Collects the records of a unit of work without an event.
fn records(uow: &Object<'_>) -> Result<Failing, FaultError> {
    let mut records = Vec::new();
    for part in uow.items("batch")? {
        if let Some(part) = Object::parse(&part)? {
            records.extend(part.get("record")?.map(Cow::into_owned));
        }
    }
    if records.is_empty() {
        records.extend(uow.get("record")?.map(Cow::into_owned));
    }
    records.retain(|record| record.get().starts_with('{') && Object::parse(record).is_ok());
    if records.is_empty() {
        return Ok(Failing::Missing);
    }
    let texts: Vec<&str> = records.iter().map(|record| record.get()).collect();
    let delivery = format!(r#"{{"Records":[{}]}}"#, texts.join(","));
    Ok(Failing::Records { records, delivery })
}

fn time(raw: &RawValue) -> Option<DateTime<Utc>> {
    let (time, format) = parse_time(&Scalar::parse(raw)?)?;
    match format {
        // An event hub writes milliseconds. A later time is left as it is: no bus takes the fault.
        TimeFormat::Microseconds | TimeFormat::Nanoseconds => {
            raw.get().parse().ok().and_then(DateTime::from_timestamp_millis)
        }
        TimeFormat::Milliseconds | TimeFormat::Seconds | TimeFormat::NumericString | TimeFormat::Rfc3339 => {
            Some(truncate_to_milliseconds(time))
        }
    }
}

/// A JSON object whose values may be compressed.
struct Object<'a> {
    members: Vec<(Cow<'a, str>, Cow<'a, RawValue>)>,
}

impl<'a> Object<'a> {
    /// Parses the members; `None` if the value is not an object.
    fn parse(raw: &'a RawValue) -> Result<Option<Self>, FaultError> {
        if !raw.get().starts_with('{') {
            return Ok(None);
        }
        let members =
            parse_members(raw.get()).map_err(|error| FaultErrorKind::NotJson { message: error.to_string() })?;
        Ok(Some(Self { members: members.into_iter().map(|(name, raw)| (name, Cow::Borrowed(raw))).collect() }))
    }

    /// Returns the value of the last member of that name.
    fn get(&self, name: &str) -> Result<Option<Cow<'_, RawValue>>, FaultError> {
        let Some((_, raw)) = self.members.iter().rfind(|(other, _)| other == name) else {
            return Ok(None);
        };
        if !raw.get().starts_with("\"COMPRESSED") {
            return Ok(Some(Cow::Borrowed(raw)));
        }
        match decompress_values(raw.get(), MAX_UNPACKED_BYTES).map_err(FaultErrorKind::from)? {
            (_, 0) => Ok(Some(Cow::Borrowed(raw))),
            (json, _) => {
                let raw = RawValue::from_string(json.into_owned());
                Ok(Some(Cow::Owned(raw.map_err(|error| FaultErrorKind::NotJson { message: error.to_string() })?)))
            }
        }
    }

    fn parsed<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, FaultError> {
        Ok(self.get(name)?.and_then(|raw| serde_json::from_str(raw.get()).ok()))
    }

    fn text(&self, name: &str) -> Result<Option<String>, FaultError> {
        self.parsed(name)
    }

    fn items(&self, name: &str) -> Result<Vec<Box<RawValue>>, FaultError> {
        Ok(self.parsed(name)?.unwrap_or_default())
    }

    fn object(&self, name: &str) -> Result<Option<Object<'static>>, FaultError> {
        let Some(raw) = self.get(name)? else {
            return Ok(None);
        };
        let Some(object) = Object::parse(&raw)? else {
            return Ok(None);
        };
        let own = |(name, raw): (Cow<'_, str>, Cow<'_, RawValue>)| {
            (Cow::Owned(name.into_owned()), Cow::Owned(raw.into_owned()))
        };
        Ok(Some(Object { members: object.members.into_iter().map(own).collect() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_documents_are_rejected_with_a_reason() {
        for (bytes, expected) in [
            (&b"\xff"[..], "invalid UTF-8 at byte 0 of the fault"),
            (b"{", "invalid JSON in the fault: EOF while parsing an object at line 1 column 1"),
            (b"[]", "expected a fault, found JSON that is not an object"),
            (b"\"ada@example.org\"", "expected a fault, found JSON that is not an object"),
            (b"{}", "expected an event of type `fault`, found no `type`"),
            (br#"{"type":7}"#, "expected an event of type `fault`, found no `type`"),
            (br#"{"type":"x"}"#, "expected an event of type `fault`, found \"x\""),
            (br#"{"detail":{"type":"x"}}"#, "expected an event of type `fault`, found \"x\""),
            (
                br#"{"type":"fault","timestamp":"soon"}"#,
                "missing time of the fault: expected `timestamp`, or `time` in an envelope",
            ),
        ] {
            assert_eq!(Fault::read(bytes).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn the_failed_event_is_found_in_the_documented_order() {
        for (uow, expected, is_exact) in [
            (r#"{"record":{"kinesis":{"data":"/w=="}},"event":{"a":1}}"#, Some(&b"\xff"[..]), true),
            (r#"{"record":{"kinesis":{"data":"[gone]"}},"event":{ "a": 1.50 }}"#, Some(br#"{ "a": 1.50 }"#), false),
            (
                r#"{"batch":[{"record":{"a":1}},{},{"record":{"b":2}}]}"#,
                Some(br#"{"Records":[{"a":1},{"b":2}]}"#),
                false,
            ),
            (r#"{"record":{"dynamodb":{}},"event":null}"#, Some(br#"{"Records":[{"dynamodb":{}}]}"#), false),
            (r#"{"event":{"a":"[redacted]"},"redacted":true}"#, None, false),
            (r#"{"event":{"a":1},"dropped":[{"part":"uow.record","reason":"asked"}]}"#, None, false),
            (r#"{"record":"x","batch":{}}"#, None, false),
            ("7", None, false),
        ] {
            let json = format!(r#"{{"type":"fault","timestamp":1600349040394,"uow":{uow}}}"#);
            let fault = Fault::read(json.as_bytes()).unwrap();
            assert_eq!(fault.resubmit(), expected, "{uow}");
            assert_eq!(fault.is_exact(), is_exact, "{uow}");
            let again = Fault::read(fault.to_json().as_bytes()).unwrap();
            assert_eq!((again.resubmit(), again.is_exact()), (expected, is_exact), "{uow}");
        }
    }
}
