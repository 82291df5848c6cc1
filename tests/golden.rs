//! Golden events as their types write them.

use event_contract::record::Record;
use event_contract::{Event, Payload, SubsystemName, ValueType, catalog};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const POST: SubsystemName = SubsystemName::from_static("post");

#[derive(Serialize, Deserialize, JsonSchema, ValueType)]
#[serde(tag = "kind", content = "day")]
enum Due {
    Unknown,
    Day(String),
}

#[derive(Serialize, Deserialize, JsonSchema, Payload)]
#[payload(external, name = "Parcel.Announced", version = 1, key = parcel)]
struct ParcelAnnounced {
    parcel: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    due: Due,
}

#[test]
fn a_golden_event_may_lack_what_its_type_leaves_out() {
    let catalog = catalog![POST => [ParcelAnnounced]].unwrap();
    let path = |label: &str| format!("external/Parcel.Announced/v1.golden{label}.json");
    let announced = [("", None, Due::Unknown), (".full", Some("fragile".into()), Due::Day("2026-11-23".into()))];
    let files = announced.into_iter().map(|(label, note, due)| {
        let payload = ParcelAnnounced { parcel: "p-1".into(), note, due };
        let event = Event::new(payload, POST, "2026-11-22T10:43:01Z".parse().unwrap());
        (path(label), serde_json::to_vec(&event).unwrap())
    });
    let published = Record::new(&catalog, &files.collect()).unwrap().publish().unwrap();
    assert!(Record::new(&catalog, &published).unwrap().verify().is_empty());
}
