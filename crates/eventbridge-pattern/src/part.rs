//! Parts of a pattern, and the pattern reduced to some of them: for findings about one condition or one value.

use std::collections::BTreeSet;

use json_document::Pointer;
use serde_json::Value;

use crate::Pattern;
use crate::anything_but::AnythingBut;
use crate::compiled;
use crate::explanation::on_one_line;
use crate::literal::Literal;
use crate::matcher::Matcher;
use crate::prefix::Affix;
use crate::syntax::{Clause, SyntaxTree};

/// A condition of a pattern: a field with its match array.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConditionPart<'p> {
    /// The names that lead to the field, joined with dots.
    pub path: &'p str,
    /// The match array as the pattern spells it, on one line.
    pub text: String,
    /// The JSON pointer of the match array.
    pub pointer: &'p Pointer,
    /// True if the condition belongs to a branch of an `$or`.
    pub is_in_or: bool,
    /// True if another condition on the same path replaces this one, at least in some alternative.
    pub is_replaced: bool,
    /// The elements of the match array.
    pub matchers: Vec<MatcherPart>,
}

/// An element of a match array.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MatcherPart {
    /// The element as the pattern spells it, on one line.
    pub text: String,
    /// The kind of the element.
    pub kind: MatcherKind,
}

/// The kinds of elements of a match array. The list is complete.
#[derive(Debug, Clone, PartialEq)]
pub enum MatcherKind {
    /// A String, Number, Boolean or Null, compared as it is.
    Literal(Value),
    /// `{"exists": true}`.
    Exists,
    /// `{"exists": false}`.
    Absent,
    /// `anything-but`, with each excluded value or matcher as JSON.
    AnythingBut(Vec<Value>),
    /// Any other operator.
    Operator,
}

/// A part of a pattern, by the index of its condition in [`Pattern::conditions`]. The list is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The whole condition.
    Condition(usize),
    /// One element of the match array.
    Matcher {
        /// The index of the condition.
        condition: usize,
        /// The index of the element.
        matcher: usize,
    },
    /// The values that one operand of an `anything-but` excludes.
    Excluded {
        /// The index of the condition.
        condition: usize,
        /// The index of the `anything-but`.
        matcher: usize,
        /// The index of the excluded value.
        value: usize,
    },
    /// Any value of the field, whatever the match array is.
    AnyValue(usize),
}

impl Pattern {
    /// Returns the conditions of the pattern in the order of its text.
    ///
    /// ```
    /// use eventbridge_pattern::Pattern;
    /// use eventbridge_pattern::part::{ConditionPart, MatcherKind, MatcherPart, Part};
    ///
    /// let pattern = Pattern::parse(r#"{"source": ["shop"], "detail-type": ["Order.Created", "Order.Cretaed"]}"#)?;
    /// let types: &ConditionPart<'_> = &pattern.conditions()[1];
    /// let last: &MatcherPart = &types.matchers[1];
    /// assert_eq!((types.path, last.text.as_str()), ("detail-type", "\"Order.Cretaed\""));
    /// assert_eq!(last.kind, MatcherKind::Literal("Order.Cretaed".into()));
    ///
    /// let event = r#"{"source": "shop", "detail-type": "Order.Created"}"#;
    /// let misspelt = pattern.reduce_to(Part::Matcher { condition: 1, matcher: 1 }).expect("the part is in the pattern");
    /// assert!(pattern.matches(event)? && !misspelt.matches(event)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn conditions(&self) -> Vec<ConditionPart<'_>> {
        let replaced: BTreeSet<usize> = self.compiled.replaced.iter().map(|(before, _)| *before).collect();
        let text = |start: usize, end: usize| on_one_line(self.text.get(start..end).unwrap_or_default());
        let arrays = self.syntax.arrays.iter().enumerate();
        arrays
            .map(|(index, array)| ConditionPart {
                path: &array.path,
                text: text(array.location.value_start, array.location.value_end),
                pointer: &array.location.pointer,
                is_in_or: array.is_in_or,
                is_replaced: replaced.contains(&index),
                matchers: array
                    .items
                    .iter()
                    .map(|item| {
                        let text = text(item.location.value_start, item.location.value_end);
                        MatcherPart { kind: kind(&item.matcher, &text), text }
                    })
                    .collect(),
            })
            .collect()
    }

    /// Returns the pattern with some of its conditions, or `None` if every event matches what remains of it.
    ///
    /// Its text is that of the whole pattern, so that places and texts of conditions stay valid.
    ///
    /// ```
    /// use eventbridge_pattern::Pattern;
    ///
    /// let pattern = Pattern::parse(r#"{"source": ["shop"], "detail-type": ["Order.Created"]}"#)?;
    /// let any_type = pattern.retain_conditions(|index| index != 1).expect("the source is left");
    /// assert!(any_type.matches(r#"{"source": "shop"}"#)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn retain_conditions(&self, is_kept: impl Fn(usize) -> bool) -> Option<Self> {
        let clauses = retain(&self.syntax.clauses, &is_kept);
        if clauses.is_empty() { None } else { self.with_syntax(SyntaxTree { clauses, ..(*self.syntax).clone() }) }
    }

    /// Returns the alternatives of the pattern to which a condition belongs, with only one part of its match array.
    ///
    /// Returns `None` if the pattern has no such part. The text is that of the whole pattern, as in
    /// [`retain_conditions`](Self::retain_conditions).
    pub fn reduce_to(&self, part: Part) -> Option<Self> {
        let (Part::Condition(condition)
        | Part::AnyValue(condition)
        | Part::Matcher { condition, .. }
        | Part::Excluded { condition, .. }) = part;
        let mut syntax = (*self.syntax).clone();
        let items = &mut syntax.arrays.get_mut(condition)?.items;
        match part {
            Part::Condition(_) => {}
            Part::Matcher { matcher, .. } => *items = vec![items.get(matcher)?.clone()],
            Part::AnyValue(_) => {
                items.truncate(1);
                items.first_mut()?.matcher = Matcher::Exists(true);
            }
            Part::Excluded { matcher, value, .. } => {
                let mut item = items.get(matcher)?.clone();
                let Matcher::AnythingBut(excluded) = &item.matcher else { return None };
                item.matcher = excluded_matcher(excluded, value)?;
                *items = vec![item];
            }
        }
        syntax.clauses = focus(&syntax.clauses, condition);
        self.with_syntax(syntax)
    }

    fn with_syntax(&self, syntax: SyntaxTree) -> Option<Self> {
        let compiled = compiled::compile(&syntax).ok()?;
        Some(Self { text: self.text.clone(), syntax: Box::new(syntax), compiled })
    }
}

fn kind(matcher: &Matcher, text: &str) -> MatcherKind {
    match matcher {
        // `exactly` is a literal in an object.
        Matcher::Literal(Literal::String(text)) => MatcherKind::Literal(text.as_str().into()),
        Matcher::Literal(Literal::Address(..) | Literal::Number(_) | Literal::Bare(_)) => {
            MatcherKind::Literal(serde_json::from_str(text).unwrap_or_default())
        }
        Matcher::Exists(true) => MatcherKind::Exists,
        Matcher::Exists(false) => MatcherKind::Absent,
        Matcher::AnythingBut(excluded) => MatcherKind::AnythingBut(excluded_values(excluded, text)),
        Matcher::Prefix(_)
        | Matcher::Suffix(_)
        | Matcher::IgnoreCase(_)
        | Matcher::Wildcard(_)
        | Matcher::Numeric(_)
        | Matcher::Cidr(_) => MatcherKind::Operator,
    }
}

/// Returns the excluded values of an `anything-but`, each operand of an operator as a matcher.
fn excluded_values(excluded: &AnythingBut, text: &str) -> Vec<Value> {
    let parsed = serde_json::from_str::<Value>(text).unwrap_or_default();
    let operands = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let operand = &parsed["anything-but"];
    match excluded {
        AnythingBut::Strings(_) | AnythingBut::Numbers(_) => operands(operand),
        AnythingBut::Prefixes(_)
        | AnythingBut::Suffixes(_)
        | AnythingBut::IgnoreCase(_)
        | AnythingBut::Wildcards(_) => {
            let members = operand.as_object().into_iter().flatten();
            members
                .flat_map(|(name, value)| operands(value).into_iter().map(move |it| serde_json::json!({ name: it })))
                .collect()
        }
    }
}

/// Returns the matcher of the values that one operand excludes.
fn excluded_matcher(excluded: &AnythingBut, index: usize) -> Option<Matcher> {
    Some(match excluded {
        AnythingBut::Strings(texts) => Matcher::Literal(Literal::String(texts.get(index)?.clone())),
        AnythingBut::Numbers(numbers) => Matcher::Literal(Literal::Number(*numbers.get(index)?)),
        AnythingBut::Prefixes(texts) => Matcher::Prefix(Affix::Exact(texts.get(index)?.clone())),
        AnythingBut::Suffixes(texts) => Matcher::Suffix(Affix::Exact(texts.get(index)?.clone())),
        AnythingBut::IgnoreCase(texts) => Matcher::IgnoreCase(texts.get(index)?.clone()),
        AnythingBut::Wildcards(wildcards) => Matcher::Wildcard(wildcards.get(index)?.clone()),
    })
}

/// Drops conditions. An `$or` with a branch that has no condition left is true, and is dropped too.
fn retain(clauses: &[Clause], is_kept: &impl Fn(usize) -> bool) -> Vec<Clause> {
    let retain_clause = |clause: &Clause| match clause {
        Clause::Condition(index) => is_kept(*index).then(|| clause.clone()),
        Clause::Or(location, branches) => {
            let branches: Vec<_> = branches.iter().map(|branch| retain(branch, is_kept)).collect();
            let is_true = branches.iter().any(Vec::is_empty);
            (!is_true).then(|| Clause::Or(location.clone(), branches))
        }
    };
    clauses.iter().filter_map(retain_clause).collect()
}

/// Replaces each `$or` around a condition by the branch that contains it.
fn focus(clauses: &[Clause], condition: usize) -> Vec<Clause> {
    let focus_clause = |clause: &Clause| match clause {
        Clause::Condition(_) => vec![clause.clone()],
        Clause::Or(_, branches) => match branches.iter().find(|branch| contains(branch, condition)) {
            Some(branch) => focus(branch, condition),
            None => vec![clause.clone()],
        },
    };
    clauses.iter().flat_map(focus_clause).collect()
}

fn contains(clauses: &[Clause], condition: usize) -> bool {
    clauses.iter().any(|clause| match clause {
        Clause::Condition(index) => *index == condition,
        Clause::Or(_, branches) => branches.iter().any(|branch| contains(branch, condition)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_have_their_texts_and_kinds() {
        let text = "{\"a\": [1,\n {\"exists\": false}], \"$or\": [{\"b\": [{\"anything-but\": {\"prefix\": [\"x\", \"y\"]}}]},\n\
                    {\"c\": [{\"exactly\": \"z\"}, {\"exists\": true}, {\"suffix\": \"q\"}], \"a\": [\"1.2.3.4\"]}]}";
        let pattern = Pattern::parse(text).unwrap();
        let conditions = pattern.conditions();
        let kinds = |index: usize| conditions[index].matchers.iter().map(|it| it.kind.clone()).collect::<Vec<_>>();
        assert_eq!(conditions[0].text, "[1, {\"exists\": false}]");
        assert!(conditions[0].is_replaced && !conditions[0].is_in_or && conditions[1].is_in_or);
        assert_eq!(kinds(0), [MatcherKind::Literal(json!(1)), MatcherKind::Absent]);
        assert_eq!(kinds(1), [MatcherKind::AnythingBut(vec![json!({ "prefix": "x" }), json!({ "prefix": "y" })])]);
        assert_eq!(kinds(2), [MatcherKind::Literal(json!("z")), MatcherKind::Exists, MatcherKind::Operator]);
        assert_eq!(kinds(3), [MatcherKind::Literal(json!("1.2.3.4"))]);
    }

    /// Pattern, part, an event that the reduced pattern matches, and one that it does not match.
    #[test]
    fn a_reduced_pattern_matches_by_its_part_only() {
        let or = r#"{"s": [1], "$or": [{"a": ["x", "y"]}, {"b": [{"anything-but": ["x", "y"]}], "c": [{"exists": false}]}]}"#;
        for (part, matched, missed) in [
            (Part::Condition(1), r#"{"s":1,"a":"y"}"#, r#"{"s":1,"b":"z"}"#),
            (Part::Condition(0), r#"{"s":1,"b":"z"}"#, r#"{"s":2,"b":"z"}"#),
            (Part::Matcher { condition: 1, matcher: 1 }, r#"{"s":1,"a":"y"}"#, r#"{"s":1,"a":"x"}"#),
            (Part::Excluded { condition: 2, matcher: 0, value: 1 }, r#"{"s":1,"b":"y"}"#, r#"{"s":1,"b":"x"}"#),
            (Part::AnyValue(3), r#"{"s":1,"b":"z","c":0}"#, r#"{"s":1,"b":"z"}"#),
        ] {
            let reduced = Pattern::parse(or).unwrap().reduce_to(part).unwrap();
            assert_eq!(reduced.matches(matched), Ok(true), "{part:?}");
            assert_eq!(reduced.matches(missed), Ok(false), "{part:?}");
        }
        let pattern = Pattern::parse(or).unwrap();
        assert!(pattern.reduce_to(Part::Condition(4)).is_none());
        assert!(pattern.reduce_to(Part::Excluded { condition: 1, matcher: 0, value: 0 }).is_none());
    }

    #[test]
    fn an_or_without_a_condition_in_one_branch_is_dropped() {
        let pattern = Pattern::parse(r#"{"s":[1],"$or":[{"a":[1]},{"b":[1],"c":[1]}]}"#).unwrap();
        let matches = |kept: &[usize], event: &str| {
            pattern.retain_conditions(|index| kept.contains(&index)).map(|pattern| pattern.matches(event).unwrap())
        };
        assert_eq!(matches(&[0, 1], r#"{"s":1}"#), Some(true));
        assert_eq!(matches(&[0, 1, 2], r#"{"s":1}"#), Some(false));
        assert_eq!(matches(&[0, 1, 2], r#"{"s":1,"b":1}"#), Some(true));
        assert_eq!(matches(&[1], "{}"), None);
    }
}
