//! Rules against the shipped contract and small invented types.

use event_contract::contract;
use event_contract::pattern::{Pattern, PatternBuilder, backbone};
use event_contract::routing::{EnvelopeConstraints, EventSet, Reach, RoutingFinding, RuleReach};
use event_contract::{EventType, Version};
use serde_json::{Value, json};

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
    let line = &matched["detail"]["data"]["lines"];
    // Both conditions hold in the same line.
    let both = |line: &Value| line["sku"] == "A-1" && line["quantity"].as_u64().unwrap() > 3;
    assert!(line.as_array().unwrap().iter().any(both), "{line}");
    assert!(rule.matches(&matched).unwrap() && !rule.matches(&missed).unwrap());
    assert_eq!(matched["account"], "123456789012");
    assert_eq!(shipped(&sets, "Order.Created", 1).reach(&rule).as_str(), "never");
    assert_eq!(shipped(&sets, "Order.Updated", 3).reach(&rule).as_str(), "never");
}

#[test]
fn backbone_rules_reach_their_events() {
    let own = backbone::Account::new("123456789012").unwrap();
    let any = sets(&EnvelopeConstraints::default());
    let row = |sets: &[EventSet], rule: &PatternBuilder| {
        let pattern = parse(rule);
        let mut row: Vec<&str> = sets.iter().map(|set| set.reach(&pattern).as_str()).collect();
        row.dedup();
        row.join(" ")
    };
    assert_eq!(row(&any, &backbone::egress()), "sometimes");
    assert_eq!(row(&any, &backbone::ingress_from_others(&own)), "sometimes");
    assert_eq!(row(&any, &backbone::internal_stream()), "sometimes");
    assert_eq!(row(&any, &backbone::global_to_local(&own)), "sometimes");
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
    let reaches: Vec<_> = rules.map(|(pattern, name)| RuleReach::new(name, pattern, &sets)).collect();
    let findings: Vec<_> = reaches.iter().filter_map(RuleReach::finding).collect();
    assert_eq!(
        findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "dead-rule: rule \"in the detail\": no event has detail.channel [\"web\"]; did you mean detail.data.channel?",
            "dead-rule: rule \"text\": no event has detail.version [\"3\"]; did you mean 3, without quotes?",
        ]
    );
    assert!(findings.iter().all(|finding| finding.now.is_some()));
    // Before version 3, the name of a customer was one string under another name.
    let row: Vec<_> =
        reaches[2].reaches()[..3].iter().map(|(set, reach)| format!("{set} {}", reach.as_str())).collect();
    assert_eq!(row, ["Order.Created v1 never", "Order.Created v2 never", "Order.Created v3 sometimes"]);
}

#[test]
fn changes_of_a_new_version_are_reported_for_each_rule() {
    let all = sets(&EnvelopeConstraints::default());
    let (before, now): (Vec<_>, Vec<_>) =
        (sets(&EnvelopeConstraints::default()).into_iter().filter(|set| set.version().get() < 3).collect(), all);
    let created_at = parse(
        &json!({ "detail-type": ["Order.Created"], "detail": { "data": { "createdAt": [{ "exists": true }] } } }),
    );
    let findings = RuleReach::new("created", &created_at, &now).changes_since(&before);
    assert_eq!(
        findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["stops-matching: rule \"created\", Order.Created v3"]
    );
    let (old, new) = (findings[0].before.as_ref().unwrap(), findings[0].now.as_ref().unwrap());
    assert!(old["detail"]["version"] == 2 && new["detail"]["version"] == 3);
    assert!(created_at.matches(old).unwrap() && !created_at.matches(new).unwrap());

    let total = parse(
        &json!({ "detail": { "data": { "total": [{ "numeric": [">", 100] }] } }, "detail-type": ["Order.Created"] }),
    );
    let findings = RuleReach::new("large", &total, &now).changes_since(&before);
    assert_eq!(ids(&findings), ["stops-matching", "leaf-became-object"]);
    assert_eq!(findings[1].path.as_deref(), Some("detail.data.total"));
    assert!(findings[1].now.as_ref().unwrap()["detail"]["data"]["total"].is_object());
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
        let (before, now) = ([thing(1, &old)], [thing(1, &old), thing(2, &new)]);
        let findings = RuleReach::new(name, rule, &now).changes_since(&before);
        assert_eq!(ids(&findings), expected, "{name}");
    }
    let other = EventSet::for_catalog(&contract::catalog().unwrap(), &EnvelopeConstraints::default()).unwrap();
    let gone = RuleReach::new("note", &note, &other).changes_since(&[thing(1, &without), thing(2, &status(&["a"]))]);
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
    let reaches = [RuleReach::new("orders", &order, &sets), RuleReach::new("lines", &with_lines, &sets)];
    let read =
        |rule: usize, path: &str| reaches[rule].check_path(path).iter().map(ToString::to_string).collect::<Vec<_>>();
    for path in ["$", "$.detail", "$.detail.partitionKey", "$.detail-type", "$.detail.data.orderId"] {
        assert_eq!(read(0, path), [""; 0], "{path}");
    }
    assert_eq!(
        read(0, "$.detail.partitionkey"),
        [
            "path-never-there: rule \"orders\", at $.detail.partitionkey: no event of Order.Created v1, Order.Created v2, \
          Order.Created v3 has it; did you mean $.detail.partitionKey?"
        ]
    );
    assert_eq!(
        read(0, "$.detail.data.createdAt"),
        ["path-never-there: rule \"orders\", Order.Created v3, at $.detail.data.createdAt: no event has it"]
    );
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
        "cannot derive the events of Thing.Happened v1: the writer's schema is unsatisfiable"
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
        assert_eq!(set_of(&json!(true)).reach(&pattern).as_str(), "sometimes", "{region}");
    }
}
