//! Pass by pass: which mistakes are known, and what is put in their place.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use super::deserializer::{ExactDeserializer, Input};
use super::mistake::{ErrorKind, ExactError};
use crate::read::error::Mismatch;
use json_document::Pointer;
use json_document::text::Tree;

/// How often one payload is read at the most.
const PASSES: usize = 200;
/// How many mistakes are reported at the most.
const MISMATCHES: usize = 50;
/// How many stand-ins a type is offered.
const STAND_INS: usize = 20;
/// How many values are looked at in all passes together: a document of the largest size is read once, with room for
/// some mistakes; a small one as often as it takes. A value counts for more where the way to it is long.
const WORK: usize = 3_000_000;

/// What is put in the place of what, from pass to pass.
#[derive(Debug, Default, Clone)]
pub(in crate::read) struct Exam {
    /// Values that are replaced by a stand-in, and which one.
    pub(super) stand_ins: BTreeMap<Pointer, usize>,
    /// Members that are added to an object.
    pub(super) added: BTreeMap<Pointer, Vec<String>>,
    /// Members of which only so many are shown.
    pub(super) shown: BTreeMap<Pointer, usize>,
    /// Values for which no stand-in is good enough: what stands beside them is read before them.
    pub(super) last: BTreeSet<Pointer>,
    work: Cell<usize>,
    /// Numbers with a fraction of zero that were taken as integers.
    pub(super) coerced: RefCell<BTreeSet<Pointer>>,
    /// Set while the shape of a type is explored: which member to show twice, in which object.
    pub(in crate::read) twice: Option<(Pointer, Twice)>,
    /// The fields that are left out, by their positions, of the struct at this place.
    pub(in crate::read) left_out: Option<(Pointer, BTreeSet<usize>)>,
    /// The enum that is shown a variant which it does not have.
    pub(in crate::read) unheard_of: Option<Pointer>,
    /// What was met on the way, while the shape of a type is explored.
    pub(in crate::read) explored: Option<RefCell<Explored>>,
}

/// A member that is shown twice, so that serde names the field it belongs to.
#[derive(Debug, Clone, Copy)]
pub(in crate::read) enum Twice {
    /// By the position of the field.
    Field(usize),
    Name(&'static str),
}

/// The structs and enums of a type, and where each can be reached.
#[derive(Debug, Default, Clone)]
pub(in crate::read) struct Explored {
    pub(in crate::read) structs: Vec<(Pointer, &'static str, &'static [&'static str])>,
    pub(in crate::read) enums: Vec<(Pointer, &'static [&'static str])>,
}

/// What the passes found out.
pub(in crate::read) enum Verdict<T> {
    Read {
        value: T,
        coerced: BTreeSet<Pointer>,
    },
    Wrong {
        mismatches: Vec<Mismatch>,
        and_more: bool,
    },
    /// Too much work before anything was found.
    Exhausted,
}

/// Reads `node` with `read` until nothing new is wrong with it.
pub(in crate::read) fn examine<'de, T>(
    node: &Tree<'de>,
    mut read: impl FnMut(ExactDeserializer<'_, 'de>) -> Result<T, ExactError>,
) -> Verdict<T> {
    let mut exam = Exam::default();
    let mut mismatches: Vec<Mismatch> = Vec::new();
    for _ in 0..PASSES {
        exam.coerced.borrow_mut().clear();
        match read(ExactDeserializer::new(Input::Node(node), &exam)) {
            Ok(value) if mismatches.is_empty() => {
                return Verdict::Read { value, coerced: exam.coerced.take() };
            }
            Ok(_) => {
                return Verdict::Wrong { mismatches, and_more: false };
            }
            Err(error) if error.is_exhausted() && mismatches.is_empty() => return Verdict::Exhausted,
            Err(error) if error.is_exhausted() => return Verdict::Wrong { mismatches, and_more: true },
            Err(error) if error.is_done() => return Verdict::Wrong { mismatches, and_more: false },
            Err(error) => {
                let step = exam.answer(error, &mut mismatches);
                if mismatches.len() >= MISMATCHES {
                    return Verdict::Wrong { mismatches, and_more: true };
                }
                if step == Step::Stuck {
                    return Verdict::Wrong { mismatches, and_more: false };
                }
            }
        }
    }
    Verdict::Wrong { mismatches, and_more: true }
}

#[derive(Debug, PartialEq, Eq)]
pub(in crate::read) enum Step {
    Again,
    Stuck,
}

impl Exam {
    /// Takes an error into account, so that the next pass gets further.
    pub(in crate::read) fn answer(&mut self, error: ExactError, mismatches: &mut Vec<Mismatch>) -> Step {
        let at = error.at.unwrap_or_default();
        let mut report = |at: &Pointer, expected: String, found: String| {
            if !error.stand_in && !mismatches.iter().any(|known| known.pointer() == at) {
                mismatches.push(Mismatch::new(at.clone(), expected, found));
                return true;
            }
            false
        };
        match error.kind {
            ErrorKind::Done | ErrorKind::Exhausted => Step::Stuck,
            ErrorKind::Missing(field) => {
                let place = at.join(&field);
                report(&place, "a value (the field is required)".to_owned(), "nothing".to_owned());
                let added = self.added.entry(at).or_default();
                if added.contains(&field) {
                    // The member was there and the type did not count it.
                    return Step::Stuck;
                }
                added.push(field);
                Step::Again
            }
            ErrorKind::Duplicate(field) => {
                let place = at.join(&field);
                report(&place, "one value".to_owned(), "the field again, also under another of its names".to_owned());
                self.hide(place, 1, at)
            }
            ErrorKind::Unknown(field, expected) => {
                let place = at.join(&field);
                report(&place, expected, "a field that is refused".to_owned());
                self.hide(place, 0, at)
            }
            ErrorKind::Wrong { expected, found } => {
                let (expected, found) = match expected.as_str() {
                    // The whole payload was refused by its own type.
                    "" => ("a payload that its type accepts".to_owned(), "one that it refuses".to_owned()),
                    _ => (expected, found),
                };
                if report(&at, expected, found) {
                    self.stand_ins.insert(at, 0);
                    return Step::Again;
                }
                let tried = self.stand_ins.entry(at.clone()).or_insert(0);
                *tried += 1;
                if *tried < STAND_INS {
                    return Step::Again;
                }
                *tried = 0;
                if self.last.insert(at) { Step::Again } else { Step::Stuck }
            }
        }
    }

    fn hide(&mut self, place: Pointer, shown: usize, parent: Pointer) -> Step {
        if self.shown.insert(place, shown).is_none() {
            return Step::Again;
        }
        // Two names of one field: nothing tells which of them to hide, so that the whole object stands aside.
        if self.last.insert(parent) { Step::Again } else { Step::Stuck }
    }

    /// Begins to explore the shape of a type, with these variants of the enums on the way.
    pub(in crate::read) fn explore(variants: &[(Pointer, usize)]) -> Self {
        Self { explored: Some(RefCell::default()), stand_ins: variants.iter().cloned().collect(), ..Self::default() }
    }

    /// The same exam once more, with the fields at these positions left out of the struct at `at`.
    #[cfg(feature = "schema")]
    pub(in crate::read) fn without(&self, at: &Pointer, positions: impl IntoIterator<Item = usize>) -> Self {
        let left_out = Some((at.clone(), positions.into_iter().collect()));
        let mut exam = Self { left_out, work: Cell::default(), ..self.clone() };
        exam.added.remove(at);
        exam
    }

    /// Takes one of the fields that were left out in again: the first that is wanted.
    #[cfg(feature = "schema")]
    pub(in crate::read) fn take_in(&mut self, is_wanted: impl Fn(usize) -> bool) -> Option<usize> {
        let (_, left_out) = self.left_out.as_mut()?;
        let position = left_out.iter().copied().find(|position| is_wanted(*position))?;
        left_out.remove(&position);
        Some(position)
    }

    /// Whether the field at this position is left out of the struct at `at`.
    pub(super) fn leaves_out(&self, at: &Pointer, position: usize) -> bool {
        self.left_out.as_ref().is_some_and(|(place, left_out)| place == at && left_out.contains(&position))
    }

    pub(super) fn spend(&self, work: usize) {
        self.work.set(self.work.get().saturating_add(work));
    }

    pub(super) fn is_over(&self) -> bool {
        self.work.get() > WORK
    }

    pub(super) fn is_last(&self, at: &Pointer) -> bool {
        self.last.iter().any(|last| last.is_at_or_under(at))
    }
}
