//! JSON Schemas of payloads as they are on the wire: one of everything a writer writes, one of everything a reader accepts.
//!
//! The two are not the same. A writer writes every field and no others; a reader lets a field be missing that is
//! optional or has a default, takes it under its aliases, and does not mind fields that it does not know:
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
//! The schemas are those of schemars, draft 2020-12, with what is missing there for comparing them:
//!
//! * Every integer has a `minimum` and a `maximum`; none is wider than an `i64`, for no integer on `EventBridge` is.
//! * Types stand where they are used. Only those that contain themselves are definitions (and all are where one schema
//!   would come to more than 10,000 without).
//! * What `flatten` and tags put into one object stands in one schema.
//! * The writer is closed at every depth: maps aside, an object has the names that the schema lists. That is what makes
//!   it provable that a new optional field harms no older reader.
//! * The writer has the name of a struct under its `#[serde(tag)]`.
//! * The reader requires what serde misses where it is left out: an `Option` under `#[serde(with)]` without a default, too.
//! * The reader has the aliases of `#[serde(alias)]`, marked with `x-alias-of`. Serde refuses a field that comes twice,
//!   and so does the schema.
//! * An enumeration that may grow ([`Open`](crate::Open), `#[serde(other)]`) is a `string`, with the values that are
//!   known under [`x-extensible-enum`](https://opensource.zalando.com/restful-api-guidelines/#112).
//!
//! # Limits
//!
//! A schema speaks of JSON values, not of their spelling, and of what schemars knows of a type:
//!
//! * `3.0` is an integer to a schema and to [`Reader`](crate::Reader), though not to `serde_json` alone; nor to any of
//!   them beyond 2⁵³, or inside what serde buffers (`flatten`, untagged enums).
//! * A `format` says what a type writes. Some types read more: chrono takes `+0000` for `Z`, uuid takes braces.
//! * `NaN` and infinities are written as null, where the schema says `number`. A number that is too large for an `f32` is
//!   valid and not read; inside what serde buffers, it is read as infinity.
//! * A type that checks its values by code (`try_from`, `deserialize_with`) is as exact as its `JsonSchema` says; what a
//!   schema written by hand leaves open is closed for the writer unless it says `additionalProperties`.
//! * Aliases, `#[serde(other)]`, tags of structs, and what serde misses are not seen in what serde buffers: below
//!   `flatten` and in tagged and untagged enums; nor are tags in a type that refuses every value that it is tried with.
//!   Aliases of variants with contents are not seen, either.
//! * An adjacently tagged variant without contents takes none; the schema lets any stand there. One that holds an `Option`
//!   may come without it; the schema requires it.
//! * A list for a set may hold an item twice, and the fields at the end of a tuple struct may be missing that have a
//!   default; the schema refuses both. So it does `{"A": null}` for `"A"`, where the enum has `#[serde(other)]`.
//! * A flattened `Option` of a struct that cannot be read is none; the schema refuses it.
//! * `std::time::Duration` and `std::ops::Range` refuse fields that they do not know; the schema does not.
//! * Where serde buffers, it also takes the number of a variant for its name, and an array for a struct: no schema says so.
//! * Names of maps with integer keys have the spelling of integers; their range is not said. What names of
//!   maps with `char` and `bool` keys look like is not said, either.

mod bound;
mod choice;
mod close;
mod definition;
mod detail;
mod envelope;
mod generate;
mod keyword;
mod merge;
mod order;
mod reading;
mod tag;
mod text;

use std::fmt::{self, Write};

#[cfg(feature = "check")]
use json_schema_core::{Draft, FlatSchema};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::name::Version;
use crate::payload::Payload;
use crate::read::shape_of;
use crate::side::{Side, SideKind};

#[cfg(feature = "check")]
pub(crate) use keyword::each_mut;
pub(crate) use text::{compact, pretty};

pub(crate) use crate::open::KNOWN;

/// The keyword that names the field which a property is an alias of. An annotation.
const ALIAS: &str = "x-alias-of";

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The role that a schema describes. The list is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The schema accepts exactly the payloads that are written.
    Writer,
    /// The schema accepts the payloads that can be read.
    Reader,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Writer => "writer",
            Self::Reader => "reader",
        })
    }
}

/// A JSON Schema, draft 2020-12, of a payload in one version; or of the [detail](Self::in_detail) or the
/// [envelope](Self::in_envelope) around it.
///
/// Displayed, it is the text to be published: the same for the same types, to the byte, whatever the order of fields,
/// variants and types in the code. Keywords have an order of their own, names the alphabet; two spaces a level, a line
/// end at the end.
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

    /// Returns the schema of every `data` that can be read as this version of the payload. Older versions have schemas of
    /// their own.
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
            _ => Map::from_iter([("not".to_owned(), Value::Object(Map::new()))]),
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
        definition::bare(&self.value)
    }

    /// The schema of the canonical detail around the payload: an [`Event`](crate::Event) as it is written. It is open
    /// where it holds what a [`Reader`](crate::Reader) kept: an event that is passed on may have more members, and more
    /// in its payload, than its type says; the writer schema is that of an event which is new. A schema that is one of a
    /// detail or of an envelope already stays as it is.
    #[must_use]
    pub fn in_detail(&self) -> Self {
        match self.subject.part {
            Part::Payload => detail::around(self),
            Part::Detail | Part::Envelope => self.clone(),
        }
    }

    /// The schema of the envelope as EventBridge delivers it, around the detail. A schema of an envelope stays as it is.
    #[must_use]
    pub fn in_envelope(&self) -> Self {
        match self.subject.part {
            Part::Payload => envelope::around(&detail::around(self)),
            Part::Detail => envelope::around(self),
            Part::Envelope => self.clone(),
        }
    }

    /// Puts this schema into another one, which `outer` makes of it: its definitions move to the root of that.
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

/// The writer's schema of the envelope around a payload whose writer's schema was read from a file.
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

/// Returns true if every reference in a schema leads to one of its definitions, so that these can be moved with it.
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
    definition::bare(schema)
}

/// Returns the schema of any type that is part of a payload.
pub(crate) fn of_type<T: JsonSchema + Serialize + DeserializeOwned>(role: Role) -> Value {
    let mut generated = generate::generate::<T>(role);
    if let Some(name) = generated.root.get("$ref").and_then(Value::as_str).and_then(keyword::definition_of)
        && let Some(definition) = generated.definitions.get(&name)
    {
        generated.root = definition.clone();
    }
    let raw = generated.definitions.clone();
    generated.change_each(&|schema| merge::merge(schema, &raw));
    generated.change_each(&bound::bound);
    match role {
        Role::Writer => {
            tag::complete(&mut generated, &shape_of::<T>());
            generated.change_each(&close::close);
        }
        Role::Reader => reading::complete(&mut generated, &shape_of::<T>()),
    }
    definition::name(generated)
}

impl Subject {
    fn title(self) -> String {
        format!("{} {}", self.name, self.version)
    }

    fn id(self) -> String {
        let Self { name, version, side, role, part } = self;
        let mut id = format!("urn:event-contract:{side}:");
        for byte in name.bytes() {
            // RFC 3986, section 2.3: these need no encoding.
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                id.push(char::from(byte));
            } else {
                // A `String` cannot fail to be written to.
                let _ = write!(id, "%{byte:02X}");
            }
        }
        let part = match part {
            Part::Payload => "",
            Part::Detail => ":detail",
            Part::Envelope => ":envelope",
        };
        let _ = write!(id, ":{version}:{role}{part}");
        id
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
