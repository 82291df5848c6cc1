//! Samples of deliveries: what each of them gives. The guide page on the wire format lists them with their sources.
//!
//! A shape is added by its sample in `samples`, a row here, and a row in the guide.

use std::collections::BTreeSet;
use std::path::Path;

use event_contract::{Reader, Reading};

use crate::Incoming;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/shapes/samples");

/// Reads each sample and compares the result of each event in it: its id, the type of an event that is not of the contract,
/// or the error.
#[track_caller]
fn assert_samples(samples: &[(&str, &[&str])]) {
    for (name, expected) in samples {
        let bytes = std::fs::read(Path::new(FOLDER).join(name)).unwrap();
        let reader = Reader::<Incoming>::default();
        let results = reader.read_all(&bytes);
        let described: Vec<String> = results
            .into_iter()
            .map(|result| match result.map(Reading::into_event) {
                Ok(Incoming::Moved(event)) => format!("{} of {}", event.id(), event.partition_key()),
                Ok(Incoming::Dated(event)) => event.id().to_string(),
                Ok(Incoming::Other(other)) => format!("other: {}", other.event_type.unwrap_or_default()),
                Err(error) => format!("error: {error}"),
            })
            .collect();
        assert_eq!(described, *expected, "{name}");
        // Reading it as one event agrees with reading it as a batch.
        match reader.read(&bytes) {
            Ok(_) => assert!(described.len() == 1 && !described[0].starts_with("error"), "{name}"),
            Err(error) if described.len() == 1 => assert_eq!(described, [format!("error: {error}")], "{name}"),
            Err(error) => assert!(error.to_string().starts_with("the delivery holds"), "{name}: {error}"),
        }
    }
}

const ONE: &[&str] = &["e-1 of t-1"];
const TWO: &[&str] = &["e-1 of t-1", "e-2 of t-1"];

#[test]
fn events_are_read_in_every_shape() {
    assert_samples(&[
        ("envelope.json", ONE),
        ("replay.json", ONE),
        ("detail.json", ONE),
        ("aws-lambda-stream.json", ONE),
        ("detail-as-string.json", ONE),
        ("version-as-string.json", ONE),
        ("bare-payload.json", &["put-e-1 of put-e-1"]),
        ("metadata-data.json", &["e-1 of e-1"]),
        ("cloudevent.json", &["e-1 of e-1"]),
        ("data-meta.json", &["other: "]),
        ("scheduler.json", &["other: Scheduled Event"]),
    ]);
}

#[test]
fn documents_are_split() {
    assert_samples(&[
        ("array.json", TWO),
        ("lines.json", TWO),
        ("objects-in-a-row.json", TWO),
        ("jq-output.json", TWO),
        ("put-events-request.json", ONE),
        ("put-events-entries.json", TWO),
    ]);
}

#[test]
fn messages_are_opened() {
    assert_samples(&[
        ("sqs-lambda.json", TWO),
        ("sqs-pipes.json", ONE),
        ("sqs-receive-message.json", ONE),
        ("sqs-one-message.json", ONE),
        ("sns-lambda.json", ONE),
        ("sns-in-sqs.json", ONE),
        ("sns-raw-in-sqs.json", ONE),
        ("activemq-lambda.json", ONE),
        ("activemq-pipes.json", ONE),
        ("rabbitmq-lambda.json", ONE),
        ("rabbitmq-pipes.json", ONE),
        ("lambda-destination-failure.json", ONE),
        ("lambda-destination-success.json", ONE),
    ]);
}

#[test]
fn records_are_decoded() {
    assert_samples(&[
        ("kinesis-lambda.json", ONE),
        ("kinesis-pipes.json", ONE),
        ("kinesis-get-records.json", ONE),
        ("kafka-lambda.json", TWO),
        ("kafka-pipes.json", ONE),
        ("firehose-lambda.json", ONE),
    ]);
}

#[cfg(feature = "gzip")]
#[test]
fn compressed_records_are_decompressed() {
    assert_samples(&[
        ("kinesis-gzip.json", ONE),
        ("kinesis-fault.json", ONE),
        (
            "cloudwatch-logs-lambda.json",
            &[
                "e-1 of t-1",
                "error: the delivery is an entry of CloudWatch Logs whose content is not an event: the delivery is not JSON: \
                 expected value at line 1 column 1",
            ],
        ),
    ]);
}

#[test]
fn documents_without_events_are_named() {
    assert_samples(&[
        (
            "sns-without-event.json",
            &["error: the delivery is an SNS notification whose content is not an event: the delivery is not JSON: \
               expected ident at line 1 column 2"],
        ),
        (
            "sns-confirmation.json",
            &[
                "error: the delivery is an SNS subscription confirmation, which holds no events: confirm the subscription by \
               a request to its `SubscribeURL`",
            ],
        ),
        (
            "dynamodb-lambda.json",
            &[
                "error: the delivery is a DynamoDB stream record with a `NewImage`, which holds no events: convert the image \
               to an event, or publish an event where the item changes",
            ],
        ),
        (
            "dynamodb-pipes.json",
            &[
                "error: the delivery is a DynamoDB stream record with an `OldImage`, which holds no events: convert the \
               image to an event, or publish an event where the item changes",
            ],
        ),
        (
            "lambda-destination-kinesis.json",
            &[
                "error: the delivery is a failure report about a batch of Kinesis records, which holds no events: fetch the \
               records from the stream, from its `startSequenceNumber` to its `endSequenceNumber`",
            ],
        ),
        ("put-events-response.json", &["error: the delivery is a response of `PutEvents`, which holds no events"]),
        (
            "s3-notification.json",
            &[
                "error: the delivery is an S3 notification, which holds no events: fetch the object, and read its content",
            ],
        ),
    ]);
}

#[test]
fn the_guide_lists_every_sample_with_its_test() {
    let page = include_str!("../../docs/guide/wire-format.md");
    let tests = include_str!("sample.rs");
    let mut listed = BTreeSet::new();
    for row in page.lines().filter(|row| row.contains("tests/shapes/samples/")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, shape, source, samples, test, _] = cells[..] else { panic!("a row has four cells: {row}") };
        assert!(!shape.is_empty() && source.contains("](https://"), "{row}");
        let test = test.trim_matches('`');
        let (_, body) = tests.split_once(&format!("fn {test}()")).unwrap_or_else(|| panic!("no test {test}"));
        let body = body.split("\n}").next().unwrap();
        for sample in samples.split("tests/shapes/samples/").skip(1) {
            let sample = sample.split(')').next().unwrap();
            assert!(body.contains(&format!("\"{sample}\"")), "{sample} is not in {test}");
            assert!(listed.insert(sample.to_owned()), "{sample} is listed twice");
        }
    }
    let samples: BTreeSet<String> =
        std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(listed, samples);
}
