//! Checks in CI that every reader of a contract can read every event that it may receive.
//!
//! ```
//! use chrono::NaiveDate;
//! use event_contract::check::Check;
//! use event_contract::contract;
//! use event_contract::record::{Files, Record};
//!
//! let catalog = contract::catalog()?;
//! // In a contract crate: the files of its folder `schemas`.
//! # let published = event_contract::check::read_folder(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas"))?;
//! let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
//! let report = Check::new(&catalog, &published, today).run()?;
//! assert!(report.is_compatible());
//! println!("{report}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The matrix
//!
//! Each type has a [`Matrix`] with a row for every version as it is written, and a column for every version and every
//! [`Consumer`] as it reads. Where the code of a published version has changed, both the published and the present schema
//! have a row and a column. Each cell is a [question](crate::compat) about two schemas: whether the reader accepts every
//! payload that the writer may write. The answer is proven, or refuted by a payload, or undecided; an undecided answer
//! fails the check.
//!
//! | writer | reader | required |
//! |---|---|---|
//! | an older version | a newer version | always: the reader has the older type, and archived events may be replayed |
//! | a newer version | an older version | for external types, while both versions are in use |
//! | any version in use | a consumer | always |
//! | any other version | a version after its [sunset](crate::Lifecycle) | never: no reader uses it any more |
//!
//! ```
//! use event_contract::check::{CellVerdict, Change, Check, Consumer, Matrix, MatrixColumn, MatrixRow};
//! # use event_contract::check::{Bump, ConsumedType, ConsumerStatus};
//! # let catalog = event_contract::contract::catalog()?;
//! # let published = event_contract::check::read_folder(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas"))?;
//! # let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
//! use event_contract::contract::order::OrderCreated;
//!
//! let billing = Consumer::new("billing").reads_payload::<OrderCreated>();
//! let report = Check::new(&catalog, &published, today).consumers([billing]).run()?;
//!
//! let matrix: &Matrix = &report.types[0];
//! let [row, ..]: &[MatrixRow] = &matrix.rows else { panic!("the first version") };
//! let [.., column]: &[MatrixColumn] = &matrix.columns else { panic!("the consumer") };
//! assert_eq!((row.label.as_str(), column.label.as_str()), ("v1", "billing"));
//!
//! // Nothing has changed since the publication.
//! let bump: &Bump = &matrix.bump;
//! assert_eq!((bump.published, bump.needed, bump.change), (Some(3), Some(3), Change::None));
//!
//! let status: &ConsumerStatus = &report.consumers[0];
//! let order: &ConsumedType = &status.reads[0];
//! assert_eq!((order.event_type.as_str(), order.verdict), ("Order.Created", CellVerdict::Reads));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A compatible reader may still lose data: it may drop a field, use a default for a value that is never written, or not
//! know a value of an open enumeration. These are findings of a lower severity.
//!
//! Routing rules are readers as well: the check compares each with the events of the contract, see
//! [`routing`](crate::routing).
//!
//! # The policy of a team
//!
//! A [`Policy`] sets the severity of rules, accepts findings until a date, and excludes places from the check. [`rules`]
//! lists the rules.
//!
//! # Reports
//!
//! [`Report::render`] formats the report for code scanning, annotations, test results, a comment, or a web page.
//!
//! ```
//! # use event_contract::check::{Check, ReportFormat, RepositoryPaths, read_folder};
//! # let catalog = event_contract::contract::catalog()?;
//! # let published = read_folder(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas"))?;
//! # let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
//! # let report = Check::new(&catalog, &published, today).run()?;
//! // The folders of the record and of the consumers, as seen from the root of the repository.
//! let paths = RepositoryPaths::default().with_record("contract/schemas").with_consumers("contract/consumers");
//! let log = report.render(ReportFormat::Sarif, &paths);
//! # assert!(log.contains("2.1.0"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assert;
mod axis;
mod base;
mod change;
mod code;
mod consumer;
mod effective_reader;
mod error;
mod file_name;
mod finding;
mod fingerprint;
mod format;
mod format_reading;
mod held;
mod history;
mod ignore;
mod ineffective;
mod input;
mod loss;
mod matrix;
mod plausible;
mod policy;
#[cfg(test)]
mod references;
mod report;
mod routes;
mod rule;
mod run;
mod settings;
mod stated;
mod structure;
#[doc(hidden)]
pub mod testing;
mod unread;

#[cfg(feature = "cli")]
pub(crate) use assert::{MAX_FILE_BYTES, MAX_FOLDER_BYTES, read_file, too_large};
pub use assert::{assert_compatible, assert_reads, read_folder};
pub use base::BaseInputs;
pub use consumer::Consumer;
#[cfg(feature = "cli")]
pub(crate) use consumer::may_be_statement;
pub use error::CheckError;
#[cfg(feature = "cli")]
pub(crate) use file_name::{PlainPath, escape_bytes, escape_name};
pub use finding::{Evidence, Finding, Subject};
#[cfg(feature = "cli")]
pub(crate) use format::{Palette, Plain, SafeText, Syntax};
pub use format::{ReportFormat, RepositoryPaths};
pub use input::ComparedInput;
#[cfg(feature = "cli")]
pub(crate) use input::{InputKind, InputOrigin};
pub use policy::{IgnoredPlace, Policy, Waiver};
pub use report::{
    Bump, Cell, CellVerdict, Change, ConsumedType, ConsumerStatus, Matrix, MatrixColumn, MatrixRow, Outcome, Report,
};
#[cfg(feature = "cli")]
pub(crate) use rule::hint;
pub use rule::{Rule, rules};
pub use run::Check;
