//! Routing rules against the contract: never a wrong `never`, never a wrong `always`, and the shipped contract by hand.

use event_contract::contract;
use event_contract::pattern::{Pattern, backbone};
use event_contract::routing::{
    EnvelopeConstraints, EventSet, Example, Reach, RoutingFinding, RoutingFindingKind as Kind, RuleReach, RuleRef,
    TargetPath, find_changes,
};
use event_contract::{EventType, Version};
use proptest::prelude::*;
use proptest::sample::select;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

const NAMES: &[&str] = &["a", "b", "c", "a.b"];

/// Generates a writer schema of a payload: closed and open objects, nested arrays, choices, references.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        3 => Just(json!({ "type": "string" })),
        2 => Just(json!({ "type": "integer", "minimum": -3, "maximum": 9 })),
        1 => Just(json!({ "type": "number" })),
        1 => Just(json!({ "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX })),
        1 => Just(json!({ "type": "boolean" })),
        1 => Just(json!({ "type": ["string", "null"] })),
        2 => prop::collection::btree_set(select(vec!["x", "y", "xy", "X", "10.0.0.1"]), 1..3).prop_map(|values| json!({ "enum": values })),
        1 => Just(json!({ "const": 1 })),
        1 => Just(json!({ "type": "string", "pattern": "^x" })),
        1 => Just(json!({ "$ref": "#/$defs/D" })),
        1 => Just(json!(true)),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            4 => object(inner.clone()),
            2 => (inner.clone(), 0..2_u64).prop_map(|(items, least)| json!({ "type": "array", "items": items, "minItems": least })),
            1 => (inner.clone(), inner.clone()).prop_map(|(one, other)| json!({ "anyOf": [one, other] })),
            1 => inner.clone().prop_map(|values| json!({ "type": "object", "additionalProperties": values })),
            1 => inner.prop_map(|schema| json!({ "anyOf": [schema, { "type": "null" }] })),
        ]
    })
}

fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let members = prop::collection::btree_map(select(NAMES).prop_map(str::to_owned), (inner, any::<bool>()), 1..4);
    (members, prop::bool::weighted(0.8)).prop_map(|(members, closed)| {
        let required: Vec<_> =
            members.iter().filter(|(_, (_, required))| *required).map(|(name, _)| name.clone()).collect();
        let properties: Map<_, _> = members.into_iter().map(|(name, (schema, _))| (name, schema)).collect();
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": !closed })
    })
}

fn payload() -> impl Strategy<Value = Value> {
    (object(schema().boxed()), object(Just(json!({ "type": "string" })))).prop_map(|(mut payload, definition)| {
        payload["$defs"] = json!({ "D": definition });
        payload
    })
}

fn list() -> impl Strategy<Value = Value> {
    let text = select(vec!["x", "y", "xy", "10.0.0.1", "é"]);
    let matcher = prop_oneof![
        4 => text.clone().prop_map(|text| json!(text)),
        2 => select(vec![json!(1), json!(0), json!(5.0), json!(true), json!(null)]),
        3 => any::<bool>().prop_map(|exists| json!({ "exists": exists })),
        1 => text.clone().prop_map(|text| json!({ "prefix": text })),
        1 => text.clone().prop_map(|text| json!({ "suffix": text })),
        1 => text.clone().prop_map(|text| json!({ "equals-ignore-case": text })),
        1 => text.clone().prop_map(|text| json!({ "prefix": { "equals-ignore-case": text } })),
        1 => select(vec!["x*", "*y", "*", "x*y"]).prop_map(|text| json!({ "wildcard": text })),
        2 => select(vec![json!(["<", 5]), json!([">=", -3]), json!(["<=", 9]), json!([">", 0, "<", 4])]).prop_map(|range| json!({ "numeric": range })),
        1 => select(vec!["10.0.0.0/8", "0.0.0.0/0"]).prop_map(|block| json!({ "cidr": block })),
        3 => prop::collection::vec(text, 1..3).prop_map(|texts| json!({ "anything-but": texts })),
        1 => Just(json!({ "anything-but": [1] })),
        1 => Just(json!({ "anything-but": { "prefix": "x" } })),
        1 => Just(json!({ "anything-but": { "wildcard": "*y" } })),
    ];
    prop::collection::vec(matcher, 1..3).prop_map(Value::from)
}

fn fields(depth: u32) -> BoxedStrategy<Map<String, Value>> {
    let below = if depth == 0 {
        list().boxed()
    } else {
        prop_oneof![3 => list(), 2 => fields(depth - 1).prop_map(Value::from)].boxed()
    };
    let plain = prop::collection::btree_map(select(NAMES).prop_map(str::to_owned), below, 1..3)
        .prop_map(|members| members.into_iter().collect::<Map<_, _>>());
    if depth == 0 {
        return plain.boxed();
    }
    let branches = prop::collection::vec(fields(depth - 1), 2..4);
    prop_oneof![
        5 => plain.clone(),
        1 => (plain, branches).prop_map(|(mut members, branches)| {
            members.insert("$or".to_owned(), branches.into_iter().map(Value::from).collect());
            members
        }),
    ]
    .boxed()
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let outside = select(vec![
        json!({}),
        json!({}),
        json!({}),
        json!({ "source": ["external"] }),
        json!({ "detail-type": [{ "prefix": "Thing" }] }),
        json!({ "account": [{ "anything-but": 1 }] }),
        json!({ "resources": [{ "exists": false }] }),
    ]);
    (outside, fields(2)).prop_filter_map("no pattern", |(mut pattern, fields)| {
        pattern["detail"] = json!({ "data": fields });
        Pattern::parse(&pattern.to_string()).ok()
    })
}

/// Returns a configuration with the given number of cases, unless `PROPTEST_CASES` sets it.
fn cases(few: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(few);
    ProptestConfig { cases, ..ProptestConfig::default() }
}

fn set(payload: &Value, envelope: &EnvelopeConstraints) -> Option<EventSet> {
    EventSet::for_payload(EventType::from_static("Thing.Happened"), Version::new(1).unwrap(), payload, envelope).ok()
}

/// Returns events of a set: drawn by another library, and mutated.
fn attack(set: &EventSet, seed: u64) -> Vec<Value> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut events: Vec<Value> = Vec::new();
    for _ in 0..20 {
        events.extend(noson::generate(set.schema(), &mut random));
    }
    events.retain(|event| set.contains(event));
    let values = [
        json!("x"),
        json!("y"),
        json!("xy"),
        json!("10.0.0.1"),
        json!(1),
        json!(0),
        json!(5.0),
        json!(true),
        json!(null),
        json!([]),
        json!({}),
        json!(["x"]),
        json!([["x"], "y"]),
        json!({ "a": "x" }),
        json!([{ "a": "x" }, { "b": "y" }]),
        json!([{ "a": "x", "b": 1 }]),
        json!(i64::MAX),
        json!({ "a.b": "x" }),
    ];
    let changed: Vec<Value> = events
        .iter()
        .take(6)
        .flat_map(|event| {
            let mut changed = Vec::new();
            let data = &event["detail"]["data"];
            for (name, inner) in data.as_object().into_iter().flatten() {
                for value in &values {
                    let mut other = event.clone();
                    other["detail"]["data"][name] = value.clone();
                    changed.push(other);
                    for below in inner.as_object().into_iter().flatten().map(|(below, _)| below) {
                        let mut other = event.clone();
                        other["detail"]["data"][name][below] = value.clone();
                        changed.push(other);
                    }
                    if let Some(items) = inner.as_array() {
                        let mut other = event.clone();
                        other["detail"]["data"][name] = items.iter().cloned().chain([value.clone()]).collect();
                        changed.push(other);
                    }
                }
                let mut other = event.clone();
                if let Some(data) = other["detail"]["data"].as_object_mut() {
                    data.remove(name);
                }
                changed.push(other);
            }
            for name in NAMES {
                for value in &values {
                    let mut other = event.clone();
                    other["detail"]["data"][*name] = value.clone();
                    changed.push(other);
                }
            }
            changed
        })
        .filter(|event| set.contains(event))
        .collect();
    events.extend(changed);
    events
}

fn check(pattern: &Pattern, set: &EventSet, seed: u64) -> Result<(), TestCaseError> {
    let reach = set.reach(pattern);
    if let Some(example) = reach.matched() {
        prop_assert!(set.contains(example.event()) && pattern.matches(example.event()).unwrap());
    }
    if let Some(example) = reach.missed() {
        prop_assert!(set.contains(example.event()) && !pattern.matches(example.event()).unwrap());
    }
    match &reach {
        Reach::Never { .. } | Reach::Always { .. } => {
            for event in attack(set, seed) {
                let expected = reach.is_always();
                prop_assert_eq!(pattern.matches(&event), Ok(expected), "{} {} {}", pattern, reach.as_str(), event);
            }
        }
        Reach::Sometimes { .. } | Reach::Undecided { .. } => {}
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn never_and_always_are_sound(payload in payload(), patterns in prop::collection::vec(pattern(), 4), seed: u64) {
        let Some(set) = set(&payload, &EnvelopeConstraints::default()) else { return Ok(()) };
        for pattern in &patterns {
            check(pattern, &set, seed)?;
        }
    }

    /// A path exists in the events in which the matcher and a walk through the event find a value.
    #[test]
    fn path_verdicts_are_sound(
        payload in payload(),
        pattern in pattern(),
        names in prop::collection::vec(select(vec![".a", ".b", ".c", "[0]", "[*]"]), 1..4),
        seed: u64,
    ) {
        let Some(set) = set(&payload, &EnvelopeConstraints::default()) else { return Ok(()) };
        let path: TargetPath = format!("$.detail.data{}", names.concat()).parse().unwrap();
        for pattern in [None, Some(&pattern)] {
            let reach = set.path_reach(&path, pattern);
            let takes = |event: &Value| pattern.is_none_or(|pattern| pattern.matches(event).unwrap());
            prop_assert!(reach.matched().is_none_or(|example| takes(example.event()) && path.exists_in(example.event())));
            prop_assert!(reach.missed().is_none_or(|example| takes(example.event()) && !path.exists_in(example.event())));
            if reach.is_never() || reach.is_always() {
                for event in attack(&set, seed).iter().filter(|event| takes(event)) {
                    prop_assert_eq!(path.exists_in(event), reach.is_always(), "{} {}", path, event);
                }
            }
        }
    }

    /// An unchanged rule has no finding, and each finding has an example.
    #[test]
    fn findings_of_changes_have_examples(old in payload(), new in payload(), patterns in prop::collection::vec(pattern(), 2)) {
        let (Some(old), Some(new)) = (set(&old, &EnvelopeConstraints::default()), set(&new, &EnvelopeConstraints::default())) else {
            return Ok(());
        };
        let (old, new) = ([old], [new]);
        let rules = || patterns.iter().map(|pattern| RuleRef { name: "rule", pattern });
        prop_assert_eq!(find_changes(rules(), &old, &old), []);
        for (pattern, rule) in patterns.iter().zip(rules()) {
            for finding in find_changes([rule], &old, &new) {
                let before = finding.before.as_ref().map(Example::event);
                let now = finding.now.as_ref().map(Example::event);
                prop_assert!(before.is_none_or(|event| old[0].contains(event)) && now.is_none_or(|event| new[0].contains(event)));
                let matches = |event: Option<&Value>| event.map(|event| pattern.matches(event).unwrap());
                match finding.kind {
                    Kind::StopsMatching | Kind::MatchesFewer => {
                        prop_assert_eq!((matches(before), matches(now)), (Some(true), Some(false)));
                    }
                    Kind::StartsMatching | Kind::MatchesAll => {
                        prop_assert_eq!((matches(before), matches(now)), (Some(false), Some(true)));
                    }
                    Kind::NewValueLetThrough => prop_assert_eq!(matches(now), Some(true)),
                    Kind::Undecided => prop_assert!(finding.reason.is_some()),
                    _ => prop_assert!(now.is_some()),
                }
            }
        }
    }
}

// The shipped contract, by hand.

fn sets(envelope: &EnvelopeConstraints) -> Vec<EventSet> {
    EventSet::for_catalog(&contract::catalog().unwrap(), envelope).unwrap()
}

fn shipped<'s>(sets: &'s [EventSet], name: &str, version: u32) -> &'s EventSet {
    sets.iter().find(|set| *set.event_type() == *name && set.version().get() == version).unwrap()
}

fn parse(pattern: &impl ToString) -> Pattern {
    Pattern::parse(&pattern.to_string()).unwrap()
}

/// Returns the set of an invented payload.
fn thing(version: u32, payload: &Value) -> EventSet {
    let version = Version::new(version).unwrap();
    EventSet::for_payload(EventType::from_static("Thing.Happened"), version, payload, &EnvelopeConstraints::default())
        .unwrap()
}

fn object_schema(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn ids(findings: &[RoutingFinding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.kind.id()).collect()
}

#[test]
fn verdicts_have_matching_and_missed_examples() {
    let sets = sets(&EnvelopeConstraints::default());
    let rule = parse(&json!({
        "detail-type": ["Order.Created"],
        "detail": { "data": { "lines": { "sku": ["A-1"], "quantity": [{ "numeric": [">", 3] }] } } },
    }));
    let created = shipped(&sets, "Order.Created", 3);
    let Reach::Sometimes { matched, missed } = created.reach(&rule) else { panic!() };
    let line = &matched.event()["detail"]["data"]["lines"];
    // Both conditions hold in the same line.
    let both = |line: &Value| line["sku"] == "A-1" && line["quantity"].as_u64().unwrap() > 3;
    assert!(line.as_array().unwrap().iter().any(both), "{line}");
    assert!(rule.matches(matched.event()).unwrap() && !rule.matches(missed.event()).unwrap());
    assert_eq!(matched.event()["account"], "123456789012");
    assert_eq!(shipped(&sets, "Order.Created", 1).reach(&rule).as_str(), "never");
    assert_eq!(shipped(&sets, "Order.Updated", 3).reach(&rule).as_str(), "never");
}

#[test]
fn backbone_rules_reach_their_events() {
    let own = backbone::Account::new("123456789012").unwrap();
    let any = sets(&EnvelopeConstraints::default());
    let row = |sets: &[EventSet], rule: &event_contract::pattern::PatternBuilder| {
        let pattern = parse(rule);
        let mut row: Vec<&str> = sets.iter().map(|set| set.reach(&pattern).as_str()).collect();
        row.dedup();
        row.join(" ")
    };
    assert_eq!(row(&any, &backbone::egress()), "some");
    assert_eq!(row(&any, &backbone::ingress_from_others(&own)), "some");
    assert_eq!(row(&any, &backbone::internal_stream()), "some");
    assert_eq!(row(&any, &backbone::global_to_local(&own)), "some");
    assert_eq!(row(&any, &backbone::log_everything()), "always");
    assert_eq!(row(&any, &backbone::consumer(["Order.Updated"])), "never always never");
    // A known envelope decides more rules.
    let marked = sets(&EnvelopeConstraints {
        sources: Some(vec!["external".to_owned()]),
        accounts: Some(vec!["123456789012".to_owned()]),
        ..EnvelopeConstraints::default()
    });
    assert_eq!(row(&marked, &backbone::egress()), "always");
    assert_eq!(row(&marked, &backbone::internal_stream()), "never");
    assert_eq!(row(&marked, &backbone::global_to_local(&own)), "never");
}

/// An account without quotes is a number and equals no account, so that the rule that should exclude a subsystem's own
/// events matches all of them.
#[test]
fn an_unquoted_account_excludes_nothing() {
    let own = sets(&EnvelopeConstraints {
        accounts: Some(vec!["123456789012".to_owned()]),
        ..EnvelopeConstraints::default()
    });
    let (unquoted, quoted) =
        (r#"{"account": [{"anything-but": 123456789012}]}"#, r#"{"account": [{"anything-but": "123456789012"}]}"#);
    assert!(own.iter().all(|set| set.reach(&parse(&unquoted)).is_always()));
    assert!(own.iter().all(|set| set.reach(&parse(&quoted)).is_never()));
}

#[test]
fn a_dead_rule_is_reported_with_a_missed_event() {
    let sets = sets(&EnvelopeConstraints::default());
    let patterns = [
        parse(&json!({ "detail-type": ["Order.Created"], "detail": { "channel": ["web"] } })),
        parse(&json!({ "detail-type": ["Order.Created"], "detail": { "data": { "channel": ["web"] } } })),
        parse(&json!({ "detail": { "data": { "customer": [{ "exists": true }] } }, "detail-type": ["Order.Created"] })),
        parse(&json!({ "detail": { "version": ["3"] } })),
    ];
    let rules = patterns.iter().zip(["in the detail", "web", "customer", "text"]);
    let reaches: Vec<_> = rules.map(|(pattern, name)| RuleReach::new(RuleRef { name, pattern }, &sets)).collect();
    let findings: Vec<_> = reaches.iter().filter_map(RuleReach::finding).collect();
    assert_eq!(
        findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["dead-rule: rule \"in the detail\"", "dead-rule: rule \"text\""]
    );
    assert!(findings.iter().all(|finding| finding.now.is_some()));
    // Before version 3, the name of a customer was one string under another name.
    let row: Vec<_> =
        reaches[2].reaches()[..3].iter().map(|(set, reach)| format!("{set} {}", reach.as_str())).collect();
    assert_eq!(row, ["Order.Created v1 never", "Order.Created v2 never", "Order.Created v3 some"]);
}

#[test]
fn changes_of_a_new_version_are_reported_for_each_rule() {
    let all = sets(&EnvelopeConstraints::default());
    let (before, now): (Vec<_>, Vec<_>) =
        (sets(&EnvelopeConstraints::default()).into_iter().filter(|set| set.version().get() < 3).collect(), all);
    let created_at = parse(
        &json!({ "detail-type": ["Order.Created"], "detail": { "data": { "createdAt": [{ "exists": true }] } } }),
    );
    let findings = find_changes([RuleRef { name: "created", pattern: &created_at }], &before, &now);
    assert_eq!(
        findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["stops-matching: rule \"created\", Order.Created v3"]
    );
    let (old, new) = (findings[0].before.as_ref().unwrap().event(), findings[0].now.as_ref().unwrap().event());
    assert!(old["detail"]["version"] == 2 && new["detail"]["version"] == 3);
    assert!(created_at.matches(old).unwrap() && !created_at.matches(new).unwrap());

    let total = parse(
        &json!({ "detail": { "data": { "total": [{ "numeric": [">", 100] }] } }, "detail-type": ["Order.Created"] }),
    );
    let findings = find_changes([RuleRef { name: "large", pattern: &total }], &before, &now);
    assert_eq!(ids(&findings), ["stops-matching", "leaf-became-object"]);
    assert_eq!(findings[1].path.as_deref(), Some("detail.data.total"));
    assert!(findings[1].now.as_ref().unwrap().event()["detail"]["data"]["total"].is_object());
}

#[test]
fn each_kind_of_change_has_a_finding() {
    let status = |values: &[&str]| {
        object_schema(&json!({ "status": { "enum": values }, "note": { "type": "string" } }), &["status"])
    };
    let known = |values: &[&str]| {
        object_schema(&json!({ "status": { "type": ["string", "null"], "x-extensible-enum": values } }), &["status"])
    };
    let text =
        object_schema(&json!({ "status": { "type": "string", "x-extensible-enum": ["open", "done"] } }), &["status"]);
    let any_text = object_schema(
        &json!({ "status": { "anyOf": [{ "type": ["string", "null"] }, { "type": "string", "x-extensible-enum": ["open"] }] } }),
        &["status"],
    );
    let many = |values: &[&str]| {
        object_schema(
            &json!({ "status": { "type": "array", "items": { "enum": values }, "minItems": 1 } }),
            &["status"],
        )
    };
    let data = |pattern: Value| parse(&json!({ "detail": { "data": pattern } }));
    let not_open = data(json!({ "status": [{ "anything-but": ["open"] }] }));
    let no_note = data(json!({ "note": [{ "exists": false }] }));
    let note = data(json!({ "note": [{ "exists": true }] }));
    let without = object_schema(&json!({ "status": { "enum": ["open", "done"] } }), &["status"]);
    let noted = object_schema(&json!({ "note": { "type": "string" } }), &["note"]);
    let parts = object_schema(
        &json!({ "note": object_schema(&json!({ "text": { "type": "string" } }), &["text"]) }),
        &["note"],
    );
    let listed = object_schema(&json!({ "note": { "type": "array", "items": { "type": "string" } } }), &["note"]);
    for (name, rule, old, new, expected) in [
        (
            "a new value",
            &not_open,
            status(&["open", "done"]),
            status(&["open", "done", "lost"]),
            &["new-value-let-through"][..],
        ),
        ("a new value that is excluded", &not_open, status(&["done"]), status(&["open", "done"]), &["matches-fewer"]),
        (
            "a new known value",
            &not_open,
            known(&["open", "done"]),
            known(&["open", "done", "lost"]),
            &["new-value-let-through"],
        ),
        ("no new value", &not_open, known(&["open", "done"]), known(&["open"]), &[]),
        ("a null that is new", &not_open, text, known(&["open", "done"]), &["new-value-let-through"]),
        ("a value that there could be before", &not_open, any_text, known(&["open", "lost"]), &[]),
        (
            "a new value in a list",
            &not_open,
            many(&["open", "done"]),
            many(&["open", "done", "lost"]),
            &["new-value-let-through"],
        ),
        (
            "a field that begins",
            &no_note,
            without.clone(),
            status(&["open", "done"]),
            &["matches-fewer", "field-begins"],
        ),
        ("a field that begins for good", &no_note, without.clone(), noted.clone(), &["stops-matching", "field-begins"]),
        ("a field that ends", &note, noted.clone(), without.clone(), &["stops-matching"]),
        ("a field that becomes optional", &note, noted.clone(), status(&["open"]), &["matches-fewer"]),
        ("a field that becomes required", &note, status(&["open"]), noted.clone(), &["matches-all"]),
        (
            "a leaf that becomes an object",
            &note,
            noted.clone(),
            parts.clone(),
            &["stops-matching", "leaf-became-object"],
        ),
        (
            "an object that becomes a leaf",
            &note,
            parts.clone(),
            noted.clone(),
            &["starts-matching", "object-became-leaf"],
        ),
        ("an object where none was wanted", &no_note, noted.clone(), parts, &["starts-matching", "leaf-became-object"]),
        ("a list that may be empty", &note, noted.clone(), listed, &["matches-fewer"]),
        ("nothing", &note, noted.clone(), noted, &[]),
    ] {
        let findings =
            find_changes([RuleRef { name, pattern: rule }], &[thing(1, &old)], &[thing(1, &old), thing(2, &new)]);
        assert_eq!(ids(&findings), expected, "{name}");
    }
    let other = EventSet::for_catalog(&contract::catalog().unwrap(), &EnvelopeConstraints::default()).unwrap();
    let gone = find_changes(
        [RuleRef { name: "note", pattern: &note }],
        &[thing(1, &without), thing(2, &status(&["a"]))],
        &other,
    );
    assert_eq!(
        gone.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["type-gone: rule \"note\", Thing.Happened v2"]
    );
}

#[test]
fn paths_of_targets_are_checked() {
    let sets = sets(&EnvelopeConstraints::default());
    let order = parse(&backbone::consumer(["Order.Created"]));
    let with_lines = parse(
        &json!({ "detail-type": ["Order.Created"], "detail": { "data": { "lines": { "sku": [{ "exists": true }] } } } }),
    );
    let rules = [RuleRef { name: "orders", pattern: &order }, RuleRef { name: "lines", pattern: &with_lines }];
    let reaches = rules.map(|rule| RuleReach::new(rule, &sets));
    let read =
        |rule: usize, path: &str| reaches[rule].check_path(path).iter().map(ToString::to_string).collect::<Vec<_>>();
    for path in ["$", "$.detail", "$.detail.partitionKey", "$.detail-type", "$.detail.data.orderId"] {
        assert_eq!(read(0, path), [""; 0], "{path}");
    }
    assert_eq!(read(0, "$.detail.partitionkey"), ["path-never-there: rule \"orders\", at $.detail.partitionkey"]);
    assert_eq!(
        read(0, "$.detail.data.placedAt"),
        ["1", "2"].map(|version| format!(
            "path-may-be-missing: rule \"orders\", Order.Created v{version}, at $.detail.data.placedAt"
        ))
    );
    assert_eq!(read(0, "$.detail.correlationId").len(), 3);
    assert_eq!(read(0, "$.detail.data.lines[0].sku").len(), 3);
    // Every event that the rule matches has a line.
    assert_eq!(read(1, "$.detail.data.lines[0].sku"), [""; 0]);
    assert!(
        read(0, "detail.id")[0]
            .starts_with("path-unreadable: rule \"orders\", at detail.id: \"detail.id\" is not a path")
    );
}

#[test]
fn an_unsatisfiable_schema_has_no_event_set() {
    let version = Version::new(1).unwrap();
    let made = |payload: Value| {
        EventSet::for_payload(
            EventType::from_static("Thing.Happened"),
            version,
            &payload,
            &EnvelopeConstraints::default(),
        )
    };
    assert_eq!(
        made(json!(false)).unwrap_err().to_string(),
        "cannot derive the events of Thing.Happened v1: no event is valid under the schema"
    );
    assert!(
        made(json!({ "type": 3 }))
            .unwrap_err()
            .to_string()
            .starts_with("cannot derive the events of Thing.Happened v1: invalid JSON Schema: ")
    );
}

fn set_of(field: &Value) -> EventSet {
    let payload = json!({
        "type": "object", "properties": { "a": field }, "required": ["a"], "additionalProperties": false,
    });
    EventSet::for_payload("Order.Created".parse().unwrap(), Version::FIRST, &payload, &EnvelopeConstraints::default())
        .unwrap()
}

#[test]
fn arrays_in_enumerated_values_are_searched() {
    for (field, wanted) in [
        (json!({ "enum": [["x"], ["y"]] }), json!(["y"])),
        (json!({ "anyOf": [{ "enum": [["y"]] }, { "type": "null" }] }), json!(["y"])),
        (json!({ "enum": [{ "b": ["x"] }, { "b": ["y"] }] }), json!({ "b": ["y"] })),
        (json!({ "anyOf": [{ "type": "array", "items": { "const": ["y"] } }, { "type": "null" }] }), json!(["y"])),
    ] {
        let pattern = Pattern::parse(&json!({ "detail": { "data": { "a": wanted } } }).to_string()).unwrap();
        let reach = set_of(&field).reach(&pattern);
        assert!(!reach.is_never(), "{field}: {reach:?}");
    }
}

#[test]
fn any_well_formed_region_is_possible() {
    for region in ["eu-west-1", "us-gov-east-1", "eusc-de-east-1", "ap-southeast-10"] {
        let pattern = Pattern::parse(&json!({ "region": [region] }).to_string()).unwrap();
        assert_eq!(set_of(&json!(true)).reach(&pattern).as_str(), "some", "{region}");
    }
}
