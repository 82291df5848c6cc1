//! `$or`: an array of objects. It matches if one of them does.

use crate::error::Rejection;

pub(crate) const NAME: &str = "$or";

/// Maximum number of alternatives of a pattern: the branches of several `$or`s multiply.
pub(crate) const MAX_COMBINATIONS: usize = 1000;

/// Names that no field inside of `$or` may have. Outside of it they are ordinary names.
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

pub(crate) fn not_an_array() -> Rejection {
    Rejection::new("It must be an Array followed with $or.", HELP)
}

pub(crate) fn not_an_object() -> Rejection {
    Rejection::new("Only JSON object is allowed in array of $or relationship.", HELP)
}

pub(crate) fn too_few_branches() -> Rejection {
    Rejection::new("There must have at least 2 Objects in $or relationship.", HELP)
}

pub(crate) fn too_many_combinations() -> Rejection {
    Rejection::new(
        format!("Or operator is producing over {MAX_COMBINATIONS} rule combinations"),
        "the branches of several $or multiply: write the values of one field in one array, or write several rules",
    )
}

/// Rejects a reserved name inside of `$or`.
pub(crate) fn check_name(name: &str) -> Result<(), Rejection> {
    if !RESERVED.contains(&name) {
        return Ok(());
    }
    Err(Rejection::new(
        format!("{name} is Ruler reserved fieldName which cannot be used inside $or."),
        format!("write the field before the operator: {{\"$or\": [{{\"a\": [{{\"{name}\": …}}]}}, …]}}"),
    ))
}
