//! The implementation that `#[derive(Payload)]` writes.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Error, Ident};

use crate::attr;
use crate::day::Day;
use crate::held;
use crate::valid::Payload;

pub(crate) fn payload(input: &DeriveInput, payload: &Payload) -> TokenStream {
    let Payload { name, version, .. } = payload;
    let ident = ident(input);
    let (side, marker) = side(!payload.external);

    // The calls lie, for the compiler's messages, where `previous` is written: from its first token to its last.
    let (first, last) = payload.previous.as_ref().map_or_else(|| (ident.span(), ident.span()), ends);
    let check = quote_spanned!(first=> ::event_contract::__private::check_chain::<#ident>);
    let check = quote_spanned!(last=> #check());
    let (previous, upcast) = match &payload.previous {
        Some(previous) => {
            let upcast = quote_spanned!(first=> ::event_contract::__private::Decoded::<Self>::upcast);
            (quote!(#previous), quote_spanned!(last=> #upcast(previous)))
        }
        None => (quote!(::event_contract::NoPrevious), quote!(match previous {})),
    };
    let entity = payload.entity.as_ref().map(
        |entity| quote!(const ENTITY: ::core::option::Option<&'static str> = ::core::option::Option::Some(#entity);),
    );
    // Our `self`, at the place of the field: the field's own would be another where its name comes out of a macro.
    let this = |field: &attr::Field| Ident::new("self", Span::call_site().located_at(field.span()));
    let key = payload.key.as_ref().map(|field| {
        let this = this(field);
        let key =
            quote_spanned!(field.span()=> ::event_contract::__private::Decoded::<Self>::partition_key(&#this.#field));
        quote! {
            fn partition_key(&self) -> ::core::option::Option<::event_contract::PartitionKey> {
                #key
            }
        }
    });
    let time = payload.time.as_ref().map(|field| {
        let this = this(field);
        let time =
            quote_spanned!(field.span()=> ::event_contract::__private::Decoded::<Self>::occurred_at(&#this.#field));
        quote! {
            fn occurred_at(&self) -> ::core::option::Option<::event_contract::__private::Time> {
                #time
            }
        }
    });
    let lifecycle = (payload.deprecated.is_some() || payload.sunset.is_some()).then(|| {
        let day = |day: Option<Day>| {
            day.map_or_else(
                || quote!(::core::option::Option::None),
                |Day { year, month, of_month }| quote!(::core::option::Option::Some((#year, #month, #of_month))),
            )
        };
        let (deprecated, sunset) = (day(payload.deprecated), day(payload.sunset));
        quote! {
            const LIFECYCLE: ::event_contract::Lifecycle =
                ::event_contract::__private::lifecycle(#deprecated, #sunset);
        }
    });
    let held = payload.external.then(|| held::checks(input));
    quote_spanned! {ident.span()=>
        #[automatically_derived]
        impl ::event_contract::Payload for #ident {
            type Side = ::event_contract::#side;
            type Previous = #previous;
            const NAME: &'static str = #name;
            const VERSION: ::event_contract::Version = ::event_contract::__private::version(#version);
            #entity
            #lifecycle
            fn upcast(
                previous: Self::Previous,
            ) -> ::core::result::Result<Self, ::event_contract::UpcastError> {
                #upcast
            }
            #key
            #time
        }

        #[automatically_derived]
        impl ::event_contract::#marker for #ident {}

        const _: () = #check;

        #held
    }
}

/// An implementation in name only, beside the error: without it, every use of the type would be one error more. Its
/// empty name, which is none, tells the checks of chains and enums to be silent about it.
pub(crate) fn fallback(input: &DeriveInput, error: &Error) -> TokenStream {
    let error = error.to_compile_error();
    // What is generic, and a union, has no `Serialize` that could be relied on: there the fallback would be an error.
    if !input.generics.params.is_empty() || matches!(input.data, syn::Data::Union(_)) {
        return error;
    }
    let ident = ident(input);
    let (side, marker) = side(attr::says_internal(input));
    quote_spanned! {ident.span()=>
        #error

        #[automatically_derived]
        impl ::event_contract::Payload for #ident {
            type Side = ::event_contract::#side;
            type Previous = ::event_contract::NoPrevious;
            const NAME: &'static str = "";
            const VERSION: ::event_contract::Version = ::event_contract::__private::version(1);
            fn upcast(
                previous: Self::Previous,
            ) -> ::core::result::Result<Self, ::event_contract::UpcastError> {
                match previous {}
            }
        }

        #[automatically_derived]
        impl ::event_contract::#marker for #ident {}
    }
}

/// The type, as all of the implementation is placed: the compiler tells once what it would tell again of another place.
fn ident(input: &DeriveInput) -> Ident {
    let mut ident = input.ident.clone();
    ident.set_span(ident.span().resolved_at(Span::call_site()));
    ident
}

/// The first and the last place of what is written, told as places of this derive.
pub(crate) fn ends(written: &impl ToTokens) -> (Span, Span) {
    let spans = written.to_token_stream().into_iter().map(|token| token.span().resolved_at(Span::call_site()));
    let first = spans.clone().next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

fn side(internal: bool) -> (TokenStream, TokenStream) {
    if internal { (quote!(Internal), quote!(InternalPayload)) } else { (quote!(External), quote!(ExternalPayload)) }
}
