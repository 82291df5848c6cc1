//! The forms of a report: each holds all that is found, whatever texts it is made of.

use std::env;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use chrono::NaiveDate;
use event_contract::check::{self, Check, Consumer, Ignored, Outcome, Places, Policy, Report, ReportFormat, Waiver};
use event_contract::contract;
use event_contract::record::Files;
use serde_json::{Value, json};

/// What others may have called something.
const NASTY: &str =
    "a\"'<b>&]]>|`c`\u{202e}d\u{1b}[31m\u{0}\u{ffff}%:,\n::error::x {0} [y](z) @team #1 é</details></style>";

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn published() -> Files {
    check::files(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas")).unwrap()
}

fn run(change: impl FnOnce(Check<'_>) -> Check<'_>) -> Report {
    let (catalog, files) = (contract::catalog().unwrap(), published());
    change(Check::new(&catalog, &files, today())).run().unwrap()
}

fn green() -> Report {
    run(|check| check)
}

/// What billing states does not hold; what shipping does, holds; nobody writes what an auditor reads.
fn consumers(name: &str) -> [Consumer; 3] {
    let order = json!({"type": "object", "required": ["orderId", "total"], "properties": {
        "orderId": {"type": "string", "maxLength": 8}, "total": {"type": "integer"}, (NASTY): {"const": NASTY}}});
    let billing = Consumer::new(name).reads_schema("Order.Created", order).reads_schema("Gone.Away", json!(true));
    let shipping = Consumer::new("shipping").reads_schema("Order.Updated", json!({"type": "object"}));
    // Each payload has another name: nobody can know whether some pattern is never met.
    let auditor = Consumer::new("auditor").reads_schema("Order.Created", json!({"not": {"required": [NASTY]}}));
    [billing, shipping, auditor]
}

/// A report with a bit of everything: what breaks, is accepted, has expired, is ignored and is not needed.
fn red(name: &str) -> Report {
    let first = run(|check| check.consumers(consumers(name)));
    assert_eq!(first.outcome, Outcome::Broken);
    let waived = first.findings.iter().find(|finding| finding.rule == "length-tightened").unwrap();
    let until = |year| NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
    let policy = Policy::default()
        .waiver(Waiver::new(&waived.fingerprint, NASTY, until(2026)))
        .and_then(|policy| policy.waiver(Waiver::new("0123456789ab", NASTY, until(2025))))
        .and_then(|policy| policy.ignore(Ignored::everywhere("/meta/nothing", NASTY)))
        .unwrap();
    run(|check| check.consumers(consumers(name)).policy(policy).against(NASTY))
}

/// Nothing could be decided in no steps.
fn undecided() -> Report {
    run(|check| check.budget(0))
}

static REPORTS: LazyLock<[(&str, Report); 4]> =
    LazyLock::new(|| [("green", green()), ("red", red("billing")), ("nasty", red(NASTY)), ("undecided", undecided())]);

#[test]
fn each_format_renders_every_report() {
    for (name, report) in &*REPORTS {
        for format in ReportFormat::ALL {
            let text = report.render(*format, &Places::default());
            assert!(text.ends_with('\n'), "{name} as {format}");
            assert!(text.contains(report.outcome.as_str()) || *format == ReportFormat::Junit, "{name} as {format}");
            let is_hidden = |character: char| character == '\u{202e}' || character.is_control() && character != '\n';
            // The bytes of JSON escapes are JSON's own.
            assert!(*format == ReportFormat::Json || !text.contains(is_hidden), "{name} as {format}");
            for finding in &report.findings {
                let is_told = text.contains(&finding.fingerprint) || text.contains(&finding.rule);
                assert!(is_told || !finding.is_open(), "{name} as {format}: {finding:?}");
            }
            keep(name, *format, &text);
        }
    }
}

/// For those who want to look at them.
fn keep(name: &str, format: ReportFormat, text: &str) {
    if let Some(folder) = env::var_os("EVENT_CONTRACT_REPORTS") {
        fs::write(Path::new(&folder).join(format!("{name}.{format}")), text).unwrap();
    }
}

#[test]
fn outcomes_are_as_they_should_be() {
    let outcomes = REPORTS.each_ref().map(|(_, report)| report.outcome);
    assert_eq!(outcomes, [Outcome::Compatible, Outcome::Broken, Outcome::Broken, Outcome::Undecided]);
}

/// `EVENT_CONTRACT_OVERWRITE=1` writes it anew.
#[test]
fn the_schema_of_reports_is_published() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/check/report.schema.json");
    let schema = Report::json_schema();
    if env::var_os("EVENT_CONTRACT_OVERWRITE").is_some() {
        fs::write(path, format!("{schema:#}\n")).unwrap();
    }
    let published: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(
        published, schema,
        "after a change: EVENT_CONTRACT_OVERWRITE=1 cargo test --features check --test check_format"
    );
}

#[test]
fn reports_are_valid_for_their_schema() {
    let schema = Report::json_schema();
    jsonschema::meta::validate(&schema).unwrap();
    assert_eq!(schema["$id"], "urn:event-contract:report:1");
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, report) in &*REPORTS {
        let document: Value = serde_json::from_str(&report.render(ReportFormat::Json, &Places::default())).unwrap();
        if let Some(error) = validator.iter_errors(&document).next() {
            panic!("{name}: {}: {error}", error.instance_path());
        }
        let mut other = document.clone();
        other["outcome"] = json!("fine");
        assert!(!validator.is_valid(&other));
    }
}
