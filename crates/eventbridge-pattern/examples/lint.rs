//! Lints a pattern, and lists all lints.
//!
//! ```sh
//! cargo run -p eventbridge-pattern --example lint -- '{"account": [123456789012]}'
//! ```

use eventbridge_pattern::{Settings, lint, lints};

fn main() {
    let default = r#"{"account": [{"anything-but": 123456789012}], "detail": {"a": {"b": [1]}, "a.b": [2]}}"#;
    let pattern = std::env::args().nth(1).unwrap_or_else(|| default.to_owned());
    for finding in lint(&pattern, &Settings::default()) {
        println!("{finding}\n  {}", finding.lint.explanation);
    }

    println!("\nall lints:");
    for lint in lints() {
        println!("  {}", lint.id);
    }
}
