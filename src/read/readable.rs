//! What a reader can be asked for: one payload type, or an enum of several.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::event::Event;
use crate::event::metadata::Metadata;
use crate::name::{PartitionKey, Version};
use crate::payload::{DecodeError, Lineage, Payload, PayloadSource};
use crate::side::{Side, SideKind};
use crate::unknown_field::UnknownFields;

/// What a [`Reader`](crate::Reader) can be asked for: any [`Payload`], or an enum of events of several types.
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
///     Incoming::Other(other) => println!("not for us: {:?}", other.event_type()),
/// }
/// # Ok(())
/// # }
/// ```
///
/// A variant may also hold a `Box<Event<…>>`, where one payload is much larger than the others.
///
/// An enum without a variant for [`Unrecognised`] does not compile: such events would be lost. Two variants of one
/// event type do not either.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read as an event",
    label = "neither a payload nor an enum of events",
    note = "a `Reader` is asked for a type with `#[derive(Payload)]`, or for an enum with `#[derive(Readable)]`"
)]
pub trait Readable: Sized + 'static {
    /// What comes out: an [`Event`] of the payload, or the enum.
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

/// An event of none of the types that were asked for. It holds the bytes: nothing that came in is lost.
#[derive(Clone, PartialEq, Eq)]
pub struct Unrecognised {
    pub(crate) event_type: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

impl Unrecognised {
    /// The type it is, if it says one.
    pub fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }

    /// The bytes of the delivery, exactly as they came.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of the delivery, exactly as they came.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl fmt::Debug for Unrecognised {
    /// Without the bytes: they are an event, and nobody's business in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = format_args!("<{} bytes>", self.bytes.len());
        f.debug_struct("Unrecognised").field("event_type", &self.event_type).field("bytes", &bytes).finish()
    }
}

/// What a variant may hold: an event, in a box or not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "a variant holds `Event<…>` of a payload, `Box<Event<…>>`, or `Unrecognised`"
)]
pub trait EventVariant {
    /// The payload.
    type Payload: Payload;

    /// The event as the variant holds it.
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

/// A type that can come out of a reader.
#[derive(Debug, Clone, Copy)]
pub struct TypeInfo {
    pub(crate) name: &'static str,
    pub(crate) newest: Version,
    pub(crate) entity: Option<&'static str>,
    pub(crate) side: SideKind,
}

impl TypeInfo {
    /// That of what a variant holds.
    pub const fn from_variant<V: EventVariant>() -> Self {
        Self::from_payload::<V::Payload>()
    }

    /// That of a payload.
    pub const fn from_payload<P: Payload>() -> Self {
        Self { name: P::NAME, newest: P::VERSION, entity: P::ENTITY, side: <P::Side as Side>::KIND }
    }
}

/// Refuses a variant of an event type that an earlier one has, when the enum is compiled. The caller is tracked so that
/// the compiler points there, at the variant. A payload that the derive has refused has no name.
///
/// # Panics
///
/// That is how it refuses.
#[track_caller]
pub const fn check_types(types: &[TypeInfo], index: usize) {
    let mut earlier = 0;
    while earlier < index {
        assert!(
            types[index].name.is_empty() || !crate::payload::equals(types[earlier].name, types[index].name),
            "two variants hold events of one type: keep the one with the newest version, it reads all older ones"
        );
        earlier += 1;
    }
}

/// An event whose payload is read and whose metadata is not.
pub struct Draft<E> {
    pub(crate) partition_key: Option<PartitionKey>,
    pub(crate) occurred_at: Option<DateTime<Utc>>,
    pub(crate) finish: Box<dyn FnOnce(Metadata, UnknownFields) -> E>,
}

/// Reads a payload of this version, to be made an event later.
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
        finish: Box::new(move |metadata, kept| wrap(V::from_event(Event::from_parts(metadata, payload, kept)))),
    })
}
