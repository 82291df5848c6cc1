//! Event patterns of Amazon EventBridge: parsed, matched, explained and linted as the service does, without the service.
//!
//! ```
//! use eventbridge_pattern::Pattern;
//!
//! let pattern = Pattern::parse(r#"{"source": ["external"], "detail-type": [{"prefix": "Order."}]}"#)?;
//! assert!(pattern.matches(br#"{"source": "external", "detail-type": "Order.Created", "detail": {}}"#)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Main types
//!
//! * [`Pattern`]: one pattern. [`Pattern::matches`] matches an event, [`Pattern::explain`] reports every condition with
//!   the values of the event.
//! * [`RuleSet`]: thousands of patterns, matched in one pass over an event.
//! * [`PatternBuilder`] and [`Match`]: patterns written in Rust.
//! * [`lint`]: findings about patterns that are valid and probably a mistake.
//! * [`requirement`]: patterns as sound over- and under-approximations in JSON Schema, for proofs about all events of a
//!   type.
//! * [`part`]: the conditions and values of a pattern, and the pattern reduced to one of them.
//!
//! # Semantics
//!
//! The crate follows event-ruler 2.0, the open-source matcher of the service, and the rules that the service adds to it:
//! limits on wildcard complexity, `$or` combinations and length, and event numbers with a point or an exponent are rounded
//! to a double before they are compared. It reproduces the oddities of both. Each is documented where it is implemented,
//! and [`lint`] reports those that surprise. An invalid pattern is rejected with the reason that the service gives.
//!
//! # Guarantees
//!
//! * [`Pattern::matches`], [`RuleSet::matches`] and [`Pattern::explain`] are three implementations with one answer: a
//!   property test compares them on random patterns and events.
//! * Matching never panics, whatever the bytes.
//! * Memory is bounded by the length of the event. Time is bounded by the length of the event, times the length of the
//!   pattern where conditions apply to objects in arrays. An event that repeats members above arrays may need more
//!   combinations than [`RuleSet::matches`] and the others try: that is an [`EventError`].
//! * An event is read once, into no tree. Its whole text is validated: an event that is not JSON is an [`EventError`] for
//!   every pattern, whichever fields it names.

mod anything_but;
mod builder;
mod cidr;
mod compiled;
mod complexity;
mod consistency;
mod cursor;
mod element;
mod error;
mod event;
mod exists;
mod explanation;
mod field_tree;
mod ignore_case;
mod interval_tree;
mod lint;
mod literal;
mod matcher;
mod matcher_index;
mod name_filter;
mod number;
mod numeric;
mod or;
pub mod part;
mod pattern;
mod pattern_match;
mod prefix;
mod primitive;
pub mod requirement;
mod rule_set;
mod scanner;
mod settings;
mod skip;
pub mod spelling;
mod step_counter;
mod suffix;
mod swar;
mod syntax;
mod trie;
mod wildcard;

pub use builder::{Match, PatternBuilder};
pub use error::PatternError;
pub use event::{EventError, EventInput};
pub use explanation::{Alternative, Condition, Explanation};
pub use lint::{Lint, LintFinding, lint, lints};
pub use pattern::Pattern;
pub use rule_set::RuleSet;
pub use settings::Settings;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
