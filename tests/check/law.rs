//! Laws of fingerprints and cells.

use event_contract::catalog;
use event_contract::check::CellVerdict::{Breaks, Reads};
use event_contract::check::{CellVerdict, Check, Evidence};
use event_contract::compat::{Question, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::policy::billing;
use crate::{POST, added, published, today, v1};

/// Generates a reader schema of a parcel twice, with another order and other annotations.
fn reader_schema() -> impl Strategy<Value = (Value, Value)> {
    let keyword = prop_oneof![
        Just(("weight", json!({"type": "integer"}))),
        Just(("weight", json!({"enum": [null, 3, "a"]}))),
        Just(("parcel", json!({"maxLength": 3, "pattern": "^a"}))),
        Just(("parcel", json!({"type": ["null", "string"]}))),
        Just(("parcel", json!({"anyOf": [{"minLength": 2}, {"const": "x"}]}))),
        Just(("depth", json!({"type": "integer"}))),
    ];
    (proptest::collection::vec(keyword, 1..4), proptest::collection::btree_set("weight|parcel|depth", 0..3)).prop_map(
        |(properties, required)| {
            let required: Vec<_> = required.into_iter().collect();
            let reversed: Vec<_> = required.iter().rev().cloned().collect();
            let mut one = json!({"type": "object", "required": required, "properties": {}});
            let mut other = json!({"title": "other words", "properties": {}, "required": reversed, "type": "object"});
            for (name, schema) in properties {
                one["properties"][name] = schema.clone();
                let mut schema = schema;
                schema["description"] = "in other words".into();
                for list in ["enum", "type", "anyOf"] {
                    if let Some(list) = schema.get_mut(list).and_then(Value::as_array_mut) {
                        list.reverse();
                    }
                }
                other["properties"][name] = schema;
            }
            (one, other)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Fingerprints do not depend on the order of members or on annotations.
    #[test]
    fn fingerprints_ignore_member_order_and_annotations((one, other) in reader_schema()) {
        let (catalog, published) = (catalog![POST => [v1::ParcelSent]].unwrap(), published());
        let fingerprints = |schema: Value| {
            let report = Check::new(&catalog, &published, today()).consumers([billing(schema)]).run().unwrap();
            let mut all: Vec<_> = report.findings.iter().map(|finding| finding.fingerprint.clone()).collect();
            all.sort_unstable();
            all
        };
        let ones = fingerprints(one.clone());
        prop_assert_eq!(&ones, &fingerprints(other));
        let mut apart = ones.clone();
        apart.dedup();
        prop_assert_eq!(ones, apart, "two findings have one fingerprint");
        let formatted: Value = serde_json::to_string_pretty(&one).unwrap().parse().unwrap();
        prop_assert_eq!(fingerprints(one), fingerprints(formatted));
    }

    /// Each cell has the verdict of the prover on its two schemas, and each witness is valid.
    #[test]
    fn cells_have_the_verdict_of_the_prover((schema, _) in reader_schema()) {
        let (catalog, published) = (catalog![POST => [added::ParcelSent]].unwrap(), published());
        let report = Check::new(&catalog, &published, today()).consumers([billing(schema.clone())]).run().unwrap();
        let matrix = &report.types[0];
        for (writer, row) in matrix.rows.iter().zip(&matrix.cells) {
            let verdict = Question::new(&writer.schema, &schema).ask().unwrap();
            let expected = match verdict {
                Verdict::Contained => Reads,
                Verdict::Broken { .. } => Breaks,
                Verdict::Undecided { .. } => CellVerdict::Undecided,
            };
            prop_assert_eq!(row.last().unwrap().verdict, expected);
            for number in &row.last().unwrap().findings {
                let finding = &report.findings[number - 1];
                prop_assert_eq!(finding.number, *number);
                if let Evidence::Rejection { payload, .. } = &finding.evidence {
                    prop_assert!(jsonschema::is_valid(&writer.schema, payload));
                    prop_assert!(!jsonschema::is_valid(&schema, payload));
                }
            }
        }
    }
}
