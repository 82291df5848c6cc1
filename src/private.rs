//! Items that the output of the derives uses. Not part of the public API, and without any stability guarantee.
//!
//! The output for two versions of an external payload, an internal one, and an enum:
//!
//! ```
//! use event_contract::__private::{self as private, DecodeError, Draft, EventVariant, MayCross};
//! use event_contract::__private::{PayloadParts, PayloadSource, TypeInfo};
//! use event_contract::{Event, External, ExternalPayload, Internal, InternalPayload, NoPrevious, Payload};
//! use event_contract::{Readable, Reader, Shareable, Unrecognised, UpcastError, Version};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct ParcelSentV1 {}
//!
//! impl Payload for ParcelSentV1 {
//!     type Side = External;
//!     type Previous = NoPrevious;
//!     const NAME: &'static str = "Parcel.Sent";
//!     const VERSION: Version = private::version(1);
//!     fn upcast(previous: NoPrevious) -> Result<Self, UpcastError> {
//!         match previous {}
//!     }
//! }
//! impl ExternalPayload for ParcelSentV1 {}
//! impl Shareable for ParcelSentV1 {}
//! const _: () = private::check_chain::<ParcelSentV1>();
//!
//! #[derive(Serialize, Deserialize)]
//! struct ParcelSent {
//!     weight: Option<u32>,
//! }
//! # impl From<ParcelSentV1> for ParcelSent {
//! #     fn from(_: ParcelSentV1) -> Self {
//! #         Self { weight: None }
//! #     }
//! # }
//!
//! impl Payload for ParcelSent {
//!     type Side = External;
//!     type Previous = ParcelSentV1;
//!     const NAME: &'static str = "Parcel.Sent";
//!     const VERSION: Version = private::version(2);
//!     fn upcast(previous: ParcelSentV1) -> Result<Self, UpcastError> {
//!         PayloadParts::<Self>::upcast(previous)
//!     }
//! }
//! impl ExternalPayload for ParcelSent {}
//! impl Shareable for ParcelSent {
//!     fn check_fields() {
//!         private::check_shareable::<Option<u32>>();
//!     }
//! }
//! const _: () = private::check_chain::<ParcelSent>();
//!
//! #[derive(Serialize, Deserialize)]
//! struct ParcelPacked {}
//!
//! impl Payload for ParcelPacked {
//!     type Side = Internal;
//!     type Previous = NoPrevious;
//!     const NAME: &'static str = "parcel-packed";
//!     const VERSION: Version = private::version(1);
//!     fn upcast(previous: NoPrevious) -> Result<Self, UpcastError> {
//!         match previous {}
//!     }
//! }
//! impl InternalPayload for ParcelPacked {}
//! impl<'boundary> Shareable for ParcelPacked where Internal: MayCross<'boundary, Self> {}
//!
//! enum ParcelEvent {
//!     Sent(Event<ParcelSent>),
//!     Packed(Event<ParcelPacked>),
//!     Other(Unrecognised),
//! }
//!
//! const fn info<V: EventVariant>() -> TypeInfo {
//!     TypeInfo::from_payload::<V::Payload>() // what `TypeInfo::from_variant` does
//! }
//!
//! impl Readable for ParcelEvent {
//!     type Event = Self;
//!     const TYPES: &'static [TypeInfo] = &[info::<Event<ParcelSent>>(), TypeInfo::from_variant::<Event<ParcelPacked>>()];
//!     fn decode<'de, S: PayloadSource<'de>>(
//!         index: usize,
//!         version: Version,
//!         source: S,
//!     ) -> Result<Draft<Self>, DecodeError<S::Error>> {
//!         match index {
//!             0 => private::decode_draft::<Event<ParcelSent>, _, _>(version, source, Self::Sent),
//!             1 => private::decode_draft::<Event<ParcelPacked>, _, _>(version, source, Self::Packed),
//!             _ => Err(DecodeError::NoSuchVersion),
//!         }
//!     }
//!     fn unrecognised(event: Unrecognised) -> Result<Self, Unrecognised> {
//!         Ok(Self::Other(event))
//!     }
//! }
//! const _: () = private::check_types(<ParcelEvent as Readable>::TYPES, 1);
//!
//! let delivery = br#"{"detail-type":"Parcel.Sent","source":"post","time":"2026-11-22T10:43:01Z",
//!     "detail":{"version":1,"data":{},"meta":{}}}"#;
//! let event = Reader::<ParcelEvent>::default().read(delivery)?.into_event();
//! assert!(matches!(event, ParcelEvent::Sent(event) if event.payload().weight.is_none()));
//! # Ok::<(), event_contract::ReadError>(())
//! ```

pub use crate::payload::{DecodeError, PayloadParts, PayloadSource, TypeInfo, check_chain};
pub use crate::read::{Draft, EventVariant, check_types, decode_draft};
pub use crate::shareable::{MayCross, check_shareable};

/// The type of [`Payload::occurred_at`](crate::Payload::occurred_at).
pub type Time = chrono::DateTime<chrono::Utc>;

/// Creates a version that the derive has validated.
pub const fn version(number: u32) -> crate::Version {
    match crate::Version::new(number) {
        Ok(version) => version,
        Err(_) => panic!("expected a version from 1 to 4294967295"),
    }
}

/// Creates a lifecycle of days that the derive has validated, as year, month and day.
pub const fn lifecycle(deprecated: Option<(i32, u32, u32)>, sunset: Option<(i32, u32, u32)>) -> crate::Lifecycle {
    const fn day(day: Option<(i32, u32, u32)>) -> Option<chrono::NaiveDate> {
        let Some((year, month, day)) = day else { return None };
        match chrono::NaiveDate::from_ymd_opt(year, month, day) {
            Some(day) => Some(day),
            None => panic!("expected a day of the calendar"),
        }
    }

    crate::Lifecycle { deprecated: day(deprecated), sunset: day(sunset) }
}
