//! The subcommand `rules`, used in a terminal and by programs.

#[path = "support/folder.rs"]
mod folder;

use std::process::{Command, Output};

use serde_json::{Value, json};

use folder::Folder;

/// Returns exit code, standard output and standard error.
fn run(folder: &Folder, arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_event-contract"))
        .arg("rules")
        .args(arguments)
        .current_dir(&folder.0)
        .output()
        .unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

const EGRESS: &str = r#"{"source": ["external"]}"#;

const HUB: &str = "\
Parameters:
  Global: {Type: String}
Resources:
  Stream:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: hub
      EventPattern: {source: [{anything-but: external}]}
      Targets:
        - Id: stream
          Arn: x
          InputPath: $.detail
          KinesisParameters: {PartitionKeyPath: $.detail.partitionKey}
        - {Id: log, Arn: z}
  Local:
    Type: AWS::Events::Rule
    Properties:
      EventPattern:
        account: [{anything-but: 12345678901}]
  Ingress:
    Type: AWS::Events::Rule
    Properties:
      State: DISABLED
      EventPattern: {source: external}
";

const UNKNOWN: &str = "\
Parameters:
  Global: {Type: String}
Resources:
  Back:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !ImportValue hub
      EventPattern: {account: [!Ref Global]}
";

#[test]
fn a_folder_is_printed_as_a_table_with_findings() {
    let files = [
        ("rules/egress.json", EGRESS),
        ("hub.yaml", HUB),
        (".hidden.json", "5"),
        ("node_modules/a.json", "5"),
        ("a.md", "5"),
    ];
    let folder = Folder::with_files("folder", &files);
    let (code, out, err) = run(&folder, &["."]);
    assert_eq!((code, err.as_str()), (1, ""));
    assert_eq!(
        out,
        "\
RULE     BUS      STATE     PATTERN  TYPES                 PLACE
Stream   hub      ENABLED   valid    ◐◐◐ ◐◐◐ ◐◐ ◐ ◐◐◐ ◐ ◐  ./hub.yaml:4
  target stream: InputPath $.detail, PartitionKeyPath $.detail.partitionKey
  target log: the whole event
Local    default  ENABLED   valid    ●●● ●●● ●● ● ●●● ● ●  ./hub.yaml:15
  finding: account-unquoted: ./hub.yaml:19:19: an account is a string: these numbers exclude nothing
Ingress  default  DISABLED  invalid                        ./hub.yaml:20
  finding: invalid: ./hub.yaml:24:22: \"source\" must be an object or an array: write the value in brackets: [\"external\"]
egress   ?        ENABLED   valid    ◐◐◐ ◐◐◐ ◐◐ ◐ ◐◐◐ ◐ ◐  ./rules/egress.json:1
  bus unknown: the file has only the pattern

types, one sign for each version: ● every event, ◐ some events, · no event, ? undecided
  1 Order.Created v1 v2 v3
  2 Order.Updated v1 v2 v3
  3 order-placed v1 v2
  4 order-progressed v1
  5 Delivery.Updated v1 v2 v3
  6 delivery-planned v1
  7 delivery-progressed v1
"
    );
}

#[test]
fn valid_rules_exit_with_0_given_their_parameter() {
    let folder = Folder::with_files("parameter", &[("a.yaml", UNKNOWN), ("e.json", EGRESS)]);
    assert_eq!(run(&folder, &["e.json"]).0, 0);
    let (code, out, _) = run(&folder, &["a.yaml"]);
    assert_eq!(code, 3);
    assert!(out.contains("Back  ?    ENABLED  unknown         a.yaml:4\n"), "{out}");
    assert!(
        out.contains("  unknown: a.yaml:8:32: Global is known only after deployment: pass its value as a parameter\n"),
        "{out}"
    );
    assert!(out.contains("  write --parameter NAME=VALUE for each value, or name the deployed rule\n"), "{out}");
    assert!(out.contains("  bus unknown: ImportValue is evaluated only on deployment\n"), "{out}");
    assert_eq!(run(&folder, &["a.yaml", "--parameter", "Global=111111111111"]).0, 0);
    // A parameter value is treated like a literal one.
    let (code, out, _) = run(&folder, &["a.yaml", "--parameter", "Global=11111111111"]);
    assert_eq!(code, 1);
    assert!(out.contains("finding: account-length: a.yaml:8:32: "), "{out}");
    assert_eq!(run(&folder, &["a.yaml", "--parameter", "Global"]).0, 2);
}

#[test]
fn an_unreadable_file_exits_with_2_and_the_others_are_read() {
    let files = [
        ("e.json", EGRESS),
        ("p.json", "{\"name\": 1}"),
        ("q.yaml", "Resources: {Q: {Type: x}}\n"),
        ("b.yaml", "a: [\n"),
        ("s.json", r#"{"id": "1", "source": "a", "detail-type": "b", "time": "2026-11-22T10:43:01Z", "detail": {}}"#),
    ];
    let folder = Folder::with_files("unread", &files);
    let (code, out, err) = run(&folder, &["."]);
    assert_eq!(code, 2);
    assert!(out.contains("\negress") || out.contains("\ne  "), "{out}");
    let unrelated = "p.json:1:1: expected a template, a rule or a pattern";
    assert!(err.contains(&format!("notice: ./{unrelated}; skipped\n")), "{err}");
    assert!(err.contains("notice: ./s.json:1:1: expected a rule, found an event; skipped\n"), "{err}");
    let (code, _, err_named) = run(&folder, &["e.json", "p.json"]);
    assert_eq!(code, 2, "a file argument must contain rules");
    assert!(
        err_named.contains(&format!("error: {unrelated}\n  a template of CloudFormation or SAM has Resources")),
        "{err_named}"
    );
    assert!(err.contains("error: ./b.yaml:2:1: not YAML: "), "{err}");
    assert!(err.contains("notice: ./q.yaml:1:1: there is no rule in this file\n"), "{err}");
    for (arguments, expected) in [
        (&["q.yaml"][..], "error: there are no rules in these files\n"),
        (&["no-such-file"], "error: cannot read no-such-file: No such file"),
    ] {
        let (code, out, err) = run(&folder, arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert!(err.contains(expected), "{err}");
    }
}

#[test]
fn output_of_the_cdk_is_read_by_its_manifest() {
    let manifest = r#"{"version": "36.0.0", "artifacts": {
        "Hub.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Hub.assets.json"}},
        "Hub": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Hub.template.json"}},
        "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}}"#;
    let template = r#"{"Resources": {"Egress": {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {"source": ["a"]}}}}}"#;
    let files = [
        ("manifest.json", manifest),
        ("Hub.template.json", template),
        ("Hub.assets.json", r#"{"version": "36.0.0", "files": {}}"#),
        ("tree.json", r#"{"version": "tree-0.1", "tree": {"id": "App"}}"#),
        ("cdk.out", r#"{"version": "36.0.0"}"#),
    ];
    let folder = Folder::with_files("cdk", &files);
    let (_, out, err) = run(&folder, &["."]);
    assert!(out.contains("Egress") && out.contains("./Hub.template.json:"), "{out}");
    assert_eq!(err, "");
}

#[test]
fn json_output_has_one_line_for_each_rule() {
    let folder = Folder::with_files("json", &[("hub.yaml", HUB), ("u.yaml", UNKNOWN)]);
    let (code, out, _) = run(&folder, &["hub.yaml", "u.yaml", "--json"]);
    assert_eq!(code, 1);
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut first = lines[0].clone();
    let types = first.as_object_mut().unwrap().remove("types").unwrap();
    assert_eq!((types[0]["name"].as_str(), types[0]["matches"].as_str()), (Some("Order.Created"), Some("sometimes")));
    assert_eq!(
        first,
        json!({
            "name": "Stream", "bus": "hub", "state": "ENABLED", "valid": true, "findings": [], "unknown": [],
            "place": {"file": "hub.yaml", "line": 4, "column": 3, "pointer": "/Resources/Stream"},
            "pattern": "{\"source\":[{\"anything-but\":\"external\"}]}", "routing": [],
            "targets": [
                {"id": "stream", "arn": "x", "constant": false, "paths": [
                    {"name": "InputPath", "path": "$.detail"}, {"name": "PartitionKeyPath", "path": "$.detail.partitionKey"}]},
                {"id": "log", "arn": "z", "constant": false, "paths": []},
            ],
        })
    );
    assert_eq!(lines[1]["findings"][0]["id"], "account-unquoted");
    assert_eq!(
        lines[1]["findings"][0]["place"],
        json!({"file": "hub.yaml", "line": 19, "column": 19, "pointer": "/account/0"})
    );
    assert_eq!((&lines[2]["valid"], &lines[2]["pattern"]), (&json!(false), &json!("{\"source\":\"external\"}")));
    assert_eq!(
        (&lines[3]["valid"], &lines[3]["pattern"], &lines[3]["bus"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(lines[3]["unknown"][0]["place"]["line"], 8);
}

#[test]
fn without_a_path_the_finding_ids_are_listed() {
    let folder = Folder::with_files("list", &[("e.json", EGRESS)]);
    let (code, out, err) = run(&folder, &[]);
    assert_eq!((code, err.as_str()), (0, ""));
    for line in [
        "required-added            error     The reader requires",
        "dead-rule                 error     ",
        "only-old-versions         warning   ",
        "account-unquoted          warning   ",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
}

#[test]
fn a_rule_that_matches_nothing_is_a_finding() {
    let dead = r#"{"detail-type": ["Order.Craeted"]}"#;
    let folder = Folder::with_files("dead", &[("dead.json", dead)]);
    let (code, out, _) = run(&folder, &["dead.json"]);
    assert_eq!(code, 1);
    assert!(out.contains(
        "finding: dead-rule: rule \"dead\": no event has detail-type [\"Order.Craeted\"]; did you mean \"Order.Created\"?\n"
    ));
    let dead = r#"{"detail-type": ["Order.Updated"], "detail": {"data": {"orderID": [{"exists": true}]}}}"#;
    let folder = Folder::with_files("near", &[("dead.json", dead)]);
    let (_, out, _) = run(&folder, &["dead.json"]);
    let expected = "no event has detail.data.orderID [{\"exists\": true}]; did you mean detail.data.orderId?\n";
    assert!(out.contains(expected), "{out}");
    for aws in [r#"["aws.s3"]"#, r#"[{"prefix": "aws."}, "aws.ec2"]"#, r#"[{"wildcard": "aws.*"}]"#] {
        let folder = Folder::with_files("aws", &[("aws.json", &format!("{{\"source\": {aws}}}"))]);
        assert_eq!(run(&folder, &["aws.json"]).0, 0, "{aws} is not for events of the contract");
    }
}

/// A pattern, the exit code, and the findings: all lines below the row that begin with a severity.
#[test]
fn mistakes_in_a_part_of_a_rule_are_findings() {
    for (pattern, code, expected) in [
        // Both conditions hold for events of the type, so the blame is on the third alone.
        (
            r#"{"source": ["order-service"], "detail-type": ["Order.Updated"], "detail": {"version": ["2"]}}"#,
            1,
            &["finding: dead-rule: rule \"a\": no event has detail.version [\"2\"]; did you mean 2, without quotes?"][..],
        ),
        // Each of two conditions holds alone.
        (
            r#"{"source": ["a"], "detail-type": ["Order.Updated"], "detail": {"type": ["Order.Created"]}}"#,
            1,
            &[
                "finding: dead-rule: rule \"a\": no event has detail-type [\"Order.Updated\"] and detail.type [\"Order.Created\"] together",
            ],
        ),
        (
            r#"{"detail-type": ["Order.Created"], "detail": {"data": {"createdAt": [{"exists": true}]}}}"#,
            0,
            &["warning: only-old-versions: rule \"a\", Order.Created v3: matches only v1, v2; no event has \
               detail.data.createdAt [{\"exists\": true}]"],
        ),
        (
            r#"{"detail-type": ["Delivery.Updated", "Delivery.Upadted"]}"#,
            0,
            &["notice: dead-part: rule \"a\", at detail-type \"Delivery.Upadted\": no event has this; did you mean \
               \"Delivery.Updated\"?"],
        ),
        (
            r#"{"detail-type": ["Order.Created"], "$or": [{"detail": {"version": [3]}}, {"detail": {"version": [9]}}]}"#,
            0,
            &["notice: dead-part: rule \"a\", at detail.version [9]: no event has this"],
        ),
        (
            r#"{"detail-type": ["Order.Created"], "detail": {"data": {"orderId": [{"exists": false}, {"prefix": "a"}]}}}"#,
            0,
            &[
                "notice: dead-part: rule \"a\", at detail.data.orderId {\"exists\": false}: every event that the rule matches \
               has the field",
            ],
        ),
        (
            r#"{"detail": {"partitionkey": [{"exists": false}]}}"#,
            0,
            &[
                "notice: absence-without-effect: rule \"a\", at detail.partitionkey {\"exists\": false}: no event has a value \
               here, so this always holds; did you mean detail.partitionKey?",
            ],
        ),
        (
            r#"{"detail-type": [{"anything-but": ["Order.Created", "Order.Updatd"]}]}"#,
            0,
            &[
                "notice: exclusion-without-effect: rule \"a\", at detail-type \"Order.Updatd\": no event has this value; did \
               you mean \"Order.Updated\"?",
            ],
        ),
        (
            r#"{"resources": ["*"]}"#,
            1,
            &[
                "finding: literal-pattern: a.json:1:16: \"*\" matches the star itself: write {\"wildcard\": \"*\"} for any \
               characters",
            ],
        ),
        // Other events on the bus may have other sources and accounts.
        (
            r#"{"source": [{"anything-but": {"prefix": "aws."}}], "account": [{"anything-but": "123456789012"}]}"#,
            0,
            &[],
        ),
        (r#"{"detail-type": ["Order.Created", "Order.Updated"], "detail": {"version": [1, 2, 3]}}"#, 0, &[]),
    ] {
        let folder = Folder::with_files("part", &[("a.json", pattern)]);
        let (found, out, _) = run(&folder, &["a.json"]);
        let severities = ["finding:", "warning:", "notice:"];
        let lines =
            out.lines().map(str::trim).filter(|line| severities.iter().any(|severity| line.starts_with(severity)));
        assert_eq!(lines.collect::<Vec<_>>(), expected, "{pattern}");
        assert_eq!(found, code, "{pattern}");
    }
}

#[test]
fn the_sign_of_each_version_is_shown() {
    let pattern = r#"{"detail-type": ["Order.Created"], "detail": {"version": [2]}}"#;
    let folder = Folder::with_files("signs", &[("a.json", pattern)]);
    let (_, out, _) = run(&folder, &["a.json"]);
    assert!(out.contains(" ·●· ··· ·· · ··· · · "), "{out}");
}

#[test]
fn a_path_of_a_target_names_the_version_without_it() {
    let template = "\
Resources:
  Orders:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {detail-type: [Order.Created]}
      Targets:
        - {Id: a, Arn: b, InputPath: $.detail.data.createdAt}
        - {Id: c, Arn: d, InputPath: $.detail.partitionkey}
";
    let folder = Folder::with_files("path", &[("a.yaml", template)]);
    let (code, out, _) = run(&folder, &["a.yaml"]);
    assert_eq!(code, 1);
    for expected in [
        "finding: path-never-there: rule \"Orders\", Order.Created v3, at $.detail.data.createdAt: no event has it\n",
        "finding: path-never-there: rule \"Orders\", at $.detail.partitionkey: no event of Order.Created v1, Order.Created v2, \
         Order.Created v3 has it; did you mean $.detail.partitionKey?\n",
    ] {
        assert!(out.contains(expected), "{expected}{out}");
    }
}
