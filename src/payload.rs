//! What an event says: a payload has a type name, a version, a side, and a chain to the version before.

use std::error::Error as StdError;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::lifecycle::Lifecycle;
use crate::name::{EventType, PartitionKey, Version};
use crate::side::{External, Internal, Side, SideKind};

/// What an event of one type says, in one version. Derive it:
///
/// ```
/// use event_contract::{Payload, Version};
/// use serde::{Deserialize, Serialize};
///
/// mod v1 {
///     # use event_contract::Payload;
///     # use serde::{Deserialize, Serialize};
///     #[derive(Debug, Serialize, Deserialize, Payload)]
///     #[payload(external, name = "Order.Created", version = 1, key = order_id)]
///     pub struct OrderCreated {
///         pub order_id: String,
///     }
/// }
///
/// #[derive(Debug, Serialize, Deserialize, Payload)]
/// #[payload(external, name = "Order.Created", version = 2, previous = v1::OrderCreated, key = order_id)]
/// pub struct OrderCreated {
///     pub order_id: String,
///     pub gift: bool,
/// }
///
/// impl From<v1::OrderCreated> for OrderCreated {
///     fn from(older: v1::OrderCreated) -> Self {
///         Self { order_id: older.order_id, gift: false }
///     }
/// }
///
/// assert_eq!(OrderCreated::NAME, "Order.Created");
/// assert_eq!(OrderCreated::VERSION, Version::new(2).unwrap());
/// ```
///
/// In `#[payload(…)]`:
///
/// | key | meaning |
/// |---|---|
/// | `internal` or `external` | the [`Side`]; one of them is required |
/// | `name = "…"` | the event type; required, at most 128 characters |
/// | `version = N` | 1, 2, 3 …; required |
/// | `previous = path` | the payload of version N − 1; required from version 2 on, with `From` or `TryFrom` from it |
/// | `key = field` | the field (or `a.b`) that is the partition key of new events; anything that is `Display` |
/// | `time = field` | the `DateTime<Utc>` (or `Option` of it) that says when it happened, for deliveries that say it nowhere else |
/// | `entity = "…"` | the name under which a flat aws-lambda-stream event carries this payload |
/// | `deprecated = "2027-01-31"` | from which day on this version is deprecated, see [`Lifecycle`] |
/// | `sunset = "2027-06-30"` | from which day on nobody writes it or reads with it |
///
/// The chain has no gap, no cycle, one name and one side: anything else does not compile.
///
/// An external payload is the list of what is shared. So it has no `#[serde(flatten)]`, and none of its fields is an
/// internal payload, alone or in an `Option`, a `Vec`, a `Box` or the like: neither compiles. What the types of its
/// fields hold in turn is not looked into.
///
/// ```compile_fail,E0080
/// # use event_contract::Payload;
/// # use serde::{Deserialize, Serialize};
/// # use event_contract::contract::order::OrderPlaced;
/// #[derive(Serialize, Deserialize, Payload)]
/// #[payload(external, name = "Order.Created", version = 1)]
/// struct OrderCreated {
///     placed: Option<OrderPlaced>, // error: an external payload holds no internal one
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the payload of an event",
    label = "not a payload",
    note = "derive it: `#[derive(Payload)]` with `#[payload(external, name = \"Order.Created\", version = 1)]`"
)]
pub trait Payload: Serialize + DeserializeOwned + 'static {
    /// [`Internal`] or [`External`].
    type Side: Side;

    /// The payload of the version before this one, or [`NoPrevious`].
    type Previous: Lineage;

    /// The event type; a valid [`EventType`].
    const NAME: &'static str;

    /// The version.
    const VERSION: Version;

    /// The name under which a flat aws-lambda-stream event carries this payload, where it has one of its own.
    const ENTITY: Option<&'static str> = None;

    /// How long this version is in use.
    const LIFECYCLE: Lifecycle = Lifecycle::LIVE;

    /// Makes this payload of that of the version before.
    fn upcast(previous: Self::Previous) -> Result<Self, UpcastError>;

    /// The partition key of a new event with this payload.
    fn partition_key(&self) -> Option<PartitionKey> {
        None
    }

    /// When it happened, as far as the payload itself says so.
    fn occurred_at(&self) -> Option<DateTime<Utc>> {
        None
    }
}

/// A payload that may cross the boundary of its subsystem: one with `#[payload(external, …)]`, and no other.
///
/// ```compile_fail
/// use event_contract::{Event, ExternalPayload};
/// use event_contract::contract::order::OrderPlaced;
///
/// fn share<P: ExternalPayload>(_: &Event<P>) {}
///
/// fn leak(event: &Event<OrderPlaced>) {
///     share(event); // error: `OrderPlaced` is internal: it cannot leave its subsystem
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not external: it cannot leave its subsystem",
    label = "an external payload is needed here",
    note = "turn the internal event into an external one at the boundary, field by field; only a type with `#[payload(external, …)]` may cross it"
)]
pub trait ExternalPayload: Payload<Side = External> {}

/// A payload that stays inside its subsystem: one with `#[payload(internal, …)]`, and no other.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not internal: it does not belong inside a subsystem",
    label = "an internal payload is needed here",
    note = "turn the external event into an internal one of your own at the boundary; only a type with `#[payload(internal, …)]` stays inside it"
)]
pub trait InternalPayload: Payload<Side = Internal> {}

/// The end of a version chain: what the first version has as its [`Payload::Previous`]. It has no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPrevious {}

/// A version and all that came before it. Implemented for every [`Payload`] and for [`NoPrevious`]; sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the payload of an event, and so it is not the version before one",
    label = "not a payload",
    note = "`previous` names a type with `#[derive(Payload)]`"
)]
pub trait Lineage: sealed::Sealed + Sized {
    #[doc(hidden)]
    const LINK: Option<Link>;

    #[doc(hidden)]
    fn decode<'de, S: Source<'de>>(version: Version, source: S) -> Result<Decoded<Self>, Failure<S::Error>>;
}

/// Why the payload of one version could not be made of the one before: what the user's `TryFrom` said.
#[derive(Debug, thiserror::Error)]
#[error("{name} {from} cannot be taken as {to}: {cause}")]
pub struct UpcastError {
    name: &'static str,
    from: Version,
    to: Version,
    #[source]
    cause: Box<dyn StdError + Send + Sync>,
}

impl UpcastError {
    /// For a payload type `P` that is implemented by hand.
    pub fn new<P: Payload>(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let from = P::VERSION.get().saturating_sub(1);
        Self { name: P::NAME, from: Version::new(from).unwrap_or(P::VERSION), to: P::VERSION, cause: cause.into() }
    }
}

/// What a payload says of itself to the check of its chain.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Link {
    name: &'static str,
    version: Version,
    side: SideKind,
}

/// Where payloads come from: the reader has several ways to get one.
#[doc(hidden)]
pub trait Source<'de> {
    type Error;
    fn payload<P: Payload>(self) -> Result<P, Self::Error>;
}

#[doc(hidden)]
#[derive(Debug)]
pub struct Decoded<P> {
    pub payload: P,
    /// What the version that was read says of itself, taken before it was upcast.
    pub partition_key: Option<PartitionKey>,
    pub occurred_at: Option<DateTime<Utc>>,
}

/// What the derive writes its methods with, here so that what is missing for one is said in our words.
impl<P> Decoded<P> {
    pub fn upcast<Older>(previous: Older) -> Result<P, UpcastError>
    where
        P: UpcastFrom<Older>,
    {
        P::upcast_from(previous)
    }

    pub fn partition_key<T: KeyField>(field: &T) -> Option<PartitionKey> {
        PartitionKey::new(field.to_string()).ok()
    }

    pub fn occurred_at<T: TimeField>(field: &T) -> Option<DateTime<Utc>> {
        field.time()
    }
}

/// A payload that has `From` or `TryFrom` of the version before it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made of `{Older}`, the version before it",
    label = "an event of this version could not be read",
    note = "write `impl From<{Older}> for {Self}`; or, where some events cannot be taken over, `impl TryFrom<{Older}> for {Self}` whose error implements `std::error::Error + Send + Sync`"
)]
pub trait UpcastFrom<Older>: Sized {
    fn upcast_from(older: Older) -> Result<Self, UpcastError>;
}

#[diagnostic::do_not_recommend]
impl<P, Older> UpcastFrom<Older> for P
where
    P: Payload + TryFrom<Older>,
    P::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    fn upcast_from(older: Older) -> Result<Self, UpcastError> {
        Self::try_from(older).map_err(UpcastError::new::<Self>)
    }
}

/// What a partition key can be made of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a partition key",
    label = "the partition key is made of this field",
    note = "`key = …` names a field that is always there and implements `Display`: a string, a number, an identifier"
)]
pub trait KeyField: ToString {}

#[diagnostic::do_not_recommend]
impl<T: fmt::Display> KeyField for T {}

/// What can say when something happened.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say when it happened",
    label = "the time is taken from this field",
    note = "`time = …` names a field of the type `chrono::DateTime<Utc>` or `Option<chrono::DateTime<Utc>>`"
)]
pub trait TimeField {
    fn time(&self) -> Option<DateTime<Utc>>;
}

impl TimeField for DateTime<Utc> {
    fn time(&self) -> Option<DateTime<Utc>> {
        Some(*self)
    }
}

impl TimeField for Option<DateTime<Utc>> {
    fn time(&self) -> Option<DateTime<Utc>> {
        *self
    }
}

#[doc(hidden)]
#[derive(Debug)]
pub enum Failure<E> {
    Source(E),
    Upcast(UpcastError),
    NoSuchVersion,
}

impl<P: Payload> Lineage for P {
    const LINK: Option<Link> = Some(Link { name: P::NAME, version: P::VERSION, side: <P::Side as Side>::KIND });

    fn decode<'de, S: Source<'de>>(version: Version, source: S) -> Result<Decoded<P>, Failure<S::Error>> {
        const { check_chain::<P>() };
        if version == P::VERSION {
            let payload: P = source.payload().map_err(Failure::Source)?;
            let (partition_key, occurred_at) = (payload.partition_key(), payload.occurred_at());
            return Ok(Decoded { payload, partition_key, occurred_at });
        }
        let Decoded { payload, partition_key, occurred_at } = P::Previous::decode(version, source)?;
        let payload = P::upcast(payload).map_err(Failure::Upcast)?;
        // What the older version does not say of itself, the newer one may.
        let partition_key = partition_key.or_else(|| payload.partition_key());
        let occurred_at = occurred_at.or_else(|| payload.occurred_at());
        Ok(Decoded { payload, partition_key, occurred_at })
    }
}

impl Lineage for NoPrevious {
    const LINK: Option<Link> = None;

    fn decode<'de, S: Source<'de>>(_: Version, _: S) -> Result<Decoded<Self>, Failure<S::Error>> {
        Err(Failure::NoSuchVersion)
    }
}

/// Refuses a chain that is none when it is compiled. `#[derive(Payload)]` calls it in a constant; the caller is tracked
/// so that the compiler points there, at `previous`, and not in here.
#[doc(hidden)]
#[track_caller]
pub const fn check_chain<P: Payload>() {
    let version = P::VERSION.get();
    assert!(
        EventType::is_valid(P::NAME),
        "the name of a payload has 1 to 128 characters, no control characters and no white space at its ends"
    );
    match <P::Previous as Lineage>::LINK {
        None => {
            assert!(version == 1, "a version from 2 on names the version before it as `previous`: the chain has a gap");
        }
        // What the derive has refused has no name: it has said so itself.
        Some(previous) if previous.name.is_empty() => {}
        Some(previous) => {
            assert!(
                matches!(
                    (<P::Side as Side>::KIND, previous.side),
                    (SideKind::Internal, SideKind::Internal) | (SideKind::External, SideKind::External)
                ),
                "`previous` is on the other side of the boundary: an internal payload and an external one are never versions of each other"
            );
            assert!(
                same(P::NAME, previous.name),
                "`previous` is a version of another event type: a chain has one name"
            );
            assert!(previous.version.get() < version, "`previous` is not an older version: the chain would be a cycle");
            assert!(
                previous.version.get() + 1 == version,
                "`previous` is not the version just before this one: the chain has a gap"
            );
        }
    }
}

pub(crate) const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

mod sealed {
    pub trait Sealed {}
    impl<P: super::Payload> Sealed for P {}
    impl Sealed for super::NoPrevious {}
}
