//! Judges from outside: ajv, Python's jsonschema, the parser of AsyncAPI, the validators of OpenAPI.
//!
//! They are installed by `npm ci` and `pip install -r requirements.txt` in `tests/judges`. `EVENT_CONTRACT_JUDGES` names
//! another folder that has their `node_modules` and, in `venv`, their Python; where it is set, they must be there.
//! Otherwise the tests are skipped.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use event_contract::catalog::Catalog;
use event_contract::contract;
use event_contract::registry::Format;
use jsonschema::Draft;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::case::{Dialect, Subject, changes, subjects, subjects_of};
use crate::skip::skip;
use crate::zoo;

/// Verdict of a judge on a schema and on its documents.
#[derive(Debug, Deserialize)]
struct Verdict {
    error: Option<String>,
    valid: Vec<bool>,
}

/// Returns the verdicts of every installed judge; `None` for a case that a judge does not support.
fn judge(cases: &[Value]) -> Vec<(&'static str, Vec<Option<Verdict>>)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges");
    let named = env::var_os("EVENT_CONTRACT_JUDGES").map(PathBuf::from);
    let folder = named.clone().unwrap_or_else(|| here.clone());
    let mut node = Command::new("node");
    node.arg(here.join("judge.cjs")).arg(&folder);
    let python = [folder.join("venv/bin/python"), folder.join("bin/python")].into_iter().find(|path| path.exists());
    let mut python = Command::new(python.unwrap_or_else(|| "python3".into()));
    python.arg(here.join("judge.py"));
    let answers =
        [("node", node), ("python", python)].into_iter().filter_map(|(name, command)| match ask(command, cases) {
            Ok(verdicts) => Some((name, verdicts)),
            Err(why) => {
                assert!(named.is_none(), "{name}: {why}");
                skip(&format!("judges in {name}"), &format!("install tests/judges as in CONTRIBUTING.md: {why}"));
                None
            }
        });
    answers.collect()
}

fn ask(mut command: Command, cases: &[Value]) -> Result<Vec<Option<Verdict>>, String> {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut stdin = child.stdin.take().unwrap();
    let text = serde_json::to_string(cases).unwrap();
    // The program may exit before it has read all input; its exit code tells.
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let _ = writer.join().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0) => Ok(serde_json::from_slice(&output.stdout).unwrap()),
        Some(3) => Err(stderr),
        code => panic!("{command:?}: {code:?}: {stderr}"),
    }
}

fn dialect(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Draft2020 => "2020-12",
        Dialect::Draft2019 => "2019-09",
        Dialect::Draft07 => "draft-07",
        Dialect::Draft04 => "draft-04",
        Dialect::OpenApi30 => "openapi-schema",
    }
}

/// Checks that the judges agree with draft 2020-12; for a wider file, they may accept more.
fn all_judges_agree(subjects: &[Subject], documents: impl Fn(&Subject) -> Vec<Value>) {
    let (mut cases, mut expected) = (Vec::new(), Vec::new());
    for subject in subjects {
        let payloads = documents(subject);
        for format_schema in &subject.format_schemas {
            let documents: Vec<_> = payloads.iter().map(|payload| subject.lift(format_schema.part, payload)).collect();
            let reference = subject.reference(format_schema.part);
            let reference = jsonschema::options().with_draft(Draft::Draft202012).build(&reference).unwrap();
            let valid: Vec<bool> = documents.iter().map(|document| reference.is_valid(document)).collect();
            cases.push(json!({"dialect": dialect(format_schema.dialect), "schema": format_schema.schema, "documents": documents}));
            expected.push((format!("{} as {:?}", subject.name, format_schema.format), valid, format_schema.is_wider));
        }
    }
    for (judge, verdicts) in judge(&cases) {
        let mut judged = 0;
        for ((case, (name, valid, is_wider)), verdict) in cases.iter().zip(&expected).zip(verdicts) {
            let Some(verdict) = verdict else { continue };
            assert_eq!(verdict.error, None, "{judge} of {name}");
            assert_eq!(verdict.valid.len(), valid.len(), "{judge} of {name}");
            for (index, (theirs, ours)) in verdict.valid.iter().zip(valid).enumerate() {
                let agree = theirs == ours || (*theirs && *is_wider);
                assert!(agree, "{judge} of {name}: {theirs}: {}\n{:#}", case["documents"][index], case["schema"]);
            }
            judged += verdict.valid.len();
        }
        eprintln!("{judge}: {judged} documents of {} schemas judged", cases.len());
        assert!(judged > 0);
    }
}

#[test]
fn judges_of_other_languages_agree_on_types() {
    all_judges_agree(&subjects(), |subject| {
        let payloads = subject.payloads(3);
        let changed: Vec<_> = payloads.iter().flat_map(changes).collect();
        // A sample, because each document costs time in four processes.
        let step = changed.len() / 60 + 1;
        payloads.into_iter().chain(changed.into_iter().step_by(step)).collect()
    });
}

#[test]
fn judges_of_other_languages_agree_on_keywords() {
    all_judges_agree(&subjects_of(&zoo::odd()), |_| {
        // ajv follows draft 2019-09 here: items in a failed branch count as evaluated. The others disagree on
        // `dependencies` in draft 2020-12.
        let is_disputed = |name: &str| name.starts_with("unevaluated_items_") || name == "older_words";
        let values = zoo::keywords().into_iter().filter(|(name, _, _)| !is_disputed(name));
        values.flat_map(|(name, _, values)| values.into_iter().map(move |value| json!({ name: value }))).collect()
    });
}

#[test]
fn documents_are_valid_for_their_specifications() {
    let catalogs: [Catalog; 3] = [contract::catalog().unwrap(), zoo::catalog(), zoo::odd()];
    let (mut cases, mut paths) = (Vec::new(), Vec::new());
    for (format, dialect) in [(Format::EventBridgeOpenApi, "openapi"), (Format::AsyncApi, "asyncapi")] {
        for (path, text) in
            catalogs.iter().flat_map(|catalog| format.export(catalog, &|_, version| version.writer_schema()).files)
        {
            let document: Value = serde_json::from_str(&text).unwrap();
            cases.push(json!({"dialect": dialect, "schema": document, "documents": []}));
            paths.push(path);
        }
    }
    for (judge, verdicts) in judge(&cases) {
        assert!(verdicts.iter().flatten().count() > 0);
        for (path, verdict) in paths.iter().zip(verdicts) {
            assert_eq!(verdict.and_then(|verdict| verdict.error), None, "{judge} of {path}");
        }
    }
}
