//! Validation of JSON values that no condition names.
//!
//! The matchers read different fields of an event, and must agree on which events are not JSON. So a value that none of
//! them reads is checked like one that is read, in one loop, without recursion and without allocation.

use json_document::text::{MAX_DEPTH, number_end};

use crate::event::EventErrorKind;
use crate::swar;

/// Returns the offset after the object or array that begins at `at`, at the given depth.
pub(crate) fn skip_structure(bytes: &[u8], mut at: usize, depth: usize) -> Result<usize, EventErrorKind> {
    let mut open = OpenContainers { is_object: [0; WORDS], count: 0, max: MAX_DEPTH.saturating_sub(depth) };
    loop {
        at = skip_space(bytes, at);
        at = match bytes.get(at) {
            Some(b'"') => skip_string(bytes, at)?.0,
            Some(b'{') => {
                open.push(Container::Object)?;
                let next = skip_space(bytes, at + 1);
                if bytes.get(next) != Some(&b'}') {
                    at = skip_name(bytes, next)?;
                    continue;
                }
                next
            }
            Some(b'[') => {
                open.push(Container::Array)?;
                let next = skip_space(bytes, at + 1);
                if bytes.get(next) != Some(&b']') {
                    at = next;
                    continue;
                }
                next
            }
            Some(_) | None => skip_bare(bytes, at)?,
        };
        // The ends of containers, up to the next value.
        loop {
            let Some(container) = open.last() else { return Ok(at) };
            at = skip_space(bytes, at);
            match (container, bytes.get(at)) {
                (Container::Object, Some(b',')) => {
                    at = skip_name(bytes, skip_space(bytes, at + 1))?;
                    break;
                }
                (Container::Array, Some(b',')) => {
                    at += 1;
                    break;
                }
                (Container::Object, Some(b'}')) | (Container::Array, Some(b']')) => open.pop(),
                (Container::Object, _) => return Err(not_json(at, "a comma or `}`")),
                (Container::Array, _) => return Err(not_json(at, "a comma or `]`")),
            }
            at += 1;
        }
    }
}

/// Returns the offset after the string that begins at `at`, and true if it contains escapes.
#[inline]
pub(crate) fn skip_string(bytes: &[u8], at: usize) -> Result<(usize, bool), EventErrorKind> {
    let mut at = at + 1;
    let mut has_escapes = false;
    while let Some(found) = swar::find_end_of_plain_text(bytes, at) {
        match bytes[found] {
            b'"' => return Ok((found + 1, has_escapes)),
            b'\\' => at = skip_escape(bytes, found)?,
            _ => return Err(not_json(found, "an escape instead of a control character")),
        }
        has_escapes = true;
    }
    Err(not_json(bytes.len(), "a quote"))
}

/// Returns the offset after the number, `true`, `false` or `null` that begins at `at`.
#[inline]
pub(crate) fn skip_bare(bytes: &[u8], at: usize) -> Result<usize, EventErrorKind> {
    match bytes.get(at..).unwrap_or_default() {
        [b't', b'r', b'u', b'e', ..] | [b'n', b'u', b'l', b'l', ..] => Ok(at + 4),
        [b'f', b'a', b'l', b's', b'e', ..] => Ok(at + 5),
        _ => number_end(bytes, at).ok_or(not_json(at, "a value")),
    }
}

/// Returns the offset of the first byte from `at` on that is not white space.
#[inline]
pub(crate) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    // Compact JSON has no white space: one comparison decides.
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

pub(crate) const fn not_json(at: usize, expected: &'static str) -> EventErrorKind {
    EventErrorKind::NotJson { at, expected }
}

/// Skips a member name with its colon.
fn skip_name(bytes: &[u8], at: usize) -> Result<usize, EventErrorKind> {
    if bytes.get(at) != Some(&b'"') {
        return Err(not_json(at, "a member name"));
    }
    let (end, _) = skip_string(bytes, at)?;
    let colon = skip_space(bytes, end);
    if bytes.get(colon) == Some(&b':') { Ok(colon + 1) } else { Err(not_json(colon, "a colon")) }
}

/// Skips an escape (RFC 8259, section 7). Half of a surrogate pair is valid: see [`json_document::text::unescape`].
fn skip_escape(bytes: &[u8], at: usize) -> Result<usize, EventErrorKind> {
    match bytes.get(at + 1..).unwrap_or_default() {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Ok(at + 2),
        [b'u', digits @ ..] if digits.len() >= 4 && digits[..4].iter().all(u8::is_ascii_hexdigit) => Ok(at + 6),
        _ => Err(not_json(at, "a JSON escape")),
    }
}

#[derive(Clone, Copy)]
enum Container {
    Object,
    Array,
}

const WORDS: usize = MAX_DEPTH / 64 + 1;

/// The containers around a place, one bit for each.
struct OpenContainers {
    is_object: [u64; WORDS],
    count: usize,
    max: usize,
}

impl OpenContainers {
    fn push(&mut self, container: Container) -> Result<(), EventErrorKind> {
        if self.count >= self.max {
            return Err(EventErrorKind::TooDeep);
        }
        let (word, bit) = (self.count / 64, 1 << (self.count % 64));
        match container {
            Container::Object => self.is_object[word] |= bit,
            Container::Array => self.is_object[word] &= !bit,
        }
        self.count += 1;
        Ok(())
    }

    fn last(&self) -> Option<Container> {
        let index = self.count.checked_sub(1)?;
        let is_object = self.is_object[index / 64] >> (index % 64) & 1 == 1;
        Some(if is_object { Container::Object } else { Container::Array })
    }

    fn pop(&mut self) {
        self.count -= 1;
    }
}
