//! From schema to formula, each keyword by the rules of its draft.

mod applicator;
mod assertion;
mod unevaluated;

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use serde_json::{Map, Value};

use json_document::Pointer;

use super::alike;
use super::document::{Library, Place, Scope, Unreadable, address};
use super::draft::Draft;
use super::formula::{Id, Store, Target};
use super::regex::Languages;

/// What one keyword, with those that it cannot be read without, says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) keyword: &'static str,
    pub(super) formula: Id,
}

/// Both sides of a question, and the formulas that they become.
pub(super) struct Lowering<'a> {
    pub(super) store: Store,
    pub(super) languages: Languages,
    /// `format` says something about a document, instead of only about its meaning.
    pub(super) formats: bool,
    sides: Vec<Library<'a>>,
    lowered: HashMap<Key, Id>,
    parts: HashMap<Key, Rc<[Part]>>,
    /// Schemas that are being lowered which lead back to themselves without a step into the document.
    looping: Vec<Key>,
    /// What the schemas that are referred to say.
    rounds: HashMap<Key, Id>,
    targets: Vec<(usize, Place<'a>)>,
    target_ids: HashMap<Class, Target>,
    /// Schemas that are referred to, by what they say.
    classes: HashMap<Key, usize>,
    /// The first thing found that cannot be read, or of which no formula can be made, with its side.
    pub(super) trouble: Option<(usize, Trouble)>,
    /// What is left for the checks of documents, in schemas looked at.
    pub(super) checks: u32,
    depth: usize,
    /// How often a schema was lowered on the way round through others, where nothing is remembered.
    rounds_made: u32,
    backs: HashMap<Key, Back>,
}

/// A schema that is referred to: one that says the same is as good as itself.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Class {
    Alike(usize),
    Only(Key),
}

/// Which library, which schema, in which resource and scope.
pub(super) type Key = (usize, usize, usize, Scope);

/// Why there is no formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    Unreadable(Unreadable),
    /// A reference that leads back to itself without a step into the document.
    Loop(String),
    /// A keyword that is beyond us, here.
    Beyond(&'static str),
    Deep,
}

impl From<Unreadable> for Trouble {
    fn from(why: Unreadable) -> Self {
        Self::Unreadable(why)
    }
}

const DEPTH: usize = 120;
/// What the checks of all documents may take together, until a question is answered, and again to explain the answer.
pub(super) const CHECKS: u32 = 300_000;
/// Schemas that all lead to one another have more ways round than can be gone.
const MOST_ROUNDS: u32 = 5_000;
/// So many schemas that are referred to may speak of the same document: each of them is asked whether it leads back.
const MOST_IN_PLACE: usize = 500;

impl<'a> Lowering<'a> {
    pub(super) fn new(sides: Vec<Library<'a>>, formats: bool) -> Self {
        let refers = sides.len() == 2 && sides.iter().all(Library::refers);
        let mut lowering = Self {
            store: Store::new(),
            languages: Languages::new(),
            formats,
            sides,
            lowered: HashMap::new(),
            parts: HashMap::new(),
            looping: Vec::new(),
            rounds: HashMap::new(),
            targets: Vec::new(),
            target_ids: HashMap::new(),
            classes: HashMap::new(),
            trouble: None,
            checks: CHECKS,
            depth: 0,
            rounds_made: 0,
            backs: HashMap::new(),
        };
        if refers {
            // The schema of a draft that is first met on the way may be one with scopes.
            let dynamic = |lowering: &Self| lowering.sides.iter().any(Library::is_dynamic);
            let before = dynamic(&lowering);
            lowering.classes = alike::classes(&mut lowering);
            if dynamic(&lowering) != before {
                lowering.classes = alike::classes(&mut lowering);
            }
        }
        lowering
    }

    pub(super) fn root(&self, side: usize) -> Place<'a> {
        self.sides[side].root()
    }

    /// Whether nothing in the schema of this side makes a check of a document more than a walk through both.
    pub(super) fn is_plain(&self, side: usize) -> bool {
        self.sides[side].is_plain()
    }

    pub(super) fn draft(&self, side: usize, place: Place<'a>) -> Draft {
        self.sides[side].draft(place)
    }

    pub(super) fn below(&self, side: usize, place: Place<'a>, schema: &'a Value) -> Place<'a> {
        self.sides[side].below(place, schema)
    }

    /// The document that a schema is in, by its URI where it is not the one that was asked about, and where it is in it.
    pub(super) fn whereabouts(&self, side: usize, schema: &Value) -> (Option<String>, Pointer) {
        self.sides[side].whereabouts(schema)
    }

    /// What the schema that is referred to says. Where that cannot be read, the trouble is noted.
    pub(super) fn call(&mut self, target: Target, holds: bool) -> Id {
        let (side, place) = self.targets[target.0 as usize];
        let key = key(side, place);
        let looping = std::mem::take(&mut self.looping);
        let lowered = match self.rounds.get(&key) {
            Some(&known) => Ok(known),
            None => match self.leads_back(side, place) {
                Ok(Back::Plainly) => self.round(side, place),
                Ok(Back::No | Back::Negated) => self.lower(side, place),
                Err(trouble) => Err(trouble),
            },
        };
        self.looping = looping;
        let id = match lowered {
            Ok(id) => {
                self.rounds.insert(key, id);
                id
            }
            Err(trouble) => {
                self.trouble.get_or_insert((side, trouble));
                return Id::FALSE;
            }
        };
        if holds { id } else { self.store.not(id) }
    }

    /// The formula of a schema.
    pub(super) fn lower(&mut self, side: usize, place: Place<'a>) -> Result<Id, Trouble> {
        let key = key(side, place);
        // On the way round, what is known elsewhere may still refer to where the way began.
        if self.looping.is_empty()
            && let Some(&known) = self.lowered.get(&key)
        {
            return Ok(known);
        }
        self.rounds_made += u32::from(!self.looping.is_empty());
        if self.depth > DEPTH || self.rounds_made > MOST_ROUNDS {
            return Err(Trouble::Deep);
        }
        self.depth += 1;
        let parts = self.parts(side, place);
        self.depth -= 1;
        let id = self.store.and(parts?.iter().map(|part| part.formula));
        if self.looping.is_empty() {
            self.lowered.insert(key, id);
        }
        Ok(id)
    }

    /// What the keywords of a schema say.
    pub(super) fn parts(&mut self, side: usize, place: Place<'a>) -> Result<Rc<[Part]>, Trouble> {
        let key = key(side, place);
        if self.looping.is_empty()
            && let Some(known) = self.parts.get(&key)
        {
            return Ok(Rc::clone(known));
        }
        let parts: Rc<[Part]> = match place.schema {
            Value::Bool(true) => [].into(),
            Value::Bool(false) => [Part { keyword: "false", formula: Id::FALSE }].into(),
            Value::Object(members) => self.keywords(side, place, members)?.into(),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return Err(Unreadable::Schema.into());
            }
        };
        if self.looping.is_empty() {
            self.parts.insert(key, Rc::clone(&parts));
        }
        Ok(parts)
    }

    /// The schema that a reference leads to, as a formula that is opened only where it is needed: it may be recursive.
    fn refer(&mut self, side: usize, place: Place<'a>) -> Id {
        let key = key(side, place);
        let class = self.classes.get(&key).map_or(Class::Only(key), |&class| Class::Alike(class));
        let target = *self.target_ids.entry(class).or_insert_with(|| {
            self.targets.push((side, place));
            Target(u32::try_from(self.targets.len() - 1).unwrap_or(u32::MAX))
        });
        self.store.call(target)
    }

    /// The schemas that the references of this schema object lead to.
    pub(super) fn references(
        &mut self,
        side: usize,
        place: Place<'a>,
        members: &'a Map<String, Value>,
    ) -> Result<Vec<(&'static str, Place<'a>)>, Trouble> {
        let draft = self.draft(side, place);
        let mut found = Vec::new();
        let library = &mut self.sides[side];
        match members.get("$ref") {
            Some(Value::String(reference)) => found.push(("$ref", library.resolve(place, reference)?)),
            Some(_) => return Err(expected("$ref", "a string").into()),
            None => {}
        }
        if draft >= Draft::Draft202012 {
            if let Some(Value::String(reference)) = members.get("$dynamicRef") {
                found.push(("$dynamicRef", library.resolve_dynamic(place, reference)?));
            }
        } else if draft == Draft::Draft201909 && members.contains_key("$recursiveRef") {
            found.push(("$recursiveRef", library.resolve_recursive(place)));
        }
        Ok(found)
    }

    fn keywords(
        &mut self,
        side: usize,
        place: Place<'a>,
        members: &'a Map<String, Value>,
    ) -> Result<Vec<Part>, Trouble> {
        let draft = self.draft(side, place);
        let mut parts = Vec::new();
        for (keyword, target) in self.references(side, place, members)? {
            let formula = match self.leads_back(side, target)? {
                Back::No => self.refer(side, target),
                Back::Plainly if self.looping.is_empty() => self.refer(side, target),
                Back::Plainly => self.round(side, target)?,
                Back::Negated => {
                    let text = members.get(keyword).and_then(Value::as_str).unwrap_or("#");
                    return Err(Trouble::Loop(text.to_owned()));
                }
            };
            parts.push(Part { keyword, formula });
        }
        if draft.ignores_siblings_of_ref() && members.contains_key("$ref") {
            return Ok(parts);
        }
        let mut sink = Sink { lowering: self, side, place, members, draft, parts };
        sink.assertions()?;
        sink.applicators()?;
        sink.unevaluated()?;
        Ok(sink.parts)
    }

    /// A schema that leads back to itself: what it asks of a document on the way round; that it asks for itself adds
    /// nothing.
    fn round(&mut self, side: usize, target: Place<'a>) -> Result<Id, Trouble> {
        let key = key(side, target);
        if self.looping.contains(&key) {
            return Ok(Id::TRUE);
        }
        self.looping.push(key);
        let lowered = self.lower(side, target);
        self.looping.pop();
        lowered
    }

    /// Whether a schema is met again on the way through those that speak of the same document.
    fn leads_back(&mut self, side: usize, start: Place<'a>) -> Result<Back, Trouble> {
        let key = key(side, start);
        if let Some(&known) = self.backs.get(&key) {
            return Ok(known);
        }
        let back = self.find_back(side, start)?;
        self.backs.insert(key, back);
        Ok(back)
    }

    fn find_back(&mut self, side: usize, start: Place<'a>) -> Result<Back, Trouble> {
        let mut open = vec![(start, false)];
        let mut seen: HashSet<(Key, bool)> = HashSet::new();
        let mut back = Back::No;
        let goal = key(side, start);
        while let Some((place, negated)) = open.pop() {
            let Value::Object(members) = place.schema else { continue };
            for (_, target) in self.references(side, place, members)? {
                let key = key(side, target);
                if key == goal {
                    back = if negated { Back::Negated } else { back.max(Back::Plainly) };
                }
                if back == Back::Negated {
                    return Ok(back);
                }
                if seen.insert((key, negated)) {
                    open.push((target, negated));
                }
                if seen.len() > MOST_IN_PLACE {
                    return Err(Trouble::Deep);
                }
            }
            if self.draft(side, place).ignores_siblings_of_ref() && members.contains_key("$ref") {
                continue;
            }
            for (keyword, negates) in IN_PLACE {
                let negated = negated || *negates;
                match members.get(*keyword) {
                    Some(Value::Array(items)) => {
                        open.extend(items.iter().map(|item| (self.below(side, place, item), negated)));
                    }
                    Some(Value::Object(map)) if keyword.starts_with("depend") => {
                        open.extend(map.values().map(|item| (self.below(side, place, item), negated)));
                    }
                    Some(schema) => open.push((self.below(side, place, schema), negated)),
                    None => {}
                }
            }
        }
        Ok(back)
    }
}

/// Whether a schema leads back to itself, and whether it does where it is denied: then it means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Back {
    No,
    Plainly,
    Negated,
}

/// Keywords whose schemas speak of the same document, and whether these may be denied.
const IN_PLACE: &[(&str, bool)] = &[
    ("allOf", false),
    ("anyOf", false),
    ("dependencies", false),
    ("dependentSchemas", false),
    ("else", true),
    ("if", true),
    ("not", true),
    ("oneOf", true),
    ("then", true),
];

pub(super) fn key(side: usize, place: Place<'_>) -> Key {
    (side, address(place.schema), place.resource, place.scope)
}

fn expected(keyword: &str, expected: &'static str) -> Unreadable {
    Unreadable::Keyword { keyword: keyword.to_owned(), expected }
}

/// Takes the keywords of one schema object one after the other.
struct Sink<'l, 'a> {
    lowering: &'l mut Lowering<'a>,
    side: usize,
    place: Place<'a>,
    members: &'a Map<String, Value>,
    draft: Draft,
    parts: Vec<Part>,
}

impl<'a> Sink<'_, 'a> {
    fn store(&mut self) -> &mut Store {
        &mut self.lowering.store
    }

    fn part(&mut self, keyword: &'static str, formula: Id) {
        if formula != Id::TRUE {
            self.parts.push(Part { keyword, formula });
        }
    }

    /// The formula of a schema that stands here.
    fn lower(&mut self, schema: &'a Value) -> Result<Id, Trouble> {
        let place = self.lowering.below(self.side, self.place, schema);
        self.lowering.lower(self.side, place)
    }

    fn lower_all(&mut self, keyword: &'static str) -> Result<Option<Vec<Id>>, Trouble> {
        match self.members.get(keyword) {
            Some(Value::Array(items)) => items.iter().map(|item| self.lower(item)).collect::<Result<_, _>>().map(Some),
            Some(_) => Err(expected(keyword, "an array of schemas").into()),
            None => Ok(None),
        }
    }

    fn object(&self, keyword: &'static str) -> Result<Option<&'a Map<String, Value>>, Trouble> {
        match self.members.get(keyword) {
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => Err(expected(keyword, "an object").into()),
            None => Ok(None),
        }
    }

    fn count(&self, keyword: &'static str) -> Result<Option<u64>, Trouble> {
        let wrong = || Trouble::from(expected(keyword, "a whole number that is not negative"));
        match self.members.get(keyword) {
            Some(Value::Number(number)) => {
                let exact = super::number::to_rational(number);
                if !exact.is_integer() || exact < super::number::zero() {
                    return Err(wrong());
                }
                // Nothing has more than that.
                Ok(Some(u64::try_from(exact.to_integer()).unwrap_or(u64::MAX / 2).min(u64::MAX / 2)))
            }
            Some(_) => Err(wrong()),
            None => Ok(None),
        }
    }
}
