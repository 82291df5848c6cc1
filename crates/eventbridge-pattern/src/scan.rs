//! An event, read once from its start to its end: the values that conditions look at, and in which items of lists they
//! stand.
//!
//! What no condition looks at is stepped over, and looked into no further than to find its end. Once all fields have been
//! seen, the rest is read only where one of them may stand in it again.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use super::fields::Fields;
use super::leaf::Leaf;
use super::number::Number;
use super::rest::Rest;
use super::subject::{Form, Subject};
use super::word;
use json_document::text::{self as json, MAX_DEPTH};

/// Why an event could not be matched: it is not a JSON object, or it would take too long to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventError {
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    NotText,
    NotAnObject,
    NotJson { at: usize, expected: &'static str },
    TooDeep,
    TooMuch,
}

impl EventError {
    /// An event that would take more steps than are spent on one.
    pub(super) fn too_much() -> Self {
        Self { kind: Kind::TooMuch }
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::NotText => f.write_str("the event is not UTF-8"),
            Kind::NotAnObject => f.write_str("the event is not a JSON object"),
            Kind::NotJson { at, expected } => write!(f, "the event is not JSON: {expected} is expected at byte {at}"),
            Kind::TooDeep => write!(f, "the event is nested deeper than {MAX_DEPTH} levels"),
            Kind::TooMuch => f.write_str(
                "the event has too many combinations of items of lists to be tried: the same lists stand in it more than once",
            ),
        }
    }
}

impl std::error::Error for EventError {}

/// Where a value stands: the innermost item of a list, by its number. `0` is outside of all lists of objects.
pub(super) type Scope = u32;

/// The items of lists that values were found in.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    items: Vec<Item>,
    lists: u32,
}

/// One item of one list, and the item around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub(super) around: Scope,
    pub(super) list: u32,
    pub(super) index: u32,
}

impl Scopes {
    /// Whether no list with an object or a list in it was looked into.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    fn list(&mut self) -> u32 {
        self.lists += 1;
        self.lists
    }

    pub(super) fn enter(&mut self, around: Scope, list: u32, index: u32) -> Scope {
        self.items.push(Item { around, list, index });
        u32::try_from(self.items.len()).unwrap_or(u32::MAX)
    }

    /// The items around a value, from the inside.
    pub(super) fn around(&self, scope: Scope) -> impl Iterator<Item = Item> + '_ {
        let item = |scope: Scope| scope.checked_sub(1).and_then(|index| self.items.get(index as usize)).copied();
        std::iter::successors(item(scope), move |inner| item(inner.around))
    }
}

/// What takes the values of an event.
pub(super) trait Sink<'e> {
    /// Whether an event is read to its end in any case.
    const READS_ALL: bool = false;

    /// Takes a value of a field; `true` where nothing that follows makes a difference.
    fn take(&mut self, field: u32, leaf: Leaf<'e>, scope: Scope) -> bool;
}

/// Hands the values of the fields to the sink, in the order of the event.
pub(super) fn scan<'e, S: Sink<'e>>(
    subject: &'e Subject<'_>,
    fields: &Fields,
    sink: &mut S,
) -> Result<Scopes, EventError> {
    let text = match &subject.0 {
        Form::Bytes(bytes) => std::str::from_utf8(bytes).map_err(|_| EventError { kind: Kind::NotText })?,
        Form::Value(_) => "",
    };
    let unseen = u32::try_from(fields.count()).ok().and_then(|count| Some(1_u64.checked_shl(count)? - 1));
    let rest = fields.rest().zip(unseen).filter(|_| !S::READS_ALL);
    let mut scan = Scan { text, at: 0, fields, rest, sink, scopes: Scopes::default() };
    let scanned = match &subject.0 {
        Form::Bytes(_) => scan.document(),
        Form::Value(Value::Object(members)) => scan.members(members, Fields::ROOT, 0, 0),
        Form::Value(_) => Err(Halt::Broken(Kind::NotAnObject)),
    };
    match scanned {
        Ok(()) | Err(Halt::Known) => Ok(scan.scopes),
        Err(Halt::Broken(kind)) => Err(EventError { kind }),
    }
}

struct Scan<'e, 's, S> {
    text: &'e str,
    at: usize,
    fields: &'s Fields,
    /// What can tell whether a field follows, and the fields that have not been seen, a bit each; until it was asked.
    rest: Option<(&'s Rest, u64)>,
    sink: &'s mut S,
    scopes: Scopes,
}

enum Halt {
    /// The answer is known.
    Known,
    Broken(Kind),
}

impl<'e, S: Sink<'e>> Scan<'e, '_, S> {
    fn document(&mut self) -> Result<(), Halt> {
        if self.peek() != Some(b'{') {
            return Err(Halt::Broken(Kind::NotAnObject));
        }
        self.object(Fields::ROOT, 0, 0)?;
        match self.peek() {
            None => Ok(()),
            Some(_) => self.broken("the end of the event"),
        }
    }

    fn object(&mut self, node: u32, scope: Scope, depth: usize) -> Result<(), Halt> {
        if depth >= MAX_DEPTH {
            return Err(Halt::Broken(Kind::TooDeep));
        }
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            if self.peek() != Some(b'"') {
                return self.broken("the name of a member");
            }
            let name = self.string()?;
            if self.peek() != Some(b':') {
                return self.broken("a colon");
            }
            self.at += 1;
            match self.fields.below(node, &name) {
                Some(below) => self.value(below, scope, depth)?,
                None => self.skip()?,
            }
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(_) | None => return self.broken("a comma or `}`"),
            }
            if let Some((rest, 0)) = self.rest
                && scope == 0
            {
                self.rest = None;
                if !rest.may_be_in(&self.text[self.at..]) {
                    return Err(Halt::Known);
                }
            }
            self.peek();
        }
    }

    fn value(&mut self, node: u32, scope: Scope, depth: usize) -> Result<(), Halt> {
        match self.peek() {
            Some(b'{') if self.fields.has_names(node) => self.object(node, scope, depth + 1),
            Some(b'{') => self.skip(),
            Some(b'[') => self.list(node, scope, depth + 1),
            Some(_) => match self.fields.field(node) {
                Some(field) => {
                    let leaf = self.leaf()?;
                    self.give(field, leaf, scope)
                }
                None => self.skip(),
            },
            None => self.broken("a value"),
        }
    }

    fn list(&mut self, node: u32, scope: Scope, depth: usize) -> Result<(), Halt> {
        if depth >= MAX_DEPTH {
            return Err(Halt::Broken(Kind::TooDeep));
        }
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        let list = self.scopes.list();
        for index in 0.. {
            // A value that is neither an object nor a list is free of its place in the list.
            let scope = match self.peek() {
                Some(b'{' | b'[') => self.scopes.enter(scope, list, index),
                Some(_) | None => scope,
            };
            self.value(node, scope, depth)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                Some(_) | None => return self.broken("a comma or `]`"),
            }
        }
        Ok(())
    }

    fn leaf(&mut self) -> Result<Leaf<'e>, Halt> {
        if self.text.as_bytes().get(self.at) == Some(&b'"') {
            return self.string().map(Leaf::Text);
        }
        let word = self.word()?;
        Ok(match word.as_bytes()[0] {
            b't' => Leaf::Bool(true),
            b'f' => Leaf::Bool(false),
            b'n' => Leaf::Null,
            _ => Leaf::Number(Number::read(word)),
        })
    }

    /// Goes behind a number, `true`, `false` or `null`.
    fn word(&mut self) -> Result<&'e str, Halt> {
        let bytes = self.text.as_bytes();
        let end = match &bytes[self.at..] {
            [b't', b'r', b'u', b'e', ..] | [b'n', b'u', b'l', b'l', ..] => self.at + 4,
            [b'f', b'a', b'l', b's', b'e', ..] => self.at + 5,
            _ => match json::number_end(bytes, self.at) {
                Some(end) => end,
                None => return self.broken("a value"),
            },
        };
        let word = &self.text[self.at..end];
        self.at = end;
        Ok(word)
    }

    fn string(&mut self) -> Result<Cow<'e, str>, Halt> {
        let start = self.at + 1;
        let escaped = self.end_of_string()?;
        let raw = &self.text[start..self.at - 1];
        if !escaped {
            return Ok(Cow::Borrowed(raw));
        }
        match json::unescape(raw) {
            Some(text) => Ok(Cow::Owned(text)),
            None => self.broken("an escape as JSON has them"),
        }
    }

    /// Goes behind the string that begins here; whether it has escapes in it.
    #[inline]
    fn end_of_string(&mut self) -> Result<bool, Halt> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        let mut escaped = false;
        while let Some(end) = word::quote_or_backslash(bytes, at) {
            if bytes[end] == b'"' {
                self.at = end + 1;
                return Ok(escaped);
            }
            escaped = true;
            at = end + 2;
        }
        self.at = bytes.len();
        self.broken("a quote")
    }

    /// Goes behind the value that begins here.
    fn skip(&mut self) -> Result<(), Halt> {
        match self.peek() {
            Some(b'"') => self.end_of_string().map(drop),
            Some(b'{' | b'[') => self.skip_inside(),
            Some(_) | None => self.word().map(drop),
        }
    }

    /// The same for an object or a list, all of it in one loop.
    fn skip_inside(&mut self) -> Result<(), Halt> {
        let bytes = self.text.as_bytes();
        let mut open = 1_usize;
        let mut at = self.at + 1;
        while let Some(byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'"' => loop {
                    let Some(end) = word::quote_or_backslash(bytes, at) else {
                        self.at = bytes.len();
                        return self.broken("a quote");
                    };
                    at = end + 1;
                    if bytes[end] == b'"' {
                        break;
                    }
                    at += 1;
                },
                b'{' | b'[' => open += 1,
                b'}' | b']' => {
                    open -= 1;
                    if open == 0 {
                        self.at = at;
                        return Ok(());
                    }
                }
                // What follows these is mostly a quote or a bracket.
                b',' | b':' => {}
                _ => at = word::quote_or_bracket(bytes, at).unwrap_or(bytes.len()),
            }
        }
        self.at = bytes.len();
        self.broken("the end of a value")
    }

    /// What comes next that is no white space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                // Mostly there is none, and nothing else is asked.
                Some(byte @ b'!'..) => return Some(*byte),
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    fn give(&mut self, field: u32, leaf: Leaf<'e>, scope: Scope) -> Result<(), Halt> {
        if let Some((_, unseen)) = &mut self.rest {
            *unseen &= !(1 << field);
        }
        if self.sink.take(field, leaf, scope) { Err(Halt::Known) } else { Ok(()) }
    }

    fn broken<T>(&self, expected: &'static str) -> Result<T, Halt> {
        Err(Halt::Broken(Kind::NotJson { at: self.at, expected }))
    }

    /// The same for a value that is parsed already.
    fn members(
        &mut self,
        members: &'e serde_json::Map<String, Value>,
        node: u32,
        scope: Scope,
        depth: usize,
    ) -> Result<(), Halt> {
        if depth >= MAX_DEPTH {
            return Err(Halt::Broken(Kind::TooDeep));
        }
        for (name, value) in members {
            if let Some(below) = self.fields.below(node, name) {
                self.parsed(value, below, scope, depth)?;
            }
        }
        Ok(())
    }

    fn parsed(&mut self, value: &'e Value, node: u32, scope: Scope, depth: usize) -> Result<(), Halt> {
        let leaf = match value {
            Value::Object(members) => return self.members(members, node, scope, depth + 1),
            Value::Array(items) => {
                if depth >= MAX_DEPTH {
                    return Err(Halt::Broken(Kind::TooDeep));
                }
                let list = self.scopes.list();
                for (index, item) in (0..).zip(items) {
                    let scope = match item {
                        Value::Object(_) | Value::Array(_) => self.scopes.enter(scope, list, index),
                        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => scope,
                    };
                    self.parsed(item, node, scope, depth + 1)?;
                }
                return Ok(());
            }
            Value::String(text) => Leaf::Text(Cow::Borrowed(text)),
            Value::Number(number) => Leaf::Number(Number::read(number.to_string())),
            Value::Bool(bool) => Leaf::Bool(*bool),
            Value::Null => Leaf::Null,
        };
        match self.fields.field(node) {
            Some(field) => self.give(field, leaf, scope),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that is given.
    #[derive(Default)]
    struct All<'e>(Vec<(u32, Leaf<'e>, Scope)>);

    impl<'e> Sink<'e> for All<'e> {
        fn take(&mut self, field: u32, leaf: Leaf<'e>, scope: Scope) -> bool {
            self.0.push((field, leaf, scope));
            false
        }
    }

    fn seen<'e>(event: impl Into<Subject<'e>>, paths: &[&str]) -> Result<Vec<String>, EventError> {
        let mut fields = Fields::default();
        for path in paths {
            fields.insert(path);
        }
        let subject = event.into();
        let mut all = All::default();
        let scopes = scan(&subject, &fields, &mut all)?;
        let say = |(field, leaf, scope): (u32, Leaf<'_>, Scope)| {
            let around: Vec<_> = scopes.around(scope).map(|item| format!("{}.{}", item.list, item.index)).collect();
            format!("{field}={leaf} {}", around.join(" ")).trim_end().to_owned()
        };
        Ok(all.0.into_iter().map(say).collect())
    }

    #[test]
    fn only_what_is_looked_at_is_given() {
        let event = r#" {"x":{"a":1,"]":"}"},"a":{"b":[1,{"c":2},[3,{"c":4}]],"b":"\u0041"},"a.b":null,"a":[]} "#;
        let expected = ["0=1", "1=2 1.1", "0=3 1.2", "1=4 2.1 1.2", "0=\"A\"", "0=null"];
        assert_eq!(seen(event, &["a.b", "a.b.c"]).unwrap(), expected);
    }

    #[test]
    fn what_follows_the_last_field_is_read_where_one_may_stand_in_it_again() {
        for (event, expected) in [
            (r#"{"a":1,"b":2,tea"#, &["0=1", "1=2"][..]),
            (r#"{"b":2,"a":1,"c":{"b":3},"b":4}"#, &["1=2", "0=1", "1=4"]),
            (r#"{"b":2,"a":1,"b":4}"#, &["1=2", "0=1", "1=4"]),
            (r#"{"a":1,"b":[{},2],"c":tea"#, &["0=1", "1=2"]),
            (r#"{"a":[1,{"c":0},2],"b":[3,4],"c":5}"#, &["0=1", "0=2", "1=3", "1=4"]),
        ] {
            assert_eq!(seen(event, &["a", "b"]).unwrap(), expected, "{event}");
        }
        // Within a list, the next item has no name before it.
        assert_eq!(seen(r#"{"a":[{"b":1},{"b":2},3]}"#, &["a.b", "a"]).unwrap(), ["0=1 1.0", "0=2 1.1", "1=3"]);
    }

    #[test]
    fn a_parsed_value_is_the_same() {
        let event = r#"{"a":{"b":[1,{"c":2},[3,{"c":4}]]},"d":[{"c":true},1.5]}"#;
        let value: Value = serde_json::from_str(event).unwrap();
        let paths = ["a.b", "a.b.c", "d.c", "d"];
        assert_eq!(seen(&value, &paths).unwrap(), seen(event, &paths).unwrap());
    }

    #[test]
    fn what_is_no_event_is_said() {
        for (event, error) in [
            ("", "the event is not a JSON object"),
            ("[]", "the event is not a JSON object"),
            ("{\"a\":1", "the event is not JSON: a comma or `}` is expected at byte 6"),
            ("{\"a\":01}", "the event is not JSON: a value is expected at byte 5"),
            ("{\"a\":1}}", "the event is not JSON: the end of the event is expected at byte 7"),
            ("{\"a\":1,}", "the event is not JSON: the name of a member is expected at byte 7"),
            ("{\"b\":}", "the event is not JSON: a value is expected at byte 5"),
            ("{\"b\":[", "the event is not JSON: the end of a value is expected at byte 6"),
            ("{\"b\":\"", "the event is not JSON: a quote is expected at byte 6"),
            ("{\"a\" 1}", "the event is not JSON: a colon is expected at byte 5"),
            ("{\"a\":[1 2]}", "the event is not JSON: a comma or `]` is expected at byte 8"),
        ] {
            assert_eq!(seen(event, &["a", "z"]).unwrap_err().to_string(), error, "{event}");
        }
        assert_eq!(seen(b"{\"\xff\":1}", &["a"]).unwrap_err().to_string(), "the event is not UTF-8");
        let deep = format!("{}1{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        let error = seen(format!("{{\"a\":{deep}}}"), &["a"]).unwrap_err();
        assert_eq!(error.to_string(), "the event is nested deeper than 1000 levels");
        assert!(seen(format!("{{\"b\":{deep}}}"), &["a"]).unwrap().is_empty());
    }
}
