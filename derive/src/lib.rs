//! The derives of the `event-contract` crate. Use them from there: `event_contract::{Payload, Readable, ValueType}`.
//!
//! `attr` parses the attributes, `valid` checks them, and `expand` emits the implementation; `adapter` lists fields that a
//! function writes or reads; `content` emits the checks of what external payloads and value types write; `value_type` and `readable` are the other derives. A failed check still
//! emits an implementation beside the error, so that one mistake gives one message. The tests in `tests/ui` of the library
//! compare the messages of every misuse.

mod adapter;
mod attr;
mod content;
mod day;
mod expand;
mod flat_key;
mod readable;
mod serde_attr;
mod span;
mod valid;
mod value_type;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements `event_contract::Payload` for a struct or an enum. The documentation of the trait lists the attributes.
#[proc_macro_derive(Payload, attributes(payload))]
pub fn derive_payload(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let attributes = attr::read(&input);
    match attributes.and_then(|attributes| valid::check(&input, attributes)) {
        Ok(payload) => expand::payload(&input, &payload).into(),
        Err(error) => expand::fallback(&input, &error).into(),
    }
}

/// Implements `event_contract::Readable` for an enum of events. The documentation of the trait has an example.
#[proc_macro_derive(Readable)]
pub fn derive_readable(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    readable::derive(&input).unwrap_or_else(|error| readable::fallback(&input, &error)).into()
}

/// Implements `event_contract::Shareable` for a struct or an enum that is part of external payloads, if all that it writes
/// is. The documentation of the trait has an example, and the way to opt out.
#[proc_macro_derive(ValueType, attributes(payload))]
pub fn derive_value_type(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    value_type::derive(&input).unwrap_or_else(|error| value_type::fallback(&input, &error)).into()
}
