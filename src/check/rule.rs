//! Rules of the check, each with an id that never changes and a page that explains it.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use crate::pattern::lints;
use crate::routing::RoutingFindingKind;
use crate::severity::Severity;
use eventbridge_pattern::spelling::nearest;

/// A kind of finding: its id, its default severity, and a page that explains it.
pub struct Rule {
    id: &'static str,
    severity: Severity,
    page: Cow<'static, str>,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let read = |(id, severity, page): &(&'static str, Severity, &'static str)| Rule {
        id,
        severity: *severity,
        page: Cow::Borrowed(page),
    };
    let routing = RoutingFindingKind::ALL.iter().map(|kind| Rule {
        id: kind.id(),
        severity: kind.severity(),
        page: page(kind.id(), kind.title(), kind.explanation()),
    });
    let lint = lints().iter().map(|lint| {
        let (title, more) = lint.explanation.split_once(". ").unwrap_or((lint.explanation, ""));
        let severity = if lint.id == "invalid" { Severity::Error } else { Severity::Warning };
        Rule { id: lint.id, severity, page: page(lint.id, title, more) }
    });
    INCOMPATIBLE.iter().chain(CheckRule::ALL).map(read).chain(routing).chain(lint).collect()
});

/// Formats a page with lines of at most [`MAX_LINE`] characters.
fn page(id: &str, title: &str, more: &str) -> Cow<'static, str> {
    let mut page = format!("# {id}: {}\n", title.trim_end_matches('.'));
    for paragraph in more.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        page.push('\n');
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > MAX_LINE {
                page.push_str(&line);
                page.push('\n');
                line.clear();
            } else if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        page.push_str(&line);
        page.push('\n');
    }
    page.into()
}

const MAX_LINE: usize = 100;

macro_rules! check_rules {
    ($($kind:ident = $id:literal, $severity:ident;)*) => {
        /// Rules of the check itself: about versions, consumers, waivers, and values that get lost.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum CheckRule {
            $($kind,)*
        }

        impl CheckRule {
            pub(super) const fn id(self) -> &'static str {
                match self {
                    $(Self::$kind => $id,)*
                }
            }

            const ALL: &'static [(&'static str, Severity, &'static str)] =
                &[$(($id, Severity::$severity, include_str!(concat!("rule/", $id, ".md"))),)*];
        }
    };
}

check_rules! {
    Undecided = "undecided", Error;
    WriterUnsatisfiable = "writer-unsatisfiable", Error;
    VersionNotBumped = "version-not-bumped", Error;
    VersionUnchanged = "version-unchanged", Notice;
    VersionRemoved = "version-removed", Error;
    SunsetMoved = "sunset-moved", Error;
    OwnerChanged = "owner-changed", Error;
    SideChanged = "side-changed", Error;
    WrittenInvalid = "written-invalid", Error;
    TypeRejects = "type-rejects", Error;
    TypeNarrower = "type-narrower", Notice;
    KindContradicted = "kind-contradicted", Error;
    FlattenedKeysUnread = "flattened-keys-unread", Error;
    DefaultInvalid = "default-invalid", Error;
    KeywordIneffective = "keyword-ineffective", Warning;
    ConsumerUnserved = "consumer-unserved", Error;
    ConsumerRemoved = "consumer-removed", Error;
    RuleRemoved = "rule-removed", Warning;
    ConfigWeakened = "config-weakened", Warning;
    InputChanged = "input-changed", Notice;
    LockChanged = "lock-changed", Error;
    RecordModified = "record-modified", Error;
    FieldDropped = "field-dropped", Notice;
    FieldRenamed = "field-renamed", Warning;
    DefaultApplied = "default-applied", Notice;
    ValueUnknown = "value-unknown", Warning;
    WaiverExpired = "waiver-expired", Error;
    WaiverUnused = "waiver-unused", Warning;
    IgnoreUnused = "ignore-unused", Warning;
}

macro_rules! incompatible {
    ($($id:literal)*) => {
        /// Rules of [`crate::compat`]: the reader rejects a payload that the writer may write.
        const INCOMPATIBLE: &[(&str, Severity, &str)] =
            &[$(($id, Severity::Error, include_str!(concat!("rule/", $id, ".md"))),)*];
    };
}

incompatible! {
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

/// Returns all rules, those of incompatible schemas first.
///
/// ```
/// use event_contract::check::rules;
///
/// for rule in rules() {
///     println!("{:8} {}: {}", rule.severity(), rule.id(), rule.title());
/// }
/// ```
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter()
}

/// Old ids of rules, each with the current one.
const RENAMED: [(&str, &str); 1] = [("default-stands-in", "default-applied")];

/// Returns the rule with an id that a user gave.
pub(super) fn find(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// Returns the rule with an id that the library itself uses.
pub(super) fn by_id(id: &'static str) -> &'static Rule {
    find(id).expect("the test `every_kind_of_finding_has_its_rule` covers all ids")
}

/// Returns advice about an id that no rule has.
pub(crate) fn hint(id: &str) -> String {
    if let Some((_, new)) = RENAMED.iter().find(|(old, _)| *old == id) {
        return format!("it is now called {new:?}");
    }
    nearest(id, rules().map(Rule::id))
        .map_or_else(|| "run `rules` to list all rules".to_owned(), |near| format!("did you mean {near:?}?"))
}

impl Rule {
    /// Returns the id, such as `required-added`. It never changes.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Returns the title of the page: one sentence without a full stop.
    pub fn title(&self) -> &str {
        let line = self.page.lines().next().unwrap_or_default();
        line.trim_start_matches("# ").trim_start_matches(self.id).trim_start_matches(": ")
    }

    /// Returns the severity of findings where the [`Policy`](super::Policy) sets no other.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns a page of Markdown: meaning, example, cure, and when to waive.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// Returns the quoted paragraph of the page: the usual remedy, with the placeholders `FIELD`, `NAME`, `READER` and
    /// `WRITER`.
    pub(super) fn remedy(&self) -> Option<String> {
        let (_, section) = self.page.split_once("\n## What to do\n\n")?;
        let lines: Vec<_> = section.lines().map_while(|line| line.strip_prefix("> ")).collect();
        (!lines.is_empty()).then(|| lines.join(" "))
    }

    /// Returns where the rules are explained: in the repository, if the package names one, or else by a command.
    pub(super) fn link(&self) -> String {
        let repository = env!("CARGO_PKG_REPOSITORY").trim_end_matches('/');
        if repository.is_empty() {
            format!("event-contract explain {}", self.id)
        } else {
            format!("{repository}/blob/main/docs/guide/what-a-finding-means.md")
        }
    }

    /// Returns true if a [`Policy`](super::Policy) may lower the severity or disable the rule.
    pub(super) fn is_configurable(&self) -> bool {
        !is_undecided(self.id)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("id", &self.id).field("severity", &self.severity).finish_non_exhaustive()
    }
}

/// Returns true if the findings of a rule are about undecided questions.
pub(super) fn is_undecided(id: &str) -> bool {
    id == CheckRule::Undecided.id() || id == RoutingFindingKind::Undecided.id()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::compat::{IncompatibilityKind, Question, Verdict};

    #[test]
    fn every_kind_of_finding_has_its_rule() {
        let incompatible: BTreeSet<_> = IncompatibilityKind::ALL.iter().map(|kind| kind.id()).collect();
        assert_eq!(incompatible, INCOMPATIBLE.iter().map(|(id, ..)| *id).collect());
        let mut ids: Vec<_> = rules().map(Rule::id).collect();
        assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn every_page_has_a_title_an_example_and_advice() {
        for rule in rules() {
            let first = rule.page.lines().next().unwrap();
            assert_eq!(first, format!("# {}: {}", rule.id, rule.title()));
            assert!(rule.title().len() > 20 && !rule.title().ends_with('.'), "{}", rule.id);
        }
        for rule in rules().take(INCOMPATIBLE.len() + CheckRule::ALL.len()) {
            assert!(rule.page.contains("\n## What to do\n"), "{}", rule.id);
            assert!(rule.page.contains("\n## When to waive\n"), "{}", rule.id);
            let remedy = rule.remedy().unwrap_or_else(|| panic!("{} has no remedy", rule.id));
            assert!(remedy.ends_with('.') && remedy.chars().count() <= 140, "{}: {remedy}", rule.id);
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
    fn examples_of_pages_are_found_by_their_rule() {
        for rule in rules().take(INCOMPATIBLE.len()) {
            let [writer, reader, witness] = ["Writer", "Reader", "Breaks on"].map(|label| shown(rule, label));
            let formats = rule.id == "format-narrowed";
            let valid = |schema: &Value| {
                let validator = jsonschema::options().should_validate_formats(formats).build(schema).unwrap();
                validator.is_valid(&witness)
            };
            assert!(valid(&writer) && !valid(&reader), "{}", rule.id);
            let Verdict::Broken { incompatibilities, .. } =
                Question::new(&writer, &reader).assert_formats(formats).ask().unwrap()
            else {
                panic!("{} is not broken", rule.id)
            };
            assert!(
                incompatibilities.iter().any(|found| found.kind.id() == rule.id),
                "{}: {incompatibilities:?}",
                rule.id
            );
        }
    }

    #[test]
    fn typing_errors_and_old_ids_get_a_hint() {
        assert_eq!(hint("feild-dropped"), "did you mean \"field-dropped\"?");
        assert_eq!(hint("x"), "run `rules` to list all rules");
        assert!(RENAMED.iter().all(|(old, new)| find(old).is_none() && find(new).is_some()));
        assert_eq!(hint("default-stands-in"), "it is now called \"default-applied\"");
    }
}
