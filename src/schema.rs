//! stub
#![allow(missing_docs)]
use crate::Payload;
#[derive(Debug, Clone)]
pub struct Schema(serde_json::Value);
impl Schema {
    pub fn writer<P: Payload + schemars::JsonSchema>() -> Self {
        Self(serde_json::Value::Null)
    }
    pub fn as_value(&self) -> &serde_json::Value {
        &self.0
    }
    pub fn reader<P: Payload + schemars::JsonSchema>() -> Self {
        Self(serde_json::Value::Null)
    }
}
impl std::fmt::Display for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
