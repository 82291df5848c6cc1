//! Runs the campaign over the batch that was compiled; CONTRIBUTING.md has the commands.
//!
//! For each pair of types, documents are drawn: values that a type writes, samples of its writer schema, and mutations of
//! both. Five parties speak of each document: serde, [`Reader`](event_contract::Reader), the schemas of the types, two
//! validators, and the prover.
//!
//! | argument | meaning |
//! |---|---|
//! | `--documents N` | documents of a cell, 400 by default |
//! | `--threads N`, `--budget N` | threads; steps of a question |
//! | `--ignore-formats` | formats are annotations to the prover; to the validators, they are always assertions |
//! | `--lines FILE` | writes all differences as JSON lines |
//! | `--merge FILE…` | sums up the lines of earlier runs, and runs nothing |
//! | `--strict` | open differences are errors, too |

mod cell;
mod mutate;
mod reason;
mod report;
mod run;

use std::io::Write as _;
use std::process::ExitCode;
use std::{env, fs, io, panic};

use json_schema_containment::Question;

use cell::Asked;
use report::Summary;
use run::{Settings, run};

fn main() -> ExitCode {
    let mut settings = Settings {
        documents: 400,
        // As for the columns of a check that are Rust types.
        asked: Asked { assert_formats: true, budget: Question::DEFAULT_BUDGET },
        threads: 2,
    };
    let (mut path, mut merged, mut is_strict) = (None, Vec::new(), false);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument}: expected a value"));
        let number = |text: String| text.parse().unwrap_or_else(|_| panic!("{argument}: expected a number"));
        match argument.as_str() {
            "--documents" => settings.documents = number(value()),
            "--threads" => settings.threads = number(value()),
            "--budget" => settings.asked.budget = number(value()) as u64,
            "--ignore-formats" => settings.asked.assert_formats = false,
            "--lines" => path = Some(value()),
            "--strict" => is_strict = true,
            "--merge" => merged.extend(arguments.by_ref()),
            other => panic!("unknown argument {other}: see the documentation of the program"),
        }
    }
    let mut summary = Summary::default();
    if merged.is_empty() {
        // A type that panics is a difference of its own.
        if env::var_os("RUST_BACKTRACE").is_none() {
            panic::set_hook(Box::new(|_| {}));
        }
        let lines = run(settings).json_lines();
        for line in &lines {
            summary.add(line);
        }
        if let Some(path) = path {
            let text = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            fs::write(&path, text).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
    }
    for path in merged {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        for line in text.lines() {
            summary.add(&serde_json::from_str(line).unwrap_or_else(|error| panic!("{path}: {error}")));
        }
    }
    let _ = write!(io::stdout(), "{summary}");
    if summary.unexplained.is_empty() && !(is_strict && summary.open > 0) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
