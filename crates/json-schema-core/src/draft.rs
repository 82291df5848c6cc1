//! The drafts of JSON Schema, their identifiers, and the differences between them that are not tied to one keyword.

use std::fmt;
use std::str::FromStr;

use crate::tree::JsonTree;

/// A draft of JSON Schema. The list is complete: earlier drafts than 4 are not supported.
///
/// ```
/// use json_schema_core::{Draft, UnknownDraft};
///
/// let draft: Draft = "http://json-schema.org/draft-04/schema#".parse()?;
/// assert_eq!((draft, draft.id_keyword()), (Draft::Draft4, "id"));
/// assert!(draft.ignores_siblings_of_ref() && !Draft::Draft201909.ignores_siblings_of_ref());
///
/// let error: UnknownDraft = "draft-03".parse::<Draft>().unwrap_err();
/// assert!(error.to_string().starts_with("unknown JSON Schema draft \"draft-03\""));
/// # Ok::<(), UnknownDraft>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Draft {
    /// Draft 4: no `const`, boolean `exclusiveMinimum`, and `1.0` is not an integer.
    Draft4,
    /// Draft 6.
    Draft6,
    /// Draft 7: the last one in which the siblings of `$ref` are ignored.
    Draft7,
    /// Draft 2019-09.
    Draft201909,
    /// Draft 2020-12.
    Draft202012,
}

/// Error of a text or a `$schema` that identifies no supported draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDraft(String);

impl fmt::Display for UnknownDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown JSON Schema draft {:?}: expected 4, 6, 7, 2019-09 or 2020-12", self.0)
    }
}

impl std::error::Error for UnknownDraft {}

impl Draft {
    /// All drafts, the oldest first.
    pub const ALL: [Self; 5] = [Self::Draft4, Self::Draft6, Self::Draft7, Self::Draft201909, Self::Draft202012];

    /// Returns the short name: `4`, `6`, `7`, `2019-09` or `2020-12`. [`FromStr`] reads it, and the URI of `$schema` too.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft4 => "4",
            Self::Draft6 => "6",
            Self::Draft7 => "7",
            Self::Draft201909 => "2019-09",
            Self::Draft202012 => "2020-12",
        }
    }

    /// Returns the draft that the `$schema` of a schema identifies; `None` if it has none.
    ///
    /// # Errors
    ///
    /// `$schema` identifies an unsupported draft or a custom meta-schema.
    pub fn named_by<V: JsonTree>(schema: &V) -> Result<Option<Self>, UnknownDraft> {
        match schema.member("$schema").and_then(V::as_str) {
            Some(uri) => Self::from_uri(uri).map(Some).ok_or_else(|| UnknownDraft(uri.to_owned())),
            None => Ok(None),
        }
    }

    fn from_uri(uri: &str) -> Option<Self> {
        let uri = uri.strip_suffix('#').unwrap_or(uri);
        let path = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"))?;
        match path {
            "json-schema.org/draft-04/schema" => Some(Self::Draft4),
            "json-schema.org/draft-06/schema" => Some(Self::Draft6),
            "json-schema.org/draft-07/schema" => Some(Self::Draft7),
            "json-schema.org/draft/2019-09/schema" => Some(Self::Draft201909),
            "json-schema.org/draft/2020-12/schema" => Some(Self::Draft202012),
            _ => None,
        }
    }

    /// Returns the keyword that gives a schema resource its URI.
    pub const fn id_keyword(self) -> &'static str {
        match self {
            Self::Draft4 => "id",
            Self::Draft6 | Self::Draft7 | Self::Draft201909 | Self::Draft202012 => "$id",
        }
    }

    /// Returns true if keywords beside `$ref` have no effect, as in the drafts up to 7.
    pub fn ignores_siblings_of_ref(self) -> bool {
        self <= Self::Draft7
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Draft {
    type Err = UnknownDraft;

    fn from_str(text: &str) -> Result<Self, UnknownDraft> {
        Self::ALL
            .into_iter()
            .find(|draft| draft.as_str() == text)
            .or_else(|| Self::from_uri(text))
            .ok_or_else(|| UnknownDraft(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn drafts_parse_from_their_name_and_their_uri() {
        for draft in Draft::ALL {
            assert_eq!(draft.as_str().parse(), Ok(draft));
        }
        assert_eq!("http://json-schema.org/draft-04/schema#".parse(), Ok(Draft::Draft4));
        assert_eq!(Draft::named_by(&json!({"type": "null"})), Ok(None));
        let unknown = Draft::named_by(&json!({"$schema": "http://json-schema.org/draft-03/schema#"})).unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "unknown JSON Schema draft \"http://json-schema.org/draft-03/schema#\": expected 4, 6, 7, 2019-09 or 2020-12"
        );
    }
}
