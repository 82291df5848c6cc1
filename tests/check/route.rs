//! Routing rules in the check of a contract.

use event_contract::catalog;
use event_contract::catalog::{Catalog, CatalogError};
use event_contract::check::{Check, Evidence, Outcome, Subject};
use event_contract::pattern::{Pattern, Settings};
use event_contract::routing::source::{self, DeployedRule, Parameters};
use serde_json::json;

use crate::{POST, added, defaulted, one, published, today, v1};

/// Reads the rules of a template.
fn rules(template: &str) -> Vec<DeployedRule> {
    let deployment = source::read([("rules.yaml", template)], &Parameters::default(), &Settings::default());
    deployment.into_rules().unwrap()
}

const BY_WEIGHT: &str = "\
Resources:
  Heavy:
    Type: AWS::Events::Rule
    Properties:
      EventPattern:
        detail-type: [Parcel.Sent]
        detail: {data: {weight: [{numeric: ['>', 1000]}]}}
      Targets:
        - Id: heavy
          Arn: arn:aws:kinesis:eu-west-1:123456789012:stream/heavy
          InputPath: $.detail
          KinesisParameters: {PartitionKeyPath: $.detail.partitionKey}
";

#[test]
fn a_rule_that_no_longer_matches_is_reported() {
    let published = published();
    let with = |catalog: Result<Catalog, CatalogError>, template: &str| {
        Check::new(&catalog.unwrap(), &published, today()).rules(rules(template)).run().unwrap()
    };
    let same = with(catalog![POST => [v1::ParcelSent]], BY_WEIGHT);
    assert!(same.findings.is_empty(), "{same}");
    assert_eq!(same.routing_rules, 1);
    assert!(with(catalog![POST => [added::ParcelSent]], BY_WEIGHT).is_compatible());

    // Version 2 renames the field; readers of version 1 would not notice because it is optional.
    let renamed = with(catalog![POST => [defaulted::ParcelSent]], BY_WEIGHT);
    let silenced = one(&renamed, "stops-matching");
    let Subject::RoutingRule { name, file, line, events } = &silenced.subject else { panic!("{silenced:?}") };
    assert_eq!((&**name, &**file, *line), ("Heavy", "rules.yaml", 2));
    assert_eq!(*events, Some(("Parcel.Sent".to_owned(), "v2".to_owned())));
    let pattern = Pattern::parse(r#"{"detail": {"data": {"weight": [{"numeric": [">", 1000]}]}}}"#).unwrap();
    let Evidence::Events { before: Some(matched), now: Some(missed) } = &silenced.evidence else {
        panic!("{silenced:?}")
    };
    assert!(pattern.matches(matched).unwrap());
    assert_eq!(missed["detail"]["version"], json!(2));
    assert!(!pattern.matches(missed).unwrap());
    assert_eq!(renamed.outcome, Outcome::Broken);
    assert!(renamed.to_string().contains("stops-matching  rule Heavy  Parcel.Sent v2"), "{renamed}");
}

#[test]
fn a_rule_that_never_matches_is_reported() {
    let (catalog, published) = (catalog![POST => [v1::ParcelSent]].unwrap(), published());
    let found = |from: &str, to: &str| {
        let rules = rules(&BY_WEIGHT.replacen(from, to, 1));
        let report = Check::new(&catalog, &published, today()).rules(rules).run().unwrap();
        (report.outcome, report.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>())
    };
    let broken = |id: &'static str| (Outcome::Broken, vec![id]);
    assert_eq!(found("weight", "wieght"), broken("dead-rule"));
    assert_eq!(found("[Parcel.Sent]", "[ParcelSent]"), broken("dead-rule"));
    assert_eq!(found("$.detail.partitionKey", "$.detail.partitionkey"), broken("path-never-there"));
    assert_eq!(found("$.detail.partitionKey", "'$.detail.*'"), broken("path-unreadable"));
    assert_eq!(found("['>', 1000]", "['>', many]"), broken("invalid"));
    assert_eq!(found("$.detail.partitionKey", "$.detail.source"), (Outcome::Compatible, vec!["path-may-be-missing"]));
    // It matches events of AWS, which are in no contract.
    assert_eq!(found("detail-type: [Parcel.Sent]", "source: [aws.s3]"), (Outcome::Compatible, vec![]));
    // A value that the template leaves open is undecided and fails the check.
    assert_eq!(found("[Parcel.Sent]", "[!Ref Type]"), (Outcome::Undecided, vec!["routing-undecided"]));
}
