//! Lowering: from schemas to formulas, each keyword by the rules of its draft.
//!
//! The formula of a schema object is the conjunction of its [parts](Part), one for each keyword
//! together with those that it cannot be read without (`additionalProperties` with `properties`).
//! The parts stay available to explain which keyword rejects a document.
//!
//! | schema | formula | file |
//! |---|---|---|
//! | `true`, `false` | `TRUE`, `FALSE` | this one |
//! | `$ref`, `$dynamicRef`, `$recursiveRef` | a node that is expanded on demand | this one, [`cycle`] |
//! | assertions: `type`, `minimum`, `required` … | one or a few literals | [`assertion`] |
//! | in-place applicators: `allOf`, `if`, `not` … | connectives | [`applicator`] |
//! | child applicators: `properties`, `items` … | atoms around the formula of the subschema | [`applicator`] |
//! | `unevaluatedProperties`, `unevaluatedItems` | a case distinction over the evaluators | [`unevaluated`] |
//! | annotations, and keywords of other drafts | nothing | |
//!
//! # References
//!
//! A reference becomes a node that is expanded when the solver needs it, so that recursive schemas
//! have finite formulas. A target that leads back to itself without a step into the document has no
//! formula (see [`cycle`]). The targets of equivalent references are one node (see
//! [`super::equivalence`]).
//!
//! # Soundness
//!
//! Each formula is exact: it is true of a document exactly if the schema accepts it. There is no
//! direction in which an approximation would be safe, because the reader's formula is negated. A
//! keyword that has no exact formula here, or whose value is not valid, is a [`LowerError`], and
//! the verdict is undecided or the question an error. Unknown keywords are annotations (2020-12
//! Core, section 6.5).
//!
//! Only the parts of a schema that can affect validation are lowered, so that a mistake in an
//! unused definition is no error.

mod applicator;
mod assertion;
mod cycle;
mod error;
mod keyword;
mod unevaluated;

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _};
use json_document::exact::ExactValue as Value;

use super::document::{Place, PlaceKey, Unreadable};
use super::equivalence::{self, ClassId};
use super::formula::{FormulaId, Polarity, Store, TargetId};
use super::schema_index::SchemaIndex;
use super::sources::Sources;
use cycle::is_in_place_cycle;
pub(super) use error::LowerError;

/// A keyword of a schema with the formula that it requires.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) keyword: &'static str,
    pub(super) formula: FormulaId,
}

/// Maximum number of schemas that are being lowered at a time, each within the other.
///
/// Lowering recurses on the stack; the limit keeps an unoptimised build within the 2 MiB of a spawned thread. References
/// are not followed, so that it bounds how deep one schema is written, not how deep it leads.
const MAX_SCHEMA_NESTING: usize = 120;

/// Formulas of the schemas of a question, and their memo.
///
/// Lowering is lazy across references and eager within a schema. It owns the [`Sources`], and lends
/// them to the validator between its own uses.
pub(super) struct Lowering<'a> {
    pub(super) sources: Sources<'a>,
    pub(super) store: Store,
    lowered: HashMap<PlaceKey, FormulaId>,
    parts: HashMap<PlaceKey, Rc<[Part]>>,
    targets: Vec<Place<'a>>,
    target_ids: HashMap<TargetKey, TargetId>,
    /// Formulas of the targets that have been expanded.
    expanded: HashMap<PlaceKey, FormulaId>,
    /// Classes of equivalent schemas; empty where there are none to share.
    classes: HashMap<PlaceKey, ClassId>,
    nesting: usize,
    /// First error of a target that was expanded, with the schema that led to it. It is never
    /// cleared: from then on, only documents are concluded from formulas.
    pub(super) error: Option<(SchemaIndex, LowerError)>,
}

/// Identity of the target of a reference, up to equivalence.
#[derive(Debug, PartialEq, Eq, Hash)]
enum TargetKey {
    Class(ClassId),
    Single(PlaceKey),
}

impl<'a> Lowering<'a> {
    /// Computes the equivalence of reference targets once, before the first schema is lowered.
    pub(super) fn new(mut sources: Sources<'a>) -> Self {
        let classes = equivalence_classes(&mut sources);
        Self {
            sources,
            store: Store::new(),
            lowered: HashMap::new(),
            parts: HashMap::new(),
            targets: Vec::new(),
            target_ids: HashMap::new(),
            expanded: HashMap::new(),
            classes,
            nesting: 0,
            error: None,
        }
    }

    /// Returns the formula of the target of a reference, or its negation.
    ///
    /// If there is none, the error is recorded in [`Lowering::error`] and the result is `FALSE` in
    /// either polarity. A caller that concludes anything from an expanded formula has to check for
    /// an error afterwards.
    pub(super) fn expand(&mut self, target: TargetId, polarity: Polarity) -> FormulaId {
        let place = self.targets[target.0 as usize];
        let key = place.key();
        let lowered = match self.expanded.get(&key) {
            Some(&known) => Ok(known),
            None => match is_in_place_cycle(&mut self.sources, place) {
                Ok(false) => self.lower(place),
                Ok(true) => Err(LowerError::Cycle(self.sources.format_whereabouts(place))),
                Err(error) => Err(error),
            },
        };
        match lowered {
            Ok(formula) => {
                self.expanded.insert(key, formula);
                if polarity.is_positive() { formula } else { self.store.not(formula) }
            }
            Err(error) => {
                self.error.get_or_insert((place.root, error));
                FormulaId::FALSE
            }
        }
    }

    /// Returns the formula of a schema.
    ///
    /// Memoised by place. The result is a conjunction; equal schemas at different places have the same
    /// formula by hash-consing, without any comparison of schemas.
    ///
    /// # Errors
    ///
    /// The schema, or a part of it that is not behind a reference, has no formula.
    pub(super) fn lower(&mut self, place: Place<'a>) -> Result<FormulaId, LowerError> {
        let key = place.key();
        if let Some(&known) = self.lowered.get(&key) {
            return Ok(known);
        }
        if self.nesting > MAX_SCHEMA_NESTING {
            return Err(LowerError::Depth);
        }
        self.nesting += 1;
        let parts = self.parts(place);
        self.nesting -= 1;
        let formula = self.store.and(parts?.iter().map(|part| part.formula));
        self.lowered.insert(key, formula);
        Ok(formula)
    }

    /// Returns the requirement of each keyword of a schema. A boolean schema that rejects
    /// everything has the keyword `false`.
    pub(super) fn parts(&mut self, place: Place<'a>) -> Result<Rc<[Part]>, LowerError> {
        let key = place.key();
        if let Some(known) = self.parts.get(&key) {
            return Ok(Rc::clone(known));
        }
        let parts: Rc<[Part]> = match place.schema {
            Value::Bool(true) => [].into(),
            Value::Bool(false) => [Part { keyword: "false", formula: FormulaId::FALSE }].into(),
            Value::Object(members) => self.lower_keywords(place, members)?.into(),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return Err(Unreadable::Schema.into());
            }
        };
        self.parts.insert(key, Rc::clone(&parts));
        Ok(parts)
    }

    /// Returns the formula that represents the target of a reference until it is expanded.
    ///
    /// Targets are numbered by their equivalence class, so that a definition that both schemas have
    /// is one formula. Then *reader and not writer* of that definition is a contradiction by its
    /// numbers alone.
    fn reference(&mut self, place: Place<'a>) -> FormulaId {
        let key = place.key();
        let key = self.classes.get(&key).map_or(TargetKey::Single(key), |&class| TargetKey::Class(class));
        let target = *self.target_ids.entry(key).or_insert_with(|| {
            self.targets.push(place);
            TargetId(u32::try_from(self.targets.len() - 1).unwrap_or(u32::MAX))
        });
        self.store.reference(target)
    }
}

/// Partitions the targets of references, if both schemas have some. Otherwise no formula could be
/// shared.
fn equivalence_classes(sources: &mut Sources<'_>) -> HashMap<PlaceKey, ClassId> {
    if !sources.share_references() {
        return HashMap::new();
    }
    // Resolving a reference may load the schema of a draft. If that is the first with dynamic references, places are
    // identified by their scopes from then on, and the partition has to be computed for the new identities.
    let was_dynamic = sources.are_dynamic();
    let classes = equivalence::partition(sources);
    if sources.are_dynamic() == was_dynamic { classes } else { equivalence::partition(sources) }
}
