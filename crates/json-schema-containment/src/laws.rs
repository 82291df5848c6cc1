//! Property tests of the prover and the validator on generated schemas, with `jsonschema` as the oracle for each document.
//!
//! The long run: `PROPTEST_CASES=20000 cargo test --release -p json-schema-containment --lib laws`.

mod generator;

use json_document::exact;
use jsonschema::canonical::{Containment, options};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use super::document::Library;
use super::draft::{Draft, to_jsonschema};
use super::lower::Lowering;
use super::question::Question;
use super::sampler::Sampler;
use super::schema_index::SchemaIndex;
use super::sources::{Sources, SupersededDependencies};
use super::validator::{Validator, ValidatorError};
use super::verdict::{Reason, Verdict};
use generator::{document, mutate, part, schema};
use json_schema_core::Role;

/// Rewrites keywords that the draft lacks or defines otherwise, so that its meta-schema accepts the schema.
fn adapt_to_draft(value: &Value, draft: Draft) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| adapt_to_draft(item, draft)).collect(),
        Value::Object(members) => {
            let mut right: Map<String, Value> = Map::new();
            for (name, member) in members {
                let member = match (name.as_str(), member) {
                    ("enum" | "const", member) => member.clone(),
                    ("exclusiveMinimum" | "exclusiveMaximum", _) if draft == Draft::Draft4 => {
                        let bound = if name.ends_with("Minimum") { "minimum" } else { "maximum" };
                        right.entry(bound).or_insert(json!(1));
                        json!(true)
                    }
                    ("items", Value::Array(_)) if draft == Draft::Draft202012 => json!({}),
                    ("required", Value::Array(names)) if names.is_empty() && draft == Draft::Draft4 => continue,
                    (_, member) => adapt_to_draft(member, draft),
                };
                right.insert(name.clone(), member);
            }
            Value::Object(right)
        }
        other => other.clone(),
    }
}

fn draft() -> impl Strategy<Value = Draft> {
    select(Draft::ALL.to_vec())
}

fn independent_validator(schema: &Value, draft: Draft) -> Option<jsonschema::Validator> {
    jsonschema::options().with_draft(to_jsonschema(draft)).offline().should_validate_formats(false).build(schema).ok()
}

/// Searches for a counterexample to containment among samples of the writer's schema and other documents, by the oracle.
fn find_counterexample(writer: &Value, reader: &Value, draft: Draft, others: &[Value], count: u64) -> Option<Value> {
    let (accepts, reads) = (independent_validator(writer, draft)?, independent_validator(reader, draft)?);
    let [writer, reader] = [writer, reader].map(exact::ExactValue::from);
    let library = |schema| Library::new(schema, draft, &[]).ok();
    let mut sources = Sources::new([library(&writer)?, library(&reader)?], false, SupersededDependencies::Applied);
    let samples =
        (0..count).map(|seed| Sampler::new(&mut sources, Role::Writer, seed * 77, [&writer, &reader]).sample());
    let samples = samples.filter_map(|sample| sample.to_serde(exact::Fidelity::Spelling));
    let mut documents = samples.chain(others.iter().cloned());
    documents.find(|document| accepts.is_valid(document) && !reads.is_valid(document))
}

fn sample_count() -> u64 {
    if std::env::var_os("PROPTEST_CASES").is_some() { 1000 } else { 60 }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The formula, our validator and `jsonschema` agree about every document.
    #[test]
    fn formula_and_validators_agree(
        schema in schema(), draft in draft(), documents in prop::collection::vec(document(), 1..20),
    ) {
        let schema = adapt_to_draft(&schema, draft);
        let Some(oracle) = independent_validator(&schema, draft) else { return Ok(()) };
        let text = schema.to_string();
        if draft == Draft::Draft201909 && text.contains("\"contains\"") && text.contains("unevaluatedItems") {
            return Ok(()); // `jsonschema` sometimes counts items matched by `contains` as evaluated, which 2019-09 does not.
        }
        let exact_schema = exact::ExactValue::from(&schema);
        let library = Library::new(&exact_schema, draft, &[]).unwrap();
        let mut lowering = Lowering::new(Sources::new([library], false, SupersededDependencies::Applied));
        let root = lowering.sources.root(SchemaIndex::FIRST);
        let Ok(formula) = lowering.lower(root) else { return Ok(()) };
        let not = lowering.store.not(formula);
        let samples: Vec<Value> = (0..10)
            .map(|seed| Sampler::new(&mut lowering.sources, SchemaIndex::FIRST, seed, [&exact_schema; 2]).sample())
            .filter_map(|sample| sample.to_serde(exact::Fidelity::Spelling))
            .collect();
        for document in documents.iter().chain(&samples) {
            // Inside `properties`, `jsonschema` accepts `1.0` as an integer in draft 4 if `type` is an array.
            if draft == Draft::Draft4 && document.to_string().contains(".0") || document.to_string().contains("e+") {
                continue;
            }
            let expected = oracle.is_valid(document);
            let exact_document = exact::ExactValue::from(document);
            let ours = Validator::new(&mut lowering.sources, SchemaIndex::FIRST).is_valid(&exact_document);
            // A reference that leads back to itself in place has no defined meaning; `jsonschema` takes it for true.
            if matches!(ours, Err(ValidatorError::Cycle(_))) {
                continue;
            }
            prop_assert_eq!(ours, Ok(expected), "our validator, draft {}: {} {}", draft, schema, document);
            let holds = lowering.evaluate(formula, &exact_document);
            if lowering.error.is_some() {
                return Ok(());
            }
            prop_assert_eq!(holds, Some(expected), "the formula, draft {}: {} {}", draft, schema, document);
            prop_assert_eq!(lowering.evaluate(not, &exact_document), Some(!expected), "its negation: {} {}", schema, document);
        }
    }

    /// A contained pair has no counterexample among the samples; the witnesses of a broken pair are confirmed by the oracle.
    #[test]
    fn verdicts_agree_with_the_oracle(
        writer in schema(), other in part(), at in any::<Index>(), drop in any::<bool>(), swap in any::<bool>(),
        draft in draft(), documents in prop::collection::vec(document(), 0..40),
    ) {
        let writer = adapt_to_draft(&writer, draft);
        let reader = adapt_to_draft(&mutate(&writer, at, &other, drop), draft);
        let (writer, reader) = if swap { (reader, writer) } else { (writer, reader) };
        let Ok(verdict) = Question::new(&writer, &reader).draft(draft).budget(30_000).random_samples(0).ask() else { return Ok(()) };
        match verdict {
            Verdict::Contained => {
                let found = find_counterexample(&writer, &reader, draft, &documents, sample_count());
                prop_assert_eq!(found, None, "draft {}: {} and {}", draft, writer, reader);
            }
            Verdict::Broken { witness, incompatibilities } => {
                prop_assert!(!incompatibilities.is_empty());
                // The oracle applies `dependencies` in drafts that no longer have it, and the witness may be one of validators
                // that do not.
                if draft > Draft::Draft7 && format!("{writer}{reader}").contains("\"dependencies\"") {
                    return Ok(());
                }
                // The oracle rejects schemas that violate their meta-schema.
                let Some((accepts, reads)) = independent_validator(&writer, draft).zip(independent_validator(&reader, draft)) else { return Ok(()) };
                for witness in incompatibilities.iter().map(|incompatibility| &incompatibility.witness).chain([&witness]) {
                    let holds = accepts.is_valid(witness.document()) && !reads.is_valid(witness.document());
                    prop_assert!(holds, "draft {}: {} and {}: {}", draft, writer, reader, witness.document());
                }
                let canonical = |schema| options().with_draft(to_jsonschema(draft)).should_validate_formats(false).offline().canonicalize(schema);
                let covers = canonical(&reader).ok().zip(canonical(&writer).ok()).map(|(reader, writer)| reader.covers(&writer));
                prop_assert!(!matches!(covers, Some(Ok(Containment::Yes))), "draft {}: {} and {}", draft, writer, reader);
            }
            Verdict::Undecided { .. } => {}
        }
    }

    /// Unrelated schemas, of which one is often unsatisfiable.
    #[test]
    fn contained_pairs_of_unrelated_schemas_have_no_counterexample(
        one in schema(), other in schema(), draft in draft(), documents in prop::collection::vec(document(), 0..40),
    ) {
        let (one, other) = (adapt_to_draft(&one, draft), adapt_to_draft(&other, draft));
        let reader = json!({"not": {"$ref": "#/definitions/whole"}, "definitions": {"whole": {"const": "never"}}});
        let mut writer = one.clone();
        writer["allOf"] = json!([other]);
        for (writer, reader) in [(&one, &other), (&writer, &reader), (&writer, &one)] {
            let Ok(verdict) = Question::new(writer, reader).draft(draft).budget(30_000).random_samples(0).ask() else { return Ok(()) };
            if verdict.is_contained() {
                let found = find_counterexample(writer, reader, draft, &documents, sample_count() / 4);
                prop_assert_eq!(found, None, "draft {}: {} and {}", draft, writer, reader);
            }
        }
    }

    #[test]
    fn a_schema_is_contained_in_itself(schema in schema(), draft in draft()) {
        let schema = adapt_to_draft(&schema, draft);
        match Question::new(&schema, &schema.clone()).draft(draft).ask() {
            Ok(
                Verdict::Contained
                // Without a defined meaning, or beyond a limit, a schema is not contained in itself either.
                | Verdict::Undecided { reason: Reason::ReferenceCycle(_) | Reason::Keyword(_) | Reason::Depth },
            )
            | Err(_) => {}
            Ok(Verdict::Undecided { reason }) => prop_assert!(false, "draft {}: {}: {}", draft, schema, reason),
            Ok(Verdict::Broken { witness, .. }) => prop_assert!(false, "draft {}: {}: {}", draft, schema, witness.document()),
        }
    }

    #[test]
    fn containment_is_transitive(
        first in schema(), others in prop::collection::vec((any::<Index>(), part(), any::<bool>()), 2), draft in draft(),
    ) {
        let first = adapt_to_draft(&first, draft);
        let second = adapt_to_draft(&mutate(&first, others[0].0, &others[0].1, true), draft);
        let third = adapt_to_draft(&mutate(&second, others[1].0, &others[1].1, others[1].2), draft);
        let ask = |a: &Value, b: &Value| Question::new(a, b).draft(draft).budget(30_000).random_samples(0).ask();
        for [a, b, c] in [[&first, &second, &third], [&third, &second, &first], [&second, &first, &third]] {
            let (Ok(ab), Ok(bc), Ok(ac)) = (ask(a, b), ask(b, c), ask(a, c)) else { continue };
            if ab.is_contained() && bc.is_contained() {
                prop_assert!(!matches!(ac, Verdict::Broken { .. }), "draft {}: {} and {} and {}", draft, a, b, c);
            }
        }
    }
}
