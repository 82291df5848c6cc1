//! A Lambda function that reads events from an SQS queue and answers with the messages that failed.
//!
//! `docs/guide/read-events-from-sqs-in-lambda.md` shows and explains it.

#![allow(clippy::unused_async, reason = "where a service does its work, it awaits something")]

use std::collections::BTreeSet;

use event_contract::{Event, Payload, Reader, wire};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

#[derive(Debug, Serialize, Deserialize, Payload)]
#[payload(external, name = "Parcel.Sent", version = 1, key = parcel)]
struct ParcelSent {
    parcel: String,
    carrier: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let reader = Reader::<ParcelSent>::default();
    run(service_fn(async |invocation: LambdaEvent<Box<RawValue>>| {
        handle_batch(&reader, invocation.payload.get().as_bytes()).await
    }))
    .await
}

/// Handles each event of a batch. The answer names the messages that failed: SQS delivers these again and deletes the
/// others.
async fn handle_batch(reader: &Reader<ParcelSent>, batch: &[u8]) -> Result<Value, Error> {
    let mut failed = BTreeSet::new();
    for delivery in wire::deliveries(batch)? {
        let result = match reader.read_delivery(&delivery) {
            Ok(reading) => handle(reading.into_event()).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = result {
            let message = delivery.item_identifier().ok_or("the invocation is not a batch of messages")?;
            eprintln!("message {message}: {error}");
            failed.insert(message.to_owned());
        }
    }
    let failures: Vec<_> = failed.iter().map(|message| json!({ "itemIdentifier": message })).collect();
    Ok(json!({ "batchItemFailures": failures }))
}

/// Does the work of this service.
async fn handle(event: Event<ParcelSent>) -> Result<(), Error> {
    let sent = event.payload();
    println!("event {}: parcel {} was sent by {}", event.id(), sent.parcel, sent.carrier);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_message_that_cannot_be_read_is_reported() {
        let message = |id: &str, data: &str| {
            let event = format!(
                r#"{{"id":"e-{id}","type":"Parcel.Sent","version":1,"timestamp":1795344181000,"data":{data}}}"#
            );
            let body = format!(r#"{{"detail-type":"Parcel.Sent","source":"post","detail":{event}}}"#);
            json!({ "messageId": id, "body": body, "eventSource": "aws:sqs" })
        };
        let batch = json!({ "Records": [
            message("m-1", r#"{"parcel":"p-1","carrier":"ship"}"#),
            message("m-2", r#"{"parcel":"p-2"}"#),
        ] });
        let answer = handle_batch(&Reader::default(), batch.to_string().as_bytes()).await.unwrap();
        assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "m-2" }] }));
    }

    #[tokio::test]
    async fn what_is_not_a_batch_fails_the_invocation() {
        assert!(handle_batch(&Reader::default(), br#"{"type":"Parcel.Sent","data":{}}"#).await.is_err());
    }
}
