//! Typed, versioned events between autonomous services, and a tolerant reader that says what it tolerated.
//!
//! An [`Event`] has a [`Payload`]: a struct with a name, a version and a side. An internal payload stays inside its
//! subsystem, an external one may cross its boundary, and the compiler knows which is which. A [`Reader`] takes bytes in
//! whatever shape they were delivered, in whatever version they were written, and gives events of the newest:
//!
//! ```
//! use event_contract::contract::order::OrderCreated;
//! use event_contract::{Event, Reader};
//!
//! let bytes = br#"{"detail-type":"Order.Created","source":"order-service","detail":{
//!     "data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}}"#;
//!
//! let reading = Reader::<OrderCreated>::default().read(bytes)?;
//! for seen in reading.observations() {
//!     println!("{}: {seen}", seen.severity()); // "info: /detail/version: v1, given as v3", and more
//! }
//! let event: Event<OrderCreated> = reading.into_event();
//! assert_eq!(event.payload().placed_at.to_rfc3339(), "2023-11-14T22:13:20+00:00");
//! # Ok::<(), event_contract::ReadError>(())
//! ```
//!
//! # The main types
//!
//! * [`Payload`], to be derived: what an event says, in one version, with the version before it.
//!   [`ExternalPayload`] and [`InternalPayload`] are the bounds for what may cross a boundary and what may not.
//! * [`Event`]: a payload with its metadata. New ones by [`Event::new`]; those that follow from another by its [`Cause`].
//! * [`Reader`]: bytes to a [`Reading`], which holds the event and an [`Observation`] for each thing that was let pass;
//!   or to a [`ReadError`], which holds the bytes and a [`Mismatch`] for each thing that was not.
//! * [`Readable`], to be derived: an enum of several events, with a variant for what is none of them.
//! * [`Open`]: an enumeration that may grow.
//! * [`fault`]: what could not be read or handled, as an event that holds the bytes.
//! * [`wire`]: the shapes of deliveries; batches taken apart; type and version for routing.
//! * [`publish`]: events to entries of `PutEvents`, in batches, and the answer matched back.
//! * [`pattern`]: rules of EventBridge, matched as it matches them; explained, and looked through for mistakes.
//! * [`contract`]: a contract to use and to learn from.
//! * `catalog`, `schema`, `registry`, `record`, `audit`, `compat`, `check` and `cli`, with the features of these names,
//!   and `routing` with that of `check`: the types of a contract and their schemas, for registries and for checks in CI. The README shows how.
//!
//! Names are checked where they enter and can be relied on from there: [`EventType`], [`Version`], [`PartitionKey`],
//! [`SubsystemName`], [`EventId`].
//!
//! # What it does not do
//!
//! It does no I/O, does not look at a clock, fetches no claim check and decrypts nothing. It reads and writes JSON only.
//!
//! # Features
//!
//! * `gzip` (default): reads the compressed values of aws-lambda-stream events.
//! * `schema`: `schema::Schema`, what is written and read as JSON Schema; `catalog`, `registry` and `audit`;
//!   `schemars::JsonSchema` for the names, [`Open`] and the shipped contract.
//! * `record`: the published record of a contract.
//! * `cli`: the command line for any contract crate, and the program `event-contract`.
//! * `compat`: `compat`, whether a reader's JSON Schema accepts all that a writer's does.
//! * `check`: `check`, every reader of a contract beside every writer that it can meet.
//! * `aws-sdk`: [`publish`] with the types of `aws-sdk-eventbridge`.
//! * `aws-lambda-events`: [`wire::Delivery`] of the types that `aws_lambda_events` hands to a function.
//! * `cloudevents`: external events as those of `cloudevents-sdk`, and deliveries of them.

#[allow(unused_extern_crates, reason = "the derives name this crate, also inside it")]
extern crate self as event_contract;

#[cfg(feature = "schema")]
pub mod audit;
#[cfg(feature = "schema")]
pub mod catalog;
#[cfg(feature = "check")]
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "contract")]
pub mod contract;
mod event;
pub mod fault;
pub mod gateway;
mod is_internal;
mod lifecycle;
mod name;
mod open;
#[cfg(feature = "check")]
mod parallel;
#[cfg(feature = "pattern")]
pub mod pattern;
mod payload;
pub mod publish;
mod read;
#[cfg(feature = "record")]
pub mod record;
#[cfg(feature = "schema")]
pub mod registry;
#[cfg(feature = "check")]
pub mod routing;
#[cfg(feature = "schema")]
pub mod schema;
mod severity;
mod side;
mod tags;
mod unknown_field;
pub mod wire;

pub use event::Event;
pub use event::cause::Cause;
pub use event::downcast::{Downcast, DowncastError};
pub use event::encode::EncodedEvent;
pub use event::metadata::Metadata;
pub use event_contract_derive::{Payload, Readable};
pub use json_document::Pointer;
#[cfg(feature = "compat")]
pub use json_schema_containment as compat;
pub use lifecycle::{Lifecycle, Stage};
pub use name::{EventId, EventType, NameError, PartitionKey, SubsystemName, Version};
pub use open::Open;
pub use payload::{ExternalPayload, InternalPayload, Lineage, NoPrevious, Payload, UpcastError};
pub use read::{
    Limits, Mismatch, Observation, ObservationKind, Origin, ReadError, ReadErrorKind, Readable, Reader, Reading,
    Unrecognised,
};
pub use severity::Severity;
pub use side::{External, Internal, Side, SideKind};
pub use tags::Tags;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(doctest)]
#[path = "../tests/guide/snippets.rs"]
mod guide;
