//! Event patterns of Amazon EventBridge: the types of [`eventbridge_pattern`], and the patterns of a backbone of buses.

pub mod backbone;

pub use eventbridge_pattern::{
    Alternative, Condition, EventError, EventInput, Explanation, Lint, LintFinding, Match, Pattern, PatternBuilder,
    PatternError, RuleSet, Settings, lint, lints, part,
};
