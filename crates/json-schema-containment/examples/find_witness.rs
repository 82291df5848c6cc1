//! Finds the smallest string on which two patterns differ, and a document that two schemas have in common.
//!
//! ```sh
//! cargo run -p json-schema-containment --example find_witness
//! ```

use std::error::Error;

use json_schema_containment::{Intersection, Question, Verdict, find_common_document};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let number = json!({"type": "string", "pattern": "^[0-9]{4,6}$"});
    let code = json!({"type": "string", "pattern": "^[1-9][0-9]*$"});

    match Question::new(&number, &code).ask()? {
        Verdict::Broken { witness, .. } => println!("a number that is not a code: {}", witness.document()),
        Verdict::Contained => println!("every number is a code"),
        Verdict::Undecided { reason } => println!("unknown: {reason}"),
    }
    match find_common_document(&number, &code, Question::DEFAULT_BUDGET)? {
        Intersection::Document(document) => println!("a number that is a code: {document}"),
        Intersection::Empty => println!("no number is a code"),
        Intersection::Undecided(reason) => println!("undecided: {reason}"),
    }
    Ok(())
}
