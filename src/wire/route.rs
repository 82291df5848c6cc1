//! Type and version of an event, for routers.

use std::borrow::Cow;
use std::fmt;

use json_document::CowStr;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::error::WireError;
use super::field::Field;
use super::scalar::Scalar;
use super::text;

use crate::name::Version;

/// Type and version of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route<'a> {
    /// The type that the event declares, or else the `detail-type` of its envelope.
    pub event_type: Option<Cow<'a, str>>,
    /// The version that the event declares. An event without one has the first version.
    pub version: Option<Version>,
}

/// Reads the type and the version of an event, at a fraction of the cost of reading all of it.
///
/// Expects an EventBridge envelope or a bare detail. Members before the type and the version are skipped, and the text
/// after both is not parsed: it may be malformed, which only the [`Reader`](crate::Reader) reports.
///
/// ```
/// use event_contract::wire;
///
/// let bytes = br#"{"detail-type":"Order.Created","detail":{"type":"Order.Created","version":3,"data":{}}}"#;
/// let route: wire::Route<'_> = wire::route(bytes)?;
/// assert_eq!(route.event_type.as_deref(), Some("Order.Created"));
/// assert_eq!(route.version.map(|version| version.get()), Some(3));
/// # Ok::<(), wire::WireError>(())
/// ```
pub fn route(bytes: &[u8]) -> Result<Route<'_>, WireError> {
    let Peek { detail_type, event_type, version, .. } = peek(text::decode(bytes)?).map_err(WireError::not_json)?;
    let version = version.and_then(|version| version.version());
    Ok(Route { event_type: event_type.or(detail_type), version })
}

#[derive(Debug, Default)]
struct Peek<'de> {
    detail_type: Option<Cow<'de, str>>,
    event_type: Option<Cow<'de, str>>,
    version: Option<Scalar<'de>>,
    /// Set once no later member can change the result.
    is_complete: bool,
}

fn peek(json: &str) -> Result<Peek<'_>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let mut peek = Peek::default();
    let result = PeekSeed { peek: &mut peek, is_detail: false }.deserialize(&mut deserializer);
    match result.and_then(|()| deserializer.end()) {
        // A visitor can stop early only with an error.
        Err(_) if peek.is_complete => Ok(peek),
        Err(error) => Err(error),
        Ok(()) => Ok(peek),
    }
}

struct PeekSeed<'p, 'de> {
    peek: &'p mut Peek<'de>,
    /// Set for the detail inside an envelope.
    is_detail: bool,
}

impl<'de> DeserializeSeed<'de> for PeekSeed<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PeekSeed<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { peek, is_detail } = self;
        let (mut own_type, mut own_version) = (None, None);
        let (mut has_type, mut has_data, mut has_detail, mut has_detail_type) = (false, false, false, false);
        while let Some(CowStr(name)) = map.next_key()? {
            match Field::from_name(&name) {
                Field::DetailType if !is_detail => {
                    has_detail_type = true;
                    peek.detail_type = Scalar::parse(map.next_value()?).and_then(Scalar::into_string);
                }
                Field::Type => {
                    has_type = true;
                    own_type = Scalar::parse(map.next_value()?).and_then(Scalar::into_string);
                }
                Field::Version => own_version = Scalar::parse(map.next_value()?),
                Field::Detail if !is_detail => {
                    has_detail = true;
                    map.next_value_seed(PeekSeed { peek, is_detail: true })?;
                }
                field => {
                    has_data |= field == Field::Data;
                    map.next_value::<IgnoredAny>()?;
                }
            }
            if is_detail && own_type.is_some() && own_version.is_some() {
                peek.event_type = own_type;
                peek.version = own_version;
                peek.is_complete = true;
                return Err(A::Error::custom("complete"));
            }
        }
        // The version of an envelope is not that of the event, and a bare payload may have a field of that name.
        let is_envelope = !is_detail && (has_detail_type || (has_detail && !has_type));
        if !is_envelope {
            peek.event_type = own_type;
            peek.version = own_version.filter(|_| has_type || has_data);
        }
        Ok(())
    }
}
