//! Reports: the incompatibility for a violated keyword, with a confirmed witness.
//!
//! A document that one of the validators does not confirm is dropped with its cause.

use json_document::exact::ExactValue as Value;

use super::super::document::Place;
use super::super::incompatibility::{Incompatibility, IncompatibilityKind, KeywordPlace};
use super::cause::{Cause, Reported, acyclic_path};
use super::writer::Located;
use super::{Explanation, MAX_INCOMPATIBILITIES};

impl<'a> Explanation<'_, '_, 'a, '_> {
    /// Reports a cause, if a document with the violation is found and confirmed.
    pub(super) fn report(&mut self, cause: &Cause<'_, 'a>) {
        if let Some(document) = self.find_violation(cause.violation) {
            self.report_witnessed(cause, &document);
        }
    }

    /// Reports a cause that a document shows, if the document is confirmed as a witness.
    pub(super) fn report_witnessed(&mut self, cause: &Cause<'_, 'a>, document: &Value) {
        if self.incompatibilities.len() >= MAX_INCOMPATIBILITIES {
            return;
        }
        let Ok(witness) = self.confirmer.confirm(&mut self.solver.lowering.sources, document) else { return };
        let pointer = self.locate(cause.violation, document);
        let keyword = if cause.keyword == "false" { "" } else { cause.keyword };
        let reader = self.keyword_place(cause.place, keyword);
        let writer = self.writer_counterpart(keyword, cause.missing, Located { document, at: &pointer });
        let is_closed = cause.place.schema.get(keyword) == Some(&Value::Bool(false));
        let kind = IncompatibilityKind::from_keyword(keyword, is_closed);
        self.progress.reported += 1;
        let acyclic_path = acyclic_path(&self.stack, &pointer);
        let incompatibility =
            Incompatibility { kind, pointer, missing: cause.missing.map(str::to_owned), reader, writer, witness };
        let report = Reported { incompatibility, acyclic_path };
        let same = |other: &&mut Reported| report.acyclic_path == other.acyclic_path && report.has_cause_of(other);
        match self.incompatibilities.iter_mut().find(same) {
            Some(other) if report.depth() < other.depth() => *other = report,
            Some(_) => {}
            None => self.incompatibilities.push(report),
        }
    }

    /// Returns the place of a keyword of a schema, or of the schema as a whole if the keyword is empty.
    pub(super) fn keyword_place(&mut self, place: Place<'a>, keyword: &str) -> KeywordPlace {
        let (document, mut pointer) = self.lowering().sources.whereabouts(place);
        if !keyword.is_empty() {
            pointer = pointer.join(keyword);
        }
        KeywordPlace { document, pointer, keyword: keyword.to_owned() }
    }
}
