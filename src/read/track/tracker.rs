//! Records of one deserialization.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};
use std::collections::HashSet;

use json_document::Pointer;
use serde_json::value::RawValue;

use crate::read::alias::Aliases;

/// Maximum number of bytes of all recorded pointers: 16 MiB. Without it, many members below a long name would need a
/// multiple of the memory of the document.
const MAX_POINTER_BYTES: usize = 16 * 1024 * 1024;

/// The error of a deserialization that exceeds [`MAX_POINTER_BYTES`]. It is replaced by an error of the reader.
pub(super) const TOO_MANY_NOTES: &str = "too many observations";

/// The error of a deserialization that exceeds the depth limit. It is replaced by an error of the reader.
pub(super) const TOO_DEEP: &str = "nested too deeply";

/// A tolerated deviation from the type, and its pointer in the payload.
#[derive(Debug, Clone)]
pub(in crate::read) struct Note {
    pub(in crate::read) at: Pointer,
    pub(in crate::read) kind: NoteKind,
}

#[derive(Debug, Clone)]
pub(in crate::read) enum NoteKind {
    /// A field that the type does not have.
    Unknown {
        /// The text of its value, if it is kept or shown.
        raw: Option<Box<RawValue>>,
        /// Set if serde ignored the field; not set if it was only missing in the serialized payload.
        is_certain: bool,
    },
    /// A missing field with a default.
    Defaulted,
    /// A field under an alias; the name of the field.
    Alias(&'static str),
    /// An unknown value of an open enumeration.
    UnknownVariant,
    /// A duplicate key of a map.
    Repeated,
    /// A number with more digits than were read.
    Imprecise,
}

/// Records the deviations of one payload from its type.
#[derive(Debug)]
pub(in crate::read) struct Tracker<'de, 'a> {
    /// Keep the text of unknown fields.
    pub(super) keep_unknown: bool,
    /// Maximum depth of the payload.
    pub(super) max_depth: usize,
    pub(super) aliases: &'a Aliases,
    notes: RefCell<Vec<Note>>,
    /// Values that serde buffers (flattened structs, tagged and untagged enums): ignored fields in them are not seen.
    buffered: RefCell<Vec<Pointer>>,
    /// Names of fields seen in the structs that are being deserialized, innermost last.
    pub(super) seen: RefCell<Vec<Cow<'de, str>>>,
    /// Set after a value was ignored.
    pub(super) is_ignored: Cell<bool>,
    /// Bytes of pointers that may still be recorded.
    pointer_budget: Cell<usize>,
}

impl<'a> Tracker<'_, 'a> {
    pub(in crate::read) fn new(keep_unknown: bool, max_depth: usize, aliases: &'a Aliases) -> Self {
        Self {
            keep_unknown,
            max_depth,
            aliases,
            notes: RefCell::default(),
            buffered: RefCell::default(),
            seen: RefCell::new(Vec::with_capacity(24)),
            is_ignored: Cell::new(false),
            pointer_budget: Cell::new(MAX_POINTER_BYTES),
        }
    }

    pub(in crate::read) fn into_notes(self) -> Vec<Note> {
        self.notes.into_inner()
    }

    pub(in crate::read) fn push(&self, at: Pointer, kind: NoteKind) {
        if self.charge(&at) {
            self.notes.borrow_mut().push(Note { at, kind });
        }
    }

    /// Records that serde buffers the value at `at`.
    pub(super) fn push_buffered(&self, at: Pointer) {
        self.charge(&at);
        self.buffered.borrow_mut().push(at);
    }

    /// Subtracts a pointer from the budget. Returns `false` if the budget is used up.
    fn charge(&self, at: &Pointer) -> bool {
        let budget = self.pointer_budget.get().saturating_sub(at.as_str().len() + 1);
        self.pointer_budget.set(budget);
        budget > 0
    }

    /// Returns true if the budget for pointers is used up.
    pub(in crate::read) fn is_full(&self) -> bool {
        self.pointer_budget.get() == 0
    }

    pub(in crate::read) fn take_buffered(&self) -> Vec<Pointer> {
        self.buffered.take()
    }

    pub(in crate::read) fn keeps_unknown(&self) -> bool {
        self.keep_unknown
    }

    /// Returns true if there is a note of such a kind.
    pub(in crate::read) fn has_note(&self, is_wanted: impl Fn(&NoteKind) -> bool) -> bool {
        self.notes.borrow().iter().any(|note| is_wanted(&note.kind))
    }

    pub(in crate::read) fn notes(&self) -> Ref<'_, Vec<Note>> {
        self.notes.borrow()
    }

    /// Removes the notes for which `is_kept` returns `false`. It is called in the order of the notes.
    pub(in crate::read) fn retain_notes(&self, is_kept: impl FnMut(&Note) -> bool) {
        self.notes.borrow_mut().retain(is_kept);
    }

    /// Returns the pointers that have a note.
    pub(in crate::read) fn noted(&self) -> HashSet<Pointer> {
        self.notes.borrow().iter().map(|note| note.at.clone()).collect()
    }
}
