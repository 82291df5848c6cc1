//! Names that are validated when they are constructed: event types, versions, keys, subsystems, ids.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that violates a rule for names of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{subject} {kind}")]
pub struct NameError {
    /// The kind of name with its article, such as "an event type".
    subject: &'static str,
    kind: NameErrorKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum NameErrorKind {
    #[error("is empty")]
    Empty,
    #[error("is longer than {0} characters")]
    TooLong(usize),
    #[error("contains a control character")]
    Control,
    #[error("begins or ends with a space")]
    Padded,
    #[error("begins with `aws.`, which is reserved for AWS services")]
    Reserved,
    #[error("is `external`, which is reserved as a mark for routing rules")]
    Mark,
    #[error("must be an integer from 1 to 4294967295")]
    NotAVersion,
    #[cfg(feature = "pattern")]
    #[error("must be a string of twelve digits")]
    NotTwelveDigits,
}

impl NameError {
    /// Returns the violated rule as a predicate, such as "is empty".
    pub(crate) fn reason(&self) -> impl fmt::Display {
        self.kind
    }

    #[cfg(feature = "pattern")]
    pub(crate) fn account() -> Self {
        Self { subject: "an AWS account ID", kind: NameErrorKind::NotTwelveDigits }
    }
}

/// Checks the rules that all names share. `const`, so that an invalid literal does not compile.
const fn check_text(text: &str, max_characters: usize) -> Result<(), NameErrorKind> {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return Err(NameErrorKind::Empty);
    }
    let mut characters = 0;
    let mut at = 0;
    while at < bytes.len() {
        // Continuation bytes (10xxxxxx) belong to a character that was counted.
        if bytes[at] & 0b1100_0000 != 0b1000_0000 {
            characters += 1;
        }
        if bytes[at] < 0x20 || bytes[at] == 0x7f {
            return Err(NameErrorKind::Control);
        }
        at += 1;
    }
    if characters > max_characters {
        return Err(NameErrorKind::TooLong(max_characters));
    }
    if bytes[0] == b' ' || bytes[bytes.len() - 1] == b' ' {
        return Err(NameErrorKind::Padded);
    }
    Ok(())
}

/// Checks a name that has no type of its own.
pub(crate) fn check_name(subject: &'static str, text: String, max_characters: usize) -> Result<String, NameError> {
    match check_text(&text, max_characters) {
        Ok(()) => Ok(text),
        Err(kind) => Err(NameError { subject, kind }),
    }
}

macro_rules! text_name {
    ($(#[$doc:meta])* $name:ident, $subject:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "Cow<'_, str>")]
        pub struct $name(Cow<'static, str>);

        impl $name {
            #[doc = concat!("Validates a text as ", $subject, ".")]
            pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
                let text = text.into();
                match $check(&text) {
                    Ok(()) => Ok(Self(Cow::Owned(text))),
                    Err(kind) => Err(NameError { subject: $subject, kind }),
                }
            }

            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl TryFrom<Cow<'_, str>> for $name {
            type Error = NameError;
            fn try_from(text: Cow<'_, str>) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = NameError;
            fn try_from(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }
    };
}

/// Adds a constructor for literals, which is evaluated at compile time in a constant.
macro_rules! literal_name {
    ($name:ident, $subject:literal, $check:expr) => {
        impl $name {
            #[doc = concat!("Validates a literal as ", $subject, ".")]
            ///
            /// # Panics
            /// For an invalid literal. In a constant, that is a compile error.
            #[must_use]
            pub const fn from_static(text: &'static str) -> Self {
                if $check(text).is_err() {
                    panic!(concat!("invalid literal for ", $subject));
                }
                Self(Cow::Borrowed(text))
            }
        }
    };
}

const fn check_event_type(text: &str) -> Result<(), NameErrorKind> {
    check_text(text, EventType::MAX_CHARACTERS)
}

const fn check_partition_key(text: &str) -> Result<(), NameErrorKind> {
    // A key may contain any characters: Kinesis accepts every text of 1 to 256 characters.
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return Err(NameErrorKind::Empty);
    }
    let (mut characters, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at] & 0b1100_0000 != 0b1000_0000 {
            characters += 1;
        }
        at += 1;
    }
    if characters > PartitionKey::MAX_CHARACTERS {
        return Err(NameErrorKind::TooLong(PartitionKey::MAX_CHARACTERS));
    }
    Ok(())
}

const fn check_subsystem(text: &str) -> Result<(), NameErrorKind> {
    if let Err(kind) = check_text(text, SubsystemName::MAX_CHARACTERS) {
        return Err(kind);
    }
    let bytes = text.as_bytes();
    if bytes.len() >= 4 && matches!((bytes[0], bytes[1], bytes[2], bytes[3]), (b'a', b'w', b's', b'.')) {
        return Err(NameErrorKind::Reserved);
    }
    let mark = b"external";
    if bytes.len() == mark.len() {
        let mut at = 0;
        while at < mark.len() && bytes[at] == mark[at] {
            at += 1;
        }
        if at == mark.len() {
            return Err(NameErrorKind::Mark);
        }
    }
    Ok(())
}

const fn check_event_id(text: &str) -> Result<(), NameErrorKind> {
    if text.is_empty() { Err(NameErrorKind::Empty) } else { Ok(()) }
}

text_name! {
    /// Type of an event, such as `Order.Created`. It is the `detail-type` of an EventBridge envelope.
    ///
    /// 1 to 128 characters (the limit that EventBridge sets on `DetailType`), no control characters, no spaces at either
    /// end.
    ///
    /// ```
    /// use event_contract::EventType;
    ///
    /// const ORDER_CREATED: EventType = EventType::from_static("Order.Created");
    /// assert_eq!(ORDER_CREATED.as_str(), "Order.Created");
    /// assert_eq!(EventType::new("").unwrap_err().to_string(), "an event type is empty");
    /// ```
    EventType, "an event type", check_event_type
}
literal_name!(EventType, "an event type", check_event_type);

impl EventType {
    /// Maximum number of characters of a `DetailType` in EventBridge.
    pub const MAX_CHARACTERS: usize = 128;

    pub(crate) const fn is_valid(text: &str) -> bool {
        check_event_type(text).is_ok()
    }
}

text_name! {
    /// Ordering key of an event, usually the id of its entity. Events with the same key keep their order.
    ///
    /// 1 to 256 characters (the limit of Kinesis).
    PartitionKey, "a partition key", check_partition_key
}

impl PartitionKey {
    /// Maximum number of characters of a partition key in Kinesis.
    pub const MAX_CHARACTERS: usize = 256;
}

text_name! {
    /// Name of an autonomous subsystem, such as `order-service`. It is the `source` of the events that it publishes.
    ///
    /// 1 to 256 characters, no control characters, no spaces at either end. `external` is reserved as a mark for routing
    /// rules, and names that begin with `aws.` are reserved for AWS services.
    ///
    /// ```
    /// use event_contract::SubsystemName;
    ///
    /// const ORDER: SubsystemName = SubsystemName::from_static("order-service");
    /// assert!(SubsystemName::new("external").is_err());
    /// ```
    SubsystemName, "a subsystem name", check_subsystem
}
literal_name!(SubsystemName, "a subsystem name", check_subsystem);

impl SubsystemName {
    /// Maximum number of characters of a `Source` in EventBridge.
    pub const MAX_CHARACTERS: usize = 256;
}

text_name! {
    /// Unique id of an event. New ids are `UUIDv7`, derived ones `UUIDv5`; any text that is not empty is read as an id.
    ///
    /// The id of an EventBridge envelope is not suitable: it changes with every put and between regions.
    EventId, "an event id", check_event_id
}

/// Namespace of derived ids. It must never change, because derived ids identify duplicates across releases.
const NAMESPACE: Uuid = Uuid::from_u128(0x8d5b_6a1e_2f3c_5e7a_9b41_c07d_13e8_64f2);

impl EventId {
    /// Creates a unique id that sorts by time: a `UUIDv7` of `time` and random bits.
    ///
    /// ```
    /// use event_contract::EventId;
    ///
    /// let now = "2026-11-22T10:43:01Z".parse().unwrap();
    /// assert_ne!(EventId::unique(now), EventId::unique(now));
    /// ```
    pub fn unique(time: DateTime<Utc>) -> Self {
        let seconds = u64::try_from(time.timestamp()).unwrap_or(0);
        let timestamp = uuid::Timestamp::from_unix(uuid::NoContext, seconds, time.timestamp_subsec_nanos());
        Self(Cow::Owned(Uuid::new_v7(timestamp).to_string()))
    }

    /// Derives an id from its parts: a `UUIDv5` of each part with its length.
    ///
    /// Equal parts give equal ids. Parts that differ only in their boundaries give different ids.
    ///
    /// ```
    /// use event_contract::EventId;
    ///
    /// assert_eq!(EventId::derived(["a", "b"]), EventId::derived(["a", "b"]));
    /// assert_ne!(EventId::derived(["ab", ""]), EventId::derived(["a", "b"]));
    /// ```
    pub fn derived<I>(parts: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<[u8]>,
    {
        let mut name = Vec::new();
        for part in parts {
            let part = part.as_ref();
            name.extend_from_slice(&(part.len() as u64).to_be_bytes());
            name.extend_from_slice(part);
        }
        Self(Cow::Owned(Uuid::new_v5(&NAMESPACE, &name).to_string()))
    }
}

/// Version of a payload: 1, 2, 3 …
///
/// ```
/// use event_contract::Version;
///
/// assert_eq!(Version::new(3).unwrap().get(), 3);
/// assert!(Version::new(0).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Version(NonZeroU32);

impl Version {
    /// The first version of a payload, and the version of an event without one.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// Validates a number from 1 on.
    pub const fn new(number: u32) -> Result<Self, NameError> {
        match NonZeroU32::new(number) {
            Some(number) => Ok(Self(number)),
            None => Err(NameError { subject: "a version", kind: NameErrorKind::NotAVersion }),
        }
    }

    /// Returns the number.
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl TryFrom<u32> for Version {
    type Error = NameError;
    fn try_from(number: u32) -> Result<Self, NameError> {
        Self::new(number)
    }
}

impl From<Version> for u32 {
    fn from(version: Version) -> Self {
        version.get()
    }
}

#[cfg(feature = "schema")]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    macro_rules! text_schema {
        ($($name:ident: { $($keywords:tt)* }),*) => { $(
            impl JsonSchema for super::$name {
                fn inline_schema() -> bool {
                    true
                }
                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }
                fn schema_id() -> Cow<'static, str> {
                    concat!(module_path!(), "::", stringify!($name)).into()
                }
                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({ "type": "string", "minLength": 1, $($keywords)* })
                }
            }
        )* };
    }

    /// Rejects control characters, and spaces at either end.
    const PLAIN: &str = r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$";

    text_schema! {
        EventType: { "maxLength": super::EventType::MAX_CHARACTERS, "pattern": PLAIN },
        PartitionKey: { "maxLength": super::PartitionKey::MAX_CHARACTERS },
        SubsystemName: {
            "maxLength": super::SubsystemName::MAX_CHARACTERS,
            "pattern": PLAIN,
            "not": { "anyOf": [{ "const": "external" }, { "pattern": r"^aws\." }] },
        },
        EventId: {}
    }

    impl JsonSchema for super::Version {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "Version".into()
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "integer", "minimum": 1, "maximum": u32::MAX })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_names_are_rejected_with_a_reason() {
        let message = |result: Result<(), NameError>| result.unwrap_err().to_string();
        let event_type = |text: &str| message(EventType::new(text).map(drop));
        assert_eq!(event_type(""), "an event type is empty");
        assert_eq!(event_type(" Order"), "an event type begins or ends with a space");
        assert_eq!(event_type("Order\n"), "an event type contains a control character");
        assert_eq!(event_type(&"x".repeat(129)), "an event type is longer than 128 characters");
        assert_eq!(
            message(SubsystemName::new("aws.ec2").map(drop)),
            "a subsystem name begins with `aws.`, which is reserved for AWS services"
        );
        assert_eq!(message(Version::new(0).map(drop)), "a version must be an integer from 1 to 4294967295");
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(EventType::new("ß".repeat(128)).is_ok());
        assert!(EventType::new("ß".repeat(129)).is_err());
        assert!(PartitionKey::new("🦀".repeat(256)).is_ok());
        assert!(PartitionKey::new("🦀".repeat(257)).is_err());
    }

    #[test]
    fn names_similar_to_reserved_ones_are_accepted() {
        for name in ["externals", "external-gateway", "aws", "awsome"] {
            assert!(SubsystemName::new(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn new_ids_are_version_7_and_derived_ones_version_5() {
        let id: Uuid = EventId::unique("2026-11-22T10:43:01Z".parse().unwrap()).as_str().parse().unwrap();
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_timestamp().unwrap().to_unix().0, 1_795_344_181);
        let id: Uuid = EventId::derived(["a"]).as_str().parse().unwrap();
        assert_eq!(id.get_version_num(), 5);
    }

    #[test]
    fn derived_ids_never_change() {
        // If a release derived other ids, consumers would not recognise events that are delivered again.
        assert_eq!(EventId::derived(["order-service", "1"]), "b278f524-c263-547d-85c5-f618a0f62f5d");
    }
}
