//! Numbers as the service compares them: as doubles if the text is exactly a double, as text otherwise.

use std::borrow::Cow;

/// A Number of an event.
///
/// The service rounds one with a point or an exponent to a double before it compares it. An integer keeps its text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Number<'e> {
    text: Cow<'e, str>,
    is_integer: bool,
    double: Option<f64>,
}

impl<'e> Number<'e> {
    pub(crate) fn parse(text: impl Into<Cow<'e, str>>) -> Self {
        let text = text.into();
        let is_integer = !text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        let double =
            if is_integer { exact_double(&text) } else { text.parse().ok().filter(|double: &f64| double.is_finite()) };
        Self { text, is_integer, double }
    }

    /// Returns the operand of numeric comparison, `None` if the service compares the text.
    pub(crate) fn double(&self) -> Option<f64> {
        self.double
    }

    /// Returns the spelling in the event.
    pub(crate) fn spelling(&self) -> &str {
        &self.text
    }

    /// Returns the text that the service compares, after rounding.
    pub(crate) fn service_text(&self) -> Cow<'_, str> {
        match (self.is_integer, self.double) {
            (true, _) => Cow::Borrowed(&self.text),
            (false, Some(double)) => Cow::Owned(java_text(double)),
            (false, None) => Cow::Borrowed("Infinity"),
        }
    }
}

/// Returns the double that Java spells as this number, as `ComparableNumber` of event-ruler demands. `-0` becomes `0`.
pub(crate) fn exact_double(text: &str) -> Option<f64> {
    // Every integer of up to 15 digits is a double.
    if text.len() < 16
        && let Ok(integer) = text.parse::<i64>()
    {
        #[expect(clippy::cast_precision_loss, reason = "15 digits are less than 2^53")]
        return Some(integer as f64);
    }
    let double: f64 = text.parse().ok().filter(|double: &f64| double.is_finite())?;
    (Decimal::parse(text)? == Decimal::parse(&java_scientific(double))?).then_some(double + 0.0)
}

/// A decimal number without leading and trailing zeros: `digits` times ten to the power of `exponent`.
#[derive(PartialEq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
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

/// Writes a double as `Double.toString` of Java does: `1.0E10`, `100.0`.
fn java_text(double: f64) -> String {
    let size = double.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{double:?}");
    }
    let text = java_scientific(double);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{point}E{exponent}")
}

/// Writes a double with the digits of `Double.toString` of Java (19 and later): the shortest decimal that rounds to it, but
/// the nearest of two digits where one would do. They differ only for the smallest doubles, such as `4.9e-324`.
fn java_scientific(double: f64) -> String {
    let shortest = format!("{double:e}");
    if shortest.contains('.') { shortest } else { format!("{double:.1e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_exact_if_its_double_has_the_same_decimal() {
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
            ("4.9e-324", f64::from_bits(1)),
            ("-0.49e-323", -f64::from_bits(1)),
            ("9.9E-324", f64::from_bits(2)),
            ("2e-323", f64::from_bits(4)),
            ("4.9e-323", f64::from_bits(10)),
            ("2.2250738585072014e-308", f64::MIN_POSITIVE),
            ("1e22", 1e22),
        ] {
            assert_eq!(exact_double(text), Some(double), "{text}");
        }
        for text in [
            "9007199254740993",
            "9007199254740993.0",
            "0.30000000000000001",
            "1e309",
            "1E-325",
            "-1e400",
            "5e-324",
            "1e-323",
        ] {
            assert_eq!(exact_double(text), None, "{text}");
        }
        assert!(exact_double("-0.0").is_some_and(f64::is_sign_positive));
    }

    #[test]
    fn numbers_of_events_are_rounded_unless_they_are_integers() {
        assert_eq!(Number::parse("0.1234567890123456789").double(), Some(0.123_456_789_012_345_68));
        assert_eq!(Number::parse("0.1234567890123456789").service_text(), "0.12345678901234568");
        assert_eq!(Number::parse("9007199254740993").double(), None);
        assert_eq!(Number::parse("9007199254740993").service_text(), "9007199254740993");
        assert_eq!(Number::parse("1e309").service_text(), "Infinity");
        assert_eq!(Number::parse("1e10").service_text(), "1.0E10");
        assert_eq!(Number::parse("-1.25e-7").service_text(), "-1.25E-7");
        assert_eq!(Number::parse("100.0").service_text(), "100.0");
        assert_eq!(Number::parse("5e-324").service_text(), "4.9E-324");
        assert_eq!(Number::parse("1e23").service_text(), "1.0E23");
    }
}
