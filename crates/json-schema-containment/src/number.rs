//! Exact arithmetic on JSON numbers, and equality of JSON values as JSON Schema defines it.
//!
//! JSON Schema compares numbers by their mathematical value (2020-12 Core, section 4.2.2): `1`
//! equals `1.0`, and `0.3` is a multiple of `0.1`. Binary floating point answers both wrongly for
//! some values, so that bounds, multiples and equality are decided on rational numbers here.
//!
//! A JSON text with more than 17 significant digits has already been rounded by `serde_json`. Both
//! validators and the prover see the rounded number, so that verdicts are about the documents that
//! a program based on `serde_json` sees.
//!
//! Cost: a number such as `1e308` is a rational with a thousand bits; the operations on it are
//! linear or quadratic in that, and there is no larger exponent in an `f64`.

use std::fmt::Write as _;

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One as _, Signed as _, ToPrimitive as _, Zero as _};
use serde_json::{Map, Number, Value};

/// Converts a JSON number to the rational number that its text denotes.
///
/// `serde_json` keeps a number with a fraction or an exponent, and an integer beyond 64 bits, as an `f64`; of that, the
/// shortest decimal that parses to it is taken, which is the text of every number with up to 15 digits. Longer numbers have
/// been rounded by the parser before they come here.
pub(super) fn to_rational(number: &Number) -> BigRational {
    if let Some(small) = number.as_i64() {
        return BigRational::from_integer(small.into());
    }
    if let Some(large) = number.as_u64() {
        return BigRational::from_integer(large.into());
    }
    decimal(number.as_f64().unwrap_or_default())
}

/// Converts a finite float to the shortest decimal that parses to it.
///
/// The formatter of the standard library prints that one (`{:e}`), by the algorithms of Loitsch
/// (*Printing Floating-Point Numbers Quickly and Accurately with Integers*, PLDI 2010) and of
/// Steele and White.
fn decimal(float: f64) -> BigRational {
    let text = format!("{float:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mut exponent: i64 = exponent.parse().unwrap_or_default();
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    exponent -= i64::try_from(fraction.len()).unwrap_or_default();
    let digits: BigInt = format!("{whole}{fraction}").parse().unwrap_or_default();
    let scale = BigInt::from(10).pow(u32::try_from(exponent.unsigned_abs()).unwrap_or_default());
    if exponent < 0 { BigRational::new(digits, scale) } else { BigRational::from_integer(digits * scale) }
}

/// Converts a rational number to a JSON number that denotes exactly it.
///
/// Returns `None` if there is none, as for a third or for more than 17 significant digits. An integer is written as `3`, or
/// as `3.0` if `as_float` is set: draft 4 distinguishes the two.
pub(super) fn to_number(number: &BigRational, as_float: bool) -> Option<Number> {
    if number.is_integer() && !as_float {
        if let Some(small) = number.to_integer().to_i64() {
            return Some(small.into());
        }
        if let Some(large) = number.to_integer().to_u64() {
            return Some(large.into());
        }
    }
    let float = number.to_f64().filter(|float| float.is_finite())?;
    (decimal(float) == *number).then(|| Number::from_f64(float)).flatten()
}

/// Returns true if a JSON number is written without fraction and exponent, which is the definition of an integer in draft 4.
///
/// Returns `None` for magnitudes that `serde_json` keeps as `f64` in either notation: `1e30` and a one with thirty zeros
/// are the same value there.
pub(super) fn is_spelled_as_integer(number: &Number) -> Option<bool> {
    if number.is_i64() || number.is_u64() {
        return Some(true);
    }
    let is_large = number.as_f64().is_some_and(|float| !(-TWO_POW_63..TWO_POW_63 * 2.0).contains(&float));
    (!is_large).then_some(false)
}

/// Below −2⁶³ and from 2⁶⁴ on, an integer fits neither `i64` nor `u64`, and `serde_json` keeps it as `f64`.
const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;

/// Returns true if the quotient is an integer; nothing is a multiple of zero, which schemas must not ask for.
pub(super) fn is_multiple(number: &BigRational, divisor: &BigRational) -> bool {
    !divisor.is_zero() && (number / divisor).is_integer()
}

/// Computes the least positive number that is an integral multiple of both: for fractions in a common denominator, the
/// least common multiple of the numerators.
pub(super) fn least_common_multiple(a: &BigRational, b: &BigRational) -> BigRational {
    let numerator = (a.numer() * b.denom()).abs().lcm(&(b.numer() * a.denom()).abs());
    BigRational::new(numerator, a.denom() * b.denom())
}

pub(super) fn one() -> BigRational {
    BigRational::one()
}

pub(super) fn zero() -> BigRational {
    BigRational::zero()
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
        (Value::Number(a), Value::Number(b)) => a == b || to_rational(a) == to_rational(b),
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
            let _ = match (number.as_i64(), number.as_u64()) {
                (Some(small), _) => write!(text, "{small}"),
                (None, Some(large)) => write!(text, "{large}"),
                (None, None) => write!(text, "{}", to_rational(number)),
            };
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
            for (name, value) in sorted_members(members) {
                let _ = write!(text, "{name:?}:");
                write_key(value, text);
                text.push(',');
            }
            text.push('}');
        }
    }
}

/// Returns the members sorted by name. The order in the map depends on `serde_json/preserve_order`, which another crate in
/// the build may enable.
fn sorted_members(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_key(|(name, _)| *name);
    members
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ratio(value: &Value) -> BigRational {
        let Value::Number(number) = value else { panic!("not a number: {value}") };
        to_rational(number)
    }

    #[test]
    fn floats_convert_to_the_decimal_that_they_are_written_as() {
        assert_eq!(ratio(&json!(0.1)), BigRational::new(1.into(), 10.into()));
        assert_eq!(ratio(&json!(1.0)), ratio(&json!(1)));
        assert_eq!(ratio(&json!(-2.5e3)), ratio(&json!(-2500)));
        assert_eq!(ratio(&json!(1e22)), "10000000000000000000000".parse().unwrap());
        assert!(is_multiple(&ratio(&json!(0.3)), &ratio(&json!(0.1))));
        assert!(!is_multiple(&ratio(&json!(0.35)), &ratio(&json!(0.1))));
    }

    #[test]
    fn conversion_to_json_and_back_is_lossless() {
        for value in [json!(0), json!(-7), json!(u64::MAX), json!(0.1), json!(1e300), json!(-2.5)] {
            let number = ratio(&value);
            assert_eq!(to_rational(&to_number(&number, false).unwrap()), number, "{value}");
        }
        assert_eq!(to_number(&ratio(&json!(3)), true).map(Value::Number), Some(json!(3.0)));
        assert_eq!(to_number(&BigRational::new(1.into(), 3.into()), false), None);
    }

    #[test]
    fn equal_values_have_one_key() {
        let pairs = [(json!(1), json!(1.0)), (json!({"a": [1, 2.0]}), json!({"a": [1.0, 2]})), (json!(-0.0), json!(0))];
        for (a, b) in pairs {
            assert_eq!(equality_key(&a), equality_key(&b));
            assert!(values_equal(&a, &b));
        }
        for (a, b) in
            [(json!(1), json!("1")), (json!(true), json!("t")), (json!([1]), json!([1, 1])), (json!(0), json!(false))]
        {
            assert_ne!(equality_key(&a), equality_key(&b));
            assert!(!values_equal(&a, &b));
        }
    }

    #[test]
    fn least_common_multiple_of_fractions() {
        let (a, b) = (ratio(&json!(0.75)), ratio(&json!(0.5)));
        let both = least_common_multiple(&a, &b);
        assert_eq!(both, ratio(&json!(1.5)));
    }
}
