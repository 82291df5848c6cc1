//! Bounds of numbers.

use serde_json::Value;

use super::convert::{Converter, Rewrite};
use super::target::Dialect;

impl Converter {
    pub(super) fn convert_numbers(&self, rewrite: &mut Rewrite<'_>) {
        if self.dialect >= Dialect::Draft07 {
            for keyword in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
                rewrite.copy(keyword);
            }
            return;
        }
        put_bound(rewrite, "minimum", "exclusiveMinimum", |bound, exclusive| bound > exclusive);
        put_bound(rewrite, "maximum", "exclusiveMaximum", |bound, exclusive| bound < exclusive);
    }
}

/// Replaces an inclusive and an exclusive bound by the tighter one. `is_tighter` compares the inclusive bound with the
/// exclusive one.
fn put_bound(rewrite: &mut Rewrite<'_>, keyword: &str, exclusive: &str, is_tighter: fn(f64, f64) -> bool) {
    rewrite.copy(keyword);
    let Some(other) = rewrite.get(exclusive) else { return };
    let both = rewrite.get(keyword).and_then(Value::as_f64).zip(other.as_f64());
    if both.is_none_or(|(bound, other)| !is_tighter(bound, other)) {
        rewrite.put(keyword, other.clone());
        rewrite.put(exclusive, true);
    }
}
