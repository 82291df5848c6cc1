//! A schema of events with its validator and some events that are valid under it.

use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::navigator::Navigator;

#[derive(Debug)]
pub(super) struct EventSchema {
    schema: Value,
    validator: Validator,
    samples: Vec<Value>,
}

impl EventSchema {
    /// Compiles a schema of draft 2020-12. Formats are not asserted; see [`super::envelope`].
    pub(super) fn new(schema: Value) -> Result<Self, ValidationError<'static>> {
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .offline()
            .should_validate_formats(false)
            .build(&schema)?;
        Ok(Self { schema, validator, samples: Vec::new() })
    }

    /// Sets the known valid events.
    pub(super) fn with_samples(self, samples: Vec<Value>) -> Self {
        Self { samples, ..self }
    }

    pub(super) fn as_value(&self) -> &Value {
        &self.schema
    }

    pub(super) fn accepts(&self, event: &Value) -> bool {
        self.validator.is_valid(event)
    }

    /// Returns known valid events; none if the prover could not find one.
    pub(super) fn samples(&self) -> &[Value] {
        &self.samples
    }

    pub(super) fn navigator(&self) -> Navigator<'_> {
        Navigator::new(&self.schema)
    }
}
