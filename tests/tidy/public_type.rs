//! A public type has a name of its own in its crate, and the name is a noun.

use std::collections::BTreeMap;

use crate::report::{Violation, enforce};
use crate::source::{self, SourceFile};
use crate::syntax::Visibility;

const TYPE_KEYWORDS: [&str; 4] = ["struct", "enum", "trait", "type"];

/// Names, and folders with a `/` at their end, whose types are always read with their module, each with the reason.
const ALLOWED: [(&str, &str); 2] = [
    (
        "src/contract/",
        "each version of an event is a module with the same names: `v1::OrderCreated`, `v2::OrderCreated`",
    ),
    ("Sealed", "the trait that seals another one cannot be named from outside"),
];

/// Irregular past participles; regular ones end in `ed`.
const PARTICIPLES: [&str; 15] = [
    "Written", "Made", "Held", "Kept", "Said", "Sent", "Seen", "Found", "Lost", "Known", "Built", "Taken", "Given",
    "Chosen", "Told",
];

/// Public types whose names end in a past participle, and folders of such, each with the reason.
const ALLOWED_PARTICIPLES: [(&str, &str); 5] = [
    ("src/contract/", "an event is named by what happened: `OrderCreated`"),
    ("Partitioned", "fixed in the vocabulary: the result of partitioning a batch by outcome"),
    ("Skipped", "fixed in the vocabulary: the reason why a gateway skipped an event"),
    ("Unrecognised", "the standard counterpart of `Recognised`: the event of an unknown type in a `Readable` enum"),
    ("Sealed", "the idiom of Rust for a trait that seals another one"),
];

#[test]
fn public_types_have_names_of_their_own() {
    let types = types(source::files());
    let scanned = types.values().map(Vec::len).sum();
    enforce("names of public types", scanned, 200, check(&types, &ALLOWED));
}

#[test]
fn public_types_are_nouns() {
    let types = types(source::files());
    let scanned = types.values().map(Vec::len).sum();
    enforce("past participles as public types", scanned, 200, check_participles(&types, &ALLOWED_PARTICIPLES));
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
    let is_allowed = |name: &str, path: &str| {
        allowed.iter().any(|(entry, _)| if entry.ends_with('/') { path.starts_with(entry) } else { *entry == name })
    };
    let mut violations = Vec::new();
    for ((_, name), places) in types {
        // A definition in an allowed folder still is a second one for a definition elsewhere.
        if places.len() > 1 {
            for (path, line) in places.iter().filter(|(path, _)| !is_allowed(name, path)) {
                let others: Vec<_> = places
                    .iter()
                    .filter(|place| **place != (*path, *line))
                    .map(|(path, line)| format!("{path}:{line}"))
                    .collect();
                let problem = format!("public type `{name}` is also defined in {}", others.join(", "));
                violations.push(Violation::new(path, *line, problem, "give each type the name of its own concept"));
            }
        }
    }
    for (entry, _) in allowed {
        let is_used = |name: &str, places: &[(&str, usize)]| {
            places.iter().filter(|(path, _)| *entry == name || entry.ends_with('/') && path.starts_with(entry)).count()
                > 1
        };
        if !types.iter().any(|((_, name), places)| is_used(name, places)) {
            let problem = format!("`{entry}` is allowed but nothing in it is defined twice");
            violations.push(Violation::new("tests/tidy/public_type.rs", 1, problem, "remove it from `ALLOWED`"));
        }
    }
    violations
}

fn is_participle(name: &str) -> bool {
    let last = name.rfind(char::is_uppercase).and_then(|start| name.get(start..)).unwrap_or(name);
    PARTICIPLES.contains(&last) || last.len() > 4 && last.ends_with("ed")
}

fn check_participles(types: &Types<'_>, allowed: &[(&str, &str)]) -> Vec<Violation> {
    let allows = |entry: &str, name: &str, path: &str| {
        if entry.ends_with('/') { path.starts_with(entry) } else { entry == name }
    };
    let named: Vec<_> = types
        .iter()
        .filter(|((_, name), _)| is_participle(name))
        .flat_map(|((_, name), places)| places.iter().map(move |(path, line)| (*name, *path, *line)))
        .collect();
    let mut violations: Vec<_> = named
        .iter()
        .filter(|(name, path, _)| !allowed.iter().any(|(entry, _)| allows(entry, name, path)))
        .map(|(name, path, line)| {
            let problem = format!("public type `{name}` is named by a past participle");
            Violation::new(path, *line, problem, "add the noun that it qualifies: `AcceptedEntry`, `IgnoredPlace`")
        })
        .collect();
    for (entry, _) in allowed.iter().filter(|(entry, _)| !named.iter().any(|(name, path, _)| allows(entry, name, path)))
    {
        let problem = format!("`{entry}` is allowed but no public type needs it");
        violations.push(Violation::new(
            "tests/tidy/public_type.rs",
            1,
            problem,
            "remove it from `ALLOWED_PARTICIPLES`",
        ));
    }
    violations
}

#[test]
fn past_participles_are_found() {
    let files = [
        SourceFile::parse("src/a.rs", "pub struct Dropped; pub enum LineWritten {} pub struct DroppedPart;"),
        SourceFile::parse("src/b.rs", "pub struct Feed; pub struct Need; pub(crate) struct Kept; pub trait Encoder {}"),
    ];
    let types = types(&files);
    let found: Vec<_> = check_participles(&types, &[]).into_iter().map(|found| found.problem).collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("`Dropped`") && found[1].contains("`LineWritten`"), "{found:?}");
    assert_eq!(check_participles(&types, &[("src/a", ""), ("src/", "")]).len(), 1);
    assert_eq!(check_participles(&types, &[("Dropped", ""), ("LineWritten", "")]), []);
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
    assert_eq!(check(&types, &[("src/", "versions")]), []);
    let found = check(&types, &[("src/a", "")]);
    assert_eq!(found.len(), 3, "{found:?}");
    let found = check(&types, &[("Finding", ""), ("src/b/", "")]);
    assert_eq!(found.len(), 1, "{found:?}");
}
