//! Unions as programs exchange them: tagged internally, adjacently and externally, of any size.

use json_schema_containment::{Question, Verdict};
use serde_json::{Map, Value, json};

/// Representation of a union, by the names that serde has for those of an enum.
#[derive(Debug, Clone, Copy)]
enum Tagging {
    Internal,
    Adjacent,
    External,
}

const TAGGINGS: [Tagging; 3] = [Tagging::Internal, Tagging::Adjacent, Tagging::External];

/// Builds a union of objects with ten members each, of which every third alternative has others.
fn union(keyword: &str, tagging: Tagging, count: usize, member: impl Fn(usize, usize) -> Value) -> Value {
    let alternative = |number: usize| {
        let name = |index: usize| format!("{}{index}", ["a", "b", "c"][number % 3]);
        let mut properties: Map<String, Value> = (0..10).map(|index| (name(index), member(number, index))).collect();
        let required: Vec<String> = properties.keys().cloned().collect();
        let tag = format!("k{number}");
        match tagging {
            Tagging::Internal => {
                properties.insert("kind".to_owned(), json!({"type": "string", "const": tag}));
                let required: Vec<&String> = properties.keys().collect();
                json!({"type": "object", "properties": properties, "required": required})
            }
            Tagging::Adjacent => {
                let content = json!({"type": "object", "properties": properties, "required": required});
                let properties = json!({"kind": {"const": tag}, "content": content});
                json!({"type": "object", "properties": properties, "required": ["kind", "content"]})
            }
            Tagging::External => {
                let content = json!({"type": "object", "properties": properties, "required": required});
                let mut properties = Map::new();
                properties.insert(tag.clone(), content);
                json!({"type": "object", "properties": properties, "required": [tag], "additionalProperties": false})
            }
        }
    };
    let mut schema = Map::new();
    schema.insert(keyword.to_owned(), (0..count).map(alternative).collect());
    Value::Object(schema)
}

fn base(number: usize, index: usize) -> Value {
    json!({"type": if (number + index).is_multiple_of(2) { "integer" } else { "string" }})
}

fn nullable(number: usize, index: usize) -> Value {
    json!({"type": ["null", base(number, index)["type"]]})
}

#[test]
fn unions_of_any_size_are_decided() {
    for keyword in ["oneOf", "anyOf"] {
        for tagging in TAGGINGS {
            for count in [2, 14, 50] {
                let context = format!("{keyword}, {tagging:?}, {count} alternatives");
                let old = union(keyword, tagging, count, base);
                let wide = union(keyword, tagging, count, |number, index| match index {
                    2 | 5 => nullable(number, index),
                    _ => base(number, index),
                });
                assert_eq!(Question::new(&old, &old).ask(), Ok(Verdict::Contained), "{context}");
                assert_eq!(Question::new(&old, &wide).ask(), Ok(Verdict::Contained), "{context}");
                let verdict = Question::new(&wide, &old).ask().unwrap();
                let Verdict::Broken { incompatibilities, .. } = verdict else { panic!("{context}: {verdict:?}") };
                assert!(
                    incompatibilities.iter().all(|incompatibility| incompatibility.kind.id() == "type-narrowed"),
                    "{context}: {incompatibilities:?}"
                );
            }
        }
    }
}

#[test]
fn a_change_in_one_of_many_alternatives_is_the_only_incompatibility() {
    for (tagging, at, member) in [
        (Tagging::Internal, "/b3", "properties/b3"),
        (Tagging::Adjacent, "/content/b3", "properties/content/properties/b3"),
        (Tagging::External, "/k100/b3", "properties/k100/properties/b3"),
    ] {
        let old = union("oneOf", tagging, 200, base);
        let new = union("oneOf", tagging, 200, |number, index| match (number, index) {
            (100, 3) => json!({"type": "boolean"}),
            _ => base(number, index),
        });
        let verdict = Question::new(&old, &new).ask().unwrap();
        let Verdict::Broken { incompatibilities, .. } = verdict else { panic!("{tagging:?}: {verdict:?}") };
        let [incompatibility] = &*incompatibilities else { panic!("{tagging:?}: {incompatibilities:?}") };
        assert_eq!(incompatibility.to_string(), format!("type-narrowed at {at}: #/oneOf/100/{member}/type"));
    }
}

#[test]
fn a_removed_alternative_is_an_incompatibility_at_the_union() {
    for tagging in TAGGINGS {
        let (old, new) = (union("oneOf", tagging, 20, base), union("oneOf", tagging, 19, base));
        assert_eq!(Question::new(&new, &old).ask(), Ok(Verdict::Contained));
        let verdict = Question::new(&old, &new).ask().unwrap();
        let Verdict::Broken { incompatibilities, .. } = verdict else { panic!("{tagging:?}: {verdict:?}") };
        let incompatibilities: Vec<String> = incompatibilities.iter().map(ToString::to_string).collect();
        assert_eq!(incompatibilities, ["union-narrowed at the root: #/oneOf"], "{tagging:?}");
    }
}

#[test]
fn a_change_behind_a_nullable_reference_is_found_inside() {
    let schema = |kind: &str| {
        let point = json!({"type": "object", "properties": {"x": {"type": kind}}, "required": ["x"]});
        json!({"properties": {"at": {"anyOf": [{"$ref": "#/$defs/Point"}, {"type": "null"}]}}, "$defs": {"Point": point}})
    };
    let verdict = Question::new(&schema("number"), &schema("integer")).ask().unwrap();
    let Verdict::Broken { incompatibilities, .. } = verdict else { panic!("{verdict:?}") };
    let incompatibilities: Vec<String> = incompatibilities.iter().map(ToString::to_string).collect();
    assert_eq!(incompatibilities, ["type-narrowed at /at/x: #/$defs/Point/properties/x/type"]);
}

/// Alternatives that overlap keep the clause that forbids both: dropping it would make a wrong proof.
#[test]
fn overlapping_alternatives_are_not_taken_for_disjoint() {
    let kind = |kind: Value, more: Value| json!({"type": "object", "properties": {"kind": kind, "more": more}});
    let overlapping = [
        // The tag is not required.
        [kind(json!({"const": "a"}), json!(true)), kind(json!({"const": "b"}), json!(true))],
        // The tags have a value in common.
        [
            json!({"type": "object", "properties": {"kind": {"enum": ["a", "b"]}}, "required": ["kind"]}),
            json!({"type": "object", "properties": {"kind": {"enum": ["b", "c"]}}, "required": ["kind"]}),
        ],
        // Other types are accepted by both.
        [
            json!({"properties": {"kind": {"const": "a"}}, "required": ["kind"]}),
            json!({"properties": {"kind": {"const": "b"}}, "required": ["kind"]}),
        ],
        // 1 and 1.0 are one value.
        [
            json!({"type": "object", "properties": {"kind": {"const": 1}}, "required": ["kind"]}),
            json!({"type": "object", "properties": {"kind": {"const": 1.0}}, "required": ["kind"]}),
        ],
        // The tag of the first is allowed by the second.
        [
            json!({"type": "object", "required": ["a"]}),
            json!({"type": "object", "properties": {"a": {}, "b": {}}, "required": ["b"], "additionalProperties": false}),
        ],
        // Items behind the end of the array.
        [
            json!({"type": "array", "prefixItems": [{"const": "a"}]}),
            json!({"type": "array", "prefixItems": [{"const": "b"}]}),
        ],
    ];
    for alternatives in overlapping {
        let (any, one) = (json!({"anyOf": alternatives}), json!({"oneOf": alternatives}));
        let verdict = Question::new(&any, &one).ask().unwrap();
        assert!(matches!(verdict, Verdict::Broken { .. }), "{one}: {verdict:?}");
    }
}
