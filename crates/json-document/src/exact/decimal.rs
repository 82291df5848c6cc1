//! Decimal numbers of any size, normalised: a sign, digits, and a power of ten.

use std::cmp::Ordering;
use std::fmt;

/// A number with a finite decimal expansion: ±`digits` × 10^`exponent`.
///
/// The digits begin and end with another digit than zero, so that equal numbers have equal parts. The number zero has no
/// digits. Numbers are compared without expanding the exponent: `1e1000000000` takes as much memory and time as `1`.
///
/// ```
/// use json_document::exact::Decimal;
///
/// let price = Decimal::from_parts(false, "1990", -2);
/// assert_eq!(Decimal::parse("19.9"), Some(price.clone()));
/// assert!(price.is_positive() && !price.is_negative() && !price.is_zero());
/// assert!(!price.is_integer() && price.scale(1).is_integer());
/// assert_eq!((price.to_f64(), Decimal::from_f64(19.9)), (Some(19.9), Some(price)));
///
/// let longer = Decimal::parse("0.10000000000000000555").expect("a number");
/// assert_eq!((longer.to_f64(), longer.to_nearest_f64()), (None, 0.1));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    is_negative: bool,
    digits: Box<str>,
    exponent: i128,
}

/// Maximum number of digits of an exponent in a text; sums of exponents and lengths cannot overflow.
const MAX_EXPONENT_DIGITS: usize = 30;

impl Decimal {
    /// Parses a number as JSON spells it; `None` for any other text, and for an exponent of more than 30 digits.
    pub fn parse(text: &str) -> Option<Self> {
        if crate::text::number_end(text.as_bytes(), 0) != Some(text.len()) {
            return None;
        }
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut digits = String::with_capacity(digits.len());
        digits.push_str(whole);
        digits.push_str(fraction);
        let significant = digits.trim_matches('0');
        if significant.is_empty() {
            return Some(Self::zero());
        }
        let (sign, magnitude) = match exponent.strip_prefix('-') {
            Some(magnitude) => (-1, magnitude),
            None => (1, exponent.strip_prefix('+').unwrap_or(exponent)),
        };
        let magnitude = magnitude.trim_start_matches('0');
        let magnitude: i128 = match magnitude.len() {
            0 => 0,
            1..=MAX_EXPONENT_DIGITS => magnitude.parse().ok()?,
            _ => return None,
        };
        Some(Self::from_parts(is_negative, &digits, sign * magnitude - length(fraction)))
    }

    /// Builds ±`digits` × 10^`exponent` of digits that may begin and end with zeros.
    ///
    /// # Panics
    ///
    /// In a debug build, if another character is not a digit.
    pub fn from_parts(is_negative: bool, digits: &str, exponent: i128) -> Self {
        debug_assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{digits}");
        let without_end = digits.trim_end_matches('0');
        let significant = without_end.trim_start_matches('0');
        if significant.is_empty() {
            return Self::zero();
        }
        let exponent = exponent.saturating_add(length(digits) - length(without_end));
        Self { is_negative, digits: significant.into(), exponent }
    }

    /// Returns the decimal that a finite float prints as: the shortest one that parses to it.
    ///
    /// The formatter of the standard library prints that one (`{:e}`), by the algorithms of Loitsch (*Printing
    /// Floating-Point Numbers Quickly and Accurately with Integers*, PLDI 2010) and of Steele and White. `None` if the float
    /// is not finite.
    pub fn from_f64(float: f64) -> Option<Self> {
        float.is_finite().then(|| Self::parse(&format!("{float:e}"))).flatten()
    }

    /// Returns the number zero.
    pub fn zero() -> Self {
        Self { is_negative: false, digits: "".into(), exponent: 0 }
    }

    /// Returns true for zero.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Returns true for a number below zero.
    pub const fn is_negative(&self) -> bool {
        self.is_negative
    }

    /// Returns true for a number above zero.
    pub fn is_positive(&self) -> bool {
        !self.is_negative && !self.is_zero()
    }

    /// Returns true for a whole number.
    pub const fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    /// Returns the digits, without zeros at either end; of zero, an empty text.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// Returns the power of ten that the digits are multiplied by.
    pub const fn exponent(&self) -> i128 {
        self.exponent
    }

    /// Returns the position of the decimal point behind the first digit: 3 for 123, 0 for 0.123, −2 for 0.00123.
    pub(super) fn point(&self) -> i128 {
        self.exponent.saturating_add(length(&self.digits))
    }

    /// Multiplies by a power of ten. The exponent saturates at the bounds of `i128`.
    #[must_use]
    pub fn scale(&self, power: i128) -> Self {
        if self.is_zero() {
            self.clone()
        } else {
            Self { exponent: self.exponent.saturating_add(power), ..self.clone() }
        }
    }

    /// Returns the nearest float; numbers beyond the range become the largest finite one.
    pub fn to_nearest_f64(&self) -> f64 {
        let sign = if self.is_negative { "-" } else { "" };
        let text = if self.is_zero() { "0".to_owned() } else { format!("{sign}{}e{}", self.digits, self.exponent) };
        text.parse::<f64>().unwrap_or_default().clamp(f64::MIN, f64::MAX)
    }

    /// Returns a float whose shortest decimal is this number; `None` if there is none.
    pub fn to_f64(&self) -> Option<f64> {
        /// Significant digits of the longest shortest decimal of an `f64`.
        const MAX_DIGITS: usize = 17;
        if self.digits.len() > MAX_DIGITS {
            return None;
        }
        let float = self.to_nearest_f64();
        (Self::from_f64(float).as_ref() == Some(self)).then_some(float)
    }
}

/// Returns a length as an exponent.
fn length(digits: &str) -> i128 {
    digits.len() as i128
}

/// Compares signs, then orders of magnitude, then digits.
impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| i8::from(number.is_positive()) - i8::from(number.is_negative);
        let by_sign = sign(self).cmp(&sign(other));
        if by_sign.is_ne() || self.is_zero() {
            return by_sign;
        }
        let by_magnitude = self.point().cmp(&other.point()).then_with(|| self.digits.cmp(&other.digits));
        if self.is_negative { by_magnitude.reverse() } else { by_magnitude }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<i64> for Decimal {
    fn from(integer: i64) -> Self {
        Self::from_parts(integer < 0, &integer.unsigned_abs().to_string(), 0)
    }
}

impl From<u64> for Decimal {
    fn from(integer: u64) -> Self {
        Self::from_parts(false, &integer.to_string(), 0)
    }
}

/// Writes the number with a fraction or an exponent, in the style of `serde_json`: `1.0`, `0.001`, `1e30`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Longest number that is written without an exponent, in digits before the point and zeros after it.
        const MAX_POINT: i128 = 16;
        const MIN_POINT: i128 = -5;
        if self.is_zero() {
            return f.write_str("0.0");
        }
        if self.is_negative {
            f.write_str("-")?;
        }
        let (digits, point) = (&*self.digits, self.point());
        let zeros = |f: &mut fmt::Formatter<'_>, count: i128| (0..count).try_for_each(|_| f.write_str("0"));
        if self.exponent >= 0 && point <= MAX_POINT {
            f.write_str(digits)?;
            zeros(f, self.exponent)?;
            return f.write_str(".0");
        }
        if 0 < point && point <= MAX_POINT {
            let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or_default());
            return write!(f, "{whole}.{fraction}");
        }
        if MIN_POINT < point && point <= 0 {
            f.write_str("0.")?;
            zeros(f, -point)?;
            return f.write_str(digits);
        }
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        write!(f, "{first}{dot}{rest}e{}", point - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn equal_numbers_have_equal_parts() {
        for group in
            [["1", "1.0", "10e-1", "0.001E+3"], ["0", "-0", "0e5", "0.00"], ["-2500", "-2.5e3", "-25e2", "-2500.0"]]
        {
            for text in group {
                assert_eq!(decimal(text), decimal(group[0]), "{text}");
            }
        }
        for text in ["", "+1", "01", "1.", ".5", "1e", "--1", "NaN", " 1"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        let ordered = [
            "-1e1000000000",
            "-18446744073709551617",
            "-18446744073709551616",
            "-1.5",
            "-1",
            "-1e-1000000000",
            "0",
            "1e-1000000000",
            "0.1",
            "0.12",
            "0.2",
            "1",
            "1.000000000000000000000000001",
            "9",
            "10",
            "12",
            "18446744073709551616",
            "18446744073709551617",
            "9e999999999",
            "1e1000000000",
            "1.1e1000000000",
        ];
        for (at, a) in ordered.iter().enumerate() {
            for (other, b) in ordered.iter().enumerate() {
                assert_eq!(decimal(a).cmp(&decimal(b)), at.cmp(&other), "{a} {b}");
            }
        }
    }

    #[test]
    fn floats_are_written_as_serde_json_writes_them() {
        for float in
            [0.1, 1.0, -2.5, 1e15, 1e16, 1.5e16, 123_456_789.125, 1e-5, 1.5e-6, 1e22, 1e300, 5e-324, f64::MAX, 0.001]
        {
            let decimal = Decimal::from_f64(float).unwrap();
            let theirs = serde_json::to_string(&float).unwrap();
            assert_eq!(decimal.to_string().replace("e+", "e"), theirs.replace("e+", "e"));
            assert_eq!(decimal.to_f64(), Some(float));
        }
        assert_eq!(Decimal::from_f64(f64::INFINITY), None);
        assert_eq!(decimal("18446744073709551617").to_f64(), None);
        assert_eq!(decimal("1e400").to_f64(), None);
        assert!((decimal("-1e400").to_nearest_f64() - f64::MIN).abs() < f64::EPSILON);
    }
}
