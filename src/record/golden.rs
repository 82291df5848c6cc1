//! Golden events: recorded once, and readable for ever.

use json_document::exact::{ExactValue, Fidelity};
use serde_json::Value;

use super::files::Files;
use super::finding::{FindingKind, RecordFinding};
use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::event::member;
use crate::name::Version;
use crate::wire::{Delivery, Shape};

/// A golden event of a version.
#[derive(Debug)]
pub(super) struct Golden<'a> {
    path: &'a str,
    bytes: &'a [u8],
}

impl<'a> Golden<'a> {
    /// Lists the golden events of a version, sorted by path.
    pub(super) fn list(files: &'a Files, folder: &str, version: Version) -> Vec<Self> {
        let start = format!("{folder}/{version}.golden.");
        let of_version = files.iter().filter(|(path, _)| path.starts_with(&start) && is_golden(path));
        of_version.map(|(path, bytes)| Self { path, bytes }).collect()
    }

    pub(super) fn path(&self) -> &'a str {
        self.path
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Returns the payload, an example for the schemas.
    pub(super) fn payload(&self) -> Option<Value> {
        Some(self.event()?.get_mut(member::DATA)?.take())
    }

    fn event(&self) -> Option<Value> {
        serde_json::from_slice(self.bytes).ok()
    }

    /// Checks that the event declares this version, is read by its type and by the newest one without observations, is
    /// valid under the writer's schema, and is the same JSON when it is serialized again.
    pub(super) fn check(&self, catalog: &Catalog, of: &CatalogType, version: &CatalogVersion) -> Vec<RecordFinding> {
        let finding = |reason: String| RecordFinding::new(self.path, FindingKind::Golden { reason });
        let delivery = Delivery::with_shape(self.bytes, Shape::Detail);
        if let Err(error) = catalog.read_delivery(&delivery) {
            return vec![finding(format!("cannot be read: {error}"))];
        }
        let member = |name: &str| self.event().and_then(|event| event.get(name).cloned());
        let (name, number) = (Value::from(of.name().as_str()), Value::from(version.version().get()));
        if member(member::TYPE) != Some(name) || member(member::VERSION) != Some(number) {
            let name = format!("{} {}", of.name(), version.version());
            return vec![finding(format!("expected `type` and `version` of {name} at the root"))];
        }
        let Some(payload) = self.payload() else { return vec![finding("missing member `data`".to_owned())] };
        let again = match version.round_trip(&delivery) {
            Ok(again) => again,
            Err(error) => return vec![finding(format!("cannot be read in its own version: {error}"))],
        };
        if let Some(seen) = again.observations.first() {
            return vec![finding(format!("read with an observation: {seen}"))];
        }
        let key = again.partition_key.as_ref().map(|key| Value::from(key.as_str()));
        if key.is_some() && key != member(member::PARTITION_KEY) {
            return vec![finding(
                "the type computes another partition key: events with one key would lose their order".to_owned(),
            )];
        }
        let validator = match jsonschema::draft202012::new(version.writer_schema().as_value()) {
            Ok(validator) => validator,
            Err(error) => return vec![finding(format!("invalid writer schema: {error}"))],
        };
        let errors = validator.iter_errors(&payload);
        let violation = |error: jsonschema::ValidationError<'_>| {
            // Masked: a wrong value may be in the file by mistake.
            finding(format!("violates the writer schema: {} at /data{}", error.masked(), error.instance_path()))
        };
        let mut findings: Vec<_> = errors.map(violation).collect();
        // A digit that `serde_json` does not keep is one that the type does not write again.
        let exact = ExactValue::from_slice(self.bytes).ok();
        let is_rounded = exact.is_none_or(|exact| exact.to_serde(Fidelity::Value).is_none());
        if findings.is_empty() && (is_rounded || again.payload.is_ok_and(|again| again != payload)) {
            findings.push(finding("re-serialising the golden event gives different JSON".to_owned()));
        }
        findings
    }
}

/// Returns true if a path is that of a golden event: `v<N>.golden.json` or `v<N>.golden.<label>.json`.
pub(super) fn is_golden(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".json").is_some_and(|name| {
        let mut parts = name.splitn(3, '.');
        let version = parts.next().and_then(|version| version.strip_prefix('v'));
        version.is_some_and(|version| version.parse::<u32>().is_ok()) && parts.next() == Some("golden")
    })
}
