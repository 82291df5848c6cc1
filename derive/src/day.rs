//! Dates of `deprecated` and `sunset`.
//!
//! They are checked here rather than by chrono in the library: the message can then point at the literal, and the derive
//! has no dependency on chrono.

use syn::{Error, LitStr, Result};

/// A valid date of the Gregorian calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    pub(crate) year: i32,
    pub(crate) month: u32,
    pub(crate) day: u32,
}

/// Parses a date such as `2026-11-22`.
pub(crate) fn read(key: &str, literal: &LitStr) -> Result<Date> {
    let text = literal.value();
    parse(&text).ok_or_else(|| Error::new(literal.span(), format!("expected a date: `{key} = \"2027-01-31\"`")))
}

/// Parses exactly `YYYY-MM-DD`, the full-date of RFC 3339. The string is sliced by `get`, since it may not be ASCII.
fn parse(text: &str) -> Option<Date> {
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok())?
    };
    if text.len() != 10 || text.get(4..5) != Some("-") || text.get(7..8) != Some("-") {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then(|| Date { year: year.cast_signed(), month, day })
}
