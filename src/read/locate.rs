//! Where the payload is.

use std::borrow::Cow;
use std::convert::Infallible;

use serde_json::value::RawValue;

use super::assemble::{self, Findings, place};
use super::error::{Mismatch, ReadErrorKind};
use super::observation::ObservationKind;
use super::readable::TypeInfo;
use crate::event::member;
use crate::wire::facts::{self, Facts};
use crate::wire::{ClaimCheck, aws_lambda_stream};
use json_document::Pointer;

/// Where a payload is, and its text.
pub(super) struct Located<'a> {
    pub(super) place: Pointer,
    pub(super) raw: Cow<'a, RawValue>,
}

/// The names of the encrypted fields of a payload under `data`.
pub(super) fn encrypted_fields<X>(facts: &Facts<'_, X>) -> Option<Vec<String>> {
    facts
        .unknown_members
        .iter()
        .find(|(name, _)| name == "eem")
        .and_then(|(_, raw)| aws_lambda_stream::encrypted_fields(raw))
}

/// Where the payload is, and its text. `None` where it is missing, which is noted.
pub(super) fn locate<'a>(
    facts: &mut Facts<'a, Infallible>,
    info: &TypeInfo,
    limit: usize,
    findings: &mut Findings,
) -> Result<Option<Located<'a>>, ReadErrorKind> {
    if let Some(fields) = encrypted_fields(facts) {
        return Err(ReadErrorKind::Encrypted { fields });
    }
    match std::mem::replace(&mut facts.payload, facts::Payload::Missing) {
        facts::Payload::Raw(Some(name), raw) => {
            Ok(Some(Located { place: place(facts, name).into(), raw: Cow::Borrowed(raw) }))
        }
        facts::Payload::Raw(None, raw) => {
            Ok(Some(Located { place: assemble::root_of(facts.prefix), raw: Cow::Borrowed(raw) }))
        }
        facts::Payload::Entity => locate_entity(facts, info, limit, findings),
        facts::Payload::Missing => {
            let at = place(facts, member::DATA);
            findings.mismatches.push(Mismatch::new(at.into(), "the payload", "nothing"));
            Ok(None)
        }
        facts::Payload::Streamed(never) => match never {},
    }
}

/// Which member of a flat detail is the payload.
fn locate_entity<'a>(
    facts: &mut Facts<'a, Infallible>,
    info: &TypeInfo,
    limit: usize,
    findings: &mut Findings,
) -> Result<Option<Located<'a>>, ReadErrorKind> {
    let eem = facts.eem.take();
    if let Some(fields) = eem.and_then(aws_lambda_stream::encrypted_fields) {
        return Err(ReadErrorKind::Encrypted { fields });
    }
    let wanted = info.entity;
    let s3 = facts.s3.take();
    if let Some(claim) = s3.and_then(|raw| serde_json::from_str::<ClaimCheck>(raw.get()).ok())
        && !wanted.is_some_and(|wanted| facts.unknown_members.iter().any(|(name, _)| name == wanted))
    {
        return Err(ReadErrorKind::ClaimCheck(claim));
    }
    let found = find_entity(facts, wanted)?;
    let located = match found {
        Found::One(position) => {
            let (name, raw) = facts.unknown_members.remove(position);
            let place = Pointer::from(place(facts, &name));
            let (raw, count) = unpack(raw, limit)?;
            if count > 0 {
                findings.observe(place.clone(), ObservationKind::Decompressed);
            }
            Some(Located { place, raw })
        }
        // A payload that says nothing but its type, as that of a job that has begun.
        Found::Nothing => {
            let place = assemble::root_of(facts.prefix);
            RawValue::from_string("{}".to_owned()).ok().map(|raw| Located { place, raw: Cow::Owned(raw) })
        }
        Found::Wrong { expected, found } => {
            findings.mismatches.push(Mismatch::new(assemble::root_of(facts.prefix), expected, found));
            None
        }
    };
    facts.unknown_members.extend(eem.map(|raw| ("eem".into(), raw)));
    facts.unknown_members.extend(s3.map(|raw| ("s3".into(), raw)));
    Ok(located)
}

enum Found {
    /// The leftover at this position.
    One(usize),
    /// Nothing that could be an entity.
    Nothing,
    Wrong {
        expected: String,
        found: String,
    },
}

/// Finds the entity among the leftovers, without unpacking any.
fn find_entity(facts: &Facts<'_, Infallible>, wanted: Option<&str>) -> Result<Found, ReadErrorKind> {
    let leftovers = || facts.unknown_members.iter().enumerate();
    if let Some(wanted) = wanted {
        let mut named = leftovers().filter(|(_, (name, _))| name == wanted);
        return Ok(match (named.next(), named.next()) {
            (Some((position, _)), None) => Found::One(position),
            (first, _) => {
                let found = if first.is_some() { "more than one of this name" } else { "nothing" };
                Found::Wrong { expected: format!("the entity `{wanted}`"), found: found.to_owned() }
            }
        });
    }
    let (mut one, mut other) = (None, None);
    // `raw` is an image of a database record, and no part of any contract.
    for (position, (name, raw)) in leftovers().filter(|(_, (name, _))| name != "raw") {
        let begins = aws_lambda_stream::first_byte(raw.get()).map_err(ReadErrorKind::Delivery)?;
        match (begins, one) {
            (b'{', None) => one = Some((position, name)),
            (b'{', Some((_, first))) => {
                let expected = "one entity: say which with `entity = \"…\"` in `#[payload(…)]`".to_owned();
                return Ok(Found::Wrong { expected, found: format!("`{first}` and `{name}`") });
            }
            // `triggers` are what led to an event of a hub.
            _ if name == "triggers" => {}
            (begins, _) => {
                other.get_or_insert((begins, name));
            }
        }
    }
    Ok(match (one, other) {
        (Some((position, _)), _) => Found::One(position),
        (None, Some((begins, name))) => {
            let kind = match begins {
                b'[' => "an array",
                b'"' => "a string",
                b't' | b'f' => "a boolean",
                b'n' => "null",
                _ => "a number",
            };
            Found::Wrong { expected: "the entity, an object".to_owned(), found: format!("{kind} under `{name}`") }
        }
        (None, None) => Found::Nothing,
    })
}

/// The value with what is compressed in it unpacked, and how much that was.
fn unpack(raw: &RawValue, limit: usize) -> Result<(Cow<'_, RawValue>, usize), ReadErrorKind> {
    let (unpacked, count) = aws_lambda_stream::decompress_values(raw.get(), limit).map_err(ReadErrorKind::Delivery)?;
    let raw = match unpacked {
        Cow::Borrowed(_) => Cow::Borrowed(raw),
        Cow::Owned(text) => match RawValue::from_string(text) {
            Ok(raw) => Cow::Owned(raw),
            Err(_) => Cow::Borrowed(raw),
        },
    };
    Ok((raw, count))
}
