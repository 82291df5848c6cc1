//! Value types that several payloads share.
//!
//! The comments on the types are also the descriptions in their schemas, so examples are in the docs of the modules.
//!
//! Value types never change: a version that needs another shape has a type of its own.
//!
//! ```
//! use event_contract::contract::value::{Currency, Money};
//!
//! let price = Money { amount: 19_99, currency: Currency::EUR };
//! assert_eq!(serde_json::to_string(&price)?, r#"{"amount":1999,"currency":"EUR"}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```

mod money;
mod text;

pub use money::Money;
pub use text::{Country, Currency, DeliveryId, OrderId, ValueError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ValueType;

/// The name of a person, in the two parts that a label and a letter need.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PersonName {
    /// The given names; the whole name if it has one part only.
    pub given_name: String,
    /// The family name; empty where there is none.
    pub family_name: String,
}

impl PersonName {
    /// Splits a full name at its last white space. `None` for white space only.
    ///
    /// A heuristic: no rule is right for all names. It loses nothing: [`PersonName::full`] returns the
    /// name, except for white space at the ends and around the split.
    ///
    /// ```
    /// use event_contract::contract::value::PersonName;
    ///
    /// let name = PersonName::split("Ludwig van Beethoven").unwrap();
    /// assert_eq!((name.given_name.as_str(), name.family_name.as_str()), ("Ludwig van", "Beethoven"));
    /// assert_eq!(name.full(), "Ludwig van Beethoven");
    /// ```
    pub fn split(full: &str) -> Option<Self> {
        let full = full.trim();
        if full.is_empty() {
            return None;
        }
        let (given, family) = full.rsplit_once(char::is_whitespace).unwrap_or((full, ""));
        Some(Self { given_name: given.trim_end().to_owned(), family_name: family.to_owned() })
    }

    /// Returns both parts, separated by a space if both are present.
    pub fn full(&self) -> String {
        match (self.given_name.as_str(), self.family_name.as_str()) {
            (given, "") => given.to_owned(),
            ("", family) => family.to_owned(),
            (given, family) => format!("{given} {family}"),
        }
    }
}

/// Contact data of a customer, in internal events only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// The name, if known.
    pub name: Option<PersonName>,
    /// The mail address, as the customer wrote it.
    pub email: Option<String>,
    /// The telephone number, as the customer wrote it.
    pub phone: Option<String>,
}

/// A full delivery address, in internal events only; external events have a [`Destination`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Street, house number, and other lines above the postal code.
    pub lines: Vec<String>,
    /// The postal code; empty in countries that have none.
    pub postal_code: String,
    /// The city.
    pub city: String,
    /// The country.
    pub country: Country,
}

impl Address {
    /// Returns the part that may be shared.
    ///
    /// ```
    /// use event_contract::contract::value::{Address, Destination};
    ///
    /// let address: Address =
    ///     serde_json::from_str(r#"{"lines":["Wollzeile 1"],"postalCode":"1010","city":"Wien","country":"AT"}"#)?;
    /// let destination: Destination = address.destination();
    /// assert_eq!(serde_json::to_string(&destination)?, r#"{"postalCode":"1010","country":"AT"}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn destination(&self) -> Destination {
        Destination { postal_code: self.postal_code.clone(), country: self.country }
    }
}

/// The part of an address that suffices to plan a route.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    /// The postal code; empty in countries that have none.
    pub postal_code: String,
    /// The country.
    pub country: Country,
}

/// A time window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// The beginning.
    pub from: DateTime<Utc>,
    /// The end.
    pub to: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::contract::strategy;

    #[test]
    fn a_name_is_split_at_its_last_white_space() {
        let split = |full| PersonName::split(full).map(|name| (name.given_name, name.family_name));
        let parts = |given: &str, family: &str| Some((given.to_owned(), family.to_owned()));
        assert_eq!(split("Ada Lovelace"), parts("Ada", "Lovelace"));
        assert_eq!(split(" Ada \t Lovelace\n"), parts("Ada", "Lovelace"));
        assert_eq!(split("Sukarno"), parts("Sukarno", ""));
        assert_eq!(split("山田 太郎"), parts("山田", "太郎"));
        assert_eq!(split(" \u{3000} "), None);
    }

    proptest! {
        #[test]
        fn a_split_name_is_still_whole(words in prop::collection::vec("[^\\s]{1,8}", 1..5)) {
            let full = words.join(" ");
            prop_assert_eq!(PersonName::split(&full).unwrap().full(), full);
        }

        #[test]
        fn splitting_never_panics(text in any::<String>()) {
            let _ = PersonName::split(&text);
        }

        #[test]
        fn contact_and_address_come_back(contact in strategy::contact(), address in strategy::address()) {
            strategy::comes_back(&contact)?;
            strategy::comes_back(&address)?;
            strategy::comes_back(&address.destination())?;
        }
    }
}
