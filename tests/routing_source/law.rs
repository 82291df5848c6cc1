//! Properties of random patterns and texts in files.

use std::fmt::Write as _;

use event_contract::routing::source::RulePattern;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{BACKBONE, read_with, rules};

fn arb_pattern() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        "[ -~äß]{0,12}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        "[ -~]{1,5}".prop_map(|text| json!({"prefix": text})),
        "[0-9][0-9_.:eE]{0,6}|yes|No|~|null|\\.inf".prop_map(Value::from),
    ];
    let list = prop::collection::vec(leaf, 1..4).prop_map(Value::from);
    let name = "[a-zA-Z][a-zA-Z0-9 _-]{0,6}";
    let object = prop::collection::btree_map(name, list, 1..4).prop_map(|members| json!(members));
    (prop::collection::vec("[a-z.]{1,6}", 1..3), object)
        .prop_map(|(source, detail)| json!({"source": source, "detail": detail}))
}

/// Writes block-style YAML with quoted strings.
fn yaml(value: &Value, indent: usize, out: &mut String) {
    let space = " ".repeat(indent);
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                write!(out, "\n{space}'{name}':").unwrap();
                yaml(value, indent + 2, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                write!(out, "\n{space}-").unwrap();
                yaml(item, indent + 2, out);
            }
        }
        Value::String(text) => write!(out, " '{}'", text.replace('\'', "''")).unwrap(),
        other => write!(out, " {other}").unwrap(),
    }
}

proptest! {
    /// JSON, block-style YAML and a string give the same pattern.
    #[test]
    fn a_pattern_does_not_depend_on_its_notation(pattern in arb_pattern()) {
        let resource = |pattern: &Value| json!({"Resources": {"R": {"Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": pattern}}}});
        let mut block = String::new();
        yaml(&resource(&pattern), 0, &mut block);
        let texts = [
            ("t.json", resource(&pattern).to_string()),
            ("t.yaml", resource(&pattern).to_string()),
            ("t.yaml", block),
            ("t.json", resource(&Value::from(pattern.to_string())).to_string()),
            ("t.json", pattern.to_string()),
            ("t.json", json!([{"Name": "R", "EventPattern": pattern.to_string()}]).to_string()),
        ];
        for (name, text) in texts {
            let rules = rules(name, &text);
            let found = match &rules[0].pattern {
                RulePattern::Known(found) => found.as_str().to_owned(),
                RulePattern::Refused { text, .. } => text.clone(),
                other => panic!("{other:?}\n{text}"),
            };
            prop_assert_eq!(serde_json::from_str::<Value>(&found).unwrap(), pattern.clone(), "{}", text);
        }
    }

    /// A plain scalar is its text, its number, or unknown; never another value.
    #[test]
    fn plain_scalars_never_change_their_value(word in "[0-9a-zA-Z][0-9a-zA-Z_.:+-]{0,12}") {
        prop_assume!(!word.ends_with(':'));
        let text = format!("source:\n- {word}\n");
        match &rules("a.yaml", &text)[0].pattern {
            RulePattern::Known(found) => {
                let found: Value = serde_json::from_str(found.as_str()).unwrap();
                let lower = word.to_ascii_lowercase();
                match &found["source"][0] {
                    Value::String(found) => prop_assert_eq!(found, &word),
                    Value::Number(_) => prop_assert!(serde_json::from_str::<f64>(&word).is_ok() && !lower.contains('e')),
                    Value::Bool(found) => prop_assert_eq!(found.to_string(), lower),
                    Value::Null => prop_assert_eq!(lower, "null"),
                    other => prop_assert!(false, "{}", other),
                }
            }
            RulePattern::Unknown(_) | RulePattern::Refused { .. } => {}
            other => prop_assert!(false, "{:?}", other),
        }
    }

    /// Any file gives rules, notes or an error.
    #[test]
    fn any_file_is_read_or_refused(text in "[\\[\\]{}:,&*!<\"' \\n#|a-zR-]{0,60}") {
        for name in ["a.yaml", "a.json", "a"] {
            let deployment = read_with(&[(name, &text)], &[]);
            prop_assert!(!deployment.rules.is_empty() || !deployment.errors.is_empty() || !deployment.notes.is_empty());
        }
    }

    /// A template that is truncated anywhere gives rules or an error, never an empty result.
    #[test]
    fn a_truncated_template_is_never_empty(at in 0..BACKBONE.len()) {
        let deployment = read_with(&[("hub.yaml", BACKBONE.get(..at).unwrap_or_default())], &[]);
        prop_assert!(!deployment.rules.is_empty() || !deployment.errors.is_empty() || !deployment.notes.is_empty());
    }
}
