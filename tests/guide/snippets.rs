//! The snippets of README.md, `docs/guide` and `tests/reports` as doctests of the library, a module for each page.
//!
//! A page that needs a feature is tested where the feature is on: `cargo test --doc --all-features` has all of them.

#![allow(rustdoc::invalid_codeblock_attributes, reason = "`tests/guide` reads the others")]

#[doc = include_str!("../../docs/guide/introduction.md")]
mod introduction {}

#[cfg(feature = "check")]
#[doc = include_str!("../../docs/guide/check-in-github-actions.md")]
mod check_in_github_actions {}

#[cfg(feature = "compat")]
#[doc = include_str!("../../docs/guide/compare-two-json-schemas.md")]
mod compare_two_json_schemas {}

#[doc = include_str!("../../docs/guide/limits.md")]
mod limits {}

#[doc = include_str!("../../docs/guide/move-from-untyped-events.md")]
mod move_from_untyped_events {}

#[doc = include_str!("../../docs/guide/publish-schemas.md")]
mod publish_schemas {}

#[doc = include_str!("../../docs/guide/read-events-from-sqs-in-lambda.md")]
mod read_events_from_sqs_in_lambda {}

#[cfg(feature = "cli")]
#[doc = include_str!("../../README.md")]
mod readme {}

#[cfg(all(feature = "aws-sdk", feature = "pattern"))]
#[doc = include_str!("../../docs/guide/share-an-event-with-another-team.md")]
mod share_an_event_with_another_team {}

#[cfg(feature = "pattern")]
#[doc = include_str!("../../docs/guide/test-a-rule-before-deploying-it.md")]
mod test_a_rule_before_deploying_it {}

#[doc = include_str!("../../docs/guide/versions-and-payloads.md")]
mod versions_and_payloads {}

#[doc = include_str!("../../docs/guide/wire-format.md")]
mod wire_format {}

#[doc = include_str!("../reports/writer.md")]
mod writer {}
