//! Types that may be part of an external payload, and the ways to opt out.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU8, Saturating, Wrapping};
use std::ops::{Bound, Range, RangeInclusive};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
use event_contract::{EventId, Open, PartitionKey, Payload, Reader, Shareable, SubsystemName, ValueType, Version};
use serde::{Deserialize, Serialize, Serializer};

#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(internal, name = "order-placed", version = 1)]
struct OrderPlaced {
    margin: i64,
    // An internal payload may have fields of any type.
    extras: serde_json::Value,
}

/// Needs nothing: all types are of the standard library, chrono and event-contract.
#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Counted", version = 1)]
struct OrderCounted {
    numbers: (u8, i128, f32, f64, NonZeroU8, Wrapping<u8>, Saturating<i8>, serde_json::Number),
    texts: (char, String, Box<str>, Cow<'static, str>, PathBuf),
    lists: (Vec<bool>, VecDeque<()>, LinkedList<u8>, BinaryHeap<u8>, Box<[u8]>, [u8; 4]),
    sets: (BTreeSet<String>, HashSet<String>, BTreeMap<String, Vec<u8>>, HashMap<u32, Option<bool>>),
    ranges: (Range<u8>, RangeInclusive<u8>, Bound<u8>),
    cells: (Cell<u8>, RefCell<u8>, Reverse<u8>, Result<u8, String>),
    times: (Duration, SystemTime, DateTime<Utc>, DateTime<FixedOffset>, NaiveDate, NaiveTime, NaiveDateTime, Weekday),
    addresses: (IpAddr, SocketAddr),
    names: (EventId, PartitionKey, SubsystemName, Version),
    marker: PhantomData<OrderPlaced>,
}

/// One derive for a value type, whatever serde does with it.
#[derive(Serialize, Deserialize, ValueType)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Line {
    Item {
        #[serde(rename = "sku", alias = "item")]
        item: String,
        #[serde(with = "chrono::serde::ts_milliseconds")]
        added_at: DateTime<Utc>,
        #[serde(serialize_with = "rounded")]
        price: f64,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        next: Option<Box<Self>>,
    },
    Gift(Channel),
    /// Nothing of it is written.
    #[serde(skip)]
    Draft(OrderPlaced),
    Nothing,
}

fn rounded<S: Serializer>(price: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(price.round())
}

#[derive(Clone, Default, Serialize, Deserialize, ValueType)]
struct Channel {
    name: String,
    // The other direction is read only.
    #[serde(skip_serializing, default)]
    cause: Option<OrderPlaced>,
    #[serde(skip)]
    placed: Vec<OrderPlaced>,
}

/// Writes the text, not the fields.
#[derive(Clone, Serialize, Deserialize, ValueType)]
#[serde(into = "String", from = "String")]
struct Code {
    placed: Vec<OrderPlaced>,
    code: String,
}

impl From<String> for Code {
    fn from(code: String) -> Self {
        Self { placed: Vec::new(), code }
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.code
    }
}

/// Its parameter is asked where it is used.
#[derive(Serialize, Deserialize, ValueType)]
struct Page<'a, T, M: ?Sized, const N: usize>
where
    T: Clone,
{
    items: Vec<T>,
    first: Option<Box<Page<'a, T, M, N>>>,
    #[serde(skip)]
    of: PhantomData<M>,
    title: Cow<'a, str>,
}

trait Kind {
    type Content: Serialize + for<'de> Deserialize<'de>;
}

impl Kind for OrderPlaced {
    type Content = u8;
}

#[derive(Serialize, Deserialize, ValueType)]
#[serde(bound = "")]
struct Content<K: Kind> {
    one: K::Content,
    all: Vec<<K as Kind>::Content>,
}

/// It is serialized by hand.
struct Opaque;

impl Shareable for Opaque {}

impl Serialize for Opaque {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Opaque {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Self)
    }
}

#[derive(Serialize, Deserialize)]
struct Extras {
    text: String,
}

type Lines = Vec<Line>;

macro_rules! list {
    ($of:ty) => { Vec<$of> };
}

#[derive(Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Created", version = 1)]
struct OrderCreated {
    lines: Lines,
    more: list!(Line),
    channel: Open<OpenChannel>,
    code: Code,
    page: Page<'static, String, OrderPlaced, 3>,
    content: Content<OrderPlaced>,
    counted: Option<OrderCounted>,
    opaque: Opaque,
    #[payload(unchecked)]
    extras: serde_json::Value,
    #[serde(default)]
    #[payload(unchecked)]
    placed: Option<OrderPlaced>,
    #[payload(unchecked)]
    #[serde(flatten)]
    flat: Extras,
}

#[derive(Serialize, Deserialize, ValueType)]
enum OpenChannel {
    Web,
}

/// Writes a `Code`, which is checked in place of the fields.
#[derive(Clone, Serialize, Deserialize, Payload)]
#[payload(external, name = "Order.Coded", version = 1)]
#[serde(into = "Code", from = "Code")]
struct OrderCoded {
    placed: OrderPlaced,
}

impl From<Code> for OrderCoded {
    fn from(_: Code) -> Self {
        Self { placed: OrderPlaced { margin: 0, extras: serde_json::Value::Null } }
    }
}

impl From<OrderCoded> for Code {
    fn from(_: OrderCoded) -> Self {
        Self { placed: Vec::new(), code: String::new() }
    }
}

fn share<T: Shareable>() {}

fn main() {
    share::<OrderCreated>();
    share::<uuid::Uuid>();
    let _ = (Reader::<OrderCreated>::default(), Reader::<OrderCoded>::default(), Reader::<OrderCounted>::default());
}
