//! The slow and exact way to read a payload, taken only after the fast one has failed.
//!
//! Serde stops at the first mistake and says of most mistakes only what, not where. Here a payload is read from a
//! tree, by a deserializer that knows where it stands. Where it meets a mistake, the mistake is noted, a *stand-in* is
//! put in the place of the wrong value, and the payload is read again: so the next mistake comes to light. A stand-in
//! is whatever the type asks for (a text, a number, a date, the first variant); types that check their own values are
//! offered several. What came of stand-ins is never handed out: one mistake, and the payload is not read.
//!
//! The number of passes is bounded, and so the cost stays linear in the length of the text.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer, StrDeserializer, U64Deserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde_json::Number;
use serde_json::value::RawValue;

use super::error::Mismatch;
use super::limits::Limits;
use crate::kept::members;
use crate::pointer::Pointer;

/// How often one payload is read at the most.
const PASSES: usize = 200;
/// How many mistakes are reported at the most.
const MISMATCHES: usize = 50;
/// How many stand-ins a type is offered.
const STAND_INS: usize = 20;

/// A JSON value with the text it was read from.
#[derive(Debug)]
pub(super) struct Node<'de> {
    raw: &'de RawValue,
    kind: Kind<'de>,
}

#[derive(Debug)]
enum Kind<'de> {
    Null,
    Bool(bool),
    /// `None` where no number type of serde's can hold it; the text has it all the same.
    Number(Option<Number>),
    Text(Cow<'de, str>),
    Array(Vec<Node<'de>>),
    Object(Vec<(Cow<'de, str>, Node<'de>)>),
}

impl<'de> Node<'de> {
    /// Takes a JSON text apart. `None` where it is nested deeper than `depth`.
    pub(super) fn new(raw: &'de RawValue, depth: usize) -> Option<Self> {
        let text = raw.get();
        let below = || depth.checked_sub(1);
        // The text is valid JSON: RawValue checked it. Only numbers can still be more than a type can hold.
        let kind = match text.as_bytes()[0] {
            b'n' => Kind::Null,
            b't' => Kind::Bool(true),
            b'f' => Kind::Bool(false),
            b'"' => Kind::Text(serde_json::from_str::<crate::kept::Name<'de>>(text).ok()?.0),
            b'[' => {
                let depth = below()?;
                let items: Vec<&'de RawValue> = serde_json::from_str(text).ok()?;
                Kind::Array(items.into_iter().map(|item| Node::new(item, depth)).collect::<Option<_>>()?)
            }
            b'{' => {
                let depth = below()?;
                let members = members(text).ok()?.into_iter();
                Kind::Object(
                    members.map(|(name, value)| Some((name, Node::new(value, depth)?))).collect::<Option<_>>()?,
                )
            }
            _ => Kind::Number(serde_json::from_str(text).ok()),
        };
        Some(Self { raw, kind })
    }

    pub(super) fn raw(&self) -> &'de RawValue {
        self.raw
    }

    pub(super) fn members(&self) -> &[(Cow<'de, str>, Node<'de>)] {
        match &self.kind {
            Kind::Object(members) => members,
            _ => &[],
        }
    }

    pub(super) fn items(&self) -> &[Node<'de>] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "a string",
            Kind::Array(_) => "an array",
            Kind::Object(_) => "an object",
        }
    }
}

/// What is put in the place of what, from pass to pass.
#[derive(Debug, Default)]
pub(super) struct Exam {
    /// Values that are replaced by a stand-in, and which one.
    stand_ins: BTreeMap<Pointer, usize>,
    /// Members that are added to an object.
    added: BTreeMap<Pointer, Vec<String>>,
    /// Members of which only so many are shown.
    shown: BTreeMap<Pointer, usize>,
    /// Values for which no stand-in is good enough: what stands beside them is read before them.
    last: BTreeSet<Pointer>,
    /// Numbers with a fraction of zero that were taken as integers.
    coerced: RefCell<BTreeSet<Pointer>>,
    /// Set while the shape of a type is explored: which member to show twice, in which object.
    pub(super) twice: Option<(Pointer, Twice)>,
    /// What was met on the way, while the shape of a type is explored.
    pub(super) explored: Option<RefCell<Explored>>,
}

/// A member that is shown twice, so that serde names the field it belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Twice {
    /// By the position of the field.
    Field(usize),
    Name(&'static str),
}

/// The structs and enums of a type, and where each can be reached.
#[derive(Debug, Default)]
pub(super) struct Explored {
    pub(super) structs: Vec<(Pointer, &'static str, &'static [&'static str])>,
    pub(super) enums: Vec<(Pointer, usize)>,
}

/// What a pass found out.
pub(super) enum Verdict<T> {
    Read { value: T, coerced: BTreeSet<Pointer> },
    Wrong { mismatches: Vec<Mismatch>, and_more: bool },
}

/// Reads `node` with `read` until nothing new is wrong with it.
pub(super) fn examine<'de, T>(
    node: &Node<'de>,
    mut read: impl FnMut(ExactDeserializer<'_, 'de>) -> Result<T, ExactError>,
) -> Verdict<T> {
    let mut exam = Exam::default();
    let mut mismatches: Vec<Mismatch> = Vec::new();
    for _ in 0..PASSES {
        exam.coerced.borrow_mut().clear();
        match read(ExactDeserializer::new(Input::Node(node), &exam)) {
            Ok(value) if mismatches.is_empty() => {
                return Verdict::Read { value, coerced: exam.coerced.take() };
            }
            Ok(_) => {
                return Verdict::Wrong { mismatches, and_more: false };
            }
            Err(error) => {
                let step = exam.answer(error, &mut mismatches);
                if mismatches.len() >= MISMATCHES {
                    return Verdict::Wrong { mismatches, and_more: true };
                }
                if step == Step::Stuck {
                    return Verdict::Wrong { mismatches, and_more: false };
                }
            }
        }
    }
    Verdict::Wrong { mismatches, and_more: true }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Again,
    Stuck,
}

impl Exam {
    /// Takes an error into account, so that the next pass gets further.
    pub(super) fn answer(&mut self, error: ExactError, mismatches: &mut Vec<Mismatch>) -> Step {
        let at = error.at.unwrap_or_default();
        let mut report = |at: &Pointer, expected: String, found: String| {
            if !error.stand_in && !mismatches.iter().any(|known| known.pointer() == at) {
                mismatches.push(Mismatch::new(at.clone(), expected, found));
                return true;
            }
            false
        };
        match error.kind {
            ErrorKind::Missing(field) => {
                let place = at.join(&field);
                report(&place, "a value (the field is required)".to_owned(), "nothing".to_owned());
                let added = self.added.entry(at).or_default();
                if added.contains(&field) {
                    // The member was there and the type did not count it.
                    return Step::Stuck;
                }
                added.push(field);
                Step::Again
            }
            ErrorKind::Duplicate(field) => {
                let place = at.join(&field);
                report(&place, "one value".to_owned(), "the field again, also under another of its names".to_owned());
                self.hide(place, 1, at)
            }
            ErrorKind::Unknown(field, expected) => {
                let place = at.join(&field);
                report(&place, expected, "a field that is refused".to_owned());
                self.hide(place, 0, at)
            }
            ErrorKind::Wrong { expected, found } => {
                if report(&at, expected, found) {
                    self.stand_ins.insert(at, 0);
                    return Step::Again;
                }
                let tried = self.stand_ins.entry(at.clone()).or_insert(0);
                *tried += 1;
                if *tried < STAND_INS {
                    return Step::Again;
                }
                *tried = 0;
                if self.last.insert(at) { Step::Again } else { Step::Stuck }
            }
        }
    }

    fn hide(&mut self, place: Pointer, shown: usize, parent: Pointer) -> Step {
        if self.shown.insert(place, shown).is_none() {
            return Step::Again;
        }
        // Two names of one field: nothing tells which of them to hide, so that the whole object stands aside.
        if self.last.insert(parent) { Step::Again } else { Step::Stuck }
    }

    /// Begins to explore the shape of a type, with these variants of the enums on the way.
    pub(super) fn explore(variants: &[(Pointer, usize)]) -> Self {
        Self { explored: Some(RefCell::default()), stand_ins: variants.iter().cloned().collect(), ..Self::default() }
    }

    fn is_last(&self, at: &Pointer) -> bool {
        self.last.iter().any(|last| last.is_at_or_under(at))
    }
}

/// What is wrong, and where.
#[derive(Debug)]
pub(super) struct ExactError {
    at: Option<Pointer>,
    /// The mistake is in something that was put in, not in something that was sent.
    stand_in: bool,
    kind: ErrorKind,
}

#[derive(Debug)]
enum ErrorKind {
    Missing(String),
    Duplicate(String),
    Unknown(String, String),
    Wrong { expected: String, found: String },
}

impl ExactError {
    /// The field that came twice, if that is what is wrong.
    pub(super) fn duplicate(&self) -> Option<&str> {
        match &self.kind {
            ErrorKind::Duplicate(field) => Some(field),
            _ => None,
        }
    }

    fn new(kind: ErrorKind) -> Self {
        Self { at: None, stand_in: false, kind }
    }

    fn wrong(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(ErrorKind::Wrong { expected: expected.into(), found: found.into() })
    }
}

impl fmt::Display for ExactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Missing(field) => write!(f, "missing field `{field}`"),
            ErrorKind::Duplicate(field) => write!(f, "duplicate field `{field}`"),
            ErrorKind::Unknown(field, expected) => {
                write!(f, "unknown field `{field}`, expected {expected}")
            }
            ErrorKind::Wrong { expected, found } => write!(f, "expected {expected}, found {found}"),
        }
    }
}

impl std::error::Error for ExactError {}

/// A kind of value, without the value itself: events carry what is nobody's business in a log.
fn describe(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
        Unexpected::Float(_) => "a number with a fraction",
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Enum | Unexpected::UnitVariant => "a string",
        Unexpected::Bytes(_) => "bytes",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq | Unexpected::TupleVariant => "an array",
        Unexpected::Map | Unexpected::StructVariant | Unexpected::NewtypeStruct | Unexpected::NewtypeVariant => {
            "an object"
        }
        Unexpected::Other(_) => "another value",
    }
}

/// What a visitor expects, in words that need no Rust.
fn expectation(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    let range = match text.as_str() {
        "u8" => (0, u64::from(u8::MAX)),
        "u16" => (0, u64::from(u16::MAX)),
        "u32" => (0, u64::from(u32::MAX)),
        "u64" | "usize" => (0, u64::MAX),
        "i8" => (i64::from(i8::MIN), 127),
        "i16" => (i64::from(i16::MIN), 32_767),
        "i32" => (i64::from(i32::MIN), 2_147_483_647),
        "i64" | "isize" => (i64::MIN, 9_223_372_036_854_775_807),
        "f32" | "f64" => return "a number".to_owned(),
        "a map" => return "an object".to_owned(),
        "a sequence" => return "an array".to_owned(),
        text if text.starts_with("struct ") => return "an object".to_owned(),
        _ => return text,
    };
    format!("an integer from {} to {}", range.0, range.1)
}

fn one_of(names: &'static [&'static str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match &names[..] {
        [] => "none".to_owned(),
        [name] => name.clone(),
        names => format!("one of {}", names.join(", ")),
    }
}

impl serde::de::Error for ExactError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        // What the value should have been is added where it is known what was asked for.
        Self::wrong("", message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong(expectation(expected), describe(found))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => {
                "a number out of range".to_owned()
            }
            found => format!("{} that is none", describe(found)),
        };
        Self::wrong(expectation(expected), found)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::wrong(expectation(expected), format!("{length} items"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::wrong(one_of(expected), "another string")
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(ErrorKind::Unknown(field.to_owned(), one_of(expected)))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(ErrorKind::Missing(field.to_owned()))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(ErrorKind::Duplicate(field.to_owned()))
    }
}

#[derive(Clone, Copy)]
pub(super) enum Input<'n, 'de> {
    Node(&'n Node<'de>),
    /// Whatever is asked for.
    StandIn,
}

/// A deserializer over a tree, with the exam's changes to it.
pub(super) struct ExactDeserializer<'n, 'de> {
    input: Input<'n, 'de>,
    exam: &'n Exam,
    at: Pointer,
    attempt: usize,
    depth: usize,
    /// Whether what is optional is looked into as well, to explore the shape of a type: until a struct comes again, for
    /// a type may contain itself.
    explores: bool,
}

impl<'n, 'de> ExactDeserializer<'n, 'de> {
    pub(super) fn new(input: Input<'n, 'de>, exam: &'n Exam) -> Self {
        Self::at(input, exam, Pointer::ROOT, 0, exam.explored.is_some())
    }

    fn at(input: Input<'n, 'de>, exam: &'n Exam, at: Pointer, depth: usize, explores: bool) -> Self {
        let (input, attempt) = match exam.stand_ins.get(&at) {
            Some(attempt) => (Input::StandIn, *attempt),
            None => (input, 0),
        };
        Self { input, exam, at, attempt, depth, explores }
    }

    fn child(&self, input: Input<'n, 'de>, segment: impl fmt::Display) -> Self {
        Self::at(input, self.exam, self.at.join(segment), self.depth + 1, self.explores)
    }

    /// Says of an error where it is, unless something further inside has said so.
    fn place<T>(&self, result: Result<T, ExactError>) -> Result<T, ExactError> {
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
                *found = self.refusal(found);
                *asked = expected;
            }
            error
        });
        self.place(result)
    }

    /// The words of a type that refused a value, without the value.
    fn refusal(&self, message: &str) -> String {
        let kind = match self.input {
            Input::Node(node) => node.describe(),
            Input::StandIn => "a stand-in",
        };
        match self.input {
            Input::Node(Node { kind: Kind::Text(text), .. }) if !text.is_empty() && message.contains(&**text) => {
                format!("{kind} that is none")
            }
            _ => format!("{kind} that is none: {message}"),
        }
    }

    fn scalar<V: Visitor<'de>>(
        self,
        visitor: V,
        stand_in: impl FnOnce(V, usize, &str) -> Result<V::Value, ExactError>,
    ) -> Result<V::Value, ExactError> {
        self.visit(visitor, |visitor, this, expected| match this.input {
            Input::StandIn => stand_in(visitor, this.attempt, expected),
            Input::Node(node) => match &node.kind {
                Kind::Null => visitor.visit_unit(),
                Kind::Bool(value) => visitor.visit_bool(*value),
                Kind::Number(None) => Err(ExactError::wrong(expected, "a number too large to be held")),
                Kind::Number(Some(number)) => visit_number(number, visitor),
                Kind::Text(text) => visit_text(text, visitor),
                Kind::Array(_) => Err(ExactError::invalid_type(Unexpected::Seq, &visitor)),
                Kind::Object(_) => Err(ExactError::invalid_type(Unexpected::Map, &visitor)),
            },
        })
    }

    fn integer<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        if let Input::Node(Node { kind: Kind::Number(Some(number)), raw }) = self.input
            && !number.is_u64()
            && !number.is_i64()
        {
            // 3.0 and 3e0 are integers to every JSON validator, and nothing is lost where serde is told so.
            if let Some(integer) = as_integer(number) {
                self.exam.coerced.borrow_mut().insert(self.at.clone());
                return self.visit(visitor, |visitor, _, _| visitor.visit_i64(integer));
            }
            let (signed, unsigned) = (raw.get().parse::<i128>(), raw.get().parse::<u128>());
            return self.visit(visitor, |visitor, _, expected| match (signed, unsigned) {
                (Ok(integer), _) => visitor.visit_i128(integer),
                (_, Ok(integer)) => visitor.visit_u128(integer),
                _ => Err(ExactError::wrong(expected, "a number with a fraction")),
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

    fn object<V: Visitor<'de>>(
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
            Input::Node(Node { kind: Kind::Object(members), .. }) => self.members(members),
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
        let added = added.map(|name| Member::Name(Cow::Owned(name.clone())));
        let put_in = twice.chain(every.map(Member::Position)).chain(added).map(|member| (member, Input::StandIn));
        let members = members.into_iter().chain(put_in);
        let access = Members { left: members.collect::<Vec<_>>().into_iter(), next: None, parent: &self };
        let result = visitor.visit_map(access);
        self.place(result)
    }

    /// The members of an object as the exam shows them.
    fn members(&self, members: &'n [(Cow<'de, str>, Node<'de>)]) -> Vec<(Member<'de>, Input<'n, 'de>)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for (name, node) in members {
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

    fn array<V: Visitor<'de>>(self, visitor: V, length: Option<usize>) -> Result<V::Value, ExactError> {
        let items: Vec<Input<'n, 'de>> = match self.input {
            Input::StandIn if self.depth > Limits::DEEPEST => {
                return self.place(Err(ExactError::wrong("", "a type without end")));
            }
            Input::StandIn => {
                let some = if self.explores { 1 } else { self.attempt % 3 };
                vec![Input::StandIn; length.unwrap_or(some)]
            }
            Input::Node(Node { kind: Kind::Array(items), .. }) => items.iter().map(Input::Node).collect(),
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

#[expect(clippy::cast_possible_truncation, reason = "the range was checked just before")]
fn as_integer(number: &Number) -> Option<i64> {
    /// Every integer up to here is a double of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let value = number.as_f64()?;
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
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

impl<'de> Deserializer<'de> for ExactDeserializer<'_, 'de> {
    type Error = ExactError;

    by_kind! { integer:
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    by_kind! { text: deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        match self.input {
            Input::Node(Node { kind: Kind::Array(_), .. }) => self.array(visitor, None),
            Input::Node(Node { kind: Kind::Object(_), .. }) => self.object(visitor, None),
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
            Input::Node(Node { kind: Kind::Array(_), .. }) => self.array(visitor, None),
            _ => self.text(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        match self.input {
            Input::Node(Node { kind: Kind::Null, .. }) => {
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
            Input::Node(node) => node.raw.get(),
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
                    explored.borrow_mut().enums.push((self.at.clone(), variants.len()));
                }
                let (name, content) = match variants {
                    [] => ("", None),
                    variants => (variants[self.attempt % variants.len()], Some(Input::StandIn)),
                };
                visitor.visit_enum(Variant { name, content, parent: &self })
            }
            Input::Node(Node { kind: Kind::Text(text), .. }) => {
                visitor.visit_enum(Variant { name: text, content: None, parent: &self })
            }
            Input::Node(Node { kind: Kind::Object(members), .. }) if members.len() == 1 => {
                let (name, content) = &members[0];
                visitor.visit_enum(Variant { name, content: Some(Input::Node(content)), parent: &self })
            }
            Input::Node(node) => {
                let expected = match variants {
                    [] => expectation(&visitor as &dyn Expected),
                    variants => one_of(variants),
                };
                Err(ExactError::wrong(expected, node.describe()))
            }
        };
        self.place(result)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
        visitor.visit_unit()
    }
}

enum Member<'de> {
    Name(Cow<'de, str>),
    /// The field at this position.
    Field(usize),
    /// The field at this position, if there is one: a struct has no more fields than names.
    Position(usize),
}

struct Members<'p, 'n, 'de> {
    left: std::vec::IntoIter<(Member<'de>, Input<'n, 'de>)>,
    next: Option<(String, Input<'n, 'de>)>,
    parent: &'p ExactDeserializer<'n, 'de>,
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
        let (name, value) = self.next.take().ok_or_else(|| ExactError::custom("a value without a name"))?;
        read_child(self.parent, value, name, seed)
    }
}

/// A field by its number: so serde's structs take their fields, too.
fn position(index: usize) -> U64Deserializer<ExactError> {
    (index as u64).into_deserializer()
}

/// Reads a value inside another; an error of the seed's own is placed at the value.
fn read_child<'n, 'de, T: DeserializeSeed<'de>>(
    parent: &ExactDeserializer<'n, 'de>,
    input: Input<'n, 'de>,
    segment: impl fmt::Display,
    seed: T,
) -> Result<T::Value, ExactError> {
    let child = parent.child(input, segment);
    let (at, input) = (child.at.clone(), child.input);
    seed.deserialize(child).map_err(|mut error| {
        if error.at.is_none() {
            error.at = Some(at);
            error.stand_in = matches!(input, Input::StandIn);
            if let ErrorKind::Wrong { expected, found } = &mut error.kind
                && expected.is_empty()
            {
                let (kind, text) = match input {
                    Input::Node(node) => (node.describe(), node.raw.get()),
                    Input::StandIn => ("a stand-in", ""),
                };
                let inner = text.trim_matches('"');
                let message = if inner.is_empty() || !found.contains(inner) { found.as_str() } else { "its own check" };
                *found = format!("{kind} that its type refuses: {message}");
                "a value that its type accepts".clone_into(expected);
            }
        }
        error
    })
}

struct Items<'p, 'n, 'de> {
    left: std::vec::IntoIter<Input<'n, 'de>>,
    index: usize,
    parent: &'p ExactDeserializer<'n, 'de>,
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

struct Variant<'p, 'n, 'de> {
    name: &'p str,
    /// `None` where the variant is a mere text.
    content: Option<Input<'n, 'de>>,
    parent: &'p ExactDeserializer<'n, 'de>,
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
            None | Some(Input::StandIn | Input::Node(Node { kind: Kind::Null, .. })) => Ok(()),
            Some(Input::Node(_)) => Err(ExactError::wrong("a string", "an object")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ExactError> {
        match self.content {
            Some(input) => read_child(self.parent, input, self.name, seed),
            None => Err(ExactError::wrong("a variant with contents", "a string")),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, ExactError> {
        self.content("a variant with contents")?.array(visitor, Some(length))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ExactError> {
        self.content("a variant with fields")?.object(visitor, Some(("", fields)))
    }
}

/// The name of a member as a map's key: numbers are written as text there.
struct Key<D>(D);

macro_rules! number_keys {
    ($($method:ident $visit:ident: $number:ty),* $(,)?) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ExactError> {
            let text: Cow<'de, str> = crate::kept::Name::deserialize(self.0)?.0;
            match text.parse::<$number>() {
                Ok(number) => visitor.$visit(number),
                Err(_) => Err(ExactError::invalid_type(Unexpected::Str(&text), &visitor)),
            }
        }
    )* };
}

use serde::Deserialize as _;

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
