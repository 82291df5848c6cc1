//! The wrapper of deserializers.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, EnumAccess, Error, Visitor};
use serde_json::value::RawValue;

use super::access::TrackedEnum;
use super::tracker::{NoteKind, TOO_DEEP, TOO_MANY_NOTES};
use super::watch::{Fields, Tracked, TrackedVisitor, Watch};
use crate::open::OPEN;
use crate::read::limits;

/// Wraps the visitor of anything but a struct.
fn watch<'t, 'de, 'a, V>(watch: Watch<'t, 'de, 'a>, visitor: V) -> TrackedVisitor<'t, 'de, 'a, V> {
    TrackedVisitor { visitor, watch, fields: None }
}

macro_rules! pass {
    ($($method:ident)*) => { $(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(visitor)
        }
    )* };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tracked<'_, 'de, '_, D> {
    type Error = D::Error;

    pass! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
        deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_unit deserialize_identifier
    }

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, D::Error> {
        if !self.watch.path.is_buffered {
            self.watch.path.is_buffered = true;
            let tracker = self.watch.tracker;
            tracker.push_buffered(self.watch.path.to_pointer());
            if tracker.is_full() {
                return Err(D::Error::custom(TOO_MANY_NOTES));
            }
        }
        self.inner.deserialize_any(watch(self.watch, visitor))
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_option(watch(self.watch, visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_unit_struct(name, visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_newtype_struct(name, watch(self.watch, visitor))
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_seq(watch(self.watch, visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple(len, watch(self.watch, visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple_struct(name, len, watch(self.watch, visitor))
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(watch(self.watch, visitor))
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = TrackedVisitor { visitor, watch: self.watch, fields: Some(Fields { name, names: fields }) };
        self.inner.deserialize_struct(name, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = EnumVisitor { visitor, watch: self.watch, is_open: name == OPEN };
        self.inner.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let Watch { path, tracker } = self.watch;
        let value = if tracker.keep_unknown {
            let raw = <&RawValue>::deserialize(self.inner)?;
            if limits::depth(raw.get()) + path.depth > tracker.max_depth {
                return Err(D::Error::custom(TOO_DEEP));
            }
            self.watch.note(NoteKind::Unknown { raw: Some(raw.to_owned()), is_certain: true });
            visitor.visit_unit()
        } else {
            self.watch.note(NoteKind::Unknown { raw: None, is_certain: true });
            self.inner.deserialize_ignored_any(visitor)
        };
        tracker.is_ignored.set(true);
        if tracker.is_full() {
            return Err(D::Error::custom(TOO_MANY_NOTES));
        }
        value
    }
}

/// A visitor of an enum, which is an [`Open`](crate::Open) or not.
struct EnumVisitor<'t, 'de, 'a, V> {
    visitor: V,
    watch: Watch<'t, 'de, 'a>,
    is_open: bool,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for EnumVisitor<'_, 'de, '_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(TrackedEnum { inner, watch: self.watch, is_open: self.is_open })
    }
}
