//! The families, by the part of the library that is asked.

mod ask;
mod event;
mod pattern;
mod regex;
mod schema;
mod template;

use ask::{ask, audit_line, match_event, read_deliveries, read_rules, verify_record};

/// An input, by what it is for.
pub enum Input {
    /// The schemas of a writer and a reader.
    Schemas([String; 2]),
    /// The name of a file with rules, and its text.
    Rules(&'static str, String),
    /// A pattern and an event.
    Match(String, String),
    /// Bytes of a delivery.
    Delivery(Vec<u8>),
    /// The path of a file of the record, and its text.
    Record(&'static str, String),
}

impl Input {
    /// Returns the number of bytes.
    pub fn length(&self) -> usize {
        match self {
            Self::Schemas([one, other]) | Self::Match(one, other) => one.len() + other.len(),
            Self::Rules(_, text) | Self::Record(_, text) => text.len(),
            Self::Delivery(bytes) => bytes.len(),
        }
    }
}

/// The kind of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The question was decided, or the document read.
    Answered,
    /// The question is undecided, with a reason.
    Undecided,
    /// The input is an error, with its place or its limit.
    Refused,
}

/// A family of inputs.
pub struct Family {
    pub name: &'static str,
    /// Makes an input of about this part of a megabyte, unless a short one shows the same.
    pub input: fn(f64) -> Input,
    pub run: fn(&Input, Option<u64>) -> Outcome,
    /// The outcome of the test, where the budget is small.
    pub expected: Outcome,
}

/// Returns a part of a number that is meant for a megabyte.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small positive numbers")]
fn part(size: f64, of: usize) -> usize {
    (of as f64 * size).max(1.0) as usize
}

/// Returns the texts of a range, separated.
fn list(count: usize, separator: &str, text: impl FnMut(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().join(separator)
}

macro_rules! families {
    ($($name:literal, $input:expr, $run:ident, $expected:ident;)*) => {
        &[$(Family { name: $name, input: $input, run: $run, expected: Outcome::$expected }),*]
    };
}

/// All families.
pub const FAMILIES: &[Family] = families! {
    "pattern: nested counts", regex::nested_counts, ask, Undecided;
    "pattern: nested counts in both schemas", regex::nested_counts_in_both, ask, Undecided;
    "pattern: thrice nested counts", regex::thrice_nested_counts, ask, Undecided;
    "pattern: a long literal", regex::literal, ask, Undecided;
    "pattern: optional characters", regex::optional_characters, ask, Undecided;
    "pattern: parentheses", regex::parentheses, ask, Undecided;
    "pattern: brackets", regex::brackets, ask, Answered;
    "pattern: braces", regex::braces, ask, Undecided;
    "pattern: open quantifiers", regex::open_quantifiers, ask, Undecided;
    "pattern: exponentially many states", regex::exponential_states, ask, Undecided;
    "pattern: many words", regex::words, ask, Undecided;
    "pattern: a large class", regex::large_class, ask, Answered;
    "pattern: many classes", regex::many_classes, ask, Undecided;
    "pattern: many negated classes", regex::many_negated_classes, ask, Undecided;
    "pattern: lookaheads", regex::lookaheads, ask, Undecided;
    "pattern: lookaheads in a sequence", regex::sequence_of_lookaheads, ask, Undecided;
    "pattern: a large count", regex::large_count, ask, Undecided;
    "pattern: Unicode properties", regex::unicode_properties, ask, Undecided;
    "pattern: names without an end", regex::unclosed_names, ask, Refused;
    "pattern: a long text", regex::long_text, ask, Answered;
    "schema: many patterns", schema::many_patterns, ask, Undecided;
    "schema: required names", schema::required, ask, Answered;
    "schema: more required names", schema::more_required, ask, Answered;
    "schema: properties", schema::properties, ask, Answered;
    "schema: properties of another type", schema::properties_of_another_type, ask, Answered;
    "schema: properties that are not allowed", schema::closed_properties, ask, Answered;
    "schema: unevaluated properties", schema::unevaluated_properties, ask, Answered;
    "schema: an enumeration", schema::enumeration, ask, Answered;
    "schema: an enumeration of objects", schema::enumeration_of_objects, ask, Answered;
    "schema: alternatives without a tag", schema::untagged_union, ask, Undecided;
    "schema: alternatives with a tag", schema::tagged_union, ask, Answered;
    "schema: alternatives of required names", schema::required_union, ask, Answered;
    "schema: nested negations", schema::nested_negations, ask, Answered;
    "schema: nested conditions", schema::nested_conditions, ask, Answered;
    "schema: a chain of references", schema::reference_chain, ask, Undecided;
    "schema: a chain of references to members", schema::member_chain, ask, Undecided;
    "schema: references that double", schema::doubling_references, ask, Undecided;
    "schema: references that double in place", schema::doubling_in_place, ask, Undecided;
    "schema: items that all differ", schema::unique_items, ask, Undecided;
    "schema: many long items", schema::long_items, ask, Undecided;
    "schema: a minimum of members", schema::min_properties, ask, Undecided;
    "schema: a minimum of characters", schema::min_length, ask, Undecided;
    "schema: dependencies in a chain", schema::dependency_chain, ask, Undecided;
    "schema: many `contains`", schema::many_contains, ask, Undecided;
    "schema: long numbers", schema::long_numbers, ask, Undecided;
    "schema: large exponents", schema::large_exponents, ask, Answered;
    "schema: nested JSON", schema::nested_json, ask, Refused;
    "template: conditions that double", template::doubling_conditions, read_rules, Answered;
    "template: unknown conditions that double", template::unknown_conditions, read_rules, Undecided;
    "template: texts that double", template::doubling_texts, read_rules, Undecided;
    "template: empty texts that double", template::doubling_empty_texts, read_rules, Answered;
    "template: a long parameter in a text", template::long_parameter, read_rules, Undecided;
    "template: nested joins", template::nested_joins, read_rules, Undecided;
    "template: lists split again and again", template::splits, read_rules, Undecided;
    "template: many parameters", template::parameters, read_rules, Answered;
    "template: lookups in a large mapping", template::mappings, read_rules, Answered;
    "template: aliases of aliases", template::aliases, read_rules, Refused;
    "template: aliases of a long text", template::long_aliases, read_rules, Refused;
    "template: nested anchors", template::nested_anchors, read_rules, Refused;
    "template: merge keys", template::merge_keys, read_rules, Answered;
    "template: nested YAML", template::nested_yaml, read_rules, Refused;
    "template: nested JSON", template::nested_json, read_rules, Refused;
    "template: many rules", template::rules, read_rules, Answered;
    "template: many targets", template::targets, read_rules, Answered;
    "template: duplicate members", template::duplicates, read_rules, Refused;
    "rule: nested objects", pattern::nested, match_event, Refused;
    "rule: nested `$or`", pattern::nested_or, match_event, Refused;
    "rule: a product of `$or`", pattern::product_of_or, match_event, Answered;
    "rule: stars", pattern::stars, match_event, Refused;
    "rule: many excluded values", pattern::excluded_values, match_event, Answered;
    "rule: a long number", pattern::long_number, match_event, Answered;
    "rule: duplicate members of an event", pattern::duplicate_members, match_event, Answered;
    "rule: items of nested arrays", pattern::nested_arrays, match_event, Answered;
    "rule: a nested event", pattern::nested_event, match_event, Refused;
    "delivery: gzip in records", event::packed_records, read_deliveries, Answered;
    "delivery: gzip in gzip", event::nested_gzip, read_deliveries, Answered;
    "delivery: numbers", event::numbers, read_deliveries, Answered;
    "delivery: nested arrays", event::nested, read_deliveries, Answered;
    "delivery: batches in batches", event::nested_batches, read_deliveries, Answered;
    "delivery: unknown members", event::unknown_members, read_deliveries, Answered;
    "delivery: texts in texts", event::escaped_texts, read_deliveries, Answered;
    "lake: a batch of numbers", event::numbers, audit_line, Answered;
    "lake: a batch of empty records", event::empty_records, audit_line, Answered;
    "lake: a batch of events", event::batch, audit_line, Answered;
    "lake: gzip in records", event::packed_records, audit_line, Answered;
    "record: another text in a published file", event::published_file, verify_record, Answered;
    "record: a golden event with many members", event::golden_event, verify_record, Answered;
    "record: an index of many versions", event::index, verify_record, Answered;
};
