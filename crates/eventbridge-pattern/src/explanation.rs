//! Explanation of a match: every condition with the values of the event.

use std::fmt;

use crate::Pattern;
use crate::compiled::CompiledCondition;
use crate::consistency::{self, Candidates};
use crate::element::{ElementId, NO_ELEMENT};
use crate::event::{EventError, EventInput};
use crate::primitive::Primitive;
use crate::scanner::{self, ValueSink};

/// Maximum number of values of a condition that are shown.
const MAX_VALUES: usize = 8;

/// The conditions of a pattern that hold for an event and those that do not, with the values of the event.
///
/// ```
/// use eventbridge_pattern::Pattern;
///
/// let pattern = Pattern::parse(r#"{"source": ["external"], "detail": {"count": [{"numeric": [">", 5]}]}}"#)?;
/// let explanation = pattern.explain(r#"{"source": "external", "detail": {"count": 5.0}}"#)?;
/// assert!(!explanation.matches());
/// assert_eq!(explanation.failed_conditions()[0].path, "detail.count");
/// assert_eq!(explanation.to_string(), "\
/// no match
///   failed  detail.count [{\"numeric\": [\">\", 5]}]: found 5.0
///   held    source [\"external\"]: found \"external\"
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The alternatives of the pattern in the order of its `$or`s; one if it has no `$or`.
    pub alternatives: Vec<Alternative>,
}

/// One combination of `$or` branches. An event matches the pattern if one alternative holds.
///
/// ```
/// use eventbridge_pattern::{Alternative, Explanation, Pattern};
///
/// let pattern = Pattern::parse(r#"{"detail": {"lines": {"sku": ["A"], "count": [2]}}}"#)?;
/// let event = r#"{"detail": {"lines": [{"sku": "A", "count": 1}, {"sku": "B", "count": 2}]}}"#;
/// let explanation: Explanation = pattern.explain(event)?;
/// let alternative: &Alternative = &explanation.alternatives[0];
/// assert!(alternative.is_only_inconsistent() && !explanation.matches());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alternative {
    /// The conditions in the order of their paths.
    pub conditions: Vec<Condition>,
    /// True if the values that the conditions match can be chosen without taking two elements of one array.
    pub is_consistent: bool,
}

/// A match array of the pattern against the values of its field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Condition {
    /// The names that lead to the field, joined with dots.
    pub path: String,
    /// The match array as the pattern spells it, on one line.
    pub expected: String,
    /// True if the condition holds without regard to the other conditions.
    pub holds: bool,
    /// The first eight values of the field as JSON, in the order of the event. Objects and empty arrays are not values.
    pub values: Vec<String>,
    /// Number of values after the first eight.
    pub omitted_values: usize,
}

impl Explanation {
    /// Returns true if the event matches: one of the alternatives holds.
    pub fn matches(&self) -> bool {
        self.alternatives.iter().any(Alternative::holds)
    }

    /// Returns the conditions that do not hold, of the alternative that has the fewest of them.
    pub fn failed_conditions(&self) -> Vec<&Condition> {
        let failed = |alternative: &'_ Alternative| alternative.conditions.iter().filter(|it| !it.holds).count();
        let nearest = self.alternatives.iter().min_by_key(|alternative| failed(alternative));
        nearest.into_iter().flat_map(|alternative| &alternative.conditions).filter(|it| !it.holds).collect()
    }
}

impl Alternative {
    /// Returns true if all conditions hold together.
    pub fn holds(&self) -> bool {
        self.is_consistent && self.conditions.iter().all(|condition| condition.holds)
    }

    /// Returns true if every condition holds by itself, but only with values from different elements of one array.
    pub fn is_only_inconsistent(&self) -> bool {
        !self.is_consistent && self.conditions.iter().all(|condition| condition.holds)
    }
}

impl fmt::Display for Explanation {
    /// Writes a line for each condition, below a line for each alternative if there are several.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.matches() { "match\n" } else { "no match\n" })?;
        let count = self.alternatives.len();
        for (number, alternative) in (1..).zip(&self.alternatives) {
            if count > 1 {
                let verdict = if alternative.holds() { "holds" } else { "does not hold" };
                writeln!(f, "  alternative {number} of {count} {verdict}")?;
            }
            let indent = if count > 1 { "    " } else { "  " };
            for condition in &alternative.conditions {
                writeln!(f, "{indent}{condition}")?;
            }
            if alternative.is_only_inconsistent() {
                writeln!(f, "{indent}failed  all conditions together: they match different elements of one array")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.holds { "held  " } else { "failed" };
        write!(f, "{verdict}  {} {}: ", self.path, self.expected)?;
        match (self.values.as_slice(), self.omitted_values) {
            ([], _) => f.write_str("no value"),
            (values, 0) => write!(f, "found {}", values.join(", ")),
            (values, omitted) => write!(f, "found {} and {omitted} more", values.join(", ")),
        }
    }
}

/// All values of all fields. Explaining shares no shortcut with matching, so that tests can compare the two.
#[derive(Default)]
struct AllValues<'e> {
    values: Vec<(u32, Primitive<'e>, ElementId)>,
}

impl<'e> ValueSink<'e> for AllValues<'e> {
    const READS_ALL: bool = true;

    fn push(&mut self, field: u32, value: Primitive<'e>, element: ElementId) -> bool {
        self.values.push((field, value, element));
        false
    }
}

impl Pattern {
    /// Reports the conditions that hold for an event and those that do not.
    pub fn explain<'e>(&self, event: impl Into<EventInput<'e>>) -> Result<Explanation, EventError> {
        let event = event.into();
        let mut all = AllValues::default();
        let elements = scanner::scan(&event, &self.compiled.fields, &mut all)?;
        let values_of = |condition: &CompiledCondition| {
            let field = condition.field;
            all.values.iter().filter(move |(of, ..)| Some(*of) == field)
        };
        let candidates_of = |compiled: &CompiledCondition| {
            let condition = &compiled.condition;
            let matching = values_of(compiled).filter(|(_, value, _)| condition.matches(value));
            let if_absent = condition.accepts_absence().then(|| values_of(compiled).map(|(.., id)| *id).collect());
            Candidates { matching: matching.map(|(.., id)| *id).collect(), if_absent }
        };
        let alternatives = self.compiled.alternatives.iter().map(|alternative| {
            let compiled: Vec<_> = alternative.iter().map(|it| &self.compiled.conditions[*it as usize]).collect();
            let candidates: Vec<Candidates> = compiled.iter().map(|condition| candidates_of(condition)).collect();
            let conditions = compiled
                .iter()
                .zip(&candidates)
                .map(|(compiled, Candidates { matching, if_absent })| {
                    let location = &self.syntax.arrays[compiled.array].location;
                    let may_be_absent = if_absent.as_ref().is_some_and(|values| !values.contains(&NO_ELEMENT));
                    Condition {
                        path: compiled.condition.path.clone(),
                        expected: on_one_line(
                            self.text.get(location.value_start..location.value_end).unwrap_or_default(),
                        ),
                        holds: !matching.is_empty() || may_be_absent,
                        values: values_of(compiled).take(MAX_VALUES).map(|(_, value, _)| value.to_string()).collect(),
                        omitted_values: values_of(compiled).count().saturating_sub(MAX_VALUES),
                    }
                })
                .collect();
            let is_consistent = consistency::is_consistent(&candidates, &elements)?;
            Ok(Alternative { conditions, is_consistent })
        });
        Ok(Explanation { alternatives: alternatives.collect::<Result<_, _>>()? })
    }
}

/// Removes line breaks between tokens; a JSON string contains none.
pub(crate) fn on_one_line(json: &str) -> String {
    json.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::Pattern;

    fn explain(pattern: &str, event: &str) -> String {
        Pattern::parse(pattern).unwrap().explain(event).unwrap().to_string()
    }

    #[test]
    fn every_alternative_is_shown() {
        assert_eq!(
            explain(r#"{"$or":[{"a":[1]},{"b":[{"exists":false}],"c":["x"]}]}"#, r#"{"a":[2,3],"c":{}}"#),
            "no match\n  alternative 1 of 2 does not hold\n    failed  a [1]: found 2, 3\n  alternative 2 of 2 does not \
             hold\n    held    b [{\"exists\":false}]: no value\n    failed  c [\"x\"]: no value\n"
        );
    }

    #[test]
    fn inconsistent_elements_are_reported() {
        let explanation = explain("{\"a\":{\"x\":[1,\n  2],\"y\":[2]}}", r#"{"a":[{"x":1,"y":1},{"x":3,"y":2}]}"#);
        assert_eq!(
            explanation,
            "no match\n  held    a.x [1, 2]: found 1, 3\n  held    a.y [2]: found 1, 2\n  failed  all conditions \
             together: they match different elements of one array\n"
        );
    }

    #[test]
    fn only_the_first_values_are_shown() {
        let many = format!("{{\"a\":{:?}}}", (0..20).collect::<Vec<_>>());
        let expected = "match\n  held    a [19]: found 0, 1, 2, 3, 4, 5, 6, 7 and 12 more\n";
        assert_eq!(explain(r#"{"a":[19]}"#, &many), expected);
    }
}
