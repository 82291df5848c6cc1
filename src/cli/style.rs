//! Colours.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};

use crate::read::Severity;

pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(super) const HEADING: Style = Style::new().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default();
pub(super) const NOTICE: Style = AnsiColor::Cyan.on_default();
pub(super) const INFO: Style = Style::new().dimmed();
pub(super) const ADDED: Style = AnsiColor::Green.on_default();
pub(super) const REMOVED: Style = AnsiColor::Red.on_default();

pub(super) fn of(severity: Severity) -> Style {
    match severity {
        Severity::Info => INFO,
        Severity::Notice => NOTICE,
        Severity::Warning => WARNING,
    }
}

/// A text that somebody else has chosen, without what a terminal would take for a command, or what turns text around.
pub(super) struct Plain<'a>(pub(super) &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_command = |character: char| {
            character.is_control()
                || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        for character in self.0.chars() {
            if is_command(character) {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}
