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
//! | `time`, `date-time` | in UTC or at an offset, with an upper-case `T` and `Z`; everything that is malformed |
//! | `partial-time`, `partial-date-time` | the same without an offset, as chrono writes them; no draft defines them |
//! | `ipv4`, `ipv6` | completely, by the parsers of the standard library |
//! | `uuid` | completely, by its length, hyphens and digits |
//! | `idn-email`, `idn-hostname` | not at all: the second validator does not know them |
//! | `email`, `hostname`, `uri`, `iri` | plain strings of letters, digits and hyphens; see [`is_plain_email`] and below |
//! | all others | a few strings, listed in [`SAMPLES`] |
//!
//! Deciding a format on single strings is enough to find witnesses. It is not enough to prove that
//! two formats have no string in common: such a proof would need their languages.

use chrono::NaiveDate;

use super::draft::{Draft, to_jsonschema};

/// Strings that validators agree on: they conform to a format, or do not: format, valid, invalid.
const SAMPLES: &[(&str, &str, &str)] = &[
    ("duration", "P1D", "a"),
    ("email", "a@b.test", "a"),
    ("hostname", "a.test", "-"),
    ("iri", "http://a.test/b", ""),
    ("iri-reference", "/a", "\\"),
    ("json-pointer", "/a", "a"),
    ("regex", "a", "("),
    ("relative-json-pointer", "1/a", "a"),
    ("uri", "http://a.test/b", ""),
    ("uri-reference", "/a", "\\"),
    ("uri-template", "{a}", "{"),
];

/// Returns true if a validator that asserts formats may reject a string by it: formats that a draft defines, and those that
/// chrono and schemars have for times without an offset. All others are annotations, whatever the setting.
///
/// The second validator does not know the international formats of draft 7 and later, and would accept everything.
pub(super) fn is_known(draft: Draft, name: &str) -> bool {
    jsonschema::options().is_known_format(to_jsonschema(draft), name)
        || draft >= Draft::Draft7 && matches!(name, "idn-email" | "idn-hostname")
        || LOCAL_TIMES.iter().any(|(local, _)| *local == name)
}

/// A name of a format and a decision.
type Format = (&'static str, fn(&str) -> bool);

/// The formats of times without an offset, as chrono parses them, for the second validator.
pub(super) const LOCAL_TIMES: [Format; 2] = [
    ("partial-date-time", |text| text.parse::<chrono::NaiveDateTime>().is_ok()),
    ("partial-time", |text| text.parse::<chrono::NaiveTime>().is_ok()),
];

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
        "2026-11-22T10:43:01",
        "10:43:01",
        "a.test",
        "http://a.test/b",
        "/a",
        "1/a",
        "P1D",
        "{a}",
        "-",
        "(",
        "{",
        "\\",
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
        "date-time" => date_time(text, Offset::Required),
        "partial-date-time" => without_offset(text, date_time),
        "time" => time_of_day(text, Offset::Required),
        "partial-time" => without_offset(text, time_of_day),
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
        "email" if is_plain_email(text) => Some(true),
        "hostname" if is_plain_hostname(text) => Some(true),
        "uri" | "uri-reference" | "iri" | "iri-reference" if is_plain_url(text) => Some(true),
        _ => {
            let (_, valid, invalid) = SAMPLES.iter().find(|(format, ..)| *format == name)?;
            (text == *valid || text == *invalid).then_some(text == *valid)
        }
    }
}

/// Returns true for the form of an address that every validator accepts.
fn is_plain_email(text: &str) -> bool {
    text.len() <= 64 && text.split_once('@').is_some_and(|(local, domain)| is_word(local) && is_plain_hostname(domain))
}

/// Returns true for labels of letters, digits and inner hyphens, at least two, that begin with a letter. Numeric labels, and
/// those with two hyphens for international names, are left to validators.
fn is_plain_hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        label.len() <= 63
            && label.starts_with(|c: char| c.is_ascii_alphabetic())
            && !label.ends_with('-')
            && !label.contains("--")
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 200 && text.contains('.') && text.split('.').all(is_label)
}

/// Returns true for a web address without port, query and fragment.
fn is_plain_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_segment = |segment: &str| segment.is_empty() || is_word(segment);
    rest.is_some_and(|rest| {
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        is_plain_hostname(host) && path.split('/').all(is_segment)
    })
}

/// Returns true for letters, digits and hyphens, of which the first is a letter or a digit.
fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The offset after a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offset {
    Required,
    Forbidden,
}

/// Decides a time without an offset; `None` for the other forms that chrono may accept, such as `10:43`.
fn without_offset(text: &str, decide: fn(&str, Offset) -> Option<bool>) -> Option<bool> {
    let may_be_time = text.contains(':') && !text.ends_with('Z');
    decide(text, Offset::Forbidden).filter(|conforms| *conforms || !may_be_time)
}

/// Decides a date, `T`, and a time of day; `None` for a separator about which validators disagree.
fn date_time(text: &str, offset: Offset) -> Option<bool> {
    if text.len() < 11 || !text.is_ascii() {
        return Some(false);
    }
    let (date, rest) = text.split_at_checked(10)?;
    let (t, time) = rest.split_at_checked(1)?;
    match t {
        "T" if !is_date(date) => Some(false),
        "T" => time_of_day(time, offset),
        "t" | " " => None,
        _ => Some(false),
    }
}

/// Checks `full-date` of RFC 3339, with the days of the month.
fn is_date(text: &str) -> bool {
    let is_well_formed = text.len() == 10
        && text.char_indices().all(|(at, c)| if at == 4 || at == 7 { c == '-' } else { c.is_ascii_digit() });
    is_well_formed && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// Decides `full-time` of RFC 3339, such as `10:43:01.5Z`, or `partial-time`, the same without an offset; `None` for leap
/// seconds, lower case, and more digits of a second than nine.
fn time_of_day(text: &str, offset: Offset) -> Option<bool> {
    if text.len() < 8 || !text.is_ascii() {
        return Some(false);
    }
    let (clock, rest) = text.split_at_checked(8)?;
    let (Some((hour, minute)), Some(second)) =
        (clock.get(..5).and_then(hour_and_minute), clock.get(6..).and_then(two_digits))
    else {
        return Some(false);
    };
    if clock.get(5..6) != Some(":") || hour > 23 || minute > 59 || second > 60 {
        return Some(false);
    }
    let digits = rest.strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let zone = match (rest.strip_prefix('.'), digits) {
        (None, _) => rest,
        (Some(_), 0) => return Some(false),
        (Some(rest), 1..=9) => rest.get(digits..)?,
        (Some(_), _) => return None,
    };
    let has_offset = match zone {
        "" => false,
        "Z" => true,
        "z" => return None,
        zone => match zone.strip_prefix(['+', '-']).and_then(hour_and_minute) {
            Some((hour, minute)) if hour <= 23 && minute <= 59 => true,
            Some(_) | None => return Some(false),
        },
    };
    if has_offset != (offset == Offset::Required) {
        return Some(false);
    }
    (second < 60).then_some(true)
}

/// Parses `10:43`, whatever the values.
fn hour_and_minute(text: &str) -> Option<(u32, u32)> {
    let (hour, minute) = text.split_once(':')?;
    Some((two_digits(hour)?, two_digits(minute)?))
}

fn two_digits(text: &str) -> Option<u32> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decided_formats_agree_with_jsonschema() {
        let mut decided = 0;
        let names = ["date", "date-time", "ipv4", "ipv6", "partial-date-time", "partial-time", "time", "uuid"];
        for name in names.into_iter().chain(SAMPLES.iter().map(|(name, ..)| *name)) {
            let schema = serde_json::json!({"format": name});
            let mut options = jsonschema::options().should_validate_formats(true);
            for (local, is_valid) in LOCAL_TIMES {
                options = options.with_format(local, is_valid);
            }
            let validator = options.build(&schema).unwrap();
            let more = [
                "2026-02-30",
                "2026-11-22T25:00:00Z",
                "2026-02-30T10:43:01Z",
                "2026-11-22T10:43:01.123456789Z",
                "2026-11-22T10:43:01.Z",
                "2026-11-22T10:43:01+01:00",
                "2026-11-22T10:43:01-23:59",
                "2026-11-22T10:43:01+24:00",
                "2026-11-22T10:43:01+0100",
                "2026-11-22T10:43:01.5",
                "2026-11-22T10:43",
                "10:43:01.5-00:30",
                "10:43:01.25",
                "10:43",
                "1.2.3.256",
                "01.2.3.4",
                "1::2::3",
                "A@",
                "joe@example.com",
                "x1.a-b.test",
                "https://shop.example.com/orders/7/",
                "http://a.test",
                "2026-1-1",
                "00:00:0xZ",
                "00:00:+1Z",
            ];
            let mut values = [0, 0];
            for text in samples("format x").iter().chain(&more) {
                if let Some(conforms) = decide(name, text) {
                    assert_eq!(conforms, validator.is_valid(&serde_json::json!(text)), "{name} {text:?}");
                    values[usize::from(conforms)] += 1;
                    decided += 1;
                }
            }
            assert!(values.iter().all(|count| *count > 0), "{name}: a valid and an invalid sample");
        }
        assert!(decided > 200, "{decided}");
        assert!(!is_known(Draft::Draft4, "uuid") && is_known(Draft::Draft201909, "uuid"));
    }

    /// A format that one of the validators does not know would be proven to accept everything.
    #[test]
    fn every_format_of_the_drafts_is_known() {
        let formats = [
            (Draft::Draft4, &["date-time", "email", "hostname", "ipv4", "ipv6", "uri"][..]),
            (Draft::Draft6, &["json-pointer", "uri-reference", "uri-template"]),
            (
                Draft::Draft7,
                &[
                    "date",
                    "idn-email",
                    "idn-hostname",
                    "iri",
                    "iri-reference",
                    "regex",
                    "relative-json-pointer",
                    "time",
                ],
            ),
            (Draft::Draft201909, &["duration", "uuid"]),
        ];
        for (since, names) in formats {
            for draft in Draft::ALL.into_iter().filter(|draft| *draft >= since) {
                for name in names {
                    assert!(is_known(draft, name), "{name} in draft {draft}");
                }
            }
        }
        assert!(!is_known(Draft::Draft202012, "int32"));
    }
}
