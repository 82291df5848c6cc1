//! Event lakes: the whole envelope of each event, one a line.

use super::{Delivery, Shape};

/// One line of a lake, with or without its end.
pub fn delivery(line: &[u8]) -> Delivery<'_> {
    Delivery::new(line.trim_ascii(), Some(Shape::EventBridge))
}

/// The lines of a part of a lake, in their order, without those that are empty.
///
/// ```
/// use event_contract::wire::lake;
///
/// let part = b"{\"detail-type\":\"A\",\"detail\":{}}\r\n\n{\"detail-type\":\"B\",\"detail\":{}}\n";
/// assert_eq!(lake::deliveries(part).count(), 2);
/// ```
pub fn deliveries(part: &[u8]) -> impl Iterator<Item = Delivery<'_>> {
    part.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).map(delivery)
}
