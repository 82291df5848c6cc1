//! The Rust files of the repository, each lexed once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::syntax::{self, Syntax};

/// Folders that hold Rust code of the project. `crates` has a package in each folder.
const ROOTS: [&str; 8] = ["src", "derive", "crates", "tests", "examples", "benches", "fuzz", "xtask"];

/// Folders of tools and build output.
const SKIPPED_FOLDERS: [&str; 5] = ["target", "node_modules", "venv", "corpus", "artifacts"];

/// A Rust file with the facts that rules ask for.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// Path from the root of the repository, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) syntax: Syntax,
    /// The file is compiled for tests, benches or examples only.
    pub(crate) is_test: bool,
}

impl SourceFile {
    pub(crate) fn parse(path: &str, text: &str) -> Self {
        let syntax = syntax::parse(text).unwrap_or_else(|error| panic!("{path}: cannot be lexed as Rust: {error}"));
        Self { path: path.to_owned(), text: text.to_owned(), syntax, is_test: is_test_path(path) }
    }

    /// Returns true if the line is in code that only tests compile.
    pub(crate) fn is_test_line(&self, line: usize) -> bool {
        self.is_test || self.syntax.test_ranges.iter().any(|range| range.contains(&line))
    }
}

/// Returns the root of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the text of a file of the repository.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns all Rust files, sorted by path.
pub(crate) fn files() -> &'static [SourceFile] {
    static FILES: LazyLock<Vec<SourceFile>> = LazyLock::new(|| {
        let mut files: Vec<_> = list("rs").iter().map(|path| SourceFile::parse(path, &read(path))).collect();
        mark_test_modules(&mut files);
        files
    });
    &FILES
}

/// Returns the paths of all files with the extension below the scanned folders.
pub(crate) fn list(extension: &str) -> Vec<String> {
    list_in(&ROOTS, extension)
}

/// Returns the paths of the pages for users and contributors: those in the root, the guide, and each README.
pub(crate) fn pages() -> Vec<String> {
    let mut pages = ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md"].map(str::to_owned).to_vec();
    pages.extend(list_in(&["docs", "benches", "crates"], "md").into_iter().filter(|path| !path.contains("src/")));
    pages
}

/// Returns the paths of all files with the extension below some folders.
fn list_in(folders: &[&str], extension: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for folder in folders {
        collect(&root().join(folder), extension, &mut paths);
    }
    let root = root();
    let mut paths: Vec<_> =
        paths.iter().map(|path| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/")).collect();
    paths.sort();
    paths
}

fn collect(folder: &Path, extension: &str, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !SKIPPED_FOLDERS.contains(&name.as_str()) && !name.starts_with('.') {
                collect(&path, extension, paths);
            }
        } else if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
}

/// Returns true for the folders of integration tests, benches and examples of any package.
///
/// `examples/parcel-contract/src` is an example as a whole.
fn is_test_path(path: &str) -> bool {
    path.split('/').any(|segment| matches!(segment, "tests" | "benches" | "examples" | "fuzz"))
}

/// Marks the files of modules that are declared under `#[cfg(test)]`, with the modules below them.
fn mark_test_modules(files: &mut [SourceFile]) {
    let mut folders = Vec::new();
    for file in files.iter() {
        for module in file.syntax.modules.iter().filter(|module| module.is_test && !module.is_inline) {
            folders.push(child_stem(&file.path, &module.name));
        }
    }
    for file in files {
        let stem = file.path.trim_end_matches(".rs");
        file.is_test |= folders.iter().any(|folder| stem == folder || stem.starts_with(&format!("{folder}/")));
    }
}

/// Returns the path without extension of the child module `name` of the module in `path`.
fn child_stem(path: &str, name: &str) -> String {
    let stem = path.trim_end_matches(".rs");
    let folder = match stem.rsplit_once('/') {
        Some((folder, "lib" | "main" | "mod")) => folder,
        _ => stem,
    };
    format!("{folder}/{name}")
}

#[test]
fn the_repository_is_scanned() {
    let files = files();
    assert!(files.len() > 250, "only {} files", files.len());
    for needed in ["src/lib.rs", "derive/src/lib.rs", "tests/tidy/main.rs", "src/event.rs"] {
        assert!(files.iter().any(|file| file.path == needed), "{needed} is not scanned");
    }
    assert!(files.iter().filter(|file| file.is_test).count() > 50);
    assert!(files.iter().filter(|file| !file.is_test).count() > 150);
}

#[test]
fn modules_under_cfg_test_are_test_code() {
    let mut files = [
        SourceFile::parse("src/compat.rs", "#[cfg(test)]\nmod laws;\nmod lower;"),
        SourceFile::parse("src/compat/laws.rs", ""),
        SourceFile::parse("src/compat/laws/draw.rs", ""),
        SourceFile::parse("src/compat/lower.rs", ""),
        SourceFile::parse("tests/compat.rs", ""),
    ];
    mark_test_modules(&mut files);
    assert_eq!(files.each_ref().map(|file| file.is_test), [false, true, true, false, true]);
}
