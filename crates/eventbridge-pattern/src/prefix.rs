//! `prefix`: what a text begins with.

use super::error::Refusal;
use super::ignore_case::{self, Folded};
use super::trail::Trail;
use json_document::text::{Tree, Value};

pub(super) const NAME: &str = "prefix";

/// What a text begins with, or ends with for [`suffix`](super::suffix): as it is, or in any case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Affix {
    Exact(String),
    Folded(Folded),
}

impl Affix {
    /// Both `prefix` and `suffix` have this operand.
    pub(super) fn parse(name: &'static str, tree: &Tree<'_>, trail: &mut Trail) -> Result<Self, Refusal> {
        match &tree.value {
            Value::String(text) => Ok(Self::Exact(text.clone().into_owned())),
            Value::Object(members) => {
                let title = if name == NAME { "Prefix" } else { "Suffix" };
                let nameless =
                    if name == NAME { "Prefix expression name not found" } else { "Suffix expression name not found" };
                trail.only(members, nameless, |_, inner, tree| match inner {
                    ignore_case::NAME => Folded::parse(tree).map(Self::Folded),
                    _ => Err(Refusal::new(
                        format!("Unsupported {} pattern: {inner}", title.to_lowercase()),
                        format!("write {{\"{name}\": \"a\"}} or {{\"{name}\": {{\"equals-ignore-case\": \"a\"}}}}"),
                    )),
                })
            }
            Value::Array(_) => Err(Refusal::list(
                format!("{name} match pattern must be a string"),
                format!("write one match a {name}: [{{\"{name}\": \"a\"}}, {{\"{name}\": \"b\"}}]"),
            )),
            Value::Number(_) | Value::Boolean(_) | Value::Null => Err(Refusal::new(
                format!("{name} match pattern must be a string"),
                format!("write a text in double quotes; a {name} finds texts only"),
            )),
        }
    }

    pub(super) fn begins(&self, value: &str) -> bool {
        match self {
            Self::Exact(text) => value.starts_with(text),
            Self::Folded(folded) => folded.begins(value),
        }
    }

    pub(super) fn closes(&self, value: &str) -> bool {
        match self {
            Self::Exact(text) => value.ends_with(text),
            Self::Folded(folded) => folded.closes(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_prefix_begins_every_text() {
        assert!(Affix::Exact(String::new()).begins("") && Affix::Exact(String::new()).begins("a"));
        assert!(Affix::Folded(Folded::new("eV")).begins("EVent"));
        assert!(!Affix::Exact("ev".into()).begins("e"));
    }
}
