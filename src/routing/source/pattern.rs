//! The pattern of a rule, from where it stands in a file.

use super::document::{Node, Value};
use super::rule::{PatternSource, Place, RulePattern, Unknown};
use crate::pattern::{Pattern, Settings};
use json_document::Pointer;

/// A pattern of a document in which all functions are resolved: an object, or a text that holds one.
pub(super) fn of(node: &Node, file: &str, settings: &Settings) -> (RulePattern, PatternSource) {
    if let Value::String(text) = &node.value {
        return (parse(text, settings), PatternSource::Text);
    }
    let (mut text, mut found) = (String::new(), Vec::new());
    node.write(&mut text, &mut found);
    if found.is_empty() {
        return (parse(&text, settings), PatternSource::Document(Box::new(node.clone())));
    }
    let unknown = |(at, why)| Unknown { place: Place::new(file, at, Pointer::ROOT), why };
    (RulePattern::Unknown(found.into_iter().map(unknown).collect()), PatternSource::Text)
}

/// The pattern that a whole file is.
pub(super) fn of_file(text: &str, settings: &Settings) -> (RulePattern, PatternSource) {
    (parse(text, settings), PatternSource::File)
}

fn parse(text: &str, settings: &Settings) -> RulePattern {
    match Pattern::parse_with(text, settings) {
        Ok(pattern) => RulePattern::Known(pattern),
        Err(error) => RulePattern::Refused { text: text.to_owned(), error },
    }
}
