//! `CloudEvents` 1.0.2, structured JSON. The `data` is a payload, or a whole detail (as an EventBridge rule makes of
//! it).
//!
//! Of the extension attributes, `partitionkey`, `correlationid` and `causationid` are metadata; the version of a
//! payload is `dataversion`. A batch is an array: see [`deliveries`](super::deliveries).
//!
//! With the feature `cloudevents`, a `Delivery` is also made of a `cloudevents::Event`.

use super::{Delivery, Shape};

/// The bytes of a document.
pub fn delivery(bytes: &[u8]) -> Delivery<'_> {
    Delivery::new(bytes, Some(Shape::CloudEvent))
}

/// The event as a document. Data that was handed over as bytes or text and is JSON stands in it as JSON, whatever its
/// content type; other data is kept as it is, and reading it is the error.
#[cfg(feature = "cloudevents")]
impl From<&cloudevents::Event> for Delivery<'static> {
    fn from(event: &cloudevents::Event) -> Self {
        use cloudevents::Data;

        let json: Option<serde_json::Value> = match event.data() {
            Some(Data::Binary(bytes)) => serde_json::from_slice(bytes).ok(),
            Some(Data::String(text)) => serde_json::from_str(text).ok(),
            Some(Data::Json(_)) | None => None,
        };
        let written = match json {
            Some(json) => {
                let mut event = event.clone();
                event.set_data_unchecked(json);
                serde_json::to_vec(&event)
            }
            None => serde_json::to_vec(event),
        };
        match written {
            Ok(bytes) => Self::new(bytes, Some(Shape::CloudEvent)),
            Err(error) => Self::broken(Vec::new(), super::WireErrorKind::not_json(&error)),
        }
    }
}
