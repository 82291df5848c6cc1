//! Where faults happen.

use serde_json::Value;

use super::redaction::Redaction;
use crate::name::{NameError, SubsystemName, checked};
use crate::tags::Tags;

/// Where faults happen: a pipeline of a function of a subsystem. A service makes one for each of its pipelines, once.
///
/// ```
/// use event_contract::SubsystemName;
/// use event_contract::fault::{FaultSite, Redaction};
///
/// const SHOP: SubsystemName = SubsystemName::from_static("shop");
///
/// let site = FaultSite::new("orders", "shop-listener", SHOP)?
///     .redacting(Redaction::fields(["email", "phone"]))
///     .with_tag("stage", "prd");
/// assert_eq!(site.pipeline(), "orders");
/// assert_eq!(FaultSite::new("", "f", SHOP).unwrap_err().to_string(), "the name of a pipeline is empty");
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
    /// The most characters that the name of a pipeline or of a function may have.
    pub const MAX_CHARACTERS: usize = 256;

    /// The site of a pipeline in a function (of Lambda, or whatever handles events) of a subsystem. The tool that
    /// resubmits the faults of a hub invokes the function by this name.
    pub fn new(
        pipeline: impl Into<String>,
        function: impl Into<String>,
        subsystem: SubsystemName,
    ) -> Result<Self, NameError> {
        Ok(Self {
            pipeline: checked("the name of a pipeline", pipeline.into(), Self::MAX_CHARACTERS)?,
            function: checked("the name of a function", function.into(), Self::MAX_CHARACTERS)?,
            subsystem,
            tags: Tags::default(),
            redaction: None,
        })
    }

    /// The same site, whose faults do not show these fields.
    #[must_use]
    pub fn redacting(mut self, redaction: Redaction) -> Self {
        self.redaction = Some(redaction);
        self
    }

    /// The same site, whose faults have one tag more, such as the stage or the region. A tag under a name that a fault
    /// itself uses (`functionname`, `pipeline`, `source`) gives way.
    #[must_use]
    pub fn with_tag(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.tags.insert(name.into(), &value.into());
        self
    }

    /// The pipeline.
    pub fn pipeline(&self) -> &str {
        &self.pipeline
    }

    /// The function.
    pub fn function(&self) -> &str {
        &self.function
    }

    /// The subsystem.
    pub fn subsystem(&self) -> &SubsystemName {
        &self.subsystem
    }

    pub(super) fn redaction(&self) -> Option<&Redaction> {
        self.redaction.as_ref()
    }

    /// The tags of a fault that happens here.
    pub(super) fn tags(&self) -> Tags {
        let mut tags = self.tags.clone();
        tags.insert(tag::FUNCTION.to_owned(), &self.function.clone().into());
        tags.insert(tag::PIPELINE.to_owned(), &self.pipeline.clone().into());
        tags.insert(tag::SOURCE.to_owned(), &self.subsystem.as_str().into());
        tags
    }
}

/// The tags that a fault itself uses, as aws-lambda-stream names them.
pub(super) mod tag {
    pub(in crate::fault) const FUNCTION: &str = "functionname";
    pub(in crate::fault) const PIPELINE: &str = "pipeline";
    pub(in crate::fault) const SOURCE: &str = "source";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tags_of_the_fault_win() {
        let site = FaultSite::new("p", "f", SubsystemName::from_static("s")).unwrap();
        let site = site.with_tag("pipeline", "mine").with_tag("stage", "prd");
        let tags = serde_json::to_string(&site.tags()).unwrap();
        assert_eq!(tags, r#"{"functionname":"f","pipeline":"p","source":"s","stage":"prd"}"#);
    }

    #[test]
    fn names_are_checked() {
        let message = |pipeline: &str, function: &str| {
            FaultSite::new(pipeline, function, SubsystemName::from_static("s")).unwrap_err().to_string()
        };
        assert_eq!(message("p", " f"), "the name of a function begins or ends with white space");
        assert_eq!(message(&"p".repeat(257), "f"), "the name of a pipeline is longer than 256 characters");
    }
}
