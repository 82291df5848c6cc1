//! Report formats: each renders every finding, whatever strings the report contains.

#[path = "support/skip.rs"]
mod support;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::thread;

use chrono::NaiveDate;
use event_contract::Severity;
use event_contract::check::{
    self, CellVerdict, Check, Consumer, Evidence, Finding, IgnoredPlace, Outcome, Policy, Report, ReportFormat,
    RepositoryPaths, Subject, Waiver, rules,
};
use event_contract::contract;
use event_contract::record::Files;
use serde_json::{Value, json};
use support::skip;

/// A name with characters that are special in some format.
const NASTY: &str =
    "a\"'<b>&]]>|`c`\u{202e}d\u{1b}[31m\u{0}\u{ffff}%:,\n::error::x {0} [y](z) @team #1 é</details></style>";

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn published() -> Files {
    check::read_folder(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas")).unwrap()
}

fn run(change: impl FnOnce(Check<'_>) -> Check<'_>) -> Report {
    let (catalog, files) = (contract::catalog().unwrap(), published());
    change(Check::new(&catalog, &files, today())).run().unwrap()
}

fn green() -> Report {
    run(|check| check)
}

/// Returns three consumers: billing is broken, shipping is compatible, and the auditor reads a type without a writer.
fn consumers(name: &str) -> [Consumer; 3] {
    let order = json!({"type": "object", "required": ["orderId", "total"], "properties": {
        "orderId": {"type": "string", "maxLength": 8}, "total": {"type": "integer"}, (NASTY): {"const": NASTY}}});
    let billing = Consumer::new(name).reads_schema("Order.Created", order).reads_schema("Gone.Away", json!(true));
    let shipping = Consumer::new("shipping").reads_schema("Order.Updated", json!({"type": "object"}));
    // Each payload has its own name, so that no pattern is known never to match.
    let auditor = Consumer::new("auditor").reads_schema("Order.Created", json!({"not": {"required": [NASTY]}}));
    [billing, shipping, auditor]
}

/// Returns a report with broken, accepted, expired, ignored and unused entries.
fn red(name: &str) -> Report {
    let first = run(|check| check.consumers(consumers(name)));
    assert_eq!(first.outcome, Outcome::Broken);
    let waived = first.findings.iter().find(|finding| finding.rule == "length-tightened").unwrap();
    let until = |year| NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
    let policy = Policy::default()
        .waiver(waiver(&waived.fingerprint, NASTY, until(2026)))
        .and_then(|policy| policy.waiver(waiver("0123456789ab", NASTY, until(2025))))
        .and_then(|policy| {
            policy.ignore(IgnoredPlace { event_type: None, path: "/meta/nothing".to_owned(), reason: NASTY.to_owned() })
        })
        .unwrap();
    run(|check| check.consumers(consumers(name)).policy(policy).against(NASTY))
}

fn waiver(fingerprint: &str, reason: &str, expires: NaiveDate) -> Waiver {
    Waiver { fingerprint: fingerprint.to_owned(), reason: reason.to_owned(), expires }
}

/// Returns a report in which every breaking finding is accepted.
fn accepted() -> Report {
    let order = json!({"properties": {"orderId": {"maxLength": 8}}});
    let billing = || [Consumer::new("billing").reads_schema("Order.Created", order.clone())];
    let first = run(|check| check.consumers(billing()));
    let errors = first.findings.iter().filter(|finding| finding.is_error());
    let policy = errors.fold(Policy::default(), |policy, finding| {
        policy.waiver(waiver(&finding.fingerprint, "billing moves", today())).unwrap()
    });
    run(|check| check.consumers(billing()).policy(policy))
}

/// Returns a report in which most types are removed; the remaining one has another owner and a new version.
fn changed() -> Report {
    let catalog = event_contract::catalog![contract::DELIVERY_SERVICE => [contract::order::OrderUpdated]].unwrap();
    let mut files = published();
    let mut index: Value = serde_json::from_slice(&files["index.json"]).unwrap();
    index["published"].as_object_mut().unwrap().remove("external/Order.Updated/v3").unwrap();
    files.insert("index.json".to_owned(), index.to_string().into_bytes());
    Check::new(&catalog, &files, today()).run().unwrap()
}

/// Returns a report without a decision: the budget is zero.
fn undecided() -> Report {
    run(|check| check.budget(0))
}

static REPORTS: LazyLock<[(&str, Report); 6]> = LazyLock::new(|| {
    [
        ("green", green()),
        ("red", red("billing")),
        ("nasty", red(NASTY)),
        ("accepted", accepted()),
        ("undecided", undecided()),
        ("changed", changed()),
    ]
});

#[test]
fn each_format_renders_every_report() {
    for (name, report) in &*REPORTS {
        for format in ReportFormat::ALL {
            let text = report.render(*format, &RepositoryPaths::default());
            assert!(text.ends_with('\n'), "{name} as {format}");
            assert!(text.contains(report.outcome.as_str()) || *format == ReportFormat::Junit, "{name} as {format}");
            let is_hidden = |character: char| character == '\u{202e}' || character.is_control() && character != '\n';
            // JSON escapes have bytes of their own.
            assert!(*format == ReportFormat::Json || !text.contains(is_hidden), "{name} as {format}");
            for finding in &report.findings {
                let is_shown = text.contains(&finding.fingerprint) || text.contains(finding.rule);
                assert!(is_shown || !finding.is_open(), "{name} as {format}: {finding:?}");
            }
            keep(name, *format, &text);
        }
    }
}

/// Writes a report to the folder in `EVENT_CONTRACT_REPORTS`, if that is set.
fn keep(name: &str, format: ReportFormat, text: &str) {
    if let Some(folder) = env::var_os("EVENT_CONTRACT_REPORTS") {
        fs::write(Path::new(&folder).join(format!("{name}.{format}")), text).unwrap();
    }
}

#[test]
fn outcomes_follow_from_findings() {
    let outcomes = REPORTS.each_ref().map(|(_, report)| report.outcome);
    assert_eq!(
        outcomes,
        [
            Outcome::Compatible,
            Outcome::Broken,
            Outcome::Broken,
            Outcome::Compatible,
            Outcome::Undecided,
            Outcome::Broken
        ]
    );
    let changed = &REPORTS[5].1;
    for rule in ["version-removed", "owner-changed"] {
        assert!(changed.findings.iter().any(|finding| finding.rule == rule), "{rule}");
    }
    let accepted = &REPORTS[3].1;
    assert!(
        accepted
            .types
            .iter()
            .flat_map(|matrix| matrix.cells.iter().flatten())
            .any(|cell| cell.verdict == CellVerdict::Accepted)
    );
}

fn cells(report: &Report, verdict: CellVerdict) -> usize {
    report.types.iter().flat_map(|matrix| matrix.cells.iter().flatten()).filter(|cell| cell.verdict == verdict).count()
}

#[test]
fn sarif_has_each_finding_with_its_rule() {
    for (name, report) in &*REPORTS {
        let paths = RepositoryPaths::default().with_record("./contract/schemas").with_consumers("contract/consumers");
        let log: Value = serde_json::from_str(&report.render(ReportFormat::Sarif, &paths)).unwrap();
        let run = &log["runs"][0];
        let known = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(known.len(), rules().count());
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), report.findings.len(), "{name}");
        for (result, finding) in results.iter().zip(&report.findings) {
            assert_eq!(known[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]["id"], finding.rule);
            let level = if finding.severity == Severity::Notice { "note" } else { finding.severity.as_str() };
            assert_eq!(result["level"], level);
            assert_eq!(result["suppressions"].as_array().unwrap().len(), usize::from(!finding.is_open()));
            assert_eq!(result["partialFingerprints"]["eventContract/v1"], *finding.fingerprint);
            let witness = match &finding.evidence {
                Evidence::Rejection { payload, .. } => Some(payload.to_string()),
                _ => None,
            };
            assert_eq!(result["properties"].get("witness").and_then(Value::as_str), witness.as_deref());
            let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
            let uri = place["uri"].as_str().unwrap();
            let expected = match &finding.subject {
                Subject::Pair { file: Some(file), is_consumer: false, .. } => format!("contract/schemas/{file}"),
                Subject::Pair { file: Some(_), is_consumer: true, .. } => "contract/consumers/".to_owned(),
                _ => "contract/schemas/index.json".to_owned(),
            };
            assert!(uri.starts_with(&expected) && uri.bytes().all(|byte| byte.is_ascii_graphic()), "{uri}");
            assert_eq!(place["uriBaseId"], "%SRCROOT%");
        }
    }
}

/// Parses a line as GitHub does: the command, its properties and the message.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let (command, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (command, properties) = command.split_once(' ').unwrap();
    let plain = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
    let properties = properties.split(',').map(|property| {
        let (name, value) = property.split_once('=').unwrap();
        let value = plain(value).replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
        (name.to_owned(), value)
    });
    (command.to_owned(), properties.collect(), plain(message).replace("%25", "%"))
}

#[test]
fn each_finding_has_one_annotation() {
    for (name, report) in &*REPORTS {
        let text = report.render(ReportFormat::Github, &RepositoryPaths::default());
        let lines: Vec<_> = text.lines().collect();
        let (sum, lines) = lines.split_last().unwrap();
        assert!(sum.starts_with(&format!("{}: ", report.outcome.as_str())), "{name}: {sum}");
        let open: Vec<_> = report.findings.iter().filter(|finding| finding.is_open()).collect();
        assert_eq!(lines.len(), open.len(), "{name}");
        for (line, finding) in lines.iter().zip(open) {
            let (command, properties, message) = command(line);
            assert_eq!(command, finding.severity.as_str());
            let names: Vec<_> = properties.iter().map(|(name, _)| &**name).collect();
            let has_file = matches!(&finding.subject, Subject::Pair { file: Some(_), .. });
            let expected = if has_file { &["file", "line", "title"][..] } else { &["title"] };
            assert_eq!(names, expected);
            let title = &properties.last().unwrap().1;
            assert!(title.starts_with(finding.rule), "{title}");
            assert!(message.ends_with(&format!("fingerprint: {}", finding.fingerprint)), "{message}");
        }
    }
}

#[test]
fn junit_has_a_case_for_each_cell_and_all_findings() {
    for (name, report) in &*REPORTS {
        let text = report.render(ReportFormat::Junit, &RepositoryPaths::default());
        let count = |element: &str| text.matches(&format!("<{element} ")).count();
        let required: usize = report.types.iter().flat_map(|matrix| matrix.cells.iter().flatten()).count()
            - cells(report, CellVerdict::NotRequired);
        let in_cells: BTreeSet<_> = report
            .types
            .iter()
            .flat_map(|matrix| matrix.cells.iter().flatten().flat_map(|cell| &cell.findings))
            .collect();
        let loose: Vec<_> = report.findings.iter().filter(|finding| !in_cells.contains(&finding.number)).collect();
        assert_eq!(count("testcase"), required + loose.len(), "{name}");
        let is_undecided = |finding: &&&Finding| finding.rule == "undecided";
        let errors = loose.iter().filter(|finding| finding.is_error()).filter(is_undecided).count();
        assert_eq!(count("error"), cells(report, CellVerdict::Undecided) + errors, "{name}");
        let failures = loose.iter().filter(|finding| finding.is_error()).count() - errors;
        assert_eq!(count("failure"), cells(report, CellVerdict::Breaks) + failures, "{name}");
        assert_eq!(count("skipped"), cells(report, CellVerdict::Accepted), "{name}");
        for finding in &report.findings {
            assert!(text.contains(&finding.fingerprint), "{name}: {finding:?}");
        }
    }
}

#[test]
fn markdown_tables_are_well_formed() {
    for (name, report) in &*REPORTS {
        let text = report.render(ReportFormat::Markdown, &RepositoryPaths::default());
        let mut columns = None;
        for line in text.lines() {
            let count = line.matches('|').count();
            if line.starts_with('|') {
                assert_eq!(*columns.get_or_insert(count), count, "{name}: {line}");
            } else {
                columns = None;
            }
        }
        let tags = ["details", "/details", "summary", "/summary", "code", "/code"];
        let mut is_fenced = false;
        for line in text.lines() {
            is_fenced ^= line.starts_with("```");
            for tag in line.split('<').skip(1).filter(|_| !is_fenced) {
                assert!(tags.iter().any(|known| tag.starts_with(&format!("{known}>"))), "{name}: {line}");
            }
        }
        assert!(!is_fenced);
        assert_eq!(text.matches("<details>").count(), text.lines().filter(|line| *line == "</details>").count());
        for finding in report.findings.iter().filter(|finding| finding.is_error()) {
            assert!(text.contains(&format!("error [{}] <code>{}</code>", finding.number, finding.rule)), "{name}");
        }
    }
}

#[test]
fn comments_fit_the_limit_of_github() {
    let order = json!({"required": ["a", "b", "c"], "properties": {"orderId": {"maxLength": 8}, "total": false}});
    let consumers =
        (0..80).map(|number| Consumer::new(format!("consumer-{number}")).reads_schema("Order.Created", order.clone()));
    let report = run(|check| check.consumers(consumers));
    let text = report.render(ReportFormat::Markdown, &RepositoryPaths::default());
    assert!((50_000..=65_536).contains(&text.len()), "{}", text.len());
    assert!(text.contains(" parts of the report are left out"), "{text}");
    // The page has all findings, and each schema once.
    let page = report.render(ReportFormat::Html, &RepositoryPaths::default());
    assert_eq!(page.matches("<article ").count(), report.findings.len());
    assert_eq!(page.matches("<pre id=\"schema-").count(), 81);
}

#[test]
fn pages_highlight_the_keywords() {
    let (_, report) = &REPORTS[1];
    let page = report.render(ReportFormat::Html, &RepositoryPaths::default());
    for expected in [
        "<mark>&quot;maxLength&quot;: 8</mark>",
        "<mark>&quot;type&quot;: &quot;integer&quot;</mark>",
        "<dd><code>consumers/billing/Order.Created.reader.json</code></dd>",
        "<th scope=\"row\">billing</th>",
        "<a href=\"#finding-2\">2</a>",
        "<article id=\"finding-2\">",
    ] {
        assert!(page.contains(expected), "{expected}\n{page}");
    }
}

#[test]
fn version_changes_are_rendered() {
    let (_, report) = &REPORTS[5];
    let comment = report.render(ReportFormat::Markdown, &RepositoryPaths::default());
    assert!(comment.contains("| <code>Order.Updated</code> | v2 | v3 | v3 | major |"), "{comment}");
    let page = report.render(ReportFormat::Html, &RepositoryPaths::default());
    let row =
        "<tr><th scope=\"row\">Order.Updated</th><td>v2</td><td>v3</td><td class=\"good\">v3</td><td>major</td></tr>";
    assert!(page.contains(row), "{page}");
    let results = report.render(ReportFormat::Junit, &RepositoryPaths::default());
    assert!(results.contains("<failure type=\"owner-changed\""), "{results}");
}

/// html5lib parses the pages and expat the test results, see `tests/judges`.
#[test]
fn other_parsers_accept_pages_and_test_results() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges");
    let named = env::var_os("EVENT_CONTRACT_JUDGES").map(PathBuf::from);
    let folder = named.as_ref().unwrap_or(&here);
    let python = [folder.join("venv/bin/python"), folder.join("bin/python")].into_iter().find(|path| path.exists());
    let mut command = Command::new(python.unwrap_or_else(|| "python3".into()));
    command.arg(here.join("report.py")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut texts = Vec::new();
    for (name, report) in &*REPORTS {
        for format in [ReportFormat::Html, ReportFormat::Junit] {
            let text = report.render(format, &RepositoryPaths::default());
            texts.push((format!("{name} as {format}"), json!({"format": format.name(), "text": text})));
        }
    }
    let answer = command.spawn().map_err(|error| error.to_string()).and_then(|mut child| {
        let reports: Vec<_> = texts.iter().map(|(_, report)| report).collect();
        let (mut stdin, text) = (child.stdin.take().unwrap(), serde_json::to_string(&reports).unwrap());
        // The program may exit before it has read all input; its exit code tells.
        let writer = thread::spawn(move || stdin.write_all(text.as_bytes()));
        let output = child.wait_with_output().unwrap();
        let _ = writer.join().unwrap();
        match output.status.code() {
            Some(0) => Ok(serde_json::from_slice::<Vec<Vec<String>>>(&output.stdout).unwrap()),
            Some(3) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            code => panic!("{code:?}: {}", String::from_utf8_lossy(&output.stderr)),
        }
    });
    match answer {
        Err(why) => {
            assert!(named.is_none(), "{why}");
            skip("html5lib and expat", &format!("install tests/judges as in CONTRIBUTING.md: {why}"));
        }
        Ok(verdicts) => {
            assert_eq!(verdicts.len(), texts.len());
            for ((name, _), errors) in texts.iter().zip(verdicts) {
                assert!(errors.is_empty(), "{name}: {errors:?}");
            }
            eprintln!("html5lib and expat: {} reports judged", texts.len());
        }
    }
}

/// `EVENT_CONTRACT_OVERWRITE=1` regenerates the file.
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
        let document: Value =
            serde_json::from_str(&report.render(ReportFormat::Json, &RepositoryPaths::default())).unwrap();
        if let Some(error) = validator.iter_errors(&document).next() {
            panic!("{name}: {}: {error}", error.instance_path());
        }
        let mut other = document.clone();
        other["outcome"] = json!("fine");
        assert!(!validator.is_valid(&other));
    }
}
