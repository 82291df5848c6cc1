//! JSON Schemas of payloads on the wire: one for all values that a writer produces, one for all that a reader accepts.
//!
//! The two differ. A writer writes every field and no others. A reader accepts objects without the fields that are optional
//! or have a default, fields under their aliases, and unknown fields:
//!
//! ```
//! use event_contract::Payload;
//! use event_contract::schema::Schema;
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//! use serde_json::json;
//!
//! /// An order was created.
//! #[derive(Serialize, Deserialize, JsonSchema, Payload)]
//! #[payload(external, name = "Order.Created", version = 1)]
//! struct OrderCreated {
//!     #[serde(alias = "id")]
//!     order: String,
//!     gift: Option<bool>,
//! }
//!
//! let writer = Schema::writer::<OrderCreated>();
//! assert_eq!(*writer.as_value(), json!({
//!     "$schema": "https://json-schema.org/draft/2020-12/schema",
//!     "$id": "urn:event-contract:external:Order.Created:v1:writer",
//!     "title": "Order.Created v1",
//!     "description": "An order was created.",
//!     "type": "object",
//!     "properties": { "order": { "type": "string" }, "gift": { "type": ["boolean", "null"] } },
//!     "required": ["gift", "order"],
//!     "additionalProperties": false,
//! }));
//!
//! let reader = Schema::reader::<OrderCreated>();
//! assert_eq!(reader.assertions(), json!({
//!     "type": "object",
//!     "properties": {
//!         "order": { "type": "string" }, "id": { "type": "string" }, "gift": { "type": ["boolean", "null"] },
//!     },
//!     "allOf": [{ "oneOf": [{ "required": ["id"] }, { "required": ["order"] }] }],
//! }));
//! ```
//!
//! The schemas are those of schemars, draft 2020-12, completed so that they can be compared:
//!
//! * Every integer has a `minimum` and a `maximum`, at most those of an `i64`, because EventBridge has no larger integers.
//!   An `f32` has those of an `f32`.
//! * Types are inlined. Only recursive types are definitions; all types are where a schema would otherwise have more than
//!   10,000 subschemas.
//! * The members that `flatten` and tags add to an object are in one schema.
//! * The writer is closed at every depth: an object, unless it is a map, has only the members that the schema lists. This
//!   makes it provable that a new optional field breaks no older reader.
//! * The writer has the name of a struct under its `#[serde(tag)]`.
//! * The keys of maps are those that serde reads and writes: `true` and `false`, one character, the range of an integer type as a
//!   pattern, the names of an enum, the format of a date or a UUID.
//! * A date-time or a time without a time zone has a pattern beside its format, which JSON Schema does not know.
//! * The reader requires the fields that serde requires, also an `Option` under `#[serde(with)]` without a default.
//! * The reader has the aliases of `#[serde(alias)]`, marked with `x-alias-of`. Serde rejects a field that occurs twice,
//!   and so does the schema.
//! * An enumeration that may grow ([`Open`](crate::Open), `#[serde(other)]`) is a `string`, with the known values under
//!   [`x-extensible-enum`](https://opensource.zalando.com/restful-api-guidelines/#112).
//!
//! # Limits
//!
//! A schema describes JSON values, not their spelling, and is limited to the knowledge that schemars has of a type:
//!
//! * `3.0` is an integer for a schema and for [`Reader`](crate::Reader), though not for `serde_json` alone; for none of them
//!   beyond 2⁵³, or inside a value that serde buffers (`flatten`, untagged enums).
//! * A `format` describes the values that a type writes. Some types read more: chrono reads `+0000` as `Z`, uuid reads braces.
//! * `NaN` and infinities are written as null, where the schema has `number`; no bus takes them.
//! * A type that validates values in code (`try_from`, `deserialize_with`) is as exact as its `JsonSchema`; a check runs the
//!   code on drawn payloads and reports where the two differ. In a schema written by hand, the writer's objects are closed
//!   unless they have `additionalProperties`.
//! * Aliases, `#[serde(other)]`, tags of structs, and required fields are not detected inside buffered values: below
//!   `flatten` and in tagged and untagged enums; nor are tags in a type that rejects every value that is tried, and an
//!   example of its schema. Aliases of variants with contents are not detected, either.
//! * An adjacently tagged variant that contains an `Option` may omit it; the schema requires it.
//! * A set may be read from an array with duplicates, and a tuple struct without fields at its end that have a default; the
//!   schema rejects both. It also rejects `{"A": null}` for `"A"` if the enum has `#[serde(other)]`.
//! * A flattened `Option` of a struct that cannot be read becomes `None`; the schema rejects the value.
//! * Inside buffered values, serde also accepts the index of a variant for its name, and an array for a struct; the schema
//!   does not.
//! * Keys of maps are not restricted inside buffered values, except those of a map that is flattened itself. Serde buffers keys
//!   as strings, so that it reads no integer and no `bool` there. `#[derive(Payload)]` refuses a flattened map with such keys;
//!   under another name, the reader's schema accepts none of its keys, and a check reports `flattened-keys-unread`.

mod adjacent;
mod bound;
mod choice;
mod close;
mod definition;
mod detail;
mod envelope;
mod example;
mod format;
mod generate;
mod keyword;
mod map_key;
mod merge;
mod order;
mod place;
mod reading;
mod tag;
mod text;

use std::fmt;

#[cfg(feature = "check")]
use json_schema_core::{Draft, FlatSchema};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::name::Version;
use crate::payload::Payload;
use crate::read::find_type_shape;
use crate::side::{Side, SideKind};
use crate::wire::percent_encode;

pub use json_schema_core::Role;
#[cfg(feature = "check")]
pub(crate) use keyword::ALIAS;
pub(crate) use keyword::{definition_name, has_in_place_schemas};
pub(crate) use text::{compact, pretty};

#[cfg(feature = "check")]
pub(crate) use crate::open::KNOWN;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A JSON Schema, draft 2020-12, of a payload in one version; or of the [detail](Self::in_detail) or the
/// [envelope](Self::in_envelope) around it.
///
/// It is displayed as the text to publish, which does not depend on the order of fields, variants and types in the code:
/// keywords in a fixed order, names sorted, indented by two spaces, with a final line feed.
///
/// ```
/// use event_contract::contract::order::OrderCreated;
/// use event_contract::schema::Schema;
///
/// let schema = Schema::writer::<OrderCreated>();
/// assert_eq!(schema.id(), "urn:event-contract:external:Order.Created:v3:writer");
/// assert!(schema.to_string().starts_with("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    subject: Subject,
    value: Value,
}

/// The subject of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Subject {
    name: &'static str,
    version: Version,
    side: SideKind,
    role: Role,
    part: Part,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Payload,
    Detail,
    Envelope,
}

impl Schema {
    /// Returns the schema of `data` as this version of the payload is written.
    pub fn writer<P: Payload + JsonSchema>() -> Self {
        Self::for_role::<P>(Role::Writer)
    }

    /// Returns the schema of every `data` that can be read as this version of the payload. Older versions have their own
    /// schemas.
    pub fn reader<P: Payload + JsonSchema>() -> Self {
        Self::for_role::<P>(Role::Reader)
    }

    /// Returns [`Schema::writer`] or [`Schema::reader`].
    pub fn for_role<P: Payload + JsonSchema>(role: Role) -> Self {
        let side = <P::Side as Side>::KIND;
        let subject = Subject { name: P::NAME, version: P::VERSION, side, role, part: Part::Payload };
        Self::new(subject, of_type::<P>(role))
    }

    /// Adds the identifier and the title.
    fn new(subject: Subject, value: Value) -> Self {
        let mut keywords = match value {
            Value::Object(keywords) => keywords,
            Value::Bool(true) => Map::new(),
            // Nothing satisfies it: an enum without variants.
            Value::Bool(false) | Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Map::from_iter([("not".to_owned(), Value::Object(Map::new()))])
            }
        };
        keywords.insert("$schema".to_owned(), DIALECT.into());
        keywords.insert("$id".to_owned(), subject.id().into());
        keywords.insert("title".to_owned(), subject.title().into());
        Self { subject, value: Value::Object(keywords) }
    }

    /// Returns the schema as JSON.
    pub fn as_value(&self) -> &Value {
        &self.value
    }

    /// Returns the `$id` of the schema: `urn:event-contract:<side>:<type>:v<version>:<role>`, with `:detail` or
    /// `:envelope` at the end where it is one of these. Characters that a URN does not allow are percent-encoded.
    pub fn id(&self) -> &str {
        self.value["$id"].as_str().unwrap_or_default()
    }

    /// Returns the event type, which is always that of a [`Payload`].
    pub fn event_type(&self) -> &'static str {
        self.subject.name
    }

    /// Returns the version of the payload.
    pub fn version(&self) -> Version {
        self.subject.version
    }

    /// Returns the side of the payload.
    pub fn side(&self) -> SideKind {
        self.subject.side
    }

    /// Returns the role that the schema describes.
    pub fn role(&self) -> Role {
        self.subject.role
    }

    /// Replaces the examples of the schema.
    #[must_use]
    pub fn with_examples(mut self, examples: impl IntoIterator<Item = Value>) -> Self {
        let examples: Vec<Value> = examples.into_iter().collect();
        if let Some(keywords) = self.value.as_object_mut() {
            keywords.remove("examples");
            if !examples.is_empty() {
                keywords.insert("examples".to_owned(), examples.into());
            }
        }
        self
    }

    /// Replaces the text by that of the published schema, which has the same assertions.
    #[cfg(feature = "record")]
    pub(crate) fn with_text(self, value: Value) -> Self {
        Self { value, ..self }
    }

    /// Returns the assertions of the schema, without annotations (`title`, `description`, `examples`, `default`, `$comment`,
    /// `$id`, every keyword that begins with `x-` …): schemas with equal assertions accept the same payloads. Lists whose
    /// order has no meaning are sorted, and definitions are named by their contents.
    pub fn assertions(&self) -> Value {
        definition::assertions(&self.value)
    }

    /// Returns the schema of the canonical detail around the payload: of an [`Event`](crate::Event) as it is written. A
    /// schema of a detail or an envelope is returned unchanged.
    ///
    /// The writer's schema is that of a new event. An event that is passed on may also have the unknown fields that a
    /// [`Reader`](crate::Reader) kept.
    #[must_use]
    pub fn in_detail(&self) -> Self {
        match self.subject.part {
            Part::Payload => {
                let Subject { name, version, role, .. } = self.subject;
                self.wrap(Part::Detail, |data| detail::schema(role, name, version, data))
            }
            Part::Detail | Part::Envelope => self.clone(),
        }
    }

    /// Returns the schema of the envelope in which EventBridge delivers the detail. A schema of an envelope is returned
    /// unchanged.
    #[must_use]
    pub fn in_envelope(&self) -> Self {
        match self.subject.part {
            Part::Payload => self.in_detail().in_envelope(),
            Part::Detail => {
                let Subject { name, role, .. } = self.subject;
                self.wrap(Part::Envelope, |detail| envelope::schema(role, name, &detail))
            }
            Part::Envelope => self.clone(),
        }
    }

    /// Puts this schema into the one that `outer` returns, and moves its definitions to the root.
    fn wrap(&self, part: Part, outer: impl FnOnce(Value) -> Value) -> Self {
        let mut inner = self.value.clone();
        let mut definitions = None;
        if let Some(inner) = inner.as_object_mut() {
            inner.remove("$schema");
            inner.remove("$id");
            definitions = inner.remove("$defs");
        }
        let mut outer = outer(inner);
        if let (Some(outer), Some(definitions)) = (outer.as_object_mut(), definitions) {
            outer.insert("$defs".to_owned(), definitions);
        }
        order::sort(&mut outer);
        Self::new(Subject { part, ..self.subject }, outer)
    }
}

/// Returns the writer's schema of the envelope around a payload, whose writer's schema was read from a file.
#[cfg(feature = "check")]
pub(crate) fn envelope_of(name: &str, version: Version, payload: &Value) -> Value {
    let flat = FlatSchema::new(payload, Draft::Draft202012);
    let mut payload = flat.map_or_else(|_| payload.clone(), FlatSchema::into_root);
    let mut definitions = None;
    let has_other_references = !refers_only_to_definitions(&payload);
    if let Some(keywords) = payload.as_object_mut() {
        if has_other_references {
            // References to the payload itself still lead there where it has an identifier.
            keywords.entry("$id").or_insert_with(|| "urn:event-contract:payload".into());
        } else {
            keywords.remove("$schema");
            keywords.remove("$id");
            definitions = keywords.remove("$defs");
        }
    }
    let mut envelope = envelope::writer(name, &detail::writer(name, version, payload));
    if let (Some(keywords), Some(definitions)) = (envelope.as_object_mut(), definitions) {
        keywords.insert("$defs".to_owned(), definitions);
    }
    envelope
}

/// Returns true if every reference in a schema leads into its definitions, so that these can be moved with it.
///
/// It visits all values, not only schemas, because a reference may lead to a place that no keyword makes a schema.
#[cfg(feature = "check")]
pub(crate) fn refers_only_to_definitions(schema: &Value) -> bool {
    match schema {
        Value::Array(items) => items.iter().all(refers_only_to_definitions),
        Value::Object(members) => members.iter().all(|(name, value)| match (name.as_str(), value) {
            ("$ref", Value::String(reference)) => reference.starts_with("#/$defs/"),
            (_, value) => refers_only_to_definitions(value),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// Returns the assertions of a schema that was read from a file: see [`Schema::assertions`].
#[cfg(feature = "record")]
pub(crate) fn assertions_of(schema: &Value) -> Value {
    definition::assertions(schema)
}

/// Returns the schema of a type that is part of a payload.
pub(crate) fn of_type<T: JsonSchema + Serialize + DeserializeOwned>(role: Role) -> Value {
    let mut generated = generate::generate::<T>(role);
    if let Some(name) = keyword::referenced_definition(&generated.root)
        && let Some(definition) = generated.definitions.get(&name)
    {
        generated.root = definition.clone();
    }
    let raw = generated.definitions.clone();
    generated.change_each(&|schema| merge::merge(schema, &raw));
    generated.change_each(&bound::bound);
    generated.change_each(&format::complete);
    let mut shape = find_type_shape::<T>();
    match role {
        Role::Writer => {
            if shape.written.is_empty() {
                shape.written.extend(rewrite_example::<T>());
            }
            tag::complete(&mut generated, &shape);
            map_key::complete(&mut generated, &shape, role);
            generated.change_each(&close::close);
        }
        Role::Reader => {
            map_key::complete(&mut generated, &shape, role);
            reading::complete(&mut generated, &shape);
        }
    }
    definition::name_definitions(generated)
}

/// Reads an example of the reader's schema, and returns it as the type writes it.
fn rewrite_example<T: JsonSchema + Serialize + DeserializeOwned>() -> Option<Value> {
    let example = example::example(&of_type::<T>(Role::Reader))?;
    let value: T = serde_json::from_value(example).ok()?;
    serde_json::to_value(value).ok()
}

impl Subject {
    fn title(self) -> String {
        format!("{} {}", self.name, self.version)
    }

    fn id(self) -> String {
        let Self { name, version, side, role, part } = self;
        let name = percent_encode(name);
        let part = match part {
            Part::Payload => "",
            Part::Detail => ":detail",
            Part::Envelope => ":envelope",
        };
        format!("urn:event-contract:{side}:{name}:{version}:{role}{part}")
    }
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write_pretty(f, &self.value)
    }
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}
