//! The order of arrays that are sets.

use json_schema_core::for_each_subschema_mut;
use serde_json::Value;

use super::keyword::is_set;
use super::text::compact;

/// Sorts every array that is a set, so that a schema does not depend on the order of fields and variants in the code.
pub(super) fn sort(schema: &mut Value) {
    for_each_subschema_mut(schema, |_, schema| sort(schema));
    for (keyword, value) in schema.as_object_mut().into_iter().flatten() {
        if let Value::Array(items) = value
            && is_set(keyword)
        {
            items.sort_by_cached_key(compact);
            // Two equal alternatives of a `oneOf` reject every value that they accept: removing one would change that.
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
