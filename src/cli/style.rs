//! Colours.

use anstyle::{AnsiColor, Style};

use crate::read::Severity;

pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(super) const HEADING: Style = Style::new().bold();
const WARNING: Style = AnsiColor::Yellow.on_default();
const NOTICE: Style = AnsiColor::Cyan.on_default();
const INFO: Style = Style::new().dimmed();

pub(super) fn of(severity: Severity) -> Style {
    match severity {
        Severity::Info => INFO,
        Severity::Notice => NOTICE,
        Severity::Warning => WARNING,
    }
}
