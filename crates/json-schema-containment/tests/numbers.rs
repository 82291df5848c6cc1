//! Numbers of any size: verdicts about them are those of exact arithmetic, witnesses are spelled to the digit, and hostile
//! exponents take bounded work.

use std::cmp::Ordering;
use std::time::{Duration, Instant};

use json_schema_containment::exact::{Decimal, ExactValue as Value};
use json_schema_containment::{Confirmation, Draft, Question, Reason, Verdict};
use proptest::prelude::*;

fn ask_in(draft: Draft, writer: &str, reader: &str) -> Verdict {
    let [writer, reader] = [writer, reader].map(|text| Value::parse(text).unwrap());
    Question::from_exact(&writer, &reader).draft(draft).ask().unwrap()
}

fn ask(writer: &str, reader: &str) -> Verdict {
    ask_in(Draft::Draft202012, writer, reader)
}

/// Returns the witness as text, and nothing where there is none.
fn witness(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Contained => None,
        Verdict::Broken { witness, .. } => Some(witness.to_string()),
        Verdict::Undecided { reason } => panic!("undecided: {reason}"),
    }
}

/// Pairs of schemas whose numbers differ where an `f64` does not; `None` for contained, or the witness.
#[test]
fn numbers_that_differ_in_the_last_digit_differ() {
    for (writer, reader, expected) in [
        (r#"{"const": 36893488147419103233}"#, r#"{"const": 36893488147419103232}"#, Some("36893488147419103233")),
        (r#"{"const": 36893488147419103232}"#, r#"{"const": 36893488147419103232.0}"#, None),
        (r#"{"enum": [1e40, 1]}"#, r#"{"enum": [1, 10000000000000000000000000000000000000000]}"#, None),
        (
            r#"{"enum": [10000000000000000000000000000000000000001]}"#,
            r#"{"enum": [1e40]}"#,
            Some("10000000000000000000000000000000000000001"),
        ),
        (r#"{"const": 0.30000000000000000001}"#, r#"{"const": 0.3}"#, Some("0.30000000000000000001")),
        (
            r#"{"type": "integer", "minimum": 36893488147419103232}"#,
            r#"{"type": "integer", "exclusiveMinimum": 36893488147419103231}"#,
            None,
        ),
        (
            r#"{"type": "integer", "maximum": -36893488147419103232}"#,
            r#"{"maximum": -36893488147419103233}"#,
            Some("-36893488147419103232"),
        ),
        (
            r#"{"type": "integer", "minimum": 36893488147419103232, "maximum": 36893488147419103233}"#,
            r#"{"enum": [36893488147419103232, 36893488147419103233]}"#,
            None,
        ),
        (
            r#"{"type": "array", "prefixItems": [{"const": 36893488147419103232}, {"const": 36893488147419103233}], "minItems": 2, "maxItems": 2}"#,
            r#"{"uniqueItems": true}"#,
            None,
        ),
        (r#"{"const": 36893488147419103233}"#, r#"{"multipleOf": 2}"#, Some("36893488147419103233")),
        (r#"{"multipleOf": 0.00000000000000000002}"#, r#"{"multipleOf": 0.00000000000000000001}"#, None),
        (r#"{"multipleOf": 36893488147419103234}"#, r#"{"multipleOf": 18446744073709551617}"#, None),
    ] {
        let verdict = ask(writer, reader);
        assert_eq!(witness(&verdict).as_deref(), expected, "{writer} in {reader}");
        for schema in [writer, reader] {
            assert_eq!(ask(schema, schema), Verdict::Contained, "{schema}");
        }
    }
}

#[test]
fn a_witness_says_which_validators_have_confirmed_it() {
    let confirmation = |writer, reader| match ask(writer, reader) {
        Verdict::Broken { witness, .. } => witness.confirmation(),
        other => panic!("{other:?}"),
    };
    assert_eq!(confirmation(r#"{"const": 2}"#, r#"{"const": 1}"#), Confirmation::BothValidators);
    assert_eq!(confirmation(r#"{"const": 1e22}"#, r#"{"const": 1}"#), Confirmation::BothValidators);
    assert_eq!(confirmation(r#"{"const": 18446744073709551617}"#, r#"{"const": 1}"#), Confirmation::OwnValidator);
    assert_eq!(confirmation(r#"{"const": 1}"#, r#"{"const": 18446744073709551617}"#), Confirmation::OwnValidator);
}

/// The tree of `serde_json` is asked about as it is: its numbers are the shortest decimals of their floats.
#[test]
fn a_tree_of_serde_json_has_the_numbers_that_it_holds() {
    let [writer, reader] = ["18446744073709551617", "18446744073709551616"]
        .map(|number| serde_json::from_str(&format!(r#"{{"const": {number}}}"#)).unwrap());
    assert_eq!(Question::new(&writer, &reader).ask(), Ok(Verdict::Contained));
}

#[test]
fn integers_of_draft_4_are_known_by_their_notation() {
    let draft_4 = |writer, reader| witness(&ask_in(Draft::Draft4, writer, reader));
    let integer = r#"{"type": "integer"}"#;
    assert_eq!(draft_4(r#"{"type": "integer", "minimum": 1e30}"#, r#"{"minimum": 1e30}"#), None);
    assert_eq!(
        draft_4(r#"{"type": "integer", "minimum": 100000000000000000000}"#, r#"{"not": {"type": "integer"}}"#)
            .as_deref(),
        Some("100000000000000000000")
    );
    assert_eq!(draft_4(r#"{"enum": [100000000000000000000]}"#, integer).as_deref(), Some("1e20"));
}

/// Exponents are compared, not expanded.
#[test]
fn hostile_exponents_take_bounded_work() {
    let start = Instant::now();
    for (writer, reader, is_contained) in [
        (r#"{"minimum": 1e1000000000}"#, r#"{"minimum": 1e999999999}"#, true),
        (r#"{"minimum": 1e999999999}"#, r#"{"minimum": 1e1000000000}"#, false),
        (r#"{"type": "number", "exclusiveMinimum": 1e1000000000}"#, r#"{"maximum": 0}"#, false),
        (r#"{"type": "integer", "minimum": 1e1000000000}"#, r#"{"minimum": 1}"#, true),
        (r#"{"maximum": -1e1000000000}"#, r#"{"maximum": -1e1000000001}"#, false),
        (r#"{"type": "number", "minimum": 1e-1000000000}"#, r#"{"exclusiveMinimum": 0}"#, true),
        (r#"{"exclusiveMinimum": 0}"#, r#"{"minimum": 1e-1000000000}"#, false),
        (r#"{"type": "integer", "exclusiveMinimum": 0}"#, r#"{"minimum": 1e-1000000000}"#, true),
        (r#"{"type": "integer", "minimum": -1e1000000000, "maximum": 1e1000000000}"#, r#"{"multipleOf": 1}"#, true),
        (r#"{"const": 1e1000000000}"#, r#"{"const": 10e999999999}"#, true),
        (r#"{"const": 1e1000000000}"#, r#"{"const": 1e1000000001}"#, false),
        (r#"{"const": 1e1000000000}"#, r#"{"multipleOf": 1024}"#, true),
        (r#"{"const": 1e1000000000}"#, r#"{"multipleOf": 3}"#, false),
        (r#"{"multipleOf": 1e1000000000}"#, r#"{"multipleOf": 1e1000000000}"#, true),
        (r#"{"type": "number", "multipleOf": 1e1000000000}"#, r#"{"const": 0}"#, false),
        (r#"{"maxLength": 3, "type": "string"}"#, r#"{"maxLength": 1e1000000000}"#, true),
    ] {
        let verdict = ask(writer, reader);
        assert_eq!(witness(&verdict).is_none(), is_contained, "{writer} in {reader}: {verdict:?}");
    }
    let digits = "7".repeat(200_000);
    let (odd, even) = (format!(r#"{{"const": {digits}1}}"#), format!(r#"{{"const": {digits}2}}"#));
    assert_eq!(witness(&ask(&odd, &even)), Some(format!("{digits}1")));
    assert_eq!(ask(&even, r#"{"multipleOf": 2}"#), Verdict::Contained);
    assert_eq!(
        ask(&format!(r#"{{"minimum": {digits}2}}"#), &format!(r#"{{"minimum": {digits}1}}"#)),
        Verdict::Contained
    );
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 6 });
    assert!(start.elapsed() < limit, "{:?}", start.elapsed());
}

/// Numbers beyond the arithmetic are undecided for a reason, and never contained.
#[test]
fn divisors_beyond_the_arithmetic_are_undecided() {
    let long = format!("{}7", "1".repeat(5000));
    for (writer, reader) in [
        (format!(r#"{{"const": {}}}"#, "3".repeat(9000)), format!(r#"{{"multipleOf": {long}}}"#)),
        (
            r#"{"type": "number", "multipleOf": 3, "exclusiveMinimum": 0}"#.to_owned(),
            r#"{"multipleOf": 7e-1000000000}"#.to_owned(),
        ),
    ] {
        match ask(&writer, &reader) {
            Verdict::Undecided { reason: Reason::Number | Reason::Unconfirmed { .. } } | Verdict::Broken { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Numbers around each other, of up to 60 digits, or with a fraction or an exponent.
fn number() -> impl Strategy<Value = String> {
    let near = (any::<prop::sample::Index>(), 0_u8..=9).prop_map(|(at, last)| {
        let stem = [
            "1844674407370955161",
            "-922337203685477580",
            "9999999999999999999999999999999999999999",
            "0.3000000000000000000",
        ];
        format!("{}{last}", at.get(&stem))
    });
    prop_oneof![near, "-?[1-9][0-9]{0,59}", "-?[1-9][0-9]{0,20}\\.[0-9]{1,20}", "-?[1-9][0-9]{0,3}e-?[1-9][0-9]{0,9}"]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A bound contains another exactly if it is not tighter, whatever the numbers.
    #[test]
    fn bounds_are_contained_by_their_order(a in number(), b in number()) {
        let [x, y] = [&a, &b].map(|text| Decimal::parse(text).unwrap());
        let schema = |keyword: &str, number: &str| format!(r#"{{"type": "number", "{keyword}": {number}}}"#);
        let order = x.cmp(&y);
        for (writer, reader, expected) in [
            ("minimum", "minimum", order.is_ge()),
            ("maximum", "maximum", order.is_le()),
            ("exclusiveMinimum", "minimum", order.is_ge()),
            ("minimum", "exclusiveMinimum", order.is_gt()),
            ("const", "const", order.is_eq()),
            ("const", "minimum", order.is_ge()),
            ("const", "exclusiveMaximum", order.is_lt()),
        ] {
            let verdict = ask(&schema(writer, &a), &schema(reader, &b));
            let text = format!("{writer} {a} in {reader} {b}: {verdict:?}");
            match &verdict {
                Verdict::Contained => prop_assert!(expected, "{text}"),
                Verdict::Broken { witness, .. } => {
                    prop_assert!(!expected, "{text}");
                    let found = Decimal::parse(&witness.to_string()).unwrap();
                    prop_assert!(found.cmp(&x) != Ordering::Less || writer == "maximum", "{text}");
                }
                Verdict::Undecided { .. } => prop_assert!(false, "{text}"),
            }
        }
    }
}

#[test]
fn a_witness_says_that_it_rests_on_the_spelling_of_an_integer() {
    for (draft, writer, expected) in [
        (Draft::Draft4, r#"{"enum": [1.0]}"#, true),
        (Draft::Draft4, r#"{"type": "number", "multipleOf": 1}"#, true),
        (Draft::Draft4, r#"{"enum": [1.5]}"#, false),
        (Draft::Draft4, r#"{"enum": ["1"]}"#, false),
        (Draft::Draft6, r#"{"enum": [1.5]}"#, false),
    ] {
        let Verdict::Broken { witness, incompatibilities } = ask_in(draft, writer, r#"{"type": "integer"}"#) else {
            panic!("{draft} {writer}")
        };
        assert_eq!(witness.rests_on_spelling(), expected, "{draft} {writer} {witness}");
        let note = " (only where `1.0` is not an integer, as in draft 4)";
        assert_eq!(incompatibilities[0].to_string().ends_with(note), expected, "{}", incompatibilities[0]);
    }
}
