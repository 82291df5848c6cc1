//! The published record: what a contract has said it writes and reads, and never says otherwise again.
//!
//! It is a folder, by convention `schemas`, under version control:
//!
//! | file | what it is |
//! |---|---|
//! | `<side>/<Type>/v<N>.writer.json`, `v<N>.reader.json` | the schemas of a version, generated from its type |
//! | `<side>/<Type>/v<N>.golden.json`, `v<N>.golden.<label>.json` | golden events, recorded by hand: the canonical detail |
//! | `registry/<format>/…` | the same for a registry, see [`Format`] |
//! | `index.json` | the versions that are published, with the SHA-256 of each of their files |
//!
//! A version is published when it stands in the index. From then on its files stay as they are, byte for byte, and its
//! types must go on saying the same. Only annotations (titles, descriptions, examples) may get better in the code; what
//! was published keeps the old ones.
//!
//! A [`Record`] compares such a folder with a [`Catalog`]. It does no I/O: files come and go as [`Files`].
//!
//! ```
//! use event_contract::contract;
//! use event_contract::record::{Files, Record};
//!
//! let catalog = contract::catalog()?;
//! let nothing = Files::new();
//! let record = Record::new(&catalog, &nothing)?;
//! assert!(record.generated().contains_key("external/Order.Created/v3.writer.json"));
//! // No version can be published without an event that shows what it is.
//! let findings = record.publish().unwrap_err();
//! assert_eq!(findings[0].path(), "external/Order.Created/v1.golden.json");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod finding;
mod golden;
mod index;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::registry::{Format, Note};
use crate::schema::Schema;

pub use finding::Finding;
use finding::FindingKind;
use golden::Golden;
use index::Index;
pub use index::RecordError;

/// The files of a record: their contents by their path below its folder, with `/` between names.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The folder of what is generated for registries.
const REGISTRY: &str = "registry/";

/// A catalog beside the files of its record.
#[derive(Debug)]
pub struct Record<'a> {
    catalog: &'a Catalog,
    files: &'a Files,
    index: Index,
    formats: BTreeSet<Format>,
}

impl<'a> Record<'a> {
    /// The record that the files are. An error where there is an index that cannot be read.
    ///
    /// The formats for registries are those of which there are files, or all where there is none.
    pub fn new(catalog: &'a Catalog, files: &'a Files) -> Result<Self, RecordError> {
        let index = match files.get(index::PATH) {
            Some(bytes) => Index::read(bytes)?,
            None => Index::default(),
        };
        let present = Format::ALL.iter().filter(|format| {
            let folder = folder_of(**format);
            files.keys().any(|path| path.starts_with(&folder))
        });
        let formats: BTreeSet<Format> = present.copied().collect();
        Ok(Self { catalog, files, index, formats }.with_formats_or_all())
    }

    fn with_formats_or_all(mut self) -> Self {
        if self.formats.is_empty() {
            self.formats.extend(Format::ALL);
        }
        self
    }

    /// The same for these formats and no others.
    #[must_use]
    pub fn formats(mut self, formats: impl IntoIterator<Item = Format>) -> Self {
        self.formats = formats.into_iter().collect();
        self
    }

    /// The files that the types say, and what a format could not say. For a published version that is what was
    /// published.
    pub fn generated(&self) -> Files {
        self.generate().0
    }

    /// What formats cannot say of the types, each with the file it is about.
    pub fn notes(&self) -> Vec<Note> {
        self.generate().1
    }

    fn generate(&self) -> (Files, Vec<Note>) {
        let mut files = Files::new();
        for (of, version) in self.versions() {
            let folder = folder(of);
            let golden = Golden::all(self.files, &folder, version.version());
            let examples: Vec<_> = golden.iter().filter_map(|golden| golden.payload()).collect();
            for (role, schema) in [("writer", version.writer_schema()), ("reader", version.reader_schema())] {
                let path = format!("{folder}/{}.{role}.json", version.version());
                let text = schema.with_examples(examples.iter().cloned()).to_string().into_bytes();
                // A published file stays, whatever it says: if that is not what the type says, `findings` tells.
                let published = self.index.has(&path).then(|| self.files.get(&path)).flatten();
                files.insert(path, published.cloned().unwrap_or(text));
            }
        }
        let mut notes = Vec::new();
        for format in &self.formats {
            let export = format.export(self.catalog, &|of, version| {
                let golden = Golden::all(self.files, &folder(of), version.version());
                golden.iter().filter_map(|golden| golden.payload()).collect()
            });
            let folder = folder_of(*format);
            files.extend(export.files.into_iter().map(|(path, text)| (format!("{folder}{path}"), text.into_bytes())));
            notes.extend(export.notes.into_iter().map(|note| note.below(&folder)));
        }
        (files, notes)
    }

    fn versions(&self) -> impl Iterator<Item = (&'a CatalogType, &'a CatalogVersion)> {
        self.catalog.types().iter().flat_map(|of| of.versions().iter().map(move |version| (of, version)))
    }

    /// Everything in which the files are not what the types say, and everything in which what was published has changed.
    pub fn findings(&self) -> Vec<Finding> {
        let generated = self.generated();
        let mut findings = self.broken_promises();
        let told: BTreeSet<String> = findings.iter().map(|finding| finding.path().to_owned()).collect();
        for (path, text) in &generated {
            match self.files.get(path) {
                _ if told.contains(path) => {}
                Some(found) if same_text(found, text) => {}
                Some(found) => findings.push(Finding::new(path, FindingKind::differs(found, text))),
                None => findings.push(Finding::new(path, FindingKind::Missing)),
            }
        }
        let is_ours = |path: &str| ["external/", "internal/", REGISTRY].iter().any(|folder| path.starts_with(folder));
        let expected = |path: &String| generated.contains_key(path) || golden::is_golden(path) || self.index.has(path);
        let stray = self.files.keys().filter(|path| is_ours(path) && !expected(path));
        findings.extend(stray.map(|path| Finding::new(path, FindingKind::Stray)));
        findings
    }

    /// What of the published is no longer so: files that were changed or are gone, types that say something else, golden
    /// events that are not read.
    pub fn broken_promises(&self) -> Vec<Finding> {
        let mut findings = self.index.changed(self.files);
        let mut here = BTreeSet::new();
        for (of, version) in self.versions() {
            let folder = folder(of);
            for (role, schema) in [("writer", version.writer_schema()), ("reader", version.reader_schema())] {
                let path = format!("{folder}/{}.{role}.json", version.version());
                if self.index.has(&path)
                    && let Some(published) = self.files.get(&path)
                    && !says_the_same(published, &schema)
                {
                    findings.push(Finding::new(&path, FindingKind::would_change(published, &schema)));
                }
            }
            for golden in Golden::all(self.files, &folder, version.version()) {
                findings.extend(golden.check(self.catalog, of, version));
            }
            here.insert(format!("{folder}/{}", version.version()));
        }
        let gone = self.index.versions().filter(|version| !here.contains(*version));
        findings.extend(gone.map(|version| Finding::new(version, FindingKind::Gone)));
        findings
    }

    /// All the files of the record once every version of the catalog is published: what was generated, the golden events
    /// and the index. Refused where a promise would be broken, or a version has no golden event.
    pub fn publish(&self) -> Result<Files, Vec<Finding>> {
        let mut findings = self.broken_promises();
        let mut files = self.generated();
        let mut index = self.index.clone();
        for (of, version) in self.versions() {
            let folder = folder(of);
            let golden = Golden::all(self.files, &folder, version.version());
            if golden.is_empty() {
                let path = format!("{folder}/{}.golden.json", version.version());
                findings.push(Finding::new(&path, FindingKind::NoGolden));
            }
            let name = format!("{folder}/{}", version.version());
            for role in ["reader", "writer"] {
                let path = format!("{name}.{role}.json");
                index.add(&name, &path, &files[&path]);
            }
            for golden in golden {
                index.add(&name, golden.path(), golden.bytes());
                files.insert(golden.path().to_owned(), golden.bytes().to_vec());
            }
        }
        files.insert(index::PATH.to_owned(), index.to_text().into_bytes());
        if findings.is_empty() { Ok(files) } else { Err(findings) }
    }
}

fn folder(of: &CatalogType) -> String {
    format!("{}/{}", of.side(), of.name())
}

fn folder_of(format: Format) -> String {
    format!("{REGISTRY}{}/", format.name())
}

/// Whether a published schema says what a type says now, but for annotations.
fn says_the_same(published: &[u8], schema: &Schema) -> bool {
    Schema::read(published).is_ok_and(|published| published.assertions() == schema.assertions())
}

/// Whether two files are the same text, with whatever line ends it was checked out.
fn same_text(one: &[u8], other: &[u8]) -> bool {
    index::unix(one) == index::unix(other)
}
