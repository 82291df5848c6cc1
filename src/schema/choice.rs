//! One form for lists of values, so that a doc comment on a variant does not change the assertions of a schema.
//!
//! schemars lists the variants of an enum without contents under `enum`, and takes those that have a description out of
//! the list: each becomes a `const` of its own below `oneOf`. Here, without their descriptions, they are one list again.

use serde_json::{Map, Value};

use super::keyword::each_mut;
use super::text::compact;

/// Puts the listed values and the mere types of each choice together, everywhere in `schema`, which has no annotations.
pub(super) fn collect(schema: &mut Value) {
    each_mut(schema, &mut |_, schema| collect(schema));
    let Some(keywords) = schema.as_object_mut() else { return };
    let is_alone = keywords.len() == 1;
    for (keyword, exclusive) in [("oneOf", true), ("anyOf", false)] {
        if let Some(Value::Array(ways)) = keywords.get_mut(keyword) {
            put_together(ways, exclusive);
            // What stands beside a choice has to hold as well: only a choice that is alone is what it says.
            if let [Value::Object(only)] = ways.as_slice()
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

/// A way that lists values, or types, and says nothing else.
#[derive(Default)]
struct Listed {
    /// Sorted; empty where any value of the types will do.
    values: Vec<Value>,
    /// Sorted; empty where it is not said.
    types: Vec<String>,
}

impl Listed {
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
        values.retain(|value| types.is_empty() || types.iter().any(|name| is_of(value, name)));
        if has_values && values.is_empty() {
            return None;
        }
        if listed.values.is_empty() && listed.types == ["null"] {
            listed.values.push(Value::Null);
        }
        (!listed.values.is_empty() || !listed.types.is_empty()).then_some(listed)
    }

    /// Returns the union of two lists; `None` where it is not one list again, or is exclusive and they overlap.
    fn or(&self, other: &Self, exclusive: bool) -> Option<Self> {
        let is_null = |listed: &Self| listed.types == ["null"];
        let same_kind = self.values.is_empty() == other.values.is_empty() || is_null(self) || is_null(other);
        let same_types = self.types.is_empty() == other.types.is_empty();
        let overlap = match (self.values.as_slice(), other.values.as_slice()) {
            ([], _) | (_, []) => self.types.iter().any(|one| other.types.iter().any(|other| meet(one, other))),
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

fn is_of(value: &Value, name: &str) -> bool {
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

/// Returns true if a value can be of both types.
fn meet(one: &str, other: &str) -> bool {
    let is_number = |name| matches!(name, "integer" | "number");
    one == other || (is_number(one) && is_number(other))
}

fn put_together(ways: &mut Vec<Value>, exclusive: bool) {
    let mut lists: Vec<Listed> = Vec::new();
    ways.retain(|way| match Listed::from_schema(way) {
        Some(listed) => {
            lists.push(listed);
            false
        }
        None => true,
    });
    // Lists of values first: null joins them before it joins the types.
    lists.sort_by_key(|listed| (listed.types == ["null"], listed.values.is_empty()));
    let mut joined: Vec<Listed> = Vec::new();
    for listed in lists {
        match joined.iter_mut().find_map(|other| Some((other.or(&listed, exclusive)?, other))) {
            Some((both, other)) => *other = both,
            None => joined.push(listed),
        }
    }
    ways.extend(joined.into_iter().map(Listed::into_schema));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::order::sort;
    use serde_json::json;

    fn collected(mut schema: Value) -> Value {
        collect(&mut schema);
        sort(&mut schema);
        schema
    }

    #[test]
    fn described_variants_are_a_list() {
        let listed = json!({"type": "string", "enum": ["A", "B", "C"]});
        let described = json!({"oneOf": [
            {"type": "string", "const": "C"}, {"type": "string", "enum": ["B"]}, {"const": "A", "type": "string"}]});
        assert_eq!(collected(listed.clone()), listed);
        assert_eq!(collected(described.clone()), listed);
        let nullable = json!({"anyOf": [described, {"type": "null"}]});
        assert_eq!(collected(nullable), collected(json!({"type": ["string", "null"], "enum": ["A", "B", "C", null]})));
        let open = json!({"anyOf": [{"oneOf": [{"type": "string"}]}, {"type": "null"}]});
        assert_eq!(collected(open), json!({"type": ["null", "string"]}));
    }

    #[test]
    fn variants_with_contents_stay_a_choice() {
        let object = json!({"type": "object", "required": ["D"]});
        let schema = |ways: &[Value]| json!({"oneOf": ([ways, std::slice::from_ref(&object)].concat())});
        assert_eq!(
            collected(schema(&[json!({"type": "string", "const": "A"}), json!({"type": "string", "enum": ["B"]})])),
            collected(schema(&[json!({"type": "string", "enum": ["A", "B"]})]))
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
            assert_eq!(collected(schema), as_it_was);
        }
        let beside = json!({"maxLength": 2, "oneOf": [{"type": "string", "enum": ["A", "BCD"]}]});
        assert_eq!(collected(beside.clone()), beside);
    }
}
