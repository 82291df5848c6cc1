//! Conversion from the event type of the crate `cloudevents`.

use cloudevents::Data;

use super::delivery::Delivery;
use super::error::WireErrorKind;
use super::shape::Shape;

/// Converts an event into a structured JSON document.
///
/// Binary or string data that is JSON becomes JSON, whatever its content type. Other data is not changed, and fails when
/// it is read.
impl From<&cloudevents::Event> for Delivery<'static> {
    fn from(event: &cloudevents::Event) -> Self {
        let json: Option<serde_json::Value> = match event.data() {
            Some(Data::Binary(bytes)) => serde_json::from_slice(bytes).ok(),
            Some(Data::String(text)) => serde_json::from_str(text).ok(),
            Some(Data::Json(_)) | None => None,
        };
        let document = match json {
            Some(json) => {
                let mut event = event.clone();
                event.set_data_unchecked(json);
                serde_json::to_vec(&event)
            }
            None => serde_json::to_vec(event),
        };
        match document {
            Ok(bytes) => Self::with_shape(bytes, Shape::CloudEvent),
            Err(error) => Self::broken(Vec::new().into(), WireErrorKind::not_json(&error)),
        }
    }
}
