//! The parts of the prover that tests of other crates compare with their own parties. No stability guarantee.

use json_document::exact::{self, Fidelity};
use serde_json::Value;

use super::document::Library;
use super::draft::Draft;
use super::sampler::Sampler;
use super::sources::{MAX_CHECK_STEPS, Sources, SupersededDependencies};
use super::validator::Validator;
use json_schema_core::Role;

/// The crate's own validator of one schema.
pub struct OwnValidator<'a>(Sources<'a>);

impl<'a> OwnValidator<'a> {
    /// Returns `None` if the schema is not a valid JSON Schema.
    pub fn new(schema: &'a exact::ExactValue, assert_formats: bool) -> Option<Self> {
        sources(schema, assert_formats).map(Self)
    }

    /// Returns whether the document is valid; `None` where that is not decided.
    pub fn is_valid(&mut self, document: &Value) -> Option<bool> {
        self.0.check_steps = MAX_CHECK_STEPS;
        Validator::new(&mut self.0, Role::Writer).is_valid(&document.into()).ok()
    }
}

/// Draws documents that are likely to be valid under the schema, the same for the same seed. The constants of `hint`, a
/// second schema, are tried as well. Documents that `serde_json` cannot hold are left out.
pub fn sample(schema: &Value, hint: &Value, seed: u64, count: usize) -> Vec<Value> {
    let [schema, hint] = [schema, hint].map(exact::ExactValue::from);
    let Some(mut sources) = sources(&schema, false) else { return Vec::new() };
    let mut sampler = Sampler::new(&mut sources, Role::Writer, seed, [&schema, &hint]);
    (0..count).filter_map(|_| sampler.sample().to_serde(Fidelity::Spelling)).collect()
}

fn sources(schema: &exact::ExactValue, assert_formats: bool) -> Option<Sources<'_>> {
    let draft = Draft::named_by(schema).ok()?.unwrap_or(Draft::Draft202012);
    let libraries = [(); 2].map(|()| Library::new(schema, draft, &[]).ok());
    Some(Sources::new(libraries.into_iter().flatten(), assert_formats, SupersededDependencies::Ignored))
}
