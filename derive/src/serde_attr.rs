//! Keys of `#[serde(…)]`, as far as they decide what is written and read.

use proc_macro2::TokenTree;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Ident, LitStr, Result, Token};

/// Returns the first key of `#[serde(…)]` with one of these names.
pub(crate) fn find(attributes: &[Attribute], names: &[&str]) -> Option<Ident> {
    find_in("serde", attributes, names)
}

/// Returns the first key of the attributes `path` with one of these names.
pub(crate) fn find_in(path: &str, attributes: &[Attribute], names: &[&str]) -> Option<Ident> {
    keys(path, attributes).into_iter().map(|(key, _)| key).find(|key| names.iter().any(|name| key == name))
}

/// Returns the string of a key of `#[serde(…)]`.
pub(crate) fn value(attributes: &[Attribute], name: &str) -> Option<LitStr> {
    keys("serde", attributes).into_iter().find(|(key, _)| key == name)?.1
}

/// Returns the keys, each with its string if it has one.
///
/// Errors are ignored: serde's own derive reports them, and one mistake should give one message.
fn keys(path: &str, attributes: &[Attribute]) -> Vec<(Ident, Option<LitStr>)> {
    let mut keys = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(path)) {
        let _ = attribute.parse_nested_meta(|meta| {
            if let Some(key) = meta.path.get_ident() {
                keys.push((key.clone(), text(&meta)?));
            }
            Ok(())
        });
    }
    keys
}

/// Parses the value of a key up to the next key: `parse_nested_meta` fails if tokens are left over.
fn text(meta: &ParseNestedMeta<'_>) -> Result<Option<LitStr>> {
    if meta.input.peek(Token![=]) {
        let value = meta.value()?;
        return if value.peek(LitStr) { value.parse().map(Some) } else { value.parse::<TokenTree>().map(|_| None) };
    }
    if meta.input.peek(syn::token::Paren) {
        meta.input.parse::<TokenTree>()?;
    }
    Ok(None)
}
