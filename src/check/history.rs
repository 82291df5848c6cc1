//! The types that are checked, with their published and present schemas.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::compat::Role;
use crate::lifecycle::Lifecycle;
use crate::name::Version;
use crate::record::{Published, keeps_defaults_and_known_values};
use crate::schema::assertions_of;
use crate::side::SideKind;

/// Schemas by version.
pub(super) type Schemas = BTreeMap<Version, Value>;

/// An event type, as published and in the catalog.
pub(super) struct CheckedType<'a> {
    pub(super) name: &'a str,
    /// External if any version was ever published as external: a promise to others stays.
    pub(super) side: SideKind,
    pub(super) owner: &'a str,
    pub(super) present: Option<&'a CatalogType>,
    pub(super) published: Vec<&'a Published>,
}

impl CheckedType<'_> {
    /// Returns the lifecycle of a version: live if it is no longer in the code.
    pub(super) fn lifecycle(&self, version: Version) -> Lifecycle {
        let versions = self.present.map_or(&[][..], CatalogType::versions);
        versions.iter().find(|one| one.version() == version).map(CatalogVersion::lifecycle).unwrap_or_default()
    }

    /// Returns the path of a schema in the record.
    pub(super) fn schema_file(&self, version: Version, role: Role) -> String {
        let published = self.published.iter().find(|published| published.version == version);
        let side = published.map_or(self.side, |published| published.side);
        let role = match role {
            Role::Writer => "writer",
            Role::Reader => "reader",
        };
        format!("{side}/{}/{version}.{role}.json", self.name)
    }
}

/// Returns the types of the catalog, then the published types that are no longer in it.
pub(super) fn checked_types<'a>(catalog: &'a Catalog, published: &'a [Published]) -> Vec<CheckedType<'a>> {
    let versions_of = |name: &str| published.iter().filter(|one| one.name == name).collect::<Vec<_>>();
    let mut types: Vec<CheckedType<'_>> = Vec::new();
    for present in catalog.types() {
        let (name, owner) = (present.name().as_str(), present.owner().as_str());
        let published = versions_of(name);
        let side = published.iter().map(|one| one.side).fold(present.side(), SideKind::max);
        types.push(CheckedType { name, side, owner, present: Some(present), published });
    }
    let present: BTreeSet<_> = types.iter().map(|one| one.name).collect();
    let removed: BTreeSet<_> = published.iter().map(|one| &*one.name).filter(|name| !present.contains(name)).collect();
    for name in removed {
        let published = versions_of(name);
        let Some(newest) = published.last() else { continue };
        types.push(CheckedType { name, side: newest.side, owner: &newest.owner, present: None, published });
    }
    types
}

/// The schemas of a type, as published and in the code.
pub(super) struct SchemaHistory {
    pub(super) published: SchemaSet,
    pub(super) present: SchemaSet,
}

/// The schemas of all versions, for both roles.
#[derive(Default)]
pub(super) struct SchemaSet {
    pub(super) writers: Schemas,
    pub(super) readers: Schemas,
}

impl SchemaHistory {
    pub(super) fn new(checked: &CheckedType<'_>) -> Self {
        let mut history = Self { published: SchemaSet::default(), present: SchemaSet::default() };
        for published in &checked.published {
            history.published.writers.insert(published.version, published.writer.clone());
            history.published.readers.insert(published.version, published.reader.clone());
        }
        for version in checked.present.into_iter().flat_map(CatalogType::versions) {
            let (writer, reader) = (version.writer_schema(), version.reader_schema());
            history.present.writers.insert(version.version(), writer.as_value().clone());
            history.present.readers.insert(version.version(), reader.as_value().clone());
        }
        history
    }

    pub(super) fn newest_published(&self) -> Option<Version> {
        self.published.writers.keys().next_back().copied()
    }

    pub(super) fn newest_declared(&self) -> Option<Version> {
        self.present.writers.keys().next_back().copied()
    }

    /// Returns the version after the newest published one, if there is a number for it.
    pub(super) fn next_version(&self) -> Option<Version> {
        match self.newest_published() {
            None => Some(Version::FIRST),
            Some(newest) => Version::new(newest.get() + 1).ok(),
        }
    }
}

impl SchemaSet {
    /// Returns the writer's and the reader's schema of a version.
    pub(super) fn pair(&self, version: Version) -> Option<SchemaPair<'_>> {
        Some(SchemaPair { writer: self.writers.get(&version)?, reader: self.readers.get(&version)? })
    }
}

/// The schemas of one version.
#[derive(Clone, Copy)]
pub(super) struct SchemaPair<'a> {
    pub(super) writer: &'a Value,
    pub(super) reader: &'a Value,
}

impl<'a> SchemaPair<'a> {
    /// Returns true if a relation holds for both schemas.
    pub(super) fn both(self, other: SchemaPair<'a>, relation: impl Fn(&Value, &Value) -> bool) -> bool {
        relation(self.writer, other.writer) && relation(self.reader, other.reader)
    }
}

/// Returns true if a new schema has the assertions, defaults and known values of an old one. It may know more values.
pub(super) fn preserves(old: &Value, new: &Value) -> bool {
    assertions_of(old) == assertions_of(new) && keeps_defaults_and_known_values(old, new)
}

/// Returns true if two schemas differ in annotations for people only.
pub(super) fn is_equivalent(one: &Value, other: &Value) -> bool {
    preserves(one, other) && keeps_defaults_and_known_values(other, one)
}
