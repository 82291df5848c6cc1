//! Patterns of rules in files.

use json_document::Pointer;

use super::location::SourceLocation;
use super::node::{Node, Value};
use super::note::SourceNote;
use super::rule::{PatternSource, RulePattern};
use crate::pattern::{Pattern, Settings};

/// Parses the pattern in a document whose functions are resolved: an object, or a String that contains one.
pub(super) fn from_node(node: &Node, file: &str, settings: &Settings) -> (RulePattern, PatternSource) {
    if let Value::String(text) = &node.value {
        return (parse(text, settings), PatternSource::String);
    }
    let (mut text, mut unknown) = (String::new(), Vec::new());
    node.write_json(&mut text, &mut unknown);
    if unknown.is_empty() {
        return (parse(&text, settings), PatternSource::Document(Box::new(node.clone())));
    }
    let locate = |(at, message)| SourceNote { location: SourceLocation::new(file, at, Pointer::ROOT), message };
    (RulePattern::Unknown(unknown.into_iter().map(locate).collect()), PatternSource::String)
}

/// Parses a file that is a pattern.
pub(super) fn from_file(text: &str, settings: &Settings) -> (RulePattern, PatternSource) {
    (parse(text, settings), PatternSource::File)
}

fn parse(text: &str, settings: &Settings) -> RulePattern {
    match Pattern::parse_with(text, settings) {
        Ok(pattern) => RulePattern::Known(pattern),
        Err(error) => RulePattern::Refused { text: text.to_owned(), error },
    }
}
