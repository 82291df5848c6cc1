//! What is wrong with a rule, or has changed for it.

use std::fmt;

use super::reach::Example;
use super::shape::Shape;
use crate::name::{EventType, Version};
use crate::severity::Severity;

/// One thing that is wrong with a rule, or that has changed for it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RoutingFinding {
    /// What it is.
    pub kind: RoutingFindingKind,
    /// The rule, by its name.
    pub rule: String,
    /// The type and the version of the events, where it is about one.
    pub shape: Option<(EventType, Version)>,
    /// The field of the pattern, or the path of the target, that it is about.
    pub path: Option<String>,
    /// An event of before that shows it.
    pub before: Option<Example>,
    /// An event of now that shows it.
    pub now: Option<Example>,
    /// Why it is not known, where it is not.
    pub reason: Option<String>,
}

impl RoutingFinding {
    pub(super) fn new(kind: RoutingFindingKind, rule: &str) -> Self {
        let rule = rule.to_owned();
        Self { kind, rule, shape: None, path: None, before: None, now: None, reason: None }
    }

    pub(super) fn about(self, shape: &Shape) -> Self {
        Self { shape: Some((shape.event_type().clone(), shape.version())), ..self }
    }

    pub(super) fn at(self, path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..self }
    }

    pub(super) fn shown(self, before: Option<&Example>, now: Option<&Example>) -> Self {
        Self { before: before.cloned(), now: now.cloned(), ..self }
    }

    pub(super) fn because(self, reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..self }
    }
}

impl fmt::Display for RoutingFinding {
    /// `stops-matching: rule "orders", Order.Created v4, at detail.data.channel`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: rule {:?}", self.kind, self.rule)?;
        if let Some((name, version)) = &self.shape {
            write!(f, ", {name} {version}")?;
        }
        if let Some(path) = &self.path {
            write!(f, ", at {path}")?;
        }
        self.reason.as_ref().map_or(Ok(()), |reason| write!(f, ": {reason}"))
    }
}

macro_rules! kinds {
    ($($kind:ident = $id:literal, $severity:ident, $title:literal, $explanation:literal;)*) => {
        /// What is wrong with a rule, or has changed for it. Each kind has an id that never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum RoutingFindingKind {
            $(#[doc = $title] $kind,)*
        }

        impl RoutingFindingKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The id, which never changes: `dead-rule`.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$kind => $id,)*
                }
            }

            /// What it is, in a sentence.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$kind => $title,)*
                }
            }

            /// What it means, how it comes about and what to do, in paragraphs.
            pub const fn explain(self) -> &'static str {
                match self {
                    $(Self::$kind => $explanation,)*
                }
            }

            /// How much it matters.
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
    "It is proven for every version of every type: whatever the writers of the contract write, the pattern does not match \
     it. Its target is never called, and nothing says so at run time.\n\n\
     Often a name is misspelled, a field stands under `data` and not in the detail itself, a type was renamed, or the value \
     is compared as a text where the event has a number.\n\n\
     Look at the event that is shown with `event-contract match`: it says which condition fails. If the rule is for events \
     from elsewhere, that are not in the catalog, leave it out of the check.";

    Undecided = "routing-undecided", Error,
    "It is not known whether the rule matches.",
    "Neither a proof nor an event was found within the budget, or the pattern says what cannot be said in JSON Schema: an \
     address in all its spellings, very large integers, hundreds of ways through `$or`.\n\n\
     Undecided never counts as harmless. Make the pattern simpler, or look at the events by hand.";

    StopsMatching = "stops-matching", Error,
    "The rule matched events of the type, and matches none of the newer ones.",
    "Before, there were events of this type that the rule matched; one is shown. Of what is written now it matches none; one \
     that it does not get is shown, too. As soon as the writer writes the new version, the rule's target gets nothing more \
     of it, and no error says so.\n\n\
     It comes about where a field was renamed, moved or removed, where a leaf became an object, where a value is spelled \
     otherwise, and where the pattern asks for one version by `detail.version`.\n\n\
     Change the rule so that it matches both, by `$or`, and deploy that before the writer changes.";

    StartsMatching = "starts-matching", Warning,
    "The rule matched no event of the type, and matches some of the newer ones.",
    "The target will get events that it has never seen. If that is what the new version is for, all is well: see that the \
     target reads it. Else say more precisely in the rule what it is for, first of all the `detail-type`.";

    MatchesFewer = "matches-fewer", Warning,
    "The rule matched every event of the type, and does not match all of the newer ones.",
    "What could be relied on before cannot be any more: there are events that pass the rule by. One is shown.\n\n\
     It comes about where a field has become optional or may be null, and where an enumeration has new values.";

    MatchesAll = "matches-all", Warning,
    "The rule matched some events of the type, and matches every one of the newer ones.",
    "The rule no longer selects anything: its condition always holds. The target may get many more events than before.";

    LeafBecameObject = "leaf-became-object", Warning,
    "Where the rule looks for a value, there may be an object now.",
    "A pattern looks at texts, numbers, `true`, `false` and `null`, and at such values in lists. An object is no value to \
     it: not even `{\"exists\": true}` finds one, and `{\"exists\": false}` holds where an object stands.\n\n\
     Name the field of the object that the rule is about.";

    ObjectBecameLeaf = "object-became-leaf", Warning,
    "Where there was an object, there is a value now that the rule looks at.",
    "A condition that never saw a value at this field sees one now: `{\"exists\": false}` and `{\"exists\": true}` have \
     changed places. See whether the rule still means what it says.";

    NewValueLetThrough = "new-value-let-through", Warning,
    "The rule takes all values but some, and there is a new value that it takes.",
    "`anything-but` lists what was not wanted when it was written. The enumeration has grown since, and the new value gets \
     through; an event with it is shown.\n\n\
     Add the value to the list if it is not wanted, or list the values that are.";

    FieldBegins = "field-begins", Warning,
    "The rule wants a field to be missing that was never sent, and is now.",
    "`{\"exists\": false}` held for every event, for the type had no such field. Now it has: events that have it are no \
     longer matched. One is shown.";

    TypeGone = "type-gone", Warning,
    "The rule matched events of a type that is not there any more.",
    "Nothing in the contract writes this type now. If the rule is for it alone, remove the rule once the last event of the \
     type has been delivered; archives may still replay some.";

    PathNeverThere = "path-never-there", Error,
    "A target of the rule reads a path that leads nowhere in any event that the rule matches.",
    "`InputPath`, `PartitionKeyPath` and the paths of an input transformer are JSON paths that nothing checks when a rule is \
     deployed. This one is proven to lead nowhere, in every version of every type that the rule can match.\n\n\
     Compare it, letter by letter and in upper and lower case, with the event that is shown.";

    PathMayBeMissing = "path-may-be-missing", Warning,
    "A target of the rule reads a path that is missing in some events that the rule matches.",
    "There is an event that the rule matches and in which the path leads nowhere; it is shown. A target then gets less than \
     it expects, and a partition key that is missing puts events in no order that means anything.\n\n\
     Read a field that every event has, such as `$.detail.partitionKey`, or have the rule ask that the field exists.";

    PathUnreadable = "path-unreadable", Error,
    "A target of the rule reads a path that is not understood.",
    "EventBridge takes dot notation with letters, digits, `_`, `-` and `/`, indices of lists, and wildcards. Write the path \
     so, and with wildcards for items of lists only: `$.detail.items[*].sku`.";
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
    fn every_kind_is_explained() {
        for kind in RoutingFindingKind::ALL {
            assert!(kind.title().ends_with('.') && !kind.title().contains('\n'), "{kind}");
            assert!(kind.explain().len() > 80 && !kind.explain().contains("  "), "{kind}");
        }
    }
}
