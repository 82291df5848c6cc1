//! No output of the program is a command of a terminal or of a CI runner, whatever its inputs hold.

#[path = "support/folder.rs"]
mod folder;

use std::path::Path;
use std::process::{Command, Output};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use folder::{Folder, copy};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_event-contract")).args(arguments).current_dir(folder).output().unwrap()
}

/// Texts in which commands are likely.
fn hostile() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "::stop-commands::x",
        "::",
        "\n",
        "\r\n",
        "##[error]",
        "#",
        "##vso[task.x]",
        "\u{1b}]0;title\u{7}",
        "\u{1b}[2J",
        "\u{9b}31m",
        "\u{200b}\u{202e}",
        "\u{2028}::error::",
        "\u{61c}",
        "\u{fdd0}",
        " ",
        "\t",
        "https://a.test",
        "a",
        "Ü",
        "`",
        "\"",
    ]);
    prop::collection::vec(part, 1..5).prop_map(|parts| parts.concat())
}

/// Returns what is wrong with an output.
fn find_command(text: &str, has_annotations: bool) -> Option<String> {
    let hidden = |character: char| {
        character.is_control() && character != '\n'
            || ['\u{61c}', '\u{feff}', '\u{fdd0}'].contains(&character)
            || ('\u{200b}'..='\u{200f}').contains(&character)
            || ('\u{2028}'..='\u{202e}').contains(&character)
    };
    if let Some(character) = text.chars().find(|character| hidden(*character)) {
        return Some(format!("holds {character:?}"));
    }
    if let Some(command) = ["##[", "##vso["].iter().find(|command| text.contains(**command)) {
        return Some(format!("holds {command}"));
    }
    let is_annotation = |line: &str| {
        has_annotations && ["::error ", "::warning ", "::notice "].iter().any(|command| line.starts_with(command))
    };
    let command = text.lines().find(|line| line.trim_start().starts_with("::") && !is_annotation(line));
    command.map(|line| format!("has the line {line:?}"))
}

fn assert_harmless(folder: &Path, arguments: &[&str], codes: &[i32]) {
    let Output { status, stdout, stderr } = run(folder, arguments);
    let has_annotations = arguments.contains(&"github");
    for bytes in [stdout, stderr] {
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(find_command(&text, has_annotations), None, "{arguments:?} printed\n{text}");
    }
    assert!(codes.contains(&status.code().unwrap()), "{arguments:?} exited with {status}");
}

fn for_cases(cases: u32, test: impl Fn(String)) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner
        .run(&hostile(), |text| {
            test(text);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

/// Returns a text that may be the name of a file.
fn file_name(text: &str) -> String {
    text.replace('/', "_")
}

#[test]
fn names_and_values_of_events_are_harmless() {
    let folder = Folder::new("events");
    for_cases(12, |text| {
        let name = format!("{}.json", file_name(&text));
        let event = |event_type: &str, detail: Value| json!({"version": "0", "id": text, "detail-type": event_type, "source": text, "account": text, "time": text, "region": text, "resources": [], "detail": detail});
        let wrong = json!({"version": 3, "orderId": 7, (text.clone()): text});
        let events = [
            event("Order.Created", wrong),
            event(&text, json!({"a": text})),
            json!({(text.clone()): text}),
            json!(text),
        ];
        folder.write(&name, &events.map(|event| event.to_string()).join("\n"));
        let pattern = json!({"detail": {(text.clone()): [text, {"prefix": text}]}}).to_string();
        for arguments in [
            &["read", &name][..],
            &["read", "--json", &name],
            &["audit", &name],
            &["audit", "--json", &name],
            &["match", &pattern, &name, "--why"],
            &["match", &pattern, &name, "--json"],
            &["match", &text, &name],
            &["rules", &name],
        ] {
            assert_harmless(&folder.0, arguments, &[0, 1, 2, 3]);
        }
        std::fs::remove_file(folder.0.join(&name)).unwrap();
        for arguments in [
            &["read", &name][..],
            &["explain", &text],
            &["diff", &text, &name],
            &["schemas", "verify", "--dir", &text],
            &["check", "--against", &text],
            &["check", "--today", &text],
            &["check", "--format", &text],
            &[&text],
            &["read", &format!("--{text}")],
        ] {
            assert_harmless(&folder.0, arguments, &[1, 2]);
        }
    });
}

#[test]
fn names_and_values_of_schemas_are_harmless() {
    let folder = Folder::new("schemas");
    for_cases(5, |text| {
        let writer = json!({"type": "object", "properties": {(text.clone()): {"const": text}}, "required": [text], "additionalProperties": false});
        let reader =
            json!({"type": "object", "properties": {(text.clone()): {"enum": [1, text.len()]}}, (text.clone()): text});
        folder.write("writer.json", &writer.to_string());
        folder.write("reader.json", &reader.to_string());
        folder.write("broken.json", &format!("{{\"$ref\": {0}, \"type\": {0}}}", json!(text)));
        folder.write("rules/rule.json", &json!({"Rules": [{"Name": text, "EventBusName": text, "EventPattern": json!({"source": [text], "detail-type": [text]}).to_string()}]}).to_string());
        for arguments in [
            &["diff", "writer.json", "reader.json"][..],
            &["diff", "writer.json", "reader.json", "--json"],
            &["diff", "writer.json", "broken.json"],
            &["diff", "writer.json", &format!("reader.json#/{text}")],
            &["rules", "rules"],
            &["rules", "rules", "--json"],
        ] {
            assert_harmless(&folder.0, arguments, &[0, 1, 2, 3]);
        }
    });
}

#[test]
fn names_and_values_of_inputs_are_harmless_in_every_format() {
    let folder = Folder::new("inputs");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas"), &folder.0.join("schemas"));
    for_cases(2, |text| {
        let _ = std::fs::remove_dir_all(folder.0.join("consumers"));
        let name = file_name(&text);
        let statement = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": text, "type": "object", "properties": {"orderId": {"const": text}, (text.clone()): {"type": "string"}}, "required": [text]});
        folder.write(&format!("consumers/{name}/Order.Created.json"), &statement.to_string());
        folder.write("rules/rule.json", &json!({"Rules": [{"Name": text, "EventPattern": json!({"source": [text], "detail-type": ["Order.Created"]}).to_string()}]}).to_string());
        for format in ["text", "json", "sarif", "github", "junit", "markdown", "html"] {
            let arguments =
                ["check", "--dir", "schemas", "--rules", "rules", "--today", "2026-11-22", "--format", format];
            assert_harmless(&folder.0, &arguments, &[0, 1, 2, 3]);
        }
        folder.write("event-contract.toml", &format!("[severity]\n{0} = \"off\"\n[{0}]\n", json!(text)));
        assert_harmless(&folder.0, &["check", "--dir", "schemas"], &[2]);
        std::fs::remove_file(folder.0.join("event-contract.toml")).unwrap();
    });
}
