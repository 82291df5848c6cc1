//! The program, run as after a first installation.

#[path = "support/folder.rs"]
mod folder;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use folder::Folder;

fn run(arguments: &[&str]) -> Output {
    run_with(arguments, b"")
}

fn run_with(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_event-contract"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that has already failed does not read its input.
    let _ = program.stdin.take().unwrap().write_all(stdin);
    program.wait_with_output().unwrap()
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

impl Folder {
    fn name(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

#[test]
fn help_has_examples_and_exit_codes() {
    for (command, expected) in [
        (&["--help"][..], "Exit codes: 0 no findings, 1 findings"),
        (&["read", "--help"], "Examples:\n  event-contract read delivery.json"),
        (&["schemas", "write", "--help"], "--format glue"),
        (&["catalog", "--help"], "--mermaid"),
    ] {
        let output = run(command);
        assert_eq!(code(&output), 0);
        assert!(out(&output).contains(expected), "{command:?}:\n{}", out(&output));
    }
}

#[test]
fn without_a_subcommand_the_help_is_on_standard_error() {
    for (command, expected) in [(&[][..], "Check, publish and read"), (&["schemas"], "Write, verify and publish")] {
        let output = run(command);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""));
        assert!(err(&output).starts_with(expected), "{command:?}:\n{}", err(&output));
    }
}

#[test]
fn invalid_arguments_exit_with_2_and_advice() {
    let malformed = Folder::new("malformed");
    std::fs::write(malformed.0.join("index.json"), "{").unwrap();
    for (command, expected) in [
        (&["read", "--frob"][..], "unexpected argument '--frob'"),
        (&["brew"], "unrecognized subcommand 'brew'"),
        (&["read", "no-such-file"], "error: cannot read no-such-file: No such file"),
        (&["read", "src"], "error: src is a directory\n  name the files in it, as in src/*\n"),
        (&["schemas", "verify", "--dir", "no-such-folder"], "no schemas in no-such-folder"),
        (&["schemas", "verify", "--dir", malformed.name()], "invalid index.json: EOF while parsing"),
        (&["schemas", "write", "--format", "tea"], "[possible values: json-schema-2020-12, "),
        (&["schemas", "write", "--dir", "Cargo.toml"], "error: cannot read Cargo.toml/external"),
    ] {
        let output = run(command);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{command:?}");
        assert!(err(&output).contains(expected), "{command:?}:\n{}", err(&output));
    }
}

#[test]
fn the_samples_are_read() {
    let output = run(&["read", "examples/samples/backbone.jsonl", "examples/samples/unknown-types.json"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    for expected in [
        "examples/samples/backbone.jsonl\n  Order.Created v1 → v3, external, of order-service, id ",
        "\n    notice  /detail/version: no version, read as v1\n",
        "\n  Parcel.Weighed: not of this contract (EventBridge envelope)\n",
    ] {
        assert!(out(&output).contains(expected), "{}", out(&output));
    }
}

#[test]
fn an_unreadable_file_exits_with_1_and_the_others_are_read() {
    let output = run(&["read", "examples/samples/broken/order-created.json", "examples/samples/order-created-v2.json"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("    error   /detail/data/placedAt: expected an RFC 3339"), "{}", out(&output));
    assert!(out(&output).contains("Order.Created v2 → v3"), "{}", out(&output));
    let output = run(&["read", "no-such-file", "examples/samples/order-created-v2.json"]);
    assert_eq!(code(&output), 2);
    assert!(out(&output).contains("Order.Created v2 → v3"), "{}", out(&output));
    assert!(err(&output).contains("no-such-file"), "{}", err(&output));
    let output = run_with(&["read", "-"], b"tea");
    assert_eq!(
        (code(&output), out(&output).as_str()),
        (1, "-\n  could not be read: the delivery is not JSON: expected ident at line 1 column 2\n")
    );
}

#[test]
fn json_output_has_one_line_for_each_event() {
    let files = ["order-created-v3.json", "unknown-types.json", "broken/order-created.json"];
    let files = files.map(|name| format!("examples/samples/{name}"));
    let output = run(&["read", "--json", &files[0], &files[1], &files[2]]);
    let lines: Vec<Value> = out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!((&lines[0]["type"], &lines[0]["given"]), (&"Order.Created".into(), &3.into()));
    assert_eq!(lines[0]["event"]["data"]["channel"], "voice-assistant");
    assert_eq!(lines[0]["observations"][0]["kind"], "unknown-field");
    assert_eq!((&lines[2]["unrecognised"], &lines[2]["index"]), (&"Parcel.Weighed".into(), &1.into()));
    assert_eq!(lines[3]["mismatches"][0]["pointer"], "/detail/data/placedAt");
}

#[test]
fn output_is_coloured_for_terminals_only() {
    let file = "examples/samples/order-created-v2.json";
    assert!(!out(&run(&["read", file])).contains('\u{1b}'));
    assert!(out(&run(&["--color", "always", "read", file])).contains('\u{1b}'));
    assert!(!out(&run(&["--color", "always", "read", "--color=never", file])).contains('\u{1b}'));
    // Help and errors are printed before the arguments are parsed.
    assert!(out(&run(&["--color=always", "--help"])).contains('\u{1b}'));
    assert!(!out(&run(&["--color=never", "--help"])).contains('\u{1b}'));
    assert!(err(&run(&["read", "--color", "always", "--wrong"])).contains('\u{1b}'));
    assert!(err(&run(&["--color", "sometimes"])).contains("[possible values: auto, always, never]"));
}

#[test]
fn the_catalog_is_printed_as_a_table_or_a_chart() {
    let table = out(&run(&["catalog"]));
    assert!(table.contains("TYPE                 VERSIONS  SIDE      OWNER\n"), "{table}");
    assert!(
        table.contains("Order.Created        v1 v2 v3  external  order-service\n  channel customer lines orderId placedAt shipTo total\n"),
        "{table}"
    );
    let chart = out(&run(&["catalog", "--mermaid"]));
    assert!(chart.starts_with("flowchart LR\n    subgraph s0[\"delivery-service\"]\n"), "{chart}");
    let arrows = |way: &str| chart.matches(way).count();
    assert_eq!((arrows("-- egress -->"), arrows("-- ingress -->")), (4, 2), "{chart}");
}

#[test]
fn completions_use_the_name_of_the_called_program() {
    let output = run(&["completions", "bash"]);
    assert!(out(&output).contains(" -o default event-contract\n"), "{}", out(&output));
}

/// Covers the life of a record: first write, verification, and a change.
#[test]
fn schemas_are_written_published_and_verified() {
    let folder = Folder::new("schemas");
    let dir = folder.name();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    copy_golden(&golden, &folder.0);

    let verified = run(&["schemas", "verify", "--dir", dir]);
    assert_eq!(code(&verified), 1);
    assert!(out(&verified).contains("v3.writer.json: is missing: write the schemas\n"), "{}", out(&verified));

    let elsewhere = Folder::new("schemas-elsewhere");
    let written = run(&["schemas", "write", "--dir", dir, "--format", "glue", "--out", elsewhere.name()]);
    assert_eq!(code(&written), 0, "{}{}", out(&written), err(&written));
    let glue = |folder: &Folder| std::fs::read(folder.0.join("registry/glue/external/Order.Created.v3.json"));
    assert!(glue(&folder).is_err());
    let written = run(&["schemas", "write", "--dir", dir]);
    assert_eq!(code(&written), 0, "{}{}", out(&written), err(&written));
    let verified = run(&["schemas", "verify", "--dir", dir]);
    assert_eq!(code(&verified), 0, "{}", out(&verified));
    let again = out(&run(&["schemas", "write", "--dir", dir]));
    assert!(again.starts_with("0 files written, ") || again.contains("\n0 files written, "), "{again}");

    let published = run(&["schemas", "publish", "--dir", dir]);
    assert_eq!(code(&published), 0, "{}{}", out(&published), err(&published));
    assert!(out(&published).contains("\npublished external/Order.Created/v3\n"), "{}", out(&published));
    assert_eq!(code(&run(&["schemas", "verify", "--dir", dir])), 0);
    // The file does not depend on the folder.
    assert_eq!(glue(&folder).unwrap(), glue(&elsewhere).unwrap());

    let schema = folder.0.join("external/Order.Created/v3.writer.json");
    let text = std::fs::read_to_string(&schema).unwrap();
    std::fs::write(&schema, text.replace("\"maximum\": 4294967295", "\"maximum\": 255")).unwrap();
    for command in ["verify", "publish", "write"] {
        let refused = run(&["schemas", command, "--dir", dir]);
        assert_eq!(code(&refused), 1, "{command}");
        assert!(
            out(&refused).contains("v3.writer.json: is published, but was modified"),
            "{command}:\n{}",
            out(&refused)
        );
        assert!(!out(&refused).contains("a new version"), "{command}:\n{}", out(&refused));
    }
}

fn copy_golden(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (name, path) = (entry.file_name(), entry.path());
        if path.is_dir() {
            copy_golden(&path, &to.join(name));
        } else if name.to_string_lossy().contains(".golden.") {
            std::fs::create_dir_all(to).unwrap();
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// Control characters in an event must not reach the terminal.
#[test]
fn control_characters_of_events_are_escaped() {
    let event = "{\"detail-type\":\"x\\u001b[2J\\u202e\",\"source\":\"y\",\"detail\":{\"\\u001b]0;\":1}}";
    let output = run_with(&["read", "-"], event.as_bytes());
    assert!(out(&output).contains("x\\u{1b}[2J\\u{202e}: not of this contract"), "{}", out(&output));
    assert!(!out(&output).contains('\u{1b}'), "{}", out(&output));
}

/// The exit code reports the findings even if the output is closed early.
#[test]
fn a_closed_pipe_keeps_the_exit_code() {
    let broken = "{}\n".repeat(20_000);
    let mut program = Command::new(env!("CARGO_BIN_EXE_event-contract"))
        .args(["read", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(program.stdout.take());
    program.stdin.take().unwrap().write_all(broken.as_bytes()).unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(1));
}
