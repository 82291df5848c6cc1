//! Deliveries that others have recorded or published: each is read, or its shape is named.
//!
//! They are not part of this project: `EVENT_CONTRACT_OUTSIDE` names the folder that holds them.

#[path = "support/skip.rs"]
mod skip;

use std::fs;
use std::path::PathBuf;

use event_contract::wire::{self, Shape};
use event_contract::{Event, Payload, ReadErrorKind, Readable, Reader, Reading, Unrecognised};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use skip::outside_folder;

/// Returns the folder of recorded deliveries, or skips.
fn fixtures() -> Option<PathBuf> {
    let fixtures = outside_folder()?.join("fixtures");
    assert!(fixtures.is_dir(), "EVENT_CONTRACT_OUTSIDE: expected a folder, found {}", fixtures.display());
    Some(fixtures)
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "thing-created", version = 1, entity = "thing")]
#[serde(rename_all = "camelCase")]
struct ThingCreated {
    id: String,
    last_modified_by: String,
    timestamp: u64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "trace-created", version = 1)]
struct TraceCreated {}

#[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
#[payload(external, name = "LIST_CREATED_EVENT", version = 1)]
#[serde(rename_all = "camelCase")]
struct ListCreated {
    list_id: String,
    user_id: String,
    name: String,
    created_at: u64,
}

#[derive(Debug, Readable)]
enum Incoming {
    Thing(Event<ThingCreated>),
    Trace(Event<TraceCreated>),
    List(Event<ListCreated>),
    Other(Unrecognised),
}

/// Reads a file and describes each delivery in it.
fn read(folder: &str, file: &str) -> Option<Vec<String>> {
    let bytes = fs::read(fixtures()?.join(folder).join(file)).unwrap();
    let reader = Reader::<Incoming>::default();
    let describe = |reading: Reading<'_, Incoming>| {
        let seen: Vec<_> = reading.observations().iter().map(ToString::to_string).collect();
        let shape = reading.shape();
        let event_type = match reading.into_event() {
            Incoming::Thing(event) => event.metadata().event_type.to_string(),
            Incoming::Trace(event) => event.metadata().event_type.to_string(),
            Incoming::List(event) => event.metadata().event_type.to_string(),
            Incoming::Other(other) => return format!("{shape}: unrecognised {:?}", other.event_type.as_deref()),
        };
        format!("{shape}: {event_type}: {}", seen.join("; "))
    };
    Some(
        reader
            .read_all(&bytes)
            .into_iter()
            .map(|answer| answer.map_or_else(|error| error.to_string(), describe))
            .collect(),
    )
}

macro_rules! recorded {
    ($($test:ident: $folder:literal / $file:literal => $expected:expr;)*) => {
        $(
            #[test]
            fn $test() {
                if let Some(read) = read($folder, $file) {
                    assert_eq!(read, $expected);
                }
            }
        )*

        /// Fails for a file without a test.
        #[test]
        fn every_recorded_delivery_is_read() {
            let Some(fixtures) = fixtures() else { return };
            let mut files: Vec<String> = ["recorded", "delivered"]
                .iter()
                .flat_map(|folder| fs::read_dir(fixtures.join(folder)).unwrap())
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            files.sort();
            let mut known = vec![$($file.to_owned()),*];
            known.sort();
            assert_eq!(files, known);
        }
    };
}

recorded! {
    a_job: "recorded" / "template-bff-service-job.put-events.json" => [
        "EventBridge envelope: unrecognised Some(\"xyz\")",
        "EventBridge envelope: unrecognised Some(\"xyz\")",
    ];
    the_answer_to_a_job: "recorded" / "template-bff-service-job.response.json" => [
        "the delivery is a response of `PutEvents`, which holds no events",
    ];
    a_publication: "recorded" / "template-bff-service-publish.put-events.json" => [
        "EventBridge envelope: thing-created: /detail/version: no version, read as v1; \
         /detail/source: missing, taken from its tags",
    ];
    the_answer_to_a_publication: "recorded" / "template-bff-service-publish.response.json" => [
        "the delivery is a response of `PutEvents`, which holds no events",
    ];
    a_health_check: "recorded" / "template-regional-health-check-put.put-events.json" => [
        "EventBridge envelope: trace-created: /detail/version: no version, read as v1; \
         /detail/source: missing, taken from its tags; /detail/raw: unknown field, kept",
    ];
    the_answer_to_a_health_check: "recorded" / "template-regional-health-check-put.response.json" => [
        "the delivery is a response of `PutEvents`, which holds no events",
    ];
    a_state_change: "delivered" / "aws-lambda-rust-runtime-example-eventbridge-event-obj.json" => [
        "EventBridge envelope: unrecognised Some(\"EC2 Instance State-change Notification\")",
    ];
    a_schedule: "delivered" / "aws-lambda-rust-runtime-example-eventbridge-schedule.json" => [
        "EventBridge envelope: unrecognised Some(\"Scheduled Event\")",
    ];
    kinesis_records_of_plain_text: "delivered" / "aws-lambda-rust-runtime-example-kinesis-event.json" => [
        "the delivery is a Kinesis record whose content is not an event: the delivery is not JSON: expected value at line 1 column 1",
        "the delivery is a Kinesis record whose content is not an event: the delivery is not JSON: expected value at line 1 column 1",
    ];
    an_sqs_message_of_plain_text: "delivered" / "aws-lambda-rust-runtime-example-sqs-event.json" => [
        "the delivery is an SQS message whose content is not an event: the delivery is not JSON: expected value at line 1 column 1",
    ];
    a_payload_as_detail: "delivered" / "slic-starter-checklist-created.json" => [
        "EventBridge envelope: LIST_CREATED_EVENT: /detail/version: no version, read as v1; \
         /detail/id: missing, taken from the envelope; /detail/timestamp: missing, taken from the envelope; \
         /detail/partitionKey: missing, taken from its id; /detail/source: missing, taken from the envelope; \
         /detail/entries: unknown field, kept",
    ];
    a_detail_without_a_type: "delivered" / "slic-starter-collaborator-accepted.json" => [
        "EventBridge envelope: unrecognised None",
    ];
    another_detail_without_a_type: "delivered" / "slic-starter-collaborator-accepted-2.json" => [
        "EventBridge envelope: unrecognised None",
    ];
}

/// Two recordings of one event have different types under one name; the error has the pointer.
#[test]
fn a_field_of_another_type_is_reported_with_its_pointer() {
    #[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(external, name = "COLLABORATOR_ACCEPTED_EVENT", version = 1, key = list_id)]
    #[serde(rename_all = "camelCase")]
    #[expect(clippy::struct_field_names, reason = "so it was published")]
    struct CollaboratorAccepted {
        user_id: String,
        list_id: String,
        collaborator_user_id: String,
    }

    let Some(fixtures) = fixtures() else { return };
    let reader = Reader::<CollaboratorAccepted>::default().received_at("2026-11-22T10:43:01Z".parse().unwrap());
    let good = fs::read(fixtures.join("delivered/slic-starter-collaborator-accepted-2.json")).unwrap();
    let reading = reader.read(&good).unwrap();
    let seen: Vec<_> = reading.observations().iter().map(ToString::to_string).collect();
    assert_eq!(
        seen,
        [
            "/detail/type: no type, read as COLLABORATOR_ACCEPTED_EVENT",
            "/detail/version: no version, read as v1",
            "/detail/id: missing, taken from its content",
            "/detail/timestamp: missing, taken from the time of receipt",
            "/detail/partitionKey: missing, taken from the payload",
        ]
    );
    let bad = fs::read(fixtures.join("delivered/slic-starter-collaborator-accepted.json")).unwrap();
    let error = reader.read(&bad).unwrap_err();
    assert_eq!(
        error.to_string(),
        "/detail/collaboratorUserId: expected a string, found an integer; \
         /detail/type: no type, read as COLLABORATOR_ACCEPTED_EVENT; /detail/version: no version, read as v1"
    );
    assert_eq!(error.bytes(), bad);
}

/// A published history of one contract: events of each version, read with the first and with the last version.
#[test]
fn a_contract_history_breaks_at_its_recorded_versions() {
    #[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(external, name = "customer-created", version = 1, key = customer_id)]
    #[serde(rename_all = "camelCase")]
    #[expect(clippy::struct_field_names, reason = "so it was published")]
    struct First {
        customer_id: String,
        first_name: String,
        last_name: String,
        address: String,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(external, name = "customer-created", version = 1, key = customer_id)]
    #[serde(rename_all = "camelCase")]
    #[expect(clippy::struct_field_names, reason = "so it was published")]
    struct Last {
        customer_id: String,
        first_name: String,
        last_name: String,
        address: String,
        city: String,
        state: String,
        country: String,
        postcode: String,
    }

    fn describe<P: Payload>(text: &str) -> String {
        match Reader::<P>::default().read(text.as_bytes()) {
            Ok(reading) => {
                let unknown = reading.observations().iter().filter(|seen| seen.to_string().contains("unknown field"));
                unknown.map(|seen| seen.pointer.to_string()).collect::<Vec<_>>().join(" ")
            }
            Err(error) => {
                assert!(matches!(error.kind(), ReadErrorKind::Mismatch { .. }));
                let missing = error.mismatches().iter().map(|mismatch| mismatch.pointer.to_string());
                format!("missing {}", missing.collect::<Vec<_>>().join(" "))
            }
        }
    }

    let Some(fixtures) = fixtures() else { return };
    let answers: Vec<_> = ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"]
        .iter()
        .map(|version| {
            let path = fixtures.join(format!("contract-histories/customer-created/{version}.event.json"));
            let bytes = fs::read(path).unwrap();
            // The bare payload is not an event and is reported as such.
            let alone = Reader::<First>::default().read(&bytes).unwrap_err();
            assert!(matches!(alone.kind(), ReadErrorKind::Delivery(_)), "{alone}");
            let detail: Value = serde_json::from_slice(&bytes).unwrap();
            let envelope = json!({"detail-type": "customer-created", "time": "2026-11-22T10:43:01Z", "id": "1",
                "source": "customers", "detail": detail})
            .to_string();
            assert_eq!(wire::deliveries(envelope.as_bytes()).unwrap()[0].shape().unwrap(), Shape::EventBridge);
            (*version, describe::<First>(&envelope), describe::<Last>(&envelope))
        })
        .collect();
    let answers: Vec<_> = answers.iter().map(|(version, first, last)| (*version, &**first, &**last)).collect();
    let address = "missing /detail/city /detail/state /detail/country /detail/postcode";
    let names = "missing /detail/firstName /detail/lastName";
    let all = "missing /detail/firstName /detail/lastName /detail/city /detail/state /detail/country /detail/postcode";
    assert_eq!(
        answers,
        [
            ("1.0.0", "", address),
            ("1.1.0", "/detail/email", address),
            ("1.2.0", "/detail/email /detail/name", address),
            ("1.3.0", names, all),
            ("1.4.0", "/detail/city /detail/country /detail/postcode /detail/state", ""),
        ]
    );
}
