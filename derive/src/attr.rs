//! `#[payload(…)]` as it is written: which keys, where, with what.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::{DeriveInput, Error, Ident, LitInt, LitStr, Path, Result, Token};

/// The keys that were given, each with its place.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) span: Option<Span>,
    pub(crate) internal: Option<Span>,
    pub(crate) external: Option<Span>,
    pub(crate) name: Option<LitStr>,
    pub(crate) version: Option<LitInt>,
    pub(crate) previous: Option<Path>,
    pub(crate) key: Option<Field>,
    pub(crate) time: Option<Field>,
    pub(crate) entity: Option<LitStr>,
}

/// A field, or a field of a field: `order_id`, `order.id`.
pub(crate) type Field = Punctuated<Ident, Token![.]>;

const KEYS: &str =
    "`internal` or `external`, `name`, `version`, `previous`, `key`, `time`, `entity`";

pub(crate) fn read(input: &DeriveInput) -> Result<Attributes> {
    let mut attributes = Attributes::default();
    for attribute in input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("payload"))
    {
        attributes
            .span
            .get_or_insert_with(|| attribute.path().segments[0].ident.span());
        attribute.parse_nested_meta(|meta| attributes.take(&meta))?;
    }
    Ok(attributes)
}

impl Attributes {
    fn take(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let Some(key) = meta.path.get_ident() else {
            return Err(meta.error(format!("expected one of {KEYS}")));
        };
        match key.to_string().as_str() {
            "internal" => set(&mut self.internal, key, key.span()),
            "external" => set(&mut self.external, key, key.span()),
            "name" => set(&mut self.name, key, meta.value()?.parse()?),
            "version" => set(&mut self.version, key, meta.value()?.parse()?),
            "previous" => set(&mut self.previous, key, meta.value()?.parse()?),
            "key" => set(
                &mut self.key,
                key,
                Field::parse_separated_nonempty(meta.value()?)?,
            ),
            "time" => set(
                &mut self.time,
                key,
                Field::parse_separated_nonempty(meta.value()?)?,
            ),
            "entity" => set(&mut self.entity, key, meta.value()?.parse()?),
            other => Err(meta.error(format!(
                "`{other}` is not a key of `#[payload(…)]`: expected one of {KEYS}"
            ))),
        }
    }
}

fn set<T>(slot: &mut Option<T>, key: &Ident, value: T) -> Result<()> {
    if slot.is_some() {
        let message = if key == "previous" {
            "`previous` stands here twice: a version has one version before it".to_owned()
        } else {
            format!("`{key}` stands here twice")
        };
        return Err(Error::new_spanned(key, message));
    }
    *slot = Some(value);
    Ok(())
}
