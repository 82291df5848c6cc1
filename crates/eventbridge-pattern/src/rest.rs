//! Whether what is left of an event can have another value of a field in it.
//!
//! Where all fields have been seen, only a member that stands twice can still change the answer. Then its name stands in
//! what is left of the text, and to look for a few names takes a fraction of what reading takes.

/// For how many names it is worth while to look.
const NAMES: usize = 4;

/// The names of the fields, as they end in the text of an event.
#[derive(Debug, Clone, Default)]
pub(super) struct Rest {
    ends: Vec<Box<str>>,
    /// Whether a name may be spelled in a way that is not looked for.
    is_lost: bool,
}

impl Rest {
    /// Adds the last name on the way to a field.
    pub(super) fn insert(&mut self, name: &str) {
        let end = format!("{name}\"").into_boxed_str();
        // What can be written after a backslash, but for `\u`, is looked for nowhere.
        self.is_lost |= name.is_empty() || name.contains(|c: char| matches!(c, '"' | '\\' | '/') || c.is_control());
        if !self.ends.contains(&end) {
            self.ends.push(end);
        }
    }

    /// Whether it is worth while to ask.
    pub(super) fn can_tell(&self) -> bool {
        !self.is_lost && self.ends.len() <= NAMES
    }

    /// Whether the name of a field, or what may be one, is in this part of an event.
    pub(super) fn may_be_in(&self, text: &str) -> bool {
        text.contains("\\u") || self.ends.iter().any(|end| text.contains(&**end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_it_is_spelled() {
        let mut rest = Rest::default();
        rest.insert("type");
        rest.insert("type");
        assert!(rest.can_tell() && rest.ends.len() == 1);
        for (text, expected) in [
            (r#","type":1}"#, true),
            (r#","a.type" : 1}"#, true),
            (r#","\u0074ype":1}"#, true),
            (r#","types":1,"kind":2}"#, false),
            ("}", false),
        ] {
            assert_eq!(rest.may_be_in(text), expected, "{text}");
        }
        for lost in ["", "a/b", "a\"", "a\nb", "\\"] {
            let mut rest = Rest::default();
            rest.insert(lost);
            assert!(!rest.can_tell(), "{lost:?}");
        }
        for number in 0..NAMES {
            assert!(rest.can_tell());
            rest.insert(&number.to_string());
        }
        assert!(!rest.can_tell());
    }
}
