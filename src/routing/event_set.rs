//! The events of one version of a type, as EventBridge delivers them.

use std::fmt;

use json_schema_core::{Draft, FlatSchema};
use serde_json::Value;

use super::envelope::EnvelopeConstraints;
use super::error::{EventSetErrorKind, RoutingError};
use super::event_schema::EventSchema;
use super::search::{self, SearchResult};
use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::name::{EventType, Version};
use crate::schema::envelope_of;

/// The set of events of one version of a type: those that are valid under the writer's schema, in the envelope.
///
/// The envelope has exactly the members that EventBridge delivers. A `format` of `date-time`, `date` or `uuid` is asserted.
pub struct EventSet {
    event_type: EventType,
    version: Version,
    schema: EventSchema,
}

impl EventSet {
    /// Returns the events of one version of a catalog type.
    pub(crate) fn for_version(
        catalog_type: &CatalogType,
        version: &CatalogVersion,
        constraints: &EnvelopeConstraints,
    ) -> Result<Self, RoutingError> {
        let schema = version.writer_schema().in_envelope();
        Self::new(catalog_type.name().clone(), version.version(), schema.as_value(), constraints)
    }

    /// Returns the events of each version of each type of a catalog.
    pub fn for_catalog(catalog: &Catalog, constraints: &EnvelopeConstraints) -> Result<Vec<Self>, RoutingError> {
        let types = catalog.types().iter();
        let versions = types.flat_map(|catalog_type| catalog_type.versions().iter().map(move |it| (catalog_type, it)));
        versions.map(|(catalog_type, version)| Self::for_version(catalog_type, version, constraints)).collect()
    }

    /// Returns the events of a published writer's schema of a payload, draft 2020-12.
    pub fn for_payload(
        event_type: EventType,
        version: Version,
        payload: &Value,
        constraints: &EnvelopeConstraints,
    ) -> Result<Self, RoutingError> {
        let schema = envelope_of(event_type.as_str(), version, payload);
        Self::new(event_type, version, &schema, constraints)
    }

    fn new(
        event_type: EventType,
        version: Version,
        schema: &Value,
        constraints: &EnvelopeConstraints,
    ) -> Result<Self, RoutingError> {
        let schema = FlatSchema::new(schema, Draft::Draft202012)
            .map_err(|error| EventSetErrorKind::InvalidSchema(error.to_string()))
            .and_then(|flat| {
                let mut schema = flat.into_root();
                constraints.apply(&mut schema);
                EventSchema::new(schema).map_err(|error| EventSetErrorKind::InvalidSchema(error.to_string()))
            })
            .and_then(with_samples);
        match schema {
            Ok(schema) => Ok(Self { event_type, version, schema }),
            Err(kind) => Err(RoutingError::event_set(event_type, version, kind)),
        }
    }

    /// Returns the type of the events.
    pub fn event_type(&self) -> &EventType {
        &self.event_type
    }

    /// Returns the version of the events.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the JSON Schema of the events in their envelope, draft 2020-12.
    pub fn schema(&self) -> &Value {
        self.schema.as_value()
    }

    /// Returns true if the event is in the set.
    pub fn contains(&self, event: &Value) -> bool {
        self.schema.accepts(event)
    }

    pub(super) fn event_schema(&self) -> &EventSchema {
        &self.schema
    }
}

/// Finds a small and a full event. An unknown answer leaves the schema without samples; the prover is then asked for each
/// question.
fn with_samples(schema: EventSchema) -> Result<EventSchema, EventSetErrorKind> {
    let mut samples = match search::find_any(&schema) {
        Ok(SearchResult::Event(event)) => vec![event],
        Ok(SearchResult::Unknown(_)) => return Ok(schema),
        Ok(SearchResult::None) => return Err(EventSetErrorKind::Empty),
        Err(error) => return Err(EventSetErrorKind::Question(error)),
    };
    samples.extend(search::find_fullest(&schema));
    for sample in &mut samples {
        set_realistic_envelope(&schema, sample);
    }
    Ok(schema.with_samples(samples))
}

/// Replaces envelope members by values as EventBridge writes them, if the schema accepts them.
fn set_realistic_envelope(schema: &EventSchema, event: &mut Value) {
    for (name, realistic) in [
        ("id", "bbfbc65f-8536-ee88-dc6a-45b85079b7d7"),
        ("account", "123456789012"),
        ("region", "eu-west-1"),
        ("time", "2026-11-22T10:43:01Z"),
        ("source", "external"),
    ] {
        let Some(member) = event.get_mut(name) else { continue };
        let before = std::mem::replace(member, realistic.into());
        if !schema.accepts(event) {
            event[name] = before;
        }
    }
}

impl fmt::Debug for EventSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSet")
            .field("event_type", &self.event_type)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for EventSet {
    /// Writes type and version: `Order.Created v3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.event_type, self.version)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_read_behind_every_kind_of_reference() {
        let target = json!({"type": "object", "properties": {"x": {"const": 1}}, "required": ["x"]});
        let with = |keyword: &str, value: &str| {
            let mut target = target.clone();
            target[keyword] = value.into();
            target
        };
        for (property, definitions) in [
            (json!({"$ref": "#/$defs/t"}), json!({"t": target})),
            (json!({"$ref": "#/$defs/t%20%3C%25"}), json!({"t <%": target})),
            (json!({"$ref": "#t"}), json!({"x": with("$anchor", "t")})),
            (json!({"$ref": "urn:a:t"}), json!({"x": with("$id", "urn:a:t")})),
            (json!({"$ref": "urn:a:t#/$defs/u"}), json!({"x": {"$id": "urn:a:t", "$defs": {"u": target}}})),
            (json!({"$id": "urn:a:t", "$ref": "#/$defs/u", "$defs": {"u": target}}), json!({})),
            (json!({"$dynamicRef": "#t"}), json!({"x": with("$dynamicAnchor", "t")})),
            (json!({"$ref": "#/properties/b"}), json!({})),
        ] {
            let payload = json!({"type": "object", "properties": {"a": property, "b": target}, "$defs": definitions});
            let (name, version) = (EventType::new("T").unwrap(), Version::FIRST);
            let events = EventSet::for_payload(name, version, &payload, &EnvelopeConstraints::default()).unwrap();
            let navigator = events.event_schema().navigator();
            let values = navigator.values_at_path(&["detail", "data", "a", "x"]);
            assert_eq!(navigator.primitive_values(&values, false), Some(vec![&json!(1)]), "{payload}");
        }
    }

    #[test]
    fn unresolved_references_are_reported() {
        let payload = json!({"type": "object", "properties": {"a": {"$ref": "#nowhere"}}});
        let name = EventType::new("T").unwrap();
        assert!(EventSet::for_payload(name, Version::FIRST, &payload, &EnvelopeConstraints::default()).is_err());
    }
}
