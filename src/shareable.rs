//! The allow-list of types that may cross the boundary of a subsystem.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{NonZero, Saturating, Wrapping};
use std::ops::{Bound, Range, RangeFrom, RangeInclusive, RangeTo};
use std::path::{Path, PathBuf};
use std::rc::{self, Rc};
use std::sync::atomic;
use std::sync::{self, Arc, Mutex, RwLock};
use std::time::{Duration, SystemTime};

use crate::name::{EventId, EventType, PartitionKey, SubsystemName, Version};
use crate::open::Open;
use crate::severity::Severity;
use crate::side::External;

/// A type whose values may cross the boundary of a subsystem, as part of an external payload.
///
/// Every field of an external payload must have such a type, however deep: `#[derive(Payload)]` asks for it. The types of
/// the standard library that serde supports have it if their parts do, and so have those of `chrono`, `uuid::Uuid`,
/// [`Open`], the names of this crate, and external payloads. A type of your own gets it by `#[derive(ValueType)]`, which
/// asks its fields in turn:
///
/// ```
/// use event_contract::{Payload, ValueType};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, ValueType)]
/// struct Line { item: String, quantity: u32 }
///
/// #[derive(Serialize, Deserialize, Payload)]
/// #[payload(external, name = "Order.Created", version = 1)]
/// struct OrderCreated { lines: Vec<Line> }
/// ```
///
/// An internal payload never has it, and it cannot be implemented for one. So it does not compile as part of an external
/// payload, under whatever name:
///
/// ```compile_fail,E0277
/// # use event_contract::{Payload, ValueType};
/// # use serde::{Deserialize, Serialize};
/// # use event_contract::contract::order::OrderPlaced;
/// type Placed = Option<OrderPlaced>;
///
/// #[derive(Serialize, Deserialize, ValueType)]
/// struct Line { item: String, placed: Placed } // error: `OrderPlaced` is an internal payload
/// ```
///
/// # What is asked
///
/// The types of what serde writes: each field, except those with `#[serde(skip)]` or `skip_serializing`; or, with
/// `#[serde(into = "…")]`, that type in their place. A type parameter of a value type must be `Shareable` where it is part
/// of a field. `#[serde(flatten)]` does not compile: it would share fields that are added later, and into a map it
/// collects fields that are not known.
///
/// # Opting out
///
/// `#[payload(unchecked)]` on a field lifts both rules for it. It is needed for types that hold anything, such as
/// `serde_json::Value`, and for types of crates that are not listed above. You answer for what such a field shares:
///
/// ```
/// # use event_contract::Payload;
/// # use serde::{Deserialize, Serialize};
/// #[derive(Serialize, Deserialize, Payload)]
/// #[payload(external, name = "Order.Created", version = 1)]
/// struct OrderCreated {
///     order_id: String,
///     #[payload(unchecked)]
///     extras: serde_json::Value,
/// }
/// ```
///
/// `impl Shareable for …` by hand does the same for a type, wherever it is used. The compiler sees types, not code: a
/// function of `serialize_with`, and a `Serialize` that is implemented by hand, can write everything that it can reach.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not cross the boundary of a subsystem",
    label = "contains a type that is not `Shareable`",
    note = "if it is a value type of yours, add `#[derive(ValueType)]` to it: its fields are checked in turn",
    note = "if it cannot be checked, such as `serde_json::Value`, add `#[payload(unchecked)]` to the field: you answer for what it shares"
)]
pub trait Shareable {
    /// Holds the checks of the derives and is never called. In the `impl`, because a field may have `Self` in its type.
    #[doc(hidden)]
    fn check_fields() {}
}

/// Compiles for types that may cross the boundary.
#[doc(hidden)]
pub fn check_shareable<T: Shareable + ?Sized>() {}

/// Required of the side of an internal payload `P` to be [`Shareable`]: `Internal` never is.
///
/// So the derive can implement `Shareable` for an internal payload: the implementation never applies, a second one by
/// hand would conflict with it, and the compiler has a message of its own. The lifetime makes the requirement one that is
/// checked where it is used, not where it is written (<https://github.com/rust-lang/rust/issues/48214>).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{P}` is an internal payload, and may not cross the boundary of a subsystem",
    label = "contains an internal payload",
    note = "an external payload lists the fields that are shared, one by one"
)]
pub trait MayCross<'a, P: ?Sized> {}

// Without an implementation, the compiler would advise the user to add one.
#[diagnostic::do_not_recommend]
impl<P: ?Sized> MayCross<'_, P> for External {}

/// Implements [`Shareable`] for types without parts. The compiler does not offer them in place of another type.
macro_rules! shareable_leaf {
    ($($leaf:ty),* $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl Shareable for $leaf {}
    )*};
}

shareable_leaf! {
    (), bool, char, str, String,
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64,
    NonZero<i8>, NonZero<i16>, NonZero<i32>, NonZero<i64>, NonZero<i128>, NonZero<isize>,
    NonZero<u8>, NonZero<u16>, NonZero<u32>, NonZero<u64>, NonZero<u128>, NonZero<usize>,
    atomic::AtomicBool, atomic::AtomicI8, atomic::AtomicI16, atomic::AtomicI32, atomic::AtomicIsize,
    atomic::AtomicU8, atomic::AtomicU16, atomic::AtomicU32, atomic::AtomicUsize,
    CStr, CString, OsStr, OsString, Path, PathBuf,
    Duration, SystemTime,
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6,
    chrono::FixedOffset, chrono::Month, chrono::NaiveDate, chrono::NaiveDateTime, chrono::NaiveTime,
    chrono::TimeDelta, chrono::Utc, chrono::Weekday,
    uuid::NonNilUuid, uuid::Uuid, uuid::fmt::Braced, uuid::fmt::Hyphenated, uuid::fmt::Simple, uuid::fmt::Urn,
    serde_json::Number,
    EventId, EventType, PartitionKey, Severity, SubsystemName, Version,
}

#[cfg(target_has_atomic = "64")]
shareable_leaf!(atomic::AtomicI64, atomic::AtomicU64);

#[diagnostic::do_not_recommend]
impl<Tz: chrono::TimeZone> Shareable for chrono::DateTime<Tz> {}

/// Nothing of `T` is written.
#[diagnostic::do_not_recommend]
impl<T: ?Sized> Shareable for PhantomData<T> {}

// Written out, not by a macro: the compiler shows these lines to a user whose type has a part that is not `Shareable`.

impl<T: Shareable> Shareable for [T] {}
impl<T: Shareable> Shareable for BTreeSet<T> {}
impl<T: Shareable> Shareable for BinaryHeap<T> {}
impl<T: Shareable> Shareable for Bound<T> {}
impl<T: Shareable> Shareable for Cell<T> {}
impl<T: Shareable> Shareable for LinkedList<T> {}
impl<T: Shareable> Shareable for Open<T> {}
impl<T: Shareable> Shareable for Option<T> {}
impl<T: Shareable> Shareable for Range<T> {}
impl<T: Shareable> Shareable for RangeFrom<T> {}
impl<T: Shareable> Shareable for RangeInclusive<T> {}
impl<T: Shareable> Shareable for RangeTo<T> {}
impl<T: Shareable> Shareable for Reverse<T> {}
impl<T: Shareable> Shareable for Saturating<T> {}
impl<T: Shareable> Shareable for Vec<T> {}
impl<T: Shareable> Shareable for VecDeque<T> {}
impl<T: Shareable> Shareable for Wrapping<T> {}

impl<T: Shareable + ?Sized> Shareable for &T {}
impl<T: Shareable + ?Sized> Shareable for &mut T {}
impl<T: Shareable + ?Sized> Shareable for Arc<T> {}
impl<T: Shareable + ?Sized> Shareable for Box<T> {}
impl<T: Shareable + ?Sized> Shareable for Mutex<T> {}
impl<T: Shareable + ?Sized> Shareable for Rc<T> {}
impl<T: Shareable + ?Sized> Shareable for RefCell<T> {}
impl<T: Shareable + ?Sized> Shareable for RwLock<T> {}
impl<T: Shareable + ?Sized> Shareable for rc::Weak<T> {}
impl<T: Shareable + ?Sized> Shareable for sync::Weak<T> {}

impl<T: Shareable + ToOwned + ?Sized> Shareable for Cow<'_, T> {}

impl<T: Shareable, const N: usize> Shareable for [T; N] {}

impl<T: Shareable, S> Shareable for HashSet<T, S> {}

impl<K: Shareable, V: Shareable> Shareable for BTreeMap<K, V> {}

impl<K: Shareable, V: Shareable, S> Shareable for HashMap<K, V, S> {}

impl<T: Shareable, E: Shareable> Shareable for Result<T, E> {}

/// Implements [`Shareable`] for tuples of each length, as serde does.
macro_rules! shareable_tuple {
    ($first:ident $($rest:ident)*) => {
        impl<$first: Shareable, $($rest: Shareable),*> Shareable for ($first, $($rest,)*) {}
        shareable_tuple!($($rest)*);
    };
    () => {};
}

shareable_tuple!(A B C D E F G H I J K L M N O P);
