//! What others say that a pattern matches: recordings of the service itself, and the suites of its matcher.
//!
//! They are not part of this project: the tests run where `EVENT_CONTRACT_OUTSIDE` names the folder that holds them.

#[path = "../../../tests/support/skip.rs"]
mod skip;

use std::fs;

use eventbridge_pattern::{Pattern, RuleSet};
use serde::Deserialize;
use serde_json::{Value, json};
use skip::outside_folder;

#[derive(Deserialize)]
struct Case {
    id: String,
    pattern: String,
    event: Option<String>,
    r#match: Value,
}

fn cases(suite: &str) -> Option<Vec<Case>> {
    let outside = outside_folder()?;
    let file = outside.join("cases/pattern").join(suite).with_extension("jsonl");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Matches one case: the value of `match` in the files, and whether the event was refused. An event that is not JSON is
/// refused, also where the pattern decides before its end.
fn answer(pattern: &str, event: Option<&str>) -> (Value, bool) {
    let Ok(pattern) = Pattern::parse(pattern) else { return (json!("invalid-pattern"), false) };
    let Some(event) = event else { return (json!(true), false) };
    if serde_json::from_str::<serde::de::IgnoredAny>(event).is_err() {
        return (json!(false), true);
    }
    pattern.matches(event).map_or((json!(false), true), |matches| (json!(matches), false))
}

/// The cases that are answered otherwise, with the answer.
fn otherwise(suite: &str) -> Option<Vec<String>> {
    let cases = cases(suite)?;
    let mut otherwise = Vec::new();
    for Case { id, pattern, event, r#match } in &cases {
        let (answer, is_invalid_event) = answer(pattern, event.as_deref());
        let agrees = match r#match.as_str() {
            Some("valid-pattern") => answer == true,
            Some("invalid-event") => answer == false && is_invalid_event,
            Some(_) | None => answer == *r#match,
        };
        if !agrees {
            otherwise.push(format!("{id}: {answer}"));
        }
        // As a set and explained, it is the same.
        if let (Ok(pattern), Some(event)) = (Pattern::parse(pattern), event)
            && let Ok(matches) = pattern.matches(event)
        {
            let set: RuleSet<()> = [((), pattern.clone())].into_iter().collect();
            assert_eq!(set.matches(event).unwrap().len(), usize::from(matches), "{id}");
            assert_eq!(pattern.why(event).unwrap().matches(), matches, "{id}");
        }
    }
    println!("{suite}: {} of {} as expected", cases.len() - otherwise.len(), cases.len());
    Some(otherwise)
}

#[test]
fn the_service() {
    let Some(otherwise) = otherwise("localstack-aws") else { return };
    // An object that is no envelope is refused by the call that tests patterns, and by nothing that delivers events.
    assert_eq!(otherwise, ["localstack/test_invalid_event_payload: false"]);
}

#[test]
fn the_matcher_of_the_service() {
    let Some(otherwise) = otherwise("event-ruler") else { return };
    assert_eq!(otherwise, [""; 0]);
}

#[test]
fn a_validator_of_templates() {
    let Some(otherwise) = otherwise("cfn-validate") else { return };
    // The empty list under anything-but: it compiles, and then the service answers with an internal failure.
    let group = "cfn-validate/anything_but_requires_supported_homogeneous_values";
    assert_eq!(
        otherwise,
        [format!("{group}/1185-49: \"invalid-pattern\""), format!("{group}/1186-50: \"invalid-pattern\"")]
    );
}
