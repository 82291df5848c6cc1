//! `{"data": payload, "meta": {}}`, as the cross-account backbone example has it: no type, no version, no id. It is the
//! first version of whatever type the envelope or the reader says.

use super::{Delivery, Shape};

/// The bytes of a `{data, meta}` detail.
pub fn delivery(bytes: &[u8]) -> Delivery<'_> {
    Delivery::new(bytes, Some(Shape::DataMeta))
}
