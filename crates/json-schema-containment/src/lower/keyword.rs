//! Access to the keywords of one schema object, and the errors for invalid values.

use json_document::exact::{ExactValue as Value, Map};

use super::super::document::{Place, Unreadable};
use super::super::draft::Draft;
use super::super::formula::{FormulaId, Store};
use super::super::number::to_count;
use super::error::LowerError;
use super::{Lowering, Part};

/// Largest count in a formula. No document has as many items, members or characters, and counts can be added without
/// overflow.
const MAX_COUNT: u64 = u64::MAX / 2;

impl<'a> Lowering<'a> {
    /// Lowers each keyword of a schema object to its part: references first, then assertions,
    /// applicators and unevaluated keywords.
    ///
    /// Up to draft 7, the siblings of `$ref` are ignored.
    pub(super) fn lower_keywords(
        &mut self,
        place: Place<'a>,
        members: &'a Map<String, Value>,
    ) -> Result<Vec<Part>, LowerError> {
        let draft = self.sources.draft(place);
        let mut parts = Vec::new();
        for (keyword, target) in self.sources.references(place)? {
            let formula = self.reference(target);
            parts.push(Part { keyword, formula });
        }
        if draft.ignores_siblings_of_ref() && members.contains_key("$ref") {
            return Ok(parts);
        }
        let mut keywords = KeywordLowering { lowering: self, place, members, draft, parts };
        keywords.lower_assertions()?;
        keywords.lower_applicators()?;
        keywords.lower_unevaluated()?;
        Ok(keywords.parts)
    }
}

/// Lowers the keywords of one schema object, group by group.
pub(super) struct KeywordLowering<'l, 'a> {
    pub(super) lowering: &'l mut Lowering<'a>,
    pub(super) place: Place<'a>,
    pub(super) members: &'a Map<String, Value>,
    pub(super) draft: Draft,
    pub(super) parts: Vec<Part>,
}

impl<'a> KeywordLowering<'_, 'a> {
    pub(super) fn store(&mut self) -> &mut Store {
        &mut self.lowering.store
    }

    /// Adds the requirement of a keyword, unless every document satisfies it: incompatibilities are about keywords that reject something.
    pub(super) fn add(&mut self, keyword: &'static str, formula: FormulaId) {
        if formula != FormulaId::TRUE {
            self.parts.push(Part { keyword, formula });
        }
    }

    /// Lowers a subschema.
    pub(super) fn lower(&mut self, schema: &'a Value) -> Result<FormulaId, LowerError> {
        let place = self.lowering.sources.child(self.place, schema);
        self.lowering.lower(place)
    }

    /// Lowers a keyword that has an array of schemas.
    pub(super) fn lower_array(&mut self, keyword: &'static str) -> Result<Option<Vec<FormulaId>>, LowerError> {
        match self.members.get(keyword) {
            Some(Value::Array(items)) => items.iter().map(|item| self.lower(item)).collect::<Result<_, _>>().map(Some),
            Some(_) => Err(unreadable(keyword, "an array of schemas")),
            None => Ok(None),
        }
    }

    /// Reads a keyword that has an object as its value.
    pub(super) fn object(&self, keyword: &'static str) -> Result<Option<&'a Map<String, Value>>, LowerError> {
        match self.members.get(keyword) {
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => Err(unreadable(keyword, "an object")),
            None => Ok(None),
        }
    }

    /// Reads a non-negative integer, in any spelling, up to [`MAX_COUNT`].
    pub(super) fn count(&self, keyword: &'static str) -> Result<Option<u64>, LowerError> {
        match self.members.get(keyword) {
            Some(Value::Number(number)) => {
                let count = to_count(number.decimal(), MAX_COUNT);
                count.map(Some).ok_or_else(|| unreadable(keyword, "a non-negative integer"))
            }
            Some(_) => Err(unreadable(keyword, "a non-negative integer")),
            None => Ok(None),
        }
    }
}

/// Returns the error of a keyword whose value is invalid.
pub(super) fn unreadable(keyword: &str, expected: &'static str) -> LowerError {
    Unreadable::keyword(keyword, expected).into()
}
