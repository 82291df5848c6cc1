//! Numbers of a JSON text: a decimal, and the notation in which it is spelled.

use std::fmt;

use super::Decimal;

/// A JSON number: its exact value, and its notation.
///
/// ```
/// use json_document::exact::{Number, Spelling};
///
/// let [one, other] = ["100", "1e2"].map(|text| Number::parse(text).expect("a number"));
/// assert_eq!(one.decimal(), other.decimal());
/// assert_eq!((one.spelling(), other.spelling()), (Spelling::Integer, Spelling::Fraction));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number {
    decimal: Decimal,
    spelling: Spelling,
}

/// The notation of a number. JSON Schema draft 4 takes only the first for an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spelling {
    /// Digits only: `10`.
    Integer,
    /// A fraction, an exponent or both: `10.0`, `1e1`.
    Fraction,
}

/// Maximum number of zeros that are appended where a number is spelled as an integer: a bound on the length of the text.
const MAX_ZEROS: i128 = 10_000;

impl Number {
    /// Parses a number as JSON spells it; `None` for any other text, and for an exponent of more than 30 digits.
    pub fn parse(text: &str) -> Option<Self> {
        let spelling = if text.contains(['.', 'e', 'E']) { Spelling::Fraction } else { Spelling::Integer };
        Some(Self { decimal: Decimal::parse(text)?, spelling })
    }

    /// Creates a number in one of the notations; `None` for an integer that is not whole, or has more than 10,000 zeros at
    /// its end.
    pub fn new(decimal: Decimal, spelling: Spelling) -> Option<Self> {
        let is_spellable = match spelling {
            Spelling::Integer => (0..=MAX_ZEROS).contains(&decimal.exponent()),
            Spelling::Fraction => true,
        };
        is_spellable.then_some(Self { decimal, spelling })
    }

    /// Creates a number that is spelled with a fraction or an exponent, as every decimal can be.
    pub const fn fraction(decimal: Decimal) -> Self {
        Self { decimal, spelling: Spelling::Fraction }
    }

    /// Returns the value.
    pub const fn decimal(&self) -> &Decimal {
        &self.decimal
    }

    /// Returns the notation.
    pub const fn spelling(&self) -> Spelling {
        self.spelling
    }

    /// Returns a whole number of 64 bits that is spelled as an integer.
    pub fn as_i64(&self) -> Option<i64> {
        self.integer_text()?.parse().ok()
    }

    /// Returns a whole number of 64 bits, not negative, that is spelled as an integer.
    pub fn as_u64(&self) -> Option<u64> {
        self.integer_text()?.parse().ok()
    }

    /// Returns the text of an integer that may have 64 bits.
    fn integer_text(&self) -> Option<String> {
        /// Digits of `u64::MAX`.
        const MAX_DIGITS: i128 = 20;
        match self.spelling {
            Spelling::Integer => (self.decimal.point() <= MAX_DIGITS).then(|| self.to_string()),
            Spelling::Fraction => None,
        }
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self { decimal: integer.into(), spelling: Spelling::Integer }
    }
}

impl From<u64> for Number {
    fn from(integer: u64) -> Self {
        Self { decimal: integer.into(), spelling: Spelling::Integer }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.spelling {
            Spelling::Fraction => self.decimal.fmt(f),
            Spelling::Integer if self.decimal.is_zero() => f.write_str("0"),
            Spelling::Integer => {
                let sign = if self.decimal.is_negative() { "-" } else { "" };
                write!(f, "{sign}{}", self.decimal.digits())?;
                (0..self.decimal.exponent()).try_for_each(|_| f.write_str("0"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_known_by_their_notation() {
        for (text, spelling) in [
            ("10", Spelling::Integer),
            ("1e1", Spelling::Fraction),
            ("10.0", Spelling::Fraction),
            ("1000000000000000000000000000000", Spelling::Integer),
            ("1E30", Spelling::Fraction),
        ] {
            assert_eq!(Number::parse(text).unwrap().spelling(), spelling, "{text}");
        }
        let huge = Decimal::parse("1e10001").unwrap();
        assert_eq!(Number::new(huge.clone(), Spelling::Integer), None);
        assert_eq!(Number::new(huge, Spelling::Fraction).unwrap().to_string(), "1e10001");
        assert_eq!(Number::new(Decimal::parse("0.5").unwrap(), Spelling::Integer), None);
    }

    #[test]
    fn integers_of_64_bits_are_found() {
        let number = |text: &str| Number::parse(text).unwrap();
        assert_eq!(number("-9223372036854775808").as_i64(), Some(i64::MIN));
        assert_eq!(number("18446744073709551615").as_u64(), Some(u64::MAX));
        for text in ["18446744073709551616", "1.0", "1e3", "0.5", &"9".repeat(500)] {
            assert_eq!((number(text).as_i64(), number(text).as_u64()), (None, None), "{text}");
        }
    }
}
