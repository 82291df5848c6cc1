//! Peak memory for hostile inputs: at most four times the input, whatever it is, besides the payloads of users.
//!
//! Allocations are counted, not sampled, so that the numbers are the same in every run:
//! `cargo test -p event-contract-memory -- --nocapture` prints them.

mod counter;

use event_contract::contract::order;
use event_contract::contract::order::OrderCreated;
use event_contract::{Event, Readable, Reader, Unrecognised, wire};

#[derive(Debug, Readable)]
#[expect(clippy::large_enum_variant, reason = "as users write it")]
enum Incoming {
    #[expect(dead_code, reason = "only its memory is measured")]
    Created(Event<OrderCreated>),
    #[expect(dead_code, reason = "only its memory is measured")]
    Other(Unrecognised),
}

/// Returns the maximum of the memory that `run` has allocated at once, and its result.
fn peak<T>(run: impl FnOnce() -> T) -> (usize, T) {
    let (cost, result) = counter::measure(run);
    (cost.peak, result)
}

const MIB: usize = 1024 * 1024;

/// Returns `start`, as many parts as fit into 4 MiB, and `end`.
fn fill(start: &str, part: &str, separator: &str, end: &str) -> Vec<u8> {
    fill_to(4 * MIB, start, part, separator, end)
}

/// Like [`fill`], for an input of 1 MiB: each part costs more time.
fn fill_short(start: &str, part: &str, separator: &str, end: &str) -> Vec<u8> {
    fill_to(MIB, start, part, separator, end)
}

fn fill_to(length: usize, start: &str, part: &str, separator: &str, end: &str) -> Vec<u8> {
    let count = (length - start.len() - end.len()) / (part.len() + separator.len());
    let mut text = start.to_owned();
    for index in 0..count {
        text.push_str(if index == 0 { "" } else { separator });
        text.push_str(part);
    }
    text.push_str(end);
    text.into_bytes()
}

/// Returns the text of members with different names.
fn members(count: usize) -> String {
    (0..count).fold(String::new(), |text, index| text + &format!("\"m{index}\":1,"))
}

fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    let quoted = |length: usize| format!("\"{}\"", "x".repeat(length));
    vec![
        ("an object and lines of `{`", fill("{}\n", "{", "\n", "")),
        ("lines of `{`", fill("", "{", "\n", "")),
        ("lines of `[`", fill("{}\n", "[", "\n", "")),
        ("lines of `}`", fill("{}\n", "}", "\n", "")),
        ("lines of 127 bytes that are not JSON", fill("{}\n", &"x".repeat(127), "\n", "")),
        ("lines of 255 bytes that are not JSON", fill("{}\n", &"x".repeat(255), "\n", "")),
        ("lines of 255 bytes that are not events", fill("", &format!("{{\"a\":{}}}", quoted(247)), "\n", "")),
        ("lines of 420 bytes that are not events", fill("", &format!("{{\"a\":{}}}", quoted(412)), "\n", "")),
        ("objects in a row", fill("", "{}", "", "")),
        ("an array of numbers", fill("[", "1", ",", "]")),
        ("an array of objects", fill("[", "{}", ",", "]")),
        ("an array of arrays", fill("[", "[]", ",", "]")),
        ("records that are empty objects", fill("{\"Records\":[", "{}", ",", "]}")),
        ("records without data", fill_short("{\"Records\":[", "{\"kinesis\":{}}", ",", "]}")),
        ("records with short data", fill_short("{\"Records\":[", "{\"kinesis\":{\"data\":\"e30=\"}}", ",", "]}")),
        ("messages with short bodies", fill_short("{\"Records\":[", "{\"messageId\":\"\",\"body\":\"{}\"}", ",", "]}")),
        ("a message with a batch of numbers", fill_short("{\"messageId\":\"m\",\"body\":\"[", "1", ",", "]\"}")),
        ("entries without a detail", fill_short("{\"Entries\":[", "{\"Detail\":\"\"}", ",", "]}")),
        ("topics without records", fill("{\"eventSource\":\"\",\"records\":{\"a\":[]", "\"\":[]", ",", "}}")),
        ("batches in batches", {
            let depth = MIB / 14;
            ["{\"Records\":[".repeat(depth), "]}".repeat(depth)].concat().into_bytes()
        }),
        ("brackets", fill_short("", "[", "", "")),
        ("an object with many members", format!("{{{}\"x\":1}}", members(90_000)).into_bytes()),
        (
            "a detail with many members",
            format!("{{\"type\":\"Order.Created\",{}\"data\":{{}}}}", members(90_000)).into_bytes(),
        ),
        (
            "a payload that is an array of numbers",
            fill_short("{\"type\":\"Order.Created\",\"version\":3,\"data\":[", "1", ",", "]}"),
        ),
        (
            "a payload with an array of numbers for objects",
            fill_short("{\"type\":\"Order.Created\",\"version\":3,\"data\":{\"lines\":[", "1", ",", "]}}"),
        ),
        ("blanks", vec![b' '; 4 * MIB]),
        ("line breaks", [b"{}".to_vec(), vec![b'\n'; 4 * MIB]].concat()),
        ("bytes that are not UTF-8", [b"{}\n".to_vec(), vec![0xff; 4 * MIB]].concat()),
    ]
}

#[test]
fn peak_memory_is_at_most_four_times_the_input() {
    let reader = Reader::<Incoming>::default();
    let of_one_type = Reader::<OrderCreated>::default();
    let gateway = order::gateway::ingress();
    let mut exceeded = Vec::new();
    for (name, input) in inputs() {
        let mut check = |what: &str, peak: usize| {
            let tenths = peak * 10 / input.len();
            println!("{name}: {what}: {}.{} × {} bytes", tenths / 10, tenths % 10, input.len());
            if peak > 4 * input.len() {
                exceeded.push(format!("{name}: {what}: {}.{}", tenths / 10, tenths % 10));
            }
        };
        let (memory, results) = peak(|| reader.read_all(&input));
        check("read_all", memory);
        // Nothing is lost: one error holds all bytes, or every part is there.
        assert!(!results.is_empty(), "{name}");
        drop(results);
        let (memory, result) = peak(|| of_one_type.read(&input));
        check("read", memory);
        if let Err(error) = result {
            assert_eq!(error.bytes(), input, "{name}");
        }
        check("deliveries", peak(|| wire::deliveries(&input)).0);
        check("cross_all", peak(|| gateway.cross_all(&input)).0);
    }
    assert!(exceeded.is_empty(), "{}", exceeded.join("\n"));
}
