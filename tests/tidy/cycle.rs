//! No cycle of imports between files.
//!
//! A cycle that a recursive data structure needs is listed in ARCHITECTURE.md below the heading `Cycles between files`:
//!
//! ```text
//! - `src/a.rs`, `src/b.rs`: the reason.
//! ```

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::module::{Import, Modules, workspace};
use crate::report::{Violation, enforce};
use crate::source::{self, SourceFile};

const HEADING: &str = "Cycles between files";

/// A cycle that ARCHITECTURE.md allows.
#[derive(Debug, PartialEq, Eq)]
struct Allowed {
    line: usize,
    files: BTreeSet<String>,
    reason: String,
}

#[test]
fn files_have_no_cycle() {
    let files: Vec<_> = source::files().iter().filter(|file| !file.is_test).collect();
    let modules = workspace();
    let violations = check(&files, &modules, &allowed(&source::read("ARCHITECTURE.md")));
    enforce("cycle between files", count_imports(&files, &modules), 1_000, violations);
}

/// Returns the number of imports that are resolved to a file.
pub(crate) fn count_imports(files: &[&SourceFile], modules: &Modules) -> usize {
    files.iter().map(|file| modules.imports(file).len()).sum()
}

fn check(files: &[&SourceFile], modules: &Modules, allowed: &[Allowed]) -> Vec<Violation> {
    let imports: BTreeMap<&str, Vec<Import>> =
        files.iter().map(|file| (file.path.as_str(), modules.imports(file))).collect();
    let cycles = components(&imports);
    let mut violations = Vec::new();
    for cycle in &cycles {
        if allowed.iter().any(|allowed| allowed.files == *cycle) {
            continue;
        }
        let first = shortest_cycle(cycle, &imports);
        let steps: Vec<_> =
            first.iter().map(|import| format!("{}:{} imports {}", import.from, import.line, import.path)).collect();
        violations.push(Violation::new(
            &first[0].from,
            first[0].line,
            format!("cycle of {} files {cycle:?}, for example {}", cycle.len(), steps.join(", ")),
            format!("move what both need to a file below both, or list the files in ARCHITECTURE.md, \"{HEADING}\""),
        ));
    }
    for Allowed { line, files, reason } in allowed {
        if !cycles.contains(files) {
            let problem = format!("expected a cycle of exactly the files {files:?}, found none");
            violations.push(Violation::new("ARCHITECTURE.md", *line, problem, "remove the line or correct its files"));
        }
        if reason.split_whitespace().count() < 3 {
            let problem = "the cycle has no reason";
            violations.push(Violation::new("ARCHITECTURE.md", *line, problem, "write it after the files and a colon"));
        }
    }
    violations
}

/// Reads the list of allowed cycles. An item may continue on indented lines.
fn allowed(architecture: &str) -> Vec<Allowed> {
    let mut items: Vec<(usize, String)> = Vec::new();
    let mut is_within = false;
    for (index, line) in architecture.lines().enumerate() {
        if line.starts_with('#') {
            is_within = line.trim_start_matches('#').trim() == HEADING;
        } else if is_within && (line.starts_with("- ") || line.starts_with("* ")) {
            items.push((index + 1, line.trim_start_matches(['-', '*']).trim_start().to_owned()));
        } else if is_within
            && line.starts_with(' ')
            && let Some((_, text)) = items.last_mut()
        {
            text.push(' ');
            text.push_str(line.trim());
        }
    }
    items
        .into_iter()
        .map(|(line, text)| {
            let (files, reason) = text.split_once("`:").unwrap_or((text.as_str(), ""));
            let files = files.split('`').filter(|part| part.contains('/')).map(str::to_owned).collect();
            Allowed { line, files, reason: reason.trim().to_owned() }
        })
        .collect()
}

/// Returns the strongly connected components of more than one file (Tarjan 1972).
fn components(imports: &BTreeMap<&str, Vec<Import>>) -> Vec<BTreeSet<String>> {
    struct State<'a> {
        imports: &'a BTreeMap<&'a str, Vec<Import>>,
        index: BTreeMap<&'a str, usize>,
        lowlink: BTreeMap<&'a str, usize>,
        stack: Vec<&'a str>,
        components: Vec<BTreeSet<String>>,
    }
    fn connect<'a>(state: &mut State<'a>, file: &'a str) {
        let index = state.index.len();
        state.index.insert(file, index);
        state.lowlink.insert(file, index);
        state.stack.push(file);
        let imports = state.imports;
        for import in imports.get(file).into_iter().flatten() {
            let to = import.to.as_str();
            if !state.index.contains_key(to) {
                connect(state, to);
                let low = state.lowlink[file].min(state.lowlink[to]);
                state.lowlink.insert(file, low);
            } else if state.stack.contains(&to) {
                let low = state.lowlink[file].min(state.index[to]);
                state.lowlink.insert(file, low);
            }
        }
        if state.lowlink[file] == state.index[file] {
            let start = state.stack.iter().position(|&found| found == file).unwrap();
            let component: BTreeSet<_> = state.stack.drain(start..).map(str::to_owned).collect();
            if component.len() > 1 {
                state.components.push(component);
            }
        }
    }
    let mut state =
        State { imports, index: BTreeMap::new(), lowlink: BTreeMap::new(), stack: Vec::new(), components: Vec::new() };
    for file in imports.keys() {
        if !state.index.contains_key(file) {
            connect(&mut state, file);
        }
    }
    state.components
}

/// Returns a shortest cycle within a component.
fn shortest_cycle<'a>(component: &BTreeSet<String>, imports: &'a BTreeMap<&str, Vec<Import>>) -> Vec<&'a Import> {
    let mut shortest: Option<Vec<&Import>> = None;
    for start in component {
        let mut paths: VecDeque<Vec<&Import>> = VecDeque::from([Vec::new()]);
        let mut visited = BTreeSet::new();
        while let Some(path) = paths.pop_front() {
            let at = path.last().map_or(start, |import| &import.to);
            if !path.is_empty() && at == start {
                if shortest.as_ref().is_none_or(|found| path.len() < found.len()) {
                    shortest = Some(path);
                }
                break;
            }
            for import in imports[at.as_str()].iter().filter(|import| component.contains(&import.to)) {
                if visited.insert(&import.to) {
                    paths.push_back([path.as_slice(), &[import]].concat());
                }
            }
        }
    }
    shortest.expect("a component has a cycle")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::tests::{modules, parse};

    fn violations(allowed: &[Allowed]) -> Vec<String> {
        let files = parse(&[
            ("src/lib.rs", "mod a; mod b; mod c; pub use c::C;"),
            ("src/a.rs", "use crate::b::B; pub struct A;"),
            ("src/b.rs", "\nuse crate::C; pub struct B;"),
            ("src/c.rs", "use crate::{a::A, b::B}; pub struct C;"),
        ]);
        check(&files.iter().collect::<Vec<_>>(), &modules(&files), allowed).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_cycle_is_found_with_its_imports() {
        let found = violations(&[]);
        assert_eq!(found.len(), 1);
        let expected = "src/b.rs:2: cycle of 3 files {\"src/a.rs\", \"src/b.rs\", \"src/c.rs\"}, for example \
                        src/b.rs:2 imports crate::C, src/c.rs:1 imports crate::b::B: move";
        assert!(found[0].starts_with(expected), "{}", found[0]);
    }

    #[test]
    fn a_listed_cycle_is_allowed() {
        let page = "# Architecture\n\n## Cycles between files\n\nWhy.\n\n- `src/a.rs`, `src/b.rs`,\n  `src/c.rs`: a recursive data structure.\n\n## More\n\n- `src/x.rs`: not a cycle.\n";
        assert_eq!(violations(&allowed(page)), [""; 0]);
    }

    #[test]
    fn a_listed_cycle_must_exist_and_have_a_reason() {
        let page = "## Cycles between files\n\n- `src/a.rs`, `src/b.rs`, `src/c.rs`: why\n- `src/a.rs`, `src/d.rs`: a recursive data structure.\n";
        let found = violations(&allowed(page));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("ARCHITECTURE.md:3: the cycle has no reason"), "{found:?}");
        assert!(found[1].starts_with("ARCHITECTURE.md:4: expected a cycle of exactly"), "{found:?}");
    }
}
