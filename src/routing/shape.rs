//! The events of one version of a type, as EventBridge delivers them.

use std::fmt;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::find::{self, Found};
use super::place::Places;
use crate::catalog::{Catalog, CatalogType, CatalogVersion};
use crate::compat::QuestionError;
use crate::name::{EventType, Version};
use crate::schema::{each_mut, envelope_of};

/// What is known of the envelopes in which events are delivered: which sources, accounts and regions there are. Nothing
/// is, unless it is said; then any may be.
///
/// ```
/// use event_contract::contract;
/// use event_contract::pattern::Pattern;
/// use event_contract::routing::{Envelope, Shape};
///
/// let catalog = contract::catalog()?;
/// let rule = Pattern::parse(r#"{"source": ["warehouse"]}"#)?;
/// let may_match = |envelope: &Envelope| {
///     Ok::<_, Box<dyn std::error::Error>>(Shape::all(&catalog, envelope)?[0].reach(&rule).matched().is_some())
/// };
/// assert!(may_match(&Envelope::default())?);
/// assert!(!may_match(&Envelope::default().with_sources(["external", "order-service"]))?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    sources: Option<Vec<String>>,
    accounts: Option<Vec<String>>,
    regions: Option<Vec<String>>,
}

/// The events of one version of a type: its writer's schema, in the envelope.
///
/// A shape has no other members of the envelope than EventBridge is known to deliver, and takes a `format` of `date-time`,
/// `date` and `uuid` at its word.
pub struct Shape {
    name: EventType,
    version: Version,
    schema: Value,
    validator: Validator,
    samples: Vec<Value>,
}

/// A schema is none, or nothing is valid under it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the events of {name} {version} cannot be told: {kind}")]
pub struct ShapeError {
    name: EventType,
    version: Version,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Kind {
    #[error("{0}")]
    Question(QuestionError),
    #[error("the schema is none: {0}")]
    Schema(String),
    #[error("no event is valid under the schema")]
    Empty,
}

impl Envelope {
    /// Entries are put with one of these as their `Source`: `external`, the names of subsystems, or both.
    #[must_use]
    pub fn with_sources(self, sources: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { sources: Some(sources.into_iter().map(Into::into).collect()), ..self }
    }

    /// Entries are put in one of these accounts.
    #[must_use]
    pub fn with_accounts(self, accounts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { accounts: Some(accounts.into_iter().map(Into::into).collect()), ..self }
    }

    /// Entries are put in one of these regions.
    #[must_use]
    pub fn with_regions(self, regions: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { regions: Some(regions.into_iter().map(Into::into).collect()), ..self }
    }

    /// The events of a schema of envelopes that this is known of.
    fn narrow(&self, schema: &mut Value) {
        each_mut(schema, &mut |_, schema| believe_formats(schema));
        let listed = |values: &Option<Vec<String>>| values.as_ref().map(|values| json!({ "enum": values }));
        let region = json!({ "type": "string", "pattern": REGION });
        let time = json!({ "type": "string", "pattern": TIME });
        for (name, known) in [
            ("source", listed(&self.sources)),
            ("account", listed(&self.accounts)),
            ("region", Some(listed(&self.regions).unwrap_or(region))),
            ("time", Some(time)),
        ] {
            if let Some(known) = known {
                schema["properties"][name] = known;
            }
        }
        schema["additionalProperties"] = false.into();
    }
}

/// To the second, in UTC, as EventBridge has it.
const TIME: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$";
const REGION: &str = "^[a-z]+(-[a-z]+)+-[0-9]+$";
const DATE: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
const DATE_TIME: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";
const UUID: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

/// Says as a pattern what a format says, wherever the schema is not negated.
fn believe_formats(schema: &mut Value) {
    let pattern = match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => Some(DATE_TIME),
        Some("date") => Some(DATE),
        Some("uuid") => Some(UUID),
        Some(_) | None => None,
    };
    if let (Some(pattern), Some(keywords)) = (pattern, schema.as_object_mut()) {
        keywords.entry("pattern").or_insert_with(|| pattern.into());
    }
    each_mut(schema, &mut |keyword, schema| {
        if !matches!(keyword, "not" | "if") {
            believe_formats(schema);
        }
    });
}

impl Shape {
    /// The events of a version of a type of a catalog.
    pub fn of(of: &CatalogType, version: &CatalogVersion, envelope: &Envelope) -> Result<Self, ShapeError> {
        let schema = version.writer_schema().in_envelope();
        Self::new(of.name().clone(), version.version(), schema.as_value().clone(), envelope)
    }

    /// The events of all versions of all types of a catalog.
    pub fn all(catalog: &Catalog, envelope: &Envelope) -> Result<Vec<Self>, ShapeError> {
        let versions = catalog.types().iter().flat_map(|of| of.versions().iter().map(move |version| (of, version)));
        versions.map(|(of, version)| Self::of(of, version, envelope)).collect()
    }

    /// The events of a writer's schema as it was published: that of a payload, draft 2020-12.
    pub fn of_payload(
        name: EventType,
        version: Version,
        payload: &Value,
        envelope: &Envelope,
    ) -> Result<Self, ShapeError> {
        let schema = envelope_of(name.as_str(), version, payload);
        Self::new(name, version, schema, envelope)
    }

    /// The events of any schema of envelopes, draft 2020-12, of which more is known.
    pub fn new(name: EventType, version: Version, mut schema: Value, envelope: &Envelope) -> Result<Self, ShapeError> {
        envelope.narrow(&mut schema);
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .offline()
            .should_validate_formats(false)
            .build(&schema);
        let kind = match validator {
            Err(error) => Kind::Schema(error.to_string()),
            Ok(validator) => {
                let shape = Self { name: name.clone(), version, schema, validator, samples: Vec::new() };
                match find::sample(&shape) {
                    Ok(Found::Event(event)) => return Ok(shape.with_samples(event)),
                    // Then there is no event to begin with, and the prover is asked for each.
                    Ok(Found::Unknown(_)) => return Ok(shape),
                    Ok(Found::None) => Kind::Empty,
                    Err(error) => Kind::Question(error),
                }
            }
        };
        Err(ShapeError { name, version, kind })
    }

    fn with_samples(self, event: Value) -> Self {
        let mut samples = vec![event];
        samples.extend(find::fullest(&self));
        for sample in &mut samples {
            self.fill_in(sample);
        }
        Self { samples, ..self }
    }

    /// The type of the events.
    pub fn event_type(&self) -> &EventType {
        &self.name
    }

    /// The version of the events.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The schema of the events.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// Whether an event is one of these.
    pub fn has(&self, event: &Value) -> bool {
        self.validator.is_valid(event)
    }

    /// Some of the events, found when the shape was made.
    pub(super) fn samples(&self) -> &[Value] {
        &self.samples
    }

    /// Writes what EventBridge writes into the envelope of an event, wherever it is a member of the envelope that may be
    /// so.
    fn fill_in(&self, event: &mut Value) {
        for (name, likely) in [
            ("id", "bbfbc65f-8536-ee88-dc6a-45b85079b7d7"),
            ("account", "123456789012"),
            ("region", "eu-west-1"),
            ("time", "2026-11-22T10:43:01Z"),
            ("source", "external"),
        ] {
            let Some(member) = event.get_mut(name) else { continue };
            let before = std::mem::replace(member, likely.into());
            if !self.has(event) {
                event[name] = before;
            }
        }
    }

    pub(super) fn places(&self) -> Places<'_> {
        Places::new(&self.schema)
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shape").field("name", &self.name).field("version", &self.version).finish_non_exhaustive()
    }
}

impl fmt::Display for Shape {
    /// `Order.Created v3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}
