//! The structs of the wrappers: a position, a tracker, and the wrapped deserializer or visitor.

use json_document::Pointer;
use serde::de::Error;

use super::tracker::{NoteKind, TOO_DEEP, Tracker};

/// Position of a value: a list on the stack, innermost first. It is converted to a pointer only for a note.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    segment: Segment<'p>,
    pub(super) depth: usize,
    /// Set inside a value that serde buffers.
    pub(super) is_buffered: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Segment<'p> {
    Root,
    Name(&'p str),
    Index(usize),
}

impl<'p> Path<'p> {
    pub(super) const ROOT: Self = Path { parent: None, segment: Segment::Root, depth: 0, is_buffered: false };

    /// Returns the position of a nested value; an error beyond the maximum depth.
    pub(super) fn child<E: Error>(&'p self, segment: Segment<'p>, tracker: &Tracker<'_, '_>) -> Result<Path<'p>, E> {
        if self.depth >= tracker.max_depth {
            return Err(E::custom(TOO_DEEP));
        }
        Ok(Path { parent: Some(self), segment, depth: self.depth + 1, is_buffered: self.is_buffered })
    }

    /// Returns the position of a member, without a check of the depth: for notes about missing members.
    pub(super) fn member(&'p self, name: &'p str) -> Path<'p> {
        Path { parent: Some(self), segment: Segment::Name(name), ..*self }
    }

    pub(super) fn to_pointer(self) -> Pointer {
        let mut pointer = self.parent.map_or(Pointer::ROOT, |parent| parent.to_pointer());
        match self.segment {
            Segment::Root => {}
            Segment::Name(name) => pointer.push_name(name),
            Segment::Index(index) => pointer.push(index),
        }
        pointer
    }
}

/// The position of a wrapper, and the tracker that it reports to.
#[derive(Clone, Copy)]
pub(super) struct Watch<'t, 'de, 'a> {
    pub(super) path: Path<'t>,
    pub(super) tracker: &'t Tracker<'de, 'a>,
}

impl Watch<'_, '_, '_> {
    pub(super) fn note(&self, kind: NoteKind) {
        self.tracker.push(self.path.to_pointer(), kind);
    }
}

/// A deserializer that reports to a tracker.
pub(in crate::read) struct Tracked<'t, 'de, 'a, D> {
    pub(super) inner: D,
    pub(super) watch: Watch<'t, 'de, 'a>,
}

impl<'t, 'de, 'a, D> Tracked<'t, 'de, 'a, D> {
    pub(in crate::read) fn new(inner: D, tracker: &'t Tracker<'de, 'a>) -> Self {
        Self { inner, watch: Watch { path: Path::ROOT, tracker } }
    }
}

/// Name of a struct and the names under which it accepts its fields, with aliases.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    pub(super) name: &'static str,
    pub(super) names: &'static [&'static str],
}

/// A visitor that reports to a tracker. `fields` is set for a struct.
pub(super) struct TrackedVisitor<'t, 'de, 'a, V> {
    pub(super) visitor: V,
    pub(super) watch: Watch<'t, 'de, 'a>,
    pub(super) fields: Option<Fields>,
}
