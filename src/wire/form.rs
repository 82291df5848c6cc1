//! The forms of documents that hold events: batches, messages and records, and documents of AWS that hold none.
//!
//! One table, in which a row says how a form is recognised, where its events are, and which of its members are metadata of
//! the event. The guide page on the wire format has a row for each of them, with its source and a sample.

use std::collections::HashSet;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use super::cursor::{self, Members};
use super::epoch::EpochSeconds;
use super::field::Field;
use super::transport::Transport;

/// A document that is not an event itself.
pub(super) struct Form {
    /// The name, with an article.
    pub(super) name: &'static str,
    /// Paths to members, all of which such a document has.
    members: &'static [(&'static str, Expected)],
    pub(super) content: Content,
    attributes: Attributes,
}

/// Requirement on the value of a member.
#[derive(Clone, Copy)]
enum Expected {
    Any,
    Array,
    Object,
    String,
    /// This string.
    Text(&'static str),
}

/// Location of the events.
#[derive(Clone, Copy)]
pub(super) enum Content {
    /// The member of this name is an array of documents.
    Items(&'static str),
    /// The member of this name is an object, whose members are arrays of documents.
    Groups(&'static str),
    /// The string at this path is the text of a document.
    Text(&'static str),
    /// The string at this path is base64 of a document.
    Base64(&'static str),
    /// The string at this path is base64 of gzip of a document.
    Gzip(&'static str),
    /// The value at this path is a document.
    Json(&'static str),
    /// An entry of a request to `PutEvents`.
    Entry,
    /// No event; the text says what to do.
    Nothing(&'static str),
}

/// Paths to the metadata of a message; empty where it has none.
#[derive(Clone, Copy)]
struct Attributes {
    id: &'static str,
    /// The identifier for `batchItemFailures`, unless it is the sequence number.
    item: &'static str,
    sequence_number: &'static str,
    partition_key: &'static str,
    is_key_base64: bool,
    time: &'static str,
    /// Unit of a time that is a number.
    unit: Unit,
}

#[derive(Clone, Copy)]
enum Unit {
    Seconds,
    Milliseconds,
}

const NO_ATTRIBUTES: Attributes = Attributes {
    id: "",
    item: "",
    sequence_number: "",
    partition_key: "",
    is_key_base64: false,
    time: "",
    unit: Unit::Milliseconds,
};

const CHANGE: &str = "convert the image to an event, or publish an event where the item changes";
const FETCH_BATCH: &str =
    "fetch the records from the stream, from its `startSequenceNumber` to its `endSequenceNumber`";

/// The forms, the more specific ones first.
///
/// A document with a member of an event (`type`, `detail-type`, `detail`, `specversion`, or `data` that is not a string) is
/// an event, also if it has the members of a form.
pub(super) const FORMS: &[Form] = &[
    Form::new("a response of `PutEvents`", &[("FailedEntryCount", Expected::Any)], Content::Nothing("")),
    Form::new("a result of `PutEvents`", &[("EventId", Expected::Any)], Content::Nothing("")),
    Form::new("a request to `PutEvents`", &[("Entries", Expected::Array)], Content::Items("Entries")),
    Form::new(
        "a batch of Firehose records",
        &[("deliveryStreamArn", Expected::String), ("records", Expected::Array)],
        Content::Items("records"),
    ),
    Form::new("a batch of records", &[("Records", Expected::Array)], Content::Items("Records")),
    Form::new("a batch of SQS messages", &[("Messages", Expected::Array)], Content::Items("Messages")),
    Form::new(
        "a batch of Kafka records",
        &[("eventSource", Expected::String), ("records", Expected::Object)],
        Content::Groups("records"),
    ),
    Form::new(
        "a batch of ActiveMQ messages",
        &[("eventSource", Expected::String), ("messages", Expected::Array)],
        Content::Items("messages"),
    ),
    Form::new(
        "a batch of RabbitMQ messages",
        &[("rmqMessagesByQueue", Expected::Object)],
        Content::Groups("rmqMessagesByQueue"),
    ),
    Form::new(
        "a batch of CloudWatch Logs",
        &[("logGroup", Expected::String), ("logEvents", Expected::Array)],
        Content::Items("logEvents"),
    ),
    Form::new("a batch of CloudWatch Logs", &[("awslogs/data", Expected::String)], Content::Base64("awslogs/data")),
    Form {
        attributes: Attributes {
            id: "messageId",
            item: "messageId",
            time: "attributes/SentTimestamp",
            ..NO_ATTRIBUTES
        },
        ..Form::new(
            "an SQS message",
            &[("messageId", Expected::Any), ("body", Expected::String)],
            Content::Text("body"),
        )
    },
    Form {
        attributes: Attributes {
            id: "MessageId",
            item: "MessageId",
            time: "Attributes/SentTimestamp",
            ..NO_ATTRIBUTES
        },
        ..Form::new(
            "an SQS message",
            &[("MessageId", Expected::Any), ("Body", Expected::String)],
            Content::Text("Body"),
        )
    },
    Form {
        attributes: Attributes { id: "MessageId", time: "Timestamp", ..NO_ATTRIBUTES },
        ..Form::new(
            "an SNS notification",
            &[("Type", Expected::Text("Notification")), ("Message", Expected::String)],
            Content::Text("Message"),
        )
    },
    Form {
        attributes: Attributes { id: "Sns/MessageId", time: "Sns/Timestamp", ..NO_ATTRIBUTES },
        ..Form::new("an SNS notification", &[("Sns/Message", Expected::String)], Content::Text("Sns/Message"))
    },
    Form::new(
        "an SNS subscription confirmation",
        &[("Type", Expected::String), ("SubscribeURL", Expected::String)],
        Content::Nothing("confirm the subscription by a request to its `SubscribeURL`"),
    ),
    // A fault whose bytes do not fit has such a record.
    Form {
        attributes: KINESIS_ATTRIBUTES,
        ..Form::new(
            "a compressed record of a fault",
            &[("kinesis/gzip", Expected::String)],
            Content::Gzip("kinesis/gzip"),
        )
    },
    Form {
        attributes: KINESIS_ATTRIBUTES,
        ..Form::new("a Kinesis record", &[("kinesis", Expected::Object)], Content::Base64("kinesis/data"))
    },
    // EventBridge Pipes hand the record over without `kinesis` around it.
    Form {
        attributes: Attributes {
            id: "eventID",
            sequence_number: "sequenceNumber",
            partition_key: "partitionKey",
            time: "approximateArrivalTimestamp",
            unit: Unit::Seconds,
            ..NO_ATTRIBUTES
        },
        ..Form::new(
            "a Kinesis record",
            &[("sequenceNumber", Expected::String), ("data", Expected::String)],
            Content::Base64("data"),
        )
    },
    // `GetRecords`, and requests to `PutRecords`.
    Form {
        attributes: Attributes {
            sequence_number: "SequenceNumber",
            partition_key: "PartitionKey",
            time: "ApproximateArrivalTimestamp",
            unit: Unit::Seconds,
            ..NO_ATTRIBUTES
        },
        ..Form::new(
            "a Kinesis record",
            &[("PartitionKey", Expected::String), ("Data", Expected::String)],
            Content::Base64("Data"),
        )
    },
    Form {
        attributes: Attributes {
            item: "recordId",
            sequence_number: "kinesisRecordMetadata/sequenceNumber",
            partition_key: "kinesisRecordMetadata/partitionKey",
            time: "approximateArrivalTimestamp",
            ..NO_ATTRIBUTES
        },
        ..Form::new(
            "a Firehose record",
            &[("recordId", Expected::String), ("data", Expected::String)],
            Content::Base64("data"),
        )
    },
    Form {
        attributes: Attributes { partition_key: "key", is_key_base64: true, time: "timestamp", ..NO_ATTRIBUTES },
        ..Form::new(
            "a Kafka record",
            &[("topic", Expected::String), ("offset", Expected::Any), ("value", Expected::Any)],
            Content::Base64("value"),
        )
    },
    Form {
        attributes: Attributes { id: "messageID", time: "timestamp", ..NO_ATTRIBUTES },
        ..Form::new(
            "an ActiveMQ message",
            &[("messageID", Expected::String), ("data", Expected::String)],
            Content::Base64("data"),
        )
    },
    Form {
        attributes: Attributes { id: "basicProperties/messageId", ..NO_ATTRIBUTES },
        ..Form::new(
            "a RabbitMQ message",
            &[("basicProperties", Expected::Object), ("data", Expected::String)],
            Content::Base64("data"),
        )
    },
    Form {
        attributes: Attributes { id: "id", time: "timestamp", ..NO_ATTRIBUTES },
        ..Form::new(
            "an entry of CloudWatch Logs",
            &[("id", Expected::String), ("timestamp", Expected::Any), ("message", Expected::String)],
            Content::Text("message"),
        )
    },
    // Of a function that has succeeded, the next event is its result; of any other, the event that it was invoked with.
    Form {
        attributes: Attributes { id: "requestContext/requestId", time: "timestamp", ..NO_ATTRIBUTES },
        ..Form::new(
            "a result of a Lambda function",
            &[("requestContext/condition", Expected::Text("Success")), ("responsePayload", Expected::Object)],
            Content::Json("responsePayload"),
        )
    },
    Form {
        attributes: Attributes { id: "requestContext/requestId", time: "timestamp", ..NO_ATTRIBUTES },
        ..Form::new(
            "a failure of a Lambda function",
            &[("requestContext", Expected::Object), ("requestPayload", Expected::Object)],
            Content::Json("requestPayload"),
        )
    },
    Form::new(
        "a failure report about a batch of Kinesis records",
        &[("requestContext", Expected::Object), ("KinesisBatchInfo", Expected::Object)],
        Content::Nothing(FETCH_BATCH),
    ),
    Form::new(
        "a failure report about a batch of DynamoDB stream records",
        &[("requestContext", Expected::Object), ("DDBStreamBatchInfo", Expected::Object)],
        Content::Nothing(FETCH_BATCH),
    ),
    Form::new("an entry of `PutEvents`", &[("Detail", Expected::String)], Content::Entry),
    Form::new(
        "an entry of `PutEvents` without a string as `Detail`",
        &[("Detail", Expected::Any)],
        Content::Nothing("serialize the `Detail` to a string"),
    ),
    Form {
        attributes: CHANGE_ATTRIBUTES,
        ..Form::new(
            "a DynamoDB stream record with a `NewImage`",
            &[("dynamodb/NewImage", Expected::Object)],
            Content::Nothing(CHANGE),
        )
    },
    Form {
        attributes: CHANGE_ATTRIBUTES,
        ..Form::new(
            "a DynamoDB stream record with an `OldImage`",
            &[("dynamodb/OldImage", Expected::Object)],
            Content::Nothing(CHANGE),
        )
    },
    Form {
        attributes: CHANGE_ATTRIBUTES,
        ..Form::new(
            "a DynamoDB stream record without an image",
            &[("dynamodb", Expected::Object)],
            Content::Nothing("add images to the stream (`StreamViewType`), or publish an event where the item changes"),
        )
    },
    Form::new(
        "an S3 notification",
        &[("s3/object", Expected::Object)],
        Content::Nothing("fetch the object, and read its content"),
    ),
    Form::new(
        "a record of another AWS service",
        &[("eventSource", Expected::String)],
        Content::Nothing("remove its source from the event source mapping, or handle it before the events are read"),
    ),
];

const KINESIS_ATTRIBUTES: Attributes = Attributes {
    id: "eventID",
    sequence_number: "kinesis/sequenceNumber",
    partition_key: "kinesis/partitionKey",
    time: "kinesis/approximateArrivalTimestamp",
    unit: Unit::Seconds,
    ..NO_ATTRIBUTES
};

const CHANGE_ATTRIBUTES: Attributes =
    Attributes { id: "eventID", sequence_number: "dynamodb/SequenceNumber", ..NO_ATTRIBUTES };

impl Form {
    const fn new(name: &'static str, members: &'static [(&'static str, Expected)], content: Content) -> Self {
        Self { name, members, content, attributes: NO_ATTRIBUTES }
    }

    /// Returns the form of an object; `None` if it is an event, or of no known form.
    pub(super) fn recognise(object: &RawValue) -> Option<&'static Self> {
        // Most objects are events: one pass decides that.
        for (name, value) in Members::new(object.get().as_bytes())? {
            match Field::from_name(&name) {
                Field::DetailType | Field::Detail | Field::Type | Field::SpecVersion => return None,
                Field::Data if !value.get().starts_with('"') => return None,
                _ => {}
            }
        }
        let root = Root::new(object)?;
        let mut found = FORMS.iter().filter(|form| form.matches(&root));
        let first = found.next()?;
        let is_batch = |form: &Self| matches!(form.content, Content::Items(_) | Content::Groups(_));
        // Taken as either batch, the events of the other would be lost.
        let is_ambiguous = is_batch(first) && found.any(|other| is_batch(other) && !other.shares_content(first));
        (!is_ambiguous).then_some(first)
    }

    fn shares_content(&self, other: &Self) -> bool {
        match (self.content, other.content) {
            (Content::Items(one) | Content::Groups(one), Content::Items(other) | Content::Groups(other)) => {
                one == other
            }
            _ => false,
        }
    }

    fn matches(&self, root: &Root<'_>) -> bool {
        self.members.iter().all(|(path, expected)| {
            root.find(path).is_some_and(|value| match expected {
                Expected::Any => true,
                Expected::Array => value.get().starts_with('['),
                Expected::Object => value.get().starts_with('{'),
                Expected::String => value.get().starts_with('"'),
                Expected::Text(text) => parse_string(value).is_some_and(|value| value == *text),
            })
        })
    }

    /// Reads the metadata of a message.
    pub(super) fn transport(&self, message: &RawValue) -> Transport {
        let at = |path: &str| if path.is_empty() { None } else { cursor::find(message, path) };
        let string = |path| at(path).and_then(parse_string).filter(|text| !text.is_empty());
        let Attributes { id, item, sequence_number, partition_key, is_key_base64, time, unit } = self.attributes;
        let key = string(partition_key);
        Transport {
            id: string(id),
            message: string(item),
            sequence_number: string(sequence_number),
            partition_key: if is_key_base64 { key.and_then(|key| decode_text(&key)) } else { key },
            time: at(time).and_then(|time| parse_time(time, unit)),
            is_not_base64: false,
        }
    }
}

/// The members of the root that some form asks for, found in one pass.
struct Root<'t> {
    members: Vec<(&'static str, Option<&'t RawValue>)>,
}

impl<'t> Root<'t> {
    fn new(object: &'t RawValue) -> Option<Self> {
        let mut members: Vec<(&'static str, Option<&RawValue>)> = Vec::new();
        for (name, value) in Members::new(object.get().as_bytes())? {
            let Some(known) = NAMES.get(&*name).copied() else {
                continue;
            };
            match members.iter_mut().find(|(other, _)| *other == known) {
                // A repeated member has no certain value.
                Some((_, found)) => *found = None,
                None => members.push((known, Some(value))),
            }
        }
        Some(Self { members })
    }

    fn find(&self, path: &str) -> Option<&'t RawValue> {
        let (name, below) = path.split_once('/').map_or((path, None), |(name, below)| (name, Some(below)));
        let (_, value) = self.members.iter().find(|(known, _)| *known == name)?;
        match below {
            Some(below) => cursor::find((*value)?, below),
            None => *value,
        }
    }
}

/// The names of members of the root that some form asks for.
static NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let paths = FORMS.iter().flat_map(|form| form.members).map(|(path, _)| *path);
    paths.filter_map(|path| path.split('/').next()).collect()
});

/// Returns the text of a string; `None` for another value, and for a string with a lone surrogate.
pub(super) fn parse_string(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

fn decode_text(base64: &str) -> Option<String> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(base64).ok()?;
    String::from_utf8(bytes).ok()
}

/// Parses a time: a number or a string of digits in the unit, or RFC 3339.
fn parse_time(time: &RawValue, unit: Unit) -> Option<DateTime<Utc>> {
    let text = parse_string(time);
    let text = text.as_deref().unwrap_or_else(|| time.get());
    let of_number = match unit {
        Unit::Seconds => EpochSeconds::parse(text).map(|seconds| seconds.0),
        Unit::Milliseconds => text.parse().ok().and_then(DateTime::from_timestamp_millis),
    };
    of_number.or_else(|| Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc()))
}
