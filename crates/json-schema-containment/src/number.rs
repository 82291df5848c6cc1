//! Exact arithmetic on JSON numbers, and equality of JSON values as JSON Schema defines it.
//!
//! JSON Schema compares numbers by their mathematical value (2020-12 Core, section 4.2.2): `1`
//! equals `1.0`, `0.3` is a multiple of `0.1`, and two integers of thirty digits that differ in the
//! last one differ. Binary floating point answers each of these wrongly for some values, so that
//! bounds, multiples and equality are decided on the decimals of the text.
//!
//! # Cost
//!
//! A number of the text is digits and an exponent, and the exponent is never expanded without a
//! bound: `1e1000000000` takes as much work as `1`.
//!
//! | operation | method | bound |
//! |---|---|---|
//! | comparison, equality | sign, magnitude, digits | none; linear in the digits |
//! | multiple of | remainder of the digits, modular power of ten | [`MAX_DIGITS`] digits of the divisor |
//! | least common multiple | integers of the common exponent | [`MAX_DIGITS`], [`MAX_EXPONENT`] |
//! | search for a number | rationals | [`MAX_DIGITS`], [`MAX_EXPONENT`] |
//!
//! Beyond its bound, an operation returns `None`, and what depends on it is unknown.

use std::fmt::Write as _;

use json_document::exact::{Decimal, ExactValue as Value, Map, Number, Spelling};
use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One as _, ToPrimitive as _, Zero as _};

/// Maximum number of digits of a number that is computed with, beyond comparing it. The operations are quadratic in it: at
/// this bound, a division takes about a tenth of a millisecond.
pub(super) const MAX_DIGITS: usize = 4096;

/// Maximum magnitude of an exponent that is expanded to digits. Those of an `f64` are below 325.
pub(super) const MAX_EXPONENT: i128 = 4096;

/// Returns the bound above which a number is not expanded to an integer or a rational number.
pub(super) fn is_expandable(number: &Decimal) -> bool {
    number.digits().len() <= MAX_DIGITS && number.exponent().abs() <= MAX_EXPONENT
}

/// Returns the digits as an integer, without the exponent.
pub(super) fn digits(number: &Decimal) -> BigInt {
    let sign = if number.is_negative() { Sign::Minus } else { Sign::Plus };
    BigInt::from_biguint(sign, magnitude(number.digits()))
}

fn magnitude(digits: &str) -> BigUint {
    digits.parse().unwrap_or_default()
}

fn power_of_ten(exponent: i128) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or_default())
}

/// Converts to a rational number; `None` for a number that is not expandable.
pub(super) fn to_rational(number: &Decimal) -> Option<BigRational> {
    if !is_expandable(number) {
        return None;
    }
    let scale = power_of_ten(number.exponent().abs());
    let digits = digits(number);
    Some(if number.exponent() < 0 {
        BigRational::new(digits, scale)
    } else {
        BigRational::from_integer(digits * scale)
    })
}

/// Converts a rational number to a decimal; `None` if it has no finite expansion, as a third.
///
/// A fraction in lowest terms has one exactly if its denominator is a product of twos and fives.
pub(super) fn from_rational(number: &BigRational) -> Option<Decimal> {
    let twos = number.denom().trailing_zeros().unwrap_or_default();
    let mut rest = number.denom() >> twos;
    let mut fives = 0_u64;
    let five = BigInt::from(5);
    while !rest.is_one() {
        let (quotient, remainder) = rest.div_rem(&five);
        if !remainder.is_zero() {
            return None;
        }
        rest = quotient;
        fives += 1;
    }
    let places = i128::from(twos.max(fives));
    Some(from_integer(&(number.numer() * power_of_ten(places) / number.denom()), -places))
}

/// Returns the decimal `integer` × 10^`exponent`.
pub(super) fn from_integer(integer: &BigInt, exponent: i128) -> Decimal {
    Decimal::from_parts(integer.sign() == Sign::Minus, &integer.magnitude().to_string(), exponent)
}

/// Spells a number as JSON in the way that is the easiest to read and to check.
///
/// A whole number is written as one if `serde_json` can hold it, or if it is too long for an `f64` and not much longer than
/// its significant digits.
pub(super) fn spell(number: Decimal) -> Number {
    /// Largest number of zeros that are written out.
    const MAX_ZEROS: i128 = 40;
    /// Digits of `u64::MAX`.
    const MAX_SHORT: i128 = 20;
    let length = number.digits().len() as i128 + number.exponent();
    let is_short =
        length < MAX_SHORT || Number::new(number.clone(), Spelling::Integer).is_some_and(|it| it.as_u64().is_some());
    if number.is_integer() && number.exponent() <= MAX_ZEROS && (is_short || number.to_f64().is_none()) {
        return Number::new(number.clone(), Spelling::Integer).unwrap_or_else(|| Number::fraction(number));
    }
    Number::fraction(number)
}

/// Returns true if a JSON number is written without fraction and exponent, which is the definition of an integer in draft 4.
pub(super) fn is_spelled_as_integer(number: &Number) -> bool {
    number.spelling() == Spelling::Integer
}

/// Returns true if the quotient is an integer; nothing is a multiple of zero, which schemas must not ask for.
///
/// With *d*·10^*e* for the number and *p*·10^*f* for the divisor, neither *d* nor *p* ends in zero. For *e* < *f* the
/// quotient is no integer, because *d* would end in one; else it is if *p* divides *d*·10^(*e*−*f*), which is computed
/// modulo *p*. `None` if *p* has more than [`MAX_DIGITS`] digits.
pub(super) fn is_multiple(number: &Decimal, divisor: &Decimal) -> Option<bool> {
    if divisor.is_zero() {
        return Some(false);
    }
    if number.is_zero() || number == divisor {
        return Some(true);
    }
    let shift = number.exponent() - divisor.exponent();
    if shift < 0 {
        return Some(false);
    }
    if divisor.digits() == "1" {
        return Some(true);
    }
    if divisor.digits().len() > MAX_DIGITS {
        return None;
    }
    let modulus = magnitude(divisor.digits());
    let power = BigUint::from(10_u32).modpow(&BigUint::from(shift.unsigned_abs()), &modulus);
    Some((remainder(number.digits(), &modulus) * power % modulus).is_zero())
}

/// Returns the remainder of a number that is given by its digits: by Horner's rule, linear in their count.
fn remainder(digits: &str, modulus: &BigUint) -> BigUint {
    /// Digits that fit a machine word.
    const CHUNK: usize = 18;
    let mut rest = BigUint::zero();
    for chunk in digits.as_bytes().chunks(CHUNK) {
        let scale = 10_u64.pow(u32::try_from(chunk.len()).unwrap_or_default());
        let value = chunk.iter().fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0'));
        rest = (rest * scale + value) % modulus;
    }
    rest
}

/// Computes the least positive number that is an integral multiple of both positive numbers; `None` if they or the difference
/// of their magnitudes are too large.
pub(super) fn least_common_multiple(a: &Decimal, b: &Decimal) -> Option<Decimal> {
    let exponent = a.exponent().min(b.exponent());
    let integer = |number: &Decimal| {
        let shift = number.exponent() - exponent;
        let is_small = number.digits().len() <= MAX_DIGITS && shift <= MAX_EXPONENT;
        is_small.then(|| digits(number) * power_of_ten(shift))
    };
    Some(from_integer(&integer(a)?.lcm(&integer(b)?), exponent))
}

/// Returns a non-negative integer, at most `max`; `None` for any other number.
pub(super) fn to_count(number: &Decimal, max: u64) -> Option<u64> {
    if number.is_negative() || !number.is_integer() {
        return None;
    }
    if *number >= Decimal::from(max) {
        return Some(max);
    }
    to_rational(number)?.to_integer().to_u64()
}

/// Returns the number of a keyword.
pub(super) fn keyword_number<'k>(keywords: &'k Map<String, Value>, keyword: &str) -> Option<&'k Decimal> {
    keywords.get(keyword).and_then(Value::as_number).map(Number::decimal)
}

pub(super) fn one() -> Decimal {
    Decimal::from(1_u64)
}

/// Serialises a value such that two values get the same text exactly if [`values_equal`]: a key for hashing and sorting.
pub(super) fn equality_key(value: &Value) -> String {
    let mut text = String::new();
    write_key(value, &mut text);
    text
}

/// Compares two values as `const`, `enum` and `uniqueItems` do: numbers by value, objects without
/// order (2020-12 Core, section 4.2.2).
pub(super) fn values_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.decimal() == b.decimal(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| values_equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| values_equal(a, b)))
        }
        (
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Number(_) | Value::Array(_) | Value::Object(_),
            _,
        ) => a == b,
    }
}

/// Appends the equality key of a value: types differ in their first character, and members are
/// sorted by name.
fn write_key(value: &Value, text: &mut String) {
    // `fmt::Write` for `String` cannot fail.
    match value {
        Value::Null => text.push('n'),
        Value::Bool(boolean) => text.push(if *boolean { 't' } else { 'f' }),
        Value::Number(number) => {
            let number = number.decimal();
            let sign = if number.is_negative() { '-' } else { '+' };
            let _ = write!(text, "{sign}{}e{}", number.digits(), number.exponent());
        }
        Value::String(string) => {
            let _ = write!(text, "{string:?}");
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_key(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (name, value) in members {
                let _ = write!(text, "{name:?}:");
                write_key(value, text);
                text.push(',');
            }
            text.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    /// Reads a number of the text with the library for rational numbers.
    fn rational(text: &str) -> BigRational {
        let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let digits: BigInt = format!("{whole}{fraction}").parse().unwrap();
        let exponent = exponent.parse::<i32>().unwrap() - i32::try_from(fraction.len()).unwrap();
        BigRational::from_integer(digits) * BigRational::from_integer(10.into()).pow(exponent)
    }

    #[test]
    fn multiples_are_those_of_the_decimal_text() {
        for (number, divisor, expected) in [
            ("0.3", "0.1", true),
            ("0.35", "0.1", false),
            ("0", "7", true),
            ("7", "0", false),
            ("18446744073709551617", "18446744073709551616", false),
            ("36893488147419103234", "18446744073709551617", true),
            ("1e1000000000", "7", false),
            ("1e1000000000", "1024", true),
            ("7e1000000000", "7", true),
            ("1e1000000000", "1e-1000000000", true),
            ("1e-1000000000", "1e1000000000", false),
            ("1", "1e-1000000000", true),
            ("21e-5", "3e-5", true),
        ] {
            assert_eq!(is_multiple(&decimal(number), &decimal(divisor)), Some(expected), "{number} {divisor}");
        }
        let long = decimal(&"7".repeat(1_000_000));
        assert_eq!(is_multiple(&long, &decimal("7")), Some(true));
        assert_eq!(is_multiple(&long, &decimal("2")), Some(false));
        assert_eq!(is_multiple(&decimal("7"), &long), None);
    }

    #[test]
    fn equal_values_have_one_key() {
        let pairs =
            [(exact!(1), exact!(1.0)), (exact!({"a": [1, 2.0]}), exact!({"a": [1.0, 2]})), (exact!(-0.0), exact!(0))];
        for (a, b) in pairs {
            assert_eq!(equality_key(&a), equality_key(&b));
            assert!(values_equal(&a, &b));
        }
        let large = |text| Value::parse(text).unwrap();
        for (a, b) in [
            (exact!(1), exact!("1")),
            (exact!(true), exact!("t")),
            (exact!([1]), exact!([1, 1])),
            (exact!(0), exact!(false)),
            (exact!(12), exact!(1.2)),
            (large("18446744073709551617"), large("18446744073709551616")),
            (large("1e1000000000"), large("1e1000000001")),
        ] {
            assert_ne!(equality_key(&a), equality_key(&b));
            assert!(!values_equal(&a, &b));
        }
    }

    #[test]
    fn numbers_are_spelled_for_the_reader() {
        for (text, expected) in [
            ("3e0", "3"),
            ("0.50", "0.5"),
            ("18446744073709551615", "18446744073709551615"),
            ("18446744073709551617", "18446744073709551617"),
            ("1e22", "1e22"),
            ("10000000000000000000000000000000000001", "10000000000000000000000000000000000001"),
            ("1e1000000000", "1e1000000000"),
        ] {
            assert_eq!(spell(decimal(text)).to_string(), expected);
        }
    }

    #[test]
    fn counts_are_clamped() {
        let count = |text| to_count(&decimal(text), 1000);
        assert_eq!([count("0"), count("2.0"), count("1e3"), count("1e999999999")], [0, 2, 1000, 1000].map(Some));
        assert_eq!([count("-1"), count("0.5"), count("-1e999999999"), count("1e-999999999")], [None; 4]);
    }

    fn number() -> BoxedStrategy<String> {
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?(e-?[1-3]?[0-9])?".boxed()
    }

    proptest! {
        /// Comparison, multiples, least common multiples and conversions agree with rational numbers.
        #[test]
        fn arithmetic_agrees_with_rational_numbers(a in number(), b in number(), factor in 0_u32..50) {
            let (x, y, p, q) = (decimal(&a), decimal(&b), rational(&a), rational(&b));
            prop_assert_eq!(x.cmp(&y), p.cmp(&q));
            prop_assert_eq!(x == y, p == q);
            prop_assert_eq!(x.is_integer(), p.is_integer());
            prop_assert_eq!(to_rational(&x), Some(p.clone()));
            prop_assert_eq!(from_rational(&p), Some(x.clone()));
            prop_assert_eq!(is_multiple(&x, &y), Some(!q.is_zero() && (&p / &q).is_integer()));
            let product = from_rational(&(&q * BigRational::from_integer(factor.into()))).unwrap();
            prop_assert_eq!(is_multiple(&product, &y), Some(!q.is_zero()));
            if x.is_positive() && y.is_positive() {
                let both = to_rational(&least_common_multiple(&x, &y).unwrap()).unwrap();
                prop_assert!((&both / &p).is_integer() && (&both / &q).is_integer());
                let (of_x, of_y) = ((&both / &p).to_integer(), (&both / &q).to_integer());
                prop_assert!(of_x.gcd(&of_y).is_one());
            }
        }

        /// Spelling a number keeps its value.
        #[test]
        fn spelling_keeps_the_value(text in number()) {
            let number = decimal(&text);
            let spelled = Number::parse(&spell(number.clone()).to_string()).unwrap();
            prop_assert_eq!(spelled.decimal(), &number);
        }
    }
}
