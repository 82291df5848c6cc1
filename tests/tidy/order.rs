//! A file imports only files below it in the table of ARCHITECTURE.md.
//!
//! The table has the head `| file | … |`. The first cell of a row has one or more paths from the root of the repository in
//! backticks: a file (`src/event.rs`), a folder (`src/check/`, with `src/check.rs` if there is one), or a package
//! (`crates/json-document`). The longest path that fits a file decides. Files of the same row may import each other.

use crate::cycle::count_imports;
use crate::module::{Modules, workspace};
use crate::report::{Violation, enforce};
use crate::source::{self, SourceFile};

/// A path of the first column.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    row: usize,
    path: String,
    /// Line in ARCHITECTURE.md.
    line: usize,
}

impl Entry {
    fn matches(&self, file: &str) -> bool {
        let folder = self.path.trim_end_matches('/');
        file.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
    }
}

#[test]
fn imports_run_downwards() {
    let entries = entries(&source::read("ARCHITECTURE.md"));
    assert!(entries.len() >= 15, "expected a table of at least 15 files in ARCHITECTURE.md, found {}", entries.len());
    let files: Vec<_> = source::files().iter().filter(|file| !file.is_test).collect();
    let modules = workspace();
    enforce("import order", count_imports(&files, &modules), 1_000, check(&files, &modules, &entries));
}

fn entries(architecture: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let rows = architecture
        .lines()
        .enumerate()
        .skip_while(|(_, line)| !line.starts_with("| file |"))
        .take_while(|(_, line)| line.starts_with('|'))
        .skip(2);
    for (row, (index, line)) in rows.enumerate() {
        let cell = line.split('|').nth(1).unwrap_or_default();
        for path in cell.split('`').skip(1).step_by(2) {
            entries.push(Entry { row, path: path.to_owned(), line: index + 1 });
        }
    }
    entries
}

fn check(files: &[&SourceFile], modules: &Modules, entries: &[Entry]) -> Vec<Violation> {
    let entry_of = |path: &str| {
        entries.iter().filter(|entry| entry.matches(path)).max_by_key(|entry| entry.path.trim_end_matches('/').len())
    };
    let mut violations = Vec::new();
    for file in files {
        let Some(own) = entry_of(&file.path) else {
            let problem = "no row of the table in ARCHITECTURE.md has this file";
            violations.push(Violation::new(&file.path, 1, problem, "add it where its imports are below it"));
            continue;
        };
        if modules.module_of(&file.path).is_none() {
            let problem = "no `mod` declares this file";
            violations.push(Violation::new(&file.path, 1, problem, "declare it or delete it"));
        }
        for import in modules.imports(file) {
            if let Some(other) = entry_of(&import.to)
                && other.row < own.row
            {
                let problem = format!("imports {}, but `{}` is above `{}`", import.path, other.path, own.path);
                let advice = "move the item down, or the row in ARCHITECTURE.md";
                violations.push(Violation::new(&file.path, import.line, problem, advice));
            }
        }
    }
    for entry in entries {
        if !files.iter().any(|file| entry.matches(&file.path)) {
            let problem = format!("`{}` has no Rust file", entry.path);
            let advice = "write paths from the root of the repository; remove those that are gone";
            violations.push(Violation::new("ARCHITECTURE.md", entry.line, problem, advice));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::tests::{modules, parse};

    const TABLE: &str = "# A\n\n| file | holds |\n|---|---|\n| `src/lib.rs` | tour |\n| `src/check/` | [`x`] |\n| `src/a.rs`, `src/check/low.rs` | b |\n| `crates/leaf` | c |\n\n| file | other |\n|---|---|\n| `src/z.rs` | z |\n";

    fn violations(files: &[(&str, &str)]) -> Vec<String> {
        let files = parse(files);
        let entries = entries(TABLE);
        check(&files.iter().collect::<Vec<_>>(), &modules(&files), &entries).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_table_is_read() {
        let found: Vec<_> = entries(TABLE).into_iter().map(|entry| (entry.row, entry.path, entry.line)).collect();
        let text = |text: &str| text.to_owned();
        assert_eq!(
            found,
            [
                (0, text("src/lib.rs"), 5),
                (1, text("src/check/"), 6),
                (2, text("src/a.rs"), 7),
                (2, text("src/check/low.rs"), 7),
                (3, text("crates/leaf"), 8),
            ]
        );
    }

    #[test]
    fn an_import_that_runs_upwards_is_found() {
        let found = violations(&[
            ("src/lib.rs", "mod a; mod check; pub use check::Check;"),
            ("src/a.rs", "use leaf::leaf;\nuse crate::Check; use crate::check::low::Low; pub struct A;"),
            ("src/check.rs", "mod low; mod high; pub struct Check; fn f(a: crate::a::A) {}"),
            ("src/check/low.rs", "fn f() { crate::a::g(); } pub struct Low;"),
            ("src/check/high.rs", "use super::low::Low; use super::Check; pub struct High;"),
            ("crates/leaf/src/lib.rs", "pub fn leaf() {}"),
        ]);
        let expected = "src/a.rs:2: imports crate::Check, but `src/check/` is above `src/a.rs`: \
                        move the item down, or the row in ARCHITECTURE.md";
        assert_eq!(found, [expected]);
    }

    #[test]
    fn files_without_a_row_and_rows_without_a_file_are_found() {
        let found = violations(&[
            ("src/lib.rs", "mod a; mod b; mod check;"),
            ("src/a.rs", ""),
            ("src/b.rs", ""),
            ("src/check.rs", "mod low;"),
            ("src/check/low.rs", ""),
            ("src/check/lost.rs", ""),
        ]);
        let starts = [
            "src/b.rs:1: no row of the table",
            "src/check/lost.rs:1: no `mod` declares this file",
            "ARCHITECTURE.md:8: `crates/leaf` has no Rust file",
        ];
        assert_eq!(found.len(), starts.len(), "{found:?}");
        for (found, start) in found.iter().zip(starts) {
            assert!(found.starts_with(start), "{found}");
        }
    }
}
