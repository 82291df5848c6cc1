//! The subcommand `audit`, run as a program.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use event_contract::audit::Summary;
use flate2::Compression;
use flate2::write::GzEncoder;

const EVENT: &str = r#"{"detail-type":"Order.Created","source":"order-service","detail":{"data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}}"#;
const FOREIGN: &str = r#"{"detail-type":"Somebody.Elses","source":"else","detail":{}}"#;

/// Creates a temporary directory for a test.
fn directory(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli_audit").join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Runs in the directory, so that file names do not depend on the machine.
fn run(directory: &Path, arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_event-contract"))
        .arg("audit")
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that does not read its input closes it.
    let writer = std::thread::spawn(move || stdin.write_all(&input).ok());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    writer.join().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// Returns the exit code and the summary.
fn summary(directory: &Path, arguments: &[&str], input: &[u8]) -> (i32, Summary) {
    let arguments: Vec<_> = ["--json"].iter().chain(arguments).copied().collect();
    let (code, out, error) = run(directory, &arguments, input);
    (code, Summary::from_json(&out).unwrap_or_else(|refusal| panic!("{refusal}: {out:?} {error:?}")))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn the_text_output_describes_a_lake() {
    let directory = directory("words");
    let broken = EVENT.replace("1700000000000", "true");
    fs::write(directory.join("a.jsonl"), format!("{EVENT}\n{FOREIGN}\n{broken}\n\n{EVENT}")).unwrap();
    fs::write(directory.join("b.jsonl"), "no event\n".repeat(30)).unwrap();
    let (code, out, error) = run(&directory, &["a.jsonl", "b.jsonl", "--errors", "3"], b"");
    assert_eq!((code, &*error), (1, ""));
    assert_eq!(
        out,
        "\
34 events on 34 lines, from 2023-11-14T22:13:20.000Z to 2023-11-14T22:13:20.000Z

TYPE           VERSION  EVENTS
Order.Created  v1            2
  notice   2  substituted      /detail/id
  notice   2  substituted      /detail/partitionKey
  notice   2  substituted      /detail/source
  notice   2  substituted      /detail/timestamp
  notice   2  version-assumed  /detail/version
  info     2  upcast           /detail/version

sources: 2 events
  2  order-service

not of this contract: 1 event
  1  Somebody.Elses

could not be read: 31 events
  a.jsonl:3: /detail/data/createdAt: expected a unix timestamp in milliseconds, found a boolean; /detail/version: no version, read as v1
  b.jsonl:1: the delivery is not JSON: expected ident at line 1 column 2
  b.jsonl:2: the delivery is not JSON: expected ident at line 1 column 2
  and 28 more
"
    );
}

#[test]
fn a_lake_without_failures_exits_with_0() {
    let directory = directory("well");
    let (code, out, error) = run(&directory, &[], format!("\u{feff}{EVENT}\r\n\r\n{EVENT}\r\n").as_bytes());
    assert_eq!((code, &*error), (0, ""));
    assert!(out.starts_with("2 events on 2 lines, from 2023"), "{out}");
}

#[test]
fn a_lake_without_events_of_the_contract_exits_with_2() {
    let directory = directory("nothing");
    let (code, empty) = summary(&directory, &["-"], b"");
    assert_eq!((code, empty), (2, Summary::default()));
    let (code, out, error) = run(&directory, &[], b"");
    assert_eq!((code, &*out), (2, "0 events on 0 lines\n"));
    assert!(error.starts_with("error: nothing was compared: no events\n"), "{error}");
    let (code, _, error) = run(&directory, &[], FOREIGN.as_bytes());
    assert_eq!(code, 2);
    assert!(error.starts_with("error: nothing was compared: none of 1 events belongs to this contract\n"), "{error}");
}

#[test]
fn gzip_is_detected_in_files_and_standard_input() {
    let directory = directory("gzip");
    let one = format!("{EVENT}\n{}", EVENT.split_at(40).0);
    let two = format!("{}\n{FOREIGN}\n", EVENT.split_at(40).1);
    // Two gzip members, as appending produces; the second begins within a line.
    let members = [gzip(one.as_bytes()), gzip(two.as_bytes())].concat();
    fs::write(directory.join("lake.gz"), &members).unwrap();
    fs::write(directory.join("lake"), one + &two).unwrap();
    let (code, plain) = summary(&directory, &["lake"], b"");
    assert_eq!((code, plain.events(), plain.foreign().total(), plain.unread().total()), (0, 3, 1, 0));
    assert_eq!(summary(&directory, &["lake.gz"], b""), (0, plain.clone()));
    assert_eq!(summary(&directory, &["-"], &members), (0, plain));
    let read = |file: &str| {
        let program = Command::new(env!("CARGO_BIN_EXE_event-contract"));
        let output = { program }.args(["read", "--json", file]).current_dir(&*directory).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap().replace(file, "lake"))
    };
    assert_eq!(read("lake").0, Some(0));
    assert_eq!(read("lake.gz"), read("lake"));
}

#[test]
fn a_truncated_file_is_read_up_to_its_end() {
    let directory = directory("cut");
    let lake: String = (0..8_000)
        .map(|number| {
            EVENT.replace("1700000000000", &(1_700_000_000_000_u64 + number * 7919 % 1_000_003).to_string()) + "\n"
        })
        .collect();
    let packed = gzip(lake.as_bytes());
    fs::write(directory.join("cut.gz"), &packed[..packed.len() / 2]).unwrap();
    fs::write(directory.join("whole"), EVENT).unwrap();
    let (code, out, error) = run(&directory, &["--json", "cut.gz", "whole", "missing"], b"");
    assert_eq!(code, 2);
    let found = Summary::from_json(&out).unwrap();
    assert!((3_000..5_000).contains(&found.events()), "{}", found.events());
    assert_eq!(found.unread().total(), 0, "a truncated line is not an event");
    let incomplete: Vec<_> = found.incomplete().listed().iter().map(|(entry, _)| &*entry.file).collect();
    assert_eq!(incomplete, ["cut.gz", "missing"]);
    assert!(error.contains("error: cannot read cut.gz to its end: "), "{error}");
    assert!(error.contains("error: cannot read missing: No such file or directory"), "{error}");
    // Merging reports the truncation, too.
    let (code, out, _) = run(&directory, &["--merge"], out.as_bytes());
    assert_eq!(code, 1);
    assert!(out.contains("not read, or not completely: 2 files\n  cannot read cut.gz to its end: "), "{out}");
}

#[test]
fn overlong_lines_are_skipped() {
    let directory = directory("long");
    let mut lake = format!("{EVENT}\n").into_bytes();
    lake.resize(lake.len() + 20_000_000, b'x');
    lake.extend(format!("\n{EVENT}\n").bytes());
    let (code, found) = summary(&directory, &[], &lake);
    assert_eq!((code, found.lines(), found.types()[0].events()), (1, 3, 2));
    let (unread, _) = &found.unread().listed()[0];
    assert_eq!((unread.file(), unread.line()), ("-", 2));
    assert_eq!(unread.message(), "the delivery has 20000000 bytes, expected at most 10485760: see `Limits::bytes`");
}

#[test]
fn batches_and_invalid_utf8_are_reported_with_their_line() {
    let directory = directory("batch");
    let mut lake = format!(r#"[{EVENT},{{"no":"event"}},7,{EVENT}]"#).into_bytes();
    lake.extend(b"\n\xff\n");
    let (code, out, _) = run(&directory, &[], &lake);
    assert_eq!(code, 1);
    assert!(out.contains("\n  -:1, event 3: the delivery is not an event: expected a JSON object"), "{out}");
    assert!(out.contains("\n  -:2: the delivery is not UTF-8 from byte 0 on\n"), "{out}");
}

#[test]
fn the_summary_does_not_depend_on_the_number_of_threads() {
    let directory = directory("same");
    let mut lake = String::new();
    for number in 0..6_000 {
        lake += match number % 5 {
            0 => FOREIGN,
            1 => "no event",
            _ => EVENT,
        };
        lake += "\n";
    }
    fs::write(directory.join("lake"), &lake).unwrap();
    let first = run(&directory, &["--json", "lake"], b"");
    for _ in 0..3 {
        assert_eq!(run(&directory, &["--json", "lake"], b""), first);
    }
    let found = Summary::from_json(&first.1).unwrap();
    assert_eq!((found.lines(), found.unread().total(), found.foreign().total()), (6_000, 1_200, 1_200));
    let lines: Vec<_> = found.unread().listed().iter().map(|(entry, _)| entry.line()).collect();
    assert_eq!(lines, (0..1000).map(|number| number * 5 + 2).collect::<Vec<_>>());
}

#[test]
fn merged_parts_equal_the_whole() {
    let directory = directory("merge");
    for (name, text) in [("a", format!("{EVENT}\n{FOREIGN}\n")), ("b", format!("{EVENT}\nno\n"))] {
        fs::write(directory.join(name), text).unwrap();
        let (_, out, _) = run(&directory, &["--json", name], b"");
        fs::write(directory.join(name).with_extension("json"), out).unwrap();
    }
    let complete = summary(&directory, &["a", "b"], b"");
    assert_eq!(summary(&directory, &["--merge", "a.json", "b.json"], b""), complete);
    assert_eq!(summary(&directory, &["--merge", "b.json", "a.json"], b""), complete);
    // Several summaries in one compressed file.
    let both = [fs::read(directory.join("a.json")).unwrap(), fs::read(directory.join("b.json")).unwrap()].concat();
    assert_eq!(summary(&directory, &["--merge"], &both), complete);
    assert_eq!(summary(&directory, &["--merge", "-"], &gzip(&both)), complete);
    let (_, from_files, _) = run(&directory, &["a", "b"], b"");
    let (_, from_summaries, _) = run(&directory, &["--merge"], &both);
    assert_eq!(from_summaries, from_files);
}

#[test]
fn unmergeable_files_are_reported() {
    let directory = directory("merge-errors");
    let empty = Summary::default().to_json();
    let cases = [
        (String::new(), "error: no summary in part.json\n"),
        ("no".to_owned(), "error: summary 1 in part.json: expected ident at line 1 column 2\n"),
        (EVENT.to_owned(), "error: summary 1 in part.json: not an audit summary: missing field `summary`"),
        (format!("{empty}\n{}", empty.split_at(50).0), "error: summary 2 in part.json: EOF while parsing"),
        (
            empty.replace(r#""events":0"#, r#""events":1"#),
            "error: summary 1 in part.json: corrupt audit summary: expected 1 events, found counts of 0",
        ),
        (
            empty.replace(r#""summary":1"#, r#""summary":9"#),
            "error: summary 1 in part.json: audit summary of format 9: expected format 1",
        ),
    ];
    fs::write(directory.join("good.json"), &empty).unwrap();
    for (text, expected) in cases {
        fs::write(directory.join("part.json"), &text).unwrap();
        let (code, out, error) = run(&directory, &["--merge", "good.json", "part.json"], b"");
        assert_eq!((code, &*out), (2, ""), "{text}");
        assert!(error.starts_with(expected), "{text}: {error}");
    }
    let (code, _, error) = run(&directory, &["--merge", "missing"], b"");
    assert_eq!(code, 2);
    assert!(error.starts_with("error: cannot read missing: "), "{error}");
}

#[test]
fn control_characters_of_events_are_escaped() {
    let directory = directory("terminal");
    let (_, out, _) = run(&directory, &[], br#"{"detail-type":"a\u001b[2Jb","detail":{}}"#);
    assert!(out.contains(r"  1  a\u{1b}[2Jb"), "{out:?}");
    assert!(!out.contains('\u{1b}'), "{out:?}");
}

/// A pretty-printed document spans lines and still counts as one event.
#[test]
fn a_pretty_printed_document_is_one_event() {
    let directory = directory("a_pretty_printed_document_is_one_event");
    let pretty = EVENT.replace(',', ",\n").replace('{', "{\n");
    fs::write(directory.join("pretty.json"), &pretty).unwrap();
    fs::write(directory.join("pretty.json.gz"), gzip(pretty.as_bytes())).unwrap();
    let (code, summary) =
        summary(&directory, &["pretty.json", "pretty.json.gz", "-"], format!("{EVENT}\n{EVENT}").as_bytes());
    assert_eq!((code, summary.events(), summary.lines(), summary.unread().total()), (0, 4, 4, 0));
}

/// As `jq .` prints them, and mixed with events on one line.
#[test]
fn documents_of_several_lines_are_events() {
    let directory = directory("documents_of_several_lines_are_events");
    let pretty = EVENT.replace(',', ",\n").replace('{', "{\n");
    for (text, events) in [
        (format!("{pretty}\n{pretty}\n"), 2),
        (format!("\u{feff}{EVENT}\n{pretty}{EVENT}"), 3),
        // A part that is not JSON leaves a line for each line.
        (format!("{EVENT}\n{pretty}\ntea"), 2 + pretty.lines().count() as u64),
    ] {
        let (_, summary) = summary(&directory, &["-"], text.as_bytes());
        assert_eq!(summary.events(), events, "{text}");
    }
}

/// Events after a first event of the maximum line length are counted.
#[test]
fn events_after_a_line_of_maximum_length_are_counted() {
    let directory = directory("events_after_a_line_of_maximum_length_are_counted");
    let longest = Summary::MAX_LINE_BYTES;
    for length in [longest - 1, longest, longest + 1] {
        let padding = " ".repeat(length - EVENT.len());
        let lake = format!("{EVENT}{padding}\n{EVENT}\n{EVENT}\ngarbage\n");
        let (_, summary) = summary(&directory, &["-"], lake.as_bytes());
        assert_eq!((summary.lines(), summary.events()), (4, 4), "{length}");
    }
}
