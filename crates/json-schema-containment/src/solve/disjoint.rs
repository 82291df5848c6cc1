//! Unions whose alternatives exclude each other, and which part of an alternative selects it.
//!
//! `oneOf` requires that no two alternatives hold: a clause for each pair, quadratic in their
//! number, and its negation is a disjunction over all pairs. Programs exchange unions whose
//! alternatives are kept apart by design:
//!
//! | union | kept apart by |
//! |---|---|
//! | `null` or an object | the type |
//! | tagged internally or adjacently | a constant in a member that all require, the discriminator |
//! | tagged externally | a member that one alternative requires and the other forbids |
//!
//! For such a pair the clause is valid and is left out, so that the search never splits over it.
//!
//! # Soundness
//!
//! The test compares [outlines](Outline), which are consequences of the alternatives: two of them
//! that contradict each other show that no document satisfies both. It is incomplete, and a pair
//! that it does not recognise keeps its clause.
//!
//! # Bounds
//!
//! A shared discriminator is found in one pass over the alternatives. Otherwise each pair is
//! compared, down to [`MAX_DEPTH`].

use std::rc::Rc;

use foldhash::{HashSet, HashSetExt as _};
use json_document::exact::ExactValue as Value;

use super::super::formula::{Atom, FormulaId, JsonType, Node, Polarity, TypeSet, ValueSetId};
use super::super::number::equality_key;
use super::Solver;
use super::outline::Outline;

/// Maximum depth of the members and items that are compared. A discriminator is in the alternative
/// itself, or in a header below it.
const MAX_DEPTH: u32 = 4;
/// Maximum number of conjuncts of an outline. Objects with more members than that have their
/// discriminator among the first.
const MAX_CONJUNCTS: usize = 500;
/// Operations that the comparison of two alternatives is charged for.
const OPERATIONS_PER_PAIR: usize = 4;
/// Operations that a clause is charged for, which is kept.
const OPERATIONS_PER_CLAUSE: usize = 32;

impl Solver<'_, '_> {
    /// Returns clauses that hold if at most one of the alternatives does, or their negation.
    pub(super) fn expand_at_most_one(&mut self, alternatives: &[FormulaId], polarity: Polarity) -> FormulaId {
        let clauses = if let Some(&known) = self.unions.clauses.get(alternatives) {
            known
        } else {
            let Some(clauses) = self.at_most_one_clauses(alternatives) else {
                // The budget is exhausted: no decision follows from here on. `TRUE` leaves out a condition, which is safe in
                // either polarity.
                return FormulaId::TRUE;
            };
            self.unions.clauses.insert(alternatives.into(), clauses);
            clauses
        };
        if polarity.is_positive() { clauses } else { self.lowering.store.not(clauses) }
    }

    /// Returns the pairwise encoding, without the pairs that exclude each other; `None` if the budget is exhausted.
    fn at_most_one_clauses(&mut self, alternatives: &[FormulaId]) -> Option<FormulaId> {
        let outlines: Vec<Rc<Outline>> = alternatives.iter().map(|&alternative| self.outline(alternative)).collect();
        if self.discriminator(&outlines).is_some() {
            return Some(FormulaId::TRUE);
        }
        let mut clauses = Vec::new();
        for (at, one) in outlines.iter().enumerate() {
            for (other_at, other) in outlines.iter().enumerate().skip(at + 1) {
                self.budget.charge(OPERATIONS_PER_PAIR);
                self.budget.spend(0).ok()?;
                if !self.are_disjoint(one, other, MAX_DEPTH) {
                    self.budget.charge(OPERATIONS_PER_CLAUSE);
                    let negations = [at, other_at].map(|at| self.lowering.store.not(alternatives[at]));
                    clauses.push(self.lowering.store.or(negations));
                }
            }
        }
        Some(self.lowering.store.and(clauses))
    }

    /// Returns for each alternative a formula that selects it: one that the alternative implies, and
    /// that excludes all others. `None` if they are not kept apart as in the table above.
    pub(in super::super) fn selectors(&mut self, alternatives: &[FormulaId]) -> Option<Vec<FormulaId>> {
        let outlines: Vec<Rc<Outline>> = alternatives.iter().map(|&alternative| self.outline(alternative)).collect();
        let mut seen = TypeSet::EMPTY;
        for outline in outlines.iter().filter(|outline| !outline.is_object()) {
            if outline.types.contains(JsonType::Object) || outline.types.intersection(seen) != TypeSet::EMPTY {
                return None;
            }
            seen = seen.union(outline.types);
        }
        let objects: Vec<Rc<Outline>> = outlines.iter().filter(|outline| outline.is_object()).cloned().collect();
        let tags =
            if objects.len() > 1 { self.object_selectors(&objects)? } else { vec![FormulaId::TRUE; objects.len()] };
        let mut tags = tags.into_iter();
        let store = &mut self.lowering.store;
        let select = |outline: &Rc<Outline>| {
            let types = store.types(outline.types);
            let tag = if outline.is_object() { tags.next() } else { None };
            store.and([types, tag.unwrap_or(FormulaId::TRUE)])
        };
        Some(outlines.iter().map(select).collect())
    }

    fn object_selectors(&mut self, objects: &[Rc<Outline>]) -> Option<Vec<FormulaId>> {
        if let Some((name, sets)) = self.discriminator(objects) {
            let select = |set| {
                let values = self.lowering.store.value_set(set).values.clone();
                let constant = self.lowering.store.one_of_values(values);
                self.lowering.store.atom(Atom::Member(Rc::clone(&name), constant))
            };
            return Some(sets.into_iter().map(select).collect());
        }
        let mut selectors = Vec::new();
        for (at, outline) in objects.iter().enumerate() {
            let others = || objects.iter().enumerate().filter(|(other, _)| *other != at);
            let tag = outline.required.iter().find(|name| others().all(|(_, other)| self.forbids(other, name)))?;
            selectors.push(self.lowering.store.atom(Atom::Member(Rc::clone(tag), FormulaId::TRUE)));
        }
        Some(selectors)
    }

    /// Returns a member that all require and whose values are different constants, with the sets of
    /// these values.
    fn discriminator(&self, outlines: &[Rc<Outline>]) -> Option<(Rc<str>, Vec<ValueSetId>)> {
        let mut names: Vec<&Rc<str>> = outlines.first()?.required.iter().collect();
        names.sort_unstable();
        names.into_iter().find_map(|name| {
            let mut seen = HashSet::new();
            let constant = |outline: &Rc<Outline>| {
                if !outline.is_object() || !outline.required.contains(name) {
                    return None;
                }
                let set = outline.member(name).iter().find_map(|&value| self.lowering.store.finite_set(value))?;
                let values = &self.lowering.store.value_set(set).values;
                values.iter().all(|value| seen.insert(equality_key(value))).then_some(set)
            };
            let sets: Option<Vec<ValueSetId>> = outlines.iter().map(constant).collect();
            Some((Rc::clone(name), sets?))
        })
    }

    fn are_disjoint(&mut self, a: &Outline, b: &Outline, depth: u32) -> bool {
        let types = a.types.intersection(b.types);
        if types == TypeSet::EMPTY {
            return true;
        }
        if let (Some(a), Some(b)) = (a.values, b.values) {
            let (a, b) = (self.lowering.store.value_set(a), self.lowering.store.value_set(b));
            return !a.values.iter().any(|value| b.contains(value));
        }
        if depth == 0 {
            return false;
        }
        if types == TypeSet::only(JsonType::Object) {
            // A document of both has each member that one of them requires.
            return a.required.iter().chain(&b.required).any(|name| {
                self.forbids(a, name)
                    || self.forbids(b, name)
                    || self.are_values_disjoint(a.member(name), b.member(name), depth - 1)
            });
        }
        if types == TypeSet::only(JsonType::Array) {
            let min = a.min_items.max(b.min_items);
            return a.items.iter().filter(|(index, _)| **index < min).any(|(index, item)| {
                b.items.get(index).is_some_and(|other| self.are_values_disjoint(item, other, depth - 1))
            });
        }
        false
    }

    /// Returns true if some formula of one list excludes some formula of the other.
    fn are_values_disjoint(&mut self, a: &[FormulaId], b: &[FormulaId], depth: u32) -> bool {
        a.iter().any(|&a| {
            b.iter().any(|&b| {
                let (a, b) = (self.outline(a), self.outline(b));
                self.are_disjoint(&a, &b, depth)
            })
        })
    }

    /// Returns true if no document of the outline has a member of the name.
    fn forbids(&mut self, outline: &Outline, name: &str) -> bool {
        let text = Value::String(name.to_owned());
        outline.forbidden_names.iter().any(|&names| self.lowering.evaluate(names, &text) == Some(true))
    }

    pub(super) fn outline(&mut self, formula: FormulaId) -> Rc<Outline> {
        if let Some(known) = self.unions.outlines.get(&formula) {
            return Rc::clone(known);
        }
        let outline = Rc::new(self.read_outline(formula));
        self.unions.outlines.insert(formula, Rc::clone(&outline));
        outline
    }

    fn read_outline(&mut self, formula: FormulaId) -> Outline {
        let mut outline = Outline::default();
        let (mut pending, mut seen) = (vec![formula], HashSet::new());
        while let Some(id) = pending.pop() {
            if seen.len() >= MAX_CONJUNCTS || !seen.insert(id) {
                continue;
            }
            let node = Rc::clone(self.lowering.store.node(id));
            match &*node {
                Node::False => outline.types = TypeSet::EMPTY,
                Node::And(operands) => pending.extend_from_slice(operands),
                Node::Types(types) => outline.types = outline.types.intersection(*types),
                Node::In(set) => {
                    let values = &self.lowering.store.value_set(*set).values;
                    let types = values.iter().map(JsonType::from_value).map(TypeSet::only);
                    outline.types = outline.types.intersection(types.fold(TypeSet::EMPTY, TypeSet::union));
                    outline.values = Some(*set);
                }
                Node::Reference { target, polarity } => pending.push(self.lowering.expand(*target, *polarity)),
                Node::Atom(atom) => outline.add(atom),
                Node::True | Node::Or(_) | Node::NotIn(_) | Node::AtMostOne { .. } => {}
            }
        }
        outline
    }
}
