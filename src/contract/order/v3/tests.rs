use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::contract::strategy;
use crate::contract::value::{Country, Currency};
use crate::contract::{ORDER_SERVICE, order::v1};
use crate::{Event, Reader};

const CHANNELS: &[Channel] = &[Channel::Web, Channel::Store, Channel::App, Channel::Phone, Channel::Marketplace];
const STATUSES: &[OrderStatus] = &[
    OrderStatus::Placed,
    OrderStatus::Paid,
    OrderStatus::Packed,
    OrderStatus::Shipped,
    OrderStatus::Delivered,
    OrderStatus::Returned,
    OrderStatus::Cancelled,
];

fn line(price: impl Strategy<Value = Money>) -> impl Strategy<Value = Line> {
    (any::<String>(), any::<u32>(), price).prop_map(|(sku, quantity, unit_price)| Line { sku, quantity, unit_price })
}

fn created() -> impl Strategy<Value = OrderCreated> {
    (
        strategy::order_id(),
        strategy::time(),
        option::of(strategy::name()),
        prop::collection::vec(line(strategy::money()), 0..3),
        option::of(strategy::money()),
        option::of(strategy::open(CHANNELS)),
        option::of(strategy::destination()),
    )
        .prop_map(|(order_id, placed_at, customer, lines, total, channel, ship_to)| OrderCreated {
            order_id,
            placed_at,
            customer,
            lines,
            total,
            channel,
            ship_to,
        })
}

/// Draws values that version 2 can represent, with any status and channel of version 3.
fn created_in_words_of_version_2() -> impl Strategy<Value = OrderCreated> {
    let lines = prop::collection::vec(line(strategy::euro()), 0..3);
    let name = "[A-Z][a-z]{1,6}( [A-Z][a-z]{1,6}){0,2}";
    (created(), strategy::millisecond(), option::of(name), lines, option::of(strategy::euro())).prop_map(
        |(created, placed_at, name, lines, total)| OrderCreated {
            placed_at,
            customer: name.and_then(|name| PersonName::split(&name)),
            lines,
            total,
            ..created
        },
    )
}

fn updated() -> impl Strategy<Value = OrderUpdated> {
    (
        strategy::order_id(),
        strategy::time(),
        strategy::time(),
        strategy::open(STATUSES),
        option::of(strategy::delivery_id()),
        option::of(strategy::time()),
        option::of(strategy::money()),
    )
        .prop_map(|(order_id, placed_at, updated_at, status, delivery_id, delivered_at, total)| OrderUpdated {
            order_id,
            placed_at,
            updated_at,
            status,
            delivery_id,
            delivered_at,
            total,
        })
}

fn newest() -> OrderCreated {
    OrderCreated {
        order_id: "7c9e6679-7425-40de-944b-e07fc1f90ae7".parse().unwrap(),
        placed_at: "2026-11-22T10:43:01.25Z".parse().unwrap(),
        customer: PersonName::split("Ada Lovelace"),
        lines: vec![Line {
            sku: "mug".to_owned(),
            quantity: 2,
            unit_price: Money { amount: 999, currency: Currency::EUR },
        }],
        total: Some(Money { amount: 1998, currency: Currency::EUR }),
        channel: Some(Channel::App.into()),
        ship_to: Some(Destination { postal_code: "10117".to_owned(), country: Country::from_static("DE") }),
    }
}

fn downcast_error(newer: &OrderCreated) -> String {
    v2::OrderCreated::try_from(newer).unwrap_err().to_string()
}

#[test]
fn version_2_becomes_version_3() {
    let older: v2::OrderCreated = serde_json::from_value(serde_json::json!({
        "orderId": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        "createdAt": 1_795_344_181_250_i64,
        "customerName": "Ada Lovelace",
        "lines": [{"sku": "mug", "quantity": 2, "price": 9.99}],
        "total": 19.98,
        "channel": "web",
    }))
    .unwrap();
    let expected = OrderCreated { channel: Some(Channel::Web.into()), ship_to: None, ..newest() };
    assert_eq!(OrderCreated::try_from(older), Ok(expected));
}

#[test]
fn upcasts_report_the_field_that_prevents_them() {
    let mut older = v2::OrderCreated::try_from(&newest()).unwrap();
    older.lines[0].price = 1e20;
    assert_eq!(
        OrderCreated::upcast(older.clone()).unwrap_err().to_string(),
        "Order.Created v2 cannot be upcast to v3: /lines/0/price: an amount is beyond 2^53 minor units"
    );
    older.created_at = DateTime::<Utc>::MAX_UTC;
    assert_eq!(
        OrderCreated::upcast(older).unwrap_err().to_string(),
        "Order.Created v2 cannot be upcast to v3: /createdAt: expected a time in the years 0 to 9999 (RFC \
         3339)"
    );
}

#[test]
fn downcasts_report_the_field_that_prevents_them() {
    let dollar = Money { amount: 1, currency: Currency::from_static("USD") };
    let mut newer = newest();
    newer.lines[0].unit_price = dollar;
    assert_eq!(downcast_error(&newer), "/lines/0/unitPrice: an amount is not in euro");
    let newer = OrderCreated { total: Some(Money { amount: i64::MAX, ..dollar }), ..newest() };
    assert_eq!(downcast_error(&newer), "/total: an amount is not in euro");
}

#[test]
fn a_downcast_says_what_it_loses() {
    let event = Event::new(newest(), ORDER_SERVICE, newest().placed_at);
    let downcast = event.downcast().unwrap();
    let lost: Vec<_> = downcast.lost.iter().map(ToString::to_string).collect();
    assert_eq!(lost, ["/data/channel", "/data/shipTo"]);
    assert_eq!(downcast.event.payload().total, Some(19.98));

    let downcast: crate::Downcast<v1::OrderCreated> = downcast.event.downcast().unwrap();
    let lost: Vec<_> = downcast.lost.iter().map(ToString::to_string).collect();
    assert_eq!(lost, ["/data/customerName", "/data/lines/0", "/data/total"]);
}

#[test]
fn unknown_channels_are_kept() {
    let mut data = serde_json::to_value(newest()).unwrap();
    data["channel"] = "telepathy".into();
    let newer: OrderCreated = serde_json::from_value(data.clone()).unwrap();
    assert_eq!(newer.channel, Some(Open::Unknown("telepathy".to_owned())));
    assert_eq!(serde_json::to_value(&newer).unwrap(), data);
    assert_eq!(v2::OrderCreated::try_from(&newer).unwrap().channel, None);
}

#[test]
fn the_old_name_of_the_lines_is_read_and_not_written() {
    let text = serde_json::to_string(&newest()).unwrap();
    let old = text.replace(r#""lines""#, r#""items""#);
    assert_ne!(old, text);
    let read: OrderCreated = serde_json::from_str(&old).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
}

#[test]
fn a_status_is_said_in_the_word_that_version_2_has() {
    let newer: OrderUpdated = serde_json::from_value(serde_json::json!({
        "orderId": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        "placedAt": "2026-11-22T10:43:01Z",
        "updatedAt": "2026-11-22T10:43:01Z",
        "status": "packed",
    }))
    .unwrap();
    let say = |status: Open<OrderStatus>| {
        v2::OrderUpdated::try_from(&OrderUpdated { status, ..newer.clone() })
            .map(|older| older.status)
            .map_err(|error| error.to_string())
    };
    assert_eq!(say(OrderStatus::Packed.into()), Ok(v2::OrderStatus::Placed));
    assert_eq!(say(OrderStatus::Shipped.into()), Ok(v2::OrderStatus::Shipped));
    let no_word = Err("/status: the older version has no such status".to_owned());
    assert_eq!(say(OrderStatus::Cancelled.into()), no_word);
    assert_eq!(say(Open::Unknown("lost".to_owned())), no_word);
}

#[test]
fn the_oldest_form_is_read() {
    let bytes = br#"{"data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}"#;
    let event = Reader::<OrderCreated>::default().read(bytes).unwrap().into_event();
    assert_eq!(event.payload().placed_at.timestamp_millis(), 1_700_000_000_000);
    assert_eq!(event.time(), event.payload().placed_at);
    assert_eq!(event.partition_key(), "7c9e6679-7425-40de-944b-e07fc1f90ae7");

    let bytes = br#"{"data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000,
        "deliveredAt":1700000005000,"updatedAt":1700000006000},"meta":{}}"#;
    let event = Reader::<OrderUpdated>::default().read(bytes).unwrap().into_event();
    assert_eq!(event.payload().status, Open::Known(OrderStatus::Delivered));
    assert_eq!(event.time().timestamp_millis(), 1_700_000_006_000);
    assert_eq!(event.partition_key(), "7c9e6679-7425-40de-944b-e07fc1f90ae7");
}

proptest! {
    #[test]
    fn the_newest_comes_back(created in created(), updated in updated()) {
        strategy::comes_back(&created)?;
        strategy::comes_back(&updated)?;
    }

    #[test]
    fn no_older_version_panics(created in v2::tests::any_created(), updated in v2::tests::any_updated()) {
        if let Ok(newer) = OrderCreated::try_from(created) {
            strategy::comes_back(&newer)?;
        }
        if let Ok(newer) = OrderUpdated::try_from(updated) {
            strategy::comes_back(&newer)?;
        }
    }

    #[test]
    fn no_newer_version_panics(created in created(), updated in updated()) {
        let _ = v2::OrderCreated::try_from(&created);
        let _ = v2::OrderUpdated::try_from(&updated);
    }

    #[test]
    fn orders_of_version_2_round_trip(newer in created_in_words_of_version_2()) {
        let older = v2::OrderCreated::try_from(&newer).unwrap();
        let again = OrderCreated::try_from(older.clone()).unwrap();
        let channel = newer.channel.as_ref().and_then(older_channel).map(|channel| Channel::from(channel).into());
        prop_assert_eq!(&again, &OrderCreated { channel, ship_to: None, ..newer });
        prop_assert_eq!(v2::OrderCreated::try_from(&again), Ok(older));
    }

    #[test]
    fn updates_of_version_2_round_trip(
        newer in updated(),
        times in any::<[u32; 3]>(),
        total in option::of(strategy::euro()),
    ) {
        let [placed_at, updated_at, delivered_at] =
            times.map(|time| DateTime::from_timestamp_millis(i64::from(time)).unwrap());
        let delivered_at = newer.delivered_at.and(Some(delivered_at));
        let newer = OrderUpdated { placed_at, updated_at, delivered_at, total, ..newer };
        match v2::OrderUpdated::try_from(&newer) {
            Ok(older) => {
                let again = OrderUpdated::try_from(older.clone()).unwrap();
                let status = Open::Known(older.status.into());
                prop_assert_eq!(&again, &OrderUpdated { status, delivery_id: None, ..newer });
                prop_assert_eq!(v2::OrderUpdated::try_from(&again), Ok(older));
            }
            Err(error) => prop_assert_eq!(error.pointer().as_str(), "/status"),
        }
    }
}
