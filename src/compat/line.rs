//! The line protocol: a question a line, an answer a line.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::draft::Draft;
use super::finding::Finding;
use super::question::Question;
use super::verdict::Verdict;

/// `{"id", "draft", "writer", "reader"}`; the draft is that of schemas that name none.
#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    draft: Option<String>,
    writer: Value,
    reader: Value,
}

#[derive(Debug, Serialize)]
struct Answered {
    id: Value,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Value>,
    findings: Vec<Found>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct Found {
    rule: &'static str,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
    reader: String,
    writer: Option<String>,
    witness: Value,
}

/// Answers one line: `{"id","draft","writer","reader"}` with `{"id","verdict","witness","findings","reason"}`.
///
/// `verdict` is `contained`, `broken` or `undecided`; `witness` is there where it is broken, `reason` where it is
/// undecided. A question that cannot be asked is undecided, too, and its error is the reason. `configure` sets what a
/// line does not say.
///
/// ```
/// use event_contract::compat::answer_line;
///
/// let line = r#"{"id":7,"draft":"7","writer":{"type":"null"},"reader":{"type":"string"}}"#;
/// assert_eq!(
///     answer_line(line, |question| question),
///     r##"{"id":7,"verdict":"broken","witness":null,"findings":[{"rule":"type-narrowed","at":"","reader":"#/type","writer":"#/type","witness":null}]}"##
/// );
/// ```
pub fn answer_line(line: &str, configure: impl for<'q> FnOnce(Question<'q>) -> Question<'q>) -> String {
    let answered = answer(line, configure);
    serde_json::to_string(&answered)
        .unwrap_or_else(|error| format!("{{\"verdict\":\"undecided\",\"reason\":\"{error}\"}}"))
}

fn answer(line: &str, configure: impl for<'q> FnOnce(Question<'q>) -> Question<'q>) -> Answered {
    let undecided = |id: Value, reason: String| Answered {
        id,
        verdict: "undecided",
        witness: None,
        findings: Vec::new(),
        reason: Some(reason),
    };
    let asked: Asked = match serde_json::from_str(line) {
        Ok(asked) => asked,
        Err(error) => return undecided(Value::Null, format!("the line is not a question: {error}")),
    };
    let mut question = Question::new(&asked.writer, &asked.reader);
    if let Some(text) = &asked.draft {
        match text.parse::<Draft>() {
            Ok(draft) => question = question.draft(draft),
            Err(error) => return undecided(asked.id, error.to_string()),
        }
    }
    match configure(question).ask() {
        Err(error) => undecided(asked.id, error.to_string()),
        Ok(Verdict::Undecided { reason }) => undecided(asked.id, reason.to_string()),
        Ok(Verdict::Contained) => {
            Answered { id: asked.id, verdict: "contained", witness: None, findings: Vec::new(), reason: None }
        }
        Ok(Verdict::Broken { witness, findings }) => Answered {
            id: asked.id,
            verdict: "broken",
            witness: Some(witness.into_document()),
            findings: findings.into_iter().map(found).collect(),
            reason: None,
        },
    }
}

fn found(finding: Finding) -> Found {
    Found {
        rule: finding.kind.id(),
        at: finding.at.to_string(),
        missing: finding.missing,
        reader: finding.reader.to_string(),
        writer: finding.writer.map(|place| place.to_string()),
        witness: finding.witness.into_document(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_asked_is_undecided() {
        let say = |line| answer_line(line, |question| question);
        assert_eq!(
            say(r#"{"id":"a","writer":true}"#),
            r#"{"id":null,"verdict":"undecided","findings":[],"reason":"the line is not a question: missing field `reader` at line 1 column 24"}"#
        );
        assert_eq!(
            say(r#"{"id":"a","draft":"3","writer":true,"reader":true}"#),
            r#"{"id":"a","verdict":"undecided","findings":[],"reason":"\"3\" is not a draft of JSON Schema: 4, 6, 7, 2019-09 and 2020-12 are known"}"#
        );
        assert_eq!(say(r#"{"id":1,"writer":true,"reader":true}"#), r#"{"id":1,"verdict":"contained","findings":[]}"#);
    }
}
