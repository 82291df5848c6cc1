//! Limits that no budget raises, and how they are reported.

use json_schema_containment::{Question, Reason, Verdict};
use serde_json::{Map, Value, json};

#[test]
fn fixed_limits_are_not_reported_as_an_exhausted_budget() {
    let patterns: Map<String, Value> =
        (0..14_u8).map(|number| (format!("^{}", char::from(b'a' + number)), json!({"minimum": number}))).collect();
    let contains: Vec<Value> = (0..9).map(|number| json!({"contains": {"minimum": number}})).collect();
    let characters: Vec<String> = ('\u{0}'..='\u{ffff}').map(String::from).collect();
    let cases = [
        (
            json!({"type": "object", "patternProperties": patterns, "minProperties": 1}),
            json!({"not": {"type": "object", "propertyNames": {"pattern": "^[a-n]"}}}),
            "more than 12 sets of member names with schemas of their own, which no budget raises",
        ),
        (
            json!({"type": "array", "allOf": contains}),
            json!({"contains": {"minimum": -1}}),
            "more than 8 `contains` conditions on an array, which no budget raises",
        ),
        (
            json!({"type": "string", "minLength": 2_000_001}),
            json!(false),
            "more than 2000000 characters of a string, which no budget raises",
        ),
        (
            json!({"type": "string", "minLength": 1, "maxLength": 1}),
            json!({"enum": characters}),
            "more than 4096 excluded strings, which no budget raises",
        ),
    ];
    for (writer, reader, expected) in cases {
        let verdict = Question::new(&writer, &reader).budget(30_000_000).ask().unwrap();
        let Verdict::Undecided { reason } = verdict else { panic!("{writer}: {verdict:?}") };
        assert!(matches!(reason, Reason::Limit { .. }), "{reason}");
        assert_eq!(reason.to_string(), expected);
    }
}
