//! Deliveries: the formats in which buses, queues, streams and event lakes deliver events.
//!
//! | format | recognised by |
//! |---|---|
//! | EventBridge envelope, also of a replay or in an event lake | `detail-type`, or `detail` without a `type` next to it |
//! | canonical detail | `type` with `data`, or `data` with other metadata |
//! | `{data, meta}` | `data` without any metadata next to it |
//! | flat detail of aws-lambda-stream | `type` without `data` |
//! | CloudEvents 1.0.2, structured JSON | `specversion` |
//! | SQS message, or a batch of them | `body` with `messageId`; `Records` |
//! | Kinesis record, or a batch of them | `kinesis`; `Records` |
//! | request to `PutEvents` | `Entries` |
//!
//! [`deliveries`] recognises all of them, and splits batches, arrays and texts of one document per line. If the [`Shape`]
//! is known, [`Delivery::with_shape`] skips its recognition.
//!
//! ```
//! use event_contract::wire::{self, Shape};
//!
//! let bytes = br#"{"detail-type":"Order.Created","source":"order-service","detail":{}}"#;
//! let deliveries = wire::deliveries(bytes)?;
//! assert_eq!(deliveries.len(), 1);
//! assert_eq!(deliveries[0].shape()?, Shape::EventBridge);
//! # Ok::<(), wire::WireError>(())
//! ```

pub(crate) mod aws_lambda_stream;
mod batch;
#[cfg(feature = "cloudevents")]
mod cloudevents;
mod data_schema;
mod delivery;
mod envelope;
mod epoch;
mod error;
pub(crate) mod facts;
mod field;
mod inline_data;
mod kinesis;
#[cfg(feature = "aws-lambda-events")]
mod lambda;
pub(crate) mod level;
mod put_events;
mod route;
mod scalar;
mod shape;
mod sqs;
mod text;

pub use aws_lambda_stream::ClaimCheck;
pub(crate) use batch::Document;
pub use batch::deliveries;
pub(crate) use data_schema::DataSchema;
#[cfg(feature = "schema")]
pub(crate) use data_schema::percent_encode;
pub use delivery::Delivery;
pub(crate) use delivery::{Origins, Transport};
pub use envelope::Envelope;
pub(crate) use epoch::EpochSeconds;
pub use error::{WireError, WireErrorKind};
pub(crate) use inline_data::{DataEncoding, inline_data};
pub use route::{Route, route};
pub(crate) use scalar::Scalar;
pub use shape::Shape;
pub(crate) use text::{parse_root, without_byte_order_mark};
