//! The Glue schema registry: the detail, which is what a record of a stream holds.

use super::dialect::Dialect;
use super::{Contract, Export, Limit};

/// The length of a `SchemaDefinitionString`.
const LIMIT: Limit = Limit { registry: "Glue", most: 170_000, unit: "bytes", count: str::len };

pub(super) fn export(contract: &Contract<'_>) -> Export {
    let mut export = Export::default();
    for subject in &contract.subjects {
        let (mut document, losses) = Dialect::Draft07.document(subject.schema.in_detail().as_value());
        // It has the name of its schema in the registry instead.
        document.remove("$id");
        export.put(subject.named_path(), &document.into(), losses, Some(&LIMIT));
    }
    export
}
