//! The subcommand `diff`: two schemas as arguments, or one question per line.

#[path = "../support/folder.rs"]
mod folder;
mod lines;

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

use folder::Folder;

fn start(arguments: &[&str], folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_event-contract"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Returns exit code, standard output and standard error.
fn texts(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn run(arguments: &[&str], folder: &Path, stdin: &str) -> (i32, String, String) {
    let mut program = start(arguments, folder);
    let mut input = program.stdin.take().unwrap();
    let stdin = stdin.to_owned();
    // A program that has already failed does not read; one that answers must be read concurrently.
    let writer = std::thread::spawn(move || drop(input.write_all(stdin.as_bytes())));
    let output = program.wait_with_output().unwrap();
    writer.join().unwrap();
    texts(output)
}

fn jsonl(stdin: &str) -> (i32, Vec<Value>) {
    let (code, out, err) = run(&["diff", "--jsonl"], Path::new("."), stdin);
    assert_eq!(err, "");
    (code, out.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

impl Folder {
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        run(&[&["diff"], arguments].concat(), &self.0, "")
    }
}

const OLDER: &str =
    r#"{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"lines":{"items":{"type":"integer"}}}}"#;
const NEWER: &str = r#"{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","required":["id","at"],
    "properties":{"id":{"type":"string"},"lines":{"items":{"type":"integer","minimum":0}}}}"#;

#[test]
fn text_output_shows_each_cause_with_locations_and_a_witness() {
    let folder = Folder::with_files("person", &[("older.json", OLDER), ("newer.json", NEWER)]);
    let broken = "\
broken: newer.json rejects some documents of older.json
  draft of the writer: 2020-12, of the reader: 7; formats not asserted

  required-added at the root, where \"at\" is missing
    The reader requires a member that the writer may omit.
    writer: older.json#/required
    reader: newer.json#/required
    for example:
      {
        \"id\": \"\"
      }

  bound-tightened at /lines/0
    The writer may write a number beyond the reader's bounds.
    writer: older.json#/properties/lines/items/type
    reader: newer.json#/properties/lines/items/minimum
    for example:
      {
        \"id\": \"\",
        \"lines\": [
          -1
        ]
      }
";
    let contained = "\
contained: older.json accepts every document of newer.json
  draft of the writer: 7, of the reader: 2020-12; formats not asserted
";
    let ok = |code, out: &str| (code, out.to_owned(), String::new());
    assert_eq!(folder.run(&["older.json", "newer.json"]), ok(1, broken));
    assert_eq!(folder.run(&["older.json", "newer.json", "--direction", "forward"]), ok(0, contained));
    assert_eq!(folder.run(&["newer.json", "older.json"]), ok(0, contained));
    assert_eq!(
        folder.run(&["older.json", "newer.json", "--direction", "full"]),
        ok(1, &format!("{broken}{contained}"))
    );
}

#[test]
fn json_output_holds_the_same_causes() {
    let folder = Folder::with_files("program", &[("older.json", OLDER), ("newer.json", NEWER)]);
    let (code, out, _) = folder.run(&["older.json", "newer.json", "--direction", "full", "--json", "--formats"]);
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((code, answers.len()), (1, 2));
    assert_eq!(answers[0]["verdict"], "broken");
    assert_eq!(answers[0]["findings"][1]["rule"], "bound-tightened");
    assert_eq!(
        answers[1],
        json!({"direction": "forward", "writer": "newer.json", "reader": "older.json", "formats": true,
               "verdict": "contained", "findings": []})
    );
}

#[test]
fn flags_set_direction_and_draft() {
    let files = [
        ("text.json", r#"{"type":"string"}"#),
        ("date.json", r#"{"type":"string","format":"date"}"#),
        ("one.json", r#"{"enum":[1.0]}"#),
        ("integer.json", r#"{"type":"integer"}"#),
        ("money.json", r#"{"$ref":"http://a.test/money"}"#),
    ];
    let folder = Folder::with_files("flags", &files);
    let code = |arguments: &[&str]| folder.run(arguments).0;
    assert_eq!(code(&["text.json", "date.json"]), 0);
    assert_eq!(code(&["text.json", "date.json", "--formats"]), 1);
    assert_eq!(code(&["one.json", "integer.json"]), 0);
    assert_eq!(code(&["one.json", "integer.json", "--draft", "4"]), 1);
    assert_eq!(code(&["money.json", "integer.json"]), 2);
    assert_eq!(code(&["money.json", "integer.json", "--document", "http://a.test/money=integer.json"]), 0);
    let (broken, out, _) = folder.run(&["one.json", "money.json", "--document", "http://a.test/money=date.json"]);
    assert_eq!(broken, 1);
    assert!(out.contains("\n    reader: http://a.test/money#/type\n"), "{out}");
    let (code, out, err) = run(&["diff", "-", "integer.json"], &folder.0, r#"{"type":"number"}"#);
    assert_eq!((code, err.as_str()), (1, ""));
    assert!(out.starts_with("broken: integer.json rejects some documents of -\n"), "{out}");
}

#[test]
fn undecided_questions_exit_with_3_and_a_reason() {
    let files = [
        ("text.json", r#"{"type":"string","minLength":1}"#),
        ("behind.json", r#"{"pattern":"(?<=a)b"}"#),
        ("narrow.json", r#"{"type":"null"}"#),
        ("wide.json", r#"{"type":["string","null"]}"#),
    ];
    let folder = Folder::with_files("undecided", &files);
    let (code, out, err) = folder.run(&["text.json", "behind.json", "--budget", "2000"]);
    assert_eq!((code, err.as_str()), (3, ""));
    assert_eq!(
        out,
        "undecided: behind.json may reject some documents of text.json\n  \
         draft of the writer: 2020-12, of the reader: 2020-12; formats not asserted\n  \
         depends on pattern (?<=a)b, which is not decided here\n  \
         neither proof nor counterexample: treat it as broken\n"
    );
    let (code, out, _) = folder.run(&["text.json", "wide.json", "--budget", "1"]);
    assert_eq!(code, 3);
    assert!(out.ends_with("neither proof nor counterexample: treat it as broken, or raise --budget\n"), "{out}");
    let (code, out, _) = folder.run(&["text.json", "behind.json", "--json"]);
    assert_eq!(code, 3);
    assert!(out.contains(r#""reason":"depends on pattern (?<=a)b, which is not decided here""#), "{out}");
    // The worse of both directions counts: forward it is broken.
    let question = json!({"writer": {"type": "string", "minLength": 1}, "reader": {"pattern": "(?<=a)b"}});
    let broken = json!({"writer": true, "reader": {"type": "null"}});
    assert_eq!(jsonl(&format!("{question}\n")).0, 3);
    assert_eq!(jsonl(&format!("{question}\n{broken}\n{question}\n")).0, 1);
}

#[test]
fn invalid_input_exits_with_2_and_its_location() {
    let files = [
        ("good.json", "{}"),
        ("cut.json", "{\"type\":\n  \"string\""),
        ("kind.json", r#"{"type":"strin"}"#),
        ("draft.json", r#"{"$schema":"http://json-schema.org/draft-03/schema#"}"#),
        ("list.json", "[]"),
    ];
    let folder = Folder::with_files("unasked", &files);
    for (arguments, expected) in [
        (&["good.json", "none.json"][..], "error: cannot read none.json: No such file"),
        (
            &["good.json", "cut.json"],
            "error: cut.json: invalid JSON: EOF while parsing an object at line 2 column 10\n",
        ),
        (&["good.json", "kind.json"], "error: kind.json: the reader's schema is invalid: `type` must be a type name"),
        (&["good.json", "kind.json", "--direction", "forward"], "error: kind.json: the writer's schema is invalid"),
        (
            &["draft.json", "good.json"],
            "error: draft.json: the writer's schema is invalid: unknown JSON Schema draft \"http://json-schema.org/",
        ),
        (
            &["good.json", "list.json"],
            "error: list.json: the reader's schema is invalid: a JSON Schema must be an object",
        ),
        (&["good.json", "good.json", "--draft", "3"], "unknown JSON Schema draft \"3\": expected 4, 6, 7, 2019-09"),
        (&["good.json", "good.json", "--document", "tea"], "expected URI=FILE"),
        (&["good.json", "good.json", "--document", "http://a.test=cut.json"], "error: cut.json: invalid JSON"),
        (&["-", "-"], "error: standard input can be only one of the schemas"),
        (&["good.json"], "required arguments were not provided"),
        (&["--jsonl", "good.json"], "cannot be used with"),
        (&["--jsonl", "--json"], "cannot be used with"),
    ] {
        let (code, out, err) = folder.run(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert!(err.contains(expected), "{arguments:?}:\n{err}");
    }
}

/// Control characters in a schema must not reach the terminal.
#[test]
fn control_characters_of_schemas_are_escaped() {
    let files = [("a.json", r#"{"type":"object"}"#), ("b.json", "{\"required\":[\"\\u001b[2J\\u202e\"]}")];
    let folder = Folder::with_files("cursor", &files);
    let (code, out, _) = folder.run(&["a.json", "b.json"]);
    assert_eq!(code, 1);
    assert!(!out.contains(['\u{1b}', '\u{202e}']) && out.contains("is missing"), "{out}");
}

const API: &str = r##"
openapi: 3.0.3
info: {title: Parcels, version: 1.0.0}
paths: {}
components:
  schemas:
    Parcel:
      type: object
      required: [size]
      properties:
        size: {$ref: "#/components/schemas/Size"}
    Size: {type: integer, minimum: 1, exclusiveMinimum: true, nullable: true}
"##;

/// Documents that accept everything by the letter of JSON Schema, and that nobody wrote as a schema.
#[test]
fn documents_that_are_not_schemas_are_rejected_with_the_schemas_in_them() {
    let text = r#"{"type":"object","required":["size"]}"#;
    let glue = json!({"SchemaVersionId": "7", "SchemaDefinition": text, "DataFormat": "JSON"}).to_string();
    let confluent = json!({"subject": "parcel-value", "id": 3, "version": 1, "schema": text}).to_string();
    let events =
        json!({"components": {"messages": {"m": {"payload": {"type": "object"}}}}, "asyncapi": "2.6.0"}).to_string();
    let files = [
        ("any.json", "{}"),
        ("parcel.json", text),
        ("api.yaml", API),
        ("glue.json", &glue),
        ("confluent.json", &confluent),
        ("events.json", &events),
        ("event.json", r#"{"detail-type": "Parcel.Sent", "source": "shop", "detail": {"size": 1}}"#),
        ("sample.json", r#"{"parcel": "p-1", "size": {"value": 3}}"#),
        ("words.json", r#"{"Type": "object", "requierd": ["size"]}"#),
        ("members.json", r#"{"size": {"type": "integer"}, "note": {"type": "string"}}"#),
    ];
    let folder = Folder::with_files("not-a-schema", &files);
    for (file, kind, hint) in [
        ("api.yaml", "an OpenAPI document", "name a schema in it: api.yaml#/components/schemas/Parcel, api.yaml#/comp"),
        ("glue.json", "the answer of a schema registry", "name a schema in it: glue.json#/SchemaDefinition"),
        ("confluent.json", "the answer of a schema registry", "name a schema in it: confluent.json#/schema"),
        ("events.json", "an AsyncAPI document", "name a schema in it: events.json#/components/messages/m/payload"),
        ("event.json", "an event in its envelope", "only {} and true accept every document"),
        ("sample.json", "a sample document, without any keyword", "only {} and true accept every document"),
        ("words.json", "an object without any keyword; did you mean `type` by `Type`?", "only {} and true"),
        ("members.json", "the members of `properties`", "write {\"type\": \"object\", \"properties\": …}"),
    ] {
        for arguments in [[file, "any.json"], ["any.json", file]] {
            let (code, out, err) = folder.run(&arguments);
            assert_eq!((code, out.as_str()), (2, ""), "{file}");
            assert!(err.starts_with(&format!("error: {file}: not a JSON Schema: it looks like {kind}\n")), "{err}");
            assert!(err.contains(hint), "{err}");
        }
        let line = json!({"writer": true, "reader": serde_json::from_str::<Value>(&std::fs::read_to_string(folder.0.join(file)).unwrap()).unwrap_or(Value::Null)});
        if !line["reader"].is_null() {
            let (code, answers) = jsonl(&line.to_string());
            assert_eq!(code, 2);
            assert_eq!(answers[0]["reason"], format!("the reader's schema is not a JSON Schema: it looks like {kind}"));
        }
    }
    for place in ["glue.json#/SchemaDefinition", "confluent.json#/schema", "api.yaml#/components/schemas/Parcel"] {
        let (code, out, err) = folder.run(&[place, "parcel.json"]);
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        assert!(out.starts_with(&format!("contained: parcel.json accepts every document of {place}\n")), "{out}");
    }
    let (code, out, _) = folder.run(&["parcel.json", "api.yaml#/components/schemas/Parcel"]);
    assert_eq!(code, 1);
    assert!(out.contains("draft of the writer: 2020-12, of the reader: 4;"), "{out}");
    assert!(
        out.contains("\n  note: api.yaml#/components/schemas/Size/nullable: `nullable` is a keyword of OpenAPI 3.0"),
        "{out}"
    );
    assert!(out.contains("\n    reader: api.yaml#/components/schemas/Size/type\n"), "{out}");
    for (place, expected) in [
        (
            "api.yaml#/components/schemas/Order",
            "error: api.yaml#/components/schemas/Order: the file has nothing at this place",
        ),
        ("api.yaml#/components", "error: api.yaml#/components: not a JSON Schema: it looks like"),
        ("api.yaml#/info/title", "a JSON Schema must be an object or a boolean"),
    ] {
        let (code, _, err) = folder.run(&[place, "any.json"]);
        assert!(code == 2 && err.contains(expected), "{err}");
    }
}

#[test]
fn a_writer_that_no_document_satisfies_is_reported() {
    let closed = r##"{"allOf": [{"$ref": "#/$defs/base"}, {"required": ["size"]}],
        "$defs": {"base": {"properties": {"parcel": {}}, "additionalProperties": false}, "type": "object"}, "type": "object"}"##;
    let files = [("closed.json", closed), ("reader.json", r#"{"required": ["a", "b"]}"#)];
    let folder = Folder::with_files("unsatisfiable", &files);
    let (code, out, err) = folder.run(&["closed.json", "reader.json"]);
    assert_eq!((code, err.as_str()), (1, ""));
    assert_eq!(
        out,
        "contained: reader.json accepts every document of closed.json\n  \
         draft of the writer: 2020-12, of the reader: 2020-12; formats not asserted\n  \
         writer-unsatisfiable: no document is valid under closed.json, so that this proves nothing\n"
    );
    let (code, out, _) = folder.run(&["closed.json", "reader.json", "--json"]);
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (code, answer["verdict"].as_str(), answer["notes"][0]["rule"].as_str()),
        (1, Some("contained"), Some("writer-unsatisfiable"))
    );
    let (code, answers) = jsonl(r#"{"writer": false, "reader": true}"#);
    assert_eq!((code, answers[0]["notes"][0]["rule"].as_str()), (1, Some("writer-unsatisfiable")));
}

#[test]
fn keywords_without_effect_are_noted() {
    let files = [
        ("old.json", r#"{"properties": {"size": {"type": "integer", "nullable": true}}}"#),
        ("new.json", r#"{"properties": {"size": {"type": "integer"}}, "required": true, "minproperties": 1}"#),
    ];
    let folder = Folder::with_files("ineffective", &files);
    let (code, out, err) = folder.run(&["old.json", "new.json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let notes: Vec<_> = out.lines().filter_map(|line| line.strip_prefix("  note: ")).collect();
    assert_eq!(
        notes,
        [
            "old.json#/properties/size/nullable: `nullable` is a keyword of OpenAPI 3.0 and has no effect in JSON Schema: add \"null\" to `type`",
            "new.json#/minproperties: `minproperties` is not a keyword of draft 2020-12 and has no effect: did you mean `minProperties`?",
            "new.json#/required: `required` with a boolean has no effect since draft 4: list the name in `required` of the object",
        ]
    );
    let (_, out, _) = folder.run(&["old.json", "new.json", "--json"]);
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["notes"].as_array().unwrap().len(), 3);
    assert_eq!(answer["notes"][1]["schema"], "reader");
    assert_eq!(answer["notes"][1]["at"], "/minproperties");
}

/// A number is compared as it is spelled, in every kind of file: rounded, these two would be equal.
#[test]
fn no_digit_is_lost_in_any_kind_of_file() {
    const WRITTEN: &str = "18446744073709551617";
    const READ: &str = "18446744073709551616";
    let files = |constant: &str| {
        let schema = format!(r#"{{"const": {constant}}}"#);
        let text = Value::from(schema.as_str());
        [
            ("json", schema.clone(), ""),
            ("json", format!("\u{feff}{schema}"), ""),
            ("yaml", format!("const: {constant}\n"), ""),
            (
                "yaml",
                format!("components: {{schemas: {{A: {{const: {constant}}}}}}}\nopenapi: 3.1.0\n"),
                "#/components/schemas/A",
            ),
            ("json", format!(r#"{{"schemaType": "JSON", "schema": {text}}}"#), "#/schema"),
        ]
    };
    let folder = Folder::new("digits");
    let mut names = [Vec::new(), Vec::new()];
    for (names, constant) in names.iter_mut().zip([WRITTEN, READ]) {
        for (number, (extension, text, place)) in files(constant).into_iter().enumerate() {
            let name = format!("{constant}-{number}.{extension}");
            folder.write(&name, &text);
            names.push(format!("{name}{place}"));
        }
    }
    let [written, read] = names;
    for (writer, reader) in written.iter().flat_map(|writer| read.iter().map(move |reader| (writer, reader))) {
        let (code, out, error) = run(&["diff", writer, reader, "--json"], &folder.0, "");
        assert_eq!(code, 1, "{writer} {reader}: {out}{error}");
        assert!(
            out.contains(&format!(r#""witness":{WRITTEN},"confirmedBy":"own-validator""#)),
            "{writer} {reader}: {out}"
        );
    }
}
