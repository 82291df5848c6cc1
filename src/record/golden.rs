//! Golden events: recorded once, read for ever.

use serde_json::Value;

use super::Files;
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
    /// All of a version, in the order of their paths.
    pub(super) fn all(files: &'a Files, folder: &str, version: Version) -> Vec<Self> {
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

    /// What it says, for the schemas to show.
    pub(super) fn payload(&self) -> Option<Value> {
        Some(self.event()?.get_mut(member::DATA)?.take())
    }

    fn event(&self) -> Option<Value> {
        serde_json::from_slice(self.bytes).ok()
    }

    /// In what it is not an event of this version that is read and that the writer could have written.
    pub(super) fn check(&self, catalog: &Catalog, of: &CatalogType, version: &CatalogVersion) -> Vec<RecordFinding> {
        let finding = |why: String| RecordFinding::new(self.path, FindingKind::Golden { why });
        let delivery = Delivery::with_shape(self.bytes, Shape::Detail);
        if let Err(error) = catalog.read_delivery(&delivery) {
            return vec![finding(format!("it cannot be read: {error}"))];
        }
        let says = |name: &str| self.event().and_then(|event| event.get(name).cloned());
        let (name, number) = (Value::from(of.name().as_str()), Value::from(version.version().get()));
        if says(member::TYPE) != Some(name) || says(member::VERSION) != Some(number) {
            let name = format!("{} {}", of.name(), version.version());
            return vec![finding(format!("`type` and `version` at its root must be those of {name}"))];
        }
        let Some(payload) = self.payload() else { return vec![finding("it has no `data`".to_owned())] };
        let again = match version.again(&delivery) {
            Ok(again) => again,
            Err(error) => return vec![finding(format!("its own version cannot read it: {error}"))],
        };
        if let Some(seen) = again.observations.first() {
            return vec![finding(format!("it is read with an observation: {seen}"))];
        }
        let key = again.partition_key.as_ref().map(|key| Value::from(key.as_str()));
        if key.is_some() && key != says(member::PARTITION_KEY) {
            return vec![finding(
                "the partition key of its type has changed: events of one key would lose their order".to_owned(),
            )];
        }
        let validator = match jsonschema::draft202012::new(version.writer_schema().as_value()) {
            Ok(validator) => validator,
            Err(error) => return vec![finding(format!("invalid writer schema: {error}"))],
        };
        let mistakes = validator.iter_errors(&payload);
        let wrong = |error: jsonschema::ValidationError<'_>| {
            // Without the value: a golden event is public, but what is wrong in it may not be meant to be.
            finding(format!("it violates the writer schema: {} at /data{}", error.masked(), error.instance_path()))
        };
        let mut findings: Vec<_> = mistakes.map(wrong).collect();
        if findings.is_empty() && again.payload.is_ok_and(|again| again != payload) {
            findings.push(finding("re-serialising the golden event gives different JSON".to_owned()));
        }
        findings
    }
}

/// Whether a path is that of a golden event.
pub(super) fn is_golden(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".json").is_some_and(|name| {
        let mut parts = name.splitn(3, '.');
        let version = parts.next().and_then(|version| version.strip_prefix('v'));
        version.is_some_and(|version| version.parse::<u32>().is_ok()) && parts.next() == Some("golden")
    })
}
