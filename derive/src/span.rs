//! Spans for the messages of the compiler.

use proc_macro2::Span;
use quote::ToTokens;

/// Returns the spans of the first and the last token, resolved at the call site of the derive.
///
/// On stable Rust, spans cannot be joined. Code whose first token has the first span and whose last token has the last
/// one is reported at all tokens between them, because rustc joins the spans of an expression itself. Resolving at the
/// call site makes spans of several expansions equal, so that rustc reports an error in each of them once.
pub(crate) fn ends(written: &impl ToTokens) -> (Span, Span) {
    let spans = written.to_token_stream().into_iter().map(|token| token.span().resolved_at(Span::call_site()));
    let first = spans.clone().next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}
