//! Requirements of a pattern on the fields of an event, as JSON Schemas: for proofs about all events of a type.
//!
//! A matcher answers for one event. To prove that a pattern matches *no* event of a type, or *every* one, a prover needs
//! the set of matching events as a formula. This module gives it for single fields: which combinations of fields must have
//! which values. The structure of events around the fields, with arrays and dotted names, is up to the caller.
//!
//! JSON Schema cannot express every matcher, such as all spellings of an IP address. So a requirement is an
//! [`Approximation`]: a schema that accepts at least the matching values and one that accepts only matching values.
//!
//! ```
//! use eventbridge_pattern::Pattern;
//! use eventbridge_pattern::requirement::{FieldRequirement, ValueRequirement};
//! use serde_json::json;
//!
//! let pattern = Pattern::parse(r#"{"detail": {"type": [{"prefix": "Order."}]}}"#)?;
//! let alternatives = pattern.requirements(10).expect("one alternative");
//! let field: &FieldRequirement = &alternatives[0][0];
//! assert_eq!(field.path, ["detail", "type"]);
//! let ValueRequirement::Present(values) = &field.value else { panic!("a value is required") };
//! assert_eq!(values.over, json!({"type": "string", "pattern": "^Order\\."}));
//! assert_eq!(values.over, values.under);
//! # Ok::<(), eventbridge_pattern::PatternError>(())
//! ```

mod approximation;
mod schema;

pub use approximation::Approximation;

use serde_json::json;

use crate::Pattern;
use crate::matcher::{FieldCondition, Matcher};

/// The requirement of one alternative on one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldRequirement {
    /// The names that lead to the field.
    pub path: Vec<String>,
    /// The requirement on the values of the field.
    pub value: ValueRequirement,
}

/// The requirement on the values of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueRequirement {
    /// The field has a String, Number, Boolean or Null that is valid under a schema.
    Present(Approximation),
    /// The field has no value.
    Absent,
}

impl Pattern {
    /// Returns the alternatives of the pattern: one of them must hold. `None` means that there are more than
    /// `max_alternatives`.
    ///
    /// The requirements of an alternative are in the order in which the service visits their paths. A match array that
    /// accepts both a value and an absent field gives two alternatives.
    pub fn requirements(&self, max_alternatives: usize) -> Option<Vec<Vec<FieldRequirement>>> {
        let mut all = Vec::new();
        for alternative in &self.compiled.alternatives {
            let mut expanded = vec![Vec::new()];
            for &index in alternative {
                let compiled = &self.compiled.conditions[index as usize];
                let options = options(&compiled.condition, compiled.field.is_some());
                expanded = expanded
                    .into_iter()
                    .flat_map(|requirements: Vec<FieldRequirement>| {
                        let with = |option: &Option<FieldRequirement>| {
                            requirements.iter().chain(option).cloned().collect::<Vec<_>>()
                        };
                        options.iter().map(with).collect::<Vec<_>>()
                    })
                    .collect();
                if all.len() + expanded.len() > max_alternatives {
                    return None;
                }
            }
            all.extend(expanded);
        }
        Some(all)
    }

    /// Returns the paths of all conditions: names joined with dots. A path may occur several times.
    ///
    /// ```
    /// use eventbridge_pattern::Pattern;
    ///
    /// let pattern =
    ///     Pattern::parse(r#"{"source": [{"anything-but": "shop"}], "detail": {"gift": [{"exists": false}]}}"#)?;
    /// assert_eq!(pattern.paths().count(), 2);
    /// assert_eq!(pattern.anything_but_paths().collect::<Vec<_>>(), ["source"]);
    /// assert_eq!(pattern.absent_paths().collect::<Vec<_>>(), ["detail.gift"]);
    /// # Ok::<(), eventbridge_pattern::PatternError>(())
    /// ```
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths_where(|_| true)
    }

    /// Returns the paths of conditions that accept every value except some (`anything-but`).
    pub fn anything_but_paths(&self) -> impl Iterator<Item = &str> {
        self.paths_where(|condition| {
            condition.matchers.iter().any(|matcher| matches!(matcher, Matcher::AnythingBut(_)))
        })
    }

    /// Returns the paths of conditions that accept an absent field (`{"exists": false}`).
    pub fn absent_paths(&self) -> impl Iterator<Item = &str> {
        self.paths_where(FieldCondition::accepts_absence)
    }

    fn paths_where(&self, is_wanted: impl Fn(&FieldCondition) -> bool) -> impl Iterator<Item = &str> {
        let conditions = self.compiled.conditions.iter().map(|compiled| &compiled.condition);
        conditions.filter(move |condition| is_wanted(condition)).map(|condition| condition.path.as_str())
    }
}

/// Returns alternative requirements: each satisfies the condition. `None` requires nothing.
///
/// A field that no event can have (`has_field` is false) is always absent.
fn options(condition: &FieldCondition, has_field: bool) -> Vec<Option<FieldRequirement>> {
    let path: Vec<String> = condition.path.split('.').map(str::to_owned).collect();
    let require = |value| Some(FieldRequirement { path: path.clone(), value });
    let mut options = Vec::new();
    if condition.matchers.iter().any(|matcher| *matcher != Matcher::Exists(false)) {
        let values = if has_field { schema::approximate(condition) } else { Approximation::exact(json!(false)) };
        options.push(require(ValueRequirement::Present(values)));
    }
    if condition.accepts_absence() {
        options.push(if has_field { require(ValueRequirement::Absent) } else { None });
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_that_accepts_absence_is_two_alternatives() {
        let pattern = Pattern::parse(r#"{"a": [{"exists": false}, 1], "$or": [{"b": [1]}, {"b": [2]}]}"#).unwrap();
        let alternatives = pattern.requirements(8).unwrap();
        assert_eq!(alternatives.len(), 4);
        assert_eq!(alternatives[1][0].value, ValueRequirement::Absent);
        assert_eq!(alternatives[1][1].path, ["b"]);
        assert_eq!(pattern.requirements(3), None);
    }
}
