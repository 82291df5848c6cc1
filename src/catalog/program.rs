//! The code of a payload type, for documents that a check draws.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::event::walk::find_non_finite;
use crate::payload::Payload;
use crate::read::{KeyShape, Reader, TypeTrial, explore_type, find_type_shape};

/// The functions of a payload type.
#[derive(Clone, Copy)]
pub(crate) struct PayloadProgram {
    explore: fn() -> TypeTrial,
    rewrite: fn(&[u8]) -> Result<Option<String>, serde_json::Error>,
    read: fn(&str) -> Result<(), Refusal>,
    find_unread_keys: fn() -> Vec<Vec<String>>,
    flattened: &'static [&'static str],
    unstated: &'static [UnstatedAdapter],
}

/// A function that reads or writes a field, and that no `#[schemars(…)]` describes.
pub(crate) type UnstatedAdapter = (&'static str, &'static str);

/// The error of a type that cannot read a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The place in the payload as a JSON pointer.
    pub(crate) at: String,
    /// The mismatch.
    pub(crate) message: String,
}

impl PayloadProgram {
    pub(crate) fn new<P: Payload>() -> Self {
        Self {
            explore: explore_type::<P>,
            rewrite: rewrite::<P>,
            read: read::<P>,
            find_unread_keys: find_unread_keys::<P>,
            flattened: P::FLATTENED_FIELDS,
            unstated: P::UNSTATED_ADAPTERS,
        }
    }

    /// Returns the functions of a type that is no payload. It is read by serde alone.
    pub(crate) fn from_type<T: Serialize + DeserializeOwned>() -> Self {
        Self {
            explore: explore_type::<T>,
            rewrite: rewrite::<T>,
            read: |payload| match serde_json::from_str::<T>(payload) {
                Ok(_) => Ok(()),
                Err(error) => Err(Refusal { at: String::new(), message: error.to_string() }),
            },
            find_unread_keys: find_unread_keys::<T>,
            flattened: &[],
            unstated: &[],
        }
    }

    /// Explores the type.
    pub(crate) fn explore(&self) -> TypeTrial {
        (self.explore)()
    }

    /// Deserializes a payload by serde alone, and serializes it again; `None` if the result cannot be sent.
    ///
    /// It is much faster than a reader, which is asked about refusals only: a reader tolerates more.
    pub(crate) fn rewrite(&self, payload: &str) -> Result<Option<String>, serde_json::Error> {
        (self.rewrite)(payload.as_bytes())
    }

    /// Reads a payload as a reader of the type does.
    pub(crate) fn read(&self, payload: &str) -> Result<(), Refusal> {
        (self.read)(payload)
    }

    /// Returns the places of the structs that flatten a map with keys that serde does not read there, by the names of fields.
    pub(crate) fn find_unread_keys(&self) -> Vec<Vec<String>> {
        (self.find_unread_keys)()
    }

    /// Returns the flattened fields of the payload itself.
    pub(crate) fn flattened_fields(&self) -> &'static [&'static str] {
        self.flattened
    }

    /// Returns the adapters that the derive has found, each as the field and the attribute.
    pub(crate) fn unstated_adapters(&self) -> &'static [UnstatedAdapter] {
        self.unstated
    }
}

fn rewrite<T: Serialize + DeserializeOwned>(payload: &[u8]) -> Result<Option<String>, serde_json::Error> {
    let value: T = serde_json::from_slice(payload)?;
    // No bus takes a number that JSON has no text for.
    Ok(find_non_finite(&value).is_none().then(|| serde_json::to_string(&value).ok()).flatten())
}

fn find_unread_keys<T: Serialize + DeserializeOwned>() -> Vec<Vec<String>> {
    let maps = find_type_shape::<T>().maps.into_iter();
    maps.filter(|map| map.keys == KeyShape::None).map(|map| map.at).collect()
}

fn read<P: Payload>(payload: &str) -> Result<(), Refusal> {
    let name = serde_json::Value::from(P::NAME);
    let version = P::VERSION.get();
    let detail = format!(r#"{{"type":{name},"version":{version},"timestamp":1795344181000,"data":{payload}}}"#);
    let Err(error) = Reader::<P>::default().read(detail.as_bytes()) else { return Ok(()) };
    let Some(mismatch) = error.mismatches().first() else {
        return Err(Refusal { at: String::new(), message: error.to_string() });
    };
    let at = mismatch.pointer.as_str();
    let at = at.strip_prefix("/data").unwrap_or(at).to_owned();
    let message = format!("expected {}, found {}", mismatch.expected, mismatch.found);
    Err(Refusal { at, message })
}

impl fmt::Debug for PayloadProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayloadProgram").finish_non_exhaustive()
    }
}
