//! Spans for the messages of the compiler.

use proc_macro2::Span;
use quote::ToTokens;

/// Returns the spans of the first and the last token, resolved at the call site of the derive.
///
/// Code with these spans is reported at the user's tokens. Resolving at the call site lets the compiler recognise equal
/// errors of several expansions as one.
pub(crate) fn ends(written: &impl ToTokens) -> (Span, Span) {
    let spans = written.to_token_stream().into_iter().map(|token| token.span().resolved_at(Span::call_site()));
    let first = spans.clone().next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}
