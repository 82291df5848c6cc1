//! The published versions of a record, without the types.

use chrono::NaiveDate;
use json_document::exact::{ExactValue, Fidelity};
use serde_json::Value;

use super::files::Files;
use super::index::{Index, PATH, RecordError, RecordErrorKind};
use crate::name::Version;
use crate::side::SideKind;

/// A published version with its schemas.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    pub(crate) side: SideKind,
    pub(crate) name: String,
    pub(crate) version: Version,
    pub(crate) owner: String,
    pub(crate) sunset: Option<NaiveDate>,
    pub(crate) writer: Value,
    pub(crate) reader: Value,
}

/// Reads the published versions, sorted by side, name and version.
///
/// A modified file is an error: a comparison with it would be meaningless.
pub(crate) fn published(files: &Files) -> Result<Vec<Published>, RecordError> {
    let Some(index) = files.get(PATH) else { return Ok(Vec::new()) };
    let index = Index::read(index)?;
    if let Some(finding) = index.find_modifications(files).first() {
        return Err(RecordErrorKind::Broken(finding.to_string()).into());
    }
    let mut published = Vec::new();
    for path in index.versions() {
        let schema = |role: &str| {
            let path = format!("{path}.{role}.json");
            let bytes = files.get(&path).map_or(&[][..], Vec::as_slice);
            let exact = ExactValue::from_slice(bytes);
            let exact = exact.map_err(|error| RecordErrorKind::Schema { path: path.clone(), error })?;
            // Schemas are written from trees of `serde_json`: such a number is of another program.
            exact.to_serde(Fidelity::Spelling).ok_or(RecordErrorKind::Number { path })
        };
        let (side, name, version) = parse_name(path).ok_or_else(|| RecordErrorKind::Version(path.clone()))?;
        let owner = index.owner(path).unwrap_or_default().to_owned();
        let (sunset, writer, reader) = (index.sunset(path), schema("writer")?, schema("reader")?);
        published.push(Published { side, name, version, owner, sunset, writer, reader });
    }
    published.sort_by(|one, other| (one.side, &one.name, one.version).cmp(&(other.side, &other.name, other.version)));
    Ok(published)
}

/// Parses the name of a version, such as `external/Order.Created/v1`.
pub(super) fn parse_name(path: &str) -> Option<(SideKind, String, Version)> {
    let mut parts = path.split('/');
    let side = match parts.next()? {
        "external" => SideKind::External,
        "internal" => SideKind::Internal,
        _ => return None,
    };
    let name = parts.next()?.to_owned();
    let version = parts.next()?.strip_prefix('v')?.parse().ok()?;
    (parts.next().is_none() && !name.is_empty()).then_some(())?;
    Some((side, name, Version::new(version).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_versions_are_parsed() {
        let (side, name, version) = parse_name("external/Order.Created/v12").unwrap();
        assert_eq!((side, &*name, version.get()), (SideKind::External, "Order.Created", 12));
        for path in ["", "external/Order.Created", "other/a/v1", "external/a/1", "external/a/v0", "external/a/v1/b"] {
            assert!(parse_name(path).is_none(), "{path}");
        }
    }

    #[test]
    fn modified_files_are_an_error() {
        let mut files = Files::new();
        assert!(published(&files).unwrap().is_empty());
        let index =
            r#"{"format":1,"published":{"external/A/v1":{"owner":"a","files":{"external/A/v1.writer.json":"00"}}}}"#;
        files.insert(PATH.to_owned(), index.as_bytes().to_vec());
        let error = published(&files).unwrap_err().to_string();
        assert!(error.starts_with("published files were modified: "), "{error}");
    }
}
