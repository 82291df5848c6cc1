//! A JSON tree whose numbers are exact, for programs that compare or compute with them.
//!
//! `serde_json` keeps an integer beyond 64 bits, and every number with a fraction or an exponent, as an `f64`:
//! 18446744073709551617 and 18446744073709551616 are one number to it, and `1e400` is an error. Its feature
//! `arbitrary_precision` would keep the text, but a feature is shared by the whole build, and this one changes how other
//! crates deserialize. So this tree has the shape of [`serde_json::Value`] and a [`Number`] of its own.
//!
//! ```
//! use json_document::exact::ExactValue;
//!
//! let large = ExactValue::parse("[18446744073709551617, 1e400, 1.0]")?;
//! assert_eq!(large.to_string(), "[18446744073709551617,1e400,1.0]");
//! assert_ne!(large[0], ExactValue::parse("18446744073709551616")?);
//! # Ok::<(), json_document::text::SyntaxError>(())
//! ```

mod convert;
mod decimal;
mod number;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Index, IndexMut};

pub use convert::Fidelity;
pub use decimal::Decimal;
pub use number::{Number, Spelling};

use self::ExactValue as Value;
use crate::pointer::unescape_segment;
use crate::text::{self, LoneSurrogates, Options, SyntaxError, SyntaxErrorKind, Tree, quote};

/// The members of an object, sorted by name.
pub type Map<K, V> = BTreeMap<K, V>;

/// A JSON value with exact numbers.
///
/// Two values are equal if they are spelled the same but for white space, escapes and superfluous digits: `1` and `1.0`
/// differ, as they do in `serde_json`, and `1.0` and `1e0` do not.
///
/// ```
/// use json_document::exact::{ExactValue, Fidelity};
///
/// let value = ExactValue::parse("[true, 7, 18446744073709551617]")?;
/// assert!(value[0].is_boolean());
/// assert!(value[2].as_number().is_some_and(|number| number.as_u64().is_none()));
/// assert_eq!(value[1].to_serde(Fidelity::Spelling), Some(7.into()));
/// assert_eq!(value[2].to_serde(Fidelity::Value), None);
/// assert_eq!(value[2].to_nearest_serde().as_f64(), Some(18446744073709551616.0));
/// # Ok::<(), json_document::text::SyntaxError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum ExactValue {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number of any size.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object. Of repeated members, the last one counts.
    Object(Map<String, Value>),
}

/// Maximum nesting of a text that is parsed: that of `serde_json`.
const MAX_DEPTH: usize = 127;

static NULL: Value = Value::Null;

impl Value {
    /// Parses a JSON text with all of the digits of its numbers.
    ///
    /// Accepts the texts that `serde_json` accepts, and numbers beyond the range of an `f64` as well. The cost is linear in
    /// the length of the text, whatever the exponents.
    ///
    /// # Errors
    ///
    /// The text is not JSON, is nested more than 127 levels deep, or has an exponent of more than 30 digits.
    pub fn parse(json: &str) -> Result<Self, SyntaxError> {
        let options = Options { max_depth: MAX_DEPTH, lone_surrogates: LoneSurrogates::Reject };
        Self::from_tree(text::parse_with(json, options)?)
    }

    fn from_tree(tree: Tree<'_>) -> Result<Self, SyntaxError> {
        Ok(match tree.value {
            text::Value::Null => Self::Null,
            text::Value::Boolean(boolean) => Self::Bool(boolean),
            text::Value::Number(number) => {
                let error = SyntaxError { offset: tree.offset, kind: SyntaxErrorKind::InvalidNumber };
                Self::Number(Number::parse(number).ok_or(error)?)
            }
            text::Value::String(text) => Self::String(text.into_owned()),
            text::Value::Array(items) => Self::Array(items.into_iter().map(Self::from_tree).collect::<Result<_, _>>()?),
            text::Value::Object(members) => {
                let members = members.into_iter().map(|member| {
                    let value = Self::from_tree(member.tree)?;
                    Ok((member.name.into_owned(), value))
                });
                Self::Object(members.collect::<Result<_, _>>()?)
            }
        })
    }

    /// Returns the members of an object.
    pub const fn as_object(&self) -> Option<&Map<String, Self>> {
        match self {
            Self::Object(members) => Some(members),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Array(_) => None,
        }
    }

    /// Returns the items of an array.
    pub const fn as_array(&self) -> Option<&Vec<Self>> {
        match self {
            Self::Array(items) => Some(items),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Object(_) => None,
        }
    }

    /// Returns the text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// Returns a boolean.
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(boolean) => Some(*boolean),
            Self::Null | Self::Number(_) | Self::String(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// Returns a number.
    pub const fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            Self::Null | Self::Bool(_) | Self::String(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// Returns a whole number of 64 bits that is spelled without fraction and exponent.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::as_i64)
    }

    /// Returns a whole number of 64 bits, not negative, that is spelled without fraction and exponent.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_number().and_then(Number::as_u64)
    }

    /// Returns true for an object.
    pub const fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// Returns true for an array.
    pub const fn is_array(&self) -> bool {
        matches!(self, Self::Array(_))
    }

    /// Returns true for a string.
    pub const fn is_string(&self) -> bool {
        matches!(self, Self::String(_))
    }

    /// Returns true for a number.
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    /// Returns true for `true` and `false`.
    pub const fn is_boolean(&self) -> bool {
        matches!(self, Self::Bool(_))
    }

    /// Returns the member of this name, of an object that has one.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object().and_then(|members| members.get(name))
    }

    /// Returns the value at a JSON pointer.
    pub fn pointer(&self, pointer: &str) -> Option<&Self> {
        segments(pointer)?.try_fold(self, |value, segment| match value {
            Self::Object(members) => members.get(&*unescape_segment(segment)),
            Self::Array(items) => items.get(parse_index(segment)?),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => None,
        })
    }

    /// Returns the value at a JSON pointer, to change it.
    pub fn pointer_mut(&mut self, pointer: &str) -> Option<&mut Self> {
        segments(pointer)?.try_fold(self, |value, segment| match value {
            Self::Object(members) => members.get_mut(&*unescape_segment(segment)),
            Self::Array(items) => items.get_mut(parse_index(segment)?),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => None,
        })
    }
}

/// Returns the segments of a pointer, still escaped; `None` if it does not begin with `/`.
fn segments(pointer: &str) -> Option<impl Iterator<Item = &str>> {
    (pointer.is_empty() || pointer.starts_with('/')).then(|| pointer.split('/').skip(1))
}

/// Parses the index of an item, which has no sign and no leading zero (RFC 6901, section 4).
fn parse_index(segment: &str) -> Option<usize> {
    let is_canonical = segment == "0" || !segment.starts_with(['0', '+']);
    segment.parse().ok().filter(|_| is_canonical)
}

/// Writes compact JSON.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comma = |index| if index > 0 { "," } else { "" };
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(boolean) => write!(f, "{boolean}"),
            Self::Number(number) => number.fmt(f),
            Self::String(text) => f.write_str(&quote(text)),
            Self::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", comma(index))?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (name, member)) in members.iter().enumerate() {
                    write!(f, "{}{}:{member}", comma(index), quote(name))?;
                }
                f.write_str("}")
            }
        }
    }
}

/// Returns the member of an object, and `null` if there is none.
impl Index<&str> for Value {
    type Output = Self;

    fn index(&self, name: &str) -> &Self {
        self.get(name).unwrap_or(&NULL)
    }
}

/// Returns the item of an array, and `null` if there is none.
impl Index<usize> for Value {
    type Output = Self;

    fn index(&self, index: usize) -> &Self {
        self.as_array().and_then(|items| items.get(index)).unwrap_or(&NULL)
    }
}

/// Returns the member of an object, inserting `null` if there is none. Any other value becomes an empty object before.
impl IndexMut<&str> for Value {
    fn index_mut(&mut self, name: &str) -> &mut Self {
        if !self.is_object() {
            *self = Self::Object(Map::new());
        }
        match self {
            Self::Object(members) => members.entry(name.to_owned()).or_default(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Array(_) => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parsing_keeps_every_digit() {
        for (text, expected) in [
            (r#"{"b":[1,true,null],"a":"\u00e4\n"}"#, r#"{"a":"ä\n","b":[1,true,null]}"#),
            ("18446744073709551617", "18446744073709551617"),
            (
                "-98249283749234923498293171823948729348710298301928331",
                "-98249283749234923498293171823948729348710298301928331",
            ),
            ("0.1234567890123456789012345678901234567890", "0.123456789012345678901234567890123456789"),
            ("1e1000000000", "1e1000000000"),
            ("1.50E-7", "1.5e-7"),
            ("-0", "0"),
            ("0e999999999999999999", "0.0"),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
        ] {
            assert_eq!(Value::parse(text).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn texts_that_serde_json_rejects_are_rejected() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Value::parse(&deep(127)).is_ok() && serde_json::from_str::<serde_json::Value>(&deep(127)).is_ok());
        assert!(Value::parse(&deep(128)).is_err() && serde_json::from_str::<serde_json::Value>(&deep(128)).is_err());
        for text in ["", "01", "1.", "[1,]", r#""\ud800""#, "1 2", "{\"a\"}"] {
            assert!(Value::parse(text).is_err() && serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
        }
        let exponent = format!("1e{}", "9".repeat(31));
        assert_eq!(Value::parse(&exponent).unwrap_err().to_string(), "invalid number at byte 0");
    }

    #[test]
    fn values_are_found_by_name_index_and_pointer() {
        let mut value = Value::parse(r#"{"a/b":[{"~":1.0}],"c":true}"#).unwrap();
        assert_eq!(value["a/b"][0]["~"].to_string(), "1.0");
        assert_eq!((&value["x"], &value[0]), (&Value::Null, &Value::Null));
        assert_eq!(value.pointer("/a~1b/0/~0"), Some(&value["a/b"][0]["~"]));
        assert_eq!((value.pointer("/a~1b/00"), value.pointer("c")), (None, None));
        *value.pointer_mut("/c").unwrap() = Value::Null;
        value["d"]["e"] = Value::Bool(false);
        assert_eq!(value.to_string(), r#"{"a/b":[{"~":1.0}],"c":null,"d":{"e":false}}"#);
    }

    #[test]
    fn hostile_numbers_take_linear_time() {
        let digits = format!("[{},1e-{},{}.5]", "7".repeat(1_000_000), "9".repeat(30), "3".repeat(1_000_000));
        let value = Value::parse(&digits).unwrap();
        let (Value::Number(first), Value::Number(third)) = (&value[0], &value[2]) else { panic!() };
        assert!(first.decimal() > third.decimal());
        assert_eq!(Value::parse(&value.to_string()).unwrap(), value);
        let (a, b) = (Value::parse("1e1000000000").unwrap(), Value::parse("10e999999999").unwrap());
        assert_eq!(a, b);
    }

    fn json() -> impl Strategy<Value = String> {
        // `serde_json` takes `-0` for a fraction.
        let number = "(0|-?[1-9][0-9]{0,40})(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,5})?";
        let leaf = prop_oneof![
            Just("null".to_owned()),
            Just("true".to_owned()),
            number,
            any::<String>().prop_map(|text| quote(&text))
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(" , "))),
                proptest::collection::vec((any::<String>(), inner), 0..4).prop_map(|members| {
                    let members: Vec<_> =
                        members.iter().map(|(name, value)| format!("{}: {value}", quote(name))).collect();
                    format!("{{{}}}", members.join(","))
                }),
            ]
        })
    }

    proptest! {
        /// Text to tree to text keeps the value, and the spelling of the tree is its own.
        #[test]
        fn the_text_of_a_tree_parses_to_it(json in json()) {
            let value = Value::parse(&json).unwrap();
            prop_assert_eq!(&Value::parse(&value.to_string()).unwrap(), &value);
            prop_assert_eq!(serde_json::to_string(&value).unwrap().parse::<Value>().unwrap(), value);
        }

        /// The tree of `serde_json` and this one are of the same text, wherever both can hold it.
        #[test]
        fn the_tree_agrees_with_serde_json(json in json()) {
            let Ok(theirs) = serde_json::from_str::<serde_json::Value>(&json) else { return Ok(()) };
            let ours = Value::parse(&json).unwrap();
            prop_assert_eq!(&ours.to_nearest_serde(), &theirs);
            if let Some(exact) = ours.to_serde(Fidelity::Spelling) {
                prop_assert_eq!(&Value::from(&exact), &ours);
            }
        }
    }
}
