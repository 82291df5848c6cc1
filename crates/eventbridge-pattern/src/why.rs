//! Why an event matches a pattern, or does not.

use std::fmt;

use super::compile::Compiled;
use super::leaf::Leaf;
use super::scan::{self, EventError, Scope, Sink};
use super::search::{self, Choice};
use super::source::Source;
use super::subject::Subject;

/// How many values of a field are said.
const VALUES: usize = 8;

/// Which conditions of a pattern hold for an event and which do not, with the values that were seen: a tree for a person
/// to read.
///
/// ```
/// use eventbridge_pattern::Pattern;
///
/// let pattern = Pattern::parse(r#"{"source": ["external"], "detail": {"count": [{"numeric": [">", 5]}]}}"#)?;
/// let why = pattern.why(r#"{"source": "external", "detail": {"count": 5.0}}"#)?;
/// assert!(!why.matches());
/// assert_eq!(why.to_string(), "\
/// no match
///   failed  detail.count [{\"numeric\": [\">\", 5]}]: seen 5.0
///   held    source [\"external\"]: seen \"external\"
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    ways: Vec<Way>,
}

/// One way in which a pattern can match: there is one, and more where the pattern has `$or`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    conditions: Vec<Condition>,
    together: bool,
}

/// What a pattern asks of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    path: String,
    wanted: String,
    holds: bool,
    seen: Vec<String>,
    more: usize,
}

impl Why {
    /// Whether the event matches: one of the ways holds.
    pub fn matches(&self) -> bool {
        self.ways.iter().any(Way::holds)
    }

    /// The ways in which the pattern can match, in the order of its `$or`.
    pub fn ways(&self) -> &[Way] {
        &self.ways
    }

    /// The conditions that do not hold, in the way that comes nearest to holding.
    pub fn failing(&self) -> Vec<&Condition> {
        let failing = |way| Way::conditions(way).iter().filter(|condition| !condition.holds).collect::<Vec<_>>();
        self.ways.iter().map(failing).min_by_key(Vec::len).unwrap_or_default()
    }
}

impl Way {
    /// Whether the event matches in this way: all conditions hold, and hold together.
    pub fn holds(&self) -> bool {
        self.together && self.conditions.iter().all(Condition::holds)
    }

    /// Whether all conditions hold, each for itself, and yet not together: what they find stands in different items of
    /// one list.
    pub fn holds_apart_only(&self) -> bool {
        !self.together && self.conditions.iter().all(Condition::holds)
    }

    /// The conditions, in the order of their paths.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }
}

impl Condition {
    /// The names on the way to the field, joined with dots.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What the pattern has for the field, as it is written there.
    pub fn wanted(&self) -> &str {
        &self.wanted
    }

    /// Whether it holds, looked at alone.
    pub fn holds(&self) -> bool {
        self.holds
    }

    /// The values of the field as JSON, in the order of the event; the first eight. An object is none, and neither is
    /// an empty list.
    pub fn seen(&self) -> &[String] {
        &self.seen
    }
}

impl fmt::Display for Why {
    /// A line a condition, the ways one after the other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.matches() { "match\n" } else { "no match\n" })?;
        let several = self.ways.len() > 1;
        for (number, way) in (1..).zip(&self.ways) {
            if several {
                let holds = if way.holds() { "holds" } else { "does not hold" };
                writeln!(f, "  way {number} of {} {holds}", self.ways.len())?;
            }
            let indent = if several { "    " } else { "  " };
            for condition in &way.conditions {
                writeln!(f, "{indent}{condition}")?;
            }
            if way.holds_apart_only() {
                writeln!(
                    f,
                    "{indent}failed  all of them together: what they find stands in different items of one list"
                )?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.holds { "held  " } else { "failed" };
        write!(f, "{verdict}  {} {}: ", self.path, self.wanted)?;
        match (self.seen.as_slice(), self.more) {
            ([], _) => f.write_str("no value"),
            (seen, 0) => write!(f, "seen {}", seen.join(", ")),
            (seen, more) => write!(f, "seen {} and {more} more", seen.join(", ")),
        }
    }
}

/// Keeps every value of every field. Nothing of what makes matching fast is used here.
#[derive(Default)]
struct All<'e> {
    values: Vec<(u32, Leaf<'e>, Scope)>,
}

impl<'e> Sink<'e> for All<'e> {
    const READS_ALL: bool = true;

    fn take(&mut self, field: u32, leaf: Leaf<'e>, scope: Scope) -> bool {
        self.values.push((field, leaf, scope));
        false
    }
}

pub(super) fn why(text: &str, source: &Source, compiled: &Compiled, subject: &Subject<'_>) -> Result<Why, EventError> {
    let mut all = All::default();
    let scopes = scan::scan(subject, &compiled.fields, &mut all)?;
    let values = |condition: u32| {
        let field = compiled.field[condition as usize];
        all.values.iter().filter(move |(of, ..)| Some(*of) == field)
    };
    let choice = |condition: u32| {
        let wanted = &compiled.conditions[condition as usize];
        let found = values(condition).filter(|(_, leaf, _)| wanted.finds(leaf)).map(|(.., scope)| *scope).collect();
        let missing = wanted.finds_nothing().then(|| values(condition).map(|(.., scope)| *scope).collect());
        Choice { found, missing }
    };
    let ways = compiled.branches.iter().map(|branch| {
        let choices: Vec<Choice> = branch.iter().map(|condition| choice(*condition)).collect();
        let conditions: Vec<Condition> = branch
            .iter()
            .zip(&choices)
            .map(|(&condition, Choice { found, missing })| {
                let place = &source.lists[compiled.list[condition as usize]].place;
                let count = values(condition).count();
                Condition {
                    path: compiled.conditions[condition as usize].path.clone(),
                    wanted: on_one_line(&text[place.value..place.end]),
                    holds: !found.is_empty() || missing.as_ref().is_some_and(|values| !values.contains(&0)),
                    seen: values(condition).take(VALUES).map(|(_, leaf, _)| leaf.to_string()).collect(),
                    more: count.saturating_sub(VALUES),
                }
            })
            .collect();
        let together = search::hold_together(&choices, &scopes)?;
        Ok(Way { conditions, together })
    });
    Ok(Why { ways: ways.collect::<Result<_, _>>()? })
}

/// Without the line breaks that a pattern may have between its values; within texts there are none.
fn on_one_line(json: &str) -> String {
    json.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::Pattern;

    fn why(pattern: &str, event: &str) -> String {
        Pattern::parse(pattern).unwrap().why(event).unwrap().to_string()
    }

    #[test]
    fn every_way_is_shown() {
        assert_eq!(
            why(r#"{"$or":[{"a":[1]},{"b":[{"exists":false}],"c":["x"]}]}"#, r#"{"a":[2,3],"c":{}}"#),
            "no match\n  way 1 of 2 does not hold\n    failed  a [1]: seen 2, 3\n  way 2 of 2 does not hold\n    \
             held    b [{\"exists\":false}]: no value\n    failed  c [\"x\"]: no value\n"
        );
    }

    #[test]
    fn conditions_that_hold_in_different_items_are_said() {
        let said = why("{\"a\":{\"x\":[1,\n  2],\"y\":[2]}}", r#"{"a":[{"x":1,"y":1},{"x":3,"y":2}]}"#);
        assert_eq!(
            said,
            "no match\n  held    a.x [1, 2]: seen 1, 3\n  held    a.y [2]: seen 1, 2\n  failed  all of them together: what \
             they find stands in different items of one list\n"
        );
        let many = format!("{{\"a\":{:?}}}", (0..20).collect::<Vec<_>>());
        assert_eq!(why(r#"{"a":[19]}"#, &many), "match\n  held    a [19]: seen 0, 1, 2, 3, 4, 5, 6, 7 and 12 more\n");
    }
}
