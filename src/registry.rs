//! Export of the schemas of a catalog to the formats of schema registries.
//!
//! | format | file | schema of |
//! |---|---|---|
//! | `json-schema-2020-12` | `<side>/<Type>/v<N>.json` | the payload |
//! | `json-schema-2019-09` | `<side>/<Type>/v<N>.json` | the payload |
//! | `json-schema-07` | `<side>/<Type>/v<N>.json` | the payload |
//! | `json-schema-04` | `<side>/<Type>/v<N>.json` | the payload |
//! | `eventbridge-json-schema` | `<side>/<source>@<Type>/v<N>.json` | the envelope, as `JSONSchemaDraft4` |
//! | `eventbridge-openapi` | `<side>/<source>@<Type>/v<N>.json` | the envelope, as `OpenApi3` |
//! | `glue` | `<side>/<Type>.v<N>.json` | the detail, in draft-07 |
//! | `confluent` | `<side>/<Type>.v<N>.json` | the detail, in draft-07 |
//! | `asyncapi` | `<side>/<subsystem>.json` | the details that a subsystem sends and receives, in draft-07 |
//! | `cloudevents` | `index.json`, `<Type>/v<N>.json` | the payload, which is the `data`; external events only |
//!
//! All files derive from the [writer's schemas](crate::schema::Schema::writer). No file has types of both sides, so that
//! internal types stay private when only the folder of external ones is shared.
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
//! # Differences between formats
//!
//! A payload that is valid in one format is valid in all of them. If a format cannot express a schema, its file accepts more
//! values, and a [`Note`] has the place. Two differences apply to all files of a format and have no note:
//!
//! * In draft-04 and OpenAPI 3.0, some validators do not accept `3.0` as an integer. A writer never writes that.
//! * Validators may check a `format` or ignore it. Formats that only schemars defines (`uint32`, `double`) have no effect;
//!   integers have bounds beside them.
//!
//! # Limits of registries
//!
//! A file that exceeds a limit of its registry gets a [`Note`] of the kind [`NoteKind::Refused`]. Names cannot exceed the
//! limits: a [catalog](Catalog::with) rejects such types.

mod asyncapi;
mod cloudevents;
mod confluent;
mod contract;
mod dialect;
mod eventbridge_json_schema;
mod eventbridge_openapi;
mod export;
mod glue;
mod json_schema_04;
mod json_schema_07;
mod json_schema_2019_09;
mod json_schema_2020_12;
mod note;

use std::fmt;

use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::schema::Schema;

use contract::Contract;
pub use export::Export;
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
    /// The folder of a file is the name of the schema, `source@DetailType`; the source is the subsystem that owns the type.
    /// Register the versions in order: the registry numbers them itself, and does not compare them. A schema has at most
    /// [100,000 characters](https://docs.aws.amazon.com/eventbridge/latest/schema-reference/v1-registries-name-registryname-schemas-name-schemaname.html).
    EventBridgeJsonSchema,
    /// The schema registry of EventBridge, type `OpenApi3`, from which it generates code. `eventbridge-openapi`.
    ///
    /// Names and the limit are those of the other format of this registry. The envelope is the component `AWSEvent`; the
    /// detail is a component with the name of the type.
    EventBridgeOpenApi,
    /// The Glue schema registry, data format `JSON`. `glue`.
    ///
    /// Each version is a schema with the name of its file, because Glue would compare the versions of one schema by rules
    /// that reject a new optional field; with compatibility `DISABLED` it remains the only version. Draft-07 is
    /// [the newest that Glue accepts](https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html). A schema has at most
    /// 170,000 bytes.
    Glue,
    /// The Confluent schema registry, schema type `JSON`. `confluent`.
    ///
    /// Each version is a subject with the name of its file, as for [`Self::Glue`]. The `title` is the name of the subject,
    /// because the strategies `RecordNameStrategy` and `TopicRecordNameStrategy` take the name of a record from it. Draft-07
    /// is supported by [all versions of the registry](https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/serdes-json.html),
    /// 2020-12 only since 7.6, and no type needs it.
    Confluent,
    /// AsyncAPI 3.0: one document for each subsystem and side. `asyncapi`.
    ///
    /// A subsystem sends the types that it owns and those that its gateways produce; it receives those that its gateways
    /// consume. Each type is a channel whose address is its name; the messages of a channel are the versions of the type.
    AsyncApi,
    /// The `dataschema` of CloudEvents. `cloudevents`.
    ///
    /// `index.json` has the URI for each `type` and `dataversion`, and the file with the schema whose `$id` is that URI, in
    /// draft 2020-12. CloudEvents requires [another URI](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#dataschema)
    /// for an incompatible change: every version has its own. It recommends [another `type`](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/primer.md#versioning-of-cloudevents),
    /// for consumers that would not understand it: a [`Reader`](crate::Reader) does, by `dataversion`; for others, give the
    /// type a new name.
    CloudEvents,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Format {
    /// All formats.
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

    /// Returns the name of the folder, which is also the name on the command line.
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

    /// Exports all versions of all types of a catalog, independently of their order. `writer` returns the writer's schema of
    /// a version, with the examples to publish.
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

#[cfg(test)]
mod tests {
    use super::*;

    const THIS: &str = include_str!("registry.rs");

    #[test]
    fn every_format_is_registered_and_documented_and_has_a_file() {
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

        let shared = ["contract.rs", "dialect.rs", "export.rs", "note.rs"];
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
}
