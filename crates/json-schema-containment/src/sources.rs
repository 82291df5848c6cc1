//! The schemas of a question as they were given: documents, drafts, formats, patterns, and the
//! budget for checks.
//!
//! Both deciders read them: the prover, which lowers schemas to formulas (`Lowering` owns the
//! `Sources`), and the validator in `validator.rs`, which evaluates documents on `Sources` alone.
//! The validator cannot name a formula, so that a mistake in lowering or in the solver cannot
//! confirm its own result. The two share the resolution of references, the numbers and the
//! languages of patterns.

use json_document::exact::ExactValue as Value;

use json_document::Pointer;

use super::document::{Library, Place, Unreadable};
use super::draft::Draft;
use super::regex::Languages;
use super::schema_index::SchemaIndex;

/// The schemas of a question with their documents, and the facts about them that need no formulas.
pub(super) struct Sources<'a> {
    libraries: Vec<Library<'a>>,
    /// Languages of the patterns in the schemas.
    pub(super) languages: Languages,
    /// `format` is an assertion, instead of an annotation.
    pub(super) formats: bool,
    /// The reading of `dependencies` in drafts that no longer have it.
    pub(super) dependencies: SupersededDependencies,
    /// Schemas that the validator may still apply, for all documents together.
    pub(super) check_steps: u32,
}

/// Reading of `dependencies` in a schema of draft 2019-09 or 2020-12, which have replaced it.
///
/// By the specification it is an unknown keyword, without effect; many validators still apply it. A verdict has to hold for
/// both kinds: the writer promises nothing by it, and the reader may reject what violates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SupersededDependencies {
    Applied,
    Ignored,
}

impl SupersededDependencies {
    pub(super) const fn are_applied(self) -> bool {
        matches!(self, Self::Applied)
    }
}

/// Steps for the checks of all documents until a question is answered, and again to explain the answer.
pub(super) const MAX_CHECK_STEPS: u32 = 300_000;

impl<'a> Sources<'a> {
    /// Takes the libraries in the order of their index.
    pub(super) fn new(
        libraries: impl IntoIterator<Item = Library<'a>>,
        formats: bool,
        dependencies: SupersededDependencies,
    ) -> Self {
        Self {
            libraries: libraries.into_iter().collect(),
            languages: Languages::new(),
            formats,
            dependencies,
            check_steps: MAX_CHECK_STEPS,
        }
    }

    /// Returns the place of one of the schemas.
    pub(super) fn root(&self, schema: impl Into<SchemaIndex>) -> Place<'a> {
        let schema = schema.into();
        self.libraries[schema.position()].root(schema)
    }

    /// Returns the root of each schema.
    pub(super) fn roots(&self) -> Vec<Place<'a>> {
        [SchemaIndex::FIRST, SchemaIndex::SECOND]
            .into_iter()
            .zip(&self.libraries)
            .map(|(schema, library)| library.root(schema))
            .collect()
    }

    /// Returns true if there is more than one schema and each of them contains references.
    pub(super) fn share_references(&self) -> bool {
        self.libraries.len() > 1 && self.libraries.iter().all(Library::has_references)
    }

    /// Returns true if a schema has dynamic references, which makes scopes part of a place's identity.
    pub(super) fn are_dynamic(&self) -> bool {
        self.libraries.iter().any(Library::is_dynamic)
    }

    /// Returns true if validation under this schema is a single walk through document and schema: there are no references
    /// and nothing unevaluated.
    pub(super) fn is_plain(&self, schema: impl Into<SchemaIndex>) -> bool {
        self.libraries[schema.into().position()].is_plain()
    }

    /// Returns the draft by which the schema at a place is read: that of its resource.
    pub(super) fn draft(&self, place: Place<'a>) -> Draft {
        self.library(place).draft(place)
    }

    /// Returns the place of a subschema of the schema at `place`.
    pub(super) fn child(&self, place: Place<'a>, schema: &'a Value) -> Place<'a> {
        self.library(place).child(place, schema)
    }

    /// Returns the URI of the document that contains the schema, unless it is the root document, and the pointer in it.
    pub(super) fn whereabouts(&self, place: Place<'a>) -> (Option<String>, Pointer) {
        self.library(place).locate(place.schema)
    }

    /// Returns the pointer to the schema, with the URI of its document where that is not the root document.
    pub(super) fn format_whereabouts(&self, place: Place<'a>) -> String {
        let (document, pointer) = self.whereabouts(place);
        format!("{}#{pointer}", document.unwrap_or_default())
    }

    /// Returns true if a schema has `dependencies` in a draft that no longer has it.
    pub(super) fn have_superseded_dependencies(&self) -> bool {
        self.libraries.iter().any(Library::has_superseded_dependencies)
    }

    /// Resolves the references of the schema object at `place`, in the order `$ref`, then the dynamic one of its draft.
    pub(super) fn references(&mut self, place: Place<'a>) -> Result<Vec<(&'static str, Place<'a>)>, Unreadable> {
        self.libraries[place.root.position()].references(place)
    }

    fn library(&self, place: Place<'a>) -> &Library<'a> {
        &self.libraries[place.root.position()]
    }
}
