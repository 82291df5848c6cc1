//! Bounds for every integer and every `f32`, and one spelling for integer keys of maps.

use json_schema_core::for_each_subschema_mut;
use serde_json::{Map, Value};

use super::keyword::has_type;

/// [`f32::MAX`] as it is written: in the shortest spelling that is read as the same `f32`, which is greater than `f32::MAX`.
const MAX_SINGLE: f64 = 3.402_823_5e38;

/// Puts a `minimum` and a `maximum` on every integer and every `f32`, and tightens the patterns of integer keys.
pub(super) fn bound(schema: &mut Value) {
    if has_type(schema, "integer")
        && let Some(schema) = schema.as_object_mut()
    {
        let (min, max) = integer_range(schema.get("format").and_then(Value::as_str));
        tighten(schema, "minimum", min, i64::max);
        tighten(schema, "maximum", max, i64::min);
    }
    if has_type(schema, "number")
        && let Some(schema) = schema.as_object_mut()
        && schema.get("format").is_some_and(|format| format == "float")
    {
        // The reader rejects numbers that would become infinite.
        for (keyword, exclusive, bound) in
            [("minimum", "exclusiveMinimum", -MAX_SINGLE), ("maximum", "exclusiveMaximum", MAX_SINGLE)]
        {
            if !schema.contains_key(exclusive) {
                schema.entry(keyword).or_insert_with(|| bound.into());
            }
        }
    }
    if let Some(Value::Object(fields)) = schema.get_mut("properties")
        && fields.len() == 2
        && fields.contains_key("secs_since_epoch")
        && let Some(Value::Object(nanos)) = fields.get_mut("nanos_since_epoch")
    {
        // `std::time::SystemTime` writes less than a second, and reads no more beside the largest number of seconds. It rejects
        // unknown fields.
        nanos.entry("maximum").or_insert_with(|| 999_999_999.into());
        if let Some(schema) = schema.as_object_mut() {
            schema.entry("additionalProperties").or_insert(Value::Bool(false));
        }
    }
    if let Some(Value::Object(patterns)) = schema.get_mut("patternProperties") {
        for (loose, exact) in KEYS {
            if let Some(value) = patterns.remove(loose) {
                patterns.insert(exact.to_owned(), value);
            }
        }
    }
    for_each_subschema_mut(schema, |_, schema| bound(schema));
}

/// Patterns of integer keys in the spelling that serde writes: of unsigned and of signed ones.
pub(super) const INTEGER_KEYS: [&str; 2] = ["^(0|[1-9][0-9]*)$", "^(0|-?[1-9][0-9]*)$"];

/// Patterns of integer keys as schemars has them, and in the spelling that serde writes.
const KEYS: [(&str, &str); 2] = [(r"^\d+$", INTEGER_KEYS[0]), (r"^-?\d+$", INTEGER_KEYS[1])];

/// Returns the range of an integer format. Nothing is wider than an `i64`, which is all that EventBridge accepts; `u64::MAX`
/// would make comparisons of schemas undecidable.
fn integer_range(format: Option<&str>) -> (i64, i64) {
    match format {
        Some("int8") => (i8::MIN.into(), i8::MAX.into()),
        Some("int16") => (i16::MIN.into(), i16::MAX.into()),
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        Some("uint8") => (0, u8::MAX.into()),
        Some("uint16") => (0, u16::MAX.into()),
        Some("uint32") => (0, u32::MAX.into()),
        Some("uint64" | "uint128" | "uint") => (0, i64::MAX),
        _ => (i64::MIN, i64::MAX),
    }
}

fn tighten(schema: &mut Map<String, Value>, keyword: &str, bound: i64, tighter: fn(i64, i64) -> i64) {
    let declared = schema.get(keyword);
    let bound = match declared {
        None => Value::from(bound),
        Some(declared) => match (declared.as_i64(), declared.as_f64()) {
            (Some(declared), _) => Value::from(tighter(declared, bound)),
            // A fraction stays; a bound outside of i64 is replaced.
            (None, Some(declared)) if declared.abs() < 9e18 => Value::from(declared),
            _ => Value::from(bound),
        },
    };
    schema.insert(keyword.to_owned(), bound);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bounded(mut schema: Value) -> Value {
        bound(&mut schema);
        schema
    }

    #[test]
    fn every_integer_has_both_bounds_and_keeps_the_tighter_one() {
        assert_eq!(
            bounded(json!({"type": ["integer", "null"], "format": "uint32", "minimum": 1})),
            json!({"type": ["integer", "null"], "format": "uint32", "minimum": 1, "maximum": u32::MAX})
        );
        assert_eq!(
            bounded(json!({"items": {"type": "integer", "format": "uint64", "minimum": -3, "maximum": u64::MAX}})),
            json!({"items": {"type": "integer", "format": "uint64", "minimum": 0, "maximum": i64::MAX}})
        );
        assert_eq!(
            bounded(json!({"type": "integer"})),
            json!({"type": "integer", "minimum": i64::MIN, "maximum": i64::MAX})
        );
        assert_eq!(bounded(json!({"type": "number"})), json!({"type": "number"}));
        assert_eq!(
            bounded(json!({"type": ["number", "null"], "format": "float", "minimum": 0})),
            json!({"type": ["number", "null"], "format": "float", "minimum": 0, "maximum": MAX_SINGLE})
        );
        assert_eq!(bounded(json!({"type": "integer", "format": "int8", "maximum": 0.5}))["maximum"], 0.5);
    }

    #[test]
    fn the_bound_of_single_precision_is_its_spelling() {
        assert_eq!(serde_json::to_string(&f32::MAX).unwrap(), serde_json::to_string(&MAX_SINGLE).unwrap());
        assert_eq!(serde_json::from_str::<f32>("3.4028235e+38").unwrap().to_bits(), f32::MAX.to_bits());
    }

    #[test]
    fn integer_keys_have_one_spelling() {
        let schema = bounded(json!({"patternProperties": {r"^-?\d+$": {"type": "string"}, "^a": {}}}));
        assert_eq!(schema, json!({"patternProperties": {"^(0|-?[1-9][0-9]*)$": {"type": "string"}, "^a": {}}}));
    }
}
