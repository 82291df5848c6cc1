//! The line protocol of `diff --jsonl`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use json_document::Pointer;
use json_schema_core::{IneffectiveKeyword, check_is_schema, find_ineffective_keywords};

use super::schema::format_place;
use crate::cli::exit::Exit;
use crate::compat::{Confirmation, Draft, Incompatibility, Question, Role, Verdict, Witness, exact};

/// `{"id", "draft", "writer", "reader", "documents"}`; the draft applies to schemas without `$schema`.
#[derive(Debug, Deserialize)]
struct LineQuestion<'q> {
    #[serde(borrow)]
    id: Option<&'q RawValue>,
    #[serde(default)]
    draft: Option<String>,
    #[serde(borrow)]
    writer: &'q RawValue,
    #[serde(borrow)]
    reader: &'q RawValue,
    /// The documents that a `$ref` refers to, by their URIs.
    #[serde(borrow, default)]
    documents: Option<BTreeMap<Cow<'q, str>, &'q RawValue>>,
}

#[derive(Debug, Serialize)]
struct LineAnswer<'a> {
    id: &'a exact::ExactValue,
    #[serde(flatten)]
    verdict: VerdictFields<'a>,
}

/// The fields of a verdict.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerdictFields<'a> {
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<&'a exact::ExactValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<&'static str>,
    findings: Vec<FindingFields<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<NoteFields>,
}

/// A note: a keyword without effect, or a writer's schema that no document satisfies.
#[derive(Debug, Serialize)]
pub(super) struct NoteFields {
    rule: &'static str,
    schema: &'static str,
    /// The place of the keyword, as a JSON pointer.
    at: String,
    message: String,
}

impl NoteFields {
    pub(super) fn new(role: Role, keyword: &IneffectiveKeyword) -> Self {
        let message = keyword.to_string();
        Self { rule: "keyword-ineffective", schema: Self::name(role), at: keyword.pointer.to_string(), message }
    }

    const fn name(role: Role) -> &'static str {
        match role {
            Role::Writer => "writer",
            Role::Reader => "reader",
        }
    }

    pub(super) fn unsatisfiable() -> Self {
        let message = "no document is valid under the writer's schema, so that the verdict proves nothing".to_owned();
        Self { rule: "writer-unsatisfiable", schema: "writer", at: String::new(), message }
    }
}

/// Returns true if no document satisfies the writer's schema of a question whose verdict is known.
pub(super) fn is_unsatisfiable(question: &Question<'_>, verdict: &Verdict) -> bool {
    verdict.is_contained() && question.clone().is_writer_unsatisfiable().unwrap_or(false)
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FindingFields<'a> {
    rule: &'static str,
    at: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'a str>,
    reader: String,
    writer: Option<String>,
    witness: &'a exact::ExactValue,
    confirmed_by: &'static str,
    /// The finding rests on `1.0` not being an integer, as in draft 4.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    rests_on_spelling: bool,
}

/// Returns `both-validators`, or `own-validator` where a number is beyond the other.
const fn confirmed_by(witness: &Witness) -> &'static str {
    match witness.confirmation() {
        Confirmation::BothValidators => "both-validators",
        Confirmation::OwnValidator => "own-validator",
    }
}

/// Answers one line: `{"id","draft","writer","reader","documents"}` with `{"id","verdict","witness","findings","reason"}`. Also
/// returns the exit code.
///
/// `verdict` is `contained`, `broken` or `undecided`; `witness` and `confirmedBy` are there where it is broken, `reason`
/// where it is undecided. A question that cannot be asked is undecided, too, and its error is the reason. `configure` sets the
/// options that a line leaves open; a draft in the line overrides it.
pub(super) fn answer(line: &str, configure: impl for<'q> FnOnce(Question<'q>) -> Question<'q>) -> (String, Exit) {
    let not_asked = |id: &exact::ExactValue, reason| {
        (LineAnswer { id, verdict: VerdictFields::undecided(reason) }.to_json(), Exit::Failure)
    };
    let asked: LineQuestion<'_> = match serde_json::from_str(line) {
        Ok(asked) => asked,
        Err(error) => return (undecided(line, format!("invalid question: {error}")), Exit::Failure),
    };
    let parse = |json: &RawValue| exact::ExactValue::from_slice(json.get().as_bytes());
    let id = &asked.id.and_then(|id| parse(id).ok()).unwrap_or_default();
    let (writer, reader) = match (parse(asked.writer), parse(asked.reader)) {
        (Ok(writer), Ok(reader)) => (writer, reader),
        (Err(error), _) => return not_asked(id, format!("invalid question: `writer`: {error}")),
        (_, Err(error)) => return not_asked(id, format!("invalid question: `reader`: {error}")),
    };
    let mut documents = Vec::new();
    for (uri, json) in asked.documents.iter().flatten() {
        match parse(json) {
            Ok(document) => documents.push((uri, document)),
            Err(error) => return not_asked(id, format!("invalid question: document `{uri}`: {error}")),
        }
    }
    let mut question = configure(Question::from_exact(&writer, &reader));
    for (uri, document) in &documents {
        question = question.exact_document(uri, document);
    }
    if let Some(text) = &asked.draft {
        match text.parse::<Draft>() {
            Ok(draft) => question = question.draft(draft),
            Err(error) => return not_asked(id, error.to_string()),
        }
    }
    // The keywords do not depend on the digits of a number.
    let plain = |json: &RawValue| serde_json::from_str::<serde_json::Value>(json.get()).unwrap_or_default();
    let (plain_writer, plain_reader) = (plain(asked.writer), plain(asked.reader));
    let schemas = [(Role::Writer, &plain_writer), (Role::Reader, &plain_reader)];
    for (role, schema) in schemas {
        if let Err(error) = check_is_schema(schema) {
            return not_asked(id, format!("the {}'s schema is {error}", NoteFields::name(role)));
        }
    }
    match question.ask() {
        Err(error) => not_asked(id, error.to_string()),
        Ok(verdict) => {
            let mut exit = Exit::from_verdict(&verdict);
            let mut fields = VerdictFields::new(&verdict);
            if is_unsatisfiable(&question, &verdict) {
                exit = exit.max(Exit::Findings);
                fields.notes.push(NoteFields::unsatisfiable());
            }
            for (role, schema) in schemas {
                let found = find_ineffective_keywords(schema, &Pointer::ROOT, question.default_draft());
                fields.notes.extend(found.into_iter().map(|keyword| NoteFields::new(role, &keyword)));
            }
            (LineAnswer { id, verdict: fields }.to_json(), exit)
        }
    }
}

/// Returns the answer to a line that could not be asked, under its id if it has one.
pub(super) fn undecided(line: &str, reason: String) -> String {
    let question = exact::ExactValue::parse(line).unwrap_or_default();
    LineAnswer { id: &question["id"], verdict: VerdictFields::undecided(reason) }.to_json()
}

impl LineAnswer<'_> {
    fn to_json(&self) -> String {
        serde_json::to_string(self)
            .unwrap_or_else(|error| format!("{{\"verdict\":\"undecided\",\"reason\":\"{error}\"}}"))
    }
}

impl<'a> VerdictFields<'a> {
    pub(super) fn new(verdict: &'a Verdict) -> Self {
        let (witness, findings) = match verdict {
            Verdict::Contained => (None, Vec::new()),
            Verdict::Broken { witness, incompatibilities } => {
                (Some(witness), incompatibilities.iter().map(found).collect())
            }
            Verdict::Undecided { reason } => return Self::undecided(reason.to_string()),
        };
        Self {
            verdict: verdict.as_str(),
            witness: witness.map(Witness::exact_document),
            confirmed_by: witness.map(confirmed_by),
            findings,
            reason: None,
            notes: Vec::new(),
        }
    }

    const fn undecided(reason: String) -> Self {
        let (witness, confirmed_by) = (None, None);
        Self {
            verdict: "undecided",
            witness,
            confirmed_by,
            findings: Vec::new(),
            reason: Some(reason),
            notes: Vec::new(),
        }
    }
}

fn found(found: &Incompatibility) -> FindingFields<'_> {
    FindingFields {
        rule: found.kind.id(),
        at: found.pointer.as_str(),
        missing: found.missing.as_deref(),
        reader: format_place(&found.reader),
        writer: found.writer.as_ref().map(format_place),
        witness: found.witness.exact_document(),
        confirmed_by: confirmed_by(&found.witness),
        rests_on_spelling: found.witness.rests_on_spelling(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn numbers_keep_every_digit() {
        let line = r#"{"id":36893488147419103233,"writer":{"const":36893488147419103233},"reader":{"const":36893488147419103232}}"#;
        let answer_line = |line| answer(line, |question| question).0;
        assert!(
            answer_line(line).starts_with(
                r#"{"id":36893488147419103233,"verdict":"broken","witness":36893488147419103233,"confirmedBy":"own-validator","findings":["#
            ),
            "{}",
            answer_line(line)
        );
        assert_eq!(
            answer_line(r#"{"writer":{"minimum":1e1000000000},"reader":{"minimum":1e999999999}}"#),
            r#"{"id":null,"verdict":"contained","findings":[]}"#
        );
        assert_eq!(
            answer_line(r#"{"id":1,"writer":{"const":"\ud800"},"reader":true}"#),
            r#"{"id":1,"verdict":"undecided","findings":[],"reason":"invalid question: `writer`: unexpected end of hex escape at line 1 column 17"}"#
        );
    }

    #[test]
    fn invalid_questions_are_undecided() {
        let answer_line = |line| answer(line, |question| question).0;
        assert_eq!(
            answer_line(r#"{"id":"a","writer":true}"#),
            r#"{"id":"a","verdict":"undecided","findings":[],"reason":"invalid question: missing field `reader` at line 1 column 24"}"#
        );
        assert_eq!(
            answer_line("tea"),
            r#"{"id":null,"verdict":"undecided","findings":[],"reason":"invalid question: expected ident at line 1 column 2"}"#
        );
        assert_eq!(
            answer_line(r#"{"id":"a","draft":"3","writer":true,"reader":true}"#),
            r#"{"id":"a","verdict":"undecided","findings":[],"reason":"unknown JSON Schema draft \"3\": expected 4, 6, 7, 2019-09 or 2020-12"}"#
        );
        assert_eq!(
            answer_line(r#"{"id":1,"writer":true,"reader":true}"#),
            r#"{"id":1,"verdict":"contained","findings":[]}"#
        );
    }

    #[test]
    fn a_question_may_carry_the_documents_that_it_refers_to() {
        let line = |documents: &str| {
            let schemas = r#""writer":{"$ref":"https://a.test/money"},"reader":{"type":"object"}"#;
            answer(&format!(r#"{{"id":1,{schemas},"documents":{documents}}}"#), |question| question).0
        };
        let verdict = |documents: &str| serde_json::from_str::<Value>(&line(documents)).unwrap()["verdict"].clone();
        assert_eq!(verdict(r#"{"https://a.test/money":{"type":"object"}}"#), "contained");
        assert_eq!(verdict(r#"{"https:\/\/a.test/money":{"const":36893488147419103233}}"#), "broken");
        for (documents, reason) in [
            ("{}", "unresolved reference \\\"https://a.test/money\\\""),
            ("null", "unresolved reference"),
            (r#"{"https://a.test/money":{"type":"\ud800"}}"#, "invalid question: document `https://a.test/money`: "),
            ("[]", "invalid question: invalid type: sequence, expected a map"),
        ] {
            let answer = line(documents);
            assert!(answer.starts_with(r#"{"id":1,"verdict":"undecided""#) && answer.contains(reason), "{answer}");
        }
    }

    #[test]
    fn a_broken_pair_has_a_witness_and_findings() {
        let line = r#"{"id":7,"draft":"7","writer":{"type":"null"},"reader":{"type":"string"}}"#;
        assert_eq!(
            answer(line, |question| question).0,
            r##"{"id":7,"verdict":"broken","witness":null,"confirmedBy":"both-validators","findings":[{"rule":"type-narrowed","at":"","reader":"#/type","writer":"#/type","witness":null,"confirmedBy":"both-validators"}]}"##
        );
        let line = r#"{"id":"x/1","draft":"7","writer":{"type":"number"},"reader":{"type":"integer"}}"#;
        let answer: Value = serde_json::from_str(&answer(line, |question| question.assert_formats(true)).0).unwrap();
        assert_eq!(answer["id"], "x/1");
        assert_eq!(answer["verdict"], "broken");
        assert_eq!(answer["findings"][0]["rule"], "type-narrowed");
        assert!(answer["witness"].as_f64().unwrap().fract() != 0.0);
        assert_eq!(answer.get("reason"), None);
    }

    #[test]
    fn the_draft_of_the_line_is_asked_about_whatever_was_set() {
        let draft_4 = |line| answer(line, |question| question.draft(Draft::Draft4)).1;
        assert_eq!(draft_4(r#"{"writer":{"enum":[1.0]},"reader":{"type":"integer"}}"#), Exit::Findings);
        assert_eq!(draft_4(r#"{"draft":"6","writer":{"enum":[1.0]},"reader":{"type":"integer"}}"#), Exit::Success);
    }
}
