//! `event-contract.toml`: what a team has decided.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::value::Datetime;

use super::{CONFIG, Failure};
use crate::check::{Ignored, Policy, PolicyError, Waiver};
use crate::routing::Envelope;
use crate::severity::Severity;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    severity: BTreeMap<String, Level>,
    #[serde(default)]
    waiver: Vec<Waived>,
    #[serde(default)]
    ignore: Vec<Place>,
    #[serde(default)]
    envelope: Around,
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

/// What is known of the envelopes in which events are put.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Around {
    sources: Option<Vec<String>>,
    accounts: Option<Vec<String>>,
    regions: Option<Vec<String>>,
}

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct Decided {
    pub(super) policy: Policy,
    pub(super) envelope: Envelope,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Waived {
    fingerprint: String,
    reason: String,
    expires: Day,
}

/// A day, with quotes or without.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a day is written as 2026-12-31")]
enum Day {
    Date(Datetime),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    r#type: Option<String>,
    path: String,
    reason: String,
}

/// What is decided in a file; in that of the usual name where none is named, and nothing decided where there is none.
pub(super) fn read(file: Option<&Path>) -> Result<Decided, Failure> {
    let path = file.unwrap_or(Path::new(CONFIG));
    if file.is_none() && !path.exists() {
        return Ok(Decided::default());
    }
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::new(format!("cannot read {name}: {error}"), "is the name right, and the directory the one it is in?")
    })?;
    parse(&text).map_err(|what| Failure::new(format!("{name}: {what}"), "`check --help` shows what can stand there"))
}

fn parse(text: &str) -> Result<Decided, String> {
    let config: Config = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
    let say = |error: PolicyError| error.to_string();
    let mut policy = Policy::default();
    for (rule, level) in config.severity {
        policy = match level {
            Level::Off => policy.disable(&rule),
            Level::Notice => policy.severity(&rule, Severity::Notice),
            Level::Warning => policy.severity(&rule, Severity::Warning),
            Level::Error => policy.severity(&rule, Severity::Error),
        }
        .map_err(say)?;
    }
    for Waived { fingerprint, reason, expires } in config.waiver {
        let expires = match expires {
            Day::Date(day) => day.to_string(),
            Day::Text(day) => day,
        };
        let day: NaiveDate = expires.parse().map_err(|_| {
            format!("the waiver of {fingerprint} expires on a day such as 2026-12-31, not on {expires:?}")
        })?;
        policy = policy.waiver(Waiver::new(fingerprint, reason, day)).map_err(say)?;
    }
    for Place { r#type, path, reason } in config.ignore {
        let ignored = match r#type {
            Some(of) => Ignored::of(of, path, reason),
            None => Ignored::everywhere(path, reason),
        };
        policy = policy.ignore(ignored).map_err(say)?;
    }
    let Around { sources, accounts, regions } = config.envelope;
    let mut envelope = Envelope::default();
    if let Some(sources) = sources {
        envelope = envelope.with_sources(sources);
    }
    if let Some(accounts) = accounts {
        envelope = envelope.with_accounts(accounts);
    }
    if let Some(regions) = regions {
        envelope = envelope.with_regions(regions);
    }
    Ok(Decided { policy, envelope })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_and_unquoted_days_give_the_same_waiver() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        let expected = format!("{:?}", Policy::default().waiver(Waiver::new("ab", "why", day)).unwrap());
        for day in ["2026-12-31", "\"2026-12-31\""] {
            let text = format!("[[waiver]]\nfingerprint = \"ab\"\nreason = \"why\"\nexpires = {day}\n");
            assert_eq!(format!("{:?}", parse(&text).unwrap().policy), expected, "{day}");
        }
    }

    #[test]
    fn invalid_files_are_reported_with_the_mistake() {
        let say = |text: &str| parse(text).unwrap_err();
        assert!(say("[severitys]").contains("unknown field `severitys`"));
        assert_eq!(
            say("[severity]\nfield-droped = \"off\""),
            "there is no rule \"field-droped\"; is it \"field-dropped\"?"
        );
        assert!(say("[severity]\nfield-dropped = \"of\"").contains("unknown variant `of`"));
        let waiver = |day: &str| format!("[[waiver]]\nfingerprint = \"ab\"\nreason = \"why\"\nexpires = {day}");
        assert_eq!(
            say(&waiver("\"tomorrow\"")),
            "the waiver of ab expires on a day such as 2026-12-31, not on \"tomorrow\""
        );
        assert_eq!(
            say(&waiver("12:00:00")),
            "the waiver of ab expires on a day such as 2026-12-31, not on \"12:00:00\""
        );
        assert!(say(&waiver("3")).contains("a day is written as 2026-12-31"));
    }
}
