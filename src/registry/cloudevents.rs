//! The `dataschema` of CloudEvents: a URI for each version of an external type, and the schema at that URI.

use serde_json::{Value, json};

use super::contract::Contract;
use super::export::Export;
use crate::side::SideKind;

pub(super) fn export(contract: &Contract<'_>) -> Export {
    let mut export = Export::default();
    let mut index: Vec<Value> = Vec::new();
    for subject in contract.subjects.iter().filter(|subject| subject.side == SideKind::External) {
        let path = format!("{}/{}.json", subject.name, subject.version);
        index.push(json!({
            "type": subject.name,
            "dataversion": subject.version.get(),
            "dataschema": subject.schema.id(),
            "schema": path,
        }));
        export.files.insert(path, subject.schema.to_string());
    }
    export.put("index.json".to_owned(), &index.into(), Vec::new(), None);
    export
}
