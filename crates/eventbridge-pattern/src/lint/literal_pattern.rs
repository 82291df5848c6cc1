//! Literals that look like patterns.

use serde_json::Value;

use super::report::{Check, Lint, matchers};
use crate::anything_but::AnythingBut;
use crate::literal::{self, Literal};
use crate::matcher::{Matcher, OPERATORS};
use crate::prefix::Affix;

pub(super) const LINT: Lint = Lint {
    id: "literal-pattern",
    explanation: "A string is compared as it is, whatever it looks like. A star matches a star, ${…} is not substituted, and a \
                  matcher inside a string is text, so the condition matches almost nothing, and under anything-but it excludes \
                  almost nothing. Write {\"wildcard\": \"Order.*\"} for a star, Fn::Sub for ${…}, and a matcher without the \
                  quotes around it. If the string is meant, write {\"exactly\": …}.",
    check: Check::Pattern(|pattern, report| {
        for (_, matcher, location) in matchers(pattern) {
            let is_exactly = |text: &str| text.trim_start().starts_with('{');
            let spelling = pattern.text.get(location.value_start..location.value_end).unwrap_or_default();
            if matches!(matcher, Matcher::Literal(_)) && is_exactly(spelling) {
                continue;
            }
            for (text, kind) in texts(matcher) {
                if let Some(problem) = problem(text, kind) {
                    report.push(location, problem);
                }
            }
        }
    }),
};

/// The meaning of a text in a matcher.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TextKind {
    Literal,
    /// The operand of `prefix`, `suffix` or `equals-ignore-case`.
    Operand,
    Wildcard,
}

/// Returns the texts of a matcher.
fn texts(matcher: &Matcher) -> Vec<(&str, TextKind)> {
    fn mark_all(texts: &[String], kind: TextKind) -> Vec<(&str, TextKind)> {
        texts.iter().map(|text| (text.as_str(), kind)).collect()
    }
    match matcher {
        Matcher::Literal(Literal::String(text) | Literal::Address(text, _)) => vec![(text, TextKind::Literal)],
        Matcher::Prefix(affix) | Matcher::Suffix(affix) => match affix {
            Affix::Exact(text) => vec![(text, TextKind::Operand)],
            Affix::IgnoreCase(text) => vec![(&text.text, TextKind::Operand)],
        },
        Matcher::IgnoreCase(text) => vec![(&text.text, TextKind::Operand)],
        Matcher::Wildcard(wildcard) => mark_all(wildcard.literals(), TextKind::Wildcard),
        Matcher::AnythingBut(excluded) => match excluded {
            AnythingBut::Strings(texts) => mark_all(texts, TextKind::Literal),
            AnythingBut::Prefixes(texts) | AnythingBut::Suffixes(texts) => mark_all(texts, TextKind::Operand),
            AnythingBut::IgnoreCase(texts) => texts.iter().map(|it| (it.text.as_str(), TextKind::Operand)).collect(),
            AnythingBut::Wildcards(wildcards) => {
                wildcards.iter().flat_map(|it| mark_all(it.literals(), TextKind::Wildcard)).collect()
            }
            AnythingBut::Numbers(_) => Vec::new(),
        },
        Matcher::Literal(Literal::Number(_) | Literal::Bare(_))
        | Matcher::Numeric(_)
        | Matcher::Exists(_)
        | Matcher::Cidr(_) => Vec::new(),
    }
}

fn problem(text: &str, kind: TextKind) -> Option<String> {
    if has_placeholder(text) {
        return Some(format!("{text:?} is compared as it is: ${{…}} is substituted only by Fn::Sub"));
    }
    if kind != TextKind::Wildcard && is_matcher(text) {
        return Some(format!("{text:?} is a string: write the matcher without the quotes around it"));
    }
    if kind != TextKind::Wildcard && text.contains('*') {
        let instead =
            if kind == TextKind::Literal { format!("{{\"wildcard\": {text:?}}}") } else { "wildcard".to_owned() };
        return Some(format!("{text:?} matches the star itself: write {instead} for any characters"));
    }
    if kind == TextKind::Literal && text.starts_with('^') {
        return Some(format!("{text:?} is compared as it is: there are no regular expressions"));
    }
    None
}

/// Returns true if a text contains `${…}`.
fn has_placeholder(text: &str) -> bool {
    text.split_once("${").is_some_and(|(_, after)| after.split_once('}').is_some_and(|(name, _)| !name.is_empty()))
}

/// Returns true if a text is a matcher in JSON, or an array of them.
fn is_matcher(text: &str) -> bool {
    let is_operator = |name: &String| name == literal::NAME || OPERATORS.contains(&name.as_str());
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => members.keys().any(is_operator),
        Ok(Value::Array(items)) => !items.is_empty(),
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | Err(_) => false,
    }
}
