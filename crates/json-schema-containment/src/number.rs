//! Numbers as mathematics has them, and values that are equal whatever their spelling.

use std::fmt::Write as _;

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One as _, Signed as _, ToPrimitive as _, Zero as _};
use serde_json::{Map, Number, Value};

/// The number that a JSON number spells: for a float, the shortest decimal that is read as it.
pub(super) fn to_rational(number: &Number) -> BigRational {
    if let Some(small) = number.as_i64() {
        return BigRational::from_integer(small.into());
    }
    if let Some(large) = number.as_u64() {
        return BigRational::from_integer(large.into());
    }
    decimal(number.as_f64().unwrap_or_default())
}

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

/// A JSON number that spells this one, where there is one; an integral one as `3`, or as `3.0` where a float is wanted.
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

/// Whether a JSON number is spelled as an integer, which is what an integer is in draft 4. `None` for what is too large
/// to tell: as it is kept here, `1e30` is the same as a one with thirty zeros.
pub(super) fn is_spelled_as_integer(number: &Number) -> Option<bool> {
    if number.is_i64() || number.is_u64() {
        return Some(true);
    }
    let is_large = number.as_f64().is_some_and(|float| !(-EXACT..EXACT * 2.0).contains(&float));
    (!is_large).then_some(false)
}

/// 2 to the power of 63: from here on, and from twice that on where it is positive, an integer is kept as a float.
const EXACT: f64 = 9_223_372_036_854_775_808.0;

pub(super) fn is_multiple(number: &BigRational, of: &BigRational) -> bool {
    !of.is_zero() && (number / of).is_integer()
}

/// The smallest number that is a multiple of both.
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

/// Text that is the same for two values exactly where JSON Schema says that they are equal.
pub(super) fn equality_key(value: &Value) -> String {
    let mut text = String::new();
    write_key(value, &mut text);
    text
}

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

fn write_key(value: &Value, text: &mut String) {
    // Writing to a text cannot fail.
    match value {
        Value::Null => text.push('n'),
        Value::Bool(truth) => text.push(if *truth { 't' } else { 'f' }),
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

/// The members by name: their order in the map depends on a feature of `serde_json`.
pub(super) fn sorted_members(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
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
    fn a_float_is_the_decimal_that_it_is_written_as() {
        assert_eq!(ratio(&json!(0.1)), BigRational::new(1.into(), 10.into()));
        assert_eq!(ratio(&json!(1.0)), ratio(&json!(1)));
        assert_eq!(ratio(&json!(-2.5e3)), ratio(&json!(-2500)));
        assert_eq!(ratio(&json!(1e22)), "10000000000000000000000".parse().unwrap());
        assert!(is_multiple(&ratio(&json!(0.3)), &ratio(&json!(0.1))));
        assert!(!is_multiple(&ratio(&json!(0.35)), &ratio(&json!(0.1))));
    }

    #[test]
    fn a_spelled_number_is_the_number() {
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
    fn the_least_common_multiple_is_one_of_both() {
        let (a, b) = (ratio(&json!(0.75)), ratio(&json!(0.5)));
        let both = least_common_multiple(&a, &b);
        assert_eq!(both, ratio(&json!(1.5)));
    }
}
