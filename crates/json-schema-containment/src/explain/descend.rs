//! Descent from a violated keyword into its schemas, as far as these are violated on their own.
//!
//! | keyword | the cause is |
//! |---|---|
//! | `$ref`, `allOf` | in one of the schemas, at the same path |
//! | `properties`, `patternProperties`, `additionalProperties` | in the schema of a member, one step down |
//! | `prefixItems`, `items`, `additionalItems` | in the schema of an item, one step down |
//! | `required` | each missing name |
//! | `unevaluatedProperties` | each rejected member ([`unevaluated`](super::unevaluated)) |
//! | `anyOf`, `oneOf` of alternatives kept apart by a tag | in the alternative that the document selects ([`union`](super::union)) |
//! | other `anyOf` and `oneOf`, `if`, `not`, assertions | the keyword as a whole |
//!
//! Conjunctive keywords are violated because one of their schemas is, so that the descent loses
//! nothing. For a disjunctive keyword without a tag no single branch is to blame.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _, HashSet};
use json_document::exact::{ExactValue as Value, Map};

use super::super::document::Place;
use super::super::formula::{Atom, FormulaId, Node, Polarity};
use super::cause::Cause;
use super::step::Step;
use super::{Explanation, MAX_INCOMPATIBILITIES};

impl<'a> Explanation<'_, '_, 'a, '_> {
    /// Descends into the schemas of a violated keyword, and reports the keyword itself if none of them is a cause.
    pub(super) fn descend(&mut self, cause: &Cause<'_, 'a>, members: &'a Map<String, Value>) {
        let (incompatibilities, before) = (self.incompatibilities.len(), self.progress);
        let Cause { place, keyword, violation, .. } = *cause;
        match (keyword, members.get(keyword)) {
            ("$ref" | "$dynamicRef" | "$recursiveRef", _) => {
                let targets = self.lowering().sources.references(place).unwrap_or_default();
                for (_, target) in targets.into_iter().filter(|(name, _)| *name == keyword) {
                    self.enter(target);
                }
            }
            ("allOf", Some(Value::Array(schemas))) => {
                for schema in schemas {
                    let schema = self.lowering().sources.child(place, schema);
                    self.enter(schema);
                }
            }
            ("anyOf" | "oneOf", Some(Value::Array(schemas))) => self.descend_union(cause, schemas),
            ("properties", Some(Value::Object(map))) => self.descend_properties(place, map),
            ("patternProperties", Some(Value::Object(map))) => {
                for (pattern, schema) in map {
                    let Ok(language) = self.lowering().sources.languages.compile(pattern) else { continue };
                    let atom = Atom::Language { language, polarity: Polarity::Positive };
                    let names = self.lowering().store.atom(atom);
                    self.step(Applied { place, keyword, schema, step: Step::SomeMember(names) });
                }
            }
            ("unevaluatedProperties", Some(_)) => self.descend_unevaluated(place, violation),
            ("additionalProperties", Some(schema)) => self.descend_additional(place, members, schema),
            ("required", Some(Value::Array(names))) => {
                let guaranteed = self.guaranteed_members();
                for name in names.iter().filter_map(Value::as_str).filter(|name| !guaranteed.contains(*name)) {
                    let store = &mut self.lowering().store;
                    let absent = store.atom(Atom::IfMember(name.into(), FormulaId::FALSE));
                    let object = store.is_object();
                    let violation = store.and([object, absent]);
                    self.report(&Cause { place, keyword, violation, missing: Some(name) });
                }
            }
            ("prefixItems" | "items", Some(Value::Array(schemas))) => {
                for (index, schema) in schemas.iter().enumerate() {
                    self.step(Applied { place, keyword, schema, step: Step::Item(index as u64) });
                }
            }
            ("items" | "additionalItems", Some(schema)) => {
                let prefix = if keyword == "items" { "prefixItems" } else { "items" };
                let from = members.get(prefix).and_then(Value::as_array).map_or(0, Vec::len);
                self.step(Applied { place, keyword, schema, step: Step::SomeItem(from as u64) });
            }
            _ => {}
        }
        if self.progress.reported == before.reported {
            self.report(cause);
            if self.progress.truncations > before.truncations {
                // Not the deepest keyword, perhaps: kept in case that there is nothing better.
                self.progress.reported = before.reported;
                self.truncated_incompatibilities.extend(self.incompatibilities.drain(incompatibilities..));
                self.truncated_incompatibilities.truncate(MAX_INCOMPATIBILITIES);
            }
        }
    }

    /// Descends into the properties, except those whose schema accepts all that the writer is known to allow.
    fn descend_properties(&mut self, place: Place<'a>, map: &'a Map<String, Value>) {
        let mut known = self.known_facts_of_members();
        for (name, schema) in map {
            let facts = known.remove(name.as_str()).unwrap_or_default();
            if !self.is_implied(place, schema, &facts) {
                let outer = std::mem::replace(&mut self.known_facts, facts);
                let step = Step::Member(name.clone());
                self.step_with_facts(Applied { place, keyword: "properties", schema, step });
                self.known_facts = outer;
            }
        }
    }

    /// Returns the formulas that the writer guarantees of each member at the end of the path.
    ///
    /// They are those of its conjunction alone; alternatives are ignored, which makes the facts
    /// weaker and the walk slower, never wrong.
    fn known_facts_of_members(&mut self) -> HashMap<Rc<str>, Vec<FormulaId>> {
        let mut known: HashMap<Rc<str>, Vec<FormulaId>> = HashMap::new();
        let facts = self.known_facts.clone();
        for id in self.solver.normalize(facts).unwrap_or_default() {
            if let Node::Atom(Atom::IfMember(name, value) | Atom::Member(name, value)) =
                &**self.lowering().store.node(id)
            {
                known.entry(Rc::clone(name)).or_default().push(*value);
            }
        }
        known
    }

    /// Returns the names of members that the writer's conjunction requires at the end of the path.
    fn guaranteed_members(&mut self) -> HashSet<Rc<str>> {
        let facts = self.known_facts.clone();
        let goal = self.solver.normalize(facts).unwrap_or_default();
        let name = |id: &FormulaId| match &**self.solver.lowering.store.node(*id) {
            Node::Atom(Atom::Member(name, _)) => Some(Rc::clone(name)),
            _ => None,
        };
        goal.iter().filter_map(name).collect()
    }

    /// Returns true if every value that satisfies the facts is valid under the schema.
    ///
    /// A wide object may have hundreds of properties, and only one differs. This small decision is
    /// answered from the memo of the proof attempt, where `find_violation` would build a whole
    /// document.
    fn is_implied(&mut self, place: Place<'a>, schema: &'a Value, facts: &[FormulaId]) -> bool {
        let schema = self.lowering().sources.child(place, schema);
        let Ok(valid) = self.lowering().lower(schema) else { return false };
        let invalid = self.lowering().store.not(valid);
        self.solver.decide(facts.iter().copied().chain([invalid])).is_unsatisfiable()
    }

    /// Descends into a schema one step into the document, without facts about the writer.
    pub(super) fn step(&mut self, applied: Applied<'a>) {
        let outer = std::mem::take(&mut self.known_facts);
        self.step_with_facts(applied);
        self.known_facts = outer;
    }

    /// Descends into a schema one step into the document, with the facts in `known_facts`.
    fn step_with_facts(&mut self, Applied { place, keyword, schema, step }: Applied<'a>) {
        self.path.push(step);
        if schema == &Value::Bool(false) {
            // The keyword rejects whatever it applies to, so that it is the cause and not the schema.
            if let Some(document) = self.find_violation(FormulaId::TRUE) {
                let cause = Cause { place, keyword, violation: FormulaId::TRUE, missing: None };
                self.report_witnessed(&cause, &document);
            }
        } else {
            let schema = self.lowering().sources.child(place, schema);
            self.enter(schema);
        }
        self.path.pop();
    }

    /// Descends into `additionalProperties`: for each member that the writer declares, and for all others together.
    fn descend_additional(&mut self, place: Place<'a>, members: &'a Map<String, Value>, schema: &'a Value) {
        let keyword = "additionalProperties";
        let mut unmatched = Vec::new();
        for pattern in members.get("patternProperties").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let Ok(language) = self.lowering().sources.languages.compile(pattern) else { return };
            let atom = Atom::Language { language, polarity: Polarity::Negative };
            unmatched.push(self.lowering().store.atom(atom));
        }
        let properties = members.get("properties").and_then(Value::as_object);
        let mut listed: HashSet<String> = properties.into_iter().flat_map(|map| map.keys().cloned()).collect();
        let declared: Vec<String> =
            self.writer_properties().into_iter().filter(|name| !listed.contains(name)).collect();
        for name in declared {
            let text = Value::String(name.clone());
            let is_additional = unmatched.iter().all(|&names| self.lowering().evaluate(names, &text) == Some(true));
            if is_additional && !listed.contains(&name) {
                self.step(Applied { place, keyword, schema, step: Step::Member(name.clone()) });
            }
            listed.insert(name);
        }
        let others = self.lowering().store.none_of_values(listed.into_iter().map(Value::String));
        unmatched.push(others);
        let names = self.lowering().store.and(unmatched);
        self.step(Applied { place, keyword, schema, step: Step::SomeMember(names) });
    }
}

/// A schema that a keyword applies to the values one step further.
pub(super) struct Applied<'a> {
    pub(super) place: Place<'a>,
    pub(super) keyword: &'static str,
    pub(super) schema: &'a Value,
    pub(super) step: Step,
}
