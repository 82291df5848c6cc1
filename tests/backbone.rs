//! Rules of a backbone of buses, and entries matched as they will be delivered.

use event_contract::contract::order::OrderCreated;
use event_contract::contract::{ORDER_SERVICE, value};
use event_contract::pattern::backbone::{self, Account};
use event_contract::pattern::{Pattern, RuleSet, Settings, lint};
use event_contract::publish::Bus;
use event_contract::{Event, Open};
use serde_json::Value;

fn order() -> Event<OrderCreated> {
    let payload = OrderCreated {
        order_id: "7c9e6679-7425-40de-944b-e07fc1f90ae7".parse().unwrap(),
        placed_at: "2026-11-22T10:43:01Z".parse().unwrap(),
        customer: None,
        lines: Vec::new(),
        total: Some(value::Money { amount: 17_982, currency: value::Currency::EUR }),
        channel: serde_json::from_value::<Open<_>>(Value::from("web")).ok(),
        ship_to: None,
    };
    Event::new(payload, ORDER_SERVICE, "2026-11-22T10:43:01.250Z".parse().unwrap())
}

/// Each rule of a backbone, matched against the envelopes that cross it.
#[test]
fn backbone_rules_select_their_events() {
    let envelope = |source: &str, account: &str, kind: &str| {
        format!(
            r#"{{"version":"0","id":"e","detail-type":"{kind}","source":"{source}","account":"{account}",
            "time":"2026-11-22T10:43:01Z","region":"eu-west-1","resources":[],"detail":{{"type":"{kind}","data":{{}}}}}}"#
        )
    };
    let own = Account::new("111122223333").unwrap();
    assert!(Account::new("12345678901").is_err() && Account::new("12345678901x").is_err());
    let rules: RuleSet<&str> = [
        ("egress", backbone::egress()),
        ("ingress", backbone::ingress()),
        ("ingress from others", backbone::ingress_from_others(&own)),
        ("internal stream", backbone::internal_stream()),
        ("global to local", backbone::global_to_local(&own)),
        ("log everything", backbone::log_everything()),
        ("consumer", backbone::consumer(["Order.Created", "Order.Updated"])),
    ]
    .into_iter()
    .map(|(name, rule)| {
        let pattern = rule.build().unwrap();
        assert!(lint(pattern.as_str(), &Settings::default()).is_empty(), "{name}");
        (name, pattern)
    })
    .collect();
    let matched = |event: String| rules.matches(&event).unwrap().into_iter().copied().collect::<Vec<_>>();
    assert_eq!(
        matched(envelope("external", "111122223333", "Order.Created")),
        ["egress", "ingress", "log everything", "consumer"]
    );
    assert_eq!(
        matched(envelope("external", "444455556666", "Delivery.Updated")),
        ["egress", "ingress", "ingress from others", "global to local", "log everything"]
    );
    assert_eq!(
        matched(envelope("order-service", "111122223333", "order-placed")),
        ["internal stream", "log everything"]
    );
    assert_eq!(matched(envelope("order-service", "111122223333", "fault")), ["log everything"]);

    // The published rule has the account as a number of eleven digits instead of a string.
    let published = r#"{"account": [{"anything-but": 12345678901}]}"#;
    assert!(Pattern::parse(published).unwrap().matches(envelope("external", "12345678901", "x")).unwrap());
    let ids: Vec<_> = lint(published, &Settings::default()).iter().map(|finding| finding.lint.id).collect();
    assert_eq!(ids, ["account-unquoted"]);
}

/// An entry is matched in the form in which it is put.
#[test]
fn entries_are_matched_as_they_will_be_delivered() {
    let entry = Bus::external().entry(&order()).unwrap().with_resource("arn:aws:x");
    for (pattern, expected) in [
        (r#"{"source":["order-service"],"detail-type":["Order.Created"],"time":["2026-11-22T10:43:01Z"]}"#, true),
        (
            r#"{"detail":{"type":["Order.Created"],"version":[{"numeric":[">=",3]}]},"resources":[{"prefix":"arn:"}]}"#,
            true,
        ),
        (r#"{"detail":{"data":{"total":{"amount":[{"numeric":[">",10000]}],"currency":["EUR"]}}}}"#, true),
        (r#"{"account":[{"exists":true}]}"#, false),
    ] {
        assert_eq!(Pattern::parse(pattern).unwrap().matches(&entry).unwrap(), expected, "{pattern}");
    }
}
