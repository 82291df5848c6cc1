//! Content of external payloads: an allow-list of shared fields, each with a name and without an internal payload.
//!
//! A derive sees tokens, not types: whether a field's type is an internal payload is known only when the output is
//! compiled. So the derive emits one constant for each type, and the compiler evaluates it after name resolution.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::meta::ParseNestedMeta;
use syn::{
    Attribute, Data, DeriveInput, Error, Field, GenericArgument, Ident, LitStr, PathArguments, Result, Token, Type,
};

use crate::span::ends;

/// Rejects `#[serde(flatten)]`: the fields of the flattened type would be shared without being listed.
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

/// Emits a constant for each field type, and for the type of `#[serde(into)]`, that fails to compile for an internal
/// payload.
///
/// `IsInternal::<T>::VALUE` is autoref specialisation on a constant: if `T` is an internal payload, the inherent constant
/// applies; otherwise the one of the trait `NotInternal`, which must be in scope. A trait bound could not express the
/// negation. See `is_internal.rs` of the library.
///
/// The function has the span of the first token of the type and its argument that of the last: rustc reports a failed
/// constant at the whole call, which joins both to the type as the user wrote it.
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

/// Iterates over the fields of a struct, or of all variants of an enum.
fn fields(data: &Data) -> Box<dyn Iterator<Item = &Field> + '_> {
    match data {
        Data::Struct(data) => Box::new(data.fields.iter()),
        Data::Enum(data) => Box::new(data.variants.iter().flat_map(|variant| &variant.fields)),
        Data::Union(_) => Box::new(std::iter::empty()),
    }
}

/// Collects a type and its type arguments as they are written: `Option<Vec<T>>`, `Vec<T>` and `T`.
fn collect(written: &Type, types: &mut Vec<Type>) {
    // The constants are outside of an `impl`, where `Self` is not defined. No check is lost: it is an external payload.
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

/// Guesses whether an argument is a constant. syn parses the `N` of `Buffer<N>` as a type, because only name resolution
/// tells them from each other: by convention, a name without lower-case letters is a constant.
fn is_constant(argument: &Type) -> bool {
    let Type::Path(path) = argument else { return false };
    path.path.get_ident().is_some_and(|name| !name.to_string().contains(char::is_lowercase))
}

/// Returns the keys of `#[serde(…)]`, each with its string if it has one.
///
/// Errors are ignored: serde's own derive reports them, and one mistake should give one message.
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
