//! Questions on lines: `diff --jsonl`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

use serde_json::{Value, json};

use super::{jsonl, start, texts};

#[test]
fn an_invalid_line_does_not_stop_later_questions() {
    let lines = r##"{"id":"a","writer":{"type":"integer"},"reader":{"type":"number"}}

{"id":2,"draft":"7","writer":{"type":"number"},"reader":{"type":"integer"}}
tea
{"id":[3],"writer":true}
{"id":4,"draft":"3","writer":true,"reader":true}
   
{"id":5,"writer":{"$ref":"#/nowhere"},"reader":true}
{"writer":true,"reader":true}"##;
    let (code, answers) = jsonl(lines);
    let short: Vec<_> = answers.iter().map(|answer| (&answer["id"], answer["verdict"].as_str().unwrap())).collect();
    assert_eq!(
        short,
        [
            (&json!("a"), "contained"),
            (&json!(2), "broken"),
            (&Value::Null, "undecided"),
            (&json!([3]), "undecided"),
            (&json!(4), "undecided"),
            (&json!(5), "undecided"),
            (&Value::Null, "contained"),
        ]
    );
    assert_eq!(code, 2);
    assert!(answers[1]["witness"].as_f64().unwrap().fract() != 0.0);
    assert_eq!(answers[1]["findings"][0]["rule"], "type-narrowed");
    assert_eq!(answers[0].get("reason"), None);
    for (answer, reason) in [
        (&answers[2], "invalid question: expected ident at line 1 column 2"),
        (&answers[3], "invalid question: missing field `reader`"),
        (&answers[4], "unknown JSON Schema draft \"3\""),
        (&answers[5], "unresolved reference \"#/nowhere\""),
    ] {
        assert!(answer["reason"].as_str().unwrap().contains(reason), "{answer}");
    }
    assert_eq!(jsonl(""), (0, vec![]));
    assert_eq!(jsonl(lines.lines().next().unwrap()).0, 0);
}

#[test]
fn invalid_utf8_is_answered() {
    let mut program = start(&["diff", "--jsonl"], Path::new("."));
    program.stdin.take().unwrap().write_all(b"\xff\xfe\n{\"writer\":true,\"reader\":true}\r\n").unwrap();
    let (code, out, _) = texts(program.wait_with_output().unwrap());
    assert_eq!((code, out.lines().count()), (2, 2));
    assert_eq!(out.lines().last().unwrap(), r#"{"id":null,"verdict":"contained","findings":[]}"#);
}

/// Returns a question that takes long: every path through two unions is tried.
fn long(id: usize) -> String {
    let wide = |prefix: &str| -> Vec<Value> {
        (0..12)
            .map(|n| json!({"anyOf": [{"required": [format!("{prefix}{n}")]}, {"required": [format!("z{n}")]}]}))
            .collect()
    };
    let writer = json!({"type": "object", "allOf": wide("a"), "maxProperties": 14});
    json!({"id": id, "writer": writer, "reader": {"minProperties": 12}}).to_string()
}

#[test]
fn answers_keep_the_order_of_the_questions() {
    let short = |id: usize| json!({"id": id, "writer": {"minimum": id}, "reader": {"minimum": 0}}).to_string();
    let lines: Vec<_> = (0..60).map(|id| if id % 20 == 0 { long(id) } else { short(id) }).collect();
    let (_, answers) = jsonl(&lines.join("\n"));
    let ids: Vec<_> = answers.iter().map(|answer| answer["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, (0..60).collect::<Vec<_>>());
}

/// A caller that waits for an answer before its next question gets it.
#[test]
fn a_line_is_answered_before_the_next_arrives() {
    let mut program = start(&["diff", "--jsonl"], Path::new("."));
    let (mut questions, mut answers) = (program.stdin.take().unwrap(), BufReader::new(program.stdout.take().unwrap()));
    for id in 0..5 {
        writeln!(questions, "{}", json!({"id": id, "writer": true, "reader": true})).unwrap();
        let mut answer = String::new();
        answers.read_line(&mut answer).unwrap();
        assert_eq!(answer, format!("{{\"id\":{id},\"verdict\":\"contained\",\"findings\":[]}}\n"));
    }
    drop(questions);
    assert_eq!(program.wait().unwrap().code(), Some(0));
}

/// Input is not read ahead without bound while the answers are not consumed.
#[test]
fn unread_answers_stop_the_reading_of_questions() {
    let mut program = start(&["diff", "--jsonl"], Path::new("."));
    let mut questions = program.stdin.take().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let line = json!({"id": "x".repeat(50_000), "writer": true, "reader": true}).to_string();
        for number in 1..=2_000 {
            if writeln!(questions, "{line}").is_err() {
                return;
            }
            let _ = sender.send(number);
        }
    });
    let mut written = 0;
    while let Ok(number) = receiver.recv_timeout(std::time::Duration::from_secs(3)) {
        written = number;
    }
    assert!(written < 500, "{written} lines were taken");
    program.kill().unwrap();
    program.wait().unwrap();
}

#[test]
fn a_closed_pipe_keeps_the_exit_code() {
    let mut program = start(&["diff", "--jsonl"], Path::new("."));
    drop(program.stdout.take());
    let line = json!({"writer": true, "reader": {"type": "null"}});
    program.stdin.take().unwrap().write_all(format!("{line}\n").repeat(500).as_bytes()).unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(1));
}
