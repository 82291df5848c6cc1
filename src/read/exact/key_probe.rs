//! Records as what a type asks for the key of a map.

use serde::de::{Deserializer, Expected, Visitor};

use super::cursor::ExactDeserializer;
use super::discovery::KeyRequest;
use super::mismatch::ExactError;
use super::placeholder;
use crate::read::key::Key;

/// Deserializes the key of an entry that an exploration shows a map, from a candidate of the kind that the type asks for.
pub(super) struct KeyProbe<'p, 'n, 'de> {
    pub(super) map: &'p ExactDeserializer<'n, 'de>,
}

impl KeyProbe<'_, '_, '_> {
    fn record(&self, request: KeyRequest) {
        self.map.replay.record_key(&self.map.at, request);
    }

    /// The type rejects the map if it rejects the key, so the candidates of the map are those of the key.
    fn candidate(&self, expected: &str) -> &'static str {
        placeholder::string(expected, self.map.attempt)
    }
}

macro_rules! integers {
    ($($method:ident: $request:ident($bits:literal)),* $(,)?) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
            self.record(KeyRequest::$request($bits));
            visitor.visit_i64(placeholder::integer(self.map.attempt))
        }
    )* };
}

macro_rules! texts {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
            let expected = (&visitor as &dyn Expected).to_string();
            let candidate = self.candidate(&expected);
            self.record(KeyRequest::Text(expected));
            visitor.visit_str(candidate)
        }
    )* };
}

macro_rules! others {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
            self.record(KeyRequest::Other);
            Key::copied(self.candidate("")).$method(visitor)
        }
    )* };
}

impl<'de> Deserializer<'de> for KeyProbe<'_, '_, 'de> {
    type Error = ExactError;

    integers! {
        deserialize_i8: Signed(8), deserialize_i16: Signed(16), deserialize_i32: Signed(32), deserialize_i64: Signed(64),
        deserialize_i128: Signed(128), deserialize_u8: Unsigned(8), deserialize_u16: Unsigned(16),
        deserialize_u32: Unsigned(32), deserialize_u64: Unsigned(64), deserialize_u128: Unsigned(128),
    }

    texts! { deserialize_str deserialize_string }

    others! {
        deserialize_any deserialize_f32 deserialize_f64 deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_seq deserialize_map deserialize_ignored_any
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.record(KeyRequest::Boolean);
        visitor.visit_bool(self.map.attempt % 2 == 1)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.record(KeyRequest::Character);
        visitor.visit_char('a')
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, _: V) -> Result<V::Value, ExactError> {
        self.record(KeyRequest::Field);
        // The next pass shows no entry.
        Err(ExactError::wrong("a struct", "an entry"))
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
        self.record(KeyRequest::Variant(variants));
        let variant = variants.get(self.map.attempt % variants.len().max(1)).copied().unwrap_or_default();
        Key::copied(variant).deserialize_enum(name, variants, visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ExactError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ExactError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, ExactError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ExactError> {
        self.deserialize_map(visitor)
    }
}
