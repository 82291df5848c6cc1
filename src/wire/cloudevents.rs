//! `CloudEvents` 1.0.2, structured JSON. The `data` is a payload, or a whole detail (as an EventBridge rule makes of
//! it).
//!
//! Of the extension attributes, `partitionkey`, `correlationid` and `causationid` are metadata; the version of a
//! payload is `dataversion`. A batch is an array: see [`deliveries`](super::deliveries).

use super::{Delivery, Shape};

/// The bytes of a document.
pub fn delivery(bytes: &[u8]) -> Delivery<'_> {
    Delivery::new(bytes, Some(Shape::CloudEvent))
}
