//! Laws that hold for every event of any shape, version and content.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use event_contract::{
    Event, EventId, Open, PartitionKey, Payload, Readable, Reader, Reading, SubsystemName, Unrecognised, ValueType,
    wire,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

mod v1 {
    use super::{Deserialize, Payload, Serialize, ValueType};

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(external, name = "Parcel.Sent", version = 1, key = id)]
    pub(super) struct ParcelSent {
        pub(super) id: String,
        pub(super) weight: i64,
        pub(super) address: Address,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ValueType)]
    pub(super) struct Address {
        pub(super) street: String,
    }
}

mod v2 {
    use super::{Deserialize, Payload, Serialize, v1};

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(external, name = "Parcel.Sent", version = 2, previous = v1::ParcelSent, key = id)]
    pub(super) struct ParcelSent {
        pub(super) id: String,
        pub(super) grams: i64,
        pub(super) street: String,
    }

    impl From<v1::ParcelSent> for ParcelSent {
        fn from(older: v1::ParcelSent) -> Self {
            Self { id: older.id, grams: older.weight.wrapping_mul(1000), street: older.address.street }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(external, name = "Parcel.Sent", version = 3, previous = v2::ParcelSent, key = id, entity = "parcel")]
#[serde(rename_all = "camelCase")]
struct ParcelSent {
    id: String,
    #[serde(alias = "weight_in_grams")]
    weight_in_grams_exactly: i64,
    street: Option<String>,
    carrier: Open<Carrier>,
    items: Vec<Item>,
    sent_at: Option<DateTime<Utc>>,
    labels: BTreeMap<String, String>,
    size: Size,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ValueType)]
struct Item {
    sku: String,
    count: u32,
    price: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ValueType)]
#[serde(rename_all = "lowercase")]
enum Carrier {
    Pigeon,
    Ship,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ValueType)]
enum Size {
    Letter,
    Box { width: u16, height: u16 },
    Tube(u16),
}

impl From<v2::ParcelSent> for ParcelSent {
    fn from(older: v2::ParcelSent) -> Self {
        Self {
            id: older.id,
            weight_in_grams_exactly: older.grams,
            street: Some(older.street),
            carrier: Open::Known(Carrier::Ship),
            items: Vec::new(),
            sent_at: None,
            labels: BTreeMap::new(),
            size: Size::Letter,
        }
    }
}

#[derive(Debug, Readable)]
enum Incoming {
    Sent(Box<Event<ParcelSent>>),
    Other(Unrecognised),
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{0,8}", any::<String>(), Just("COMPRESSED tea".to_owned()), Just("\"\\/~\u{1F980}".to_owned())]
}

fn name() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| {
        let text: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
        format!("n{}", text.trim())
    })
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    // Before 1973-03-03, a number would be read as seconds.
    (100_000_000_000_i64..4_000_000_000_000).prop_map(|ms| DateTime::from_timestamp_millis(ms).unwrap())
}

prop_compose! {
    fn item()(sku in text(), count in any::<u32>(), price in -1e9_f64..1e9) -> Item {
        Item { sku, count, price }
    }
}

prop_compose! {
    fn parcel()(
        id in text(),
        grams in any::<i64>(),
        street in proptest::option::of(text()),
        carrier in prop_oneof![
            Just(Open::Known(Carrier::Pigeon)),
            Just(Open::Known(Carrier::Ship)),
            "[A-Z]{1,8}".prop_map(Open::Unknown),
        ],
        items in vec(item(), 0..4),
        sent_at in proptest::option::of(time()),
        labels in btree_map(text(), text(), 0..3),
        size in prop_oneof![
            Just(Size::Letter),
            (any::<u16>(), any::<u16>()).prop_map(|(width, height)| Size::Box { width, height }),
            any::<u16>().prop_map(Size::Tube),
        ],
    ) -> ParcelSent {
        ParcelSent { id, weight_in_grams_exactly: grams, street, carrier, items, sent_at, labels, size }
    }
}

prop_compose! {
    fn event_of(payload: BoxedStrategy<ParcelSent>)(
        payload in payload,
        source in name(),
        time in time(),
        id in text().prop_filter("an id", |id| !id.is_empty()),
        key in proptest::option::of(name()),
        correlation in proptest::option::of(name()),
        tags in btree_map(name(), text(), 0..3),
    ) -> Event<ParcelSent> {
        let mut event = Event::new(payload, SubsystemName::new(source).unwrap(), time).with_id(EventId::new(id).unwrap());
        if let Some(key) = key {
            event = event.with_partition_key(PartitionKey::new(key).unwrap());
        }
        if let Some(id) = correlation {
            event = event.with_correlation_id(EventId::new(id).unwrap());
        }
        tags.into_iter().fold(event, |event, (name, value)| event.with_tag(name, value))
    }
}

fn event() -> impl Strategy<Value = Event<ParcelSent>> {
    event_of(parcel().boxed())
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e300_f64..1e300).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(text(), inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn envelope(detail: &Value) -> Value {
    json!({"version": "0", "id": "bbfbc65f", "detail-type": "Parcel.Sent", "source": "external", "account": "123456789012",
        "time": "2026-11-22T10:43:01Z", "region": "eu-west-1", "resources": ["arn:x"], "replay-name": "again", "detail": detail})
}

/// Returns the event in every shape that can hold all of it.
fn shapes(event: &Event<ParcelSent>) -> Vec<(&'static str, String)> {
    let detail = serde_json::to_value(event.internal_detail()).unwrap();
    let text = detail.to_string();
    let mut flat = detail.clone();
    let payload = flat.as_object_mut().unwrap().remove("data").unwrap();
    flat["parcel"] = payload.clone();
    let mut cloud_event = json!({"specversion": "1.0", "id": event.id(), "type": "Parcel.Sent", "time": event.time().to_rfc3339(),
        "source": event.metadata().source, "partitionkey": event.partition_key(), "dataversion": 3, "datacontenttype": "application/json",
        "data": payload, "tags": event.metadata().tags});
    if let Some(id) = &event.metadata().correlation_id {
        cloud_event["correlationid"] = json!(id);
    }
    let wrapped = json!({"specversion": "1.0", "id": "x", "type": "Parcel.Sent", "source": "y", "data": detail});
    let entry =
        json!({"Entries": [{"Source": "s", "DetailType": "Parcel.Sent", "Detail": text, "Time": 1_700_000_000}]});
    let message = json!({"messageId": "m", "body": envelope(&detail).to_string(), "attributes": {"SentTimestamp": "1520621625029"}});
    let record = json!({"eventID": "shard:1", "kinesis": {"data": STANDARD.encode(&text), "partitionKey": "k",
        "approximateArrivalTimestamp": 1_480_641_523.477_f64}});
    let mut shapes = vec![
        ("detail", text.clone()),
        ("envelope", envelope(&detail).to_string()),
        ("envelope, written out", serde_json::to_string_pretty(&envelope(&detail)).unwrap()),
        ("flat", flat.to_string()),
        ("flat in an envelope", envelope(&flat).to_string()),
        ("CloudEvents around a detail", wrapped.to_string()),
        ("CloudEvents batch", json!([wrapped]).to_string()),
        ("PutEvents", entry.to_string()),
        ("SQS message", message.to_string()),
        ("SQS batch", json!({"Records": [message]}).to_string()),
        ("Kinesis record", record.to_string()),
        ("Kinesis batch", json!({"Records": [record]}).to_string()),
        ("lake line", format!("{}\n", envelope(&detail))),
    ];
    // A CloudEvents document has no place for tags.
    if event.metadata().tags.iter().next().is_none() {
        cloud_event.as_object_mut().unwrap().remove("tags");
        shapes.push(("CloudEvents", cloud_event.to_string()));
    }
    shapes
}

/// Inserts `field` into the object that the path leads to. Returns the pointer to it, if there is such an object.
fn inject(value: &mut Value, way: &[prop::sample::Index], name: &str, field: &Value) -> Option<String> {
    // Objects with free names (labels, tags) and variants with contents cannot have an unknown field.
    fn children(value: &Value) -> Vec<String> {
        match value {
            Value::Object(map) => map
                .iter()
                .filter(|(name, value)| {
                    (value.is_object() || value.is_array())
                        && !["labels", "tags", "size", "unknown"].contains(&name.as_str())
                        && !name.starts_with("unknown")
                })
                .map(|(name, _)| name.clone())
                .collect(),
            Value::Array(items) => (0..items.len()).filter(|i| items[*i].is_object()).map(|i| i.to_string()).collect(),
            _ => Vec::new(),
        }
    }
    let mut at = String::new();
    let mut here = value;
    for step in way {
        let names = children(here);
        if names.is_empty() {
            break;
        }
        let name = step.get(&names).clone();
        at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        here = here.pointer_mut(&format!("/{}", name.replace('~', "~0").replace('/', "~1"))).unwrap();
    }
    let name = format!("unknown{name}");
    here.as_object_mut()?.insert(name.clone(), field.clone());
    Some(format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")))
}

fn unknown_fields<E>(reading: &Reading<'_, E>) -> Vec<String> {
    let mut seen: Vec<_> = reading
        .observations()
        .iter()
        .filter(|seen| matches!(seen.kind, event_contract::ObservationKind::UnknownField { .. }))
        .map(|seen| seen.pointer.to_string())
        .collect();
    seen.sort();
    seen
}

/// Writes the members of every object in another order.
fn shuffled(value: &Value, seed: &mut u64) -> String {
    match value {
        Value::Object(map) => {
            let mut members: Vec<_> = map.iter().collect();
            for i in (1..members.len()).rev() {
                *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let j = usize::try_from(*seed >> 33).unwrap() % (i + 1);
                members.swap(i, j);
            }
            let members: Vec<_> = members
                .into_iter()
                .map(|(name, value)| format!("{}: {}", json!(name), shuffled(value, seed)))
                .collect();
            format!("{{ {} }}", members.join(","))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| shuffled(item, seed)).collect();
            format!("[{}]", items.join(" , "))
        }
        scalar => scalar.to_string(),
    }
}

proptest! {
    #[test]
    fn written_events_are_read_in_every_shape(event in event()) {
        let reader = Reader::<ParcelSent>::default();
        for (shape, text) in shapes(&event) {
            let reading = reader.read(text.as_bytes()).map_err(|error| TestCaseError::fail(format!("{shape}: {error}")))?;
            let allowed = |seen: &str| seen.ends_with(": unknown value, kept")
                || shape != "detail" && shape != "envelope" && seen.contains("version") && shape.contains("flat")
                || (shape == "CloudEvents batch" || shape == "CloudEvents around a detail" || shape == "PutEvents") && seen.contains("otherwise");
            for seen in reading.observations() {
                prop_assert!(allowed(&seen.to_string()), "{}: {}", shape, seen);
            }
            prop_assert_eq!(reading.event(), &event, "{}", shape);
        }
    }

    #[test]
    fn member_order_is_irrelevant(event in event(), mut seed in any::<u64>()) {
        let detail = serde_json::to_value(event.internal_detail()).unwrap();
        let reader = Reader::<ParcelSent>::default();
        for text in [shuffled(&detail, &mut seed), shuffled(&envelope(&detail), &mut seed)] {
            let reading = reader.read(text.as_bytes()).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(reading.event(), &event);
        }
    }

    #[test]
    fn unknown_fields_are_kept_and_do_not_change_known_ones(
        event in event(),
        fields in vec((vec(any::<prop::sample::Index>(), 0..4), text(), any_json()), 1..6),
        seed in any::<u64>(),
    ) {
        let mut detail = serde_json::to_value(event.internal_detail()).unwrap();
        let mut injected = Vec::new();
        for (way, name, field) in &fields {
            injected.extend(inject(&mut detail, way, name, field));
        }
        injected.sort();
        injected.dedup();
        let reader = Reader::<ParcelSent>::default();
        // In order (single pass) and out of order (text pass).
        for text in [detail.to_string(), shuffled(&detail, &mut seed.clone())] {
            let reading = reader.read(text.as_bytes()).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(unknown_fields(&reading), injected.clone());
            let read = reading.into_event();
            let relayed = serde_json::to_value(read.internal_detail()).unwrap();
            prop_assert_eq!(&relayed, &detail);
            prop_assert_eq!(read.without_unknown_fields(), event.clone());

            let ignored = reader.clone().ignoring_unknown_fields().read(text.as_bytes()).unwrap();
            prop_assert_eq!(unknown_fields(&ignored), injected.clone());
            prop_assert_eq!(ignored.event(), &event);
        }
    }

    #[test]
    fn unknown_fields_survive_an_upcast_and_a_second_relay(
        id in text(), weight in -1000_i64..1000, street in text(),
        fields in vec((vec(any::<prop::sample::Index>(), 0..3), text(), any_json()), 0..6),
    ) {
        let older = v1::ParcelSent { id, weight, address: v1::Address { street } };
        let older = Event::new(older, SubsystemName::from_static("s"), "2026-11-22T10:43:01Z".parse().unwrap());
        let mut detail = serde_json::to_value(&older).unwrap();
        let mut injected = Vec::new();
        for (way, name, field) in &fields {
            injected.extend(inject(&mut detail, way, name, field));
        }
        injected.sort();
        injected.dedup();
        let expected: Map<String, Value> =
            injected.iter().map(|at| (at.clone(), detail.pointer(at).unwrap().clone())).collect();

        let reader = Reader::<ParcelSent>::default();
        let mut bytes = detail.to_string();
        for _ in 0..2 {
            let event = reader.read(bytes.as_bytes()).map_err(|error| TestCaseError::fail(error.to_string()))?.into_event();
            let kept: Map<String, Value> =
                event.unknown_fields().map(|(at, value)| (at.to_string(), value.get().parse().unwrap())).collect();
            prop_assert_eq!(&kept, &expected);
            let relayed = serde_json::to_value(event.internal_detail()).unwrap();
            for (at, value) in &expected {
                let found = relayed.pointer(at).or_else(|| relayed["kept"].get(at));
                prop_assert_eq!(found, Some(value), "{} in {}", at, &relayed);
            }
            bytes = relayed.to_string();
        }
    }

    #[test]
    fn upcasting_stepwise_equals_upcasting_at_once(id in text(), weight in any::<i64>(), street in text()) {
        let older = v1::ParcelSent { id, weight, address: v1::Address { street } };
        let older = Event::new(older, SubsystemName::from_static("s"), "2026-11-22T10:43:01Z".parse().unwrap());
        let bytes = serde_json::to_vec(&older).unwrap();
        let at_once = Reader::<ParcelSent>::default().read(&bytes).unwrap().into_event();
        let middle = Reader::<v2::ParcelSent>::default().read(&bytes).unwrap().into_event();
        let in_steps = Reader::<ParcelSent>::default().read(&serde_json::to_vec(&middle).unwrap()).unwrap().into_event();
        prop_assert_eq!(at_once, in_steps);
    }

    #[test]
    fn any_bytes_are_read_or_returned_in_the_error(bytes in vec(any::<u8>(), 0..200)) {
        never_panics(&bytes)?;
    }

    #[test]
    fn any_json_is_read_or_returned_in_the_error(value in any_json()) {
        never_panics(value.to_string().as_bytes())?;
    }

    #[test]
    fn damaged_events_are_read_or_returned_in_the_error(
        event in event(),
        shape in any::<prop::sample::Index>(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = shape.get(&shapes(&event)).1.clone().into_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        never_panics(&bytes)?;
    }

    #[test]
    fn events_with_any_value_anywhere_are_read_or_returned_in_the_error(
        event in event(),
        shape in 0..5_usize,
        way in vec(any::<prop::sample::Index>(), 1..5),
        value in any_json(),
    ) {
        let mut document: Value = shapes(&event)[shape].1.parse().unwrap();
        let mut here = &mut document;
        for step in way {
            let names: Vec<String> = match &*here {
                Value::Object(map) => map.keys().cloned().collect(),
                Value::Array(items) => (0..items.len()).map(|index| index.to_string()).collect(),
                _ => Vec::new(),
            };
            if names.is_empty() {
                break;
            }
            let name = step.get(&names).replace('~', "~0").replace('/', "~1");
            here = here.pointer_mut(&format!("/{name}")).unwrap();
        }
        *here = value;
        never_panics(document.to_string().as_bytes())?;
    }
}

fn never_panics(bytes: &[u8]) -> Result<(), TestCaseError> {
    let reader = Reader::<ParcelSent>::default().received_at(DateTime::UNIX_EPOCH).with_values();
    match reader.read(bytes) {
        Ok(reading) => {
            // A read event can be written and read again as an equal one.
            let event = reading.into_event();
            let again = serde_json::to_vec(&event.internal_detail()).unwrap();
            let again = reader.read(&again).map_err(|error| TestCaseError::fail(error.to_string()))?.into_event();
            prop_assert_eq!(again, event);
        }
        Err(error) => {
            prop_assert_eq!(error.bytes(), bytes);
            prop_assert!(!error.to_string().is_empty());
        }
    }
    if let Ok(reading) = Reader::<Incoming>::default().received_at(DateTime::UNIX_EPOCH).read(bytes) {
        match reading.into_event() {
            Incoming::Sent(event) => {
                let again = serde_json::to_vec(&event.internal_detail()).unwrap();
                prop_assert!(Reader::<ParcelSent>::default().read(&again).is_ok());
            }
            Incoming::Other(other) => prop_assert!(!other.bytes.is_empty()),
        }
    }
    for answer in reader.read_all(bytes) {
        if let Err(error) = answer {
            prop_assert!(!error.bytes().is_empty() || bytes.iter().all(u8::is_ascii_whitespace));
        }
    }
    let _ = wire::route(bytes);
    if let Ok(deliveries) = wire::deliveries(bytes) {
        for delivery in deliveries {
            let _ = delivery.shape();
        }
    }
    Ok(())
}
