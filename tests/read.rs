//! Cases of the reader.

use chrono::{DateTime, Utc};
use event_contract::{
    Event, Open, Payload, ReadErrorKind, Readable, Reader, Severity, SubsystemName, Unrecognised, ValueType,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

const SHOP: SubsystemName = SubsystemName::from_static("shop");

mod v1 {
    use super::{Deserialize, Payload, Serialize};

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(external, name = "Thing.Sold", version = 1, key = id)]
    pub(super) struct ThingSold {
        pub(super) id: String,
        pub(super) price: f64,
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(external, name = "Thing.Sold", version = 2, previous = v1::ThingSold, key = id, time = sold_at)]
#[serde(rename_all = "camelCase")]
struct ThingSold {
    id: String,
    #[serde(alias = "priceInCents")]
    cents: u32,
    sold_at: Option<DateTime<Utc>>,
    colour: Open<Colour>,
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ValueType)]
struct Part {
    sku: String,
    count: u8,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ValueType)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Blue,
}

impl TryFrom<v1::ThingSold> for ThingSold {
    type Error = String;

    fn try_from(older: v1::ThingSold) -> Result<Self, String> {
        if older.price < 0.0 {
            return Err("a negative price".to_owned());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "test data")]
        let cents = (older.price * 100.0).round() as u32;
        Ok(Self { id: older.id, cents, sold_at: None, colour: Open::Known(Colour::Red), parts: Vec::new() })
    }
}

fn detail(data: &serde_json::Value) -> String {
    json!({"id": "e-1", "type": "Thing.Sold", "version": 2, "timestamp": 1_700_000_000_000_u64, "partitionKey": "t-1",
        "source": "shop", "data": data})
    .to_string()
}

fn whole() -> serde_json::Value {
    json!({"id": "t-1", "cents": 5, "soldAt": null, "colour": "blue", "parts": [{"sku": "a", "count": 1}]})
}

fn observed<E>(reading: &event_contract::Reading<'_, E>) -> Vec<String> {
    reading.observations().iter().map(|seen| format!("{}: {seen}", seen.severity())).collect()
}

fn errors(reader: &Reader<ThingSold>, bytes: &str) -> Vec<String> {
    let error = reader.read(bytes.as_bytes()).unwrap_err();
    assert_eq!(error.bytes(), bytes.as_bytes());
    assert!(matches!(error.kind(), ReadErrorKind::Mismatch { .. }), "{error}");
    error.mismatches().iter().map(ToString::to_string).collect()
}

#[test]
fn a_correct_event_is_read_without_observations() {
    let text = detail(&whole());
    let reading = Reader::<ThingSold>::default().read(text.as_bytes()).unwrap();
    assert_eq!(observed(&reading), [""; 0]);
    let event = reading.into_event();
    assert_eq!(event.id(), "e-1");
    assert_eq!(event.metadata().source.as_ref().unwrap(), "shop");
    assert_eq!(event.payload().cents, 5);
    assert_eq!(
        serde_json::to_string(&event).unwrap().parse::<serde_json::Value>().unwrap(),
        text.parse::<serde_json::Value>().unwrap()
    );
}

#[test]
fn each_tolerance_is_observed() {
    let text = detail(&json!({"id": "t-1", "priceInCents": 5.0, "colour": "green", "gift~/": {"x": [1]},
        "parts": [{"sku": "a", "count": 1, "weight": 1.50}]}));
    let text = text.replace("1.5}", "1.50}");
    let reading = Reader::<ThingSold>::default().read(text.as_bytes()).unwrap();
    let mut seen = observed(&reading);
    seen.sort();
    assert_eq!(
        seen,
        [
            "info: /data/gift~0~1: unknown field, kept",
            "info: /data/parts/0/weight: unknown field, kept",
            "info: /data/priceInCents: alias of `cents`",
            "info: /data/soldAt: missing, defaulted",
            "notice: /data/priceInCents: a number with a fraction of zero, read as an integer",
            "warning: /data/colour: unknown value, kept",
        ]
    );
    let written = serde_json::to_string(&reading.event().internal_detail()).unwrap();
    assert!(written.contains(r#""parts":[{"sku":"a","count":1,"weight":1.50}],"gift~/":{"x":[1]}}"#), "{written}");

    let reading = Reader::<ThingSold>::default().ignoring_unknown_fields().read(text.as_bytes()).unwrap();
    assert!(observed(&reading).contains(&"info: /data/gift~0~1: unknown field, ignored".to_owned()));
    assert!(!serde_json::to_string(&reading.event().internal_detail()).unwrap().contains("gift"));
}

#[test]
fn all_mismatches_are_reported_at_once() {
    let text = detail(&json!({"cents": "five", "soldAt": "yesterday", "colour": 7,
        "parts": [{"sku": 1, "count": 300}, {"count": -1}, []]}));
    let reader = Reader::<ThingSold>::default();
    let mut wrong = errors(&reader, &text);
    wrong.sort();
    assert_eq!(
        wrong,
        [
            "/data/cents: expected an integer from 0 to 4294967295, found a string",
            "/data/colour: expected a string, found a number",
            "/data/id: expected a value (the field is required), found nothing",
            "/data/parts/0/count: expected an integer from 0 to 255, found a number out of range",
            "/data/parts/0/sku: expected a string, found an integer",
            "/data/parts/1/count: expected an integer from 0 to 255, found a number out of range",
            "/data/parts/1/sku: expected a value (the field is required), found nothing",
            "/data/parts/2: expected an object, found an array",
            "/data/soldAt: expected an RFC 3339 date-time, found a string in another format",
        ]
    );
}

#[test]
fn several_types_are_read_into_an_enum() {
    #[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(internal, name = "thing-counted", version = 1)]
    struct ThingCounted {
        count: u32,
    }

    #[derive(Debug, Readable)]
    enum Incoming {
        Sold(Event<ThingSold>),
        Counted(Event<ThingCounted>),
        Other(Unrecognised),
    }

    let reader = Reader::<Incoming>::default();
    let now = "2026-11-22T10:43:01Z".parse().unwrap();
    let counted = serde_json::to_string(&Event::new(ThingCounted { count: 3 }, SHOP, now)).unwrap();
    let Incoming::Counted(event) = reader.read(counted.as_bytes()).unwrap().into_event() else { panic!() };
    assert_eq!(event.payload().count, 3);
    let Incoming::Sold(event) = reader.read(detail(&whole()).as_bytes()).unwrap().into_event() else { panic!() };
    assert_eq!(event.payload().cents, 5);
    let unknown = br#" {"type":"thing-lost","data":{}}"#;
    let Incoming::Other(other) = reader.read(unknown).unwrap().into_event() else { panic!() };
    assert_eq!((other.event_type.as_deref(), &*other.bytes), (Some("thing-lost"), &unknown[..]));
}

#[test]
fn older_and_newer_versions_are_read() {
    let reader = Reader::<ThingSold>::default();
    let text = r#"{"type":"Thing.Sold","id":"1","version":1,"timestamp":1700000000000,"data":{"id":"t","price":1.25}}"#;
    let reading = reader.read(text.as_bytes()).unwrap();
    assert_eq!(
        observed(&reading),
        ["info: /version: v1, upcast to v2", "notice: /partitionKey: missing, taken from the payload"]
    );
    assert_eq!(reading.event().payload().cents, 125);

    let refused = text.replace("1.25", "-1");
    assert_eq!(
        reader.read(refused.as_bytes()).unwrap_err().to_string(),
        "Thing.Sold v1 cannot be upcast to v2: a negative price"
    );

    let newer = detail(&whole()).replace("\"version\":2", "\"version\":7");
    let reading = reader.read(newer.as_bytes()).unwrap();
    assert_eq!(observed(&reading), ["warning: /version: v7 is newer than this reader, read as v2"]);
    let newer = text.replace("\"version\":1", "\"version\":3");
    let reading = reader.read(newer.as_bytes()).unwrap();
    assert_eq!(observed(&reading)[0], "warning: /version: v3 is newer than this reader, read as v1");
    assert_eq!(reading.observations()[0].severity(), Severity::Warning);
}

#[test]
fn buffered_fields_are_not_lost() {
    #[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(internal, name = "thing-seen", version = 1)]
    struct ThingSeen {
        #[serde(flatten)]
        place: Place,
        how: How,
        any: serde_json::Value,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Place {
        x: i32,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind")]
    enum How {
        Eye { glasses: bool },
    }
    let text = r#"{"id":"1","type":"thing-seen","version":1,"timestamp":1700000000000,"partitionKey":"p","data":{"x":1,"y":2,"how":{"kind":"Eye","glasses":true,"brand":"b"},"any":{"a":null}}}"#;
    let reading = Reader::<ThingSeen>::default().read(text.as_bytes()).unwrap();
    assert_eq!(
        observed(&reading),
        ["info: /data/y: unknown field, kept", "info: /data/how/brand: unknown field, kept"]
    );
    // Their position is not certain: they are written next to the payload, and the next reader finds them there.
    let written: serde_json::Value = serde_json::to_value(reading.event()).unwrap();
    assert_eq!(written["kept"], json!({"/data/how/brand": "b", "/data/y": 2}));
    let again = Reader::<ThingSeen>::default().read(written.to_string().as_bytes()).unwrap().into_event();
    assert_eq!(&again, reading.event());
}

/// A name that is unknown in an older version may be a field of the newer one.
#[test]
fn an_unknown_field_never_becomes_a_known_one() {
    mod old {
        use super::{Deserialize, Payload, Serialize};

        #[derive(Debug, Serialize, Deserialize, Payload)]
        #[payload(external, name = "Gift.Given", version = 1)]
        pub(super) struct GiftGiven {
            pub(super) to: String,
        }
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(external, name = "Gift.Given", version = 2, previous = old::GiftGiven, key = to)]
    struct GiftGiven {
        to: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        wrapped: Option<bool>,
    }

    impl From<old::GiftGiven> for GiftGiven {
        fn from(older: old::GiftGiven) -> Self {
            Self { to: older.to, wrapped: None }
        }
    }

    let reader = Reader::<GiftGiven>::default();
    for wrapped in ["true", "\"yes\""] {
        let text = format!(
            r#"{{"id":"1","type":"Gift.Given","version":1,"timestamp":1700000000000,"data":{{"to":"t","wrapped":{wrapped}}}}}"#
        );
        let event = reader.read(text.as_bytes()).unwrap().into_event();
        // The newer version has a field of this name, the older one does not.
        assert_eq!(event.partition_key(), "t");
        let relayed = serde_json::to_string(&event.internal_detail()).unwrap();
        assert!(
            relayed.ends_with(&format!(r#""data":{{"to":"t"}},"kept":{{"/data/wrapped":{wrapped}}}}}"#)),
            "{relayed}"
        );
        assert_eq!(reader.read(relayed.as_bytes()).unwrap().into_event(), event);
    }
}

/// A set writes its items in an order of its own.
#[test]
fn an_unknown_field_does_not_move_to_another_item() {
    use std::collections::BTreeSet;

    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    struct Item {
        sku: String,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(internal, name = "things-sorted", version = 1)]
    struct ThingsSorted {
        items: BTreeSet<Item>,
    }
    let text = r#"{"id":"1","type":"things-sorted","version":1,"timestamp":1700000000000,"partitionKey":"p","data":
        {"items":[{"sku":"z","of":"z"},{"sku":"b","of":"b"},{"sku":"a","of":"a"}]}}"#;
    let event = Reader::<ThingsSorted>::default().read(text.as_bytes()).unwrap().into_event();
    let written = serde_json::to_value(&event).unwrap();
    assert_eq!(written["data"]["items"], json!([{"sku": "a"}, {"sku": "b", "of": "b"}, {"sku": "z"}]));
    assert_eq!(written["kept"], json!({"/data/items/0/of": "z", "/data/items/2/of": "a"}));
}

/// An upcast relies on its older version: it never sees a placeholder value.
#[test]
fn placeholders_are_not_passed_to_upcasts() {
    mod old {
        use super::{Deserialize, Payload, Serialize};

        #[derive(Debug, Serialize, Deserialize, Payload)]
        #[payload(external, name = "Name.Given", version = 1)]
        pub(super) struct NameGiven {
            pub(super) name: String,
            pub(super) age: u8,
        }
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(external, name = "Name.Given", version = 2, previous = old::NameGiven)]
    struct NameGiven {
        initial: char,
        age: u8,
    }

    impl From<old::NameGiven> for NameGiven {
        fn from(older: old::NameGiven) -> Self {
            assert_ne!(older.age, 1, "the placeholder leaked");
            Self { initial: older.name.chars().next().expect("a name is never empty"), age: older.age }
        }
    }

    let reader = Reader::<NameGiven>::default().received_at(chrono::DateTime::UNIX_EPOCH);
    let text = r#"{"type":"Name.Given","version":1,"data":{"name":7,"age":"seven"}}"#;
    assert_eq!(reader.read(text.as_bytes()).unwrap_err().mismatches().len(), 2);
}

/// The error of a type about a value may contain the value.
#[test]
fn errors_do_not_contain_values() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    struct Card(String);
    impl TryFrom<String> for Card {
        type Error = String;
        fn try_from(number: String) -> Result<Self, String> {
            Err(format!("card {} is not valid", number.to_lowercase()))
        }
    }
    impl From<Card> for String {
        fn from(card: Card) -> Self {
            card.0
        }
    }
    impl Clone for Card {
        fn clone(&self) -> Self {
            Self(self.0.clone())
        }
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(internal, name = "card-used", version = 1)]
    struct CardUsed {
        card: Card,
    }
    let text = r#"{"id":"1","type":"card-used","version":1,"timestamp":1700000000000,"data":{"card":"SECRET-4111"}}"#;
    let error = Reader::<CardUsed>::default().read(text.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "/data/card: expected a valid value, found a string that its type rejects");
    assert!(!format!("{error:?}").contains("4111"));
}

#[test]
fn duplicate_names_in_a_map_are_observed() {
    #[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(internal, name = "labels-set", version = 1)]
    struct LabelsSet {
        labels: std::collections::BTreeMap<String, u8>,
    }
    let text = r#"{"id":"1","type":"labels-set","version":1,"timestamp":1700000000000,"partitionKey":"p","data":{"labels":{"a":1,"b":2,"a":3}}}"#;
    let reading = Reader::<LabelsSet>::default().read(text.as_bytes()).unwrap();
    assert_eq!(observed(&reading), ["warning: /data/labels/a: duplicate key, the last value was taken"]);
}

#[test]
fn tags_keep_their_spelling() {
    let tags = r#""tags":{"big":12345678901234567890123,"price":1.10,"huge":1e400}"#;
    let text = detail(&whole()).replacen("\"data\"", &format!("{tags},\"data\""), 1);
    let event = Reader::<ThingSold>::default().read(text.as_bytes()).unwrap().into_event();
    let written = serde_json::to_string(&event.internal_detail()).unwrap();
    assert!(written.contains(r#""tags":{"big":12345678901234567890123,"huge":1e400,"price":1.10}"#), "{written}");
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "weighed", version = 1)]
struct Weighed {
    single: f32,
    maybe: Option<f32>,
    all: Vec<f32>,
}

#[test]
fn a_number_out_of_range_is_a_mismatch() {
    let read = |data: &str| -> Result<Weighed, Vec<String>> {
        let detail = format!(r#"{{"type":"weighed","version":1,"timestamp":1795344181000,"data":{data}}}"#);
        match Reader::<Weighed>::default().read(detail.as_bytes()) {
            Ok(reading) => Ok(reading.event().payload().clone()),
            Err(error) => Err(error.mismatches().iter().map(ToString::to_string).collect()),
        }
    };
    let largest = read(r#"{"single":3.4028235e38,"maybe":-3.4028235e38,"all":[0]}"#).unwrap();
    assert_eq!(largest.single.to_bits(), f32::MAX.to_bits());
    assert_eq!(
        read(r#"{"single":1e300,"maybe":-1e39,"all":[1,3.5e38]}"#).unwrap_err(),
        ["single", "maybe", "all/1"].map(|at| format!("/data/{at}: expected a number, found a number out of range"))
    );
    // The exact reader gives the same result.
    assert_eq!(read(r#"{"single":1e300,"maybe":null,"all":[true]}"#).unwrap_err().len(), 2);
}

/// `serde_json` panics in the message of its error, if the key of such a map begins with a long character.
#[test]
fn keys_in_any_text_are_read_or_are_mismatches() {
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize, Payload)]
    #[payload(internal, name = "answers-counted", version = 1)]
    struct AnswersCounted {
        #[serde(default)]
        answers: BTreeMap<bool, u8>,
        #[serde(default)]
        ages: BTreeMap<i16, u8>,
        #[serde(default)]
        weights: BTreeMap<char, BTreeMap<u64, u8>>,
    }
    let read = |data: &str| {
        let detail = format!(r#"{{"id":"1","type":"answers-counted","version":1,"timestamp":0,"data":{data}}}"#);
        let mismatches = match Reader::<AnswersCounted>::default().read(detail.as_bytes()) {
            Ok(_) => Vec::new(),
            Err(error) => error.mismatches().iter().map(ToString::to_string).collect(),
        };
        // In an envelope, the payload is read while the envelope is.
        let envelope = format!(
            r#"{{"detail-type":"answers-counted","source":"s","time":"2026-11-22T10:43:01Z","id":"1","detail":{detail}}}"#
        );
        assert_eq!(
            Reader::<AnswersCounted>::default().read(envelope.as_bytes()).is_ok(),
            mismatches.is_empty(),
            "{data}"
        );
        mismatches
    };
    assert!(
        read(r#"{"answers":{"true":1,"false":2},"ages":{"-1":0},"weights":{"ü":{"18446744073709551615":1}}}"#)
            .is_empty()
    );
    for key in ["ü", "€", "😀", "tü", "t", "", "TRUE", "null", "\\u00fc", "\\ud83d\\ude00"] {
        assert_eq!(
            read(&format!(r#"{{"answers":{{"{key}":0}}}}"#)),
            ["/data/answers: expected a boolean, found a string"],
            "{key}"
        );
        assert_eq!(read(&format!(r#"{{"ages":{{"{key}":0}}}}"#)).len(), 1, "{key}");
    }
    assert_eq!(
        read(r#"{"ages":{"32768":0}}"#),
        ["/data/ages: expected an integer from -32768 to 32767, found a number out of range"]
    );
}
