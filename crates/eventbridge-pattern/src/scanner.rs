//! Scanner of events: one pass over the text, without a tree, that emits the values of the fields.
//!
//! The whole text is validated, so that all matchers agree on which events are not JSON. Once the answer is known, or every
//! field has a value and no name of a field can occur in the rest, the rest is validated only.

use std::borrow::Cow;

use json_document::text::{self as json, MAX_DEPTH};
use serde_json::Value;

use crate::element::{ElementId, Elements, NO_ELEMENT};
use crate::event::{EventError, EventErrorKind, EventInput, InputForm};
use crate::field_tree::FieldTree;
use crate::name_filter::NameFilter;
use crate::number::Number;
use crate::primitive::Primitive;
use crate::skip::{self, not_json};

/// Receiver of the values of an event.
pub(crate) trait ValueSink<'e> {
    /// True if the sink needs duplicate members even where they cannot change the answer.
    const READS_ALL: bool = false;

    /// Takes a value of a field; returns true if no later value changes the answer.
    fn push(&mut self, field: u32, value: Primitive<'e>, element: ElementId) -> bool;
}

/// Sends the values of the fields to the sink, in the order of the event.
pub(crate) fn scan<'e, S: ValueSink<'e>>(
    event: &'e EventInput<'_>,
    fields: &FieldTree,
    sink: &mut S,
) -> Result<Elements, EventError> {
    let text = match &event.0 {
        InputForm::Bytes(bytes) => {
            std::str::from_utf8(bytes).map_err(|_| EventError { kind: EventErrorKind::NotUtf8 })?
        }
        InputForm::Value(_) => "",
    };
    // One bit for each field, if 64 bits are enough.
    let unseen = u32::try_from(fields.count()).ok().and_then(|count| Some(1_u64.checked_shl(count)? - 1));
    let early_exit = fields.name_filter().zip(unseen).filter(|_| !S::READS_ALL);
    let mut scanner = Scanner { text, at: 0, fields, early_exit, is_done: false, sink, elements: Elements::default() };
    let result = match &event.0 {
        InputForm::Bytes(_) => scanner.scan_document(),
        InputForm::Value(Value::Object(members)) => scanner.emit_members(members, FieldTree::ROOT, NO_ELEMENT, 0),
        InputForm::Value(_) => Err(EventErrorKind::NotAnObject),
    };
    match result {
        Ok(()) => Ok(scanner.elements),
        Err(kind) => Err(EventError { kind }),
    }
}

struct Scanner<'e, 's, S> {
    text: &'e str,
    at: usize,
    fields: &'s FieldTree,
    /// Filter for the rest of the text, and a bit for each field without a value; `None` once the filter was applied.
    early_exit: Option<(&'s NameFilter, u64)>,
    /// True if the rest of the event cannot change the answer.
    is_done: bool,
    sink: &'s mut S,
    elements: Elements,
}

impl<'e, S: ValueSink<'e>> Scanner<'e, '_, S> {
    fn scan_document(&mut self) -> Result<(), EventErrorKind> {
        if self.peek() != Some(b'{') {
            return Err(EventErrorKind::NotAnObject);
        }
        self.scan_object(FieldTree::ROOT, NO_ELEMENT, 0)?;
        match self.peek() {
            None => Ok(()),
            Some(_) => self.error("the end of the event"),
        }
    }

    fn scan_object(&mut self, node: u32, element: ElementId, depth: usize) -> Result<(), EventErrorKind> {
        if depth >= MAX_DEPTH {
            return Err(EventErrorKind::TooDeep);
        }
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            if self.peek() != Some(b'"') {
                return self.error("a member name");
            }
            let child = if self.is_done {
                self.skip_string()?;
                None
            } else {
                let name = self.scan_string()?;
                self.fields.child(node, &name)
            };
            if self.peek() != Some(b':') {
                return self.error("a colon");
            }
            self.at += 1;
            match child {
                Some(child) => self.scan_value(child, element, depth)?,
                None => self.skip_value(depth)?,
            }
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(_) | None => return self.error("a comma or `}`"),
            }
            if let Some((filter, 0)) = self.early_exit
                && element == NO_ELEMENT
            {
                self.early_exit = None;
                self.is_done |= self.text.get(self.at..).is_some_and(|rest| !filter.may_occur_in(rest));
            }
            self.peek();
        }
    }

    fn scan_value(&mut self, node: u32, element: ElementId, depth: usize) -> Result<(), EventErrorKind> {
        match self.peek() {
            Some(_) if self.is_done => self.skip_value(depth),
            Some(b'{') if self.fields.has_children(node) => self.scan_object(node, element, depth + 1),
            Some(b'{') => self.skip_value(depth),
            Some(b'[') => self.scan_array(node, element, depth + 1),
            Some(_) => match self.fields.field(node) {
                Some(field) => {
                    let primitive = self.scan_primitive()?;
                    self.emit(field, primitive, element);
                    Ok(())
                }
                None => self.skip_value(depth),
            },
            None => self.error("a value"),
        }
    }

    fn scan_array(&mut self, node: u32, element: ElementId, depth: usize) -> Result<(), EventErrorKind> {
        if depth >= MAX_DEPTH {
            return Err(EventErrorKind::TooDeep);
        }
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        let array = self.elements.add_array();
        for index in 0.. {
            // A primitive element may be combined with any other element of its array.
            let element = match self.peek() {
                Some(b'{' | b'[') => self.elements.add_element(element, array, index),
                Some(_) | None => element,
            };
            self.scan_value(node, element, depth)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                Some(_) | None => return self.error("a comma or `]`"),
            }
        }
        Ok(())
    }

    fn scan_primitive(&mut self) -> Result<Primitive<'e>, EventErrorKind> {
        if self.text.as_bytes().get(self.at) == Some(&b'"') {
            return self.scan_string().map(Primitive::String);
        }
        let text = self.scan_bare()?;
        Ok(match text.as_bytes()[0] {
            b't' => Primitive::Boolean(true),
            b'f' => Primitive::Boolean(false),
            b'n' => Primitive::Null,
            _ => Primitive::Number(Number::parse(text)),
        })
    }

    /// Reads a number, `true`, `false` or `null`.
    fn scan_bare(&mut self) -> Result<&'e str, EventErrorKind> {
        let end = skip::skip_bare(self.text.as_bytes(), self.at)?;
        let Some(text) = self.text.get(self.at..end) else { return self.error("a value") };
        self.at = end;
        Ok(text)
    }

    fn scan_string(&mut self) -> Result<Cow<'e, str>, EventErrorKind> {
        let start = self.at + 1;
        let has_escapes = self.skip_string()?;
        let Some(raw) = self.text.get(start..self.at - 1) else { return self.error("a JSON string") };
        if !has_escapes {
            return Ok(Cow::Borrowed(raw));
        }
        match json::unescape(raw) {
            Some(text) => Ok(Cow::Owned(text)),
            None => self.error("a JSON escape"),
        }
    }

    /// Skips the string that begins here; returns true if it contains escapes.
    #[inline]
    fn skip_string(&mut self) -> Result<bool, EventErrorKind> {
        let (end, has_escapes) = skip::skip_string(self.text.as_bytes(), self.at)?;
        self.at = end;
        Ok(has_escapes)
    }

    /// Skips a value inside an object or array at the given depth.
    fn skip_value(&mut self, depth: usize) -> Result<(), EventErrorKind> {
        let bytes = self.text.as_bytes();
        self.at = match self.peek() {
            Some(b'"') => skip::skip_string(bytes, self.at)?.0,
            Some(b'{' | b'[') => skip::skip_structure(bytes, self.at, depth + 1)?,
            Some(_) | None => skip::skip_bare(bytes, self.at)?,
        };
        Ok(())
    }

    /// Returns the next byte that is not white space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        self.at = skip::skip_space(self.text.as_bytes(), self.at);
        self.text.as_bytes().get(self.at).copied()
    }

    fn emit(&mut self, field: u32, value: Primitive<'e>, element: ElementId) {
        if let Some((_, unseen)) = &mut self.early_exit {
            *unseen &= !(1 << field);
        }
        self.is_done |= self.sink.push(field, value, element);
    }

    fn error<T>(&self, expected: &'static str) -> Result<T, EventErrorKind> {
        Err(not_json(self.at, expected))
    }

    fn emit_members(
        &mut self,
        members: &'e serde_json::Map<String, Value>,
        node: u32,
        element: ElementId,
        depth: usize,
    ) -> Result<(), EventErrorKind> {
        if depth >= MAX_DEPTH {
            return Err(EventErrorKind::TooDeep);
        }
        for (name, value) in members {
            if self.is_done {
                break;
            }
            if let Some(child) = self.fields.child(node, name) {
                self.emit_parsed(value, child, element, depth)?;
            }
        }
        Ok(())
    }

    fn emit_parsed(
        &mut self,
        value: &'e Value,
        node: u32,
        element: ElementId,
        depth: usize,
    ) -> Result<(), EventErrorKind> {
        let primitive = match value {
            Value::Object(members) => return self.emit_members(members, node, element, depth + 1),
            Value::Array(items) => {
                if depth >= MAX_DEPTH {
                    return Err(EventErrorKind::TooDeep);
                }
                let array = self.elements.add_array();
                for (index, item) in (0..).zip(items) {
                    let element = match item {
                        Value::Object(_) | Value::Array(_) => self.elements.add_element(element, array, index),
                        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => element,
                    };
                    self.emit_parsed(item, node, element, depth + 1)?;
                }
                return Ok(());
            }
            Value::String(text) => Primitive::String(Cow::Borrowed(text)),
            Value::Number(number) => Primitive::Number(Number::parse(number.to_string())),
            Value::Bool(value) => Primitive::Boolean(*value),
            Value::Null => Primitive::Null,
        };
        if let Some(field) = self.fields.field(node) {
            self.emit(field, primitive, element);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Recorder<'e>(Vec<(u32, Primitive<'e>, ElementId)>);

    impl<'e> ValueSink<'e> for Recorder<'e> {
        fn push(&mut self, field: u32, value: Primitive<'e>, element: ElementId) -> bool {
            self.0.push((field, value, element));
            false
        }
    }

    fn record<'e>(event: impl Into<EventInput<'e>>, paths: &[&str]) -> Result<Vec<String>, EventError> {
        let mut fields = FieldTree::default();
        for path in paths {
            fields.insert(path);
        }
        let event = event.into();
        let mut recorder = Recorder::default();
        let elements = scan(&event, &fields, &mut recorder)?;
        let describe = |(field, value, element): (u32, Primitive<'_>, ElementId)| {
            let around: Vec<_> =
                elements.ancestors(element).map(|element| format!("{}.{}", element.array, element.index)).collect();
            format!("{field}={value} {}", around.join(" ")).trim_end().to_owned()
        };
        Ok(recorder.0.into_iter().map(describe).collect())
    }

    #[test]
    fn only_values_of_fields_are_emitted() {
        let event = r#" {"x":{"a":1,"]":"}"},"a":{"b":[1,{"c":2},[3,{"c":4}]],"b":"\u0041"},"a.b":null,"a":[]} "#;
        let expected = ["0=1", "1=2 1.1", "0=3 1.2", "1=4 2.1 1.2", "0=\"A\"", "0=null"];
        assert_eq!(record(event, &["a.b", "a.b.c"]).unwrap(), expected);
    }

    #[test]
    fn the_rest_is_read_only_if_it_may_repeat_a_field() {
        for (event, expected) in [
            (r#"{"a":1,"b":2,"c":{"b":3}}"#, &["0=1", "1=2"][..]),
            (r#"{"b":2,"a":1,"c":{"b":3},"b":4}"#, &["1=2", "0=1", "1=4"]),
            (r#"{"b":2,"a":1,"b":4}"#, &["1=2", "0=1", "1=4"]),
            (r#"{"a":1,"b":[{},2],"c":true}"#, &["0=1", "1=2"]),
            (r#"{"a":[1,{"c":0},2],"b":[3,4],"c":5}"#, &["0=1", "0=2", "1=3", "1=4"]),
        ] {
            assert_eq!(record(event, &["a", "b"]).unwrap(), expected, "{event}");
        }
        // Elements of an array have no name that the filter could find.
        assert_eq!(record(r#"{"a":[{"b":1},{"b":2},3]}"#, &["a.b", "a"]).unwrap(), ["0=1 1.0", "0=2 1.1", "1=3"]);
    }

    #[test]
    fn a_parsed_value_emits_the_same_values() {
        let event = r#"{"a":{"b":[1,{"c":2},[3,{"c":4}]]},"d":[{"c":true},1.5]}"#;
        let value: Value = serde_json::from_str(event).unwrap();
        let paths = ["a.b", "a.b.c", "d.c", "d"];
        assert_eq!(record(&value, &paths).unwrap(), record(event, &paths).unwrap());
    }

    #[test]
    fn invalid_events_are_rejected() {
        for (event, error) in [
            ("", "the event is not a JSON object"),
            ("[]", "the event is not a JSON object"),
            ("{\"a\":1", "the event is not JSON: expected a comma or `}` at byte 6"),
            ("{\"a\":01}", "the event is not JSON: expected a value at byte 5"),
            ("{\"a\":1}}", "the event is not JSON: expected the end of the event at byte 7"),
            ("{\"a\":1,}", "the event is not JSON: expected a member name at byte 7"),
            ("{\"b\":}", "the event is not JSON: expected a value at byte 5"),
            ("{\"b\":[", "the event is not JSON: expected a value at byte 6"),
            ("{\"b\":[1}", "the event is not JSON: expected a comma or `]` at byte 7"),
            ("{\"b\":{\"c\":\"\\x\"}}", "the event is not JSON: expected a JSON escape at byte 11"),
            ("{\"b\":\"\n\"}", "the event is not JSON: expected an escape instead of a control character at byte 6"),
            ("{\"b\":[{1:2}]}", "the event is not JSON: expected a member name at byte 7"),
            ("{\"b\":\"", "the event is not JSON: expected a quote at byte 6"),
            ("{\"a\" 1}", "the event is not JSON: expected a colon at byte 5"),
            ("{\"a\":[1 2]}", "the event is not JSON: expected a comma or `]` at byte 8"),
        ] {
            assert_eq!(record(event, &["a", "z"]).unwrap_err().to_string(), error, "{event}");
        }
        assert_eq!(record(b"{\"\xff\":1}", &["a"]).unwrap_err().to_string(), "the event is not UTF-8");
        let deep = format!("{}1{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        for name in ["a", "b"] {
            let error = record(format!("{{\"{name}\":{deep}}}"), &["a"]).unwrap_err();
            assert_eq!(error.to_string(), "the event is nested deeper than 1000 levels");
            let less = deep.strip_prefix('[').and_then(|deep| deep.strip_suffix(']')).unwrap();
            record(format!("{{\"{name}\":{less}}}"), &["a"]).unwrap();
        }
    }
}
