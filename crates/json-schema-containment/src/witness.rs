//! Witnesses: documents that are valid under the writer's schema and invalid under the reader's,
//! confirmed by two validators, or by the exact one alone.
//!
//! `Broken` is never concluded from the solver alone. A candidate, wherever it comes from, is
//! validated four times:
//!
//! | validator | writer's schema | reader's schema |
//! |---|---|---|
//! | of this crate, without formulas | valid | invalid |
//! | of the `jsonschema` crate | valid | invalid |
//!
//! `jsonschema` reads trees of `serde_json`, which round integers beyond 64 bits and long fractions.
//! If a schema or the candidate has such a number, it would judge another question, and our own
//! validator, whose arithmetic is exact, confirms alone. The witness says so.
//!
//! A candidate that our own validator does not confirm is a mistake of the prover, and one that
//! only `jsonschema` does not confirm a disagreement about the specification. Both make the verdict
//! undecided, with the document as the reason, so that neither goes unnoticed.

use std::fmt;

use json_document::exact::{self, Fidelity, Number, Spelling};
use serde_json::Value;

use super::draft::{Draft, to_jsonschema};
use super::effort::effort;
use super::format::LOCAL_TIMES;
use super::per_role::PerRole;
use super::question::Tree;
use super::refused_pattern::{PatternReading, RefusedPatterns};
use super::regex::OpenRepetition;
use super::sources::{Sources, SupersededDependencies};
use super::validator::{Validator, ValidatorError};
use json_schema_core::Role;

/// A document that is valid under the writer's schema and invalid under the reader's, both as they were input.
///
/// It has no public constructor: two independent validators, that of this crate and `jsonschema`, have validated the
/// document against both schemas, and agree. Of numbers that `jsonschema` cannot read, that of this crate alone has
/// ([`Confirmation::OwnValidator`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    exact: exact::ExactValue,
    document: Value,
    confirmation: Confirmation,
    rests_on_spelling: bool,
}

/// The validators that have confirmed a [`Witness`]. The list is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// That of this crate and `jsonschema`.
    BothValidators,
    /// That of this crate. A schema or the document has a number that `serde_json` cannot hold, and so `jsonschema` cannot
    /// read them: an integer beyond 64 bits, or a fraction that is not the shortest decimal of an `f64`.
    OwnValidator,
}

impl Witness {
    /// Returns the document, as far as `serde_json` can hold it.
    ///
    /// A number that it cannot hold is replaced by the nearest one that it can; the document need not be a counterexample
    /// then. [`Witness::exact_document`] and the text that a witness displays as are exact.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Returns the document with exact numbers.
    pub const fn exact_document(&self) -> &exact::ExactValue {
        &self.exact
    }

    /// Returns the validators that have confirmed the document.
    pub const fn confirmation(&self) -> Confirmation {
        self.confirmation
    }

    /// Returns true if the document is a counterexample only because `1.0` is not an integer, as in draft 4.
    ///
    /// Later drafts, and many validators for draft 4, take it for an integer. A reader that does so accepts the document.
    ///
    /// ```
    /// use json_schema_containment::{Draft, Question, Verdict};
    /// use serde_json::json;
    ///
    /// let (writer, reader) = (json!({"enum": [1.0]}), json!({"type": "integer"}));
    /// let verdict = Question::new(&writer, &reader).draft(Draft::Draft4).ask()?;
    /// let Verdict::Broken { witness, .. } = verdict else { panic!() };
    /// assert!(witness.rests_on_spelling());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn rests_on_spelling(&self) -> bool {
        self.rests_on_spelling
    }
}

/// Writes the document as compact JSON, with every digit.
impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.exact.fmt(f)
    }
}

/// One schema of the question, as the second validator reads it.
pub(super) struct SideInput<'a> {
    pub(super) schema: Tree<'a>,
    pub(super) draft: Draft,
    pub(super) documents: Vec<(&'a str, Tree<'a>)>,
    pub(super) assert_formats: bool,
    /// Property of numbers that the second validator needs.
    pub(super) fidelity: Fidelity,
    pub(super) dependencies: SupersededDependencies,
    pub(super) open_repetition: OpenRepetition,
}

/// Reason for which a candidate is not a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rejection {
    /// The writer's schema rejects it, or the reader's accepts it, according to our validator.
    NotAWitness,
    /// The two validators disagree.
    Disagreement,
    /// One of the validators cannot evaluate it, for this reason.
    Unconfirmed(String),
    /// Its validity depends on a reference that leads back to itself in place.
    Cycle(String),
}

/// The second validator of a schema.
enum Independent {
    /// One validator, or two if the engine of `jsonschema` refuses a pattern that has no strict spelling either: one in
    /// which such patterns match everything, and one in which they match nothing. They agree on a document whose validity
    /// does not depend on them.
    Validators(Vec<jsonschema::Validator>),
    /// The schema or a document that it may refer to has a number that `serde_json` cannot hold.
    Unrepresentable,
}

/// Constructor of witnesses: both validators for both schemas. Those of `jsonschema` are built when
/// they are first needed, because most questions never get there.
pub(super) struct Confirmer<'a> {
    inputs: PerRole<SideInput<'a>>,
    independent: PerRole<Option<Result<Independent, String>>>,
    /// Remaining effort of the independent validators, in applications of a schema to a value.
    remaining_effort: u64,
}

/// Limit on the effort of the independent validators for all candidates of a question: about a second.
const MAX_TOTAL_EFFORT: u64 = 1_000_000;
/// Limit on their effort for one candidate. `jsonschema` does not memoise: where references are shared, its work can be
/// exponential in the size of the schema, and it cannot be interrupted. So the work is estimated beforehand.
const MAX_EFFORT_PER_DOCUMENT: u64 = 20_000;

impl<'a> Confirmer<'a> {
    pub(super) const fn new(inputs: PerRole<SideInput<'a>>) -> Self {
        let independent = PerRole { writer: None, reader: None };
        Self { inputs, independent, remaining_effort: MAX_TOTAL_EFFORT }
    }

    /// Validates a candidate four times, by both validators against both schemas; the only way to make a [`Witness`].
    ///
    /// # Errors
    ///
    /// The candidate is no witness, or not known to be one.
    pub(super) fn confirm(
        &mut self,
        sources: &mut Sources<'_>,
        document: &exact::ExactValue,
    ) -> Result<Witness, Rejection> {
        let expected = PerRole { writer: true, reader: false };
        let ours = PerRole::try_from_fn(|role| Validator::new(sources, role).is_valid(document)).map_err(reject)?;
        if ours != expected {
            return Err(Rejection::NotAWitness);
        }
        let rests_on_spelling = self.inputs.writer.fidelity == Fidelity::Spelling
            && spell_integers(document).is_some_and(|document| {
                let verdicts = PerRole::try_from_fn(|role| Validator::new(sources, role).is_valid(&document));
                verdicts.ok().as_ref() != Some(&expected)
            });
        let own = || Witness {
            exact: document.clone(),
            document: document.to_nearest_serde(),
            confirmation: Confirmation::OwnValidator,
            rests_on_spelling,
        };
        let Some(representable) = document.to_serde(self.inputs.writer.fidelity) else { return Ok(own()) };
        let mut theirs = PerRole { writer: false, reader: false };
        for role in [Role::Writer, Role::Reader] {
            // Without references, the independent validator does what ours has just done within its limits.
            if !sources.is_plain(role) {
                let effort = effort(sources, role, document);
                if effort > MAX_EFFORT_PER_DOCUMENT.min(self.remaining_effort) {
                    return Err(reject(ValidatorError::Exhausted));
                }
                self.remaining_effort -= effort;
            }
            let validator = self.independent[role].get_or_insert_with(|| build(&self.inputs[role]));
            match validator {
                Ok(Independent::Validators(readings)) => {
                    let mut verdicts = readings.iter().map(|validator| validator.is_valid(&representable));
                    theirs[role] = verdicts.next().unwrap_or_default();
                    if verdicts.any(|verdict| verdict != theirs[role]) {
                        let why = "it depends on a pattern that the second validator refuses";
                        return Err(Rejection::Unconfirmed(why.to_owned()));
                    }
                }
                Ok(Independent::Unrepresentable) => return Ok(own()),
                Err(why) => return Err(Rejection::Unconfirmed(why.clone())),
            }
        }
        if theirs != expected {
            return Err(Rejection::Disagreement);
        }
        let confirmation = Confirmation::BothValidators;
        Ok(Witness { exact: document.clone(), document: representable, confirmation, rests_on_spelling })
    }
}

impl Confirmer<'_> {
    /// Returns the patterns that `jsonschema` refuses in every spelling, if it has refused to read a schema.
    pub(super) fn opaque_patterns(&self) -> Vec<String> {
        let has_readings = |validator: &Option<Result<Independent, String>>| match validator {
            Some(Ok(Independent::Validators(readings))) => readings.len() > 1,
            Some(Err(_)) => true,
            Some(Ok(Independent::Unrepresentable)) | None => false,
        };
        let mut all = Vec::new();
        for role in [Role::Writer, Role::Reader] {
            if has_readings(&self.independent[role]) {
                let input = &self.inputs[role];
                let trees = std::iter::once(input.schema).chain(input.documents.iter().map(|(_, tree)| *tree));
                let schemas: Vec<_> = trees.filter_map(|tree| tree.to_serde(input.fidelity)).collect();
                all.extend(
                    RefusedPatterns::find(schemas.iter().map(|schema| &**schema), input.open_repetition)
                        .opaque()
                        .map(str::to_owned),
                );
            }
        }
        all
    }
}

/// Spells each whole number of a document without a fraction; `None` if that changes nothing.
fn spell_integers(document: &exact::ExactValue) -> Option<exact::ExactValue> {
    fn spell(value: &mut exact::ExactValue) {
        match value {
            exact::ExactValue::Number(number) => {
                if let Some(integer) = Number::new(number.decimal().clone(), Spelling::Integer) {
                    *number = integer;
                }
            }
            exact::ExactValue::Array(items) => items.iter_mut().for_each(spell),
            exact::ExactValue::Object(members) => members.values_mut().for_each(spell),
            exact::ExactValue::Null | exact::ExactValue::Bool(_) | exact::ExactValue::String(_) => {}
        }
    }
    let mut spelled = document.clone();
    spell(&mut spelled);
    (spelled != *document).then_some(spelled)
}

/// Translates the error of our validator.
fn reject(why: ValidatorError) -> Rejection {
    Rejection::Unconfirmed(match why {
        ValidatorError::Unreadable(_) => "a schema that applies to it is invalid".to_owned(),
        ValidatorError::Opaque(predicate) => format!("it depends on {predicate}, which is not decided here"),
        ValidatorError::Exhausted => "validation takes too many steps".to_owned(),
        ValidatorError::Cycle(reference) => return Rejection::Cycle(reference),
    })
}

/// Builds the independent validator.
///
/// `jsonschema` first validates the schema against its meta-schema. That rejects schemas with a harmless mistake, such as a
/// numeric `title`. For them a second attempt wraps the schema in a `$ref`, for the targets of references are not checked;
/// our own lowering has checked every keyword that affects validation. Patterns that the engine of `jsonschema` refuses are
/// spelled strictly: see [`to_strict`](super::regex::to_strict).
fn build(input: &SideInput<'_>) -> Result<Independent, String> {
    let Some(schema) = input.schema.to_serde(input.fidelity) else { return Ok(Independent::Unrepresentable) };
    let mut documents = Vec::new();
    for (uri, document) in &input.documents {
        let Some(document) = document.to_serde(input.fidelity) else { return Ok(Independent::Unrepresentable) };
        documents.push((*uri, document.into_owned()));
    }
    let why = match build_checked_or_not(input, &schema, &documents) {
        Ok(validator) => return Ok(Independent::Validators(vec![validator])),
        Err(why) => why,
    };
    let refused = RefusedPatterns::find(
        [&*schema].into_iter().chain(documents.iter().map(|(_, document)| document)),
        input.open_repetition,
    );
    if refused.is_empty() {
        return Err(why);
    }
    let build_reading = |reading: &PatternReading| {
        let rewrite = |schema: &Value| refused.rewrite(schema, *reading);
        let documents: Vec<_> = documents.iter().map(|(uri, document)| (*uri, rewrite(document))).collect();
        build_checked_or_not(input, &rewrite(&schema), &documents)
    };
    let readings = if refused.opaque().next().is_none() { &PatternReading::ALL[..1] } else { &PatternReading::ALL };
    Ok(Independent::Validators(readings.iter().map(build_reading).collect::<Result<_, _>>()?))
}

/// Builds a validator, if need be without the check of the schema against its meta-schema.
fn build_checked_or_not(
    input: &SideInput<'_>,
    schema: &Value,
    documents: &[(&str, Value)],
) -> Result<jsonschema::Validator, String> {
    build_schema(input, schema, documents).or_else(|why| {
        let id = ["$id", "id"].iter().find_map(|keyword| schema.get(keyword)?.as_str());
        let uri = id.map_or(FALLBACK_URI, |uri| uri.trim_end_matches('#'));
        let mut documents = documents.to_vec();
        documents.push((uri, schema.clone()));
        build_schema(input, &serde_json::json!({ "$ref": uri }), &documents).map_err(|_| why)
    })
}

/// URI under which a schema without `$id` is registered.
const FALLBACK_URI: &str = "json-schema:///schema";

/// A keyword without effect: `jsonschema` applies `dependencies` in every draft.
struct Annotation;

impl<'i> jsonschema::Keyword<'i> for Annotation {
    fn validate(&self, _: &'i Value) -> Result<(), jsonschema::ValidationError<'i>> {
        Ok(())
    }

    fn is_valid(&self, _: &'i Value) -> bool {
        true
    }
}

/// Builds a validator of `schema` with documents that it may refer to. Assertions that are annotations here, such
/// as the content keywords of draft 7, are disabled.
fn build_schema(
    input: &SideInput<'_>,
    schema: &Value,
    documents: &[(&str, Value)],
) -> Result<jsonschema::Validator, String> {
    let mut registry = jsonschema::Registry::new().draft(to_jsonschema(input.draft));
    for (uri, document) in documents {
        registry = registry.add(*uri, document.clone()).map_err(|error| error.to_string())?;
    }
    let registry = registry.prepare().map_err(|error| error.to_string())?;
    let mut options = jsonschema::options();
    if input.draft > Draft::Draft7 && !input.dependencies.are_applied() {
        options = options.with_keyword("dependencies", |_, _, _| Ok(Box::new(Annotation)));
    }
    for (name, is_valid) in LOCAL_TIMES {
        options = options.with_format(name, is_valid);
    }
    options
        .with_draft(to_jsonschema(input.draft))
        .with_registry(&registry)
        .offline()
        .should_validate_formats(input.assert_formats)
        .without_content_media_type_support("application/json")
        .without_content_encoding_support("base64")
        .build(schema)
        .map_err(|error| error.to_string())
}
