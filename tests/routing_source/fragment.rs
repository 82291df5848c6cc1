//! Parts of a service or of a template in files of their own.

use serde_json::json;

use super::{error, pattern, read_with, rules, why_unknown};

#[test]
fn parts_of_a_service_are_never_patterns() {
    let fragment = "\
resources:
  Resources:
    Egress:
      Type: AWS::Events::Rule
      Properties:
        EventBusName: !Ref Bus
        EventPattern: {source: ['${self:service}-${opt:stage}'], detail: {type: [{anything-but: fault}]}}
";
    let rules = rules("egress.yml", fragment);
    assert_eq!((&*rules[0].name, rules[0].location.to_string().as_str()), ("Egress", "egress.yml:3:5"));
    assert!(why_unknown(&rules[0])[0].ends_with("pass its value as a parameter, self:service=VALUE"));
    let values = [("self:service", "hub"), ("opt:stage", "np")];
    let known = read_with(&[("egress.yml", fragment)], &values).into_rules().unwrap();
    assert_eq!(pattern(&known[0]), json!({"source": ["hub-np"], "detail": {"type": [{"anything-but": "fault"}]}}));

    let map = "Egress:\n  Type: AWS::Events::Rule\n  Properties: {EventPattern: {source: [a]}}\n";
    assert!(
        error("rules.yml", map).starts_with("rules.yml:1:1: expected a template, found resources without Resources")
    );
    let template = "stack:\n  Resources:\n    A: {Type: 'AWS::Events::Rule'}\nsource: [a]\n";
    assert!(error("stack.yml", template).contains("expected a template, a rule or a pattern"));
}

/// Other documents have an `id`, a `time` or a `region`, too.
#[test]
fn a_document_is_a_pattern_by_a_field_of_events_or_by_a_condition() {
    for other in [
        r#"{"id": 7, "name": "rate", "type": "alert", "query": "avg > 5"}"#,
        r#"{"title": "Orders", "widgets": [], "id": "w-1"}"#,
        r#"{"region": "eu-west-1", "account": "111122223333", "time": null}"#,
    ] {
        assert!(error("other.json", other).contains("expected a template, a rule or a pattern"), "{other}");
    }
    for text in [
        r#"{"id": ["7"]}"#,
        r#"{"account": ["111122223333"]}"#,
        r#"{"time": [{"prefix": "2026"}], "name": "noon"}"#,
        r#"{"source": "order-service"}"#,
        r#"{"detail": "paid"}"#,
    ] {
        assert_eq!(rules("pattern.json", text).len(), 1, "{text}");
    }
}
