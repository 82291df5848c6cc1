//! What others need of events, as they have stated it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::name::Version;
use crate::payload::Payload;
use crate::record::Files;
use crate::schema::{Role, Schema, of_type};

/// Somebody who reads events of the contract, and what must stand in their payloads for that.
///
/// ```
/// use event_contract::check::Consumer;
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
///
/// /// Of an order, billing needs no more than this.
/// #[derive(Serialize, Deserialize, JsonSchema)]
/// #[serde(rename_all = "camelCase")]
/// struct Order {
///     order_id: String,
/// }
///
/// let billing = Consumer::new("billing").reads::<Order>("Order.Created");
/// assert!(billing.files().contains_key("billing/Order.Created.reader.json"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Consumer {
    name: String,
    statements: BTreeMap<String, Statement>,
}

/// What is read of one type: a schema for each version that is read apart, and one for all others.
#[derive(Debug, Clone, PartialEq, Default)]
struct Statement {
    any: Option<Value>,
    versions: BTreeMap<Version, Value>,
}

impl Consumer {
    /// A consumer that reads nothing yet. The name is that of its folder.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), statements: BTreeMap::new() }
    }

    /// The same, reading payloads of any version of an event type with its own Rust type.
    #[must_use]
    pub fn reads<T: JsonSchema + Serialize + DeserializeOwned>(self, event_type: &str) -> Self {
        self.reads_schema(event_type, of_type::<T>(Role::Reader))
    }

    /// The same, reading a version of an event with a payload type of its own, in the version that this type has.
    #[must_use]
    pub fn reads_payload<P: Payload + JsonSchema>(mut self) -> Self {
        let schema = Schema::reader::<P>().as_value().clone();
        self.statements.entry(P::NAME.to_owned()).or_default().versions.insert(P::VERSION, schema);
        self
    }

    /// The same, reading payloads of any version of an event type that satisfy a schema, of any draft.
    #[must_use]
    pub fn reads_schema(mut self, event_type: &str, schema: Value) -> Self {
        self.statements.entry(event_type.to_owned()).or_default().any = Some(schema);
        self
    }

    /// Who it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which types it reads.
    pub fn event_types(&self) -> impl Iterator<Item = &str> {
        self.statements.keys().map(String::as_str)
    }

    /// What it states as files, to be kept where the contract is: `<name>/<Type>.reader.json` for all versions of a type,
    /// `<name>/<Type>/v<N>.reader.json` for one and those that follow up to the next that is there.
    pub fn files(&self) -> Files {
        let mut files = Files::new();
        for (of, statement) in &self.statements {
            let versions = statement.versions.iter().map(|(version, schema)| (format!("{of}/{version}"), schema));
            for (path, schema) in statement.any.iter().map(|schema| (of.clone(), schema)).chain(versions) {
                let text = crate::schema::pretty(schema).into_bytes();
                files.insert(format!("{}/{path}.reader.json", self.name), text);
            }
        }
        files
    }

    /// The consumers that such files state, by the paths below the folder of all consumers. Any other JSON file there is
    /// an error: a statement that is overlooked is one that is broken.
    pub fn read_all(files: &Files) -> Result<Vec<Self>, ConsumerError> {
        let mut consumers: BTreeMap<String, Self> = BTreeMap::new();
        let is_json = |path: &str| path.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("json"));
        for (path, bytes) in files.iter().filter(|(path, _)| is_json(path)) {
            let error = |kind| ConsumerError { path: path.clone(), kind };
            let (name, of, version) = parts(path).ok_or_else(|| error(ConsumerErrorKind::Path))?;
            let schema: Value =
                serde_json::from_slice(bytes).map_err(|why| error(ConsumerErrorKind::Json(why.to_string())))?;
            let consumer = consumers.entry(name.to_owned()).or_insert_with(|| Self::new(name));
            let statement = consumer.statements.entry(of.to_owned()).or_default();
            match version {
                Some(version) => drop(statement.versions.insert(version, schema)),
                None => statement.any = Some(schema),
            }
        }
        Ok(consumers.into_values().collect())
    }

    /// The schema by which events of a version are read, and the path of its file: that of this version, of the last one
    /// before it, the one for all, or the first one after it.
    pub(super) fn schema(&self, event_type: &str, version: Version) -> Option<(String, &Value)> {
        let statement = self.statements.get(event_type)?;
        let of = |(version, schema)| (format!("{}/{event_type}/{version}.reader.json", self.name), schema);
        let any = statement.any.as_ref().map(|schema| (format!("{}/{event_type}.reader.json", self.name), schema));
        let before = statement.versions.range(..=version).next_back().map(|(version, schema)| of((*version, schema)));
        let after = statement.versions.iter().next().map(|(version, schema)| of((*version, schema)));
        before.or(any).or(after)
    }
}

/// `billing/Order.Created.reader.json`, `billing/Order.Created/v3.reader.json`
fn parts(path: &str) -> Option<(&str, &str, Option<Version>)> {
    let mut parts = path.strip_suffix(".reader.json")?.split('/');
    let (name, of) = (parts.next()?, parts.next()?);
    let version = match parts.next() {
        Some(text) => {
            let version = Version::new(text.strip_prefix('v')?.parse().ok()?).ok()?;
            // `v01` would be another file about the same.
            Some(version).filter(|version| version.to_string() == text)?.into()
        }
        None => None,
    };
    (parts.next().is_none() && !name.is_empty() && !of.is_empty()).then_some((name, of, version))
}

/// Why a file states nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {kind}")]
pub struct ConsumerError {
    path: String,
    kind: ConsumerErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum ConsumerErrorKind {
    #[error(
        "a consumer states what it reads in `<name>/<Type>.reader.json`, or in `<name>/<Type>/v<N>.reader.json` for a version"
    )]
    Path,
    #[error("not JSON: {0}")]
    Json(String),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn files_and_statements_are_the_same() {
        let schemas = [json!({"type": "object"}), json!({"required": ["a"]})];
        let mut files = Consumer::new("billing").reads_schema("Order.Created", schemas[0].clone()).files();
        let text = crate::schema::pretty(&schemas[1]).into_bytes();
        files.insert("billing/Order.Created/v3.reader.json".to_owned(), text);
        let consumers = Consumer::read_all(&files).unwrap();
        assert_eq!(consumers.len(), 1);
        assert_eq!(consumers[0].files(), files);
        for (version, expected) in [(1, &schemas[0]), (2, &schemas[0]), (3, &schemas[1]), (4, &schemas[1])] {
            assert_eq!(consumers[0].schema("Order.Created", Version::new(version).unwrap()).unwrap().1, expected);
        }
        assert!(consumers[0].schema("Order.Updated", Version::FIRST).is_none());
    }

    #[test]
    fn what_states_nothing_is_an_error() {
        let say = |path: &str, text: &str| {
            Consumer::read_all(&Files::from([(path.to_owned(), text.as_bytes().to_vec())])).unwrap_err().to_string()
        };
        assert_eq!(
            say("billing/Order.Created.json", "{}"),
            "billing/Order.Created.json: a consumer states what it reads in `<name>/<Type>.reader.json`, or in `<name>/<Type>/v<N>.reader.json` for a version"
        );
        assert!(say("billing/a/v01.reader.json", "{}").contains("a consumer states what it reads"));
        assert!(say("billing/a/v+1.reader.json", "{}").contains("a consumer states what it reads"));
        assert_eq!(
            say("billing/a.reader.json", "{"),
            "billing/a.reader.json: not JSON: EOF while parsing an object at line 1 column 1"
        );
    }
}
