//! Value types that are strings on the wire, validated when they are parsed.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};
use uuid::Uuid;

use crate::ValueType;

/// A value that breaks the rules of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {kind}")]
pub struct ValueError {
    what: &'static str,
    kind: ValueErrorKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum ValueErrorKind {
    #[error("is not a UUID in its hyphenated form")]
    NotAUuid,
    #[error("is not {0} upper-case letters, A to Z")]
    NotLetters(usize),
    #[error("is not a finite number")]
    NotFinite,
    #[error("is beyond 2^53 minor units")]
    TooMuch,
    #[error("is not in euro")]
    NotEuro,
    #[error("is too large to be exact to the cent as a number")]
    NotToTheCent,
}

impl ValueError {
    pub(super) const NOT_FINITE: Self = Self::amount(ValueErrorKind::NotFinite);
    pub(super) const TOO_MUCH: Self = Self::amount(ValueErrorKind::TooMuch);
    pub(super) const NOT_EURO: Self = Self::amount(ValueErrorKind::NotEuro);
    pub(super) const NOT_TO_THE_CENT: Self = Self::amount(ValueErrorKind::NotToTheCent);

    const fn amount(kind: ValueErrorKind) -> Self {
        Self { what: "an amount", kind }
    }
}

/// Implements serde by `FromStr` and `Display`, with a description for wrong values.
macro_rules! text_value {
    ($name:ident, expecting: $expecting:literal, schema: $schema:tt) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct TextVisitor;

                impl Visitor<'_> for TextVisitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }

                    fn visit_str<E: Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
                    }
                }

                deserializer.deserialize_str(TextVisitor)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $expecting:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueType)]
        pub struct $name(Uuid);

        impl $name {
            #[doc = concat!("Takes a UUID as ", $what, ".")]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Returns the UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl FromStr for $name {
            type Err = ValueError;

            /// Accepts the hyphenated form only, as the schema does.
            fn from_str(text: &str) -> Result<Self, ValueError> {
                if text.len() == uuid::fmt::Hyphenated::LENGTH
                    && let Ok(uuid) = Uuid::try_parse(text)
                {
                    return Ok(Self(uuid));
                }
                Err(ValueError { what: $what, kind: ValueErrorKind::NotAUuid })
            }
        }

        text_value!($name, expecting: $expecting, schema: { "type": "string", "format": "uuid" });
    };
}

id! {
    /// The id of an order; a UUID. Another type than a [`DeliveryId`], so that the compiler rejects a mix-up.
    ///
    /// ```
    /// use event_contract::contract::value::OrderId;
    ///
    /// let id: OrderId = "7c9e6679-7425-40de-944b-e07fc1f90ae7".parse()?;
    /// assert_eq!(id.to_string(), "7c9e6679-7425-40de-944b-e07fc1f90ae7");
    /// # Ok::<(), event_contract::contract::value::ValueError>(())
    /// ```
    OrderId, "an order id", "an order id, which is a hyphenated UUID"
}

id! {
    /// The id of a delivery; a UUID. Another type than an [`OrderId`], so that the compiler rejects a mix-up.
    DeliveryId, "a delivery id", "a delivery id, which is a hyphenated UUID"
}

impl DeliveryId {
    /// Derives the id of delivery number `ordinal` of an order, counted from 0: a `UUIDv5`, always the same for the same
    /// two. So an order that arrives twice is delivered once.
    ///
    /// ```
    /// use event_contract::contract::value::{DeliveryId, OrderId};
    ///
    /// let order: OrderId = "7c9e6679-7425-40de-944b-e07fc1f90ae7".parse()?;
    /// assert_eq!(DeliveryId::derived(order, 0), DeliveryId::derived(order, 0));
    /// assert_ne!(DeliveryId::derived(order, 0), DeliveryId::derived(order, 1));
    /// # Ok::<(), event_contract::contract::value::ValueError>(())
    /// ```
    pub fn derived(order: OrderId, ordinal: u32) -> Self {
        // Each order id is the namespace of its deliveries.
        Self(Uuid::new_v5(&order.0, &ordinal.to_be_bytes()))
    }
}

macro_rules! letters {
    ($(#[$doc:meta])* $name:ident, $length:literal, $what:literal, $expecting:literal, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueType)]
        pub struct $name([u8; $length]);

        impl $name {
            #[doc = concat!("Checks a text and takes it as ", $what, ".")]
            pub const fn new(text: &str) -> Result<Self, ValueError> {
                let text = text.as_bytes();
                let mut letters = [0; $length];
                let mut at = 0;
                while at < $length && at < text.len() && text[at].is_ascii_uppercase() {
                    letters[at] = text[at];
                    at += 1;
                }
                if at == $length && text.len() == $length {
                    Ok(Self(letters))
                } else {
                    Err(ValueError { what: $what, kind: ValueErrorKind::NotLetters($length) })
                }
            }

            #[doc = concat!("Takes a literal as ", $what, ".")]
            ///
            /// # Panics
            /// If the literal is invalid. In a `const`, compilation fails.
            #[must_use]
            pub const fn from_static(text: &'static str) -> Self {
                match Self::new(text) {
                    Ok(value) => value,
                    Err(_) => panic!(concat!("this is not ", $what)),
                }
            }

            /// Returns the letters.
            pub const fn as_str(&self) -> &str {
                match std::str::from_utf8(&self.0) {
                    Ok(text) => text,
                    Err(_) => panic!("upper-case letters are UTF-8"),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                Self::new(text)
            }
        }

        text_value!($name, expecting: $expecting, schema: { "type": "string", "pattern": $pattern });
    };
}

letters! {
    /// A currency by its ISO 4217 code: three upper-case letters. The code is not looked up, so
    /// that a new one needs no new version.
    ///
    /// ```
    /// use event_contract::contract::value::Currency;
    ///
    /// const FRANC: Currency = Currency::from_static("CHF");
    /// assert_eq!(FRANC.as_str(), "CHF");
    /// assert_eq!(
    ///     Currency::new("chf").unwrap_err().to_string(),
    ///     "a currency is not 3 upper-case letters, A to Z"
    /// );
    /// ```
    Currency, 3, "a currency", "a currency, which is three upper-case letters", "^[A-Z]{3}$"
}

impl Currency {
    /// The euro.
    pub const EUR: Self = Self::from_static("EUR");
}

letters! {
    /// A country by its ISO 3166-1 code: two upper-case letters. The code is not looked up.
    Country, 2, "a country", "a country, which is two upper-case letters", "^[A-Z]{2}$"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::contract::strategy;

    #[test]
    fn a_wrong_currency_is_refused() {
        for wrong in ["", "EU", "EURO", "eur", "E1R", "ÄB", " EU", "€"] {
            assert_eq!(
                wrong.parse::<Currency>().unwrap_err().to_string(),
                "a currency is not 3 upper-case letters, A to Z",
                "{wrong}"
            );
            assert_eq!(
                serde_json::from_value::<Currency>(wrong.into()).unwrap_err().to_string(),
                format!("invalid value: string {wrong:?}, expected a currency, which is three upper-case letters")
            );
        }
        assert_eq!(Country::new("DEU").unwrap_err().to_string(), "a country is not 2 upper-case letters, A to Z");
    }

    #[test]
    fn an_id_is_read_in_one_form_only() {
        let id: OrderId = "7C9E6679-7425-40de-944b-e07fc1f90ae7".parse().unwrap();
        assert_eq!(id.to_string(), "7c9e6679-7425-40de-944b-e07fc1f90ae7");
        assert_eq!(format!("{id:?}"), "OrderId(7c9e6679-7425-40de-944b-e07fc1f90ae7)");
        for wrong in [
            "",
            "o-1",
            "7c9e6679742540de944be07fc1f90ae7",
            "{7c9e6679-7425-40de-944b-e07fc1f90ae7}",
            "urn:uuid:7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "7c9e6679-7425-40de-944b-e07fc1f90aeg",
        ] {
            assert_eq!(
                wrong.parse::<OrderId>().unwrap_err().to_string(),
                "an order id is not a UUID in its hyphenated form",
                "{wrong}"
            );
        }
        assert_eq!(
            serde_json::from_str::<DeliveryId>("7").unwrap_err().to_string(),
            "invalid type: integer `7`, expected a delivery id, which is a hyphenated UUID at line 1 column 1"
        );
    }

    #[test]
    fn derived_ids_never_change() {
        // Written down once: a release that derives another id from the same order would deliver it twice.
        let order: OrderId = "7c9e6679-7425-40de-944b-e07fc1f90ae7".parse().unwrap();
        assert_eq!(DeliveryId::derived(order, 0).to_string(), "158ee217-b1f7-512e-a970-7e231e555fff");
    }

    proptest! {
        #[test]
        fn texts_come_back(
            order in strategy::order_id(),
            delivery in strategy::delivery_id(),
            currency in strategy::currency(),
            country in strategy::country(),
        ) {
            strategy::comes_back(&order)?;
            strategy::comes_back(&delivery)?;
            strategy::comes_back(&currency)?;
            strategy::comes_back(&country)?;
        }

        #[test]
        fn parsed_values_are_written_unchanged(text in any::<String>()) {
            if let Ok(currency) = Currency::new(&text) {
                prop_assert_eq!(currency.as_str(), text);
            }
        }
    }
}
