//! Comparison of verdicts with `jsonschema::canonical`, a decision procedure that shares no code with this crate.
//!
//! It is experimental, has no budget, and gives no counterexample, so that no verdict rests on it. But where both
//! decide, the verdicts have to agree: on the cases of the suite in both directions, on generated pairs, and on the outside
//! cases where `EVENT_CONTRACT_OUTSIDE` names their folder (see `outside.rs`).
//!
//! The long run: `PROPTEST_CASES=20000 cargo test --release -p json-schema-containment --test cross_check_canonical`.

#[path = "../src/laws/generator.rs"]
mod generator;
#[path = "../../../tests/support/skip.rs"]
mod skip;

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use generator::{mutate, part, schema};
use json_schema_containment::{Draft, Question, Verdict};
use jsonschema::canonical::{CanonicalSchema, Containment};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{TestCaseError, TestRunner};
use serde_json::Value;
use skip::outside_folder;

/// Largest schema that is canonicalized, in JSON values and in branches, with each reference replaced by its target.
///
/// Canonicalization is exponential in both, and nothing stops it.
const MAX_VALUES: usize = 1_000;
const MAX_BRANCHES: usize = 40;

struct Pair<'a> {
    writer: &'a Value,
    reader: &'a Value,
    draft: Draft,
    assert_formats: bool,
}

impl Pair<'_> {
    /// Asks both; returns true if both decide. The error is a contradiction between them.
    fn cross_check(&self) -> Result<bool, String> {
        let question = Question::new(self.writer, self.reader).draft(self.draft).assert_formats(self.assert_formats);
        let ours = question.budget(60_000).ask();
        if self.draft_of(self.writer) != self.draft_of(self.reader) {
            // Canonical schemas of different drafts are compared as if they were of one.
            return Ok(false);
        }
        let theirs = match (self.canonicalize(self.writer), self.canonicalize(self.reader)) {
            (Some(writer), Some(reader)) => reader.covers(&writer),
            _ => return Ok(false),
        };
        match (ours, theirs) {
            (Ok(Verdict::Contained), Ok(Containment::Yes)) | (Ok(Verdict::Broken { .. }), Ok(Containment::No)) => {
                Ok(true)
            }
            (Ok(verdict @ Verdict::Contained), Ok(Containment::No))
            | (Ok(verdict @ Verdict::Broken { .. }), Ok(Containment::Yes)) => {
                let Self { writer, reader, draft, .. } = self;
                Err(format!("draft {draft}, writer {writer}, reader {reader}: canonical differs from {verdict:?}"))
            }
            (Ok(Verdict::Undecided { .. }) | Err(_), _) | (_, Ok(Containment::Unknown) | Err(_)) => Ok(false),
        }
    }

    fn draft_of(&self, schema: &Value) -> Draft {
        Draft::named_by(schema).ok().flatten().unwrap_or(self.draft)
    }

    fn canonicalize(&self, schema: &Value) -> Option<CanonicalSchema> {
        // Canonicalization asserts `dependencies` in drafts that do not define it any more. Here it is taken both ways,
        // because validators differ, and the worse verdict counts.
        let is_undefined =
            self.draft_of(schema) >= Draft::Draft201909 && schema.to_string().contains("\"dependencies\"");
        if is_undefined || !is_small(schema) {
            return None;
        }
        let options = jsonschema::canonical::options().with_draft(outside(self.draft_of(schema))).offline();
        options.should_validate_formats(self.assert_formats).canonicalize(schema).ok()
    }
}

const fn outside(draft: Draft) -> jsonschema::Draft {
    match draft {
        Draft::Draft4 => jsonschema::Draft::Draft4,
        Draft::Draft6 => jsonschema::Draft::Draft6,
        Draft::Draft7 => jsonschema::Draft::Draft7,
        Draft::Draft201909 => jsonschema::Draft::Draft201909,
        Draft::Draft202012 => jsonschema::Draft::Draft202012,
    }
}

fn is_small(schema: &Value) -> bool {
    let mut size = Size { root: schema, expanding: Vec::new(), values: 0, branches: 0 };
    size.add(schema);
    !size.is_too_large()
}

/// Size of a schema whose references are replaced by their targets, a recursive one once.
struct Size<'a> {
    root: &'a Value,
    expanding: Vec<&'a str>,
    values: usize,
    branches: usize,
}

impl<'a> Size<'a> {
    const fn is_too_large(&self) -> bool {
        self.values > MAX_VALUES || self.branches > MAX_BRANCHES
    }

    fn add(&mut self, value: &'a Value) {
        self.values += 1;
        if self.is_too_large() {
            return;
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            Value::Object(members) => {
                for (name, member) in members {
                    match (name.as_str(), member) {
                        // Canonicalization asserts the content keywords, which are annotations here.
                        (name, _) if name.starts_with("content") => self.values += MAX_VALUES,
                        ("anyOf" | "oneOf" | "allOf" | "not" | "if", member) => {
                            self.branches += member.as_array().map_or(1, Vec::len);
                        }
                        ("$ref", Value::String(reference)) => self.expand(reference),
                        _ => {}
                    }
                    self.add(member);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn expand(&mut self, reference: &'a str) {
        if self.expanding.contains(&reference) {
            return;
        }
        match reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)) {
            Some(target) => {
                self.expanding.push(reference);
                self.add(target);
                self.expanding.pop();
            }
            // The target is in another document or has an anchor: its size is not known.
            None => self.values += MAX_VALUES,
        }
    }
}

#[test]
fn verdicts_on_the_suite_agree_with_canonical() {
    let mut files: Vec<PathBuf> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let (mut decided, mut contradictions) = (0, Vec::new());
    for file in files {
        let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        for case in &cases {
            for draft in case["drafts"].as_array().unwrap() {
                let draft = draft.as_str().unwrap().parse().unwrap();
                let assert_formats = case["formats"] == true;
                for (writer, reader) in [("writer", "reader"), ("reader", "writer")] {
                    match (Pair { writer: &case[writer], reader: &case[reader], draft, assert_formats }).cross_check() {
                        Ok(both) => decided += usize::from(both),
                        Err(contradiction) => contradictions.push(format!("{}: {contradiction}", file.display())),
                    }
                }
            }
        }
    }
    println!("suite: {decided} pairs decided by both");
    assert!(contradictions.is_empty(), "{}", contradictions.join("\n"));
    assert!(decided > 1_000, "{decided}");
}

#[test]
fn verdicts_on_generated_pairs_agree_with_canonical() {
    let decided = Cell::new(0_usize);
    let pairs = (
        schema(),
        part(),
        any::<Index>(),
        any::<bool>(),
        any::<bool>(),
        select(&[Draft::Draft7, Draft::Draft202012][..]),
    );
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let cases = config.cases as usize;
    TestRunner::new(config)
        .run(&pairs, |(writer, other, at, drop, swap, draft)| {
            let reader = mutate(&writer, at, &other, drop);
            let (writer, reader) = if swap { (&reader, &writer) } else { (&writer, &reader) };
            let both =
                Pair { writer, reader, draft, assert_formats: false }.cross_check().map_err(TestCaseError::fail)?;
            decided.set(decided.get() + usize::from(both));
            Ok(())
        })
        .unwrap();
    println!("generated: {} of {cases} pairs decided by both", decided.get());
    assert!(decided.get() * 4 > cases, "{} of {cases}", decided.get());
}

#[test]
fn verdicts_on_outside_cases_agree_with_canonical() {
    let Some(outside) = outside_folder() else { return };
    let mut files: Vec<PathBuf> = fs::read_dir(outside.join("cases/compat"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    files.sort();
    let (mut decided, mut contradictions) = (0, Vec::new());
    for file in files {
        for line in fs::read_to_string(file).unwrap().lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            let draft = case["draft"].as_str().unwrap().parse().unwrap();
            let pair = Pair { writer: &case["writer"], reader: &case["reader"], draft, assert_formats: false };
            match pair.cross_check() {
                Ok(both) => decided += usize::from(both),
                Err(contradiction) => contradictions.push(format!("{}: {contradiction}", case["id"])),
            }
        }
    }
    println!("outside: {decided} pairs decided by both");
    assert!(contradictions.is_empty(), "{}", contradictions.join("\n"));
}
