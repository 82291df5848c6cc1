//! Member names with a meaning in one of the wire formats.

/// A member name with a meaning in an envelope or a detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Field {
    Id,
    Type,
    Version,
    Timestamp,
    PartitionKey,
    Source,
    CorrelationId,
    CausationId,
    DetailType,
    Account,
    Time,
    Region,
    ReplayName,
    SpecVersion,
    // The fields from here on may hold objects and arrays.
    Tags,
    Data,
    Meta,
    Kept,
    Detail,
    Resources,
    Records,
    Entries,
    Eem,
    S3,
    Other,
}

impl Field {
    pub(super) fn from_name(name: &str) -> Self {
        match name {
            "id" => Self::Id,
            "type" => Self::Type,
            "version" => Self::Version,
            "timestamp" => Self::Timestamp,
            "partitionKey" => Self::PartitionKey,
            "source" => Self::Source,
            "correlationId" => Self::CorrelationId,
            "causationId" => Self::CausationId,
            "detail-type" => Self::DetailType,
            "account" => Self::Account,
            "time" => Self::Time,
            "region" => Self::Region,
            "replay-name" => Self::ReplayName,
            "specversion" => Self::SpecVersion,
            "tags" => Self::Tags,
            "data" => Self::Data,
            "meta" => Self::Meta,
            "kept" => Self::Kept,
            "detail" => Self::Detail,
            "resources" => Self::Resources,
            "Records" => Self::Records,
            "Entries" => Self::Entries,
            "eem" => Self::Eem,
            "s3" => Self::S3,
            _ => Self::Other,
        }
    }

    /// Like [`from_name`](Self::from_name), for a detail inside an envelope: names of envelope members have no meaning there.
    pub(super) fn from_detail_name(name: &str) -> Self {
        let field = Self::from_name(name);
        if field.belongs_to_envelope() { Self::Other } else { field }
    }

    fn belongs_to_envelope(self) -> bool {
        use Field::{Account, Detail, DetailType, Entries, Records, Region, ReplayName, Resources, SpecVersion, Time};
        matches!(
            self,
            DetailType | Account | Time | Region | ReplayName | SpecVersion | Detail | Resources | Records | Entries
        )
    }

    pub(super) fn is_scalar(self) -> bool {
        (self as u8) < Self::Tags as u8
    }

    /// Returns the bit of this field in a set of fields.
    pub(super) fn bit(self) -> u32 {
        1 << self as u8
    }
}
