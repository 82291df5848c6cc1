//! Batches, and the containers that hold them.

use event_contract::wire::{self, Shape};
use event_contract::{ReadError, Reader};
use serde_json::{Value, json};

use crate::{ThingMoved, describe, detail};

#[test]
fn a_batch_gives_a_result_for_each_event() {
    let good = detail(&json!({}));
    let bad = detail(&json!({"data": {}}));
    let message = |id: u8, body: &str| json!({"messageId": id.to_string(), "body": body});
    let batch =
        json!({"Records": [message(1, &good), message(2, &bad), message(3, "tea"), message(4, &good)]}).to_string();
    let lines = format!("{good}\n\n{bad}\r\ntea\n{good}\n");
    let reader = Reader::<ThingMoved>::default();
    for batch in [&batch, &lines] {
        let answers = reader.read_all(batch.as_bytes());
        let described: Vec<_> =
            answers.iter().map(|answer| answer.as_ref().map(|_| ()).map_err(ReadError::bytes)).collect();
        assert_eq!(described, [Ok(()), Err(bad.as_bytes()), Err(&b"tea"[..]), Ok(())]);
        assert_eq!(
            reader.read(batch.as_bytes()).unwrap_err().to_string(),
            "the delivery holds 4 events, expected one: use `Reader::read_all` or `wire::deliveries`"
        );
    }
    let array = format!("[{good},7,{bad}]");
    let described: Vec<_> = reader.read_all(array.as_bytes()).into_iter().map(|answer| answer.is_ok()).collect();
    assert_eq!(described, [true, false, false]);
}

#[test]
fn a_batch_in_a_message_is_split() {
    let reader = Reader::<ThingMoved>::default();
    let bare = detail(&json!({"id": "-", "timestamp": "-"}));
    let message = |body: &str| {
        json!({"messageId": "m", "body": body, "attributes": {"SentTimestamp": "1700000000000"}}).to_string()
    };
    let two = message(&format!("[{bare},{}]", bare.replace("\"x\"", "\"y\"")));
    for text in [two.clone(), format!(r#"{{"Records":[{two}]}}"#)] {
        let answers = reader.read_all(text.as_bytes());
        let events: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().into_event()).collect();
        assert_eq!(events.len(), 2);
        // The id of the message is not the id of either event.
        assert!(events[0].id() != events[1].id() && events.iter().all(|event| event.id().as_str() != "m"));
        assert!(events.iter().all(|event| event.time().timestamp_millis() == 1_700_000_000_000));
        assert!(reader.read(text.as_bytes()).unwrap_err().to_string().starts_with("the delivery holds 2 events"));
    }
    let one = reader.read(message(&format!("[{bare}]")).as_bytes()).unwrap().into_event();
    assert_eq!(one.id().to_string(), "m");
}

#[test]
fn a_container_with_a_type_is_an_event() {
    let reader = Reader::<ThingMoved>::default();
    for extra in [
        r#""Records":[]"#,
        r#""Records":7"#,
        r#""Entries":[]"#,
        r#""kinesis":{"data":"e30="}"#,
        r#""messageId":"m","body":"{}""#,
    ] {
        let detail = detail(&json!({"version": 1.0}));
        let envelope = format!(r#"{{{extra},"detail-type":"thing-moved","detail":{detail}}}"#);
        let detail = format!("{{{extra},{}", detail.strip_prefix('{').unwrap());
        for text in [&envelope, &detail] {
            assert!(reader.read(text.as_bytes()).is_ok(), "{text}");
            let answers = reader.read_all(text.as_bytes());
            assert!(matches!(&answers[..], [Ok(_)]), "{text}");
        }
    }
}

#[test]
fn entries_have_their_time_in_seconds() {
    let reader = Reader::<ThingMoved>::default();
    for (time, expected) in [("1700000000", 1_700_000_000_000_i64), ("1700000000.25", 1_700_000_000_250)] {
        let bare = serde_json::to_string(&detail(&json!({"timestamp": "-"}))).unwrap();
        let text = format!(r#"{{"Entries":[{{"DetailType":"thing-moved","Time":{time},"Detail":{bare}}}]}}"#);
        let reading = reader.read(text.as_bytes()).unwrap();
        assert_eq!(reading.event().time().timestamp_millis(), expected);
    }
}

#[test]
fn a_broken_line_does_not_affect_the_others() {
    let reader = Reader::<ThingMoved>::default();
    let good = detail(&json!({}));
    let described = |bytes: &[u8]| -> Vec<Result<(), Vec<u8>>> {
        let answers = reader.read_all(bytes);
        answers.iter().map(|answer| answer.as_ref().map(|_| ()).map_err(|error| error.bytes().to_vec())).collect()
    };
    let cut = good.split_at(20).1;
    assert_eq!(described(format!("{cut}\n{good}\n{good}").as_bytes()), [Err(cut.into()), Ok(()), Ok(())]);
    assert_eq!(described(format!("{good}\n{cut} \r\n{good}").as_bytes()), [Ok(()), Err(cut.into()), Ok(())]);
    let odd = b"{\"a\":\"\xff\"}";
    for (first, second) in [(&odd[..], good.as_bytes()), (good.as_bytes(), &odd[..])] {
        let text = [first, second].join(&b'\n');
        let one = |line: &[u8]| if line == odd { Err(odd.to_vec()) } else { Ok(()) };
        assert_eq!(described(&text), [one(first), one(second)]);
    }
    let value: Value = good.parse().unwrap();
    let pretty = serde_json::to_string_pretty(&value).unwrap();
    let broken = pretty.strip_suffix(['}', ']']).unwrap();
    assert_eq!(described(broken.as_bytes()), [Err(broken.into())]);
    // A byte order mark is skipped.
    for text in [format!("\u{feff}{good}"), format!("\u{feff}{good}\n{good}")] {
        assert!(described(text.as_bytes()).iter().all(Result::is_ok));
    }
    let marked = format!("\u{feff}{good}");
    assert_eq!(describe(&reader, &marked), describe(&reader, &good));
    assert_eq!(wire::route(marked.as_bytes()).unwrap().event_type.as_deref(), Some("thing-moved"));
    assert_eq!(wire::deliveries(marked.as_bytes()).unwrap()[0].shape().unwrap(), Shape::Detail);
}

#[test]
fn empty_deliveries_are_errors() {
    let reader = Reader::<ThingMoved>::default();
    let empty = "the delivery holds no event: it is an empty batch";
    for (bytes, expected) in [
        ("[]", empty),
        (r#"{"Records":[]}"#, empty),
        (r#"{"Entries":[]}"#, empty),
        (r#"[{"Records":[]}]"#, empty),
        (r#"{"messageId":"m","body":"[]"}"#, empty),
        ("", "the delivery is not JSON: EOF while parsing a value at line 1 column 0"),
        ("\n \n", "the delivery is not JSON: EOF while parsing a value at line 3 column 0"),
    ] {
        let answers = reader.read_all(bytes.as_bytes());
        let described: Vec<_> = answers.into_iter().map(|answer| answer.unwrap_err().to_string()).collect();
        assert_eq!(described, [expected], "{bytes}");
    }
}
