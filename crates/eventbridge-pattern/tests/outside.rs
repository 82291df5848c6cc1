//! Test suites of others: recordings of the service, and the suites of its matcher and of a template validator.
//!
//! They are not part of this repository: `EVENT_CONTRACT_OUTSIDE` names the folder with them.

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

/// Answers one case as its file does: the value of `match`, and true if the event is invalid.
fn answer(pattern: &str, event: Option<&str>) -> (Value, bool) {
    let Ok(pattern) = Pattern::parse(pattern) else { return (json!("invalid-pattern"), false) };
    let Some(event) = event else { return (json!(true), false) };
    pattern.matches(event).map_or((json!(false), true), |matches| (json!(matches), false))
}

/// Returns the cases with another answer than expected, with that answer.
fn differences(suite: &str) -> Option<Vec<String>> {
    let cases = cases(suite)?;
    let mut differences = Vec::new();
    for Case { id, pattern, event, r#match } in &cases {
        let (answer, is_invalid_event) = answer(pattern, event.as_deref());
        let agrees = match r#match.as_str() {
            Some("valid-pattern") => answer == true,
            Some("invalid-event") => answer == false && is_invalid_event,
            Some(_) | None => answer == *r#match,
        };
        if !agrees {
            differences.push(format!("{id}: {answer}"));
        }
        // The three matchers agree.
        if let (Ok(pattern), Some(event)) = (Pattern::parse(pattern), event)
            && let Ok(matches) = pattern.matches(event)
        {
            let set: RuleSet<()> = [((), pattern.clone())].into_iter().collect();
            assert_eq!(set.matches(event).unwrap().len(), usize::from(matches), "{id}");
            assert_eq!(pattern.explain(event).unwrap().matches(), matches, "{id}");
        }
    }
    println!("{suite}: {} of {} as expected", cases.len() - differences.len(), cases.len());
    Some(differences)
}

#[test]
fn recordings_of_the_service_are_reproduced() {
    let Some(differences) = differences("localstack-aws") else { return };
    // `TestEventPattern` rejects an object that is not an envelope; nothing that delivers events does.
    assert_eq!(differences, ["localstack/test_invalid_event_payload: false"]);
}

#[test]
fn the_suite_of_event_ruler_passes() {
    let Some(differences) = differences("event-ruler") else { return };
    assert_eq!(differences, [""; 0]);
}

#[test]
fn addresses_are_matched_as_by_event_ruler() {
    let Some(differences) = differences("address-mode") else { return };
    assert_eq!(differences, [""; 0]);
}

#[test]
fn the_suite_of_a_template_validator_passes() {
    let Some(differences) = differences("cfn-validate") else { return };
    // An empty array under anything-but compiles, and then the service answers with an internal failure.
    let group = "cfn-validate/anything_but_requires_supported_homogeneous_values";
    assert_eq!(
        differences,
        [format!("{group}/1185-49: \"invalid-pattern\""), format!("{group}/1186-50: \"invalid-pattern\"")]
    );
}
