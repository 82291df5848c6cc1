//! `index.json`: what is published, locked by hashes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::marker::PhantomData;

use chrono::NaiveDate;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

use super::Files;
use super::finding::{FindingKind, RecordFinding};

/// Where it stands.
pub(super) const PATH: &str = "index.json";

/// The form of the index.
const FORMAT: u32 = 1;

/// Every published version, such as `external/Order.Created/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    format: u32,
    #[serde(deserialize_with = "each_once")]
    published: BTreeMap<String, Published>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    /// The subsystem that makes such events; on the wire it is their source.
    owner: String,
    /// From which day on it is not in use, as far as that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sunset: Option<NaiveDate>,
    /// The hashes of the files, by their paths.
    #[serde(deserialize_with = "each_once")]
    files: BTreeMap<String, String>,
}

impl Default for Index {
    fn default() -> Self {
        Self { format: FORMAT, published: BTreeMap::new() }
    }
}

/// A map in which no name comes twice: the second would open what the first has locked.
fn each_once<'de, D: Deserializer<'de>, V: Deserialize<'de>>(deserializer: D) -> Result<BTreeMap<String, V>, D::Error> {
    struct EachOnce<V>(PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for EachOnce<V> {
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

    deserializer.deserialize_map(EachOnce(PhantomData))
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
        let mut text = serde_json::to_string_pretty(self).expect("an index is strings in maps");
        text.push('\n');
        text
    }

    /// Locks a file of a version, unless it is locked already.
    pub(super) fn add(&mut self, version: &str, owner: &str, path: &str, contents: &[u8]) {
        let new = || Published { owner: owner.to_owned(), sunset: None, files: BTreeMap::new() };
        let files = &mut self.published.entry(version.to_owned()).or_insert_with(new).files;
        files.entry(path.to_owned()).or_insert_with(|| hash(contents));
    }

    /// Says of a version, if it is published, when it ends.
    pub(super) fn end(&mut self, version: &str, sunset: Option<NaiveDate>) {
        if let Some(published) = self.published.get_mut(version) {
            published.sunset = sunset;
        }
    }

    /// Whether the file is locked.
    pub(super) fn has(&self, path: &str) -> bool {
        self.published.values().any(|published| published.files.contains_key(path))
    }

    /// What is published.
    pub(super) fn versions(&self) -> impl Iterator<Item = &String> {
        self.published.keys()
    }

    /// The owner under which a version was published.
    pub(super) fn owner(&self, version: &str) -> Option<&str> {
        self.published.get(version).map(|published| published.owner.as_str())
    }

    /// The sunset with which a version was published, or that was said since.
    pub(super) fn sunset(&self, version: &str) -> Option<NaiveDate> {
        self.published.get(version).and_then(|published| published.sunset)
    }

    /// The locked files that are not there, or not as they were, and the versions that are not locked whole.
    pub(super) fn changed(&self, files: &Files) -> Vec<RecordFinding> {
        let mut findings = Vec::new();
        for (version, published) in &self.published {
            let begins = |with: &str| published.files.keys().any(|path| path.starts_with(&format!("{version}.{with}")));
            if !["writer.json", "reader.json", "golden."].into_iter().all(begins) {
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

/// The SHA-256 of a text in hexadecimal, whatever line ends it was checked out with.
fn hash(contents: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(unix(contents)) {
        // A `String` cannot fail to be written to.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// With the line ends that the text was published with.
pub(super) fn unix(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\r') {
        return text.into();
    }
    let text: Vec<u8> = text
        .iter()
        .enumerate()
        .filter(|(at, byte)| **byte != b'\r' || text.get(at + 1) != Some(&b'\n'))
        .map(|(_, byte)| *byte)
        .collect();
    text.into()
}

/// Why files are no record.
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
    #[error("invalid {PATH}: {0}; restore it from git, or, after a merge of two branches, keep the entries of both")]
    Index(serde_json::Error),
    #[error(
        "{PATH} is of format {found}, and this program knows {FORMAT}: use the version of the program that wrote it, or a newer one"
    )]
    Format {
        /// The format said.
        found: u32,
    },
    #[cfg(feature = "check")]
    #[error("published files were modified: {0}")]
    Broken(String),
    #[cfg(feature = "check")]
    #[error("{PATH} locks {0:?}, which is not a version such as `external/Order.Created/v1`")]
    Version(String),
    #[cfg(feature = "check")]
    #[error("{path} is not a schema: {error}")]
    Schema {
        /// Which file.
        path: String,
        /// What was wrong with it.
        error: serde_json::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_do_not_matter_and_nothing_else_is_overlooked() {
        assert_eq!(hash(b"a\nb\n"), hash(b"a\r\nb\r\n"));
        assert_ne!(hash(b"a\nb\n"), hash(b"a\rb\n"));
        assert_ne!(hash(b"a\nb\n"), hash(b"a\nb"));
        // `printf abc | sha256sum`
        assert_eq!(hash(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn an_index_comes_back() {
        let mut index = Index::default();
        index.add("external/A/v1", "a", "external/A/v1.writer.json", b"{}");
        index.add("external/A/v1", "a", "external/A/v1.writer.json", b"other");
        assert_eq!(Index::read(index.to_text().as_bytes()).unwrap(), index);
        assert!(index.has("external/A/v1.writer.json"));
        assert!(!index.has("external/A/v1.reader.json"));
        let wrong = |text: &str| Index::read(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            wrong(r#"{"format": 2, "published": {}}"#),
            "index.json is of format 2, and this program knows 1: use the version of the program that wrote it, or a newer one"
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
