//! Shows each condition of a pattern with the values of an event.
//!
//! ```sh
//! cargo run -p eventbridge-pattern --example explain
//! ```

use eventbridge_pattern::Pattern;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pattern = Pattern::parse(
        r#"{
            "source": ["shop.orders"],
            "detail": {
                "lines": {"sku": [{"prefix": "TEA-"}], "quantity": [{"numeric": [">", 10]}]},
                "$or": [{"channel": ["web"]}, {"customer": {"tier": ["gold"]}}]
            }
        }"#,
    )?;
    let event = r#"{
        "source": "shop.orders",
        "detail": {
            "channel": "store",
            "customer": {"tier": "gold"},
            "lines": [{"sku": "TEA-1", "quantity": 2}, {"sku": "MUG-7", "quantity": 12}]
        }
    }"#;

    let explanation = pattern.explain(event)?;
    // No line has both a matching `sku` and a matching `quantity`.
    assert!(!explanation.matches());
    print!("{explanation}");
    Ok(())
}
