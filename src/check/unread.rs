//! Values that a type never reads, though its schema accepts them.
//!
//! A type can only be run on values that it reads. A value that it writes and cannot read is therefore never seen: serde
//! reads no 128-bit integer and no key that is a `bool` inside a tagged enum or beside a flattened field, but writes both. So
//! a payload that the code refuses is reduced until each of its parts is needed for that (delta debugging, Zeller and
//! Hildebrandt 2002), and then varied. If no variant is read, and no other payload with a value at that place is, nothing is
//! known about the place.
//!
//! A string that may be any, and of which none is read, is not judged: a conversion such as `TryFrom<String>` accepts few of
//! them, and writes those.

use json_document::Pointer;
use serde_json::{Value, json};

use crate::read::without_indices;

/// Maximum number of reductions that are tried for one refused payload.
const MAX_STEPS: usize = 400;
/// Numbers that take the place of others: conversions often accept a range only.
const NUMBERS: [i64; 7] = [0, 1, 2, 7, 100, 10_000, -1];
/// Keys of maps, of the types that are keys most often.
const KEYS: [&str; 6] =
    ["1", "true", "a", "2026-01-01", "2026-01-01T00:00:00Z", "00000000-0000-4000-8000-000000000000"];

/// The search for unread values in the payloads that one type refuses.
pub(super) struct UnreadSearch<'a> {
    /// Returns true if the code reads a payload.
    reads: &'a dyn Fn(&Value) -> bool,
    /// Returns true if the reader's schema accepts a payload.
    is_valid: &'a dyn Fn(&Value) -> bool,
    /// Payloads that the code reads, with the places in them.
    read: Vec<(&'a Value, Vec<Pointer>)>,
    /// The results so far.
    judged: Vec<Judged>,
}

/// A reduced payload that the code refuses.
struct Judged {
    payload: Value,
    /// The places for which it is refused, with a value that the code reads there if one is known.
    places: Vec<(Vec<String>, Option<Value>)>,
}

impl Judged {
    /// Returns true if a value has all parts of the payload. Any string, number or boolean is like any other at the places for
    /// which the payload is refused; elsewhere a string may be a tag.
    fn is_part_of(&self, value: &Value) -> bool {
        self.is_like(&self.payload, value, &Pointer::ROOT)
    }

    fn is_like(&self, part: &Value, value: &Value, at: &Pointer) -> bool {
        match (part, value) {
            (Value::Object(parts), Value::Object(members)) => parts
                .iter()
                .all(|(name, part)| members.get(name).is_some_and(|member| self.is_like(part, member, &at.join(name)))),
            (Value::Array(parts), Value::Array(items)) => {
                parts.iter().all(|part| items.iter().any(|item| self.is_like(part, item, &at.join(0))))
            }
            (Value::String(part), Value::String(text)) => {
                part == text || self.places.iter().any(|(place, _)| *place == path(at))
            }
            (part, value) => std::mem::discriminant(part) == std::mem::discriminant(value),
        }
    }
}

/// A payload of which no variant is read.
pub(super) struct UnreadValue {
    pub(super) payload: Value,
    /// The place of a value that is needed for that.
    pub(super) at: Pointer,
}

impl<'a> UnreadSearch<'a> {
    /// `read` are payloads that the code reads.
    pub(super) fn new(
        reads: &'a dyn Fn(&Value) -> bool,
        is_valid: &'a dyn Fn(&Value) -> bool,
        read: &'a [Value],
    ) -> Self {
        let read = read.iter().map(|payload| (payload, places(payload))).collect();
        Self { reads, is_valid, read, judged: Vec::new() }
    }

    /// Reduces a payload that the code refuses to one of which no variant is read. `None` if some variant is, or if that is
    /// not known.
    pub(super) fn reduce(&mut self, payload: &Value) -> Option<UnreadValue> {
        let payload = self.minimise(self.without_judged(payload)?)?;
        let places = places(&payload);
        let values = || places.iter().filter_map(|at| Some((at, payload.pointer(at.as_str())?)));
        let is_free = |(at, value): &(&Pointer, &Value)| {
            value.is_string()
                && !self.is_read(at, value)
                && (self.is_valid)(&with(&payload, at, Value::from(format!("{value}?"))))
        };
        let free: Vec<_> = values().filter(is_free).map(|(at, _)| (path(at), None)).collect();
        if !free.is_empty() {
            self.judged.push(Judged { payload, places: free });
            return None;
        }
        let is_unread =
            |(at, value): (&Pointer, &Value)| (value.is_number() || value.is_boolean()) && !self.is_read(at, value);
        let scalars: Vec<&Pointer> = values().filter(|place| is_unread(*place)).map(|(at, _)| at).collect();
        // Where the schema accepts any value, there is a member that it does not list, and no writer has one.
        let is_listed = |at: &&&Pointer| !self.is_ignored(&payload, at);
        let Some(first) = scalars.iter().find(is_listed).copied() else {
            let places = scalars.iter().map(|at| (path(at), None)).collect();
            self.judged.push(Judged { payload, places });
            return None;
        };
        let mut variants = Vec::new();
        for number in NUMBERS {
            let change = |payload: Value, at: &&Pointer| {
                let value = match payload.pointer(at.as_str()) {
                    Some(Value::Bool(_)) => Value::from(number % 2 == 0),
                    Some(_) | None => Value::from(number),
                };
                with(&payload, at, value)
            };
            variants.extend(scalars.iter().map(|at| change(payload.clone(), at)));
            variants.push(scalars.iter().fold(payload.clone(), change));
        }
        variants.extend(places.iter().flat_map(|at| KEYS.iter().filter_map(|key| self.with_key(&payload, at, key))));
        let is_read = |variant: &Value| (self.is_valid)(variant) && (self.reads)(variant);
        if let Some(variant) = variants.into_iter().find(is_read) {
            let value = |at: &&Pointer| (path(at), variant.pointer(at.as_str()).cloned());
            let places = scalars.iter().map(value).collect();
            self.judged.push(Judged { payload, places });
            return None;
        }
        let at = first.clone();
        let places = scalars.iter().map(|at| (path(at), None)).collect();
        self.judged.push(Judged { payload: payload.clone(), places });
        Some(UnreadValue { payload, at })
    }

    /// Replaces or removes the values for which earlier payloads were refused. `None` if the code reads the payload without
    /// them, or if the schema requires one of them: then the payload reduces to an earlier one.
    fn without_judged(&self, payload: &Value) -> Option<Value> {
        let mut payload = payload.clone();
        let mut is_changed = false;
        for judged in &self.judged {
            if !judged.is_part_of(&payload) {
                continue;
            }
            for at in places(&payload) {
                let here = path(&at);
                let Some((_, known)) = judged.places.iter().find(|(place, _)| *place == here) else { continue };
                if payload.pointer(at.as_str()).is_none() {
                    continue;
                }
                let replaced = known.as_ref().map(|value| with(&payload, &at, value.clone()));
                let mut candidates = replaced.into_iter().chain(without(&payload, &at));
                payload = candidates.find(|candidate| (self.is_valid)(candidate))?;
                is_changed = true;
            }
        }
        (!is_changed || !(self.reads)(&payload)).then_some(payload)
    }

    /// Removes members and items, as long as the payload stays valid and refused.
    fn minimise(&self, mut payload: Value) -> Option<Value> {
        let mut steps = 0;
        loop {
            let mut is_changed = false;
            for at in places(&payload) {
                let Some(candidate) = without(&payload, &at) else { continue };
                steps += 1;
                if steps > MAX_STEPS {
                    return None;
                }
                if (self.is_valid)(&candidate) && !(self.reads)(&candidate) {
                    payload = candidate;
                    is_changed = true;
                }
            }
            if !is_changed {
                return Some(payload);
            }
        }
    }

    /// Returns the payload with another key in a map. `None` for a property: under another name it is ignored, or the schema
    /// accepts other values there, such as those of a map that the object flattens.
    fn with_key(&self, payload: &Value, at: &Pointer, key: &str) -> Option<Value> {
        let renamed = renamed(payload, at, key)?;
        let renamed_at = split_last(at)?.0.join(key);
        let is_alike = |value: Value| {
            (self.is_valid)(&with(payload, at, value.clone())) == (self.is_valid)(&with(&renamed, &renamed_at, value))
        };
        let values =
            [json!(null), json!(true), json!(0), json!(-1), json!(1_000_000_000_000_i64), json!(0.5), json!("a")];
        (!self.is_ignored(&renamed, &renamed_at) && values.into_iter().all(is_alike)).then_some(renamed)
    }

    /// Returns true if the schema accepts any value at a place: the code ignores a property that it does not know.
    fn is_ignored(&self, payload: &Value, at: &Pointer) -> bool {
        (self.is_valid)(&with(payload, at, json!([{ "": [[]] }])))
    }

    /// Returns true if the code reads a payload with a value of the same kind at a place.
    fn is_read(&self, at: &Pointer, value: &Value) -> bool {
        let path = path(at);
        let is_same = |other: &Value| std::mem::discriminant(other) == std::mem::discriminant(value);
        self.read.iter().any(|(payload, places)| {
            places.iter().any(|other| {
                self::path(other) == path
                    && payload.pointer(other.as_str()).is_some_and(is_same)
                    && !self.is_ignored(payload, other)
            })
        })
    }
}

fn path(at: &Pointer) -> Vec<String> {
    without_indices(at.segments().collect())
}

/// Returns the places of all members and items: the outer ones first, and items from the last to the first, so that one can
/// be removed without moving those that follow in the list.
fn places(payload: &Value) -> Vec<Pointer> {
    fn collect(value: &Value, at: &Pointer, places: &mut Vec<Pointer>) {
        let children: Vec<(Pointer, &Value)> = match value {
            Value::Object(members) => members.iter().map(|(name, member)| (at.join(name), member)).collect(),
            Value::Array(items) => items.iter().enumerate().rev().map(|(index, item)| (at.join(index), item)).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
        };
        for (at, child) in children {
            places.push(at.clone());
            collect(child, &at, places);
        }
    }
    let mut places = Vec::new();
    collect(payload, &Pointer::ROOT, &mut places);
    places
}

fn with(payload: &Value, at: &Pointer, value: Value) -> Value {
    let mut payload = payload.clone();
    if let Some(place) = payload.pointer_mut(at.as_str()) {
        *place = value;
    }
    payload
}

/// Returns the payload without a member or an item.
fn without(payload: &Value, at: &Pointer) -> Option<Value> {
    let mut payload = payload.clone();
    let (parent, name) = split_last(at)?;
    match payload.pointer_mut(parent.as_str())? {
        Value::Object(members) => drop(members.remove(&name)?),
        Value::Array(items) => drop(items.remove(name.parse().ok()?)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    }
    Some(payload)
}

/// Returns the payload with another name of a member.
fn renamed(payload: &Value, at: &Pointer, key: &str) -> Option<Value> {
    let mut payload = payload.clone();
    let (parent, name) = split_last(at)?;
    let members = payload.pointer_mut(parent.as_str())?.as_object_mut()?;
    let value = members.remove(&name)?;
    members.insert(key.to_owned(), value);
    Some(payload)
}

fn split_last(at: &Pointer) -> Option<(Pointer, String)> {
    let mut segments: Vec<String> = at.segments().collect();
    let name = segments.pop()?;
    Some((segments.iter().fold(Pointer::ROOT, |pointer, segment| pointer.join(segment)), name))
}
