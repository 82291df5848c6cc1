//! `read` shows the delivery that a fault holds, and writes it for another attempt.

use std::process::{Command, Output};

use chrono::{DateTime, Utc};
use event_contract::contract::order::OrderCreated;
use event_contract::fault::{Fault, FaultSite, Redaction};
use event_contract::{Reader, SubsystemName};
use serde_json::Value;

use super::folder::Folder;

const READABLE: &str = r#"{"detail-type":"Order.Created","source":"order-service","detail":{"type":"Order.Created","version":1,"data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000}}}"#;

fn site() -> FaultSite {
    let site = FaultSite::new(SubsystemName::from_static("shop"), "shop-listener").unwrap();
    site.with_pipeline("orders").unwrap().redacting(Redaction::fields(["orderId"]))
}

fn now() -> DateTime<Utc> {
    "2026-11-22T10:43:01Z".parse().unwrap()
}

fn handling(bytes: &[u8]) -> Fault {
    Fault::from_error(&std::io::Error::other("no database"), bytes, &site(), now())
}

/// The exit code, standard output and standard error of a command in the folder.
fn run(folder: &Folder, arguments: &[&str]) -> (i32, Vec<u8>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_event-contract"))
        .arg("read")
        .args(arguments)
        .current_dir(&folder.0)
        .output()
        .unwrap();
    let Output { status, stdout, stderr } = output;
    (status.code().unwrap(), stdout, String::from_utf8(stderr).unwrap())
}

#[test]
fn the_reason_and_the_delivery_are_shown_and_read_again() {
    let unreadable = READABLE.replace("1700000000000", "true");
    let error = Reader::<OrderCreated>::default().read(unreadable.as_bytes()).unwrap_err();
    let large = READABLE.replace(r#""source""#, &format!(r#""padding":"{}","source""#, "x".repeat(20_000)));
    let declared = "Order.Created v1 (EventBridge envelope): ";
    let held = "personal values are redacted elsewhere in the fault, and not in them";
    for (name, json, exit, expected) in [
        (
            "handling",
            handling(READABLE.as_bytes()).to_json(),
            0,
            vec![
                format!("fault {} in orders of shop-listener in subsystem shop, 2026-11-22T10:43:01.000Z", handling(READABLE.as_bytes()).id()),
                "    reason  HandlingError: no database\n".to_owned(),
                format!("    holds   {declared}the failed bytes, {} bytes; {held}\n", READABLE.len()),
                "    read again:\n      Order.Created v1 → v3, external, of order-service, id ".to_owned(),
                "\n        info    /detail/version: v1, upcast to v3\n".to_owned(),
            ],
        ),
        (
            "mismatch",
            Fault::from_read_error(&error, &site(), now()).to_json(),
            1,
            vec![
                "    reason  ReadError: /detail/data/createdAt: expected a unix timestamp".to_owned(),
                "    read again:\n      could not be read:\n        error   /detail/data/createdAt: expected a unix".to_owned(),
            ],
        ),
        (
            "compressed",
            handling(large.as_bytes()).to_json_within(4_000).unwrap(),
            0,
            vec![
                format!("    holds   {declared}the failed bytes, {} bytes, compressed; {held}\n", large.len()),
                "    omits   uow.event: exceeds the size limit\n".to_owned(),
            ],
        ),
        (
            "stored",
            handling(READABLE.as_bytes()).with_bytes_at("s3://faults/1?signature=x").to_json(),
            1,
            vec![
                "    holds   nothing that can be read or resubmitted\n".to_owned(),
                format!("    omits   uow.record, {} bytes: stored elsewhere, see `reference` of --json\n", READABLE.len()),
            ],
        ),
        ("not UTF-8", handling(b"\xff").to_json(), 1, vec!["    holds   the failed bytes, 1 bytes".to_owned()]),
        (
            "batch",
            handling(format!("{READABLE}\n{unreadable}").as_bytes()).to_json(),
            1,
            vec!["    holds   2 events: the failed bytes, ".to_owned(), "      could not be read:\n".to_owned()],
        ),
        (
            "of another library",
            r#"{"type":"fault","timestamp":1795344181000,"err":{"name":"Error","message":"no\u001b[2J"},
                "uow":{"event":{"type":"thing-created","timestamp":1,"thing":{}}}}"#.to_owned(),
            0,
            vec![
                "    reason  Error: no\\u{1b}[2J\n".to_owned(),
                "    holds   thing-created without a version (aws-lambda-stream detail): the document instead of the failed bytes, 49 bytes\n".to_owned(),
                "    read again:\n      thing-created: not of this contract (aws-lambda-stream detail)\n".to_owned(),
            ],
        ),
        (
            "a fault in a fault",
            handling(handling(READABLE.as_bytes()).to_json().as_bytes()).to_json(),
            0,
            vec!["    read again:\n      fault: not of this contract (aws-lambda-stream detail)\n".to_owned()],
        ),
        (
            "not a fault",
            r#"{"type":"fault","timestamp":"soon","uow":{}}"#.to_owned(),
            0,
            vec!["  fault: not of this contract (aws-lambda-stream detail)\n".to_owned()],
        ),
    ] {
        let folder = Folder::with_files(&format!("show-{}", name.replace(' ', "-")), &[("fault.json", &json)]);
        let (code, out, error) = run(&folder, &["fault.json"]);
        let out = String::from_utf8(out).unwrap();
        assert_eq!((code, &*error), (exit, ""), "{name}: {out}");
        for expected in expected {
            assert!(out.contains(&expected), "{name}, {expected:?}:\n{out}");
        }
        assert!(!out.contains("signature"), "{out}");
    }
}

#[test]
fn json_output_has_the_fault_and_its_events() {
    let stored = handling(READABLE.as_bytes()).with_bytes_at("s3://faults/1").to_json();
    let envelope = |detail: &str| format!(r#"{{"detail-type":"fault","source":"shop","detail":{detail}}}"#);
    let batch = format!("[{},{}]", envelope(&handling(READABLE.as_bytes()).to_json()), envelope(&stored));
    let folder = Folder::with_files("json", &[("faults.json", &batch)]);
    let (code, out, error) = run(&folder, &["--json", "faults.json"]);
    assert_eq!((code, &*error), (1, ""));
    let lines: Vec<Value> = serde_json::Deserializer::from_slice(&out).into_iter().map(Result::unwrap).collect();
    let [held, stored] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(held["fault"]["message"], "no database");
    assert_eq!(held["fault"]["held"]["version"], 1);
    assert_eq!(held["fault"]["held"]["events"][0]["event"]["version"], 3);
    assert_eq!((&stored["index"], &stored["fault"]["held"]), (&1.into(), &Value::Null));
    assert_eq!(stored["fault"]["dropped"][0]["reference"], "s3://faults/1");
}

#[test]
fn the_bytes_of_a_fault_are_written_exactly() {
    // Neither text nor free of what looks like a colour.
    for bytes in [READABLE.as_bytes(), b"\xff\x00 \x1b[31m red \x1b[0m\r\n", b"", &b"{}\n".repeat(9_000)] {
        for json in [handling(bytes).to_json(), handling(bytes).to_json_within(4_000).unwrap()] {
            let folder = Folder::with_files("bytes", &[("fault.json", &json)]);
            let (code, out, error) = run(&folder, &["--resubmit", "fault.json"]);
            assert_eq!((code, &*error), (0, ""));
            assert!(out == bytes, "{} bytes, expected {}", out.len(), bytes.len());
            let (code, payload, _) = run(&folder, &["--resubmit=invocation", "fault.json"]);
            let payload = String::from_utf8(payload).unwrap();
            assert_eq!(code, 0);
            assert!(payload.trim_end() == handling(bytes).to_invocation().unwrap(), "{} bytes", payload.len());
        }
    }
}

#[test]
fn a_fault_that_cannot_be_resubmitted_exits_with_the_reason() {
    let one = handling(READABLE.as_bytes());
    let without = one.clone().without_bytes().to_json();
    let one = one.to_json();
    let own = format!("error: fault.json: fault {} cannot be resubmitted: ", handling(READABLE.as_bytes()).id());
    for (name, text, exit, expected) in [
        ("stored", handling(READABLE.as_bytes()).with_bytes_at("s3://faults/1").to_json(), 1, format!("{own}uow.record, {} bytes: stored elsewhere\n  fetch the bytes from s3://faults/1\n", READABLE.len())),
        ("dropped", without.clone(), 1, format!("{own}uow.record, {} bytes: dropped on request\n  ask the sender", READABLE.len())),
        ("redacted", r#"{"type":"fault","timestamp":1,"uow":{"event":{"a":"[redacted]"},"redacted":true}}"#.to_owned(), 1, "cannot be resubmitted: it holds only a redacted document\n".to_owned()),
        ("empty", r#"{"type":"fault","timestamp":1}"#.to_owned(), 1, "cannot be resubmitted: it holds no event\n".to_owned()),
        ("two", format!("{one}\n{one}"), 2, "error: --resubmit writes the bytes of one fault, found fault.json, event 1 and fault.json, event 2\n  name a file with one fault, or write --resubmit=invocation\n".to_owned()),
        ("other", READABLE.to_owned(), 2, "error: fault.json, event 1: expected a fault, found an event of this contract\n".to_owned()),
        ("foreign", r#"{"detail-type":"Parcel.Sent","detail":{}}"#.to_owned(), 2, "expected a fault, found Parcel.Sent\n".to_owned()),
        ("invalid", r#"{"type":"fault","uow":{}}"#.to_owned(), 2, "expected a fault, found an invalid one: missing time of the fault: ".to_owned()),
        ("no event", "tea".to_owned(), 2, "expected a fault, found the delivery is not JSON".to_owned()),
        ("mixed", format!("{one}\n{READABLE}"), 2, "fault.json, event 2: expected a fault".to_owned()),
    ] {
        let folder = Folder::with_files("refused", &[("fault.json", &text)]);
        let (code, out, error) = run(&folder, &["--resubmit", "fault.json"]);
        assert_eq!((code, out.len()), (exit, 0), "{name}: {error}");
        assert!(error.contains(&expected), "{name}, {expected:?}: {error}");
    }
    // What can be resubmitted is, beside what cannot.
    let folder = Folder::with_files("some", &[("faults.jsonl", &format!("{one}\n{without}\n{one}"))]);
    let (code, out, error) = run(&folder, &["--resubmit=invocation", "faults.jsonl"]);
    assert_eq!((code, String::from_utf8(out).unwrap().lines().count()), (1, 2), "{error}");
    assert!(error.starts_with("error: faults.jsonl, event 2: fault "), "{error}");
}
