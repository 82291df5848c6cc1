//! The law that a name which is not UTF-8 changes nothing but the names in the output, where its bytes are escaped.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;
use std::process::{Command, Output};

use super::folder::{Folder, copy};

/// Stands for a byte that is not UTF-8 in a name.
const MARK: &str = "~";
const ESCAPED: &str = "\\xff";

const EVENT: &str = r#"{"detail-type":"Order.Created","source":"order-service","detail":{"data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}}"#;
const FAULT: &str =
    r#"{"type":"fault","timestamp":1795344181000,"uow":{"event":{"type":"thing-created","timestamp":1}}}"#;
const QUESTION: &str = r#"{"id":1,"pattern":"{\"source\":[\"a\"]}","event":"{\"source\":\"a\"}"}"#;
const TEMPLATE: &str =
    "Resources:\n  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [order-service]}}}\n";
const REFERENCE: &str = r#"{"$ref":"https://example.org/money.json"}"#;

/// The commands. The last argument of some is the name of a file that they write.
const COMMANDS: &[&[&str]] = &[
    &["read", "event~.json"],
    &["read", "--json", "event~.json"],
    &["read", "missing~.json"],
    &["read", "broken~.json"],
    &["read", "--resubmit", "fault~.json"],
    &["audit", "event~.json", "broken~.json"],
    &["audit", "--json", "event~.json"],
    &["audit", "--merge", "summary~.json"],
    &["match", "pattern~.json", "event~.json"],
    &["match", "@pattern~.json", "--json", "event~.json"],
    &["match", "--jsonl", "questions~.jsonl"],
    &["match", "--jsonl", "questions~.jsonl", "questions~.jsonl"],
    &["rules", "pattern~.json"],
    &["rules", "rules~"],
    &["rules", "--json", "rules~", "pattern~.json"],
    &["diff", "old~.json", "new~.json"],
    &["diff", "--json", "old~.json#/properties/n", "new~.json#/properties/n"],
    &["diff", "reference~.json", "new~.json", "--document", "https://example.org/money.json=old~.json"],
    &["diff", "old~.json", "event~.json"],
    &["schemas", "verify", "--dir", "a~/schemas~"],
    &["schemas", "write", "--dir", "a~/schemas~", "--out", "out~"],
    &[
        "check",
        "--dir",
        "a~/schemas~",
        "--consumers",
        "c~/consumers~",
        "--config",
        "c~/config~.toml",
        "--rules",
        "rules~",
        "--against",
        "git:main",
        "--format",
        "json",
        "--format",
        "text=report~.txt",
    ],
    &["check", "--dir", "a~/schemas~", "--against", "b~/schemas~"],
    &["check", "--dir", "a~/schemas~", "--against", "no~folder"],
    &["check", "--dir", "no~folder"],
];

fn name(text: &str, byte: &[u8]) -> OsString {
    let mut bytes = Vec::new();
    for (index, part) in text.split(MARK).enumerate() {
        if index > 0 {
            bytes.extend_from_slice(byte);
        }
        bytes.extend_from_slice(part.as_bytes());
    }
    OsString::from_vec(bytes)
}

/// Creates the inputs, with the byte in the place of each mark.
fn create(folder: &Folder, byte: &[u8]) {
    let write = |path: &str, text: &str| {
        let path = folder.0.join(name(path, byte));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    folder.git(&["init", "-q", "-b", "main"]);
    write("event~.json", EVENT);
    write("broken~.json", "tea");
    write("fault~.json", FAULT);
    let summary = run(folder, byte, &["audit", "--json", "event~.json"]).1;
    write("summary~.json", std::str::from_utf8(&summary).unwrap());
    write("pattern~.json", r#"{"source":["order-service"]}"#);
    write("questions~.jsonl", QUESTION);
    write("rules~/a~.yaml", TEMPLATE);
    write("rules~/below~/b~.json", r#"{"source":["external"]}"#);
    write("old~.json", r#"{"type":"object","properties":{"n":{"type":"integer"}}}"#);
    write("new~.json", r#"{"type":"object","properties":{"n":{"type":"integer","maximum":5}}}"#);
    write("reference~.json", REFERENCE);
    write("c~/config~.toml", "[severity]\nfield-dropped = \"off\"\n");
    write("c~/consumers~/billing/Order.Created.reader.json", r#"{"type":"object","required":["price"]}"#);
    write("c~/consumers~/billing/notes~.txt", "");
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    for record in ["a~/schemas~", "b~/schemas~"] {
        copy(&schemas, &folder.0.join(name(record, byte)));
        write(&format!("{record}/external/notes~.txt"), "");
    }
    folder.git(&["add", "-A"]);
    folder.git(&["commit", "-q", "-m", "inputs"]);
}

fn run(folder: &Folder, byte: &[u8], command: &[&str]) -> (Option<i32>, Vec<u8>, Vec<u8>) {
    let output = Command::new(env!("CARGO_BIN_EXE_event-contract"))
        .args(command.iter().map(|argument| name(argument, byte)))
        .args(command.starts_with(&["check"]).then_some(["--today", "2026-11-22"]).into_iter().flatten())
        .current_dir(&folder.0)
        .output()
        .unwrap();
    let Output { status, stdout, stderr } = output;
    (status.code(), stdout, stderr)
}

/// Returns the files below a folder by their escaped names.
fn files(folder: &Path, shown: &str, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_name() == ".git" {
            continue;
        }
        let shown = format!("{shown}/{}", escape(entry.file_name().as_bytes()));
        match entry.path() {
            path if path.is_dir() => files(&path, &shown, found),
            path => found.push((shown, fs::read(path).unwrap())),
        }
    }
    found.sort_unstable();
}

fn text_of(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).unwrap().to_owned()
}

fn escape(bytes: &[u8]) -> String {
    String::from_utf8(
        bytes.iter().flat_map(|byte| if *byte == 0xff { ESCAPED.as_bytes().to_vec() } else { vec![*byte] }).collect(),
    )
    .unwrap()
}

#[test]
fn a_name_that_is_not_utf_8_is_only_escaped() {
    let [plain, other] = ["names-plain", "names-bytes"].map(Folder::new);
    // Of the same length as its escaped form, so that the columns of tables are equal.
    create(&plain, b"!xff");
    create(&other, b"\xff");
    let commit = |folder: &Folder| {
        let output = Command::new("git").args(["rev-parse", "main"]).current_dir(&folder.0).output().unwrap();
        String::from_utf8(output.stdout).unwrap().get(..10).unwrap().to_owned()
    };
    let commits = [commit(&plain), commit(&other)];
    for command in COMMANDS {
        let expected = run(&plain, b"!xff", command);
        let found = run(&other, b"\xff", command);
        let expected_text = |bytes: &[u8]| text_of(bytes).replace(&commits[0], &commits[1]).replace("!xff", ESCAPED);
        // In JSON, the escaped name is escaped once more.
        let text = |bytes: &[u8]| text_of(bytes).replace("\\\\xff", ESCAPED);
        assert_eq!(found.0, expected.0, "{command:?}: {}{}", text(&found.1), text(&found.2));
        assert_eq!(text(&found.1), expected_text(&expected.1), "{command:?}");
        assert_eq!(text(&found.2), expected_text(&expected.2), "{command:?}");
        assert!(!text(&expected.2).contains("usage"), "{command:?}: {}", text(&expected.2));
    }
    let [mut expected, mut found] = [Vec::new(), Vec::new()];
    files(&plain.0, "", &mut expected);
    files(&other.0, "", &mut found);
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&found), names(&expected).iter().map(|name| name.replace("!xff", ESCAPED)).collect::<Vec<_>>());
}

/// Two names that look the same when they are escaped: neither file hides the other.
#[test]
fn equal_names_after_escaping_are_an_error() {
    let folder = Folder::with_files("equal", &[("rules/a\\xff.json", r#"{"source":["a"]}"#)]);
    fs::write(folder.0.join("rules").join(OsStr::from_bytes(b"a\xff.json")), r#"{"source":["b"]}"#).unwrap();
    let (code, _, error) = run(&folder, b"", &["rules", "rules"]);
    assert_eq!(code, Some(2), "{}", String::from_utf8_lossy(&error));
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    copy(&schemas, &folder.0.join("schemas"));
    for name in [&b"a\xff.txt"[..], b"a\\xff.txt"] {
        fs::write(folder.0.join("schemas/external").join(OsStr::from_bytes(name)), "").unwrap();
    }
    for command in [&["check"][..], &["schemas", "verify"]] {
        let (code, _, error) = run(&folder, b"", command);
        let error = String::from_utf8(error).unwrap();
        assert_eq!(code, Some(2), "{error}");
        assert!(error.contains("another file has the same name, escaped"), "{error}");
    }
}
