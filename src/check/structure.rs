//! The structure of a schema, without what its author states beyond the types.

use json_schema_core::for_each_subschema_mut;
use serde_json::Value;

/// Returns a schema without what an author states beyond the type: it accepts whatever has the structure of the type.
pub(super) fn without_statements(schema: &Value) -> Value {
    const STATEMENTS: [&str; 21] = [
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minItems",
        "maxItems",
        "uniqueItems",
        "contains",
        "minContains",
        "maxContains",
        "minProperties",
        "maxProperties",
        "propertyNames",
        "not",
        "if",
        "then",
    ];
    let mut schema = schema.clone();
    if let Some(keywords) = schema.as_object_mut() {
        keywords.retain(|keyword, _| !STATEMENTS.contains(&keyword.as_str()));
        // Without the statements, a value may fit several alternatives.
        if let Some(alternatives) = keywords.remove("oneOf") {
            let any = serde_json::json!({ "anyOf": alternatives });
            match keywords.get_mut("allOf") {
                Some(Value::Array(all)) => all.push(any),
                _ => drop(keywords.insert("allOf".to_owned(), serde_json::json!([any]))),
            }
        }
    }
    for_each_subschema_mut(&mut schema, |_, schema| *schema = without_statements(schema));
    schema
}
