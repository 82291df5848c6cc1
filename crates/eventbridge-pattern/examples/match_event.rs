//! Matches one event against one pattern.
//!
//! ```sh
//! cargo run -p eventbridge-pattern --example match_event -- '{"source": [{"prefix": "shop."}]}' '{"source": "shop.orders"}'
//! ```

use eventbridge_pattern::Pattern;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let pattern = arguments.next().unwrap_or_else(|| r#"{"source": [{"prefix": "shop."}]}"#.to_owned());
    let event = arguments.next().unwrap_or_else(|| r#"{"source": "shop.orders", "detail": {}}"#.to_owned());

    // An invalid pattern prints its position, the reason of the service, and a correction.
    let pattern = Pattern::parse(&pattern)?;
    println!("{}", if pattern.matches(&event)? { "match" } else { "no match" });
    Ok(())
}
