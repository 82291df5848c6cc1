//! Values, items and members of a JSON text, one by one: the memory does not grow with their number.

use std::borrow::Cow;
use std::ops::Range;

use json_document::CowStr;
use serde::de::Deserialize as _;
use serde_json::value::RawValue;

/// UTF-8 of the byte order mark.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Returns the JSON value that begins at `start`, which is not white space. Other text may follow it.
pub(super) fn value_at(json: &[u8], start: usize) -> Result<&RawValue, serde_json::Error> {
    <&RawValue>::deserialize(&mut serde_json::Deserializer::from_slice(json.get(start..).unwrap_or_default()))
}

/// Returns the offset of the first byte from `start` on that is neither white space nor a byte order mark.
pub(super) fn skip_blank(text: &[u8], start: usize) -> usize {
    let mut at = start;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        match rest.first() {
            Some(byte) if byte.is_ascii_whitespace() => at += 1,
            Some(_) if rest.starts_with(BYTE_ORDER_MARK) => at += BYTE_ORDER_MARK.len(),
            _ => return at,
        }
    }
}

/// Returns the range of the first item of an array at or after `start`, which is inside the array or at its start.
/// Expects the text of a valid array.
pub(super) fn next_item(array: &[u8], start: usize) -> Option<Range<usize>> {
    let start = skip_separators(array, if start == 0 { 1 } else { start });
    let item = value_at(array, start).ok()?;
    Some(start..start + item.get().len())
}

fn skip_separators(text: &[u8], start: usize) -> usize {
    let is_separator = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b':');
    start + text.iter().skip(start).take_while(|byte| is_separator(byte)).count()
}

/// The members of a valid object, repeated ones included.
pub(super) struct Members<'t> {
    object: &'t [u8],
    at: usize,
}

impl<'t> Members<'t> {
    /// Returns `None` for another value than an object.
    pub(super) fn new(json: &'t [u8]) -> Option<Self> {
        json.starts_with(b"{").then_some(Self { object: json, at: 1 })
    }

    /// Continues after the member that ends at `at`; 0 is the start of the object.
    pub(super) fn continued(object: &'t [u8], at: usize) -> Self {
        Self { object, at: at.max(1) }
    }
}

impl<'t> Iterator for Members<'t> {
    /// The name, and the value. A name with a lone surrogate is replaced by its text.
    type Item = (Cow<'t, str>, &'t RawValue);

    fn next(&mut self) -> Option<Self::Item> {
        let start = skip_separators(self.object, self.at);
        if self.object.get(start) != Some(&b'"') {
            return None;
        }
        let name = value_at(self.object, start).ok()?.get();
        let at = skip_separators(self.object, start + name.len());
        let value = value_at(self.object, at).ok()?;
        self.at = at + value.get().len();
        let name = serde_json::from_str(name).map_or(Cow::Borrowed(name), |CowStr(name)| name);
        Some((name, value))
    }
}

/// Returns the value at a path of member names, separated by `/`; `None` if a name is missing or repeated.
pub(super) fn find<'t>(json: &'t RawValue, path: &str) -> Option<&'t RawValue> {
    let mut value = json;
    for name in path.split('/') {
        let mut found = Members::new(value.get().as_bytes())?.filter(|(other, _)| other == name);
        let (_, next) = found.next()?;
        if found.next().is_some() {
            return None;
        }
        value = next;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_and_members_are_found_one_by_one() {
        let array = br#"[ 1, "a,]" ,[2,3],{} ]"#;
        let (mut at, mut items) = (0, Vec::new());
        while let Some(range) = next_item(array, at) {
            at = range.end;
            items.push(std::str::from_utf8(&array[range]).unwrap());
        }
        assert_eq!(items, ["1", "\"a,]\"", "[2,3]", "{}"]);
        assert_eq!(next_item(b"[ ]", 0), None);

        let object = r#"{ "a" : {"b":[1]}, "\u0061b":2 ,"c":"}" }"#;
        let members: Vec<_> =
            Members::new(object.as_bytes()).unwrap().map(|(name, value)| (name.into_owned(), value.get())).collect();
        assert_eq!(members, [("a".into(), r#"{"b":[1]}"#), ("ab".into(), "2"), ("c".into(), "\"}\"")]);
        let object: &RawValue = serde_json::from_str(object).unwrap();
        assert_eq!(find(object, "a/b").unwrap().get(), "[1]");
        assert!(find(object, "a/c").is_none() && find(object, "c/c").is_none());
        let repeated: &RawValue = serde_json::from_str(r#"{"a":1,"a":2}"#).unwrap();
        assert!(find(repeated, "a").is_none());
    }
}
