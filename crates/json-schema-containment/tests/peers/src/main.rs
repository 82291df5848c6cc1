//! Answers one question a line, `{"id","writer","reader"}` of draft 2020-12, with the verdicts of other tools and their times:
//! `{"id", "jsoncompat": {"verdict", "witness", "reason", "nanoseconds"}, "json-schema-diff": {…}}`.
//!
//! `jsoncompat` answers `contained`, `broken` with a witness, or `undecided`. `json-schema-diff` lists changes: that is
//! `contained` if none of them is breaking, and otherwise `broken`, without a witness. It has no undecided answer.

use std::hint::black_box;
use std::io::{self, BufRead as _, Write as _};
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use jsoncompat::{AnalysisOptions, CompatibilityResult, Role, SchemaDocument, analyze_compat_with_options};
use serde_json::{Value, json};

fn main() -> io::Result<()> {
    // A panic of a peer is part of its answer, not of the output.
    panic::set_hook(Box::new(|_| {}));
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let question: Value = serde_json::from_str(&line?)?;
        let (writer, reader) = (&question["writer"], &question["reader"]);
        let answer = json!({
            "id": question["id"],
            "jsoncompat": timed(|| jsoncompat(writer, reader)),
            "json-schema-diff": timed(|| json_schema_diff(writer, reader)),
        });
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

/// Runs a peer, up to three times, and adds the shortest time to its answer.
fn timed(ask: impl Fn() -> Value) -> Value {
    let once = || {
        let start = Instant::now();
        let answer = panic::catch_unwind(AssertUnwindSafe(|| black_box(ask())));
        (start.elapsed(), answer)
    };
    let (mut took, answer) = once();
    if took < Duration::from_millis(20) {
        took = took.min(once().0).min(once().0);
    }
    let mut answer = answer.unwrap_or_else(|_| json!({"verdict": "undecided", "reason": "it panicked"}));
    answer["nanoseconds"] = json!(took.as_nanos() as u64);
    answer
}

fn jsoncompat(writer: &Value, reader: &Value) -> Value {
    let undecided = |reason: String| json!({"verdict": "undecided", "reason": reason});
    let (writer, reader) = match (SchemaDocument::from_json(writer), SchemaDocument::from_json(reader)) {
        (Ok(writer), Ok(reader)) => (writer, reader),
        (Err(error), _) | (_, Err(error)) => return undecided(error.to_string()),
    };
    // For a serializer, the question is if the new schema is contained in the old one.
    match analyze_compat_with_options(&reader, &writer, Role::Serializer, AnalysisOptions::default()) {
        Ok(CompatibilityResult::Compatible) => json!({"verdict": "contained"}),
        Ok(CompatibilityResult::Incompatible { counterexample, .. }) => {
            json!({"verdict": "broken", "witness": counterexample})
        }
        Ok(CompatibilityResult::Unknown { reason }) => undecided(reason),
        Err(error) => undecided(error.to_string()),
    }
}

fn json_schema_diff(writer: &Value, reader: &Value) -> Value {
    match json_schema_diff::diff(writer.clone(), reader.clone()) {
        Ok(changes) => {
            let breaks = changes.iter().any(|change| change.change.is_breaking());
            json!({"verdict": if breaks { "broken" } else { "contained" }})
        }
        Err(error) => json!({"verdict": "undecided", "reason": error.to_string()}),
    }
}
