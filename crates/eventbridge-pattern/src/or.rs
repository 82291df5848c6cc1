//! `$or`: conditions of which one object has to hold.

use super::error::Refusal;

pub(super) const NAME: &str = "$or";

/// The combinations that one pattern may come to.
pub(super) const COMBINATIONS: usize = 1000;

/// Names that a field must not have inside of `$or`. Outside they are names like any other.
const RESERVED: [&str; 24] = [
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

const HELP: &str = "write at least two objects of fields: \"$or\": [{\"a\": [1]}, {\"b\": [2]}]";

pub(super) fn not_a_list() -> Refusal {
    Refusal::new("It must be an Array followed with $or.", HELP)
}

pub(super) fn not_an_object() -> Refusal {
    Refusal::new("Only JSON object is allowed in array of $or relationship.", HELP)
}

pub(super) fn too_few() -> Refusal {
    Refusal::new("There must have at least 2 Objects in $or relationship.", HELP)
}

pub(super) fn too_many() -> Refusal {
    Refusal::new(
        format!("Or operator is producing over {COMBINATIONS} rule combinations"),
        "the branches of several $or multiply: write values of one field as one list, or several rules",
    )
}

/// Refuses a name inside of `$or`.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    if !RESERVED.contains(&name) {
        return Ok(());
    }
    Err(Refusal::new(
        format!("{name} is Ruler reserved fieldName which cannot be used inside $or."),
        format!("write the field before the match: {{\"$or\": [{{\"a\": [{{\"{name}\": …}}]}}, …]}}"),
    ))
}
