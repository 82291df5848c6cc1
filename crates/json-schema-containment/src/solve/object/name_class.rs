//! Classes of member names with the same constraints on their values.
//!
//! `patternProperties`, `additionalProperties` and their like constrain the values of members by
//! sets of names. The atoms of the Boolean algebra that these sets generate (their minterms, as the
//! cells of a Venn diagram) partition the names: all names of a class have the same constraints,
//! and one name can stand for all of them.
//!
//! The partition is refined one set at a time, each class into the part inside and the part
//! outside. Empty classes are dropped at once, which is a goal on strings: intersections and
//! complements of regular languages. So the partition stays small where the sets are disjoint, as
//! the patterns of one schema mostly are; the worst case of *n* sets is 2ⁿ classes.
//!
//! For example, `{"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": false}`
//! has two classes: names with the prefix `x-`, whose values are strings, and all others, which no
//! member may have.

use std::rc::Rc;

use json_document::exact::ExactValue as Value;

use super::super::super::budget::FixedLimit;
use super::super::super::formula::{FormulaId, JsonType, TypeSet};
use super::super::{Decision, Solver, UnknownReason};
use super::{Members, ObjectFacts};

/// A set of names, as formulas of a string, and the formulas of the values of members with these
/// names.
#[derive(Debug, Clone)]
pub(super) struct NameClass {
    names: Vec<FormulaId>,
    pub(super) values: Vec<FormulaId>,
}

/// Maximum number of sets that generate the partition: n sets have up to 2ⁿ classes. Beyond
/// it the names are unknown.
const MAX_NAME_SETS: usize = 12;

impl Solver<'_, '_> {
    /// Partitions the names that satisfy `within` and that no atom mentions.
    ///
    /// The classes are not empty. An unknown one represents names for which that could not be
    /// decided: it is carried along, so that a search over the classes cannot conclude that it has
    /// seen all names.
    ///
    /// A set whose values are restricted to none is dropped, because no member of a solution has a
    /// name in it.
    pub(super) fn name_classes(&mut self, facts: &ObjectFacts, within: FormulaId) -> Vec<Decision<NameClass>> {
        let mut sets: Vec<(FormulaId, Vec<FormulaId>)> = Vec::new();
        for rule in &facts.for_all {
            let is_beyond = sets.len() > MAX_NAME_SETS;
            match sets.iter_mut().find(|(names, _)| *names == rule.names) {
                Some((_, values)) => values.push(rule.value),
                // More are not counted: the search in the list would be quadratic.
                None if is_beyond => {}
                None => sets.push((rule.names, vec![rule.value])),
            }
        }
        self.budget.charge(facts.for_all.len() + facts.named.len());
        if sets.len() > MAX_NAME_SETS {
            return vec![Decision::Unknown(UnknownReason::Limit(FixedLimit {
                max: MAX_NAME_SETS as u64,
                constructs: "sets of member names with schemas of their own",
            }))];
        }
        let string = self.lowering.store.types(TypeSet::only(JsonType::String));
        let mentioned = facts.named.keys().map(|name| Value::String(name.to_string()));
        let others = self.lowering.store.none_of_values(mentioned);
        let all = NameClass { names: vec![string, others, within], values: Vec::new() };
        let mut classes = self.non_empty(all);
        for (set, values) in sets {
            let complement = self.lowering.store.not(set);
            let mut refined = Vec::new();
            for class in classes {
                let class = match class {
                    Decision::Satisfiable(class) => class,
                    Decision::Unsatisfiable => continue,
                    Decision::Unknown(reason) => {
                        refined.push(Decision::Unknown(reason));
                        continue;
                    }
                };
                let mut outside = class.clone();
                outside.names.push(complement);
                refined.extend(self.non_empty(outside));
                // No member has a name for which no value is allowed.
                if !values.contains(&FormulaId::FALSE) {
                    let mut inside = class;
                    inside.names.push(set);
                    inside.values.extend_from_slice(&values);
                    refined.extend(self.non_empty(inside));
                }
            }
            classes = refined;
        }
        classes
    }

    /// Returns the class unless it is empty; an unknown class if it is not known to be.
    fn non_empty(&mut self, class: NameClass) -> Vec<Decision<NameClass>> {
        match self.decide(class.names.iter().copied()).map(|_| class) {
            Decision::Unsatisfiable => Vec::new(),
            other => vec![other],
        }
    }

    /// Finds a name of the class that is not a member yet, and not empty if there is a choice: an
    /// empty name is valid, but hard to see in a witness.
    pub(super) fn new_name(&mut self, class: &NameClass, members: &Members) -> Decision<Rc<str>> {
        let taken = self.lowering.store.none_of_values(members.keys().map(|name| Value::String(name.to_string())));
        let not_empty = self.lowering.store.none_of_values([Value::String(String::new())]);
        Decision::any_of([Some(not_empty), None], |readable| {
            self.decide(class.names.iter().copied().chain([taken]).chain(readable)).and_then(|name| {
                name.as_str().map_or(Decision::Unsatisfiable, |name| Decision::Satisfiable(Rc::from(name)))
            })
        })
    }
}
