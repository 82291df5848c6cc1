//! Rules from templates, from output of the AWS command line, and from files with a pattern.
//!
//! ```
//! use event_contract::pattern::Settings;
//! use event_contract::routing::source::{Parameters, RulePattern, read};
//!
//! let template = "\
//! Resources:
//!   Egress:
//!     Type: AWS::Events::Rule
//!     Properties:
//!       EventPattern: {source: [external]}
//!       Targets:
//!         - {Id: global, Arn: !Ref GlobalBus}
//! ";
//! let rules = read([("egress.yaml", template)], &Parameters::default(), &Settings::default()).into_rules()?;
//! assert_eq!((&*rules[0].name, rules[0].location.to_string().as_str()), ("Egress", "egress.yaml:2:3"));
//! let RulePattern::Known(pattern) = &rules[0].pattern else { panic!("the pattern is in the template") };
//! assert!(pattern.matches(r#"{"source": "external"}"#)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Files
//!
//! | file | rules |
//! |---|---|
//! | a pattern, JSON or YAML | one, with the name of the file |
//! | output of `aws events describe-rule` or `list-rules`, an array of such rules | each, with `Targets` beside `EventPattern` |
//! | input of `aws events put-targets` | targets of a rule in another file |
//! | templates of CloudFormation, JSON or YAML | `AWS::Events::Rule` |
//! | templates of SAM | also `EventBridgeRule` and `CloudWatchEvent` of functions and state machines |
//! | `serverless.yml` | `eventBridge` of functions, and the `resources` |
//! | output of `terraform show -json`: a plan or a state | `aws_cloudwatch_event_rule`, with its targets |
//!
//! Any other file, and a file with a part that cannot be determined, is a [`SourceError`]: no rule is omitted silently.
//! Assumptions and omissions are [`SourceNote`]s. Filters of pipes, of event source mappings and of subscriptions, and patterns
//! of archives, are not read: there is a note for each.
//!
//! # Values that only the deployment decides
//!
//! `Ref`, `Fn::Sub` and other functions are evaluated as far as the template and the [`Parameters`] decide them. A pattern
//! with an undecided value is [`RulePattern::Unknown`], and nothing is claimed about its matches. The same holds for words
//! that versions of YAML read differently, such as an account number without quotes and with a leading zero.

mod collector;
mod deployment;
mod document;
mod error;
mod listing;
mod location;
mod node;
mod note;
mod parameter;
mod resolver;
mod rule;
mod rule_pattern;
mod serverless;
mod template;
mod terraform;

pub use deployment::{Deployment, read};
pub(crate) use document::read_exact_value;
pub use error::SourceError;
pub use location::SourceLocation;
pub use note::SourceNote;
pub use parameter::Parameters;
pub use rule::{DeployedRule, RulePattern, Setting, Target};
