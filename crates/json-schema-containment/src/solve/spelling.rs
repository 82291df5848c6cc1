//! Spellings of numbers, which draft 4 distinguishes: there, `1.0` is not an integer.
//!
//! Draft 4 defines an integer as a JSON number without fraction or exponent
//! (draft-zyp-json-schema-04, section 3.5); later drafts go by the value. Equality of values
//! ignores the spelling in every draft. So a document that equals a listed value of an `enum` is
//! not one document but one for each spelling, and in draft 4 `type` may accept only some of them.
//! A finite set of values is complete only with all of them.
//!
//! The spelling of other numbers is part of the facts in [`number`](super::number).

use std::fmt::Write as _;

use json_document::exact::{ExactValue as Value, Number, Spelling};

/// Significance of the spelling of a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IntegerSpelling {
    /// `1` and `1.0` are the same document: no schema is of draft 4.
    Insignificant,
    /// `1` and `1.0` may differ by `type`: one of the schemas is of draft 4.
    Significant,
}

/// Maximum number of spellings of one value: 2ⁿ for n whole numbers in it. Beyond it the value is
/// unknown.
const MAX_VARIANTS: usize = 256;

/// Returns the value in all spellings that a schema can distinguish; `None` if there are too many, or
/// one is too long.
///
/// Numbers with a fraction have one spelling, and whole numbers of any size have two.
pub(super) fn variants(value: &Value, spelling: IntegerSpelling) -> Option<Vec<Value>> {
    let mut variants = vec![value.clone()];
    if spelling == IntegerSpelling::Insignificant {
        return Some(variants);
    }
    let mut pointers = Vec::new();
    collect_numbers(value, &mut String::new(), &mut pointers);
    for pointer in pointers {
        for at in 0..variants.len() {
            let mut other = variants[at].clone();
            let Some(Value::Number(number)) = other.pointer_mut(&pointer) else { continue };
            if !number.decimal().is_integer() {
                continue;
            }
            let other_spelling = match number.spelling() {
                Spelling::Integer => Spelling::Fraction,
                Spelling::Fraction => Spelling::Integer,
            };
            // A document with an integer of that length is not written out.
            *number = Number::new(number.decimal().clone(), other_spelling)?;
            variants.push(other);
        }
        if variants.len() > MAX_VARIANTS {
            return None;
        }
    }
    Some(variants)
}

/// Collects the JSON pointers of the numbers in a value.
fn collect_numbers(value: &Value, pointer: &mut String, found: &mut Vec<String>) {
    match value {
        Value::Number(_) => found.push(pointer.clone()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let length = pointer.len();
                // Writing to a string cannot fail.
                let _ = write!(pointer, "/{index}");
                collect_numbers(item, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let length = pointer.len();
                let _ = write!(pointer, "/{}", name.replace('~', "~0").replace('/', "~1"));
                collect_numbers(member, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}
