//! Consumers of events, and the schemas by which they read.

use std::collections::BTreeMap;

use json_schema_core::check_is_schema;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{CheckError, CheckErrorKind};
use super::format_reading::DECLARATION;
use super::input::InputOrigin;
use super::stated::StatedSchema;
use crate::catalog::program::PayloadProgram;
use crate::name::Version;
use crate::payload::Payload;
use crate::record::Files;
use crate::routing::source::read_exact_value;
use crate::schema::{Role, Schema, of_type};

/// A program that reads events of the contract, with the schemas by which it reads their payloads.
///
/// ```
/// use event_contract::check::Consumer;
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
///
/// /// The part of an order that billing reads.
/// #[derive(Serialize, Deserialize, JsonSchema)]
/// #[serde(rename_all = "camelCase")]
/// struct Order {
///     order_id: String,
/// }
///
/// let billing = Consumer::new("billing").reads::<Order>("Order.Created");
/// assert!(billing.to_files().contains_key("billing/Order.Created.reader.json"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Consumer {
    name: String,
    origin: InputOrigin,
    schemas: BTreeMap<String, TypeSchemas>,
}

/// The schemas for one event type: one for each version that has its own, and one for all others.
#[derive(Debug, Clone, PartialEq, Default)]
struct TypeSchemas {
    any: Option<Statement>,
    versions: BTreeMap<Version, Statement>,
}

/// A schema, as a consumer states it.
#[derive(Debug, Clone)]
struct Statement {
    schema: StatedSchema,
    /// The extension of the file.
    extension: &'static str,
    /// The Rust type that the consumer reads with.
    code: Option<PayloadProgram>,
}

impl PartialEq for Statement {
    /// Compares the files. A statement that is read from its file has no Rust type.
    fn eq(&self, other: &Self) -> bool {
        self.schema == other.schema && self.extension == other.extension
    }
}

impl Statement {
    fn new(schema: Value, code: Option<PayloadProgram>) -> Self {
        Self { schema: schema.into(), extension: "json", code }
    }
}

impl Consumer {
    /// Creates a consumer that reads no event type. Its name is that of its folder.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), origin: InputOrigin::Head, schemas: BTreeMap::new() }
    }

    /// Adds an event type that the consumer reads, in any version, with a Rust type of its own.
    #[must_use]
    pub fn reads<T: JsonSchema + Serialize + DeserializeOwned>(self, event_type: &str) -> Self {
        let schema = declare_formats(of_type::<T>(Role::Reader));
        self.with_statement(event_type, Statement::new(schema, Some(PayloadProgram::from_type::<T>())))
    }

    /// Adds one version of an event type that the consumer reads with a payload type of its own.
    ///
    /// ```
    /// use event_contract::check::Consumer;
    /// use event_contract::contract::order::v2::OrderCreated;
    ///
    /// let billing = Consumer::new("billing").reads_payload::<OrderCreated>();
    /// assert_eq!(billing.event_types().collect::<Vec<_>>(), ["Order.Created"]);
    /// assert!(billing.to_files().contains_key("billing/Order.Created/v2.reader.json"));
    /// ```
    #[must_use]
    pub fn reads_payload<P: Payload + JsonSchema>(mut self) -> Self {
        let schema = declare_formats(Schema::reader::<P>().as_value().clone());
        let statement = Statement::new(schema, Some(PayloadProgram::new::<P>()));
        self.schemas.entry(P::NAME.to_owned()).or_default().versions.insert(P::VERSION, statement);
        self
    }

    /// Adds an event type that the consumer reads, in any version, by a JSON Schema of any draft.
    ///
    /// The member `x-format-assertion` at its root declares if the consumer rejects strings that do not have their `format`;
    /// a schema without it must accept what is written in both cases. Schemas of Rust types declare that they do.
    #[must_use]
    pub fn reads_schema(self, event_type: &str, schema: Value) -> Self {
        self.with_statement(event_type, Statement::new(schema, None))
    }

    fn with_statement(mut self, event_type: &str, statement: Statement) -> Self {
        self.schemas.entry(event_type.to_owned()).or_default().any = Some(statement);
        self
    }

    /// Returns the name, which is the name of the folder of the consumer and a column of the matrix.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the consumer as the base states it.
    pub(super) fn at_base(self) -> Self {
        Self { origin: InputOrigin::Base, ..self }
    }

    /// Returns the revision that states the consumer.
    pub(super) fn origin(&self) -> InputOrigin {
        self.origin
    }

    /// Returns the label of the consumer in a matrix.
    pub(super) fn label(&self) -> String {
        match self.origin {
            InputOrigin::Base => format!("{} (base)", self.name),
            InputOrigin::Head => self.name.clone(),
        }
    }

    /// Returns the number of schemas.
    pub(super) fn statement_count(&self) -> usize {
        self.schemas.values().map(|schemas| usize::from(schemas.any.is_some()) + schemas.versions.len()).sum()
    }

    /// Returns the consumer with the types for which another one has other schemas, or none.
    pub(super) fn without_statements_of(&self, other: Option<&Self>) -> Self {
        let is_kept = |event_type: &String, schemas: &TypeSchemas| {
            other.and_then(|other| other.schemas.get(event_type)) == Some(schemas)
        };
        let differing = self.schemas.iter().filter(|(event_type, schemas)| !is_kept(event_type, schemas));
        let schemas = differing.map(|(event_type, schemas)| (event_type.clone(), schemas.clone())).collect();
        Self { schemas, ..self.clone() }
    }

    /// Returns the files about a type that another consumer has not, or has with other contents, and the files that only
    /// the other one has.
    pub(super) fn changed_files(&self, event_type: &str, other: Option<&Self>) -> Vec<String> {
        let files = |consumer: &Self| {
            let schemas = consumer.schemas.get_key_value(event_type).map(|(name, of)| (name.clone(), of.clone()));
            Self { schemas: schemas.into_iter().collect(), ..consumer.clone() }.to_files()
        };
        let (base, head) = (files(self), other.map(files).unwrap_or_default());
        let changed = base.iter().filter(|(path, contents)| head.get(*path) != Some(*contents)).map(|(path, _)| path);
        changed.chain(head.keys().filter(|path| !base.contains_key(*path))).cloned().collect()
    }

    /// Returns the event types that the consumer reads.
    pub fn event_types(&self) -> impl Iterator<Item = &str> {
        self.schemas.keys().map(String::as_str)
    }

    /// Returns the schemas as files, to be kept beside the contract: `<name>/<Type>.reader.json` for all versions of a type,
    /// `<name>/<Type>/v<N>.reader.json` for a version and those after it, up to the next version with a file.
    pub fn to_files(&self) -> Files {
        let mut files = Files::new();
        for (event_type, schemas) in &self.schemas {
            let versions = schemas.versions.iter().map(|(version, schema)| (format!("{event_type}/{version}"), schema));
            for (path, schema) in schemas.any.iter().map(|schema| (event_type.clone(), schema)).chain(versions) {
                let text = schema.schema.to_text().into_bytes();
                files.insert(format!("{}/{path}.reader.json", self.name), text);
            }
        }
        files
    }

    /// Reads the consumers from files, by their paths below the folder of all consumers.
    ///
    /// Files may be JSON or YAML. A file with another name that may be a schema is an error, so that no misnamed schema is
    /// left unchecked: one that contains JSON, or has an extension of JSON or YAML. Other files are skipped. A document that
    /// is not a JSON Schema, such as a sample event or an OpenAPI document, is an error: it would accept everything.
    pub fn read_all(files: &Files) -> Result<Vec<Self>, CheckError> {
        let mut consumers: BTreeMap<String, Self> = BTreeMap::new();
        for (path, bytes) in files.iter().filter(|(path, bytes)| may_be_statement(path, bytes)) {
            let unexpected = || CheckErrorKind::ConsumerPath { path: path.clone() };
            let extension = find_extension(path).ok_or_else(unexpected)?;
            let (name, event_type, version) = parse_path(path, extension).ok_or_else(unexpected)?;
            let schema = read_exact_value(path, bytes)
                .map_err(|error| CheckErrorKind::ConsumerFile { path: path.clone(), error })?;
            let schema = StatedSchema::from(schema);
            check_is_schema(schema.value())
                .map_err(|error| CheckErrorKind::ConsumerNotASchema { path: path.clone(), error })?;
            let statement = Statement { schema, extension, code: None };
            let consumer = consumers.entry(name.to_owned()).or_insert_with(|| Self::new(name));
            let schemas = consumer.schemas.entry(event_type.to_owned()).or_default();
            let earlier = match version {
                Some(version) => schemas.versions.insert(version, statement),
                None => schemas.any.replace(statement),
            };
            if earlier.is_some() {
                return Err(CheckErrorKind::ConsumerDuplicate { path: path.clone() }.into());
            }
        }
        Ok(consumers.into_values().collect())
    }

    /// Returns the schema by which the consumer reads a version, and the path of its file: the schema of that version, of
    /// the last version before it, of all versions, or of the first version after it.
    pub(super) fn schema(&self, event_type: &str, version: Version) -> Option<(String, &StatedSchema)> {
        let (of, statement) = self.statement(event_type, version)?;
        Some(self.with_path(event_type, of, statement))
    }

    /// Returns the Rust type with which the consumer reads a version, if it has stated one.
    pub(super) fn code(&self, event_type: &str, version: Version) -> Option<PayloadProgram> {
        self.statement(event_type, version)?.1.code
    }

    fn statement(&self, event_type: &str, version: Version) -> Option<(Option<Version>, &Statement)> {
        let schemas = self.schemas.get(event_type)?;
        let any = schemas.any.as_ref().map(|statement| (None, statement));
        let of_version = |(version, statement): (&Version, _)| (Some(*version), statement);
        let before = schemas.versions.range(..=version).next_back().map(of_version);
        let after = schemas.versions.iter().next().map(of_version);
        before.or(any).or(after)
    }

    /// Returns all schemas of an event type, each with the path of its file.
    pub(super) fn schemas(&self, event_type: &str) -> Vec<(String, &StatedSchema)> {
        let Some(schemas) = self.schemas.get(event_type) else { return Vec::new() };
        let any = schemas.any.iter().map(|statement| self.with_path(event_type, None, statement));
        let versions = schemas.versions.iter();
        any.chain(versions.map(|(version, statement)| self.with_path(event_type, Some(*version), statement))).collect()
    }

    fn with_path<'s>(
        &self,
        event_type: &str,
        version: Option<Version>,
        statement: &'s Statement,
    ) -> (String, &'s StatedSchema) {
        let Statement { schema, extension, .. } = statement;
        let version = version.map(|version| format!("/{version}")).unwrap_or_default();
        (format!("{}/{event_type}{version}.reader.{extension}", self.name), schema)
    }

    /// Checks that each schema is one: [`Consumer::reads_schema`] takes any value.
    pub(super) fn check_schemas(&self) -> Result<(), CheckError> {
        for (path, schema) in self.event_types().flat_map(|event_type| self.schemas(event_type)) {
            check_is_schema(schema.value()).map_err(|error| CheckErrorKind::ConsumerNotASchema { path, error })?;
        }
        Ok(())
    }
}

/// Declares that a Rust type rejects strings that do not have their `format`.
fn declare_formats(mut schema: Value) -> Value {
    if let Value::Object(members) = &mut schema {
        members.insert(DECLARATION.to_owned(), true.into());
    }
    schema
}

/// Returns the extension of a file with JSON or YAML; `None` for other files.
fn find_extension(path: &str) -> Option<&'static str> {
    let (_, end) = path.rsplit_once('.')?;
    ["json", "yaml", "yml"].into_iter().find(|extension| end.eq_ignore_ascii_case(extension))
}

/// Returns true if a file in the folder of consumers is a schema, or may be one under a wrong name.
pub(crate) fn may_be_statement(path: &str, bytes: &[u8]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let has_extension = |extension: &&str| name.split('.').skip(1).any(|part| part == *extension);
    let is_json = || {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        serde_json::from_slice::<Value>(text).is_ok_and(|value| value.is_object() || value.is_boolean())
    };
    name.contains(".reader") || ["json", "jsonc", "json5", "yaml", "yml", "jsn"].iter().any(has_extension) || is_json()
}

/// Parses `billing/Order.Created.reader.json` and `billing/Order.Created/v3.reader.json`.
fn parse_path<'p>(path: &'p str, extension: &str) -> Option<(&'p str, &'p str, Option<Version>)> {
    let mut parts = path.strip_suffix(extension)?.strip_suffix(".reader.")?.split('/');
    let (name, event_type) = (parts.next()?, parts.next()?);
    let version = match parts.next() {
        Some(text) => {
            let version = Version::new(text.strip_prefix('v')?.parse().ok()?).ok()?;
            // `v01` would be a second file for the same version.
            Some(version).filter(|version| version.to_string() == text)?.into()
        }
        None => None,
    };
    (parts.next().is_none() && !name.is_empty() && !event_type.is_empty()).then_some((name, event_type, version))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn files_are_written_and_read() {
        let schemas = [json!({"type": "object"}), json!({"required": ["a"]})];
        let mut files = Consumer::new("billing").reads_schema("Order.Created", schemas[0].clone()).to_files();
        let text = crate::schema::pretty(&schemas[1]).into_bytes();
        files.insert("billing/Order.Created/v3.reader.json".to_owned(), text);
        let consumers = Consumer::read_all(&files).unwrap();
        assert_eq!(consumers.len(), 1);
        assert_eq!(consumers[0].to_files(), files);
        for (version, expected) in [(1, &schemas[0]), (2, &schemas[0]), (3, &schemas[1]), (4, &schemas[1])] {
            assert_eq!(
                consumers[0].schema("Order.Created", Version::new(version).unwrap()).unwrap().1.value(),
                expected
            );
        }
        assert!(consumers[0].schema("Order.Updated", Version::FIRST).is_none());
    }

    #[test]
    fn yaml_files_are_read() {
        let yaml = Files::from([("billing/A.reader.yaml".to_owned(), b"type: object\nrequired: [a]\n".to_vec())]);
        let consumers = Consumer::read_all(&yaml).unwrap();
        let (path, schema) = consumers[0].schema("A", Version::FIRST).unwrap();
        assert_eq!(
            (path.as_str(), schema.value()),
            ("billing/A.reader.yaml", &json!({"type": "object", "required": ["a"]}))
        );
        let mut both = yaml;
        both.insert("billing/A.reader.json".to_owned(), b"{}".to_vec());
        let error = Consumer::read_all(&both).unwrap_err().to_string();
        assert_eq!(
            error,
            "billing/A.reader.yaml: a second schema of the same type and version: remove one of the files"
        );
    }

    #[test]
    fn documents_that_are_not_schemas_are_rejected() {
        let cases = [
            (
                json!({"orderId": "o-1"}),
                "a sample document, without any keyword\nstore the JSON Schema by which the consumer reads; \
                only {} and true accept every event",
            ),
            (
                json!({"openapi": "3.1.0", "components": {"schemas": {"A": {"type": "object"}}}}),
                "an OpenAPI document\nstore one schema in it as a file of its own: #/components/schemas/A",
            ),
            (
                json!({"requierd": ["a"]}),
                "an object without any keyword; did you mean `required` by `requierd`?\nstore the JSON \
                Schema by which the consumer reads; only {} and true accept every event",
            ),
        ];
        for (document, expected) in cases {
            let files = Files::from([("billing/A.reader.json".to_owned(), document.to_string().into_bytes())]);
            let error = Consumer::read_all(&files).unwrap_err().to_string();
            assert_eq!(error, format!("billing/A.reader.json: not a JSON Schema: it looks like {expected}"));
            let consumer = Consumer::new("billing").reads_schema("A", document);
            assert_eq!(consumer.check_schemas().unwrap_err().to_string(), error);
        }
        for schema in [json!({}), json!(true), json!({"title": "anything"})] {
            assert!(Consumer::new("billing").reads_schema("A", schema).check_schemas().is_ok());
        }
    }

    #[test]
    fn other_json_files_are_rejected() {
        let error = |path: &str, text: &str| {
            Consumer::read_all(&Files::from([(path.to_owned(), text.as_bytes().to_vec())])).unwrap_err().to_string()
        };
        assert_eq!(
            error("billing/Order.Created.json", "{}"),
            "billing/Order.Created.json: unexpected file\nexpected `<name>/<Type>.reader.json` or `<name>/<Type>/v<N>.reader.json`"
        );
        assert!(error("billing/a/v01.reader.json", "{}").contains("unexpected file"));
        assert!(error("billing/a/v+1.reader.json", "{}").contains("unexpected file"));
        assert_eq!(
            error("billing/a.reader.json", "{"),
            "billing/a.reader.json: invalid JSON: EOF while parsing an object at line 1 column 1"
        );
    }
}
