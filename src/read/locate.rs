//! Where the payload is.

use std::borrow::Cow;
use std::convert::Infallible;

use serde_json::value::RawValue;

use super::assemble::{self, Findings, place};
use super::error::{Mismatch, ReadErrorKind};
use super::observation::ObservationKind;
use super::readable::TypeInfo;
use crate::event::member;
use crate::pointer::Pointer;
use crate::wire::facts::{self, Facts};
use crate::wire::{ClaimCheck, aws_lambda_stream};

/// Where a payload is, and its text.
pub(super) struct Located<'a> {
    pub(super) place: Pointer,
    pub(super) raw: Cow<'a, RawValue>,
}

/// Where the payload is, and its text. `None` where it is missing, which is noted.
pub(super) fn locate<'a>(
    facts: &mut Facts<'a, Infallible>,
    info: &TypeInfo,
    limit: usize,
    findings: &mut Findings,
) -> Result<Option<Located<'a>>, ReadErrorKind> {
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
    if let Some(raw) = facts.eem.take() {
        match aws_lambda_stream::encrypted_fields(raw) {
            Some(fields) => return Err(ReadErrorKind::Encrypted { fields }),
            None => facts.leftovers.push(("eem".into(), raw)),
        }
    }
    let wanted = info.entity;
    let mut candidates = Vec::new();
    for (position, (name, raw)) in facts.leftovers.iter().enumerate() {
        let may_be = match wanted {
            Some(wanted) => name == wanted,
            // `raw` is an image of a database record, and no part of any contract.
            None => name != "raw",
        };
        if may_be && let Some(unpacked) = unpack(raw, wanted.is_some(), limit)? {
            candidates.push((position, unpacked));
        }
    }
    if let [(position, _)] = &candidates[..] {
        let (name, _) = facts.leftovers.remove(*position);
        let place = Pointer::from(place(facts, &name));
        let Some((_, (raw, count))) = candidates.pop() else {
            return Ok(None);
        };
        if count > 0 {
            findings.observe(place.clone(), ObservationKind::Decompressed);
        }
        if let Some(raw) = facts.s3.take() {
            facts.leftovers.push(("s3".into(), raw));
        }
        return Ok(Some(Located { place, raw }));
    }
    if candidates.is_empty()
        && let Some(claim) = facts.s3.and_then(|raw| serde_json::from_str::<ClaimCheck>(raw.get()).ok())
    {
        return Err(ReadErrorKind::ClaimCheck(claim));
    }
    let (expected, found) = match (wanted, &candidates[..]) {
        (Some(wanted), _) => (format!("the entity `{wanted}`"), "nothing".to_owned()),
        // A payload that says nothing but its type, as that of a job that has begun.
        (None, []) => {
            let nothing = RawValue::from_string("{}".to_owned()).map(Cow::Owned);
            let place = assemble::root_of(facts.prefix);
            return Ok(nothing.ok().map(|raw| Located { place, raw }));
        }
        (None, several) => {
            let names: Vec<_> =
                several.iter().map(|(position, _)| format!("`{}`", facts.leftovers[*position].0)).collect();
            let expected = "one entity: say which with `entity = \"…\"` in `#[payload(…)]`";
            (expected.to_owned(), names.join(" and "))
        }
    };
    findings.mismatches.push(Mismatch::new(assemble::root_of(facts.prefix), expected, found));
    Ok(None)
}

/// The value with what is compressed in it unpacked, and how much that was. `None` where it is no object, unless
/// it may be anything.
fn unpack(raw: &RawValue, anything: bool, limit: usize) -> Result<Option<(Cow<'_, RawValue>, usize)>, ReadErrorKind> {
    let is_object = |text: &str| anything || text.starts_with('{');
    let text = raw.get();
    if !text.starts_with('{') && !text.starts_with("\"COMPRESSED") && !anything {
        return Ok(None);
    }
    let (unpacked, count) = aws_lambda_stream::unpack(text, limit).map_err(ReadErrorKind::Delivery)?;
    let raw = match unpacked {
        Cow::Borrowed(_) => Cow::Borrowed(raw),
        Cow::Owned(text) => match RawValue::from_string(text) {
            Ok(raw) => Cow::Owned(raw),
            Err(_) => Cow::Borrowed(raw),
        },
    };
    Ok(is_object(raw.get()).then_some((raw, count)))
}
