//! Names of files, which need not be UTF-8.

use std::borrow::Cow;
use std::ffi::OsStr;
#[cfg(feature = "cli")]
use std::fmt;
use std::fmt::Write as _;
#[cfg(feature = "cli")]
use std::path::Path;

#[cfg(feature = "cli")]
use super::format::Plain;

/// Returns the text of a name, with each byte that is not UTF-8 as `\xff`.
pub(crate) fn escape_name(name: &OsStr) -> Cow<'_, str> {
    match name.to_str() {
        Some(text) => text.into(),
        None => escape_bytes(name.as_encoded_bytes()).into(),
    }
}

/// Returns the text of a name as [`escape_name`] does.
pub(crate) fn escape_bytes(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    for chunk in name.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // A `String` cannot fail to be written to.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Displays a path on one line, with characters that control a terminal and bytes that are not UTF-8 escaped.
#[cfg(feature = "cli")]
pub(crate) struct PlainPath<'a>(pub(crate) &'a Path);

#[cfg(feature = "cli")]
impl fmt::Display for PlainPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Plain(&escape_name(self.0.as_os_str())).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_utf_8_is_unchanged() {
        for name in ["a/b.json", "é\\x", "a\nb"] {
            assert!(matches!(escape_name(OsStr::new(name)), Cow::Borrowed(text) if text == name), "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_not_utf_8_are_escaped() {
        use std::os::unix::ffi::OsStrExt as _;

        for (name, expected) in [(&b"\xff"[..], "\\xff"), (b"a\xc3.b\xc3\xa9\xfe\xff", "a\\xc3.bé\\xfe\\xff")] {
            assert_eq!(escape_name(OsStr::from_bytes(name)), expected);
        }
    }
}
