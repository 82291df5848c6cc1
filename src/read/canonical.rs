//! Deviations that the type itself writes.
//!
//! A type may leave out a field that it reads as missing (`skip_serializing_if`, the content of a unit variant), and may
//! write a member that it does not read (the tag of a struct, `skip_deserializing`). An event with these is in the canonical
//! form. So a payload with such notes is serialized again, and a note about a deviation that its output has too is removed.

use json_document::exact::ExactValue;
use json_document::text::{LoneSurrogates, Options, SyntaxError, Tree, Value, parse_with};
use serde::Serialize;

use super::findings::{collect_aliases, without_aliases};
use super::track::{Note, NoteKind, Tracker};

/// Maximum number of values that are compared. Beyond it, notes are kept.
const MAX_STEPS: usize = 100_000;

/// An unknown field whose text was not kept: it must be read again, with its text.
pub(super) struct TextNeeded;

/// Parses a payload as `serde_json` does, down to `max_depth`.
pub(super) fn parse_within(json: &str, max_depth: usize) -> Result<Tree<'_>, SyntaxError> {
    parse_with(json, Options { max_depth, lone_surrogates: LoneSurrogates::Reject })
}

/// Parses a payload with `?` for half of a surrogate pair.
pub(super) fn parse_replacing(json: &str, max_depth: usize) -> Result<Tree<'_>, SyntaxError> {
    parse_with(json, Options { max_depth, lone_surrogates: LoneSurrogates::Replace })
}

/// Returns true if the text of a string has half of a surrogate pair. `text` is the string without its escapes.
pub(super) fn has_half_surrogate(raw: &str, text: &str) -> bool {
    text.contains('?') && raw.contains("\\u") && parse_within(raw, 1).is_err()
}

/// Parses a payload of any depth.
pub(super) fn parse(json: &str) -> Result<Tree<'_>, SyntaxError> {
    parse_within(json, usize::MAX)
}

/// Removes the notes about deviations that `payload` has when it is serialized, too.
///
/// `text` is the payload as it was delivered, if it is known.
pub(super) fn drop_canonical<P: Serialize>(
    payload: &P,
    text: Option<&str>,
    tracker: &Tracker<'_, '_>,
) -> Result<(), TextNeeded> {
    if !tracker.has_note(|kind| matches!(kind, NoteKind::Defaulted | NoteKind::Unknown { .. })) {
        return Ok(());
    }
    // A payload that cannot be serialized, or not as JSON that the reader reads, has no canonical form.
    let Ok(written) = serde_json::to_string(payload) else { return Ok(()) };
    let Ok(written) = parse(&written) else { return Ok(()) };
    let mut is_canonical = find_canonical(&written, text, &tracker.notes())?.into_iter();
    tracker.retain_notes(|_| is_canonical.next() == Some(false));
    Ok(())
}

/// Returns true for each note about a deviation that `written` has.
fn find_canonical(written: &Tree<'_>, text: Option<&str>, notes: &[Note]) -> Result<Vec<bool>, TextNeeded> {
    let aliases = collect_aliases(notes);
    let mut delivered = None;
    let mut found = vec![false; notes.len()];
    let mut steps = MAX_STEPS;
    for (index, Note { at, kind }) in notes.iter().enumerate() {
        let written_at: Vec<String> = without_aliases(at, &aliases).segments().collect();
        let Some((name, parent)) = written_at.split_last() else { continue };
        found[index] = match kind {
            NoteKind::Defaulted => any_at(written, parent, &mut steps, &mut |parent| match &parent.value {
                Value::Object(members) => members.iter().all(|member| member.name != *name),
                Value::Null | Value::Boolean(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => false,
            }),
            NoteKind::Unknown { raw, .. } => {
                let mut values = Vec::new();
                any_at(written, &written_at, &mut steps, &mut |value| {
                    values.push(value.raw.to_owned());
                    false
                });
                let is_equal = |raw: &str| {
                    let value = ExactValue::parse(raw).ok();
                    value.is_some() && values.iter().any(|other| ExactValue::parse(other).ok() == value)
                };
                match (raw, text) {
                    _ if values.is_empty() => false,
                    (Some(raw), _) => is_equal(raw.get()),
                    (None, None) => return Err(TextNeeded),
                    (None, Some(text)) => {
                        let delivered = delivered.get_or_insert_with(|| parse_replacing(text, usize::MAX).ok());
                        let at: Vec<String> = at.segments().collect();
                        delivered
                            .as_ref()
                            .is_some_and(|root| any_at(root, &at, &mut 0, &mut |value| is_equal(value.raw)))
                    }
                }
            }
            NoteKind::Alias(_) | NoteKind::UnknownVariant | NoteKind::Repeated | NoteKind::Imprecise => false,
        };
    }
    Ok(found)
}

/// Returns true if the value at `path` satisfies a predicate. Otherwise tries the other items of the arrays on the path, for
/// a set that is written in another order, within `steps`.
fn any_at<'t>(
    root: &Tree<'t>,
    path: &[String],
    steps: &mut usize,
    predicate: &mut dyn FnMut(&Tree<'t>) -> bool,
) -> bool {
    let Some((name, rest)) = path.split_first() else { return predicate(root) };
    match &root.value {
        Value::Object(members) => {
            let mut named = members.iter().filter(|member| member.name == *name);
            named.any(|member| any_at(&member.tree, rest, steps, predicate))
        }
        Value::Array(items) => {
            let index = name.parse::<usize>().ok();
            if index.and_then(|index| items.get(index)).is_some_and(|item| any_at(item, rest, steps, predicate)) {
                return true;
            }
            items.iter().enumerate().filter(|(other, _)| Some(*other) != index).any(|(_, item)| {
                *steps = steps.saturating_sub(1);
                *steps > 0 && any_at(item, rest, steps, predicate)
            })
        }
        Value::Null | Value::Boolean(_) | Value::Number(_) | Value::String(_) => false,
    }
}
