//! An event of a shape that is valid under a condition, found or proven not to be there.
//!
//! What a condition does not look at is left out of the question, and put back into the answer from an event that is
//! known. So most questions are about a few fields, however large the type.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::shape::Shape;
use crate::compat::{Intersection, QuestionError, find_common_document};
use crate::schema::each_mut;

/// How many steps a question may take.
const STEPS: u64 = 150_000;

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// This one, which the shape has.
    Event(Value),
    /// None: that is proven.
    None,
    /// It is not known, for this reason.
    Unknown(String),
}

/// Names on the ways to what is looked at.
#[derive(Debug, Default)]
struct Looked {
    names: BTreeMap<String, Looked>,
}

/// Any event of a shape.
pub(super) fn sample(shape: &Shape) -> Result<Found, QuestionError> {
    Ok(match find_common_document(shape.schema(), &Value::Bool(true), STEPS * 4)? {
        Intersection::Document(event) if shape.has(&event) => Found::Event(event),
        Intersection::Document(_) => Found::Unknown("the validators do not agree".to_owned()),
        Intersection::Empty => Found::None,
        Intersection::Unknown(reason) => Found::Unknown(reason.to_string()),
    })
}

/// An event of a shape with all that it may have, where that can be told.
pub(super) fn fullest(shape: &Shape) -> Option<Value> {
    let mut schema = shape.schema().clone();
    require_all(&mut schema);
    match find_common_document(shape.schema(), &schema, STEPS) {
        Ok(Intersection::Document(event)) => Some(event).filter(|event| shape.has(event)),
        Ok(Intersection::Empty | Intersection::Unknown(_)) | Err(_) => None,
    }
}

fn require_all(schema: &mut Value) {
    let names: Option<Vec<Value>> =
        schema["properties"].as_object().map(|properties| properties.keys().map(|name| name.as_str().into()).collect());
    if let (Some(keywords), Some(names)) = (schema.as_object_mut(), names) {
        keywords.insert("required".to_owned(), names.into());
    }
    each_mut(schema, &mut |keyword, schema| {
        if !matches!(keyword, "not" | "if" | "anyOf" | "oneOf") {
            require_all(schema);
        }
    });
}

/// An event of the shape that is valid under a condition, which looks at these fields only: names joined with dots.
pub(super) fn find<'p>(shape: &Shape, condition: &Value, paths: impl IntoIterator<Item = &'p str>) -> Found {
    match condition {
        Value::Bool(false) => return Found::None,
        Value::Bool(true) => {
            if let Some(event) = shape.samples().first() {
                return Found::Event(event.clone());
            }
        }
        _ => {}
    }
    let mut looked = Looked::default();
    for path in paths {
        looked.add(path);
    }
    if let Some(sample) = shape.samples().first()
        && !shape.places().has_resources()
    {
        let narrow = project(shape.schema(), &looked);
        match find_common_document(&narrow, condition, STEPS) {
            Ok(Intersection::Empty) => return Found::None,
            Ok(Intersection::Document(part)) => {
                let event = splice(shape.schema(), &looked, part, sample);
                if shape.has(&event) {
                    return Found::Event(event);
                }
            }
            Ok(Intersection::Unknown(_)) | Err(_) => {}
        }
    }
    match find_common_document(shape.schema(), condition, STEPS) {
        Ok(Intersection::Empty) => Found::None,
        Ok(Intersection::Document(event)) if shape.has(&event) => Found::Event(event),
        Ok(Intersection::Document(_)) => Found::Unknown("the validators do not agree about an event".to_owned()),
        Ok(Intersection::Unknown(reason)) => Found::Unknown(reason.to_string()),
        Err(error) => Found::Unknown(error.to_string()),
    }
}

impl Looked {
    fn add(&mut self, path: &str) {
        let mut looked = self;
        for name in path.split('.') {
            looked = looked.names.entry(name.to_owned()).or_default();
        }
    }

    /// What is looked at below a member; a name with dots in it stands for several.
    fn below(&self, name: &str) -> Option<&Self> {
        name.split('.').try_fold(self, |looked, name| looked.names.get(name))
    }
}

/// Keywords of an object whose members have nothing to do with each other.
const PLAIN: [&str; 5] = ["type", "properties", "required", "additionalProperties", "$defs"];

fn is_plain(schema: &Map<String, Value>) -> bool {
    let says_nothing = |keyword: &str| {
        matches!(keyword, "$schema" | "$id" | "title" | "description" | "examples" | "default")
            || keyword.starts_with("x-")
    };
    let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    let is_object = schema.get("type").is_some_and(|name| name == "object");
    is_closed && is_object && schema.keys().all(|keyword| PLAIN.contains(&&**keyword) || says_nothing(keyword))
}

/// A schema of more events, which says nothing of what is not looked at.
fn project(schema: &Value, looked: &Looked) -> Value {
    let Some(keywords) = schema.as_object().filter(|keywords| is_plain(keywords) && !looked.names.is_empty()) else {
        return schema.clone();
    };
    let mut narrow = keywords.clone();
    if let Some(Value::Object(properties)) = narrow.get_mut("properties") {
        for (name, schema) in properties {
            *schema = looked.below(name).map_or(Value::Bool(true), |looked| project(schema, looked));
        }
    }
    if let Some(Value::Array(required)) = narrow.get_mut("required") {
        required.retain(|name| name.as_str().is_some_and(|name| looked.below(name).is_some()));
    }
    for annotation in ["$schema", "$id", "title", "description", "examples"] {
        narrow.remove(annotation);
    }
    Value::Object(narrow)
}

/// The part that is looked at, and the rest of another event.
fn splice(schema: &Value, looked: &Looked, part: Value, sample: &Value) -> Value {
    let is_projected = schema.as_object().is_some_and(|keywords| is_plain(keywords) && !looked.names.is_empty());
    match (part, sample) {
        (Value::Object(part), Value::Object(sample)) if is_projected => {
            let is_other = |name: &str| looked.below(name).is_none();
            let mut whole: Map<String, Value> = sample
                .iter()
                .filter(|(name, _)| is_other(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            for (name, value) in part {
                let Some(looked) = looked.below(&name) else { continue };
                let value = match sample.get(&name) {
                    Some(sample) => splice(&schema["properties"][&name], looked, value, sample),
                    None => value,
                };
                whole.insert(name, value);
            }
            Value::Object(whole)
        }
        (part, _) => part,
    }
}
