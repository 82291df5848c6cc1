//! What others say that a pattern matches: recordings of the service itself, and the suites of its matcher.
//!
//! They are not part of this project: the tests run where `EVENT_CONTRACT_OUTSIDE` names the folder that holds them,
//! and say so where it does not.

use std::fs;
use std::path::PathBuf;

use event_contract::pattern::{Pattern, Settings, answer};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Case {
    id: String,
    pattern: String,
    event: Option<String>,
    r#match: Value,
}

fn cases(suite: &str) -> Option<Vec<Case>> {
    let Some(outside) = std::env::var_os("EVENT_CONTRACT_OUTSIDE") else {
        println!("skipped: EVENT_CONTRACT_OUTSIDE does not name a folder of outside cases");
        return None;
    };
    let file = PathBuf::from(outside).join("cases/pattern").join(suite).with_extension("jsonl");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// The cases that are answered otherwise, with the answer.
fn otherwise(suite: &str) -> Option<(usize, Vec<String>)> {
    let cases = cases(suite)?;
    let mut otherwise = Vec::new();
    for Case { id, pattern, event, r#match } in &cases {
        let question = json!({"id": id, "pattern": pattern, "event": event}).to_string();
        let answer: Value = serde_json::from_str(&answer(&question, &Settings::default())).unwrap();
        assert_eq!(answer["id"], **id);
        let agrees = match r#match.as_str() {
            Some("valid-pattern") => answer["match"] == true,
            Some("invalid-event") => answer["match"] == false && answer["reason"].is_string(),
            Some(_) | None => answer["match"] == *r#match,
        };
        if !agrees {
            otherwise.push(format!("{id}: {} ({})", answer["match"], answer["reason"]));
        }
        // The same for an event that was parsed before, where parsing loses nothing that matters.
        if let (Ok(pattern), Some(event)) = (Pattern::parse(pattern), event)
            && let Ok(value) = serde_json::from_str::<Value>(event)
            && serde_json::to_string(&value).unwrap().len() == event.replace([' ', '\n'], "").len()
        {
            let _ = pattern.matches(&value);
        }
    }
    println!("{suite}: {} of {} as expected", cases.len() - otherwise.len(), cases.len());
    Some((cases.len(), otherwise))
}

#[test]
fn the_service() {
    let Some((_, otherwise)) = otherwise("localstack-aws") else { return };
    assert_eq!(otherwise, [""; 0]);
}

#[test]
fn the_matcher_of_the_service() {
    let Some((_, otherwise)) = otherwise("event-ruler") else { return };
    assert_eq!(otherwise, [""; 0]);
}

#[test]
fn a_validator_of_templates() {
    let Some((_, otherwise)) = otherwise("cfn-validate") else { return };
    assert_eq!(otherwise, [""; 0]);
}
