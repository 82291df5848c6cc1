//! Access to the members, items and variants of a value.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;

use serde::de::value::U64Deserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::cursor::{ExactDeserializer, Input, ObjectRequest};
use super::key_probe::KeyProbe;
use super::mismatch::{ErrorKind, ExactError};
use super::replay::{ENTRY, EntryKey};
use crate::read::key::Key;
use crate::wire::HALF_SURROGATE;
use json_document::text::{Tree, Value};

pub(super) enum Member<'de> {
    Name(Cow<'de, str>),
    /// A name with half of a surrogate pair.
    HalfSurrogate,
    /// The field at this position.
    Field(usize),
    /// The field at this position, if there is one: aliases give a struct more names than fields.
    Position(usize),
    /// The entry that an exploration shows a map.
    Entry(EntryKey),
}

pub(super) struct Members<'p, 'n, 'de> {
    pub(super) left: std::vec::IntoIter<(Member<'de>, Input<'n, 'de>)>,
    pub(super) next: Option<(String, Input<'n, 'de>)>,
    pub(super) parent: &'p ExactDeserializer<'n, 'de>,
}

impl<'de> MapAccess<'de> for Members<'_, '_, 'de> {
    type Error = ExactError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ExactError> {
        let Some((member, value)) = self.left.next() else {
            return Ok(None);
        };
        let (name, key) = match member {
            Member::Name(Cow::Borrowed(name)) => (name.to_owned(), seed.deserialize(Key::borrowed(name))),
            Member::Name(Cow::Owned(name)) => {
                let key = seed.deserialize(Key::copied(&name));
                (name, key)
            }
            Member::HalfSurrogate => (String::new(), Err(ExactError::wrong("the name of a member", HALF_SURROGATE))),
            Member::Field(index) => (index.to_string(), seed.deserialize(position(index))),
            Member::Entry(EntryKey::Given(key)) => (ENTRY.to_owned(), seed.deserialize(Key::copied(&key))),
            Member::Entry(EntryKey::Requested) => (ENTRY.to_owned(), seed.deserialize(KeyProbe { map: self.parent })),
            Member::Position(index) => match seed.deserialize(position(index)) {
                Ok(key) => (index.to_string(), Ok(key)),
                Err(_) => return Ok(None),
            },
        };
        self.next = Some((name, value));
        self.parent.place(key).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ExactError> {
        let (name, value) = self.next.take().ok_or_else(|| ExactError::custom("expected a name before the value"))?;
        read_child(self.parent, value, name, seed)
    }
}

/// A field by its position: derived structs accept it in the place of a name.
fn position(index: usize) -> U64Deserializer<ExactError> {
    (index as u64).into_deserializer()
}

/// Returns true for the seed of a field with `deserialize_with`: the type that serde's derive emits for it.
///
/// The names of types are not guaranteed. A test of the check holds this one; if it changes, fewer adapters are found.
fn is_adapter<T>() -> bool {
    cfg!(feature = "check") && type_name::<T>().contains("::__DeserializeWith")
}

/// Returns true for the type in which serde buffers a value.
///
/// The names of types are not guaranteed. The law of `tests/mismatches.rs` holds this one; if it changes, mismatches in buffered
/// values have the position of the value that was buffered.
pub(super) fn is_buffer<T>() -> bool {
    // Compilers differ in whether they print the lifetime.
    let name = type_name::<T>().split('<').next().unwrap_or_default();
    name.starts_with("serde") && name.ends_with("::Content")
}

/// Deserializes a nested value, and sets its position in an error of the seed itself.
fn read_child<'n, 'de, T: DeserializeSeed<'de>>(
    parent: &ExactDeserializer<'n, 'de>,
    input: Input<'n, 'de>,
    segment: impl fmt::Display,
    seed: T,
) -> Result<T::Value, ExactError> {
    let mut child = parent.child(input, segment);
    if is_buffer::<T::Value>() {
        (child.is_buffered, child.host) = (true, parent.host);
    }
    if is_adapter::<T>() {
        child.replay.record_adapter(&child.at);
    }
    if child.replay.is_exhausted() {
        return Err(ExactError::exhausted());
    }
    let (at, input) = (child.at.clone(), child.input);
    seed.deserialize(child).map_err(|mut error| {
        if error.at.is_none() {
            error.at = Some(at);
            error.in_placeholder = matches!(input, Input::Placeholder);
            if let ErrorKind::Wrong { expected, found } = &mut error.kind
                && expected.is_empty()
            {
                *found = format!("{} that its type rejects", input.describe());
                "a valid value".clone_into(expected);
            }
        }
        error
    })
}

pub(super) struct Items<'p, 'n, 'de> {
    pub(super) left: std::vec::IntoIter<Input<'n, 'de>>,
    pub(super) index: usize,
    pub(super) parent: &'p ExactDeserializer<'n, 'de>,
}

impl<'de> SeqAccess<'de> for &mut Items<'_, '_, 'de> {
    type Error = ExactError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ExactError> {
        let Some(input) = self.left.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        read_child(self.parent, input, index, seed).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

pub(super) struct Variant<'p, 'n, 'de> {
    pub(super) name: &'p str,
    /// `None` for a variant that is a string.
    pub(super) content: Option<Input<'n, 'de>>,
    pub(super) parent: &'p ExactDeserializer<'n, 'de>,
}

impl<'de> EnumAccess<'de> for Variant<'_, '_, 'de> {
    type Error = ExactError;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), ExactError> {
        let value = seed.deserialize(self.name.into_deserializer())?;
        Ok((value, self))
    }
}

impl<'n, 'de> Variant<'_, 'n, 'de> {
    fn content(&self, asked: &'static str) -> Result<ExactDeserializer<'n, 'de>, ExactError> {
        self.parent.replay.record_contents(&self.parent.at, self.name);
        match self.content {
            Some(input) => Ok(self.parent.child(input, self.name)),
            None => Err(ExactError::wrong(asked, "a string")),
        }
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_, 'de> {
    type Error = ExactError;

    fn unit_variant(self) -> Result<(), ExactError> {
        match self.content {
            None | Some(Input::Placeholder | Input::Node(Tree { value: Value::Null, .. })) => Ok(()),
            Some(Input::Node(_)) => Err(ExactError::wrong("a string", "an object")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ExactError> {
        self.parent.replay.record_contents(&self.parent.at, self.name);
        match self.content {
            Some(input) => read_child(self.parent, input, self.name, seed),
            None => Err(ExactError::wrong("a variant with content", "a string")),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, ExactError> {
        self.content("a variant with content")?.array(visitor, Some(length))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ExactError> {
        self.content("a variant with fields")?.object(visitor, ObjectRequest::Struct { name: "", fields })
    }
}
