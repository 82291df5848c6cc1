//! The files of a record, and their comparison apart from line ends.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Files of a record: contents by path below its folder, with `/` between names.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Compares two files as texts: git may have checked one out with other line ends.
pub(super) fn is_same_text(one: &[u8], other: &[u8]) -> bool {
    with_unix_line_ends(one) == with_unix_line_ends(other)
}

/// Replaces `\r\n` by `\n`, the line end of published files.
pub(super) fn with_unix_line_ends(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\r') {
        return text.into();
    }
    let text: Vec<u8> = text
        .iter()
        .enumerate()
        .filter(|(at, byte)| **byte != b'\r' || text.get(at + 1) != Some(&b'\n'))
        .map(|(_, byte)| *byte)
        .collect();
    text.into()
}
