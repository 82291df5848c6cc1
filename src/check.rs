//! May every reader of a contract read every writer that it can meet? The check that CI runs.
//!
//! ```
//! use chrono::NaiveDate;
//! use event_contract::check::Check;
//! use event_contract::contract;
//! use event_contract::record::{Files, Record};
//!
//! let catalog = contract::catalog()?;
//! // In a contract crate: what stands in its folder `schemas`.
//! # let published = event_contract::check::files(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas"))?;
//! let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
//! let report = Check::new(&catalog, &published, today).run()?;
//! assert!(report.is_compatible());
//! println!("{report}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is asked
//!
//! For each type there is a [`Matrix`]: a row for every version as it is written, a column for every version and every
//! [`Consumer`] as it reads. Where what is published and what the code says are not the same, both have a row and a
//! column. Each cell is a [question](crate::compat) about two schemas, and its answer is proven, or shown by a payload
//! that breaks, or unknown; what is unknown passes no gate.
//!
//! | writer and reader | is owed |
//! |---|---|
//! | an older version, and a newer reader | always: the reader carries the older type, and what was written may be replayed |
//! | a newer version, and an older reader | for external types, while the version of the reader is in use |
//! | any version in use, and a consumer | always |
//! | a reader whose version has reached its [sunset](crate::Lifecycle) | nothing: nobody reads with it any more |
//!
//! Where everything can be read, something may still be lost: a field that nobody takes, a value for which a default
//! stands in, a word that an open enumeration does not know. These are findings, too, and less severe.
//!
//! Routing rules are readers, too: given to the check, each is held against the events of the contract, see
//! [`routing`](crate::routing).
//!
//! # What a team decides
//!
//! A [`Policy`] says how much each rule matters, which findings are accepted until when, and which places are not asked
//! about. [`rules`] lists the rules.
//!
//! # Who else reads it
//!
//! [`Report::render`] has the report in other forms: for code scanning, annotations, test results, a comment, a page.
//!
//! ```
//! # use event_contract::check::{Check, Places, ReportFormat, files};
//! # let catalog = event_contract::contract::catalog()?;
//! # let published = files(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas"))?;
//! # let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
//! # let report = Check::new(&catalog, &published, today).run()?;
//! // The folders of the record and of the consumers, as seen from the root of the repository.
//! let places = Places::new("contract/schemas", "contract/consumers");
//! let log = report.render(ReportFormat::Sarif, &places);
//! # assert!(log.contains("2.1.0"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assert;
mod change;
mod consumer;
mod finding;
mod format;
mod ignore;
mod loss;
mod matrix;
mod policy;
mod report;
mod routes;
mod rule;
mod run;
mod text;

pub use assert::{assert_compatible, assert_reads, files};
pub use consumer::{Consumer, ConsumerError};
pub use finding::Finding;
pub use format::{Places, ReportFormat, ReportFormatError};
pub use policy::{Ignored, Policy, PolicyError, Waiver};
pub use report::{Answer, Bump, Cell, Change, Matrix, Outcome, Read, Reader, Report, Revision, Stated, Writer};
pub use rule::{Rule, rules};
pub use run::{Check, CheckError};
#[cfg(feature = "cli")]
pub(crate) use text::{Palette, Plain};
