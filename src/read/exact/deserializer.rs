//! Deserialization of a tree or of placeholders.

use std::borrow::Cow;
use std::collections::HashMap;

use json_document::text::{self as json, Tree, Value};
use serde::de::value::{BorrowedStrDeserializer, MapDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error as _, Expected, Unexpected, Visitor};
use serde_json::Number;

use super::access::{Items, Member, Members, Variant, is_buffer};
use super::cursor::{ExactDeserializer, Input, ObjectRequest};
use super::discovery::JsonKind;
use super::mismatch::{ErrorKind, ExactError, expectation, one_of, reject};
use super::notation::IntegerNotation;
use super::placeholder::{self, Offer};
use super::replay::Duplicate;
use crate::read::canonical::has_half_surrogate;
use crate::read::key::visit_number;
use crate::read::limits::Limits;
use crate::wire::HALF_SURROGATE;

impl<'n, 'de> ExactDeserializer<'n, 'de> {
    /// Passes a value to a visitor, and completes the error of a visitor that rejects it.
    fn visit<V: Visitor<'de>>(
        self,
        visitor: V,
        pass: impl FnOnce(V, &Self, &str) -> Result<V::Value, ExactError>,
    ) -> Result<V::Value, ExactError> {
        let expected = expectation(&visitor as &dyn Expected);
        let result = pass(visitor, &self, &expected).map_err(|mut error| {
            if error.at.is_none()
                && let ErrorKind::Wrong { expected: reported, found } = &mut error.kind
                && reported.is_empty()
            {
                // The message of the type may contain the value.
                *found = reject(self.input.describe());
                *reported = expected;
            }
            error
        });
        self.place(result)
    }

    /// Records the kind of JSON that the type asks for.
    fn request(&self, kind: JsonKind) {
        self.replay.record_request(&self.at, Some(kind));
    }

    fn scalar<V: Visitor<'de>>(
        self,
        visitor: V,
        placeholder: impl FnOnce(V, usize, &str) -> Result<V::Value, ExactError>,
    ) -> Result<V::Value, ExactError> {
        self.visit(visitor, |visitor, this, expected| match this.input {
            Input::Placeholder => placeholder(visitor, this.attempt, expected),
            Input::Node(node) => match &node.value {
                Value::Null => visitor.visit_unit(),
                Value::Boolean(value) => visitor.visit_bool(*value),
                Value::Number(number) => match parse_number(number) {
                    Some(number) => visit_number(&number, visitor),
                    None => Err(ExactError::wrong(expected, "a number out of range")),
                },
                Value::String(text) if has_half_surrogate(node.raw, text) => {
                    let expected = if this.is_buffered { "a string" } else { expected };
                    Err(ExactError::wrong(expected, HALF_SURROGATE))
                }
                Value::String(text) => visit_text(text, visitor),
                Value::Array(_) => Err(ExactError::invalid_type(Unexpected::Seq, &visitor)),
                Value::Object(_) => Err(ExactError::invalid_type(Unexpected::Map, &visitor)),
            },
        })
    }

    fn integer<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        if let Input::Node(Tree { value: Value::Number(raw), .. }) = self.input
            && let Some(number) = parse_number(raw)
            && !number.is_u64()
            && !number.is_i64()
        {
            // 3.0 and 3e0 are integers to every JSON Schema validator, and exact as an `i64`.
            if let Some(integer) = as_integer(&number) {
                self.replay.record_coerced(self.at.clone(), IntegerNotation::from_text(raw));
                return self.visit(visitor, |visitor, _, _| visitor.visit_i64(integer));
            }
            let (signed, unsigned) = (raw.parse::<i128>(), raw.parse::<u128>());
            return self.visit(visitor, |visitor, _, expected| match (signed, unsigned) {
                (Ok(integer), _) => visitor.visit_i128(integer),
                (_, Ok(integer)) => visitor.visit_u128(integer),
                _ => Err(ExactError::wrong(expected, describe_number(raw))),
            });
        }
        self.scalar(visitor, |visitor, attempt, _| visitor.visit_i64(placeholder::integer(attempt)))
    }

    fn string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        let variant = match self.input {
            Input::Placeholder => self.replay.variant(&self.at),
            Input::Node(_) => None,
        };
        self.scalar(visitor, |visitor, attempt, expected| {
            visitor.visit_str(variant.unwrap_or_else(|| placeholder::string(expected, attempt)))
        })
    }

    pub(super) fn object<V: Visitor<'de>>(
        mut self,
        visitor: V,
        request: ObjectRequest,
    ) -> Result<V::Value, ExactError> {
        let fields = match request {
            ObjectRequest::Struct { name, fields } => Some((name, fields)),
            ObjectRequest::Map | ObjectRequest::Any => None,
        };
        if let Some((name, fields)) = fields
            && self.replay.record_struct(&self.at, name, fields)
        {
            self.is_exhaustive = false;
        }
        let members: Vec<(Member<'de>, Input<'n, 'de>)> = match self.input {
            Input::Placeholder if self.depth > Limits::MAX_DEPTH => {
                return self.place(Err(ExactError::wrong("", "an infinitely nested type")));
            }
            Input::Placeholder => Vec::new(),
            Input::Node(Tree { value: Value::Object(members), raw, offset }) => self.members(members, raw, *offset),
            Input::Node(_) => {
                return self.scalar(visitor, |_, _, _| unreachable!("the input is a node"));
            }
        };
        let duplicates = self.replay.duplicate(&self.at).into_iter().flat_map(|member| [member; 2]);
        let duplicates = duplicates.map(|member| match member {
            Duplicate::Field(index) => Member::Field(index),
            Duplicate::Name(name) => Member::Name(Cow::Borrowed(name)),
        });
        // A struct that misses a field all the same knows its fields by name only: `std::time::Duration`.
        let knows_positions = self.replay.is_exploration() && self.replay.added_members(&self.at).is_empty();
        let positions = match (self.input, fields) {
            (Input::Placeholder, Some((_, fields))) if knows_positions => 0..fields.len(),
            _ => 0..0,
        };
        let positions = positions.filter(|position| !self.replay.omits(&self.at, *position)).map(Member::Position);
        let added = self.replay.added_members(&self.at).iter().map(|name| Member::Name(Cow::Owned(name.clone())));
        let is_shown_entry =
            self.is_exhaustive && matches!((self.input, request), (Input::Placeholder, ObjectRequest::Map));
        let entry = if is_shown_entry { self.replay.map_entry(&self.at) } else { None };
        let placeholders = duplicates.chain(positions).chain(added).chain(entry.map(Member::Entry));
        let placeholders = placeholders.map(|member| (member, Input::Placeholder));
        let members = members.into_iter().chain(placeholders);
        let access = Members { left: members.collect::<Vec<_>>().into_iter(), next: None, parent: &self };
        let result = visitor.visit_map(access);
        self.place(result)
    }

    /// Returns the members of an object with the substitutions applied.
    fn members(&self, members: &'n [json::Member<'de>], raw: &str, start: usize) -> Vec<(Member<'de>, Input<'n, 'de>)> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let (mut first, mut deferred) = (Vec::new(), Vec::new());
        for json::Member { name, tree: node, offset } in members {
            let quoted = || raw.get(offset - start..node.offset - start).unwrap_or_default();
            let quoted = || quoted().trim_end_matches([' ', '\t', '\n', '\r', ':']);
            if matches!(name, Cow::Owned(_)) && has_half_surrogate(quoted(), name) {
                first.push((Member::HalfSurrogate, Input::Node(node)));
                continue;
            }
            if let Some(max) = self.replay.max_occurrences(|| self.at.join(name)) {
                let count = counts.entry(name).or_insert(0);
                *count += 1;
                if *count > max {
                    continue;
                }
            }
            let member = (Member::Name(name.clone()), Input::Node(node));
            if self.replay.is_deferred(|| self.at.join(name)) {
                deferred.push(member);
            } else {
                first.push(member);
            }
        }
        first.append(&mut deferred);
        first
    }

    pub(super) fn array<V: Visitor<'de>>(self, visitor: V, length: Option<usize>) -> Result<V::Value, ExactError> {
        let items: Vec<Input<'n, 'de>> = match self.input {
            Input::Placeholder if self.depth > Limits::MAX_DEPTH => {
                return self.place(Err(ExactError::wrong("", "an infinitely nested type")));
            }
            Input::Placeholder => {
                let count = if self.is_exhaustive { 1 } else { self.attempt % 3 };
                vec![Input::Placeholder; length.unwrap_or(count)]
            }
            Input::Node(Tree { value: Value::Array(items), .. }) => {
                let is_shown = |index: usize| self.replay.max_occurrences(|| self.at.join(index)) != Some(0);
                let items = items.iter().enumerate().filter(|(index, _)| is_shown(*index));
                items.map(|(_, item)| Input::Node(item)).collect()
            }
            Input::Node(_) => {
                return self.scalar(visitor, |_, _, _| unreachable!("the input is a node"));
            }
        };
        let expected = expectation(&visitor as &dyn Expected);
        let mut access = Items { left: items.into_iter(), index: 0, parent: &self };
        let mut result = visitor.visit_seq(&mut access);
        if result.is_ok() && access.left.len() > 0 {
            let length = access.index + access.left.len();
            result = Err(ExactError::wrong(expected, format!("{length} items")));
        }
        self.place(result)
    }

    /// Visits a candidate for a placeholder.
    fn visit_offer<V: Visitor<'de>>(self, visitor: V, offered: Offer) -> Result<V::Value, ExactError> {
        match offered {
            Offer::Null => self.visit(visitor, |visitor, _, _| visitor.visit_unit()),
            Offer::Boolean(value) => self.visit(visitor, |visitor, _, _| visitor.visit_bool(value)),
            // As `serde_json` does: positive integers are unsigned.
            Offer::Integer(value) => self.visit(visitor, |visitor, _, _| match u64::try_from(value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_i64(value),
            }),
            Offer::Float(value) => self.visit(visitor, |visitor, _, _| visitor.visit_f64(value)),
            Offer::Text(text) => self.visit(visitor, |visitor, _, _| visitor.visit_str(text)),
            Offer::Array(length) => self.array(visitor, Some(length)),
            Offer::Object => self.object(visitor, ObjectRequest::Any),
            Offer::Variant(name) => {
                let members = vec![(Member::Name(Cow::Borrowed(name)), Input::Placeholder)];
                let access = Members { left: members.into_iter(), next: None, parent: &self };
                let result = visitor.visit_map(access);
                self.place(result)
            }
        }
    }
}

fn describe_number(text: &str) -> &'static str {
    let has_fraction = text.parse::<f64>().is_ok_and(|number| number.fract() != 0.0);
    if has_fraction { "a number with a fraction" } else { "a number out of range" }
}

#[expect(clippy::cast_possible_truncation, reason = "the range was checked just before")]
fn as_integer(number: &Number) -> Option<i64> {
    /// 2^53: all integers up to it are exact as an `f64`.
    const MAX_EXACT: f64 = 9_007_199_254_740_992.0;
    let value = number.as_f64()?;
    (value.fract() == 0.0 && value.abs() <= MAX_EXACT).then_some(value as i64)
}

/// Returns `None` for a number out of the range of an `f64`, such as `1e400`.
fn parse_number(text: &str) -> Option<Number> {
    serde_json::from_str(text).ok()
}

fn visit_text<'de, V: Visitor<'de>>(text: &Cow<'de, str>, visitor: V) -> Result<V::Value, ExactError> {
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_str(text),
    }
}

macro_rules! by_kind {
    ($kind:ident($request:ident): $($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
            self.request(JsonKind::$request);
            self.$kind(visitor)
        }
    )* };
}

/// Name of the struct under which `serde_json` deserializes a `RawValue`.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

impl<'de> Deserializer<'de> for ExactDeserializer<'_, 'de> {
    type Error = ExactError;

    by_kind! { integer(Integer):
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    by_kind! { string(String): deserialize_str deserialize_string }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.string(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.replay.record_request(&self.at, None);
        let offered = match self.input {
            Input::Placeholder => self.replay.offer(&self.at),
            Input::Node(_) => None,
        };
        if self.is_buffered || is_buffer::<V::Value>() {
            self.record_buffered(offered.map_or_else(|| self.describe_shown(), Offer::describe));
        }
        if let Some(offered) = offered {
            return self.visit_offer(visitor, offered);
        }
        match self.input {
            Input::Node(Tree { value: Value::Array(_), .. }) => self.array(visitor, None),
            Input::Node(Tree { value: Value::Object(_), .. }) => self.object(visitor, ObjectRequest::Any),
            Input::Node(_) => self.scalar(visitor, |_, _, _| unreachable!("the input is a node")),
            Input::Placeholder => match self.attempt % 6 {
                0 => self.object(visitor, ObjectRequest::Any),
                1 => self.string(visitor),
                2 => self.scalar(visitor, |visitor, _, _| visitor.visit_unit()),
                3 => self.scalar(visitor, |visitor, _, _| visitor.visit_u64(1)),
                4 => self.scalar(visitor, |visitor, _, _| visitor.visit_bool(false)),
                _ => self.array(visitor, None),
            },
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.request(JsonKind::Boolean);
        self.scalar(visitor, |visitor, attempt, _| visitor.visit_bool(attempt % 2 == 1))
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        // Rounded once, as `serde_json` does: by way of an `f64` it would be rounded twice.
        if let Input::Node(Tree { value: Value::Number(raw), .. }) = self.input
            && parse_number(raw).is_some()
            && let Ok(value) = raw.parse::<f32>()
        {
            return self.visit(visitor, |visitor, _, expected| {
                if value.is_finite() {
                    visitor.visit_f32(value)
                } else {
                    // Infinity would be serialized as null.
                    Err(ExactError::wrong(expected, "a number out of range"))
                }
            });
        }
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.request(JsonKind::Number);
        let replay = self.replay;
        self.scalar(visitor, |visitor, attempt, _| {
            let is_nan = attempt == 0 && replay.is_non_finite();
            visitor.visit_f64(if is_nan { f64::NAN } else { placeholder::float(attempt) })
        })
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.request(JsonKind::String);
        self.scalar(visitor, |visitor, _, _| visitor.visit_char('a'))
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.replay.record_request(&self.at, None);
        match self.input {
            Input::Node(Tree { value: Value::Array(_), .. }) => self.array(visitor, None),
            _ => self.string(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        match self.input {
            Input::Node(Tree { value: Value::Null, .. }) => {
                let result = visitor.visit_none();
                self.place(result)
            }
            Input::Placeholder if !self.is_exhaustive && !self.replay.is_poison(&self.at) => {
                let result = visitor.visit_none();
                self.place(result)
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.request(JsonKind::Null);
        self.scalar(visitor, |visitor, _, _| visitor.visit_unit())
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ExactError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ExactError> {
        if name != RAW_VALUE {
            return visitor.visit_newtype_struct(self);
        }
        self.replay.record_request(&self.at, None);
        let text = match self.input {
            Input::Node(node) => node.raw,
            Input::Placeholder => "null",
        };
        let member = std::iter::once((StrDeserializer::new(RAW_VALUE), BorrowedStrDeserializer::new(text)));
        let result = visitor.visit_map(MapDeserializer::new(member));
        self.place(result)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.request(JsonKind::Array);
        self.array(visitor, None)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, ExactError> {
        self.request(JsonKind::Array);
        self.array(visitor, Some(length))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, ExactError> {
        self.request(JsonKind::Array);
        self.array(visitor, Some(length))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.request(JsonKind::Object);
        self.object(visitor, ObjectRequest::Map)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ExactError> {
        self.request(JsonKind::Object);
        self.object(visitor, ObjectRequest::Struct { name, fields })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ExactError> {
        self.replay.record_request(&self.at, None);
        let result = match self.input {
            Input::Placeholder => {
                self.replay.record_enum(&self.at, variants);
                let (name, content) = match variants {
                    [] => ("", None),
                    _ if self.replay.has_unknown_variant(&self.at) => {
                        (placeholder::UNKNOWN_VARIANT, Some(Input::Placeholder))
                    }
                    variants => {
                        self.replay.record_choice(&self.at, variants, self.attempt);
                        (variants[self.attempt % variants.len()], Some(Input::Placeholder))
                    }
                };
                visitor.visit_enum(Variant { name, content, parent: &self })
            }
            Input::Node(Tree { value: Value::String(text), raw, .. }) if has_half_surrogate(raw, text) => {
                Err(ExactError::wrong(one_of(variants), HALF_SURROGATE))
            }
            Input::Node(Tree { value: Value::String(text), .. }) => {
                visitor.visit_enum(Variant { name: text, content: None, parent: &self })
            }
            Input::Node(Tree { value: Value::Object(members), .. }) if members.len() == 1 => {
                let json::Member { name, tree: content, .. } = &members[0];
                visitor.visit_enum(Variant { name, content: Some(Input::Node(content)), parent: &self })
            }
            Input::Node(node) => {
                let expected = match variants {
                    [] => expectation(&visitor as &dyn Expected),
                    variants => one_of(variants),
                };
                Err(ExactError::wrong(expected, node.value.describe()))
            }
        };
        self.place(result)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.replay.record_request(&self.at, None);
        visitor.visit_unit()
    }
}
