//! The trees that schemas are read from.

use json_document::exact;
use serde_json::Value;

/// A JSON tree, as far as keywords and references need one: that of `serde_json`, or [`exact::Value`] with its exact numbers.
pub trait JsonTree: Sized + 'static {
    /// Returns the text of a string.
    fn as_str(&self) -> Option<&str>;

    /// Returns a boolean.
    fn as_bool(&self) -> Option<bool>;

    /// Returns the items of an array.
    fn as_items(&self) -> Option<&[Self]>;

    /// Returns true for an object.
    fn is_object(&self) -> bool;

    /// Returns the member of this name, of an object that has one.
    fn member(&self, name: &str) -> Option<&Self>;

    /// Returns the members of an object, and none of any other value.
    fn members(&self) -> impl Iterator<Item = (&str, &Self)>;
}

impl JsonTree for Value {
    fn as_str(&self) -> Option<&str> {
        self.as_str()
    }

    fn as_bool(&self) -> Option<bool> {
        self.as_bool()
    }

    fn as_items(&self) -> Option<&[Self]> {
        self.as_array().map(Vec::as_slice)
    }

    fn is_object(&self) -> bool {
        self.is_object()
    }

    fn member(&self, name: &str) -> Option<&Self> {
        self.get(name)
    }

    fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }
}

impl JsonTree for exact::Value {
    fn as_str(&self) -> Option<&str> {
        self.as_str()
    }

    fn as_bool(&self) -> Option<bool> {
        self.as_bool()
    }

    fn as_items(&self) -> Option<&[Self]> {
        self.as_array().map(Vec::as_slice)
    }

    fn is_object(&self) -> bool {
        self.is_object()
    }

    fn member(&self, name: &str) -> Option<&Self> {
        self.get(name)
    }

    fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }
}
