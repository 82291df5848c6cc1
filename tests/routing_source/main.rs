//! Rules read from templates and listings.

mod filter;
mod fragment;
mod law;
mod terraform;

use event_contract::pattern::Settings;
use event_contract::routing::source::{DeployedRule, Deployment, Parameters, RulePattern, read};
use serde_json::{Value, json};

fn read_with(files: &[(&str, &str)], parameters: &[(&str, &str)]) -> Deployment {
    let parameters: Parameters = parameters.iter().copied().collect();
    read(files.iter().copied(), &parameters, &Settings::default())
}

fn rules(name: &str, text: &str) -> Vec<DeployedRule> {
    read_with(&[(name, text)], &[]).into_rules().unwrap_or_else(|error| panic!("{error}"))
}

fn pattern(rule: &DeployedRule) -> Value {
    match &rule.pattern {
        RulePattern::Known(pattern) => serde_json::from_str(pattern.as_str()).unwrap(),
        other => panic!("{}: {other:?}", rule.name),
    }
}

fn why_unknown(rule: &DeployedRule) -> Vec<String> {
    match &rule.pattern {
        RulePattern::Unknown(values) => values.iter().map(|it| format!("{}: {}", it.location, it.message)).collect(),
        other => panic!("{}: {other:?}", rule.name),
    }
}

fn findings(rule: &DeployedRule) -> Vec<String> {
    let findings = rule.lint(&Settings::default()).into_iter();
    findings.map(|(place, finding)| format!("{place}: {}", finding.lint.id)).collect()
}

fn error(name: &str, text: &str) -> String {
    read_with(&[(name, text)], &[]).into_rules().unwrap_err().to_string()
}

fn notes(deployment: &Deployment) -> Vec<String> {
    deployment.notes.iter().map(ToString::to_string).collect()
}

/// Egress, ingress, the internal stream and the rule back from the global bus, with an unquoted account.
const BACKBONE: &str = "\
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage:
    Type: String
    Default: dev
Resources:
  HubBus:
    Type: AWS::Events::EventBus
    Properties:
      Name: !Sub hub-${Stage}
  Egress:
    Type: AWS::Events::Rule
    Properties:
      Name: egress
      EventBusName: !Ref HubBus
      EventPattern:
        source: [external]
      Targets:
        - Id: global
          Arn: !Sub arn:aws:events:eu-west-1:999999999999:event-bus/global
          RoleArn: !GetAtt Role.Arn
  Stream:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !GetAtt HubBus.Name
      State: DISABLED
      EventPattern:
        source:
          - anything-but: external
        detail:
          type:
            - anything-but: fault
      Targets:
        - Id: stream
          Arn: !GetAtt EventStream.Arn
          InputPath: $.detail
          KinesisParameters:
            PartitionKeyPath: $.detail.partitionKey
  Local:
    Type: AWS::Events::Rule
    Properties:
      EventPattern:
        account:
          - anything-but: 12345678901
      Targets:
        - Id: mail
          Arn: x
          InputTransformer:
            InputPathsMap: {id: $.detail.id, kind: $.detail-type}
            InputTemplate: '<id> <kind>'
        - {Id: constant, Arn: y, Input: '{}'}
";

#[test]
fn a_yaml_template_is_read() {
    let deployment = read_with(&[("hub.yaml", BACKBONE)], &[]);
    assert_eq!(
        notes(&deployment),
        ["hub.yaml:5:14: assuming the default \"dev\" of Stage: pass another value as a parameter"]
    );
    let rules = deployment.into_rules().unwrap();
    let names: Vec<_> = rules.iter().map(|rule| (&*rule.name, rule.location.to_string())).collect();
    assert_eq!(
        names,
        [
            ("egress", "hub.yaml:11:3".to_owned()),
            ("Stream", "hub.yaml:22:3".to_owned()),
            ("Local", "hub.yaml:39:3".to_owned()),
        ]
    );
    assert_eq!(rules[0].location.pointer.as_str(), "/Resources/Egress");
    let known: Vec<_> = rules.iter().map(|rule| (rule.bus.known(), rule.state.known())).collect();
    assert_eq!(
        known,
        [(Some("hub-dev"), Some("ENABLED")), (Some("hub-dev"), Some("DISABLED")), (Some("default"), Some("ENABLED")),]
    );
    assert_eq!(pattern(&rules[0]), json!({"source": ["external"]}));
    assert_eq!(
        pattern(&rules[1]),
        json!({"source": [{"anything-but": "external"}], "detail": {"type": [{"anything-but": "fault"}]}})
    );
    // An unquoted account is a number, which its lint reports with the position.
    assert_eq!(pattern(&rules[2]), json!({"account": [{"anything-but": 12_345_678_901_u64}]}));
    assert_eq!(findings(&rules[2]), ["hub.yaml:44:13: account-unquoted"]);
    assert!(findings(&rules[0]).is_empty() && findings(&rules[1]).is_empty());

    let arn = |index: usize| rules[index].targets[0].arn.as_ref().unwrap();
    assert_eq!(arn(0).known(), Some("arn:aws:events:eu-west-1:999999999999:event-bus/global"));
    assert_eq!(arn(1).to_string(), "unknown (EventStream.Arn is known only after deployment)");
    let paths = |rule: usize, target: usize| {
        let paths = rules[rule].targets[target].paths();
        paths.map(|(name, path)| format!("{name} {path}")).collect::<Vec<_>>()
    };
    assert_eq!(paths(0, 0), [""; 0]);
    assert_eq!(paths(1, 0), ["InputPath $.detail", "PartitionKeyPath $.detail.partitionKey"]);
    assert_eq!(paths(2, 0), ["id $.detail.id", "kind $.detail-type"]);
    assert!(rules[2].targets[1].is_constant);
}

#[test]
fn a_json_template_gives_the_same_rules() {
    // Short forms exist in YAML only.
    let text = r#"{
  "Parameters": {"Stage": {"Type": "String", "Default": "dev"}},
  "Resources": {
    "HubBus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": {"Fn::Sub": "hub-${Stage}"}}},
    "Egress": {
      "Type": "AWS::Events::Rule",
      "Properties": {
        "Name": "egress",
        "EventBusName": {"Ref": "HubBus"},
        "EventPattern": {"source": ["external"], "detail": {"n": [{"numeric": [">", 2.50]}], "e": ["\ud83e\udd80"]}},
        "Targets": [{"Id": "global", "Arn": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}]]}}]
      }
    }
  }
}"#;
    let rules = rules("hub.json", text);
    assert_eq!(rules[0].location.to_string(), "hub.json:5:5");
    assert_eq!(rules[0].bus.known(), Some("hub-dev"));
    let RulePattern::Known(pattern) = &rules[0].pattern else { panic!("known") };
    assert_eq!(pattern.as_str(), r#"{"source":["external"],"detail":{"n":[{"numeric":[">",2.50]}],"e":["🦀"]}}"#);
    assert_eq!(rules[0].targets[0].arn.as_ref().unwrap().known(), None);
}

#[test]
fn values_known_at_deployment_only_give_no_verdict() {
    let text = "\
Parameters:
  Global: {Type: String}
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern:
        account:
          - anything-but: !Ref Global
        region: [!Ref AWS::Region]
        source: [!Ref AWS::NoValue, external]
";
    let unknown = why_unknown(&rules("t.yml", text)[0]);
    assert_eq!(
        unknown,
        [
            "t.yml:9:27: Global is known only after deployment: pass its value as a parameter",
            "t.yml:10:18: AWS::Region is known only after deployment: pass its value as a parameter",
        ]
    );
    let parameters = [("Global", "111111111111"), ("AWS::Region", "eu-west-1")];
    let rules = read_with(&[("t.yml", text)], &parameters).into_rules().unwrap();
    // Parameters are strings, even those that look like numbers.
    assert_eq!(
        pattern(&rules[0]),
        json!({"account": [{"anything-but": "111111111111"}], "region": ["eu-west-1"], "source": ["external"]})
    );
}

#[test]
fn an_unquoted_account_with_a_leading_zero_is_unknown() {
    let text = |account: &str| {
        format!(
            "Resources:\n  R:\n    Type: AWS::Events::Rule\n    Properties:\n      EventPattern: {{account: [{account}]}}\n"
        )
    };
    for account in ["012345678901", "012345670123", "0123_456"] {
        let expected =
            format!("t.yaml:5:32: parsers of YAML disagree about {account}: write it in quotes if it is a string");
        assert_eq!(why_unknown(&rules("t.yaml", &text(account))[0]), [expected]);
    }
    assert_eq!(pattern(&rules("t.yaml", &text("'012345678901'"))[0]), json!({"account": ["012345678901"]}));
}

#[test]
fn a_pattern_may_be_a_string() {
    let text = "\
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: !Sub |
        {\"source\": [\"${AWS::AccountId}\"],
         \"account\": [5]}
";
    let parameters = [("AWS::AccountId", "111111111111")];
    let rules = read_with(&[("t.yaml", text)], &parameters).into_rules().unwrap();
    assert_eq!(pattern(&rules[0])["source"], json!(["111111111111"]));
    assert_eq!(findings(&rules[0]), ["t.yaml:2:3: account-unquoted"]);
    assert_eq!(why_unknown(&read_with(&[("t.yaml", text)], &[]).rules[0]).len(), 1);
}

#[test]
fn conditions_include_or_exclude_rules() {
    let text = "\
Parameters: {Stage: {Type: String}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Always: {Type: 'AWS::Events::Rule', Properties: {EventPattern: {source: [!If [IsProd, a, b]]}}}
  Prod: {Type: 'AWS::Events::Rule', Condition: IsProd, Properties: {EventPattern: {source: [c]}}}
";
    let with = |stage| read_with(&[("t.yaml", text)], &[("Stage", stage)]);
    assert_eq!(with("prod").rules.len(), 2);
    assert_eq!(pattern(&with("prod").rules[0]), json!({"source": ["a"]}));
    assert_eq!(pattern(&with("dev").rules[0]), json!({"source": ["b"]}));
    assert_eq!(with("dev").rules.len(), 1);
    assert_eq!(notes(&with("dev")), ["t.yaml:6:3: Prod is omitted: the condition IsProd is false"]);
    // Unknown condition: the rule is read, with a note.
    let unknown = read_with(&[("t.yaml", text)], &[]);
    assert_eq!(unknown.rules.len(), 2);
    assert!(notes(&unknown)[0].contains("Prod exists only if the condition IsProd is true"), "{:?}", notes(&unknown));
}

#[test]
fn sam_templates_are_read() {
    let text = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  Silent: {Type: 'AWS::Serverless::Function'}
  Listener:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      Events:
        Api: {Type: Api, Properties: {Path: /, Method: get}}
        Created:
          Type: EventBridgeRule
          Properties:
            EventBusName: hub
            InputPath: $.detail
            Pattern:
              detail-type: [Order.Created]
        Old:
          Type: CloudWatchEvent
          Properties:
            Enabled: false
            Target: {Id: mine}
            Pattern: {source: {prefix: a}}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Events:
        Updated:
          Type: EventBridgeRule
          Properties: {RuleName: updates, Pattern: {source: [external]}}
  Nested: {Type: 'AWS::Serverless::Application'}
";
    let deployment = read_with(&[("sam.yaml", text)], &[]);
    assert_eq!(
        notes(&deployment),
        ["sam.yaml:30:3: the rules in the template of Nested are not read: name its file too"]
    );
    let rules = deployment.into_rules().unwrap();
    let summary: Vec<_> = rules
        .iter()
        .map(|rule| {
            (&*rule.name, rule.bus.known().unwrap(), rule.state.known().unwrap(), rule.targets[0].id.known().unwrap())
        })
        .collect();
    assert_eq!(
        summary,
        [
            ("ListenerCreated", "hub", "ENABLED", "ListenerCreatedLambdaTarget"),
            ("ListenerOld", "default", "DISABLED", "mine"),
            ("updates", "default", "ENABLED", "MachineUpdatedStepFunctionsTarget"),
        ]
    );
    assert_eq!(rules[0].location.pointer.as_str(), "/Resources/Listener/Properties/Events/Created");
    assert_eq!(rules[0].targets[0].input_path.as_ref().unwrap().known(), Some("$.detail"));
    assert_eq!(pattern(&rules[0]), json!({"detail-type": ["Order.Created"]}));
    assert!(matches!(rules[1].pattern, RulePattern::Refused { .. }));
    assert_eq!(findings(&rules[1]), ["sam.yaml:22:32: invalid"]);
}

#[test]
fn the_state_of_a_sam_rule_may_depend_on_a_parameter() {
    let text = "\
Parameters: {Switch: {Type: String}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        E: {Type: EventBridgeRule, Properties: {Enabled: !Ref Switch, Pattern: {source: [a]}}}
";
    let state = |parameters: &[(&str, &str)]| {
        let rules = read_with(&[("sam.yaml", text)], parameters).into_rules().unwrap();
        rules[0].state.known().map(str::to_owned)
    };
    assert_eq!(state(&[]), None);
    assert_eq!(state(&[("Switch", "false")]).as_deref(), Some("DISABLED"));
    assert_eq!(state(&[("Switch", "true")]).as_deref(), Some("ENABLED"));
}

#[test]
fn serverless_framework_files_are_read() {
    let text = "\
service: orders
provider: {name: aws, stage: \"${opt:stage, 'dev'}\"}
functions:
  listener:
    handler: index.handler
    events:
      - http: {path: /, method: get}
      - eventBridge:
          eventBus: hub
          inputPath: $.detail
          pattern: {source: [external]}
      - eventBridge:
          pattern: {source: ['${self:custom.source}']}
      - eventBridge: {schedule: rate(1 day)}
resources:
  - Resources:
      Rule:
        Type: AWS::Events::Rule
        Properties: {EventPattern: {account: [!Sub '${AWS::AccountId}']}}
  - ${file(more.yml)}
";
    let deployment = read_with(&[("serverless.yml", text)], &[("AWS::AccountId", "111111111111")]);
    assert_eq!(
        notes(&deployment),
        ["serverless.yml:20:5: the resources are in another file, which is not read: name it too"]
    );
    let rules = deployment.into_rules().unwrap();
    assert_eq!(
        rules.iter().map(|rule| &*rule.name).collect::<Vec<_>>(),
        ["listener[1]", "listener[2]", "listener[3]", "Rule"]
    );
    assert_eq!((rules[0].bus.known(), pattern(&rules[0])), (Some("hub"), json!({"source": ["external"]})));
    assert!(why_unknown(&rules[1])[0].ends_with(
        "${self:custom.source} has a variable that is not resolved here: pass its value as a parameter, self:custom.source=VALUE"
    ));
    assert!(matches!(rules[2].pattern, RulePattern::Schedule));
    assert_eq!(pattern(&rules[3]), json!({"account": ["111111111111"]}));
    assert_eq!(rules[3].location.pointer.as_str(), "/resources/0/Resources/Rule");
}

#[test]
fn listings_of_the_aws_command_line_are_read() {
    let described = r#"{"Name": "egress", "Arn": "arn:aws:events:eu-west-1:1:rule/hub/egress", "State": "ENABLED",
        "EventPattern": "{\"source\":[\"external\"],\"source\":[\"external\"]}", "EventBusName": "hub"}"#;
    let listed = r#"{"Rules": [{"Name": "a", "EventPattern": "{\"source\":\"x\"}", "State": "DISABLED"},
        {"Name": "b", "ScheduleExpression": "rate(1 day)"}]}"#;
    let written = r#"[{"Name": "c", "EventPattern": {"source": ["y"]}, "Targets": [{"Id": "1", "Arn": "x", "InputPath": "$.a"}]}]"#;
    let targets = r#"{"Rule": "egress", "EventBusName": "hub", "Targets": [{"Id": "late", "Arn": "z"}]}"#;
    let files = [("t.json", targets), ("e.json", described), ("l.json", listed), ("w.json", written)];
    let rules = read_with(&files, &[]).into_rules().unwrap();
    assert_eq!(rules.iter().map(|rule| &*rule.name).collect::<Vec<_>>(), ["egress", "a", "b", "c"]);
    // The pattern is parsed from the original text, duplicates included.
    assert_eq!(findings(&rules[0]), ["e.json:1:1: duplicate-path"]);
    assert_eq!(rules[0].targets[0].id.known(), Some("late"));
    assert_eq!((rules[1].state.known(), findings(&rules[1]).len()), (Some("DISABLED"), 1));
    assert!(matches!(rules[2].pattern, RulePattern::Schedule));
    assert_eq!(rules[3].location.pointer.as_str(), "/0");
    assert_eq!(rules[3].targets[0].input_path.as_ref().unwrap().known(), Some("$.a"));

    assert_eq!(
        error("t.json", targets),
        "t.json:1:1: there is no rule egress on the bus of these targets: name the file with the rule too"
    );
    assert_eq!(
        error("t.json", r#"{"Targets": []}"#),
        "t.json:1:1: the targets have no name of their rule: write \"Rule\": \"its name\" beside \"Targets\", as `aws \
         events put-targets` takes it"
    );
    assert_eq!(
        error("t.json", r#"{"Rules": [{"Name": "a", "EventPattern": "{}"}], "NextToken": "x"}"#),
        "t.json:1:63: the list is incomplete: list all rules: omit --max-items and --no-paginate"
    );
    assert!(error("t.json", "[]").contains("the list contains no rule"));
}

#[test]
fn a_bare_pattern_is_read() {
    let rules = rules("rules/egress.json", "{\n  \"source\": [\"external\"],\n  \"account\": [5]\n}\n");
    assert_eq!((&*rules[0].name, rules[0].bus.known()), ("egress", None));
    assert_eq!(findings(&rules[0]), ["rules/egress.json:3:15: account-unquoted"]);
    let rules = self::rules("egress.yaml", "$or:\n- source: [a]\n- detail.type: [b]\n");
    assert_eq!(pattern(&rules[0]), json!({"$or": [{"source": ["a"]}, {"detail.type": ["b"]}]}));
}

#[test]
fn other_files_are_errors_and_never_empty() {
    let expected = "expected a template, a rule or a pattern";
    for (name, text) in [
        ("package.json", r#"{"name": "x", "version": "1.0.0"}"#),
        ("a.yaml", "just a text"),
        ("a.json", "5"),
        ("openapi.yaml", "openapi: 3.0.0\npaths: {}\n"),
    ] {
        assert!(error(name, text).contains(expected), "{}", error(name, text));
    }
    for (name, text, expected) in [
        ("a.json", "{\"Resources\": {", "a.json:1:16: not JSON: expected a member name in double quotes: write one"),
        ("a.json", "{\"Resources\": {}} x", "a.json:1:19: not JSON: text after the end of the document"),
        ("a.yaml", "Resources:\n  A: @b\n", "a.yaml:2:6: not YAML: "),
        ("a.yaml", "", "a.yaml:1:1: the file is empty"),
        ("a.yaml", "AWSTemplateFormatVersion: x\n", "the template has no Resources"),
        ("a.yaml", "Resources:\n  A: {}\n", "a.yaml:2:6: A has no Type"),
        ("a.yaml", "Resources:\n  A: {Type: 'AWS::Events::Rule'}\n", "A has no Properties"),
        (
            "a.yaml",
            "Resources:\n  A: {Type: 'AWS::Events::Rule', Properties: {}}\n",
            "a.yaml:2:3: the rule A has neither",
        ),
        ("a.yaml", "Resources:\n  A: {Type: x}\n  A: {Type: y}\n", "a.yaml:3:3: duplicate member \"A\""),
        (
            "a.yaml",
            "Resources:\n  Fn::ForEach::B: [x]\n",
            "a.yaml:2:3: the resources of Fn::ForEach::B are known only after deployment",
        ),
    ] {
        assert!(error(name, text).contains(expected), "{}", error(name, text));
    }
    // An unreadable rule is an error and does not prevent others from being read.
    let deployment = read_with(&[("a.json", "5"), ("hub.yaml", BACKBONE)], &[]);
    assert_eq!((deployment.rules.len(), deployment.errors.len()), (3, 1));
    assert!(deployment.into_rules().is_err());
    let none = read_with(&[("a.yaml", "Resources: {Q: {Type: 'AWS::SQS::Queue'}}\n")], &[]);
    assert_eq!(notes(&none), ["a.yaml:1:1: there is no rule in this file"]);
}
