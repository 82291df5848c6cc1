//! The Confluent schema registry: the detail, which is what a record of a topic holds.

use super::dialect::Dialect;
use super::{Contract, Export};

pub(super) fn export(contract: &Contract<'_>) -> Export {
    let mut export = Export::default();
    for subject in &contract.subjects {
        let (mut document, losses) = Dialect::Draft07.document(subject.schema.in_detail().as_value());
        // The registry names it by its subject, and its clients by the title.
        document.remove("$id");
        document.insert("title".to_owned(), subject.versioned_name().into());
        export.put(subject.named_path(), &document.into(), losses, None);
    }
    export
}
