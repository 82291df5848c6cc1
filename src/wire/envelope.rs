//! The EventBridge envelope.

use std::borrow::Cow;

use serde_json::value::RawValue;

/// Metadata that EventBridge adds to an event.
///
/// `account`, `region` and `source` are those of the first put, even if a rule forwarded the event to other buses.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Envelope<'a> {
    /// Id of this put, not of the event: it changes with every put and between regions.
    pub id: Option<Cow<'a, str>>,
    /// The type by which rules select events.
    pub detail_type: Option<Cow<'a, str>>,
    /// The source by which rules select events: a subsystem, or a mark such as `external`.
    pub source: Option<Cow<'a, str>>,
    /// The twelve digits of the AWS account that put the event.
    pub account: Option<Cow<'a, str>>,
    /// Time of the put, in the RFC 3339 format.
    pub time: Option<Cow<'a, str>>,
    /// The AWS region in which the event was put.
    pub region: Option<Cow<'a, str>>,
    /// Name of the replay that delivers the event once more.
    pub replay_name: Option<Cow<'a, str>>,
    /// The text of the array of resources.
    pub(crate) resources: Option<Cow<'a, RawValue>>,
}

impl Envelope<'_> {
    /// Parses the ARNs of the resources that the event concerns. Empty unless they are an array of strings.
    pub fn resources(&self) -> Vec<String> {
        self.resources.as_ref().and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
    }

    pub(crate) fn into_owned(self) -> Envelope<'static> {
        fn own(text: Option<Cow<'_, str>>) -> Option<Cow<'static, str>> {
            text.map(|text| Cow::Owned(text.into_owned()))
        }
        Envelope {
            id: own(self.id),
            detail_type: own(self.detail_type),
            source: own(self.source),
            account: own(self.account),
            time: own(self.time),
            region: own(self.region),
            replay_name: own(self.replay_name),
            resources: self.resources.map(|raw| Cow::Owned(raw.into_owned())),
        }
    }
}
