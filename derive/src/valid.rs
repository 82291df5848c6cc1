//! Checks `#[payload(…)]`, as far as that is possible from a single type.
//!
//! Checks across types are part of the output: a chain without gaps, with one name and one side, and existing fields. Only the first error is reported: the later checks rely on the earlier ones.

use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Error, LitStr, Path, Result};

use crate::attr::{Attributes, Field};
use crate::content::{self, Content};
use crate::day::{self, Date};
use crate::flat_key;

/// A complete and consistent `#[payload(…)]`.
pub(crate) struct Payload {
    /// Content that an external payload shares; `None` for an internal one.
    pub(crate) shared: Option<Content>,
    pub(crate) name: LitStr,
    pub(crate) version: u32,
    pub(crate) previous: Option<Path>,
    pub(crate) key: Option<Field>,
    pub(crate) time: Option<Field>,
    pub(crate) entity: Option<LitStr>,
    pub(crate) deprecated: Option<Date>,
    pub(crate) sunset: Option<Date>,
}

const EXAMPLE: &str = "`#[payload(external, name = \"Order.Created\", version = 1)]`";

/// Checks the keys against each other and against the shape of the type.
pub(crate) fn check(input: &DeriveInput, attributes: Attributes) -> Result<Payload> {
    let Some(span) = attributes.span else {
        return Err(Error::new(
            input.ident.span(),
            format!("missing attribute with side, name and version: {EXAMPLE}"),
        ));
    };
    if let Data::Union(union) = &input.data {
        return Err(Error::new(union.union_token.span(), "a union cannot be the payload of an event"));
    }
    if !input.generics.params.is_empty() {
        return Err(Error::new(
            input.generics.params.span(),
            "a payload must not have generic parameters: a name and a version are one type",
        ));
    }
    let external = match (attributes.internal, attributes.external) {
        (None, Some(_)) => true,
        (Some(_), None) => false,
        (Some(_), Some(second)) => {
            return Err(Error::new(second, "a payload is `internal` or `external`, not both"));
        }
        (None, None) => {
            return Err(Error::new(
                span,
                "missing side: `internal` (stays inside the subsystem) or `external` (may be shared)",
            ));
        }
    };
    let name = attributes.name.ok_or_else(|| Error::new(span, format!("missing `name`: {EXAMPLE}")))?;
    check_name(&name)?;
    let literal = attributes.version.ok_or_else(|| Error::new(span, format!("missing `version`: {EXAMPLE}")))?;
    let version: u32 = literal.base10_parse().ok().filter(|version| *version >= 1).ok_or_else(|| {
        Error::new(literal.span(), format!("expected a version from 1 to {}, found {literal}", u32::MAX))
    })?;
    match (&attributes.previous, version) {
        (None, 1) => {}
        (None, _) => {
            let before = version - 1;
            return Err(Error::new(
                literal.span(),
                format!("missing `previous`: name the type of version {before}, which version {version} follows"),
            ));
        }
        (Some(previous), 1) => {
            return Err(Error::new_spanned(previous, "version 1 has no previous version: is this version 2?"));
        }
        (Some(previous), _) if previous.is_ident(&input.ident) || previous.is_ident("Self") => {
            return Err(Error::new_spanned(
                previous,
                "a version cannot be its own `previous`: name the type of the version before it",
            ));
        }
        (Some(_), _) => {}
    }
    if let Some(entity) = attributes.entity.as_ref().filter(|entity| entity.value().is_empty()) {
        return Err(Error::new(entity.span(), "expected a name, found an empty string: `entity = \"order\"`"));
    }
    let day = |key: &str, literal: &Option<LitStr>| literal.as_ref().map(|text| day::read(key, text)).transpose();
    let (deprecated, sunset) = (day("deprecated", &attributes.deprecated)?, day("sunset", &attributes.sunset)?);
    if let (Some(from), Some(until), Some(literal)) = (deprecated, sunset, &attributes.sunset)
        && until < from
    {
        return Err(Error::new(
            literal.span(),
            "`sunset` is before `deprecated`: expected the same day or a later one",
        ));
    }
    let shared = if external {
        Some(Content::new(input, "an external payload")?)
    } else {
        content::refuse_field_attributes(input)?;
        None
    };
    flat_key::check(input)?;
    Ok(Payload {
        shared,
        name,
        version,
        previous: attributes.previous,
        key: attributes.key,
        time: attributes.time,
        entity: attributes.entity,
        deprecated,
        sunset,
    })
}

/// Checks the rules of `event_contract::EventType` at the literal.
///
/// The library checks them again in a constant, for payloads that are implemented by hand; that error can only point at
/// the derive.
fn check_name(name: &LitStr) -> Result<()> {
    let text = name.value();
    let wrong = if text.is_empty() {
        "expected a name, found an empty string: `name = \"Order.Created\"`"
    } else if text.chars().count() > 128 {
        "the name of an event is longer than 128 characters"
    } else if text.chars().any(|character| character < ' ' || character == '\u{7f}') {
        "the name of an event has no control characters"
    } else if text.starts_with(' ') || text.ends_with(' ') {
        "the name of an event begins or ends with a space"
    } else {
        return Ok(());
    };
    Err(Error::new(name.span(), wrong))
}
