//! The rules: what a finding can be, each with an id that never changes and a page that explains it.

use std::fmt;

use super::policy::Severity;
use crate::compat::FindingKind;

/// What a kind of finding is called, how much it matters, and what to do about it.
#[derive(Clone, Copy)]
pub struct Rule {
    id: &'static str,
    severity: Severity,
    page: &'static str,
}

macro_rules! own {
    ($($kind:ident = $id:literal, $severity:ident;)*) => {
        /// What the check finds beyond that a reader cannot read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Own {
            $($kind,)*
        }

        impl Own {
            pub(super) const fn id(self) -> &'static str {
                match self {
                    $(Self::$kind => $id,)*
                }
            }

            const ALL: &'static [Rule] = &[$(Rule {
                id: $id,
                severity: Severity::$severity,
                page: include_str!(concat!("rule/", $id, ".md")),
            },)*];
        }
    };
}

own! {
    Undecided = "undecided", Error;
    WriterUnsatisfiable = "writer-unsatisfiable", Error;
    VersionNotBumped = "version-not-bumped", Error;
    VersionUnchanged = "version-unchanged", Notice;
    VersionRemoved = "version-removed", Error;
    OwnerChanged = "owner-changed", Error;
    SideChanged = "side-changed", Error;
    ConsumerUnserved = "consumer-unserved", Error;
    FieldDropped = "field-dropped", Notice;
    FieldRenamed = "field-renamed", Warning;
    DefaultStandsIn = "default-stands-in", Notice;
    ValueUnknown = "value-unknown", Warning;
    WaiverExpired = "waiver-expired", Error;
    WaiverUnused = "waiver-unused", Warning;
}

macro_rules! broken {
    ($($id:literal)*) => {
        /// What [`crate::compat`] finds: a reader that cannot read.
        const BROKEN: &[Rule] = &[$(Rule {
            id: $id,
            severity: Severity::Error,
            page: include_str!(concat!("rule/", $id, ".md")),
        },)*];
    };
}

broken! {
    "required-added"
    "type-narrowed"
    "enum-narrowed"
    "bound-tightened"
    "multiple-narrowed"
    "length-tightened"
    "pattern-narrowed"
    "format-narrowed"
    "item-count-tightened"
    "items-closed"
    "unique-items-added"
    "contains-tightened"
    "member-count-tightened"
    "property-closed"
    "name-narrowed"
    "dependency-added"
    "exclusion-added"
    "union-narrowed"
    "condition-added"
    "rejected"
}

/// All rules, those of what breaks first.
///
/// ```
/// use event_contract::check::rules;
///
/// for rule in rules() {
///     println!("{:8} {}: {}", rule.severity(), rule.id(), rule.title());
/// }
/// ```
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    BROKEN.iter().chain(Own::ALL)
}

/// The rule with this id.
pub(super) fn find(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// The rule of a kind of finding.
pub(super) fn of(id: &'static str) -> &'static Rule {
    find(id).expect("a test finds each kind of finding among the rules")
}

/// An id that somebody may have meant.
pub(super) fn like(id: &str) -> Option<&'static str> {
    let near = rules().map(|rule| (distance(rule.id, id), rule.id)).min()?;
    (near.0 <= id.len() / 3).then_some(near.1)
}

/// Edits from one text to another (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, b) in other.bytes().enumerate() {
            let change = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

impl Rule {
    /// The id, which never changes: `required-added`.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// In a sentence.
    pub fn title(&self) -> &'static str {
        let line = self.page.lines().next().unwrap_or_default();
        line.trim_start_matches("# ").trim_start_matches(self.id).trim_start_matches(": ")
    }

    /// How much it matters where nobody says otherwise.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What it is, why it matters, and what to do: a page of Markdown.
    pub fn page(&self) -> &'static str {
        self.page
    }

    /// Whether a [`Policy`](super::Policy) may make less of it.
    pub fn is_configurable(&self) -> bool {
        self.id != Own::Undecided.id()
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("id", &self.id).field("severity", &self.severity).finish_non_exhaustive()
    }
}

/// The rule of what [`crate::compat`] has found.
pub(super) fn of_kind(kind: FindingKind) -> &'static Rule {
    of(kind.id())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::compat::{Question, Verdict};

    #[test]
    fn every_kind_of_finding_has_its_rule() {
        let broken: BTreeSet<_> = FindingKind::ALL.iter().map(|kind| kind.id()).collect();
        assert_eq!(broken, BROKEN.iter().map(Rule::id).collect());
        let mut ids: Vec<_> = rules().map(Rule::id).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn every_page_begins_with_its_title_and_says_what_to_do() {
        for rule in rules() {
            let first = rule.page.lines().next().unwrap();
            assert_eq!(first, format!("# {}: {}", rule.id, rule.title()));
            assert!(rule.title().len() > 20 && !rule.title().ends_with('.'), "{}", rule.id);
            assert!(rule.page.contains("\n## What to do\n"), "{}", rule.id);
            assert!(rule.page.contains("```"), "{} shows no example", rule.id);
            assert!(
                rule.page.ends_with('\n') && rule.page.lines().all(|line| line.chars().count() <= 120),
                "{}",
                rule.id
            );
        }
    }

    /// The block of JSON below a label.
    fn shown(rule: &Rule, label: &str) -> Value {
        let below = rule.page.split_once(&format!("\n{label}:\n```json\n")).map(|(_, below)| below);
        let block = below.and_then(|below| below.split_once("```")).unwrap_or_else(|| panic!("{} {label}", rule.id)).0;
        block.parse().unwrap()
    }

    #[test]
    fn what_a_page_shows_is_so() {
        for rule in BROKEN {
            let [writer, reader, witness] = ["Writer", "Reader", "Breaks on"].map(|label| shown(rule, label));
            let formats = rule.id == "format-narrowed";
            let valid = |schema: &Value| {
                let validator = jsonschema::options().should_validate_formats(formats).build(schema).unwrap();
                validator.is_valid(&witness)
            };
            assert!(valid(&writer) && !valid(&reader), "{}", rule.id);
            let Verdict::Broken { findings, .. } = Question::new(&writer, &reader).formats(formats).ask().unwrap()
            else {
                panic!("{} is not broken", rule.id)
            };
            assert!(findings.iter().any(|finding| finding.kind.id() == rule.id), "{}: {findings:?}", rule.id);
        }
    }

    #[test]
    fn what_is_meant_is_found() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(like("feild-dropped"), Some("field-dropped"));
        assert_eq!(like("x"), None);
    }
}
