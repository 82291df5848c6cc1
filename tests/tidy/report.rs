//! Violations, and the failure that lists them.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use crate::source;

/// Number of violations that a failure lists unless `EVENT_CONTRACT_TIDY` asks for more.
const MAX_LISTED: usize = 40;

/// One place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) problem: String,
    pub(crate) advice: String,
}

impl Violation {
    pub(crate) fn new(path: &str, line: usize, problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, problem: problem.into(), advice: advice.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, problem, advice } = self;
        write!(f, "{path}:{line}: {problem}: {advice}")
    }
}

/// The part of the repository that `EVENT_CONTRACT_TIDY` selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything, with a shortened list.
    Default,
    /// Everything, listed in full.
    Full,
    /// The paths with this prefix, listed in full.
    Prefix(String),
}

impl Scope {
    /// Reads `EVENT_CONTRACT_TIDY`. Panics if it selects no scanned file, for example because of a typing error.
    pub(crate) fn from_environment() -> Self {
        let scope = Self::parse(&std::env::var("EVENT_CONTRACT_TIDY").unwrap_or_default());
        let pages = source::pages();
        scope
            .expect_file(source::files().iter().map(|file| file.path.as_str()).chain(pages.iter().map(String::as_str)));
        scope
    }

    fn parse(value: &str) -> Self {
        match value {
            "" => Self::Default,
            "report" => Self::Full,
            prefix => Self::Prefix(prefix.to_owned()),
        }
    }

    fn expect_file<'a>(&self, mut paths: impl Iterator<Item = &'a str>) {
        assert!(
            paths.any(|path| self.contains(path)),
            "expected EVENT_CONTRACT_TIDY to be the start of a path from the root of the repository, found {self:?}"
        );
    }

    pub(crate) fn contains(&self, path: &str) -> bool {
        match self {
            Self::Default | Self::Full => true,
            Self::Prefix(prefix) => path.starts_with(prefix.as_str()),
        }
    }
}

/// Panics with the list of the violations in the scope.
///
/// `scanned` is the number of items that the rule looked at. Fewer than `min_scanned` mean that the rule no longer finds
/// its subject, which is a failure of its own.
pub(crate) fn enforce(rule: &str, scanned: usize, min_scanned: usize, violations: Vec<Violation>) {
    expect_scanned(rule, scanned, min_scanned);
    if let Some(failure) = failure(rule, &Scope::from_environment(), violations) {
        panic!("{failure}");
    }
}

pub(crate) fn expect_scanned(rule: &str, scanned: usize, min_scanned: usize) {
    assert!(scanned >= min_scanned, "{rule}: expected to scan at least {min_scanned} items, found {scanned}");
}

/// Returns the text of a failure, or `None` if the scope has no violation.
pub(crate) fn failure(rule: &str, scope: &Scope, mut violations: Vec<Violation>) -> Option<String> {
    violations.retain(|violation| scope.contains(&violation.path));
    if violations.is_empty() {
        return None;
    }
    violations.sort();
    violations.dedup();
    let mut text = format!("{rule}: {} violations\n", violations.len());
    let listed = if *scope == Scope::Default { MAX_LISTED.min(violations.len()) } else { violations.len() };
    for violation in &violations[..listed] {
        writeln!(text, "{violation}").unwrap();
    }
    if listed < violations.len() {
        writeln!(text, "… and {} more: EVENT_CONTRACT_TIDY=report lists all of them", violations.len() - listed)
            .unwrap();
    }
    writeln!(text, "by folder: {}", count_by_folder(violations.iter().map(|violation| violation.path.as_str())))
        .unwrap();
    Some(text)
}

/// Returns `src/check 12, tests 3, …`, the most first. `src/check.rs` counts with `src/check/`.
pub(crate) fn count_by_folder<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for path in paths {
        let mut segments = path.split('/');
        let top = segments.next().unwrap_or_default();
        let folder = match (top, segments.next()) {
            ("src" | "crates" | "examples", Some(second)) => format!("{top}/{}", second.trim_end_matches(".rs")),
            _ => top.to_owned(),
        };
        *counts.entry(folder).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(folder, count)| (usize::MAX - count, folder.clone()));
    counts.iter().map(|(folder, count)| format!("{folder} {count}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_failure_lists_the_violations_of_its_scope() {
    let violations: Vec<_> = (1..=50)
        .map(|line| Violation::new("src/check/run.rs", line, "a problem", "an advice"))
        .chain([Violation::new("tests/check.rs", 7, "a problem", "an advice")])
        .collect();

    let short = failure("rule", &Scope::Default, violations.clone()).unwrap();
    assert!(short.starts_with("rule: 51 violations\nsrc/check/run.rs:1: a problem: an advice\n"), "{short}");
    assert!(short.contains("… and 11 more"), "{short}");
    assert!(short.ends_with("by folder: src/check 50, tests 1\n"), "{short}");

    let prefix = failure("rule", &Scope::Prefix("tests/".into()), violations.clone()).unwrap();
    assert_eq!(prefix, "rule: 1 violations\ntests/check.rs:7: a problem: an advice\nby folder: tests 1\n");
    assert_eq!(failure("rule", &Scope::Prefix("derive/".into()), violations), None);
}

#[test]
#[should_panic(expected = "expected to scan at least 10 items, found 9")]
fn a_rule_that_scanned_too_little_fails() {
    enforce("rule", 9, 10, Vec::new());
}

#[test]
#[should_panic(expected = "rule: 1 violations")]
fn a_violation_fails() {
    enforce("rule", 10, 10, vec![Violation::new("src/a.rs", 1, "a problem", "an advice")]);
}

#[test]
#[should_panic(expected = r#"start of a path from the root of the repository, found Prefix("scr/")"#)]
fn a_scope_without_files_fails() {
    Scope::parse("src/").expect_file(["src/a.rs"].into_iter());
    Scope::parse("scr/").expect_file(["src/a.rs"].into_iter());
}
