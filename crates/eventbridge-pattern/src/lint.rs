//! Lints: patterns that are valid and probably a mistake, one file for each lint.

mod account_length;
mod account_unquoted;
mod address_hides_text;
mod address_literal;
mod anything_but_all;
mod duplicate_path;
mod ignore_case_blind;
mod invalid;
mod near_limit;
mod or_overwrites;
mod other_family;
mod prefix_list;
mod report;

pub use report::{Lint, LintFinding};

use report::{Check, Report};

use crate::{Pattern, Settings};

static LINTS: [Lint; 12] = [
    account_length::LINT,
    account_unquoted::LINT,
    address_hides_text::LINT,
    address_literal::LINT,
    anything_but_all::LINT,
    duplicate_path::LINT,
    ignore_case_blind::LINT,
    invalid::LINT,
    near_limit::LINT,
    or_overwrites::LINT,
    other_family::LINT,
    prefix_list::LINT,
];

/// Returns all lints, sorted by id.
pub fn lints() -> &'static [Lint] {
    &LINTS
}

/// Lints the text of a pattern. A text that the service rejects gives one finding, `invalid` or `prefix-list`.
///
/// ```
/// use eventbridge_pattern::{Settings, lint};
///
/// let findings = lint(r#"{"account": [{"anything-but": 12345678901}]}"#, &Settings::default());
/// assert_eq!(findings[0].lint.id, "account-unquoted");
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
            (
                "address-hides-text",
                r#"{"ip":[{"cidr":"10.0.0.0/8"},{"prefix":"1"}]}"#,
                r#"{"ip":[{"prefix":"1"},"x"]}"#,
            ),
            ("address-literal", r#"{"ip":["1.2.3.4"]}"#, r#"{"ip":[{"exactly":"1.2.3.4"},"1.2.3"]}"#),
            (
                "anything-but-all",
                r#"{"a":[{"anything-but":"x"},{"anything-but":["y"]}]}"#,
                r#"{"a":[{"anything-but":["x","y"]},{"anything-but":["x"]}]}"#,
            ),
            ("duplicate-path", r#"{"a":{"b":[1]},"a.b":[2]}"#, r#"{"a":{"b":[1]},"a.c":[2]}"#),
            ("ignore-case-blind", r#"{"a":[{"prefix":{"equals-ignore-case":"a🦀"}}]}"#, r#"{"a":[{"prefix":"a🦀"}]}"#),
            ("invalid", r#"{"a":1}"#, r#"{"a":[1]}"#),
            ("near-limit", r#"{"a":[{"wildcard":"*a*a*a*a"}]}"#, r#"{"a":[{"wildcard":"*a*"}]}"#),
            ("or-overwrites", r#"{"a":[1],"$or":[{"a":[2]},{"b":[3]}]}"#, r#"{"$or":[{"a":[2]},{"a":[3]}]}"#),
            (
                "other-family",
                r#"{"ip":[{"cidr":"::/8"}]}"#,
                r#"{"ip":[{"cidr":"2001:db8::/32"},{"cidr":"10.0.0.0/8"}]}"#,
            ),
            ("prefix-list", r#"{"a":[{"suffix":["a","b"]}]}"#, r#"{"a":[{"anything-but":{"suffix":["a","b"]}}]}"#),
        ];
        assert_eq!(cases.map(|(id, ..)| id), LINTS.map(|lint| lint.id));
        for (id, reported, clean) in cases {
            let ids = |text| lint(text, &Settings::default()).iter().map(|it| it.lint.id).collect::<Vec<_>>();
            assert_eq!(ids(reported), [id], "{reported}");
            assert!(!ids(clean).contains(&id), "{clean}");
        }
    }
}
