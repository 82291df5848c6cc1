//! Consumers of events, and the schemas by which they read.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{CheckError, CheckErrorKind};
use super::input::InputOrigin;
use super::stated::StatedSchema;
use crate::name::Version;
use crate::payload::Payload;
use crate::record::Files;
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
    any: Option<StatedSchema>,
    versions: BTreeMap<Version, StatedSchema>,
}

impl Consumer {
    /// Creates a consumer that reads no event type. Its name is that of its folder.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), origin: InputOrigin::Head, schemas: BTreeMap::new() }
    }

    /// Adds an event type that the consumer reads, in any version, with a Rust type of its own.
    #[must_use]
    pub fn reads<T: JsonSchema + Serialize + DeserializeOwned>(self, event_type: &str) -> Self {
        self.reads_schema(event_type, of_type::<T>(Role::Reader))
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
        let schema = Schema::reader::<P>().as_value().clone();
        self.schemas.entry(P::NAME.to_owned()).or_default().versions.insert(P::VERSION, schema.into());
        self
    }

    /// Adds an event type that the consumer reads, in any version, by a JSON Schema of any draft.
    #[must_use]
    pub fn reads_schema(mut self, event_type: &str, schema: Value) -> Self {
        self.schemas.entry(event_type.to_owned()).or_default().any = Some(schema.into());
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
                let text = schema.to_text().into_bytes();
                files.insert(format!("{}/{path}.reader.json", self.name), text);
            }
        }
        files
    }

    /// Reads the consumers from files, by their paths below the folder of all consumers.
    ///
    /// A file with another name that may be a schema is an error, so that no misnamed schema is left unchecked: one that
    /// contains JSON, or has an extension of JSON or YAML. Other files are skipped.
    pub fn read_all(files: &Files) -> Result<Vec<Self>, CheckError> {
        let mut consumers: BTreeMap<String, Self> = BTreeMap::new();
        for (path, bytes) in files.iter().filter(|(path, bytes)| may_be_statement(path, bytes)) {
            let (name, event_type, version) =
                parse_path(path).ok_or_else(|| CheckErrorKind::ConsumerPath { path: path.clone() })?;
            let schema = StatedSchema::parse(bytes)
                .map_err(|error| CheckErrorKind::ConsumerJson { path: path.clone(), error })?;
            let consumer = consumers.entry(name.to_owned()).or_insert_with(|| Self::new(name));
            let schemas = consumer.schemas.entry(event_type.to_owned()).or_default();
            match version {
                Some(version) => drop(schemas.versions.insert(version, schema)),
                None => schemas.any = Some(schema),
            }
        }
        Ok(consumers.into_values().collect())
    }

    /// Returns the schema by which the consumer reads a version, and the path of its file: the schema of that version, of
    /// the last version before it, of all versions, or of the first version after it.
    pub(super) fn schema(&self, event_type: &str, version: Version) -> Option<(String, &StatedSchema)> {
        let schemas = self.schemas.get(event_type)?;
        let with_path = |(version, schema)| (format!("{}/{event_type}/{version}.reader.json", self.name), schema);
        let any = schemas.any.as_ref().map(|schema| (format!("{}/{event_type}.reader.json", self.name), schema));
        let before =
            schemas.versions.range(..=version).next_back().map(|(version, schema)| with_path((*version, schema)));
        let after = schemas.versions.iter().next().map(|(version, schema)| with_path((*version, schema)));
        before.or(any).or(after)
    }
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
fn parse_path(path: &str) -> Option<(&str, &str, Option<Version>)> {
    let mut parts = path.strip_suffix(".reader.json")?.split('/');
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
