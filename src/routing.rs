//! Rules of EventBridge against the types of a contract: the events that a rule matches, and the effect of a change of the
//! contract on it.
//!
//! A rule reads events without a compiler to check it. If a field is renamed, its pattern stays valid and no longer
//! matches. This module compares rules with the schemas of the writers:
//!
//! ```
//! use event_contract::contract;
//! use event_contract::pattern::Pattern;
//! use event_contract::routing::{EnvelopeConstraints, EventSet, Reach};
//!
//! let sets = EventSet::for_catalog(&contract::catalog()?, &EnvelopeConstraints::default())?;
//! let rule = Pattern::parse(r#"{"detail-type": ["Order.Created"], "detail": {"data": {"createdAt": [{"exists": true}]}}}"#)?;
//! let [v1, v2, v3] = [0, 1, 2].map(|version| sets[version].reach(&rule));
//! assert!(v1.is_always() && v2.is_always());
//! // Version 3 renamed `createdAt` to `placedAt`.
//! let Reach::Never { missed: Some(missed) } = v3 else { panic!() };
//! assert!(missed["detail"]["data"]["placedAt"].is_string());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * [`EventSet`]: the events of one version of a type, in their envelope; [`EnvelopeConstraints`] restricts the envelope.
//! * [`EventSet::reach`]: the events of the set that a pattern matches, as a [`Reach`]; [`RuleReach`]: a rule against many
//!   sets.
//! * [`RuleReach::part_findings`]: values and conditions of a rule without effect, and types that it matches in old
//!   versions only.
//! * [`EventSet::path_reach`]: the events in which a [`TargetPath`] exists.
//! * [`RuleReach::changes_since`]: the effect of a change of the contract on a rule.
//! * [`source`]: rules from templates and from the output of the AWS command line.
//! * [`RoutingFinding`]: a mistake in a rule; each kind has an id and an explanation.
//!
//! # Proofs
//!
//! *Never* and *always* are proven: the pattern is translated into JSON Schemas, exactly or as an over- and an
//! under-approximation, and the prover of [`compat`](crate::compat) decides whether they intersect the writer's schema.
//! *Sometimes* is demonstrated by events that are valid under the writer's schema and were matched by the
//! [matcher](crate::pattern). Everything else is undecided, with a reason.
//!
//! # Limits
//!
//! * Events are those of the writers' schemas. Other events on the bus are unknown.
//! * Events have no duplicate members, and their numbers are those that `serde_json` represents.
//! * A `format` of `date-time`, `date` or `uuid` is trusted: writers write such values, with lower-case hexadecimal digits
//!   and years from 0 to 9999.

mod change;
mod envelope;
mod error;
mod event_schema;
mod event_set;
mod field;
mod finding;
mod navigator;
mod part;
mod reach;
mod rule_reach;
mod search;
pub mod source;
mod target_path;
mod translation;
mod value_set;

pub use envelope::EnvelopeConstraints;
pub use error::RoutingError;
pub use event_set::EventSet;
pub use finding::{RoutingFinding, RoutingFindingKind};
pub use reach::Reach;
pub use rule_reach::RuleReach;
pub(crate) use rule_reach::RuleRef;
pub use target_path::TargetPath;
