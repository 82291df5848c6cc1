//! The suite, one file for each operator, and properties of random patterns and events.

use std::collections::BTreeSet;
use std::fs;

use eventbridge_pattern::{Pattern, PatternBuilder, RuleSet, Settings, lint};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Suite {
    matches: Vec<MatchCase>,
    rejected: Vec<RejectedCase>,
}

#[derive(Deserialize)]
struct MatchCase {
    pattern: Box<RawValue>,
    matching: Vec<Box<RawValue>>,
    other: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct RejectedCase {
    pattern: Box<RawValue>,
    pointer: String,
    reason: String,
}

/// Returns the JSON itself, or the JSON inside of a string, which keeps the spelling of numbers.
fn text(raw: &RawValue) -> String {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

/// Matches with all three matchers, which must agree.
fn matches(pattern: &Pattern, event: &str) -> bool {
    let matches = pattern.matches(event).unwrap();
    let set: RuleSet<()> = [((), pattern.clone())].into_iter().collect();
    assert_eq!(set.matches(event).unwrap().len(), usize::from(matches), "{pattern} as a set: {event}");
    let explanation = pattern.explain(event).unwrap();
    assert_eq!(explanation.matches(), matches, "{pattern} {event}: {explanation}");
    matches
}

#[test]
fn the_suite_passes() {
    let files = [
        "anything_but",
        "array",
        "cidr",
        "equals_ignore_case",
        "exists",
        "literal",
        "name",
        "numeric",
        "or",
        "prefix",
        "suffix",
        "wildcard",
    ];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite");
    let existing: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(existing, files.map(str::to_owned).into());
    for file in files {
        let suite = fs::read_to_string(format!("{folder}/{file}.json")).unwrap();
        let suite: Suite = serde_json::from_str(&suite).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut all: Vec<(String, Pattern)> = Vec::new();
        let mut events = BTreeSet::new();
        for MatchCase { pattern, matching, other } in suite.matches {
            let pattern = Pattern::parse(&text(&pattern)).unwrap_or_else(|error| panic!("{file}: {error}"));
            for (cases, expected) in [(&matching, true), (&other, false)] {
                for event in cases {
                    let event = text(event);
                    assert_eq!(matches(&pattern, &event), expected, "{file}: {pattern} {event}");
                    events.insert(event);
                }
            }
            all.push((pattern.to_string(), pattern));
        }
        let set: RuleSet<String> = all.iter().cloned().collect();
        for event in events {
            let expected: Vec<&String> =
                all.iter().filter(|(_, pattern)| pattern.matches(&event).unwrap()).map(|(text, _)| text).collect();
            assert_eq!(set.matches(&event).unwrap(), expected, "{file}: {event}");
        }
        for RejectedCase { pattern, pointer, reason } in suite.rejected {
            let pattern = text(&pattern);
            let error = Pattern::parse(&pattern).expect_err(&pattern);
            assert_eq!((error.pointer().as_str(), error.reason()), (&*pointer, &*reason), "{file}: {pattern}");
            assert!(!error.help().is_empty() && error.line() == 1 && error.column() <= pattern.len() + 1, "{error}");
        }
    }
}

#[test]
fn an_error_has_a_position_a_reason_and_a_correction() {
    let error = Pattern::parse("{\n  \"source\": [\"a\"],\n  \"détail\": {\"x\": [{\"cidr\": \"10.0.0.0/33\"}]}\n}")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 3, column 29, /détail/x/0/cidr: IPv4 mask bits must be < 32: write a block such as \"10.0.0.0/24\" (0 to 31 \
         bits) or \"2001:db8::/32\" (0 to 127 bits); for one address, a plain string"
    );
    let error = Pattern::parse(&format!("{{\"a\":[{:?}]}}", "x".repeat(2048))).unwrap_err();
    assert_eq!(error.reason(), "the pattern has 2058 characters, expected at most 2048");
}

fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just("a"), 4 => Just("b"), 2 => Just("c"), 1 => Just("a.b"), 1 => Just(""), 1 => Just("é")]
}

fn scalar() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "\"x\"",
        "\"y\"",
        "\"xy\"",
        "\"XY\"",
        "\"\"",
        "\"10.0.0.1\"",
        "\"10.0.0.01\"",
        "\"a00::1\"",
        "\"ß\"",
        "\"SS\"",
        "\"x\\u0079\"",
        "\"xyxy\"",
        "1",
        "1.0",
        "10e-1",
        "2",
        "-0",
        "0",
        "1.5",
        "9007199254740993",
        "1e400",
        "true",
        "false",
        "null",
    ])
}

fn matcher() -> impl Strategy<Value = String> {
    let operand = prop::sample::select(vec!["x", "y", "xy", "", "ß", "s", "10.", "1"]);
    prop_oneof![
        4 => scalar().prop_map(str::to_owned),
        1 => operand.clone().prop_map(|text| format!(r#"{{"prefix":"{text}"}}"#)),
        1 => operand.clone().prop_map(|text| format!(r#"{{"suffix":"{text}"}}"#)),
        1 => operand.clone().prop_map(|text| format!(r#"{{"equals-ignore-case":"{text}"}}"#)),
        1 => operand.clone().prop_map(|text| format!(r#"{{"prefix":{{"equals-ignore-case":"{text}"}}}}"#)),
        1 => operand.clone().prop_map(|text| format!(r#"{{"suffix":{{"equals-ignore-case":"{text}"}}}}"#)),
        1 => operand.clone().prop_map(|text| format!(r#"{{"anything-but":"{text}"}}"#)),
        1 => prop::sample::select(vec!["*", "x*", "*y", "*x*", "x*y", "*xy*", "x*x*y", "\\\\*"])
            .prop_map(|text| format!(r#"{{"wildcard":"{text}"}}"#)),
        1 => prop::sample::select(vec![r#"[">",0]"#, r#"["<=",1]"#, r#"["=",1]"#, r#"[">=",1,"<",2]"#])
            .prop_map(|range| format!(r#"{{"numeric":{range}}}"#)),
        1 => prop::sample::select(vec![r#"{"exists":true}"#, r#"{"exists":false}"#]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["10.0.0.0/8", "0.0.0.0/0", "a00::/16", "::/0"])
            .prop_map(|block| format!(r#"{{"cidr":"{block}"}}"#)),
        1 => prop::sample::select(vec![
            r#"["x","10.0.0.1"]"#, "[1,2]", r#"{"prefix":"x"}"#, r#"{"suffix":["y","s"]}"#, r#"{"equals-ignore-case":"xy"}"#,
            r#"{"wildcard":"*x*"}"#,
        ])
        .prop_map(|but| format!(r#"{{"anything-but":{but}}}"#)),
    ]
}

fn list() -> impl Strategy<Value = String> {
    prop::collection::vec(matcher(), 1..4).prop_map(|matches| format!("[{}]", matches.join(",")))
}

#[expect(clippy::needless_pass_by_value, reason = "it is mapped over")]
fn object(members: Vec<(impl AsRef<str>, String)>) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{}\":{value}", name.as_ref())).collect();
    format!("{{{}}}", members.join(","))
}

/// Texts of patterns, of which a few are invalid.
fn pattern() -> impl Strategy<Value = String> {
    let fields = prop::collection::vec((name(), list()), 1..4).prop_map(object);
    fields.prop_recursive(3, 12, 3, |inner| {
        let any = prop::collection::vec(inner.clone(), 2..4).prop_map(|all| ("$or", format!("[{}]", all.join(","))));
        let below = (name(), inner);
        let field = (name(), list());
        prop::collection::vec(prop_oneof![1 => any, 3 => below, 3 => field], 1..4).prop_map(object)
    })
}

fn event() -> impl Strategy<Value = String> {
    let value = scalar().prop_map(str::to_owned);
    let value = value.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[ {} ]", items.join(", "))),
            prop::collection::vec((name(), inner), 0..4).prop_map(object),
        ]
    });
    prop::collection::vec((name(), value), 0..5).prop_map(object)
}

/// Patterns on fields of objects in arrays, whose answer depends on the choice of elements.
fn array_pattern() -> impl Strategy<Value = String> {
    let some = prop::sample::select(vec![
        "[1]",
        "[2]",
        "[1,2]",
        r#"[{"exists":true}]"#,
        r#"[{"exists":false}]"#,
        r#"[1,{"exists":false}]"#,
        r#"[{"anything-but":1}]"#,
        r#"[{"numeric":[">",1]}]"#,
    ]);
    let path = prop::sample::select(vec!["a.x", "a.y", "a.b.x", "a.b.y", "a.b", "c.x", "a"]);
    prop::collection::vec((path, some.prop_map(str::to_owned)), 1..5).prop_map(object)
}

fn array_event() -> impl Strategy<Value = String> {
    let some = || prop::sample::select(vec!["1", "2", "[1,2]", "[]", "{}", "null"]).prop_map(str::to_owned);
    let member = |inner| (prop::sample::select(vec!["x", "y", "b"]), inner);
    let item = prop::collection::vec(member(some().boxed()), 0..3).prop_map(object);
    let items = prop::collection::vec(item, 0..3).prop_map(|items| format!("[{}]", items.join(",")));
    let inner = prop_oneof![2 => some(), 3 => items];
    let item = prop::collection::vec(member(inner.boxed()), 0..4).prop_map(object);
    let item = prop_oneof![5 => item, 1 => some()];
    let items = || prop::collection::vec(item.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(",")));
    (items(), items()).prop_map(|(a, c)| format!(r#"{{"a":{a},"c":{c}}}"#))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: proptest_cases(), ..ProptestConfig::default() })]

    /// The three matchers agree.
    #[test]
    fn patterns_sets_and_explanations_agree(
        (patterns, events) in prop_oneof![
            (prop::collection::vec(pattern(), 1..12), prop::collection::vec(event(), 1..6)).boxed(),
            (prop::collection::vec(array_pattern(), 1..12), prop::collection::vec(array_event(), 1..6)).boxed(),
        ],
    ) {
        let patterns: Vec<Pattern> = patterns.iter().filter_map(|text| Pattern::parse(text).ok()).collect();
        let set: RuleSet<usize> = patterns.iter().cloned().enumerate().collect();
        prop_assert_eq!(set.len(), patterns.len());
        for event in &events {
            let mut alone = Vec::new();
            for (number, pattern) in patterns.iter().enumerate() {
                if pattern.matches(event).unwrap() {
                    alone.push(number);
                }
                let explanation = pattern.explain(event).unwrap();
                let matches = alone.last() == Some(&number);
                prop_assert_eq!(explanation.matches(), matches, "{} {}: {}", pattern, event, explanation);
            }
            let together: Vec<usize> = set.matches(event).unwrap().into_iter().copied().collect();
            prop_assert_eq!(&together, &alone, "{}", event);
            // A `\u` escape might hide a field name, so it forces the whole event to be read.
            let comma = if event == "{}" { "" } else { "," };
            let whole = format!("{}{comma}\"z\":\"\\u007a\"}}", event.strip_suffix('}').unwrap());
            let read: Vec<usize> = set.matches(&whole).unwrap().into_iter().copied().collect();
            prop_assert_eq!(&read, &alone, "{}", whole);
            for (number, pattern) in patterns.iter().enumerate() {
                prop_assert_eq!(pattern.matches(&whole).unwrap(), alone.contains(&number), "{} {}", pattern, whole);
            }
            // If parsing loses nothing, the parsed event matches like its text.
            let value: Value = serde_json::from_str(event).unwrap_or_default();
            if serde_json::to_string(&value).unwrap().len() == event.replace(' ', "").len() {
                let parsed: Vec<usize> = set.matches(&value).unwrap().into_iter().copied().collect();
                prop_assert_eq!(parsed, alone);
            }
        }
    }

    #[test]
    fn rebuilt_patterns_match_the_same_events(text in pattern(), events in prop::collection::vec(event(), 1..4)) {
        if let Ok(pattern) = Pattern::parse(&text) {
            let builder = PatternBuilder::from(&pattern);
            let built = builder.build().unwrap();
            prop_assert_eq!(built.as_str(), builder.to_string());
            prop_assert_eq!(PatternBuilder::from(&built), builder);
            for event in &events {
                prop_assert_eq!(built.matches(event), pattern.matches(event));
            }
        }
    }

    #[test]
    fn nothing_panics(
        pattern in prop_oneof![pattern(), any::<String>()],
        event in prop_oneof![event().prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..60)],
        at in any::<prop::sample::Index>(),
        put in prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:\\0-.e \n".to_vec())],
    ) {
        let mut broken = event.clone();
        if !broken.is_empty() {
            let at = at.index(broken.len());
            broken[at] = put;
        }
        let mut text = pattern.clone();
        if let Some((at, _)) = text.char_indices().nth(at.index(text.len() + 1)) {
            text.insert(at, char::from(put));
        }
        for pattern in [&pattern, &text] {
            let findings = lint(pattern, &Settings::default());
            let Ok(pattern) = Pattern::parse(pattern) else {
                prop_assert_eq!(findings.len(), 1);
                continue;
            };
            let set: RuleSet<()> = [((), pattern.clone())].into_iter().collect();
            for event in [&event, &broken] {
                let all = set.matches(event).map(|rules| !rules.is_empty());
                prop_assert_eq!(&pattern.matches(event), &all);
                prop_assert_eq!(pattern.explain(event).map(|it| it.matches()), all);
            }
        }
    }
}

/// Events in which one byte is changed, most of which are no JSON.
fn broken_event() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => prop::sample::select(b"{}[]\",:\\01-.eu \n\x1f".to_vec()),
        1 => any::<u8>(),
    ];
    let change = (any::<prop::sample::Index>(), byte, any::<bool>());
    (prop_oneof![event(), array_event()], change).prop_map(|(event, (at, byte, replaces))| {
        let mut bytes = event.into_bytes();
        let at = at.index(bytes.len());
        bytes.splice(at..at + usize::from(replaces), [byte]);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: proptest_cases() * 4, ..ProptestConfig::default() })]

    /// Invalid JSON is refused whatever fields a pattern reads, and by every matcher.
    #[test]
    fn all_patterns_agree_on_what_is_not_json(
        patterns in prop::collection::vec(prop_oneof![pattern(), array_pattern()], 1..6),
        event in broken_event(),
    ) {
        let patterns: Vec<Pattern> = patterns.iter().filter_map(|text| Pattern::parse(text).ok()).collect();
        let set: RuleSet<usize> = patterns.iter().cloned().enumerate().collect();
        let text = String::from_utf8_lossy(&event);
        // `serde_json` reads neither half of a surrogate pair nor a number beyond a double here: only the syntax counts.
        let expected = serde_json::from_slice::<&RawValue>(&event).is_ok_and(|json| json.get().starts_with('{'));
        prop_assert_eq!(set.matches(&event).is_ok(), expected, "{:?}", text);
        for pattern in &patterns {
            prop_assert_eq!(pattern.matches(&event).map_err(|it| it.to_string()).is_ok(), expected, "{} {:?}", pattern, text);
            prop_assert_eq!(pattern.explain(&event).is_ok(), expected, "{} {:?}", pattern, text);
        }
    }
}

/// Returns the number of cases, from `PROPTEST_CASES` if it is set.
fn proptest_cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
}
