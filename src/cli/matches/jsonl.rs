//! The line protocol of `match --jsonl`: a question on each line of the input, an answer on each line of the output.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::envelope::AcceptedEvents;
use crate::cli::input::MAX_LINE_BYTES;
use crate::parallel::catch;
use crate::pattern::{Pattern, Settings};

pub(super) struct AnswerLine {
    pub(super) text: String,
    /// False if the line was not a question.
    pub(super) is_to_question: bool,
}

/// Answers one line of JSON with one line of JSON, neither with its newline.
///
/// A question is `{"id", "pattern", "event"}`, with the pattern and the event as JSON *text*, because the spelling of
/// numbers and duplicate members matter. The answer is `{"id", "match", "reason"}`, with `match` `true`, `false`, or
/// `"invalid-pattern"`; the `reason` is `null` if there is no error. The id is any JSON value, returned unchanged.
///
/// A `null` event asks whether the pattern is valid; the answer for a valid one is `true`. An event that is not JSON does
/// not match, and the reason is the error; if only [`AcceptedEvents::Complete`] may be asked about, the answer for every other one
/// is `"invalid-event"`. A line that is not a question is answered with `false` and a reason, under its id if it has one.
pub(super) fn answer(line: &[u8], settings: &Settings, accepted: AcceptedEvents) -> AnswerLine {
    // Without its line break, an error at the end is on the only line.
    let line = line.trim_ascii_end();
    let question = serde_json::from_slice::<Question<'_>>(line);
    let is_to_question = question.is_ok();
    let (id, (verdict, reason)) = match question {
        Ok(Question { id, pattern, event }) => {
            let decided = catch(|| decide(&pattern, event.as_deref(), settings, accepted));
            (id, decided.unwrap_or_else(|panic| (Verdict::Decided(false), Some(panic.to_string()))))
        }
        Err(error) => {
            let id = serde_json::from_slice::<Id<'_>>(line).ok().and_then(|known| known.id);
            let form = "{\"id\", \"pattern\": string, \"event\": string or null}";
            (id, (Verdict::Decided(false), Some(format!("not a question: expected {form}, {error}"))))
        }
    };
    let text = serde_json::to_string(&Answer { id, verdict, reason }).expect("an answer has string keys");
    AnswerLine { text, is_to_question }
}

/// Returns the answer to a line that was not read, because of its length.
pub(super) fn too_long() -> String {
    let reason = format!("not a question: the line has more than {MAX_LINE_BYTES} bytes");
    let answer = Answer { id: None, verdict: Verdict::Decided(false), reason: Some(reason) };
    serde_json::to_string(&answer).expect("an answer has string keys")
}

fn decide(
    pattern: &str,
    event: Option<&str>,
    settings: &Settings,
    accepted: AcceptedEvents,
) -> (Verdict, Option<String>) {
    let pattern = match Pattern::parse_with(pattern, settings) {
        Ok(pattern) => pattern,
        Err(error) => return (Verdict::Invalid("invalid-pattern"), Some(error.to_string())),
    };
    let Some(event) = event else { return (Verdict::Decided(true), None) };
    if let Err(refusal) = accepted.check(event) {
        return (Verdict::Invalid("invalid-event"), Some(refusal));
    }
    match pattern.matches(event) {
        Ok(matches) => (Verdict::Decided(matches), None),
        Err(error) => (Verdict::Decided(false), Some(error.to_string())),
    }
}

#[derive(Deserialize)]
struct Question<'q> {
    #[serde(borrow)]
    id: Option<&'q RawValue>,
    pattern: String,
    event: Option<String>,
}

#[derive(Deserialize)]
struct Id<'q> {
    #[serde(borrow)]
    id: Option<&'q RawValue>,
}

#[derive(Serialize)]
struct Answer<'q> {
    id: Option<&'q RawValue>,
    #[serde(rename = "match")]
    verdict: Verdict,
    reason: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Verdict {
    Decided(bool),
    Invalid(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer_text(question: &str) -> String {
        answer(question.as_bytes(), &Settings::default(), AcceptedEvents::Any).text
    }

    #[test]
    fn every_line_is_answered() {
        for (question, expected) in [
            (r#"{"id":"a","pattern":"{\"a\":[1]}","event":null}"#, r#"{"id":"a","match":true,"reason":null}"#),
            (r#"{"id":7,"pattern":"{\"a\":[1]}","event":"{\"a\":1.0}"}"#, r#"{"id":7,"match":true,"reason":null}"#),
            (
                r#"{"id":8,"pattern":"{\"a\":1}","event":null}"#,
                concat!(
                    r#"{"id":8,"match":"invalid-pattern","reason":"line 1, column 2, /a: \"a\" must be an object or an "#,
                    r#"array: write the value in brackets: [1]"}"#,
                ),
            ),
            (r#"{"pattern":"{\"a\":[1]}","event":"{}"}"#, r#"{"id":null,"match":false,"reason":null}"#),
            // The id keeps digits that a double cannot represent.
            (
                r#"{"id":12345678901234567890123,"pattern":"{\"a\":[1]}","event":null}"#,
                r#"{"id":12345678901234567890123,"match":true,"reason":null}"#,
            ),
            (
                r#"{"id":[1],"pattern":"{\"a\":[1]}","event":"[]"}"#,
                r#"{"id":[1],"match":false,"reason":"the event is not a JSON object"}"#,
            ),
            (
                r#"{"id":2,"pattern":"{\"a\":[1]}","event":"{\"b\":[1,]}"}"#,
                r#"{"id":2,"match":false,"reason":"the event is not JSON: expected a value at byte 8"}"#,
            ),
        ] {
            assert_eq!(answer_text(question), expected);
        }
        let incomplete = br#"{"id":1,"pattern":"{\"a\":[1]}","event":"{\"a\":1}"}"#;
        let answer = answer(incomplete, &Settings::default(), AcceptedEvents::Complete);
        assert!(answer.is_to_question);
        assert!(
            answer.text.starts_with(r#"{"id":1,"match":"invalid-event","reason":"TestEventPattern refuses"#),
            "{}",
            answer.text
        );
        let answer = answer_text(r#"{"id":3,"pattern":{}}"#);
        assert!(answer.starts_with(r#"{"id":3,"match":false,"reason":"not a question: expected {"#), "{answer}");
    }
}
