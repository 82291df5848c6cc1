//! A set of JSON values between two schemas.

use serde_json::{Map, Value, json};

/// A set of JSON values, as the two schemas that enclose it. Both are JSON Schema draft 2020-12, without references.
///
/// Proofs are sound if they use the right bound: a set that meets nothing valid under `over` is empty there, and
/// everything valid under `under` is in the set. The two are equal if JSON Schema can express the set.
///
/// ```
/// use eventbridge_pattern::requirement::Approximation;
/// use serde_json::json;
///
/// let addresses = Approximation { over: json!({"type": "string"}), under: json!({"const": "10.0.0.1"}) };
/// let not_null = Approximation::exact(json!({"type": "null"})).complement();
/// let set = Approximation::all_of([addresses.clone(), not_null]);
/// assert_eq!(set.over, json!({"allOf": [{"type": "string"}, {"not": {"type": "null"}}]}));
///
/// let either = Approximation::any_of([addresses, Approximation::exact(json!({"type": "boolean"}))]);
/// assert_eq!(either.under, json!({"anyOf": [{"const": "10.0.0.1"}, {"type": "boolean"}]}));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Approximation {
    /// Over-approximation: every value of the set is valid under it.
    pub over: Value,
    /// Under-approximation: every value that is valid under it is in the set.
    pub under: Value,
}

impl Approximation {
    /// Returns the set of exactly the values that are valid under a schema.
    pub fn exact(schema: Value) -> Self {
        Self { over: schema.clone(), under: schema }
    }

    /// Returns the union of sets.
    pub fn any_of(sets: impl IntoIterator<Item = Self>) -> Self {
        Self::combine("anyOf", false, sets)
    }

    /// Returns the intersection of sets.
    pub fn all_of(sets: impl IntoIterator<Item = Self>) -> Self {
        Self::combine("allOf", true, sets)
    }

    /// Returns the complement of the set.
    #[must_use]
    pub fn complement(self) -> Self {
        Self { over: negate(self.under), under: negate(self.over) }
    }

    /// Applies a monotone function to both schemas: one whose result accepts more if its argument does, such as putting a
    /// schema below `properties`.
    #[must_use]
    pub fn map(self, f: impl Fn(Value) -> Value) -> Self {
        Self { over: f(self.over), under: f(self.under) }
    }

    fn combine(keyword: &str, neutral: bool, sets: impl IntoIterator<Item = Self>) -> Self {
        let (over, under): (Vec<_>, Vec<_>) = sets.into_iter().map(|set| (set.over, set.under)).unzip();
        Self { over: join(keyword, neutral, over), under: join(keyword, neutral, under) }
    }
}

/// Builds `anyOf` or `allOf` without duplicates and without the neutral boolean schema.
fn join(keyword: &str, neutral: bool, mut schemas: Vec<Value>) -> Value {
    if schemas.contains(&Value::Bool(!neutral)) {
        return Value::Bool(!neutral);
    }
    schemas.retain(|schema| *schema != Value::Bool(neutral));
    let mut distinct: Vec<Value> = Vec::new();
    for schema in schemas {
        if !distinct.contains(&schema) {
            distinct.push(schema);
        }
    }
    match distinct.len() {
        0 => Value::Bool(neutral),
        1 => distinct.remove(0),
        _ => Value::Object(Map::from_iter([(keyword.to_owned(), Value::Array(distinct))])),
    }
}

fn negate(schema: Value) -> Value {
    match schema {
        Value::Bool(holds) => Value::Bool(!holds),
        other => json!({ "not": other }),
    }
}
