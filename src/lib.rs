//! Typed, versioned events between autonomous services, and a tolerant reader that reports every deviation.
//!
//! An [`Event`] has a [`Payload`]: a struct with a name, a version and a side. An internal payload stays inside its
//! subsystem, an external one may leave it, and the compiler knows which is which. A [`Reader`] reads bytes in any
//! delivery shape and any version, and returns events of the newest version:
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
//!     println!("{}: {seen}", seen.severity()); // "info: /detail/version: v1, upcast to v3", and more
//! }
//! let event: Event<OrderCreated> = reading.into_event();
//! assert_eq!(event.payload().placed_at.to_rfc3339(), "2023-11-14T22:13:20+00:00");
//! # Ok::<(), event_contract::ReadError>(())
//! ```
//!
//! # The main types
//!
//! * [`Payload`] (derive): the content of an event in one version, with its previous version. [`ExternalPayload`] and
//!   [`InternalPayload`] are the bounds for code on one side of the boundary.
//! * [`Shareable`]: the types that may be part of an external payload; `#[derive(ValueType)]` adds one of yours.
//! * [`Event`]: a payload with its metadata. [`Event::new`] creates one; a [`Cause`] creates those that follow from another.
//! * [`Reader`]: reads bytes to a [`Reading`], with the event and an [`Observation`] for each tolerated deviation, or to a
//!   [`ReadError`], with the bytes and a [`Mismatch`] for each other one.
//! * [`Readable`] (derive): an enum of several event types, with a variant for all other events.
//! * [`Open`]: an enumeration that may get more values.
//! * [`fault`]: an event for a delivery that could not be read or handled, with its bytes.
//! * [`gateway`]: the transforms at the boundary of a subsystem.
//! * [`wire`]: the shapes of deliveries, batches, and the type and version for routing.
//! * [`publish`]: events to entries of `PutEvents`, in batches, and responses matched to entries.
//!
//! With features:
//!
//! * `contract`: an example contract, for tests and as a template.
//! * `catalog`, `schema`, `registry`, `audit`: the types of a contract, their JSON Schemas, and the events of a lake.
//! * `record`, `check`, `cli`: published schemas and the compatibility check in CI.
//! * `pattern`, `routing`: rules of EventBridge, matched as the service does, explained, and checked against a contract.
//! * `compat`: containment of JSON Schemas.
//!
//! Names are validated once, when they enter: [`EventType`], [`Version`], [`PartitionKey`], [`SubsystemName`],
//! [`EventId`].
//!
//! # Observations and errors
//!
//! Both are data, for metrics and decisions:
//!
//! ```
//! use event_contract::contract::order::OrderCreated;
//! use event_contract::{ObservationKind, Origin, ReadErrorKind, Reader};
//!
//! let reader = Reader::<OrderCreated>::default();
//! let reading = reader.read(
//!     br#"{"id":"e-1","detail-type":"Order.Created","source":"order-service","detail":{
//!         "data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}}"#,
//! )?;
//! let from_envelope = ObservationKind::Substituted { from: Origin::Envelope };
//! assert!(reading.observations().iter().any(|seen| seen.kind == from_envelope));
//!
//! let error = reader.read(br#"{"detail-type":"Order.Created","detail":{"data":{},"meta":{}}}"#).unwrap_err();
//! let ReadErrorKind::Mismatch { mismatches, .. } = error.into_kind() else { panic!("fields are missing") };
//! assert_eq!(mismatches[0].pointer.as_str(), "/detail/data/orderId");
//! # Ok::<(), event_contract::ReadError>(())
//! ```
//!
//! # Limits
//!
//! It does no I/O and reads no clock outside of `cli`, `check::read_folder` and `check::assert_compatible`. It fetches no
//! claim check and decrypts nothing. It reads and writes JSON only.
//!
//! # Features
//!
//! * `gzip` (default): reads gzip and the compressed values of aws-lambda-stream events; compresses the bytes of large faults.
//! * `contract`: `contract`, the example contract.
//! * `pattern`: `pattern`, event patterns of EventBridge.
//! * `compat`: `compat`, the proof that a reader's JSON Schema accepts every document of a writer's.
//! * `schema`: `schema`, `catalog`, `registry` and `audit`; `schemars::JsonSchema` for the names, [`Open`] and the contract.
//! * `record`: `record`, the published record of a contract.
//! * `check`: `check`, every reader of a contract beside every writer that it can meet, and `routing`.
//! * `cli`: the command line for any contract crate, and the program `event-contract`.
//! * `aws-sdk`: [`publish`] with the types of `aws-sdk-eventbridge`.
//! * `aws-lambda-events`: [`wire::Delivery`] of the types that `aws_lambda_events` passes to a function.
//! * `cloudevents`: external events as those of `cloudevents-sdk`, and deliveries of them.

#[allow(unused_extern_crates, reason = "the output of the derives names this crate, also inside it")]
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
mod shareable;
mod side;
mod tags;
mod unknown_field;
pub mod wire;

pub use event::Event;
pub use event::cause::Cause;
pub use event::downcast::{Downcast, DowncastError};
pub use event::encode::EncodedEvent;
pub use event::metadata::Metadata;
pub use event_contract_derive::{Payload, Readable, ValueType};
pub use json_document::Pointer;
#[cfg(feature = "compat")]
pub use json_schema_containment as compat;
pub use lifecycle::{Lifecycle, Stage};
pub use name::{EventId, EventType, NameError, PartitionKey, SubsystemName, Version};
pub use open::Open;
pub use payload::{ExternalPayload, InternalPayload, Lineage, NoPrevious, Payload, UpcastError};
pub use read::{
    Limits, Mismatch, Observation, ObservationKind, Origin, ReadError, ReadErrorKind, Readable, Reader, Reading,
    RecognisedType, Unrecognised,
};
pub use severity::Severity;
pub use shareable::Shareable;
pub use side::{External, Internal, Side, SideKind};
pub use tags::Tags;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(doctest)]
#[path = "../tests/guide/snippets.rs"]
mod guide;
