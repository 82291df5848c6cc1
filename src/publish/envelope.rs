//! An entry as the envelope in which it will be delivered, for rules to be matched against.

use serde::Serialize;
use serde_json::value::RawValue;

use super::entry::Entry;
use eventbridge_pattern::Subject;

/// What is known of an envelope before it is put.
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

/// The envelope in which the entry will be delivered, as far as it is known before it is put: without `id`, `account` and
/// `region`.
impl From<&Entry> for Subject<'_> {
    fn from(entry: &Entry) -> Self {
        let detail = serde_json::from_str(entry.detail()).expect("the detail of an entry is an object");
        let envelope = Envelope {
            version: "0",
            detail_type: entry.detail_type(),
            source: entry.source(),
            // EventBridge delivers whole seconds.
            time: entry.time().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            resources: entry.resources(),
            detail,
        };
        Self::from(serde_json::to_string(&envelope).expect("an envelope has text for its keys"))
    }
}
