//! Findings: what a violated keyword is reported as, and which reports are the same cause.

use serde_json::Value;

use json_document::Pointer;

use super::super::document::Place;
use super::super::finding::{Finding, FindingKind, KeywordPlace};
use super::super::formula::FormulaId;
use super::{Explanation, Frame, MAX_FINDINGS};

/// A keyword of the reader that a document of the writer may violate.
pub(super) struct Cause<'c, 'a> {
    pub(super) place: Place<'a>,
    pub(super) keyword: &'static str,
    /// Formula of the values that violate the keyword.
    pub(super) violation: FormulaId,
    /// The required member that is missing.
    pub(super) missing: Option<&'c str>,
}

/// A finding, with what identifies its cause.
pub(super) struct Reported {
    finding: Finding,
    /// Segments of its place without the detours through cycles of the schema.
    acyclic_path: Vec<String>,
}

impl Reported {
    /// Returns true if another report has the same cause: the same keyword at the same place, or further up in a value
    /// whose schema repeats.
    fn has_cause_of(&self, other: &Self) -> bool {
        let (one, two) = (&self.finding, &other.finding);
        (one.kind, &one.missing, &one.reader) == (two.kind, &two.missing, &two.reader)
            && (self.acyclic_path == other.acyclic_path || one.at.is_at_or_under(&two.at))
    }

    fn depth(&self) -> usize {
        self.finding.at.segments().count()
    }
}

/// Keeps the first report of each cause.
pub(super) fn merge_same_causes(reports: Vec<Reported>) -> Vec<Finding> {
    let mut merged: Vec<Reported> = Vec::new();
    for report in reports {
        if !merged.iter().any(|other| report.has_cause_of(other)) {
            merged.push(report);
        }
    }
    merged.into_iter().map(|report| report.finding).collect()
}

impl<'a> Explanation<'_, '_, 'a, '_> {
    /// Reports a cause, if a document with the violation is found and confirmed.
    pub(super) fn report(&mut self, cause: &Cause<'_, 'a>) {
        if let Some(document) = self.find_violation(cause.violation) {
            self.report_witnessed(cause, &document);
        }
    }

    /// Reports a cause that a document shows, if the document is confirmed as a witness.
    pub(super) fn report_witnessed(&mut self, cause: &Cause<'_, 'a>, document: &Value) {
        if self.findings.len() >= MAX_FINDINGS {
            return;
        }
        let Ok(witness) = self.confirmer.confirm(&mut self.solver.lowering.sources, document) else { return };
        let at = self.locate(cause.violation, document);
        let keyword = if cause.keyword == "false" { "" } else { cause.keyword };
        let reader = self.keyword_place(cause.place, keyword);
        let writer = self.writer_counterpart(keyword, cause.missing);
        let is_closed = cause.place.schema.get(keyword) == Some(&Value::Bool(false));
        let kind = FindingKind::from_keyword(keyword, is_closed);
        self.progress.reported += 1;
        let acyclic_path = acyclic_path(&self.stack, &at);
        let finding = Finding { kind, at, missing: cause.missing.map(str::to_owned), reader, writer, witness };
        let report = Reported { finding, acyclic_path };
        let same = |other: &&mut Reported| report.acyclic_path == other.acyclic_path && report.has_cause_of(other);
        match self.findings.iter_mut().find(same) {
            Some(other) if report.depth() < other.depth() => *other = report,
            Some(_) => {}
            None => self.findings.push(report),
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

/// Removes from a place the segments between two entries of the same schema.
fn acyclic_path(stack: &[Frame], at: &Pointer) -> Vec<String> {
    let segments: Vec<String> = at.segments().collect();
    let (mut path, mut taken) = (Vec::new(), 0);
    let mut entered: Vec<Frame> = Vec::new();
    for &Frame { schema, path_length } in stack {
        let path_length = path_length.clamp(taken, segments.len());
        path.extend_from_slice(&segments[taken..path_length]);
        taken = path_length;
        if let Some(&first) = entered.iter().find(|other| other.schema == schema) {
            path.truncate(first.path_length);
            entered.retain(|other| other.path_length <= first.path_length);
        } else {
            entered.push(Frame { schema, path_length: path.len() });
        }
    }
    path.extend_from_slice(&segments[taken..]);
    path
}
