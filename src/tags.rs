//! Tags of an event.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use json_document::CowStr;

/// Free annotations of an event, such as the stage and the region it comes from.
///
/// The meaning of an event must not depend on them. A tag holds any JSON value, whose spelling is preserved from reading to
/// writing.
///
/// ```
/// use event_contract::Tags;
///
/// let tags: Tags = serde_json::from_str(r#"{"stage":"prd","skip":true}"#)?;
/// assert_eq!(tags.get_str("stage").as_deref(), Some("prd"));
/// assert_eq!(tags.get("skip").map(|value| value.get()), Some("true"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(BTreeMap<String, Box<RawValue>>);

impl Tags {
    /// Returns the JSON of a tag.
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.get(name).map(|value| &**value)
    }

    /// Returns the string of a tag; `None` if the tag is missing or not a string.
    pub fn get_str(&self, name: &str) -> Option<Cow<'_, str>> {
        serde_json::from_str::<CowStr<'_>>(self.get(name)?.get()).ok().map(|text| text.0)
    }

    /// Iterates over the tags in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), &**value))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn insert(&mut self, name: String, value: &Value) {
        // A `Value` is always serializable.
        if let Ok(value) = to_raw_value(value) {
            self.0.insert(name, value);
        }
    }
}

impl PartialEq for Tags {
    fn eq(&self, other: &Self) -> bool {
        self.iter().map(|(name, value)| (name, value.get())).eq(other.iter().map(|(name, value)| (name, value.get())))
    }
}
