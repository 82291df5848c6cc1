//! The envelope in which EventBridge delivers, alone, as a replay, or as a line of an event lake.
//!
//! The detail in it may have any of the other forms, or be a payload without metadata: then the type is the
//! `detail-type`, and the version the first.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::{Delivery, Shape};

/// The bytes of an envelope.
pub fn delivery(bytes: &[u8]) -> Delivery<'_> {
    Delivery::new(bytes, Some(Shape::EventBridge))
}

/// What EventBridge says of a delivery. `account`, `region` and `source` are those of the first put, also where the
/// event was forwarded since; the id changes with every put and between regions.
#[derive(Debug, Clone, Default)]
pub struct Envelope<'a> {
    pub(crate) id: Option<Cow<'a, str>>,
    pub(crate) detail_type: Option<Cow<'a, str>>,
    pub(crate) source: Option<Cow<'a, str>>,
    pub(crate) account: Option<Cow<'a, str>>,
    pub(crate) time: Option<Cow<'a, str>>,
    pub(crate) region: Option<Cow<'a, str>>,
    pub(crate) replay_name: Option<Cow<'a, str>>,
    pub(crate) resources: Option<Cow<'a, RawValue>>,
}

impl Envelope<'_> {
    /// The id of this put, not of the event.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What rules match as the type.
    pub fn detail_type(&self) -> Option<&str> {
        self.detail_type.as_deref()
    }

    /// What rules match as the source: a service, or a mark such as `external`.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// The twelve digits of the account that put the event.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// When the event was put, as RFC 3339 has it.
    pub fn time(&self) -> Option<&str> {
        self.time.as_deref()
    }

    /// The region in which the event was put.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The replay that delivers the event again.
    pub fn replay_name(&self) -> Option<&str> {
        self.replay_name.as_deref()
    }

    /// The resources that the event concerns, as ARNs; texts only.
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
