//! Descent into a union: which of its alternatives the document selects, and why that one rejects it.
//!
//! If the alternatives are kept apart by a type or a tag, a document that selects one of them is
//! rejected for the sake of that alternative: the others are out of the question. The walk goes on
//! in it, with the writer restricted to the documents that select it. Documents that select none
//! are rejected by the union as a whole.

use json_document::exact::ExactValue as Value;

use super::super::document::Place;
use super::super::formula::FormulaId;
use super::cause::Cause;
use super::{Explanation, MAX_INCOMPATIBILITIES};

impl<'a> Explanation<'_, '_, 'a, '_> {
    /// Descends into the alternatives of `anyOf` or `oneOf` that a document of the writer selects.
    pub(super) fn descend_union(&mut self, cause: &Cause<'_, 'a>, schemas: &'a [Value]) {
        let places: Vec<Place<'a>> =
            schemas.iter().map(|schema| self.lowering().sources.child(cause.place, schema)).collect();
        let lowered: Option<Vec<FormulaId>> = places.iter().map(|&place| self.lowering().lower(place).ok()).collect();
        let Some(selectors) = lowered.and_then(|alternatives| self.solver.selectors(&alternatives)) else { return };
        let any = self.lowering().store.or(selectors.iter().copied());
        let none = self.lowering().store.not(any);
        let violation = self.lowering().store.and([cause.violation, none]);
        self.report(&Cause { violation, ..*cause });
        let mut violation = self.lowering().store.and([cause.violation, any]);
        while self.incompatibilities.len() < MAX_INCOMPATIBILITIES
            && let Some(document) = self.find_violation(violation)
        {
            let at = self.locate(violation, &document);
            let Some(value) = document.pointer(at.as_str()) else { return };
            let is_selected = |&selector: &FormulaId| self.lowering().evaluate(selector, value) == Some(true);
            let Some(selected) = selectors.iter().position(is_selected) else { return };
            self.descend_alternative(cause, places[selected], selectors[selected]);
            let others = self.lowering().store.not(selectors[selected]);
            violation = self.lowering().store.and([violation, others]);
        }
    }

    fn descend_alternative(&mut self, cause: &Cause<'_, 'a>, place: Place<'a>, selector: FormulaId) {
        let reported = self.progress.reported;
        let writer = self.writer;
        let along = self.formula_along(0, selector);
        self.writer = self.lowering().store.and([writer, along]);
        self.enter(place);
        if self.progress.reported == reported {
            self.report(cause);
        }
        self.writer = writer;
    }
}
