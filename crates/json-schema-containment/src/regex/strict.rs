//! Strict spelling of lenient patterns.
//!
//! Schemas have patterns in the leniency of ECMA-262 annex B.1.2, which the `u` flag and `jsonschema` refuse. Each has one
//! meaning, and a strict spelling for it:
//!
//! | lenient | strict |
//! |---|---|
//! | `[\w-.]` | `[\w\-.]` |
//! | `{` that begins no quantifier | `\{` |
//! | `{,3}` | `\{,3}` or `{0,3}`: see [`OpenRepetition`] |
//! | `[]`, `[^]`, `[\b]`, `\0` | `[^\s\S]`, `[\s\S]`, `[\x08]`, `\x00` |
//! | `\é`, and a surrogate pair such as `\uD83D\uDC32` | the character |
//! | `(?<name>…)` | `(?:…)` |

use std::iter::Peekable;
use std::str::Chars;

/// Reading of `{,3}`. Annex B has it as literal characters; Python and the `regex` crate have it as a repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenRepetition {
    Literal,
    /// From zero to the count.
    FromZero,
}

/// Returns the count of `{,3}`, after its brace; empty for `{,}`.
pub(super) fn open_repetition(rest: impl Iterator<Item = char>) -> Option<String> {
    let mut rest = rest.peekable();
    rest.next_if_eq(&',')?;
    let mut count = String::new();
    while let Some(digit) = rest.next_if(char::is_ascii_digit) {
        count.push(digit);
    }
    (rest.next() == Some('}')).then_some(count)
}

/// Spells a pattern strictly, so that the same texts match. What it does not know is left as it is.
pub(crate) fn to_strict(pattern: &str, reading: OpenRepetition) -> String {
    let mut writer = StrictWriter { rest: pattern.chars().peekable(), out: String::with_capacity(pattern.len() + 8) };
    let mut is_quantifiable = false;
    while let Some(c) = writer.rest.next() {
        let was_quantifiable = is_quantifiable;
        is_quantifiable = !matches!(c, '^' | '$' | '(' | '|' | '*' | '+' | '?');
        match c {
            '\\' => {
                let escape = writer.escape(false);
                is_quantifiable = !matches!(escape.as_str(), "\\b" | "\\B");
                writer.out.push_str(&escape);
            }
            '[' => writer.class(),
            '{' if !writer.is_quantifier() => match open_repetition(writer.rest.clone()) {
                Some(_) if was_quantifiable && reading == OpenRepetition::FromZero => writer.out.push_str("{0"),
                Some(_) | None => writer.out.push_str("\\{"),
            },
            '(' => writer.group(),
            other => writer.out.push(other),
        }
    }
    writer.out
}

/// Maximum length of the name of a group or a property, so that a pattern of unclosed names is not searched from each of them.
const MAX_NAME_LENGTH: usize = 1000;

struct StrictWriter<'p> {
    rest: Peekable<Chars<'p>>,
    out: String,
}

impl StrictWriter<'_> {
    /// Returns true if the rest, after a brace, is that of a quantifier.
    fn is_quantifier(&self) -> bool {
        let mut rest = self.rest.clone();
        let mut skip_digits = || {
            let mut count = 0;
            while rest.next_if(char::is_ascii_digit).is_some() {
                count += 1;
            }
            (count, rest.next())
        };
        match skip_digits() {
            (0, _) => false,
            (_, Some(',')) => skip_digits().1 == Some('}'),
            (_, end) => end == Some('}'),
        }
    }

    /// Returns the name before the first character of `end`; `None` if there is none.
    fn ahead(&self, end: char) -> Option<String> {
        let mut name = String::new();
        for c in self.rest.clone().take(MAX_NAME_LENGTH) {
            if c == end {
                return Some(name);
            }
            name.push(c);
        }
        None
    }

    fn group(&mut self) {
        self.out.push('(');
        let mut ahead = self.rest.clone();
        let is_named =
            ahead.next() == Some('?') && ahead.next() == Some('<') && !matches!(ahead.next(), Some('=' | '!'));
        if is_named && self.ahead('>').is_some() {
            self.rest.by_ref().find(|c| *c == '>');
            self.out.push_str("?:");
        }
    }

    /// Writes a class after its bracket.
    fn class(&mut self) {
        let is_negated = self.rest.next_if_eq(&'^').is_some();
        if self.rest.next_if_eq(&']').is_some() {
            self.out.push_str(if is_negated { "[\\s\\S]" } else { "[^\\s\\S]" });
            return;
        }
        self.out.push_str(if is_negated { "[^" } else { "[" });
        while let Some(low) = self.class_atom() {
            self.out.push_str(&low);
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && ahead.peek().is_some_and(|next| *next != ']');
            if !is_range {
                continue;
            }
            self.rest.next();
            let Some(high) = self.class_atom() else { break };
            self.out.push_str(if is_class(&low) || is_class(&high) { "\\-" } else { "-" });
            self.out.push_str(&high);
        }
        self.out.push(']');
    }

    /// Returns the next character or escape of a class; `None` at its end.
    fn class_atom(&mut self) -> Option<String> {
        match self.rest.next()? {
            ']' => None,
            '\\' => Some(self.escape(true)),
            c @ ('[' | '-' | '&' | '~') => Some(format!("\\{c}")),
            other => Some(other.to_string()),
        }
    }

    /// Returns an escape after its backslash.
    fn escape(&mut self, is_in_class: bool) -> String {
        let Some(c) = self.rest.next() else { return "\\".to_owned() };
        match c {
            'b' if is_in_class => "\\x08".to_owned(),
            '0' if !self.rest.peek().is_some_and(char::is_ascii_digit) => "\\x00".to_owned(),
            'p' | 'P' if self.rest.peek() == Some(&'{') => match self.ahead('}') {
                Some(name) => {
                    self.rest.by_ref().find(|c| *c == '}');
                    format!("\\{c}{name}}}")
                }
                None => format!("\\{c}"),
            },
            'u' => match self.surrogate_pair() {
                Some(character) => format!("\\u{{{:X}}}", u32::from(character)),
                None if self.rest.peek() == Some(&'{') => {
                    let code: String = self.rest.by_ref().take_while(|c| *c != '}').collect();
                    format!("\\u{code}}}")
                }
                None => "\\u".to_owned(),
            },
            c if c.is_ascii() => format!("\\{c}"),
            other => other.to_string(),
        }
    }

    /// Consumes the rest of `\uD83D\uDC32`, after its first `\u`.
    fn surrogate_pair(&mut self) -> Option<char> {
        let text: String = self.rest.clone().take(10).collect();
        let (high, low) = text.split_once("\\u")?;
        let unit = |digits: &str| u16::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 4);
        let units = [unit(high)?, unit(low)?];
        let character = char::decode_utf16(units).next()?.ok().filter(|c| u32::from(*c) > 0xffff)?;
        self.rest.nth(9);
        Some(character)
    }
}

/// Returns true if an atom of a class stands for several characters, so that it is no end of a range.
fn is_class(atom: &str) -> bool {
    matches!(atom.as_bytes(), [b'\\', b'd' | b'D' | b'w' | b'W' | b's' | b'S' | b'p' | b'P', ..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regex::Languages;

    /// The strict spelling is accepted by `jsonschema`, and matches the texts that the lenient one matches here.
    #[test]
    fn strict_spellings_match_the_same_texts() {
        let texts = [
            "", "a", "b", "-", ".", "_", "0", "5", "x", "{", "}", "{x", "a{", "a{1", "aa", "\0", "\u{8}", "🐲", "é",
            "[", "&", "~", "^", "]", "a-b", "\\", "w", "ab",
        ];
        for (pattern, expected) in [
            (r"^[\w-.]+$", r"^[\w\-.]+$"),
            (r"[.-\w]", r"[.\-\w]"),
            (r"[\d-x]", r"[\d\-x]"),
            (r"[a-\d]", r"[a\-\d]"),
            (r"[^\W-.]", r"[^\W\-.]"),
            (r"[\s-\d]", r"[\s\-\d]"),
            (r"[\p{L}-x]", r"[\p{L}\-x]"),
            (r"[a-c-e]", r"[a-c\-e]"),
            (r"[+--]", r"[+-\-]"),
            (r"[[&&a~~]", r"[\[\&\&a\~\~]"),
            ("{", r"\{"),
            ("a{1", r"a\{1"),
            ("^{x}$", r"^\{x}$"),
            ("a{1,2}", "a{1,2}"),
            ("a{2,}", "a{2,}"),
            ("[]", r"[^\s\S]"),
            ("[^]", r"[\s\S]"),
            (r"[\b]", r"[\x08]"),
            (r"\0", r"\x00"),
            (r"\é", "é"),
            (r"^\uD83D\uDC32$", r"^\u{1F432}$"),
            (r"\u{1F432}", r"\u{1F432}"),
            (r"\u0041", r"\u0041"),
            ("(?<n>a)(?<n>b)", "(?:a)(?:b)"),
            ("(?=a)b|(?!a)", "(?=a)b|(?!a)"),
            ("^a{,3}$", r"^a\{,3}$"),
            ("^{,3}", r"^\{,3}"),
        ] {
            let strict = to_strict(pattern, OpenRepetition::Literal);
            assert_eq!(strict, expected, "{pattern}");
            let schema = serde_json::json!({ "pattern": strict });
            let validator = jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            let mut languages = Languages::new();
            let language = languages.compile(pattern).unwrap();
            for text in texts {
                let theirs = validator.is_valid(&text.into());
                assert_eq!(languages.matches(language, text), Ok(theirs), "{pattern} {strict} {text:?}");
            }
        }
    }

    #[test]
    fn an_open_repetition_has_two_readings() {
        for (pattern, literal, from_zero) in [
            ("^a{,2}$", r"^a\{,2}$", "^a{0,2}$"),
            ("^(ab){,}$", r"^(ab)\{,}$", "^(ab){0,}$"),
            (r"^\w{,1}?$", r"^\w\{,1}?$", r"^\w{0,1}?$"),
            ("^{,2}|{,2}", r"^\{,2}|\{,2}", r"^\{,2}|\{,2}"),
        ] {
            for (reading, expected) in [(OpenRepetition::Literal, literal), (OpenRepetition::FromZero, from_zero)] {
                assert_eq!(to_strict(pattern, reading), expected);
                let validator = jsonschema::validator_for(&serde_json::json!({ "pattern": expected })).unwrap();
                let mut languages = Languages::new();
                languages.read_open_repetitions(reading);
                let language = languages.compile(pattern).unwrap();
                assert!(languages.has_open_repetitions());
                for text in ["", "a", "aa", "aaa", "ab", "abab", "a{,2}", "{,2}", "a{,1}", "ab{,}", "x{,2}"] {
                    let theirs = validator.is_valid(&text.into());
                    assert_eq!(languages.matches(language, text), Ok(theirs), "{pattern} {expected} {text:?}");
                }
            }
        }
    }
}
