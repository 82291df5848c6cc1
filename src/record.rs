//! The published record of a contract: schemas, golden events and locks, which never change after publication.
//!
//! It is a folder, by convention `schemas`, under version control:
//!
//! | file | contents |
//! |---|---|
//! | `<side>/<Type>/v<N>.writer.json`, `v<N>.reader.json` | the schemas of a version, generated from its type |
//! | `<side>/<Type>/v<N>.golden.json`, `v<N>.golden.<label>.json` | golden events, recorded by hand: the canonical detail |
//! | `registry/<format>/…` | the same for a registry, see [`Format`] |
//! | `index.json` | the published versions, with their sunsets and the SHA-256 of each of their files |
//!
//! A version is published when it is in the index. From then on, its files never change, and its type must keep the
//! schemas, the defaults, the known values of open enumerations and the owner; its golden events must be read as they were
//! written, with the same partition key. A sunset may be added later, and moved to a later day, but not to an earlier one.
//! Titles and descriptions may change in the code; the published files keep the old ones. A change that neither a schema
//! nor a golden event shows is not detected, such as a number that was in seconds and is now in milliseconds.
//!
//! A [`Record`] compares such a folder with a [`Catalog`]. It does no I/O: files are passed and returned as [`Files`].
//!
//! ```
//! use event_contract::contract;
//! use event_contract::record::{Files, Record};
//!
//! let catalog = contract::catalog()?;
//! let nothing = Files::new();
//! let record = Record::new(&catalog, &nothing)?;
//! assert!(record.generate_files().contains_key("external/Order.Created/v3.writer.json"));
//! // A version cannot be published without a golden event.
//! let findings = record.publish().unwrap_err();
//! assert_eq!(findings[0].path(), "external/Order.Created/v1.golden.json");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod annotation;
mod files;
mod finding;
mod golden;
mod index;
#[cfg(feature = "check")]
mod lock;
#[cfg(feature = "check")]
mod published;

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::registry::{Format, Note};
use crate::schema::Schema;

#[cfg(feature = "check")]
pub(crate) use annotation::keeps_defaults_and_known_values;
use annotation::{has_same_assertions, has_same_meaning};
pub use files::Files;
use files::is_same_text;
use finding::FindingKind;
pub use finding::RecordFinding;
use golden::Golden;
use index::Index;
pub use index::RecordError;
#[cfg(feature = "cli")]
pub(crate) use lock::unknown_files;
#[cfg(feature = "check")]
pub(crate) use lock::{LockChange, SunsetChange, compare_locks, count_versions};
#[cfg(feature = "check")]
pub(crate) use published::{Published, published};

/// Folder of the files that are generated for registries.
const REGISTRY: &str = "registry/";

/// A catalog and the files of its record.
#[derive(Debug)]
pub struct Record<'a> {
    catalog: &'a Catalog,
    files: &'a Files,
    index: Index,
    formats: BTreeSet<Format>,
    /// Result of `generate`, which runs at most once.
    generated: OnceCell<(Files, Vec<Note>)>,
}

impl<'a> Record<'a> {
    /// Creates the record of a catalog from its files.
    ///
    /// The registry formats are those that have files, or all formats if none has.
    ///
    /// # Errors
    ///
    /// `index.json` exists and cannot be read.
    pub fn new(catalog: &'a Catalog, files: &'a Files) -> Result<Self, RecordError> {
        let index = match files.get(index::PATH) {
            Some(bytes) => Index::read(bytes)?,
            None => Index::default(),
        };
        let present = Format::ALL.iter().filter(|format| {
            let folder = registry_folder(**format);
            files.keys().any(|path| path.starts_with(&folder))
        });
        let mut formats: BTreeSet<Format> = present.copied().collect();
        if formats.is_empty() {
            formats.extend(Format::ALL);
        }
        Ok(Self { catalog, files, index, formats, generated: OnceCell::new() })
    }

    /// Sets the registry formats.
    #[must_use]
    pub fn formats(mut self, formats: impl IntoIterator<Item = Format>) -> Self {
        self.formats = formats.into_iter().collect();
        self.generated = OnceCell::new();
        self
    }

    /// Returns the files that the types generate. The files of a published version are the published ones.
    pub fn generate_files(&self) -> Files {
        self.generated.get_or_init(|| self.generate()).0.clone()
    }

    /// Returns the notes of the registry formats, such as constructs without an equivalent, and files that a registry
    /// would reject.
    pub fn notes(&self) -> Vec<Note> {
        self.generated.get_or_init(|| self.generate()).1.clone()
    }

    fn generate(&self) -> (Files, Vec<Note>) {
        let mut files = Files::new();
        for (catalog_type, version) in self.versions() {
            let folder = folder(catalog_type);
            let golden = Golden::list(self.files, &folder, version.version());
            let examples: Vec<_> = golden.iter().filter_map(Golden::payload).collect();
            for (role, schema) in [("writer", version.writer_schema()), ("reader", version.reader_schema())] {
                let path = format!("{folder}/{}.{role}.json", version.version());
                let text = schema.with_examples(examples.iter().cloned()).to_string().into_bytes();
                // A published file never changes: if it contradicts the type, `findings` reports it.
                let text = self.published(&path).cloned().unwrap_or(text);
                files.insert(path, text);
            }
        }
        let mut notes = Vec::new();
        for format in &self.formats {
            let export = format.export(self.catalog, &|catalog_type, version| self.writer(catalog_type, version));
            let folder = registry_folder(*format);
            files.extend(export.files.into_iter().map(|(path, text)| (format!("{folder}{path}"), text.into_bytes())));
            notes.extend(export.notes.into_iter().map(|note| note.in_folder(&folder)));
        }
        let mut index = self.index.clone();
        self.update_sunsets(&mut index);
        if index != self.index {
            files.insert(index::PATH.to_owned(), index.to_text().into_bytes());
        }
        (files, notes)
    }

    /// Copies the sunsets of the types to the published versions of the index.
    fn update_sunsets(&self, index: &mut Index) {
        for (catalog_type, version) in self.versions() {
            index.set_sunset(&format!("{}/{}", folder(catalog_type), version.version()), version.lifecycle().sunset);
        }
    }

    /// Returns a file that is locked and present.
    fn published(&self, path: &str) -> Option<&'a Vec<u8>> {
        self.index.is_locked(path).then(|| self.files.get(path)).flatten()
    }

    /// Returns the writer's schema of a version for registries: the published one, unless its assertions differ.
    fn writer(&self, catalog_type: &CatalogType, version: &CatalogVersion) -> Schema {
        let folder = folder(catalog_type);
        let schema = version.writer_schema();
        let published = self.published(&format!("{folder}/{}.writer.json", version.version()));
        let published = published.filter(|published| has_same_assertions(published, &schema));
        if let Some(Ok(published)) = published.map(|published| serde_json::from_slice(published)) {
            return schema.with_text(published);
        }
        let golden = Golden::list(self.files, &folder, version.version());
        schema.with_examples(golden.iter().filter_map(Golden::payload))
    }

    fn versions(&self) -> impl Iterator<Item = (&'a CatalogType, &'a CatalogVersion)> {
        self.catalog
            .types()
            .iter()
            .flat_map(|catalog_type| catalog_type.versions().iter().map(move |version| (catalog_type, version)))
    }

    /// Returns all differences between the files and the types, and all modifications of published files.
    pub fn verify(&self) -> Vec<RecordFinding> {
        let mut findings = self.find_violations();
        if !findings.is_empty() {
            // Generated files would only repeat the error in the types.
            return findings;
        }
        let generated = self.generate_files();
        for (path, text) in &generated {
            match self.files.get(path) {
                Some(found) if is_same_text(found, text) => {}
                Some(found) => findings.push(RecordFinding::new(path, FindingKind::differs(found, text))),
                None => findings.push(RecordFinding::new(path, FindingKind::Missing)),
            }
        }
        let versions: BTreeSet<String> = self
            .versions()
            .map(|(catalog_type, version)| format!("{}/{}", folder(catalog_type), version.version()))
            .chain(self.index.versions().cloned())
            .collect();
        let is_orphan = |path: &str| {
            golden::is_golden(path) && path.split_once(".golden").is_none_or(|(name, _)| !versions.contains(name))
        };
        let is_ours = |path: &str| ["external/", "internal/", REGISTRY].iter().any(|folder| path.starts_with(folder));
        let expected =
            |path: &String| generated.contains_key(path) || golden::is_golden(path) || self.index.is_locked(path);
        // Hidden files belong to other programs.
        let is_hidden = |path: &str| path.split('/').any(|name| name.starts_with('.'));
        let stray = self.files.keys().filter(|path| is_ours(path) && !expected(path) && !is_hidden(path));
        findings.extend(stray.map(|path| RecordFinding::new(path, FindingKind::Stray)));
        let orphans = self.files.keys().filter(|path| is_ours(path) && is_orphan(path) && !self.index.is_locked(path));
        findings.extend(orphans.map(|path| RecordFinding::new(path, FindingKind::GoldenOfNoVersion)));
        findings
    }

    /// Returns the versions that are not published yet, such as `external/Order.Created/v1`.
    pub fn list_unpublished(&self) -> Vec<String> {
        let names =
            self.versions().map(|(catalog_type, version)| format!("{}/{}", folder(catalog_type), version.version()));
        names.filter(|name| self.index.owner(name).is_none()).collect()
    }

    /// Returns the violations of published versions: files that were modified or are missing, types that contradict their
    /// published schema, and golden events that are not read as they were written.
    pub fn find_violations(&self) -> Vec<RecordFinding> {
        let mut findings = self.index.find_modifications(self.files);
        // An edited file is no basis for a comparison with the types.
        let edited: BTreeSet<_> = findings.iter().map(|finding| finding.path().to_owned()).collect();
        let mut here = BTreeSet::new();
        for (catalog_type, version) in self.versions() {
            let folder = folder(catalog_type);
            for (role, schema) in [("writer", version.writer_schema()), ("reader", version.reader_schema())] {
                let path = format!("{folder}/{}.{role}.json", version.version());
                if let Some(published) = self.published(&path).filter(|_| !edited.contains(&path)) {
                    if !has_same_assertions(published, &schema) {
                        findings.push(RecordFinding::new(&path, FindingKind::would_change(published, &schema)));
                    } else if !has_same_meaning(published, &schema) {
                        findings.push(RecordFinding::new(&path, FindingKind::meaning(published, &schema)));
                    }
                }
            }
            let name = format!("{folder}/{}", version.version());
            if let Some(published) = self.index.owner(&name).filter(|owner| *catalog_type.owner() != **owner) {
                findings.push(RecordFinding::new(&name, FindingKind::Owner { published: published.to_owned() }));
            }
            if let (Some(published), Some(now)) = (self.index.sunset(&name), version.lifecycle().sunset)
                && now < published
            {
                findings.push(RecordFinding::new(&name, FindingKind::Sunset { published, now }));
            }
            let golden = Golden::list(self.files, &folder, version.version());
            for golden in golden.iter().filter(|golden| !edited.contains(golden.path())) {
                findings.extend(golden.check(self.catalog, catalog_type, version));
            }
            here.insert(name);
        }
        let gone = self.index.versions().filter(|version| !here.contains(*version));
        findings.extend(gone.map(|version| RecordFinding::new(version, FindingKind::Gone)));
        findings
    }

    /// Publishes every version of the catalog, and returns all files of the record: generated files, golden events and the
    /// index.
    ///
    /// # Errors
    ///
    /// The findings, if there are [broken promises](Self::find_violations), or a version has no golden event.
    pub fn publish(&self) -> Result<Files, Vec<RecordFinding>> {
        let mut findings = self.find_violations();
        let mut files = self.generate_files();
        let mut index = self.index.clone();
        for (catalog_type, version) in self.versions() {
            let folder = folder(catalog_type);
            let golden = Golden::list(self.files, &folder, version.version());
            if golden.is_empty() {
                let path = format!("{folder}/{}.golden.json", version.version());
                findings.push(RecordFinding::new(&path, FindingKind::NoGolden));
            }
            let name = format!("{folder}/{}", version.version());
            for role in ["reader", "writer"] {
                let path = format!("{name}.{role}.json");
                index.lock(&name, catalog_type.owner().as_str(), &path, &files[&path]);
            }
            for golden in golden {
                index.lock(&name, catalog_type.owner().as_str(), golden.path(), golden.bytes());
                files.insert(golden.path().to_owned(), golden.bytes().to_vec());
            }
        }
        self.update_sunsets(&mut index);
        files.insert(index::PATH.to_owned(), index.to_text().into_bytes());
        if findings.is_empty() { Ok(files) } else { Err(findings) }
    }
}

/// Returns the folder of a type, such as `external/Order.Created`.
fn folder(catalog_type: &CatalogType) -> String {
    format!("{}/{}", catalog_type.side(), catalog_type.name())
}

fn registry_folder(format: Format) -> String {
    format!("{REGISTRY}{}/", format.name())
}
