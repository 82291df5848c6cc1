//! Events of a file: concatenated documents, one on each line, or arrays of them.

use std::fmt;
use std::io;

use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Byte order mark, which some editors write at the start of a UTF-8 file.
pub(super) const BOM: &[u8] = "\u{feff}".as_bytes();

/// Takes an event, or the error of a part that is none.
type Visit<'v, 'b> = &'v mut dyn FnMut(Result<&'b str, String>) -> io::Result<()>;

/// Calls a function with each event of a file, without changing its text. Returns false if there is none.
///
/// If the file is one event on each line, a line that is not JSON is an error of its own. Nothing is kept of an event, so
/// that memory does not grow with their number.
pub(super) fn for_each_event<'b>(bytes: &'b [u8], visit: Visit<'_, 'b>) -> io::Result<bool> {
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    let mut has_events = false;
    let mut visit = |event: Result<&'b str, String>| {
        has_events = true;
        visit(event)
    };
    let text = std::str::from_utf8(bytes);
    let is_json = text.is_ok_and(|text| documents(text).all(|document| document.is_ok()));
    if !is_json && is_one_per_line(bytes) {
        for line in parse_lines(bytes) {
            match line {
                Ok(line) => visit_items(line, &mut visit)?,
                Err(error) => visit(Err(error))?,
            }
        }
    } else if let Ok(text) = text {
        for document in documents(text) {
            match document {
                // Before an error, an array is shown as a whole.
                Ok(document) if is_json => visit_items(document, &mut visit)?,
                document => visit(document)?,
            }
        }
    } else {
        visit(Err("not UTF-8".to_owned()))?;
    }
    Ok(has_events)
}

fn documents(text: &str) -> impl Iterator<Item = Result<&str, String>> {
    let documents = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    documents.map(|event| event.map(RawValue::get).map_err(|error| not_json(&error, error.line())))
}

/// Returns true if lines are documents of their own: of one document with a syntax error, few are, and not all begin with
/// `{`.
fn is_one_per_line(bytes: &[u8]) -> bool {
    let (mut lines, mut events) = (0_usize, 0_usize);
    for line in parse_lines(bytes) {
        lines += 1;
        events += usize::from(line.is_ok_and(|line| line.starts_with(['{', '['])));
    }
    let all_begin_with_brace = || non_empty_lines(bytes).all(|(_, line)| line.starts_with(b"{"));
    lines > 1 && (events * 2 >= lines || events > 0 && all_begin_with_brace())
}

fn non_empty_lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = (1..).zip(bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii));
    lines.filter(|(_, line)| !line.is_empty())
}

fn parse_lines(bytes: &[u8]) -> impl Iterator<Item = Result<&str, String>> {
    non_empty_lines(bytes).map(|(number, line)| {
        let text = std::str::from_utf8(line).map_err(|_| format!("not UTF-8 at line {number}"))?;
        serde_json::from_str::<&RawValue>(text).map(RawValue::get).map_err(|error| not_json(&error, number))
    })
}

/// Visits the elements of an array, and any other document as a whole.
fn visit_items<'b>(
    document: &'b str,
    visit: &mut impl FnMut(Result<&'b str, String>) -> io::Result<()>,
) -> io::Result<()> {
    if !document.starts_with('[') {
        return visit(Ok(document));
    }
    let mut items = Items { visit, result: Ok(()) };
    // The document is JSON: the only errors are those of `visit`.
    let _ = serde_json::Deserializer::from_str(document).deserialize_seq(&mut items);
    items.result
}

/// Visitor of the elements of an array, each as it is spelled.
struct Items<'v, V> {
    visit: &'v mut V,
    result: io::Result<()>,
}

impl<'b, V: FnMut(Result<&'b str, String>) -> io::Result<()>> Visitor<'b> for &mut Items<'_, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<&'b RawValue>()? {
            if let Err(error) = (self.visit)(Ok(item.get())) {
                self.result = Err(error);
                break;
            }
        }
        Ok(())
    }
}

fn not_json(error: &serde_json::Error, line: usize) -> String {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    format!("not JSON: {reason} at line {line} column {}", error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split_events(bytes: &[u8]) -> Vec<Result<&str, String>> {
        let mut events = Vec::new();
        let has_events = for_each_event(bytes, &mut |event| {
            events.push(event);
            Ok(())
        });
        assert_eq!(has_events.unwrap(), !events.is_empty());
        events
    }

    #[test]
    fn an_error_of_the_visitor_ends_the_visit() {
        for bytes in ["{} {} {}", "[{}, {}, {}]", "{}\n{tea}\n{}"] {
            let mut count = 0;
            let result = for_each_event(bytes.as_bytes(), &mut |_| {
                count += 1;
                if count == 2 { Err(io::Error::other("closed")) } else { Ok(()) }
            });
            assert_eq!((result.unwrap_err().to_string().as_str(), count), ("closed", 2), "{bytes}");
        }
    }

    #[test]
    fn events_are_split_at_lines_and_across_lines() {
        assert_eq!(split_events(b"{\"a\": 1}\n\n{\"a\":\n1.0}{}"), [Ok("{\"a\": 1}"), Ok("{\"a\":\n1.0}"), Ok("{}")]);
        assert!(split_events(b" \n").is_empty() && split_events(b"[]").is_empty());
        assert_eq!(split_events(b"[{\"a\": 1}, {\"a\":1.0}]\n{}"), [Ok("{\"a\": 1}"), Ok("{\"a\":1.0}"), Ok("{}")]);
        let lines = split_events(b"{\"a\": 1}\n{tea}\n{}\n");
        assert!(matches!(lines[..], [Ok("{\"a\": 1}"), Err(_), Ok("{}")]), "{lines:?}");
        // One document with a syntax error is not split into its lines.
        let broken = split_events(b"{\"a\": 1}\n{\n\"b\": tea,\n\"c\":\n{}\n}");
        assert_eq!(broken.len(), 2);
        assert_eq!(broken[1], Err("not JSON: expected ident at line 3 column 7".to_owned()));
        assert_eq!(split_events(b"{\"a\":\"\xff\"}"), [Err("not UTF-8".to_owned())]);
        let bad_lines = split_events(b"tea\n{\"a\": 1}\n[{},1]\n\xff\n{}\n{\"cut\": ");
        let [Err(_), Ok("{\"a\": 1}"), Ok("{}"), Ok("1"), Err(not_text), Ok("{}"), Err(_)] = &bad_lines[..] else {
            panic!("{bad_lines:?}")
        };
        assert_eq!(not_text, "not UTF-8 at line 4");
    }
}
