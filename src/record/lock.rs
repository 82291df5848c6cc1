//! Comparison of the locks of two revisions of a record: a lock is for ever.

use chrono::NaiveDate;

use super::files::Files;
use super::finding::RecordFinding;
use super::index::{Index, PATH, RecordError};
use super::published::parse_name;
use crate::name::Version;

/// A lock of the base that the head does not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LockChange {
    /// The event type and the version; none if the whole index is missing.
    pub(crate) version: Option<(String, Version)>,
    pub(crate) message: String,
}

/// The differences between the record of the base and that of the head.
#[derive(Debug, Clone)]
pub(crate) struct LockComparison {
    pub(crate) changes: Vec<LockChange>,
    /// Files that the head locks, and that are missing there or were modified.
    pub(crate) modified: Vec<RecordFinding>,
    /// The published versions whose sunsets differ.
    pub(crate) sunsets: Vec<SunsetChange>,
}

/// A published version whose sunset in the index of the head is not that of the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SunsetChange {
    pub(crate) event_type: String,
    pub(crate) version: Version,
    /// The sunset of the head.
    pub(crate) sunset: Option<NaiveDate>,
}

/// Compares the locks of both indexes: the head must hold every entry of the base. Only a sunset may move to a later day,
/// and files may be added.
pub(crate) fn compare_locks(base: &Files, head: &Files) -> Result<LockComparison, RecordError> {
    let Some(now) = head.get(PATH) else {
        let message = format!("{PATH} with the locks of all published versions is missing: restore it from git");
        let changes = vec![LockChange { version: None, message }];
        return Ok(LockComparison { changes, modified: Vec::new(), sunsets: Vec::new() });
    };
    let before = base.get(PATH).map_or_else(|| Ok(Index::default()), |index| Index::read(index))?;
    let now = Index::read(now)?;
    let (mut changes, mut sunsets) = (Vec::new(), Vec::new());
    for name in before.versions() {
        let version = parse_name(name).map(|(_, event_type, version)| (event_type, version));
        for message in changed_locks(name, &before, &now) {
            changes.push(LockChange { version: version.clone(), message });
        }
        if let Some((event_type, version)) = version
            && now.owner(name).is_some()
            && now.sunset(name) != before.sunset(name)
        {
            sunsets.push(SunsetChange { event_type, version, sunset: now.sunset(name) });
        }
    }
    Ok(LockComparison { changes, modified: now.find_modifications(head), sunsets })
}

/// Returns the number of versions in the index.
pub(crate) fn count_versions(files: &Files) -> Result<usize, RecordError> {
    files.get(PATH).map_or(Ok(0), |index| Ok(Index::read(index)?.versions().count()))
}

/// Returns the files of a record that are neither its index, nor for a registry, nor those of a version. Hidden files belong to
/// other programs.
#[cfg(feature = "cli")]
pub(crate) fn unknown_files(files: &Files) -> Vec<String> {
    let is_known = |path: &str| {
        let version = || {
            let (folder, name) = path.rsplit_once('/')?;
            let (version, kind) = name.split_once('.')?;
            let name = format!("{folder}/{version}");
            parse_name(&name)?;
            // A golden event of no version has no schema beside it.
            let is_golden = || super::golden::is_golden(path) && files.contains_key(&format!("{name}.writer.json"));
            (matches!(kind, "writer.json" | "reader.json") || is_golden()).then_some(())
        };
        path == PATH || path.starts_with(super::REGISTRY) || version().is_some()
    };
    let is_hidden = |path: &str| path.split('/').any(|name| name.starts_with('.'));
    files.keys().filter(|path| !is_known(path) && !is_hidden(path)).cloned().collect()
}

/// Describes the locks of a version that an index does not keep.
fn changed_locks(name: &str, before: &Index, now: &Index) -> Vec<String> {
    let Some(owner) = now.owner(name) else {
        return vec![format!("{PATH} no longer locks {name}, which is published: restore the entry from git")];
    };
    let mut messages = Vec::new();
    let published = before.owner(name).unwrap_or_default();
    if owner != published {
        messages.push(format!("{PATH}: the owner of {name} is {owner}, expected {published}, as published"));
    }
    if let (Some(published), Some(now)) = (before.sunset(name), now.sunset(name))
        && now < published
    {
        messages.push(format!("{PATH}: the sunset of {name} is {now}, expected {published} or a later day"));
    }
    for (path, hash) in before.locks(name) {
        match now.locks(name).find(|(other, _)| *other == path) {
            Some((_, other)) if other == hash => {}
            Some(_) => {
                messages.push(format!("{PATH} has another hash for the published {path}: restore both from git"));
            }
            None => messages.push(format!("{PATH} no longer locks {path}, which is published: restore it from git")),
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(entry: &str) -> Files {
        let text = format!(r#"{{"format":1,"published":{{{entry}}}}}"#);
        Files::from([(PATH.to_owned(), text.into_bytes())])
    }

    fn entry(owner: &str, sunset: &str, hash: &str) -> String {
        format!(
            r#""external/A/v1":{{"owner":"{owner}"{sunset},"files":{{"external/A/v1.golden.json":"{hash}","external/A/v1.writer.json":"aa"}}}}"#
        )
    }

    #[test]
    fn every_change_of_a_lock_is_reported() {
        let sunset = |day: &str| format!(r#","sunset":"{day}""#);
        let base = index(&entry("a", &sunset("2027-01-01"), "00"));
        let messages = |head: &Files| -> Vec<String> {
            compare_locks(&base, head).unwrap().changes.into_iter().map(|change| change.message).collect()
        };
        let later = sunset("2027-02-01");
        let added = entry("a", &later, "00").replace("}}", r#","external/A/v1.golden.b.json":"bb"}}"#);
        for kept in [entry("a", &later, "00"), added] {
            assert_eq!(messages(&index(&kept)), [""; 0], "{kept}");
        }
        let moved = compare_locks(&base, &index(&entry("a", &later, "00"))).unwrap().sunsets;
        assert_eq!(moved.len(), 1);
        assert_eq!((moved[0].event_type.as_str(), moved[0].sunset), ("A", NaiveDate::from_ymd_opt(2027, 2, 1)));
        assert_eq!(compare_locks(&base, &base).unwrap().sunsets, []);
        for (head, expected) in [
            (Files::new(), "index.json with the locks of all published versions is missing"),
            (index(""), "index.json no longer locks external/A/v1, which is published"),
            (index(&entry("b", &later, "00")), "index.json: the owner of external/A/v1 is b, expected a"),
            (
                index(&entry("a", &later, "01")),
                "index.json has another hash for the published external/A/v1.golden.json",
            ),
            (
                index(&entry("a", &sunset("2026-12-31"), "00")),
                "index.json: the sunset of external/A/v1 is 2026-12-31, expected 2027-01-01 or a later day",
            ),
            (
                index(&entry("a", &later, "00").replace(r#","external/A/v1.writer.json":"aa""#, "")),
                "index.json no longer locks external/A/v1.writer.json",
            ),
        ] {
            let found = messages(&head);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].starts_with(expected), "{found:?}");
        }
    }
}
