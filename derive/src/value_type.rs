//! `#[derive(ValueType)]`: a type that may be part of an external payload.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Error, Result};

use crate::content::{self, Content};
use crate::flat_key;

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    if let Data::Union(union) = &input.data {
        return Err(Error::new(union.union_token.span(), "a union cannot be a value type"));
    }
    if let Some(attribute) = input.attrs.iter().find(|attribute| attribute.path().is_ident("payload")) {
        return Err(Error::new_spanned(
            attribute.path(),
            "a payload is not a value type\n\
             remove `ValueType`: an external payload is `Shareable` without it, an internal one never is",
        ));
    }
    let content = Content::new(input, "a value type")?;
    flat_key::check(input)?;
    Ok(content.expand(&input.ident, &input.generics))
}

/// Emits a placeholder implementation beside the error: without it, every use of the type would be another error.
pub(crate) fn fallback(input: &DeriveInput, error: &Error) -> TokenStream {
    let error = error.to_compile_error();
    // A payload has an implementation from its own derive.
    if input.attrs.iter().any(|attribute| attribute.path().is_ident("payload")) {
        return error;
    }
    let shareable = content::fallback(&input.ident, &input.generics);
    quote!(#error #shareable)
}
