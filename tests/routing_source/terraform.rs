//! Rules read from plans of Terraform.

use event_contract::routing::source::{RulePattern, Target};
use serde_json::{Value, json};

use crate::{notes, pattern, read_with, why_unknown};

#[test]
fn a_terraform_plan_is_read_with_its_modules_and_targets() {
    let resource = |kind: &str, name: &str, values: Value| json!({ "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name, "values": values });
    let rule = |name: &str, values: Value| resource("aws_cloudwatch_event_rule", name, values);
    let plan = json!({
        "format_version": "1.2",
        "planned_values": { "root_module": {
            "resources": [
                rule("orders", json!({
                    "name": "orders", "event_bus_name": "hub", "schedule_expression": null,
                    "event_pattern": "{\"detail-type\":[\"Order.Created\"]}", "state": "DISABLED",
                })),
                resource("aws_cloudwatch_event_target", "stream", json!({
                    "rule": "orders", "event_bus_name": "hub", "target_id": "stream", "arn": "x", "input": null,
                    "kinesis_target": [{ "partition_key_path": "$.detail.partitionKey" }],
                    "input_transformer": [{ "input_paths": { "id": "$.detail.id" }, "input_template": "<id>" }],
                })),
                resource("aws_cloudwatch_event_target", "lost", json!({ "rule": "other" })),
                resource("aws_lambda_event_source_mapping", "plain", json!({ "filter_criteria": [] })),
                resource("aws_lambda_event_source_mapping", "filtered", json!({ "filter_criteria": [{ "filter": [] }] })),
            ],
            "child_modules": [{ "address": "module.a", "resources": [
                rule("later", json!({ "name": "later", "event_bus_name": "hub" })),
                rule("hourly", json!({ "name": "hourly", "schedule_expression": "rate(1 hour)" })),
            ] }],
        } },
    });
    let deployment = read_with(&[("plan.json", &plan.to_string())], &[]);
    assert!(deployment.errors.is_empty(), "{:?}", deployment.errors);
    let [orders, later, hourly] = deployment.rules.as_slice() else { panic!("{:?}", deployment.rules) };
    assert_eq!(pattern(orders), json!({ "detail-type": ["Order.Created"] }));
    assert_eq!((orders.bus.known(), orders.state.known()), (Some("hub"), Some("DISABLED")));
    let paths: Vec<_> = orders.targets.iter().flat_map(Target::paths).map(|(_, path)| path.known()).collect();
    assert_eq!(paths, [Some("$.detail.partitionKey"), Some("$.detail.id")]);
    assert!(why_unknown(later)[0].ends_with("the pattern is known only after `terraform apply`"));
    assert!(matches!(hourly.pattern, RulePattern::Schedule));
    let notes = notes(&deployment);
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(
        notes[0].ends_with("filters of the event source mapping aws_lambda_event_source_mapping.filtered"),
        "{notes:?}"
    );
    assert!(notes[1].ends_with("a target is not read: its rule is other, which is not in this file"), "{notes:?}");
}
