//! No input panics: texts of foreign origin through every public parser and every command that reads them.
//!
//! Bounded: the inputs are enumerated, not random. A seed for each format is cut at every byte, and a character of one to
//! four bytes is put at every place, so that each index which a parser computes falls inside a character once.

#[path = "support/folder.rs"]
mod folder;

use std::fmt::Debug;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Output, Stdio};

use event_contract::audit::{Place, Summary};
use event_contract::catalog::Catalog;
use event_contract::check::{Check, Consumer, read_folder};
use event_contract::compat::{Draft, Question};
use event_contract::contract;
use event_contract::fault::Fault;
use event_contract::pattern::{Pattern, Settings, lint};
use event_contract::record::{Files, Record};
use event_contract::routing::source::{Parameters, read};
use event_contract::routing::{EnvelopeConstraints, EventSet, RuleReach, TargetPath};
use event_contract::wire::{Delivery, deliveries, route};
use event_contract::{EventId, EventType, PartitionKey, SubsystemName, Version};
use serde_json::{Value, json};

/// Characters of two, three and four bytes, and those with a meaning in some format.
const CHARACTERS: [&str; 9] = ["é", "€", "🦀", "\u{feff}", "\0", "\"", "\\", "{", "*"];

/// An event in its envelope.
const EVENT: &str = r#"{"version":"0","id":"b-1","detail-type":"Order.Created","source":"s","account":"123456789012","time":"2026-11-22T10:43:01Z","region":"eu-west-1","resources":[],"detail":{"id":"e-1","type":"Order.Created","version":3,"timestamp":1795344181000,"partitionKey":"k","tags":{"a":"COMPRESSEDH4sI"},"data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","x":-1.5e3}}}"#;

/// Returns the seed, its start up to every byte, and the seed with each character inserted at every place or replacing one.
fn mutations(seed: &str) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = (0..=seed.len()).map(|end| seed.as_bytes()[..end].to_vec()).collect();
    for (at, old) in seed.char_indices() {
        let (before, after) = seed.split_at(at);
        for new in CHARACTERS {
            all.push(format!("{before}{new}{after}").into_bytes());
            all.push(format!("{before}{new}{}", after.strip_prefix(old).unwrap_or_default()).into_bytes());
        }
        all.push([before.as_bytes(), b"\xf0\x9f", after.as_bytes()].concat());
    }
    all
}

/// Returns short texts that begin like a construct of some format, and go on with many characters of several bytes.
fn long_texts() -> Vec<String> {
    let starts = [
        "",
        "{",
        "[",
        "(",
        "\\",
        "\\p{",
        "\\u{",
        "a{2,",
        "$",
        "$.",
        "#/",
        "urn:",
        "%",
        "^",
        "*",
        "10.0.0.",
        "COMPRESSED",
        "2026-",
    ];
    let characters = ["é", "€", "🦀", "e\u{301}"];
    let starts = starts.iter().flat_map(|start| characters.iter().map(move |character| (start, character)));
    let lengths = [1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 100];
    starts.flat_map(|(start, character)| lengths.map(|length| format!("{start}{}", character.repeat(length)))).collect()
}

/// Calls a parser with each input, and names the input of a panic.
fn never_panics<I: Debug>(inputs: impl IntoIterator<Item = I>, parse: impl Fn(&I)) {
    for input in inputs {
        let parsed = catch_unwind(AssertUnwindSafe(|| parse(&input)));
        assert!(parsed.is_ok(), "panic on {input:?}");
    }
}

fn texts(seeds: &[&str]) -> impl Iterator<Item = String> {
    let mutated: Vec<_> = seeds.iter().flat_map(|seed| mutations(seed)).collect();
    long_texts().into_iter().chain(mutated.into_iter().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

#[test]
fn names_versions_and_paths_never_panic() {
    never_panics(texts(&["$.detail.items[0].sku[*]", "Order.Created", "v12", "/a~1b/0"]), |text| {
        let _ = text.parse::<TargetPath>();
        let _ = (EventType::new(text.clone()), EventId::new(text.clone()), PartitionKey::new(text.clone()));
        let _ = (SubsystemName::new(text.clone()), json_schema_core::percent_decode(text));
        let _ = json_document::Pointer::parse(text).segments().count();
        let _ = Delivery::from_kinesis_data(text);
    });
}

#[test]
fn json_texts_never_panic() {
    never_panics(texts(&[r#"{"a": [1, -2.5e+3, true, null, "\u00e9\ud83e\udd80\n"], "é": {}}"#]), |text| {
        let _ = json_document::text::parse(text);
        let _ = json_document::text::unescape(text);
        let _ = json_document::find_integer_beyond_i64(text);
        let _ = json_document::parse_members(text);
        let _ = json_document::text::number_end(text.as_bytes(), 0);
    });
}

#[test]
fn patterns_never_panic() {
    let seed = r#"{"a":["x",{"prefix":{"equals-ignore-case":"y"}}],"$or":[{"b":[{"wildcard":"a*\\*b"}]},{"c":[{"cidr":"10.0.0.0/8"},{"numeric":[">",1]}]}]}"#;
    never_panics(texts(&[seed]), |text| {
        let findings = lint(text, &Settings::default());
        assert!(findings.iter().all(|finding| finding.line > 0 && !finding.to_string().is_empty()));
        if let Ok(pattern) = Pattern::parse(text) {
            let _ = (pattern.matches(EVENT), pattern.explain(EVENT).map(|it| it.to_string()));
            let _ = pattern.conditions();
        }
    });
    let pattern =
        Pattern::parse(r#"{"detail":{"type":[{"wildcard":"O*d"}],"data":{"x":[{"numeric":["<",0]}]}}}"#).unwrap();
    never_panics(mutations(EVENT), |event| {
        let _ = (pattern.matches(event.as_slice()), pattern.explain(event.as_slice()).map(|it| it.to_string()));
    });
    // A text in the place of each String of a pattern.
    never_panics(long_texts(), |text| {
        for matcher in [
            json!(text),
            json!({ "prefix": text }),
            json!({ "wildcard": text }),
            json!({ "cidr": text }),
            json!({ "equals-ignore-case": text }),
            json!({ "anything-but": { "suffix": [text] } }),
        ] {
            if let Ok(pattern) = Pattern::parse(&json!({ "detail": { text: [matcher] } }).to_string()) {
                let _ = (pattern.matches(&json!({ "detail": { text: text } })), pattern.requirements(10));
            }
        }
    });
}

#[test]
fn deliveries_and_faults_never_panic() {
    let catalog = contract::catalog().unwrap();
    let fault = r#"{"id":"1","partitionKey":"2","type":"fault","timestamp":1600349040394,"uow":{"record":"é"},"err":{"name":"a","message":"b"}}"#;
    let queue = r#"{"Records":[{"messageId":"m","body":"{\"detail\":{}}","eventSource":"aws:sqs"}]}"#;
    let mut inputs: Vec<Vec<u8>> = [EVENT, fault, queue].iter().flat_map(|seed| mutations(seed)).collect();
    inputs.extend(long_texts().into_iter().map(String::into_bytes));
    never_panics(inputs, |bytes| {
        let _ = (route(bytes), deliveries(bytes).map(|all| all.len()), Fault::read(bytes));
        for error in catalog.read_all(bytes).into_iter().filter_map(Result::err) {
            let _ = error.to_string();
        }
        Summary::default().add_line(&catalog, Place { file: "a", line: 1 }, bytes);
    });
}

#[test]
fn schemas_never_panic() {
    never_panics(long_texts(), |text| {
        for schema in [
            json!({ "pattern": text }),
            json!({ "format": text }),
            json!({ "$ref": text }),
            json!({ "$id": text }),
            json!({ "$anchor": text }),
            json!({ "const": text }),
            json!({ "patternProperties": { text: false } }),
            json!({ "properties": { text: { "type": "string" } }, "required": [text] }),
            json!({ "type": text }),
            json!({ "$schema": text }),
            json!({ "maxLength": text }),
            json!({ "if": { "enum": [text] }, "then": false }),
        ] {
            for (writer, reader) in
                [(&schema, &json!({ "type": "string" })), (&json!(true), &schema), (&schema, &schema)]
            {
                let question = Question::new(writer, reader).budget(2_000).random_samples(2);
                let _ = question.ask().map(|verdict| format!("{verdict:?}")).map_err(|error| error.to_string());
            }
        }
        let files = Files::from([(format!("billing/{text}.reader.json"), text.clone().into_bytes())]);
        let _ = Consumer::read_all(&files);
    });
}

/// A catalog of one small type, and its record.
fn small_contract() -> (Catalog, Files) {
    const NAME: &str = "internal/order-progressed/v1";
    let catalog = event_contract::catalog![contract::ORDER_SERVICE => [contract::order::OrderProgressed]].unwrap();
    let mut files = read_folder(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas")).unwrap();
    files.retain(|path, _| path.starts_with(NAME) || path == "index.json");
    let mut index: Value = serde_json::from_slice(&files["index.json"]).unwrap();
    index["published"].as_object_mut().unwrap().retain(|name, _| name == NAME);
    files.insert("index.json".to_owned(), index.to_string().into_bytes());
    (catalog, files)
}

/// A panic in a check is caught, and reported with this text.
const CAUGHT: &str = "internal error, please report it";

/// Checks the small contract with a consumer's schema, and returns the report or the error.
fn check_consumer((catalog, files): &(Catalog, Files), schema: &Value) -> String {
    let consumer = Consumer::new("billing").reads_schema("order-progressed", schema.clone());
    let check = Check::new(catalog, files, "2026-11-22".parse().unwrap()).consumers([consumer]).budget(20_000);
    check.run().map_or_else(|error| error.to_string(), |report| report.to_string())
}

#[test]
fn schemas_of_consumers_never_panic() {
    let contract = small_contract();
    // A place for a text, in a property that the writer has.
    let schemas = |text: &str| {
        [
            json!({ "properties": { "orderId": { "pattern": text, "format": text } } }),
            json!({ "patternProperties": { text: { "type": "string" } }, "required": [text] }),
            json!({ "properties": { "status": { "$ref": text } }, "$id": text }),
        ]
    };
    for text in long_texts().into_iter().step_by(7) {
        for schema in schemas(&text) {
            let checked = catch_unwind(AssertUnwindSafe(|| check_consumer(&contract, &schema)));
            assert!(checked.is_ok_and(|report| !report.contains(CAUGHT)), "panic on {schema}");
        }
    }
}

/// The input of a panic of the past: a cut inside the last character.
#[test]
fn regular_expressions_never_panic_wherever_they_are_read() {
    let contract = small_contract();
    for text in ["{", "a{1", "a{1,", "[", "(?<", "\\p{", "\\u", "\\x", "\\c", "\\k<"]
        .map(|start| format!("{start}{}", "é".repeat(32)))
    {
        let texts = json!({ "type": "string", "pattern": text });
        let names = json!({ "type": "object", "patternProperties": { text.as_str(): { "type": "null" } } });
        let events = json!({ "type": "object", "properties": { "a": texts, "b": names } });
        never_panics([&texts, &names, &events], |schema| {
            for draft in [Draft::Draft4, Draft::Draft6, Draft::Draft7, Draft::Draft201909, Draft::Draft202012] {
                for (writer, reader) in [(*schema, &json!(true)), (&json!(true), *schema), (*schema, *schema)] {
                    let question = Question::new(writer, reader).draft(draft).assert_formats(true).budget(20_000);
                    let _ = question.ask().map(|verdict| format!("{verdict:?}"));
                    let _ = question.is_writer_unsatisfiable();
                }
            }
            assert!(!check_consumer(&contract, schema).contains(CAUGHT));
            let consumers = Files::from([("billing/A.reader.json".to_owned(), schema.to_string().into_bytes())]);
            let _ = Consumer::read_all(&consumers);
            let event_type = EventType::new("order-progressed").unwrap();
            if let Ok(set) = EventSet::for_payload(event_type, Version::FIRST, schema, &EnvelopeConstraints::default())
            {
                let pattern =
                    json!({ "detail": { "data": { "a": [{ "wildcard": format!("*{text}*").replace('\\', "") }] } } });
                let pattern = Pattern::parse(&pattern.to_string()).unwrap();
                let sets = [set];
                let reach = RuleReach::new("rule", &pattern, &sets);
                let _ = (reach.finding(), reach.part_findings(), reach.check_path("$.detail.data.a"));
            }
        });
    }
}

#[test]
fn files_of_a_record_never_panic() {
    let (catalog, files) = small_contract();
    for (path, contents) in &files {
        let text = String::from_utf8(contents.clone()).unwrap();
        let inputs: Vec<_> = mutations(&text).into_iter().step_by(text.len() + 1).collect();
        let texts = long_texts().into_iter().step_by(40).map(String::into_bytes);
        never_panics(inputs.into_iter().chain(texts), |bytes| {
            let mut changed = files.clone();
            changed.insert(path.clone(), bytes.clone());
            if let Ok(record) = Record::new(&catalog, &changed) {
                let _ = (record.verify(), record.find_violations(), record.notes().len(), record.publish().is_ok());
            }
            for (base, head) in [(&files, &changed), (&changed, &files)] {
                let check = Check::new(&catalog, base, "2026-11-22".parse().unwrap()).head_record(head);
                let report = check.run().map_or_else(|error| error.to_string(), |report| report.to_string());
                assert!(!report.contains(CAUGHT), "{report}");
            }
        });
    }
}

#[test]
fn rules_in_a_check_never_panic() {
    let (catalog, files) = small_contract();
    let patterns = long_texts().into_iter().step_by(9).flat_map(|text| {
        [
            json!({ "detail": { "data": { "orderId": [{ "wildcard": format!("*{text}*") }], text.as_str(): [text] } } }),
            json!({ "source": [{ "anything-but": { "prefix": text } }], "detail-type": [{ "suffix": text }, text] }),
        ]
    });
    let rules: Vec<_> = patterns
        .enumerate()
        .map(|(number, pattern)| {
            let target = json!({ "Id": "t", "InputPath": format!("$.detail{}", ["", ".é", "[é]", "['é"][number % 4]) });
            let properties = json!({ "EventPattern": pattern, "Targets": [target] });
            let rule = json!({ "Type": "AWS::Events::Rule", "Properties": properties });
            (format!("{number}.json"), json!({ "Resources": { "R": rule } }).to_string())
        })
        .collect();
    let rules = rules.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let deployment = read(rules, &Parameters::default(), &Settings::default());
    assert!(deployment.rules.len() > 50);
    let check = Check::new(&catalog, &files, "2026-11-22".parse().unwrap()).rules(deployment.rules);
    let report = check.run().unwrap().to_string();
    assert!(!report.contains(CAUGHT), "{report}");
}

#[test]
fn files_with_rules_never_panic() {
    let template = "Resources:\n  R: {Type: 'AWS::Events::Rule', Properties: {EventPattern: {source: [!Sub '${A}-x', &a b, *a]}}}\n";
    let serverless = "service: s\nprovider: {name: aws}\nfunctions: {f: {events: [{eventBridge: {pattern: {source: ['${self:a.b, ''c''}']}}}]}}\n";
    let plan = r#"{"format_version":"1","values":{"root_module":{"resources":[{"type":"aws_cloudwatch_event_rule","values":{"event_pattern":"{}"}}]}}}"#;
    let sam = r#"{"Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"E": {"Type": "EventBridgeRule", "Properties": {"Pattern": {"source": [{"Fn::Sub": ["${A}${B", {"A": "é"}]}, {"Fn::Join": ["-", ["a", {"Ref": "B"}]]}]}, "InputPath": "$.detail['a']"}}}}}}}"#;
    for (name, seed) in [
        ("t.yaml", template),
        ("sam.json", sam),
        ("serverless.yml", serverless),
        ("plan.json", plan),
        ("p.json", EVENT),
    ] {
        never_panics(texts(&[seed]), |text| {
            let deployment = read([(name, text.as_str())], &Parameters::default(), &Settings::default());
            let _ = deployment.errors.iter().map(ToString::to_string).count();
        });
    }
}

/// Returns the output of a command on lines of standard input.
fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_event-contract"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, input) = (program.stdin.take().unwrap(), input.to_vec());
    let writer = std::thread::spawn(move || {
        // A command may end before it has read everything.
        let _ = stdin.write_all(&input);
    });
    let output = program.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

#[test]
fn commands_never_panic_and_answer_every_line() {
    let texts: Vec<String> = long_texts().into_iter().step_by(3).collect();
    let questions: Vec<Value> = texts.iter().enumerate().map(|(id, text)| {
        json!({ "id": id, "writer": { "type": "string", "pattern": text }, "reader": { "pattern": text, "format": text }, "pattern": text, "event": text })
    }).collect();
    let mut lines: Vec<u8> = questions.iter().flat_map(|question| format!("{question}\n").into_bytes()).collect();
    lines.extend(b"\xff\xc3\n{\"id\":\"\xc3\"}\n");
    for arguments in [&["diff", "--jsonl", "--budget", "2000"][..], &["match", "--jsonl"]] {
        let output = run(arguments, &lines);
        let answers: Vec<Value> =
            String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(answers.len(), questions.len() + 2, "{arguments:?}");
        assert!(
            answers.iter().zip(&questions).all(|(answer, question)| answer["id"] == question["id"]),
            "{arguments:?}"
        );
    }
    let events = mutations(EVENT).into_iter().step_by(7).flat_map(|event| [event, b"\n".to_vec()].concat());
    let events: Vec<u8> = events.collect();
    for arguments in [
        &["read", "-"][..],
        &["audit", "-"],
        &["audit", "-", "--json"],
        &["match", r#"{"detail":{"type":[{"wildcard":"O*d"}]}}"#, "-", "--why"],
        &["rules", "-"],
    ] {
        for input in [&events, &lines] {
            let output = run(arguments, input);
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.code().is_some_and(|code| code < 4), "{arguments:?}: {errors}");
            assert!(!errors.contains("panicked"), "{arguments:?}: {errors}");
        }
    }
}

#[test]
fn inputs_of_a_check_never_panic() {
    let folder = folder::Folder::new("inputs");
    let config = "[severity]\nfield-dropped = \"off\"\n[[waiver]]\nfingerprint = \"ab\"\nreason = \"é\"\nexpires = 2026-12-31\n[[ignore]]\npath = \"/a~1é\"\nreason = \"b\"\n[envelope]\nsources = [\"é\"]\n";
    let schema = r##"{"$ref": "#/$defs/é%20", "$defs": {"é ": {"pattern": "{é"}}, "x-format-assertion": true}"##;
    let pattern = r#"{"source": [{"wildcard": "é*"}], "detail": {"é": [{"cidr": "10.0.0.0/8"}]}}"#;
    for (name, seed, arguments) in [
        ("event-contract.toml", config, &["--config", "event-contract.toml"][..]),
        ("consumers/billing/A.reader.json", schema, &["--consumers", "consumers"]),
        ("consumers/billing/A.reader.yaml", schema, &["--consumers", "consumers"]),
        ("infra/rule.json", pattern, &["--rules", "infra"]),
        ("schemas/index.json", r#"{"format": 1, "published": {"internal/é/v1": {"owner": "é", "files": {}}}}"#, &[]),
    ] {
        let all = mutations(seed);
        let step = all.len() / 40 + 1;
        for bytes in all.into_iter().step_by(step) {
            folder.write(name, "");
            std::fs::write(folder.0.join(name), &bytes).unwrap();
            // There is no record: the check ends when all inputs are read.
            let arguments =
                [&["check", "--dir", if name.starts_with("schemas") { "schemas" } else { "none/schemas" }], arguments];
            let output = Command::new(env!("CARGO_BIN_EXE_event-contract"))
                .args(arguments.concat())
                .current_dir(&folder.0)
                .output()
                .unwrap();
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{name}: {bytes:?}: {errors}");
            assert!(!errors.contains("panicked"), "{name}: {bytes:?}: {errors}");
        }
        let first = name.split('/').next().unwrap();
        let path = folder.0.join(first);
        if path.is_dir() { std::fs::remove_dir_all(path).unwrap() } else { std::fs::remove_file(path).unwrap() }
    }
}
