//! Notes on exported files: differences from the schema, and exceeded limits.

use std::fmt;

use json_document::Pointer;

/// A difference between an exported file and the schema of its type, or a reason for the registry to reject the file.
///
/// It is displayed as the file, the pointers and the message.
///
/// ```
/// use event_contract::contract;
/// use event_contract::registry::{Format, NoteKind};
///
/// let export = Format::JsonSchema07.export(&contract::catalog()?, &|_, version| version.writer_schema());
/// assert!(export.notes.iter().all(|note| note.kind() == NoteKind::Unchecked));
/// assert_eq!(
///     export.notes[0].to_string(),
///     "external/Delivery.Updated/v1.json: at /properties/deliveryId, and 1 more: draft-07 has no format `uuid`: validators may ignore it",
/// );
/// # Ok::<(), event_contract::catalog::CatalogError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    path: String,
    pointers: Vec<Pointer>,
    kind: NoteKind,
    message: String,
}

/// The effect of a [`Note`], from the least to the most severe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoteKind {
    /// An annotation is not in the file. The same values are valid.
    Omitted,
    /// The dialect does not have a `format`: validators that check formats accept more values than the type.
    Unchecked,
    /// The file accepts more values than the type, never fewer.
    Wider,
    /// The registry rejects the file.
    Refused,
}

impl fmt::Display for NoteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Omitted => "omitted",
            Self::Unchecked => "unchecked",
            Self::Wider => "wider",
            Self::Refused => "refused",
        })
    }
}

impl Note {
    pub(super) fn refused(path: &str, message: String) -> Self {
        Self { path: path.to_owned(), pointers: Vec::new(), kind: NoteKind::Refused, message }
    }

    /// Returns the notes on a file, one for all places with the same message.
    pub(super) fn from_losses(path: &str, losses: Vec<Loss>) -> Vec<Self> {
        let mut notes: Vec<Self> = Vec::new();
        for Loss { at, kind, message } in losses {
            match notes.iter_mut().find(|note| note.kind == kind && note.message == message) {
                Some(note) => note.pointers.push(at),
                None => notes.push(Self { path: path.to_owned(), pointers: vec![at], kind, message }),
            }
        }
        notes
    }

    /// Prefixes the path of the file with a folder.
    #[cfg(feature = "record")]
    pub(crate) fn in_folder(self, folder: &str) -> Self {
        Self { path: format!("{folder}{}", self.path), ..self }
    }

    /// Returns the path of the file, relative to the folder of the format.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the message without path and pointers.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the effect.
    pub fn kind(&self) -> NoteKind {
        self.kind
    }

    /// Returns the places as pointers into the schema from which the file was generated: the
    /// [writer's](crate::schema::Schema::writer) of the payload, the detail or the envelope, depending on the format. Empty
    /// for a note on the whole file.
    pub fn pointers(&self) -> &[Pointer] {
        &self.pointers
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        match self.pointers.as_slice() {
            [] => {}
            [only] => write!(f, "at {}: ", display_place(only))?,
            [first, more @ ..] => write!(f, "at {}, and {} more: ", display_place(first), more.len())?,
        }
        f.write_str(&self.message)
    }
}

fn display_place(at: &Pointer) -> &str {
    match at.as_str() {
        "" => "the root",
        text => text,
    }
}

/// A part of a schema that a dialect cannot express.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Loss {
    pub(super) at: Pointer,
    pub(super) kind: NoteKind,
    pub(super) message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_messages_at_several_places_are_one_note() {
        let loss = |at: &str, message: &str| Loss {
            at: Pointer::parse(at),
            kind: NoteKind::Wider,
            message: message.to_owned(),
        };
        let notes = Note::from_losses("a.json", vec![loss("", "x"), loss("/a", "y"), loss("/b", "x"), loss("/c", "x")]);
        let texts: Vec<_> = notes.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["a.json: at the root, and 2 more: x", "a.json: at /a: y"]);
        assert_eq!(Note::refused("a.json", "too long".to_owned()).to_string(), "a.json: too long");
    }

    #[test]
    fn kinds_are_ordered_by_severity() {
        assert!(NoteKind::Refused > NoteKind::Wider && NoteKind::Wider > NoteKind::Unchecked);
    }
}
