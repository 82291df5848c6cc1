//! Constraints on the envelopes of events.

use json_schema_core::for_each_subschema_mut;
use serde_json::{Value, json};

/// The known sources, accounts and regions of a deployment. A member that is `None` may have any value.
///
/// ```
/// use event_contract::contract;
/// use event_contract::pattern::Pattern;
/// use event_contract::routing::{EnvelopeConstraints, EventSet};
///
/// let catalog = contract::catalog()?;
/// let rule = Pattern::parse(r#"{"source": ["warehouse"]}"#)?;
/// let may_match = |constraints: &EnvelopeConstraints| {
///     Ok::<_, Box<dyn std::error::Error>>(EventSet::for_catalog(&catalog, constraints)?[0].reach(&rule).matched().is_some())
/// };
/// assert!(may_match(&EnvelopeConstraints::default())?);
/// let sources = Some(vec!["external".to_owned(), "order-service".to_owned()]);
/// assert!(!may_match(&EnvelopeConstraints { sources, ..EnvelopeConstraints::default() })?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvelopeConstraints {
    /// Possible values of `source`: `external`, the names of subsystems, or both.
    pub sources: Option<Vec<String>>,
    /// Accounts in which events are put.
    pub accounts: Option<Vec<String>>,
    /// Regions in which events are put.
    pub regions: Option<Vec<String>>,
}

/// Times of EventBridge: UTC, in seconds.
const TIME_REGEX: &str =
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$";
const REGION_REGEX: &str = "^[a-z]+(-[a-z]+)+-[0-9]+$";
const DATE_REGEX: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
const DATE_TIME_REGEX: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";
const UUID_REGEX: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

impl EnvelopeConstraints {
    /// Restricts a schema of enveloped events to those that EventBridge delivers under the constraints.
    pub(super) fn apply(&self, schema: &mut Value) {
        for_each_subschema_mut(schema, |_, schema| add_format_regexes(schema));
        let one_of = |values: &Option<Vec<String>>| values.as_ref().map(|values| json!({ "enum": values }));
        let region = json!({ "type": "string", "pattern": REGION_REGEX });
        let time = json!({ "type": "string", "pattern": TIME_REGEX });
        for (name, constraint) in [
            ("source", one_of(&self.sources)),
            ("account", one_of(&self.accounts)),
            ("region", Some(one_of(&self.regions).unwrap_or(region))),
            ("time", Some(time)),
        ] {
            if let Some(constraint) = constraint {
                schema["properties"][name] = constraint;
            }
        }
        schema["additionalProperties"] = false.into();
    }
}

/// Adds a `pattern` for each `format`, except below a negation, where it would accept more.
///
/// The prover decides about regular expressions, not about formats.
fn add_format_regexes(schema: &mut Value) {
    let regex = match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => Some(DATE_TIME_REGEX),
        Some("date") => Some(DATE_REGEX),
        Some("uuid") => Some(UUID_REGEX),
        Some(_) | None => None,
    };
    if let (Some(regex), Some(keywords)) = (regex, schema.as_object_mut()) {
        keywords.entry("pattern").or_insert_with(|| regex.into());
    }
    for_each_subschema_mut(schema, |step, schema| {
        if !matches!(step.keyword.name, "not" | "if") {
            add_format_regexes(schema);
        }
    });
}
