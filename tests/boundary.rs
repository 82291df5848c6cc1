//! Ways out: what leaves a subsystem with an external event, and what reaches a log.
//!
//! Every value that must stay inside contains [`INSIDE`], every value of a payload [`PAYLOAD`]. A way out is one line in
//! [`ways_out`] or [`logged`]; a new one belongs there.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::{Debug, Display};
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use event_contract::fault::{Fault, FaultSite, Partitioned};
use event_contract::gateway::{Egress, Emitter, Gateway, Ingress};
use event_contract::publish::{BatchPlan, Bus, SizeLimit};
use event_contract::{
    Cause, Event, Internal, Payload, Readable, Reader, Reading, SubsystemName, Unrecognised, ValueType, wire,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Part of every value that must not leave the subsystem.
const INSIDE: &str = "INSIDE";

/// Part of every value of a payload.
const PAYLOAD: &str = "PAYLOAD";

const POST: SubsystemName = SubsystemName::from_static("post");
const SHOP: SubsystemName = SubsystemName::from_static("shop");

mod v1 {
    use super::{Deserialize, Item, JsonSchema, Payload, Serialize};

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Payload)]
    #[payload(external, name = "Parcel.Sent", version = 1)]
    pub(super) struct ParcelSent {
        pub(super) parcel: String,
        pub(super) items: Vec<Item>,
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Payload)]
#[payload(external, name = "Parcel.Sent", version = 2, previous = v1::ParcelSent)]
struct ParcelSent {
    parcel: String,
    items: Vec<Item>,
    to: Option<Recipient>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, ValueType)]
struct Item {
    sku: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, ValueType)]
struct Recipient {
    city: String,
}

impl From<v1::ParcelSent> for ParcelSent {
    fn from(older: v1::ParcelSent) -> Self {
        Self { parcel: older.parcel, items: older.items, to: None }
    }
}

impl From<&ParcelSent> for v1::ParcelSent {
    fn from(newer: &ParcelSent) -> Self {
        Self { parcel: newer.parcel.clone(), items: newer.items.clone() }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "parcel-weighed", version = 1)]
struct ParcelWeighed {
    parcel: String,
}

#[derive(Debug, Readable)]
enum Incoming {
    Sent(Box<Event<ParcelSent>>),
    Other(Unrecognised),
}

struct TakeParcels;

impl Ingress for TakeParcels {
    type External = ParcelSent;
    type Internal = ParcelWeighed;
    type Error = Infallible;

    fn take_in(&self, event: &Event<ParcelSent>, into: &mut Emitter<ParcelWeighed>) -> Result<(), Infallible> {
        into.add(ParcelWeighed { parcel: event.payload().parcel.clone() });
        Ok(())
    }
}

/// Shares a parcel, and keeps what a log would show of the emitter.
struct ShareParcels;

static EMITTER: Mutex<String> = Mutex::new(String::new());

impl Egress for ShareParcels {
    type Internal = ParcelWeighed;
    type External = ParcelSent;
    type Error = Infallible;

    fn share(&self, event: &Event<ParcelWeighed>, out: &mut Emitter<ParcelSent>) -> Result<(), Infallible> {
        out.add(ParcelSent { parcel: event.payload().parcel.clone(), items: Vec::new(), to: None });
        *EMITTER.lock().unwrap() = format!("{out:?}");
        Ok(())
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-22T10:43:01Z".parse().unwrap()
}

fn inside() -> impl Strategy<Value = String> {
    ".{0,6}".prop_map(|text| format!("{INSIDE}{text}"))
}

/// A value that must stay inside, as deep as a field may be.
fn hidden() -> impl Strategy<Value = Value> {
    inside().prop_map(Value::from).prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..3).prop_map(Value::from),
            btree_map("[a-z]{1,4}", inner, 1..3).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Fields that no version knows.
fn fields() -> impl Strategy<Value = BTreeMap<String, Value>> {
    btree_map(inside(), hidden(), 0..3)
}

fn shown() -> impl Strategy<Value = String> {
    ".{0,6}".prop_map(|text| format!("{PAYLOAD}{text}"))
}

prop_compose! {
    /// An external event as it is delivered inside, in either version, with all that must not leave.
    fn delivered()(
        parcel in shown(), items in vec((shown(), fields()), 0..3), city in option::of((shown(), fields())),
        tags in btree_map("account|stage|[a-z]{1,5}", hidden(), 0..4), account in inside(), kept in fields(),
        in_payload in fields(), beside_payload in fields(), is_old in any::<bool>(),
    ) -> String {
        let with = |mut known: Map<String, Value>, more: BTreeMap<String, Value>| {
            known.extend(more);
            Value::Object(known)
        };
        let object = |value: Value| value.as_object().unwrap().clone();
        let items: Vec<_> = items.into_iter().map(|(sku, more)| with(object(json!({"sku": sku})), more)).collect();
        let mut data = object(json!({"parcel": parcel, "items": items}));
        if let Some((city, more)) = city.filter(|_| !is_old) {
            data.insert("to".into(), with(object(json!({"city": city})), more));
        }
        let mut detail = object(json!({
            "id": "e-1", "type": "Parcel.Sent", "version": if is_old { 1 } else { 2 }, "timestamp": 1_795_344_181_000_u64,
            "partitionKey": "k", "source": "post", "tags": tags, "data": with(data, in_payload),
        }));
        let kept: BTreeMap<String, Value> = kept.into_iter().map(|(name, value)| (format!("/data/{}", name.replace('~', "~0").replace('/', "~1")), value)).collect();
        if !kept.is_empty() {
            detail.insert("kept".into(), json!(kept));
        }
        json!({"detail-type": "Parcel.Sent", "source": "post", "account": account, "region": account,
            "resources": [account], "replay-name": account, "detail": with(detail, beside_payload)}).to_string()
    }
}

/// Returns everything that can leave a subsystem of an external event, each with its name.
fn ways_out(delivered: &str, event: &Event<ParcelSent>) -> Vec<(&'static str, String)> {
    let older = event.downcast().unwrap().event;
    let bus = Bus::external();
    let entry = bus.entry(event).unwrap();
    let crossed_in = Gateway::ingress(SHOP).with(TakeParcels).cross_event(event).unwrap().into_events().remove(0);
    let of_bytes = Gateway::ingress(SHOP).with(TakeParcels).cross_all(delivered.as_bytes()).crossed.remove(0).1;
    let followed = Cause::from_event(event, POST, "send").event(event.payload().clone());
    let plan = BatchPlan::new([entry.clone()], SizeLimit::MIB_1);
    let text = |value: serde_json::Result<String>| value.unwrap();
    let mut ways = vec![
        ("Serialize of the event", text(serde_json::to_string(event))),
        ("Serialize, pretty", text(serde_json::to_string_pretty(event))),
        ("Serialize to a value", serde_json::to_value(event).unwrap().to_string()),
        ("Serialize of a downcast", text(serde_json::to_string(&older))),
        ("Serialize of an event that follows", text(serde_json::to_string(&followed))),
        ("Serialize of the payload", text(serde_json::to_string(event.payload()))),
        ("entry", entry.to_json()),
        ("detail of an entry", entry.detail().to_owned()),
        ("marked entry", bus.clone().marked_external().entry(event).unwrap().to_json()),
        ("entry of a downcast", bus.entry(&older).unwrap().to_json()),
        ("batch", plan.into_parts().0.remove(0).to_json()),
        ("event that crosses inwards", crossed_in.detail().to_owned()),
        ("delivery that crosses inwards", of_bytes.events()[0].detail().to_owned()),
        ("entry that crosses inwards", Bus::internal().encoded_entry(&crossed_in).unwrap().to_json()),
        ("Debug of the event", format!("{event:?}")),
        ("Debug of an entry", format!("{entry:?}")),
    ];
    #[cfg(feature = "pattern")]
    ways.push(("entry for rules", format!("{:?}", event_contract::pattern::EventInput::from(&entry))));
    #[cfg(feature = "aws-sdk")]
    ways.push(("entry of the SDK", format!("{:?}", aws_sdk_eventbridge::types::PutEventsRequestEntry::from(&entry))));
    #[cfg(feature = "cloudevents")]
    ways.push(("CloudEvents", serde_json::to_string(&cloudevents::Event::try_from(event).unwrap()).unwrap()));
    #[cfg(feature = "schema")]
    {
        use event_contract::catalog::CatalogEvent;
        let catalog = event_contract::catalog![POST => [ParcelSent]].unwrap();
        let delivery = wire::Delivery::new(delivered.as_bytes());
        let reading = catalog.read_delivery(&delivery).unwrap();
        let CatalogEvent::Event(any) = reading.event() else { panic!("the catalog has the type") };
        ways.push(("event of a catalog", any.to_json().unwrap()));
        ways.push(("Debug of an event of a catalog", format!("{any:?}")));
    }
    ways
}

/// Returns what an internal event shares through a gateway.
fn shared(event: &Event<ParcelWeighed>) -> Vec<(&'static str, String)> {
    let gateway = Gateway::egress(POST).with(ShareParcels);
    let of_event = gateway.cross_event(event).unwrap().into_events().remove(0);
    let bytes = serde_json::to_vec(event).unwrap();
    let of_bytes = gateway.cross_all(&bytes).crossed.remove(0).1.into_events().remove(0);
    vec![
        ("shared event", of_event.detail().to_owned()),
        ("shared event, serialized", serde_json::to_string(&of_event).unwrap()),
        ("shared event of bytes", of_bytes.detail().to_owned()),
        ("entry of a shared event", Bus::external().encoded_entry(&of_event).unwrap().to_json()),
        ("shared event, read", serde_json::to_string(&of_event.read::<ParcelSent>().unwrap()).unwrap()),
    ]
}

fn read<P: Payload>(text: &str) -> Result<Reading<'_, Event<P>>, TestCaseError> {
    Reader::<P>::default().read(text.as_bytes()).map_err(|error| TestCaseError::fail(error.to_string()))
}

proptest! {
    /// Tags, unknown fields and the account stay inside, whichever way an external event is written or sent.
    #[test]
    fn external_events_leave_without_tags_unknown_fields_and_account(delivered in delivered()) {
        let event = read::<ParcelSent>(&delivered)?.into_event();
        for (way, text) in ways_out(&delivered, &event) {
            prop_assert!(!text.contains(INSIDE), "{}: {}", way, text);
        }
        // The shared form has no member that its own reader would have to tolerate.
        let written = serde_json::to_string(&event).unwrap();
        let again = read::<ParcelSent>(&written)?;
        prop_assert!(again.observations().is_empty(), "{:?}", again.observations());
        prop_assert_eq!(again.event().payload(), event.payload());
    }

    /// The internal form has everything, and gives the same event again.
    #[test]
    fn internal_details_lose_nothing(delivered in delivered()) {
        let event = read::<ParcelSent>(&delivered)?.into_event();
        let written = serde_json::to_string(&event.internal_detail()).unwrap();
        for (name, value) in event.metadata().tags.iter() {
            prop_assert!(written.contains(value.get()), "{} in {}", name, written);
        }
        for (at, value) in event.unknown_fields() {
            prop_assert!(written.contains(value.get()), "{} in {}", at, written);
        }
        #[cfg(feature = "schema")]
        {
            use event_contract::catalog::CatalogEvent;
            let catalog = event_contract::catalog![POST => [ParcelSent]].unwrap();
            let delivery = wire::Delivery::new(delivered.as_bytes());
            let reading = catalog.read_delivery(&delivery).unwrap();
            let CatalogEvent::Event(any) = reading.event() else { panic!("the catalog has the type") };
            prop_assert_eq!(&any.to_internal_json().unwrap(), &written);
        }
        prop_assert_eq!(read::<ParcelSent>(&written)?.into_event(), event);
    }

    /// Serializing an internal event keeps everything: it stays inside. What it shares through a gateway does not.
    #[test]
    fn internal_events_are_serialized_whole_and_shared_without(
        parcel in shown(),
        tags in btree_map("account|[a-z]{1,5}", inside(), 1..4),
        unknown in fields(),
    ) {
        let mut event = Event::new(ParcelWeighed { parcel }, POST, now());
        for (name, value) in tags {
            event = event.with_tag(name, value);
        }
        let mut detail = serde_json::to_value(&event).unwrap();
        detail["data"].as_object_mut().unwrap().extend(unknown);
        let text = detail.to_string();
        let event = read::<ParcelWeighed>(&text)?.into_event();
        prop_assert_eq!(serde_json::to_value(&event).unwrap(), detail.clone());
        prop_assert_eq!(serde_json::to_value(event.internal_detail()).unwrap(), detail);
        for (way, text) in shared(&event) {
            prop_assert!(!text.contains(INSIDE), "{}: {}", way, text);
        }
    }

    /// No value that has a payload in it shows it in a log.
    #[test]
    fn logs_show_no_payload(delivered in delivered()) {
        for (what, text) in logged(&delivered) {
            prop_assert!(!text.contains(PAYLOAD), "{}: {}", what, text);
        }
    }
}

/// Returns what a log shows of every value that holds a payload, or the bytes of one.
fn logged(delivered: &str) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let mut add = |what: &'static str, value: &dyn Debug| {
        lines.push((what, format!("{value:?}")));
        lines.push((what, format!("{value:#?}")));
    };
    let bytes = delivered.as_bytes();
    let reader = Reader::<ParcelSent>::default().with_values();
    let reading = reader.read(bytes).unwrap();
    add("Reading", &reading);
    add("Observation", &reading.observations());
    add("Event", reading.event());
    add("Option of an Event", &Some(reading.event()));
    add("Downcast", &reading.event().downcast().unwrap());
    add("Cause", &Cause::from_event(reading.event(), POST, "log"));
    add("results of a batch", &reader.read_all(bytes));
    let renamed = delivered.replace("Parcel.Sent", "Parcel.Lost");
    for text in [delivered, &renamed] {
        let incoming = Reader::<Incoming>::default().read(text.as_bytes()).unwrap();
        add("Readable enum", &incoming);
        match incoming.into_event() {
            Incoming::Sent(event) => assert_eq!(event.id(), "e-1"),
            Incoming::Other(other) => assert_eq!(other.bytes, renamed.as_bytes()),
        }
    }
    add("Delivery", &wire::deliveries(bytes).unwrap());
    let entry = Bus::external().entry(reading.event()).unwrap();
    add("Entry", &entry);
    add("BatchPlan", &BatchPlan::new([entry], SizeLimit::MIB_1));
    let gateway: Gateway<Internal> = Gateway::ingress(SHOP).with(TakeParcels);
    add("Crossing", &gateway.cross_event(reading.event()).unwrap());
    add("Crossings", &gateway.cross_all(bytes));
    let weighed = Event::new(ParcelWeighed { parcel: PAYLOAD.to_owned() }, POST, now());
    add("internal Event", &weighed);
    add("shared events", &Gateway::egress(POST).with(ShareParcels).cross_event(&weighed).unwrap());
    add("Emitter", &*EMITTER.lock().unwrap());

    let broken = delivered.replace(r#""items":"#, r#""parts":"#);
    let errors = reader.read_all(broken.as_bytes());
    add("ReadError", &errors);
    let site = FaultSite::new(POST, "listener").unwrap().with_pipeline("parcels").unwrap();
    let failed = gateway.cross_all(broken.as_bytes());
    add("GatewayError", &failed);
    let (_, failed) = &failed.failed[0];
    let fault = failed.to_fault(&site, now());
    add("Fault", &fault);
    add("Partitioned", &Partitioned::new(reader.read_all(broken.as_bytes()), &site, now()));
    let handling = Fault::from_error(&std::io::Error::other("no such parcel"), bytes, &site, now());
    add("Fault of a handler", &handling);
    let no_source = Bus::external().entry(&without_source()).unwrap_err();
    add("EntryError", &no_source);
    #[cfg(feature = "schema")]
    {
        let catalog = event_contract::catalog![POST => [ParcelSent]].unwrap();
        add("CatalogEvent", &catalog.read_delivery(&wire::Delivery::new(delivered.as_bytes())).unwrap());
    }
    let mut say = |what: &'static str, value: &dyn Display| lines.push((what, value.to_string()));
    for error in errors.iter().filter_map(|result| result.as_ref().err()) {
        say("ReadError, displayed", error);
    }
    say("GatewayError, displayed", failed);
    say("Fault, displayed", &fault);
    say("Fault of a handler, displayed", &handling);
    say("EntryError, displayed", &no_source);
    for seen in reading.observations() {
        say("Observation, displayed", seen);
    }
    lines
}

/// An event that no bus takes.
fn without_source() -> Event<ParcelSent> {
    let text = format!(
        r#"{{"id":"e-1","type":"Parcel.Sent","version":2,"timestamp":1795344181000,"partitionKey":"k",
        "data":{{"parcel":"{PAYLOAD}","items":[],"to":null}}}}"#
    );
    Reader::<ParcelSent>::default().read(text.as_bytes()).unwrap().into_event()
}
