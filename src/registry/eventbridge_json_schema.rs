//! The schema registry of EventBridge, type `JSONSchemaDraft4`: the envelope.

use serde_json::Value;

use super::dialect::Dialect;
use super::{Contract, Export, Limit, Subject};

/// `CreateSchema` takes so much content.
pub(super) const LIMIT: Limit =
    Limit { registry: "EventBridge", most: 100_000, unit: "characters", count: |text| text.chars().count() };

pub(super) fn export(contract: &Contract<'_>) -> Export {
    let mut export = Export::default();
    for subject in &contract.subjects {
        let (mut document, losses) = Dialect::Draft04.document(subject.schema.in_envelope().as_value());
        // It has the name of its schema in the registry instead.
        document.remove("id");
        document.extend(marks(subject));
        export.put(path(subject), &document.into(), losses, Some(&LIMIT));
    }
    export
}

/// A schema is called `source@DetailType`; its versions are counted by the registry.
pub(super) fn path(subject: &Subject<'_>) -> String {
    format!("{}/{}@{}/{}.json", subject.side, subject.owner, subject.name, subject.version)
}

/// By which EventBridge and its tools know what the schema is of.
pub(super) fn marks(subject: &Subject<'_>) -> [(String, Value); 2] {
    [
        ("x-amazon-events-source".to_owned(), subject.owner.as_str().into()),
        ("x-amazon-events-detail-type".to_owned(), subject.name.into()),
    ]
}
