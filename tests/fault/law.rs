//! Laws of faults: recovery of the bytes, size limits, redaction.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use event_contract::Reader;
use event_contract::contract::order::OrderCreated;
use event_contract::fault::{Fault, FaultPart, Redaction};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{ChainedError, now, site};

/// Collects all strings and member names of a document, except those that a fault adds.
fn texts(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => all.push(number.to_string()),
        Value::String(text) => all.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, all)),
        Value::Object(members) => {
            for (name, value) in members {
                all.push(name.clone());
                texts(value, all);
            }
        }
    }
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter_map("JSON has finite numbers", |number| Some(Value::from(number)).filter(Value::is_number)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((name(), inner), 0..5)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("email".to_owned()), Just("type".to_owned()), Just("partitionKey".to_owned()), any::<String>()]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..200),
        document().prop_map(|document| document.to_string().into_bytes()),
        document().prop_map(|document| serde_json::to_vec_pretty(&document).unwrap()),
    ]
}

/// Generates a personal value that is in no fixed text of a fault: it has a character that no other text has, and neither
/// lower-case letters nor digits.
fn personal() -> impl Strategy<Value = String> {
    "[A-Z@ \"\\\\/~\n\u{e4}]{0,6}[@~\u{e4}][A-Z@ \"\\\\/~\n\u{e4}]{3,6}"
}

/// Generates a document that has the value as an email and in other places.
fn with_personal() -> impl Strategy<Value = (String, String)> {
    (personal(), document(), 0..6_u8, any::<String>()).prop_map(|(value, document, way, text)| {
        let mut complete = json!({"type": "t", "partitionKey": format!("k{value}"), "rest": document, "note": format!("{text}{value}")});
        complete[format!("n{value}")] = 1.into();
        match way {
            0 => complete["email"] = value.clone().into(),
            1 => complete["deep"] = json!([{"email": {"first": [value]}}]),
            2 => complete["body"] = json!({"email": value, "again": value}).to_string().into(),
            3 => complete["kinesis"] = json!({"data": STANDARD.encode(json!({"email": value}).to_string())}),
            4 => complete = json!({"body": complete.to_string(), "email": value}),
            _ => complete = json!([[{"a": {"email": value, "b": complete}}]]),
        }
        (complete.to_string(), value)
    })
}

proptest! {
    #[test]
    fn the_bytes_are_recovered(bytes in bytes(), text in any::<String>(), cause in any::<String>()) {
        let error = ChainedError::from_texts(&[&text, &cause]);
        for site in [site(), site().redacting(Redaction::fields(["email"]))] {
            let fault = Fault::from_error(&error, &bytes, &site, now());
            let json = fault.to_json();
            prop_assert_eq!(&json, &fault.to_json());
            let read = Fault::read(json.as_bytes()).unwrap();
            prop_assert_eq!(read.resubmit(), Some(&*bytes));
            prop_assert!(read.is_exact());
            prop_assert_eq!(read.to_json(), &*json, "the fault differs after reading");
            let envelope = format!(r#"{{"detail-type":"fault","detail":{json}}}"#);
            prop_assert_eq!(Fault::read(envelope.as_bytes()).unwrap().to_json(), json);
        }
    }

    #[test]
    fn bytes_that_a_reader_refuses_are_recovered(bytes in bytes()) {
        if let Err(error) = Reader::<OrderCreated>::default().read(&bytes) {
            let fault = Fault::from_read_error(&error, &site(), now());
            prop_assert_eq!(fault.message(), error.to_string());
            prop_assert_eq!(fault.mismatches(), error.mismatches());
            let read = Fault::read(fault.to_json().as_bytes()).unwrap();
            prop_assert_eq!(read.resubmit(), Some(&*bytes));
            prop_assert_eq!(read.to_json(), fault.to_json());
        }
    }

    #[test]
    fn the_size_limit_holds_and_dropped_members_are_named(
        bytes in prop_oneof![bytes(), vec(any::<u8>(), 0..20_000)],
        text in prop_oneof![any::<String>(), "[a\"\u{e4}\u{1}]{0,9000}"],
        limit in 1024..40_000_usize,
    ) {
        let complete = Fault::from_error(&ChainedError::from_texts(&[&text, "cause"]), &bytes, &site(), now());
        // A partition key alone may have 256 characters.
        let limit = limit.max(if complete.partition_key().as_str().len() > 40 { 8192 } else { 0 });
        let (complete, json) = match complete.to_json_within(limit) {
            Ok(json) => (complete, json),
            Err(error) => {
                prop_assert_eq!(error.bytes(), complete.resubmit());
                let complete = complete.without_bytes();
                let json = complete.to_json_within(limit).unwrap();
                (complete, json)
            }
        };
        prop_assert!(json.len() <= limit);
        prop_assert!(json.parse::<Value>().is_ok());
        let read = Fault::read(json.as_bytes()).unwrap();
        let is_named = |part| read.dropped().iter().any(|dropped| dropped.part() == part);
        prop_assert_eq!(read.stack() == complete.stack(), !is_named(FaultPart::Stack));
        prop_assert_eq!(read.message() == complete.message(), !is_named(FaultPart::Message));
        prop_assert_eq!(read.is_exact(), !is_named(FaultPart::Bytes));
        if read.is_exact() {
            prop_assert_eq!(read.resubmit(), complete.resubmit());
        }
        prop_assert_eq!(read.resubmit().is_some(), complete.resubmit().is_some());
        if complete.dropped().is_empty() {
            prop_assert_eq!(read.event() == complete.event(), !is_named(FaultPart::Document));
        }
        if complete.to_json().len() <= limit {
            prop_assert_eq!(&json, &complete.to_json());
        }
        let cut = read.message().trim_end_matches('…');
        prop_assert!(complete.message().starts_with(cut));
        if read.to_json().len() <= limit {
            prop_assert_eq!(read.to_json_within(limit).unwrap(), read.to_json(), "a fault within the limit was cut again");
        } else {
            // With compressed bytes.
            prop_assert_eq!(read.to_json_within(limit).unwrap(), json);
        }
    }

    #[test]
    fn personal_values_are_redacted_everywhere((json, value) in with_personal(), text in "[a-z ]{0,8}") {
        let error = ChainedError::from_texts(&[&format!("{text}{value}!"), &format!("found {value:?}"), &format!("in {}", json!(value))]);
        let site = site().redacting(Redaction::fields(["email"]));
        let fault = Fault::from_error(&error, json.as_bytes(), &site, now());
        prop_assert!(fault.is_redacted());
        prop_assert_eq!(fault.resubmit(), Some(json.as_bytes()), "the bytes stay until they are dropped");
        let fault = fault.without_bytes();
        prop_assert_eq!(fault.resubmit(), None);

        let written: Value = fault.to_json().parse().unwrap();
        let mut all = Vec::new();
        texts(&written, &mut all);
        // Strings that hold documents are redacted, too.
        for at in 0.. {
            let Some(text) = all.get(at) else { break };
            let decoded = STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            for packed in [Some(text.clone()), decoded].into_iter().flatten() {
                if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = packed.parse() {
                    texts(&inner, &mut all);
                }
            }
        }
        let escaped = format!("{value:?}");
        for value in [&*value, escaped.get(1..escaped.len() - 1).unwrap()] {
            for text in &all {
                prop_assert!(!text.contains(value), "{text:?} holds {value:?}");
            }
            for log in [fault.to_string(), format!("{fault:?}"), format!("{fault:#?}")] {
                prop_assert!(!log.contains(value), "{log}");
            }
        }
        prop_assert!(Fault::read(fault.to_json().as_bytes()).unwrap().resubmit().is_none());
    }

    #[test]
    fn logs_show_no_bytes(bytes in vec(any::<u8>(), 12..60), key in "[A-Z]{12,20}") {
        let document = json!({"type": "x", "partitionKey": key, "data": STANDARD.encode(&bytes)}).to_string();
        let fault = Fault::from_error(&ChainedError::from_texts(&["no"]), document.as_bytes(), &site(), now());
        for log in [fault.to_string(), format!("{fault:?}")] {
            prop_assert!(!log.contains(&key));
            prop_assert!(!log.contains(&STANDARD.encode(&bytes)));
            prop_assert!(!log.contains(&STANDARD.encode(&document)));
        }
    }

    #[test]
    fn reading_a_fault_never_panics(
        any in bytes(),
        members in vec((prop_oneof![
            Just("id"), Just("partitionKey"), Just("timestamp"), Just("tags"), Just("err"), Just("uow"), Just("detail"),
        ], document()), 0..6),
        error in vec((prop_oneof![Just("name"), Just("message"), Just("stack"), Just("mismatches")], document()), 0..4),
        uow in vec((prop_oneof![
            Just("pipeline"), Just("record"), Just("event"), Just("batch"), Just("redacted"), Just("dropped"),
        ], document()), 0..6),
    ) {
        let _ = Fault::read(&any);
        let mut fault = json!({"type": "fault", "timestamp": 1_600_349_040_394_u64});
        for (name, value) in members {
            fault[name] = value;
        }
        for (under, parts) in [("err", error), ("uow", uow)] {
            let parts = parts.into_iter().map(|(name, value)| (name.to_owned(), value));
            if !fault[under].is_object() {
                fault[under] = Value::Object(parts.collect());
            }
        }
        if let Ok(fault) = Fault::read(fault.to_string().as_bytes()) {
            let again = Fault::read(fault.to_json().as_bytes()).unwrap();
            prop_assert_eq!(again.resubmit(), fault.resubmit());
            prop_assert_eq!(again.to_invocation(), fault.to_invocation());
            // The milliseconds of a time before 1973-03 would be read as seconds.
            if fault.time().timestamp_millis() >= 100_000_000_000 {
                prop_assert_eq!(again.to_json(), fault.to_json());
            }
            if let Ok(json) = fault.to_json_within(2000) {
                prop_assert!(json.len() <= 2000);
                Fault::read(json.as_bytes()).unwrap();
            }
        }
    }
}
