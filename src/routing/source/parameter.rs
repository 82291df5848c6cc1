//! Values that a template gets when it is deployed.

use std::collections::BTreeMap;

/// Values for the parameters of templates, and for those that every template has, such as `AWS::AccountId`.
///
/// A parameter that has no value here has its default, if there is one.
///
/// ```
/// use event_contract::routing::source::Parameters;
///
/// let parameters: Parameters = [("AWS::AccountId", "123456789012"), ("Stage", "dev")].into_iter().collect();
/// assert_eq!(parameters.value("Stage"), Some("dev"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// The value of a parameter.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        Self(values.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
