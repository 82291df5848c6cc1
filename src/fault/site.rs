//! The site of a fault: pipeline, function and subsystem.

use serde_json::Value;

use super::redaction::Redaction;
use crate::name::{NameError, SubsystemName, check_name};
use crate::tags::Tags;

/// The site of a fault: a pipeline in a function of a subsystem. A service creates one for each of its pipelines, once.
///
/// ```
/// use event_contract::SubsystemName;
/// use event_contract::fault::{FaultSite, Redaction};
///
/// const SHOP: SubsystemName = SubsystemName::from_static("shop");
///
/// let site = FaultSite::new(SHOP, "shop-listener")?.with_pipeline("orders")?
///     .redacting(Redaction::fields(["email", "phone"]))
///     .with_tag("stage", "prd");
/// assert_eq!((site.function(), site.pipeline()), ("shop-listener", "orders"));
/// assert_eq!(FaultSite::new(SHOP, "").unwrap_err().to_string(), "the name of a function is empty");
/// # Ok::<(), event_contract::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FaultSite {
    pipeline: String,
    function: String,
    subsystem: SubsystemName,
    tags: Tags,
    redaction: Option<Redaction>,
}

impl FaultSite {
    /// Maximum number of characters in the name of a pipeline or function.
    pub const MAX_CHARACTERS: usize = 256;

    /// Creates the site of the only pipeline in a function, which has the name of the function. Tools that resubmit faults
    /// invoke the function by this name.
    pub fn new(subsystem: SubsystemName, function: impl Into<String>) -> Result<Self, NameError> {
        let function = check_name("the name of a function", function.into(), Self::MAX_CHARACTERS)?;
        Ok(Self { pipeline: function.clone(), function, subsystem, tags: Tags::default(), redaction: None })
    }

    /// Sets the name of the pipeline, for a function with several.
    pub fn with_pipeline(mut self, name: impl Into<String>) -> Result<Self, NameError> {
        self.pipeline = check_name("the name of a pipeline", name.into(), Self::MAX_CHARACTERS)?;
        Ok(self)
    }

    /// Sets the fields that faults redact.
    #[must_use]
    pub fn redacting(mut self, redaction: Redaction) -> Self {
        self.redaction = Some(redaction);
        self
    }

    /// Adds a tag to faults, such as the stage or the region. Tags that the fault itself uses (`functionname`, `pipeline`,
    /// `source`) take precedence.
    #[must_use]
    pub fn with_tag(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.tags.insert(name.into(), &value.into());
        self
    }

    /// Returns the name of the pipeline.
    pub fn pipeline(&self) -> &str {
        &self.pipeline
    }

    /// Returns the name of the function, by which tools of aws-lambda-stream invoke it again.
    pub fn function(&self) -> &str {
        &self.function
    }

    /// Returns the subsystem that could not handle the event: the source of the fault.
    pub fn subsystem(&self) -> &SubsystemName {
        &self.subsystem
    }

    pub(super) fn redaction(&self) -> Option<&Redaction> {
        self.redaction.as_ref()
    }

    /// Builds the tags of a fault at this site.
    pub(super) fn tags(&self) -> Tags {
        let mut tags = self.tags.clone();
        tags.insert(tag::FUNCTION.to_owned(), &self.function.clone().into());
        tags.insert(tag::PIPELINE.to_owned(), &self.pipeline.clone().into());
        tags.insert(tag::SOURCE.to_owned(), &self.subsystem.as_str().into());
        tags
    }
}

/// Names of the tags that a fault itself uses, as in aws-lambda-stream.
pub(super) mod tag {
    pub(in crate::fault) const FUNCTION: &str = "functionname";
    pub(in crate::fault) const PIPELINE: &str = "pipeline";
    pub(in crate::fault) const SOURCE: &str = "source";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_the_fault_take_precedence() {
        let site = FaultSite::new(SubsystemName::from_static("s"), "f").unwrap().with_pipeline("p").unwrap();
        let site = site.with_tag("pipeline", "mine").with_tag("stage", "prd");
        let tags = serde_json::to_string(&site.tags()).unwrap();
        assert_eq!(tags, r#"{"functionname":"f","pipeline":"p","source":"s","stage":"prd"}"#);
    }

    #[test]
    fn names_are_checked() {
        let message = |pipeline: &str, function: &str| {
            let site = FaultSite::new(SubsystemName::from_static("s"), function);
            site.and_then(|site| site.with_pipeline(pipeline)).unwrap_err().to_string()
        };
        assert_eq!(message("p", " f"), "the name of a function begins or ends with a space");
        assert_eq!(message(&"p".repeat(257), "f"), "the name of a pipeline is longer than 256 characters");
    }
}
