//! Chains of causes: the message of an error is complete, so no cause below it repeats a part of it.
//!
//! `anyhow`, `eyre` and log formats print an error and all of its sources. An error of this library whose message contains
//! that of its cause has the source of the cause as its own.

use std::error::Error;
use std::fmt;

use event_contract::audit::Summary;
use event_contract::catalog;
use event_contract::check::{Check, Consumer, Policy, ReportFormat, read_folder};
use event_contract::compat::Question;
use event_contract::contract;
use event_contract::fault::{Fault, FaultSite};
use event_contract::gateway::{Egress, Emitter, Gateway};
use event_contract::pattern::{Pattern, Settings};
use event_contract::publish::Bus;
use event_contract::record::{Files, Record};
use event_contract::routing::source::{Parameters, read};
use event_contract::routing::{EnvelopeConstraints, EventSet, TargetPath};
use event_contract::wire::{self, Delivery};
use event_contract::{Event, EventId, Payload, Reader, SubsystemName, Version};
use serde::{Deserialize, Serialize};
use serde_json::json;

const SHOP: SubsystemName = SubsystemName::from_static("shop");

/// An error of a user with a cause of its own.
#[derive(Debug)]
struct NoStock(std::num::ParseIntError);

impl fmt::Display for NoStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no stock of this article")
    }
}

impl Error for NoStock {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

fn no_stock() -> NoStock {
    NoStock("x".parse::<u8>().unwrap_err())
}

mod v1 {
    use super::{Deserialize, Payload, Serialize};

    #[derive(Debug, Serialize, Deserialize, Payload)]
    #[payload(internal, name = "stock-counted", version = 1)]
    pub(crate) struct StockCounted {
        pub(crate) count: f64,
    }
}

#[derive(Debug, Serialize, Deserialize, Payload)]
#[payload(internal, name = "stock-counted", version = 2, previous = v1::StockCounted)]
struct StockCounted {
    count: f64,
}

impl TryFrom<v1::StockCounted> for StockCounted {
    type Error = NoStock;

    fn try_from(_: v1::StockCounted) -> Result<Self, NoStock> {
        Err(no_stock())
    }
}

impl TryFrom<&StockCounted> for v1::StockCounted {
    type Error = NoStock;

    fn try_from(_: &StockCounted) -> Result<Self, NoStock> {
        Err(no_stock())
    }
}

#[derive(Debug, Serialize, Deserialize, Payload)]
#[payload(external, name = "Stock.Counted", version = 1)]
struct Shared {}

struct Share;

impl Egress for Share {
    type Internal = StockCounted;
    type External = Shared;
    type Error = NoStock;

    fn share(&self, _: &Event<StockCounted>, _: &mut Emitter<Shared>) -> Result<(), NoStock> {
        Err(no_stock())
    }
}

fn counted(count: f64) -> Event<StockCounted> {
    Event::new(StockCounted { count }, SHOP, "2026-11-22T10:43:01Z".parse().unwrap())
}

fn files(entries: &[(&str, &str)]) -> Files {
    entries.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

/// Returns an error of each kind, with the name of what was tried.
fn errors() -> Vec<(&'static str, Box<dyn Error>)> {
    let mut errors: Vec<(&'static str, Box<dyn Error>)> = Vec::new();
    let mut add = |name, error: Option<Box<dyn Error>>| errors.push((name, error.unwrap_or_else(|| panic!("{name}"))));
    macro_rules! fails {
        ($name:literal, $result:expr) => {
            add($name, $result.err().map(Into::into))
        };
    }
    let reader = Reader::<StockCounted>::default();
    let older: &[u8] = br#"{"type":"stock-counted","version":1,"data":{"count":1}}"#;
    fails!("no JSON", reader.read(b"{"));
    fails!("mismatch", reader.read(br#"{"type":"stock-counted","version":2,"data":{}}"#));
    fails!("assumed version", reader.read(br#"{"type":"stock-counted","data":{"count":"x"}}"#));
    fails!("upcast", reader.read(older));
    fails!("other type", reader.read(br#"{"type":"x","version":2,"data":{}}"#));
    fails!("no text", wire::deliveries(b"\xff"));
    fails!("route", wire::route(b"[]"));
    fails!("downcast", counted(1.0).downcast());
    fails!("entry", Bus::internal().source(SHOP).entry(&counted(f64::NAN)));
    fails!("fault", Fault::read(b"{}"));
    let site = FaultSite::new(SHOP, "f").unwrap();
    let fault = Fault::from_error(&no_stock(), older, &site, "2026-11-22T10:43:01Z".parse().unwrap());
    fails!("fault too large", fault.to_json_within(10));
    let gateway = Gateway::egress(SHOP).with(Share);
    fails!("transform", gateway.cross_event(&counted(1.0)));
    fails!("gateway reads", gateway.cross(&Delivery::new(older)));
    fails!("gateway wire", gateway.cross(&Delivery::new(b"{")));
    fails!("event id", EventId::new(""));
    fails!("version", Version::new(0));
    fails!("catalog", catalog![SHOP => [contract::order::OrderCreated, contract::order::OrderCreated]]);
    let shipped = contract::catalog().unwrap();
    fails!("record", Record::new(&shipped, &files(&[("index.json", "{")])));
    let today = "2026-11-22".parse().unwrap();
    let published = read_folder(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas")).unwrap();
    let none = Files::new();
    fails!("nothing published", Check::new(&shipped, &none, today).run());
    let invalid = Consumer::new("billing").reads_schema("Order.Created", json!({ "$ref": "#/$defs/none" }));
    fails!("invalid consumer", Check::new(&shipped, &published, today).consumers([invalid]).run());
    let mut broken = published.clone();
    broken.insert("external/Order.Created/v1.writer.json".to_owned(), b"{".to_vec());
    fails!("modified record", Check::new(&shipped, &broken, today).run());
    fails!("consumers", Consumer::read_all(&files(&[("billing/Order.Created.reader.json", "{")])));
    fails!("sample", Consumer::read_all(&files(&[("billing/Order.Created.reader.json", r#"{"id":"e"}"#)])));
    fails!("no folder", read_folder("no/such/folder"));
    fails!("policy", Policy::default().disable("no-such-rule"));
    fails!("format", "xml".parse::<ReportFormat>());
    let reference = json!({ "$ref": "#/$defs/none" });
    fails!("question", Question::new(&reference, &json!(true)).ask());
    let version = Version::FIRST;
    let set = EventSet::for_payload("A".parse().unwrap(), version, &reference, &EnvelopeConstraints::default());
    fails!("event set", set);
    fails!("path", "detail".parse::<TargetPath>());
    fails!("pattern", Pattern::parse(r#"{"a": 1}"#));
    fails!("event", Pattern::parse(r#"{"a": [1]}"#).unwrap().matches("{"));
    let template = [("template.yaml", "Resources:\n  Rule: [\n")];
    fails!("template", read(template, &Parameters::default(), &Settings::default()).into_rules());
    fails!("summary", Summary::from_json("{}"));
    errors
}

#[test]
fn no_cause_repeats_a_part_of_the_message_above_it() {
    for (name, error) in errors() {
        let mut messages = vec![error.to_string()];
        let mut next = error.source();
        while let Some(cause) = next {
            let text = cause.to_string();
            assert!(messages.iter().all(|message| !message.contains(&text)), "{name}: {messages:?} and {text:?}");
            messages.push(text);
            next = cause.source();
        }
    }
}

/// The chain goes on where the message of the library ends.
#[test]
fn causes_of_an_error_of_the_user_are_in_the_chain() {
    for name in ["upcast", "downcast", "transform"] {
        let (_, error) = errors().into_iter().find(|(found, _)| *found == name).unwrap();
        assert!(error.to_string().ends_with("no stock of this article"), "{error}");
        assert_eq!(error.source().unwrap().to_string(), "invalid digit found in string", "{name}");
    }
}

#[test]
fn errors_of_the_user_are_returned() {
    let error = Gateway::egress(SHOP).with(Share).cross_event(&counted(1.0)).unwrap_err();
    assert!(error.transform_error().unwrap().is::<NoStock>());
    let upcast = StockCounted::upcast(v1::StockCounted { count: 1.0 }).unwrap_err();
    assert!(upcast.cause().is::<NoStock>());
}

/// The version that was assumed explains the mismatches: the user looks for fields that another version has.
#[test]
fn an_assumed_version_is_part_of_the_error() {
    let read = |detail: &str| Reader::<contract::order::OrderCreated>::default().read(detail.as_bytes()).unwrap_err();
    let missing = read(r#"{"type":"Order.Created","data":{"placedAt":"2026-11-22T10:43:01Z"}}"#);
    assert!(missing.to_string().ends_with("; /version: no version, read as v1"), "{missing}");
    let newer = read(r#"{"type":"Order.Created","version":9,"data":{}}"#);
    assert!(newer.to_string().ends_with("; /version: v9 is newer than this reader, read as v3"), "{newer}");
    let untyped = read(r#"{"version":3,"data":{}}"#);
    assert!(untyped.to_string().contains("; /type: no type, read as Order.Created"), "{untyped}");
    let declared = read(r#"{"type":"Order.Created","version":3,"data":{}}"#);
    assert!(!declared.to_string().contains("read as"), "{declared}");
    // The error of the only event of a batch has them, too.
    let batch = read(r#"[{"type":"Order.Created","data":{}}]"#);
    assert_eq!(batch.observations().len(), missing.observations().len());
}
