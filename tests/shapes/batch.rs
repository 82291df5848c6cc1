//! Batches, and the containers that hold them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use event_contract::wire::{self, Shape};
use event_contract::{Limits, ReadError, Reader};
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

/// Returns records of a Kinesis batch of about `length` bytes, and their number.
fn kinesis_batch(length: usize, record: &str) -> (String, usize) {
    let record = json!({"kinesis": {"data": STANDARD.encode(record)}}).to_string();
    let count = length / (record.len() + 1);
    (format!(r#"{{"Records":[{}]}}"#, vec![record; count].join(",")), count)
}

#[test]
fn limits_apply_to_each_delivery() {
    // The default limit is that of one delivery: a synchronous Lambda invocation may have 6 MB, and files more.
    let reader = Reader::<ThingMoved>::default();
    let good = detail(&json!({"data": {"to": "x".repeat(1000)}}));
    let (batch, count) = kinesis_batch(4_800_000, &good);
    let lines = vec![good.as_str(); count].join("\n");
    for text in [&batch, &lines] {
        let results = reader.read_all(text.as_bytes());
        assert_eq!((results.len(), results.iter().filter(|result| result.is_ok()).count()), (count, count));
    }
    let small = Reader::<ThingMoved>::default().limits(Limits::default().bytes(2000));
    assert!(small.read_all(batch.as_bytes()).iter().all(Result::is_ok));
    let large = detail(&json!({"data": {"to": "x".repeat(3000)}}));
    let mixed = format!("[{good},{large},{good}]");
    let described: Vec<_> = small.read_all(mixed.as_bytes()).iter().map(Result::is_ok).collect();
    assert_eq!(described, [true, false, true]);
    // A batch of one event may be larger than the limit of the event in it.
    let (one, _) = kinesis_batch(1700, &detail(&json!({"data": {"to": "x".repeat(1000)}})));
    let tight = Reader::<ThingMoved>::default().limits(Limits::default().bytes(1200));
    assert!(one.len() > 1200 && tight.read(one.as_bytes()).is_ok());
}

#[test]
fn the_largest_batch_of_a_lambda_function_is_read() {
    let reader = Reader::<ThingMoved>::default();
    let message = json!({"messageId": "m", "body": detail(&json!({}))}).to_string();
    let batch = format!(r#"{{"Records":[{}]}}"#, vec![message; 10_000].join(","));
    assert_eq!(reader.read_all(batch.as_bytes()).iter().filter(|result| result.is_ok()).count(), 10_000);
    assert_eq!(wire::deliveries(batch.as_bytes()).unwrap().len(), 10_000);
}

#[test]
fn a_batch_of_too_many_parts_is_one_error_with_all_bytes() {
    let reader = Reader::<ThingMoved>::default();
    let expected = "the delivery holds more than 10000 events: split it, or read it in parts";
    let message = json!({"messageId": "m", "body": format!("[{}]", vec!["1"; 20_000].join(","))}).to_string();
    for text in [
        "{}\n".repeat(10_001),
        format!("{{}}\n{}", vec!["{"; 20_000].join("\n")),
        format!("[{}]", vec!["1"; 10_001].join(",")),
        format!(r#"{{"Records":[{}]}}"#, vec!["{}"; 10_001].join(",")),
        message,
    ] {
        let errors: Vec<_> = reader.read_all(text.as_bytes()).into_iter().map(Result::unwrap_err).collect();
        assert_eq!(errors.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
        assert_eq!(errors[0].bytes(), text.as_bytes());
        assert_eq!(reader.read(text.as_bytes()).unwrap_err().to_string(), expected);
        assert_eq!(wire::deliveries(text.as_bytes()).unwrap_err().to_string(), expected);
    }
}

#[test]
fn documents_are_the_same_with_any_white_space_between_them() {
    let reader = Reader::<ThingMoved>::default();
    let one = detail(&json!({}));
    let pretty = serde_json::to_string_pretty(&one.parse::<Value>().unwrap()).unwrap();
    let documents = [one.as_str(), &pretty, "[{\"a\":1},7]", "{}", &one];
    let describe = |text: &str| -> Vec<Result<(), Vec<u8>>> {
        let results = reader.read_all(text.as_bytes());
        results.iter().map(|result| result.as_ref().map(|_| ()).map_err(|error| error.bytes().to_vec())).collect()
    };
    let expected = [Ok(()), Ok(()), Err(b"{\"a\":1}".to_vec()), Err(b"7".to_vec()), Err(b"{}".to_vec()), Ok(())];
    for separator in ["", " ", "\n", "\r\n", "\n\n", " \t\n "] {
        assert_eq!(describe(&documents.join(separator)), expected, "{separator:?}");
    }
}

/// A part that is no document costs the documents around it nothing, and no byte of it is lost.
#[test]
fn broken_documents_do_not_affect_the_others() {
    let reader = Reader::<ThingMoved>::default();
    let one = detail(&json!({}));
    let pretty = serde_json::to_string_pretty(&one.parse::<Value>().unwrap()).unwrap();
    let (start, end) = one.split_at(20);
    let (cut_pretty, _) = pretty.split_at(pretty.len() - 2);
    for broken in [start, end, "tea", "{\"a\":", "[", "{\"a\":[", cut_pretty, "{} x", "}", "\u{1}"] {
        for other in [&one, &pretty] {
            let text = format!("{other}\n{broken}\n{other}\n{other}");
            let results = reader.read_all(text.as_bytes());
            let good = results.iter().filter(|result| result.is_ok()).count();
            assert_eq!(good, 3, "{broken:?}");
            let failed: usize =
                results.iter().filter_map(|result| result.as_ref().err()).map(|error| error.bytes().len()).sum();
            let kept = failed + good * other.len();
            assert!(kept + 6 >= text.len(), "{broken:?}: {kept} of {} bytes", text.len());
        }
    }
}
