//! Deliveries: the formats in which buses, queues, streams and event lakes deliver events.
//!
//! | event | recognised by |
//! |---|---|
//! | EventBridge envelope, also of a replay or in an event lake | `detail-type`, or `detail` without a `type` next to it |
//! | canonical detail | `type` with `data`, or `data` with other metadata |
//! | `{data, meta}` or `{metadata, data}` | `data` without any metadata next to it |
//! | flat detail of aws-lambda-stream | `type` without `data` |
//! | CloudEvents 1.0.2, structured JSON | `specversion` |
//!
//! [`deliveries`] recognises all of them, and takes apart what holds them: arrays and documents one after the other; batches,
//! messages and records of SQS, SNS, Kinesis, Kafka, Amazon MQ, Firehose and `CloudWatch` Logs, as Lambda functions,
//! EventBridge Pipes and the AWS command line have them; reports of Lambda destinations; requests to `PutEvents`. Documents of AWS that
//! hold no events are errors that name them. The guide page on the wire format lists all of them, with samples.
//!
//! If the [`Shape`] is known, [`Delivery::with_shape`] skips its recognition.
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
mod bytes;
#[cfg(feature = "cloudevents")]
mod cloudevents;
mod compressed;
mod cursor;
mod data_schema;
mod delivery;
mod envelope;
mod epoch;
mod error;
pub(crate) mod facts;
mod field;
mod form;
mod inline_data;
#[cfg(feature = "aws-lambda-events")]
mod lambda;
pub(crate) mod level;
mod put_events;
mod route;
mod scalar;
mod shape;
mod text;
mod transport;

pub(crate) use aws_lambda_stream::ClaimCheck;
pub use batch::deliveries;
#[cfg(feature = "schema")]
pub(crate) use batch::max_events;
pub(crate) use batch::{Collected, Deliveries, Document, MAX_EVENTS};
pub(crate) use bytes::Bytes;
pub(crate) use compressed::{MAX_DELIVERY_BYTES, compress, inflate, unpack};
pub(crate) use data_schema::DataSchema;
#[cfg(feature = "schema")]
pub(crate) use data_schema::percent_encode;
#[cfg(feature = "cli")]
pub(crate) use delivery::Declaration;
pub use delivery::Delivery;
pub(crate) use delivery::Origins;
pub use envelope::Envelope;
pub(crate) use epoch::EpochSeconds;
pub use error::{WireError, WireErrorKind};
pub(crate) use inline_data::{DataEncoding, inline_data};
pub use route::{Route, route};
pub(crate) use scalar::{HALF_SURROGATE, Scalar};
pub use shape::Shape;
pub(crate) use text::{expand_detail, parse_root, without_byte_order_mark};
pub(crate) use transport::Transport;
