//! Expansion of `#[derive(Payload)]`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Error, Ident};

use crate::attr;
use crate::content;
use crate::day::Date;
use crate::span::ends;
use crate::valid::Payload;

pub(crate) fn payload(input: &DeriveInput, payload: &Payload) -> TokenStream {
    let Payload { name, version, .. } = payload;
    let ident = ident(input);
    let (side, marker) = side(!payload.external);

    // Errors of these calls are reported at the tokens of `previous`, from the first to the last.
    let (first, last) = payload.previous.as_ref().map_or_else(|| (ident.span(), ident.span()), ends);
    let check = quote_spanned!(first=> ::event_contract::__private::check_chain::<#ident>);
    let check = quote_spanned!(last=> #check());
    let (previous, upcast) = match &payload.previous {
        Some(previous) => {
            let upcast = quote_spanned!(first=> ::event_contract::__private::PayloadParts::<Self>::upcast);
            (quote!(#previous), quote_spanned!(last=> #upcast(previous)))
        }
        None => (quote!(::event_contract::NoPrevious), quote!(match previous {})),
    };
    let entity = payload.entity.as_ref().map(
        |entity| quote!(const ENTITY: ::core::option::Option<&'static str> = ::core::option::Option::Some(#entity);),
    );
    // Our `self` with the location of the field: a field name from a macro has another hygiene context.
    let this = |field: &attr::Field| Ident::new("self", Span::call_site().located_at(field.span()));
    let key = payload.key.as_ref().map(|field| {
        let this = this(field);
        let key =
            quote_spanned!(field.span()=> ::event_contract::__private::PayloadParts::<Self>::partition_key(&#this.#field));
        quote! {
            fn partition_key(&self) -> ::core::option::Option<::event_contract::PartitionKey> {
                #key
            }
        }
    });
    let time = payload.time.as_ref().map(|field| {
        let this = this(field);
        let time =
            quote_spanned!(field.span()=> ::event_contract::__private::PayloadParts::<Self>::occurred_at(&#this.#field));
        quote! {
            fn occurred_at(&self) -> ::core::option::Option<::event_contract::__private::Time> {
                #time
            }
        }
    });
    let lifecycle = (payload.deprecated.is_some() || payload.sunset.is_some()).then(|| {
        let day = |day: Option<Date>| {
            day.map_or_else(
                || quote!(::core::option::Option::None),
                |Date { year, month, day }| quote!(::core::option::Option::Some((#year, #month, #day))),
            )
        };
        let (deprecated, sunset) = (day(payload.deprecated), day(payload.sunset));
        quote! {
            const LIFECYCLE: ::event_contract::Lifecycle =
                ::event_contract::__private::lifecycle(#deprecated, #sunset);
        }
    });
    let content = payload.external.then(|| content::compile_checks(input));
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

        #content
    }
}

/// Emits a placeholder implementation beside the error: without it, every use of the type would be another error.
///
/// The empty name, which is not valid, makes the checks of chains and enums ignore it.
pub(crate) fn fallback(input: &DeriveInput, error: &Error) -> TokenStream {
    let error = error.to_compile_error();
    // A generic type or a union may lack `Serialize`, so that the placeholder would be another error.
    if !input.generics.params.is_empty() || matches!(input.data, syn::Data::Union(_)) {
        return error;
    }
    let ident = ident(input);
    let (side, marker) = side(attr::is_marked_internal(input));
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

/// Returns the name of the type, resolved at the call site. The compiler reports errors with equal spans once.
fn ident(input: &DeriveInput) -> Ident {
    let mut ident = input.ident.clone();
    ident.set_span(ident.span().resolved_at(Span::call_site()));
    ident
}

fn side(internal: bool) -> (TokenStream, TokenStream) {
    if internal { (quote!(Internal), quote!(InternalPayload)) } else { (quote!(External), quote!(ExternalPayload)) }
}
