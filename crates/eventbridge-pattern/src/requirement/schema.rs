//! Translation of matchers into JSON Schemas.

use serde_json::{Number, Value, json};

use super::approximation::Approximation;
use crate::anything_but::AnythingBut;
use crate::cidr::{Block, IpAddress};
use crate::ignore_case::IgnoreCase;
use crate::literal::Literal;
use crate::matcher::{Encoding, FieldCondition, Matcher};
use crate::numeric::NumericRange;
use crate::prefix::Affix;
use crate::wildcard::Wildcard;

/// Largest magnitude below which every integer is a double of its own.
const MAX_EXACT_INTEGER: i64 = 1 << 53;

/// Regular expression for every String that may be an address, and for some that are not.
const ADDRESS_LIKE: &str = "^[0-9A-Fa-f:]*:[0-9A-Fa-f:]*$|^[0-9]+(\\.[0-9]+){3}$";

/// The types of values: everything but objects and arrays.
const PRIMITIVE_TYPES: [&str; 4] = ["string", "number", "boolean", "null"];

/// Returns the values that a condition matches.
pub(super) fn approximate(condition: &FieldCondition) -> Approximation {
    Approximation::any_of(condition.matchers.iter().map(|matcher| approximate_matcher(matcher, condition.encoding)))
}

fn approximate_matcher(matcher: &Matcher, encoding: Encoding) -> Approximation {
    match matcher {
        Matcher::Literal(literal) => approximate_literal(literal, encoding),
        Matcher::Prefix(affix) => Approximation::exact(match_regex(&format!("^{}", affix_regex(affix)))),
        Matcher::Suffix(affix) => Approximation::exact(match_regex(&format!("{}$", affix_regex(affix)))),
        Matcher::IgnoreCase(text) => Approximation::exact(match_regex(&format!("^{}$", ignore_case_regex(text)))),
        Matcher::Wildcard(wildcard) => Approximation::exact(match_regex(&wildcard_regex(wildcard))),
        Matcher::Numeric(range) => approximate_range(range),
        Matcher::Exists(true) => Approximation::exact(json!({ "type": PRIMITIVE_TYPES })),
        Matcher::Exists(false) => Approximation::exact(json!(false)),
        Matcher::Cidr(block) => approximate_block(block),
        Matcher::AnythingBut(excluded) => {
            Approximation::exact(json!({ "type": PRIMITIVE_TYPES, "not": excluded_values(excluded) }))
        }
    }
}

fn approximate_literal(literal: &Literal, encoding: Encoding) -> Approximation {
    match literal {
        Literal::String(text) => Approximation::exact(json!({ "const": text })),
        // The string itself, other spellings of the address, and a number with the same digits.
        Literal::Address(text, _) => Approximation { over: addresses_and_numbers(), under: json!({ "const": text }) },
        Literal::Number(double) => Approximation::exact(json!({ "const": to_json_number(*double) })),
        Literal::Bare(text) if encoding.addresses && IpAddress::may_have_digits(text) => {
            Approximation { over: addresses_and_numbers(), under: json!(false) }
        }
        Literal::Bare(text) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Number(number)) if number.is_f64() => {
                Approximation { over: json!({ "type": "number" }), under: json!(false) }
            }
            Ok(value) => Approximation::exact(json!({ "const": value })),
            Err(_) => Approximation { over: json!({ "type": "number" }), under: json!(false) },
        },
    }
}

fn approximate_range(range: &NumericRange) -> Approximation {
    let mut schema = json!({ "type": "number" });
    for (bound, inclusive, exclusive) in
        [(range.lower, "minimum", "exclusiveMinimum"), (range.upper, "maximum", "exclusiveMaximum")]
    {
        if let Some(bound) = bound {
            schema[if bound.is_inclusive { inclusive } else { exclusive }] = to_json_number(bound.value);
        }
    }
    // The service compares larger integers only if they are exactly a double.
    let exact_integers = json!({ "minimum": -MAX_EXACT_INTEGER, "maximum": MAX_EXACT_INTEGER });
    let under = json!({ "allOf": [schema.clone(), exact_integers] });
    Approximation { over: schema, under }
}

/// Returns the Strings that match a regular expression.
fn match_regex(regex: &str) -> Value {
    json!({ "type": "string", "pattern": regex })
}

/// Returns all values that may be looked up as an address: Strings, and Numbers with the same digits.
fn addresses_and_numbers() -> Value {
    json!({ "anyOf": [match_regex(ADDRESS_LIKE), { "type": "number" }] })
}

fn excluded_values(excluded: &AnythingBut) -> Value {
    let any = |regexes: Vec<String>| match regexes.as_slice() {
        [regex] => match_regex(regex),
        regexes => json!({ "anyOf": regexes.iter().map(|regex| match_regex(regex)).collect::<Vec<_>>() }),
    };
    match excluded {
        AnythingBut::Strings(texts) => json!({ "enum": texts }),
        AnythingBut::Numbers(numbers) => {
            let numbers: Vec<_> = numbers.iter().map(|double| to_json_number(*double)).collect();
            json!({ "enum": numbers })
        }
        AnythingBut::Prefixes(texts) => any(texts.iter().map(|text| format!("^{}", escape(text))).collect()),
        AnythingBut::Suffixes(texts) => any(texts.iter().map(|text| format!("{}$", escape(text))).collect()),
        AnythingBut::IgnoreCase(texts) => {
            any(texts.iter().map(|text| format!("^{}$", ignore_case_regex(text))).collect())
        }
        AnythingBut::Wildcards(wildcards) => any(wildcards.iter().map(wildcard_regex).collect()),
    }
}

/// Returns the addresses of a block: plain spellings for sure, other spellings and numbers with the same digits perhaps.
fn approximate_block(block: &Block) -> Approximation {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default();
    let (bottom, top) = (block.bottom.digits(), block.top.digits());
    let regex = if block.is_v4() {
        let octets: Vec<String> = bottom
            .chunks(2)
            .zip(top.chunks(2))
            .map(|(low, high)| {
                let value = |pair: &[u8]| digit(pair[0]) * 16 + digit(pair[1]);
                let all: Vec<String> = (value(low)..=value(high)).map(|octet| octet.to_string()).collect();
                format!("(?:{})", all.join("|"))
            })
            .collect();
        octets.join("\\.")
    } else {
        let digits: Vec<String> = bottom
            .iter()
            .zip(top)
            .map(|(low, high)| {
                let all: String =
                    (digit(*low)..=digit(*high)).filter_map(|value| char::from_digit(value, 16)).collect();
                format!("[{all}]")
            })
            .collect();
        digits.chunks(4).map(<[String]>::concat).collect::<Vec<_>>().join(":")
    };
    Approximation { over: addresses_and_numbers(), under: match_regex(&format!("^{regex}$")) }
}

fn affix_regex(affix: &Affix) -> String {
    match affix {
        Affix::Exact(text) => escape(text),
        Affix::IgnoreCase(text) => ignore_case_regex(text),
    }
}

fn wildcard_regex(wildcard: &Wildcard) -> String {
    let literals: Vec<String> = wildcard.literals().iter().map(|literal| escape(literal)).collect();
    format!("^{}$", literals.join("[\\s\\S]*"))
}

fn ignore_case_regex(text: &IgnoreCase) -> String {
    let either = |(lower, upper): (String, String)| {
        if lower == upper { escape(&lower) } else { format!("(?:{}|{})", escape(&lower), escape(&upper)) }
    };
    match text.units.as_slice() {
        [] => text
            .text
            .chars()
            .map(|c| either((c.to_ascii_lowercase().to_string(), c.to_ascii_uppercase().to_string())))
            .collect(),
        units => units.iter().cloned().map(either).collect(),
    }
}

fn to_json_number(double: f64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "2^53 is a double")]
    let max = MAX_EXACT_INTEGER as f64;
    #[expect(clippy::cast_possible_truncation, reason = "an integer of at most 2^53")]
    let number = if double.fract() == 0.0 && double.abs() <= max {
        Some(Number::from(double as i64))
    } else {
        Number::from_f64(double)
    };
    number.map_or(Value::Null, Value::Number)
}

/// Returns a regular expression that matches only the text.
fn escape(text: &str) -> String {
    let mut regex = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\^$.*+?()[]{}|/".contains(character) {
            regex.push('\\');
        }
        regex.push(character);
    }
    regex
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::Pattern;
    use crate::requirement::ValueRequirement;

    fn matcher() -> impl Strategy<Value = Value> {
        let text = select(vec![
            "a", "b", "ab", "A", "ß", "a.b", "a*", "\\", "$", "10.0.0.1", "::1", "1", "", "a\nb", "é", "🦀",
        ]);
        let number = select(vec![
            json!(0),
            json!(1),
            json!(-1.5),
            json!(5.0),
            json!(1e18),
            json!(4.9e-324),
            json!(9_007_199_254_740_993_i64),
        ]);
        let several = prop::collection::vec(text.clone(), 1..3);
        prop_oneof![
            text.clone().prop_map(|text| json!(text)),
            number.clone(),
            select(vec![json!(true), json!(false), json!(null)]),
            text.clone().prop_map(|text| json!({ "exactly": text })),
            text.clone().prop_map(|text| json!({ "prefix": text })),
            text.clone().prop_map(|text| json!({ "suffix": text })),
            text.clone().prop_map(|text| json!({ "prefix": { "equals-ignore-case": text } })),
            text.clone().prop_map(|text| json!({ "suffix": { "equals-ignore-case": text } })),
            text.clone().prop_map(|text| json!({ "equals-ignore-case": text })),
            select(vec!["a*", "*a*b", "", "*", "a.*"]).prop_map(|text| json!({ "wildcard": text })),
            select(vec![
                json!(["<", 5]),
                json!([">=", -1.5]),
                json!([">", 0, "<=", 1]),
                json!(["=", 5]),
                json!([">", 1e15]),
            ])
            .prop_map(|range| json!({ "numeric": range })),
            Just(json!({ "exists": true })),
            select(vec!["10.0.0.0/8", "0.0.0.0/0", "10.0.0.0/30", "a00::/16", "::/0"])
                .prop_map(|block| json!({ "cidr": block })),
            several.clone().prop_map(|texts| json!({ "anything-but": texts })),
            number
                .prop_filter("comparable", |n| n.as_i64() != Some(9_007_199_254_740_993))
                .prop_map(|number| json!({ "anything-but": [number] })),
            several
                .clone()
                .prop_filter("filled", |texts| !texts.contains(&""))
                .prop_map(|texts| json!({ "anything-but": { "prefix": texts } })),
            several
                .clone()
                .prop_filter("filled", |texts| !texts.contains(&""))
                .prop_map(|texts| json!({ "anything-but": { "suffix": texts } })),
            several.prop_map(|texts| json!({ "anything-but": { "equals-ignore-case": texts } })),
            select(vec!["a*", "*b"]).prop_map(|text| json!({ "anything-but": { "wildcard": text } })),
        ]
    }

    fn primitive() -> impl Strategy<Value = Value> {
        prop_oneof![
            select(vec![
                "a",
                "b",
                "ab",
                "A",
                "AB",
                "aB",
                "ß",
                "SS",
                "ss",
                "a.b",
                "axb",
                "a*",
                "\\",
                "$",
                "10.0.0.1",
                "10.0.0.01",
                "10.0.0.9",
                "::1",
                "0:0:0:0:0:0:0:1",
                "a00::1",
                "0a00:0000:0000:0000:0000:0000:0000:0001",
                "1",
                "",
                "a\nb",
                "é",
                "É",
                "🦀",
                "??",
                "1.2.3",
                ":",
                "0.0.0.0",
                "255.255.255.255",
            ])
            .prop_map(|text| json!(text)),
            select(vec![
                json!(0),
                json!(1),
                json!(-1.5),
                json!(5),
                json!(5.0),
                json!(1e18),
                json!(1_000_000_000_000_000_000_i64),
                json!(9_007_199_254_740_993_i64),
                json!(9_007_199_254_740_992_i64),
                json!(0.5),
                json!(-0.0),
                json!(10_000_000),
                json!(1.5e300),
                json!(5e-324),
                json!(u64::MAX),
                json!(2),
            ]),
            select(vec![json!(true), json!(false), json!(null)]),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_schemas_enclose_the_matching_values(
            matchers in prop::collection::vec(matcher(), 1..3),
            samples in prop::collection::vec(primitive(), 8),
        ) {
            let Ok(pattern) = Pattern::parse(&json!({ "a": matchers }).to_string()) else { return Ok(()) };
            let alternatives = pattern.requirements(8).unwrap();
            prop_assert_eq!(alternatives.len(), 1);
            let ValueRequirement::Present(values) = &alternatives[0][0].value else { panic!("a value is required") };
            let validator = |schema: &Value| jsonschema::validator_for(schema).unwrap();
            let (over, under) = (validator(&values.over), validator(&values.under));
            for value in samples {
                let matches = pattern.matches(&json!({ "a": value })).unwrap();
                prop_assert!(!matches || over.is_valid(&value), "{pattern} matches {value}, {} does not", values.over);
                prop_assert!(matches || !under.is_valid(&value), "{} matches {value}, {pattern} does not", values.under);
            }
        }
    }
}
