//! Objects: members by name, constraints on sets of names, and members that are
//! known by a set of names only.
//!
//! | keyword | atom | fact |
//! |---|---|---|
//! | `properties` | `IfMember` | `named`: formulas of the value, if the member exists |
//! | `required` | `Member` | `required`, and `named` for its value |
//! | `patternProperties`, `additionalProperties`, `propertyNames` | `EveryMember` | `for_all`: a set of names, and a formula of the values |
//! | a negated one of these | `SomeMember` | `exists`: a set of names, and a formula of the value |
//! | `minProperties`, `maxProperties` | `MinProperties`, `MaxProperties` | `min`, `max` |
//!
//! # Construction
//!
//! 1. Each required member is a goal: the formulas of its name, and those of every rule whose set
//!    contains the name.
//! 2. Each existential rule needs a member that satisfies it. It is tried to be one that is there
//!    already, one that some atom names, or one with a new name (`place`). There are infinitely
//!    many new names, but only finitely many [name classes](name_class) with the same constraints
//!    on the value; one representative of each is tried.
//! 3. Members are added until there are enough (`fill`).
//!
//! A member is kept with the formulas of its value, not for the value itself: a value is decided
//! anew when a formula is added. So the later steps never depend on the document that was found for
//! a value, as the conjunction of [`decision`](super::decision) asks for.
//!
//! # Soundness
//!
//! In a solution, each existential rule has a member, and its name is one of the three kinds. The
//! search tries the kinds for each rule in turn, with all names of the first two kinds and a
//! representative of each class of the third, so that it covers every solution up to renaming of
//! the names that no atom mentions. Renaming within a class keeps every constraint. Optional
//! members that no rule needs can be left out of a solution, down to the minimum.
//!
//! # Bounds
//!
//! The search is exponential in the number of existential rules, which is the number of negated
//! keywords about sets of names: one or two for a keyword that the reader has and the writer has
//! not. Each node of the search spends a step.

mod name_class;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use json_document::exact::{ExactValue as Value, Map};

use super::super::formula::{Atom, FormulaId, JsonType, ValueSetId};
use super::contradiction::Contradiction;
use super::decision::Alternatives;
use super::entailment::Entailment;
use super::{Decision, Solver, UnknownReason};

/// The constraints on an object.
///
/// Names are kept in sorted maps, so that the search and its result do not depend on the order of
/// hashing.
#[derive(Debug, Clone, Default)]
pub(super) struct ObjectFacts {
    /// Formulas of the value of a member, if it exists.
    named: BTreeMap<Rc<str>, Vec<FormulaId>>,
    /// Names of members that exist in every solution.
    required: BTreeSet<Rc<str>>,
    /// Rules that every member obeys whose name is in the set.
    for_all: Vec<MemberRule>,
    /// Rules that need a member each. One member may serve several.
    exists: Vec<MemberRule>,
    min: u64,
    max: Option<u64>,
}

/// A formula of names, as strings, and a formula of the values of members with such names.
#[derive(Debug, Clone, Copy)]
struct MemberRule {
    names: FormulaId,
    value: FormulaId,
}

/// Steps for each name that a new one has to differ from: the set of them is kept.
const STEPS_PER_NAME: usize = 4;

/// The members of the object under construction.
type Members = BTreeMap<Rc<str>, Member>;

/// A member under construction: the formulas of its value, and a value that satisfies them.
#[derive(Debug, Clone)]
struct Member {
    formulas: Vec<FormulaId>,
    value: Rc<Value>,
}

impl ObjectFacts {
    pub(super) fn assume(&mut self, atom: &Atom) -> Result<(), Contradiction> {
        match atom {
            Atom::IfMember(name, value) => self.named.entry(Rc::clone(name)).or_default().push(*value),
            Atom::Member(name, value) => {
                self.required.insert(Rc::clone(name));
                if *value != FormulaId::TRUE {
                    self.named.entry(Rc::clone(name)).or_default().push(*value);
                }
            }
            Atom::EveryMember { names, value } => self.for_all.push(MemberRule { names: *names, value: *value }),
            Atom::SomeMember { names, value } => {
                self.exists.push(MemberRule { names: *names, value: *value });
                self.min = self.min.max(1);
            }
            Atom::MinProperties(count) => self.min = self.min.max(*count),
            Atom::MaxProperties(count) => self.max = Some(self.max.map_or(*count, |max| max.min(*count))),
            other => debug_assert!(other.json_type() != JsonType::Object),
        }
        let is_too_large = |count: u64| self.max.is_some_and(|max| max < count);
        if is_too_large(self.min) || is_too_large(self.required.len() as u64) { Err(Contradiction) } else { Ok(()) }
    }

    /// Returns the number of names that the constraints mention.
    pub(super) fn len(&self) -> usize {
        self.named.len() + self.required.len()
    }

    /// Returns true if `maxProperties` allows one member more than `count`.
    fn has_room_beside(&self, count: usize) -> bool {
        self.max.is_none_or(|max| (count as u64) < max)
    }
}

impl Solver<'_, '_> {
    /// Returns the formulas of the value of a member, from the atoms that name it and from the
    /// rules for its name.
    ///
    /// # Errors
    ///
    /// A rule has a set of names that is opaque, and it is not known if it contains the name.
    fn value_formulas(&mut self, facts: &ObjectFacts, name: &str) -> Result<Vec<FormulaId>, UnknownReason> {
        let mut formulas = facts.named.get(name).cloned().unwrap_or_default();
        if facts.for_all.is_empty() {
            return Ok(formulas);
        }
        self.budget.charge(facts.for_all.len());
        let text = Value::String(name.to_owned());
        for rule in &facts.for_all {
            match self.lowering.evaluate(rule.names, &text) {
                Some(true) => formulas.push(rule.value),
                Some(false) => {}
                None => return Err(opaque_name()),
            }
        }
        Ok(formulas)
    }

    /// Returns the members that are required and are one of finitely many values, sorted by name.
    pub(super) fn constants(&self, facts: &ObjectFacts) -> Vec<(Rc<str>, ValueSetId)> {
        let store = &self.lowering.store;
        let required = facts.required.iter();
        required
            .filter_map(|name| {
                let set = facts.named.get(name)?.iter().find_map(|&formula| store.finite_set(formula))?;
                Some((Rc::clone(name), set))
            })
            .collect()
    }

    /// Decides if a name satisfies the formula of names.
    fn decide_name(&mut self, names: FormulaId, name: &str) -> Decision<()> {
        Decision::from_truth(self.lowering.evaluate(names, &Value::String(name.to_owned())), (), opaque_name)
    }

    /// Relates an atom on objects to the facts.
    ///
    /// | atom | contradicted if | entailed if |
    /// |---|---|---|
    /// | `Member` | the object is full, or the value cannot satisfy it | the member is required and its value cannot violate it |
    /// | `IfMember` | the member is required and its value cannot satisfy it | its value cannot violate it |
    /// | `SomeMember` | no member can be placed for it | never claimed |
    /// | `MinProperties`, `MaxProperties` | the bounds cross | the facts have a bound at least as tight |
    /// | `EveryMember` | never claimed | never claimed |
    ///
    /// For `SomeMember`, the placement search runs with this rule alone. `EveryMember` would need a
    /// decision about the values of all name classes, which costs more than the branch that it
    /// would save.
    pub(super) fn entailment_in_object(&mut self, facts: &ObjectFacts, atom: &Atom) -> Entailment {
        let required = facts.required.len() as u64;
        match atom {
            Atom::IfMember(name, value) => {
                let Ok(formulas) = self.value_formulas(facts, name) else { return Entailment::Open };
                let is_required = facts.required.contains(name);
                if !is_required && formulas.is_empty() {
                    return Entailment::Open;
                }
                if is_required && self.decide(formulas.iter().copied().chain([*value])).is_unsatisfiable() {
                    return Entailment::Contradicted;
                }
                let not = self.lowering.store.not(*value);
                Entailment::entailed_if(self.is_proven_unsatisfiable(formulas.into_iter().chain([not])))
            }
            Atom::Member(name, value) => {
                let is_required = facts.required.contains(name);
                if !is_required && !facts.has_room_beside(facts.required.len()) {
                    return Entailment::Contradicted;
                }
                let Ok(formulas) = self.value_formulas(facts, name) else { return Entailment::Open };
                if self.decide(formulas.iter().copied().chain([*value])).is_unsatisfiable() {
                    return Entailment::Contradicted;
                }
                if !is_required {
                    return Entailment::Open;
                }
                let not = self.lowering.store.not(*value);
                Entailment::entailed_if(self.is_proven_unsatisfiable(formulas.into_iter().chain([not])))
            }
            Atom::SomeMember { names, value } => {
                let rule = MemberRule { names: *names, value: *value };
                self.budget.charge(facts.len());
                let alone = ObjectFacts { exists: vec![rule], min: 0, ..facts.clone() };
                if self.place(&alone, 0, &mut Members::new()).is_unsatisfiable() {
                    Entailment::Contradicted
                } else {
                    Entailment::Open
                }
            }
            Atom::MinProperties(count) if facts.max.is_some_and(|max| max < *count) => Entailment::Contradicted,
            Atom::MinProperties(count) => Entailment::entailed_if(required >= *count),
            Atom::MaxProperties(count) if required > *count => Entailment::Contradicted,
            Atom::MaxProperties(count) => Entailment::entailed_if(facts.max.is_some_and(|max| max <= *count)),
            Atom::EveryMember { .. } => Entailment::Open,
            other => {
                debug_assert!(other.json_type() != JsonType::Object);
                Entailment::Open
            }
        }
    }

    /// Finds an object that satisfies the facts, except for the disjunctions and the excluded
    /// values.
    pub(super) fn build_object(&mut self, facts: &ObjectFacts) -> Decision {
        let required = Decision::all_of(&facts.required, |name| match self.value_formulas(facts, name) {
            Ok(formulas) => {
                self.decide(formulas.iter().copied()).map(|value| (Rc::clone(name), Member { formulas, value }))
            }
            Err(reason) => Decision::Unknown(reason),
        });
        required.and_then(|required| {
            let mut members: Members = required.into_iter().collect();
            self.place(facts, 0, &mut members).and_then(|()| {
                if let Err(exhausted) = self.spend_on(members.values().map(|member| &*member.value)) {
                    return exhausted.into();
                }
                let object: Map<String, Value> =
                    members.iter().map(|(name, member)| (name.to_string(), (*member.value).clone())).collect();
                Decision::Satisfiable(Rc::new(Value::Object(object)))
            })
        })
    }

    /// Finds a member for each existential rule from the given one on, by backtracking, and then fills up the object.
    ///
    /// If that succeeds, `members` are those of a solution; otherwise they are as before.
    fn place(&mut self, facts: &ObjectFacts, number: usize, members: &mut Members) -> Decision<()> {
        if let Err(exhausted) = self.budget.spend(1) {
            return exhausted.into();
        }
        let Some(&rule) = facts.exists.get(number) else { return self.fill(facts, members) };
        self.budget.charge(members.len());
        let existing: Vec<Rc<str>> = members.keys().cloned().collect();
        let on_existing = Decision::any_of(existing, |name| {
            self.decide_name(rule.names, &name).and_then(|()| {
                let mut formulas = members[&name].formulas.clone();
                formulas.push(rule.value);
                self.place_on(facts, number, Placement { name, formulas }, members)
            })
        });
        on_existing.or_else(|| {
            if facts.has_room_beside(members.len()) {
                self.place_on_named(facts, number, members).or_else(|| self.place_on_new(facts, number, members))
            } else {
                Decision::Unsatisfiable
            }
        })
    }

    /// Tries the names that atoms mention and that are not members yet.
    fn place_on_named(&mut self, facts: &ObjectFacts, number: usize, members: &mut Members) -> Decision<()> {
        let rule = facts.exists[number];
        self.budget.charge(facts.named.len());
        let absent: Vec<Rc<str>> = facts.named.keys().filter(|name| !members.contains_key(*name)).cloned().collect();
        Decision::any_of(absent, |name| {
            self.decide_name(rule.names, &name).and_then(|()| match self.value_formulas(facts, &name) {
                Ok(mut formulas) => {
                    formulas.push(rule.value);
                    self.place_on(facts, number, Placement { name, formulas }, members)
                }
                Err(reason) => Decision::Unknown(reason),
            })
        })
    }

    /// Tries a new name of each class.
    fn place_on_new(&mut self, facts: &ObjectFacts, number: usize, members: &mut Members) -> Decision<()> {
        let rule = facts.exists[number];
        let classes = self.name_classes(facts, rule.names);
        Decision::any_of(classes, |class| {
            class.and_then(|class| {
                let formulas: Vec<FormulaId> = class.values.iter().copied().chain([rule.value]).collect();
                // The value is decided first, because most classes fail there; it is decided again from the memo.
                self.decide(formulas.iter().copied())
                    .and_then(|_| self.new_name(&class, members))
                    .and_then(|name| self.place_on(facts, number, Placement { name, formulas }, members))
            })
        })
    }

    /// Gives a member new formulas, and goes on to the next rule; restores the member if that fails.
    fn place_on(
        &mut self,
        facts: &ObjectFacts,
        number: usize,
        placement: Placement,
        members: &mut Members,
    ) -> Decision<()> {
        let Placement { name, formulas } = placement;
        self.decide(formulas.iter().copied()).and_then(|value| {
            let before = members.insert(Rc::clone(&name), Member { formulas, value });
            let placed = self.place(facts, number + 1, members);
            if !matches!(placed, Decision::Satisfiable(())) {
                match before {
                    Some(before) => members.insert(name, before),
                    None => members.remove(&name),
                };
            }
            placed
        })
    }

    /// Adds members until there are enough: first those that atoms name, then as many of each class
    /// as it takes.
    ///
    /// Greedy, and complete without backtracking: an added member has no influence on the others
    /// but by the number of members, so that each member that can be added is added until the
    /// minimum is reached. Members that cannot be decided are skipped and noted.
    ///
    /// If that fails, `members` are as before.
    fn fill(&mut self, facts: &ObjectFacts, members: &mut Members) -> Decision<()> {
        let is_enough = |members: &Members| members.len() as u64 >= facts.min;
        let mut tried = Alternatives::default();
        let mut added: Vec<Rc<str>> = Vec::new();
        for name in facts.named.keys() {
            if is_enough(members) {
                break;
            }
            if members.contains_key(name) {
                continue;
            }
            let member = match self.value_formulas(facts, name) {
                Ok(formulas) => self.decide(formulas.iter().copied()).map(|value| Member { formulas, value }),
                Err(reason) => Decision::Unknown(reason),
            };
            if let Some(member) = tried.add(member) {
                members.insert(Rc::clone(name), member);
                added.push(Rc::clone(name));
            }
        }
        if is_enough(members) {
            return Decision::Satisfiable(());
        }
        for class in self.name_classes(facts, FormulaId::TRUE) {
            let Some(class) = tried.add(class) else { continue };
            let Some(value) = tried.add(self.decide(class.values.iter().copied())) else { continue };
            while !is_enough(members) {
                let named = self.new_name(&class, members).and_then(|name| {
                    match self.budget.spend(STEPS_PER_NAME * members.len() + 1) {
                        Ok(()) => Decision::Satisfiable(name),
                        Err(exhausted) => exhausted.into(),
                    }
                });
                let Some(name) = tried.add(named) else { break };
                members.insert(Rc::clone(&name), Member { formulas: class.values.clone(), value: Rc::clone(&value) });
                added.push(name);
            }
            if is_enough(members) {
                return Decision::Satisfiable(());
            }
        }
        for name in added {
            members.remove(&name);
        }
        tried.exhausted()
    }
}

/// A member for an existential rule, with all formulas of its value: those that it had, and that of
/// the rule.
struct Placement {
    name: Rc<str>,
    formulas: Vec<FormulaId>,
}

/// Returns the reason for a name that a rule with an opaque set of names may or may not apply to.
fn opaque_name() -> UnknownReason {
    UnknownReason::Opaque("a name that a format or an irregular pattern speaks of".into())
}
