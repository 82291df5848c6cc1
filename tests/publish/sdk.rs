//! Entries, deliveries and events of other crates.

#[cfg(feature = "aws-sdk")]
mod aws_sdk {
    use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};
    use event_contract::Reader;
    use event_contract::publish::Bus;

    use crate::response::batch_of;
    use crate::{OrderNoted, noted, time};

    #[test]
    fn an_entry_of_the_sdk_is_read_back() {
        let event = noted("e-1", "fragile");
        let bus = Bus::external().named("backbone").trace_header("Root=1-5");
        let ours = bus.clone().resource("arn:a").entry(&event).unwrap();
        let theirs = PutEventsRequestEntry::from(&ours);
        assert_eq!((theirs.source(), theirs.detail_type()), (Some("shop"), Some("Order.Noted")));
        assert_eq!((theirs.event_bus_name(), theirs.trace_header()), (Some("backbone"), Some("Root=1-5")));
        assert_eq!(theirs.resources(), ["arn:a"]);
        assert_eq!(theirs.time().unwrap().to_millis().unwrap(), time().timestamp_millis());
        let reading = Reader::<OrderNoted>::default().read(theirs.detail().unwrap().as_bytes()).unwrap();
        assert_eq!(reading.into_event(), event);
        assert_eq!(PutEventsRequestEntry::from(ours), theirs);
        assert_eq!(PutEventsRequestEntry::from(bus.entry(&event).unwrap()).resources, None);
    }

    #[test]
    fn results_of_the_sdk_are_matched_to_entries() {
        let results = [
            PutEventsResultEntry::builder().event_id("1").build(),
            PutEventsResultEntry::builder().error_code("InvalidArgument").error_message("no").build(),
        ];
        let outcome = batch_of(2).match_response(results).unwrap();
        assert_eq!(outcome.accepted()[0].envelope_id(), "1");
        assert_eq!((outcome.failed()[0].code(), outcome.failed()[0].message()), ("InvalidArgument", Some("no")));
    }
}

#[cfg(feature = "aws-lambda-events")]
mod lambda {
    use aws_lambda_events::event::eventbridge::EventBridgeEvent;
    use aws_lambda_events::event::kinesis::KinesisEvent;
    use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
    use base64::Engine as _;
    use event_contract::wire::Delivery;
    use event_contract::{Event, Observation, Reader};
    use serde::Serialize;
    use serde::de::DeserializeOwned;
    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    use crate::{OrderNoted, noted};

    /// Reads the delivery and the bytes from which it was built, and checks that the results are equal.
    fn read_both(delivery: &Delivery<'static>, bytes: &Value) -> Event<OrderNoted> {
        let reader = Reader::<OrderNoted>::default();
        let reading = reader.read_delivery(delivery).unwrap();
        let bytes = bytes.to_string();
        let from_bytes = reader.read_all(bytes.as_bytes()).remove(0).unwrap();
        let texts = |seen: &[Observation]| seen.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(texts(reading.observations()), texts(from_bytes.observations()));
        assert_eq!(reading.event(), from_bytes.event());
        reading.into_event()
    }

    fn bare() -> Value {
        json!({"type": "Order.Noted", "version": 1, "source": "shop", "data": {"order": "o-1", "note": "n"}})
    }

    fn envelope<T: DeserializeOwned + Serialize>(bytes: &Value) -> EventBridgeEvent<T> {
        serde_json::from_str(&bytes.to_string()).unwrap()
    }

    #[test]
    fn an_envelope_is_read_like_its_bytes() {
        for bytes in [
            json!({"version": "0", "id": "b", "detail-type": "Order.Noted", "source": "shop", "account": "123456789012",
                "time": "2026-11-22T10:43:01Z", "region": "eu-west-1", "resources": ["arn:a"], "detail": noted("e-1", "n")}),
            json!({"id": "b", "detail-type": "Order.Noted", "source": "shop", "time": "2026-11-22T10:43:01Z", "detail": bare()}),
        ] {
            let from_raw = read_both(&(&envelope::<Box<RawValue>>(&bytes)).into(), &bytes);
            assert_eq!(read_both(&(&envelope::<Value>(&bytes)).into(), &bytes), from_raw);
        }
    }

    #[test]
    fn a_kinesis_record_is_read_like_its_bytes() {
        let data = base64::engine::general_purpose::STANDARD.encode(bare().to_string());
        let bytes = json!({"Records": [{"eventID": "shard:1", "kinesis": {"data": data, "partitionKey": "k",
            "approximateArrivalTimestamp": 1_480_641_523.477_f64}}]});
        let batch: KinesisEvent = serde_json::from_str(&bytes.to_string()).unwrap();
        let event = read_both(&(&batch.records[0]).into(), &bytes);
        assert_eq!((event.id().as_str(), event.time().timestamp_millis()), ("shard:1", 1_480_641_523_477));
    }

    #[test]
    fn an_sqs_message_is_read_like_its_bytes() {
        let bytes = json!({"Records": [{"messageId": "m-1", "body": bare().to_string(),
            "attributes": {"SentTimestamp": "1520621625029"}}]});
        let batch: SqsEvent = serde_json::from_str(&bytes.to_string()).unwrap();
        let event = read_both(&(&batch.records[0]).into(), &bytes);
        assert_eq!((event.id().as_str(), event.time().timestamp_millis()), ("m-1", 1_520_621_625_029));

        let mut empty = SqsMessage::default();
        empty.message_id = Some("m-2".into());
        let error = Reader::<OrderNoted>::default().read_delivery(&Delivery::from(&empty)).unwrap_err();
        assert_eq!(error.to_string(), "the delivery is an SQS message, expected a string under `body`");
        assert!(String::from_utf8_lossy(error.bytes()).contains("m-2"));
    }
}

#[cfg(feature = "cloudevents")]
mod cloudevents_sdk {
    use cloudevents::{AttributesReader, Data};
    use event_contract::gateway::{Egress, Emitter, Gateway};
    use event_contract::wire::{Delivery, Shape};
    use event_contract::{Event, Reader};

    use crate::{GATEWAY, OrderNoted, OrderWeighed, noted, relayed, time};

    fn read(event: &cloudevents::Event) -> Result<Event<OrderNoted>, String> {
        let delivery = Delivery::from(event);
        assert_eq!(delivery.shape().unwrap(), Shape::CloudEvent);
        let reading = Reader::<OrderNoted>::default().read_delivery(&delivery).map_err(|error| error.to_string())?;
        assert!(reading.observations().is_empty(), "{:?}", reading.observations());
        Ok(reading.into_event())
    }

    #[test]
    fn an_event_is_converted_and_read_back() {
        let event = noted("e-1", "n").with_correlation_id("c-1".parse().unwrap());
        let mut theirs = cloudevents::Event::try_from(&relayed(&event.clone().with_tag("stage", "prd"))).unwrap();
        assert_eq!((theirs.id(), theirs.ty(), theirs.source().as_str()), ("e-1", "Order.Noted", "shop"));
        assert_eq!(theirs.time(), Some(&time()));
        let schema = theirs.dataschema().map(ToString::to_string);
        assert_eq!(schema.as_deref(), Some("urn:event-contract:external:Order.Noted:v1:writer"));
        assert_eq!(read(&theirs).unwrap(), event);

        let data = serde_json::to_string(event.payload()).unwrap();
        theirs.set_data_unchecked(Data::Binary(data.clone().into_bytes()));
        assert_eq!(read(&theirs).unwrap(), event);
        theirs.set_data_unchecked(Data::String(data));
        assert_eq!(read(&theirs).unwrap(), event);
        theirs.set_data_unchecked(Data::Binary(vec![0xff]));
        assert_eq!(
            read(&theirs).unwrap_err(),
            "the delivery is not an event in any known shape: expected JSON under `data`, found `data_base64`"
        );
    }

    #[test]
    fn an_event_of_a_gateway_is_converted() {
        struct Note;
        impl Egress for Note {
            type Internal = OrderWeighed;
            type External = OrderNoted;
            type Error = std::convert::Infallible;
            fn share(&self, event: &Event<OrderWeighed>, out: &mut Emitter<OrderNoted>) -> Result<(), Self::Error> {
                out.add(OrderNoted { order: "o-1".into(), note: format!("{} g", event.payload().grams) });
                Ok(())
            }
        }
        let weighed = Event::new(OrderWeighed { grams: 5 }, GATEWAY, time());
        let emitted = Gateway::egress(GATEWAY).with(Note).cross_event(&weighed).unwrap().into_events().remove(0);
        let theirs = cloudevents::Event::try_from(&emitted).unwrap();
        assert_eq!(read(&theirs).unwrap(), emitted.read::<OrderNoted>().unwrap());
    }
}
