//! `type`, `enum` and `const`.

use serde_json::{Value, json};

use super::Dialect;
use super::convert::{Converter, Draft};

impl Converter {
    pub(super) fn types(&mut self, draft: &mut Draft<'_>) {
        if self.dialect >= Dialect::Draft07 {
            for keyword in ["type", "enum", "const"] {
                draft.copy(keyword);
            }
            return;
        }
        let values = values(draft);
        if values.as_ref().is_some_and(Vec::is_empty) {
            draft.besides.push(self.boolean(false));
        }
        if self.dialect == Dialect::Draft04 {
            draft.copy("type");
        } else {
            nullable(draft, values.as_deref());
        }
        if let Some(values) = values.filter(|values| !values.is_empty()) {
            draft.put("enum", values);
        }
    }
}

/// What `enum` and `const` leave.
fn values(draft: &Draft<'_>) -> Option<Vec<Value>> {
    let listed = draft.get("enum").and_then(Value::as_array).cloned();
    let mut values = match (listed, draft.get("const")) {
        (None, None) => return None,
        (Some(listed), None) => listed,
        (None, Some(only)) => vec![only.clone()],
        (Some(listed), Some(only)) => listed.into_iter().filter(|value| value == only).collect(),
    };
    // The values of an `enum` differ from each other, in draft-04.
    let mut seen = Vec::new();
    values.retain(|value| {
        let is_new = !seen.contains(value);
        seen.push(value.clone());
        is_new
    });
    Some(values)
}

/// A type and `nullable`: `OpenAPI` 3.0 has no list of types, and no type of null.
fn nullable(draft: &mut Draft<'_>, values: Option<&[Value]>) {
    let types: Vec<&str> = match draft.get("type") {
        Some(Value::String(only)) => vec![only],
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
        _ => {
            // `nullable` stands beside a type; without one, all types may be, and null among them.
            return;
        }
    };
    let is_nullable = types.contains(&"null");
    let others: Vec<&str> = types.into_iter().filter(|name| *name != "null").collect();
    let one = |name: &str| if is_nullable { json!({"type": name, "nullable": true}) } else { json!({"type": name}) };
    match others.as_slice() {
        // Some type has to stand there, and null is the only value of it that is let in.
        [] => {
            draft.put("type", "string");
            draft.put("nullable", true);
            if values.is_none() {
                draft.put("enum", json!([null]));
            } else {
                draft.besides.push(json!({"type": "string", "nullable": true, "enum": [null]}));
            }
        }
        [only] => {
            draft.put("type", *only);
            if is_nullable {
                draft.put("nullable", true);
            }
        }
        several => {
            let ways: Vec<Value> = several.iter().map(|name| one(name)).collect();
            draft.besides.push(json!({ "anyOf": ways }));
        }
    }
}
