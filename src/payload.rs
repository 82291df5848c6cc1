//! Payloads: event type, version, side, and version chain.

use std::error::Error as StdError;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::lifecycle::Lifecycle;
use crate::name::{EventId, EventType, PartitionKey, Version};
use crate::side::{External, Internal, Side, SideKind};

/// The data of an event, for one event type in one version. Implement it by derive:
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
/// Keys of `#[payload(…)]`:
///
/// | key | meaning |
/// |---|---|
/// | `internal` or `external` | the [`Side`]; one of them is required |
/// | `name = "…"` | the event type; required, at most 128 characters |
/// | `version = N` | 1, 2, 3 …; required |
/// | `previous = path` | the payload of version N − 1, with `From` or `TryFrom` from it; required from version 2 on |
/// | `key = field` | the field (or `a.b`) that is the partition key of new events; any type that is `Display`. A text of more than 256 characters is hashed; an event with an empty one cannot be published |
/// | `time = field` | the `DateTime<Utc>` (or an `Option` of it) of the event, for deliveries without a time |
/// | `entity = "…"` | the member of a flat aws-lambda-stream event that is this payload |
/// | `deprecated = "2027-01-31"` | the first day on which this version is deprecated, see [`Lifecycle`] |
/// | `sunset = "2027-06-30"` | the first day on which this version is neither written nor read with |
///
/// A chain has no gap and no cycle, and all of its versions have the same name and side; anything else does not compile.
///
/// An external payload lists the fields that are shared: each must have a type that is [`Shareable`](crate::Shareable).
/// Those of the standard library, of `chrono` and `uuid`, and other external payloads are; a type of your own is with
/// `#[derive(ValueType)]`. An internal payload is not, nor is a type with one in it. `#[serde(flatten)]` does not compile
/// either. `#[payload(unchecked)]` on a field opts out.
///
/// ```compile_fail,E0277
/// # use event_contract::Payload;
/// # use serde::{Deserialize, Serialize};
/// # use event_contract::contract::order::OrderPlaced;
/// #[derive(Serialize, Deserialize, Payload)]
/// #[payload(external, name = "Order.Created", version = 1)]
/// struct OrderCreated {
///     placed: Option<OrderPlaced>, // error: `OrderPlaced` is an internal payload, and may not cross the boundary
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a payload of an event",
    label = "not a payload",
    note = "add `#[derive(Payload)]` with `#[payload(external, name = \"Order.Created\", version = 1)]`"
)]
pub trait Payload: Serialize + DeserializeOwned + 'static {
    /// [`Internal`] or [`External`].
    type Side: Side;

    /// The payload of the previous version, or [`NoPrevious`].
    type Previous: Lineage;

    /// The event type, a valid [`EventType`].
    const NAME: &'static str;

    /// The version of this payload.
    const VERSION: Version;

    /// The member of a flat aws-lambda-stream event that is this payload; `None` to find it by its shape.
    const ENTITY: Option<&'static str> = None;

    /// Set if a field is the partition key: one that is empty is then an error when the event is published.
    #[doc(hidden)]
    const HAS_KEY: bool = false;

    /// Deprecation and sunset of this version.
    const LIFECYCLE: Lifecycle = Lifecycle::LIVE;

    /// Fields that a function reads or writes, and whose schema does not say as what: each with the attribute of serde.
    #[doc(hidden)]
    const UNSTATED_ADAPTERS: &'static [(&'static str, &'static str)] = &[];

    /// Fields with `#[serde(flatten)]`.
    #[doc(hidden)]
    const FLATTENED_FIELDS: &'static [&'static str] = &[];

    /// The file and the line of the derive, for annotations of a check. The file is relative to the root of the workspace.
    #[doc(hidden)]
    const LOCATION: Option<(&'static str, u32)> = None;

    /// Converts a payload of the previous version.
    fn upcast(previous: Self::Previous) -> Result<Self, UpcastError>;

    /// Returns the partition key of new events with this payload; `None` to use the id of the event, or if the field is empty.
    fn partition_key(&self) -> Option<PartitionKey> {
        None
    }

    /// Returns the time of the event, for deliveries without a time.
    fn occurred_at(&self) -> Option<DateTime<Utc>> {
        None
    }
}

/// A payload that may leave its subsystem: one with `#[payload(external, …)]`. The derive checks its fields; for a payload
/// that implements this trait by hand, nothing is checked but its side.
///
/// ```compile_fail
/// use event_contract::{Event, ExternalPayload};
/// use event_contract::contract::order::OrderPlaced;
///
/// fn share<P: ExternalPayload>(_: &Event<P>) {}
///
/// fn leak(event: &Event<OrderPlaced>) {
///     share(event); // error: `OrderPlaced` is not external: it cannot leave its subsystem
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not external: it cannot leave its subsystem",
    label = "expected an external payload",
    note = "convert the internal event into an external one in a gateway, field by field: only a type with `#[payload(external, …)]` may leave a subsystem"
)]
pub trait ExternalPayload: Payload<Side = External> {}

/// A payload that stays inside its subsystem: one with `#[payload(internal, …)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not internal: it belongs to another subsystem or to the boundary",
    label = "expected an internal payload",
    note = "convert the external event into an internal one of your own in a gateway: only a type with `#[payload(internal, …)]` stays inside a subsystem"
)]
pub trait InternalPayload: Payload<Side = Internal> {}

/// The end of a version chain: [`Payload::Previous`] of the first version. It has no values.
///
/// ```
/// use event_contract::contract::order::{v1, v2};
/// use event_contract::{Lineage, NoPrevious, Payload};
///
/// fn is_first<P: Payload<Previous = NoPrevious>>(_: &P) {}
/// fn is_chain<C: Lineage>() {}
///
/// let first: v1::OrderCreated =
///     serde_json::from_str(r#"{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000}"#)?;
/// is_first(&first);
/// is_chain::<<v2::OrderCreated as Payload>::Previous>();
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPrevious {}

/// A version chain: a payload with all its previous versions. Implemented for every [`Payload`] and for [`NoPrevious`].
/// Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a payload, and cannot be the previous version of one",
    label = "not a payload",
    note = "expected a type with `#[derive(Payload)]` as `previous`"
)]
pub trait Lineage: sealed::Sealed + Sized {
    #[doc(hidden)]
    const LINK: Option<TypeInfo>;

    #[doc(hidden)]
    fn decode<'de, S: PayloadSource<'de>>(
        version: Version,
        source: S,
    ) -> Result<PayloadParts<Self>, DecodeError<S::Error>>;
}

/// Failure to upcast: the payload has no equivalent in the next version.
///
/// ```
/// use event_contract::UpcastError;
/// use event_contract::contract::order::OrderUpdated;
///
/// let error: UpcastError = UpcastError::new::<OrderUpdated>("unknown status");
/// assert_eq!(error.to_string(), "Order.Updated v2 cannot be upcast to v3: unknown status");
/// assert_eq!(error.event_type(), "Order.Updated");
/// ```
#[derive(Debug)]
pub struct UpcastError {
    name: &'static str,
    from: Version,
    to: Version,
    cause: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for UpcastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, from, to, cause } = self;
        write!(f, "{name} {from} cannot be upcast to {to}: {cause}")
    }
}

impl StdError for UpcastError {
    /// Returns the source of the cause, whose own message is part of this one.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.source()
    }
}

impl UpcastError {
    /// Creates the error for a payload `P` that implements [`Payload`] by hand.
    pub fn new<P: Payload>(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let from = P::VERSION.get().saturating_sub(1);
        Self { name: P::NAME, from: Version::new(from).unwrap_or(P::VERSION), to: P::VERSION, cause: cause.into() }
    }

    /// Returns the error of the conversion.
    ///
    /// ```
    /// # use event_contract::{UpcastError, contract::order::OrderUpdated};
    /// let error = UpcastError::new::<OrderUpdated>("unknown status");
    /// assert_eq!(error.cause().to_string(), "unknown status");
    /// ```
    pub fn cause(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.cause
    }

    /// Returns the event type of the payload.
    pub fn event_type(&self) -> &'static str {
        self.name
    }
}

/// The event type of a payload.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct TypeInfo {
    pub(crate) name: &'static str,
    /// The version of the payload: the newest one that a reader with this payload knows.
    pub(crate) newest: Version,
    pub(crate) entity: Option<&'static str>,
    pub(crate) side: SideKind,
}

impl TypeInfo {
    /// Describes the event type of a payload.
    pub const fn from_payload<P: Payload>() -> Self {
        Self { name: P::NAME, newest: P::VERSION, entity: P::ENTITY, side: <P::Side as Side>::KIND }
    }
}

/// A deserializer of one payload. The reader has several: streaming, from text, and from a tree.
#[doc(hidden)]
pub trait PayloadSource<'de> {
    type Error;
    fn deserialize<P: Payload>(self) -> Result<P, Self::Error>;
}

/// A payload and the metadata in it.
#[doc(hidden)]
#[derive(Debug)]
pub struct PayloadParts<P> {
    pub payload: P,
    /// Taken from the version that was read, before it was upcast.
    pub partition_key: Option<PartitionKey>,
    pub occurred_at: Option<DateTime<Utc>>,
}

/// Bodies of derived methods: as functions, they report an unmet bound with the message of its trait.
impl<P> PayloadParts<P> {
    pub fn upcast<Older>(previous: Older) -> Result<P, UpcastError>
    where
        P: UpcastFrom<Older>,
    {
        P::upcast_from(previous)
    }

    pub fn partition_key<T: KeyField>(field: &T) -> Option<PartitionKey> {
        partition_key_from_text(field.to_string())
    }

    pub fn occurred_at<T: TimeField>(field: &T) -> Option<DateTime<Utc>> {
        field.time()
    }
}

/// A payload with `From` or `TryFrom` of the previous version.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be converted from the previous version `{Older}`",
    label = "events of this version could not be read",
    note = "add `impl From<{Older}> for {Self}`; or, if some events have no equivalent, `impl TryFrom<{Older}> for {Self}` whose error implements `std::error::Error + Send + Sync`"
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

/// The type of a partition key field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a partition key",
    label = "the partition key is taken from this field",
    note = "expected as `key = …` a required field whose type implements `Display`: a string, a number, an identifier"
)]
pub trait KeyField: ToString {}

#[diagnostic::do_not_recommend]
impl<T: fmt::Display> KeyField for T {}

/// The type of a time field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a point in time",
    label = "the time is taken from this field",
    note = "expected as `time = …` a field of the type `chrono::DateTime<Utc>` or `Option<chrono::DateTime<Utc>>`"
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

/// Failure to decode a payload of some version.
#[doc(hidden)]
#[derive(Debug)]
pub enum DecodeError<E> {
    Source(E),
    Upcast(UpcastError),
    NoSuchVersion,
}

impl<P: Payload> Lineage for P {
    const LINK: Option<TypeInfo> = Some(TypeInfo::from_payload::<P>());

    fn decode<'de, S: PayloadSource<'de>>(
        version: Version,
        source: S,
    ) -> Result<PayloadParts<P>, DecodeError<S::Error>> {
        const { check_chain::<P>() };
        if version == P::VERSION {
            let payload: P = source.deserialize().map_err(DecodeError::Source)?;
            let (partition_key, occurred_at) = (payload.partition_key(), payload.occurred_at());
            return Ok(PayloadParts { payload, partition_key, occurred_at });
        }
        let PayloadParts { payload, partition_key, occurred_at } = P::Previous::decode(version, source)?;
        let payload = P::upcast(payload).map_err(DecodeError::Upcast)?;
        // The newer version may have a key or a time that the older one lacks.
        let partition_key = partition_key.or_else(|| payload.partition_key());
        let occurred_at = occurred_at.or_else(|| payload.occurred_at());
        Ok(PayloadParts { payload, partition_key, occurred_at })
    }
}

impl Lineage for NoPrevious {
    const LINK: Option<TypeInfo> = None;

    fn decode<'de, S: PayloadSource<'de>>(_: Version, _: S) -> Result<PayloadParts<Self>, DecodeError<S::Error>> {
        Err(DecodeError::NoSuchVersion)
    }
}

/// Panics for an invalid chain, and so fails the compilation.
///
/// `#[derive(Payload)]` calls it in a constant. The caller is tracked: the compiler points at `previous`.
#[doc(hidden)]
#[track_caller]
pub const fn check_chain<P: Payload>() {
    let version = P::VERSION.get();
    assert!(
        EventType::is_valid(P::NAME),
        "invalid `name`: expected 1 to 128 characters, without control characters and without spaces at either end"
    );
    match <P::Previous as Lineage>::LINK {
        None => {
            assert!(version == 1, "missing `previous`: only version 1 has no previous version");
        }
        // The derive gives a payload that it rejects an empty name, and has reported the error itself.
        Some(previous) if previous.name.is_empty() => {}
        Some(previous) => {
            assert!(
                matches!(
                    (<P::Side as Side>::KIND, previous.side),
                    (SideKind::Internal, SideKind::Internal) | (SideKind::External, SideKind::External)
                ),
                "`previous` is on the other side: all versions of a payload are `internal`, or all are `external`"
            );
            assert!(
                equals(P::NAME, previous.name),
                "`previous` has another event type: all versions of a payload have the same `name`"
            );
            assert!(previous.newest.get() < version, "`previous` is not an older version: the chain would be a cycle");
            assert!(
                previous.newest.get() + 1 == version,
                "`previous` skips a version: expected the version just before this one"
            );
        }
    }
}

/// Returns the partition key of an entity with this id: the id itself, or a `UUIDv5` of one that is too long. `None` if it is
/// empty.
///
/// Equal ids give equal keys, so that the events of the entity keep their order. The derived key never changes.
fn partition_key_from_text(text: String) -> Option<PartitionKey> {
    let is_too_long = text.chars().nth(PartitionKey::MAX_CHARACTERS).is_some();
    let text = if is_too_long { EventId::derived(["long-partition-key", &text]).as_str().to_owned() } else { text };
    PartitionKey::new(text).ok()
}

/// Compares strings in a constant, where `==` is not available.
pub(crate) const fn equals(one: &str, other: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_partition_keys_are_hashed() {
        let key = |text: &str| partition_key_from_text(text.to_owned());
        assert_eq!(key("ü-1").unwrap(), "ü-1");
        assert_eq!(key(&"ü".repeat(256)).unwrap().as_str(), "ü".repeat(256));
        let long = "k".repeat(257);
        assert_eq!(key(&long).unwrap(), "ff220cb3-64a7-5868-b0c6-215e1cad1e67");
        assert_ne!(key(&long), key(&"k".repeat(258)));
        assert_eq!(key(""), None);
    }
}
