//! Findings about rules.

use std::fmt;

use serde_json::Value;

use super::event_set::EventSet;
use crate::name::{EventType, Version};
use crate::severity::Severity;

/// A mistake in a rule, or an effect of a change of the contract on it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RoutingFinding {
    /// The kind of the finding, with its id, severity and explanation.
    pub kind: RoutingFindingKind,
    /// The name of the rule.
    pub rule: String,
    /// The type and version of the events, unless the finding is about all of them.
    pub event_version: Option<(EventType, Version)>,
    /// The field of the pattern or the path of the target.
    pub path: Option<String>,
    /// The part of the condition on the field, as the pattern spells it, if the finding is about a part only.
    pub part: Option<String>,
    /// An event from before the change that demonstrates the finding.
    pub before: Option<Value>,
    /// An event of now that demonstrates the finding.
    pub now: Option<Value>,
    /// The reason: of an undecided answer, of an invalid path, or for which a part matches nothing.
    pub reason: Option<String>,
}

impl RoutingFinding {
    pub(super) fn new(kind: RoutingFindingKind, rule: &str) -> Self {
        let rule = rule.to_owned();
        Self { kind, rule, event_version: None, path: None, part: None, before: None, now: None, reason: None }
    }

    pub(super) fn in_set(self, set: &EventSet) -> Self {
        Self { event_version: Some((set.event_type().clone(), set.version())), ..self }
    }

    pub(super) fn at_path(self, path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..self }
    }

    pub(super) fn with_examples(self, before: Option<&Value>, now: Option<&Value>) -> Self {
        Self { before: before.cloned(), now: now.cloned(), ..self }
    }

    pub(super) fn with_reason(self, reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..self }
    }
}

impl fmt::Display for RoutingFinding {
    /// Writes `stops-matching: rule "orders", Order.Created v4, at detail.data.channel`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: rule {:?}", self.kind, self.rule)?;
        if let Some((event_type, version)) = &self.event_version {
            write!(f, ", {event_type} {version}")?;
        }
        if let Some(path) = &self.path {
            write!(f, ", at {path}")?;
        }
        if let Some(part) = &self.part {
            write!(f, " {part}")?;
        }
        self.reason.as_ref().map_or(Ok(()), |reason| write!(f, ": {reason}"))
    }
}

macro_rules! kinds {
    ($($kind:ident = $id:literal, $severity:ident, $title:literal, $explanation:literal;)*) => {
        /// Kinds of findings about rules. Each has an id that never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum RoutingFindingKind {
            $(#[doc = $title] $kind,)*
        }

        impl RoutingFindingKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Returns the id, which never changes: `dead-rule`.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$kind => $id,)*
                }
            }

            /// Returns a sentence that describes the finding.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$kind => $title,)*
                }
            }

            /// Returns consequence, causes and correction, in paragraphs.
            pub const fn explanation(self) -> &'static str {
                match self {
                    $(Self::$kind => $explanation,)*
                }
            }

            /// Returns the default severity.
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$kind => Severity::$severity,)*
                }
            }
        }
    };
}

kinds! {
    DeadRule = "dead-rule", Error,
    "The rule matches no event of any type of the contract.",
    "It is proven for every version of every type: the pattern matches no event that a writer of the contract writes. The \
     target is never called, and there is no error at run time.\n\n\
     Common causes are a misspelled name, a field that is below `data` and not in the detail itself, a renamed type, and a \
     value that is a string in the pattern and a number in the event.\n\n\
     The finding names the smallest set of conditions that match no event together: without any one of them, the others \
     match. Match the event of the finding with `event-contract match --why`, which shows the conditions that fail. If the \
     rule is for events that are not in the catalog, exclude it from the check.";

    OnlyOldVersions = "only-old-versions", Warning,
    "The rule matches only old versions of a type.",
    "It is proven that the rule matches no event of the newest version of the type, and it matches events of an older one. \
     The target gets nothing from a writer of the newest version, and there is no error.\n\n\
     Common causes are a field that was renamed, moved or removed in the newest version, and a condition on \
     `detail.version`. Change the rule so that it matches the newest version too, with `$or`. If the rule is for the old \
     version only, waive the finding until the version is past its sunset.";

    DeadPart = "dead-part", Notice,
    "A part of the rule matches no event of the contract; other parts of it do.",
    "It is proven: no event of the contract has the value, satisfies the operator, or belongs to the branch of `$or`, as far \
     as the other conditions of the rule hold. The rule matches the same events without it.\n\n\
     A misspelt value among correct ones is not visible at run time: some events arrive. Correct the value, or remove it. If \
     it is for events that are not in the contract, nothing is wrong.";

    AbsenceWithoutEffect = "absence-without-effect", Notice,
    "An `exists: false` of the rule holds for every event.",
    "It is proven that no event of the contract has a value at the field, as far as the other conditions hold. The condition \
     excludes nothing.\n\n\
     Common causes are a misspelt name, a field that is below `data` and not in the detail itself, and a field that is an \
     object: a pattern sees strings, numbers, booleans and null only.";

    ExclusionWithoutEffect = "exclusion-without-effect", Notice,
    "An `anything-but` of the rule excludes a value that no event of the contract has.",
    "It is proven that no event of the contract has the excluded value, as far as the other conditions hold. If the value is \
     misspelt, the rule matches the events that it should exclude.\n\n\
     Correct the value, or remove it. If it is for events on the bus that are not in the contract, nothing is wrong.";

    Undecided = "routing-undecided", Error,
    "It is undecided whether the rule matches.",
    "Neither a proof nor an event was found within the budget, or JSON Schema cannot express the pattern: all spellings of \
     an IP address, integers beyond 2^53, hundreds of `$or` combinations.\n\n\
     Undecided never counts as harmless. Simplify the pattern, or check the events by hand.";

    StopsMatching = "stops-matching", Error,
    "The rule matched events of the type, and matches none of the newer version.",
    "The finding has an old event that the rule matches and a new one that it does not match. As soon as the writer writes \
     the new version, the target gets no more events of the type, and there is no error.\n\n\
     Common causes are a field that was renamed, moved or removed, a value that became an object, a value with another \
     spelling, and a pattern that requires one `detail.version`.\n\n\
     Change the rule so that it matches both versions, with `$or`, and deploy it before the writer changes.";

    StartsMatching = "starts-matching", Warning,
    "The rule matched no event of the type, and matches events of the newer version.",
    "The target gets events that it has never received. If that is the purpose of the new version, check that the target \
     reads them. Otherwise restrict the rule, first of all by `detail-type`.";

    MatchesFewer = "matches-fewer", Warning,
    "The rule matched every event of the type, and misses events of the newer version.",
    "The target got every event of the type and no longer does. The finding has an event that it does not get.\n\n\
     Common causes are a field that became optional or nullable, and an enumeration with new values.";

    MatchesAll = "matches-all", Warning,
    "The rule matched some events of the type, and matches every event of the newer version.",
    "The rule no longer selects: its conditions hold for every event. The target may get many more events than before.";

    LeafBecameObject = "leaf-became-object", Warning,
    "A field of the rule had a value, and may be an object now.",
    "A pattern matches strings, numbers, booleans and null, also in arrays, and never an object: `{\"exists\": true}` does \
     not match one, and `{\"exists\": false}` does.\n\n\
     Name the member of the object that the rule is about.";

    ObjectBecameLeaf = "object-became-leaf", Warning,
    "A field of the rule was an object, and has a value now.",
    "A condition that never had a value to match has one now: `{\"exists\": false}` no longer holds, and \
     `{\"exists\": true}` does. Check that the rule still has the meaning that it should have.";

    NewValueLetThrough = "new-value-let-through", Warning,
    "An `anything-but` of the rule accepts a new value.",
    "`anything-but` lists the values that were unwanted when it was written. The field has a new value since then, which \
     the rule accepts; the finding has an event with it.\n\n\
     Add the value to the array if it is unwanted, or list the wanted values instead.";

    FieldBegins = "field-begins", Warning,
    "A field that the rule requires to be absent is written for the first time.",
    "`{\"exists\": false}` held for every event, as the type had no such field. Events that have it are no longer matched; \
     the finding has one.";

    TypeGone = "type-gone", Warning,
    "The rule matched events of a type that is no longer in the contract.",
    "No writer of the contract writes the type. If the rule is for this type alone, remove it after the last event was \
     delivered; an archive may still replay some.";

    PathNeverThere = "path-never-there", Error,
    "A target of the rule reads a path that is in no event that the rule matches.",
    "EventBridge does not check `InputPath`, `PartitionKeyPath` and the paths of an input transformer when a rule is \
     deployed. It is proven that this path does not exist in any version of any type that the rule matches, or not in the \
     newest version of the type that the finding names.\n\n\
     Compare it with the event of the finding, letter by letter and including upper and lower case.";

    PathMayBeMissing = "path-may-be-missing", Warning,
    "A target of the rule reads a path that is missing in some events that the rule matches.",
    "The finding has an event that the rule matches and that does not have the path. The target then gets an incomplete \
     input, and events without a partition key are in no defined order.\n\n\
     Read a field that every event has, such as `$.detail.partitionKey`, or require in the pattern that the field exists.";

    PathUnreadable = "path-unreadable", Error,
    "A target of the rule reads a path that is not valid.",
    "EventBridge accepts dot notation with letters, digits, `_`, `-` and `/`, array indices, and wildcards. Write the path \
     that way, with wildcards for items of arrays only: `$.detail.items[*].sku`.";
}

impl fmt::Display for RoutingFindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_title_and_an_explanation() {
        for kind in RoutingFindingKind::ALL {
            let title = kind.title();
            assert!(title.ends_with('.') && !title.contains('\n') && title.len() <= 100, "{kind}");
            assert!(kind.explanation().len() > 80 && !kind.explanation().contains("  "), "{kind}");
        }
    }
}
