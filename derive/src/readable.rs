//! `#[derive(Readable)]`: an enum of events, each variant a type, one variant for what is none of them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Ident, Result, Type};

const SHAPE: &str = "each variant holds one event, as in `Created(Event<OrderCreated>)`, and one holds `Unrecognised`, \
                     for the events that are none of these";

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new(
            ident.span(),
            format!("only an enum can be derived `Readable`: {SHAPE}"),
        ));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new(
            ident.span(),
            "a `Readable` enum has no parameters",
        ));
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
            return Err(Error::new(
                variant.ident.span(),
                "one variant holds `Unrecognised`, not two",
            ));
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
        .map(|(_, content)| quote!(<#content as ::event_contract::__private::IsEvent>::Payload))
        .collect();
    let arms = events.iter().zip(&types).enumerate().map(|(index, ((variant, _), payload))| {
        quote!(#index => ::event_contract::__private::draft::<#payload, _, _>(version, source, Self::#variant))
    });
    Ok(quote! {
        #[automatically_derived]
        impl ::event_contract::Readable for #ident {
            type Event = Self;

            const TYPES: &'static [::event_contract::__private::TypeInfo] = {
                const TYPES: &[::event_contract::__private::TypeInfo] =
                    &[#(::event_contract::__private::TypeInfo::of::<#types>()),*];
                ::event_contract::__private::check_types(TYPES);
                TYPES
            };

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

        const _: &[::event_contract::__private::TypeInfo] = <#ident as ::event_contract::Readable>::TYPES;
    })
}

fn is_unrecognised(content: &Type) -> bool {
    match content {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|segment| segment.ident == "Unrecognised"),
        _ => false,
    }
}
