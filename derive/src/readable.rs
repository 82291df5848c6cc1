//! `#[derive(Readable)]`: an enum of events, each variant a type, one variant for what is none of them.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Error, Fields, Ident, Result, Type};

use crate::expand::ends;

const SHAPE: &str = "each variant holds one event, as in `Created(Event<OrderCreated>)`, and one holds `Unrecognised`, \
                     for the events that are none of these";

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new(ident.span(), format!("only an enum can be derived `Readable`: {SHAPE}")));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new(ident.span(), "a `Readable` enum has no parameters"));
    }
    let mut events: Vec<(&Ident, &Type)> = Vec::new();
    let mut unrecognised: Option<&Ident> = None;
    for variant in &data.variants {
        let content = match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => &fields.unnamed[0].ty,
            _ => return Err(Error::new(variant.ident.span(), SHAPE)),
        };
        if !is_unrecognised(content) {
            events.push((&variant.ident, content));
        } else if unrecognised.replace(&variant.ident).is_some() {
            return Err(Error::new(variant.ident.span(), "one variant holds `Unrecognised`, not two"));
        }
    }
    let Some(unrecognised) = unrecognised else {
        return Err(Error::new(
            ident.span(),
            "a variant for `Unrecognised` is missing: events that are none of these would be lost",
        ));
    };
    if events.is_empty() {
        return Err(Error::new(ident.span(), SHAPE));
    }
    let types: Vec<_> = events
        .iter()
        .map(|(_, content)| quote_spanned!(content.span()=> ::event_contract::__private::TypeInfo::of_event::<#content>()))
        .collect();
    let arms = events.iter().enumerate().map(|(index, (variant, content))| {
        let draft = quote_spanned!(content.span()=> ::event_contract::__private::draft::<#content, _, _>);
        quote!(#index => #draft(version, source, Self::#variant))
    });
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

            fn decode<'de, S: ::event_contract::__private::Source<'de>>(
                index: usize,
                version: ::event_contract::Version,
                source: S,
            ) -> ::core::result::Result<
                ::event_contract::__private::Draft<Self>,
                ::event_contract::__private::Failure<S::Error>,
            > {
                match index {
                    #(#arms,)*
                    _ => ::core::result::Result::Err(::event_contract::__private::Failure::NoSuchVersion),
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

/// An implementation in name only, beside the error: without it, every use of the type would be one error more.
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

            fn decode<'de, S: ::event_contract::__private::Source<'de>>(
                _: usize,
                _: ::event_contract::Version,
                _: S,
            ) -> ::core::result::Result<
                ::event_contract::__private::Draft<Self>,
                ::event_contract::__private::Failure<S::Error>,
            > {
                ::core::result::Result::Err(::event_contract::__private::Failure::NoSuchVersion)
            }

            fn unrecognised(
                event: ::event_contract::Unrecognised,
            ) -> ::core::result::Result<Self, ::event_contract::Unrecognised> {
                ::core::result::Result::Err(event)
            }
        }
    }
}

fn is_unrecognised(content: &Type) -> bool {
    match content {
        Type::Path(path) => path.path.segments.last().is_some_and(|segment| segment.ident == "Unrecognised"),
        _ => false,
    }
}
