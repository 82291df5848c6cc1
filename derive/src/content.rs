//! Content of external payloads: an allow-list of shared fields, each with a name and without an internal payload.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::meta::ParseNestedMeta;
use syn::{
    Attribute, Data, DeriveInput, Error, Field, GenericArgument, Ident, LitStr, PathArguments, Result, Token, Type,
};

use crate::span::ends;

/// Refuses `#[serde(flatten)]`.
pub(crate) fn refuse_flatten(input: &DeriveInput) -> Result<()> {
    for field in fields(&input.data) {
        if let Some((flatten, _)) = serde_keys(&field.attrs).into_iter().find(|(key, _)| key == "flatten") {
            return Err(Error::new(
                flatten.span(),
                "`flatten` in an external payload would also share fields that are added later\n\
                 list the shared fields here",
            ));
        }
    }
    Ok(())
}

/// Emits checks that no field has an internal payload. Types are resolved only when the output is compiled.
pub(crate) fn compile_checks(input: &DeriveInput) -> TokenStream {
    let mut types = Vec::new();
    fields(&input.data).for_each(|field| collect(&field.ty, &mut types));
    let instead = serde_keys(&input.attrs).into_iter().filter(|(key, _)| key == "into");
    for written in instead.filter_map(|(_, text)| text?.parse::<Type>().ok()) {
        collect(&written, &mut types);
    }
    let checks = types.iter().map(|content| {
        let (first, last) = ends(content);
        let check = quote_spanned!(first=> ::event_contract::__private::check_content);
        let call = quote_spanned!(last=> (::event_contract::__private::IsInternal::<#content>::VALUE));
        quote! {
            const _: () = {
                #[allow(unused_imports)]
                use ::event_contract::__private::NotInternal as _;
                #check #call
            };
        }
    });
    quote!(#(#checks)*)
}

fn fields(data: &Data) -> Box<dyn Iterator<Item = &Field> + '_> {
    match data {
        Data::Struct(data) => Box::new(data.fields.iter()),
        Data::Enum(data) => Box::new(data.variants.iter().flat_map(|variant| &variant.fields)),
        Data::Union(_) => Box::new(std::iter::empty()),
    }
}

/// Collects a type and its type arguments as they are written: `Option<Vec<T>>`, `Vec<T>` and `T`.
fn collect(written: &Type, types: &mut Vec<Type>) {
    // The checks are outside of an `impl`, without `Self`; the type that it names is external.
    if !mentions_self(written.to_token_stream()) {
        types.push(written.clone());
    }
    match written {
        Type::Path(path) if path.qself.is_none() => {
            for segment in &path.path.segments {
                let PathArguments::AngleBracketed(arguments) = &segment.arguments else { continue };
                for argument in &arguments.args {
                    if let GenericArgument::Type(argument) = argument
                        && !is_constant(argument)
                    {
                        collect(argument, types);
                    }
                }
            }
        }
        Type::Array(array) => collect(&array.elem, types),
        Type::Group(group) => collect(&group.elem, types),
        Type::Paren(paren) => collect(&paren.elem, types),
        Type::Reference(reference) => collect(&reference.elem, types),
        Type::Slice(slice) => collect(&slice.elem, types),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|elem| collect(elem, types)),
        _ => {}
    }
}

fn mentions_self(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions_self(group.stream()),
        TokenTree::Ident(ident) => ident == "Self",
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Guesses whether an argument is a constant: its tokens are those of a type, so a name in capitals decides.
fn is_constant(argument: &Type) -> bool {
    let Type::Path(path) = argument else { return false };
    path.path.get_ident().is_some_and(|name| !name.to_string().contains(char::is_lowercase))
}

/// Returns the keys of `#[serde(…)]`, each with its string if it has one. Invalid keys are left to serde to report.
fn serde_keys(attributes: &[Attribute]) -> Vec<(Ident, Option<LitStr>)> {
    let mut keys = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            if let Some(key) = meta.path.get_ident() {
                keys.push((key.clone(), text(&meta)?));
            }
            Ok(())
        });
    }
    keys
}

/// Parses the value of a key, up to the next key.
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
