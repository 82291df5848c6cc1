//! Output that a text from outside cannot turn into a command: of the terminal that shows it, or of the runner that reads a
//! log.
//!
//! A terminal obeys control characters. GitHub's runner obeys a line that begins with `::`, after white space, and `##[`
//! anywhere in a line (`ActionCommand.cs` of actions/runner); that of Azure Pipelines obeys `##vso[`. All output passes a
//! [`SafeText`], whatever was escaped before.

use std::fmt::Write as _;

/// The syntax of an output, which decides how a character is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Text for people.
    Text,
    /// JSON, or lines of JSON: the value stays the same.
    Json,
    /// HTML, XML and Markdown.
    Markup,
    /// Lines that are commands on purpose. Texts in them have no line breaks.
    WorkflowCommands,
}

/// Text that has no control character but line feeds, no hidden one, and no command.
#[derive(Debug)]
pub(crate) struct SafeText {
    syntax: Syntax,
    /// Replaces a marker of a style by its escape sequence. Only styles that are compiled into the program have one.
    style: fn(char) -> Option<String>,
    text: String,
    start: LineStart,
    /// The last characters of the line.
    recent: [char; 5],
}

/// The line so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineStart {
    /// White space only.
    Blank,
    /// White space and a colon.
    Colon,
    Passed,
}

impl SafeText {
    pub(crate) fn new(syntax: Syntax) -> Self {
        Self::with_styles(syntax, |_| None)
    }

    /// Returns an empty text, in which each marker that `style` knows becomes an escape sequence.
    pub(crate) fn with_styles(syntax: Syntax, style: fn(char) -> Option<String>) -> Self {
        Self { syntax, style, text: String::new(), start: LineStart::Blank, recent: ['\0'; 5] }
    }

    /// Escapes a whole text.
    pub(crate) fn escape(syntax: Syntax, text: &str) -> String {
        let mut safe = Self::new(syntax);
        safe.push(text);
        safe.text
    }

    pub(crate) fn push(&mut self, text: &str) {
        text.chars().for_each(|character| self.push_char(character));
    }

    /// Returns what was pushed since the last call.
    #[cfg(feature = "cli")]
    pub(crate) fn take_text(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    fn push_char(&mut self, character: char) {
        if let Some(sequence) = (self.style)(character) {
            self.text.push_str(&sequence);
            return;
        }
        if character == '\n' {
            self.text.push(character);
            (self.start, self.recent) = (LineStart::Blank, ['\0'; 5]);
            return;
        }
        if is_hidden(character) || self.completes_command(character) {
            escape(self.syntax, character, &mut self.text);
        } else {
            self.text.push(character);
        }
        self.start = match (self.start, character) {
            (LineStart::Blank, ':') => LineStart::Colon,
            (LineStart::Blank, character) if character.is_whitespace() => LineStart::Blank,
            (LineStart::Blank | LineStart::Colon | LineStart::Passed, _) => LineStart::Passed,
        };
        self.recent.rotate_left(1);
        self.recent[4] = character;
    }

    fn completes_command(&self, character: char) -> bool {
        match character {
            ':' => self.start == LineStart::Colon && self.syntax != Syntax::WorkflowCommands,
            '[' => self.recent.ends_with(&['#', '#']) || self.recent == ['#', '#', 'v', 's', 'o'],
            _ => false,
        }
    }
}

/// Adds a character by its number.
fn escape(syntax: Syntax, character: char, text: &mut String) {
    let number = u32::from(character);
    match syntax {
        Syntax::Text | Syntax::WorkflowCommands if character.is_ascii_graphic() => {
            text.extend(character.escape_unicode());
        }
        Syntax::Text | Syntax::WorkflowCommands => text.extend(character.escape_default()),
        Syntax::Json => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // A `String` cannot fail to be written to.
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
        // A reference to a control character would be the character again, and XML does not allow it.
        Syntax::Markup if character.is_ascii_graphic() => {
            let _ = write!(text, "&#{number};");
        }
        Syntax::Markup => text.extend(character.escape_unicode()),
    }
}

/// Returns true if a character controls a terminal, or cannot be seen where it is: control and format characters, such as
/// those that change the direction of text, white space but the space itself, and code points without a character.
pub(super) fn is_hidden(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    // The standard library knows what is printable, and tells it in `escape_debug`. At the start of a text, that also
    // escapes combining marks, which belong to the character before them.
    let mut text = [b'x'; 5];
    let end = character.encode_utf8(&mut text[1..]).len();
    str::from_utf8(&text[..=end]).is_ok_and(|text| text.escape_debug().nth(1) == Some('\\'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// Texts in which commands are likely.
    fn hostile() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            Just("::".to_owned()),
            Just(":".to_owned()),
            Just("##[".to_owned()),
            Just("#".to_owned()),
            Just("##vso[".to_owned()),
            Just("\n".to_owned()),
            Just("\u{1b}]0;x\u{7}".to_owned()),
            Just(" \u{a0}\t".to_owned()),
            any::<char>().prop_map(String::from),
            ".{0,3}",
        ];
        prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
    }

    fn is_safe(text: &str) -> bool {
        !text.chars().any(|character| character != '\n' && is_hidden(character))
            && !text.contains("##[")
            && !text.contains("##vso[")
            && !text.lines().any(|line| line.trim_start().starts_with("::"))
    }

    proptest! {
        #[test]
        fn no_text_is_a_command(parts in prop::collection::vec(hostile(), 0..4)) {
            for syntax in [Syntax::Text, Syntax::Json, Syntax::Markup] {
                let mut safe = SafeText::new(syntax);
                for part in &parts {
                    safe.push(part);
                }
                prop_assert_eq!(&safe.text, &SafeText::escape(syntax, &parts.concat()));
                prop_assert!(is_safe(&safe.text), "{syntax:?}: {:?}", safe.text);
                prop_assert_eq!(&SafeText::escape(syntax, &safe.text), &safe.text);
            }
        }

        #[test]
        fn json_keeps_its_value(texts in prop::collection::vec(hostile(), 1..3)) {
            let value = Value::from(texts);
            for json in [value.to_string(), format!("{value:#}")] {
                let safe = SafeText::escape(Syntax::Json, &json);
                prop_assert!(is_safe(&safe));
                prop_assert_eq!(serde_json::from_str::<Value>(&safe).unwrap(), value.clone());
            }
        }
    }

    #[test]
    fn hidden_characters_are_escaped() {
        let text = |text: &str| SafeText::escape(Syntax::Text, text);
        assert_eq!(text("a\u{1b}[2J\r\u{200b}\u{2028}\u{61c}\u{fdd0}"), r"a\u{1b}[2J\r\u{200b}\u{2028}\u{61c}\u{fdd0}");
        assert_eq!(text("Zürich, 東京, क्षि, e\u{301}, 👍\u{1f3fd}"), "Zürich, 東京, क्षि, e\u{301}, 👍\u{1f3fd}");
    }

    #[test]
    fn commands_are_broken() {
        let text = |text: &str| SafeText::escape(Syntax::Text, text);
        assert_eq!(text("  ::stop-commands::x\na::b ##[error]"), "  :\\u{3a}stop-commands::x\na::b ##\\u{5b}error]");
        assert_eq!(SafeText::escape(Syntax::Markup, "::error::\n##vso[x]"), ":&#58;error::\n##vso&#91;x]");
        assert_eq!(SafeText::escape(Syntax::Json, r###"["##[x"]"###), r###"["##\u005bx"]"###);
        assert_eq!(SafeText::escape(Syntax::WorkflowCommands, "::error::##[x]"), "::error::##\\u{5b}x]");
    }
}
