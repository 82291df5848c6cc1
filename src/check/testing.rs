//! The parts of the check that the campaign compares with its own parties. No stability guarantee.

use serde_json::Value;

use super::code::{CodeGap, LabelledCode, find_gap};
use super::held::HeldVersion;
use crate::catalog::program::PayloadProgram;
use crate::payload::Payload;

/// A version with its code.
pub struct HeldCode {
    held: HeldVersion,
    writer: Value,
}

impl HeldCode {
    /// Runs the code of a version on documents of its schemas. `None` if a schema is invalid.
    pub fn new<P: Payload>(writer: &Value, reader: &Value) -> Option<Self> {
        let held = HeldVersion::new(PayloadProgram::new::<P>(), writer, reader)?;
        Some(Self { held, writer: writer.clone() })
    }

    /// Returns true if the code writes what its own schema rejects.
    fn is_invalid(&self) -> bool {
        self.held.invalid.is_some()
    }

    /// Returns the verdict where the schemas are proven compatible; `None` if the code does not change it.
    pub fn verdict(&self, writer: &Self) -> Option<String> {
        if self.held.find_refused_of(&writer.held).is_some() {
            return Some("broken by code: the reader rejects a payload".to_owned());
        }
        if writer.is_invalid() {
            return Some("broken by code: the writer's schema rejects a payload".to_owned());
        }
        let code = |held| Some(LabelledCode { label: "v1", held });
        let gap = find_gap(&writer.writer, code(&writer.held), code(&self.held))?;
        Some(match gap {
            CodeGap::Unstated(_) => "undecided: a function without a statement".to_owned(),
            CodeGap::Unread(_) => "undecided: a value that the code never reads".to_owned(),
        })
    }
}
