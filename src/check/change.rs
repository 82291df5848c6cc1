//! The difference between a type and its published versions, and the version that the change needs.

use chrono::NaiveDate;
use json_schema_core::for_each_subschema_mut;
use serde_json::{Value, json};

use super::finding::{Finding, Subject};
use super::history::{CheckedType, SchemaHistory, SchemaPair, is_equivalent, preserves};
use super::report::{Bump, Change, Matrix, Revision};
use super::rule::CheckRule;
use super::settings::Settings;
use crate::name::Version;
use crate::schema::compact;

/// Returns the declared and the needed version of a type, and adds the findings about them.
///
/// The change is at most minor here where only the verdicts of the matrix make it major: see [`raise_to_major`].
pub(super) fn version_bump(
    settings: &Settings,
    checked: &CheckedType<'_>,
    history: &SchemaHistory,
    findings: &mut Vec<Finding>,
) -> Bump {
    let mut comparison = Comparison { settings, checked, history, findings, change: Change::None };
    comparison.check_sunsets();
    let modified = comparison.check_published_versions();
    let has_needless = comparison.check_new_versions();
    comparison.check_owner();
    comparison.check_side();
    let change = comparison.change;

    let (published, declared) = (history.newest_published(), history.newest_declared());
    let needed = match (modified, has_needless) {
        (true, _) => history.next_version().max(declared),
        (false, true) => published.or(declared),
        (false, false) => declared,
    };
    let number = |version: Option<Version>| version.map(Version::get);
    Bump { published: number(published), declared: number(declared), needed: number(needed), change }
}

/// Raises the change of a type to major if a new schema breaks some reader, or a new reader rejects some writer.
pub(super) fn raise_to_major(matrix: &mut Matrix) {
    for (row, cells) in matrix.rows.iter().zip(&matrix.cells) {
        for (column, cell) in matrix.columns.iter().zip(cells) {
            let is_new = row.revision == Revision::Present || column.revision == Revision::Present;
            if is_new && cell.verdict.is_incompatible() {
                matrix.bump.change = Change::Major;
            }
        }
    }
}

struct Comparison<'a> {
    settings: &'a Settings,
    checked: &'a CheckedType<'a>,
    history: &'a SchemaHistory,
    findings: &'a mut Vec<Finding>,
    change: Change,
}

impl Comparison<'_> {
    fn report(&mut self, rule: CheckRule, version: Option<Version>, message: String, detail: &str) {
        let event_type = self.checked.name.to_owned();
        let subject = Subject::Type { event_type, version: version.map(|version| version.to_string()) };
        let finding = self.settings.finding(rule.id(), subject, message);
        self.findings.extend(finding.map(|finding| finding.with_fingerprint(detail)));
    }

    fn raise(&mut self, change: Change) {
        self.change = self.change.max(change);
    }

    /// Reports versions whose sunset is earlier than published.
    fn check_sunsets(&mut self) {
        let checked = self.checked;
        for published in &checked.published {
            let version = published.version;
            let Some(declared) = checked.lifecycle(version).sunset else { continue };
            if let Some(message) = earlier_sunset(version, published.sunset, declared, self.settings.today) {
                self.raise(Change::Major);
                self.report(CheckRule::SunsetMoved, Some(version), message, &declared.to_string());
            }
        }
    }

    /// Compares the published versions with the code, and returns whether any was modified.
    fn check_published_versions(&mut self) -> bool {
        let SchemaHistory { published, present } = self.history;
        let mut modified = Vec::new();
        for &version in published.writers.keys() {
            let (Some(old), Some(new)) = (published.pair(version), present.pair(version)) else {
                self.raise(Change::Major);
                let message = format!("{version} is published, but no type of the catalog has it");
                self.report(CheckRule::VersionRemoved, Some(version), message, "");
                continue;
            };
            if !old.both(new, preserves) {
                modified.push((version, digest(new)));
                self.raise(Change::Minor);
            } else if !old.both(new, is_equivalent) {
                // Only the known values of an open enumeration have grown.
                self.raise(Change::Minor);
            } else if !old.both(new, |old, new| without_examples(old) == without_examples(new)) {
                self.raise(Change::Patch);
            }
        }
        let next = self.history.next_version();
        for (version, detail) in &modified {
            let advice = next.map_or_else(String::new, |next| format!(": make it {next} with {version} as `previous`"));
            let message = format!("the schemas of published {version} have changed{advice}");
            self.report(CheckRule::VersionNotBumped, Some(*version), message, detail);
        }
        !modified.is_empty()
    }

    /// Looks at the versions that are not published, and returns whether any is equivalent to the one before it.
    fn check_new_versions(&mut self) -> bool {
        let SchemaHistory { published, present } = self.history;
        let mut has_needless = false;
        for &version in present.writers.keys().filter(|version| !published.writers.contains_key(version)) {
            self.raise(Change::Minor);
            let previous = Version::new(version.get() - 1).ok().and_then(|previous| present.pair(previous));
            if let (Some(previous), Some(new)) = (previous, present.pair(version))
                && previous.both(new, is_equivalent)
            {
                has_needless = true;
                let message = format!("{version} has the same schemas as the version before it");
                self.report(CheckRule::VersionUnchanged, Some(version), message, "");
            }
        }
        has_needless
    }

    fn check_owner(&mut self) {
        let CheckedType { published, owner, present, .. } = self.checked;
        if let Some(old) = published.iter().find(|old| old.owner != *owner && present.is_some()) {
            self.raise(Change::Major);
            let message = format!("{} was published by {}, but its owner is now {owner}", old.version, old.owner);
            self.report(CheckRule::OwnerChanged, None, message, owner);
        }
    }

    fn check_side(&mut self) {
        let CheckedType { published, present, .. } = self.checked;
        if let Some(present) = present
            && let Some(old) = published.iter().find(|old| old.side != present.side())
        {
            self.raise(Change::Major);
            let message = format!("the type was published as {}, but is now {}", old.side, present.side());
            self.report(CheckRule::SideChanged, None, message, "");
        }
    }
}

/// Describes a declared sunset that is earlier than the published one.
///
/// A version whose published sunset has passed cannot end earlier. A first sunset must lie in the future.
fn earlier_sunset(
    version: Version,
    published: Option<NaiveDate>,
    declared: NaiveDate,
    today: NaiveDate,
) -> Option<String> {
    match published {
        Some(published) if published > today && declared < published => {
            Some(format!("{version} was published with sunset {published}, but its type now declares {declared}"))
        }
        None if declared <= today => Some(format!(
            "{version} was published without a sunset, but its type now declares {declared}, which is not in the future"
        )),
        Some(_) | None => None,
    }
}

/// Returns the text of both schemas without annotations for people.
fn digest(schemas: SchemaPair<'_>) -> String {
    let mut both = [schemas.writer.clone(), schemas.reader.clone()];
    both.iter_mut().for_each(remove_annotations);
    compact(&json!(both))
}

/// `default` and extensions stay: they have a meaning for readers.
fn remove_annotations(schema: &mut Value) {
    if let Some(keywords) = schema.as_object_mut() {
        keywords.retain(|keyword, _| !matches!(keyword.as_str(), "title" | "description" | "examples" | "$comment"));
    }
    for_each_subschema_mut(schema, |_, schema| remove_annotations(schema));
}

/// Removes the examples at the root, which are recorded golden events.
fn without_examples(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(keywords) = schema.as_object_mut() {
        keywords.remove("examples");
    }
    schema
}
