//! The canonical detail: `{"id", "type", "version", "timestamp", "partitionKey", …, "data": payload}`, as an SQS or
//! Kinesis target with `InputPath: $.detail` hands it over, and as [`Event`](crate::Event) writes it.

use super::{Delivery, Shape};

/// The bytes of a canonical detail.
pub fn delivery(bytes: &[u8]) -> Delivery<'_> {
    Delivery::new(bytes, Some(Shape::Detail))
}
