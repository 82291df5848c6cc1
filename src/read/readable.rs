//! Types that a reader can read: one payload, or an enum of several.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::event::Event;
use crate::event::metadata::Metadata;
use crate::name::{PartitionKey, Version};
use crate::payload::{DecodeError, Lineage, Payload, PayloadSource, TypeInfo};

use crate::unknown_field::UnknownFields;

/// A type that a [`Reader`](crate::Reader) can read: any [`Payload`], or an enum of events of several types.
///
/// ```
/// use event_contract::contract::{delivery::DeliveryUpdated, order::OrderCreated};
/// use event_contract::{Event, Readable, Reader, Unrecognised};
///
/// #[derive(Readable)]
/// enum Incoming {
///     Created(Event<OrderCreated>),
///     Delivered(Event<DeliveryUpdated>),
///     /// Everything else, with its bytes.
///     Other(Unrecognised),
/// }
///
/// # fn handle(bytes: &[u8]) -> Result<(), event_contract::ReadError> {
/// match Reader::<Incoming>::default().read(bytes)?.into_event() {
///     Incoming::Created(event) => println!("order {}", event.payload().order_id),
///     Incoming::Delivered(event) => println!("delivery {}", event.payload().delivery_id),
///     Incoming::Other(other) => println!("not for us: {:?}", other.event_type),
/// }
/// # Ok(())
/// # }
/// ```
///
/// A variant may also hold a `Box<Event<…>>`, for a payload that is much larger than the others.
///
/// An enum without a variant for [`Unrecognised`] does not compile, because events of other types would be lost. Neither
/// does an enum with two variants of one event type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read as an event",
    label = "not a payload and not an enum of events",
    note = "expected a type with `#[derive(Payload)]` or an enum with `#[derive(Readable)]`"
)]
pub trait Readable: Sized + 'static {
    /// The result of reading: an [`Event`] of the payload, or the enum.
    type Event;

    #[doc(hidden)]
    const TYPES: &'static [TypeInfo];

    #[doc(hidden)]
    fn decode<'de, S: PayloadSource<'de>>(
        index: usize,
        version: Version,
        source: S,
    ) -> Result<Draft<Self::Event>, DecodeError<S::Error>>;

    #[doc(hidden)]
    fn unrecognised(event: Unrecognised) -> Result<Self::Event, Unrecognised>;
}

impl<P: Payload> Readable for P {
    type Event = Event<P>;

    const TYPES: &'static [TypeInfo] = &[TypeInfo::from_payload::<P>()];

    fn decode<'de, S: PayloadSource<'de>>(
        _: usize,
        version: Version,
        source: S,
    ) -> Result<Draft<Event<P>>, DecodeError<S::Error>> {
        decode_draft::<Event<P>, _, _>(version, source, std::convert::identity)
    }

    fn unrecognised(event: Unrecognised) -> Result<Event<P>, Unrecognised> {
        Err(event)
    }
}

/// An event of a type that no variant of the reader has, with its bytes.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unrecognised {
    /// The event type, if the event has one.
    pub event_type: Option<String>,
    /// The bytes of the delivery, unchanged.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Unrecognised {
    /// Omits the bytes: payload data must not reach logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = format_args!("<{} bytes>", self.bytes.len());
        f.debug_struct("Unrecognised").field("event_type", &self.event_type).field("bytes", &bytes).finish()
    }
}

/// The content of a variant: an event, or an event in a box.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "expected `Event<…>` of a payload, `Box<Event<…>>`, or `Unrecognised`"
)]
pub trait EventVariant {
    /// The payload of the event.
    type Payload: Payload;

    /// Converts an event into the content.
    fn from_event(event: Event<Self::Payload>) -> Self;
}

impl<P: Payload> EventVariant for Event<P> {
    type Payload = P;

    fn from_event(event: Self) -> Self {
        event
    }
}

impl<P: Payload> EventVariant for Box<Event<P>> {
    type Payload = P;

    fn from_event(event: Event<P>) -> Self {
        Self::new(event)
    }
}

impl TypeInfo {
    /// Describes the event type of a variant.
    pub const fn from_variant<V: EventVariant>() -> Self {
        Self::from_payload::<V::Payload>()
    }
}

/// Panics, and so fails the compilation, for a variant whose event type an earlier variant has.
///
/// The caller is tracked: the compiler points at the variant. The derive gives a payload that it rejects an empty name.
///
/// # Panics
///
/// For such a variant. The derive calls it in a constant.
#[track_caller]
pub const fn check_types(types: &[TypeInfo], index: usize) {
    let mut earlier = 0;
    while earlier < index {
        assert!(
            types[index].name.is_empty() || !crate::payload::equals(types[earlier].name, types[index].name),
            "duplicate event type: keep the variant with the newest version, which reads all older ones"
        );
        earlier += 1;
    }
}

/// An event whose payload has been read, and whose metadata has not been assembled yet.
pub struct Draft<E> {
    pub(crate) partition_key: Option<PartitionKey>,
    pub(crate) occurred_at: Option<DateTime<Utc>>,
    pub(crate) finish: Box<dyn FnOnce(Metadata, UnknownFields) -> E>,
}

/// Decodes a payload of this version, upcast to the newest.
pub fn decode_draft<'de, V: EventVariant + 'static, S: PayloadSource<'de>, E>(
    version: Version,
    source: S,
    wrap: fn(V) -> E,
) -> Result<Draft<E>, DecodeError<S::Error>>
where
    E: 'static,
{
    let decoded = <V::Payload as Lineage>::decode(version, source)?;
    let payload = decoded.payload;
    Ok(Draft {
        partition_key: decoded.partition_key,
        occurred_at: decoded.occurred_at,
        finish: Box::new(move |metadata, unknown| wrap(V::from_event(Event::from_parts(metadata, payload, unknown)))),
    })
}
