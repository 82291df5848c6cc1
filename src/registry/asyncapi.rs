//! AsyncAPI 3.0: the events that a subsystem sends and receives on one side of its boundary.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::contract::{Contract, Subject};
use super::dialect::{Dialect, References};
use super::export::Export;
use super::note::Loss;
use crate::name::SubsystemName;
use crate::side::SideKind;
use json_document::Pointer;

pub(super) fn export(contract: &Contract<'_>) -> Export {
    let mut export = Export::default();
    let owners = contract.subjects.iter().map(|subject| subject.owner);
    let gateways = contract.mappings.iter().map(|mapping| &mapping.subsystem);
    let mut subsystems: Vec<&SubsystemName> = owners.chain(gateways).collect();
    subsystems.sort_unstable_by_key(|name| name.as_str());
    subsystems.dedup();
    for side in [SideKind::External, SideKind::Internal] {
        for subsystem in &subsystems {
            let traffic = Traffic::new(contract, subsystem, side);
            if !traffic.is_empty() {
                let (document, losses) = document(contract, subsystem, side, &traffic);
                export.put(format!("{side}/{subsystem}.json"), &document, losses, None);
            }
        }
    }
    export
}

/// The types that a subsystem sends and receives on one side.
#[derive(Debug, Default, PartialEq, Eq)]
struct Traffic<'a> {
    sent: BTreeSet<&'a str>,
    received: BTreeSet<&'a str>,
}

impl<'a> Traffic<'a> {
    fn new(contract: &'a Contract<'_>, subsystem: &SubsystemName, side: SideKind) -> Self {
        let here: Vec<&Subject<'_>> = contract.subjects.iter().filter(|subject| subject.side == side).collect();
        let is_here = |name: &&str| here.iter().any(|subject| subject.name == *name);
        let own = here.iter().filter(|subject| subject.owner == subsystem).map(|subject| subject.name);
        let mappings = || contract.mappings.iter().filter(|mapping| mapping.subsystem == *subsystem);
        let produced = mappings().map(|mapping| mapping.to.as_str()).filter(is_here);
        let consumed = mappings().map(|mapping| mapping.from.as_str()).filter(is_here);
        Self { sent: own.chain(produced).collect(), received: consumed.collect() }
    }

    fn is_empty(&self) -> bool {
        self.sent.is_empty() && self.received.is_empty()
    }

    fn contains(&self, name: &str) -> bool {
        self.sent.contains(name) || self.received.contains(name)
    }
}

fn document(
    contract: &Contract<'_>,
    subsystem: &SubsystemName,
    side: SideKind,
    traffic: &Traffic<'_>,
) -> (Value, Vec<Loss>) {
    let (mut messages, mut losses) = (Map::new(), Vec::new());
    let mut channels: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for subject in contract.subjects.iter().filter(|subject| subject.side == side && traffic.contains(subject.name)) {
        let name = subject.versioned_name();
        let reference = json!({ "$ref": format!("#/components/messages/{name}") });
        channels.entry(subject.name).or_default().insert(subject.version.to_string(), reference);
        let (message, lost) = message(subject, &name);
        messages.insert(name.clone(), message);
        let place = Pointer::ROOT.join(&name);
        losses.extend(lost.into_iter().map(|loss| Loss { at: place.concat(&loss.at), ..loss }));
    }
    let mut operations = Map::new();
    for (action, names) in [("send", &traffic.sent), ("receive", &traffic.received)] {
        for name in names {
            let operation = json!({ "action": action, "channel": { "$ref": format!("#/channels/{name}") } });
            operations.insert(format!("{action}.{name}"), operation);
        }
    }
    let channels: Map<String, Value> = channels
        .into_iter()
        .map(|(name, messages)| (name.to_owned(), json!({ "address": name, "messages": messages })))
        .collect();
    let document = json!({
        "asyncapi": "3.0.0",
        "info": { "title": format!("{subsystem}, {side} events"), "version": "1.0.0" },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": { "messages": messages },
    });
    (document, losses)
}

/// Returns the message of a version and its losses. The payload is the detail in draft-07, the draft that tools for AsyncAPI
/// support.
fn message(subject: &Subject<'_>, name: &str) -> (Value, Vec<Loss>) {
    let place = format!("#/components/messages/{name}/payload/schema");
    let references = References { definitions: format!("{place}/definitions/"), root: place };
    let converted = Dialect::Draft07.convert(subject.schema.in_detail().as_value(), references);
    let mut schema = converted.root;
    schema.remove("$id");
    if !converted.definitions.is_empty() {
        schema.insert("definitions".to_owned(), converted.definitions.into());
    }
    let message = json!({
        "name": subject.name,
        "title": format!("{} {}", subject.name, subject.version),
        "contentType": "application/json",
        "payload": { "schemaFormat": "application/schema+json;version=draft-07", "schema": schema },
    });
    (message, converted.losses)
}
