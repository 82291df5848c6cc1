//! The Confluent schema registry: the detail, which is the value of a record in a topic.

use super::contract::Contract;
use super::dialect::Dialect;
use super::export::Export;

pub(super) fn export(contract: &Contract<'_>) -> Export {
    let mut export = Export::default();
    for subject in &contract.subjects {
        let (mut document, losses) = Dialect::Draft07.convert_document(subject.schema.in_detail().as_value());
        // The registry identifies the schema by its subject, and clients by its title.
        document.remove("$id");
        document.insert("title".to_owned(), subject.versioned_name().into());
        export.put(subject.named_path(), &document.into(), losses, None);
    }
    export
}
