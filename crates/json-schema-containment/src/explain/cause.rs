//! Causes of a broken pair, and the identity of a cause.
//!
//! Two incompatibilities have the same cause if the same keyword of the reader rejects values for the same
//! reason at the same place, where a detour through a cycle of the schema does not make another
//! place: `/next/next/value` of a linked list is `/value` again.

use json_document::Pointer;

use super::super::document::Place;
use super::super::formula::FormulaId;
use super::super::incompatibility::Incompatibility;

/// A keyword of the reader that a document of the writer may violate.
pub(super) struct Cause<'c, 'a> {
    pub(super) place: Place<'a>,
    pub(super) keyword: &'static str,
    /// Formula of the values that violate the keyword.
    pub(super) violation: FormulaId,
    /// The required member that is missing.
    pub(super) missing: Option<&'c str>,
}

/// An incompatibility, with the identity of its cause.
pub(super) struct Reported {
    pub(super) incompatibility: Incompatibility,
    /// Segments of its place without the detours through cycles of the schema.
    pub(super) acyclic_path: Vec<String>,
}

impl Reported {
    /// Returns true if another report has the same cause: the same keyword at the same place, or further up in a value
    /// whose schema repeats.
    pub(super) fn has_cause_of(&self, other: &Self) -> bool {
        let (one, two) = (&self.incompatibility, &other.incompatibility);
        (one.kind, &one.missing, &one.reader) == (two.kind, &two.missing, &two.reader)
            && (self.acyclic_path == other.acyclic_path || one.pointer.is_at_or_under(&two.pointer))
    }

    /// Returns the number of segments of the place. Of two reports of one cause, the shallower is
    /// kept.
    pub(super) fn depth(&self) -> usize {
        self.incompatibility.pointer.segments().count()
    }
}

/// Keeps the first report of each cause.
pub(super) fn merge_same_causes(reports: Vec<Reported>) -> Vec<Incompatibility> {
    let mut merged: Vec<Reported> = Vec::new();
    for report in reports {
        if !merged.iter().any(|other| report.has_cause_of(other)) {
            merged.push(report);
        }
    }
    merged.into_iter().map(|report| report.incompatibility).collect()
}

/// A schema on the stack: its address, and the length of the path at which it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) schema: usize,
    pub(super) path_length: usize,
}

/// Removes from a place the segments between two entries of the same schema.
pub(super) fn acyclic_path(stack: &[Frame], at: &Pointer) -> Vec<String> {
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
