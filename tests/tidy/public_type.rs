//! A public type has a name of its own in its crate.

use std::collections::BTreeMap;

use crate::report::{Violation, enforce};
use crate::source::{self, SourceFile};
use crate::syntax::Visibility;

const TYPE_KEYWORDS: [&str; 4] = ["struct", "enum", "trait", "type"];

/// Names that are always read with their module, each with the reason.
const ALLOWED: [(&str, &str); 0] = [];

#[test]
fn public_types_have_names_of_their_own() {
    let types = types(source::files());
    let scanned = types.values().map(Vec::len).sum();
    enforce("names of public types", scanned, 200, check(&types, &ALLOWED));
}

/// Crate and name to the places that define a public type of the name.
type Types<'a> = BTreeMap<(&'a str, &'a str), Vec<(&'a str, usize)>>;

fn types(files: &[SourceFile]) -> Types<'_> {
    let mut types = Types::new();
    for file in files.iter().filter(|file| !file.is_test) {
        let (package, _) = file.path.split_once("src/").unwrap_or_default();
        for item in &file.syntax.items {
            let is_type = TYPE_KEYWORDS.contains(&item.keyword.as_str());
            if is_type && item.visibility == Visibility::Public && !item.is_test {
                types.entry((package, &item.name)).or_default().push((&file.path, item.line));
            }
        }
    }
    types
}

fn check(types: &Types<'_>, allowed: &[(&str, &str)]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for ((_, name), places) in types {
        if places.len() > 1 && !allowed.iter().any(|(allowed, _)| allowed == name) {
            for (path, line) in places {
                let others: Vec<_> = places.iter().filter(|place| *place != &(*path, *line)).collect();
                let others: Vec<_> = others.iter().map(|(path, line)| format!("{path}:{line}")).collect();
                let problem = format!("public type `{name}` is also defined in {}", others.join(", "));
                violations.push(Violation::new(path, *line, problem, "give each type the name of its own concept"));
            }
        }
    }
    for (name, _) in allowed {
        if !types.iter().any(|((_, found), places)| found == name && places.len() > 1) {
            let problem = format!("`{name}` is allowed but not defined twice");
            violations.push(Violation::new("tests/tidy/public_type.rs", 1, problem, "remove it from `ALLOWED`"));
        }
    }
    violations
}

#[test]
fn a_name_that_is_defined_twice_is_found() {
    let files = [
        SourceFile::parse("src/a.rs", "pub struct Finding;\npub enum Verdict {}"),
        SourceFile::parse("src/b.rs", "mod m { pub type Finding = u8; } pub(crate) struct Verdict;"),
        SourceFile::parse("crates/x/src/lib.rs", "pub struct Finding;"),
        SourceFile::parse("tests/c.rs", "pub struct Finding;"),
    ];
    let types = types(&files);
    let found = check(&types, &[]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].problem.contains("`Finding` is also defined in src/b.rs:1"), "{found:?}");
    assert_eq!(check(&types, &[("Finding", "read with its module")]), []);
    assert_eq!(check(&types, &[("Finding", ""), ("Verdict", "")]).len(), 1);
}
