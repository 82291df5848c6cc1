//! Severities, waivers and ignored places that a team has decided on.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use super::error::{CheckError, CheckErrorKind};
use super::rule::{self, Rule, rules};
use crate::severity::Severity;

/// Acceptance of one finding until a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Waiver {
    /// The fingerprint of the finding.
    pub fingerprint: String,
    /// The reason to accept the finding. Must not be empty.
    pub reason: String,
    /// The last day on which it is accepted.
    pub expires: NaiveDate,
}

/// A place in payloads that the check skips because the contract restricts it on purpose, such as a constant version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IgnoredPlace {
    /// The event type; none for all types.
    pub event_type: Option<String>,
    /// The place, as a JSON pointer into the payload; `*` matches every item of an array.
    pub path: String,
    /// The reason to ignore the place. Must not be empty.
    pub reason: String,
}

impl IgnoredPlace {
    pub(super) fn applies_to(&self, event_type: &str) -> bool {
        self.event_type.as_ref().is_none_or(|name| name == event_type)
    }

    /// Returns the unescaped names of the path.
    pub(super) fn names(&self) -> Vec<String> {
        self.path.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect()
    }
}

/// The severities, waivers and ignored places that a team has decided on.
///
/// ```
/// use chrono::NaiveDate;
/// use event_contract::Severity;
/// use event_contract::check::{Policy, Waiver};
///
/// let waiver = Waiver {
///     fingerprint: "0f3c5a91d2be".to_owned(),
///     reason: "billing moves to v3 in December".to_owned(),
///     expires: NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(),
/// };
/// let policy = Policy::default()
///     .severity("field-dropped", Severity::Warning)?
///     .disable("default-applied")?
///     .waiver(waiver)?;
///
/// let error = Policy::default().disable("field-droped").unwrap_err();
/// assert_eq!(error.to_string(), "unknown rule \"field-droped\": did you mean \"field-dropped\"?");
/// # Ok::<(), event_contract::check::CheckError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    /// By rule; `None` for a disabled one.
    severities: BTreeMap<&'static str, Option<Severity>>,
    pub(super) waivers: Vec<Waiver>,
    pub(super) ignored: Vec<IgnoredPlace>,
}

impl Policy {
    /// Sets the severity of the findings of a rule. That of `undecided` and `routing-undecided` cannot be lowered.
    pub fn severity(self, rule: &str, severity: Severity) -> Result<Self, CheckError> {
        self.level(rule, Some(severity))
    }

    /// Drops the findings of a rule. `undecided` and `routing-undecided` cannot be disabled.
    pub fn disable(self, rule: &str) -> Result<Self, CheckError> {
        self.level(rule, None)
    }

    fn level(mut self, id: &str, level: Option<Severity>) -> Result<Self, CheckError> {
        let Some(rule) = rule::find(id) else {
            return Err(CheckErrorKind::UnknownRule { id: id.to_owned(), hint: rule::hint(id) }.into());
        };
        if !rule.is_configurable() && level < Some(rule.severity()) {
            return Err(CheckErrorKind::FixedSeverity { id: rule.id() }.into());
        }
        self.severities.insert(rule.id(), level);
        Ok(self)
    }

    /// Adds a waiver.
    pub fn waiver(mut self, waiver: Waiver) -> Result<Self, CheckError> {
        if waiver.reason.trim().is_empty() {
            return Err(CheckErrorKind::NoReason { entry: format!("the waiver of {}", waiver.fingerprint) }.into());
        }
        if self.waivers.iter().any(|other| other.fingerprint == waiver.fingerprint) {
            return Err(CheckErrorKind::DuplicateWaiver { fingerprint: waiver.fingerprint }.into());
        }
        self.waivers.push(waiver);
        Ok(self)
    }

    /// Adds a place that the check skips.
    pub fn ignore(mut self, ignored: IgnoredPlace) -> Result<Self, CheckError> {
        if ignored.reason.trim().is_empty() {
            return Err(CheckErrorKind::NoReason { entry: format!("the ignored place {}", ignored.path) }.into());
        }
        if !ignored.path.starts_with('/') {
            return Err(CheckErrorKind::IgnoredPath { path: ignored.path }.into());
        }
        self.ignored.push(ignored);
        Ok(self)
    }

    /// Returns the number of entries.
    pub(super) fn entry_count(&self) -> usize {
        self.severities.len() + self.waivers.len() + self.ignored.len()
    }

    /// Returns what another policy tolerates that this one does not: lower severities, and ignored places. Waivers are
    /// left out: each has a reason and an end, and the report shows it.
    pub(super) fn find_weakened(&self, other: &Self) -> Vec<String> {
        let name = |level: Option<Severity>| level.map_or("off", |severity| severity.as_str());
        let mut weakened = Vec::new();
        for rule in rules() {
            let (before, now) = (self.level_of(rule), other.level_of(rule));
            if now < before {
                weakened.push(format!("the severity of `{}` was {}, now {}", rule.id(), name(before), name(now)));
            }
        }
        for IgnoredPlace { event_type, path, .. } in
            other.ignored.iter().filter(|ignored| !self.ignored.contains(ignored))
        {
            let event_type = event_type.as_deref().unwrap_or("all types");
            weakened.push(format!("{path} is now ignored in {event_type}"));
        }
        weakened
    }

    /// Returns the severity of the findings of a rule, `None` if it is disabled.
    pub(super) fn level_of(&self, rule: &Rule) -> Option<Severity> {
        self.severities.get(rule.id()).copied().unwrap_or(Some(rule.severity()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_entries_are_rejected() {
        let error = |result: Result<Policy, CheckError>| result.unwrap_err().to_string();
        let policy = Policy::default();
        let waiver = |reason: &str| Waiver {
            fingerprint: "ab".to_owned(),
            reason: reason.to_owned(),
            expires: NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(),
        };
        let ignored = |path: &str, reason: &str| IgnoredPlace {
            event_type: None,
            path: path.to_owned(),
            reason: reason.to_owned(),
        };
        assert_eq!(
            error(policy.clone().severity("undecided", Severity::Notice)),
            "the severity of `undecided` cannot be lowered: undecided cells must fail the check"
        );
        assert_eq!(error(policy.clone().disable("zzz")), "unknown rule \"zzz\": run `rules` to list all rules");
        assert_eq!(
            error(policy.clone().disable("default-stands-in")),
            "unknown rule \"default-stands-in\": it is now called \"default-applied\""
        );
        assert_eq!(error(policy.clone().waiver(waiver(" "))), "the waiver of ab needs a reason");
        let once = policy.clone().waiver(waiver("why")).unwrap();
        assert_eq!(error(once.waiver(waiver("why not"))), "duplicate waiver of ab");
        assert_eq!(
            error(policy.clone().ignore(ignored("meta", "why"))),
            "invalid path \"meta\": expected a JSON pointer into the payload, such as `/meta/version`"
        );
        assert_eq!(error(policy.ignore(ignored("/meta", ""))), "the ignored place /meta needs a reason");
    }
}
