//! A witness: a document that a writer may write and a reader rejects.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::check::{Checker, Unchecked};
use super::draft::Draft;
use super::effort::effort;
use super::role::{PerRole, Role};
use super::sources::Sources;

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

/// A schema of the question, as it was given.
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

/// The validators of both schemas, the outside ones made when they are first needed.
pub(super) struct Confirmer<'a> {
    given: PerRole<SideInput<'a>>,
    outside: PerRole<Option<Result<Validator, String>>>,
    /// What is left for the outside validators, which remember nothing, in schemas looked at.
    left: u64,
}

/// What the outside validators may take for all documents together, and for one.
const EFFORT: u64 = 1_000_000;
const EFFORT_FOR_ONE: u64 = 20_000;

impl<'a> Confirmer<'a> {
    pub(super) const fn new(given: PerRole<SideInput<'a>>) -> Self {
        Self { given, outside: PerRole { writer: None, reader: None }, left: EFFORT }
    }

    /// The document as a witness, where it is one.
    pub(super) fn confirm(&mut self, sources: &mut Sources<'_>, document: &Value) -> Result<Witness, Rejection> {
        let expected = PerRole { writer: true, reader: false };
        let ours = PerRole::try_from_fn(|role| Checker::new(sources, role).is_valid(document))
            .map_err(|why| Rejection::Unconfirmed(say(&why)))?;
        if ours != expected {
            return Err(Rejection::NotAWitness);
        }
        let mut theirs = PerRole { writer: false, reader: false };
        for role in Role::ALL {
            // Our own has gone the way that theirs will take, where there is only one.
            if !sources.is_plain(role) {
                let effort = effort(sources, role, document);
                if effort > EFFORT_FOR_ONE.min(self.left) {
                    return Err(Rejection::Unconfirmed(say(&Unchecked::Spent)));
                }
                self.left -= effort;
            }
            let validator = self.outside[role].get_or_insert_with(|| build(&self.given[role]));
            match validator {
                Ok(validator) => theirs[role] = validator.is_valid(document),
                Err(why) => return Err(Rejection::Unconfirmed(why.clone())),
            }
        }
        if theirs == expected { Ok(Witness { document: document.clone() }) } else { Err(Rejection::Disagreement) }
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
