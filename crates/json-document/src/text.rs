//! A parser that keeps the byte position of every value and member, repeated members, and the spelling of numbers.
//!
//! A value tree of `serde_json` loses all three.
//!
//! ```
//! use json_document::text::{Value, parse};
//!
//! let tree = parse(r#"{"a": 1.0, "a": 2}"#).unwrap();
//! let Value::Object(members) = &tree.value else { panic!() };
//! assert_eq!((members.len(), members[1].offset), (2, 11));
//! assert!(matches!(members[0].tree.value, Value::Number("1.0")));
//! ```

mod escape;

use std::borrow::Cow;
use std::fmt;

pub use escape::{LoneSurrogates, quote, unescape};

use escape::unescape_with;

/// Maximum nesting of arrays and objects in [`parse`]: that of the parser of EventBridge.
pub const MAX_DEPTH: usize = 1000;

/// A value with its position in the text.
#[derive(Debug)]
pub struct Tree<'t> {
    /// The offset of its first byte.
    pub offset: usize,
    /// The text of the value, as it is spelled.
    pub raw: &'t str,
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
    /// The string without its quotes and escapes; borrowed unless it has escapes.
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
    pub offset: usize,
    /// The name without its quotes and escapes; borrowed unless it has escapes.
    pub name: Cow<'t, str>,
    /// The value with its position.
    pub tree: Tree<'t>,
}

impl<'t> Tree<'t> {
    /// Returns the offset of the byte after the last one.
    pub const fn end(&self) -> usize {
        self.offset + self.raw.len()
    }

    /// Returns the members of an object, and none of any other value.
    pub fn members(&self) -> &[Member<'t>] {
        match &self.value {
            Value::Object(members) => members,
            Value::Array(_) | Value::String(_) | Value::Number(_) | Value::Boolean(_) | Value::Null => &[],
        }
    }

    /// Returns the items of an array, and none of any other value.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Array(items) => items,
            Value::Object(_) | Value::String(_) | Value::Number(_) | Value::Boolean(_) | Value::Null => &[],
        }
    }
}

impl Value<'_> {
    /// Returns the kind with its article, as messages name it: `an object`, `null`.
    pub const fn describe(&self) -> &'static str {
        match self {
            Self::Object(_) => "an object",
            Self::Array(_) => "an array",
            Self::String(_) => "a string",
            Self::Number(_) => "a number",
            Self::Boolean(_) => "a boolean",
            Self::Null => "null",
        }
    }
}

/// Writes compact JSON; numbers keep their spelling.
impl fmt::Display for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comma = |index| if index > 0 { "," } else { "" };
        match &self.value {
            Value::Object(members) => {
                f.write_str("{")?;
                for (index, Member { name, tree, .. }) in members.iter().enumerate() {
                    write!(f, "{}{}:{tree}", comma(index), quote(name))?;
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
            Value::String(text) => f.write_str(&quote(text)),
            Value::Number(text) => f.write_str(text),
            Value::Boolean(bool) => write!(f, "{bool}"),
            Value::Null => f.write_str("null"),
        }
    }
}

/// A syntax error with its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyntaxError {
    /// The offset of the byte at which parsing stopped.
    pub offset: usize,
    /// The reason.
    pub kind: SyntaxErrorKind,
}

/// The reason of a [`SyntaxError`]; displayed as words that may follow "line 1, column 2: ".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// Another character than those that may follow here; the text names them.
    Expected(&'static str),
    /// The text ends inside of the document.
    UnexpectedEnd,
    /// More text after the document.
    TrailingText,
    /// Digits that are not spelled as a JSON number, such as `01` or `1.`.
    InvalidNumber,
    /// No closing quote.
    UnterminatedString,
    /// A control character in a string that is not written as an escape.
    ControlCharacter,
    /// An escape that JSON does not have, or half of a surrogate pair where it is rejected.
    InvalidEscape,
    /// More nested arrays and objects than [`Options::max_depth`].
    TooDeep,
}

impl fmt::Display for SyntaxErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expected(expected) => return write!(f, "expected {expected}"),
            Self::UnexpectedEnd => "unexpected end of the text",
            Self::TrailingText => "text after the end of the document",
            Self::InvalidNumber => "invalid number",
            Self::UnterminatedString => "unterminated string",
            Self::ControlCharacter => "control character in a string that is not written as an escape",
            Self::InvalidEscape => "invalid escape in a string",
            Self::TooDeep => "nested too deeply",
        })
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.offset)
    }
}

impl std::error::Error for SyntaxError {}

/// Settings of [`parse_with`].
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Maximum nesting of arrays and objects. Parsing needs stack in proportion to it.
    pub max_depth: usize,
    /// Treatment of half of a surrogate pair.
    pub lone_surrogates: LoneSurrogates,
}

/// Parses one document, which only white space may follow, as EventBridge does: down to [`MAX_DEPTH`], and with `?` for
/// half of a surrogate pair.
pub fn parse(text: &str) -> Result<Tree<'_>, SyntaxError> {
    parse_with(text, Options { max_depth: MAX_DEPTH, lone_surrogates: LoneSurrogates::Replace })
}

/// Parses one document, which only white space may follow.
///
/// ```
/// use json_document::text::{LoneSurrogates, Member, Options, SyntaxError, SyntaxErrorKind, parse, parse_with};
///
/// let text = r#"{"id": "\ud800"}"#;
/// let options = Options { max_depth: 10, lone_surrogates: LoneSurrogates::Reject };
/// let error: SyntaxError = parse_with(text, options).unwrap_err();
/// assert_eq!(error.kind, SyntaxErrorKind::InvalidEscape);
///
/// let tree = parse(text)?;
/// let id: &Member<'_> = &tree.members()[0];
/// assert_eq!((&*id.name, id.tree.raw), ("id", r#""\ud800""#));
/// # Ok::<(), SyntaxError>(())
/// ```
pub fn parse_with(text: &str, options: Options) -> Result<Tree<'_>, SyntaxError> {
    let mut parser = Parser { text, at: 0, options };
    let tree = parser.value(0)?;
    parser.space();
    if parser.at < text.len() { Err(parser.error(SyntaxErrorKind::TrailingText)) } else { Ok(tree) }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    options: Options,
}

impl<'t> Parser<'t> {
    /// Parses a value that may have white space before it. As it recurs once per level of nesting, its frame is small.
    fn value(&mut self, depth: usize) -> Result<Tree<'t>, SyntaxError> {
        self.space();
        let offset = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth).map(Value::Object),
            Some(b'[') => self.array(depth).map(Value::Array),
            first => self.scalar(first),
        };
        value.map(|value| Tree { offset, raw: self.text.get(offset..self.at).unwrap_or_default(), value })
    }

    fn scalar(&mut self, first: Option<u8>) -> Result<Value<'t>, SyntaxError> {
        match first {
            Some(b'"') => self.string().map(Value::String),
            Some(b't') => self.word("true", Value::Boolean(true)),
            Some(b'f') => self.word("false", Value::Boolean(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => {
                let start = self.at;
                self.at = number_end(self.text.as_bytes(), start).ok_or(self.error(SyntaxErrorKind::InvalidNumber))?;
                Ok(Value::Number(self.text.get(start..self.at).unwrap_or_default()))
            }
            Some(_) => Err(self.error(SyntaxErrorKind::Expected("a value"))),
            None => Err(self.error(SyntaxErrorKind::UnexpectedEnd)),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Member<'t>>, SyntaxError> {
        let mut members = Vec::new();
        self.open(depth)?;
        if self.close(b'}') {
            return Ok(members);
        }
        loop {
            self.space();
            let offset = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.error(SyntaxErrorKind::Expected("a member name in double quotes")));
            }
            let name = self.string()?;
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.error(SyntaxErrorKind::Expected("a colon")));
            }
            self.at += 1;
            members.push(Member { offset, name, tree: self.value(depth + 1)? });
            if self.close(b'}') {
                return Ok(members);
            }
            self.comma("a comma or `}`")?;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Tree<'t>>, SyntaxError> {
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
            self.comma("a comma or `]`")?;
        }
    }

    fn open(&mut self, depth: usize) -> Result<(), SyntaxError> {
        if depth >= self.options.max_depth {
            return Err(self.error(SyntaxErrorKind::TooDeep));
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

    fn comma(&mut self, expected: &'static str) -> Result<(), SyntaxError> {
        if self.peek() != Some(b',') {
            return Err(self.error(SyntaxErrorKind::Expected(expected)));
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
                    return Err(self.error(SyntaxErrorKind::ControlCharacter));
                }
                Some(_) => at += 1,
                None => {
                    self.at = self.text.len();
                    return Err(self.error(SyntaxErrorKind::UnterminatedString));
                }
            }
        }
        self.at = at + 1;
        // Both ends are next to a quote.
        let raw = self.text.get(start..at).unwrap_or_default();
        if !escaped {
            return Ok(Cow::Borrowed(raw));
        }
        match unescape_with(raw, self.options.lone_surrogates) {
            Some(text) => Ok(Cow::Owned(text)),
            None => Err(SyntaxError { offset: start, kind: SyntaxErrorKind::InvalidEscape }),
        }
    }

    fn word(&mut self, word: &str, value: Value<'t>) -> Result<Value<'t>, SyntaxError> {
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            return Err(self.error(SyntaxErrorKind::Expected("a value")));
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

    const fn error(&self, kind: SyntaxErrorKind) -> SyntaxError {
        SyntaxError { offset: self.at, kind }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_names_and_spellings_are_kept() {
        let tree = parse(" {\"a\": 1.0e0, \"a\":[true,null,\"\\u0041\"]}\n").unwrap();
        assert_eq!((tree.offset, tree.end(), tree.members().len()), (1, 39, 2));
        let members = tree.members();
        assert!(members.iter().all(|member| member.name == "a"));
        assert!(matches!(members[0].tree, Tree { offset: 7, raw: "1.0e0", value: Value::Number("1.0e0") }));
        assert!(matches!(&members[1].tree.items()[2].value, Value::String(text) if text == "A"));
        assert_eq!(tree.to_string(), r#"{"a":1.0e0,"a":[true,null,"A"]}"#);
    }

    #[test]
    fn syntax_errors_have_a_position() {
        for (text, at, message) in [
            ("", 0, "unexpected end of the text"),
            ("{\"a\":[1}", 7, "expected a comma or `]`"),
            ("{\"a\" 1}", 5, "expected a colon"),
            ("{a:1}", 1, "expected a member name in double quotes"),
            ("{} x", 3, "text after the end of the document"),
            ("[01]", 1, "invalid number"),
            ("[1.]", 1, "invalid number"),
            ("[\"a\nb\"]", 3, "control character in a string that is not written as an escape"),
            ("[\"a\\x\"]", 2, "invalid escape in a string"),
            ("[\"a\\", 4, "unterminated string"),
            ("nul", 0, "expected a value"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!((error.offset, error.kind.to_string().as_str()), (at, message), "{text}");
        }
        assert_eq!(parse("[1").unwrap_err().to_string(), "expected a comma or `]` at byte 2");
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&deep(MAX_DEPTH)).is_ok());
        assert_eq!(parse(&deep(MAX_DEPTH + 1)).unwrap_err().kind, SyntaxErrorKind::TooDeep);
        let flat = Options { max_depth: 1, lone_surrogates: LoneSurrogates::Replace };
        assert!(parse_with("[1]", flat).is_ok());
        assert_eq!(parse_with("[[]]", flat).unwrap_err(), SyntaxError { offset: 1, kind: SyntaxErrorKind::TooDeep });
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced_or_rejected() {
        let pairs = r"\ud83e\udd80\ud83e \udd80\ud83e\u0041";
        assert_eq!(unescape(pairs).unwrap(), "🦀? ??A");
        assert_eq!(unescape_with(pairs, LoneSurrogates::Reject), None);
        assert_eq!(unescape_with(r"\ud83e\udd80", LoneSurrogates::Reject).unwrap(), "🦀");
        assert_eq!(unescape(r"\u00e"), None);
        assert_eq!(unescape(r"\u+0e1"), None);
    }
}
