//! `event-contract.toml`: severities, waivers, ignored places, and possible envelopes.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::value::Datetime;

use crate::check::{self, CheckError, IgnoredPlace, Policy, Waiver};
use crate::cli::exit::Failure;
use crate::cli::input;
use crate::cli::style::PlainPath;
use crate::routing::EnvelopeConstraints;
use crate::severity::Severity;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    severity: BTreeMap<String, Level>,
    #[serde(default)]
    waiver: Vec<WaiverEntry>,
    #[serde(default)]
    ignore: Vec<IgnoreEntry>,
    #[serde(default)]
    envelope: EnvelopeEntry,
}

/// Severity of a rule, or `off`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Off,
    Notice,
    Warning,
    Error,
}

/// The possible values of the fields of envelopes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvelopeEntry {
    sources: Option<Vec<String>>,
    accounts: Option<Vec<String>>,
    regions: Option<Vec<String>>,
}

/// The settings of a file.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) policy: Policy,
    pub(super) envelope: EnvelopeConstraints,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaiverEntry {
    fingerprint: String,
    reason: String,
    expires: Date,
}

/// A date, with quotes or without.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a date such as 2026-12-31")]
enum Date {
    Toml(Datetime),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoreEntry {
    r#type: Option<String>,
    path: String,
    reason: String,
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Settings, Failure> {
    let name = PlainPath(path);
    let bytes = check::read_file(path).map_err(|error| input::read_error(&name, &error))?;
    let text = String::from_utf8(bytes)
        .map_err(|error| Failure::new(format!("{name} is not UTF-8: {error}"), "save the file as UTF-8"))?;
    parse(&text).map_err(|what| Failure::new(format!("{name}: {what}"), "`check --help` shows the entries"))
}

pub(super) fn parse(text: &str) -> Result<Settings, String> {
    let config: Config = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let place = before.map(|before| format!("line {}: ", before.matches('\n').count() + 1)).unwrap_or_default();
        format!("{place}{}", error.message())
    })?;
    let text = |error: CheckError| error.to_string();
    let mut policy = Policy::default();
    for (rule, level) in config.severity {
        policy = match level {
            Level::Off => policy.disable(&rule),
            Level::Notice => policy.severity(&rule, Severity::Notice),
            Level::Warning => policy.severity(&rule, Severity::Warning),
            Level::Error => policy.severity(&rule, Severity::Error),
        }
        .map_err(text)?;
    }
    for WaiverEntry { fingerprint, reason, expires } in config.waiver {
        let expires = match expires {
            Date::Toml(date) => date.to_string(),
            Date::Text(date) => date,
        };
        let expires: NaiveDate = expires.parse().map_err(|_| {
            format!("waiver of {fingerprint}: `expires`: expected a date such as 2026-12-31, found {expires:?}")
        })?;
        policy = policy.waiver(Waiver { fingerprint, reason, expires }).map_err(text)?;
    }
    for IgnoreEntry { r#type: event_type, path, reason } in config.ignore {
        policy = policy.ignore(IgnoredPlace { event_type, path, reason }).map_err(text)?;
    }
    let EnvelopeEntry { sources, accounts, regions } = config.envelope;
    Ok(Settings { policy, envelope: EnvelopeConstraints { sources, accounts, regions } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_and_unquoted_dates_give_the_same_waiver() {
        let expires = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        let waiver = Waiver { fingerprint: "ab".to_owned(), reason: "why".to_owned(), expires };
        let expected = format!("{:?}", Policy::default().waiver(waiver).unwrap());
        for date in ["2026-12-31", "\"2026-12-31\""] {
            let text = format!("[[waiver]]\nfingerprint = \"ab\"\nreason = \"why\"\nexpires = {date}\n");
            assert_eq!(format!("{:?}", parse(&text).unwrap().policy), expected, "{date}");
        }
    }

    #[test]
    fn invalid_files_are_reported_with_the_mistake() {
        let error = |text: &str| parse(text).unwrap_err();
        assert!(error("[severitys]").contains("unknown field `severitys`"));
        assert_eq!(
            error("[severity]\nfield-droped = \"off\""),
            "unknown rule \"field-droped\": did you mean \"field-dropped\"?"
        );
        assert!(error("[severity]\nfield-dropped = \"of\"").contains("unknown variant `of`"));
        let waiver = |day: &str| format!("[[waiver]]\nfingerprint = \"ab\"\nreason = \"why\"\nexpires = {day}");
        assert_eq!(
            error(&waiver("\"tomorrow\"")),
            "waiver of ab: `expires`: expected a date such as 2026-12-31, found \"tomorrow\""
        );
        assert_eq!(
            error(&waiver("12:00:00")),
            "waiver of ab: `expires`: expected a date such as 2026-12-31, found \"12:00:00\""
        );
        assert!(error(&waiver("3")).contains("expected a date such as 2026-12-31"));
    }
}
