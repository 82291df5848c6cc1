//! Gateways: shared events, private data that must not leak, and faults.

mod leak;

use std::collections::BTreeSet;

use chrono::DateTime;
use event_contract::contract::order::OrderProgressed;
use event_contract::contract::value::OrderId;
use event_contract::contract::{ORDER_SERVICE, delivery, order};
use event_contract::fault::{Fault, FaultSite};
use event_contract::gateway::{Egress, Emitter, Gateway, Ingress, Skipped};
use event_contract::publish::Bus;
use event_contract::{EncodedEvent, Event, External, Internal, Open, Payload, Reader, SubsystemName, wire};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::leak::PRIVATE;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(external, name = "Thing.Told", version = 1)]
struct ThingTold {
    count: u8,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "thing-heard", version = 1)]
struct ThingHeard {
    number: u8,
}

/// Emits the given number of events; 13 is an error and 14 a panic.
struct Hear;

impl Ingress for Hear {
    type External = ThingTold;
    type Internal = ThingHeard;
    type Error = std::io::Error;

    fn take_in(&self, event: &Event<ThingTold>, into: &mut Emitter<ThingHeard>) -> Result<(), Self::Error> {
        if event.payload().count == 13 {
            return Err(std::io::Error::other("bad luck"));
        }
        assert_ne!(event.payload().count, 14, "worse luck");
        (0..event.payload().count).for_each(|number| into.add(ThingHeard { number }));
        Ok(())
    }
}

const HERE: SubsystemName = SubsystemName::from_static("here");
const THERE: SubsystemName = SubsystemName::from_static("there");

fn thing_told(count: u8, source: SubsystemName) -> Event<ThingTold> {
    Event::new(ThingTold { count }, source, "2026-11-22T10:43:01Z".parse().unwrap())
}

#[test]
fn each_emitted_event_has_an_id_of_its_own() {
    let gateway = Gateway::ingress(HERE).with(Hear);
    for count in [0, 1, 5] {
        let event = thing_told(count, THERE);
        let crossing = gateway.cross_event(&event).unwrap();
        assert!(crossing.skipped().is_none());
        let ids: BTreeSet<_> = crossing.events().iter().map(|event| &event.metadata().id).collect();
        assert_eq!(ids.len(), usize::from(count));
        assert_eq!(gateway.cross_event(&event).unwrap().events(), crossing.events());
        let numbers: Vec<u8> =
            crossing.events().iter().map(|event| event.read::<ThingHeard>().unwrap().payload().number).collect();
        assert_eq!(numbers, (0..count).collect::<Vec<_>>());
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Payload)]
#[payload(internal, name = "thing-counted", version = 1)]
struct ThingCounted {
    count: u8,
}

/// Makes another type from the input of [`Hear`].
struct Count;

impl Ingress for Count {
    type External = ThingTold;
    type Internal = ThingCounted;
    type Error = std::convert::Infallible;

    fn take_in(&self, event: &Event<ThingTold>, into: &mut Emitter<ThingCounted>) -> Result<(), Self::Error> {
        into.add(ThingCounted { count: event.payload().count });
        Ok(())
    }
}

/// Ids of emitted events depend neither on other transforms nor on their order.
#[test]
fn ids_do_not_depend_on_other_transforms() {
    let event = thing_told(2, THERE);
    let ids = |gateway: Gateway<Internal>| {
        let events = gateway.cross_event(&event).unwrap().into_events();
        events
            .iter()
            .map(|event| (event.metadata().event_type.to_string(), event.metadata().id.clone()))
            .collect::<BTreeSet<_>>()
    };
    let one = ids(Gateway::ingress(HERE).with(Hear));
    let both = ids(Gateway::ingress(HERE).with(Hear).with(Count));
    assert_eq!((one.len(), both.len()), (2, 3));
    assert!(one.is_subset(&both));
    assert_eq!(both, ids(Gateway::ingress(HERE).with(Count).with(Hear)));
    let links = Gateway::ingress(HERE).with(Hear).with(Count).mappings().to_vec();
    assert_eq!(links.iter().map(|link| link.to.as_str()).collect::<Vec<_>>(), ["thing-heard", "thing-counted"]);
}

#[test]
#[should_panic = "the gateway already has a transform from `Thing.Told` to `thing-heard`: merge both, their events would get the same ids"]
fn a_second_transform_between_the_same_types_is_refused() {
    let _ = Gateway::ingress(HERE).with(Hear).with(Count).with(Hear);
}

/// An own event that comes back is a loop and not a fault, even in a version that is not readable here.
#[test]
fn own_events_are_recognised_without_being_read() {
    let gateway = Gateway::ingress(HERE).with(Hear).subsystem_account("111111111111");
    let unreadable = |source: &str, account: &str| {
        json!({"detail-type": "Thing.Told", "source": "external", "account": account, "detail":
            {"id": "1", "type": "Thing.Told", "version": 2, "timestamp": 1, "source": source, "data": {"sum": "many"}}})
        .to_string()
    };
    let without_source = |around: &str| {
        format!(
            r#"{{{around}"detail":{{"id":"1","type":"Thing.Told","version":9,"tags":{{"source":"here"}},"data":{{"new":1}}}}}}"#
        )
    };
    for own in [
        without_source(r#""detail-type":"Thing.Told","source":"external","#),
        r#"{"detail-type":"Thing.Told","source":"here","detail":{"id":"1","type":"Thing.Told","data":{"new":1}}}"#
            .into(),
        r#"{"id":"1","type":"Thing.Told","version":9,"source":"external","tags":{"source":"here"},"data":{}}"#.into(),
    ] {
        let crossings = gateway.cross_all(own.as_bytes());
        assert_eq!((crossings.own_events, crossings.failed.len()), (1, 0), "{own}");
    }
    for (source, account) in [("here", "222222222222"), ("there", "111111111111")] {
        let crossings = gateway.cross_all(unreadable(source, account).as_bytes());
        assert_eq!((crossings.own_events, crossings.failed.len()), (1, 0));
    }
    assert_eq!(gateway.cross_all(unreadable("there", "222222222222").as_bytes()).failed.len(), 1);
}

/// An own event is recognised by its account in any spelling, and by the source of `CloudEvents`, which may be a path.
#[test]
fn own_events_are_recognised_in_every_spelling() {
    let gateway = Gateway::ingress(HERE).with(Hear).subsystem_account("012345678901");
    let detail = |tags: Value| {
        json!({"id": "1", "type": "Thing.Told", "version": 1, "timestamp": 1_795_344_181_000_u64,
        "tags": tags, "data": {"count": 1}})
    };
    let envelope = |account: Value| {
        json!({"detail-type": "Thing.Told", "source": "external", "account": account,
        "detail": detail(json!({}))})
    };
    let cloud_event = |source: &str| {
        json!({"specversion": "1.0", "id": "1", "source": source, "type": "Thing.Told",
        "time": "2026-11-22T10:43:01Z", "data": {"count": 1}})
    };
    let own = [
        envelope(json!("012345678901")),
        envelope(json!(12_345_678_901_u64)),
        detail(json!({"account": "012345678901"})),
        cloud_event("here"),
        cloud_event("/here"),
    ];
    let others = [
        envelope(json!("112345678901")),
        envelope(json!(112_345_678_901_u64)),
        envelope(json!(-12_345_678_901_i64)),
        detail(json!({"account": "dev"})),
        cloud_event("/there"),
        cloud_event("/here/too"),
    ];
    let unreadable = |event: &Value| event.to_string().replace(r#""count":1"#, r#""count":"many""#);
    for event in &own {
        for text in [event.to_string(), unreadable(event)] {
            let crossings = gateway.cross_all(text.as_bytes());
            assert_eq!((crossings.own_events, crossings.failed.len()), (1, 0), "{text}");
        }
    }
    for event in &others {
        assert_eq!(gateway.cross_all(event.to_string().as_bytes()).crossed.len(), 1, "{event}");
        assert_eq!(gateway.cross_all(unreadable(event).as_bytes()).failed.len(), 1, "{event}");
    }
    assert_eq!(
        gateway.cross_event(&thing_told(1, THERE).with_tag("account", "012345678901")).unwrap().skipped(),
        Some(&Skipped::OwnEvent)
    );
}

/// A panic in a transform fails one event: the others cross, and the fault has its bytes.
#[test]
fn a_panic_fails_one_event() {
    let gateway = Gateway::ingress(HERE).with(Count).with(Hear);
    let lines = [1, 14, 2].map(|count| serde_json::to_string(&thing_told(count, THERE)).unwrap());
    let crossings = gateway.cross_all(lines.join("\n").as_bytes());
    let crossed: Vec<_> = crossings.crossed.iter().map(|(index, crossing)| (*index, crossing.events().len())).collect();
    assert_eq!(crossed, [(0, 2), (2, 3)]);
    let (index, error) = &crossings.failed[0];
    assert_eq!((*index, error.bytes()), (1, lines[1].as_bytes()));
    let message = "cannot transform Thing.Told: the transform panicked: ";
    assert!(error.to_string().starts_with(message) && error.to_string().contains("worse luck"), "{error}");
    let fault = error.to_fault(
        &FaultSite::new(HERE, "f").unwrap().with_pipeline("p").unwrap(),
        "2026-11-22T10:43:01Z".parse().unwrap(),
    );
    assert_eq!((fault.name(), fault.resubmit()), ("HandlingError", Some(lines[1].as_bytes())));
    assert_eq!(gateway.cross_event(&thing_told(14, THERE)).unwrap_err().to_string(), error.to_string());
}

/// A transform that emits NaN fails: it would be published as `null`, and refused by the reader.
#[test]
fn a_number_without_a_json_text_fails_the_transform() {
    #[derive(Debug, Serialize, Deserialize, Payload)]
    #[payload(internal, name = "thing-weighed", version = 1)]
    struct ThingWeighed {
        weight: f64,
    }
    struct Weigh;
    impl Ingress for Weigh {
        type External = ThingTold;
        type Internal = ThingWeighed;
        type Error = std::convert::Infallible;

        fn take_in(&self, event: &Event<ThingTold>, into: &mut Emitter<ThingWeighed>) -> Result<(), Self::Error> {
            into.add(ThingWeighed { weight: 1.0 / f64::from(event.payload().count) });
            Ok(())
        }
    }
    let gateway = Gateway::ingress(HERE).with(Weigh);
    assert_eq!(gateway.cross_event(&thing_told(2, THERE)).unwrap().events().len(), 1);
    let error = gateway.cross_event(&thing_told(0, THERE)).unwrap_err().to_string();
    assert!(error.contains("/data/weight is NaN or infinite"), "{error}");
}

/// A batch in a message is split, and failed events keep the metadata of their message.
#[test]
fn batches_in_messages_are_split() {
    let gateway = Gateway::ingress(HERE).with(Hear);
    let nameless = |count: u8| json!({"type": "Thing.Told", "data": {"count": count}}).to_string();
    let attributes = json!({"SentTimestamp": "1795344181000"});
    let message =
        json!({"Records": [{"messageId": "m-1", "attributes": attributes, "body": nameless(13)}]}).to_string();
    let crossings = gateway.cross_all(message.as_bytes());
    let site = FaultSite::new(HERE, "here-listener").unwrap().with_pipeline("listen").unwrap();
    let fault = crossings.failed[0].1.to_fault(&site, "2026-11-22T10:43:01Z".parse().unwrap());
    let again = wire::deliveries(fault.to_invocation().unwrap().as_bytes()).unwrap().len();
    let event = Reader::<ThingTold>::default().read(fault.to_invocation().unwrap().as_bytes()).unwrap().into_event();
    assert_eq!((again, event.id().as_str(), event.time().timestamp_millis()), (1, "m-1", 1_795_344_181_000));

    let inner =
        json!({"Records": [{"messageId": "m-2", "body": nameless(1)}, {"messageId": "m-3", "body": nameless(2)}]});
    let outer =
        json!({"Records": [{"messageId": "m-4", "attributes": attributes, "body": inner.to_string()}]}).to_string();
    let crossings = gateway.cross_all(outer.as_bytes());
    assert!(crossings.failed.is_empty(), "{:?}", crossings.failed);
    assert_eq!(
        crossings.crossed.iter().map(|(index, crossing)| (*index, crossing.events().len())).collect::<Vec<_>>(),
        [(0, 1), (1, 2)]
    );
}

/// Events after a skipped one are handled.
#[test]
fn events_after_a_skipped_one_are_handled() {
    let gateway = Gateway::ingress(HERE).with(Hear);
    let unwanted = r#"{"detail-type":"Other","source":"x","detail":{"type":"Other","version":1,"data":{}}}"#;
    let wanted = json!({"detail-type": "Thing.Told", "source": "x", "detail": thing_told(1, THERE)}).to_string();
    let message = |body: &str| json!({"Records": [{"messageId": "m", "body": body}]}).to_string();
    let count = |bytes: &str| {
        let crossings = gateway.cross_all(bytes.as_bytes());
        (crossings.crossed.len(), crossings.skipped.get("Other").copied().unwrap_or_default(), crossings.failed.len())
    };
    let lines = format!("{unwanted}\n{wanted}");
    let array = format!("[{wanted},{unwanted}]");
    for batch in [&lines, &array] {
        assert_eq!(count(batch), (1, 1, 0), "{batch}");
        assert_eq!(count(&message(batch)), (1, 1, 0), "{batch}");
        assert_eq!(count(&message(&message(batch))), (1, 1, 0), "{batch}");
    }
    assert_eq!(count(&message(&format!("{unwanted} AND MORE"))), (0, 0, 1));
    assert_eq!(count(r#"{"Records":[],"Entries":[{"DetailType":"Other","Detail":"{}"}]}"#), (0, 0, 1));
    let one = r#"{"messageId":"m","body":"{}"}"#;
    assert_eq!(count(&format!(r#"{{"Records":[{one}],"Records":[{one}]}}"#)), (0, 0, 1));
    assert_eq!(count(r#"{"Records":[{"messageId":"m","body":"{}","body":"{}"}]}"#), (0, 0, 1));
}

/// The router stops early; router and reader must agree on the type.
#[test]
fn readable_events_are_not_skipped() {
    let gateway = Gateway::ingress(HERE).with(Hear);
    let misleading = r#"{"type":"Thing.Told","id":"1","version":1,"timestamp":1795344181000,
        "detail":{"type":"x","version":1},"data":{"count":1}}"#;
    let wrapped = json!({"specversion": "1.0", "id": "1", "source": "/there", "type": "com.aws.wrapped",
        "data": thing_told(1, THERE)});
    for delivery in [misleading, &wrapped.to_string()] {
        assert!(Reader::<ThingTold>::default().read(delivery.as_bytes()).is_ok());
        let crossings = gateway.cross_all(delivery.as_bytes());
        assert_eq!((crossings.crossed.len(), crossings.skipped.len()), (1, 0), "{delivery}");
    }
}

/// Failed records are reported as AWS Lambda expects it for partial batches.
#[test]
fn failures_name_their_record() {
    let bad = json!({"type": "Thing.Told", "data": {"count": "many"}}).to_string();
    let inner =
        json!({"Records": [{"messageId": "inner", "body": bad}, {"messageId": "inner-2", "body": bad}]}).to_string();
    let batch = json!({"Records": [{"messageId": "m-1", "body": bad}, {"messageId": "m-2", "body": inner},
        {"eventID": "shard:1", "kinesis": {"data": "dGVh", "partitionKey": "p", "sequenceNumber": "49"}}]});
    let crossings = Gateway::ingress(HERE).with(Hear).cross_all(batch.to_string().as_bytes());
    let items: Vec<_> = crossings.failed.iter().map(|(_, error)| error.item_identifier().unwrap()).collect();
    assert_eq!(items, ["m-1", "m-2", "m-2", "49"]);
}

#[test]
#[should_panic = "the gateway already reads `Order.Created` as v3, found a transform of v1: let all transforms read the newest version"]
fn a_gateway_reads_a_type_in_one_version() {
    struct Old;
    impl Ingress for Old {
        type External = event_contract::contract::order::v1::OrderCreated;
        type Internal = ThingHeard;
        type Error = std::convert::Infallible;
        fn take_in(&self, _: &Event<Self::External>, _: &mut Emitter<ThingHeard>) -> Result<(), Self::Error> {
            Ok(())
        }
    }
    let _ = delivery::gateway::ingress().with(Old);
}

/// Events emitted by a gateway and by a handler from the same event have different ids.
#[test]
fn ids_of_handlers_and_gateways_differ() {
    let event = thing_told(1, THERE);
    let ours = Gateway::ingress(HERE).with(Hear).cross_event(&event).unwrap().into_events().remove(0);
    for handler in ["gateway", "", "thing-heard"] {
        let theirs = event_contract::Cause::from_event(&event, HERE, handler).event(ThingHeard { number: 0 });
        assert_ne!(theirs.id(), &ours.metadata().id);
    }
}

/// An internal partition key is not shared, but its ordering is.
#[test]
fn an_internal_partition_key_does_not_cross() {
    struct Tell;
    impl Egress for Tell {
        type Internal = ThingHeard;
        type External = ThingTold;
        type Error = std::convert::Infallible;
        fn share(&self, event: &Event<ThingHeard>, out: &mut Emitter<ThingTold>) -> Result<(), Self::Error> {
            out.add(ThingTold { count: event.payload().number });
            Ok(())
        }
    }
    let keyed = |key: &str| {
        let heard = Event::new(ThingHeard { number: 1 }, HERE, "2026-11-22T10:43:01Z".parse().unwrap());
        heard.with_partition_key(format!("{PRIVATE}{key}").parse().unwrap())
    };
    let shared = |event: &Event<ThingHeard>| {
        Gateway::egress(HERE).with(Tell).cross_event(event).unwrap().into_events().remove(0)
    };
    let (one, same, other) = (shared(&keyed("a")), shared(&keyed("a")), shared(&keyed("b")));
    assert!(!one.detail().contains(PRIVATE), "{}", one.detail());
    let key = |event: &EncodedEvent<External>| event.metadata().partition_key.clone();
    assert_eq!(key(&one), key(&same));
    assert_ne!(key(&one), key(&other));
    // Nor where a handler creates the external event without a gateway.
    let told = event_contract::Cause::from_event(&keyed("a"), HERE, "tell").event(ThingTold { count: 1 });
    assert_eq!(told.metadata().partition_key, key(&one));
    // The key of an event from another subsystem is public and is kept.
    let heard = Gateway::ingress(THERE).with(Hear).cross_all(one.detail().as_bytes()).crossed.remove(0).1;
    assert_eq!(heard.events()[0].metadata().partition_key, key(&one));
}

#[test]
fn every_event_of_a_batch_has_an_outcome() {
    let gateway = Gateway::ingress(HERE).with(Hear).subsystem_account("111111111111");
    let line = |event: &Event<ThingTold>, account: &str| {
        json!({"detail-type": "Thing.Told", "source": "external", "account": account, "detail": event}).to_string()
    };
    let other = |event_type: &str| json!({"detail-type": event_type, "detail": {"a": 1}}).to_string();
    let mut nameless: Value = serde_json::to_value(thing_told(1, THERE)).unwrap();
    nameless.as_object_mut().unwrap().remove("source");
    let nameless =
        json!({"detail-type": "Thing.Told", "source": "external", "account": "111111111111", "detail": nameless});
    let lines = [
        line(&thing_told(2, THERE), "222222222222"),
        other("Thing.Lost"),
        line(&thing_told(1, HERE), "222222222222"),
        nameless.to_string(),
        line(&thing_told(13, THERE), "222222222222"),
        "tea".to_owned(),
        other("Thing.Lost"),
        other("Thing.Told"),
        line(&thing_told(0, THERE), "222222222222"),
    ];
    let crossings = gateway.cross_all(lines.join("\n").as_bytes());
    let crossed: Vec<_> = crossings.crossed.iter().map(|(index, crossing)| (*index, crossing.events().len())).collect();
    assert_eq!(crossed, [(0, 2), (8, 0)]);
    assert_eq!(crossings.own_events, 2);
    assert_eq!(crossings.skipped.iter().collect::<Vec<_>>(), [(&"Thing.Lost".to_owned(), &2)]);
    let failed: Vec<_> = crossings.failed.iter().map(|(index, error)| (*index, error.to_string())).collect();
    assert_eq!(
        failed,
        [
            (4, "cannot transform Thing.Told: bad luck".to_owned()),
            (5, "the delivery is not JSON: expected ident at line 1 column 2".to_owned()),
            (7, "/detail/count: expected a value (the field is required), found nothing; /detail/version: no version, read as v1".to_owned()),
        ]
    );
    let site = FaultSite::new(HERE, "here-listener").unwrap().with_pipeline("listen").unwrap();
    for (index, error) in &crossings.failed {
        assert_eq!(error.bytes(), lines[*index].as_bytes());
        let fault = error.to_fault(&site, "2026-11-22T10:43:01Z".parse().unwrap());
        assert!(fault.message().contains(&error.to_string()), "{}", fault.message());
        let again = Fault::read(fault.to_json().as_bytes()).unwrap();
        assert_eq!(again.resubmit(), Some(lines[*index].as_bytes()));
    }
    // All events in one batch, and an empty batch.
    assert_eq!(gateway.cross_all(b"tea").failed[0].1.bytes(), b"tea");
}

#[test]
fn events_without_a_transform_are_skipped() {
    struct Quiet;
    impl Egress for Quiet {
        type Internal = ThingHeard;
        type External = ThingTold;
        type Error = std::convert::Infallible;
        fn share(&self, _: &Event<ThingHeard>, _: &mut Emitter<ThingTold>) -> Result<(), Self::Error> {
            Ok(())
        }
    }
    let gateway = Gateway::egress(HERE).with(Quiet);
    let uninteresting = Event::new(ThingCounted { count: 1 }, HERE, "2026-11-22T10:43:01Z".parse().unwrap());
    let crossing = gateway.cross_event(&uninteresting).unwrap();
    assert_eq!(crossing.skipped(), Some(&Skipped::NoTransform { event_type: "thing-counted".to_owned() }));
    let heard = Event::new(ThingHeard { number: 1 }, HERE, "2026-11-22T10:43:01Z".parse().unwrap());
    assert_eq!(gateway.cross_event(&heard).unwrap().skipped(), None);
    let bytes = serde_json::to_vec(&heard).unwrap();
    let delivery = wire::Delivery::with_shape(&bytes, wire::Shape::Detail);
    assert!(gateway.cross(&delivery).unwrap().events().is_empty());
}

/// The entry of a shared event has the data of the event.
#[test]
fn shared_events_are_put() {
    let crossing = Gateway::ingress(HERE).with(Hear).cross_event(&thing_told(1, THERE)).unwrap();
    let event = &crossing.events()[0];
    let entry = Bus::internal().named("hub").encoded_entry(event).unwrap();
    assert_eq!((entry.source(), entry.detail_type(), entry.detail()), ("here", "thing-heard", event.detail()));
    assert_eq!(
        (entry.event_id(), entry.time(), entry.event_bus_name()),
        (&event.metadata().id, event.metadata().time, Some("hub"))
    );
}

/// An unknown value of another subsystem does not become a known one of equal spelling.
#[test]
fn an_unknown_value_stays_unknown() {
    let id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    let updated = json!({"id": "1", "type": "Delivery.Updated", "version": 3, "timestamp": 1_700_000_000_000_u64, "data": {
        "orderId": id, "orderPlacedAt": "2026-11-22T10:43:01Z", "deliveryId": id, "updatedAt": "2026-11-22T10:43:01Z",
        "status": "cancelled", "carrier": null, "trackingNumber": null, "window": null, "deliveredAt": null,
        "deliveredTo": null}});
    let crossings = order::gateway::ingress().cross_all(updated.to_string().as_bytes());
    let followed = crossings.crossed[0].1.events()[0].read::<OrderProgressed>().unwrap();
    assert_eq!(followed.payload().status, Open::Unknown("delivery:cancelled".to_owned()));
}

/// An event without a type is not skipped silently, and an older version is read like its bytes.
#[test]
fn events_without_a_type_are_not_skipped() {
    let crossings = Gateway::ingress(HERE).with(Hear).cross_all(br#"{"data":{"count":1},"meta":{}}"#);
    assert_eq!(
        crossings.failed[0].1.to_string(),
        "missing event type, no transform can be selected: read it with a `Reader` and call `cross_event`"
    );
    let older = event_contract::contract::order::v2::OrderCreated {
        order_id: OrderId::new(uuid::Uuid::from_u128(1)),
        created_at: DateTime::from_timestamp_millis(1_700_000_000_000).unwrap(),
        customer_name: None,
        lines: Vec::new(),
        total: None,
        channel: None,
    };
    let older = Event::new(older, ORDER_SERVICE, "2026-11-22T10:43:01Z".parse().unwrap());
    assert_eq!(delivery::gateway::ingress().cross_event(&older).unwrap().events().len(), 1);
}
