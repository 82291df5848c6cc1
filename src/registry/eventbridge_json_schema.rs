//! The schema registry of EventBridge, type `JSONSchemaDraft4`: the envelope.

use serde_json::Value;

use super::contract::{Contract, Subject};
use super::dialect::Dialect;
use super::export::{Export, Limit};

/// The maximum length of the content of `CreateSchema`.
pub(super) const LIMIT: Limit =
    Limit { registry: "EventBridge", max: 100_000, unit: "characters", count: |text| text.chars().count() };

pub(super) fn export(contract: &Contract<'_>) -> Export {
    let mut export = Export::default();
    for subject in &contract.subjects {
        let (mut document, losses) = Dialect::Draft04.convert_document(subject.schema.in_envelope().as_value());
        // The registry identifies the schema by its name.
        document.remove("id");
        document.extend(event_keywords(subject));
        export.put(path(subject), &document.into(), losses, Some(&LIMIT));
    }
    export
}

/// Returns the path of a schema with the name `source@DetailType`; the registry numbers its versions.
pub(super) fn path(subject: &Subject<'_>) -> String {
    format!("{}/{}@{}/{}.json", subject.side, subject.owner, subject.name, subject.version)
}

/// Returns the keywords that name source and detail type for EventBridge and its tools.
pub(super) fn event_keywords(subject: &Subject<'_>) -> [(String, Value); 2] {
    [
        ("x-amazon-events-source".to_owned(), subject.owner.as_str().into()),
        ("x-amazon-events-detail-type".to_owned(), subject.name.into()),
    ]
}
