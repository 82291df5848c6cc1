//! The `format` keyword, if it is asserted: the formats that a draft defines, and the few that are
//! decided here.
//!
//! A format is a predicate on strings (Validation, section 7). The solver treats one that is not
//! decided here as opaque: of each string it holds or it does not, and a string that satisfies two
//! formats of the same name is the same assumption twice.
//!
//! | format | decided |
//! |---|---|
//! | `date` | completely, by RFC 3339 `full-date` with the days of the month |
//! | `time`, `date-time` | in UTC with an upper-case `T` and `Z`, without fractions; everything that is malformed |
//! | `ipv4`, `ipv6` | completely, by the parsers of the standard library |
//! | `uuid` | completely, by its length, hyphens and digits |
//! | `email` | a string without `@`, and one sample |
//! | all others | not at all |
//!
//! Deciding a format on single strings is enough to find witnesses. It is not enough to prove that
//! two formats have no string in common: such a proof would need their languages.

use chrono::NaiveDate;

use super::draft::{Draft, to_jsonschema};

/// Returns true if a draft defines the format. Formats that it does not define are annotations, whatever the setting.
pub(super) fn is_known(draft: Draft, name: &str) -> bool {
    jsonschema::options().is_known_format(to_jsonschema(draft), name)
}

/// Decides an opaque predicate on a string, such as `format date`; `None` if it is no format or not decided here.
pub(super) fn decide_predicate(predicate: &str, text: &str) -> Option<bool> {
    decide(predicate.strip_prefix("format ")?, text)
}

/// Returns strings to try for a predicate: a valid one of each format that is decided here, and some that are valid in none.
pub(super) fn samples(predicate: &str) -> &'static [&'static str] {
    const TEXTS: &[&str] = &[
        "",
        "a",
        "2026-11-22",
        "2026-11-22T10:43:01Z",
        "10:43:01Z",
        "127.0.0.1",
        "::1",
        "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        "a@b.test",
    ];
    if predicate.starts_with("format ") { TEXTS } else { &[] }
}

/// Decides if a string conforms to a format.
///
/// Returns `None` for strings that validators disagree about in practice, such as leap seconds and
/// lower-case `t` and `z` in RFC 3339: a witness that rests on one would be refused by the second
/// validator.
pub(super) fn decide(name: &str, text: &str) -> Option<bool> {
    match name {
        "date" => Some(is_date(text)),
        "date-time" => {
            if text.len() < 11 || !text.is_ascii() {
                return Some(false);
            }
            let (date, rest) = text.split_at_checked(10)?;
            let (t, time) = rest.split_at_checked(1)?;
            match t {
                "T" => Some(is_date(date) && time_of_day(time)?),
                "t" | " " => None,
                _ => Some(false),
            }
        }
        "time" => time_of_day(text),
        "ipv4" => Some(text.parse::<std::net::Ipv4Addr>().is_ok()),
        "ipv6" => Some(text.parse::<std::net::Ipv6Addr>().is_ok()),
        "uuid" => Some(
            text.len() == 36
                && text.char_indices().all(|(at, c)| match at {
                    8 | 13 | 18 | 23 => c == '-',
                    _ => c.is_ascii_hexdigit(),
                }),
        ),
        "email" if !text.contains('@') => Some(false),
        "email" if text == "a@b.test" => Some(true),
        _ => None,
    }
}

/// Checks `full-date` of RFC 3339, with the days of the month.
fn is_date(text: &str) -> bool {
    let is_well_formed = text.len() == 10
        && text.char_indices().all(|(at, c)| if at == 4 || at == 7 { c == '-' } else { c.is_ascii_digit() });
    is_well_formed && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// Decides `full-time` of RFC 3339, such as `10:43:01Z`; `None` for fractions, offsets, leap seconds and lower case.
fn time_of_day(text: &str) -> Option<bool> {
    let bytes = text.as_bytes();
    if bytes.len() < 9 || !text.is_ascii() {
        return Some(false);
    }
    let is_well_formed =
        bytes[..8].iter().enumerate().all(|(at, c)| if at == 2 || at == 5 { *c == b':' } else { c.is_ascii_digit() });
    if !is_well_formed {
        return Some(false);
    }
    let number = |at: usize| text.get(at..at + 2).and_then(|digits| digits.parse().ok()).unwrap_or(99_u32);
    if number(0) > 23 || number(3) > 59 || number(6) > 60 {
        return Some(false);
    }
    match (text.get(8..), number(6)) {
        (Some("Z"), 0..=59) => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decided_formats_agree_with_jsonschema() {
        let mut decided = 0;
        for name in ["date", "date-time", "email", "ipv4", "ipv6", "time", "uri", "uuid"] {
            let schema = serde_json::json!({"format": name});
            let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
            let invalid = [
                "2026-02-30",
                "2026-11-22T25:00:00Z",
                "1.2.3.256",
                "01.2.3.4",
                "1::2::3",
                "A@",
                "2026-1-1",
                "00:00:0xZ",
            ];
            for text in samples("format x").iter().chain(&invalid) {
                if let Some(conforms) = decide(name, text) {
                    assert_eq!(conforms, validator.is_valid(&serde_json::json!(text)), "{name} {text:?}");
                    decided += 1;
                }
            }
        }
        assert!(decided > 80, "{decided}");
        assert!(!is_known(Draft::Draft4, "uuid") && is_known(Draft::Draft201909, "uuid"));
    }
}
