//! What a team has decided about the findings of its check.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use super::rule::{self, Rule};
use crate::severity::Severity;

/// One finding that is accepted, for a reason and for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Waiver {
    /// The fingerprint of the finding.
    pub fingerprint: String,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is.
    pub expires: NaiveDate,
}

impl Waiver {
    /// A waiver that holds up to and including a day.
    pub fn new(fingerprint: impl Into<String>, reason: impl Into<String>, expires: NaiveDate) -> Self {
        Self { fingerprint: fingerprint.into(), reason: reason.into(), expires }
    }
}

/// A place in payloads about which nothing is asked, because the contract pins it on purpose: a constant that says the
/// version, for example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Ignored {
    /// In payloads of which type; of all, where none is named.
    pub event_type: Option<String>,
    /// Where, as a JSON pointer into the payload; `*` stands for every item of a list.
    pub path: String,
    /// Why.
    pub reason: String,
}

impl Ignored {
    /// A place in the payloads of all types.
    pub fn everywhere(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { event_type: None, path: path.into(), reason: reason.into() }
    }

    /// A place in the payloads of one type.
    pub fn of(event_type: impl Into<String>, path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { event_type: Some(event_type.into()), ..Self::everywhere(path, reason) }
    }

    pub(super) fn is_about(&self, event_type: &str) -> bool {
        self.event_type.as_ref().is_none_or(|of| of == event_type)
    }

    /// The names on the way there.
    pub(super) fn way(&self) -> Vec<String> {
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
/// let until = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
/// let policy = Policy::default()
///     .severity("field-dropped", Severity::Warning)?
///     .disable("default-stands-in")?
///     .waiver(Waiver::new("0f3c5a91d2be", "billing moves in December", until))?;
///
/// let error = Policy::default().disable("field-droped").unwrap_err();
/// assert_eq!(error.to_string(), "there is no rule \"field-droped\"; is it \"field-dropped\"?");
/// # Ok::<(), event_contract::check::PolicyError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// By rule; `None` for a disabled one.
    severities: BTreeMap<&'static str, Option<Severity>>,
    pub(super) waivers: Vec<Waiver>,
    pub(super) ignored: Vec<Ignored>,
}

impl Policy {
    /// Sets the severity of the findings of a rule. That of `undecided` and `routing-undecided` cannot be lowered.
    pub fn severity(self, rule: &str, severity: Severity) -> Result<Self, PolicyError> {
        self.level(rule, Some(severity))
    }

    /// Drops the findings of a rule. `undecided` and `routing-undecided` cannot be disabled.
    pub fn disable(self, rule: &str) -> Result<Self, PolicyError> {
        self.level(rule, None)
    }

    fn level(mut self, id: &str, level: Option<Severity>) -> Result<Self, PolicyError> {
        let Some(rule) = rule::find(id) else {
            return Err(PolicyErrorKind::Rule { id: id.to_owned(), like: rule::like(id) }.into());
        };
        if !rule.is_configurable() && level < Some(rule.severity()) {
            return Err(PolicyErrorKind::Fixed { id: rule.id() }.into());
        }
        self.severities.insert(rule.id(), level);
        Ok(self)
    }

    /// The same with a finding accepted for a time.
    pub fn waiver(mut self, waiver: Waiver) -> Result<Self, PolicyError> {
        if waiver.reason.trim().is_empty() {
            return Err(PolicyErrorKind::Reason { of: format!("the waiver of {}", waiver.fingerprint) }.into());
        }
        if self.waivers.iter().any(|other| other.fingerprint == waiver.fingerprint) {
            return Err(PolicyErrorKind::Twice { fingerprint: waiver.fingerprint }.into());
        }
        self.waivers.push(waiver);
        Ok(self)
    }

    /// The same with a place about which nothing is asked.
    pub fn ignore(mut self, ignored: Ignored) -> Result<Self, PolicyError> {
        if ignored.reason.trim().is_empty() {
            return Err(PolicyErrorKind::Reason { of: format!("ignoring {}", ignored.path) }.into());
        }
        if !ignored.path.starts_with('/') {
            return Err(PolicyErrorKind::Path { path: ignored.path }.into());
        }
        self.ignored.push(ignored);
        Ok(self)
    }

    /// Returns the severity of the findings of a rule, `None` if it is disabled.
    pub(super) fn level_of(&self, rule: &Rule) -> Option<Severity> {
        self.severities.get(rule.id()).copied().unwrap_or(Some(rule.severity()))
    }
}

/// Why something is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct PolicyError {
    kind: PolicyErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum PolicyErrorKind {
    #[error("there is no rule {id:?}{}", hint(like.as_ref()))]
    Rule { id: String, like: Option<&'static str> },
    #[error("the severity of `{id}` cannot be lowered: what is not known passes no gate")]
    Fixed { id: &'static str },
    #[error("{of} needs a reason")]
    Reason { of: String },
    #[error("{fingerprint} is waived twice")]
    Twice { fingerprint: String },
    #[error("{path:?} is not a JSON pointer into the payload, such as `/meta/version`")]
    Path { path: String },
}

fn hint(like: Option<&&'static str>) -> String {
    like.map_or_else(|| "; `rules` lists them".to_owned(), |like| format!("; is it {like:?}?"))
}

impl From<PolicyErrorKind> for PolicyError {
    fn from(kind: PolicyErrorKind) -> Self {
        Self { kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_policy_is_said() {
        let say = |result: Result<Policy, PolicyError>| result.unwrap_err().to_string();
        let policy = Policy::default();
        let day = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        assert_eq!(
            say(policy.clone().severity("undecided", Severity::Notice)),
            "the severity of `undecided` cannot be lowered: what is not known passes no gate"
        );
        assert_eq!(say(policy.clone().disable("zzz")), "there is no rule \"zzz\"; `rules` lists them");
        assert_eq!(say(policy.clone().waiver(Waiver::new("ab", " ", day))), "the waiver of ab needs a reason");
        let once = policy.clone().waiver(Waiver::new("ab", "why", day)).unwrap();
        assert_eq!(say(once.waiver(Waiver::new("ab", "why not", day))), "ab is waived twice");
        assert_eq!(
            say(policy.ignore(Ignored::everywhere("meta", "why"))),
            "\"meta\" is not a JSON pointer into the payload, such as `/meta/version`"
        );
    }
}
