//! Access to the members, items and variants of a value.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize as _;
use serde::de::value::{BorrowedStrDeserializer, U64Deserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

use super::cursor::{ExactDeserializer, Input};
use super::mismatch::{ErrorKind, ExactError};
use json_document::CowStr;
use json_document::text::{Tree, Value};

pub(super) enum Member<'de> {
    Name(Cow<'de, str>),
    /// The field at this position.
    Field(usize),
    /// The field at this position, if there is one: aliases give a struct more names than fields.
    Position(usize),
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
            Member::Name(Cow::Borrowed(name)) => {
                (name.to_owned(), seed.deserialize(Key(BorrowedStrDeserializer::new(name))))
            }
            Member::Name(Cow::Owned(name)) => {
                let key = seed.deserialize(Key(name.as_str().into_deserializer()));
                (name, key)
            }
            Member::Field(index) => (index.to_string(), seed.deserialize(position(index))),
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

/// Deserializes a nested value, and sets its position in an error of the seed itself.
fn read_child<'n, 'de, T: DeserializeSeed<'de>>(
    parent: &ExactDeserializer<'n, 'de>,
    input: Input<'n, 'de>,
    segment: impl fmt::Display,
    seed: T,
) -> Result<T::Value, ExactError> {
    let child = parent.child(input, segment);
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
        self.content("a variant with fields")?.object(visitor, Some(("", fields)))
    }
}

/// The name of a member as the key of a map: numbers are strings there.
struct Key<D>(D);

macro_rules! number_keys {
    ($($method:ident $visit:ident: $number:ty),* $(,)?) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
            let text: Cow<'de, str> = CowStr::deserialize(self.0)?.0;
            match text.parse::<$number>() {
                // In the canonical spelling only: "01" and "1" are different names.
                Ok(number) if number.to_string() == text => visitor.$visit(number),
                _ => Err(ExactError::invalid_type(Unexpected::Str(&text), &visitor)),
            }
        }
    )* };
}

impl<'de, D: Deserializer<'de, Error = ExactError>> Deserializer<'de> for Key<D> {
    type Error = ExactError;

    number_keys! {
        deserialize_i8 visit_i8: i8, deserialize_i16 visit_i16: i16, deserialize_i32 visit_i32: i32,
        deserialize_i64 visit_i64: i64, deserialize_i128 visit_i128: i128, deserialize_u8 visit_u8: u8,
        deserialize_u16 visit_u16: u16, deserialize_u32 visit_u32: u32, deserialize_u64 visit_u64: u64,
        deserialize_u128 visit_u128: u128, deserialize_f32 visit_f32: f32, deserialize_f64 visit_f64: f64,
        deserialize_bool visit_bool: bool,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ExactError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ExactError> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
