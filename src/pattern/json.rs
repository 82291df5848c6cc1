//! JSON as patterns need it: with the place of every value, every repeated name, and numbers as they are spelled.

use std::borrow::Cow;
use std::fmt;

/// As deep as the parser of the service goes.
pub(crate) const DEPTH: usize = 1000;

/// A value and the byte at which it stands.
#[derive(Debug)]
pub(crate) struct Tree<'t> {
    pub(crate) at: usize,
    /// The byte behind it.
    pub(crate) end: usize,
    pub(crate) value: Value<'t>,
}

#[derive(Debug)]
pub(crate) enum Value<'t> {
    Object(Vec<Member<'t>>),
    List(Vec<Tree<'t>>),
    Text(Cow<'t, str>),
    Number(&'t str),
    Bool(bool),
    Null,
}

#[derive(Debug)]
pub(crate) struct Member<'t> {
    pub(crate) at: usize,
    pub(crate) name: Cow<'t, str>,
    pub(crate) tree: Tree<'t>,
}

/// Without white space, numbers as they are spelled.
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
            Value::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", comma(index))?;
                }
                f.write_str("]")
            }
            Value::Text(text) => f.write_str(&quoted(text)),
            Value::Number(text) => f.write_str(text),
            Value::Bool(bool) => write!(f, "{bool}"),
            Value::Null => f.write_str("null"),
        }
    }
}

/// What is no JSON, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) what: &'static str,
}

/// Reads one document; nothing but white space may follow it.
pub(crate) fn parse(text: &str) -> Result<Tree<'_>, Fault> {
    let mut parser = Parser { text, at: 0 };
    let tree = parser.value(0)?;
    parser.space();
    if parser.at < text.len() { parser.fault("text after the end of the pattern") } else { Ok(tree) }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    fn value(&mut self, depth: usize) -> Result<Tree<'t>, Fault> {
        self.space();
        let at = self.at;
        let value = match self.peek() {
            Some(b'{') => Value::Object(self.object(depth)?),
            Some(b'[') => Value::List(self.list(depth)?),
            Some(b'"') => Value::Text(self.string()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
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

    fn object(&mut self, depth: usize) -> Result<Vec<Member<'t>>, Fault> {
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

    fn list(&mut self, depth: usize) -> Result<Vec<Tree<'t>>, Fault> {
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

    fn open(&mut self, depth: usize) -> Result<(), Fault> {
        if depth >= DEPTH {
            return self.fault("the pattern is nested too deep");
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

    fn comma(&mut self, otherwise: &'static str) -> Result<(), Fault> {
        if self.peek() != Some(b',') {
            return self.fault(otherwise);
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'t, str>, Fault> {
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
            None => Err(Fault { at: start, what: "there is no such escape in JSON" }),
        }
    }

    fn word(&mut self, word: &str, value: Value<'t>) -> Result<Value<'t>, Fault> {
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

    fn fault<T>(&self, what: &'static str) -> Result<T, Fault> {
        Err(Fault { at: self.at, what })
    }
}

/// Where the number ends that begins here, if it is one: what follows it is for the caller to judge.
pub(crate) fn number_end(bytes: &[u8], at: usize) -> Option<usize> {
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

/// What stands between the quotes of a string, without its escapes. Half of a surrogate pair becomes `?`, as it does in
/// the service.
pub(super) fn unescape(raw: &str) -> Option<String> {
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

/// A text as JSON writes it, in quotes.
pub(crate) fn quoted(text: &str) -> String {
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
        let Value::List(items) = &members[1].tree.value else { panic!("a list") };
        assert!(matches!(&items[2].value, Value::Text(text) if text == "A"));
    }

    #[test]
    fn what_is_no_json_is_said_with_its_place() {
        for (text, at, what) in [
            ("", 0, "the text ends too early"),
            ("{\"a\":[1}", 7, "a comma or `]` is expected"),
            ("{\"a\" 1}", 5, "a colon is expected"),
            ("{a:1}", 1, "the name of a member is expected, in double quotes"),
            ("{} x", 3, "text after the end of the pattern"),
            ("[01]", 1, "this is not a number as JSON spells it"),
            ("[1.]", 1, "this is not a number as JSON spells it"),
            ("[\"a\nb\"]", 3, "a control character in a text is written as an escape"),
            ("[\"a\\x\"]", 2, "there is no such escape in JSON"),
            ("[\"a\\", 4, "the text ends inside of a string"),
            ("nul", 0, "a value is expected"),
        ] {
            assert_eq!(parse(text).unwrap_err(), Fault { at, what }, "{text}");
        }
        let deep = format!("{}{}", "[".repeat(DEPTH + 1), "]".repeat(DEPTH + 1));
        assert_eq!(parse(&deep).unwrap_err().what, "the pattern is nested too deep");
    }

    #[test]
    fn half_a_surrogate_pair_becomes_a_question_mark() {
        assert_eq!(unescape(r"\ud83e\udd80\ud83e \udd80\ud83e\u0041").unwrap(), "🦀? ??A");
        assert_eq!(unescape(r"\u00e"), None);
        assert_eq!(unescape(r"\u+0e1"), None);
    }
}
