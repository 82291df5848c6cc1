//! The published record: what a contract has said it writes and reads, and never says otherwise again.
//!
//! It is a folder, by convention `schemas`, under version control:
//!
//! | file | what it is |
//! |---|---|
//! | `<side>/<Type>/v<N>.writer.json`, `v<N>.reader.json` | the schemas of a version, generated from its type |
//! | `<side>/<Type>/v<N>.golden.json`, `v<N>.golden.<label>.json` | golden events, recorded by hand: the canonical detail |
//! | `registry/<format>/…` | the same for a registry, see [`Format`] |
//! | `index.json` | the versions that are published, with their sunsets and the SHA-256 of each of their files |
//!
//! A version is published when it stands in the index. From then on its files stay as they are, byte for byte, and its
//! types must go on saying the same: the same schemas, defaults, known values of open enumerations and owners, and golden
//! events that are read as they were written, under the same partition key. A sunset may be said later, and be moved to a
//! later day; not to an earlier one. Only titles and descriptions may get better in
//! the code; what was published keeps the old ones. What no schema and no golden event shows, such as whether a number is
//! seconds or milliseconds, is not seen.
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
#[cfg(feature = "check")]
mod published;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use json_document::Pointer;
use json_schema_core::{Draft, FlatSchema, KeywordKind, for_each_subschema};
use serde_json::Value;

use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::open::KNOWN;
use crate::registry::{Format, Note};
use crate::schema::{Schema, assertions_of};

use finding::FindingKind;
pub use finding::RecordFinding;
use golden::Golden;
use index::Index;
pub use index::RecordError;
#[cfg(feature = "check")]
pub(crate) use published::{Published, published};

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
    /// What `generate` has made, once somebody has asked.
    made: OnceCell<(Files, Vec<Note>)>,
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
        let mut formats: BTreeSet<Format> = present.copied().collect();
        if formats.is_empty() {
            formats.extend(Format::ALL);
        }
        Ok(Self { catalog, files, index, formats, made: OnceCell::new() })
    }

    /// The same for these formats and no others.
    #[must_use]
    pub fn formats(mut self, formats: impl IntoIterator<Item = Format>) -> Self {
        self.formats = formats.into_iter().collect();
        self.made = OnceCell::new();
        self
    }

    /// The files that the types say, and what a format could not say. For a published version that is what was
    /// published.
    pub fn generated(&self) -> Files {
        self.made.get_or_init(|| self.generate()).0.clone()
    }

    /// What formats cannot say of the types, and which registries would refuse which files.
    pub fn notes(&self) -> Vec<Note> {
        self.made.get_or_init(|| self.generate()).1.clone()
    }

    fn generate(&self) -> (Files, Vec<Note>) {
        let mut files = Files::new();
        for (of, version) in self.versions() {
            let folder = folder(of);
            let golden = Golden::all(self.files, &folder, version.version());
            let examples: Vec<_> = golden.iter().filter_map(Golden::payload).collect();
            for (role, schema) in [("writer", version.writer_schema()), ("reader", version.reader_schema())] {
                let path = format!("{folder}/{}.{role}.json", version.version());
                let text = schema.with_examples(examples.iter().cloned()).to_string().into_bytes();
                // A published file stays, whatever it says: if that is not what the type says, `findings` tells.
                let text = self.published(&path).cloned().unwrap_or(text);
                files.insert(path, text);
            }
        }
        let mut notes = Vec::new();
        for format in &self.formats {
            let export = format.export(self.catalog, &|of, version| self.writer(of, version));
            let folder = folder_of(*format);
            files.extend(export.files.into_iter().map(|(path, text)| (format!("{folder}{path}"), text.into_bytes())));
            notes.extend(export.notes.into_iter().map(|note| note.below(&folder)));
        }
        let mut index = self.index.clone();
        self.end(&mut index);
        if index != self.index {
            files.insert(index::PATH.to_owned(), index.to_text().into_bytes());
        }
        (files, notes)
    }

    /// Takes down the sunsets of all that is published.
    fn end(&self, index: &mut Index) {
        for (of, version) in self.versions() {
            index.end(&format!("{}/{}", folder(of), version.version()), version.lifecycle().sunset);
        }
    }

    /// A file that is locked and there.
    fn published(&self, path: &str) -> Option<&'a Vec<u8>> {
        self.index.has(path).then(|| self.files.get(path)).flatten()
    }

    /// The writer's schema of a version for registries: the published one, where there is one that says the same.
    fn writer(&self, of: &CatalogType, version: &CatalogVersion) -> Schema {
        let folder = folder(of);
        let schema = version.writer_schema();
        let published = self.published(&format!("{folder}/{}.writer.json", version.version()));
        let published = published.filter(|published| says_the_same(published, &schema));
        if let Some(Ok(published)) = published.map(|published| serde_json::from_slice(published)) {
            return schema.with_text(published);
        }
        let golden = Golden::all(self.files, &folder, version.version());
        schema.with_examples(golden.iter().filter_map(Golden::payload))
    }

    fn versions(&self) -> impl Iterator<Item = (&'a CatalogType, &'a CatalogVersion)> {
        self.catalog.types().iter().flat_map(|of| of.versions().iter().map(move |version| (of, version)))
    }

    /// Everything in which the files are not what the types say, and everything in which what was published has changed.
    pub fn findings(&self) -> Vec<RecordFinding> {
        let mut findings = self.broken_promises();
        if !findings.is_empty() {
            // What is generated follows from the types, and they are not as they must be.
            return findings;
        }
        let generated = self.generated();
        for (path, text) in &generated {
            match self.files.get(path) {
                Some(found) if same_text(found, text) => {}
                Some(found) => findings.push(RecordFinding::new(path, FindingKind::differs(found, text))),
                None => findings.push(RecordFinding::new(path, FindingKind::Missing)),
            }
        }
        let is_ours = |path: &str| ["external/", "internal/", REGISTRY].iter().any(|folder| path.starts_with(folder));
        let expected = |path: &String| generated.contains_key(path) || golden::is_golden(path) || self.index.has(path);
        // What is hidden is some other program's.
        let is_hidden = |path: &str| path.split('/').any(|name| name.starts_with('.'));
        let stray = self.files.keys().filter(|path| is_ours(path) && !expected(path) && !is_hidden(path));
        findings.extend(stray.map(|path| RecordFinding::new(path, FindingKind::Stray)));
        findings
    }

    /// The versions that are not published yet, such as `external/Order.Created/v1`.
    pub fn unpublished(&self) -> Vec<String> {
        let names = self.versions().map(|(of, version)| format!("{}/{}", folder(of), version.version()));
        names.filter(|name| self.index.owner(name).is_none()).collect()
    }

    /// What of the published is no longer so: files that were changed or are gone, types that say something else, golden
    /// events that are not read.
    pub fn broken_promises(&self) -> Vec<RecordFinding> {
        let mut findings = self.index.changed(self.files);
        // What was edited says nothing about the types.
        let edited: BTreeSet<_> = findings.iter().map(|finding| finding.path().to_owned()).collect();
        let mut here = BTreeSet::new();
        for (of, version) in self.versions() {
            let folder = folder(of);
            for (role, schema) in [("writer", version.writer_schema()), ("reader", version.reader_schema())] {
                let path = format!("{folder}/{}.{role}.json", version.version());
                if let Some(published) = self.published(&path).filter(|_| !edited.contains(&path)) {
                    if !says_the_same(published, &schema) {
                        findings.push(RecordFinding::new(&path, FindingKind::would_change(published, &schema)));
                    } else if !means_the_same(published, &schema) {
                        findings.push(RecordFinding::new(&path, FindingKind::meaning(published, &schema)));
                    }
                }
            }
            let name = format!("{folder}/{}", version.version());
            if let Some(published) = self.index.owner(&name).filter(|owner| *of.owner() != **owner) {
                findings.push(RecordFinding::new(&name, FindingKind::Owner { published: published.to_owned() }));
            }
            if let (Some(published), Some(now)) = (self.index.sunset(&name), version.lifecycle().sunset)
                && now < published
            {
                findings.push(RecordFinding::new(&name, FindingKind::Sunset { published, now }));
            }
            let golden = Golden::all(self.files, &folder, version.version());
            for golden in golden.iter().filter(|golden| !edited.contains(golden.path())) {
                findings.extend(golden.check(self.catalog, of, version));
            }
            here.insert(name);
        }
        let gone = self.index.versions().filter(|version| !here.contains(*version));
        findings.extend(gone.map(|version| RecordFinding::new(version, FindingKind::Gone)));
        findings
    }

    /// All the files of the record once every version of the catalog is published: what was generated, the golden events
    /// and the index. Refused where a promise would be broken, or a version has no golden event.
    pub fn publish(&self) -> Result<Files, Vec<RecordFinding>> {
        let mut findings = self.broken_promises();
        let mut files = self.generated();
        let mut index = self.index.clone();
        for (of, version) in self.versions() {
            let folder = folder(of);
            let golden = Golden::all(self.files, &folder, version.version());
            if golden.is_empty() {
                let path = format!("{folder}/{}.golden.json", version.version());
                findings.push(RecordFinding::new(&path, FindingKind::NoGolden));
            }
            let name = format!("{folder}/{}", version.version());
            for role in ["reader", "writer"] {
                let path = format!("{name}.{role}.json");
                index.add(&name, of.owner().as_str(), &path, &files[&path]);
            }
            for golden in golden {
                index.add(&name, of.owner().as_str(), golden.path(), golden.bytes());
                files.insert(golden.path().to_owned(), golden.bytes().to_vec());
            }
        }
        self.end(&mut index);
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
    serde_json::from_slice(published).is_ok_and(|published| assertions_of(&published) == schema.assertions())
}

/// Whether what a published schema says without asserting it still holds.
fn means_the_same(published: &[u8], schema: &Schema) -> bool {
    serde_json::from_slice(published)
        .is_ok_and(|published| keeps_defaults_and_known_values(&published, schema.as_value()))
}

/// Returns true if the annotations of a schema that readers depend on hold in another one with the same assertions: the
/// defaults of missing fields, and the known values of open enumerations. More values may be known.
///
/// Definitions are compared where references lead to them, whatever their names.
pub(crate) fn keeps_defaults_and_known_values(published: &Value, now: &Value) -> bool {
    let flat = |schema| FlatSchema::new(schema, Draft::Draft202012);
    let (Ok(published), Ok(now)) = (flat(published), flat(now)) else { return false };
    let mut comparison = AnnotationComparison { published: &published, now: &now, seen: BTreeSet::new() };
    comparison.holds(published.root(), now.root())
}

struct AnnotationComparison<'s> {
    published: &'s FlatSchema<'s>,
    now: &'s FlatSchema<'s>,
    /// Pairs that were compared, by their addresses: schemas may refer to themselves.
    seen: BTreeSet<(*const Value, *const Value)>,
}

impl<'s> AnnotationComparison<'s> {
    fn holds(&mut self, published: &'s Value, now: &'s Value) -> bool {
        if !self.seen.insert((published, now)) {
            return true;
        }
        let default = |schema: &'s Value| schema.get("default");
        let has_equal_default = match (default(published), default(now)) {
            (Some(published), now) => now == Some(published),
            // A field without a default is null where it is missing.
            (None, now) => now.is_none_or(Value::is_null),
        };
        let known = |schema: &'s Value| schema.get(KNOWN).map(|known| known.as_array().into_iter().flatten());
        let keeps_known_values = known(published).is_none_or(|mut values| {
            known(now).is_some_and(|now| {
                let now: Vec<_> = now.collect();
                values.all(|value| now.contains(&value))
            })
        });
        let keeps_target = match (self.published.target(published), self.now.target(now)) {
            (Ok(Some(published)), Ok(Some(now))) => self.holds(published, now),
            (Ok(_), Ok(_)) => true,
            (Err(_), _) | (_, Err(_)) => false,
        };
        let mut is_kept = has_equal_default && keeps_known_values && keeps_target;
        for_each_subschema(published, |step, inner| {
            if is_kept && step.keyword.kind != KeywordKind::Definitions {
                let mut at = Pointer::ROOT;
                step.push_to(&mut at);
                is_kept = now.pointer(at.as_str()).is_none_or(|now| self.holds(inner, now));
            }
        });
        is_kept
    }
}

/// Whether two files are the same text, with whatever line ends it was checked out.
fn same_text(one: &[u8], other: &[u8]) -> bool {
    index::unix(one) == index::unix(other)
}
