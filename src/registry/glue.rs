//! The Glue schema registry: the detail, which is the data of a record in a stream.

use super::contract::Contract;
use super::dialect::Dialect;
use super::export::{Export, Limit};

/// The maximum length of a `SchemaDefinitionString`.
const LIMIT: Limit = Limit { registry: "Glue", max: 170_000, unit: "bytes", count: str::len };

pub(super) fn export(contract: &Contract<'_>) -> Export {
    let mut export = Export::default();
    for subject in &contract.subjects {
        let (mut document, losses) = Dialect::Draft07.convert_document(subject.schema.in_detail().as_value());
        // The registry identifies the schema by its name.
        document.remove("$id");
        export.put(subject.named_path(), &document.into(), losses, Some(&LIMIT));
    }
    export
}
