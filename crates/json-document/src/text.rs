//! A parser that keeps what a value tree of `serde_json` loses: the byte position of every value and member, repeated
//! members, and the spelling of numbers.
//!
//! ```
//! use json_document::text::{Value, parse};
//!
//! let tree = parse(r#"{"a": 1.0, "a": 2}"#).unwrap();
//! let Value::Object(members) = &tree.value else { panic!() };
//! assert_eq!((members.len(), members[1].at), (2, 11));
//! assert!(matches!(members[0].tree.value, Value::Number("1.0")));
//! ```

use std::borrow::Cow;
use std::fmt;

/// Maximum nesting of arrays and objects: that of the parser of EventBridge.
pub const MAX_DEPTH: usize = 1000;

/// A value with its position in the text.
#[derive(Debug)]
pub struct Tree<'t> {
    /// The offset of its first byte.
    pub at: usize,
    /// The offset of the byte after its last.
    pub end: usize,
    /// The value itself.
    pub value: Value<'t>,
}

/// A JSON value whose parts have positions.
#[derive(Debug)]
pub enum Value<'t> {
    /// The members in the order of the text, repeated ones included.
    Object(Vec<Member<'t>>),
    /// The items in the order of the text.
    Array(Vec<Tree<'t>>),
    /// The string without its quotes and escapes.
    String(Cow<'t, str>),
    /// The number as it is spelled.
    Number(&'t str),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`.
    Null,
}

/// A member of an object with the position of its name.
#[derive(Debug)]
pub struct Member<'t> {
    /// The offset of the opening quote of the name.
    pub at: usize,
    /// The name without its quotes and escapes.
    pub name: Cow<'t, str>,
    /// The value with its position.
    pub tree: Tree<'t>,
}

/// Writes compact JSON; numbers keep their spelling.
impl fmt::Display for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comma = |index| if index > 0 { "," } else { "" };
        match &self.value {
            Value::Object(members) => {
                f.write_str("{")?;
                for (index, Member { name, tree, .. }) in members.iter().enumerate() {
                    write!(f, "{}{}:{tree}", comma(index), quoted(name))?;
                }
                f.write_str("}")
            }
            Value::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", comma(index))?;
                }
                f.write_str("]")
            }
            Value::String(text) => f.write_str(&quoted(text)),
            Value::Number(text) => f.write_str(text),
            Value::Boolean(bool) => write!(f, "{bool}"),
            Value::Null => f.write_str("null"),
        }
    }
}

/// A syntax error with its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The offset of the byte at which parsing stopped.
    pub at: usize,
    /// The reason, in words that follow "line 1, column 2: ".
    pub message: &'static str,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.at, self.message)
    }
}

impl std::error::Error for SyntaxError {}

/// Parses one document, which only white space may follow.
///
/// More lenient than `serde_json` in one way: half of a surrogate pair becomes `?`, as it does in
/// EventBridge.
pub fn parse(text: &str) -> Result<Tree<'_>, SyntaxError> {
    let mut parser = Parser { text, at: 0 };
    let tree = parser.value(0)?;
    parser.space();
    if parser.at < text.len() { parser.fault("text after the end of the document") } else { Ok(tree) }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    fn value(&mut self, depth: usize) -> Result<Tree<'t>, SyntaxError> {
        self.space();
        let at = self.at;
        let value = match self.peek() {
            Some(b'{') => Value::Object(self.object(depth)?),
            Some(b'[') => Value::Array(self.list(depth)?),
            Some(b'"') => Value::String(self.string()?),
            Some(b't') => self.word("true", Value::Boolean(true))?,
            Some(b'f') => self.word("false", Value::Boolean(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(b'-' | b'0'..=b'9') => {
                let Some(end) = number_end(self.text.as_bytes(), at) else {
                    return self.fault("this is not a number as JSON spells it");
                };
                self.at = end;
                Value::Number(&self.text[at..end])
            }
            Some(_) => return self.fault("a value is expected"),
            None => return self.fault("the text ends too early"),
        };
        Ok(Tree { at, end: self.at, value })
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Member<'t>>, SyntaxError> {
        let mut members = Vec::new();
        self.open(depth)?;
        if self.close(b'}') {
            return Ok(members);
        }
        loop {
            self.space();
            let at = self.at;
            if self.peek() != Some(b'"') {
                return self.fault("the name of a member is expected, in double quotes");
            }
            let name = self.string()?;
            self.space();
            if self.peek() != Some(b':') {
                return self.fault("a colon is expected");
            }
            self.at += 1;
            members.push(Member { at, name, tree: self.value(depth + 1)? });
            if self.close(b'}') {
                return Ok(members);
            }
            self.comma("a comma or `}` is expected")?;
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Tree<'t>>, SyntaxError> {
        let mut items = Vec::new();
        self.open(depth)?;
        if self.close(b']') {
            return Ok(items);
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.close(b']') {
                return Ok(items);
            }
            self.comma("a comma or `]` is expected")?;
        }
    }

    fn open(&mut self, depth: usize) -> Result<(), SyntaxError> {
        if depth >= MAX_DEPTH {
            return self.fault("the document is nested too deep");
        }
        self.at += 1;
        Ok(())
    }

    fn close(&mut self, bracket: u8) -> bool {
        self.space();
        let closes = self.peek() == Some(bracket);
        self.at += usize::from(closes);
        closes
    }

    fn comma(&mut self, otherwise: &'static str) -> Result<(), SyntaxError> {
        if self.peek() != Some(b',') {
            return self.fault(otherwise);
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'t, str>, SyntaxError> {
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            match self.text.as_bytes().get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += 2;
                }
                Some(0..0x20) => {
                    self.at = at;
                    return self.fault("a control character in a text is written as an escape");
                }
                Some(_) => at += 1,
                None => {
                    self.at = self.text.len();
                    return self.fault("the text ends inside of a string");
                }
            }
        }
        self.at = at + 1;
        let raw = &self.text[start..at];
        if !escaped {
            return Ok(Cow::Borrowed(raw));
        }
        match unescape(raw) {
            Some(text) => Ok(Cow::Owned(text)),
            None => Err(SyntaxError { at: start, message: "there is no such escape in JSON" }),
        }
    }

    fn word(&mut self, word: &str, value: Value<'t>) -> Result<Value<'t>, SyntaxError> {
        if !self.text[self.at..].starts_with(word) {
            return self.fault("a value is expected");
        }
        self.at += word.len();
        Ok(value)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault<T>(&self, message: &'static str) -> Result<T, SyntaxError> {
        Err(SyntaxError { at: self.at, message })
    }
}

/// Returns the offset after the number that begins at `at`, or `None` where its spelling is not that of a JSON number.
///
/// The byte that follows is not looked at.
pub fn number_end(bytes: &[u8], at: usize) -> Option<usize> {
    let digits = |mut at: usize| {
        let start = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        (at > start).then_some(at)
    };
    let start = at + usize::from(bytes.get(at) == Some(&b'-'));
    let mut end = digits(start)?;
    if bytes[start] == b'0' && end > start + 1 {
        return None;
    }
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1)?;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        end += 1;
        end += usize::from(matches!(bytes.get(end), Some(b'+' | b'-')));
        end = digits(end)?;
    }
    Some(end)
}

/// Resolves the escapes of the text between the quotes of a string; `None` for an escape that JSON does not have.
///
/// Half of a surrogate pair becomes `?`, as it does in EventBridge.
pub fn unescape(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = *rest.as_bytes().get(at + 1)?;
        let mut end = at + 2;
        text.push(match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = hex(rest, end)?;
                end += 4;
                if (0xd800..0xdc00).contains(&unit) && rest[end..].starts_with("\\u") {
                    let low = hex(rest, end + 2)?;
                    if (0xdc00..0xe000).contains(&low) {
                        end += 6;
                        char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))?
                    } else {
                        '?'
                    }
                } else {
                    char::from_u32(unit).unwrap_or('?')
                }
            }
            _ => return None,
        });
        rest = &rest[end..];
    }
    text.push_str(rest);
    Some(text)
}

fn hex(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// Writes a string as JSON, with quotes and escapes.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_names_and_spellings_are_kept() {
        let tree = parse(" {\"a\": 1.0e0, \"a\":[true,null,\"\\u0041\"]}\n").unwrap();
        let Value::Object(members) = tree.value else { panic!("an object") };
        assert_eq!((tree.at, members.len()), (1, 2));
        assert!(members.iter().all(|member| member.name == "a"));
        assert!(matches!(members[0].tree, Tree { at: 7, end: 12, value: Value::Number("1.0e0") }));
        let Value::Array(items) = &members[1].tree.value else { panic!("a list") };
        assert!(matches!(&items[2].value, Value::String(text) if text == "A"));
    }

    #[test]
    fn what_is_no_json_is_said_with_its_place() {
        for (text, at, message) in [
            ("", 0, "the text ends too early"),
            ("{\"a\":[1}", 7, "a comma or `]` is expected"),
            ("{\"a\" 1}", 5, "a colon is expected"),
            ("{a:1}", 1, "the name of a member is expected, in double quotes"),
            ("{} x", 3, "text after the end of the document"),
            ("[01]", 1, "this is not a number as JSON spells it"),
            ("[1.]", 1, "this is not a number as JSON spells it"),
            ("[\"a\nb\"]", 3, "a control character in a text is written as an escape"),
            ("[\"a\\x\"]", 2, "there is no such escape in JSON"),
            ("[\"a\\", 4, "the text ends inside of a string"),
            ("nul", 0, "a value is expected"),
        ] {
            assert_eq!(parse(text).unwrap_err(), SyntaxError { at, message }, "{text}");
        }
        let deep = format!("{}{}", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1));
        assert_eq!(parse(&deep).unwrap_err().message, "the document is nested too deep");
    }

    #[test]
    fn half_a_surrogate_pair_becomes_a_question_mark() {
        assert_eq!(unescape(r"\ud83e\udd80\ud83e \udd80\ud83e\u0041").unwrap(), "🦀? ??A");
        assert_eq!(unescape(r"\u00e"), None);
        assert_eq!(unescape(r"\u+0e1"), None);
    }
}
