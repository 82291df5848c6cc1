//! JSON paths of targets: `InputPath`, `PartitionKeyPath`, and the paths of an input transformer.

use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

use super::error::RoutingError;
use super::event_set::EventSet;
use super::reach::{Question, Reach, TOO_MANY_ALTERNATIVES, confirm, confirm_match};
use super::translation::translate;
use crate::pattern::Pattern;
use eventbridge_pattern::requirement::Approximation;

/// A JSON path that EventBridge accepts in a target: `$.detail.partitionKey`, `$.detail.items[0].sku`,
/// `$.detail.items[*].sku`.
///
/// EventBridge accepts [dot notation, array indices and
/// wildcards](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html), but not names in
/// brackets. This crate supports a wildcard only for the items of an array.
///
/// ```
/// use event_contract::contract;
/// use event_contract::routing::{EnvelopeConstraints, EventSet, TargetPath};
///
/// let sets = EventSet::for_catalog(&contract::catalog()?, &EnvelopeConstraints::default())?;
/// let created = &sets[2]; // Order.Created v3
/// let reach = |path: &str| {
///     Ok::<_, Box<dyn std::error::Error>>(created.path_reach(&path.parse::<TargetPath>()?, None).as_str())
/// };
/// assert_eq!(reach("$.detail.partitionKey")?, "always");
/// assert_eq!(reach("$.detail.data.lines[0].sku")?, "sometimes"); // `lines` may be empty
/// assert_eq!(reach("$.detail.partition_key")?, "never");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetPath {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Item(usize),
    AnyItem,
}

/// Largest supported array index: the schema of a path grows with it.
const MAX_INDEX: usize = 100;

impl TargetPath {
    /// Returns true if the event has a value at the path, `null` included.
    pub fn exists_in(&self, event: &Value) -> bool {
        exists(&self.steps, event)
    }

    /// Returns the schema of the events that have a value at the path.
    fn schema(&self) -> Value {
        self.steps.iter().rev().fold(Value::Bool(true), |below, step| match step {
            Step::Member(name) => json!({ "type": "object", "properties": { name: below }, "required": [name] }),
            Step::Item(index) => {
                let items: Vec<Value> = std::iter::repeat_n(Value::Bool(true), *index).chain([below]).collect();
                json!({ "type": "array", "minItems": index + 1, "prefixItems": items })
            }
            Step::AnyItem => json!({ "type": "array", "contains": below }),
        })
    }

    /// Returns the names before the first index, joined with dots.
    fn leading_names(&self) -> String {
        let names = self.steps.iter().map_while(|step| match step {
            Step::Member(name) => Some(name.as_str()),
            Step::Item(_) | Step::AnyItem => None,
        });
        names.collect::<Vec<_>>().join(".")
    }
}

fn exists(steps: &[Step], value: &Value) -> bool {
    match steps {
        [] => true,
        [Step::Member(name), rest @ ..] => {
            value.as_object().and_then(|members| members.get(name)).is_some_and(|value| exists(rest, value))
        }
        [Step::Item(index), rest @ ..] => {
            value.as_array().and_then(|items| items.get(*index)).is_some_and(|value| exists(rest, value))
        }
        [Step::AnyItem, rest @ ..] => {
            value.as_array().is_some_and(|items| items.iter().any(|value| exists(rest, value)))
        }
    }
}

impl FromStr for TargetPath {
    type Err = RoutingError;

    fn from_str(text: &str) -> Result<Self, RoutingError> {
        let fail = |expected| RoutingError::path(text, expected);
        let mut rest = text.strip_prefix('$').ok_or_else(|| fail("`$` at the start"))?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let step = if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let (name, others) = after.split_at_checked(end).unwrap_or((after, ""));
                rest = others;
                let is_allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/');
                if name.is_empty() || !name.chars().all(is_allowed) {
                    return Err(fail("a name of letters, digits, `_`, `-` and `/` after `.`"));
                }
                Step::Member(name.to_owned())
            } else if let Some((index, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                rest = after;
                match (index, index.parse()) {
                    ("*", _) => Step::AnyItem,
                    (_, Ok(index)) if index <= MAX_INDEX => Step::Item(index),
                    _ => return Err(fail("an index up to 100 or `*` in brackets")),
                }
            } else {
                return Err(fail("`.` or `[` after a name"));
            };
            steps.push(step);
        }
        Ok(Self { text: text.to_owned(), steps })
    }
}

impl fmt::Display for TargetPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl EventSet {
    /// Decides in which events of the set a path exists; with a pattern, in which of those that it matches.
    ///
    /// [`Reach::matched`] is an event in which it exists, [`Reach::missed`] one in which it does not. If the pattern
    /// matches no event, both `never` and `always` are true and the answer is `never`.
    pub fn path_reach(&self, path: &TargetPath, pattern: Option<&Pattern>) -> Reach {
        let schema = self.event_schema();
        let confirm = |event: Value, expected| match pattern {
            Some(pattern) => confirm_match(event, schema, pattern, true)
                .and_then(|example| confirm(example, schema, |event| path.exists_in(event) == expected)),
            None => confirm(event, schema, |event| path.exists_in(event) == expected),
        };
        let question = Question { schema, confirm: &confirm };
        let present = Approximation::exact(path.schema());
        let names = path.leading_names();
        let mut paths = vec![names.as_str()];
        let Some(pattern) = pattern else {
            return question.decide(&present, &present.clone().complement(), &paths);
        };
        paths.extend(pattern.paths());
        let Some(matched) = translate(pattern, schema.navigator()) else {
            return question.undecided(TOO_MANY_ALTERNATIVES);
        };
        let with = Approximation::all_of([matched.clone(), present.clone()]);
        let without = Approximation::all_of([matched, present.complement()]);
        question.decide(&with, &without, &paths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_exists_in_an_event_with_a_value_there() {
        let event = json!({ "detail": { "items": [{ "sku": "a" }, { "sku": null }], "a-b": 1 } });
        for (path, exists) in [
            ("$", true),
            ("$.detail", true),
            ("$.detail.a-b", true),
            ("$.detail.items[1].sku", true),
            ("$.detail.items[2].sku", false),
            ("$.detail.items[*].sku", true),
            ("$.detail.items[*].price", false),
            ("$.detail.items.sku", false),
            ("$.detail[0]", false),
        ] {
            let parsed: TargetPath = path.parse().unwrap();
            assert_eq!(parsed.exists_in(&event), exists, "{path}");
            assert_eq!(jsonschema::is_valid(&parsed.schema(), &event), exists, "{path}");
            assert_eq!(parsed.to_string(), path);
        }
    }

    #[test]
    fn invalid_paths_are_rejected() {
        for (text, expected) in [
            ("detail.a", "`$` at the start"),
            ("$..a", "a name of letters, digits, `_`, `-` and `/` after `.`"),
            ("$.detail.*", "a name of letters, digits, `_`, `-` and `/` after `.`"),
            ("$.a['b']", "an index up to 100 or `*` in brackets"),
            ("$.a[101]", "an index up to 100 or `*` in brackets"),
            ("$a", "`.` or `[` after a name"),
            ("$.a[0", "`.` or `[` after a name"),
        ] {
            let error = text.parse::<TargetPath>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("{text:?} is not a path: expected {expected}, as in $.detail.items[0].sku")
            );
        }
    }
}
