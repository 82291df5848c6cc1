//! Notations of integers that serde does not read as such.

/// The notation of a number that is an integer by its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read) enum IntegerNotation {
    /// `3.0`.
    Fraction,
    /// `3e0`.
    Exponent,
    /// `-0`.
    NegativeZero,
}

impl IntegerNotation {
    pub(super) fn from_text(number: &str) -> Self {
        if number.contains(['e', 'E']) {
            Self::Exponent
        } else if number.contains('.') {
            Self::Fraction
        } else {
            Self::NegativeZero
        }
    }

    /// Describes the number, and what it was read as.
    pub(in crate::read) fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::Fraction => ("a number with a fraction of zero", "an integer"),
            Self::Exponent => ("a number with an exponent", "an integer"),
            Self::NegativeZero => ("a negative zero", "0"),
        }
    }
}
