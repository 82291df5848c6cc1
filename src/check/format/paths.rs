//! Paths of files as pipelines see them.

use std::path::Path;

use crate::check::finding::{Finding, FindingFiles, Subject};

/// The folders of a contract, as seen from the root of the repository: pipelines name files so.
///
/// By default, the record is in `schemas` and the schemas of consumers are in `consumers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryPaths {
    record: String,
    consumers: String,
    /// The folder that all paths are relative to: `contract/`, or nothing for the root of the repository.
    base: String,
    /// The root of the workspace, relative to that of the repository; none if its files are not there.
    sources: Option<String>,
}

impl Default for RepositoryPaths {
    fn default() -> Self {
        Self { record: "schemas/".to_owned(), consumers: "consumers/".to_owned(), base: String::new(), sources: None }
    }
}

impl RepositoryPaths {
    /// Sets the folder of the record; `.` is the root of the repository.
    #[must_use]
    pub fn with_record(self, folder: impl AsRef<str>) -> Self {
        Self { record: normalise(folder.as_ref()), ..self }
    }

    /// Sets the folder with the schemas of the consumers; `.` is the root of the repository.
    #[must_use]
    pub fn with_consumers(self, folder: impl AsRef<str>) -> Self {
        Self { consumers: normalise(folder.as_ref()), ..self }
    }

    /// Sets the folder of the repository that both folders and the files of routing rules are relative to.
    #[cfg(feature = "cli")]
    pub(crate) fn relative_to(self, base: &str) -> Self {
        Self { base: normalise(base), ..self }
    }

    /// Sets the root of the workspace that was compiled, relative to that of the repository. The compiler names the files of
    /// Rust types relative to it.
    #[cfg(feature = "cli")]
    pub(crate) fn with_sources(self, folder: Option<&str>) -> Self {
        Self { sources: folder.map(normalise), ..self }
    }

    /// Returns the files of a finding.
    pub(super) fn files(&self, finding: &Finding) -> FindingFiles {
        let source = finding.source.zip(self.sources.as_ref());
        let source = source.map(|(source, root)| join(root, &source.file.replace('\\', "/")));
        FindingFiles { path: self.file(finding), source }
    }

    /// Returns the path of the file that a finding is about.
    pub(super) fn file(&self, finding: &Finding) -> Option<String> {
        match &finding.subject {
            Subject::Contract | Subject::Type { .. } | Subject::Consumer { .. } => None,
            Subject::Pair { file, is_consumer, .. } => {
                let folder = if *is_consumer { &self.consumers } else { &self.record };
                file.as_ref().map(|file| self.in_repository(&format!("{folder}{file}")))
            }
            Subject::RoutingRule { file, .. } => Some(self.in_repository(file)),
        }
    }

    /// Returns the path of the index of published versions.
    pub(super) fn index(&self) -> String {
        self.in_repository(&format!("{}index.json", self.record))
    }

    fn in_repository(&self, path: &str) -> String {
        if self.base.is_empty() || Path::new(path).has_root() {
            return path.to_owned();
        }
        join(&self.base, path)
    }
}

/// Appends a path to a folder, and resolves `..` where the folder has a name for it.
fn join(folder: &str, path: &str) -> String {
    let mut names: Vec<_> = folder.split('/').filter(|name| !name.is_empty()).collect();
    for name in path.split('/').filter(|name| !matches!(*name, "" | ".")) {
        if name == ".." && names.last().is_some_and(|last| *last != "..") {
            names.pop();
        } else {
            names.push(name);
        }
    }
    names.join("/")
}

/// Returns `./contract//schemas/` as `contract/schemas/`, and the root as nothing.
fn normalise(path: &str) -> String {
    // Elsewhere than on Windows, a backslash is a part of a name.
    let path = path.replace(std::path::is_separator, "/");
    let names = path.split('/').enumerate().filter(|(at, name)| *name != "." && (!name.is_empty() || *at == 0));
    if path.is_empty() {
        return path;
    }
    names.flat_map(|(_, name)| [name, "/"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::settings::Settings;

    #[test]
    fn folders_are_normalised() {
        for (path, expected) in [
            ("schemas", "schemas/"),
            ("./contract/schemas//", "contract/schemas/"),
            #[cfg(windows)]
            (r"contract\schemas", "contract/schemas/"),
            #[cfg(not(windows))]
            (r"contract\xff", r"contract\xff/"),
            (".", ""),
            ("", ""),
            ("./", ""),
            ("/srv/schemas", "/srv/schemas/"),
            ("../schemas", "../schemas/"),
        ] {
            assert_eq!(normalise(path), expected, "{path}");
        }
    }

    #[test]
    fn a_file_is_below_the_folder_of_its_reader() {
        let paths = RepositoryPaths::default();
        let settings = Settings::new("2026-11-22".parse().unwrap());
        let file = |file: &str, reader: &str, is_consumer: bool| {
            let subject = Subject::Pair {
                event_type: "A".to_owned(),
                writer: "v1".to_owned(),
                reader: reader.to_owned(),
                is_consumer,
                pointer: None,
                file: Some(file.to_owned()),
            };
            paths.file(&settings.finding("rejected", subject, String::new()).unwrap()).unwrap()
        };
        assert_eq!(file("external/A/v1.reader.json", "v1", false), "schemas/external/A/v1.reader.json");
        assert_eq!(file("billing/A.reader.json", "billing", true), "consumers/billing/A.reader.json");
        // A consumer may have the name of a side.
        assert_eq!(file("external/A/v1.reader.json", "external", true), "consumers/external/A/v1.reader.json");
    }

    #[cfg(feature = "cli")]
    #[test]
    fn types_are_named_from_the_root_of_the_repository() {
        let settings = Settings::new("2026-11-22".parse().unwrap());
        let subject = Subject::Type { event_type: "A".to_owned(), version: None };
        let mut finding = settings.finding("undecided", subject, String::new()).unwrap();
        finding.source = Some(crate::catalog::TypeLocation { file: "tests/../src/a.rs", line: 7 });
        let source = |root: Option<&str>| RepositoryPaths::default().with_sources(root).files(&finding).source;
        assert_eq!(source(None), None);
        assert_eq!(source(Some("")).as_deref(), Some("src/a.rs"));
        assert_eq!(source(Some("services/orders")).as_deref(), Some("services/orders/src/a.rs"));
    }

    #[cfg(feature = "cli")]
    #[test]
    fn files_are_named_from_the_root_of_the_repository() {
        for (base, record, expected) in [
            ("", "schemas", "schemas/index.json"),
            ("", "../schemas", "../schemas/index.json"),
            ("a/b/", "schemas", "a/b/schemas/index.json"),
            ("a/b/", "../schemas", "a/schemas/index.json"),
            ("a/", "../../schemas", "../schemas/index.json"),
            ("a/", ".", "a/index.json"),
            ("a/", "/srv/schemas", "/srv/schemas/index.json"),
        ] {
            assert_eq!(
                RepositoryPaths::default().with_record(record).relative_to(base).index(),
                expected,
                "{base} {record}"
            );
        }
    }
}
