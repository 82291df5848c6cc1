//! Questions and answers, one a line.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::pattern::{Pattern, Settings};

/// An answer, and whether its line was a question.
pub(super) struct Reply {
    pub(super) text: String,
    pub(super) is_to_question: bool,
}

/// Answers one line of JSON with one line of JSON, neither with its newline.
///
/// A question is `{"id", "pattern", "event"}`, the pattern and the event as raw JSON *text*, because the spelling of a
/// number and repeated members matter. The answer is `{"id", "match", "reason"}`, with `match` `true`, `false`, or
/// `"invalid-pattern"`; the `reason` is `null` for a plain answer. The id is any JSON, and is returned unchanged.
///
/// An event of `null` asks whether the pattern is valid, and then `true` is the answer. An event that is not JSON does
/// not match, and the reason names the error: the protocol reads the whole event, unlike [`Pattern::matches`]. A line
/// that is not a question gets `false` with a reason, under its id if it has one.
pub(super) fn reply(question: &[u8], settings: &Settings) -> Reply {
    let asked = serde_json::from_slice::<Question<'_>>(question);
    let is_to_question = asked.is_ok();
    let (id, (found, reason)) = match asked {
        Ok(Question { id, pattern, event }) => (id, decide(&pattern, event.as_deref(), settings)),
        Err(error) => {
            let id = serde_json::from_slice::<Id<'_>>(question).ok().and_then(|known| known.id);
            let form = "{\"id\", \"pattern\": text, \"event\": text or null}";
            (id, (Match::Known(false), Some(format!("not a question, which is {form}: {error}"))))
        }
    };
    let text = serde_json::to_string(&Answer { id, found, reason }).expect("an answer has text for its keys");
    Reply { text, is_to_question }
}

fn decide(pattern: &str, event: Option<&str>, settings: &Settings) -> (Match, Option<String>) {
    let pattern = match Pattern::parse_with(pattern, settings) {
        Ok(pattern) => pattern,
        Err(error) => return (Match::Invalid("invalid-pattern"), Some(error.to_string())),
    };
    let Some(event) = event else { return (Match::Known(true), None) };
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(event) {
        return (Match::Known(false), Some(format!("the event is not JSON: {error}")));
    }
    match pattern.matches(event) {
        Ok(matches) => (Match::Known(matches), None),
        Err(error) => (Match::Known(false), Some(error.to_string())),
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
    found: Match,
    reason: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Match {
    Known(bool),
    Invalid(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(question: &str) -> String {
        reply(question.as_bytes(), &Settings::default()).text
    }

    #[test]
    fn every_line_gets_an_answer() {
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
            // A number that no double holds comes back digit by digit.
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
                r#"{"id":2,"match":false,"reason":"the event is not JSON: expected value at line 1 column 9"}"#,
            ),
        ] {
            assert_eq!(answer(question), expected);
        }
        let answer = answer(r#"{"id":3,"pattern":{}}"#);
        assert!(answer.starts_with(r#"{"id":3,"match":false,"reason":"not a question, which is"#), "{answer}");
    }
}
