//! Lints: patterns that are valid and probably a mistake, one file for each lint.

mod account_length;
mod account_unquoted;
mod address_literal;
mod anything_but_all;
mod duplicate_path;
mod ignore_case_blind;
mod invalid;
mod literal_pattern;
mod near_limit;
mod or_overwrites;
mod other_family;
mod prefix_list;
mod report;
mod unknown_envelope_field;

pub use report::{Lint, LintFinding};

use report::{Check, Report};

use crate::{Pattern, Settings};

static LINTS: [Lint; 13] = [
    account_length::LINT,
    account_unquoted::LINT,
    address_literal::LINT,
    anything_but_all::LINT,
    duplicate_path::LINT,
    ignore_case_blind::LINT,
    invalid::LINT,
    literal_pattern::LINT,
    near_limit::LINT,
    or_overwrites::LINT,
    other_family::LINT,
    prefix_list::LINT,
    unknown_envelope_field::LINT,
];

/// Returns all lints, sorted by id.
pub fn lints() -> &'static [Lint] {
    &LINTS
}

/// Lints the text of a pattern. A text that the service rejects gives one finding, `invalid` or `prefix-list`.
///
/// ```
/// use eventbridge_pattern::{Lint, LintFinding, Settings, lint};
///
/// let findings: Vec<LintFinding> = lint(r#"{"account": [{"anything-but": 12345678901}]}"#, &Settings::default());
/// let reported: &Lint = findings[0].lint;
/// assert_eq!(reported.id, "account-unquoted");
/// assert_eq!(
///     findings[0].to_string(),
///     "line 1, column 14, /account/0: account-unquoted: an account is a string: these numbers exclude nothing",
/// );
/// ```
pub fn lint(text: &str, settings: &Settings) -> Vec<LintFinding> {
    match Pattern::parse_with(text, settings) {
        Ok(pattern) => lint_pattern(&pattern, settings),
        Err(error) => {
            let specific = LINTS.iter().find(|lint| match lint.check {
                Check::Error(applies) => applies(&error),
                Check::Pattern(_) => false,
            });
            vec![LintFinding {
                lint: specific.unwrap_or(&invalid::LINT),
                line: error.line(),
                column: error.column(),
                pointer: error.pointer().clone(),
                message: format!("{}: {}", error.reason().trim_end_matches('.'), error.help()),
            }]
        }
    }
}

fn lint_pattern(pattern: &Pattern, settings: &Settings) -> Vec<LintFinding> {
    let mut findings = Vec::new();
    for lint in &LINTS {
        if let Check::Pattern(check) = lint.check {
            check(pattern, &mut Report { lint, text: pattern.as_str(), settings, findings: &mut findings });
        }
    }
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lints_are_sorted_and_explained() {
        assert!(LINTS.is_sorted_by(|one, other| one.id < other.id));
        for Lint { id, explanation, .. } in &LINTS {
            assert!(id.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()), "{id}");
            assert!(explanation.ends_with('.') && explanation.len() > 100, "{id}");
            let (title, _) = explanation.split_once(". ").expect(id);
            assert!(title.len() <= 100, "{id}: {title}");
        }
    }

    /// Id, a pattern with that finding alone, and a similar pattern without it.
    #[test]
    fn every_lint_reports_its_pattern_and_no_other() {
        let cases = [
            ("account-length", r#"{"account":[{"anything-but":["12345678901"]}]}"#, r#"{"account":["123456789012"]}"#),
            ("account-unquoted", r#"{"account":[123456789012]}"#, r#"{"detail":{"account":[123]}}"#),
            ("address-literal", r#"{"ip":["1.2.3.4"]}"#, r#"{"ip":[{"exactly":"1.2.3.4"},"1.2.3"]}"#),
            (
                "anything-but-all",
                r#"{"a":[{"anything-but":"x"},{"anything-but":["y"]}]}"#,
                r#"{"a":[{"anything-but":["x","y"]},{"anything-but":["x"]}]}"#,
            ),
            ("duplicate-path", r#"{"a":{"b":[1]},"a.b":[2]}"#, r#"{"a":{"b":[1]},"a.c":[2]}"#),
            ("ignore-case-blind", r#"{"a":[{"prefix":{"equals-ignore-case":"a🦀"}}]}"#, r#"{"a":[{"prefix":"a🦀"}]}"#),
            ("invalid", r#"{"a":1}"#, r#"{"a":[1]}"#),
            ("literal-pattern", r#"{"detail-type":["Order.*"]}"#, r#"{"detail-type":[{"wildcard":"Order.*"}]}"#),
            ("near-limit", r#"{"a":[{"wildcard":"*a*a*a*a"}]}"#, r#"{"a":[{"wildcard":"*a*"}]}"#),
            ("or-overwrites", r#"{"a":[1],"$or":[{"a":[2]},{"b":[3]}]}"#, r#"{"$or":[{"a":[2]},{"a":[3]}]}"#),
            (
                "other-family",
                r#"{"ip":[{"cidr":"::/8"}]}"#,
                r#"{"ip":[{"cidr":"2001:db8::/32"},{"cidr":"10.0.0.0/8"}]}"#,
            ),
            ("prefix-list", r#"{"a":[{"suffix":["a","b"]}]}"#, r#"{"a":[{"anything-but":{"suffix":["a","b"]}}]}"#),
            (
                "unknown-envelope-field",
                r#"{"source":["shop"],"detailType":["Order.Created"]}"#,
                r#"{"source":["shop"],"detail":{"detailType":["Order.Created"]}}"#,
            ),
        ];
        assert_eq!(cases.map(|(id, ..)| id), LINTS.map(|lint| lint.id));
        for (id, reported, clean) in cases {
            let ids = |text| lint(text, &Settings::default()).iter().map(|it| it.lint.id).collect::<Vec<_>>();
            assert_eq!(ids(reported), [id], "{reported}");
            assert!(!ids(clean).contains(&id), "{clean}");
        }
    }

    #[test]
    fn a_literal_that_looks_like_a_pattern_is_reported_in_every_matcher() {
        for (matcher, is_reported) in [
            (r#""*""#, true),
            (r#""arn:aws:s3:::*""#, true),
            (r#""${Shop}""#, true),
            (r#""{ \"wildcard\": \"arn:aws:s3:::*\" }""#, true),
            (r#""[\"a\"]""#, true),
            (r#""^Order\\.""#, true),
            (r#"{"prefix":"Order.*"}"#, true),
            (r#"{"suffix":{"equals-ignore-case":"*d"}}"#, true),
            (r#"{"wildcard":"${Shop}.*"}"#, true),
            (r#"{"anything-but":["a","b*"]}"#, true),
            (r#"{"anything-but":{"prefix":"${Shop}"}}"#, true),
            (r#"{"exactly":"*"}"#, false),
            (r#"{"wildcard":"\\*a*"}"#, false),
            (r#""$5 {a}""#, false),
            (r#""{a}""#, false),
            (r#""{\"id\": 1}""#, false),
            (r#""${}""#, false),
        ] {
            let findings = lint(&format!("{{\"id\":[{matcher}]}}"), &Settings::default());
            let expected = if is_reported { &["literal-pattern"][..] } else { &[] };
            assert_eq!(findings.iter().map(|it| it.lint.id).collect::<Vec<_>>(), expected, "{matcher}");
        }
    }

    #[test]
    fn an_unknown_envelope_field_is_reported_with_the_similar_one() {
        for (pattern, expected) in [
            (r#"{"Source":["a"]}"#, Some("\"source\"")),
            (r#"{"DetailType":["a"]}"#, Some("\"detail-type\"")),
            (r#"{"details":{"a":[1],"b":[2]}}"#, Some("\"detail\"")),
            (r#"{"detail-type":["a"],"orderId":["b"]}"#, Some("below \"detail\"")),
            (r#"{"$or":[{"source":["a"]},{"resource":["b"]}]}"#, Some("\"resources\"")),
            (r#"{"body":{"orderId":["b"]}}"#, None),
            (r#"{"detail.version":[1],"replay-name":["b"]}"#, None),
        ] {
            let findings = lint(pattern, &Settings::default());
            assert_eq!(findings.len(), usize::from(expected.is_some()), "{pattern}");
            assert!(findings.iter().all(|it| it.message.contains(expected.unwrap_or_default())), "{findings:?}");
        }
    }
}
