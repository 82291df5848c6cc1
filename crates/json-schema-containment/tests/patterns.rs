//! Patterns that the second validator refuses, or that dialects read differently: a verdict rests on what both validators
//! can judge, and a break elsewhere is found.

use json_schema_containment::{Question, Verdict};
use serde_json::{Value, json};

/// Returns the verdict, and the witness of a broken one.
fn ask(writer: &Value, reader: &Value) -> (&'static str, Option<Value>) {
    let verdict = Question::new(writer, reader).ask().unwrap();
    let witness = match &verdict {
        Verdict::Broken { witness, .. } => Some(witness.document().clone()),
        Verdict::Contained | Verdict::Undecided { .. } => None,
    };
    (verdict.as_str(), witness)
}

#[test]
fn a_break_beside_a_refused_pattern_is_found() {
    for pattern in [
        r"^[\w-.]+$",
        r"^a{,3}$",
        r"^a{,}$",
        r"^\{{,2}$",
        "^{",
        "^a{1$",
        "[^]",
        r"^[\d-x]$",
        r"^\0$",
        r"\uD83D\uDC32",
        "(?<n>a)(?<n>b)",
        r"^\é$",
        r"\uD83D",
    ] {
        for (place, is_required) in [("properties", false), ("properties", true), ("patternProperties", false)] {
            let object = |number: &str| {
                let restricted = match place {
                    "properties" => json!({ "a": { "pattern": pattern, "type": "string" }, "n": { "type": number } }),
                    _ => json!({ "^n$": { "type": number }, pattern: { "maxLength": 5 } }),
                };
                let required = if is_required { json!(["a", "n"]) } else { json!(["n"]) };
                json!({ "type": "object", place: restricted, "required": required })
            };
            let (verdict, witness) = ask(&object("number"), &object("integer"));
            let expected = match (pattern, is_required) {
                // No string has half of a surrogate pair, so that the writer writes nothing.
                (r"\uD83D", true) => "contained",
                _ => "broken",
            };
            assert_eq!(verdict, expected, "{pattern} {place} {is_required}");
            assert!(witness.is_none_or(|witness| witness["n"].is_f64()), "{pattern} {place} {is_required}");
            assert_eq!(ask(&object("integer"), &object("number")).0, "contained", "{pattern} {place} {is_required}");
        }
    }
}

#[test]
fn a_lenient_spelling_is_judged_by_both_validators() {
    let strings = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    for (writer, reader, expected) in [
        (r"^[\w-.]$", r"^[\w.]$", ("broken", Some(json!("-")))),
        (r"^[\w-.]$", r"^[-.\w]$", ("contained", None)),
        (r"^\{$", "^{$", ("contained", None)),
        ("^a{1$", r"^a\{1$", ("contained", None)),
        ("^a{,3}$", "^a{,3}$", ("contained", None)),
        // A repetition in Python, literal characters in JavaScript.
        ("^a{,3}$", "^a{0,3}$", ("undecided", None)),
        ("^a{0,3}$", "^a{,3}$", ("undecided", None)),
        ("^b{0,3}$", "^a{,3}$", ("broken", Some(json!("")))),
    ] {
        let (verdict, witness) = ask(&strings(writer), &strings(reader));
        assert_eq!((verdict, witness), expected, "{writer} {reader}");
    }
    let verdict = Question::new(&strings("^a{,3}$"), &strings("^a{0,3}$")).ask().unwrap();
    let Verdict::Undecided { reason } = verdict else { panic!("{verdict:?}") };
    assert_eq!(
        reason.to_string(),
        "depends on `{,n}` in a pattern, a repetition only in some dialects, which is not decided here"
    );
}
