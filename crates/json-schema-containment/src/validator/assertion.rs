//! Assertions: the keywords without subschemas, evaluated on one value (Validation, section 6).

use foldhash::HashSet;
use json_document::exact::{Decimal, ExactValue as Value, Map};

use super::super::draft::Draft;
use super::super::format;
use super::super::number::{equality_key, is_multiple, is_spelled_as_integer, keyword_number, values_equal};
use super::{Validator, ValidatorError};

impl Validator<'_, '_> {
    /// Checks the keywords without subschemas. Values of other types than that of a keyword pass.
    pub(super) fn check_assertions(
        &mut self,
        draft: Draft,
        keywords: &Map<String, Value>,
        value: &Value,
    ) -> Result<bool, ValidatorError> {
        if !has_listed_type(draft, keywords, value) || !is_enumerated(draft, keywords, value) {
            return Ok(false);
        }
        let is_size_within = |size: usize, min: &str, max: &str| {
            let size = Decimal::from(size as u64);
            keyword_number(keywords, min).is_none_or(|min| size >= *min)
                && keyword_number(keywords, max).is_none_or(|max| size <= *max)
        };
        Ok(match value {
            Value::Null | Value::Bool(_) => true,
            Value::Number(number) => is_number_within(keywords, number.decimal())?,
            Value::String(text) => {
                is_size_within(text.chars().count(), "minLength", "maxLength")
                    && match keywords.get("pattern").and_then(Value::as_str) {
                        Some(pattern) => self.matches(pattern, text)?,
                        None => true,
                    }
                    && match keywords.get("format").and_then(Value::as_str).filter(|_| self.sources.formats) {
                        Some(format) if format::is_known(draft, format) => format::decide(format, text)
                            .ok_or_else(|| ValidatorError::Opaque(format!("format {format}")))?,
                        Some(_) | None => true,
                    }
            }
            Value::Array(items) => {
                let are_unique = || {
                    let keys: HashSet<String> = items.iter().map(equality_key).collect();
                    keys.len() == items.len()
                };
                is_size_within(items.len(), "minItems", "maxItems")
                    && (keywords.get("uniqueItems") != Some(&Value::Bool(true)) || are_unique())
            }
            Value::Object(members) => {
                let is_present = |name: &Value| name.as_str().is_some_and(|name| members.contains_key(name));
                is_size_within(members.len(), "minProperties", "maxProperties")
                    && keywords
                        .get("required")
                        .and_then(Value::as_array)
                        .is_none_or(|names| names.iter().all(is_present))
            }
        })
    }
}

/// Checks `type`. An integer is a number without fractional part, and in draft 4 one that is written without a fraction.
fn has_listed_type(draft: Draft, keywords: &Map<String, Value>, value: &Value) -> bool {
    let is_type = |name: &Value| match (name.as_str(), value) {
        (Some("null"), Value::Null)
        | (Some("boolean"), Value::Bool(_))
        | (Some("number"), Value::Number(_))
        | (Some("string"), Value::String(_))
        | (Some("array"), Value::Array(_))
        | (Some("object"), Value::Object(_)) => true,
        (Some("integer"), Value::Number(number)) => {
            if draft == Draft::Draft4 {
                is_spelled_as_integer(number)
            } else {
                number.decimal().is_integer()
            }
        }
        _ => false,
    };
    match keywords.get("type") {
        Some(Value::Array(names)) => names.iter().any(is_type),
        Some(name) => is_type(name),
        None => true,
    }
}

/// Checks `enum` and `const`.
fn is_enumerated(draft: Draft, keywords: &Map<String, Value>, value: &Value) -> bool {
    let is_listed = keywords
        .get("enum")
        .and_then(Value::as_array)
        .is_none_or(|values| values.iter().any(|listed| values_equal(listed, value)));
    let is_constant =
        draft == Draft::Draft4 || keywords.get("const").is_none_or(|constant| values_equal(constant, value));
    is_listed && is_constant
}

/// Checks the bounds and the divisor of a number; the exclusive bounds are booleans in draft 4.
fn is_number_within(keywords: &Map<String, Value>, value: &Decimal) -> Result<bool, ValidatorError> {
    let is_strict = |keyword: &str| keywords.get(keyword) == Some(&Value::Bool(true));
    let bound = |keyword: &str| keyword_number(keywords, keyword);
    let is_in_range = bound("minimum")
        .is_none_or(|min| value > min || (value == min && !is_strict("exclusiveMinimum")))
        && bound("maximum").is_none_or(|max| value < max || (value == max && !is_strict("exclusiveMaximum")))
        && bound("exclusiveMinimum").is_none_or(|min| value > min)
        && bound("exclusiveMaximum").is_none_or(|max| value < max);
    match bound("multipleOf").filter(|_| is_in_range) {
        Some(divisor) if divisor.is_positive() => is_multiple(value, divisor)
            .ok_or_else(|| ValidatorError::Opaque("a `multipleOf` with too many digits".to_owned())),
        Some(_) => Ok(false),
        None => Ok(is_in_range),
    }
}
