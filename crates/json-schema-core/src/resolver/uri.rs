//! URIs of schema resources: parsing, resolution against a base, and normalisation (RFC 3986).

use fluent_uri::{Uri, UriRef};

/// Base of a document without a URI. Its scheme is not registered, so that no real URI begins with it.
const DEFAULT_BASE: &str = "json-schema:///";

/// Parses a URI; a relative one is resolved against [`DEFAULT_BASE`].
pub(super) fn parse_uri(uri: &str) -> Option<Uri<String>> {
    match Uri::parse(uri) {
        Ok(uri) => Some(uri.normalize()),
        Err(_) => resolve_uri(&Uri::parse(DEFAULT_BASE.to_owned()).ok()?, uri),
    }
}

/// Resolves a URI reference against a base, whose fragment is ignored (RFC 3986, section 5.2).
///
/// Both the base and the result are normalised (section 6.2.2), so that URIs are compared as text.
pub(super) fn resolve_uri(base: &Uri<String>, reference: &str) -> Option<Uri<String>> {
    let base = base.strip_fragment();
    Some(UriRef::parse(reference).ok()?.resolve_against(&base).ok()?.normalize())
}

/// Returns the URI of the document, without its fragment: the key of a resource.
pub(super) fn without_fragment(uri: &Uri<String>) -> String {
    uri.strip_fragment().as_str().to_owned()
}
