//! Conversion of an event into the previous version.

use std::error::Error as StdError;
use std::fmt;

use json_document::Pointer;
use serde_json::Value;

use super::Event;
use super::member;
use super::metadata::Metadata;
use crate::name::Version;
use crate::payload::Payload;

/// An event converted to the previous version of its payload, and the fields that the conversion loses.
#[derive(Debug, Clone, PartialEq)]
pub struct Downcast<P> {
    /// The event.
    pub event: Event<P>,
    /// Fields of the newer version that the older one lacks or changes, as pointers into the canonical detail.
    pub lost: Vec<Pointer>,
}

/// Failure to downcast: the payload has no equivalent in the previous version.
#[derive(Debug)]
pub struct DowncastError {
    name: &'static str,
    from: Version,
    cause: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for DowncastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, from, cause } = self;
        write!(f, "{name} {from} cannot be downcast to the previous version: {cause}")
    }
}

impl StdError for DowncastError {
    /// Returns the source of the cause, whose own message is part of this one.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.source()
    }
}

impl<P: Payload> Event<P> {
    /// Converts the event to the previous version of its payload, and lists the fields that the conversion loses.
    ///
    /// The losses are computed: the older payload is upcast again, and every field that differs from the original is lost.
    ///
    /// ```
    /// use event_contract::contract::order::{OrderCreated, v2};
    /// use event_contract::{Downcast, Event};
    /// # fn show(event: Event<OrderCreated>) -> Result<(), event_contract::DowncastError> {
    /// let downcast: Downcast<v2::OrderCreated> = event.downcast()?;
    /// for field in &downcast.lost {
    ///     eprintln!("lost in version 2: {field}");
    /// }
    /// let older: Event<v2::OrderCreated> = downcast.event;
    /// # Ok(())
    /// # }
    /// ```
    pub fn downcast(&self) -> Result<Downcast<P::Previous>, DowncastError>
    where
        P::Previous: Payload + for<'a> TryFrom<&'a P, Error: Into<Box<dyn StdError + Send + Sync>>>,
    {
        let fail = |cause| DowncastError { name: P::NAME, from: P::VERSION, cause };
        let older = P::Previous::try_from(&self.payload).map_err(|cause| fail(cause.into()))?;
        // Payloads need not be `Clone`: the second conversion gives the copy that is upcast.
        let copy = P::Previous::try_from(&self.payload).map_err(|cause| fail(cause.into()))?;
        let upcast = P::upcast(copy).map_err(|cause| fail(Box::new(cause)))?;
        let before = serde_json::to_value(&self.payload).map_err(|cause| fail(Box::new(cause)))?;
        let after = serde_json::to_value(&upcast).map_err(|cause| fail(Box::new(cause)))?;
        let mut lost = Vec::new();
        collect_differences(&before, &after, &Pointer::ROOT.join(member::DATA), &mut lost);
        let metadata = Metadata { version: <P::Previous as Payload>::VERSION, ..self.metadata.clone() };
        let mut unknown_fields = self.unknown_fields.clone();
        unknown_fields.mark_unplaced();
        Ok(Downcast { event: Event::from_parts(metadata, older, unknown_fields), lost })
    }
}

/// Adds the pointers of values in `before` that are missing or different in `after`.
fn collect_differences(before: &Value, after: &Value, at: &Pointer, differences: &mut Vec<Pointer>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, value) in before {
                match after.get(name) {
                    Some(other) => collect_differences(value, other, &at.join(name), differences),
                    None => differences.push(at.join(name)),
                }
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            for (index, value) in before.iter().enumerate() {
                match after.get(index) {
                    Some(other) => collect_differences(value, other, &at.join(index), differences),
                    None => differences.push(at.join(index)),
                }
            }
        }
        (before, after) if before == after => {}
        _ => differences.push(at.clone()),
    }
}
