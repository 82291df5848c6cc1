//! Colours.

use anstyle::{AnsiColor, Style};

pub(super) use crate::check::{Plain, PlainPath};
use crate::severity::Severity;

pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(super) const HEADING: Style = Style::new().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default();
pub(super) const NOTICE: Style = AnsiColor::Cyan.on_default();
pub(super) const INFO: Style = Style::new().dimmed();
pub(super) const ADDED: Style = AnsiColor::Green.on_default();
pub(super) const REMOVED: Style = AnsiColor::Red.on_default();

pub(super) fn of_severity(severity: Severity) -> Style {
    match severity {
        Severity::Info => INFO,
        Severity::Notice => NOTICE,
        Severity::Warning => WARNING,
        Severity::Error => ERROR,
    }
}
