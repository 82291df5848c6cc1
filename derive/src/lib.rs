//! The derives of the `event-contract` crate. Use them from there: `event_contract::{Payload, Readable}`.
//!
//! A derive reads its attributes (`attr`), checks them (`valid`), and writes the implementation (`expand`). Where a
//! check fails, the error comes with an implementation all the same, so that one mistake gives one message.

mod attr;
mod day;
mod expand;
mod held;
mod readable;
mod valid;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct or an enum the payload of an event. See the trait `event_contract::Payload`.
#[proc_macro_derive(Payload, attributes(payload))]
pub fn derive_payload(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let attributes = attr::read(&input);
    match attributes.and_then(|attributes| valid::check(&input, attributes)) {
        Ok(payload) => expand::payload(&input, &payload).into(),
        Err(error) => expand::fallback(&input, &error).into(),
    }
}

/// Makes an enum of events readable as one. See the trait `event_contract::Readable`.
#[proc_macro_derive(Readable)]
pub fn derive_readable(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    readable::derive(&input).unwrap_or_else(|error| readable::fallback(&input, &error)).into()
}
