//! JSON Schema 2020-12 of the payload: the writer's schema unchanged.

use super::contract::Contract;
use super::export::Export;

pub(super) fn export(contract: &Contract<'_>) -> Export {
    let mut export = Export::default();
    for subject in &contract.subjects {
        export.files.insert(subject.payload_path(), subject.schema.to_string());
    }
    export
}
