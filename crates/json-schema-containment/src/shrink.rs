//! Shrinking of witnesses, as in property-based testing: greedy descent to a smaller document with
//! the same property.
//!
//! The solver finds documents that are minimal by accident only, and samples are not minimal at
//! all. Greedy descent to a local minimum is how later versions of `QuickCheck` shrink a failing
//! case (Hughes, *`QuickCheck` Testing for Fun and Profit*, PADL 2007); delta debugging (Zeller and
//! Hildebrandt, IEEE TSE 28(2), 2002) does the same for inputs without a structure.
//!
//! Each round tries the simplifications of the current document, the boldest first: `null` for the
//! whole, halves, single parts removed, then parts simplified in place. The first that keeps the
//! property is the next document. Weights decrease strictly, so that it ends; [`MAX_CANDIDATES`]
//! ends it earlier. A witness that is not minimal is still a witness.

use json_document::exact::{Decimal, ExactValue as Value, Spelling};

use super::number::spell;

/// Limit on tested candidates. Each is validated against both schemas; typical witnesses need a few dozen.
const MAX_CANDIDATES: usize = 200;
/// Limit on the total weight of the candidates that are held in memory at a time.
const MAX_CANDIDATES_WEIGHT: usize = 200_000;
/// Members and items that are simplified in one document; later ones are only removed with the whole.
const MAX_CHILDREN: usize = 64;

/// Replaces a document by a simpler one that `has_property`, until there is no simpler one among the candidates.
///
/// The document itself must have the property, and the result has it: a local minimum of [`weight`], within the limits.
pub(super) fn shrink(document: Value, mut has_property: impl FnMut(&Value) -> bool) -> Value {
    let mut smallest = document;
    let mut tried = 0;
    'descent: loop {
        let max = (MAX_CANDIDATES_WEIGHT / weight(&smallest)).min(MAX_CANDIDATES - tried);
        for candidate in simplifications(&smallest, max) {
            if tried == MAX_CANDIDATES {
                return smallest;
            }
            tried += 1;
            if weight(&candidate) < weight(&smallest) && has_property(&candidate) {
                smallest = candidate;
                continue 'descent;
            }
        }
        return smallest;
    }
}

/// Measures a document by its length, roughly, with `null`, `false` and `0` as the simplest values.
pub(super) fn weight(value: &Value) -> usize {
    match value {
        Value::Null => 1,
        Value::Bool(boolean) => 1 + usize::from(*boolean),
        Value::Number(number) => {
            2 + number.to_string().len()
                - usize::from(number.decimal().is_zero() && number.spelling() == Spelling::Integer)
        }
        Value::String(text) => 2 + text.len(),
        Value::Array(items) => 2 + items.iter().map(|item| 1 + weight(item)).sum::<usize>(),
        Value::Object(members) => 2 + members.iter().map(|(name, value)| 3 + name.len() + weight(value)).sum::<usize>(),
    }
}

/// Returns numbers with fewer digits: without the fraction, with half of it, and with the first digits only.
fn shorter_numbers(number: &Decimal) -> Vec<Value> {
    let (digits, exponent) = (number.digits(), number.exponent());
    let fraction = usize::try_from(-exponent).unwrap_or(0);
    let cuts = [fraction, fraction.div_ceil(2), digits.len().saturating_sub(1), digits.len() / 2, 1];
    let cuts = cuts.into_iter().filter(|cut| (1..=digits.len()).contains(cut));
    cuts.map(|cut| {
        let (kept, dropped) = digits.split_at(digits.len() - cut);
        spell(Decimal::from_parts(number.is_negative(), kept, exponent + dropped.len() as i128))
    })
    .map(Value::Number)
    .collect()
}

/// Returns up to `max` documents that are one step simpler, the boldest steps first.
fn simplifications(value: &Value, max: usize) -> Vec<Value> {
    let mut found = Vec::new();
    match value {
        Value::Null => {}
        Value::Bool(boolean) => {
            found.push(Value::Null);
            if *boolean {
                found.push(exact!(false));
            }
        }
        Value::Number(number) => {
            found.extend([Value::Null, exact!(0), exact!(1), exact!(-1)]);
            if let Some(whole) = number.as_i64() {
                found.extend([exact!(whole / 10), exact!(whole / 2)]);
            } else {
                found.extend(shorter_numbers(number.decimal()));
            }
        }
        Value::String(text) => {
            found.extend([Value::Null, exact!("")]);
            let characters: Vec<char> = text.chars().collect();
            found.push(characters[..characters.len() / 2].iter().collect::<String>().into());
            found.push(characters[..characters.len().saturating_sub(1)].iter().collect::<String>().into());
        }
        Value::Array(items) => {
            found.extend([Value::Null, exact!([])]);
            found.push(items[..items.len() / 2].into());
            for at in (0..items.len().min(MAX_CHILDREN).min(max)).rev() {
                let mut fewer = items.clone();
                fewer.remove(at);
                found.push(fewer.into());
            }
            for (at, item) in items.iter().enumerate().take(MAX_CHILDREN) {
                if found.len() >= max {
                    break;
                }
                for simpler in simplifications(item, max - found.len()) {
                    let mut other = items.clone();
                    other[at] = simpler;
                    found.push(other.into());
                }
            }
        }
        Value::Object(members) => {
            found.extend([Value::Null, exact!({})]);
            for name in members.keys().take(MAX_CHILDREN.min(max)) {
                let fewer = members.iter().filter(|(other, _)| *other != name);
                found.push(fewer.map(|(name, value)| (name.clone(), value.clone())).collect());
            }
            for (name, member) in members.iter().take(MAX_CHILDREN) {
                if found.len() >= max {
                    break;
                }
                for simpler in simplifications(member, max - found.len()) {
                    let mut other = members.clone();
                    other.insert(name.clone(), simpler);
                    found.push(other.into());
                }
            }
        }
    }
    found.truncate(max);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn irrelevant_parts_are_removed() {
        let document = exact!({"a": {"b": [1, 2, {"c": "long text", "d": 3000}]}, "e": [true, null, 2.75]});
        let small = shrink(document, |value| value.pointer("/a/b/2/d").is_some());
        assert_eq!(small, exact!({"a": {"b": [null, null, {"d": null}]}}));
        assert_eq!(shrink(exact!({"n": 1234}), |value| value["n"].as_i64() > Some(100)), exact!({"n": 123}));
    }
}
