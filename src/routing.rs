//! Routing rules against the contract: which events of which types a rule of EventBridge matches, and what a change of
//! the contract changes for it.
//!
//! A rule is a reader of events that no compiler sees. Where a field is renamed, its pattern goes on being valid, and
//! matches nothing more. Here it is held against the types:
//!
//! ```
//! use event_contract::contract;
//! use event_contract::pattern::Pattern;
//! use event_contract::routing::{Envelope, Reach, Shape};
//!
//! let shapes = Shape::all(&contract::catalog()?, &Envelope::default())?;
//! let rule = Pattern::parse(r#"{"detail-type": ["Order.Created"], "detail": {"data": {"createdAt": [{"exists": true}]}}}"#)?;
//! let [v1, v2, v3] = [0, 1, 2].map(|version| shapes[version].reach(&rule));
//! assert!(v1.is_always() && v2.is_always());
//! // `createdAt` is `placedAt` since the third version.
//! let Reach::Never { missed: Some(missed) } = v3 else { panic!() };
//! assert!(missed.event()["detail"]["data"]["placedAt"].is_string());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * [`Shape`]: the events of one version of a type, in their envelope; [`Envelope`] says what is known of that.
//! * [`Shape::reach`]: which of them a pattern matches, a [`Reach`]; [`Table`]: every rule against every shape.
//! * [`Shape::read`]: in which of them a [`Path`] of a target leads somewhere.
//! * [`changes`]: what is another thing for rules between two versions of the contract.
//! * [`source`]: rules as templates and the command line of AWS say them.
//! * [`RoutingFinding`]: what is wrong with a rule, each kind with an id and an explanation.
//!
//! # The answer
//!
//! *Never* and *always* are said where they are proven: the pattern is translated into a JSON Schema, exactly or between
//! two bounds, and the prover of [`compat`](crate::compat) is asked whether it meets the writer's schema. Whatever can be
//! shown is shown, by an event that is valid under the writer's schema and that the [matcher](crate::pattern) has
//! matched, or not. Everything else is undecided, with its reason.
//!
//! # Limits
//!
//! * Events are those of the writer's schemas. What others put on the bus is not known here.
//! * An event has no member twice, and a number is one that JSON values here can hold.
//! * A `format` of `date-time`, `date` or `uuid` is taken at its word: what is written is of it, in lower case where it is
//!   hexadecimal, in the years 0 to 9999.

mod change;
mod find;
mod finding;
mod path;
mod place;
mod reach;
mod shape;
pub mod source;
mod table;
mod translate;

pub use change::changes;
pub use finding::{RoutingFinding, RoutingFindingKind};
pub use path::{Path, PathError};
pub use reach::{Example, Reach};
pub use shape::{Envelope, Shape, ShapeError};
pub use table::{RoutedBy, Row, Table};
