//! Conversions between the exact tree and that of `serde_json`.

use std::str::FromStr;

use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Decimal, Map, Number, Spelling, Value};
use crate::text::SyntaxError;

/// Property of numbers that a conversion to `serde_json` must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fidelity {
    /// The value of every number.
    Value,
    /// The value of every number, and that it is spelled as an integer or not.
    Spelling,
}

impl Value {
    /// Parses a JSON text in UTF-8: see [`Value::parse`].
    ///
    /// # Errors
    ///
    /// Those of [`serde_json::from_slice`], with line and column, and an exponent of more than 30 digits.
    pub fn from_slice(json: &[u8]) -> Result<Self, serde_json::Error> {
        let ours = match std::str::from_utf8(json).map(Self::parse) {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        match serde_json::from_slice::<serde_json::Value>(json) {
            Err(theirs) => Err(theirs),
            Ok(_) => Err(serde::de::Error::custom(ours)),
        }
    }

    /// Converts to a tree of `serde_json` that denotes the same document; `None` if that cannot hold a number of it.
    pub fn to_serde(&self, fidelity: Fidelity) -> Option<serde_json::Value> {
        self.try_convert(&mut |number| number.to_serde(fidelity))
    }

    /// Converts to a tree of `serde_json`, with the nearest number that it can hold in place of each number that it cannot.
    pub fn to_nearest_serde(&self) -> serde_json::Value {
        self.try_convert(&mut |number| {
            let exact = number.to_serde(Fidelity::Value);
            exact.or_else(|| serde_json::Number::from_f64(number.decimal().to_nearest_f64()))
        })
        .unwrap_or_default()
    }

    fn try_convert(
        &self,
        convert: &mut impl FnMut(&Number) -> Option<serde_json::Number>,
    ) -> Option<serde_json::Value> {
        Some(match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(boolean) => serde_json::Value::Bool(*boolean),
            Self::Number(number) => serde_json::Value::Number(convert(number)?),
            Self::String(text) => serde_json::Value::String(text.clone()),
            Self::Array(items) => {
                serde_json::Value::Array(items.iter().map(|item| item.try_convert(convert)).collect::<Option<_>>()?)
            }
            Self::Object(members) => {
                let members = members.iter().map(|(name, value)| Some((name.clone(), value.try_convert(convert)?)));
                serde_json::Value::Object(members.collect::<Option<_>>()?)
            }
        })
    }
}

impl Number {
    fn to_serde(&self, fidelity: Fidelity) -> Option<serde_json::Number> {
        if let Some(integer) = self.as_i64() {
            return Some(integer.into());
        }
        if let Some(integer) = self.as_u64() {
            return Some(integer.into());
        }
        // `serde_json` has no integers beyond 64 bits.
        let keeps_spelling = self.spelling() == Spelling::Fraction;
        if fidelity == Fidelity::Spelling && !keeps_spelling {
            return None;
        }
        serde_json::Number::from_f64(self.decimal().to_f64()?)
    }
}

/// Takes a float for the shortest decimal that parses to it, which is its text in a document of up to 15 digits.
impl From<&serde_json::Number> for Number {
    fn from(number: &serde_json::Number) -> Self {
        if let Some(integer) = number.as_i64() {
            return integer.into();
        }
        if let Some(integer) = number.as_u64() {
            return integer.into();
        }
        let decimal = number.as_f64().and_then(Decimal::from_f64).unwrap_or_else(Decimal::zero);
        Self::fraction(decimal)
    }
}

impl From<&serde_json::Value> for Value {
    fn from(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(boolean) => Self::Bool(*boolean),
            serde_json::Value::Number(number) => Self::Number(number.into()),
            serde_json::Value::String(text) => Self::String(text.clone()),
            serde_json::Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            serde_json::Value::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (name.clone(), value.into())).collect())
            }
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        Self::from(&value)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<Vec<Self>> for Value {
    fn from(items: Vec<Self>) -> Self {
        Self::Array(items)
    }
}

impl From<Map<String, Self>> for Value {
    fn from(members: Map<String, Self>) -> Self {
        Self::Object(members)
    }
}

impl FromIterator<(String, Self)> for Value {
    fn from_iter<I: IntoIterator<Item = (String, Self)>>(members: I) -> Self {
        Self::Object(members.into_iter().collect())
    }
}

impl From<&[Self]> for Value {
    fn from(items: &[Self]) -> Self {
        Self::Array(items.to_vec())
    }
}

/// See [`Value::parse`].
impl FromStr for Value {
    type Err = SyntaxError;

    fn from_str(json: &str) -> Result<Self, SyntaxError> {
        Self::parse(json)
    }
}

/// Serializes with every digit in the formats of `serde_json`; [`serde_json::to_value`] rounds, as its tree does.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(boolean) => serializer.serialize_bool(*boolean),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => items.serialize(serializer),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_serde(Fidelity::Spelling) {
            Some(number) => number.serialize(serializer),
            None => RawValue::from_string(self.to_string()).map_err(S::Error::custom)?.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_that_serde_json_can_hold_are_converted_there_and_back() {
        for value in [
            json!({"a": [null, true, "x", 1, -1, 1.0, 0.1, 1e300, u64::MAX, i64::MIN]}),
            json!([]),
            json!(18_446_744_073_709_551_616.0),
        ] {
            assert_eq!(Value::from(&value).to_serde(Fidelity::Spelling), Some(value));
        }
    }

    #[test]
    fn errors_are_those_of_serde_json() {
        for text in ["", "{\"a\" 1}", "[01]", "[1e999999", "\"\u{1}\""] {
            let theirs = serde_json::from_str::<serde_json::Value>(text).unwrap_err();
            assert_eq!(Value::from_slice(text.as_bytes()).unwrap_err().to_string(), theirs.to_string());
        }
        let tiny = format!("1e-{}", "9".repeat(31));
        assert_eq!(Value::from_slice(tiny.as_bytes()).unwrap_err().to_string(), "invalid number at byte 0");
        assert!(Value::from_slice(b"\xff").is_err());
        assert_eq!(Value::from_slice(b" 1e400 ").unwrap().to_string(), "1e400");
    }

    #[test]
    fn documents_that_serde_json_would_round_are_not_converted() {
        for text in ["18446744073709551617", "0.10000000000000000001", "1e400", "1e-400"] {
            let value = Value::parse(text).unwrap();
            assert_eq!(value.to_serde(Fidelity::Value), None, "{text}");
            assert!(value.to_nearest_serde().is_number());
            assert_eq!(serde_json::to_string(&value).unwrap(), value.to_string());
        }
        let large = Value::parse("10000000000000000000000").unwrap();
        assert_eq!(large.to_serde(Fidelity::Value), Some(json!(1e22)));
        assert_eq!(large.to_serde(Fidelity::Spelling), None);
    }
}
