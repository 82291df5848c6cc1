//! JSON as text: positions, spellings, pointers, and numbers that no machine integer holds.
//!
//! A value tree of `serde_json` forgets where a value was written, how its numbers were spelled, and that a member was
//! repeated. This crate has the parts that a program needs where that matters, each without a full parse where there is a
//! cheaper way:
//!
//! - [`Pointer`]: a JSON pointer (RFC 6901), with its escapes.
//! - [`text::parse`]: a tree with the position and the spelling of every value.
//! - [`exact::ExactValue`]: a tree with the shape of that of `serde_json`, whose numbers keep every digit.
//! - [`parse_members`], [`CowStr`]: an object whose values stay text.
//! - [`insert_members`]: new members at pointers; all else stays as it is spelled.
//! - [`find_integer_beyond_i64`]: a fast search for integers that need more than 64 bits.
//!
//! ```
//! use json_document::text::{Value, parse};
//!
//! let tree = parse(r#"{"price": 1.50, "price": 2}"#)?;
//! let [first, second] = tree.members() else { panic!("two members") };
//! assert!(matches!(first.tree.value, Value::Number("1.50")));
//! assert_eq!((&*second.name, second.offset), ("price", 16));
//! # Ok::<(), json_document::text::SyntaxError>(())
//! ```

pub mod exact;
mod integer;
mod pointer;
mod raw;
mod splice;
pub mod text;

pub use integer::find_integer_beyond_i64;
pub use pointer::Pointer;
pub use raw::{CowStr, parse_members};
pub use splice::insert_members;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
