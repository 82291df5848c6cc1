//! One form for lists of values, so that a doc comment on a variant does not change the assertions of a schema.
//!
//! schemars lists the variants of an enum without contents under `enum`, except those with a description: each is a
//! `const` of its own below `oneOf`. Without descriptions, they are one list again here.

use json_schema_core::for_each_subschema_mut;
use serde_json::{Map, Value};

use super::text::compact;

/// Joins the alternatives of each choice that only list values or types, everywhere in `schema`, which has no annotations.
pub(super) fn normalise(schema: &mut Value) {
    for_each_subschema_mut(schema, |_, schema| normalise(schema));
    let Some(keywords) = schema.as_object_mut() else { return };
    let is_alone = keywords.len() == 1;
    for (keyword, exclusive) in [("oneOf", true), ("anyOf", false)] {
        if let Some(Value::Array(alternatives)) = keywords.get_mut(keyword) {
            join_lists(alternatives, exclusive);
            // A choice beside other keywords stays, because those restrict the value as well.
            if let [Value::Object(only)] = alternatives.as_slice()
                && is_alone
            {
                *keywords = only.clone();
                return;
            }
        }
    }
    if !keywords.contains_key("enum")
        && let Some(only) = keywords.remove("const")
    {
        keywords.insert("enum".to_owned(), Value::Array(vec![only]));
    }
}

/// An alternative that lists values or types and has no other keyword.
#[derive(Default)]
struct ValueList {
    /// Empty if every value of the types is valid.
    values: Vec<Value>,
    /// Sorted; empty if the alternative has no `type`.
    types: Vec<String>,
}

impl ValueList {
    fn from_schema(schema: &Value) -> Option<Self> {
        let mut listed = Self::default();
        for (keyword, value) in schema.as_object()? {
            match (keyword.as_str(), value) {
                ("enum", Value::Array(values)) => listed.values.clone_from(values),
                ("type", Value::String(only)) => listed.types.push(only.clone()),
                ("type", Value::Array(types)) => {
                    listed.types.extend(types.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                _ => return None,
            }
        }
        listed.types.sort_unstable();
        let has_values = !listed.values.is_empty();
        let Self { values, types } = &mut listed;
        values.retain(|value| types.is_empty() || types.iter().any(|name| has_type_name(value, name)));
        if has_values && values.is_empty() {
            return None;
        }
        if listed.values.is_empty() && listed.types == ["null"] {
            listed.values.push(Value::Null);
        }
        (!listed.values.is_empty() || !listed.types.is_empty()).then_some(listed)
    }

    /// Returns the union of two lists; `None` if no list expresses it, or if they overlap and the choice is exclusive.
    fn or(&self, other: &Self, exclusive: bool) -> Option<Self> {
        let is_null = |listed: &Self| listed.types == ["null"];
        let same_kind = self.values.is_empty() == other.values.is_empty() || is_null(self) || is_null(other);
        let same_types = self.types.is_empty() == other.types.is_empty();
        let overlap = match (self.values.as_slice(), other.values.as_slice()) {
            ([], _) | (_, []) => self.types.iter().any(|one| other.types.iter().any(|other| types_overlap(one, other))),
            (values, others) => values.iter().any(|value| others.contains(value)),
        };
        if !same_kind || !same_types || (exclusive && overlap) {
            return None;
        }
        let mut both = Self::default();
        if !self.values.is_empty() && !other.values.is_empty() {
            both.values = self.values.iter().chain(&other.values).cloned().collect();
            both.values.sort_by_key(compact);
            both.values.dedup();
        }
        both.types = self.types.iter().chain(&other.types).cloned().collect();
        both.types.sort_unstable();
        both.types.dedup();
        Some(both)
    }

    fn into_schema(self) -> Value {
        let mut keywords = Map::new();
        match <[String; 1]>::try_from(self.types) {
            Ok([only]) => {
                keywords.insert("type".to_owned(), only.into());
            }
            Err(types) if types.is_empty() => {}
            Err(types) => {
                keywords.insert("type".to_owned(), types.into());
            }
        }
        if !self.values.is_empty() && keywords.get("type").is_none_or(|types| types != "null") {
            keywords.insert("enum".to_owned(), self.values.into());
        }
        keywords.into()
    }
}

fn has_type_name(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        _ => value.is_number(),
    }
}

/// Returns true if a value can have both types.
fn types_overlap(one: &str, other: &str) -> bool {
    let is_number = |name| matches!(name, "integer" | "number");
    one == other || (is_number(one) && is_number(other))
}

fn join_lists(alternatives: &mut Vec<Value>, exclusive: bool) {
    let mut lists: Vec<ValueList> = Vec::new();
    alternatives.retain(|schema| match ValueList::from_schema(schema) {
        Some(listed) => {
            lists.push(listed);
            false
        }
        None => true,
    });
    // Lists of values first: null joins them before it joins the types.
    lists.sort_by_key(|listed| (listed.types == ["null"], listed.values.is_empty()));
    let mut joined: Vec<ValueList> = Vec::new();
    for listed in lists {
        match joined.iter_mut().find_map(|other| Some((other.or(&listed, exclusive)?, other))) {
            Some((both, other)) => *other = both,
            None => joined.push(listed),
        }
    }
    alternatives.extend(joined.into_iter().map(ValueList::into_schema));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::order::sort;
    use serde_json::json;

    fn normalised(mut schema: Value) -> Value {
        normalise(&mut schema);
        sort(&mut schema);
        schema
    }

    #[test]
    fn described_variants_are_a_list() {
        let listed = json!({"type": "string", "enum": ["A", "B", "C"]});
        let described = json!({"oneOf": [
            {"type": "string", "const": "C"}, {"type": "string", "enum": ["B"]}, {"const": "A", "type": "string"}]});
        assert_eq!(normalised(listed.clone()), listed);
        assert_eq!(normalised(described.clone()), listed);
        let nullable = json!({"anyOf": [described, {"type": "null"}]});
        assert_eq!(
            normalised(nullable),
            normalised(json!({"type": ["string", "null"], "enum": ["A", "B", "C", null]}))
        );
        let open = json!({"anyOf": [{"oneOf": [{"type": "string"}]}, {"type": "null"}]});
        assert_eq!(normalised(open), json!({"type": ["null", "string"]}));
    }

    #[test]
    fn variants_with_contents_stay_a_choice() {
        let object = json!({"type": "object", "required": ["D"]});
        let schema = |ways: &[Value]| json!({"oneOf": ([ways, std::slice::from_ref(&object)].concat())});
        assert_eq!(
            normalised(schema(&[json!({"type": "string", "const": "A"}), json!({"type": "string", "enum": ["B"]})])),
            normalised(schema(&[json!({"type": "string", "enum": ["A", "B"]})]))
        );
    }

    #[test]
    fn choices_with_another_meaning_stay() {
        for schema in [
            // Nothing satisfies exactly one of these.
            json!({"oneOf": [{"enum": ["A"]}, {"enum": ["A"]}]}),
            json!({"oneOf": [{"type": "integer"}, {"type": "number"}]}),
            json!({"oneOf": [{"type": "string", "enum": ["A"]}, {"type": "string"}]}),
            json!({"anyOf": [{"type": "string", "enum": ["A"]}, {"type": "integer"}]}),
        ] {
            let as_it_was = {
                let mut schema = schema.clone();
                sort(&mut schema);
                schema
            };
            assert_eq!(normalised(schema), as_it_was);
        }
        let beside = json!({"maxLength": 2, "oneOf": [{"type": "string", "enum": ["A", "BCD"]}]});
        assert_eq!(normalised(beside.clone()), beside);
    }
}
