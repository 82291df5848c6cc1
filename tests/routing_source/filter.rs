//! Filters beside rules, which are not read.

use super::{notes, read_with};

#[test]
fn filters_that_are_not_rules_are_noted() {
    let template = "\
Resources:
  Mapping: {Type: 'AWS::Lambda::EventSourceMapping', Properties: {FilterCriteria: {Filters: [{Pattern: '{}'}]}}}
  Plain: {Type: 'AWS::Lambda::EventSourceMapping', Properties: {FunctionName: f}}
  Topic: {Type: 'AWS::SNS::Subscription', Properties: {FilterPolicy: {a: [b]}}}
  Archive: {Type: 'AWS::Events::Archive', Properties: {EventPattern: {source: [a]}}}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Queue: {Type: SQS, Properties: {FilterCriteria: {Filters: [{Pattern: '{}'}]}}}
";
    let serverless = "\
service: s
provider: {name: aws}
functions:
  f: {events: [{sqs: {arn: a, filterPatterns: [{body: {a: [1]}}]}}]}
";
    let deployment = read_with(&[("t.yaml", template), ("serverless.yml", serverless)], &[]);
    let notes: Vec<_> = notes(&deployment).into_iter().filter(|note| note.ends_with("not read")).collect();
    for (note, expected) in notes.iter().zip([
        "the filters of the event source mapping Mapping are not read",
        "the filters of the subscription Topic are not read",
        "the patterns of the archive Archive are not read",
        "the filters of the event Queue of Function are not read",
        "the filters of an event of f are not read",
    ]) {
        assert!(note.ends_with(expected), "{note}");
    }
    assert_eq!(notes.len(), 5, "{notes:?}");
}
