//! Findings of the check.

use std::fmt;
use std::sync::Arc;

use json_document::Pointer;
use json_document::exact::ExactValue;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::policy::Waiver;
use super::rule;
use crate::catalog::TypeLocation;
use crate::severity::Severity;

/// A finding of the check.
///
/// Its JSON is flat: the fields of `subject` and `evidence` are beside the others, see
/// [`Report::json_schema`](super::Report::json_schema).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The number of the finding in the report, from 1. Cells of the matrix refer to it.
    pub number: usize,
    /// The id of the [rule](super::Rule).
    pub rule: &'static str,
    /// The severity that the policy gives to the rule.
    pub severity: Severity,
    /// One sentence.
    pub message: String,
    /// A hash that waivers refer to. It does not depend on the order or the formatting of schemas, on their descriptions,
    /// or on the wording of `message`.
    pub fingerprint: String,
    /// The waiver that accepts the finding.
    pub waiver: Option<Waiver>,
    /// The part of the contract that the finding is about.
    pub subject: Subject,
    /// Documents that demonstrate the finding.
    pub evidence: Evidence,
    /// The text of the reader's schema as it was compared, without ignored places: `reader_keyword` refers to it.
    pub(super) reader_schema: Option<Arc<str>>,
    /// The rejected payload with every digit, where the one of the evidence lacks some.
    pub(super) exact_payload: Option<ExactValue>,
    /// The place of the Rust type that the finding is about.
    pub(super) source: Option<TypeLocation>,
    /// The files of the finding, once a report is rendered.
    pub(super) files: FindingFiles,
}

/// The files of a finding, from the root of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FindingFiles {
    /// The file of the reader's schema, or of a routing rule.
    pub(super) path: Option<String>,
    /// The file of the Rust type.
    pub(super) source: Option<String>,
}

/// A document that demonstrates a finding, as reports show it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Document<'a> {
    Rounded(&'a Value),
    Exact(&'a ExactValue),
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Rounded(value) => value.serialize(serializer),
            Self::Exact(value) => value.serialize(serializer),
        }
    }
}

/// Writes the document as compact JSON.
impl fmt::Display for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rounded(value) => value.fmt(f),
            Self::Exact(value) => value.fmt(f),
        }
    }
}

/// The part of a contract that a [`Finding`] is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// The contract as a whole, or an entry of its [`Policy`](super::Policy).
    Contract,
    /// All versions of an event type, or one of them.
    Type {
        /// The name of the type, such as `Order.Created`.
        event_type: String,
        /// The label of the version in the matrix, such as `v3`, if the finding is about one.
        version: Option<String>,
    },
    /// The statement of a consumer about an event type, in whatever versions.
    Consumer {
        /// The name of the type that the statement is about.
        event_type: String,
        /// The name of the consumer.
        name: String,
    },
    /// A cell of the matrix: a writer and a reader of one event type.
    Pair {
        /// The name of the type that both have.
        event_type: String,
        /// The label of the writer in the matrix, such as `v3`.
        writer: String,
        /// The label of the reader in the matrix, such as `v2`, or the name of a consumer.
        reader: String,
        /// True for a consumer, whose name may look like a version.
        is_consumer: bool,
        /// The place in the payload, as a JSON pointer; none if the finding is about all of the payload.
        pointer: Option<String>,
        /// The file of the reader's schema, below the folder of the record or of the consumers; none if the schema is not
        /// published.
        file: Option<String>,
    },
    /// A routing rule.
    RoutingRule {
        /// The name of the rule.
        name: String,
        /// The file that the rule was read from.
        file: String,
        /// The line in that file, from 1.
        line: usize,
        /// The event type and the version, such as `v3`, of the events that the finding is about.
        events: Option<(String, String)>,
    },
}

/// Documents that demonstrate a [`Finding`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Evidence {
    /// No document: the message describes the problem completely.
    None,
    /// A payload that the writer may write and the reader rejects, confirmed by two validators; by one where a number is
    /// beyond the other.
    Rejection {
        /// The payload, with the nearest number in place of each that `serde_json` cannot hold. Reports have every digit.
        payload: Value,
        /// The name of the property that is missing at the place of the finding.
        missing: Option<String>,
        /// The keyword of the reader's schema that rejects the payload, as a URI reference into that schema.
        reader_keyword: String,
        /// The keyword of the writer's schema for the same place, as a URI reference into that schema.
        writer_keyword: Option<String>,
    },
    /// A payload about which the code of a version and its schemas disagree, or two versions.
    Payload {
        /// A payload for which they disagree, drawn from the writer's schema.
        payload: Value,
    },
    /// Events in their envelopes that a routing rule matches or misses.
    Events {
        /// An event as published: before a change, the rule treated it differently from `now`.
        before: Option<Value>,
        /// An event as the contract writes it now.
        now: Option<Value>,
    },
}

impl Finding {
    /// Returns true if no waiver accepts the finding.
    pub fn is_open(&self) -> bool {
        self.waiver.is_none()
    }

    /// Returns true if the finding fails the check: an open error.
    pub fn is_error(&self) -> bool {
        self.is_open() && self.severity == Severity::Error
    }

    /// Returns the event type that the finding is about.
    pub fn event_type(&self) -> Option<&str> {
        self.subject.event_type()
    }

    /// Returns the remedy of the rule, with the names of this finding.
    pub(super) fn remedy(&self) -> Option<String> {
        let template = rule::by_id(self.rule).remedy()?;
        let fields = self.fields();
        let (writer, reader) = match &self.subject {
            Subject::Contract | Subject::RoutingRule { .. } => (None, None),
            Subject::Type { event_type, version } => {
                let version = version.as_ref().map(|version| format!("{event_type} {version}"));
                (version.clone(), version)
            }
            Subject::Consumer { name, .. } => (None, Some(name.clone())),
            Subject::Pair { event_type, writer, reader, is_consumer, .. } => {
                let reader = if *is_consumer { reader.clone() } else { format!("{event_type} {reader}") };
                (Some(format!("{event_type} {writer}")), Some(reader))
            }
        };
        let is_name = |name: &String| !name.is_empty() && name != "*" && name.parse::<usize>().is_err();
        let of_place = || Pointer::parse(fields.at?).segments().filter(is_name).last();
        let name = fields.missing.map(str::to_owned).or_else(of_place);
        let names = [
            ("FIELD", name.as_ref().map_or_else(|| "the payload".to_owned(), |name| format!("`{name}`"))),
            ("NAME", name.unwrap_or_else(|| "…".to_owned())),
            ("READER", reader.unwrap_or_else(|| "the reader".to_owned())),
            ("WRITER", writer.unwrap_or_else(|| "the writer".to_owned())),
        ];
        Some(fill(&template, &names))
    }

    /// Returns true if the finding comes with a payload that the reader rejects.
    pub(super) fn is_rejection(&self) -> bool {
        match self.evidence {
            Evidence::Rejection { .. } => true,
            Evidence::None | Evidence::Payload { .. } | Evidence::Events { .. } => false,
        }
    }

    /// Returns the documents that demonstrate the finding, each with a label.
    pub(super) fn documents(&self) -> impl Iterator<Item = (&'static str, Document<'_>)> {
        let fields = self.fields();
        let documents = match &self.evidence {
            Evidence::None => [None, None],
            Evidence::Rejection { .. } | Evidence::Payload { .. } => {
                [fields.witness.map(|witness| ("for example", witness)), None]
            }
            Evidence::Events { before, now } => {
                let label = if before.is_some() { "now" } else { "for example" };
                [
                    before.as_ref().map(|event| ("before", Document::Rounded(event))),
                    now.as_ref().map(|event| (label, Document::Rounded(event))),
                ]
            }
        };
        documents.into_iter().flatten()
    }

    /// Returns ` v3 to v2` for a pair, ` v3` for a version, ` billing` for a consumer, or nothing.
    pub(super) fn parties(&self) -> String {
        let fields = self.fields();
        match (fields.writer, fields.reader) {
            (Some(writer), Some(reader)) => format!(" {writer} to {reader}"),
            (Some(one), None) | (None, Some(one)) => format!(" {one}"),
            (None, None) => String::new(),
        }
    }
}

impl Subject {
    /// Returns the event type that the subject is or belongs to.
    pub(super) fn event_type(&self) -> Option<&str> {
        match self {
            Self::Contract => None,
            Self::Type { event_type, .. } | Self::Consumer { event_type, .. } | Self::Pair { event_type, .. } => {
                Some(event_type)
            }
            Self::RoutingRule { events, .. } => events.as_ref().map(|(event_type, _)| &**event_type),
        }
    }
}

/// Replaces placeholders in one pass: a value may look like another placeholder.
fn fill(template: &str, names: &[(&str, String)]) -> String {
    let (mut text, mut rest) = (String::new(), template);
    let next = |rest: &str| {
        let found = names.iter().filter_map(|(word, value)| Some((rest.find(word)?, *word, value)));
        found.min_by_key(|(at, ..)| *at).map(|(_, word, value)| (word.to_owned(), value.clone()))
    };
    while let Some((word, value)) = next(rest)
        && let Some((before, after)) = rest.split_once(&word)
    {
        text.push_str(before);
        text.push_str(&value);
        rest = after;
    }
    text + rest
}

/// A finding.
///
/// The JSON form of a [`Finding`].
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Finding", description = "A finding of the check.")]
pub(super) struct FindingFields<'a> {
    /// The number of the finding in the report, from 1. Cells of the matrix refer to it.
    number: usize,
    /// The id of the rule; `explain` prints its page.
    rule: &'a str,
    /// The severity that the policy gives to the rule.
    severity: Severity,
    /// One sentence.
    message: &'a str,
    /// A hash that waivers refer to. It does not depend on the order or the formatting of schemas.
    fingerprint: &'a str,
    /// The waiver that accepts the finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiver: Option<&'a Waiver>,
    /// The event type that the finding is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event_type: Option<&'a str>,
    /// The label of the writer in the matrix, such as `v3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) writer: Option<&'a str>,
    /// The label of the reader in the matrix, such as `v2`, or the name of a consumer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reader: Option<&'a str>,
    /// The place in the payload, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<&'a str>,
    /// The name of the property that is missing there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) missing: Option<&'a str>,
    /// The keyword of the reader's schema that rejects the payload, as a URI reference into that schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reader_keyword: Option<&'a str>,
    /// The keyword of the writer's schema for the same place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) writer_keyword: Option<&'a str>,
    /// A payload that the writer may write and the reader rejects, with every digit, confirmed by two validators, by one where
    /// a number is beyond the other, or by the code of both if there is no `readerKeyword`; for a finding about one version, a
    /// payload about which its code and its schemas disagree.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<&'a Value>")]
    pub(super) witness: Option<Document<'a>>,
    /// A file below the folder of the record or of the consumers; for a routing rule, the file that it was read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<&'a str>,
    /// The line in that file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<usize>,
    /// That file from the root of the repository, where the report names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<&'a str>,
    /// The file of the Rust type that the finding is about, from the root of the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source_file: Option<&'a str>,
    /// The line of the type's derive in that file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source_line: Option<u32>,
    /// The usual remedy, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    /// The page about the rule: a URL, or the command that prints it.
    help: String,
    /// The name of the routing rule that the finding is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) routing_rule: Option<&'a str>,
    /// An event in its envelope as published, which the routing rule treated differently from `event`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event_before: Option<&'a Value>,
    /// An event in its envelope that demonstrates the finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<&'a Value>,
}

impl Finding {
    /// Returns the finding in the flat form of its JSON.
    pub(super) fn fields(&self) -> FindingFields<'_> {
        let mut fields = FindingFields {
            number: self.number,
            rule: self.rule,
            severity: self.severity,
            message: &self.message,
            fingerprint: &self.fingerprint,
            waiver: self.waiver.as_ref(),
            event_type: self.subject.event_type(),
            writer: None,
            reader: None,
            at: None,
            missing: None,
            reader_keyword: None,
            writer_keyword: None,
            witness: None,
            file: None,
            line: None,
            path: self.files.path.as_deref(),
            source_file: self.files.source.as_deref(),
            source_line: self.files.source.as_ref().and(self.source).map(|source| source.line),
            remedy: None,
            help: String::new(),
            routing_rule: None,
            event_before: None,
            event: None,
        };
        match &self.subject {
            Subject::Contract => {}
            Subject::Type { version, .. } => fields.writer = version.as_deref(),
            Subject::Consumer { name, .. } => fields.reader = Some(name),
            Subject::Pair { writer, reader, pointer, file, .. } => {
                fields.writer = Some(writer);
                fields.reader = Some(reader);
                fields.at = pointer.as_deref();
                fields.file = file.as_deref();
            }
            Subject::RoutingRule { name, file, line, events } => {
                fields.routing_rule = Some(name);
                fields.file = Some(file);
                fields.line = Some(*line);
                fields.writer = events.as_ref().map(|(_, version)| &**version);
            }
        }
        match &self.evidence {
            Evidence::None => {}
            Evidence::Payload { payload } => fields.witness = Some(Document::Rounded(payload)),
            Evidence::Rejection { payload, missing, reader_keyword, writer_keyword } => {
                let exact = self.exact_payload.as_ref().map(Document::Exact);
                fields.witness = Some(exact.unwrap_or(Document::Rounded(payload)));
                fields.missing = missing.as_deref();
                fields.reader_keyword = Some(reader_keyword);
                fields.writer_keyword = writer_keyword.as_deref();
            }
            Evidence::Events { before, now } => {
                fields.event_before = before.as_ref();
                fields.event = now.as_ref();
            }
        }
        fields
    }
}

/// Writes the severity, the rule, the subject and the message on one line.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.severity, self.rule)?;
        if let Some(rule) = self.fields().routing_rule {
            write!(f, " rule {rule}")?;
        }
        if let Some(event_type) = self.event_type() {
            write!(f, " {event_type}{}", self.parties())?;
        }
        write!(f, ": {}", self.message)
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let help = rule::by_id(self.rule).link();
        FindingFields { remedy: self.remedy(), help, ..self.fields() }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_taken_for_placeholders() {
        let names = [("FIELD", "`READER`".to_owned()), ("READER", "billing".to_owned())];
        assert_eq!(fill("Make FIELD optional in READER.", &names), "Make `READER` optional in billing.");
    }
}
