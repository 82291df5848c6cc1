//! Search for an event that is valid under a schema and a condition.
//!
//! The prover decides whether the intersection of two schemas is empty. Its cost grows with the schemas, and most
//! conditions are about a few fields of a large type. So the first question is asked about a projection of the schema to
//! those fields, and the answer is completed from a known event.

use std::collections::BTreeMap;

use json_schema_core::{for_each_subschema_mut, is_annotation};
use serde_json::{Map, Value};

use super::event_schema::EventSchema;
use crate::compat::{Intersection, QuestionError, find_common_document};
use crate::schema::refers_only_to_definitions;

/// Maximum number of steps of one question to the prover.
const MAX_STEPS: u64 = 150_000;

/// Maximum number of steps to find any event, without which a type cannot be checked at all.
const MAX_STEPS_FOR_ANY: u64 = MAX_STEPS * 4;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum SearchResult {
    /// A valid event.
    Event(Value),
    /// A proof that there is none.
    None,
    /// The reason for which the prover found neither.
    Unknown(String),
}

/// Finds any event.
pub(super) fn find_any(schema: &EventSchema) -> Result<SearchResult, QuestionError> {
    let intersection = find_common_document(schema.as_value(), &Value::Bool(true), MAX_STEPS_FOR_ANY)?;
    Ok(to_result(schema, intersection))
}

/// Finds an event with all optional members.
pub(super) fn find_fullest(schema: &EventSchema) -> Option<Value> {
    let mut full = schema.as_value().clone();
    require_all(&mut full);
    match find_common_document(schema.as_value(), &full, MAX_STEPS) {
        Ok(Intersection::Document(event)) => Some(event).filter(|event| schema.accepts(event)),
        Ok(Intersection::Empty | Intersection::Undecided(_)) | Err(_) => None,
    }
}

/// Requires every property, except below keywords where that could make the schema unsatisfiable.
fn require_all(schema: &mut Value) {
    let names: Option<Vec<Value>> =
        schema["properties"].as_object().map(|properties| properties.keys().map(|name| name.as_str().into()).collect());
    if let (Some(keywords), Some(names)) = (schema.as_object_mut(), names) {
        keywords.insert("required".to_owned(), names.into());
    }
    for_each_subschema_mut(schema, |step, schema| {
        if !matches!(step.keyword.name, "not" | "if" | "anyOf" | "oneOf") {
            require_all(schema);
        }
    });
}

/// Finds an event that is valid under a condition, which depends only on the fields at `paths` (names joined with dots).
pub(super) fn find_event<'p>(
    schema: &EventSchema,
    condition: &Value,
    paths: impl IntoIterator<Item = &'p str>,
) -> SearchResult {
    match condition {
        Value::Bool(false) => return SearchResult::None,
        Value::Bool(true) => {
            if let Some(event) = schema.samples().first() {
                return SearchResult::Event(event.clone());
            }
        }
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {}
    }
    let mut fields = PathTree::default();
    for path in paths {
        fields.insert(path);
    }
    if let Some(sample) = schema.samples().first()
        && refers_only_to_definitions(schema.as_value())
        && !schema.navigator().has_resources()
    {
        let projection = project(schema.as_value(), &fields);
        match find_common_document(&projection, condition, MAX_STEPS) {
            // The projection accepts more than the schema.
            Ok(Intersection::Empty) => return SearchResult::None,
            Ok(Intersection::Document(part)) => {
                let event = complete(schema.as_value(), &fields, part, sample);
                if schema.accepts(&event) {
                    return SearchResult::Event(event);
                }
            }
            Ok(Intersection::Undecided(_)) | Err(_) => {}
        }
    }
    match find_common_document(schema.as_value(), condition, MAX_STEPS) {
        Ok(intersection) => to_result(schema, intersection),
        Err(error) => SearchResult::Unknown(error.to_string()),
    }
}

fn to_result(schema: &EventSchema, intersection: Intersection) -> SearchResult {
    match intersection {
        Intersection::Empty => SearchResult::None,
        Intersection::Document(event) if schema.accepts(&event) => SearchResult::Event(event),
        Intersection::Document(_) => SearchResult::Unknown("the validators disagree about an event".to_owned()),
        Intersection::Undecided(reason) => SearchResult::Unknown(reason.to_string()),
    }
}

/// Paths of fields as a tree of names.
#[derive(Debug, Default)]
struct PathTree {
    children: BTreeMap<String, PathTree>,
}

impl PathTree {
    fn insert(&mut self, path: &str) {
        let mut node = self;
        for name in path.split('.') {
            node = node.children.entry(name.to_owned()).or_default();
        }
    }

    /// Returns the fields below a member. A member name with dots stands for several names of a path.
    fn child(&self, member: &str) -> Option<&Self> {
        member.split('.').try_fold(self, |node, name| node.children.get(name))
    }
}

/// Keywords of an object whose members are independent of each other.
const INDEPENDENT_KEYWORDS: [&str; 5] = ["type", "properties", "required", "additionalProperties", "$defs"];

fn has_independent_members(schema: &Map<String, Value>) -> bool {
    let restricts = |keyword: &str| !is_annotation(keyword) && !matches!(keyword, "$schema" | "$id");
    let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    let is_object = schema.get("type").is_some_and(|name| name == "object");
    is_closed
        && is_object
        && schema.keys().all(|keyword| INDEPENDENT_KEYWORDS.contains(&&**keyword) || !restricts(keyword))
}

/// Drops all constraints on members without a field: the result accepts at least the events of the schema.
fn project(schema: &Value, fields: &PathTree) -> Value {
    let keywords = schema.as_object().filter(|keywords| has_independent_members(keywords));
    let Some(keywords) = keywords.filter(|_| !fields.children.is_empty()) else {
        return schema.clone();
    };
    let mut projection = keywords.clone();
    if let Some(Value::Object(properties)) = projection.get_mut("properties") {
        for (name, schema) in properties {
            *schema = fields.child(name).map_or(Value::Bool(true), |fields| project(schema, fields));
        }
    }
    if let Some(Value::Array(required)) = projection.get_mut("required") {
        required.retain(|name| name.as_str().is_some_and(|name| fields.child(name).is_some()));
    }
    for annotation in ["$schema", "$id", "title", "description", "examples"] {
        projection.remove(annotation);
    }
    Value::Object(projection)
}

/// Completes an event of the projection with the other members of a sample.
fn complete(schema: &Value, fields: &PathTree, part: Value, sample: &Value) -> Value {
    let is_projected = schema.as_object().is_some_and(has_independent_members) && !fields.children.is_empty();
    match (part, sample) {
        (Value::Object(part), Value::Object(sample)) if is_projected => {
            let mut event: Map<String, Value> = sample
                .iter()
                .filter(|(name, _)| fields.child(name).is_none())
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            for (name, value) in part {
                let Some(fields) = fields.child(&name) else { continue };
                let value = match sample.get(&name) {
                    Some(sample) => complete(&schema["properties"][&name], fields, value, sample),
                    None => value,
                };
                event.insert(name, value);
            }
            Value::Object(event)
        }
        (part, _) => part,
    }
}
