//! From schema to formula, each keyword by the rules of its draft.

mod applicator;
mod assertion;
mod unevaluated;

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use serde_json::{Map, Value};

use super::alike;
use super::document::{Place, PlaceKey, Unreadable};
use super::draft::Draft;
use super::formula::{FormulaId, Polarity, Store, TargetId};
use super::sources::{SchemaIndex, Sources};

/// What one keyword, with those that it cannot be read without, says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) keyword: &'static str,
    pub(super) formula: FormulaId,
}

/// The schemas of a question, and the formulas that they become.
pub(super) struct Lowering<'a> {
    pub(super) sources: Sources<'a>,
    pub(super) store: Store,
    lowered: HashMap<PlaceKey, FormulaId>,
    parts: HashMap<PlaceKey, Rc<[Part]>>,
    /// Schemas that are being lowered which lead back to themselves without a step into the document.
    looping: Vec<PlaceKey>,
    /// What the schemas that are referred to say.
    rounds: HashMap<PlaceKey, FormulaId>,
    targets: Vec<Place<'a>>,
    target_ids: HashMap<Class, TargetId>,
    /// Schemas that are referred to, by what they say.
    classes: HashMap<PlaceKey, usize>,
    /// The first thing found that cannot be read, or of which no formula can be made, with the schema that led to it.
    pub(super) error: Option<(SchemaIndex, LowerError)>,
    depth: usize,
    /// How often a schema was lowered on the way round through others, where nothing is remembered.
    rounds_made: u32,
    backs: HashMap<PlaceKey, Back>,
}

/// A schema that is referred to: one that says the same is as good as itself.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Class {
    Alike(usize),
    Only(PlaceKey),
}

/// Why there is no formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LowerError {
    Unreadable(Unreadable),
    /// A reference that leads back to itself without a step into the document.
    Cycle(String),
    /// A keyword that is beyond us, here.
    Unsupported(&'static str),
    Depth,
}

impl From<Unreadable> for LowerError {
    fn from(why: Unreadable) -> Self {
        Self::Unreadable(why)
    }
}

const DEPTH: usize = 120;
/// Schemas that all lead to one another have more ways round than can be gone.
const MOST_ROUNDS: u32 = 5_000;
/// So many schemas that are referred to may speak of the same document: each of them is asked whether it leads back.
const MOST_IN_PLACE: usize = 500;

impl<'a> Lowering<'a> {
    pub(super) fn new(mut sources: Sources<'a>) -> Self {
        let classes = equivalence_classes(&mut sources);
        Self {
            sources,
            store: Store::new(),
            lowered: HashMap::new(),
            parts: HashMap::new(),
            looping: Vec::new(),
            rounds: HashMap::new(),
            targets: Vec::new(),
            target_ids: HashMap::new(),
            classes,
            error: None,
            depth: 0,
            rounds_made: 0,
            backs: HashMap::new(),
        }
    }

    /// What the schema that is referred to says. Where that cannot be read, the error is noted.
    pub(super) fn expand(&mut self, target: TargetId, polarity: Polarity) -> FormulaId {
        let place = self.targets[target.0 as usize];
        let key = place.key();
        let looping = std::mem::take(&mut self.looping);
        let lowered = match self.rounds.get(&key) {
            Some(&known) => Ok(known),
            None => match self.leads_back(place) {
                Ok(Back::Plainly) => self.round(place),
                Ok(Back::No | Back::Negated) => self.lower(place),
                Err(error) => Err(error),
            },
        };
        self.looping = looping;
        let id = match lowered {
            Ok(id) => {
                self.rounds.insert(key, id);
                id
            }
            Err(error) => {
                self.error.get_or_insert((place.root, error));
                return FormulaId::FALSE;
            }
        };
        if polarity.is_positive() { id } else { self.store.not(id) }
    }

    /// The formula of a schema.
    pub(super) fn lower(&mut self, place: Place<'a>) -> Result<FormulaId, LowerError> {
        let key = place.key();
        // On the way round, what is known elsewhere may still refer to where the way began.
        if self.looping.is_empty()
            && let Some(&known) = self.lowered.get(&key)
        {
            return Ok(known);
        }
        self.rounds_made += u32::from(!self.looping.is_empty());
        if self.depth > DEPTH || self.rounds_made > MOST_ROUNDS {
            return Err(LowerError::Depth);
        }
        self.depth += 1;
        let parts = self.parts(place);
        self.depth -= 1;
        let id = self.store.and(parts?.iter().map(|part| part.formula));
        if self.looping.is_empty() {
            self.lowered.insert(key, id);
        }
        Ok(id)
    }

    /// What the keywords of a schema say.
    pub(super) fn parts(&mut self, place: Place<'a>) -> Result<Rc<[Part]>, LowerError> {
        let key = place.key();
        if self.looping.is_empty()
            && let Some(known) = self.parts.get(&key)
        {
            return Ok(Rc::clone(known));
        }
        let parts: Rc<[Part]> = match place.schema {
            Value::Bool(true) => [].into(),
            Value::Bool(false) => [Part { keyword: "false", formula: FormulaId::FALSE }].into(),
            Value::Object(members) => self.keywords(place, members)?.into(),
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
    fn refer(&mut self, place: Place<'a>) -> FormulaId {
        let key = place.key();
        let class = self.classes.get(&key).map_or(Class::Only(key), |&class| Class::Alike(class));
        let target = *self.target_ids.entry(class).or_insert_with(|| {
            self.targets.push(place);
            TargetId(u32::try_from(self.targets.len() - 1).unwrap_or(u32::MAX))
        });
        self.store.reference(target)
    }

    fn keywords(&mut self, place: Place<'a>, members: &'a Map<String, Value>) -> Result<Vec<Part>, LowerError> {
        let draft = self.sources.draft(place);
        let mut parts = Vec::new();
        for (keyword, target) in self.sources.references(place)? {
            let formula = match self.leads_back(target)? {
                Back::No => self.refer(target),
                Back::Plainly if self.looping.is_empty() => self.refer(target),
                Back::Plainly => self.round(target)?,
                Back::Negated => {
                    let text = members.get(keyword).and_then(Value::as_str).unwrap_or("#");
                    return Err(LowerError::Cycle(text.to_owned()));
                }
            };
            parts.push(Part { keyword, formula });
        }
        if draft.ignores_siblings_of_ref() && members.contains_key("$ref") {
            return Ok(parts);
        }
        let mut sink = Sink { lowering: self, place, members, draft, parts };
        sink.assertions()?;
        sink.applicators()?;
        sink.unevaluated()?;
        Ok(sink.parts)
    }

    /// A schema that leads back to itself: what it asks of a document on the way round; that it asks for itself adds
    /// nothing.
    fn round(&mut self, target: Place<'a>) -> Result<FormulaId, LowerError> {
        let key = target.key();
        if self.looping.contains(&key) {
            return Ok(FormulaId::TRUE);
        }
        self.looping.push(key);
        let lowered = self.lower(target);
        self.looping.pop();
        lowered
    }

    /// Whether a schema is met again on the way through those that speak of the same document.
    fn leads_back(&mut self, start: Place<'a>) -> Result<Back, LowerError> {
        let key = start.key();
        if let Some(&known) = self.backs.get(&key) {
            return Ok(known);
        }
        let back = self.find_back(start)?;
        self.backs.insert(key, back);
        Ok(back)
    }

    fn find_back(&mut self, start: Place<'a>) -> Result<Back, LowerError> {
        let mut open = vec![(start, false)];
        let mut seen: HashSet<(PlaceKey, bool)> = HashSet::new();
        let mut back = Back::No;
        let goal = start.key();
        while let Some((place, negated)) = open.pop() {
            let Value::Object(members) = place.schema else { continue };
            for (_, target) in self.sources.references(place)? {
                let key = target.key();
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
                    return Err(LowerError::Depth);
                }
            }
            if self.sources.draft(place).ignores_siblings_of_ref() && members.contains_key("$ref") {
                continue;
            }
            for (keyword, negates) in IN_PLACE {
                let negated = negated || *negates;
                match members.get(*keyword) {
                    Some(Value::Array(items)) => {
                        open.extend(items.iter().map(|item| (self.sources.below(place, item), negated)));
                    }
                    Some(Value::Object(map)) if keyword.starts_with("depend") => {
                        open.extend(map.values().map(|item| (self.sources.below(place, item), negated)));
                    }
                    Some(schema) => open.push((self.sources.below(place, schema), negated)),
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

/// The classes of equivalent schemas, where both schemas refer to others.
fn equivalence_classes(sources: &mut Sources<'_>) -> HashMap<PlaceKey, usize> {
    if !sources.share_references() {
        return HashMap::new();
    }
    // The schema of a draft that is first met on the way may be one with scopes.
    let before = sources.are_dynamic();
    let classes = alike::classes(sources);
    if sources.are_dynamic() == before { classes } else { alike::classes(sources) }
}

fn expected(keyword: &str, expected: &'static str) -> Unreadable {
    Unreadable::keyword(keyword, expected)
}

/// Takes the keywords of one schema object one after the other.
struct Sink<'l, 'a> {
    lowering: &'l mut Lowering<'a>,
    place: Place<'a>,
    members: &'a Map<String, Value>,
    draft: Draft,
    parts: Vec<Part>,
}

impl<'a> Sink<'_, 'a> {
    fn store(&mut self) -> &mut Store {
        &mut self.lowering.store
    }

    fn part(&mut self, keyword: &'static str, formula: FormulaId) {
        if formula != FormulaId::TRUE {
            self.parts.push(Part { keyword, formula });
        }
    }

    /// The formula of a schema that stands here.
    fn lower(&mut self, schema: &'a Value) -> Result<FormulaId, LowerError> {
        let place = self.lowering.sources.below(self.place, schema);
        self.lowering.lower(place)
    }

    fn lower_all(&mut self, keyword: &'static str) -> Result<Option<Vec<FormulaId>>, LowerError> {
        match self.members.get(keyword) {
            Some(Value::Array(items)) => items.iter().map(|item| self.lower(item)).collect::<Result<_, _>>().map(Some),
            Some(_) => Err(expected(keyword, "an array of schemas").into()),
            None => Ok(None),
        }
    }

    fn object(&self, keyword: &'static str) -> Result<Option<&'a Map<String, Value>>, LowerError> {
        match self.members.get(keyword) {
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => Err(expected(keyword, "an object").into()),
            None => Ok(None),
        }
    }

    fn count(&self, keyword: &'static str) -> Result<Option<u64>, LowerError> {
        let wrong = || LowerError::from(expected(keyword, "a non-negative integer"));
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
