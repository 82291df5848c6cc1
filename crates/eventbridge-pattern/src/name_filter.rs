//! Substring search for field names in the unread rest of an event.
//!
//! Once every field has a value, only a duplicate member can change the answer, and its name must occur in the rest of the
//! text. Searching for a few names takes a fraction of the time of reading.

/// Maximum number of names for which searching is faster than reading.
const MAX_NAMES: usize = 4;

/// The last names of all paths, each with the quote that ends it in the text of an event.
#[derive(Debug, Clone, Default)]
pub(crate) struct NameFilter {
    quoted_ends: Vec<Box<str>>,
    /// True if JSON may spell a name with an escape other than `\u`, which the search does not find.
    has_escapable_name: bool,
}

impl NameFilter {
    /// Adds the last name of a path.
    pub(crate) fn insert(&mut self, name: &str) {
        let end = format!("{name}\"").into_boxed_str();
        // These characters may follow a backslash (RFC 8259, section 7). The empty name is in every text.
        self.has_escapable_name |=
            name.is_empty() || name.contains(|c: char| matches!(c, '"' | '\\' | '/') || c.is_control());
        if !self.quoted_ends.contains(&end) {
            self.quoted_ends.push(end);
        }
    }

    pub(crate) fn is_usable(&self) -> bool {
        !self.has_escapable_name && self.quoted_ends.len() <= MAX_NAMES
    }

    /// Returns false only if no member of a field is in this part of an event.
    pub(crate) fn may_occur_in(&self, text: &str) -> bool {
        text.contains("\\u") || self.quoted_ends.iter().any(|end| text.contains(&**end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_name_is_found() {
        let mut filter = NameFilter::default();
        filter.insert("type");
        filter.insert("type");
        assert!(filter.is_usable() && filter.quoted_ends.len() == 1);
        for (text, expected) in [
            (r#","type":1}"#, true),
            (r#","a.type" : 1}"#, true),
            (r#","\u0074ype":1}"#, true),
            (r#","types":1,"kind":2}"#, false),
            ("}", false),
        ] {
            assert_eq!(filter.may_occur_in(text), expected, "{text}");
        }
        for escapable in ["", "a/b", "a\"", "a\nb", "\\"] {
            let mut filter = NameFilter::default();
            filter.insert(escapable);
            assert!(!filter.is_usable(), "{escapable:?}");
        }
        for number in 0..MAX_NAMES {
            assert!(filter.is_usable());
            filter.insert(&number.to_string());
        }
        assert!(!filter.is_usable());
    }
}
