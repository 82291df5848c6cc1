//! Schemas as consumers state them, with the digits of their files.

use serde_json::Value;

use crate::compat::exact::{self, Fidelity};

/// A schema that was parsed from a file or derived from a type.
///
/// The rest of the check reads the tree of `serde_json`. The exact one is there only if the file has a number that the other
/// cannot hold: an integer beyond 64 bits, or a fraction of more than 17 digits. Schemas of Rust types, and the record, which
/// is written from them, have none.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StatedSchema {
    value: Value,
    exact: Option<exact::ExactValue>,
}

impl StatedSchema {
    /// Returns the schema, with the nearest number in place of each that `serde_json` cannot hold.
    pub(super) const fn value(&self) -> &Value {
        &self.value
    }

    /// Returns the schema with every digit, if the other one lacks any.
    pub(super) const fn exact(&self) -> Option<&exact::ExactValue> {
        self.exact.as_ref()
    }

    /// Returns the text of the file.
    pub(super) fn to_text(&self) -> String {
        format_schema(&self.value, self.exact())
    }
}

impl From<exact::ExactValue> for StatedSchema {
    fn from(exact: exact::ExactValue) -> Self {
        match exact.to_serde(Fidelity::Spelling) {
            Some(value) => Self { value, exact: None },
            None => Self { value: exact.to_nearest_serde(), exact: Some(exact) },
        }
    }
}

impl From<Value> for StatedSchema {
    fn from(value: Value) -> Self {
        Self { value, exact: None }
    }
}

/// Returns the text of a schema that was made of an exact tree, with every digit. Without the tree, it lacks none.
pub(super) fn format_schema(value: &Value, exact: Option<&exact::ExactValue>) -> String {
    match exact {
        // No member of a tree fails to be serialized.
        Some(exact) => serde_json::to_string_pretty(&restore_digits(value, exact)).unwrap_or_default() + "\n",
        None => crate::schema::pretty(value),
    }
}

/// Restores the digits of the numbers in a schema from the exact tree that it was made of.
///
/// Parts may have been removed or replaced since; the others are where they were.
pub(super) fn restore_digits(value: &Value, exact: &exact::ExactValue) -> exact::ExactValue {
    match (value, exact) {
        (Value::Number(_), exact::ExactValue::Number(_)) if exact.to_nearest_serde() == *value => exact.clone(),
        (Value::Array(items), exact::ExactValue::Array(originals)) => {
            let restore = |(index, item)| match originals.get(index) {
                Some(original) => restore_digits(item, original),
                None => item.into(),
            };
            exact::ExactValue::Array(items.iter().enumerate().map(restore).collect())
        }
        (Value::Object(members), exact::ExactValue::Object(originals)) => {
            let restore = |(name, member): (&String, &Value)| match originals.get(name) {
                Some(original) => (name.clone(), restore_digits(member, original)),
                None => (name.clone(), member.into()),
            };
            exact::ExactValue::Object(members.iter().map(restore).collect())
        }
        (
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_),
            _,
        ) => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(json: &str) -> StatedSchema {
        exact::ExactValue::from_slice(json.as_bytes()).unwrap().into()
    }

    #[test]
    fn only_schemas_with_larger_numbers_have_an_exact_tree() {
        let small = parse(r#"{"maximum": 1e22, "minimum": 18446744073709551615}"#);
        assert_eq!((small.exact(), small.value()["minimum"].as_u64()), (None, Some(u64::MAX)));
        let large = parse(r#"{"minimum": 36893488147419103233}"#);
        assert_eq!(large.exact().unwrap().to_string(), r#"{"minimum":36893488147419103233}"#);
        assert_eq!(large.to_text(), "{\n  \"minimum\": 36893488147419103233\n}\n");
    }

    #[test]
    fn digits_are_restored_where_a_number_is_the_one_of_the_file() {
        let text = r#"{"allOf":[{"minimum":36893488147419103233},true],"maximum":36893488147419103234}"#;
        let stated = parse(text);
        assert_eq!(restore_digits(stated.value(), stated.exact().unwrap()).to_string(), text);
        let mut changed = stated.value().clone();
        changed["allOf"][1] = json!({"const": 2.5});
        changed["maximum"] = json!(7);
        assert_eq!(
            restore_digits(&changed, stated.exact().unwrap()).to_string(),
            r#"{"allOf":[{"minimum":36893488147419103233},{"const":2.5}],"maximum":7}"#
        );
    }
}
