//! The trees that schemas are read from.

use json_document::exact;
use serde_json::Value;

/// A JSON tree, as far as keywords and references need one: that of `serde_json`, or [`exact::ExactValue`] with its exact numbers.
///
/// ```
/// use json_schema_core::JsonTree;
///
/// fn count_types<V: JsonTree>(schema: &V) -> usize {
///     schema.member("type").and_then(V::as_items).map_or(1, <[V]>::len)
/// }
///
/// assert_eq!(count_types(&serde_json::json!({"type": ["string", "null"]})), 2);
/// let exact = json_document::exact::ExactValue::parse(r#"{"type": "integer", "maximum": 1e400}"#)?;
/// assert_eq!(count_types(&exact), 1);
/// # Ok::<(), json_document::text::SyntaxError>(())
/// ```
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

// Both types have the same inherent methods.
macro_rules! implement_tree {
    ($($tree:ty)*) => {$(
        impl JsonTree for $tree {
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
    )*};
}

implement_tree! { Value exact::ExactValue }

/// Returns true for an object and for a boolean.
pub(crate) fn is_schema<V: JsonTree>(value: &V) -> bool {
    value.is_object() || value.as_bool().is_some()
}

/// Returns the address of a value. Values are compared by it: they are borrowed for as long as a resolver is.
pub(crate) fn address<V>(value: &V) -> usize {
    std::ptr::from_ref(value).addr()
}

/// Searches a value for the one at an address; collects the segments to it, the last one first.
pub(crate) fn find_address<V: JsonTree>(value: &V, goal: usize, segments: &mut Vec<String>) -> bool {
    if address(value) == goal {
        return true;
    }
    let segment = match value.as_items() {
        Some(items) => items.iter().position(|item| find_address(item, goal, segments)).map(|index| index.to_string()),
        None => {
            value.members().find(|(_, member)| find_address(*member, goal, segments)).map(|(name, _)| name.to_owned())
        }
    };
    let is_found = segment.is_some();
    segments.extend(segment);
    is_found
}
