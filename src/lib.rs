#![doc = include_str!("../README.md")]

#[allow(unused_extern_crates, reason = "the derives name this crate, also inside it")]
extern crate self as event_contract;

pub mod contract;
mod event;
mod kept;
mod name;
mod open;
mod payload;
mod pointer;
mod read;
mod side;
pub mod wire;

pub use event::{Cause, Downcast, DowncastError, Event, Tags};
pub use event_contract_derive::{Payload, Readable};
pub use name::{EventId, EventType, NameError, PartitionKey, SubsystemName, Version};
pub use open::Open;
pub use payload::{ExternalPayload, InternalPayload, Lineage, NoPrevious, Payload, UpcastError};
pub use pointer::Pointer;
pub use read::{
    Limits, Mismatch, Observation, ObservationKind, Origin, ReadError, ReadErrorKind, Readable, Reader, Reading,
    Severity, Unrecognised,
};
pub use side::{External, Internal, Side, SideKind};

/// What the derives write into a user's crate. Not for anyone else, and not under any promise.
#[doc(hidden)]
pub mod __private {
    pub use crate::payload::{Decoded, Failure, Link, Source, check_chain};
    pub use crate::read::{Draft, TypeInfo, check_types, draft};

    /// The type of [`Payload::occurred_at`](crate::Payload::occurred_at).
    pub type Time = chrono::DateTime<chrono::Utc>;

    /// A version that the derive has checked.
    pub const fn version(number: u32) -> crate::Version {
        match crate::Version::new(number) {
            Ok(version) => version,
            Err(_) => panic!("a version is a number from 1 upwards"),
        }
    }

    /// Tells the derive of `Readable` what is in an event.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not an event",
        label = "a variant holds `Event<…>` of a payload, or `Unrecognised`"
    )]
    pub trait IsEvent {
        /// The payload.
        type Payload: crate::Payload;
    }

    impl<P: crate::Payload> IsEvent for crate::Event<P> {
        type Payload = P;
    }
}
