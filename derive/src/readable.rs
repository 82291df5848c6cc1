//! `#[derive(Readable)]`: an enum with a variant for each event type, and one for all other events.
//!
//! The reader looks up a type by its index in `TYPES` and passes the index to `decode`, so that names are compared once
//! and no trait object is needed.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Error, Fields, Ident, Result, Type};

use crate::span::ends;

const SHAPE: &str = "expected variants with one event each, such as `Created(Event<OrderCreated>)`,\n\
                     and one variant with `Unrecognised` for all other events";

/// Emits the implementation, or the first error of the shape of the enum.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new(ident.span(), format!("`Readable` can only be derived for an enum\n{SHAPE}")));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new(ident.span(), "a `Readable` enum must not have generic parameters"));
    }
    let mut events: Vec<(&Ident, &Type)> = Vec::new();
    let mut unrecognised: Option<&Ident> = None;
    for variant in &data.variants {
        let content = match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => &fields.unnamed[0].ty,
            _ => return Err(Error::new(variant.ident.span(), SHAPE)),
        };
        // Recognised by its name, since a derive cannot compare types. An alias of `Unrecognised` would be taken for an
        // event: then the bound of `TypeInfo::from_variant` reports it.
        if !is_unrecognised(content) {
            events.push((&variant.ident, content));
        } else if unrecognised.replace(&variant.ident).is_some() {
            return Err(Error::new(variant.ident.span(), "duplicate variant with `Unrecognised`: expected one"));
        }
    }
    let Some(unrecognised) = unrecognised else {
        return Err(Error::new(
            ident.span(),
            "missing variant with `Unrecognised`: without it, events of other types would be lost",
        ));
    };
    if events.is_empty() {
        return Err(Error::new(ident.span(), SHAPE));
    }
    // Spanned at the variant's content: a type that is not an event is reported there.
    let types: Vec<_> = events
        .iter()
        .map(|(_, content)| quote_spanned!(content.span()=> ::event_contract::__private::TypeInfo::from_variant::<#content>()))
        .collect();
    let arms = events.iter().enumerate().map(|(index, (variant, content))| {
        let draft = quote_spanned!(content.span()=> ::event_contract::__private::decode_draft::<#content, _, _>);
        quote!(#index => #draft(version, source, Self::#variant))
    });
    // Types are compared by name in constants. One constant for each variant but the first, each compared with those
    // before it, reports a duplicate at the second of the two.
    let checks = events.iter().enumerate().skip(1).map(|(index, (_, content))| {
        let (first, last) = ends(content);
        let check = quote_spanned!(first=> ::event_contract::__private::check_types);
        let types = quote_spanned!(last=> (<#ident as ::event_contract::Readable>::TYPES, #index));
        quote!(const _: () = #check #types;)
    });
    Ok(quote! {
        #[automatically_derived]
        impl ::event_contract::Readable for #ident {
            type Event = Self;

            const TYPES: &'static [::event_contract::__private::TypeInfo] =
                &[#(#types),*];

            fn decode<'de, S: ::event_contract::__private::PayloadSource<'de>>(
                index: usize,
                version: ::event_contract::Version,
                source: S,
            ) -> ::core::result::Result<
                ::event_contract::__private::Draft<Self>,
                ::event_contract::__private::DecodeError<S::Error>,
            > {
                match index {
                    #(#arms,)*
                    _ => ::core::result::Result::Err(::event_contract::__private::DecodeError::NoSuchVersion),
                }
            }

            fn unrecognised(
                event: ::event_contract::Unrecognised,
            ) -> ::core::result::Result<Self, ::event_contract::Unrecognised> {
                ::core::result::Result::Ok(Self::#unrecognised(event))
            }
        }

        #(#checks)*
    })
}

/// Emits a placeholder implementation beside the error: without it, every use of the type would be another error.
///
/// It is emitted for structs, unions and generic types too, hence the generics and the bound `Self: 'static`.
pub(crate) fn fallback(input: &DeriveInput, error: &Error) -> TokenStream {
    let error = error.to_compile_error();
    let ident = &input.ident;
    let (generics, parameters, _) = input.generics.split_for_impl();
    let bounds = input.generics.where_clause.as_ref().map(|clause| &clause.predicates);
    quote! {
        #error

        #[automatically_derived]
        impl #generics ::event_contract::Readable for #ident #parameters
        where
            Self: 'static,
            #bounds
        {
            type Event = Self;

            const TYPES: &'static [::event_contract::__private::TypeInfo] = &[];

            fn decode<'de, S: ::event_contract::__private::PayloadSource<'de>>(
                _: usize,
                _: ::event_contract::Version,
                _: S,
            ) -> ::core::result::Result<
                ::event_contract::__private::Draft<Self>,
                ::event_contract::__private::DecodeError<S::Error>,
            > {
                ::core::result::Result::Err(::event_contract::__private::DecodeError::NoSuchVersion)
            }

            fn unrecognised(
                event: ::event_contract::Unrecognised,
            ) -> ::core::result::Result<Self, ::event_contract::Unrecognised> {
                ::core::result::Result::Err(event)
            }
        }
    }
}

/// Returns true if the last segment of a path is `Unrecognised`.
fn is_unrecognised(content: &Type) -> bool {
    match content {
        Type::Path(path) => path.path.segments.last().is_some_and(|segment| segment.ident == "Unrecognised"),
        _ => false,
    }
}
