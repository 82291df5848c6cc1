//! JSON pointers (RFC 6901).

use std::borrow::Cow;
use std::fmt;

/// A JSON pointer (RFC 6901), such as `/detail/data/items/0/sku`. The root of a document is the empty string.
///
/// ```
/// use json_document::Pointer;
///
/// let pointer = Pointer::ROOT.join("prices").join("EUR/USD").join(0);
/// assert_eq!(pointer.as_str(), "/prices/EUR~1USD/0");
/// assert_eq!(pointer.segments().collect::<Vec<_>>(), ["prices", "EUR/USD", "0"]);
///
/// let mut prices = Pointer::ROOT;
/// prices.push_name("prices");
/// assert!(pointer.is_at_or_under(&prices));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub const ROOT: Self = Self(String::new());

    /// Returns the pointer in the notation of RFC 6901, `/` and `~` in names escaped.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Iterates over the names and indices from the root down, unescaped.
    pub fn segments(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(|segment| unescape_segment(segment).into_owned())
    }

    /// Parses the notation of RFC 6901. A valid pointer is empty or begins with a slash; any other text gets one.
    pub fn parse(text: &str) -> Self {
        let slash = if text.is_empty() || text.starts_with('/') { "" } else { "/" };
        Self(format!("{slash}{text}"))
    }

    /// Returns the pointer to a member or an item of the value that this one points to.
    #[must_use]
    pub fn join(&self, segment: impl fmt::Display) -> Self {
        let mut longer = self.clone();
        longer.push(segment);
        longer
    }

    /// Appends the name of a member; escapes it only where that is necessary.
    pub fn push_name(&mut self, name: &str) {
        self.0.push('/');
        if name.contains(['~', '/']) {
            self.0.push_str(&name.replace('~', "~0").replace('/', "~1"));
        } else {
            self.0.push_str(name);
        }
    }

    /// Returns the pointer with all segments of `other`, a pointer into the value that this one points to.
    #[must_use]
    pub fn concat(&self, other: &Self) -> Self {
        Self(format!("{}{}", self.0, other.0))
    }

    /// Appends a name or an index.
    pub fn push(&mut self, segment: impl fmt::Display) {
        self.push_name(&segment.to_string());
    }

    /// Shortens the pointer to `length` bytes, which must be the length that it had before segments were pushed.
    ///
    /// # Panics
    ///
    /// If `length` is inside of a character.
    pub fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// Returns the rest of the pointer below `prefix`, or `None` where it does not point into that value.
    #[must_use]
    pub fn strip_prefix(&self, prefix: &Self) -> Option<Self> {
        let rest = self.0.strip_prefix(&prefix.0)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| Self(rest.to_owned()))
    }

    /// Returns true if this pointer equals `other` or points below it.
    pub fn is_at_or_under(&self, other: &Self) -> bool {
        self.0.strip_prefix(&other.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Resolves the escapes of a segment.
pub(crate) fn unescape_segment(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') {
        Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(segment)
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
    fn escaped_segments_round_trip() {
        let pointer: Pointer = ["a/b", "m~n", "", "0", "~1"].into_iter().collect();
        assert_eq!(pointer.as_str(), "/a~1b/m~0n//0/~01");
        assert_eq!(pointer.segments().collect::<Vec<_>>(), ["a/b", "m~n", "", "0", "~1"]);
    }

    #[test]
    fn a_text_without_a_slash_gets_one() {
        assert_eq!(["", "/a", "é"].map(|text| Pointer::parse(text).as_str().to_owned()), ["", "/a", "/é"]);
    }

    #[test]
    fn a_longer_name_is_not_below_a_shorter_one() {
        let pointer = |text: &str| Pointer(text.to_owned());
        assert!(pointer("/a/b").is_at_or_under(&pointer("/a")));
        assert!(pointer("/a").is_at_or_under(&Pointer::ROOT));
        assert!(!pointer("/ab").is_at_or_under(&pointer("/a")));
        assert_eq!(pointer("/a/b").strip_prefix(&pointer("/a")), Some(pointer("/b")));
        assert_eq!(pointer("/a").strip_prefix(&pointer("/a")), Some(Pointer::ROOT));
        assert_eq!(pointer("/ab").strip_prefix(&pointer("/a")), None);
    }
}
