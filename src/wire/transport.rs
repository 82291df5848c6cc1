//! Metadata of the message or the record that carries an event.

use chrono::{DateTime, Utc};

/// Metadata of a message or a record: fallbacks for metadata that the event lacks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Transport {
    pub(crate) id: Option<String>,
    pub(crate) time: Option<DateTime<Utc>>,
    pub(crate) partition_key: Option<String>,
    /// Position of a record in its stream; not a fallback for anything.
    pub(crate) sequence_number: Option<String>,
    /// Identifier of the outermost message or record.
    pub(crate) message: Option<String>,
    /// Marks bytes that are the data of a Kinesis record verbatim, because it is not base64.
    pub(crate) is_not_base64: bool,
}

impl Transport {
    /// Transport without any metadata.
    pub(crate) const NONE: Self =
        Self { id: None, time: None, partition_key: None, sequence_number: None, message: None, is_not_base64: false };

    /// See [`Delivery::item_identifier`](super::Delivery::item_identifier).
    pub(super) fn item(&self) -> Option<&str> {
        self.message.as_deref().or(self.sequence_number.as_deref())
    }
}
