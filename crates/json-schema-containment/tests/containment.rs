//! Containment end to end: the cases of `suite/` in every draft that they are for, the incompatibilities of broken pairs, and bounded
//! work on large and recursive schemas.
//!
//! Over 500 lines because the cases share the runner of the suite.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use json_schema_containment::{Confirmation, Draft, IncompatibilityKind, Question, Reason, Verdict, exact};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    why: String,
    drafts: Vec<String>,
    writer: Value,
    reader: Value,
    contained: bool,
    #[serde(default)]
    formats: bool,
}

/// Reads the cases of each file of `suite/`, which is named after the keyword that it is about.
fn suite() -> Vec<(String, Vec<Case>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &Path| {
        let cases = serde_json::from_str(&fs::read_to_string(path).unwrap());
        cases.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    files.iter().map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(path))).collect()
}

fn accepts(schema: &Value, draft: Draft, formats: bool, document: &Value) -> bool {
    let draft = Draft::named_by(schema).unwrap().unwrap_or(draft);
    let draft = match draft {
        Draft::Draft4 => jsonschema::Draft::Draft4,
        Draft::Draft6 => jsonschema::Draft::Draft6,
        Draft::Draft7 => jsonschema::Draft::Draft7,
        Draft::Draft201909 => jsonschema::Draft::Draft201909,
        Draft::Draft202012 => jsonschema::Draft::Draft202012,
    };
    let options = jsonschema::options().with_draft(draft).should_validate_formats(formats);
    options.offline().build(schema).unwrap().is_valid(document)
}

#[test]
fn every_suite_case_is_decided_correctly_in_each_of_its_drafts() {
    let (mut asked, mut wrong) = (0, Vec::new());
    for (keyword, cases) in suite() {
        for case in cases {
            for draft in &case.drafts {
                let draft: Draft = draft.parse().unwrap();
                let verdict = Question::new(&case.writer, &case.reader).draft(draft).assert_formats(case.formats).ask();
                asked += 1;
                let right = match &verdict {
                    Ok(Verdict::Contained) => case.contained,
                    Ok(Verdict::Broken { witness, incompatibilities }) => {
                        assert!(!incompatibilities.is_empty());
                        // `jsonschema` applies the keyword in drafts that no longer have it.
                        let witnesses = if keyword == "dependencies" && draft > Draft::Draft7 {
                            Vec::new()
                        } else {
                            incompatibilities
                                .iter()
                                .map(|incompatibility| &incompatibility.witness)
                                .chain([witness])
                                .collect()
                        };
                        for document in witnesses {
                            assert!(accepts(&case.writer, draft, case.formats, document.document()));
                            assert!(!accepts(&case.reader, draft, case.formats, document.document()));
                        }
                        !case.contained
                    }
                    Ok(Verdict::Undecided { .. }) | Err(_) => false,
                };
                if !right {
                    wrong.push(format!("{keyword}, draft {draft}: {}: {verdict:?}", case.why));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked > 700, "{asked}");
}

#[test]
fn every_suite_schema_is_contained_in_itself() {
    for (keyword, cases) in suite() {
        for case in cases {
            for draft in &case.drafts {
                for schema in [&case.writer, &case.reader] {
                    let verdict = Question::new(schema, &schema.clone()).draft(draft.parse().unwrap()).ask();
                    assert_eq!(verdict, Ok(Verdict::Contained), "{keyword}, draft {draft}: {}", case.why);
                }
            }
        }
    }
}

/// Asks a question whose verdict is broken; returns the witness, and each incompatibility with its counterpart in the writer.
fn broken(writer: &Value, reader: &Value) -> (Value, Vec<String>) {
    match Question::new(writer, reader).ask().unwrap() {
        Verdict::Broken { witness, incompatibilities } => {
            let lines = incompatibilities.iter().map(|incompatibility| {
                let writer = incompatibility.writer.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
                format!("{incompatibility}, {writer}")
            });
            (witness.document().clone(), lines.collect())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_cause_is_an_incompatibility_with_its_locations() {
    let writer = json!({"type": "object", "required": ["id", "lines"], "properties": {
        "id": {"type": "string"},
        "note": {"type": "string", "maxLength": 500},
        "status": {"enum": ["placed", "paid", "lost"]},
        "total": {"$ref": "#/$defs/money"},
        "lines": {"type": "array", "items": {"type": "object", "required": ["sku"], "properties": {
            "sku": {"type": "string"}, "quantity": {"type": "integer", "minimum": 0}}}},
    }, "additionalProperties": false, "$defs": {"money": {"type": "integer"}}});
    let reader = json!({"type": "object", "required": ["id", "customer", "note"], "properties": {
        "id": {"type": "string", "pattern": "^[a-z]+$"},
        "note": {"type": "string", "maxLength": 200},
        "status": {"enum": ["placed", "paid"]},
        "total": {"$ref": "#/$defs/money"},
        "lines": {"type": "array", "minItems": 1, "items": {"properties": {"quantity": {"minimum": 1}}}},
    }, "$defs": {"money": {"type": "integer", "maximum": 100}}});
    let (witness, mut incompatibilities) = broken(&writer, &reader);
    assert_eq!(witness, json!({"id": "", "lines": []}));
    incompatibilities.sort();
    assert_eq!(
        incompatibilities,
        [
            "bound-tightened at /lines/0/quantity: #/properties/lines/items/properties/quantity/minimum, \
             #/properties/lines/items/properties/quantity/minimum",
            "bound-tightened at /total: #/$defs/money/maximum, #/$defs/money/type",
            "enum-narrowed at /status: #/properties/status/enum, #/properties/status/enum",
            "item-count-tightened at /lines: #/properties/lines/minItems, #/properties/lines/type",
            "length-tightened at /note: #/properties/note/maxLength, #/properties/note/maxLength",
            "pattern-narrowed at /id: #/properties/id/pattern, #/properties/id/type",
            "required-added at the root: #/required (\"customer\" is missing), #/required",
            "required-added at the root: #/required (\"note\" is missing), #/properties/note",
        ]
    );
}

#[test]
fn a_closed_reader_has_an_incompatibility_for_each_undeclared_member() {
    let writer = json!({"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"}, "c": true}});
    let reader = json!({"properties": {"a": true}, "additionalProperties": false});
    let (witness, incompatibilities) = broken(&writer, &reader);
    assert_eq!(witness.as_object().unwrap().len(), 1);
    assert_eq!(incompatibilities.len(), 3, "b, c, and any other: {incompatibilities:?}");
    assert!(incompatibilities[0].starts_with("property-closed at /b: #/additionalProperties"), "{incompatibilities:?}");
}

#[test]
fn unevaluated_members_are_one_incompatibility_each() {
    let writer = json!({"type": "object", "required": ["a", "x"], "additionalProperties": false, "properties": {
        "a": {"type": "string"}, "x": {"type": "string"}, "y": {"type": "integer"}}});
    let reader = json!({"allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false});
    let (_, incompatibilities) = broken(&writer, &reader);
    assert_eq!(incompatibilities.len(), 2, "{incompatibilities:?}");
    assert!(incompatibilities[0].contains("/x") && incompatibilities[1].contains("/y"), "{incompatibilities:?}");
    let inside = |schema: &Value| json!({"type": "object", "properties": {"in": schema}});
    let (_, incompatibilities) = broken(&inside(&writer), &inside(&reader));
    assert!(
        incompatibilities.len() == 2
            && incompatibilities[0].contains("/in/x")
            && incompatibilities[1].contains("/in/y"),
        "{incompatibilities:?}"
    );
    let open = json!({"type": "object", "properties": {"a": true}});
    let (_, incompatibilities) = broken(&open, &reader);
    assert!(incompatibilities.len() == 1 && !incompatibilities[0].contains("at the root"), "{incompatibilities:?}");
}

#[test]
fn the_suite_covers_every_incompatibility_kind() {
    let mut seen = BTreeSet::new();
    for (_, cases) in suite() {
        for case in cases.iter().filter(|case| !case.contained) {
            let draft = case.drafts.last().unwrap().parse().unwrap();
            let verdict = Question::new(&case.writer, &case.reader).draft(draft).assert_formats(case.formats).ask();
            let Ok(Verdict::Broken { incompatibilities, .. }) = verdict else { panic!("{}", case.why) };
            seen.extend(incompatibilities.iter().map(|incompatibility| incompatibility.kind));
        }
    }
    assert_eq!(seen, IncompatibilityKind::ALL.iter().copied().collect());
}

#[test]
fn references_resolve_to_added_documents() {
    let money = json!({"type": "integer", "minimum": 0});
    let (writer, reader) = (json!({"$ref": "http://a.test/money.json"}), json!({"type": "number"}));
    let question = Question::new(&writer, &reader);
    let error = question.clone().ask().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the writer's schema is invalid: unresolved reference \"http://a.test/money.json\": \
         add the document that it points into"
    );
    assert_eq!(question.document("http://a.test/money.json", &money).ask(), Ok(Verdict::Contained));
    let question = Question::new(&reader, &writer).document("http://a.test/money.json", &money);
    let Ok(Verdict::Broken { incompatibilities, .. }) = question.ask() else { panic!() };
    assert!(
        incompatibilities
            .iter()
            .all(|incompatibility| incompatibility.reader.document.as_deref() == Some("http://a.test/money.json"))
    );
}

#[test]
fn undecided_verdicts_state_their_reason() {
    let reason = |question: Question<'_>| match question.ask() {
        Ok(Verdict::Undecided { reason }) => reason.to_string(),
        other => panic!("{other:?}"),
    };
    let text = json!({"type": "string", "minLength": 1});
    let lookbehind = json!({"pattern": "(?<=a)b"});
    assert_eq!(reason(Question::new(&text, &lookbehind)), "depends on pattern (?<=a)b, which is not decided here");
    let paradox = json!({"not": {"$ref": "#"}});
    assert_eq!(
        reason(Question::new(&text, &paradox)),
        "reference to \"#\" leads back to itself without descending into the document"
    );
    let object = json!({"type": "object", "properties": {"a": {"type": "integer"}}});
    let wider = json!({"type": "object", "properties": {"a": {"type": "number"}}});
    assert_eq!(Question::new(&object, &wider).ask(), Ok(Verdict::Contained));
    let Ok(verdict) = Question::new(&wider, &json!({"oneOf": [object.clone(), object]})).budget(3).ask() else {
        panic!()
    };
    // A sampled document may break it even without a budget.
    assert!(matches!(verdict, Verdict::Broken { .. } | Verdict::Undecided { reason: Reason::Budget { steps: 3 } }));
}

/// The specification leaves open what such a schema accepts, and validators differ.
#[test]
fn references_that_lead_only_to_themselves_are_undecided() {
    let loops = [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}], "maxLength": 5}),
        json!({"$ref": "#/definitions/a", "definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}}}),
        json!({"anyOf": [{"$ref": "#/definitions/a"}], "definitions": {"a": {"oneOf": [{"$ref": "#"}, {"type": "integer"}]}}}),
        json!({"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveRef": "#"}),
        json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "$dynamicAnchor": "a", "$dynamicRef": "#a"}),
    ];
    let below = |schema: &Value| {
        json!({"$id": "http://a.test/a", "type": "object", "required": ["p"],
        "properties": {"p": {"$ref": "http://a.test/loop"}}, "additionalProperties": false,
        "$defs": {"a": schema}, "definitions": {}})
    };
    let is_cycle = |writer: &Value, reader: &Value, loops: &Value| {
        let verdict = Question::new(writer, reader).document("http://a.test/loop", loops).ask().unwrap();
        matches!(verdict, Verdict::Undecided { reason: Reason::ReferenceCycle(_) })
    };
    for schema in &loops {
        let object = json!({"type": "object", "required": ["a"]});
        assert!(is_cycle(&object, schema, schema), "reader {schema}");
        assert!(is_cycle(schema, &json!({"type": "integer", "maximum": 3}), schema), "writer {schema}");
        let (nested, member) = (below(&json!(true)), json!({"type": "object", "properties": {"p": object}}));
        let required =
            json!({"type": "object", "required": ["p"], "properties": {"p": object}, "additionalProperties": false});
        assert!(is_cycle(&required, &nested, schema), "reader of a member {schema}");
        assert!(is_cycle(&nested, &member, schema), "writer of a member {schema}");
    }
    let conditional = json!({"type": "object", "dependentSchemas": {"a": {"$ref": "#"}}});
    assert!(is_cycle(&json!({"const": {"a": 1}}), &conditional, &conditional));
    assert_eq!(Question::new(&json!({"const": {"b": 1}}), &conditional).ask(), Ok(Verdict::Contained));
    // A cause elsewhere is found all the same, and a definition that nothing uses does not matter.
    let unused = json!({"type": "integer", "$defs": {"a": {"$ref": "#/$defs/a"}}});
    assert_eq!(Question::new(&unused, &json!({"type": "number"})).ask(), Ok(Verdict::Contained));
    let other = json!({"properties": {"p": {"$ref": "#/$defs/a"}, "q": {"type": "null"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}});
    assert!(broken(&json!({"properties": {"p": false}}), &other).0["q"] != Value::Null);
}

#[test]
fn the_writers_place_is_never_a_keyword_that_its_draft_ignores() {
    let draft_7 = "http://json-schema.org/draft-07/schema#";
    let writer = json!({"$schema": draft_7, "definitions": {"length": {"type": "integer"}}, "properties": {
        "width": {"$ref": "#/definitions/length", "maximum": 5}}});
    let reader = json!({"$schema": draft_7, "properties": {"width": {"type": "integer", "maximum": 5}}});
    let (_, incompatibilities) = broken(&writer, &reader);
    assert_eq!(incompatibilities, ["bound-tightened at /width: #/properties/width/maximum, #/definitions/length/type"]);
}

/// Witnesses of 64 KiB and more are within the limits of the search, so that no cause is lost to the length of a column.
#[test]
fn bounds_on_long_strings_are_one_incompatibility_each() {
    let schema = |keyword: &str, lengths: [u32; 3]| {
        let field = |(name, length): (&str, u32)| {
            (name.to_owned(), json!({"type": "string", "pattern": "^[a-z]*$", keyword: length}))
        };
        json!({"type": "object", "properties": Value::Object(["a", "b", "c"].into_iter().zip(lengths).map(field).collect())})
    };
    let (_, incompatibilities) =
        broken(&schema("minLength", [0, 0, 0]), &schema("maxLength", [65_535, 32_768, 262_144]));
    let expected = ["a", "b", "c"]
        .map(|name| format!("length-tightened at /{name}: #/properties/{name}/maxLength, #/properties/{name}/type"));
    assert_eq!(incompatibilities, expected);
}

/// Duplicate type names and a numeric title violate the meta-schema, and have no effect on validation.
#[test]
fn schemas_that_violate_their_meta_schema_harmlessly_are_decided() {
    let repeated = json!({"$id": "http://a.test/repeated", "type": ["string", "string"], "title": 3});
    let (witness, _) = broken(&repeated, &json!({"type": ["string", "string"], "minLength": 1}));
    assert_eq!(witness, json!(""));
}

/// Draft 4 has `1e30` as a number and a one with thirty zeros as an integer. They are equal, so that an `enum` with either
/// has both.
#[test]
fn draft_4_knows_integers_of_any_size_by_their_notation() {
    let exact = |text: &str| exact::ExactValue::parse(text).unwrap();
    let listed = exact(r#"{"enum": [123456789012345678901234567890]}"#);
    for (reader, expected) in [
        (r#"{"type": "integer"}"#, "1.2345678901234567890123456789e29"),
        (r#"{"not": {"type": "integer"}}"#, "123456789012345678901234567890"),
    ] {
        let verdict = Question::from_exact(&listed, &exact(reader)).draft(Draft::Draft4).ask().unwrap();
        let Verdict::Broken { witness, .. } = verdict else { panic!("{reader}: {verdict:?}") };
        assert_eq!(witness.to_string(), expected);
        assert_eq!(witness.confirmation(), Confirmation::OwnValidator);
    }
    let integer = exact(r#"{"type": "integer"}"#);
    assert_eq!(Question::from_exact(&listed, &integer).draft(Draft::Draft6).ask(), Ok(Verdict::Contained));
}

/// Deep schemas, long unions and many members get an answer or a reason, without overflowing the stack.
#[test]
fn large_schemas_terminate() {
    let nested = |depth: usize, leaf: Value| {
        (0..depth).fold(leaf, |inner, _| json!({"type": "object", "required": ["a"], "properties": {"a": inner}}))
    };
    for depth in [10, 40, 400] {
        let (writer, reader) =
            (nested(depth, json!({"minimum": 2, "type": "number"})), nested(depth, json!({"minimum": 1})));
        let verdict = Question::new(&writer, &reader).ask().unwrap();
        match verdict {
            Verdict::Contained => assert!(depth < 400),
            Verdict::Undecided { reason } => assert!(depth == 400 && reason == Reason::Depth, "{depth}: {reason}"),
            Verdict::Broken { .. } => panic!(),
        }
    }
    let branch = |number: usize| {
        json!({"type": "object", "required": ["k", "v"], "properties": {
        "k": {"const": number}, "v": {"minimum": number, "type": "number"}}})
    };
    let union: Vec<Value> = (0..60).map(branch).collect();
    let (one, other) = (json!({"oneOf": union}), json!({"anyOf": union.iter().rev().collect::<Vec<_>>()}));
    assert_eq!(Question::new(&one, &other).ask(), Ok(Verdict::Contained));
    let combinations = json!({"type": "object", "minProperties": 40, "maxProperties": 41, "allOf":
        (0..30).map(|n| json!({"anyOf": [{"required": [format!("a{n}")]}, {"required": [format!("b{n}")]}]})).collect::<Vec<_>>()});
    let exclusion = json!({"not": {"required": ["a0", "b1", "a2", "b3"]}});
    assert!(Question::new(&combinations, &exclusion).ask().is_ok());
}

/// Chains of 2000 references do not overflow the stack of a test thread, which is 2 MiB.
#[test]
fn long_chains_of_references_terminate() {
    let chain = |length: usize, shortest: usize, inside: &dyn Fn(Value) -> Value| {
        let link = |number: usize| (number.to_string(), inside(json!({"$ref": format!("#/$defs/{}", number + 1)})));
        let mut all: serde_json::Map<_, _> = (0..length).map(link).collect();
        all.insert(length.to_string(), json!({"type": "string", "minLength": shortest}));
        json!({"$ref": "#/$defs/0", "$defs": all})
    };
    let steps: [(&str, &dyn Fn(Value) -> Value); 6] = [
        ("$ref", &|next| next),
        ("allOf", &|next| json!({"allOf": [next, {"maxLength": 9}]})),
        ("anyOf", &|next| json!({"anyOf": [next, {"const": "a"}]})),
        ("not", &|next| json!({"not": next})),
        ("properties", &|next| json!({"type": "object", "required": ["a"], "properties": {"a": next}})),
        ("items", &|next| json!({"type": "array", "minItems": 1, "items": next})),
    ];
    for (name, inside) in steps {
        for length in [10, 200, 2_000] {
            let (longer, shorter) = (chain(length, 2, inside), chain(length, 1, inside));
            for (writer, reader, contained) in [(&longer, &shorter, true), (&shorter, &longer, false)] {
                match Question::new(writer, reader).ask().unwrap() {
                    Verdict::Undecided { reason } => assert!(length > 10, "{name} {length}: {reason}"),
                    verdict => assert_eq!(verdict.is_contained(), contained, "{name} {length}"),
                }
            }
        }
    }
}

/// Thirty definitions that each refer to the next one twice expand to 2³⁰ subschemas: without memoisation this does not end.
#[test]
fn shared_references_are_not_expanded_exponentially() {
    let dag = |length: usize, leaf: Value, inside: &dyn Fn(Value) -> Value| {
        let link = |at: usize| (at.to_string(), inside(json!({"$ref": format!("#/$defs/{}", at + 1)})));
        let mut all: serde_json::Map<_, _> = (0..length).map(link).collect();
        all.insert(length.to_string(), leaf);
        json!({"$ref": "#/$defs/0", "$defs": all})
    };
    let shapes: [(&str, &dyn Fn(Value) -> Value); 16] = [
        ("allOf", &|next| json!({"allOf": [next, next]})),
        ("anyOf", &|next| json!({"anyOf": [next, next]})),
        ("oneOf", &|next| json!({"oneOf": [next, {"allOf": [next, {"minLength": 5}]}]})),
        (
            "allOf and anyOf",
            &|next| json!({"allOf": [{"anyOf": [next, {"const": 1}]}, {"anyOf": [next, {"const": 2}]}]}),
        ),
        ("not", &|next| json!({"not": {"allOf": [next, {"not": {"not": next}}]}})),
        ("if", &|next| json!({"if": next, "then": next, "else": next})),
        (
            "if and others",
            &|next| json!({"if": {"allOf": [next, {"minLength": 2}]}, "then": {"anyOf": [next, {"const": 1}]}, "else": next}),
        ),
        ("properties", &|next| json!({"type": "object", "properties": {"a": next, "b": next}})),
        ("required", &|next| json!({"type": "object", "required": ["a", "b"], "properties": {"a": next, "b": next}})),
        ("a member, twice", &|next| {
            let member = json!({"type": "object", "required": ["a"], "properties": {"a": next}});
            json!({"allOf": [member, member]})
        }),
        ("items", &|next| json!({"type": "array", "minItems": 2, "items": next})),
        ("contains", &|next| json!({"type": "array", "minItems": 1, "items": next, "contains": next})),
        ("prefixItems", &|next| json!({"type": "array", "minItems": 2, "prefixItems": [next, next]})),
        (
            "additionalProperties",
            &|next| json!({"type": "object", "minProperties": 2, "additionalProperties": next, "propertyNames": {"maxLength": 2}}),
        ),
        (
            "unevaluatedProperties",
            &|next| json!({"allOf": [next, next], "anyOf": [next, {"properties": {"a": true}}], "unevaluatedProperties": false}),
        ),
        ("dependentSchemas", &|next| json!({"allOf": [next], "dependentSchemas": {"a": next, "b": next}})),
    ];
    let text = |shortest: usize| json!({"type": "string", "minLength": shortest});
    for (name, inside) in shapes {
        for (length, budget) in [(4, Question::DEFAULT_BUDGET), (30, 1_000), (30, 20_000)] {
            let (longer, shorter) = (dag(length, text(2), inside), dag(length, text(1), inside));
            let pairs = [
                (&longer, &shorter, true),
                (&shorter, &longer, false),
                (&text(1), &longer, false),
                (&longer, &text(3), false),
            ];
            for (writer, reader, contained) in pairs {
                match Question::new(writer, reader).budget(budget).ask().unwrap() {
                    Verdict::Undecided { reason } => assert!(length > 4, "{name} {length}: {reason}"),
                    verdict => assert_eq!(verdict.is_contained(), contained, "{name} {length}: {writer} {reader}"),
                }
            }
        }
    }
}

/// Twelve definitions that all refer to each other in place have more cycles than can be followed one by one.
#[test]
fn dense_reference_cycles_terminate() {
    let clique = |keyword: &str, leaf: Value| {
        let all: Vec<Value> = (0..12).map(|to| json!({"$ref": format!("#/$defs/{to}")})).collect();
        let mut defs: serde_json::Map<_, _> =
            (0..12).map(|at| (at.to_string(), json!({keyword: all, "maxLength": 20 + at}))).collect();
        defs.insert("0".to_owned(), json!({keyword: all, "allOf": [leaf]}));
        json!({"$ref": "#/$defs/1", "$defs": defs})
    };
    for keyword in ["allOf", "anyOf"] {
        let (one, other) = (clique(keyword, json!({"minLength": 1})), clique(keyword, json!({"minLength": 2})));
        for (writer, reader) in [(&one, &other), (&other, &one), (&one, &json!(false))] {
            if let Verdict::Broken { witness, .. } = Question::new(writer, reader).ask().unwrap() {
                assert!(witness.document().is_string() || reader == &json!(false), "{keyword}: {writer} {reader}");
            }
        }
    }
}

#[test]
fn verdicts_are_deterministic() {
    for (_, cases) in suite() {
        for case in cases.iter().filter(|case| !case.contained) {
            let ask = || Question::new(&case.writer, &case.reader).draft(case.drafts[0].parse().unwrap()).ask();
            assert_eq!(ask(), ask(), "{}", case.why);
        }
    }
}

/// A recursive schema rejects the same at every depth; the cause is reported once, where it first occurs.
#[test]
fn causes_in_recursive_schemas_are_reported_once() {
    let writer = json!({"type": "object", "required": ["next"]});
    let reader = json!({"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#"}}});
    let Verdict::Broken { incompatibilities, .. } = Question::new(&writer, &reader).ask().unwrap() else { panic!() };
    let reported: Vec<_> = incompatibilities
        .iter()
        .map(|incompatibility| (incompatibility.kind.id(), incompatibility.pointer.as_str()))
        .collect();
    assert_eq!(reported, [("type-narrowed", "/next"), ("required-added", "/next")]);

    let node = |value: &str| {
        let properties = json!({"children": {"items": {"$ref": "#/$defs/node"}}, "next": {"$ref": "#/$defs/node"},
            "v": {"type": value}, "w": {"type": value}});
        json!({"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "properties": properties}}})
    };
    let (writer, reader) = (node("number"), node("integer"));
    let Verdict::Broken { incompatibilities, .. } = Question::new(&writer, &reader).ask().unwrap() else { panic!() };
    let reported: Vec<_> = incompatibilities.iter().map(|incompatibility| incompatibility.pointer.as_str()).collect();
    assert_eq!(reported, ["/v", "/w"]);

    // Accepted at the root, rejected further down.
    let mut writer = writer;
    writer["properties"] = json!({"v": {"type": "integer"}, "w": {"type": "integer"}});
    let Verdict::Broken { incompatibilities, .. } = Question::new(&writer, &reader).ask().unwrap() else { panic!() };
    let mut reported: Vec<_> =
        incompatibilities.iter().map(|incompatibility| incompatibility.pointer.as_str()).collect();
    reported.sort_unstable();
    assert_eq!(reported.len(), 2, "{reported:?}");
    assert!(reported[0].ends_with("/v") && reported[1].ends_with("/w"), "{reported:?}");

    // One definition that is used at two locations is not recursion: two causes.
    let two = |value: &str| json!({"properties": {"a": {"$ref": "#/$defs/v"}, "b": {"$ref": "#/$defs/v"}}, "$defs": {"v": {"type": value}}});
    let Verdict::Broken { incompatibilities, .. } = Question::new(&two("number"), &two("integer")).ask().unwrap()
    else {
        panic!()
    };
    assert_eq!(
        incompatibilities.iter().map(|incompatibility| incompatibility.pointer.as_str()).collect::<Vec<_>>(),
        ["/a", "/b"]
    );
}
