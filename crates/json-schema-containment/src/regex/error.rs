//! Errors of patterns that have no language.

/// Error of a pattern for which there is no [`Language`](super::Language).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PatternError {
    /// The pattern is not valid in ECMA-262.
    Syntax,
    /// The pattern is not regular (backreferences) or not supported: lookbehind, repeated lookahead, inline flags, unknown
    /// escapes and Unicode properties, or more than 100 nested groups or 100,000 repetitions.
    Unsupported,
}
