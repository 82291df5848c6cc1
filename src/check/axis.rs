//! The rows and columns of a matrix.

use serde_json::Value;

use super::consumer::Consumer;
use super::history::{CheckedType, SchemaHistory, Schemas, is_equivalent};
use super::report::{MatrixColumn, MatrixRow, Revision};
use super::settings::Settings;
use crate::lifecycle::Stage;
use crate::name::Version;

/// A row, with the version that it is about.
pub(super) struct Writer {
    pub(super) version: Version,
    pub(super) row: MatrixRow,
}

impl Writer {
    /// Returns the version if its present code writes.
    pub(super) fn code(&self) -> Option<Version> {
        (self.row.revision != Revision::Published).then_some(self.version)
    }
}

/// A column, with the program that reads.
pub(super) struct Reader<'a> {
    pub(super) program: Program<'a>,
    pub(super) column: MatrixColumn,
}

/// A program that reads events.
#[derive(Clone, Copy)]
pub(super) enum Program<'a> {
    /// A version of the type itself.
    Version(Version),
    Consumer(&'a Consumer),
}

/// Returns the rows: each version as it is published and as the code writes it, if the two differ.
pub(super) fn rows(settings: &Settings, checked: &CheckedType<'_>, history: &SchemaHistory) -> Vec<Writer> {
    let row = |(version, revision, schema)| MatrixRow {
        label: label(version, revision, &history.published.writers),
        version: version.get(),
        revision,
        stage: checked.lifecycle(version).stage(settings.today),
        schema,
    };
    let revisions = revisions(&history.published.writers, &history.present.writers);
    revisions.into_iter().map(|one| Writer { version: one.0, row: row(one) }).collect()
}

/// Returns the columns: each version as for the rows, then the consumers.
pub(super) fn columns<'a>(
    settings: &Settings,
    checked: &CheckedType<'_>,
    history: &SchemaHistory,
    consumers: &[&'a Consumer],
) -> Vec<Reader<'a>> {
    let of_version = |(version, revision, schema): (Version, _, _)| {
        let column = MatrixColumn {
            label: label(version, revision, &history.published.readers),
            version: Some(version.get()),
            revision,
            stage: checked.lifecycle(version).stage(settings.today),
            schema,
        };
        Reader { program: Program::Version(version), column }
    };
    let newest = history.newest_declared().max(history.newest_published());
    let of_consumer = |consumer: &&'a Consumer| {
        let schema = newest.and_then(|newest| consumer.schema(checked.name, newest));
        let column = MatrixColumn {
            label: consumer.label(),
            version: None,
            revision: Revision::Consumer,
            stage: Stage::Live,
            schema: schema.map_or(Value::Null, |(_, schema)| schema.value().clone()),
        };
        Reader { program: Program::Consumer(consumer), column }
    };
    let versions = revisions(&history.published.readers, &history.present.readers).into_iter().map(of_version);
    versions.chain(consumers.iter().map(of_consumer)).collect()
}

/// Returns, version by version, the published schema unless the code has an equivalent one, and the schema of the code.
fn revisions(published: &Schemas, present: &Schemas) -> Vec<(Version, Revision, Value)> {
    let mut versions: Vec<_> = published.keys().chain(present.keys()).copied().collect();
    versions.sort_unstable();
    versions.dedup();
    let mut revisions = Vec::new();
    for version in versions {
        match (published.get(&version), present.get(&version)) {
            (Some(old), Some(new)) if is_equivalent(old, new) => {
                revisions.push((version, Revision::Unchanged, new.clone()));
            }
            (old, new) => {
                revisions.extend(old.map(|old| (version, Revision::Published, old.clone())));
                revisions.extend(new.map(|new| (version, Revision::Present, new.clone())));
            }
        }
    }
    revisions
}

/// Returns `v3`, or `v3 now` for the code of a published version that has changed.
pub(super) fn label(version: Version, revision: Revision, published: &Schemas) -> String {
    match revision {
        Revision::Present if published.contains_key(&version) => format!("{version} now"),
        Revision::Unchanged | Revision::Published | Revision::Present | Revision::Consumer => version.to_string(),
    }
}
