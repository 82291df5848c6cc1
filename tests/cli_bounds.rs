//! Inputs that are small on disk and large in memory, or that would exhaust the stack: each command answers them.

#[path = "support/folder.rs"]
mod folder;

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use folder::{Folder, copy};

const MIB: usize = 1 << 20;

/// The exit code, standard output and standard error.
type Output = (i32, String, String);

impl Folder {
    fn run(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_event-contract"))
            .args(arguments)
            .current_dir(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        std::thread::scope(|scope| {
            // A command that fails before it has read everything closes its input.
            scope.spawn(move || stdin.write_all(input));
            let output = child.wait_with_output().unwrap();
            let [out, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
            (output.status.code().unwrap(), out, error)
        })
    }

    fn pack(&self, name: &str, part: &[u8], count: usize) {
        let mut encoder = GzEncoder::new(File::create(self.0.join(name)).unwrap(), Compression::fast());
        (0..count).for_each(|_| encoder.write_all(part).unwrap());
        encoder.finish().unwrap();
    }

    /// Creates a file without contents on disk.
    fn grow(&self, name: &str, bytes: usize) {
        File::create(self.0.join(name)).unwrap().set_len(bytes as u64).unwrap();
    }

    /// Creates a repository with the record of the shipped contract.
    fn repository(name: &str) -> Self {
        let folder = Self::new(name);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas"), &folder.0.join("schemas"));
        folder.git(&["init", "-q", "-b", "main"]);
        folder
    }
}

#[test]
fn a_bomb_is_an_error_in_every_command() {
    let folder = Folder::with_files("bombs", &[("reader.json", "{}")]);
    folder.pack("blanks", &vec![b' '; MIB], 24);
    folder.pack("events", &b"{}\n".repeat(10_000), 150);
    folder.pack("schema", &b"[],".repeat(10_000), 60);
    folder.pack("lines", &vec![b'\n'; MIB], 5);
    let pattern = r#"{"a":[1]}"#;
    let [bytes, values] = ["bytes, and more than 32 for each byte", "values, and more than 4 for each byte"];
    for (arguments, expected) in [
        (&["read", "blanks"][..], format!("cannot read blanks: decompressed to more than 16777216 {bytes}")),
        (&["match", pattern, "blanks"], format!("cannot read blanks: decompressed to more than 16777216 {bytes}")),
        (&["rules", "blanks"], format!("cannot read blanks: decompressed to more than 16777216 {bytes}")),
        (&["diff", "blanks", "reader.json"], format!("decompressed to more than 16777216 {bytes}")),
        (&["diff", "reader.json", "blanks"], format!("decompressed to more than 16777216 {bytes}")),
        (&["read", "events"], format!("decompressed to more than 2000000 {values}")),
        (&["match", pattern, "events"], format!("decompressed to more than 2000000 {values}")),
        (&["diff", "schema", "reader.json"], "decompressed to more than 1000000 values".to_owned()),
        (&["audit", "lines"], format!("decompressed to more than 4000000 {values}")),
        (&["audit", "--merge", "lines"], String::new()),
    ] {
        let (code, _, error) = folder.run(arguments, b"");
        assert_eq!(code, 2, "{arguments:?}: {error}");
        assert!(error.contains(&expected), "{arguments:?}: {error}");
    }
}

#[test]
fn a_large_file_of_the_record_is_an_error_with_its_name() {
    let folder = Folder::repository("large-files");
    let check = ["check", "--today", "2026-11-22"];
    folder.grow("schemas/stray.bin", 33 * MIB);
    let (code, _, error) = folder.run(&check, b"");
    assert_eq!(code, 2, "{error}");
    assert!(error.contains("schemas/stray.bin") && error.contains("more than 33554432 bytes"), "{error}");
    folder.git(&["add", "-A"]);
    folder.git(&["commit", "-q", "-m", "stray"]);
    std::fs::remove_file(folder.0.join("schemas/stray.bin")).unwrap();
    let (code, _, error) = folder.run(&[&check[..], &["--against", "git:HEAD"]].concat(), b"");
    assert_eq!(code, 2, "{error}");
    assert!(error.contains("stray.bin of ") && error.contains("has more than 33554432 bytes"), "{error}");
    folder.grow("schemas/registry/stray.json", 33 * MIB);
    let (code, _, error) = folder.run(&["schemas", "verify"], b"");
    assert_eq!(code, 2, "{error}");
    assert!(error.contains("cannot read schemas/registry/stray.json: more than 33554432 bytes"), "{error}");
}

#[test]
fn each_question_is_answered_beside_a_pattern_of_any_length() {
    let folder = Folder::new("long-pattern");
    let question = |id: usize, pattern: &str| {
        let writer = json!({"type": "string", "pattern": pattern});
        json!({"id": id, "writer": writer, "reader": {"type": "string", "minLength": 1}}).to_string()
    };
    let long = "a".repeat(150_000);
    let lines = [question(0, "a"), question(1, &long), question(2, &"(".repeat(150_000)), question(3, "b")];
    let (_, out, error) = folder.run(&["diff", "--jsonl", "--budget", "20000"], lines.join("\n").as_bytes());
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        answers.iter().map(|answer| answer["id"].as_u64().unwrap()).collect::<Vec<_>>(),
        [0, 1, 2, 3],
        "{error}"
    );
    for decided in [0, 3] {
        assert_eq!(answers[decided]["verdict"], "contained");
    }
}

#[test]
fn a_line_that_is_too_long_has_an_answer() {
    let folder = Folder::new("long-line");
    let long = " ".repeat(33 * MIB);
    let question = r#"{"id":1,"writer":true,"reader":true}"#;
    let (code, out, _) = folder.run(&["diff", "--jsonl"], format!("{long}\n{question}\n").as_bytes());
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((code, answers.len()), (2, 2));
    assert_eq!(answers[0]["reason"], "the line has more than 33554432 bytes");
    assert_eq!((&answers[1]["id"], &answers[1]["verdict"]), (&json!(1), &json!("contained")));
    let question = r#"{"id":1,"pattern":"{\"a\":[1]}","event":"{\"a\":1}"}"#;
    let (code, out, _) = folder.run(&["match", "--jsonl"], format!("{long}\n{question}\n").as_bytes());
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((code, answers.len()), (2, 2));
    assert_eq!(answers[0]["reason"], "not a question: the line has more than 33554432 bytes");
    assert_eq!(answers[1]["match"], true);
}
