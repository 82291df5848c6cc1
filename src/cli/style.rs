//! Colours.
//!
//! A style is written as a marker, a code point that is no character. The output replaces it, so that an escape sequence in a
//! text from outside stays a text.

use std::fmt;

use anstyle::AnsiColor;

pub(super) use crate::check::{Plain, PlainPath};
use crate::severity::Severity;

pub(super) const ERROR: Style = Style('\u{fdd0}');
pub(super) const HEADING: Style = Style('\u{fdd1}');
pub(super) const WARNING: Style = Style('\u{fdd2}');
pub(super) const NOTICE: Style = Style('\u{fdd3}');
pub(super) const INFO: Style = Style('\u{fdd4}');
pub(super) const ADDED: Style = Style('\u{fdd5}');
pub(super) const REMOVED: Style = Style('\u{fdd6}');
pub(super) const RESET: Style = Style('\u{fdd7}');

/// A style, displayed as its marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style(char);

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Write::write_char(f, self.0)
    }
}

/// Returns the escape sequence of a marker.
pub(super) fn sequence(marker: char) -> Option<String> {
    let style = match Style(marker) {
        ERROR => AnsiColor::Red.on_default().bold(),
        HEADING => anstyle::Style::new().bold(),
        WARNING => AnsiColor::Yellow.on_default(),
        NOTICE => AnsiColor::Cyan.on_default(),
        INFO => anstyle::Style::new().dimmed(),
        ADDED => AnsiColor::Green.on_default(),
        REMOVED => AnsiColor::Red.on_default(),
        RESET => return Some(anstyle::Reset.render().to_string()),
        Style(_) => return None,
    };
    Some(style.render().to_string())
}

pub(super) fn of_severity(severity: Severity) -> Style {
    match severity {
        Severity::Info => INFO,
        Severity::Notice => NOTICE,
        Severity::Warning => WARNING,
        Severity::Error => ERROR,
    }
}
