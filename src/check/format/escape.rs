//! Texts that somebody else has chosen, in the words of each format: none of them is taken for more than a text, and none
//! makes what stands beside it look like something else.

use std::fmt::Write as _;

use serde_json::Value;

use crate::check::text::Plain;

/// On one line, without what a terminal would take for a command, and in the order in which it is written.
pub(super) fn plain(text: &str) -> String {
    Plain(text).to_string()
}

/// A value as JSON on many lines, in which everything can be seen.
pub(super) fn json(value: &Value) -> String {
    seen(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// JSON text in which everything can be seen, and which still says the same.
pub(super) fn seen(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        let is_hidden = character != '\n' && Plain::hides(character) || is_none(character);
        if !is_hidden {
            text.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // A `String` cannot fail to be written to.
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

/// In XML and HTML, between tags and in attributes with double quotes. Lines stay lines; what an XML 1.0 document or a
/// page cannot hold is shown by its number.
pub(super) fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            _ if Plain::hides(character) || is_none(character) => escaped.extend(character.escape_unicode()),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Whether Unicode never gives a meaning to it.
fn is_none(character: char) -> bool {
    let number = u32::from(character);
    number & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&number)
}

/// In a line of Markdown, as text. Nobody is notified, and no number becomes a link.
pub(super) fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in plain(text).chars() {
        push_entity(&mut escaped, character);
        if matches!(character, '@' | '#') {
            // A word joiner, for GitHub looks for names after it has read the Markdown.
            escaped.push_str("&#8288;");
        }
    }
    escaped
}

/// In a line of Markdown, as it is spelled.
pub(super) fn code(text: &str) -> String {
    let mut escaped = "<code>".to_owned();
    plain(text).chars().for_each(|character| push_entity(&mut escaped, character));
    escaped.push_str("</code>");
    escaped
}

/// In a line of Markdown: text in which names stand between backticks.
pub(super) fn sentence(text: &str) -> String {
    if text.matches('`').count() % 2 == 1 {
        return prose(text);
    }
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { code(part) } else { prose(part) }).collect()
}

/// An entity never begins anything in Markdown, wherever it stands.
fn push_entity(text: &mut String, character: char) {
    if !character.is_ascii_punctuation() || r#"'"%(),-./:;=?"#.contains(character) {
        text.push(character);
    } else {
        let _ = write!(text, "&#{};", u32::from(character));
    }
}

/// A block of Markdown that shows lines as they are.
pub(super) fn fence(language: &str, lines: &str) -> String {
    let longest = lines.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{lines}\n{fence}\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_hides() {
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
    fn markdown_is_text() {
        assert_eq!(prose("a|b *c* @team #1"), "a&#124;b &#42;c&#42; &#64;&#8288;team &#35;&#8288;1");
        assert_eq!(code("a`|</code>"), "<code>a&#96;&#124;&#60;/code&#62;</code>");
        assert_eq!(sentence("`a_b` is missing at /c"), "<code>a&#95;b</code> is missing at /c");
        assert_eq!(sentence("one ` alone"), "one &#96; alone");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_it() {
        assert_eq!(fence("json", "{}"), "```json\n{}\n```\n");
        assert_eq!(fence("", "a```` b\n`````"), "``````\na```` b\n`````\n``````\n");
    }

    proptest! {
        #[test]
        fn json_says_the_same(text: String) {
            let value = json!({ (text.clone()): [text] });
            prop_assert_eq!(serde_json::from_str::<Value>(&json(&value)).unwrap(), value);
        }

        #[test]
        fn a_line_stays_a_line(text: String) {
            for line in [plain(&text), prose(&text), code(&text), sentence(&text)] {
                prop_assert!(!line.contains(char::is_control));
            }
            prop_assert!(!markup(&text).contains(['<', '>', '"', '\r', '\0']));
        }
    }
}
