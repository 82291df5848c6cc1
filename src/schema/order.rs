//! The order of lists that mean the same in any order.

use serde_json::Value;

use super::keyword::{each_mut, is_set};
use super::text::compact;

/// Sorts every list in `schema` that is a set, so that the order of fields and variants in the code does not show.
pub(super) fn sort(schema: &mut Value) {
    each_mut(schema, &mut |_, schema| sort(schema));
    for (keyword, value) in schema.as_object_mut().into_iter().flatten() {
        if let Value::Array(items) = value
            && is_set(keyword)
        {
            items.sort_by_cached_key(compact);
            // Of two equal schemas in a `oneOf`, neither ever holds alone: that is no matter of order.
            if keyword != "oneOf" {
                items.dedup();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sets_are_sorted_from_the_inside_out_and_lists_are_not() {
        let mut schema = json!({
            "required": ["b", "a", "b"],
            "prefixItems": [{"const": 2}, {"const": 1}],
            "anyOf": [{"enum": ["y", "x"]}, {"enum": ["x", "y"]}],
            "examples": [{"required": ["b", "a"]}],
        });
        sort(&mut schema);
        assert_eq!(
            schema,
            json!({
                "required": ["a", "b"],
                "prefixItems": [{"const": 2}, {"const": 1}],
                "anyOf": [{"enum": ["x", "y"]}],
                "examples": [{"required": ["b", "a"]}],
            })
        );
    }
}
