//! What a target reads of an event: `InputPath`, `PartitionKeyPath`, and the paths of an input transformer.

use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

use super::reach::{Example, Reach, decide, undecided};
use super::shape::Shape;
use super::translate::translate;
use crate::pattern::Pattern;
use eventbridge_pattern::requirement::Approximation;

/// A path as the targets of EventBridge take it: `$.detail.partitionKey`, `$.detail.items[0].sku`, `$.detail.items[*].sku`.
///
/// EventBridge takes [dot notation, indices of lists and
/// wildcards](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html), and no names in
/// brackets; here a wildcard stands for an item of a list only.
///
/// ```
/// use event_contract::contract;
/// use event_contract::routing::{Envelope, Path, Shape};
///
/// let shapes = Shape::all(&contract::catalog()?, &Envelope::default())?;
/// let created = &shapes[2]; // Order.Created v3
/// let read = |path: &str| Ok::<_, Box<dyn std::error::Error>>(created.read(&path.parse::<Path>()?, None).as_str());
/// assert_eq!(read("$.detail.partitionKey")?, "always");
/// assert_eq!(read("$.detail.data.lines[0].sku")?, "some"); // there may be no lines
/// assert_eq!(read("$.detail.partition_key")?, "never");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    text: String,
    steps: Vec<Step>,
}

/// A text is not a path that EventBridge takes, or one that is not understood here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a path: {expected}; write one such as $.detail.partitionKey or $.detail.items[0].sku")]
pub struct PathError {
    text: String,
    expected: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Item(usize),
    AnyItem,
}

/// The largest index that is looked at.
const LAST: usize = 100;

impl Path {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it leads to a value of the event, `null` included.
    pub fn is_in(&self, event: &Value) -> bool {
        leads(&self.steps, event)
    }

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

    /// The names along it, joined with dots.
    fn names(&self) -> String {
        let names = self.steps.iter().map_while(|step| match step {
            Step::Member(name) => Some(name.as_str()),
            Step::Item(_) | Step::AnyItem => None,
        });
        names.collect::<Vec<_>>().join(".")
    }
}

fn leads(steps: &[Step], value: &Value) -> bool {
    match steps {
        [] => true,
        [Step::Member(name), rest @ ..] => {
            value.as_object().and_then(|members| members.get(name)).is_some_and(|value| leads(rest, value))
        }
        [Step::Item(index), rest @ ..] => {
            value.as_array().and_then(|items| items.get(*index)).is_some_and(|value| leads(rest, value))
        }
        [Step::AnyItem, rest @ ..] => {
            value.as_array().is_some_and(|items| items.iter().any(|value| leads(rest, value)))
        }
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let fail = |expected| PathError { text: text.to_owned(), expected };
        let mut rest = text.strip_prefix('$').ok_or_else(|| fail("it begins with `$`"))?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let step = if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let name = &after[..end];
                rest = &after[end..];
                let takes = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/');
                if name.is_empty() || !name.chars().all(takes) {
                    return Err(fail("a name of letters, digits, `_`, `-` and `/` stands behind each `.`"));
                }
                Step::Member(name.to_owned())
            } else if let Some((index, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                rest = after;
                match (index, index.parse()) {
                    ("*", _) => Step::AnyItem,
                    (_, Ok(index)) if index <= LAST => Step::Item(index),
                    _ => return Err(fail("an index up to 100 or `*` stands in brackets")),
                }
            } else {
                return Err(fail("a `.` or a `[` stands behind a name"));
            };
            steps.push(step);
        }
        Ok(Self { text: text.to_owned(), steps })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Shape {
    /// In which of these events a path leads to a value; with a pattern, in which of those that it matches.
    ///
    /// [`Reach::matched`] is an event in which it does, [`Reach::missed`] one in which it does not. Where the pattern
    /// matches none of them, both `never` and `always` would be right, and `never` is said.
    pub fn read(&self, path: &Path, pattern: Option<&Pattern>) -> Reach {
        let confirm = |event: Value, expected| match pattern {
            Some(pattern) => Example::confirm(event, self, pattern, true)
                .and_then(|example| Example::shows(example.into_event(), self, |event| path.is_in(event) == expected)),
            None => Example::shows(event, self, |event| path.is_in(event) == expected),
        };
        let there = Approximation::exact(path.schema());
        let names = path.names();
        let mut paths = vec![names.as_str()];
        let Some(pattern) = pattern else {
            return decide(self, [&there, &there.clone().complement()], &paths, &confirm);
        };
        paths.extend(pattern.paths());
        let Some(matched) = translate(pattern, self.places()) else {
            return undecided(self, "the pattern has too many ways to match", &confirm);
        };
        let with = Approximation::all_of([matched.clone(), there.clone()]);
        let without = Approximation::all_of([matched, there.complement()]);
        decide(self, [&with, &without], &paths, &confirm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_and_followed() {
        let event = json!({ "detail": { "items": [{ "sku": "a" }, { "sku": null }], "a-b": 1 } });
        for (path, leads) in [
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
            let read: Path = path.parse().unwrap();
            assert_eq!(read.is_in(&event), leads, "{path}");
            assert_eq!(jsonschema::is_valid(&read.schema(), &event), leads, "{path}");
            assert_eq!(read.to_string(), path);
        }
    }

    #[test]
    fn what_is_no_path_is_said() {
        for (text, expected) in [
            ("detail.a", "it begins with `$`"),
            ("$..a", "a name of letters, digits, `_`, `-` and `/` stands behind each `.`"),
            ("$.detail.*", "a name of letters, digits, `_`, `-` and `/` stands behind each `.`"),
            ("$.a['b']", "an index up to 100 or `*` stands in brackets"),
            ("$.a[101]", "an index up to 100 or `*` stands in brackets"),
            ("$a", "a `.` or a `[` stands behind a name"),
            ("$.a[0", "a `.` or a `[` stands behind a name"),
        ] {
            let error = text.parse::<Path>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "{text:?} is not a path: {expected}; write one such as $.detail.partitionKey or $.detail.items[0].sku"
                )
            );
        }
    }
}
