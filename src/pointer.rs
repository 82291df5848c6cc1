//! JSON pointers.

use std::fmt;

/// A place in a JSON document, as RFC 6901 writes it: `/detail/data/items/0/sku`. The root is the empty text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub const ROOT: Self = Self(String::new());

    /// The pointer as RFC 6901 writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names and indices on the way from the root, unescaped.
    pub fn segments(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"))
    }

    /// A pointer as it was written; the text is empty or begins with a slash.
    pub(crate) fn parse(text: &str) -> Self {
        debug_assert!(text.is_empty() || text.starts_with('/'));
        Self(text.to_owned())
    }

    /// The place of a member or an item below this one.
    #[must_use]
    pub fn join(&self, segment: impl fmt::Display) -> Self {
        let mut longer = self.clone();
        longer.push(segment);
        longer
    }

    /// The same as [`Pointer::join`], for a name.
    pub(crate) fn push_name(&mut self, name: &str) {
        self.0.push('/');
        if name.contains(['~', '/']) {
            self.0.push_str(&name.replace('~', "~0").replace('/', "~1"));
        } else {
            self.0.push_str(name);
        }
    }

    /// The place that `other`, a pointer into the value found here, has seen from the root of this one.
    #[must_use]
    pub fn concat(&self, other: &Self) -> Self {
        Self(format!("{}{}", self.0, other.0))
    }

    pub(crate) fn push(&mut self, segment: impl fmt::Display) {
        self.push_name(&segment.to_string());
    }

    /// Back to a place that this one was made from, by the length that its text had.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    pub(crate) fn is_at_or_under(&self, other: &Self) -> bool {
        self.0.strip_prefix(&other.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<S: fmt::Display> FromIterator<S> for Pointer {
    fn from_iter<I: IntoIterator<Item = S>>(segments: I) -> Self {
        let mut pointer = Self::ROOT;
        segments.into_iter().for_each(|segment| pointer.push(segment));
        pointer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_escaped_and_come_back() {
        let pointer: Pointer = ["a/b", "m~n", "", "0", "~1"].into_iter().collect();
        assert_eq!(pointer.as_str(), "/a~1b/m~0n//0/~01");
        assert_eq!(pointer.segments().collect::<Vec<_>>(), ["a/b", "m~n", "", "0", "~1"]);
    }

    #[test]
    fn a_longer_name_is_not_below_a_shorter_one() {
        let pointer = |text: &str| Pointer(text.to_owned());
        assert!(pointer("/a/b").is_at_or_under(&pointer("/a")));
        assert!(pointer("/a").is_at_or_under(&Pointer::ROOT));
        assert!(!pointer("/ab").is_at_or_under(&pointer("/a")));
    }
}
