//! Settings that every part of a check reads.

use chrono::NaiveDate;
use json_schema_core::ResolveError;
use serde_json::Value;

use super::finding::{Evidence, Finding, FindingFiles, Subject};
use super::ignore::remove_place;
use super::policy::Policy;
use super::rule;
use crate::compat::Question;
use crate::routing::EnvelopeConstraints;

#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) today: NaiveDate,
    pub(super) policy: Policy,
    pub(super) envelope: EnvelopeConstraints,
    pub(super) assert_formats: bool,
    /// Maximum number of steps of each question.
    pub(super) budget: u64,
}

impl Settings {
    pub(super) fn new(today: NaiveDate) -> Self {
        let (policy, envelope) = (Policy::default(), EnvelopeConstraints::default());
        Self { today, policy, envelope, assert_formats: false, budget: Question::DEFAULT_BUDGET }
    }

    /// Returns a finding without evidence, number and fingerprint, unless the policy disables its rule.
    pub(super) fn finding(&self, rule: &'static str, subject: Subject, message: String) -> Option<Finding> {
        let severity = self.policy.level_of(rule::by_id(rule))?;
        Some(Finding {
            number: 0,
            rule,
            severity,
            message,
            fingerprint: String::new(),
            waiver: None,
            subject,
            evidence: Evidence::None,
            reader_schema: None,
            exact_payload: None,
            source: None,
            files: FindingFiles::default(),
        })
    }

    /// Removes the ignored places from a reader's schema.
    pub(super) fn without_ignored(&self, event_type: &str, schema: Value) -> Result<Value, ResolveError> {
        let mut ignored = self.policy.ignored.iter().filter(|ignored| ignored.applies_to(event_type));
        ignored.try_fold(schema, |schema, ignored| Ok(remove_place(&schema, &ignored.names())?.0))
    }
}
