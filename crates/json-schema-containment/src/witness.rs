//! A witness: a document that a writer may write and a reader rejects.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::check::{Checker, Unchecked};
use super::draft::Draft;
use super::effort::effort;
use super::lower::Lowering;

/// A document that is valid under the writer's schema and not under the reader's, both as they were given.
///
/// There is no way to make one but to have it validated: by two validators, independent of each other, against both
/// schemas, all in agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    document: Value,
}

impl Witness {
    /// The document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The document, to keep.
    pub fn into_document(self) -> Value {
        self.document
    }
}

/// One side, as given.
pub(super) struct SideInput<'a> {
    pub(super) schema: &'a Value,
    pub(super) draft: Draft,
    pub(super) documents: Vec<(&'a str, &'a Value)>,
    pub(super) assert_formats: bool,
}

/// Why a document is no witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rejection {
    /// The writer does not write it, or the reader reads it: both validators say so.
    NotAWitness,
    /// The validators do not agree.
    Disagreement,
    /// One of them cannot say.
    Unconfirmed(String),
}

/// The validators of both sides, the outside ones made when they are first needed.
pub(super) struct Confirmer<'a> {
    given: [SideInput<'a>; 2],
    outside: [Option<Result<Validator, String>>; 2],
    /// What is left for the outside validators, which remember nothing, in schemas looked at.
    left: u64,
}

/// What the outside validators may take for all documents together, and for one.
const EFFORT: u64 = 1_000_000;
const EFFORT_FOR_ONE: u64 = 20_000;

impl<'a> Confirmer<'a> {
    pub(super) const fn new(writer: SideInput<'a>, reader: SideInput<'a>) -> Self {
        Self { given: [writer, reader], outside: [None, None], left: EFFORT }
    }

    /// The document as a witness, where it is one.
    pub(super) fn confirm(&mut self, lowering: &mut Lowering<'_>, document: &Value) -> Result<Witness, Rejection> {
        let mut ours = [false; 2];
        let mut theirs = [false; 2];
        for side in [0, 1] {
            ours[side] =
                Checker::new(lowering, side).is_valid(document).map_err(|why| Rejection::Unconfirmed(say(&why)))?;
        }
        if ours != [true, false] {
            return Err(Rejection::NotAWitness);
        }
        for side in [0, 1] {
            // Our own has gone the way that theirs will take, where there is only one.
            if !lowering.is_plain(side) {
                let effort = effort(lowering, side, document);
                if effort > EFFORT_FOR_ONE.min(self.left) {
                    return Err(Rejection::Unconfirmed(say(&Unchecked::Spent)));
                }
                self.left -= effort;
            }
            let validator = self.outside[side].get_or_insert_with(|| build(&self.given[side]));
            match validator {
                Ok(validator) => theirs[side] = validator.is_valid(document),
                Err(why) => return Err(Rejection::Unconfirmed(why.clone())),
            }
        }
        if theirs == ours { Ok(Witness { document: document.clone() }) } else { Err(Rejection::Disagreement) }
    }
}

fn say(why: &Unchecked) -> String {
    match why {
        Unchecked::Unreadable(_) => "a schema on its way cannot be read".to_owned(),
        Unchecked::Opaque(what) => format!("it depends on the {what}"),
        Unchecked::Spent => "it is too much to check".to_owned(),
    }
}

/// A validator for the schema as it stands; where the one of its draft does not take it, for one that refers to it, of
/// which that is not asked. What it says of documents has been read all the same, and the rest may be as it will.
fn build(given: &SideInput<'_>) -> Result<Validator, String> {
    build_from(given, given.schema, None).or_else(|why| {
        let named = ["$id", "id"].iter().find_map(|keyword| given.schema.get(keyword)?.as_str());
        let uri = named.map_or(UNNAMED, |uri| uri.trim_end_matches('#'));
        build_from(given, &json!({ "$ref": uri }), Some((uri, given.schema))).map_err(|_| why)
    })
}

/// What a schema without a name is referred to by.
const UNNAMED: &str = "json-schema:///schema";

/// Where something that is only an annotation here would be asserted there, that is turned off.
fn build_from(given: &SideInput<'_>, schema: &Value, beside: Option<(&str, &Value)>) -> Result<Validator, String> {
    let mut registry = jsonschema::Registry::new().draft(given.draft.to_jsonschema());
    for (uri, document) in given.documents.iter().copied().chain(beside) {
        registry = registry.add(uri, document.clone()).map_err(|error| error.to_string())?;
    }
    let registry = registry.prepare().map_err(|error| error.to_string())?;
    jsonschema::options()
        .with_draft(given.draft.to_jsonschema())
        .with_registry(&registry)
        .offline()
        .should_validate_formats(given.assert_formats)
        .without_content_media_type_support("application/json")
        .without_content_encoding_support("base64")
        .build(schema)
        .map_err(|error| error.to_string())
}
