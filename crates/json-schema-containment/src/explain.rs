//! Cause by cause: once a pair is broken, each keyword of the reader's schema is asked about on its own.

mod unevaluated;

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _};
use serde_json::{Map, Value};

use json_document::Pointer;

use super::document::{Place, PlaceKey, address};
use super::draft::Draft;
use super::finding::{Finding, FindingKind, KeywordPlace};
use super::formula::{Atom, FormulaId, Node, Polarity};
use super::lower::Lowering;
use super::role::Role;
use super::solve::Solver;
use super::witness::Confirmer;

/// A step from a document into it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Step {
    Member(String),
    /// A member with such a name.
    SomeMember(FormulaId),
    Item(u64),
    /// An item from this place on.
    SomeItem(u64),
}

/// More are not told apart.
const MOST_FINDINGS: usize = 64;
/// So deep is a schema looked into.
const DEPTH: usize = 24;
/// So often is a schema looked into, and so often is it not looked further.
const MOST_LOOKS: usize = 2_000;
const MOST_CUTS: usize = 100;
/// So often is a schema that leads back to itself looked into again: first not at all, then further, and as far as can be
/// only where nothing was found.
const ROUNDS: [usize; 4] = [0, 1, 2, usize::MAX];

pub(super) struct Explanation<'s, 'l, 'a, 'j> {
    solver: &'s mut Solver<'l, 'a>,
    judge: &'j mut Confirmer<'a>,
    writer: FormulaId,
    findings: Vec<Found>,
    /// What is found where it was not looked further, for want of anything better.
    shallow: Vec<Found>,
    /// How often something was found, and how often it was not looked further.
    found: usize,
    cuts: usize,
    /// How often a schema that leads back to itself may be looked into again, and how often it was not.
    rounds: usize,
    skips: usize,
    /// What came of looking into a schema at the end of a path, by how often: many may lead to the same.
    looked: HashMap<(PlaceKey, Vec<Step>), (usize, usize)>,
    /// What surely holds of what is at the end of the path; nothing, where that is not known.
    surely: Vec<FormulaId>,
    /// The schemas that are being looked into, with the length of the path to each.
    within: Vec<(usize, usize)>,
}

struct Found {
    finding: Finding,
    /// Where it would stand if no schema had led back to itself on the way.
    first: Vec<String>,
}

impl Found {
    /// The same at the same place, or further down in what refers to itself, is the same cause.
    fn is_told_by(&self, other: &Self) -> bool {
        let (one, two) = (&self.finding, &other.finding);
        (one.kind, &one.missing, &one.reader) == (two.kind, &two.missing, &two.reader)
            && (self.first == other.first || one.at.is_at_or_under(&two.at))
    }

    fn depth(&self) -> usize {
        self.finding.at.segments().count()
    }
}

impl<'s, 'l, 'a, 'j> Explanation<'s, 'l, 'a, 'j> {
    pub(super) fn new(solver: &'s mut Solver<'l, 'a>, judge: &'j mut Confirmer<'a>, writer: FormulaId) -> Self {
        Self {
            solver,
            judge,
            writer,
            findings: Vec::new(),
            shallow: Vec::new(),
            found: 0,
            cuts: 0,
            rounds: 0,
            skips: 0,
            looked: HashMap::new(),
            surely: vec![writer],
            within: Vec::new(),
        }
    }

    /// One finding for each cause that can be told from the others.
    pub(super) fn explain(mut self) -> Vec<Finding> {
        let root = self.lowering().sources.root(Role::Reader);
        for rounds in ROUNDS {
            if rounds == usize::MAX && !self.findings.is_empty() {
                break;
            }
            self.rounds = rounds;
            self.looked.clear();
            self.shallow.clear();
            let skips = self.skips;
            self.schema(root, &mut Vec::new());
            if self.skips == skips {
                break;
            }
        }
        if self.findings.is_empty() {
            self.findings = self.shallow;
        }
        let mut told: Vec<Found> = Vec::new();
        for found in self.findings {
            if !told.iter().any(|other| found.is_told_by(other)) {
                told.push(found);
            }
        }
        told.into_iter().map(|found| found.finding).collect()
    }

    fn lowering(&mut self) -> &mut Lowering<'a> {
        self.solver.lowering
    }

    /// A document of the writer of which the formula holds at the end of the path.
    fn find(&mut self, path: &[Step], formula: FormulaId) -> Option<Rc<Value>> {
        let formula = self.along(path, formula);
        self.solver.decide([self.writer, formula]).satisfying()
    }

    /// That the formula holds of something at the end of the path.
    fn along(&mut self, path: &[Step], formula: FormulaId) -> FormulaId {
        let store = &mut self.lowering().store;
        path.iter().rev().fold(formula, |inner, step| {
            let (atom, of) = match step {
                Step::Member(name) => (Atom::Member(name.as_str().into(), inner), store.is_object()),
                Step::SomeMember(names) => (Atom::SomeMember { names: *names, value: inner }, store.is_object()),
                Step::Item(at) => (Atom::Item(*at, inner), store.is_array()),
                Step::SomeItem(from) => (Atom::MinContains { from: *from, item: inner, count: 1 }, store.is_array()),
            };
            let atom = store.atom(atom);
            store.and([of, atom])
        })
    }

    fn schema(&mut self, place: Place<'a>, path: &mut Vec<Step>) {
        let here = (address(place.schema), path.len());
        if path.len() > DEPTH {
            self.cuts += 1;
            return;
        }
        if self.findings.len() >= MOST_FINDINGS || self.within.contains(&here) {
            return;
        }
        if self.within.iter().filter(|(schema, _)| *schema == here.0).count() > self.rounds {
            self.cuts += 1;
            self.skips += 1;
            return;
        }
        let look = (place.key(), path.clone());
        if let Some((found, cuts)) = self.looked.get(&look) {
            self.found += found;
            self.cuts += cuts;
            return;
        }
        if self.looked.len() >= MOST_LOOKS || self.cuts - self.skips >= MOST_CUTS {
            self.cuts += 1;
            return;
        }
        let (found, cuts) = (self.found, self.cuts);
        let Ok(parts) = self.lowering().parts(place) else { return };
        self.within.push(here);
        for part in parts.iter() {
            let not = self.lowering().store.not(part.formula);
            if self.find(path, not).is_none() {
                continue;
            }
            match place.schema {
                Value::Object(members) => self.keyword(place, members, part.keyword, not, path),
                _ => self.report(place, part.keyword, not, path),
            }
        }
        self.within.pop();
        self.looked.insert(look, (self.found - found, self.cuts - cuts));
    }

    /// A keyword that rejects something: the schemas in it are looked into, as far as they speak for themselves.
    fn keyword(
        &mut self,
        place: Place<'a>,
        members: &'a Map<String, Value>,
        keyword: &'static str,
        not: FormulaId,
        path: &mut Vec<Step>,
    ) {
        let (before, found, cuts) = (self.findings.len(), self.found, self.cuts);
        match (keyword, members.get(keyword)) {
            ("$ref" | "$dynamicRef" | "$recursiveRef", _) => {
                let targets = self.lowering().sources.references(place).unwrap_or_default();
                for (_, target) in targets.into_iter().filter(|(name, _)| *name == keyword) {
                    self.schema(target, path);
                }
            }
            ("allOf", Some(Value::Array(schemas))) => {
                for schema in schemas {
                    self.below(place, schema, path);
                }
            }
            ("properties", Some(Value::Object(map))) => {
                let mut known = self.surely_of_members();
                for (name, schema) in map {
                    let surely = known.remove(name.as_str()).unwrap_or_default();
                    if !self.is_read(place, schema, &surely) {
                        let outer = std::mem::replace(&mut self.surely, surely);
                        self.step_into(place, schema, Step::Member(name.clone()), keyword, path);
                        self.surely = outer;
                    }
                }
            }
            ("patternProperties", Some(Value::Object(map))) => {
                for (pattern, schema) in map {
                    let Ok(language) = self.lowering().sources.languages.compile(pattern) else { continue };
                    let names = self.lowering().store.atom(Atom::Language { language, polarity: Polarity::Positive });
                    self.step(place, schema, Step::SomeMember(names), keyword, path);
                }
            }
            ("unevaluatedProperties", Some(_)) => self.unevaluated(place, not, path),
            ("additionalProperties", Some(schema)) => self.additional(place, members, schema, path),
            ("required", Some(Value::Array(names))) => {
                for name in names.iter().filter_map(Value::as_str) {
                    let store = &mut self.lowering().store;
                    let (object, absent) =
                        (store.is_object(), store.atom(Atom::IfMember(name.into(), FormulaId::FALSE)));
                    let missing = store.and([object, absent]);
                    self.report_member(place, keyword, missing, path, Some(name));
                }
            }
            ("prefixItems" | "items", Some(Value::Array(schemas))) => {
                for (at, schema) in schemas.iter().enumerate() {
                    self.step(place, schema, Step::Item(at as u64), keyword, path);
                }
            }
            ("items" | "additionalItems", Some(schema)) => {
                let prefix = if keyword == "items" { "prefixItems" } else { "items" };
                let from = members.get(prefix).and_then(Value::as_array).map_or(0, Vec::len);
                self.step(place, schema, Step::SomeItem(from as u64), keyword, path);
            }
            _ => {}
        }
        if self.found == found {
            self.report(place, keyword, not, path);
            if self.cuts > cuts {
                self.found = found;
                self.shallow.extend(self.findings.drain(before..));
                self.shallow.truncate(MOST_FINDINGS);
            }
        }
    }

    fn below(&mut self, place: Place<'a>, schema: &'a Value, path: &mut Vec<Step>) {
        let place = self.lowering().sources.below(place, schema);
        self.schema(place, path);
    }

    /// What the writer surely says of the members at the end of the path, name by name.
    fn surely_of_members(&mut self) -> HashMap<Rc<str>, Vec<FormulaId>> {
        let mut known: HashMap<Rc<str>, Vec<FormulaId>> = HashMap::new();
        let surely = self.surely.clone();
        for id in self.solver.normalize(surely).unwrap_or_default() {
            if let Node::Atom(Atom::IfMember(name, value) | Atom::Member(name, value)) =
                &**self.lowering().store.node(id)
            {
                known.entry(Rc::clone(name)).or_default().push(*value);
            }
        }
        known
    }

    /// Whether the schema accepts all of which this holds: then there is nothing to be found in it.
    fn is_read(&mut self, place: Place<'a>, schema: &'a Value, surely: &[FormulaId]) -> bool {
        let inner = self.lowering().sources.below(place, schema);
        let Ok(read) = self.lowering().lower(inner) else { return false };
        let not_read = self.lowering().store.not(read);
        self.solver.decide(surely.iter().copied().chain([not_read])).is_unsatisfiable()
    }

    fn step(&mut self, place: Place<'a>, schema: &'a Value, step: Step, keyword: &'static str, path: &mut Vec<Step>) {
        let outer = std::mem::take(&mut self.surely);
        self.step_into(place, schema, step, keyword, path);
        self.surely = outer;
    }

    fn step_into(
        &mut self,
        place: Place<'a>,
        schema: &'a Value,
        step: Step,
        keyword: &'static str,
        path: &mut Vec<Step>,
    ) {
        path.push(step);
        let inner = self.lowering().sources.below(place, schema);
        if schema == &Value::Bool(false) {
            // What is not taken at all is the keyword's doing.
            if let Some(document) = self.find(path, FormulaId::TRUE) {
                self.add(place, keyword, FormulaId::TRUE, path, &document, None);
            }
        } else {
            self.schema(inner, path);
        }
        path.pop();
    }

    /// Members that are not listed: one finding for each that the writer names, and one for all others.
    fn additional(
        &mut self,
        place: Place<'a>,
        members: &'a Map<String, Value>,
        schema: &'a Value,
        path: &mut Vec<Step>,
    ) {
        let mut others = Vec::new();
        for pattern in members.get("patternProperties").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let Ok(language) = self.lowering().sources.languages.compile(pattern) else { return };
            others.push(self.lowering().store.atom(Atom::Language { language, polarity: Polarity::Negative }));
        }
        let mut listed: Vec<String> = members
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|map| map.keys().cloned())
            .collect();
        let written: Vec<String> = self
            .writers_places(path)
            .into_iter()
            .filter_map(|writer| writer.schema.get("properties")?.as_object())
            .flat_map(|map| map.keys().cloned())
            .filter(|name| !listed.contains(name))
            .collect();
        for name in written {
            let text = Value::String(name.clone());
            let spoken_of = others.clone().into_iter().all(|id| self.lowering().evaluate(id, &text) == Some(true));
            if spoken_of && !listed.contains(&name) {
                self.step(place, schema, Step::Member(name.clone()), "additionalProperties", path);
            }
            listed.push(name);
        }
        let elsewhere = self.lowering().store.none_of_values(listed.into_iter().map(Value::String));
        others.push(elsewhere);
        let names = self.lowering().store.and(others);
        self.step(place, schema, Step::SomeMember(names), "additionalProperties", path);
    }

    fn report(&mut self, place: Place<'a>, keyword: &'static str, not: FormulaId, path: &[Step]) {
        self.report_member(place, keyword, not, path, None);
    }

    fn report_member(
        &mut self,
        place: Place<'a>,
        keyword: &'static str,
        not: FormulaId,
        path: &[Step],
        member: Option<&str>,
    ) {
        if let Some(document) = self.find(path, not) {
            self.add(place, keyword, not, path, &document, member);
        }
    }

    fn add(
        &mut self,
        place: Place<'a>,
        keyword: &'static str,
        not: FormulaId,
        path: &[Step],
        document: &Value,
        member: Option<&str>,
    ) {
        if self.findings.len() >= MOST_FINDINGS {
            return;
        }
        let Ok(witness) = self.judge.confirm(&mut self.solver.lowering.sources, document) else { return };
        let at = self.locate(path, not, document);
        let keyword = if keyword == "false" { "" } else { keyword };
        let reader = self.place_of(place, keyword);
        let writer = self.writers_word(path, keyword, member);
        let kind = FindingKind::from_keyword(keyword, place.schema.get(keyword) == Some(&Value::Bool(false)));
        self.found += 1;
        let first = self.first_met(&at);
        let found =
            Found { finding: Finding { kind, at, missing: member.map(str::to_owned), reader, writer, witness }, first };
        match self.findings.iter_mut().find(|other| found.first == other.first && found.is_told_by(other)) {
            Some(other) if found.depth() < other.depth() => *other = found,
            Some(_) => {}
            None => self.findings.push(found),
        }
    }

    /// The place, without the ways on which a schema leads back to itself.
    fn first_met(&self, at: &Pointer) -> Vec<String> {
        let segments: Vec<String> = at.segments().collect();
        let (mut first, mut taken) = (Vec::new(), 0);
        let mut met: Vec<(usize, usize)> = Vec::new();
        for &(schema, length) in &self.within {
            let length = length.clamp(taken, segments.len());
            first.extend_from_slice(&segments[taken..length]);
            taken = length;
            if let Some(&(_, before)) = met.iter().find(|(other, _)| *other == schema) {
                first.truncate(before);
                met.retain(|(_, length)| *length <= before);
            } else {
                met.push((schema, first.len()));
            }
        }
        first.extend_from_slice(&segments[taken..]);
        first
    }

    /// Where in the document the path ends.
    fn locate(&mut self, path: &[Step], not: FormulaId, document: &Value) -> Pointer {
        let (mut pointer, mut value) = (Pointer::ROOT, document);
        for (number, step) in path.iter().enumerate() {
            let rest = self.along(&path[number + 1..], not);
            let (segment, next) = match (step, value) {
                (Step::Member(name), value) => (name.clone(), value.get(name)),
                (Step::Item(at), value) => (at.to_string(), usize::try_from(*at).ok().and_then(|at| value.get(at))),
                (Step::SomeMember(names), Value::Object(members)) => {
                    let found = members.iter().find(|(name, member)| {
                        let name = Value::String((*name).clone());
                        self.solver.lowering.evaluate(*names, &name) == Some(true)
                            && self.solver.lowering.evaluate(rest, member) == Some(true)
                    });
                    let Some((name, member)) = found else { return pointer };
                    (name.clone(), Some(member))
                }
                (Step::SomeItem(from), Value::Array(items)) => {
                    let from = usize::try_from(*from).unwrap_or(usize::MAX);
                    let mut later = items.iter().enumerate().skip(from);
                    let Some((at, item)) =
                        later.find(|(_, item)| self.solver.lowering.evaluate(rest, item) == Some(true))
                    else {
                        return pointer;
                    };
                    (at.to_string(), Some(item))
                }
                (Step::SomeMember(_) | Step::SomeItem(_), _) => return pointer,
            };
            pointer = pointer.join(segment);
            let Some(next) = next else { return pointer };
            value = next;
        }
        pointer
    }

    fn place_of(&mut self, place: Place<'a>, keyword: &str) -> KeywordPlace {
        let (document, mut pointer) = self.lowering().sources.whereabouts(place);
        if !keyword.is_empty() {
            pointer = pointer.join(keyword);
        }
        KeywordPlace { document, pointer, keyword: keyword.to_owned() }
    }

    /// What the writer's schema says at the end of a path.
    fn writers_word(&mut self, path: &[Step], keyword: &str, member: Option<&str>) -> Option<KeywordPlace> {
        let places = self.writers_places(path);
        if let Some(name) = member {
            let declared = places.iter().find_map(|place| Some((*place, place.schema.get("properties")?.get(name)?)));
            if let Some((place, schema)) = declared {
                let declared = self.lowering().sources.below(place, schema);
                return Some(self.place_of(declared, ""));
            }
        }
        let related: &[&str] = match keyword {
            "enum" | "const" => &["enum", "const", "type"],
            "minimum" | "exclusiveMinimum" => &["minimum", "exclusiveMinimum", "type"],
            "maximum" | "exclusiveMaximum" => &["maximum", "exclusiveMaximum", "type"],
            "anyOf" | "oneOf" => &["anyOf", "oneOf", "enum", "const", "type"],
            "type" => &["type", "enum", "const"],
            _ => &["type"],
        };
        for wanted in std::iter::once(&keyword).chain(related) {
            if let Some(place) = places.iter().find(|place| place.schema.get(*wanted).is_some()) {
                return Some(self.place_of(*place, wanted));
            }
        }
        let first = *places.first()?;
        Some(self.place_of(first, ""))
    }

    /// The writer's schemas that speak of what is at the end of a path.
    fn writers_places(&mut self, path: &[Step]) -> Vec<Place<'a>> {
        let root = self.lowering().sources.root(Role::Writer);
        let mut places = self.beside(vec![root]);
        for step in path {
            let mut next = Vec::new();
            for place in places {
                let Value::Object(members) = place.schema else { continue };
                next.extend(self.through(place, members, step).map(|schema| (place, schema)));
            }
            let next = next.into_iter().map(|(place, schema)| self.lowering().sources.below(place, schema)).collect();
            places = self.beside(next);
        }
        places
    }

    fn through(&mut self, place: Place<'a>, members: &'a Map<String, Value>, step: &Step) -> Option<&'a Value> {
        let new = self.lowering().sources.draft(place) >= Draft::Draft202012;
        match step {
            Step::Member(name) => members
                .get("properties")
                .and_then(|map| map.get(name))
                .or_else(|| members.get("additionalProperties").filter(|schema| schema.is_object())),
            Step::SomeMember(_) => members
                .get("additionalProperties")
                .filter(|schema| schema.is_object())
                .or_else(|| members.get("patternProperties")?.as_object()?.values().next()),
            Step::Item(at) | Step::SomeItem(at) => {
                let first = members.get(if new { "prefixItems" } else { "items" }).and_then(Value::as_array);
                let rest = match (new, first) {
                    (false, Some(_)) => members.get("additionalItems"),
                    (true, _) | (false, None) => members.get("items"),
                };
                first.and_then(|schemas| schemas.get(usize::try_from(*at).ok()?)).or(rest)
            }
        }
    }

    /// The schemas, and those that speak of the same document.
    fn beside(&mut self, places: Vec<Place<'a>>) -> Vec<Place<'a>> {
        let mut open = places;
        let mut found: Vec<Place<'a>> = Vec::new();
        while !open.is_empty() && found.len() < 256 {
            let place = open.remove(0);
            let Value::Object(members) = place.schema else { continue };
            if found.iter().any(|other| std::ptr::eq(other.schema, place.schema)) {
                continue;
            }
            found.push(place);
            let targets = self.lowering().sources.references(place).unwrap_or_default();
            open.extend(targets.into_iter().map(|(_, target)| target));
            for keyword in ["allOf", "anyOf", "oneOf"] {
                for schema in members.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                    open.push(self.lowering().sources.below(place, schema));
                }
            }
            for keyword in ["then", "else"] {
                if let Some(schema) = members.get(keyword) {
                    open.push(self.lowering().sources.below(place, schema));
                }
            }
        }
        found
    }
}
