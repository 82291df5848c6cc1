//! Runs the campaign over the batch that was compiled; CONTRIBUTING.md has the commands.
//!
//! For each pair of types, documents are drawn: values that a type writes, samples of its writer schema, and mutations of
//! both. Five parties speak of each document: serde, [`Reader`](event_contract::Reader), the schemas of the types, two
//! validators, and the prover.

mod cell;
mod mutate;
mod report;
mod run;

use std::io::Write as _;
use std::process::ExitCode;
use std::{env, fs, io, panic};

use json_schema_containment::Question;

use cell::Asked;
use run::{Settings, run};

fn main() -> ExitCode {
    let mut settings = Settings {
        documents: 400,
        asked: Asked { assert_formats: false, budget: Question::DEFAULT_BUDGET },
        threads: 2,
    };
    let mut lines = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument}: expected a value"));
        match argument.as_str() {
            "--documents" => settings.documents = value().parse().expect("--documents: expected a number"),
            "--threads" => settings.threads = value().parse().expect("--threads: expected a number"),
            "--budget" => settings.asked.budget = value().parse().expect("--budget: expected a number"),
            "--assert-formats" => settings.asked.assert_formats = true,
            "--lines" => lines = Some(value()),
            other => {
                panic!("unknown argument {other}: expected --documents, --threads, --budget, --assert-formats, --lines")
            }
        }
    }
    // A type that panics is a difference of its own.
    if env::var_os("RUST_BACKTRACE").is_none() {
        panic::set_hook(Box::new(|_| {}));
    }
    let report = run(settings);
    if let Some(path) = lines {
        let text: String = report.json_lines().iter().map(|line| format!("{line}\n")).collect();
        if let Err(error) = fs::write(&path, text) {
            let _ = writeln!(io::stderr(), "{path}: {error}");
            return ExitCode::from(2);
        }
    }
    let _ = write!(io::stdout(), "{report}");
    ExitCode::SUCCESS
}
