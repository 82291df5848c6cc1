//! What a format cannot say, and which limit a file exceeds.

use std::fmt;

use json_document::Pointer;

/// One thing that a file of a registry does not say as the type does, or for which the registry will refuse it.
///
/// Displayed: the file, the places, and what it is.
///
/// ```
/// use event_contract::contract;
/// use event_contract::registry::{Format, NoteKind};
///
/// let export = Format::JsonSchema07.export(&contract::catalog()?, &|_, version| version.writer_schema());
/// assert!(export.notes.iter().all(|note| note.kind() == NoteKind::Unchecked));
/// assert_eq!(
///     export.notes[0].to_string(),
///     "external/Delivery.Updated/v1.json: at /properties/deliveryId, and 1 more: draft-07 has no format `uuid`: validators may pass over it",
/// );
/// # Ok::<(), event_contract::catalog::CatalogError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    path: String,
    places: Vec<Pointer>,
    kind: NoteKind,
    what: String,
}

/// What follows from a [`Note`]. In the order of how much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoteKind {
    /// Something that is told to people is not in the file. What is valid is the same.
    Untold,
    /// A `format` that this dialect does not know: validators that check formats will let more pass than the type has.
    Unchecked,
    /// More is valid than the type has. Never less.
    Wider,
    /// The registry takes no such file.
    Refused,
}

impl fmt::Display for NoteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Untold => "untold",
            Self::Unchecked => "unchecked",
            Self::Wider => "wider",
            Self::Refused => "refused",
        })
    }
}

impl Note {
    pub(super) fn refused(path: &str, what: String) -> Self {
        Self { path: path.to_owned(), places: Vec::new(), kind: NoteKind::Refused, what }
    }

    /// The notes on a file, one for all places that have the same thing.
    pub(super) fn all(path: &str, losses: Vec<Loss>) -> Vec<Self> {
        let mut notes: Vec<Self> = Vec::new();
        for Loss { at, kind, what } in losses {
            match notes.iter_mut().find(|note| note.kind == kind && note.what == what) {
                Some(note) => note.places.push(at),
                None => notes.push(Self { path: path.to_owned(), places: vec![at], kind, what }),
            }
        }
        notes
    }

    /// The same for a file whose folder is in this one.
    #[cfg(feature = "record")]
    pub(crate) fn below(self, folder: &str) -> Self {
        Self { path: format!("{folder}{}", self.path), ..self }
    }

    /// The file, below the folder of the format.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What it is, in words.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// What follows from it.
    pub fn kind(&self) -> NoteKind {
        self.kind
    }

    /// Where, in the schema of which the file was made: the [writer's](crate::schema::Schema::writer), of the payload,
    /// the detail or the envelope as the format has it. Empty where it is about the whole file.
    pub fn places(&self) -> &[Pointer] {
        &self.places
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        match self.places.as_slice() {
            [] => {}
            [only] => write!(f, "at {}: ", shown(only))?,
            [first, more @ ..] => write!(f, "at {}, and {} more: ", shown(first), more.len())?,
        }
        f.write_str(&self.what)
    }
}

fn shown(at: &Pointer) -> &str {
    match at.as_str() {
        "" => "the root",
        text => text,
    }
}

/// What a dialect could not say at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Loss {
    pub(super) at: Pointer,
    pub(super) kind: NoteKind,
    pub(super) what: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_in_many_places_is_one_note() {
        let loss = |at: &str, what: &str| Loss { at: Pointer::parse(at), kind: NoteKind::Wider, what: what.to_owned() };
        let notes = Note::all("a.json", vec![loss("", "x"), loss("/a", "y"), loss("/b", "x"), loss("/c", "x")]);
        let texts: Vec<_> = notes.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["a.json: at the root, and 2 more: x", "a.json: at /a: y"]);
        assert_eq!(Note::refused("a.json", "too long".to_owned()).to_string(), "a.json: too long");
    }

    #[test]
    fn what_is_refused_matters_most() {
        assert!(NoteKind::Refused > NoteKind::Wider && NoteKind::Wider > NoteKind::Unchecked);
    }
}
