//! Matching one event of 650 bytes, compared with the crate `quamina`. The rules use operators that both support.
//!
//! ```text
//! cargo bench -p event-contract-benches --bench pattern
//! ```
//!
//! Every bench asserts the answer that it times. `benches/README.md` lists results. To count instructions, run one case
//! alone with different values of `RUNS`: their difference excludes the setup.
//!
//! ```text
//! COUNT='one rule/event-contract' RUNS=1000 valgrind --tool=callgrind target/release/deps/pattern-…
//! ```

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use event_contract::pattern::{Pattern, RuleSet};
use quamina::Quamina;

/// An order in the envelope of the backbone.
const EVENT: &str = concat!(
    r#"{"version":"0","id":"bbfbc65f-8536-ee88-dc6a-45b85079b7d7","detail-type":"Order.Created","source":"order-service","#,
    r#""account":"123456789012","time":"2026-11-22T10:43:01Z","region":"eu-west-1","resources":[],"detail":{"#,
    r#""id":"01a2b3c4-d5e6-7f80-9a0b-1c2d3e4f5062","type":"Order.Created","version":3,"timestamp":1795344181000,"#,
    r#""partitionKey":"7c9e6679-7425-40de-944b-e07fc1f90ae7","tags":{"stage":"prd","owner":"me"},"data":{"#,
    r#""orderId":"7c9e6679","channel":"web","total":{"amount":17982,"currency":"EUR"},"lines":["#,
    r#"{"sku":"TEA-1","quantity":2,"options":[{"name":"gift","value":"red"}]},"#,
    r#"{"sku":"MUG-2","quantity":1,"options":[{"name":"size","value":"XL"}]}]}}}"#
);

/// Rules, and the number of them that match.
struct Case {
    name: &'static str,
    rules: Vec<String>,
    matched: usize,
}

/// Function that matches an event and returns the number of matching rules.
type Run = Box<dyn Fn(&[u8]) -> usize>;

fn cases() -> Vec<Case> {
    let case = |name, rules: &[&str], matched| {
        let rules = rules.iter().map(|rule| (*rule).to_owned()).collect();
        Case { name, rules, matched }
    };
    let exact = |count: usize| -> Vec<String> {
        (0..count)
            .map(|i| match i {
                0 => r#"{"source":["order-service"],"detail":{"type":["Order.Created"]}}"#.to_owned(),
                _ => format!(r#"{{"source":["service-{i}"],"detail":{{"type":["Order.Made.{i}"]}}}}"#),
            })
            .collect()
    };
    vec![
        case("one rule", &[r#"{"source":["order-service"],"detail":{"type":["Order.Created"]}}"#], 1),
        case("one rule, not matched", &[r#"{"source":["order-service"],"detail":{"type":["Order.Updated"]}}"#], 0),
        case("one rule, first member", &[r#"{"source":["order-service"]}"#], 1),
        Case { name: "1,000 exact rules", rules: exact(1_000), matched: 1 },
        Case { name: "10,000 exact rules", rules: exact(10_000), matched: 1 },
        // A field that is missing makes the scanner read the whole event.
        Case {
            name: "10,000 exact rules, a field missing",
            rules: exact(9_999).into_iter().chain([r#"{"detail":{"kind":["tea"]}}"#.to_owned()]).collect(),
            matched: 1,
        },
        case(
            "10 mixed rules",
            &[
                r#"{"source":["external"]}"#,
                r#"{"source":[{"anything-but":["external"]}],"detail":{"type":[{"anything-but":["fault"]}]}}"#,
                r#"{"account":[{"anything-but":["123456789012"]}]}"#,
                r#"{"source":[{"prefix":""}]}"#,
                r#"{"detail-type":[{"prefix":"Order."}]}"#,
                r#"{"detail":{"type":[{"suffix":".Updated"}]}}"#,
                r#"{"detail":{"data":{"total":{"amount":[{"numeric":[">",10000]}],"currency":["EUR","CHF"]}}}}"#,
                r#"{"detail":{"data":{"lines":{"sku":["MUG-2"],"quantity":[1]}}}}"#,
                r#"{"detail":{"tags":{"stage":["prd"]},"data":{"coupon":[{"exists":false}]}}}"#,
                r#"{"region":["us-east-1","us-west-2"]}"#,
            ],
            6,
        ),
        case("prefix", &[r#"{"detail":{"type":[{"prefix":"Order."}]}}"#], 1),
        case("suffix", &[r#"{"detail":{"type":[{"suffix":".Created"}]}}"#], 1),
        case("wildcard", &[r#"{"detail":{"partitionKey":[{"wildcard":"7c9e*-40de-*0ae7"}]}}"#], 1),
        case("numeric", &[r#"{"detail":{"data":{"total":{"amount":[{"numeric":[">",0,"<=",20000]}]}}}}"#], 1),
        case("anything-but", &[r#"{"detail":{"type":[{"anything-but":["fault","Order.Updated"]}]}}"#], 1),
        case(
            "nested lists",
            &[r#"{"detail":{"data":{"lines":{"sku":["MUG-2"],"options":{"name":["size"],"value":["XL"]}}}}}"#],
            1,
        ),
        Case {
            name: "1,000 prefixes",
            rules: (0..1_000).map(|i| format!(r#"{{"detail":{{"partitionKey":[{{"prefix":"{i:04x}"}}]}}}}"#)).collect(),
            matched: 0,
        },
        Case {
            name: "1,000 wildcards",
            rules: (0..1_000).map(|i| format!(r#"{{"detail":{{"type":[{{"wildcard":"*Order{i}.*"}}]}}}}"#)).collect(),
            matched: 0,
        },
    ]
}

fn main() {
    assert_eq!(EVENT.len(), 650);
    let count = std::env::var("COUNT").ok();
    let times = std::env::var("RUNS").ok().and_then(|runs| runs.parse::<u32>().ok()).unwrap_or_default();
    let mut criterion = Criterion::default().configure_from_args();
    for Case { name, rules, matched } in cases() {
        if count.as_ref().is_some_and(|count| !count.starts_with(&format!("{name}/"))) {
            continue;
        }
        let mut runs: Vec<(&str, Run)> = Vec::new();
        let patterns: Vec<Pattern> = rules.iter().map(|rule| Pattern::parse(rule).unwrap()).collect();
        if let [pattern] = patterns.as_slice() {
            let pattern = pattern.clone();
            runs.push(("event-contract", Box::new(move |event| usize::from(pattern.matches(event).unwrap()))));
        }
        let set: RuleSet<usize> = patterns.into_iter().enumerate().collect();
        runs.push(("event-contract, as a set", Box::new(move |event| set.matches(event).unwrap().len())));
        let mut other = Quamina::<usize>::new();
        for (key, rule) in rules.iter().enumerate() {
            other.add_pattern(key, rule).unwrap();
        }
        runs.push(("quamina", Box::new(move |event| other.matches_for_event(event).unwrap().len())));
        let mut group = criterion.benchmark_group(format!("pattern/{name}"));
        group.throughput(Throughput::Bytes(EVENT.len() as u64));
        for (library, run) in runs {
            assert_eq!(run(EVENT.as_bytes()), matched, "{name}, {library}");
            match &count {
                Some(count) => {
                    for _ in 0..if *count == format!("{name}/{library}") { times } else { 0 } {
                        black_box(run(black_box(EVENT.as_bytes())));
                    }
                }
                None => {
                    group.bench_function(BenchmarkId::from_parameter(library), |b| {
                        b.iter(|| run(black_box(EVENT.as_bytes())));
                    });
                }
            }
        }
        group.finish();
    }
    if count.is_none() {
        criterion.final_summary();
    }
}
