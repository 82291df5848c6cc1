//! Location of the payload in a delivery.

use std::borrow::Cow;
use std::convert::Infallible;

use serde_json::value::RawValue;

use super::error::{Mismatch, ReadErrorKind};
use super::findings::{Findings, is_cloud_event_root, place, prefix_pointer};
use super::observation::ObservationKind;
use crate::event::member;
use crate::payload::TypeInfo;
use crate::wire::facts::{self, Facts};
use crate::wire::{ClaimCheck, aws_lambda_stream};
use json_document::Pointer;

/// A payload: its pointer in the document, and its text.
pub(super) struct Located<'a> {
    pub(super) place: Pointer,
    pub(super) raw: Cow<'a, RawValue>,
}

/// Returns the names of the encrypted fields of a payload under `data`.
pub(super) fn encrypted_fields<X>(facts: &Facts<'_, X>) -> Option<Vec<String>> {
    facts
        .unknown_members
        .iter()
        .find(|(name, _)| name == "eem")
        .and_then(|(_, raw)| aws_lambda_stream::encrypted_fields(raw))
}

/// Finds the payload. Returns `None` after a mismatch.
pub(super) fn locate<'a>(
    facts: &mut Facts<'a, Infallible>,
    info: &TypeInfo,
    max_bytes: usize,
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
            Ok(Some(Located { place: prefix_pointer(facts.prefix), raw: Cow::Borrowed(raw) }))
        }
        facts::Payload::Entity => locate_entity(facts, info, max_bytes, findings),
        facts::Payload::Missing => {
            let at = place(facts, member::DATA);
            findings.mismatches.push(Mismatch::new(at.into(), "the payload", "nothing"));
            Ok(None)
        }
        facts::Payload::Streamed(never) => match never {},
    }
}

/// Finds the member of a flat detail that is the payload.
fn locate_entity<'a>(
    facts: &mut Facts<'a, Infallible>,
    info: &TypeInfo,
    max_bytes: usize,
    findings: &mut Findings,
) -> Result<Option<Located<'a>>, ReadErrorKind> {
    let eem = facts.eem.take();
    if let Some(fields) = eem.and_then(aws_lambda_stream::encrypted_fields) {
        return Err(ReadErrorKind::Encrypted { fields });
    }
    let wanted = info.entity;
    let s3 = facts.s3.take();
    if let Some(ClaimCheck { bucket, key }) = s3.and_then(|raw| serde_json::from_str::<ClaimCheck>(raw.get()).ok())
        && !wanted.is_some_and(|wanted| facts.unknown_members.iter().any(|(name, _)| name == wanted))
    {
        return Err(ReadErrorKind::ClaimCheck { bucket, key });
    }
    let found = find_entity(facts, wanted)?;
    let located = match found {
        Found::One(position) => {
            let (name, raw) = facts.unknown_members.remove(position);
            let place = Pointer::from(place(facts, &name));
            let (raw, count) = decompress(raw, max_bytes)?;
            if count > 0 {
                findings.observe(place.clone(), ObservationKind::Decompressed);
            }
            Some(Located { place, raw })
        }
        // An event without data, such as the start of a job.
        Found::Nothing => {
            let place = prefix_pointer(facts.prefix);
            RawValue::from_string("{}".to_owned()).ok().map(|raw| Located { place, raw: Cow::Owned(raw) })
        }
        Found::Wrong { expected, found } => {
            findings.mismatches.push(Mismatch::new(prefix_pointer(facts.prefix), expected, found));
            None
        }
    };
    facts.unknown_members.extend(eem.map(|raw| ("eem".into(), raw)));
    facts.unknown_members.extend(s3.map(|raw| ("s3".into(), raw)));
    Ok(located)
}

/// Returns the position of the entity among the unknown members of a detail that has `data` as well.
pub(super) fn find_second_payload<X>(facts: &Facts<'_, X>, info: &TypeInfo) -> Option<usize> {
    let wanted = info.entity?;
    let has_data = matches!(facts.payload, facts::Payload::Raw(Some(_), _) | facts::Payload::Streamed(_));
    if !has_data || is_cloud_event_root(facts) || encrypted_fields(facts).is_some() {
        return None;
    }
    let is_entity = |(name, raw): &(Cow<'_, str>, &RawValue)| name == wanted && raw.get().starts_with('{');
    let mut positions = (0..).zip(&facts.unknown_members).filter(|(_, member)| is_entity(member));
    let first = positions.next().map(|(position, _)| position);
    if positions.next().is_some() { None } else { first }
}

/// Returns the payload under a member of the detail, decompressed.
pub(super) fn locate_member<'a, X>(
    facts: &Facts<'_, X>,
    (name, raw): &(Cow<'_, str>, &'a RawValue),
    max_bytes: usize,
) -> Result<Located<'a>, ReadErrorKind> {
    let (raw, _) = decompress(raw, max_bytes)?;
    Ok(Located { place: prefix_pointer(facts.prefix).join(name), raw })
}

/// The result of [`find_entity`].
enum Found {
    /// The unknown member at this position.
    One(usize),
    /// No candidate.
    Nothing,
    Wrong {
        expected: String,
        found: String,
    },
}

/// Finds the entity among the unknown members, without decompressing them.
fn find_entity(facts: &Facts<'_, Infallible>, wanted: Option<&str>) -> Result<Found, ReadErrorKind> {
    let members = || facts.unknown_members.iter().enumerate();
    if let Some(wanted) = wanted {
        let mut named = members().filter(|(_, (name, _))| name == wanted);
        return Ok(match (named.next(), named.next()) {
            (Some((position, _)), None) => Found::One(position),
            (first, _) => {
                let found = if first.is_some() { "more than one of this name" } else { "nothing" };
                Found::Wrong { expected: format!("the entity `{wanted}`"), found: found.to_owned() }
            }
        });
    }
    let (mut one, mut other) = (None, None);
    // `raw` is the image of a database record, and not part of any contract.
    for (position, (name, raw)) in members().filter(|(_, (name, _))| name != "raw") {
        let begins = aws_lambda_stream::first_byte(raw.get()).map_err(ReadErrorKind::Delivery)?;
        match (begins, one) {
            (b'{', None) => one = Some((position, name)),
            (b'{', Some((_, first))) => {
                let expected = "one entity: add `entity = \"…\"` to `#[payload(…)]`".to_owned();
                return Ok(Found::Wrong { expected, found: format!("`{first}` and `{name}`") });
            }
            // `triggers` are the events that led to an event of a hub.
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

/// Decompresses the values in a payload, and returns their number.
fn decompress(raw: &RawValue, max_bytes: usize) -> Result<(Cow<'_, RawValue>, usize), ReadErrorKind> {
    let (text, count) = aws_lambda_stream::decompress_values(raw.get(), max_bytes).map_err(ReadErrorKind::Delivery)?;
    let raw = match text {
        Cow::Borrowed(_) => Cow::Borrowed(raw),
        Cow::Owned(text) => match RawValue::from_string(text) {
            Ok(raw) => Cow::Owned(raw),
            Err(_) => Cow::Borrowed(raw),
        },
    };
    Ok((raw, count))
}
