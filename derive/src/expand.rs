//! The implementation that `#[derive(Payload)]` writes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Error};

use crate::valid::{self, Payload};

pub(crate) fn payload(input: &DeriveInput, payload: &Payload) -> TokenStream {
    let ident = &input.ident;
    let Payload { name, version, .. } = payload;
    let (side, marker) = side(!payload.external);

    let (previous, upcast) = match &payload.previous {
        Some(previous) => (
            quote!(#previous),
            quote_spanned! {previous.span()=>
                ::core::convert::TryFrom::try_from(previous).map_err(::event_contract::UpcastError::new::<Self>)
            },
        ),
        None => (
            quote!(::event_contract::NoPrevious),
            quote!(match previous {}),
        ),
    };
    // The chain check speaks where `previous` is written, or at the type where there is none.
    let check = quote_spanned! {payload.previous.as_ref().map_or_else(|| ident.span(), |path| path.span())=>
        const _: () = ::event_contract::__private::check_chain::<#ident>();
    };
    let entity = payload.entity.as_ref().map(|entity| {
        quote!(const ENTITY: ::core::option::Option<&'static str> = ::core::option::Option::Some(#entity);)
    });
    let key = payload.key.as_ref().map(|field| {
        quote_spanned! {field.span()=>
            fn partition_key(&self) -> ::core::option::Option<::event_contract::PartitionKey> {
                ::event_contract::PartitionKey::new(::std::string::ToString::to_string(&self.#field)).ok()
            }
        }
    });
    let time = payload.time.as_ref().map(|field| {
        quote_spanned! {field.span()=>
            fn occurred_at(&self) -> ::core::option::Option<::event_contract::__private::Time> {
                ::core::convert::Into::into(::core::clone::Clone::clone(&self.#field))
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl ::event_contract::Payload for #ident {
            type Side = ::event_contract::#side;
            type Previous = #previous;
            const NAME: &'static str = #name;
            const VERSION: ::event_contract::Version = ::event_contract::__private::version(#version);
            #entity
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

        #check
    }
}

/// An implementation in name only, beside the error: without it, every use of the type would be one error more.
pub(crate) fn fallback(input: &DeriveInput, error: &Error) -> TokenStream {
    let error = error.to_compile_error();
    if !input.generics.params.is_empty() {
        return error;
    }
    let ident = &input.ident;
    let (side, marker) = side(valid::is_internal(input));
    quote! {
        #error

        #[automatically_derived]
        impl ::event_contract::Payload for #ident {
            type Side = ::event_contract::#side;
            type Previous = ::event_contract::NoPrevious;
            const NAME: &'static str = "-";
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

fn side(internal: bool) -> (TokenStream, TokenStream) {
    if internal {
        (quote!(Internal), quote!(InternalPayload))
    } else {
        (quote!(External), quote!(ExternalPayload))
    }
}
