//! `prefix`: the start of a String.

use json_document::text::{Tree, Value};

use crate::cursor::Cursor;
use crate::error::Rejection;
use crate::ignore_case::{self, IgnoreCase};

pub(crate) const NAME: &str = "prefix";

/// The operand of `prefix` and of [`suffix`](crate::suffix).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Affix {
    Exact(String),
    IgnoreCase(IgnoreCase),
}

impl Affix {
    /// Parses the operand of the operator `name`.
    pub(crate) fn parse(name: &'static str, tree: &Tree<'_>, cursor: &mut Cursor) -> Result<Self, Rejection> {
        match &tree.value {
            Value::String(text) => Ok(Self::Exact(text.clone().into_owned())),
            Value::Object(members) => {
                let missing_name =
                    if name == NAME { "Prefix expression name not found" } else { "Suffix expression name not found" };
                cursor.parse_only_member(members, missing_name, |_, inner, tree| match inner {
                    ignore_case::NAME => IgnoreCase::parse(tree).map(Self::IgnoreCase),
                    _ => Err(Rejection::new(
                        format!("Unsupported {name} pattern: {inner}"),
                        format!("write {{\"{name}\": \"a\"}} or {{\"{name}\": {{\"equals-ignore-case\": \"a\"}}}}"),
                    )),
                })
            }
            Value::Array(_) => Err(Rejection::affix_array(
                format!("{name} match pattern must be a string"),
                format!("write one matcher for each {name}: [{{\"{name}\": \"a\"}}, {{\"{name}\": \"b\"}}]"),
            )),
            Value::Number(_) | Value::Boolean(_) | Value::Null => Err(Rejection::new(
                format!("{name} match pattern must be a string"),
                format!("write a string in double quotes; a {name} matches strings only"),
            )),
        }
    }

    pub(crate) fn is_prefix_of(&self, value: &str) -> bool {
        match self {
            Self::Exact(text) => value.starts_with(text),
            Self::IgnoreCase(text) => text.is_prefix_of(value),
        }
    }

    pub(crate) fn is_suffix_of(&self, value: &str) -> bool {
        match self {
            Self::Exact(text) => value.ends_with(text),
            Self::IgnoreCase(text) => text.is_suffix_of(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_string_has_the_empty_prefix() {
        assert!(Affix::Exact(String::new()).is_prefix_of("") && Affix::Exact(String::new()).is_prefix_of("a"));
        assert!(Affix::IgnoreCase(IgnoreCase::new("eV")).is_prefix_of("EVent"));
        assert!(!Affix::Exact("ev".into()).is_prefix_of("e"));
    }
}
