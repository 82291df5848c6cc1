//! Compares two schema files: prints the verdict, and each incompatibility with its witness.
//!
//! ```sh
//! cargo run -p json-schema-containment --example compare -- writer.json reader.json [--draft 7]
//! ```
//!
//! The exit code is 0 for contained, 1 for broken, 3 for undecided, 2 for an error. Without arguments it compares two
//! versions of an order.

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use json_schema_containment::{Draft, Question, Verdict};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    compare(&arguments).unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(2)
    })
}

fn compare(arguments: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (writer, reader, draft) = match arguments[..] {
        [] => (order(&["open", "paid", "lost"]), order(&["open", "paid"]), Draft::Draft202012),
        [writer, reader] => (parse(writer)?, parse(reader)?, Draft::Draft202012),
        [writer, reader, "--draft", draft] => (parse(writer)?, parse(reader)?, draft.parse()?),
        _ => return Err("usage: compare WRITER.json READER.json [--draft 4|6|7|2019-09|2020-12]".into()),
    };
    let verdict = Question::new(&writer, &reader).draft(draft).ask()?;
    println!("{}", verdict.as_str());
    match verdict {
        Verdict::Contained => Ok(ExitCode::SUCCESS),
        Verdict::Broken { incompatibilities, .. } => {
            for incompatibility in &incompatibilities {
                println!(
                    "\n{incompatibility}\n  {}\n  example: {}",
                    incompatibility.kind.explanation(),
                    incompatibility.witness.document()
                );
                if let Some(keyword) = &incompatibility.writer {
                    println!("  writer: {keyword}");
                }
            }
            Ok(ExitCode::FAILURE)
        }
        Verdict::Undecided { reason } => {
            println!("{reason}");
            Ok(ExitCode::from(3))
        }
    }
}

fn parse(file: &str) -> Result<Value, Box<dyn Error>> {
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read {file}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{file} is not JSON: {error}").into())
}

fn order(states: &[&str]) -> Value {
    json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "status": {"enum": states}}})
}
