//! Insertion of members into a document that otherwise stays as it is spelled.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::text::quote;
use crate::{Pointer, parse_members};

/// Maximum number of segments of a pointer at which [`insert_members`] inserts: each of them costs stack.
const MAX_SEGMENTS: usize = 128;

/// Inserts values as new members at their pointers, after the members that an object already has.
///
/// Returns the document and the indices of the insertions that have no place in it, in ascending order: the parent is
/// missing or not an object, the name is taken, by the document or by an earlier insertion, or the pointer has more than
/// 128 segments. Only the values along the pointers are taken apart; all others are copied as text, so no number changes
/// its spelling.
///
/// ```
/// use json_document::{Pointer, insert_members};
/// use serde_json::value::RawValue;
///
/// let value = RawValue::from_string("1e400".to_owned())?;
/// let insertions = ["/a/new", "/a/old", "/b/new"].map(|at| (Pointer::parse(at), &*value));
/// let (document, unplaced) = insert_members(r#"{"a":{"old":1.50}}"#, insertions)?;
/// assert_eq!(document, r#"{"a":{"old":1.50,"new":1e400}}"#);
/// assert_eq!(unplaced, [1, 2]);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn insert_members<'a>(
    json: &str,
    insertions: impl IntoIterator<Item = (Pointer, &'a RawValue)>,
) -> Result<(String, Vec<usize>), serde_json::Error> {
    let mut root = Branch::default();
    let mut unplaced = Vec::new();
    for (index, (at, value)) in insertions.into_iter().enumerate() {
        let is_placed = at.segments().count() <= MAX_SEGMENTS && root.add(at.segments(), Insertion { index, value });
        if !is_placed {
            unplaced.push(index);
        }
    }
    let mut out = String::with_capacity(json.len() + 64);
    root.write(json, &mut out, &mut unplaced)?;
    unplaced.sort_unstable();
    Ok((out, unplaced))
}

struct Insertion<'a> {
    index: usize,
    value: &'a RawValue,
}

/// The insertions at and below one value, by the next segment of their pointers.
#[derive(Default)]
struct Branch<'a> {
    here: Option<Insertion<'a>>,
    children: BTreeMap<String, Branch<'a>>,
}

impl<'a> Branch<'a> {
    fn add(&mut self, mut segments: impl Iterator<Item = String>, insertion: Insertion<'a>) -> bool {
        match segments.next() {
            Some(segment) => self.children.entry(segment).or_default().add(segments, insertion),
            None if self.here.is_some() => false,
            None => {
                self.here = Some(insertion);
                true
            }
        }
    }

    fn give_up(self, unplaced: &mut Vec<usize>) {
        unplaced.extend(self.here.map(|insertion| insertion.index));
        for child in self.children.into_values() {
            child.give_up(unplaced);
        }
    }

    /// Writes `json` to `out` with the insertions below it.
    fn write(mut self, json: &str, out: &mut String, unplaced: &mut Vec<usize>) -> Result<(), serde_json::Error> {
        unplaced.extend(self.here.take().map(|insertion| insertion.index));
        if self.children.is_empty() {
            out.push_str(json);
            return Ok(());
        }
        match json.as_bytes().first() {
            Some(b'{') => {
                out.push('{');
                let mut separator = "";
                for (name, value) in parse_members(json)? {
                    out.push_str(separator);
                    separator = ",";
                    out.push_str(&quote(&name));
                    out.push(':');
                    match self.children.remove(&*name) {
                        Some(child) => child.write(value.get(), out, unplaced)?,
                        None => out.push_str(value.get()),
                    }
                }
                for (name, mut child) in self.children {
                    // The name is free. Whatever is below it has no parent any more.
                    if let Some(insertion) = child.here.take() {
                        out.push_str(separator);
                        separator = ",";
                        out.push_str(&quote(&name));
                        out.push(':');
                        out.push_str(insertion.value.get());
                    }
                    child.give_up(unplaced);
                }
                out.push('}');
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(json)?;
                out.push('[');
                for (index, item) in items.into_iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    match self.children.remove(&index.to_string()) {
                        Some(child) => child.write(item.get(), out, unplaced)?,
                        None => out.push_str(item.get()),
                    }
                }
                out.push(']');
                self.give_up(unplaced);
            }
            _ => {
                out.push_str(json);
                self.give_up(unplaced);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(json: &str, at: &[&str]) -> (String, Vec<usize>) {
        let values: Vec<_> = (0..at.len()).map(|index| RawValue::from_string(index.to_string()).unwrap()).collect();
        insert_members(json, at.iter().zip(&values).map(|(at, value)| (Pointer::parse(at), &**value))).unwrap()
    }

    #[test]
    fn members_are_inserted_below_items() {
        let (document, unplaced) = insert(r#"{"list":[{},{"a":1.0}]}"#, &["/list/1/x~1y", "/list/0/b", "/c"]);
        assert_eq!(document, r#"{"list":[{"b":1},{"a":1.0,"x/y":0}],"c":2}"#);
        assert_eq!(unplaced, [0; 0]);
    }

    #[test]
    fn insertions_without_a_place_are_returned() {
        let json = r#"{"taken":0,"items":[]}"#;
        let at = ["/taken", "/gone/child", "/items/7", "/items/7/x", "/taken/deeper", "", "/free", "/free"];
        let (document, unplaced) = insert(json, &at);
        assert_eq!(document, r#"{"taken":0,"items":[],"free":6}"#);
        assert_eq!(unplaced, [0, 1, 2, 3, 4, 5, 7]);
        assert_eq!(insert("1", &["/a", ""]), ("1".to_owned(), vec![0, 1]));
    }

    #[test]
    fn long_pointers_have_no_place() {
        let deep = "/a".repeat(MAX_SEGMENTS + 1);
        assert_eq!(insert("{}", &[&deep]).1, [0]);
    }
}
