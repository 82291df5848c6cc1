//! What has changed beside what is published, and which version that needs.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::finding::Finding;
use super::matrix::Contract;
use super::report::{Answer, Bump, Change, Matrix, Revision};
use super::rule::Own;
use super::run::{Check, Subject};
use crate::name::Version;
use crate::record::goes_on_meaning;
use crate::schema::{assertions_of, compact, each_mut};

/// The version that is declared and the one that is needed, and the findings about that. How much the change breaks is
/// not known here yet: see [`finish`].
pub(super) fn of(check: &Check<'_>, subject: &Subject<'_>, contract: &Contract, findings: &mut Vec<Finding>) -> Bump {
    let Contract { published, present } = contract;
    let mut tell = |own: Own, version: Option<Version>, message: String, more: &str| {
        findings.extend(check.finding(own.id(), message).map(|mut finding| {
            finding.event_type = Some(subject.name.to_owned());
            finding.writer = version.map(|version| version.to_string());
            finding.seal(more)
        }));
    };
    let sunsets = moved_sunsets(check, subject);
    for (version, message, now) in &sunsets {
        tell(Own::SunsetMoved, Some(*version), message.clone(), &now.to_string());
    }
    let newest_published = published.writers.keys().next_back().copied();
    let declared = present.writers.keys().next_back().copied();

    let mut changed = Vec::new();
    let mut change = if sunsets.is_empty() { Change::None } else { Change::Major };
    for (version, was) in &published.writers {
        let (Some(is), Some(reads), Some(read)) =
            (present.writers.get(version), present.readers.get(version), published.readers.get(version))
        else {
            change = Change::Major;
            let message = format!("{version} is published, and no type of the catalog has it any more");
            tell(Own::VersionRemoved, Some(*version), message, "");
            continue;
        };
        if !says_the_same(was, is) || !says_the_same(read, reads) {
            let mut now = [is.clone(), reads.clone()];
            now.iter_mut().for_each(strip_words);
            changed.push((*version, compact(&json!(now))));
            change = change.max(Change::Minor);
        } else if !is_the_same(was, is) || !is_the_same(read, reads) {
            // More values of an open enumeration are known.
            change = change.max(Change::Minor);
        } else if words(was) != words(is) || words(read) != words(reads) {
            change = change.max(Change::Patch);
        }
    }
    let after = newest_published.map_or(Some(Version::FIRST), |newest| Version::new(newest.get() + 1).ok());
    for (version, now) in &changed {
        let next =
            after.map_or_else(String::new, |after| format!(": make it {after}, with {version} as its `previous`"));
        let message = format!("{version} is published, and says something else now{next}");
        tell(Own::VersionNotBumped, Some(*version), message, now);
    }
    let new: Vec<_> = present.writers.keys().filter(|version| !published.writers.contains_key(version)).collect();
    if !new.is_empty() {
        change = change.max(Change::Minor);
    }
    let mut is_needless = false;
    for version in new {
        let before = Version::new(version.get() - 1).ok().and_then(|before| {
            let (writers, readers) = (&present.writers, &present.readers);
            Some((writers.get(&before)?, readers.get(&before)?))
        });
        if let Some((writer, reader)) = before
            && [(writer, &present.writers[version]), (reader, &present.readers[version])]
                .iter()
                .all(|(was, is)| is_the_same(was, is))
        {
            is_needless = true;
            let message = format!("{version} says just what the version before it says");
            tell(Own::VersionUnchanged, Some(*version), message, "");
        }
    }
    if let Some(was) = subject.published.iter().find(|was| was.owner != subject.owner && subject.present.is_some()) {
        change = Change::Major;
        let message = format!("{} was published by {}, and is owned by {} now", was.version, was.owner, subject.owner);
        tell(Own::OwnerChanged, None, message, subject.owner);
    }
    if let Some(present) = subject.present
        && let Some(was) = subject.published.iter().find(|was| was.side != present.side())
    {
        change = Change::Major;
        let message = format!("it was published as {}, and is {} now", was.side, present.side());
        tell(Own::SideChanged, None, message, "");
    }
    let needed = match (changed.is_empty(), is_needless) {
        (false, _) => after.max(declared),
        (true, true) => newest_published.or(declared),
        (true, false) => declared,
    };
    let number = |version: Option<Version>| version.map(Version::get);
    Bump { published: number(newest_published), declared: number(declared), needed: number(needed), change }
}

/// The versions that end earlier than was said, each with the day that its type says now.
fn moved_sunsets(check: &Check<'_>, subject: &Subject<'_>) -> Vec<(Version, String, NaiveDate)> {
    let mut moved = Vec::new();
    for published in &subject.published {
        let version = published.version;
        let Some(now) = subject.lifecycle(version).sunset() else { continue };
        let message = match published.sunset {
            // What has ended cannot end earlier.
            Some(was) if was <= check.today => continue,
            Some(was) if now < was => {
                format!("{version} was published with its sunset on {was}, and its type says {now} now")
            }
            None if now <= check.today => {
                format!("{version} was published without a sunset, and its type says that it ended on {now}")
            }
            Some(_) | None => continue,
        };
        moved.push((version, message, now));
    }
    moved
}

/// Whether a schema goes on saying what it said, but for what it tells people. It may know more values.
fn says_the_same(was: &Value, is: &Value) -> bool {
    assertions_of(was) == assertions_of(is) && goes_on_meaning(was, is)
}

/// Whether two schemas say the same, but for what they tell people.
pub(super) fn is_the_same(one: &Value, other: &Value) -> bool {
    says_the_same(one, other) && goes_on_meaning(other, one)
}

/// Without what was recorded beside it.
fn words(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(keywords) = schema.as_object_mut() {
        keywords.remove("examples");
    }
    schema
}

/// Takes out of a schema what it tells people.
fn strip_words(schema: &mut Value) {
    if let Some(keywords) = schema.as_object_mut() {
        keywords.retain(|keyword, _| !matches!(keyword.as_str(), "title" | "description" | "examples" | "$comment"));
    }
    each_mut(schema, &mut |_, schema| strip_words(schema));
}

/// A change is a major one where somebody does not read what is new, or does not read any more what was.
pub(super) fn finish(matrix: &mut Matrix) {
    let is_new = |revision: Revision| matches!(revision, Revision::Present);
    for (writer, row) in matrix.writers.iter().zip(&matrix.cells) {
        for (reader, cell) in matrix.readers.iter().zip(row) {
            let is_bad = match cell.answer {
                Answer::Breaks | Answer::Accepted | Answer::Undecided => true,
                Answer::Reads | Answer::ReadsByUpcast | Answer::NotOwed => false,
            };
            if is_bad && (is_new(writer.revision) || is_new(reader.revision)) {
                matrix.bump.change = Change::Major;
            }
        }
    }
}
