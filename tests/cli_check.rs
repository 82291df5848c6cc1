//! The subcommands `check` and `explain`, run as in a pipeline.

#[path = "support/folder.rs"]
mod folder;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use folder::{Folder, copy};

impl Folder {
    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_event-contract")).args(arguments).current_dir(&self.0).output().unwrap()
    }
}

fn schemas() -> String {
    format!("{}/schemas", env!("CARGO_MANIFEST_DIR"))
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

const NEEDS_TOTAL: &str = r#"{"type": "object", "required": ["total"], "properties": {"total": {"type": "object"}}}"#;

#[test]
fn the_shipped_contract_is_compatible() {
    let folder = Folder::new("shipped");
    let output = folder.run(&["check", "--dir", &schemas()]);
    assert_eq!((code(&output), err(&output).as_str()), (0, ""), "{}", out(&output));
    assert!(out(&output).contains("  v1 sunset  ✓   ·   ✓↑\n"));
    assert!(out(&output).contains("\ncompatible: every reader can read every event it may receive\n"));
}

#[test]
fn a_broken_consumer_fails_the_check_until_it_is_waived() {
    let folder = Folder::new("consumer");
    copy(Path::new(&schemas()), &folder.0.join("schemas"));
    folder.write("consumers/billing/Order.Created.reader.json", NEEDS_TOTAL);
    folder.write("consumers/shop/Order.Created.reader.json", r#"{"required": ["orderId"]}"#);
    folder.write("consumers/README.md", "who reads what");
    let check = ["check", "--today", "2026-11-22"];
    let output = folder.run(&check);
    assert_eq!(code(&output), 1);
    let text = out(&output);
    for expected in [
        "v1  v2  v3  billing  shop",
        "billing: cannot read every event of Order.Created; not affected by the change",
        "shop: can read every event of Order.Created",
        "error[1] type-narrowed  Order.Created v3 to billing",
        "for example {",
    ] {
        assert!(text.contains(expected), "{expected}:\n{text}");
    }
    let json = folder.run(&[&check[..], &["--format", "json"]].concat());
    let report: Value = serde_json::from_str(&out(&json)).unwrap();
    assert_eq!(report["outcome"], "broken");
    let fingerprint = report["findings"][0]["fingerprint"].as_str().unwrap();
    assert!(text.contains(&format!("fingerprint {fingerprint}")));

    let waiver = format!(
        "[severity]\nfield-dropped = \"off\"\n[[waiver]]\nfingerprint = \"{fingerprint}\"\nreason = \"soon\"\nexpires = 2026-11-22\n"
    );
    folder.write("event-contract.toml", &waiver);
    let output = folder.run(&check);
    assert_eq!(code(&output), 0, "{}", out(&output));
    assert!(out(&output).contains("waived[1] type-narrowed"), "{}", out(&output));
    assert!(!out(&output).contains("field-dropped"));
    let output = folder.run(&["check", "--today", "2026-11-23"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("waiver-expired"));
}

#[test]
fn undecided_cells_exit_with_3() {
    let folder = Folder::new("undecided");
    folder.write("consumers/a/Order.Created.reader.json", r#"{"properties": {"orderId": {"pattern": "(?<!q)^"}}}"#);
    let output = folder.run(&["check", "--dir", &schemas(), "--consumers", "consumers"]);
    assert_eq!(code(&output), 3, "{}", out(&output));
    assert!(out(&output).contains("undecided: some questions could not be decided, which fails the check"));
}

#[test]
fn a_record_is_read_from_git() {
    let folder = Folder::new("git");
    folder.git(&["init", "-q", "-b", "main"]);
    folder.git(&["commit", "-q", "--allow-empty", "-m", "nothing"]);
    copy(Path::new(&schemas()), &folder.0.join("sub/contracts"));
    folder.git(&["add", "-A"]);
    folder.git(&["commit", "-q", "-m", "schemas"]);
    folder.git(&["checkout", "-q", "-b", "topic"]);
    folder.git(&["commit", "-q", "--allow-empty", "-m", "a change"]);

    let against = |base: &str, dir: &str| folder.run(&["check", "--against", base, "--dir", dir]);
    for base in ["git:main", "merge-base:main", "git:HEAD~1"] {
        let output = against(base, "sub/contracts");
        assert_eq!((code(&output), err(&output).as_str()), (0, ""), "{base}: {}", out(&output));
        assert!(out(&output).contains(&format!("7 types against {base} (")), "{}", out(&output));
    }
    // From a subfolder, and by an absolute path.
    fs::create_dir_all(folder.0.join("sub")).unwrap();
    let below = Command::new(env!("CARGO_BIN_EXE_event-contract"))
        .args(["check", "--against", "git:main", "--dir", "contracts"])
        .current_dir(folder.0.join("sub"))
        .output()
        .unwrap();
    assert_eq!(code(&below), 0, "{}", err(&below));
    // Annotations name files from the root of the repository.
    folder.write("sub/consumers/billing/Order.Created.reader.json", NEEDS_TOTAL);
    folder.write("sub/rule.json", r#"{"detail-type": ["Order.Creatd"]}"#);
    let annotated = Command::new(env!("CARGO_BIN_EXE_event-contract"))
        .args(["check", "--against", "git:main", "--dir", "contracts", "--format", "github"])
        .args(["--rules", "rule.json"])
        .current_dir(folder.0.join("sub"))
        .output()
        .unwrap();
    assert_eq!(code(&annotated), 1, "{}", err(&annotated));
    assert!(out(&annotated).contains("::error file=sub/consumers/billing/Order.Created.reader.json,"));
    assert!(out(&annotated).contains("::error file=sub/rule.json,"), "{}", out(&annotated));
    fs::remove_dir_all(folder.0.join("sub/consumers")).unwrap();
    let whole = against("git:main", folder.0.join("sub/contracts").to_str().unwrap());
    assert_eq!(code(&whole), 0, "{}", err(&whole));

    // A check without a comparison is not compatible.
    for (base, dir, expected) in [
        ("git:nowhere", "sub/contracts", "git has no revision \"nowhere\" here"),
        ("git:--help", "sub/contracts", "git has no revision \"--help\" here"),
        ("git:main~1", "sub/contracts", "has no folder sub/contracts"),
        ("git:main", "sub", "nothing was compared: git:main ("),
        ("git:main", "elsewhere", "has no folder elsewhere"),
        ("merge-base:nowhere", "sub/contracts", "git has no revision \"nowhere\" here"),
        ("nowhere", "sub/contracts", "cannot read nowhere: No such file or directory"),
        ("main", "sub/contracts", "to compare with a revision, name it git:main or merge-base:main"),
    ] {
        let output = against(base, dir);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{base}");
        assert!(err(&output).contains(expected), "{base}: {}", err(&output));
    }
}

#[test]
fn invalid_arguments_exit_with_2_and_advice() {
    let folder = Folder::new("wrong");
    fs::create_dir_all(folder.0.join("empty")).unwrap();
    // The root of a repository, above which nothing is looked for.
    fs::create_dir_all(folder.0.join(".git")).unwrap();
    let schemas = schemas();
    folder.write("bad.toml", "[[waiver]]\nfingerprint = 3\n");
    folder.write("typo.toml", "[severity]\nfield-droped = \"off\"\n");
    folder.write("stated/billing/Order.Created.json", "{}");
    folder.write("broken/billing/Order.Created.reader.json", "{");
    folder.write("odd/billing/Order.Created.reader.json", r#"{"type": "strin"}"#);
    for (arguments, expected) in [
        (&["check"][..], "nothing was compared: no folder schemas\n  name the folder with --dir, or create it"),
        (
            &["check", "--dir", "empty"],
            "no published version; publish one with `schemas publish`\n  name the folder with --dir, if it is another one\n",
        ),
        (&["check", "--dir", &schemas, "--config", "no.toml"], "cannot read no.toml: No such file"),
        (&["check", "--dir", &schemas, "--config", "bad.toml"], "bad.toml: line 2: invalid type: integer `3`"),
        (&["check", "--dir", &schemas, "--config", "typo.toml"], "did you mean \"field-dropped\"?"),
        (&["check", "--dir", &schemas, "--consumers", "nobody"], "cannot read nobody: No such file or directory"),
        (&["check", "--dir", &schemas, "--consumers", "stated"], "stated/billing/Order.Created.json: unexpected file"),
        (
            &["check", "--dir", &schemas, "--consumers", "broken"],
            "broken/billing/Order.Created.reader.json: invalid JSON",
        ),
        (&["check", "--dir", &schemas, "--consumers", "odd"], "Order.Created, v3 to billing: the reader's schema is"),
        (&["check", "--dir", &schemas, "--format", "xml"], "invalid value 'xml' for '--format <FORMAT[=FILE]>'"),
        (&["check", "--dir", &schemas, "--format", "json="], "expected the name of a file after `=`"),
        (
            &["check", "--dir", &schemas, "--format", "json", "--format", "text"],
            "only one report can go to standard output",
        ),
        (&["check", "--dir", &schemas, "--format", "json=no/where.json"], "cannot write no/where.json: No such file"),
        (&["check", "--dir", &schemas, "--today", "tomorrow"], "invalid value 'tomorrow' for '--today <YYYY-MM-DD>'"),
        (&["explain", "nothing"], "unknown rule \"nothing\"\n  run `rules` to list all rules"),
    ] {
        let output = folder.run(arguments);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{arguments:?}");
        assert!(err(&output).contains(expected), "{arguments:?}: {}", err(&output));
    }
}

#[test]
fn one_run_writes_several_reports() {
    let folder = Folder::new("reports");
    let output = folder.run(&["check", "--dir", &schemas(), "--format", "json=report.json"]);
    assert_eq!(code(&output), 0);
    assert!(out(&output).contains("compatible"), "text still goes to standard output");
    let report: Value = serde_json::from_str(&fs::read_to_string(folder.0.join("report.json")).unwrap()).unwrap();
    assert_eq!(report["outcome"], json!("compatible"));
}

#[test]
fn explain_prints_the_page_of_a_rule() {
    let folder = Folder::new("explain");
    let output = folder.run(&["explain", "required-added"]);
    assert_eq!(code(&output), 0);
    assert!(out(&output).starts_with("# required-added: The reader requires a property that the writer may omit\n"));
    assert!(
        out(&folder.run(&["explain", "account-unquoted"]))
            .starts_with("# account-unquoted: The account of an event is")
    );
    let list = out(&folder.run(&["rules"]));
    assert!(
        list.starts_with("RULE") && list.contains("\nrequired-added") && list.contains("\naccount-unquoted"),
        "{list}"
    );
}
