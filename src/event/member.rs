//! Member names of the canonical detail.
//!
//! Metadata is at the root of the detail, next to the payload, so that routing rules can select events by it.

pub(crate) const ID: &str = "id";
pub(crate) const TYPE: &str = "type";
pub(crate) const VERSION: &str = "version";
pub(crate) const TIMESTAMP: &str = "timestamp";
pub(crate) const PARTITION_KEY: &str = "partitionKey";
pub(crate) const SOURCE: &str = "source";
pub(crate) const CORRELATION_ID: &str = "correlationId";
pub(crate) const CAUSATION_ID: &str = "causationId";
pub(crate) const TAGS: &str = "tags";
/// The payload.
pub(crate) const DATA: &str = "data";
/// Unknown fields whose place is not certain: an object from JSON pointer to value.
pub(crate) const KEPT: &str = "kept";
