//! Numbers beyond 64 bits: no digit is lost between a file and a report.

use event_contract::check::{Check, Consumer, Report, ReportFormat, RepositoryPaths};

use super::*;

fn catalog() -> Catalog {
    catalog![POST => [weighed::ParcelSent]].unwrap()
}

fn record() -> Files {
    publish(Ok(catalog()), &[("external/Parcel.Sent/v1", json!({"parcel": "p", "grams": 1.5}))])
}

fn check_statement(path: &str, text: &str) -> Report {
    let (catalog, record) = (catalog(), record());
    let files = Files::from([(path.to_owned(), text.as_bytes().to_vec())]);
    Check::new(&catalog, &record, today()).consumers(Consumer::read_all(&files).unwrap()).run().unwrap()
}

#[test]
fn witnesses_have_every_digit_in_every_report() {
    const LIMIT: &str = "36893488147419103233";
    let json = format!(r#"{{"properties": {{"grams": {{"not": {{"const": {LIMIT}}}}}}}}}"#);
    let yaml = format!("properties:\n  grams:\n    not:\n      const: {LIMIT}\n");
    for (path, text) in [("shop/Parcel.Sent.reader.json", json), ("shop/Parcel.Sent.reader.yaml", yaml)] {
        let report = check_statement(path, &text);
        assert_eq!(report.outcome, Outcome::Broken, "{path}: {report}");
        for format in [
            ReportFormat::Text,
            ReportFormat::Json,
            ReportFormat::Sarif,
            ReportFormat::Github,
            ReportFormat::Junit,
            ReportFormat::Markdown,
            ReportFormat::Html,
        ] {
            let text = report.render(format, &RepositoryPaths::default());
            assert!(text.contains(LIMIT), "{path}: {text}");
        }
        let report: Value = serde_json::from_str(&report.to_json()).unwrap();
        assert!(
            report["findings"][0]["message"]
                .as_str()
                .unwrap()
                .ends_with("a number is beyond one of the two validators")
        );
    }
}

#[test]
fn excerpts_of_a_statement_have_every_digit() {
    const LIMIT: &str = "0.1000000000000000000001";
    let statement = format!(r#"{{"properties": {{"grams": {{"maximum": {LIMIT}, "minimum": 0}}}}}}"#);
    let report = check_statement("shop/Parcel.Sent.reader.json", &statement);
    assert_eq!(report.outcome, Outcome::Broken, "{report}");
    let html = report.render(ReportFormat::Html, &RepositoryPaths::default());
    // In the excerpt with the keyword marked, and in the whole schema.
    assert!(html.contains(&format!("<mark>&quot;maximum&quot;: {LIMIT}")), "{html}");
    assert!(html.matches(LIMIT).count() >= 2, "{html}");
}

#[test]
fn a_schema_of_the_record_is_rejected_where_a_digit_would_be_lost() {
    let (catalog, mut files) = (catalog(), record());
    let path = "external/Parcel.Sent/v1.reader.json";
    let text = String::from_utf8(files[path].clone()).unwrap();
    let text = text.replacen('{', r#"{"x-limit": 0.12345678901234567890123,"#, 1);
    let lock = |files: &Files| {
        use sha2::{Digest as _, Sha256};
        let hash = Sha256::digest(&files[path]).iter().fold(String::new(), |hash, byte| hash + &format!("{byte:02x}"));
        let mut index: Value = serde_json::from_slice(&files["index.json"]).unwrap();
        index["published"]["external/Parcel.Sent/v1"]["files"][path] = hash.into();
        index.to_string().into_bytes()
    };
    files.insert(path.to_owned(), text.into_bytes());
    files.insert("index.json".to_owned(), lock(&files));
    let error = Check::new(&catalog, &files, today()).run().unwrap_err().to_string();
    assert!(error.starts_with(&format!("invalid schema in {path}: a number exceeds 64 bits")), "{error}");
}

#[test]
fn a_golden_event_is_not_rounded() {
    let (catalog, mut files) = (catalog(), record());
    files.remove("index.json");
    let path = "external/Parcel.Sent/v1.golden.json";
    let verify = |files: &Files| -> Vec<String> {
        let findings = Record::new(&catalog, files).unwrap().publish().err().unwrap_or_default();
        findings.iter().map(ToString::to_string).collect()
    };
    assert_eq!(verify(&files), [""; 0]);
    let text = String::from_utf8(files[path].clone()).unwrap().replace("1.5", "1.50000000000000000000001");
    files.insert(path.to_owned(), text.into_bytes());
    let found = verify(&files);
    assert!(
        found.iter().any(|text| text.contains("re-serialising the golden event gives different JSON")),
        "{found:?}"
    );
}
