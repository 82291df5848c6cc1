//! Quotas of the service.

/// The quotas of an AWS account that decide whether a pattern is valid.
///
/// ```
/// use eventbridge_pattern::{Pattern, Settings};
///
/// let long = format!(r#"{{"id": [{:?}]}}"#, "x".repeat(3000));
/// assert!(Pattern::parse(&long).is_err());
/// assert!(Pattern::parse_with(&long, &Settings::default().with_max_length(4096)).is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub(crate) max_length: usize,
}

impl Settings {
    /// Sets the maximum length of a pattern in characters. The default is 2,048; the service raises it to at most 4,096.
    #[must_use]
    pub fn with_max_length(self, characters: usize) -> Self {
        Self { max_length: characters }
    }
}

impl Default for Settings {
    /// The quotas of an account that has not requested an increase.
    fn default() -> Self {
        Self { max_length: 2048 }
    }
}
