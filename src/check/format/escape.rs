//! Escaping of texts from outside, for each format.

use std::fmt::{self, Write as _};

use serde::Serialize;

use super::safe::{SafeText, Syntax, is_hidden};

/// Displays a text from outside on one line, with line breaks and hidden characters escaped.
pub(crate) struct Plain<'a>(pub(crate) &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(self.0.len());
        for character in self.0.chars() {
            if is_hidden(character) {
                text.extend(character.escape_default());
            } else {
                text.push(character);
            }
        }
        f.pad(&text)
    }
}

/// Escapes a text as [`Plain`] does.
pub(super) fn plain(text: &str) -> String {
    Plain(text).to_string()
}

/// Formats a value as indented JSON, with hidden characters escaped.
pub(super) fn json(value: &impl Serialize) -> String {
    escape_json(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// Escapes hidden characters of a JSON text, which keeps its meaning.
pub(super) fn escape_json(json: &str) -> String {
    SafeText::escape(Syntax::Json, json)
}

/// Escapes a text for XML and HTML, between tags and in double-quoted attributes. Line feeds stay; characters that XML 1.0
/// or HTML does not allow are shown by their numbers.
pub(super) fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            _ if is_hidden(character) => escaped.extend(character.escape_unicode()),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// A word joiner, which nobody sees. GitHub looks for names, numbers and addresses after it has rendered the Markdown.
const JOINER: &str = "&#8288;";

/// Escapes a text for a line of Markdown. No `@name` notifies anyone, and no `#1` and no address becomes a link.
pub(super) fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let text = plain(text);
    for (at, character) in text.char_indices() {
        push_entity(&mut escaped, character);
        let after = text.get(at + character.len_utf8()..).unwrap_or_default();
        let is_link = match character {
            '@' | '#' => true,
            ':' => after.starts_with("//"),
            'w' | 'W' => after.starts_with('.'),
            _ => false,
        };
        if is_link {
            escaped.push_str(JOINER);
        }
    }
    escaped
}

/// Escapes a text for a line of Markdown, as code.
pub(super) fn code(text: &str) -> String {
    let mut escaped = "<code>".to_owned();
    plain(text).chars().for_each(|character| push_entity(&mut escaped, character));
    escaped.push_str("</code>");
    escaped
}

/// Escapes a sentence for a line of Markdown, with names between backticks as code.
pub(super) fn sentence(text: &str) -> String {
    if text.matches('`').count() % 2 == 1 {
        return prose(text);
    }
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { code(part) } else { prose(part) }).collect()
}

/// Adds a character, as an entity if it may have a meaning in Markdown.
fn push_entity(text: &mut String, character: char) {
    if !character.is_ascii_punctuation() || r#"'"%(),-./:;=?"#.contains(character) {
        text.push(character);
    } else {
        let _ = write!(text, "&#{};", u32::from(character));
    }
}

/// Formats a fenced code block of Markdown, with a fence longer than any in it.
pub(super) fn fence(language: &str, lines: &str) -> String {
    let longest = lines.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{lines}\n{fence}\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn hidden_characters_are_escaped() {
        assert_eq!(plain("a\u{202e}b\n\u{1b}[31m\u{85}"), r"a\u{202e}b\n\u{1b}[31m\u{85}");
        assert_eq!(
            json(&json!(["a\u{202e}\u{85}\u{7f}\n\u{1fffe}"])),
            "[\n  \"a\\u202e\\u0085\\u007f\\n\\ud83f\\udffe\"\n]"
        );
        assert_eq!(
            markup("<a href=\"x\">&]]>\n\0\u{1b}\u{ffff}\u{202e}'"),
            "&lt;a href=&quot;x&quot;&gt;&amp;]]&gt;\n\\u{0}\\u{1b}\\u{ffff}\\u{202e}'"
        );
    }

    #[test]
    fn markdown_is_escaped() {
        assert_eq!(prose("a|b *c* @team #1"), "a&#124;b &#42;c&#42; &#64;&#8288;team &#35;&#8288;1");
        assert_eq!(prose("https://a.test www.a.test"), "https:&#8288;//a.test www&#8288;.a.test");
        assert_eq!(code("a`|</code>"), "<code>a&#96;&#124;&#60;/code&#62;</code>");
        assert_eq!(sentence("`a_b` is missing at /c"), "<code>a&#95;b</code> is missing at /c");
        assert_eq!(sentence("one ` alone"), "one &#96; alone");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_its_text() {
        assert_eq!(fence("json", "{}"), "```json\n{}\n```\n");
        assert_eq!(fence("", "a```` b\n`````"), "``````\na```` b\n`````\n``````\n");
    }

    proptest! {
        #[test]
        fn escaped_json_has_the_same_value(text: String) {
            let value = json!({ (text.clone()): [text] });
            prop_assert_eq!(serde_json::from_str::<Value>(&json(&value)).unwrap(), value);
        }

        #[test]
        fn escaped_lines_have_no_line_breaks(text: String) {
            for line in [plain(&text), prose(&text), code(&text), sentence(&text)] {
                prop_assert!(!line.contains(char::is_control));
            }
            prop_assert!(!markup(&text).contains(['<', '>', '"', '\r', '\0']));
        }
    }
}
