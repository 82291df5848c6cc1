//! Free words about an event.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use json_document::CowStr;

/// Free words about an event, such as the stage and the region it comes from; nothing that its meaning depends on.
///
/// A tag holds any JSON, text for text as it came: what a reader takes in, it gives out unchanged.
///
/// ```
/// use event_contract::Tags;
///
/// let tags: Tags = serde_json::from_str(r#"{"stage":"prd","skip":true}"#)?;
/// assert_eq!(tags.text("stage").as_deref(), Some("prd"));
/// assert_eq!(tags.get("skip").map(|value| value.get()), Some("true"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(BTreeMap<String, Box<RawValue>>);

impl Tags {
    /// The JSON under a name.
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.get(name).map(|value| &**value)
    }

    /// The text under a name, if there is one and it is a text.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        serde_json::from_str::<CowStr<'_>>(self.get(name)?.get()).ok().map(|text| text.0)
    }

    /// All tags, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), &**value))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn insert(&mut self, name: String, value: &Value) {
        // A `Value` is JSON already: it cannot fail to be written.
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
