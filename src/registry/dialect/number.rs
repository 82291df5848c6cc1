//! Bounds of numbers.

use serde_json::Value;

use super::Dialect;
use super::convert::{Converter, Draft};

impl Converter {
    pub(super) fn numbers(&self, draft: &mut Draft<'_>) {
        if self.dialect >= Dialect::Draft07 {
            for keyword in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
                draft.copy(keyword);
            }
            return;
        }
        bound(draft, "minimum", "exclusiveMinimum", |bound, exclusive| bound > exclusive);
        bound(draft, "maximum", "exclusiveMaximum", |bound, exclusive| bound < exclusive);
    }
}

/// One bound and whether it is exclusive, of two bounds. `is_tighter` compares the inclusive one with the other.
fn bound(draft: &mut Draft<'_>, keyword: &str, exclusive: &str, is_tighter: fn(f64, f64) -> bool) {
    draft.copy(keyword);
    let Some(other) = draft.get(exclusive) else { return };
    let both = draft.get(keyword).and_then(Value::as_f64).zip(other.as_f64());
    if both.is_none_or(|(bound, other)| !is_tighter(bound, other)) {
        draft.put(keyword, other.clone());
        draft.put(exclusive, true);
    }
}
