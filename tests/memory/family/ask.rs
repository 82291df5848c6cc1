//! Questions to the library, as the commands ask them.

use event_contract::audit::{Place, Summary};
use event_contract::compat::exact::ExactValue;
use event_contract::compat::{Question, Verdict};
use event_contract::contract;
use event_contract::pattern::{Pattern, Settings};
use event_contract::record::Record;
use event_contract::routing::source::{Parameters, RulePattern, read};

use super::{Input, Outcome};

/// Decides containment of two schemas.
pub(super) fn ask(input: &Input, budget: Option<u64>) -> Outcome {
    let Input::Schemas(texts) = input else { return Outcome::Refused };
    let [Ok(writer), Ok(reader)] = [&texts[0], &texts[1]].map(|text| ExactValue::from_slice(text.as_bytes())) else {
        return Outcome::Refused;
    };
    let question = Question::from_exact(&writer, &reader).budget(budget.unwrap_or(Question::DEFAULT_BUDGET));
    match question.ask() {
        Ok(Verdict::Contained | Verdict::Broken { .. }) => Outcome::Answered,
        Ok(Verdict::Undecided { .. }) => Outcome::Undecided,
        Err(_) => Outcome::Refused,
    }
}

/// Reads the rules of a file.
pub(super) fn read_rules(input: &Input, _: Option<u64>) -> Outcome {
    let Input::Rules(name, text) = input else { return Outcome::Refused };
    let deployment = read([(*name, text.as_str())], &Parameters::default(), &Settings::default());
    let is_unknown = |pattern: &RulePattern| matches!(pattern, RulePattern::Unknown(_));
    if !deployment.errors.is_empty() {
        Outcome::Refused
    } else if deployment.rules.iter().any(|rule| is_unknown(&rule.pattern)) {
        Outcome::Undecided
    } else {
        Outcome::Answered
    }
}

/// Matches an event, and explains the result.
pub(super) fn match_event(input: &Input, _: Option<u64>) -> Outcome {
    let Input::Match(pattern, event) = input else { return Outcome::Refused };
    let settings = Settings::default().with_max_length(65_535);
    let Ok(pattern) = Pattern::parse_with(pattern, &settings) else { return Outcome::Refused };
    match (pattern.matches(event), pattern.explain(event)) {
        (Ok(_), Ok(_)) => Outcome::Answered,
        (Err(_), _) | (_, Err(_)) => Outcome::Refused,
    }
}

/// Reads every event of a delivery. What is none is an error that holds its bytes, which is an answer.
pub(super) fn read_deliveries(input: &Input, _: Option<u64>) -> Outcome {
    let Input::Delivery(bytes) = input else { return Outcome::Refused };
    let catalog = contract::catalog().expect("the shipped catalog");
    if catalog.read_all(bytes).is_empty() { Outcome::Refused } else { Outcome::Answered }
}

/// Counts a line of a lake.
pub(super) fn audit_line(input: &Input, _: Option<u64>) -> Outcome {
    let Input::Delivery(bytes) = input else { return Outcome::Refused };
    let catalog = contract::catalog().expect("the shipped catalog");
    let mut summary = Summary::default();
    summary.add_line(&catalog, Place { file: "lake", line: 1 }, bytes);
    if summary.events() + summary.unread().total() == 0 { Outcome::Refused } else { Outcome::Answered }
}

/// Verifies the record of the shipped contract, with one file replaced.
pub(super) fn verify_record(input: &Input, _: Option<u64>) -> Outcome {
    let Input::Record(path, text) = input else { return Outcome::Refused };
    let catalog = contract::catalog().expect("the shipped catalog");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas");
    let Ok(mut files) = event_contract::check::read_folder(folder) else { return Outcome::Refused };
    files.insert((*path).to_owned(), text.clone().into_bytes());
    match Record::new(&catalog, &files) {
        Ok(record) if record.verify().is_empty() => Outcome::Refused,
        Ok(_) | Err(_) => Outcome::Answered,
    }
}
