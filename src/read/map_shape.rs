//! The keys that the maps of a type read and write, which its derived JSON Schema lacks.
//!
//! An [exploration](super::explore) shows each map one entry, so that its type asks for a key: as a `bool`, an integer, a
//! string. Then keys are tried, because a type may refuse some of those that it asks for, or write them in another spelling.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use json_document::Pointer;
use serde_json::Value;

use super::alias::Aliases;
use super::exact::{ENTRY, ExactDeserializer, Input, KeyRequest, Probe, Replay, Step};
use super::explore::{Run, explore_with};
use super::type_path::{Structs, to_path};

/// The keys of a map, or of the fields that a struct flattens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MapShape {
    /// Path from the root: names of fields and variants, indices of items, and [`ENTRY`] for the values of a map.
    pub(crate) at: Vec<String>,
    pub(crate) keys: KeyShape,
    /// No key that was tried is written in another spelling than that in which it was read.
    pub(crate) writes_as_read: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyShape {
    /// Any string, or unknown.
    Any,
    Boolean,
    Character,
    Integer(IntegerKeys),
    Names {
        read: BTreeSet<String>,
        /// Set for an enum with `#[serde(other)]`.
        accepts_unknown: bool,
        written: BTreeSet<String>,
    },
    /// A format of JSON Schema, or one that schemars names so.
    Format(&'static str),
    /// None: serde buffers the keys as strings, and cannot convert them.
    None,
}

/// The range of integer keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IntegerKeys {
    /// The smallest key is this number negated.
    pub(crate) below_zero: u128,
    pub(crate) max: u128,
    pub(crate) has_zero: bool,
}

/// Maximum number of maps that are tried.
const MAX_MAPS: usize = 200;

/// Formats, with a key that has the format and one that misses it by little.
const FORMATS: [(&str, &str, &str); 5] = [
    ("date", "2000-02-29", "2001-02-29"),
    ("date-time", "2000-02-29T12:00:00Z", "2000-02-29T12:00:00"),
    ("partial-date-time", "2000-02-29T12:00:00", "2000-02-29T12:00:00Z"),
    ("partial-time", "12:00:00", "24:00:00"),
    ("uuid", "7c9e6679-7425-40de-944b-e07fc1f90ae7", "7c9e6679-7425-40de-944b-e07fc1f90ae"),
];

/// The expectations of chrono and uuid and their formats, for a type in which keys cannot be tried.
const EXPECTATIONS: [(&str, &str); 5] = [
    ("a formatted UUID string", "uuid"),
    ("a formatted date string", "date"),
    ("an RFC 3339 formatted date and time string", "date-time"),
    ("a formatted date and time string", "partial-date-time"),
    ("a formatted time string", "partial-time"),
];

/// A key that no type reads except one that reads any string.
const NO_KEY: &str = "\u{1}no key\u{1}";

/// Kinds of values that are tried below a key that serde buffers: an object, a string, null, a number, a boolean, an array.
const BUFFERED_VALUES: usize = 6;

/// Finds the maps of a type. `serialized` has the value of the last run, as it is written; those with an entry in each map
/// are added to `written`.
pub(super) fn find_maps(
    run: Run<'_>,
    serialized: &RefCell<Option<Value>>,
    aliases: &Aliases,
    written: &mut Vec<Value>,
) -> Vec<MapShape> {
    let mut found: BTreeMap<Vec<String>, MapShape> = BTreeMap::new();
    explore_with(&Probe::MapEntry { shown: None }, run, &mut 0, &mut |pass, _| {
        written.extend(serialized.take());
        let structs: Structs =
            pass.discovery.structs.iter().map(|(at, name, names)| (at.clone(), (*name, *names))).collect();
        let with_flatten = pass.replay.structs_with_flatten();
        let maps = pass.discovery.maps.iter().map(|(at, request)| (at, Some(request)));
        for (at, request) in maps.chain(with_flatten.iter().map(|at| (at, None))) {
            let path = to_path(at, &structs, aliases);
            if found.len() < MAX_MAPS && !found.contains_key(&path) {
                let map = Map { at, path: &path, replay: pass.replay, run, serialized };
                let (keys, writes_as_read) = match request {
                    Some(request) => map.keys(request),
                    None => map.flattened_keys(),
                };
                found.insert(path.clone(), MapShape { at: path, keys, writes_as_read });
            }
        }
    });
    found.into_values().collect()
}

/// A map in a type that is explored.
struct Map<'m> {
    at: &'m Pointer,
    path: &'m [String],
    /// The substitutions with which the type accepts the map.
    replay: &'m Replay,
    run: Run<'m>,
    serialized: &'m RefCell<Option<Value>>,
}

/// The result of a key that is tried.
#[derive(Debug, PartialEq, Eq)]
enum Trial {
    /// The key as it is written; `None` if it is not, or not found.
    Accepted(Option<String>),
    /// The expectation of the type, and the description of what it found.
    Rejected {
        expected: String,
        found: String,
    },
    Unknown,
}

impl Map<'_> {
    fn try_key(&self, key: &str) -> Trial {
        self.try_with_value(key, None)
    }

    fn try_with_value(&self, key: &str, value: Option<usize>) -> Trial {
        let mut replay = self.replay.showing_key(self.at, key, value);
        for _ in 0..50 {
            self.serialized.take();
            match (self.run)(ExactDeserializer::new(Input::Placeholder, &replay)) {
                Ok(()) => return Trial::Accepted(self.written_key(key)),
                Err(error) if error.is_at(self.at) => {
                    let (expected, found) = error.into_expectation();
                    return Trial::Rejected { expected, found };
                }
                Err(error) => {
                    if error.is_complete() || replay.apply(&error, &mut Vec::new()) == Step::Stuck {
                        return Trial::Unknown;
                    }
                }
            }
        }
        Trial::Unknown
    }

    fn accepts(&self, key: &str) -> bool {
        matches!(self.try_key(key), Trial::Accepted(_))
    }

    fn rejects(&self, key: &str) -> bool {
        matches!(self.try_key(key), Trial::Rejected { .. })
    }

    /// Returns true unless the key is refused, or written in another spelling. The result may be unknown, because another
    /// part of the type refuses all that it is shown.
    fn keeps(&self, key: &str) -> bool {
        match self.try_key(key) {
            Trial::Accepted(Some(written)) => written == key,
            Trial::Accepted(None) | Trial::Unknown => true,
            Trial::Rejected { .. } => false,
        }
    }

    /// Returns the key of the last run as it was written.
    fn written_key(&self, key: &str) -> Option<String> {
        let serialized = self.serialized.borrow();
        let here = self.path.iter().try_fold(serialized.as_ref()?, |value, segment| match value {
            Value::Array(items) => items.get(segment.parse::<usize>().ok()?),
            Value::Object(members) if segment == ENTRY => members.values().next(),
            value => value.get(segment),
        });
        let members = here?.as_object()?;
        if members.contains_key(key) {
            return Some(key.to_owned());
        }
        // Beside the entry, there may be fields of a struct that flattens the map.
        let mut names = members.keys();
        names.next().filter(|_| members.len() == 1).cloned()
    }

    fn keys(&self, request: &KeyRequest) -> (KeyShape, bool) {
        match request {
            KeyRequest::Boolean => (KeyShape::Boolean, self.keeps("true") && self.keeps("false")),
            KeyRequest::Character => (KeyShape::Character, self.keeps("a") && self.keeps("é")),
            KeyRequest::Signed(bits) => {
                let below_zero = 1_u128 << (bits - 1);
                self.integers(below_zero, below_zero - 1)
            }
            KeyRequest::Unsigned(bits) => self.integers(0, u128::MAX >> (128 - bits)),
            KeyRequest::Text(expected) => match self.format(expected) {
                Some((format, writes_as_read)) => (KeyShape::Format(format), writes_as_read),
                None => (KeyShape::Any, false),
            },
            KeyRequest::Variant(names) => self.names(names),
            KeyRequest::Field | KeyRequest::Other => (KeyShape::Any, false),
        }
    }

    fn integers(&self, below_zero: u128, max: u128) -> (KeyShape, bool) {
        let has_zero = !self.rejects("0");
        let keys = ["1".to_owned(), max.to_string()];
        let smallest = (below_zero > 0).then(|| format!("-{below_zero}"));
        let writes_as_read = keys.into_iter().chain(smallest).all(|key| self.keeps(&key));
        (KeyShape::Integer(IntegerKeys { below_zero, max, has_zero }), writes_as_read)
    }

    fn names(&self, names: &[&str]) -> (KeyShape, bool) {
        let mut written = BTreeSet::new();
        let mut read = BTreeSet::new();
        for name in names {
            match self.try_key(name) {
                Trial::Accepted(key) => {
                    read.insert((*name).to_owned());
                    written.extend(key);
                }
                // A variant with contents is no key.
                Trial::Rejected { .. } => {}
                Trial::Unknown => {
                    let read: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
                    return (KeyShape::Names { written: read.clone(), read, accepts_unknown: false }, true);
                }
            }
        }
        let writes_as_read = !written.is_empty();
        (KeyShape::Names { read, accepts_unknown: self.accepts(NO_KEY), written }, writes_as_read)
    }

    /// Returns the format of the keys. Types that read other strings as well have none.
    fn format(&self, expected: &str) -> Option<(&'static str, bool)> {
        match self.try_key(NO_KEY) {
            Trial::Accepted(_) => return None,
            Trial::Unknown => {
                let known = EXPECTATIONS.into_iter().find(|(expectation, _)| *expectation == expected);
                return known.map(|(_, format)| (format, true));
            }
            Trial::Rejected { .. } => {}
        }
        FORMATS.into_iter().find_map(|(format, key, near_miss)| match self.try_key(key) {
            Trial::Accepted(written) if self.rejects(near_miss) && self.rejects("") => {
                // A time zone has several spellings.
                Some((format, written.is_some_and(|written| self.keeps(&written))))
            }
            Trial::Accepted(_) | Trial::Rejected { .. } | Trial::Unknown => None,
        })
    }

    /// Returns the keys that a struct reads into fields that it flattens. Serde buffers an entry, so the request for its
    /// key is not seen, and the error for its value is one of the struct.
    fn flattened_keys(&self) -> (KeyShape, bool) {
        let accepts = |key: &str| {
            let mut trials = (0..BUFFERED_VALUES).map(|value| self.try_with_value(key, Some(value)));
            trials.any(|trial| matches!(trial, Trial::Accepted(_)))
        };
        if let Trial::Rejected { expected, found } = self.try_with_value(NO_KEY, Some(0)) {
            // The value is an object: it is the key that is a string.
            let is_about_key = matches!(found.as_str(), "a string" | "a string in another format" | "another string");
            if found == "i128 is not supported" || found == "u128 is not supported" {
                return (KeyShape::None, false);
            }
            let is_number = ["an integer from ", "a boolean", "a number"];
            if is_about_key && is_number.iter().any(|kind| expected.starts_with(kind)) {
                return (KeyShape::None, false);
            }
            if is_about_key && expected == "a character" {
                return (KeyShape::Character, true);
            }
        }
        if accepts(NO_KEY) {
            return (KeyShape::Any, false);
        }
        let format = FORMATS.into_iter().find(|(_, key, near_miss)| accepts(key) && !accepts(near_miss));
        format.map_or((KeyShape::Any, false), |(format, _, _)| (KeyShape::Format(format), true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::find_type_shape;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
    enum Name {
        First,
        #[serde(alias = "2nd")]
        Second,
        With {
            x: u8,
        },
    }

    #[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
    #[serde(transparent)]
    struct Number(std::num::NonZeroU8);

    #[derive(Serialize, Deserialize)]
    struct Maps {
        answers: Option<BTreeMap<bool, BTreeMap<char, u8>>>,
        names: Vec<BTreeMap<Name, Name>>,
        numbers: BTreeMap<Number, u8>,
        texts: BTreeMap<String, Number>,
        free: Value,
        flat: Flat,
    }

    #[derive(Serialize, Deserialize)]
    struct Flat {
        a: u8,
        #[serde(flatten)]
        rest: BTreeMap<i128, String>,
    }

    #[test]
    fn maps_are_found_with_their_keys() {
        let shape = find_type_shape::<Maps>();
        let maps: Vec<_> =
            shape.maps.iter().map(|map| (map.at.join("/"), map.keys.clone(), map.writes_as_read)).collect();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let read = names(&["2nd", "First", "Second"]);
        assert_eq!(
            maps,
            [
                ("answers".to_owned(), KeyShape::Boolean, true),
                ("answers/*".to_owned(), KeyShape::Character, true),
                ("flat".to_owned(), KeyShape::None, false),
                (
                    "names/0".to_owned(),
                    KeyShape::Names { read, accepts_unknown: false, written: names(&["First", "Second"]) },
                    true
                ),
                (
                    "numbers".to_owned(),
                    KeyShape::Integer(IntegerKeys { below_zero: 0, max: 255, has_zero: false }),
                    true
                ),
                ("texts".to_owned(), KeyShape::Any, false),
            ]
        );
    }
}
