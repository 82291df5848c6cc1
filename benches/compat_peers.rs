//! Time and verdicts for a thousand pairs of event schemas and for the largest outside pairs, compared with `jsoncompat`,
//! `json-schema-diff` and `covers` of `jsonschema`.
//!
//! ```text
//! cargo build --release --manifest-path crates/json-schema-containment/tests/peers/Cargo.toml
//! cargo bench -p event-contract-benches --bench compat_peers
//! ```
//!
//! A pair is measured once, or three times with the shortest counting if the first takes less than 20 ms. Parsing is not
//! measured. Peers that are not built are skipped, and so are outside cases unless `EVENT_CONTRACT_OUTSIDE` names their
//! folder. Our verdicts are asserted; those of other libraries are counted.

#[path = "../crates/json-schema-containment/tests/peers/program.rs"]
mod program;
#[path = "../tests/support/skip.rs"]
mod skip;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::BufRead as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use event_contract::compat::{Draft, Question, Verdict};
use jsonschema::canonical::{CanonicalSchema, Containment, options};
use program::Peers;
use serde_json::{Map, Value, json};
use skip::{outside_folder, skip};

const COVERS: &str = "COMPAT_PEERS_ANSWERS_FOR_COVERS";
/// Timeout of a peer for one pair. `covers` has no budget of its own, so it runs in a child process.
const TIMEOUT: Duration = Duration::from_secs(10);

fn main() {
    if std::env::var_os(COVERS).is_some() {
        return answer_for_covers();
    }
    let mut others: Vec<Peers> = Peers::find().into_iter().collect();
    if others.is_empty() {
        skip("peers of the prover", "run `cargo build --release` in crates/json-schema-containment/tests/peers");
    }
    let program = std::env::current_exe().unwrap();
    others.push(Peers::new(move || {
        let mut command = Command::new(&program);
        command.env(COVERS, "1");
        command
    }));

    // Like criterion, `--test` checks the answers only.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let (events, largest) = if is_test { (50, 5) } else { (1_000, 50) };
    let events = (0..events).map(|number| {
        let (narrow, wide) = (event(number, 1), event(number, 2));
        let contained = number % 2 == 0;
        let (writer, reader) = if contained { (narrow, wide) } else { (wide, narrow) };
        Pair { writer, reader, draft: Draft::Draft202012, contained: Some(contained) }
    });
    let events: Vec<_> = events.collect();
    measure(&format!("{} pairs of events", events.len()), &events, &mut others);

    if let Some(outside) = outside_folder() {
        let mut pairs = outside_pairs(&outside.join("cases/compat"));
        pairs.sort_by_key(|pair| std::cmp::Reverse(pair.size()));
        pairs.truncate(largest);
        let sizes = [pairs.first(), pairs.last()].map(|pair| pair.map_or(0, Pair::size));
        let title = format!("the {largest} largest outside pairs, {} down to {} bytes", sizes[0], sizes[1]);
        measure(&title, &pairs, &mut others);
    }
}

struct Pair {
    writer: Value,
    reader: Value,
    draft: Draft,
    contained: Option<bool>,
}

impl Pair {
    fn size(&self) -> usize {
        self.writer.to_string().len() + self.reader.to_string().len()
    }
}

/// Verdicts of one library, and its times.
#[derive(Default)]
struct Tally {
    verdicts: BTreeMap<String, usize>,
    times: Vec<Duration>,
}

impl Tally {
    fn add(&mut self, verdict: &str, took: Duration) {
        *self.verdicts.entry(verdict.to_owned()).or_default() += 1;
        self.times.push(took);
    }

    fn print(mut self, name: &str) {
        self.times.sort();
        let count = self.times.len();
        let (median, slowest) = (self.times[count / 2], self.times[count - 1]);
        let mean = self.times.iter().sum::<Duration>() / u32::try_from(count).unwrap();
        let verdicts: Vec<_> = self.verdicts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
        println!("  {name:17} median {median:9.1?}  mean {mean:9.1?}  slowest {slowest:9.1?}  {}", verdicts.join(", "));
    }
}

fn measure(title: &str, pairs: &[Pair], others: &mut [Peers]) {
    println!("{title}");
    let (mut ours, mut proof, mut theirs) = (Tally::default(), Tally::default(), BTreeMap::<String, Tally>::new());
    for pair in pairs {
        let question = Question::new(&pair.writer, &pair.reader).draft(pair.draft);
        let (verdict, took) = timed(|| question.ask().unwrap());
        match (&verdict, pair.contained) {
            (Verdict::Contained, Some(false)) | (Verdict::Broken { .. }, Some(true)) => panic!("{}", pair.writer),
            (Verdict::Contained | Verdict::Broken { .. }, _) => {}
            (Verdict::Undecided { reason }, _) => panic!("{reason}: {}", pair.writer),
        }
        ours.add(verdict.as_str(), took);
        let (verdict, took) = timed(|| question.clone().random_samples(0).ask().unwrap());
        proof.add(verdict.as_str(), took);
        let [writer, reader] = [&pair.writer, &pair.reader].map(|schema| with_draft(schema, pair.draft));
        for peers in &mut *others {
            let answers = peers.ask(&writer, &reader, TIMEOUT).unwrap_or_else(|| json!({"covers": null}));
            for (name, answer) in answers.as_object().into_iter().flatten().filter(|(name, _)| *name != "id") {
                let took = answer["nanoseconds"].as_u64().map_or(TIMEOUT, Duration::from_nanos);
                theirs.entry(name.clone()).or_default().add(answer["verdict"].as_str().unwrap_or("too slow"), took);
            }
        }
    }
    ours.print("event-contract");
    proof.print("without samples");
    for (name, tally) in theirs {
        tally.print(&name);
    }
}

/// Adds `$schema` for older drafts: peers determine the draft from it.
fn with_draft(schema: &Value, draft: Draft) -> Value {
    let mut schema = schema.clone();
    if let (Value::Object(members), Draft::Draft4 | Draft::Draft6 | Draft::Draft7) = (&mut schema, draft) {
        let uri = format!("http://json-schema.org/draft-0{draft}/schema#");
        members.entry("$schema").or_insert(json!(uri));
    }
    schema
}

fn timed<T>(ask: impl Fn() -> T) -> (T, Duration) {
    let once = || {
        let start = Instant::now();
        let answer = black_box(ask());
        (answer, start.elapsed())
    };
    let (answer, mut took) = once();
    if took < Duration::from_millis(20) {
        took = took.min(once().1).min(once().1);
    }
    (answer, took)
}

/// Answers questions on standard input with `covers`: the bench runs itself as a child process.
fn answer_for_covers() {
    for line in std::io::stdin().lock().lines() {
        let question: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let canonical = |role: &str| -> Option<CanonicalSchema> {
            options().offline().should_validate_formats(false).canonicalize(&question[role]).ok()
        };
        let (verdict, took) = timed(|| match (canonical("writer"), canonical("reader")) {
            (Some(writer), Some(reader)) => match reader.covers(&writer) {
                Ok(Containment::Yes) => "contained",
                Ok(Containment::No) => "broken",
                Ok(Containment::Unknown) | Err(_) => "undecided",
            },
            _ => "undecided",
        });
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap();
        println!("{}", json!({"covers": {"verdict": verdict, "nanoseconds": nanoseconds}}));
    }
}

/// Returns the closed schema of an event with 8 to 24 fields of various kinds. With `width` 2, a third of them is wider.
fn event(number: usize, width: usize) -> Value {
    let fields = 8 + number % 17;
    let named = (0..fields).map(|index| {
        let wider = index == 0 || (number + index).is_multiple_of(3);
        (
            format!("{}{index}", ["order", "parcel", "customer", "at"][index % 4]),
            field(number + 7 * index, if wider { width } else { 1 }),
        )
    });
    let properties: Map<String, Value> = named.collect();
    let required: Vec<_> = properties.keys().step_by(2).cloned().collect();
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

fn field(kind: usize, width: usize) -> Value {
    let text = |length: usize| json!({"type": "string", "minLength": 1, "maxLength": length});
    let money = || {
        json!({"type": "object", "required": ["amount", "currency"], "additionalProperties": false, "properties": {
        "amount": {"type": "integer", "minimum": 0, "maximum": 1_000_000 * width}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}}})
    };
    match kind % 12 {
        0 => text(40 * width),
        1 => json!({"type": "integer", "minimum": 0, "maximum": 999 * width}),
        2 => json!({"enum": &["web", "app", "phone"][..=width]}),
        3 => money(),
        4 => json!({"type": "array", "minItems": 1, "maxItems": 200, "items": {
            "type": "object", "required": ["sku", "quantity", "price"], "additionalProperties": false,
            "properties": {"sku": text(40), "quantity": {"type": "integer", "minimum": 1, "maximum": 99 * width}, "price": money()}}}),
        5 => json!({"anyOf": [{"type": "null"}, {"type": "object", "required": ["familyName"], "properties": {
            "givenName": text(100), "familyName": text(100 * width)}}]}),
        6 => json!({"type": if width == 1 { json!("boolean") } else { json!(["boolean", "null"]) }}),
        7 => json!({"type": "string", "format": "date-time", "maxLength": 40 * width}),
        8 => json!({"type": if width == 1 { "integer" } else { "number" }}),
        9 => {
            json!({"type": "string", "pattern": if width == 1 { "^[A-Z]{2}[0-9]{4}$" } else { "^[A-Z]{2}[0-9]{4,8}$" }})
        }
        10 => json!({"oneOf": [
            {"type": "object", "required": ["kind", "last4"], "properties": {"kind": {"const": "card"}, "last4": text(4 * width)}},
            {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "invoice"}, "days": {"type": "integer", "minimum": 0}}}]}),
        _ => {
            json!({"type": "object", "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 10 * width}})
        }
    }
}

fn outside_pairs(folder: &Path) -> Vec<Pair> {
    let files = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let texts = files.filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    let pair = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        Pair {
            draft: line["draft"].as_str().unwrap().parse().unwrap(),
            contained: line["contained"].as_bool(),
            writer: line["writer"].take(),
            reader: line["reader"].take(),
        }
    };
    texts.flat_map(|path| std::fs::read_to_string(path).unwrap().lines().map(pair).collect::<Vec<_>>()).collect()
}
