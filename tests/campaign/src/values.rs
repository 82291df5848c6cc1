//! Value types as users write them by hand: conversions, checks, implementations of their own.

use std::collections::BTreeMap;

use event_contract::Open;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::draw::{Draw, Rng};

macro_rules! newtypes {
    ($($(#[$meta:meta])* $name:ident($(#[$of_field:meta])* $inner:ty) = |$rng:ident| $value:expr;)*) => { $(
        #[derive(Debug, Clone, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
        $(#[$meta])*
        pub struct $name($(#[$of_field])* $inner);

        impl Draw for $name {
            fn draw($rng: &mut Rng) -> Self {
                Self($value)
            }
        }
    )* };
}

newtypes! {
    #[serde(try_from = "u8", into = "u8")] Even(u8) = |rng| u8::draw(rng) & 0xfe;
    #[serde(try_from = "String")] Email(String) = |rng| String::draw(rng) + "@y";
    #[serde(from = "String")] Trimmed(String) = |rng| String::draw(rng);
    #[serde(into = "String")] Labelled(u8) = |rng| u8::draw(rng);
    #[serde(from = "Wide")] Narrow(u8) = |rng| u8::draw(rng);
    #[serde(transparent)] Id(String) = |rng| String::draw(rng);
    #[derive(Eq, Ord, Hash)] KeyId(String) = |rng| String::draw(rng);
    #[derive(Eq, Ord, Hash)] KeyNumber(u32) = |rng| u32::draw(rng);
    Price(
        #[serde(serialize_with = "crate::with::text::serialize", deserialize_with = "crate::with::text::deserialize")] f64
    ) = |rng| f64::from(i16::draw(rng)) / 8.0;
    PriceStated(#[serde(with = "crate::with::text")] #[schemars(with = "String")] f64) =
        |rng| f64::from(i16::draw(rng)) / 8.0;
    Rating(#[schemars(range(min = 1, max = 10))] u8) = |rng| u8::draw(rng) % 10 + 1;
    Name(#[schemars(length(min = 1, max = 3))] String) = |rng| rng.pick(&["a", "ab", "xyz"]).to_string();
    Reference(#[schemars(regex(pattern = "^[A-Z]{2}$"))] String) = |rng| rng.pick(&["AB", "XY"]).to_string();
}

impl TryFrom<u8> for Even {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        if number.is_multiple_of(2) { Ok(Self(number)) } else { Err("expected an even number") }
    }
}

impl From<Even> for u8 {
    fn from(even: Even) -> Self {
        even.0
    }
}

impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.contains('@') { Ok(Self(text)) } else { Err("expected an @") }
    }
}

impl From<String> for Trimmed {
    fn from(text: String) -> Self {
        Self(text.trim().to_owned())
    }
}

impl From<Labelled> for String {
    fn from(label: Labelled) -> Self {
        format!("no. {}", label.0)
    }
}

/// The form that [`Narrow`] is read in.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Wide {
    /// As it is written.
    Number(u8),
    /// As it was written.
    Object {
        /// The number.
        number: u8,
    },
}

impl From<Wide> for Narrow {
    fn from(wide: Wide) -> Self {
        match wide {
            Wide::Number(number) | Wide::Object { number } => Self(number),
        }
    }
}

/// Implements serde by hand, with a check; the schema is derived and knows nothing of it.
#[derive(Debug, Clone, JsonSchema)]
pub struct Percent(f32);

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f32::deserialize(deserializer)?;
        if (0.0..=100.0).contains(&number) { Ok(Self(number)) } else { Err(serde::de::Error::custom("out of range")) }
    }
}

impl Draw for Percent {
    fn draw(rng: &mut Rng) -> Self {
        Self(f32::from(u8::draw(rng) % 101))
    }
}

macro_rules! by_number {
    ($($(#[$meta:meta])* $name:ident)*) => { $(
        /// An enum that is written as a number.
        #[derive(Debug, Clone, Copy, JsonSchema)]
        $(#[$meta])*
        pub enum $name {
            /// One.
            Low = 1,
            /// Two.
            High = 2,
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u8(*self as u8)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match u8::deserialize(deserializer)? {
                    1 => Ok(Self::Low),
                    2 => Ok(Self::High),
                    _ => Err(serde::de::Error::custom("expected 1 or 2")),
                }
            }
        }

        impl Draw for $name {
            fn draw(rng: &mut Rng) -> Self {
                *rng.pick(&[Self::Low, Self::High])
            }
        }
    )* };
}

by_number! { Level #[schemars(with = "u8")] LevelStated }

/// A type of another crate, without serde.
#[derive(Debug, Clone, Copy, Default)]
pub struct Point {
    /// Across.
    pub x: u8,
    /// Up.
    pub y: u8,
}

/// The form of [`Point`].
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Point")]
pub struct PointForm {
    x: u8,
    #[serde(default)]
    y: u8,
}

impl Draw for Point {
    fn draw(rng: &mut Rng) -> Self {
        Self { x: u8::draw(rng), y: u8::draw(rng) }
    }
}

/// Recursive.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Tree {
    name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty", alias = "branches")]
    children: Vec<Tree>,
}

impl Draw for Tree {
    fn draw(rng: &mut Rng) -> Self {
        Self { name: String::draw(rng), children: Vec::draw(rng) }
    }
}

/// Generic, with a bound of its own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: serde::de::DeserializeOwned"))]
pub struct Page<T> {
    items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<T>,
}

impl<T: Draw> Draw for Page<T> {
    fn draw(rng: &mut Rng) -> Self {
        Self { items: Vec::draw(rng), next: Option::draw(rng) }
    }
}

macro_rules! keys {
    ($($(#[$meta:meta])* $name:ident { $($(#[$of_variant:meta])* $variant:ident)* })*) => { $(
        /// An enum that is a key of maps.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        $(#[$meta])*
        #[allow(missing_docs, reason = "names without a meaning")]
        pub enum $name { $($(#[$of_variant])* $variant),* }

        impl Draw for $name {
            fn draw(rng: &mut Rng) -> Self {
                *rng.pick(&[$(Self::$variant),*])
            }
        }
    )* };
}

keys! {
    Colour { Red Green Blue }
    #[serde(rename_all = "kebab-case")] Shape { RoundOne #[serde(alias = "square")] Four }
    State { Waiting Done #[serde(other)] Unknown }
}

/// An enumeration that may grow.
pub type OpenColour = Open<Colour>;

/// Maps that serde cannot read where they are flattened; the derive does not see what an alias is.
pub type ByU8 = BTreeMap<u8, u8>;
/// See [`ByU8`].
pub type ByI64 = BTreeMap<i64, String>;
/// See [`ByU8`].
pub type ByBool = BTreeMap<bool, u8>;

/// A map in a newtype.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Labels(BTreeMap<String, String>);

impl Draw for Labels {
    fn draw(rng: &mut Rng) -> Self {
        Self(BTreeMap::draw(rng))
    }
}
