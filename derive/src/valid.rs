//! What `#[payload(…)]` has to say, checked as far as one type alone can tell.

use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Error, LitStr, Path, Result};

use crate::attr::{Attributes, Field};
use crate::day::{self, Day};
use crate::held;

/// A complete and consistent `#[payload(…)]`.
pub(crate) struct Payload {
    pub(crate) external: bool,
    pub(crate) name: LitStr,
    pub(crate) version: u32,
    pub(crate) previous: Option<Path>,
    pub(crate) key: Option<Field>,
    pub(crate) time: Option<Field>,
    pub(crate) entity: Option<LitStr>,
    pub(crate) deprecated: Option<Day>,
    pub(crate) sunset: Option<Day>,
}

const EXAMPLE: &str = "`#[payload(external, name = \"Order.Created\", version = 1)]`";

pub(crate) fn check(input: &DeriveInput, attributes: Attributes) -> Result<Payload> {
    let Some(span) = attributes.span else {
        return Err(Error::new(input.ident.span(), format!("a payload says its side, name and version: {EXAMPLE}")));
    };
    if let Data::Union(union) = &input.data {
        return Err(Error::new(union.union_token.span(), "a union cannot be the payload of an event"));
    }
    if !input.generics.params.is_empty() {
        return Err(Error::new(
            input.generics.params.span(),
            "a payload has no parameters: one name and version is one type",
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
                "say `internal` (stays inside the subsystem) or `external` (may be shared with others)",
            ));
        }
    };
    let name =
        attributes.name.ok_or_else(|| Error::new(span, format!("the name of the event is missing: {EXAMPLE}")))?;
    check_name(&name)?;
    let literal = attributes.version.ok_or_else(|| Error::new(span, format!("the version is missing: {EXAMPLE}")))?;
    let version: u32 = literal
        .base10_parse()
        .ok()
        .filter(|version| *version >= 1)
        .ok_or_else(|| Error::new(literal.span(), "versions are counted from 1: `version = 1`"))?;
    match (&attributes.previous, version) {
        (None, 1) => {}
        (None, _) => {
            let before = version - 1;
            return Err(Error::new(
                literal.span(),
                format!(
                    "version {version} has a version before it: name the type of version {before} as `previous = …`"
                ),
            ));
        }
        (Some(previous), 1) => {
            return Err(Error::new_spanned(
                previous,
                "version 1 is the first: it has no `previous`; is this version 2?",
            ));
        }
        (Some(previous), _) if previous.is_ident(&input.ident) || previous.is_ident("Self") => {
            return Err(Error::new_spanned(
                previous,
                "a version is not its own `previous`: name the type of the version before it",
            ));
        }
        (Some(_), _) => {}
    }
    if let Some(entity) = attributes.entity.as_ref().filter(|entity| entity.value().is_empty()) {
        return Err(Error::new(entity.span(), "the name of an entity is not empty: `entity = \"order\"`"));
    }
    let day = |key: &str, literal: &Option<LitStr>| literal.as_ref().map(|text| day::read(key, text)).transpose();
    let (deprecated, sunset) = (day("deprecated", &attributes.deprecated)?, day("sunset", &attributes.sunset)?);
    if let (Some(from), Some(until), Some(literal)) = (deprecated, sunset, &attributes.sunset)
        && until < from
    {
        return Err(Error::new(literal.span(), "the sunset of a version does not come before its deprecation"));
    }
    if external {
        held::check(input)?;
    }
    Ok(Payload {
        external,
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

/// The rules of `event_contract::EventType`, told here because a message at the literal is the better one.
fn check_name(name: &LitStr) -> Result<()> {
    let text = name.value();
    let wrong = if text.is_empty() {
        "the name of an event is not empty: `name = \"Order.Created\"`"
    } else if text.chars().count() > 128 {
        "the name of an event has at most 128 characters"
    } else if text.chars().any(|character| character < ' ' || character == '\u{7f}') {
        "the name of an event has no control characters"
    } else if text.starts_with(' ') || text.ends_with(' ') {
        "the name of an event neither begins nor ends with a space"
    } else {
        return Ok(());
    };
    Err(Error::new(name.span(), wrong))
}
