//! Parameter values of a deployment.

use std::collections::BTreeMap;

/// Values of template parameters and of pseudo parameters such as `AWS::AccountId`.
///
/// A parameter without a value has its default, if the template has one.
///
/// ```
/// use event_contract::routing::source::Parameters;
///
/// let parameters: Parameters = [("AWS::AccountId", "123456789012"), ("Stage", "dev")].into_iter().collect();
/// # assert_ne!(parameters, Parameters::default());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        Self(values.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
