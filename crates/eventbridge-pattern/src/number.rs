//! Numbers as the service compares them: as doubles where a double is exactly what was written, else as text.

use std::borrow::Cow;

/// A number of an event.
///
/// One with a point or an exponent goes through a double before anything compares it; an integer keeps its text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number<'e> {
    text: Cow<'e, str>,
    /// Whether it is spelled as an integer.
    integer: bool,
    double: Option<f64>,
}

impl<'e> Number<'e> {
    pub(super) fn read(text: impl Into<Cow<'e, str>>) -> Self {
        let text = text.into();
        let integer = !text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        let double = if integer { exact(&text) } else { text.parse().ok().filter(|double: &f64| double.is_finite()) };
        Self { text, integer, double }
    }

    /// What `numeric` compares, if it does: exactly what was written.
    pub(super) fn double(&self) -> Option<f64> {
        self.double
    }

    /// As the event spells it.
    pub(super) fn spelled(&self) -> &str {
        &self.text
    }

    /// As the service has it after the double.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match (self.integer, self.double) {
            (true, _) => Cow::Borrowed(&self.text),
            (false, Some(double)) => Cow::Owned(java(double)),
            (false, None) => Cow::Borrowed("Infinity"),
        }
    }
}

/// The double that is exactly this number, in that the shortest spelling of the double is the same number again; `None`
/// where there is none. `-0` is `0`.
pub(super) fn exact(text: &str) -> Option<f64> {
    // Every integer of up to fifteen digits is a double.
    if text.len() < 16
        && let Ok(integer) = text.parse::<i64>()
    {
        #[expect(clippy::cast_precision_loss, reason = "fifteen digits are less than 2^53")]
        return Some(integer as f64);
    }
    let double: f64 = text.parse().ok().filter(|double: &f64| double.is_finite())?;
    (Decimal::of(text)? == Decimal::of(&format!("{double:e}"))?).then_some(double + 0.0)
}

/// A decimal number, without the zeros at its ends.
#[derive(PartialEq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn of(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{}{fraction}", integer.trim_start_matches('-'));
        let digits = all.trim_end_matches('0');
        let zeros = i64::try_from(all.len() - digits.len()).ok()?;
        let digits = digits.trim_start_matches('0');
        if digits.is_empty() {
            return Some(Self { negative: false, digits: String::new(), exponent: 0 });
        }
        let exponent = exponent.checked_add(zeros)?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        Some(Self { negative: mantissa.starts_with('-'), digits: digits.to_owned(), exponent })
    }
}

/// A double as Java writes it, and so as the service has it: `1.0E10`, `100.0`.
fn java(double: f64) -> String {
    let size = double.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{double:?}");
    }
    let text = format!("{double:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{point}E{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_exact_where_a_double_says_it_again() {
        for (text, double) in [
            ("300", 300.0),
            ("3.0e2", 300.0),
            ("300.00", 300.0),
            ("-0", 0.0),
            ("0e5", 0.0),
            ("0.1", 0.1),
            ("1e100", 1e100),
            ("9007199254740992.0", 9_007_199_254_740_992.0),
            ("1E-320", 1e-320),
            ("-12.50", -12.5),
        ] {
            assert_eq!(exact(text), Some(double), "{text}");
        }
        for text in ["9007199254740993", "9007199254740993.0", "0.30000000000000001", "1e309", "1E-325", "-1e400"] {
            assert_eq!(exact(text), None, "{text}");
        }
        assert!(exact("-0.0").is_some_and(f64::is_sign_positive));
    }

    #[test]
    fn a_number_of_an_event_goes_through_a_double_unless_it_is_an_integer() {
        assert_eq!(Number::read("0.1234567890123456789").double(), Some(0.123_456_789_012_345_68));
        assert_eq!(Number::read("0.1234567890123456789").text(), "0.12345678901234568");
        assert_eq!(Number::read("9007199254740993").double(), None);
        assert_eq!(Number::read("9007199254740993").text(), "9007199254740993");
        assert_eq!(Number::read("1e309").text(), "Infinity");
        assert_eq!(Number::read("1e10").text(), "1.0E10");
        assert_eq!(Number::read("-1.25e-7").text(), "-1.25E-7");
        assert_eq!(Number::read("100.0").text(), "100.0");
    }
}
