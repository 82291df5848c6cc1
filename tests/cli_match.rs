//! The subcommand `match`, used in a terminal and by programs.

#[path = "support/skip.rs"]
mod skip;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use skip::outside_folder;

const EVENT: &str = r#"{"source": "external", "account": "111111111111", "detail": {"count": 5.0}}"#;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_event-contract"));
    command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str], stdin: &str) -> Output {
    let mut program = program(arguments).spawn().unwrap();
    let mut input = program.stdin.take().unwrap();
    let stdin = stdin.to_owned();
    let writer = std::thread::spawn(move || {
        // A program that has already failed does not read its input.
        let _ = input.write_all(stdin.as_bytes());
    });
    let output = program.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// Returns exit code, standard output and standard error.
fn run_texts(arguments: &[&str], stdin: &str) -> (i32, String, String) {
    let Output { status, stdout, stderr } = run(arguments, stdin);
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// A temporary file of one test, removed on drop.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("match-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn name(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_pattern_is_an_argument_or_a_file() {
    let event = File::new("event.json", EVENT);
    let rule = File::new("rule.json", "{\"source\": [\"external\"]}\n");
    let at_rule = format!("@{}", rule.name());
    let expected = format!("{}, event 1: match\n", event.name());
    for pattern in [r#"{"source":["external"]}"#, rule.name(), &at_rule] {
        assert_eq!(run_texts(&["match", pattern, event.name()], ""), (0, expected.clone(), String::new()));
    }
    assert_eq!(run_texts(&["match", rule.name()], EVENT), (0, "-, event 1: match\n".to_owned(), String::new()));
}

#[test]
fn why_shows_met_and_failed_conditions_with_values() {
    let pattern = r#"{"source": ["external"], "detail": {"count": [{"numeric": [">", 5]}]}}"#;
    let expected = "-, event 1: no match\n  failed  detail.count [{\"numeric\": [\">\", 5]}]: found 5.0\n  held    source \
                    [\"external\"]: found \"external\"\n";
    assert_eq!(run_texts(&["match", pattern, "-", "--why"], EVENT), (1, expected.to_owned(), String::new()));

    let several = r#"{"$or": [{"source": ["a"]}, {"account": [{"prefix": "1"}]}]}"#;
    let expected = "-, event 1: match\n  alternative 1 of 2 does not hold\n    failed  source [\"a\"]: found \"external\"\n  \
                    alternative 2 of 2 holds\n    held    account [{\"prefix\": \"1\"}]: found \"111111111111\"\n";
    assert_eq!(run_texts(&["match", several, "--why"], EVENT), (0, expected.to_owned(), String::new()));

    let inconsistent = r#"{"a": {"x": [1], "y": [2]}}"#;
    let (code, out, _) = run_texts(&["match", inconsistent, "--why"], r#"{"a": [{"x": 1, "y": 1}, {"x": 3, "y": 2}]}"#);
    assert_eq!(code, 1);
    assert!(out.ends_with("failed  all conditions together: they match different elements of one array\n"), "{out}");
}

#[test]
fn events_are_counted_and_all_are_matched() {
    let pattern = r#"{"detail-type": ["Order.Created"]}"#;
    let file = "examples/samples/backbone.jsonl";
    let (code, out, err) = run_texts(&["match", pattern, file], "");
    assert_eq!((code, err.as_str()), (1, ""));
    assert!(out.starts_with(&format!("{file}, event 1: match\n{file}, event 2: ")), "{out}");
    let lines = std::fs::read_to_string(file).unwrap();
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let matching = events.iter().filter(|event| event["detail-type"] == "Order.Created").count();
    assert!(out.ends_with(&format!("\n{matching} of {} events match\n", events.len())), "{out}");

    // Pretty-printed events, and one per line with a broken one.
    let pretty = "{\n \"detail-type\":\n  \"Order.Created\"\n}\n{\n \"detail-type\": \"x\"\n}\n";
    let expected = "-, event 1: match\n-, event 2: no match\n1 of 2 events match\n";
    assert_eq!(run_texts(&["match", pattern], pretty), (1, expected.to_owned(), String::new()));
    let (code, out, _) =
        run_texts(&["match", pattern], "{\"detail-type\":\"x\"}\n{tea}\n{\"detail-type\":\"Order.Created\"}\n");
    let expected = "-, event 1: no match\n-, event 2: error: not JSON: key must be a string at line 2 column 2\n-, event 3: \
                    match\n1 of 3 events match\n";
    assert_eq!((code, out.as_str()), (2, expected));
}

#[test]
fn json_output_has_one_line_for_each_event() {
    let (code, out, _) = run_texts(&["match", r#"{"detail": {"count": [4]}}"#, "--json", "--why"], EVENT);
    let expected = json!({"file": "-", "index": 0, "match": false, "ways": [{"holds": false, "apart": false, "conditions": [
        {"path": "detail.count", "wanted": "[4]", "holds": false, "seen": ["5.0"]},
    ]}]});
    assert_eq!((code, serde_json::from_str::<Value>(&out).unwrap()), (1, expected));
    let (code, out, _) = run_texts(&["match", r#"{"a": [4]}"#, "--json"], "[{\"a\": 4}]\n5\n");
    let expected = "{\"file\":\"-\",\"index\":0,\"match\":true}\n{\"file\":\"-\",\"index\":1,\"match\":null,\"error\":\"the event \
                    is not a JSON object\"}\n";
    assert_eq!((code, out.as_str()), (2, expected));
}

#[test]
fn invalid_patterns_are_reported_with_position_and_advice() {
    let file = File::new("invalid.json", "{\n  \"source\": \"external\"\n}");
    for (pattern, expected) in [
        (
            r#"{"source": "external"}"#,
            "error: the pattern is invalid: line 1, column 2, /source: \"source\" must be an object or an array\n  write the \
             value in brackets: [\"external\"]\n",
        ),
        (
            file.name(),
            "invalid.json is invalid: line 2, column 3, /source: \"source\" must be an object or an array\n  write the value in \
             brackets: [\"external\"]\n",
        ),
        (r#"{"source": ["external"]"#, "not JSON: "),
        ("[\"external\"]", "write a pattern that begins with `{`, or the name of a file with one\n"),
        ("@no-such-file", "error: cannot read no-such-file: No such file"),
    ] {
        let (code, out, err) = run_texts(&["match", pattern], EVENT);
        assert_eq!((code, out.as_str()), (2, ""), "{pattern}");
        assert!(err.contains(expected), "{pattern}:\n{err}");
    }
}

#[test]
fn an_unreadable_file_exits_with_2_and_the_others_are_read() {
    let pattern = r#"{"source": ["external"]}"#;
    let (code, out, err) = run_texts(&["match", pattern, "no-such-file", "-"], EVENT);
    assert_eq!((code, out.as_str()), (2, "-, event 1: match\n"));
    assert!(err.starts_with("error: cannot read no-such-file"), "{err}");
    let (code, out, err) = run_texts(&["match", pattern], " \n");
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (2, "", "error: standard input contains no event\n  write each event as a JSON object\n")
    );
    assert_eq!(run_texts(&["match"], EVENT).0, 2);
    assert_eq!(run_texts(&["match", pattern, "--jsonl", "--why"], EVENT).0, 2);
}

#[test]
fn lints_are_printed_beside_the_answer() {
    let (code, out, err) = run_texts(&["match", r#"{"account": [{"anything-but": 111111111111}]}"#], EVENT);
    assert_eq!((code, out.as_str()), (0, "-, event 1: match\n"));
    assert!(err.starts_with("notice: the pattern: line 1, column 14, /account/0: account-unquoted: "), "{err}");
    // The quota of another account.
    let long = json!({"id": ["x".repeat(3000)]}).to_string();
    assert_eq!(run_texts(&["match", &long], "{}").0, 2);
    assert_eq!(run_texts(&["match", &long, "--length", "4096"], "{}").0, 1);
}

#[test]
fn answers_keep_the_order_of_the_questions() {
    let questions = r#"{"id":1,"pattern":"{\"a\":[300]}","event":"{\"a\":3.0e2}"}
{"id":"two","pattern":"{\"a\":[1]}","event":"{\"a\":2,\"a\":1}"}

{"id":3,"pattern":"{\"a\":[1]}","event":"{}"}
{"id":4,"pattern":"{\"a\":1}","event":null}"#;
    let answers = r#"{"id":1,"match":true,"reason":null}
{"id":"two","match":true,"reason":null}
{"id":3,"match":false,"reason":null}
{"id":4,"match":"invalid-pattern","reason":"line 1, column 2, /a: \"a\" must be an object or an array: write the value in brackets: [1]"}
"#;
    assert_eq!(run_texts(&["match", "--jsonl"], questions), (0, answers.to_owned(), String::new()));
    let file = File::new("questions.jsonl", &format!("\u{feff}{questions}"));
    assert_eq!(run_texts(&["match", "--jsonl", file.name(), "-"], "").1, answers);
}

#[test]
fn an_invalid_line_is_answered_and_exits_with_2() {
    let (code, out, _) =
        run_texts(&["match", "--jsonl"], "tea\n{\"id\":2,\"pattern\":\"{\\\"a\\\":[1]}\",\"event\":null}\n");
    assert_eq!(code, 2);
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&answers[0]["match"], &answers[1]["match"]), (&json!(false), &json!(true)));
    assert!(answers[0]["reason"].as_str().unwrap().starts_with("not a question: expected {"), "{out}");
}

#[test]
fn a_line_is_answered_before_the_next_arrives() {
    let mut program = program(&["match", "--jsonl"]).spawn().unwrap();
    let mut stdin = program.stdin.take().unwrap();
    let mut stdout = BufReader::new(program.stdout.take().unwrap());
    for id in 0..3 {
        writeln!(stdin, r#"{{"id":{id},"pattern":"{{\"a\":[1]}}","event":"{{\"a\":1}}"}}"#).unwrap();
        stdin.flush().unwrap();
        let mut answer = String::new();
        stdout.read_line(&mut answer).unwrap();
        assert_eq!(answer, format!("{{\"id\":{id},\"match\":true,\"reason\":null}}\n"));
    }
    drop(stdin);
    assert_eq!(program.wait().unwrap().code(), Some(0));
}

#[test]
fn events_that_the_service_refuses_have_a_verdict() {
    let flag = "--test-event-pattern";
    let (code, out, _) = run_texts(&["match", r#"{"source": ["external"]}"#, flag], EVENT);
    let refusal = "TestEventPattern refuses an event without `id`, `detail-type`, `time`, `region`";
    assert_eq!((code, out), (2, format!("-, event 1: error: {refusal}\n")));
    let question = json!({"id": 1, "pattern": "{\"source\":[\"external\"]}", "event": EVENT}).to_string();
    let answer = json!({"id": 1, "match": "invalid-event", "reason": refusal});
    let (code, out, _) = run_texts(&["match", "--jsonl", flag], &question);
    assert_eq!((code, serde_json::from_str::<Value>(&out).unwrap()), (0, answer));

    let Some(outside) = outside_folder() else { return };
    let file = outside.join("cases/pattern/localstack-aws.jsonl");
    let (_, out, _) = run_texts(&["match", "--jsonl", flag, file.to_str().unwrap()], "");
    let cases = std::fs::read_to_string(&file).unwrap();
    for (case, answer) in cases.lines().zip(out.lines()) {
        let [case, answer]: [Value; 2] = [case, answer].map(|line| serde_json::from_str(line).unwrap());
        let valid = case["match"] == "valid-pattern" && answer["match"] == true;
        assert!(valid || case["match"] == answer["match"], "{case} {answer}");
    }
}

/// The verdicts of the program on outside suites equal those of the library.
#[test]
fn outside_suites_have_the_verdicts_of_the_library() {
    let Some(outside) = outside_folder() else { return };
    for (suite, otherwise) in [("localstack-aws", 1), ("event-ruler", 0), ("cfn-validate", 2)] {
        let file = outside.join("cases/pattern").join(suite).with_extension("jsonl");
        let (code, out, err) = run_texts(&["match", "--jsonl", file.to_str().unwrap()], "");
        assert_eq!((code, err.as_str()), (0, ""), "{suite}");
        let cases = std::fs::read_to_string(&file).unwrap();
        assert_eq!(out.lines().count(), cases.lines().count());
        let differs = cases.lines().zip(out.lines()).filter(|(case, answer)| {
            let case: Value = serde_json::from_str(case).unwrap();
            let answer: Value = serde_json::from_str(answer).unwrap();
            assert_eq!(answer["id"], case["id"]);
            let agrees = match case["match"].as_str() {
                Some("valid-pattern") => answer["match"] == true,
                Some("invalid-event") => answer["match"] == false && answer["reason"].is_string(),
                Some(_) | None => answer["match"] == case["match"],
            };
            !agrees
        });
        let differs = differs.count();
        println!("{suite}: {} of {} as expected", cases.lines().count() - differs, cases.lines().count());
        assert_eq!(differs, otherwise, "{suite}");
    }
}

#[test]
fn a_document_that_is_not_an_envelope_is_an_error() {
    let pattern = r#"{"detail-type": ["Order.Created"]}"#;
    for (document, found) in [
        (
            r#"{"Records": [{"messageId": "m", "body": "{\"type\": \"Order.Created\"}"}]}"#,
            "expected an event in its envelope, found the detail alone",
        ),
        (r#"{"Records": [{"messageId": "m"}]}"#, ""),
        (r#"{"Entries": [{"DetailType": "Order.Created"}]}"#, ""),
        (
            r#"{"id": "e", "type": "Order.Created", "timestamp": 1, "data": {}}"#,
            "expected an event in its envelope, found the detail alone",
        ),
        (r#"{"orderId": "o"}"#, "expected an event in its envelope, found an object with `orderId`"),
    ] {
        let (code, out, _) = run_texts(&["match", pattern], document);
        assert_eq!(code, 2, "{document}");
        assert!(out.starts_with(&format!("-, event 1: error: {found}")), "{out}");
    }
    // Batches and requests are taken apart.
    let event = json!({"detail-type": "Order.Created", "detail": {}}).to_string();
    let other = json!({"detail-type": "Order.Gone", "detail": {}}).to_string();
    let batch = json!({"Records": [{"messageId": "m", "body": event}, {"messageId": "n", "body": other}]}).to_string();
    let entries = json!([{"Source": "shop", "DetailType": "Order.Created", "Detail": "{}"}]).to_string();
    let both = "-, event 1: match\n-, event 2: no match\n1 of 2 events match\n";
    assert_eq!(run_texts(&["match", pattern], &batch), (1, both.to_owned(), String::new()));
    assert_eq!(run_texts(&["match", pattern], &entries), (0, "-, event 1: match\n".to_owned(), String::new()));
    // A filter of a pipe is about messages.
    let message = r#"{"messageId": "m", "body": {"a": 1}}"#;
    assert_eq!(run_texts(&["match", r#"{"body": {"a": [1]}}"#], message).0, 0);
}
