//! The envelope in which an entry will be delivered, for matching rules.

use serde::Serialize;
use serde_json::value::RawValue;

use super::entry::Entry;
use eventbridge_pattern::EventInput;

/// The fields of an envelope that are known before the put.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Envelope<'a> {
    version: &'static str,
    detail_type: &'a str,
    source: &'a str,
    time: String,
    resources: &'a [String],
    detail: &'a RawValue,
}

/// Builds the envelope as far as it is known before the put: without `id`, `account` and `region`.
impl From<&Entry> for EventInput<'_> {
    fn from(entry: &Entry) -> Self {
        let detail = serde_json::from_str(entry.detail()).expect("the detail of an entry is a JSON object");
        let envelope = Envelope {
            version: "0",
            detail_type: entry.detail_type(),
            source: entry.source(),
            // EventBridge delivers whole seconds.
            time: entry.time().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            resources: entry.resources(),
            detail,
        };
        Self::from(serde_json::to_string(&envelope).expect("the keys of an envelope are strings"))
    }
}
