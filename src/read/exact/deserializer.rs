//! A deserializer over the tree, which knows where it stands.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error as _, Expected, Unexpected, Visitor};
use serde_json::Number;

use super::access::{Items, Member, Members, Variant};
use super::exam::{Exam, Twice};
use super::mistake::{ErrorKind, ExactError, expectation, one_of};
use crate::read::limits::Limits;
use json_document::Pointer;
use json_document::text::{self as json, Tree, Value};

#[derive(Clone, Copy)]
pub(in crate::read) enum Input<'n, 'de> {
    Node(&'n Tree<'de>),
    /// Whatever is asked for.
    StandIn,
}

/// A deserializer over a tree, with the exam's changes to it.
pub(in crate::read) struct ExactDeserializer<'n, 'de> {
    pub(super) input: Input<'n, 'de>,
    exam: &'n Exam,
    pub(super) at: Pointer,
    attempt: usize,
    depth: usize,
    /// Whether what is optional is looked into as well, to explore the shape of a type: until a struct comes again, for
    /// a type may contain itself.
    explores: bool,
}

impl<'n, 'de> ExactDeserializer<'n, 'de> {
    /// Begins a pass.
    pub(in crate::read) fn new(input: Input<'n, 'de>, exam: &'n Exam) -> Self {
        if let Some(explored) = &exam.explored {
            explored.take();
        }
        Self::at(input, exam, Pointer::ROOT, 0, exam.explored.is_some())
    }

    fn at(input: Input<'n, 'de>, exam: &'n Exam, at: Pointer, depth: usize, explores: bool) -> Self {
        let (input, attempt) = match exam.stand_ins.get(&at) {
            Some(attempt) => (Input::StandIn, *attempt),
            None => (input, 0),
        };
        Self { input, exam, at, attempt, depth, explores }
    }

    fn describe(&self) -> &'static str {
        match self.input {
            Input::Node(node) => node.value.describe(),
            Input::StandIn => "a stand-in",
        }
    }

    /// Whether anything was put in: then what comes out is not what was sent.
    pub(in crate::read) fn is_made_up(&self) -> bool {
        self.exam.explored.is_some() || !self.exam.stand_ins.is_empty() || !self.exam.added.is_empty()
    }

    pub(super) fn child(&self, input: Input<'n, 'de>, segment: impl fmt::Display) -> Self {
        let at = self.at.join(segment);
        self.exam.spend(1 + at.as_str().len() / 32);
        Self::at(input, self.exam, at, self.depth + 1, self.explores)
    }

    /// Whether the exam has taken all the work that it may.
    pub(super) fn is_over(&self) -> bool {
        self.exam.is_over()
    }

    /// Says of an error where it is, unless something further inside has said so.
    pub(super) fn place<T>(&self, result: Result<T, ExactError>) -> Result<T, ExactError> {
        result.map_err(|mut error| {
            if error.at.is_none() {
                error.at = Some(self.at.clone());
                error.stand_in = matches!(self.input, Input::StandIn);
            }
            error
        })
    }

    /// Hands a value to a visitor; what the visitor says of it is put in our words.
    fn visit<V: Visitor<'de>>(
        self,
        visitor: V,
        hand: impl FnOnce(V, &Self, &str) -> Result<V::Value, ExactError>,
    ) -> Result<V::Value, ExactError> {
        let expected = expectation(&visitor as &dyn Expected);
        let result = hand(visitor, &self, &expected).map_err(|mut error| {
            if error.at.is_none()
                && let ErrorKind::Wrong { expected: asked, found } = &mut error.kind
                && asked.is_empty()
            {
                // What the type itself says may hold the value: it is not passed on.
                *found = format!("{} that is none", self.describe());
                *asked = expected;
            }
            error
        });
        self.place(result)
    }

    fn scalar<V: Visitor<'de>>(
        self,
        visitor: V,
        stand_in: impl FnOnce(V, usize, &str) -> Result<V::Value, ExactError>,
    ) -> Result<V::Value, ExactError> {
        self.visit(visitor, |visitor, this, expected| match this.input {
            Input::StandIn => stand_in(visitor, this.attempt, expected),
            Input::Node(node) => match &node.value {
                Value::Null => visitor.visit_unit(),
                Value::Boolean(value) => visitor.visit_bool(*value),
                Value::Number(number) => match parse_number(number) {
                    Some(number) => visit_number(&number, visitor),
                    None => Err(ExactError::wrong(expected, "a number too large to be held")),
                },
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
            // 3.0 and 3e0 are integers to every JSON validator, and nothing is lost where serde is told so.
            if let Some(integer) = as_integer(&number) {
                self.exam.coerced.borrow_mut().insert(self.at.clone());
                return self.visit(visitor, |visitor, _, _| visitor.visit_i64(integer));
            }
            let (signed, unsigned) = (raw.parse::<i128>(), raw.parse::<u128>());
            return self.visit(visitor, |visitor, _, expected| match (signed, unsigned) {
                (Ok(integer), _) => visitor.visit_i128(integer),
                (_, Ok(integer)) => visitor.visit_u128(integer),
                _ => Err(ExactError::wrong(expected, describe_number(raw))),
            });
        }
        self.scalar(visitor, |visitor, attempt, _| {
            const CANDIDATES: [i64; 7] = [1, 0, 2, 10, 100, 1000, -1];
            visitor.visit_i64(CANDIDATES[attempt % CANDIDATES.len()])
        })
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.scalar(visitor, |visitor, attempt, expected| visitor.visit_str(stand_in_text(expected, attempt)))
    }

    pub(super) fn object<V: Visitor<'de>>(
        mut self,
        visitor: V,
        fields: Option<(&'static str, &'static [&'static str])>,
    ) -> Result<V::Value, ExactError> {
        if let (Some(explored), Some((name, fields))) = (&self.exam.explored, fields) {
            let structs = &mut explored.borrow_mut().structs;
            let came_before = structs.iter().any(|(_, other, names)| (*other, *names) == (name, fields));
            self.explores &= !came_before;
            structs.push((self.at.clone(), name, fields));
        }
        let members: Vec<(Member<'de>, Input<'n, 'de>)> = match self.input {
            Input::StandIn if self.depth > Limits::DEEPEST => {
                return self.place(Err(ExactError::wrong("", "a type without end")));
            }
            Input::StandIn => Vec::new(),
            Input::Node(Tree { value: Value::Object(members), .. }) => self.members(members),
            Input::Node(_) => {
                return self.scalar(visitor, |_, _, _| unreachable!("the input is a node"));
            }
        };
        let added = self.exam.added.get(&self.at).into_iter().flatten();
        let twice = match &self.exam.twice {
            Some((at, member)) if *at == self.at => Some(*member),
            _ => None,
        };
        let twice = twice.into_iter().flat_map(|twice| [twice; 2]).map(|twice| match twice {
            Twice::Field(index) => Member::Field(index),
            Twice::Name(name) => Member::Name(Cow::Borrowed(name)),
        });
        let every = match (&self.exam.explored, self.input, fields) {
            (Some(_), Input::StandIn, Some((_, fields))) => 0..fields.len(),
            _ => 0..0,
        };
        let every = every.filter(|position| !self.exam.leaves_out(&self.at, *position));
        let added = added.map(|name| Member::Name(Cow::Owned(name.clone())));
        let put_in = twice.chain(every.map(Member::Position)).chain(added).map(|member| (member, Input::StandIn));
        let members = members.into_iter().chain(put_in);
        let access = Members { left: members.collect::<Vec<_>>().into_iter(), next: None, parent: &self };
        let result = visitor.visit_map(access);
        self.place(result)
    }

    /// The members of an object as the exam shows them.
    fn members(&self, members: &'n [json::Member<'de>]) -> Vec<(Member<'de>, Input<'n, 'de>)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for json::Member { name, tree: node, .. } in members {
            if !self.exam.shown.is_empty()
                && let Some(shown) = self.exam.shown.get(&self.at.join(name))
            {
                let count = counts.entry(name).or_insert(0);
                *count += 1;
                if *count > *shown {
                    continue;
                }
            }
            let member = (Member::Name(name.clone()), Input::Node(node));
            if !self.exam.last.is_empty() && self.exam.is_last(&self.at.join(name)) {
                last.push(member);
            } else {
                first.push(member);
            }
        }
        first.append(&mut last);
        first
    }

    pub(super) fn array<V: Visitor<'de>>(self, visitor: V, length: Option<usize>) -> Result<V::Value, ExactError> {
        let items: Vec<Input<'n, 'de>> = match self.input {
            Input::StandIn if self.depth > Limits::DEEPEST => {
                return self.place(Err(ExactError::wrong("", "a type without end")));
            }
            Input::StandIn => {
                let some = if self.explores { 1 } else { self.attempt % 3 };
                vec![Input::StandIn; length.unwrap_or(some)]
            }
            Input::Node(Tree { value: Value::Array(items), .. }) => items.iter().map(Input::Node).collect(),
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
}

fn describe_number(text: &str) -> &'static str {
    let has_fraction = text.parse::<f64>().is_ok_and(|number| number.fract() != 0.0);
    if has_fraction { "a number with a fraction" } else { "a number out of range" }
}

#[expect(clippy::cast_possible_truncation, reason = "the range was checked just before")]
fn as_integer(number: &Number) -> Option<i64> {
    /// Every integer up to here is a double of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let value = number.as_f64()?;
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
}

/// Returns the number, or `None` where none of the number types of `serde_json` can hold it, such as `1e400`.
fn parse_number(text: &str) -> Option<Number> {
    serde_json::from_str(text).ok()
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, ExactError> {
    if let Some(value) = number.as_u64() {
        visitor.visit_u64(value)
    } else if let Some(value) = number.as_i64() {
        visitor.visit_i64(value)
    } else {
        visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
    }
}

fn visit_text<'de, V: Visitor<'de>>(text: &Cow<'de, str>, visitor: V) -> Result<V::Value, ExactError> {
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_str(text),
    }
}

/// Texts that types are known to accept: the one that the expectation speaks of first, then all in turn.
fn stand_in_text(expected: &str, attempt: usize) -> &'static str {
    const CANDIDATES: [(&str, &str); 15] = [
        ("uuid", "00000000-0000-7000-8000-000000000000"),
        ("date and time", "2000-01-01T00:00:00Z"),
        ("rfc 3339", "2000-01-01T00:00:00Z"),
        ("date", "2000-01-01"),
        ("time", "00:00:00"),
        ("url", "https://example.com/"),
        ("address", "192.0.2.1"),
        ("duration", "PT1S"),
        ("character", "a"),
        ("currency", "EUR"),
        ("country", "DE"),
        ("mail", "a@example.com"),
        ("number", "1"),
        ("version", "1.0.0"),
        ("word", "aaaaaaaa"),
    ];
    let asked = expected.to_lowercase();
    let meant = CANDIDATES.iter().find(|(word, _)| asked.contains(word)).map(|(_, text)| *text);
    match (meant, attempt) {
        (Some(text), 0) => text,
        (None, 0) => "",
        (_, attempt) => CANDIDATES[(attempt - 1) % CANDIDATES.len()].1,
    }
}

macro_rules! by_kind {
    ($kind:ident: $($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
            self.$kind(visitor)
        }
    )* };
}

/// The name under which `serde_json` asks for the text of a value as it stands.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// A variant that no enum has.
const UNHEARD_OF: &str = "\u{1}unheard of\u{1}";

impl<'de> Deserializer<'de> for ExactDeserializer<'_, 'de> {
    type Error = ExactError;

    by_kind! { integer:
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    by_kind! { text: deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        match self.input {
            Input::Node(Tree { value: Value::Array(_), .. }) => self.array(visitor, None),
            Input::Node(Tree { value: Value::Object(_), .. }) => self.object(visitor, None),
            Input::Node(_) => self.scalar(visitor, |_, _, _| unreachable!("the input is a node")),
            Input::StandIn => match self.attempt % 6 {
                0 => self.object(visitor, None),
                1 => self.text(visitor),
                2 => self.scalar(visitor, |visitor, _, _| visitor.visit_unit()),
                3 => self.scalar(visitor, |visitor, _, _| visitor.visit_u64(1)),
                4 => self.scalar(visitor, |visitor, _, _| visitor.visit_bool(false)),
                _ => self.array(visitor, None),
            },
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.scalar(visitor, |visitor, attempt, _| visitor.visit_bool(attempt % 2 == 1))
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        // Rounded once, as the fast way does: by way of a double it would be rounded twice.
        if let Input::Node(Tree { value: Value::Number(raw), .. }) = self.input
            && parse_number(raw).is_some()
            && let Ok(value) = raw.parse::<f32>()
        {
            return self.visit(visitor, |visitor, _, expected| {
                if value.is_finite() {
                    visitor.visit_f32(value)
                } else {
                    // It would be infinity, and be written on as null.
                    Err(ExactError::wrong(expected, "a number out of range"))
                }
            });
        }
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.scalar(visitor, |visitor, attempt, _| visitor.visit_f64([1.0, 0.0, 100.0][attempt % 3]))
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.scalar(visitor, |visitor, _, _| visitor.visit_char('a'))
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        match self.input {
            Input::Node(Tree { value: Value::Array(_), .. }) => self.array(visitor, None),
            _ => self.text(visitor),
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
            Input::StandIn if !self.explores => {
                let result = visitor.visit_none();
                self.place(result)
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
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
        let text = match self.input {
            Input::Node(node) => node.raw,
            Input::StandIn => "null",
        };
        let member = std::iter::once((StrDeserializer::new(RAW_VALUE), BorrowedStrDeserializer::new(text)));
        let result = visitor.visit_map(MapDeserializer::new(member));
        self.place(result)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.array(visitor, None)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, ExactError> {
        self.array(visitor, Some(length))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, ExactError> {
        self.array(visitor, Some(length))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.object(visitor, None)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ExactError> {
        self.object(visitor, Some((name, fields)))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ExactError> {
        let result = match self.input {
            Input::StandIn => {
                if let Some(explored) = &self.exam.explored {
                    explored.borrow_mut().enums.push((self.at.clone(), variants));
                }
                let (name, content) = match variants {
                    [] => ("", None),
                    _ if self.exam.unheard_of.as_ref() == Some(&self.at) => (UNHEARD_OF, Some(Input::StandIn)),
                    variants => (variants[self.attempt % variants.len()], Some(Input::StandIn)),
                };
                visitor.visit_enum(Variant { name, content, parent: &self })
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
        visitor.visit_unit()
    }
}
