//! What is valid and yet not what was meant. One file a lint.

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

use std::fmt;

use super::error::{self, PatternError};
use super::matcher::Matcher;
use super::source::{List, Place};
use super::{Pattern, Settings};
use json_document::Pointer;

/// A mistake that patterns are looked through for.
#[derive(Debug, Clone, Copy)]
pub struct Lint {
    id: &'static str,
    explanation: &'static str,
    look: Look,
}

/// What a lint looks at.
#[derive(Debug, Clone, Copy)]
enum Look {
    Pattern(fn(&Pattern, &mut Report<'_>)),
    /// A text that is no pattern.
    Refused(fn(&PatternError) -> bool),
}

/// A lint that has found something.
#[derive(Debug, Clone)]
pub struct Finding {
    lint: &'static Lint,
    line: usize,
    column: usize,
    pointer: Pointer,
    message: String,
}

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

/// All lints, by their ids.
pub fn lints() -> &'static [Lint] {
    &LINTS
}

/// Looks a text through that should be a pattern. A text that is none is itself a finding.
///
/// ```
/// use eventbridge_pattern::{Settings, lint};
///
/// let findings = lint(r#"{"account": [{"anything-but": 12345678901}]}"#, &Settings::default());
/// assert_eq!(findings[0].lint().id(), "account-unquoted");
/// assert_eq!(
///     findings[0].to_string(),
///     "line 1, column 14, /account/0: account-unquoted: an account is a text, and never one of these numbers: nothing \
///      is excluded",
/// );
/// ```
pub fn lint(text: &str, settings: &Settings) -> Vec<Finding> {
    let error = match Pattern::parse_with(text, settings) {
        Ok(pattern) => return pattern.findings_with(settings),
        Err(error) => error,
    };
    let refused = LINTS.iter().find(|lint| match lint.look {
        Look::Refused(look) => look(&error),
        Look::Pattern(_) => false,
    });
    let finding = |lint| Finding {
        lint,
        line: error.line(),
        column: error.column(),
        pointer: error.pointer().clone(),
        message: format!("{}: {}", error.reason().trim_end_matches('.'), error.help()),
    };
    vec![finding(refused.unwrap_or(&invalid::LINT))]
}

impl Pattern {
    /// What is valid in this pattern and probably not meant.
    pub fn findings(&self) -> Vec<Finding> {
        self.findings_with(&Settings::default())
    }

    fn findings_with(&self, settings: &Settings) -> Vec<Finding> {
        let mut findings = Vec::new();
        for lint in &LINTS {
            if let Look::Pattern(look) = lint.look {
                look(self, &mut Report { lint, text: self.as_str(), settings, findings: &mut findings });
            }
        }
        findings.sort_by_key(|finding| (finding.line, finding.column));
        findings
    }
}

impl Lint {
    /// The id, which never changes.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// What it is about, and what to do.
    pub fn explanation(&self) -> &'static str {
        self.explanation
    }
}

impl Finding {
    /// What has found it.
    pub fn lint(&self) -> &'static Lint {
        self.lint
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// The JSON path.
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// What is wrong here.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lint, line, column, pointer, message } = self;
        write!(f, "line {line}, column {column}")?;
        if *pointer != Pointer::ROOT {
            write!(f, ", {pointer}")?;
        }
        write!(f, ": {}: {message}", lint.id)
    }
}

/// Takes what one lint finds.
struct Report<'a> {
    lint: &'static Lint,
    text: &'a str,
    settings: &'a Settings,
    findings: &'a mut Vec<Finding>,
}

impl Report<'_> {
    fn at(&mut self, place: &Place, message: impl Into<String>) {
        let (line, column) = error::place(self.text, place.at);
        let pointer = place.pointer.clone();
        self.findings.push(Finding { lint: self.lint, line, column, pointer, message: message.into() });
    }

    fn whole(&mut self, message: impl Into<String>) {
        let place = Place { at: 0, value: 0, end: 0, pointer: Pointer::ROOT };
        self.at(&place, message);
    }
}

/// Every match, with its list.
fn matches(pattern: &Pattern) -> impl Iterator<Item = (&List, &Matcher, &Place)> {
    let lists = pattern.source.lists.iter();
    lists.flat_map(|list| list.items.iter().map(move |item| (list, &item.matcher, &item.place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_order_and_every_lint_explains_itself() {
        assert!(LINTS.is_sorted_by(|one, other| one.id < other.id));
        for Lint { id, explanation, .. } in &LINTS {
            assert!(id.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()), "{id}");
            assert!(explanation.ends_with('.') && explanation.len() > 100, "{id}");
        }
    }

    /// What each finds, with the text that it points at, and a pattern next to it in which it finds nothing.
    #[test]
    fn every_lint_finds_what_it_is_for_and_nothing_else() {
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
        for (id, found, clean) in cases {
            let ids = |text| lint(text, &Settings::default()).iter().map(|it| it.lint.id).collect::<Vec<_>>();
            assert_eq!(ids(found), [id], "{found}");
            assert!(!ids(clean).contains(&id), "{clean}");
        }
    }
}
