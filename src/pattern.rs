//! EventBridge event patterns: the crate [`eventbridge_pattern`], and the rules of a backbone of buses.

pub mod backbone;

pub use eventbridge_pattern::*;
