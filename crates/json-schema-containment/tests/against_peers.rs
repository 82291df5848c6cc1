//! Comparison of verdicts with `jsoncompat`, which supports draft 2020-12. If both decide and differ, the `jsonschema`
//! validator arbitrates, and our verdict has to be the right one.
//!
//! ```text
//! cargo build --release --manifest-path crates/json-schema-containment/tests/peers/Cargo.toml
//! PROPTEST_CASES=20000 cargo test --release -p json-schema-containment --test against_peers -- --nocapture
//! ```
//!
//! `EVENT_CONTRACT_OUTSIDE` is used as in `outside.rs`.

#[path = "../src/laws/generator.rs"]
mod generator;
#[path = "peers/program.rs"]
mod program;
#[path = "../../../tests/support/skip.rs"]
mod skip;

use std::cell::{Cell, RefCell};
use std::fs;
use std::time::Duration;

use generator::{mutate, part, schema};
use json_schema_containment::{Draft, Question, Verdict};
use program::Peers;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{TestCaseError, TestRunner};
use serde_json::{Value, json};
use skip::{outside_folder, skip};

const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Default)]
struct Tally {
    asked: Cell<usize>,
    agreed: Cell<usize>,
    we_alone: Cell<usize>,
    they_alone: Cell<usize>,
    they_are_wrong: RefCell<Vec<String>>,
    /// Questions without an answer of the peer: it took too long, or exited.
    they_are_silent: RefCell<Vec<String>>,
}

fn count(number: &Cell<usize>) {
    number.set(number.get() + 1);
}

fn accepts(schema: &Value, document: &Value) -> bool {
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(false);
    options.offline().build(schema).unwrap().is_valid(document)
}

fn shows(document: &Value, writer: &Value, reader: &Value) -> bool {
    accepts(writer, document) && !accepts(reader, document)
}

/// Asks this crate and the peer; the error is a wrong verdict of this crate.
fn compare(peers: &mut Peers, tally: &Tally, writer: &Value, reader: &Value) -> Result<(), String> {
    let Ok(ours) = Question::new(writer, reader).random_samples(0).budget(60_000).ask() else { return Ok(()) };
    let theirs = peers.ask(writer, reader, PATIENCE).map_or(Value::Null, |answers| answers["jsoncompat"].clone());
    let say = |what: &str, document: &Value| format!("{what}: {document} of {writer} and {reader}");
    count(&tally.asked);
    if theirs.is_null() {
        tally.they_are_silent.borrow_mut().push(format!("no answer to {writer} and {reader}"));
    }
    match (ours, theirs["verdict"].as_str()) {
        (Verdict::Contained, Some("contained")) => count(&tally.agreed),
        (Verdict::Contained, Some("broken")) => {
            if shows(&theirs["witness"], writer, reader) {
                return Err(say("we say contained", &theirs["witness"]));
            }
            tally.they_are_wrong.borrow_mut().push(say("no witness", &theirs["witness"]));
        }
        (Verdict::Broken { witness, .. }, Some(verdict @ ("contained" | "broken"))) => {
            if !shows(witness.document(), writer, reader) {
                return Err(say("we say broken", witness.document()));
            }
            if verdict == "broken" {
                count(&tally.agreed);
            } else {
                tally.they_are_wrong.borrow_mut().push(say("a witness", witness.document()));
            }
        }
        (Verdict::Undecided { .. }, Some("broken")) => {
            // The peer may be wrong: its witness counts only if it is confirmed.
            if shows(&theirs["witness"], writer, reader) {
                count(&tally.they_alone);
            }
        }
        (Verdict::Undecided { .. }, Some("contained")) => count(&tally.they_alone),
        (Verdict::Contained | Verdict::Broken { .. }, _) => count(&tally.we_alone),
        (Verdict::Undecided { .. }, _) => {}
    }
    Ok(())
}

impl Tally {
    fn print(&self, what: &str) {
        let [asked, agreed, we, they] = [&self.asked, &self.agreed, &self.we_alone, &self.they_alone].map(Cell::get);
        let (wrong, silent) = (self.they_are_wrong.borrow(), self.they_are_silent.borrow());
        println!(
            "{what}: {asked} asked, {agreed} agreed, {we} by us alone, {they} by them alone, {} wrong of them, {} not \
             answered by them",
            wrong.len(),
            silent.len()
        );
        wrong.iter().chain(silent.iter()).take(20).for_each(|line| println!("  {line}"));
    }
}

/// Returns the peers, or reports the test as skipped.
fn peers() -> Option<Peers> {
    let peers = Peers::find();
    if peers.is_none() {
        skip("peers of the prover", "run `cargo build --release` in crates/json-schema-containment/tests/peers");
    }
    peers
}

/// Replaces arrays of schemas under `items`, which draft 2020-12 does not have.
fn adapt_items(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(adapt_items).collect(),
        Value::Object(members) => {
            let right = |(name, member): (&String, &Value)| match (name.as_str(), member) {
                ("enum" | "const", member) => (name.clone(), member.clone()),
                ("items", Value::Array(_)) => (name.clone(), json!({})),
                (_, member) => (name.clone(), adapt_items(member)),
            };
            members.iter().map(right).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn verdicts_on_generated_pairs_are_right_wherever_a_peer_disagrees() {
    let Some(peers) = peers() else { return };
    let (peers, tally) = (RefCell::new(peers), Tally::default());
    let questions = (schema(), part(), any::<Index>(), any::<bool>(), any::<bool>());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&questions, |(writer, other, at, drop, swap)| {
            let (writer, reader) = (adapt_items(&writer), adapt_items(&mutate(&writer, at, &other, drop)));
            let (writer, reader) = if swap { (reader, writer) } else { (writer, reader) };
            compare(&mut peers.borrow_mut(), &tally, &writer, &reader).map_err(TestCaseError::fail)
        })
        .unwrap();
    tally.print("generated");
    assert!(
        tally.agreed.get() * 10 > tally.asked.get(),
        "expected at least a tenth of the verdicts to agree: {tally:?}"
    );
}

#[test]
fn verdicts_on_outside_cases_are_right_wherever_a_peer_disagrees() {
    let Some(mut peers) = peers() else { return };
    let Some(outside) = outside_folder() else { return };
    let mut files: Vec<_> = fs::read_dir(outside.join("cases/compat")).unwrap().flatten().collect();
    files.sort_by_key(fs::DirEntry::path);
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| file.path().extension().is_some_and(|extension| extension == "jsonl")) {
        let tally = Tally::default();
        for line in fs::read_to_string(file.path()).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let (writer, reader) = (&line["writer"], &line["reader"]);
            let is_ours = |schema| matches!(Draft::named_by(schema), Ok(None | Some(Draft::Draft202012)));
            if line["draft"] == "2020-12" && is_ours(writer) && is_ours(reader) {
                wrong.extend(compare(&mut peers, &tally, writer, reader).err());
            }
        }
        if tally.asked.get() > 0 {
            tally.print(&file.file_name().to_string_lossy());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
