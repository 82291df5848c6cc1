//! The schemas of a catalog, as the formats need them.

use super::dialect::Dialect;
use super::export::Export;
use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::gateway::TypeMapping;
use crate::name::{SubsystemName, Version};
use crate::schema::Schema;
use crate::side::SideKind;

/// A catalog in an order that does not depend on that of its types.
pub(super) struct Contract<'a> {
    pub(super) subjects: Vec<Subject<'a>>,
    pub(super) mappings: &'a [TypeMapping],
}

/// A version of a type.
pub(super) struct Subject<'a> {
    pub(super) side: SideKind,
    pub(super) name: &'a str,
    pub(super) version: Version,
    pub(super) owner: &'a SubsystemName,
    /// The writer's schema of the payload.
    pub(super) schema: Schema,
}

impl<'a> Contract<'a> {
    pub(super) fn new(catalog: &'a Catalog, writer: &dyn Fn(&CatalogType, &CatalogVersion) -> Schema) -> Self {
        let mut subjects = Vec::new();
        for event_type in catalog.types() {
            for version in event_type.versions() {
                let schema = writer(event_type, version);
                let (side, name, owner) = (event_type.side(), event_type.name().as_str(), event_type.owner());
                subjects.push(Subject { side, name, version: version.version(), owner, schema });
            }
        }
        subjects.sort_by(|one, other| {
            let key = |subject: &Subject<'a>| (subject.side.to_string(), subject.name, subject.version);
            key(one).cmp(&key(other))
        });
        Self { subjects, mappings: catalog.mappings() }
    }

    /// Exports one file for each version, with the schema of the payload.
    pub(super) fn export_payloads(&self, dialect: Dialect) -> Export {
        let mut export = Export::default();
        for subject in &self.subjects {
            let (document, losses) = dialect.convert_document(subject.schema.as_value());
            export.put(subject.payload_path(), &document.into(), losses, None);
        }
        export
    }
}

impl Subject<'_> {
    /// Returns the path in a folder for each type.
    pub(super) fn payload_path(&self) -> String {
        format!("{}/{}/{}.json", self.side, self.name, self.version)
    }

    /// Returns the path for registries in which each version is a schema with a name of its own.
    pub(super) fn named_path(&self) -> String {
        format!("{}/{}.json", self.side, self.versioned_name())
    }

    pub(super) fn versioned_name(&self) -> String {
        format!("{}.{}", self.name, self.version)
    }
}
