//! `type`, `enum` and `const`.

use serde_json::{Value, json};

use super::convert::{Converter, Rewrite};
use super::target::Dialect;

impl Converter {
    pub(super) fn convert_types(&mut self, rewrite: &mut Rewrite<'_>) {
        if self.dialect >= Dialect::Draft07 {
            for keyword in ["type", "enum", "const"] {
                rewrite.copy(keyword);
            }
            return;
        }
        let values = listed_values(rewrite);
        if values.as_ref().is_some_and(Vec::is_empty) {
            rewrite.conjuncts.push(self.boolean(false));
        }
        if self.dialect == Dialect::Draft04 {
            rewrite.copy("type");
        } else {
            put_nullable(rewrite, values.as_deref());
        }
        if let Some(values) = values.filter(|values| !values.is_empty()) {
            rewrite.put("enum", values);
        }
    }
}

/// Returns the values that both `enum` and `const` accept; `None` without either.
fn listed_values(rewrite: &Rewrite<'_>) -> Option<Vec<Value>> {
    let listed = rewrite.get("enum").and_then(Value::as_array).cloned();
    let mut values = match (listed, rewrite.get("const")) {
        (None, None) => return None,
        (Some(listed), None) => listed,
        (None, Some(only)) => vec![only.clone()],
        (Some(listed), Some(only)) => listed.into_iter().filter(|value| value == only).collect(),
    };
    // Draft-04 requires unique values.
    let mut seen = Vec::new();
    values.retain(|value| {
        let is_new = !seen.contains(value);
        seen.push(value.clone());
        is_new
    });
    Some(values)
}

/// Writes `type` for OpenAPI 3.0, which has neither an array of types nor a null type, but `nullable`.
fn put_nullable(rewrite: &mut Rewrite<'_>, values: Option<&[Value]>) {
    let types: Vec<&str> = match rewrite.get("type") {
        Some(Value::String(only)) => vec![only],
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
        _ => {
            // Without a type, null is valid anyway; `nullable` needs a type.
            return;
        }
    };
    let is_nullable = types.contains(&"null");
    let others: Vec<&str> = types.into_iter().filter(|name| *name != "null").collect();
    let one = |name: &str| if is_nullable { json!({"type": name, "nullable": true}) } else { json!({"type": name}) };
    match others.as_slice() {
        // `nullable` needs a type; the enumeration excludes all other values of it.
        [] => {
            rewrite.put("type", "string");
            rewrite.put("nullable", true);
            if values.is_none() {
                rewrite.put("enum", json!([null]));
            } else {
                rewrite.conjuncts.push(json!({"type": "string", "nullable": true, "enum": [null]}));
            }
        }
        [only] => {
            rewrite.put("type", *only);
            if is_nullable {
                rewrite.put("nullable", true);
            }
        }
        several => {
            let alternatives: Vec<Value> = several.iter().map(|name| one(name)).collect();
            rewrite.conjuncts.push(json!({ "anyOf": alternatives }));
        }
    }
}
