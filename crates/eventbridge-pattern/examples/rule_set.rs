//! Matches an event against many rules in one pass.
//!
//! ```sh
//! cargo run -p eventbridge-pattern --example rule_set
//! ```

use eventbridge_pattern::{Match, PatternBuilder, RuleSet};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rules: RuleSet<String> = (0..10_000)
        .map(|customer| {
            let pattern = PatternBuilder::new()
                .field("source", ["shop.orders"])
                .field("detail.customer.id", [format!("C-{customer}")])
                .field("detail.total", [Match::numeric(f64::from(customer % 100)..)])
                .build()?;
            Ok((format!("rule {customer}"), pattern))
        })
        .collect::<Result<_, eventbridge_pattern::PatternError>>()?;

    let event = r#"{"source": "shop.orders", "detail": {"customer": {"id": "C-4242"}, "total": 50}}"#;
    let matching = rules.matches(event)?;
    assert_eq!(matching, ["rule 4242"]);
    println!("{} of {} rules match: {matching:?}", matching.len(), rules.len());
    Ok(())
}
