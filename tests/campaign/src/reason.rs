//! The reasons for which schema and program may differ, and those for which they must not, and still do.

use serde_json::Value;

use crate::report::{Evidence, Kind};

/// A reason for differences.
pub(crate) struct Reason {
    pub(crate) id: &'static str,
    /// One sentence.
    pub(crate) text: &'static str,
    kinds: &'static [Kind],
    explains: fn(&Evidence<'_>) -> bool,
}

impl Reason {
    fn applies_to(&self, evidence: &Evidence<'_>) -> bool {
        self.kinds.contains(&evidence.kind) && (self.explains)(evidence)
    }
}

/// Number of listed reasons that a message or a number shows. The others go by types and attributes, and come last.
const EXACT: usize = 5;

/// Returns the reason of a difference, and whether it is listed.
pub(crate) fn find(evidence: &Evidence<'_>) -> Option<(&'static Reason, bool)> {
    let find = |reasons: &'static [Reason]| reasons.iter().find(|reason| reason.applies_to(evidence));
    find(&LISTED[..EXACT])
        .map(|reason| (reason, true))
        .or_else(|| find(OPEN).map(|reason| (reason, false)))
        .or_else(|| find(&LISTED[EXACT..]).map(|reason| (reason, true)))
}

// No reason excuses a document that a program wrote and the other could not read.
const _: () = {
    assert!(LISTED.len() <= 10);
    assert!(!excuses_unreadable(LISTED) && !excuses_unreadable(OPEN));
};

const fn excuses_unreadable(reasons: &[Reason]) -> bool {
    let mut at = 0;
    while at < reasons.len() {
        let mut kind = 0;
        while kind < reasons[at].kinds.len() {
            if matches!(reasons[at].kinds[kind], Kind::Unreadable | Kind::ProverWrong | Kind::Panic) {
                return true;
            }
            kind += 1;
        }
        at += 1;
    }
    false
}

/// Kinds that make a schema promise too much.
const UNSOUND: &[Kind] = &[Kind::DeclaredUnreadable, Kind::WriterStrict, Kind::ReaderLoose];

/// Kinds that make a check too strict.
const SAFE: &[Kind] = &[
    Kind::WriterWide,
    Kind::ReaderStrict,
    Kind::ReaderMoreTolerant,
    Kind::ReaderLessTolerant,
    Kind::FalseAlarm,
    Kind::ValidatorsDisagree,
];

/// Both, where the schema is another than that of the program.
const BOTH: &[Kind] =
    &[Kind::DeclaredUnreadable, Kind::WriterStrict, Kind::ReaderLoose, Kind::ReaderStrict, Kind::FalseAlarm];

/// Differences that stay, at most ten. No document that a program writes is unreadable for one of them.
pub(crate) const LISTED: &[Reason] = &[
    Reason {
        id: "fraction-of-zero",
        text: "`3.0` is an integer to a schema and to the reader; not to serde, nor to what serde buffers. No type writes it.",
        kinds: &[Kind::ReaderMoreTolerant, Kind::ReaderLoose, Kind::DeclaredUnreadable],
        explains: |found| any_number(found, |text| text.contains(['.', 'e'])) && is_about_numbers(found),
    },
    Reason {
        id: "beyond-i64",
        text: "A type reads integers beyond 64 signed bits; EventBridge takes none, and no schema has them.",
        kinds: &[Kind::ReaderStrict, Kind::FalseAlarm],
        explains: |found| any_number(found, |text| !text.contains(['.', 'e']) && text.parse::<i64>().is_err()),
    },
    Reason {
        id: "decimals",
        text: "The two validators round a float beyond 2⁵³ differently: as a decimal, or to 64 bits.",
        kinds: &[Kind::ValidatorsDisagree, Kind::ReaderLoose, Kind::DeclaredUnreadable],
        explains: |found| any_number(found, |text| text.parse().is_ok_and(|number: f64| number.abs() > 9e15)),
    },
    Reason {
        id: "year",
        text: "chrono writes years beyond 0 to 9999 and reads them; the formats of JSON Schema end there.",
        kinds: &[Kind::WriterStrict, Kind::ReaderStrict],
        explains: |found| {
            mentions(found, &["DateTime", "NaiveDate", "NaiveDateTime", "SystemTime"])
                && (found.why.contains("\"-") || found.why.contains("\"+") || found.why.contains("is not a \"date"))
        },
    },
    Reason {
        id: "set",
        text: "A set reads an item twice.",
        kinds: &[Kind::ReaderStrict, Kind::FalseAlarm],
        explains: |found| found.why.contains("non-unique"),
    },
    Reason {
        id: "buffered",
        text: "Where serde buffers, or by number, it takes an array for a struct, and the number of a variant for its name.",
        kinds: &[Kind::ReaderStrict, Kind::ReaderMoreTolerant, Kind::ReaderLessTolerant, Kind::FalseAlarm],
        explains: |found| {
            found.kind == Kind::ReaderLessTolerant && found.why.contains("found an array")
                || mentions(found, &["enum", "struct"])
                || ["variant identifier", "the name of a variant"].iter().any(|words| found.why.contains(words))
        },
    },
    Reason {
        id: "spelling",
        text: "A type reads a value in more spellings than it writes, and writes it in one.",
        kinds: &[Kind::WriterWide],
        explains: |_| true,
    },
    Reason {
        id: "narrower-statement",
        text: "`schemars(range, length, regex …)` on a type promises less than its code reads.",
        kinds: &[Kind::ReaderStrict, Kind::FalseAlarm],
        explains: |found| mentions(found, &["Rating", "Name", "Reference"]),
    },
    Reason {
        id: "more-spellings",
        text: "A type reads what its schema lacks: other spellings, null for a default, a text for a number.",
        kinds: SAFE,
        explains: |_| true,
    },
];

/// Differences that must not be, and still are: documents that a schema permits and the type refuses, or the reverse.
pub(crate) const OPEN: &[Reason] = &[
    Reason {
        id: "tag-of-struct",
        text: "`#[serde(tag)]` on a struct with flattened, skipped or renamed fields: the writer schema lacks the tag.",
        kinds: UNSOUND,
        explains: |found| found.why.contains("'kind' was unexpected"),
    },
    Reason {
        id: "adapter",
        text: "`with`, `serialize_with`, `deserialize_with` without a statement for schemars, or with a wrong one.",
        kinds: BOTH,
        explains: |found| mentions(found, &["with", "Price"]),
    },
    Reason {
        id: "map-keys",
        text: "Keys of maps inside of what serde buffers, which probing does not see.",
        kinds: UNSOUND,
        explains: |found| {
            found.features.iter().any(|feature| feature.contains("Map<") && !feature.contains("Map<String"))
        },
    },
    Reason {
        id: "flattened",
        text: "`flatten` of an option, an enum, a tagged or an aliased struct: the schema is wider than the type.",
        kinds: UNSOUND,
        explains: |found| found.features.iter().any(|feature| feature.starts_with("flatten")),
    },
    Reason {
        id: "conversion",
        text: "`try_from`, `from`, `into`, or serde implemented by hand: the schema knows nothing of the code.",
        kinds: BOTH,
        explains: |found| {
            mentions(
                found,
                &["Even", "Email", "Trimmed", "Labelled", "Narrow", "Percent", "Level", "LevelStated", "PriceStated"],
            )
        },
    },
    Reason {
        id: "tagged",
        text: "Tags, aliases and `other` of what serde buffers, which probing does not see.",
        kinds: UNSOUND,
        explains: |found| mentions(found, &["enum", "alias", "struct", "kind"]),
    },
];

/// Returns true if a feature has one of the words.
fn mentions(found: &Evidence<'_>, words: &[&str]) -> bool {
    found.features.iter().any(|feature| {
        feature.split(|character: char| !character.is_alphanumeric()).any(|word| words.contains(&word))
            || words.contains(&"with") && feature.contains("with = ")
    })
}

fn is_about_numbers(found: &Evidence<'_>) -> bool {
    ["fraction", "integer", "floating point", "number", "its type accepts", "expected `,`", "an object that it refuses"]
        .iter()
        .any(|words| found.why.contains(words))
}

fn any_number(found: &Evidence<'_>, holds: fn(&str) -> bool) -> bool {
    fn any(value: &Value, holds: fn(&str) -> bool) -> bool {
        match value {
            Value::Number(number) => holds(&number.to_string()),
            Value::Array(items) => items.iter().any(|item| any(item, holds)),
            Value::Object(members) => members.values().any(|value| any(value, holds)),
            Value::Null | Value::Bool(_) | Value::String(_) => false,
        }
    }
    serde_json::from_str(found.document).is_ok_and(|document| any(&document, holds))
}
