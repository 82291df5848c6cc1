//! Deliveries, lines of a lake, and files of a record.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Input, list, part};

fn delivery(text: String) -> Input {
    Input::Delivery(text.into_bytes())
}

fn pack(bytes: &[u8]) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map(|packed| encode(&packed)).unwrap_or_default()
}

/// Encodes bytes as base64.
fn encode(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * position)) as usize & 63];
            text.push(if position <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

fn records(count: usize, data: &str) -> String {
    format!(r#"{{"Records":[{}]}}"#, list(count, ",", |_| format!(r#"{{"kinesis":{{"data":"{data}"}}}}"#)))
}

pub(super) fn packed_records(size: f64) -> Input {
    let blank = " ".repeat(part(size, 8_000_000));
    delivery(records(4, &pack(format!(r#"{{"a":1}}{blank}"#).as_bytes())))
}

pub(super) fn nested_gzip(size: f64) -> Input {
    let blank = " ".repeat(part(size, 8_000_000));
    let nested = (0..4).fold(format!(r#"{{"a":1}}{blank}"#), |inner, _| records(3, &pack(inner.as_bytes())));
    delivery(nested)
}

pub(super) fn numbers(size: f64) -> Input {
    delivery(format!("[{}]", list(part(size, 500_000), ",", |_| "1".to_owned())))
}

pub(super) fn empty_records(size: f64) -> Input {
    delivery(format!(r#"{{"Records":[{}]}}"#, list(part(size, 300_000), ",", |_| "{}".to_owned())))
}

pub(super) fn batch(size: f64) -> Input {
    let event = r#"{"type":"Order.Created","version":3,"data":{}}"#;
    delivery(format!("[{}]", list(part(size, 22_000), ",", |_| event.to_owned())))
}

pub(super) fn nested(size: f64) -> Input {
    delivery("[".repeat(part(size, 1_000_000)))
}

pub(super) fn nested_batches(size: f64) -> Input {
    let depth = part(size, 70_000);
    delivery(format!("{}{}", r#"{"Records":["#.repeat(depth), "]}".repeat(depth)))
}

fn members(size: f64) -> String {
    list(part(size, 90_000), ",", |number| format!("\"m{number}\":1"))
}

pub(super) fn unknown_members(size: f64) -> Input {
    delivery(format!(r#"{{"type":"Order.Created","version":3,"data":{{{}}}}}"#, members(size)))
}

pub(super) fn escaped_texts(size: f64) -> Input {
    let mut text = r#"{"a":1}"#.to_owned();
    while text.len() < part(size, 500_000) {
        text = format!(r#"{{"messageId":"m","body":{}}}"#, serde_json::Value::from(text));
    }
    delivery(format!(r#"{{"Records":[{text}]}}"#))
}

pub(super) fn published_file(size: f64) -> Input {
    let lines = list(part(size, 200_000), "\n", |number| format!("\"{}\"", number * 7919 % 10));
    Input::Record("external/Order.Created/v1.writer.json", lines)
}

pub(super) fn golden_event(size: f64) -> Input {
    let event = format!(r#"{{"type":"Order.Created","version":1,"data":{{{}}}}}"#, members(size));
    Input::Record("external/Order.Created/v1.golden.json", event)
}

pub(super) fn index(size: f64) -> Input {
    let versions = list(part(size, 10_000), ",", |number| {
        format!(r#""external/T{number}/v1":{{"owner":"a","files":{{"external/T{number}/v1.writer.json":"00"}}}}"#)
    });
    Input::Record("index.json", format!(r#"{{"format":1,"published":{{{versions}}}}}"#))
}
