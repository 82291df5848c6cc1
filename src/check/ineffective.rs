//! Keywords without effect in the schemas of a type.

use json_document::Pointer;
use json_schema_core::{Draft, find_ineffective_keywords};
use serde_json::Value;

use super::consumer::Consumer;
use super::finding::{Finding, Subject};
use super::input::InputOrigin;
use super::report::{MatrixColumn, MatrixRow, Revision};
use super::rule::CheckRule;
use super::settings::Settings;

/// Finds the keywords that restrict nothing although their author expects it, in the schemas of a type and of its consumers.
pub(super) fn find_ineffective(
    settings: &Settings,
    event_type: &str,
    (rows, columns): (&[MatrixRow], &[MatrixColumn]),
    consumers: &[&Consumer],
) -> Vec<Finding> {
    let version = |label: &str| Subject::Type { event_type: event_type.to_owned(), version: Some(label.to_owned()) };
    let rows =
        rows.iter().map(|row| (version(&row.label), format!("the writer's schema of {}", row.label), &row.schema));
    let columns = columns.iter().filter(|column| column.revision != Revision::Consumer);
    let columns = columns
        .map(|column| (version(&column.label), format!("the reader's schema of {}", column.label), &column.schema));
    let of_consumer = |consumer: &&Consumer| {
        let subject = Subject::Consumer { event_type: event_type.to_owned(), name: consumer.name().to_owned() };
        let schemas = consumer.schemas(event_type).into_iter();
        schemas.map(|(path, schema)| (subject.clone(), path, schema.value().clone())).collect::<Vec<_>>()
    };
    // The head removes or replaces the statements of the base.
    let of_head = consumers.iter().filter(|consumer| consumer.origin() == InputOrigin::Head);
    let consumers: Vec<_> = of_head.flat_map(of_consumer).collect();
    let consumers = consumers.iter().map(|(subject, path, schema)| (subject.clone(), path.clone(), schema));
    let mut findings = Vec::new();
    for (subject, name, schema) in rows.chain(columns).chain(consumers) {
        findings.extend(find_in_schema(settings, &subject, &name, schema));
    }
    findings
}

fn find_in_schema(settings: &Settings, subject: &Subject, name: &str, schema: &Value) -> Vec<Finding> {
    let found = find_ineffective_keywords(schema, &Pointer::ROOT, Draft::Draft202012).into_iter();
    let finding = found.filter_map(|keyword| {
        let message = format!("{name}, at {}: {keyword}", keyword.pointer);
        let finding = settings.finding(CheckRule::KeywordIneffective.id(), subject.clone(), message)?;
        Some(finding.with_fingerprint(&format!("{name} {}", keyword.pointer)))
    });
    finding.collect()
}
