//! Refuses `#[serde(flatten)]` of a map whose keys serde can write and never read.
//!
//! A type under another name, such as an alias, may be such a map as well. A check finds out, and needs the name of the field.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, Field, GenericArgument, Ident, PathArguments, Result, Type};

use crate::content::fields;
use crate::serde_attr;

/// Maps, by the last segment of their paths.
const MAPS: [&str; 3] = ["BTreeMap", "HashMap", "IndexMap"];

/// Containers that serde reads as their contents.
const TRANSPARENT: [&str; 2] = ["Option", "Box"];

/// Types of keys that serde reads from a string only where it has not buffered the string.
const KEYS: [&str; 27] = [
    "bool",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "f32",
    "f64",
    "NonZeroU8",
    "NonZeroU16",
    "NonZeroU32",
    "NonZeroU64",
    "NonZeroU128",
    "NonZeroUsize",
    "NonZeroI8",
    "NonZeroI16",
    "NonZeroI32",
    "NonZeroI64",
    "NonZeroI128",
    "NonZeroIsize",
];

/// Keys of serde under which a field is not read, or not by its type.
const READ_OTHERWISE: [&str; 4] = ["skip", "skip_deserializing", "with", "deserialize_with"];

pub(crate) fn check(input: &DeriveInput) -> Result<()> {
    fields(&input.data).try_for_each(check_field)
}

/// Emits the constant of the payload with its flattened fields; nothing if there is none.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let flattened = fields(&input.data).filter(|field| is_flattened(field));
    let names: Vec<String> = flattened.filter_map(|field| Some(field.ident.as_ref()?.to_string())).collect();
    if names.is_empty() {
        return TokenStream::new();
    }
    quote!(const FLATTENED_FIELDS: &'static [&'static str] = &[#(#names),*];)
}

fn is_flattened(field: &Field) -> bool {
    serde_attr::find(&field.attrs, &["flatten"]).is_some() && serde_attr::find(&field.attrs, &READ_OTHERWISE).is_none()
}

fn check_field(field: &Field) -> Result<()> {
    if is_flattened(field)
        && let Some(key) = buffered_key(&field.ty)
    {
        return Err(Error::new(
            key.span(),
            format!(
                "serde writes flattened keys of type `{key}` and cannot read them: it buffers them as strings\n\
                 use `String` keys, or remove `flatten`"
            ),
        ));
    }
    Ok(())
}

/// Returns the type of the keys of a map if serde cannot read them once they are buffered.
fn buffered_key(content: &Type) -> Option<&Ident> {
    let Type::Path(path) = content else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let Some(GenericArgument::Type(first)) = arguments.args.first() else { return None };
    if TRANSPARENT.iter().any(|name| last.ident == name) {
        return buffered_key(first);
    }
    let Type::Path(key) = first else { return None };
    let key = &key.path.segments.last()?.ident;
    (MAPS.iter().any(|name| last.ident == name) && KEYS.iter().any(|name| key == name)).then_some(key)
}
