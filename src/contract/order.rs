//! Payloads of the Order service.
//!
//! The newest version of each payload is re-exported here, the older ones are in [`v2`] and [`v1`].
//!
//! ```
//! use event_contract::Open;
//! use event_contract::contract::order::{Channel, OrderCreated, v2};
//!
//! // A closed list in version 2: readers reject other values. An open one in version 3.
//! assert!(serde_json::from_str::<v2::Channel>(r#""kiosk""#).is_err());
//! let channel: Open<Channel> = serde_json::from_str(r#""kiosk""#)?;
//! assert_eq!(channel.known(), None);
//!
//! let created: OrderCreated = serde_json::from_str(
//!     r#"{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","placedAt":"2026-11-22T10:43:01Z",
//!         "customer":null,"lines":[],"total":null,"channel":"web","shipTo":null}"#,
//! )?;
//! let older = v2::OrderCreated::try_from(&created).expect("version 2 can express it");
//! assert_eq!(older.channel, Some(v2::Channel::Web));
//! # Ok::<(), serde_json::Error>(())
//! ```

pub mod gateway;
mod internal;
pub mod v1;
pub mod v2;
mod v3;

pub use internal::{OrderPlaced, OrderProgressed, PlacedLine};
pub use v3::{Channel, Line, OrderCreated, OrderStatus, OrderUpdated};
