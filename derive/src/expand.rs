//! Expansion of `#[derive(Payload)]`.
//!
//! All paths in the output are absolute (`::core::…`, `::event_contract::…`): the user's module may define items of these
//! names. Checks that need resolved types are calls of `event_contract::__private`, whose bounds and assertions word the
//! error, and whose spans decide where it is reported.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Error, Ident};

use crate::adapter;
use crate::attr;
use crate::content;
use crate::day::Date;
use crate::flat_key;
use crate::span::ends;
use crate::valid::Payload;

/// Emits the implementation of `Payload`, the marker trait of the side, and the checks.
pub(crate) fn payload(input: &DeriveInput, payload: &Payload) -> TokenStream {
    let Payload { name, version, .. } = payload;
    let ident = ident(input);
    let (side, marker) = side(payload.shared.is_none());

    // A missing `From` and a gap in the chain are errors in these calls. rustc joins the spans of the path and of the
    // parentheses, so that it underlines all tokens of `previous`. Version 1 has none: then it is the type's name.
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
    // `self` is hygienic: it must resolve at the call site, like the `self` of the emitted function, even if the field
    // comes from a `macro_rules!` macro with another context. Its location is still that of the field.
    let this = |field: &attr::Field| Ident::new("self", Span::call_site().located_at(field.span()));
    let key = payload.key.as_ref().map(|field| {
        let this = this(field);
        let key =
            quote_spanned!(field.span()=> ::event_contract::__private::PayloadParts::<Self>::partition_key(&#this.#field));
        quote! {
            const HAS_KEY: bool = true;
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
    let adapters = adapter::expand(input);
    let flattened = flat_key::expand(input);
    let shareable = match &payload.shared {
        Some(content) => content.expand(&input.ident, &input.generics),
        None => never_shareable(&input.ident),
    };
    quote_spanned! {ident.span()=>
        #[automatically_derived]
        impl ::event_contract::Payload for #ident {
            type Side = ::event_contract::#side;
            type Previous = #previous;
            const NAME: &'static str = #name;
            const VERSION: ::event_contract::Version = ::event_contract::__private::version(#version);
            #entity
            #lifecycle
            #adapters
            #flattened
            const LOCATION: ::core::option::Option<(&'static str, u32)> =
                ::core::option::Option::Some((::core::file!(), ::core::line!()));
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

        #shareable
    }
}

/// Emits a placeholder implementation beside the error: without it, every use of the type would be another error.
///
/// The empty name, which is not valid, makes the checks of chains and enums ignore it. So neither the versions after this
/// one nor enums with it report errors that follow from this one.
pub(crate) fn fallback(input: &DeriveInput, error: &Error) -> TokenStream {
    let error = error.to_compile_error();
    // A generic type or a union may lack `Serialize`, so that the placeholder would be another error.
    if !input.generics.params.is_empty() || matches!(input.data, syn::Data::Union(_)) {
        return error;
    }
    let ident = ident(input);
    let internal = attr::is_marked_internal(input);
    let (side, marker) = side(internal);
    let shareable =
        if internal { never_shareable(&input.ident) } else { content::fallback(&input.ident, &input.generics) };
    quote_spanned! {ident.span()=>
        #error

        #shareable

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

/// Emits an implementation of `Shareable` that never applies, so that there is no other one.
fn never_shareable(ident: &Ident) -> TokenStream {
    // In the context of the type, not of the derive: the compiler would advise the user to implement it by hand.
    quote_spanned! {ident.span()=>
        #[automatically_derived]
        #[doc(hidden)]
        impl<'boundary> ::event_contract::Shareable for #ident
        where
            ::event_contract::Internal: ::event_contract::__private::MayCross<'boundary, Self>,
        {
        }
    }
}

/// Returns the name of the type, resolved at the call site.
///
/// Several items of the output fail for the same missing trait, such as `Serialize`. rustc drops an error that repeats
/// another one at an equal span, and a span includes its hygiene context: with that of the call site, they are equal.
fn ident(input: &DeriveInput) -> Ident {
    let mut ident = input.ident.clone();
    ident.set_span(ident.span().resolved_at(Span::call_site()));
    ident
}

/// Returns the side of a payload and the marker trait of that side.
fn side(internal: bool) -> (TokenStream, TokenStream) {
    if internal { (quote!(Internal), quote!(InternalPayload)) } else { (quote!(External), quote!(ExternalPayload)) }
}
