//! Collection of all mismatches of a payload.

use std::collections::BTreeMap;

use json_document::Pointer;
use json_document::text::Tree;

use super::cursor::{ExactDeserializer, Input};
use super::mismatch::ExactError;
use super::notation::IntegerNotation;
use super::origin::{is_hypothetical, locate};
use super::replay::{Replay, Step};
use crate::read::error::Mismatch;

/// Maximum number of passes over one payload.
const MAX_PASSES: usize = 1000;

/// Maximum number of mismatches that are reported.
const MAX_MISMATCHES: usize = 50;

/// Result of [`read_collecting`].
pub(in crate::read) enum ReadOutcome<T> {
    Read {
        value: T,
        /// Numbers in another notation that were read as integers.
        coerced: BTreeMap<Pointer, IntegerNotation>,
    },
    Mismatches {
        mismatches: Vec<Mismatch>,
        and_more: bool,
    },
    /// The work limit was reached before the first mismatch.
    Exhausted,
}

/// Calls `read` until it finds no new mismatch in `tree`.
pub(in crate::read) fn read_collecting<'de, T>(
    tree: &Tree<'de>,
    mut read: impl FnMut(ExactDeserializer<'_, 'de>) -> Result<T, ExactError>,
) -> ReadOutcome<T> {
    let mut replay = Replay::of_document();
    let mut mismatches: Vec<Mismatch> = Vec::new();
    for _ in 0..MAX_PASSES {
        match read(ExactDeserializer::new(Input::Node(tree), &replay)) {
            Ok(value) if mismatches.is_empty() => return ReadOutcome::Read { value, coerced: replay.into_coerced() },
            Ok(_) => return ReadOutcome::Mismatches { mismatches, and_more: false },
            Err(error) if error.is_exhausted() && mismatches.is_empty() => return ReadOutcome::Exhausted,
            Err(error) if error.is_exhausted() => return ReadOutcome::Mismatches { mismatches, and_more: true },
            Err(error) if error.is_complete() => return ReadOutcome::Mismatches { mismatches, and_more: false },
            Err(error) => {
                let mut pass = |replay: &Replay| {
                    let error = read(ExactDeserializer::new(Input::Node(tree), replay)).err();
                    error.filter(|error| !error.is_complete())
                };
                let mut error = locate(&replay, error, &mut pass);
                error.is_hypothetical = !error.in_placeholder && is_hypothetical(&replay, &error, &mut pass);
                let step = replay.apply(&error, &mut mismatches);
                if mismatches.len() >= MAX_MISMATCHES {
                    return ReadOutcome::Mismatches { mismatches, and_more: true };
                }
                if step == Step::Stuck {
                    return ReadOutcome::Mismatches { mismatches, and_more: false };
                }
            }
        }
    }
    ReadOutcome::Mismatches { mismatches, and_more: true }
}
