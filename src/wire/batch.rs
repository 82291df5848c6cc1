//! Splitting of batches into events.

use std::convert::Infallible;

use serde_json::value::RawValue;

use super::delivery::Delivery;
use super::error::{WireError, WireErrorKind};
use super::field::Field;
use super::level::Level;
use super::{kinesis, put_events, sqs, text};

/// Maximum nesting of messages in messages, such as an SNS notification in an SQS message.
const MAX_NESTED_MESSAGES: usize = 4;

/// Splits a delivery of any shape into its events.
///
/// Accepts a single event, a batch of SQS messages or Kinesis records as a Lambda function receives it, a request to
/// `PutEvents`, an array, or one document per line. Messages in messages are split as well, up to four levels deep.
///
/// A part that cannot be decoded, such as a record with wrong base64 or a line that is not JSON, becomes a delivery that
/// fails when it is read: no part is lost, and none prevents the others from being read.
pub fn deliveries(bytes: &[u8]) -> Result<Vec<Delivery<'_>>, WireError> {
    Ok(match Document::parse(bytes)? {
        Document::Event { text, .. } => vec![Delivery::new(text.as_bytes())],
        Document::Batch(deliveries) => deliveries,
    })
}

/// A document, classified as one event or as a batch.
///
/// The reader and [`deliveries`] share this walk, so that they agree on every document.
pub(crate) enum Document<'a> {
    Event {
        text: &'a str,
        root: Level<'a, Infallible>,
    },
    /// At least one delivery.
    Batch(Vec<Delivery<'a>>),
}

impl<'a> Document<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, WireError> {
        Self::parse_nested(bytes, MAX_NESTED_MESSAGES)
    }

    fn parse_nested(bytes: &'a [u8], depth: usize) -> Result<Self, WireError> {
        match parse_json(bytes) {
            Ok(document) => match document.get().as_bytes()[0] {
                b'{' => Ok(Self::parse_object(document, depth)),
                b'[' => Ok(Self::Batch(split_array(document, depth))),
                _ => Err(WireErrorKind::NotAnObject.into()),
            },
            Err(error) => split_lines(bytes, depth).map(Self::Batch).ok_or(error),
        }
    }

    fn parse_object(document: &'a RawValue, depth: usize) -> Self {
        let text = document.get();
        let Some(root) = Level::parse(text) else {
            return Self::Batch(vec![Delivery::broken(text.as_bytes(), WireErrorKind::NotAnObject)]);
        };
        let Some(container) = Container::recognise(&root) else {
            return Self::Event { text, root };
        };
        let messages = match container {
            Container::Records => split_records(&root),
            Container::Entries => put_events::split_entries(&root),
            Container::Record => parse_record(&root).map(|delivery| vec![delivery]),
        };
        let broken = || vec![Delivery::broken(text.as_bytes(), WireErrorKind::UnknownRecord)];
        let messages = messages.unwrap_or_else(broken).into_iter();
        Self::Batch(not_empty(messages.flat_map(|message| split_message(message, depth)).collect(), document))
    }

    /// Returns the events of an item or a line.
    fn into_deliveries(self) -> Vec<Delivery<'a>> {
        match self {
            Self::Event { text, .. } => vec![Delivery::new(text.as_bytes())],
            Self::Batch(deliveries) => deliveries,
        }
    }
}

fn parse_json(bytes: &[u8]) -> Result<&RawValue, WireError> {
    serde_json::from_str(text::decode(bytes)?).map_err(WireError::not_json)
}

/// Returns the events in a message; the message itself if it holds one event and no container.
fn split_message(message: Delivery<'_>, depth: usize) -> Vec<Delivery<'_>> {
    if depth == 0 || !message.may_be_batch() {
        return vec![message];
    }
    match Document::parse_nested(&message.bytes, depth - 1) {
        // The error is reported when the message is read.
        Ok(Document::Event { .. }) | Err(_) => vec![message],
        Ok(Document::Batch(parts)) => {
            let is_alone = parts.len() == 1;
            parts.into_iter().map(|part| part.to_owned().carried_by(&message.transport, is_alone)).collect()
        }
    }
}

/// Returns the events on each line; `None` for a single malformed document, which has no line that is an object.
fn split_lines(bytes: &[u8], depth: usize) -> Option<Vec<Delivery<'_>>> {
    let lines: Vec<_> = bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .map(|line| (line, parse_json(line)))
        .collect();
    let is_object =
        |document: &Result<&RawValue, _>| document.as_ref().is_ok_and(|document| document.get().starts_with('{'));
    if lines.len() < 2 || !lines.iter().any(|(_, document)| is_object(document)) {
        return None;
    }
    let deliveries = lines.into_iter().flat_map(|(line, document)| match document {
        Ok(document) if document.get().starts_with('[') => split_array(document, depth),
        Ok(document) => split_item(document, depth),
        Err(error) => vec![Delivery::broken(line, error.kind)],
    });
    Some(deliveries.collect())
}

fn split_array(array: &RawValue, depth: usize) -> Vec<Delivery<'_>> {
    let items: Vec<&RawValue> = serde_json::from_str(array.get()).unwrap_or_default();
    not_empty(items.into_iter().flat_map(|item| split_item(item, depth)).collect(), array)
}

/// Returns the events in an item of an array, or in a line. An array inside an array is not a batch.
fn split_item(item: &RawValue, depth: usize) -> Vec<Delivery<'_>> {
    if item.get().starts_with('{') {
        return Document::parse_object(item, depth).into_deliveries();
    }
    vec![Delivery::broken(item.get().as_bytes(), WireErrorKind::NotAnObject)]
}

/// Replaces an empty batch by one delivery that fails when it is read, so that the batch is not dropped silently.
fn not_empty<'a>(deliveries: Vec<Delivery<'a>>, document: &'a RawValue) -> Vec<Delivery<'a>> {
    if deliveries.is_empty() {
        return vec![Delivery::broken(document.get().as_bytes(), WireErrorKind::Empty)];
    }
    deliveries
}

/// An object that holds events without being one.
#[derive(Clone, Copy)]
enum Container {
    /// A batch of SQS messages or Kinesis records.
    Records,
    /// A request to `PutEvents`.
    Entries,
    /// One SQS message or Kinesis record.
    Record,
}

impl Container {
    /// Recognises a container by its members. An object with a member of an event is an event, also if it has members of a
    /// container.
    fn recognise<X>(root: &Level<'_, X>) -> Option<Self> {
        let members_of_events = [Field::DetailType, Field::Detail, Field::Type, Field::Data, Field::SpecVersion];
        if members_of_events.into_iter().any(|field| root.contains(field)) {
            return None;
        }
        let begins = |name, with| root.raw_member(name).is_some_and(|raw| raw.get().starts_with(with));
        let has_member = |name| root.raw_member(name).is_some();
        let is_message =
            (has_member("messageId") || has_member("MessageId")) && (begins("body", '"') || begins("Body", '"'));
        match (begins("Records", '['), begins("Entries", '[')) {
            // Taken as either, the events of the other would be lost.
            (true, true) => None,
            (true, false) => Some(Self::Records),
            (false, true) => Some(Self::Entries),
            (false, false) => (begins("kinesis", '{') || is_message).then_some(Self::Record),
        }
    }
}

/// Returns `None` if `Records` is not an array.
fn split_records<'a>(root: &Level<'a, Infallible>) -> Option<Vec<Delivery<'a>>> {
    let records: Vec<&'a RawValue> = serde_json::from_str(root.raw_member("Records")?.get()).ok()?;
    let deliveries = records.into_iter().map(|raw| {
        Level::parse(raw.get())
            .and_then(|level| parse_record(&level))
            .unwrap_or_else(|| Delivery::broken(raw.get().as_bytes(), WireErrorKind::UnknownRecord))
    });
    Some(deliveries.collect())
}

fn parse_record<'a>(record: &Level<'a, Infallible>) -> Option<Delivery<'a>> {
    sqs::parse_message(record).or_else(|| kinesis::parse_record(record))
}
