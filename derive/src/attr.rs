//! Parses the keys of `#[payload(…)]`, with their spans and values.

use proc_macro2::{Span, TokenTree};
use syn::meta::ParseNestedMeta;
use syn::parse::Parse;
use syn::punctuated::Punctuated;
use syn::{DeriveInput, Error, Ident, LitInt, LitStr, Path, Result, Token};

/// The keys that were given, each with its span: errors are reported at the key or at its value.
///
/// Nothing is required here. `valid` checks the combination, so that this stage reports only syntax and duplicates.
#[derive(Default)]
pub(crate) struct Attributes {
    /// The first `payload` in `#[payload(…)]`: missing keys are reported here.
    pub(crate) span: Option<Span>,
    pub(crate) internal: Option<Span>,
    pub(crate) external: Option<Span>,
    pub(crate) name: Option<LitStr>,
    pub(crate) version: Option<LitInt>,
    pub(crate) previous: Option<Path>,
    pub(crate) key: Option<Field>,
    pub(crate) time: Option<Field>,
    pub(crate) entity: Option<LitStr>,
    pub(crate) deprecated: Option<LitStr>,
    pub(crate) sunset: Option<LitStr>,
}

/// A field or a nested field: `order_id`, `order.id`.
pub(crate) type Field = Punctuated<Ident, Token![.]>;

const KEYS: &str =
    "`internal` or `external`, `name`, `version`, `previous`, `key`, `time`, `entity`, `deprecated`, `sunset`";

/// Parses all `#[payload(…)]` attributes of a type as one. The first invalid key ends it.
pub(crate) fn read(input: &DeriveInput) -> Result<Attributes> {
    let mut attributes = Attributes::default();
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("payload")) {
        attributes.span.get_or_insert_with(|| attribute.path().segments[0].ident.span());
        attribute.parse_nested_meta(|meta| attributes.read_key(&meta))?;
    }
    Ok(attributes)
}

impl Attributes {
    fn read_key(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let Some(key) = meta.path.get_ident() else {
            return Err(meta.error(format!("expected one of {KEYS}")));
        };
        match key.to_string().as_str() {
            "internal" => set(&mut self.internal, key, key.span()),
            "external" => set(&mut self.external, key, key.span()),
            "name" => set(&mut self.name, key, value(meta, "expected a string: `name = \"Order.Created\"`")?),
            "version" => set(&mut self.version, key, value(meta, "expected a number: `version = 1`")?),
            "previous" => set(
                &mut self.previous,
                key,
                value(meta, "expected the type of the previous version: `previous = v1::OrderCreated`")?,
            ),
            "key" => set(&mut self.key, key, field(meta)?),
            "time" => set(&mut self.time, key, field(meta)?),
            "entity" => set(&mut self.entity, key, value(meta, "expected a string: `entity = \"order\"`")?),
            "deprecated" => {
                set(&mut self.deprecated, key, value(meta, "expected a date in quotes: `deprecated = \"2027-01-31\"`")?)
            }
            "sunset" => {
                set(&mut self.sunset, key, value(meta, "expected a date in quotes: `sunset = \"2027-01-31\"`")?)
            }
            other => Err(meta.error(format!("unknown key `{other}` in `#[payload(…)]`\nexpected one of {KEYS}"))),
        }
    }
}

/// Returns true if the key `internal` is present in an attribute that may be invalid otherwise.
///
/// It scans tokens, because parsing has failed. [`fallback`](crate::expand::fallback) needs the side even then: with the
/// wrong one, each use of the type on the right side would be another error.
pub(crate) fn is_marked_internal(input: &DeriveInput) -> bool {
    input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("payload"))
        .filter_map(|attribute| attribute.meta.require_list().ok())
        .flat_map(|list| list.tokens.clone())
        .any(|token| matches!(token, TokenTree::Ident(ident) if ident == "internal"))
}

/// Parses the value after `key =`, with `expected` as the error in place of the one of syn, such as "expected string
/// literal", which names no example.
fn value<T: Parse>(meta: &ParseNestedMeta<'_>, expected: &str) -> Result<T> {
    if !meta.input.peek(Token![=]) {
        return Err(meta.error(expected));
    }
    let value = meta.value()?;
    value.parse().map_err(|error: Error| Error::new(error.span(), expected))
}

/// Parses the path of a field. A path of identifiers, not an expression: it is emitted after `self.`.
fn field(meta: &ParseNestedMeta<'_>) -> Result<Field> {
    let expected = "expected a field without quotes: `order_id`, or `order.id` for a nested field";
    if !meta.input.peek(Token![=]) {
        return Err(meta.error(expected));
    }
    Field::parse_separated_nonempty(meta.value()?).map_err(|error| Error::new(error.span(), expected))
}

/// Stores the value of a key. A duplicate is an error at the second key.
fn set<T>(slot: &mut Option<T>, key: &Ident, value: T) -> Result<()> {
    if slot.is_some() {
        let message = if key == "previous" {
            "duplicate key `previous`: a version has one previous version".to_owned()
        } else {
            format!("duplicate key `{key}`")
        };
        return Err(Error::new_spanned(key, message));
    }
    *slot = Some(value);
    Ok(())
}
