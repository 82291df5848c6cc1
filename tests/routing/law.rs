//! Properties of random schemas, patterns and events: no wrong `never` and no wrong `always`.

use event_contract::pattern::Pattern;
use event_contract::pattern::part::Part;
use event_contract::routing::{
    EnvelopeConstraints, EventSet, Reach, RoutingFindingKind as Kind, RuleReach, TargetPath,
};
use event_contract::{EventType, Version};
use proptest::prelude::*;
use proptest::sample::select;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

use crate::pattern_fields::PatternFields;

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
    let fields = PatternFields { names: NAMES, lists: list().boxed(), max_fields: 2 };
    (outside, fields.generate(2)).prop_filter_map("invalid pattern", |(mut pattern, fields)| {
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
        prop_assert!(set.contains(example) && pattern.matches(example).unwrap());
    }
    if let Some(example) = reach.missed() {
        prop_assert!(set.contains(example) && !pattern.matches(example).unwrap());
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

    /// A part that matches an event together with the other conditions is never reported, and neither is a rule.
    #[test]
    fn findings_about_parts_are_sound(payload in payload(), patterns in prop::collection::vec(pattern(), 2), seed: u64) {
        let Some(set) = set(&payload, &EnvelopeConstraints::default()) else { return Ok(()) };
        let sets = [set];
        let events = attack(&sets[0], seed);
        for pattern in &patterns {
            let reach = RuleReach::new("rule", pattern, &sets);
            if let Some(example) = reach.finding().and_then(|finding| finding.now) {
                prop_assert_eq!(pattern.matches(&example), Ok(false));
            }
            let findings = reach.part_findings();
            let conditions = pattern.conditions();
            for (index, condition) in conditions.iter().enumerate().filter(|(_, it)| !it.is_replaced) {
                for (matcher, text) in condition.matchers.iter().map(|it| &it.text).enumerate() {
                    let is_reported = findings.iter().any(|finding| {
                        finding.kind == Kind::DeadPart
                            && finding.path.as_deref() == Some(condition.path)
                            && finding.part.as_ref() == Some(text)
                    });
                    // Another condition on the path may have the same matcher.
                    let is_unique = conditions.iter().filter(|other| other.path == condition.path).count() == 1;
                    if is_reported && is_unique {
                        let reduced = pattern.reduce_to(Part::Matcher { condition: index, matcher }).unwrap();
                        for event in &events {
                            prop_assert_eq!(reduced.matches(event), Ok(false), "{} {} {}", pattern, text, event);
                        }
                    }
                }
            }
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
            prop_assert!(reach.matched().is_none_or(|example| takes(example) && path.exists_in(example)));
            prop_assert!(reach.missed().is_none_or(|example| takes(example) && !path.exists_in(example)));
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
        for pattern in &patterns {
            prop_assert_eq!(RuleReach::new("rule", pattern, &old).changes_since(&old), []);
            for finding in RuleReach::new("rule", pattern, &new).changes_since(&old) {
                let before = finding.before.as_ref();
                let now = finding.now.as_ref();
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
