//! The modules of each crate, and the files that define what a path names.
//!
//! A path is followed through `use` declarations to the item itself: `crate::Reader` is an import of
//! `src/read/reader.rs`, not of `src/lib.rs`, and a module that only re-exports an item is not imported. Names that a
//! macro makes count for the module in which they were looked up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::source::{self, SourceFile};
use crate::syntax::{Syntax, Visibility};

/// An import of one file by another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Import {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) line: usize,
    /// The path as it is written.
    pub(crate) path: String,
}

/// All crates of the workspace that have modules.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    /// Crate name and module path, `event_contract::read::reader`, to module.
    by_path: HashMap<Vec<String>, Module>,
    crates: BTreeSet<String>,
    /// Path of a file to the path of its module.
    files: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Default)]
struct Module {
    file: String,
    items: BTreeSet<String>,
    children: BTreeSet<String>,
    uses: HashMap<String, Vec<Vec<String>>>,
    globs: Vec<Vec<String>>,
}

/// Target of a path: an item with the file that defines it, or a module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Item(String),
    Module(Vec<String>),
}

/// Maximum number of re-exports that are followed. A longer chain is a cycle of them.
const MAX_REEXPORTS: usize = 16;

impl Modules {
    /// Reads the modules of the crates whose roots are among the files.
    ///
    /// `names` gives the name of the library of a root, such as `event_contract` for `src/lib.rs`.
    pub(crate) fn new<'a>(files: &'a [SourceFile], names: &BTreeMap<String, String>) -> Self {
        let by_path: HashMap<&str, &'a SourceFile> = files.iter().map(|file| (file.path.as_str(), file)).collect();
        let mut modules = Self::default();
        for file in files.iter().filter(|file| !file.is_test) {
            let is_root = file.path.ends_with("src/lib.rs")
                || file.path.ends_with("src/main.rs")
                || file.path.contains("src/bin/");
            if is_root {
                let name = names.get(&file.path).cloned().unwrap_or_else(|| file.path.clone());
                modules.crates.insert(name.clone());
                modules.add_file(file, &[name], &by_path);
            }
        }
        modules
    }

    fn add_file(&mut self, file: &SourceFile, path: &[String], by_path: &HashMap<&str, &SourceFile>) {
        self.files.insert(file.path.clone(), path.to_vec());
        self.add_items(file, path);
        for child in file.syntax.modules.iter().filter(|child| !child.is_test) {
            let parent = [path, &child.parent].concat();
            self.by_path.entry(parent.clone()).or_default().children.insert(child.name.clone());
            let module = [parent.as_slice(), std::slice::from_ref(&child.name)].concat();
            if child.is_inline {
                self.by_path.entry(module).or_default().file.clone_from(&file.path);
                continue;
            }
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let stem = file.path.trim_end_matches(".rs");
            let is_root = path.len() == 1 || stem.ends_with("/mod");
            let inner = [&[if is_root { folder } else { stem }.to_owned()], child.parent.as_slice()].concat().join("/");
            let candidates = match &child.path {
                Some(path) => vec![format!("{folder}/{path}")],
                None => vec![format!("{inner}/{}.rs", child.name), format!("{inner}/{}/mod.rs", child.name)],
            };
            if let Some(found) = candidates.iter().find_map(|candidate| by_path.get(candidate.as_str())) {
                self.add_file(found, &module, by_path);
            }
        }
    }

    fn add_items(&mut self, file: &SourceFile, path: &[String]) {
        let Syntax { items, uses, .. } = &file.syntax;
        self.by_path.entry(path.to_vec()).or_default().file.clone_from(&file.path);
        for item in items.iter().filter(|item| !item.is_test) {
            let at = if item.is_exported_macro { path[..1].to_vec() } else { [path, &item.module].concat() };
            if item.is_exported_macro && path.len() > 1 {
                // The macro is named by the root of the crate and defined here.
                let target = [path, &item.module, std::slice::from_ref(&item.name)].concat();
                self.by_path.entry(at).or_default().uses.entry(item.name.clone()).or_default().push(target);
                self.by_path.entry(path.to_vec()).or_default().items.insert(item.name.clone());
            } else {
                self.by_path.entry(at).or_default().items.insert(item.name.clone());
            }
        }
        for found in uses.iter().filter(|found| !found.is_test) {
            let module = self.by_path.entry([path, &found.module].concat()).or_default();
            match &found.name {
                Some(name) => module.uses.entry(name.clone()).or_default().push(found.path.clone()),
                None => module.globs.push(found.path.clone()),
            }
        }
    }

    /// Returns the module path of a file, `None` if no `mod` leads to it.
    pub(crate) fn module_of(&self, file: &str) -> Option<&[String]> {
        self.files.get(file).map(Vec::as_slice)
    }

    /// Returns the imports of other files in code that is not only for tests, the first line of each.
    ///
    /// A re-export is an import only if the file itself uses the name.
    pub(crate) fn imports(&self, file: &SourceFile) -> Vec<Import> {
        let Some(module) = self.files.get(&file.path) else { return Vec::new() };
        let Syntax { uses, paths, names, .. } = &file.syntax;
        let uses = uses
            .iter()
            .filter(|found| !found.is_test)
            .filter(|found| {
                found.visibility == Visibility::Private || found.name.as_ref().is_some_and(|name| names.contains(name))
            })
            .map(|found| (&found.module, &found.path, found.line, found.name.is_none()));
        let paths =
            paths.iter().filter(|found| !found.is_test).map(|found| (&found.module, &found.path, found.line, false));
        let mut imports: BTreeMap<String, Import> = BTreeMap::new();
        for (inner, path, line, is_glob) in uses.chain(paths) {
            let scope = [module.as_slice(), inner].concat();
            for target in self.resolve(&scope, path, 0) {
                let to = match target {
                    Target::Item(file) => file,
                    // A module by itself is only a name; what is used of it shows in longer paths.
                    Target::Module(module) if is_glob => self.by_path[&module].file.clone(),
                    Target::Module(_) => continue,
                };
                if to == file.path {
                    continue;
                }
                let import = Import { from: file.path.clone(), to: to.clone(), line, path: path.join("::") };
                let first = imports.entry(to).or_insert_with(|| import.clone());
                if line < first.line {
                    *first = import;
                }
            }
        }
        imports.into_values().collect()
    }

    /// Returns all that a path names in a module, of any namespace.
    fn resolve(&self, scope: &[String], path: &[String], depth: usize) -> BTreeSet<Target> {
        let Some((first, mut rest)) = path.split_first() else { return BTreeSet::new() };
        if depth > MAX_REEXPORTS {
            return BTreeSet::new();
        }
        let targets = match first.as_str() {
            "crate" => BTreeSet::from([Target::Module(scope[..1].to_vec())]),
            "self" => BTreeSet::from([Target::Module(scope.to_vec())]),
            "super" => {
                let mut parent = scope[..scope.len() - 1].to_vec();
                while let Some((next, after)) = rest.split_first()
                    && next == "super"
                {
                    parent.pop();
                    rest = after;
                }
                BTreeSet::from([Target::Module(parent)])
            }
            _ => {
                let local = self.lookup(scope, first, depth);
                if local.is_empty() && self.crates.contains(first) {
                    BTreeSet::from([Target::Module(vec![first.clone()])])
                } else {
                    local
                }
            }
        };
        self.descend(targets, rest, depth)
    }

    /// Follows the other segments of a path.
    fn descend(&self, mut targets: BTreeSet<Target>, rest: &[String], depth: usize) -> BTreeSet<Target> {
        for segment in rest {
            targets = targets
                .into_iter()
                .flat_map(|target| match target {
                    // A variant, an associated item.
                    Target::Item(_) => BTreeSet::from([target]),
                    Target::Module(module) => {
                        let found = self.lookup(&module, segment, depth);
                        match self.by_path.get(&module) {
                            Some(unknown) if found.is_empty() => BTreeSet::from([Target::Item(unknown.file.clone())]),
                            _ => found,
                        }
                    }
                })
                .collect();
        }
        targets
    }

    /// Returns all that a name means in a module.
    fn lookup(&self, scope: &[String], name: &String, depth: usize) -> BTreeSet<Target> {
        let mut targets = BTreeSet::new();
        let Some(module) = self.by_path.get(scope) else { return targets };
        if module.items.contains(name) {
            targets.insert(Target::Item(module.file.clone()));
        }
        if module.children.contains(name) {
            targets.insert(Target::Module([scope, std::slice::from_ref(name)].concat()));
        }
        for path in module.uses.get(name).into_iter().flatten() {
            // The first segment of `use leaf::leaf` is a module or a crate, not the name that is bound.
            if path.first() == Some(name) {
                let child = [scope, std::slice::from_ref(name)].concat();
                let first = if module.children.contains(name) { child } else { vec![name.clone()] };
                let first = self.by_path.contains_key(&first).then_some(Target::Module(first));
                targets.extend(self.descend(first.into_iter().collect(), &path[1..], depth + 1));
                continue;
            }
            targets.extend(self.resolve(scope, path, depth + 1));
        }
        if targets.is_empty() {
            for glob in &module.globs {
                for target in self.resolve(scope, glob, depth + 1) {
                    if let Target::Module(inner) = target
                        && inner != scope
                    {
                        targets.extend(self.lookup(&inner, name, depth + 1));
                    }
                }
            }
        }
        targets
    }
}

/// Returns the modules of the workspace.
pub(crate) fn workspace() -> Modules {
    Modules::new(source::files(), &library_names())
}

/// Returns root file and name of each library.
fn library_names() -> BTreeMap<String, String> {
    let manifests = ["Cargo.toml".to_owned()].into_iter().chain(source::list("toml"));
    manifests
        .filter(|path| path.ends_with("Cargo.toml"))
        .filter_map(|path| {
            let text = source::read(&path);
            let package = text.split("[package]").nth(1)?;
            let name = package.lines().find_map(|line| line.strip_prefix("name = \""))?.trim_end_matches('"');
            Some((path.replace("Cargo.toml", "src/lib.rs"), name.replace('-', "_")))
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Returns the modules of a crate `own` in `src` and of crates in `crates`.
    pub(crate) fn modules(files: &[SourceFile]) -> Modules {
        let names = files
            .iter()
            .filter(|file| file.path.ends_with("src/lib.rs"))
            .map(|file| {
                let folder = file.path.trim_end_matches("src/lib.rs").trim_end_matches('/');
                (
                    file.path.clone(),
                    folder.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("own").to_owned(),
                )
            })
            .collect();
        Modules::new(files, &names)
    }

    pub(crate) fn parse(files: &[(&str, &str)]) -> Vec<SourceFile> {
        files.iter().map(|(path, text)| SourceFile::parse(path, text)).collect()
    }

    fn imports(files: &[(&str, &str)], of: &str) -> Vec<String> {
        let files = parse(files);
        let file = files.iter().find(|file| file.path == of).unwrap();
        modules(&files).imports(file).iter().map(|import| format!("{}:{}", import.to, import.line)).collect()
    }

    #[test]
    fn a_path_is_followed_to_the_definition() {
        let files = [
            ("src/lib.rs", "mod a; mod b; pub use a::Deep; pub use b::*; extern crate self as own;"),
            ("src/a.rs", "mod deep; pub use deep::Deep; pub(crate) use leaf::leaf;"),
            ("src/a/deep.rs", "pub struct Deep;"),
            ("src/b.rs", "pub fn glob() {} text_name!(Made);"),
            ("crates/leaf/src/lib.rs", "mod inner; pub use inner::leaf;"),
            ("crates/leaf/src/inner.rs", "pub fn leaf() {}"),
        ];
        let of = |text: &str| {
            let mut files = files.to_vec();
            files[0].1 = "mod a; mod b; mod c; pub use a::Deep; pub use b::*; extern crate self as own;";
            files.push(("src/c.rs", text));
            imports(&files, "src/c.rs")
        };
        assert_eq!(of("use crate::Deep;"), ["src/a/deep.rs:1"]);
        assert_eq!(of("\nuse own::Deep as D;"), ["src/a/deep.rs:2"]);
        assert_eq!(of("use crate::{a, b};\nfn f() { a::Deep::new(); b::glob(); }"), ["src/a/deep.rs:2", "src/b.rs:2"]);
        assert_eq!(of("fn f() { super::glob(); }"), ["src/b.rs:1"]);
        assert_eq!(of("use crate::b::Made;"), ["src/b.rs:1"]);
        assert_eq!(of("use crate::a::leaf;"), ["crates/leaf/src/inner.rs:1"]);
        assert_eq!(of("fn f() { leaf::leaf(); }"), ["crates/leaf/src/inner.rs:1"]);
        assert_eq!(of("use std::a::Deep; #[cfg(test)] mod tests { use crate::Deep; }"), [""; 0]);
        assert_eq!(of("#[serde(with = \"crate::b::glob\")] struct S;"), ["src/b.rs:1"]);
    }

    #[test]
    fn a_pure_reexport_is_no_import() {
        let files = |root: &'static str| [("src/lib.rs", root), ("src/a.rs", "pub struct A;")];
        assert_eq!(imports(&files("mod a; pub use a::A;"), "src/lib.rs"), [""; 0]);
        assert_eq!(imports(&files("mod a; pub use a::A; fn f(a: A) {}"), "src/lib.rs"), ["src/a.rs:1"]);
        assert_eq!(imports(&files("mod a; use a::A;"), "src/lib.rs"), ["src/a.rs:1"]);
    }

    #[test]
    fn exported_macros_are_found_at_the_root() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "#[macro_export] macro_rules! catalog { () => { $crate::b::B } }"),
            ("src/b.rs", "pub struct B; fn f() { crate::catalog!(); }"),
        ];
        assert_eq!(imports(&files, "src/a.rs"), ["src/b.rs:1"]);
        assert_eq!(imports(&files, "src/b.rs"), ["src/a.rs:1"]);
    }

    #[test]
    fn the_workspace_has_its_crates() {
        let modules = workspace();
        for name in ["event_contract", "event_contract_derive"] {
            assert!(modules.crates.contains(name), "{name} is not found");
        }
        let imports: usize = source::files().iter().map(|file| modules.imports(file).len()).sum();
        assert!(imports > 500, "only {imports} imports");
    }
}
