//! `index.json`: the published versions, each file locked by its hash.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::marker::PhantomData;

use chrono::NaiveDate;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

use super::files::{Files, with_unix_line_ends};
use super::finding::{FindingKind, RecordFinding};

/// Path of the index in a record.
pub(super) const PATH: &str = "index.json";

/// Version of the index format.
const FORMAT: u32 = 1;

/// The published versions by name, such as `external/Order.Created/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    format: u32,
    #[serde(deserialize_with = "unique_members")]
    published: BTreeMap<String, Published>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    /// The subsystem that publishes the events: their source on the wire.
    owner: String,
    /// First day of the sunset, if one is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sunset: Option<NaiveDate>,
    /// SHA-256 of each file, by path.
    #[serde(deserialize_with = "unique_members")]
    files: BTreeMap<String, String>,
}

impl Default for Index {
    fn default() -> Self {
        Self { format: FORMAT, published: BTreeMap::new() }
    }
}

/// Rejects duplicate names: the second entry would replace the lock of the first.
fn unique_members<'de, D: Deserializer<'de>, V: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, V>, D::Error> {
    struct UniqueMembers<V>(PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for UniqueMembers<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some((name, value)) = members.next_entry::<String, V>()? {
                if map.contains_key(&name) {
                    return Err(A::Error::custom(format_args!("duplicate member `{name}`")));
                }
                map.insert(name, value);
            }
            Ok(map)
        }
    }

    deserializer.deserialize_map(UniqueMembers(PhantomData))
}

impl Index {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, RecordError> {
        let index: Self =
            serde_json::from_slice(bytes).map_err(|error| RecordError { kind: RecordErrorKind::Index(error) })?;
        if index.format != FORMAT {
            return Err(RecordError { kind: RecordErrorKind::Format { found: index.format } });
        }
        Ok(index)
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("an index consists of maps of strings");
        text.push('\n');
        text
    }

    /// Locks a file of a version. An existing lock stays.
    pub(super) fn lock(&mut self, version: &str, owner: &str, path: &str, contents: &[u8]) {
        let new = || Published { owner: owner.to_owned(), sunset: None, files: BTreeMap::new() };
        let files = &mut self.published.entry(version.to_owned()).or_insert_with(new).files;
        files.entry(path.to_owned()).or_insert_with(|| hash(contents));
    }

    /// Sets the sunset of a version, if it is published.
    pub(super) fn set_sunset(&mut self, version: &str, sunset: Option<NaiveDate>) {
        if let Some(published) = self.published.get_mut(version) {
            published.sunset = sunset;
        }
    }

    /// Returns the locked files of a version with their hashes; nothing if it is not published.
    #[cfg(feature = "check")]
    pub(super) fn locks(&self, version: &str) -> impl Iterator<Item = (&String, &String)> {
        self.published.get(version).into_iter().flat_map(|published| &published.files)
    }

    /// Returns true if a file is locked.
    pub(super) fn is_locked(&self, path: &str) -> bool {
        self.published.values().any(|published| published.files.contains_key(path))
    }

    /// Returns the names of the published versions, sorted.
    pub(super) fn versions(&self) -> impl Iterator<Item = &String> {
        self.published.keys()
    }

    /// Returns the owner with which a version was published.
    pub(super) fn owner(&self, version: &str) -> Option<&str> {
        self.published.get(version).map(|published| published.owner.as_str())
    }

    /// Returns the sunset of a published version, which may be later than its publication declared.
    pub(super) fn sunset(&self, version: &str) -> Option<NaiveDate> {
        self.published.get(version).and_then(|published| published.sunset)
    }

    /// Returns the locked files that are missing or were modified, and the versions without a lock on each kind of file.
    pub(super) fn find_modifications(&self, files: &Files) -> Vec<RecordFinding> {
        let mut findings = Vec::new();
        for (version, published) in &self.published {
            let is_locked =
                |kind: &str| published.files.keys().any(|path| path.starts_with(&format!("{version}.{kind}")));
            if !["writer.json", "reader.json", "golden."].into_iter().all(is_locked) {
                findings.push(RecordFinding::new(version, FindingKind::Unlocked));
            }
            for (path, locked) in &published.files {
                match files.get(path) {
                    Some(contents) if hash(contents) == *locked => {}
                    Some(_) => findings.push(RecordFinding::new(path, FindingKind::Changed)),
                    None => findings.push(RecordFinding::new(path, FindingKind::Lost)),
                }
            }
        }
        findings
    }
}

/// Returns the SHA-256 of a text with Unix line ends, in hexadecimal.
fn hash(contents: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(with_unix_line_ends(contents)) {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Error of the files of a record: an index that cannot be read, or a published file that was modified.
///
/// ```
/// use event_contract::contract;
/// use event_contract::record::{Files, Record, RecordError};
///
/// let files = Files::from([("index.json".to_owned(), br#"{"format":2,"published":{}}"#.to_vec())]);
/// let error: RecordError = Record::new(&contract::catalog()?, &files).unwrap_err();
/// assert!(error.to_string().starts_with("unknown format of index.json: expected format 1, found 2"));
/// # Ok::<(), event_contract::catalog::CatalogError>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RecordError {
    kind: RecordErrorKind,
}

impl From<RecordErrorKind> for RecordError {
    fn from(kind: RecordErrorKind) -> Self {
        Self { kind }
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum RecordErrorKind {
    #[error("invalid {PATH}: {0}\nrestore it from git; after a merge of two branches, keep the entries of both")]
    Index(serde_json::Error),
    #[error(
        "unknown format of {PATH}: expected format {FORMAT}, found {found}\nuse the version of the program that wrote it, or a newer one"
    )]
    Format { found: u32 },
    #[cfg(feature = "check")]
    #[error("published files were modified: {0}")]
    Broken(String),
    #[cfg(feature = "check")]
    #[error("invalid {PATH}: expected versions such as `external/Order.Created/v1`, found {0:?}")]
    Version(String),
    #[cfg(feature = "check")]
    #[error("invalid schema in {path}: {error}")]
    Schema { path: String, error: serde_json::Error },
    #[cfg(feature = "check")]
    #[error("invalid schema in {path}: a number exceeds 64 bits: write the file with `schemas write`")]
    Number { path: String },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_ignore_line_ends_only() {
        assert_eq!(hash(b"a\nb\n"), hash(b"a\r\nb\r\n"));
        assert_ne!(hash(b"a\nb\n"), hash(b"a\rb\n"));
        assert_ne!(hash(b"a\nb\n"), hash(b"a\nb"));
        // `printf abc | sha256sum`
        assert_eq!(hash(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn an_index_round_trips_and_keeps_its_locks() {
        let mut index = Index::default();
        index.lock("external/A/v1", "a", "external/A/v1.writer.json", b"{}");
        index.lock("external/A/v1", "a", "external/A/v1.writer.json", b"other");
        assert_eq!(Index::read(index.to_text().as_bytes()).unwrap(), index);
        assert!(index.is_locked("external/A/v1.writer.json"));
        assert!(!index.is_locked("external/A/v1.reader.json"));
        let wrong = |text: &str| Index::read(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            wrong(r#"{"format": 2, "published": {}}"#),
            "unknown format of index.json: expected format 1, found 2\nuse the version of the program that wrote it, or a newer one"
        );
        let twice = r#"{"format": 1, "published": {"a/A/v1": {"owner": "a", "files": {}}, "a/A/v1": {"owner": "a", "files": {}}}}"#;
        assert!(
            wrong(twice).starts_with("invalid index.json: duplicate member `a/A/v1` at line 1"),
            "{}",
            wrong(twice)
        );
        assert!(wrong("{").starts_with("invalid index.json: EOF while parsing"));
    }
}
