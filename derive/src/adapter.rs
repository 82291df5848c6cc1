//! Functions of `#[serde(serialize_with)]` and `deserialize_with` that no attribute of schemars describes.
//!
//! Schemars derives the schema from the type of the field, and so says nothing of what such a function writes or reads.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Field, Fields};

use crate::serde_attr::{find, find_in};

/// Keys of serde that name a function. For `with`, schemars itself requires a statement.
const FUNCTIONS: [&str; 2] = ["serialize_with", "deserialize_with"];

/// Keys of schemars that state the schema of a field, or a part of it that the author knows.
const STATEMENTS: [&str; 12] = [
    "with",
    "schema_with",
    "range",
    "length",
    "regex",
    "pattern",
    "contains",
    "inner",
    "email",
    "url",
    "extend",
    "transform",
];

/// Emits the constant of the payload with its functions; nothing if there is none.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let mut adapters = Vec::new();
    match &input.data {
        Data::Struct(data) => collect(&data.fields, "", &mut adapters),
        Data::Enum(data) => {
            for variant in &data.variants {
                collect(&variant.fields, &format!("{}.", variant.ident), &mut adapters);
            }
        }
        Data::Union(_) => {}
    }
    if adapters.is_empty() {
        return TokenStream::new();
    }
    let adapters = adapters.iter().map(|(field, attribute)| quote!((#field, #attribute)));
    quote! {
        const UNSTATED_ADAPTERS: &'static [(&'static str, &'static str)] = &[#(#adapters),*];
    }
}

fn collect(fields: &Fields, prefix: &str, adapters: &mut Vec<(String, &'static str)>) {
    for (index, field) in fields.iter().enumerate() {
        if is_stated(&field.attrs) || find(&field.attrs, &["skip"]).is_some() {
            continue;
        }
        for attribute in FUNCTIONS {
            if find(&field.attrs, &[attribute]).is_some() {
                adapters.push((format!("{prefix}{}", name(field, index)), attribute));
            }
        }
    }
}

fn name(field: &Field, index: usize) -> String {
    field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string)
}

fn is_stated(attributes: &[Attribute]) -> bool {
    // Schemars reads those of the crate `validator` as well.
    ["schemars", "validate"].into_iter().any(|path| find_in(path, attributes, &STATEMENTS).is_some())
}
