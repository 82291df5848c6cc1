//! The files of a format, and the limits of registries.

use std::collections::BTreeMap;

use serde_json::Value;

use super::note::{Loss, Note};
use crate::schema::{compact, pretty};

/// The files of a registry format.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Export {
    /// The files, by their path relative to the folder of the format, with `/` between names.
    pub files: BTreeMap<String, String>,
    /// The differences between files and types, and exceeded limits.
    pub notes: Vec<Note>,
}

/// The maximum length of a file.
pub(super) struct Limit {
    pub(super) registry: &'static str,
    pub(super) max: usize,
    pub(super) unit: &'static str,
    pub(super) count: fn(&str) -> usize,
}

impl Export {
    /// Adds a document; without white space if it would exceed the limit otherwise.
    pub(super) fn put(&mut self, path: String, document: &Value, losses: Vec<Loss>, limit: Option<&Limit>) {
        self.notes.extend(Note::from_losses(&path, losses));
        let mut text = pretty(document);
        if let Some(limit) = limit
            && (limit.count)(&text) > limit.max
        {
            text = compact(document);
            let count = (limit.count)(&text);
            if count > limit.max {
                let Limit { registry, max, unit, .. } = limit;
                let message = format!(
                    "expected at most {max} {unit} for {registry}, found {count} without white space: use fewer or smaller examples, or split the type"
                );
                self.notes.push(Note::refused(&path, message));
            }
        }
        self.files.insert(path, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::NoteKind;

    #[test]
    fn long_files_lose_white_space_and_too_long_ones_are_refused() {
        let limit = Limit { registry: "It", max: 20, unit: "characters", count: |text| text.chars().count() };
        let mut export = Export::default();
        export.put("a".to_owned(), &serde_json::json!({"title": "t"}), vec![], Some(&limit));
        export.put("b".to_owned(), &serde_json::json!({"title": "ääää"}), vec![], Some(&limit));
        export.put("c".to_owned(), &serde_json::json!({"title": "äääääääääää"}), vec![], Some(&limit));
        assert_eq!(export.files["a"], "{\n  \"title\": \"t\"\n}\n");
        assert_eq!(export.files["b"], "{\"title\":\"ääää\"}");
        let notes: Vec<_> = export.notes.iter().map(ToString::to_string).collect();
        assert_eq!(
            notes,
            [
                "c: expected at most 20 characters for It, found 23 without white space: use fewer or smaller examples, or split the type"
            ]
        );
        assert_eq!(export.notes[0].kind(), NoteKind::Refused);
    }
}
