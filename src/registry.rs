//! The same schemas for registries: what the types of a catalog write, in the words of each of them.
//!
//! | format | file | what it describes |
//! |---|---|---|
//! | `json-schema-2020-12` | `<side>/<Type>/v<N>.json` | the payload |
//! | `json-schema-2019-09` | the same | the payload |
//! | `json-schema-07` | the same | the payload |
//! | `json-schema-04` | the same | the payload |
//! | `eventbridge-json-schema` | `<side>/<source>@<Type>/v<N>.json` | the envelope, as `JSONSchemaDraft4` |
//! | `eventbridge-openapi` | the same | the envelope, as `OpenApi3` |
//! | `glue` | `<side>/<Type>.v<N>.json` | the detail, in draft-07 |
//! | `confluent` | the same | the detail, in draft-07 |
//! | `asyncapi` | `<side>/<subsystem>.json` | the details that a subsystem sends and receives, in draft-07 |
//! | `cloudevents` | `index.json`, `<Type>/v<N>.json` | the payload, which is the `data`; external events only |
//!
//! All of them are made of the [writer's schemas](crate::schema::Schema::writer). No file holds types of both sides: what
//! is internal can be kept from others by keeping a folder from them.
//!
//! ```
//! use event_contract::contract;
//! use event_contract::registry::Format;
//!
//! let export = Format::EventBridgeOpenApi.export(&contract::catalog()?, &|_, version| version.writer_schema());
//! let document = &export.files["external/order-service@Order.Created/v3.json"];
//! assert!(document.contains(r#""x-amazon-events-detail-type": "Order.Created""#));
//! for note in &export.notes {
//!     println!("{}: {note}", note.kind());
//! }
//! # Ok::<(), event_contract::catalog::CatalogError>(())
//! ```
//!
//! # What a format cannot say
//!
//! Whatever one of our payloads is valid for in one format, it is valid for in all of them. Where a format lacks the words
//! for a schema, its file lets more pass, and a [`Note`] says where. Two things hold of all files of a format, and get no
//! note:
//!
//! * Draft-04 and OpenAPI 3.0 speak of the spelling of an integer: `3.0` is none to some validators. A writer never
//!   writes that.
//! * A `format` is something that validators may check, and need not. Those that only schemars knows (`uint32`,
//!   `double`) mean nothing to them; the bounds of integers stand beside them.
//!
//! # What a registry takes
//!
//! A file that exceeds a limit of its registry gets a [`Note`] of the kind [`NoteKind::Refused`]. Names cannot exceed
//! theirs: a [catalog](Catalog::with) takes none that would.

mod asyncapi;
mod cloudevents;
mod confluent;
mod dialect;
mod eventbridge_json_schema;
mod eventbridge_openapi;
mod glue;
mod json_schema_04;
mod json_schema_07;
mod json_schema_2019_09;
mod json_schema_2020_12;
mod note;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::gateway::TypeMapping;
use crate::name::{SubsystemName, Version};
use crate::schema::{Schema, compact, pretty};
use crate::side::SideKind;

use dialect::Dialect;
pub use note::{Note, NoteKind};

/// A format of a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// JSON Schema 2020-12: byte for byte the writer's schema. `json-schema-2020-12`.
    JsonSchema2020_12,
    /// JSON Schema 2019-09. `json-schema-2019-09`.
    JsonSchema2019_09,
    /// JSON Schema draft-07. `json-schema-07`.
    JsonSchema07,
    /// JSON Schema draft-04. `json-schema-04`.
    JsonSchema04,
    /// The schema registry of EventBridge, type `JSONSchemaDraft4`. `eventbridge-json-schema`.
    ///
    /// The folder of a file is the name of the schema, `source@DetailType`; the source is the subsystem that owns the
    /// type. Put the versions there in their order: the registry counts them itself, and compares them with nothing. It
    /// takes [100,000 characters](https://docs.aws.amazon.com/eventbridge/latest/schema-reference/v1-registries-name-registryname-schemas-name-schemaname.html).
    EventBridgeJsonSchema,
    /// The schema registry of EventBridge, type `OpenApi3`, of which it makes code. `eventbridge-openapi`.
    ///
    /// Named as the other format of this registry, and as long. The envelope is `AWSEvent`, the detail a component of its
    /// own, with the name of the type.
    EventBridgeOpenApi,
    /// The Glue schema registry, data format `JSON`. `glue`.
    ///
    /// A schema a version, called as its file is, for Glue would compare the versions of one schema by rules that let no
    /// optional field be added; with compatibility `DISABLED` it stays the only version. Draft-07 is
    /// [the newest that Glue takes](https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html). A schema has up to
    /// 170,000 bytes.
    Glue,
    /// The Confluent schema registry, schema type `JSON`. `confluent`.
    ///
    /// A subject a version, called as its file is, for the same reason. The `title` is the name of the subject: that is
    /// where the strategies `RecordNameStrategy` and `TopicRecordNameStrategy` take the name of a record from. Draft-07 is
    /// read by [all of its versions](https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/serdes-json.html),
    /// 2020-12 only from 7.6 on, and nothing that a type says needs it.
    Confluent,
    /// AsyncAPI 3.0: one document for each subsystem and side. `asyncapi`.
    ///
    /// A subsystem sends the types that it owns and those that its gateways make; it receives those that its gateways
    /// take. Each type is a channel whose address is its name; the messages of a channel are the versions of the type.
    AsyncApi,
    /// The `dataschema` of CloudEvents. `cloudevents`.
    ///
    /// `index.json` says which URI belongs to a `type` in a `dataversion`, and in which file stands the schema whose
    /// `$id` is that URI, in draft 2020-12. CloudEvents ask that an incompatible change has [another
    /// URI](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#dataschema): every version has its own.
    /// They ask for [another `type`](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/primer.md#versioning-of-cloudevents),
    /// too, where consumers would not understand it: a [`Reader`](crate::Reader) does, by `dataversion`; for others, give
    /// the type a new name.
    CloudEvents,
}

impl Format {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::JsonSchema2020_12,
        Self::JsonSchema2019_09,
        Self::JsonSchema07,
        Self::JsonSchema04,
        Self::EventBridgeJsonSchema,
        Self::EventBridgeOpenApi,
        Self::Glue,
        Self::Confluent,
        Self::AsyncApi,
        Self::CloudEvents,
    ];

    /// The name of its folder, and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::JsonSchema2020_12 => "json-schema-2020-12",
            Self::JsonSchema2019_09 => "json-schema-2019-09",
            Self::JsonSchema07 => "json-schema-07",
            Self::JsonSchema04 => "json-schema-04",
            Self::EventBridgeJsonSchema => "eventbridge-json-schema",
            Self::EventBridgeOpenApi => "eventbridge-openapi",
            Self::Glue => "glue",
            Self::Confluent => "confluent",
            Self::AsyncApi => "asyncapi",
            Self::CloudEvents => "cloudevents",
        }
    }

    /// The files of all types of a catalog, in all their versions; the same whatever their order there. `writer` gives
    /// the writer's schema of a version, with the examples that are to be shown.
    pub fn export(self, catalog: &Catalog, writer: &dyn Fn(&CatalogType, &CatalogVersion) -> Schema) -> Export {
        let contract = Contract::new(catalog, writer);
        match self {
            Self::JsonSchema2020_12 => json_schema_2020_12::export(&contract),
            Self::JsonSchema2019_09 => json_schema_2019_09::export(&contract),
            Self::JsonSchema07 => json_schema_07::export(&contract),
            Self::JsonSchema04 => json_schema_04::export(&contract),
            Self::EventBridgeJsonSchema => eventbridge_json_schema::export(&contract),
            Self::EventBridgeOpenApi => eventbridge_openapi::export(&contract),
            Self::Glue => glue::export(&contract),
            Self::Confluent => confluent::export(&contract),
            Self::AsyncApi => asyncapi::export(&contract),
            Self::CloudEvents => cloudevents::export(&contract),
        }
    }
}

/// What a registry is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Export {
    /// The files, by their path below the folder of the format, with `/` between names.
    pub files: BTreeMap<String, String>,
    /// What they cannot say, and which limits they exceed.
    pub notes: Vec<Note>,
}

/// A catalog in an order of its own.
struct Contract<'a> {
    subjects: Vec<Subject<'a>>,
    mappings: &'a [TypeMapping],
}

/// A version of a type.
struct Subject<'a> {
    side: SideKind,
    name: &'a str,
    version: Version,
    owner: &'a SubsystemName,
    /// The writer's, of the payload.
    schema: Schema,
}

impl<'a> Contract<'a> {
    fn new(catalog: &'a Catalog, writer: &dyn Fn(&CatalogType, &CatalogVersion) -> Schema) -> Self {
        let mut subjects = Vec::new();
        for of in catalog.types() {
            for version in of.versions() {
                let schema = writer(of, version);
                let (side, name, owner) = (of.side(), of.name().as_str(), of.owner());
                subjects.push(Subject { side, name, version: version.version(), owner, schema });
            }
        }
        subjects.sort_by(|one, other| {
            let key = |subject: &Subject<'a>| (subject.side.to_string(), subject.name, subject.version);
            key(one).cmp(&key(other))
        });
        Self { subjects, mappings: catalog.mappings() }
    }

    /// A file a version, of the schema of its payload.
    fn payloads(&self, dialect: Dialect) -> Export {
        let mut export = Export::default();
        for subject in &self.subjects {
            let (document, losses) = dialect.document(subject.schema.as_value());
            export.put(subject.payload_path(), &document.into(), losses, None);
        }
        export
    }
}

impl Subject<'_> {
    fn payload_path(&self) -> String {
        format!("{}/{}/{}.json", self.side, self.name, self.version)
    }

    /// Where a registry has one name for each version.
    fn named_path(&self) -> String {
        format!("{}/{}.json", self.side, self.versioned_name())
    }

    fn versioned_name(&self) -> String {
        format!("{}.{}", self.name, self.version)
    }
}

/// How long a file may be.
struct Limit {
    registry: &'static str,
    most: usize,
    unit: &'static str,
    count: fn(&str) -> usize,
}

impl Export {
    /// Adds a document; where it would be too long for a registry, without white space.
    fn put(&mut self, path: String, document: &Value, losses: Vec<note::Loss>, limit: Option<&Limit>) {
        self.notes.extend(Note::all(&path, losses));
        let mut text = pretty(document);
        if let Some(limit) = limit
            && (limit.count)(&text) > limit.most
        {
            text = compact(document);
            let count = (limit.count)(&text);
            if count > limit.most {
                let Limit { registry, most, unit, .. } = limit;
                let what = format!(
                    "{count} {unit}, without white space, and {registry} takes {most}: give the type fewer or smaller examples, or split it"
                );
                self.notes.push(Note::refused(&path, what));
            }
        }
        self.files.insert(path, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THIS: &str = include_str!("registry.rs");

    #[test]
    fn every_format_is_registered_documented_and_has_a_file_of_its_own() {
        let body = THIS.split_once("pub enum Format {").unwrap().1.split_once("\n}").unwrap().0;
        let code = body.lines().map(str::trim).filter(|line| !line.starts_with("///"));
        let variants: Vec<_> = code.filter_map(|line| line.strip_suffix(',')).collect();
        let all: Vec<_> = Format::ALL.iter().map(|format| format!("{format:?}")).collect();
        assert_eq!(variants, all);

        let docs: Vec<_> = THIS.lines().filter(|line| line.starts_with("//! | `")).collect();
        assert_eq!(docs.len(), Format::ALL.len());
        for (format, line) in Format::ALL.iter().zip(docs) {
            assert!(line.starts_with(&format!("//! | `{}` |", format.name())), "{line}");
            assert!(body.contains(&format!("`{}`.", format.name())), "{format:?}");
        }

        let shared = ["dialect.rs", "note.rs", "text.rs"];
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/registry");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let files =
            files.filter(|file| file.is_file()).map(|file| file.file_name().unwrap().to_str().unwrap().to_owned());
        let mut files: Vec<_> = files.filter(|file| !shared.contains(&&**file)).collect();
        files.sort_unstable();
        let mut expected: Vec<_> = Format::ALL.iter().map(|format| format.name().replace('-', "_") + ".rs").collect();
        expected.sort_unstable();
        assert_eq!(files, expected);
    }

    #[test]
    fn what_is_too_long_loses_its_white_space_and_then_is_refused() {
        let limit = Limit { registry: "It", most: 20, unit: "characters", count: |text| text.chars().count() };
        let mut export = Export::default();
        export.put("a".to_owned(), &serde_json::json!({"title": "t"}), vec![], Some(&limit));
        export.put("b".to_owned(), &serde_json::json!({"title": "ääää"}), vec![], Some(&limit));
        export.put("c".to_owned(), &serde_json::json!({"title": "äääääääääää"}), vec![], Some(&limit));
        assert_eq!(export.files["a"], "{\n  \"title\": \"t\"\n}\n");
        assert_eq!(export.files["b"], "{\"title\":\"ääää\"}");
        let notes: Vec<_> = export.notes.iter().map(ToString::to_string).collect();
        assert_eq!(
            notes,
            [
                "c: 23 characters, without white space, and It takes 20: give the type fewer or smaller examples, or split it"
            ]
        );
        assert_eq!(export.notes[0].kind(), NoteKind::Refused);
    }
}
