//! JSON values that are neither objects nor arrays.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Visitor};
use serde_json::value::RawValue;

use crate::name::Version;

/// The description of a string that JSON allows and no Rust string can hold.
pub(crate) const HALF_SURROGATE: &str = "half of a surrogate pair (a text that was cut inside of a character)";

/// A JSON value that is neither an object nor an array.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar<'de> {
    Null,
    Boolean,
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    String(Cow<'de, str>),
}

impl<'de> Scalar<'de> {
    /// Returns `None` for an object, an array, a number beyond the range of an `f64`, and half of a surrogate pair.
    pub(crate) fn parse(raw: &'de RawValue) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(raw.get());
        ScalarSeed.deserialize(&mut deserializer).ok()
    }

    pub(crate) fn into_string(self) -> Option<Cow<'de, str>> {
        match self {
            Self::String(text) => Some(text),
            Self::Null | Self::Boolean | Self::Unsigned(_) | Self::Signed(_) | Self::Float(_) => None,
        }
    }

    /// Returns the version that it spells: an integer, also as a float or as a string such as `3`, `3.0` or `v3`.
    pub(crate) fn version(&self) -> Option<Version> {
        let number = match self {
            Self::Unsigned(number) => u32::try_from(*number).ok(),
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
            Self::Float(number) if number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(number) => {
                Some(*number as u32)
            }
            Self::String(text) => {
                let digits = text.trim_start_matches(['v', 'V']).split('.').next().unwrap_or_default();
                let is_whole = text.split('.').skip(1).all(|part| part == "0");
                let is_digits = is_whole && digits.bytes().all(|byte| byte.is_ascii_digit());
                if is_digits { digits.parse().ok() } else { None }
            }
            Self::Null | Self::Boolean | Self::Signed(_) | Self::Float(_) => None,
        };
        number.and_then(|number| Version::new(number).ok())
    }

    /// Returns the JSON kind with its article, for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Unsigned(_) | Self::Signed(_) | Self::Float(_) => "a number",
            Self::String(_) => "a string",
        }
    }
}

pub(super) struct ScalarSeed;

impl<'de> DeserializeSeed<'de> for ScalarSeed {
    type Value = Scalar<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ScalarSeed {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar")
    }

    fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Boolean)
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Unsigned(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Signed(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar<'de>, E> {
        Ok(Scalar::Float(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar<'de>, E> {
        Ok(Scalar::String(Cow::Owned(text.to_owned())))
    }
}
