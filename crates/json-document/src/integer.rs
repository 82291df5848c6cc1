//! Integers beyond 64 bits: EventBridge rejects an event that has one.
//!
//! Nearly no document has one, so the search is in two steps. A scan of sampled words finds runs of digits that are long
//! enough; only where there is one, a walk over the document decides whether it is a number or part of a string, and where.

use crate::Pointer;

/// Number of digits of `i64::MAX`: no shorter integer is out of range.
const MIN_DIGITS: usize = 19;

/// Number of bytes that are tested with one comparison.
const WORD: usize = 8;

/// Distance between sampled words. A run of [`MIN_DIGITS`] digits contains one of them whole, wherever it begins.
const STEP: usize = MIN_DIGITS - WORD + 1;

/// Finds the first integer of a document that an `i64` cannot hold; returns its position and its spelling.
///
/// A number with a fraction or an exponent is not an integer. The text must be well-formed JSON: in any other text, the
/// result is arbitrary.
///
/// In a document without a long run of digits, eight bytes in twelve are tested, eight at once, and that is all.
///
/// ```
/// let (pointer, number) = json_document::find_integer_beyond_i64(r#"{"a":[1,9223372036854775808]}"#).unwrap();
/// assert_eq!((pointer.as_str(), number), ("/a/1", "9223372036854775808"));
/// ```
pub fn find_integer_beyond_i64(json: &str) -> Option<(Pointer, &str)> {
    if has_candidate(json.as_bytes()) { walk(json) } else { None }
}

/// Returns true if a run of digits may be such an integer. It may also be part of a string.
fn has_candidate(json: &[u8]) -> bool {
    let mut at = 0;
    while let Some(word) = json.get(at..).and_then(find_word_of_digits) {
        at += word;
        let start = at - json[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        at += json[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if at - start >= MIN_DIGITS && is_beyond(&json[start.saturating_sub(1)..at]) && !is_continued(json.get(at)) {
            return true;
        }
        at += STEP;
    }
    false
}

/// Returns the offset of the first sampled word that may be all digits.
fn find_word_of_digits(json: &[u8]) -> Option<usize> {
    let may_be = |part: &[u8]| part.first_chunk().is_some_and(|word| may_be_digits(*word));
    let mut parts = json.chunks_exact(STEP);
    let count = parts.len();
    let found = parts.position(may_be).or_else(|| may_be(parts.remainder()).then_some(count));
    found.map(|index| index * STEP)
}

/// Returns true if all bytes are of the sixteen characters from `0` to `?`: the digits, and six that are rarely adjacent.
fn may_be_digits(word: [u8; WORD]) -> bool {
    const HIGH: u64 = u64::from_ne_bytes([0xf0; WORD]);
    const DIGIT: u64 = u64::from_ne_bytes([b'0'; WORD]);
    u64::from_ne_bytes(word) & HIGH == DIGIT
}

/// Returns true if digits, given with the byte before them, are out of the range of an `i64`, and neither the end of a
/// string nor part of a fraction or an exponent.
fn is_beyond(digits: &[u8]) -> bool {
    let number = match digits {
        [b'"' | b'.' | b'e' | b'E' | b'+', ..] | [] => return false,
        [b'-' | b'0'..=b'9', ..] => digits,
        [_, digits @ ..] => digits,
    };
    std::str::from_utf8(number).is_ok_and(|number| number.parse::<i64>().is_err())
}

/// Returns true if the byte after digits makes a fraction, an exponent or a string of them.
fn is_continued(next: Option<&u8>) -> bool {
    matches!(next, Some(b'.' | b'e' | b'E' | b'"'))
}

/// A container that is open at a position of the text.
enum Open<'j> {
    /// An object, with the name of the current member as it is spelled, quotes included.
    Object(&'j str),
    /// An array, with the index of the current item.
    Array(usize),
}

fn walk(json: &str) -> Option<(Pointer, &str)> {
    let bytes = json.as_bytes();
    let mut open = Vec::new();
    let mut last = "";
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' => open.push(Open::Object("")),
            b'[' => open.push(Open::Array(0)),
            b'}' | b']' => drop(open.pop()),
            b',' => {
                if let Some(Open::Array(index)) = open.last_mut() {
                    *index += 1;
                }
            }
            b':' => {
                if let Some(Open::Object(name)) = open.last_mut() {
                    *name = last;
                }
            }
            b'"' => {
                while let Some(byte) = bytes.get(at).filter(|byte| **byte != b'"') {
                    at += if *byte == b'\\' { 2 } else { 1 };
                }
                at += 1;
                last = json.get(start..at)?;
            }
            b'-' | b'0'..=b'9' => {
                at += bytes[at..]
                    .iter()
                    .take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
                    .count();
                let number = json.get(start..at)?;
                if !number.contains(['.', 'e', 'E']) && number.parse::<i64>().is_err() {
                    return Some((pointer(&open), number));
                }
            }
            _ => {}
        }
    }
    None
}

fn pointer(open: &[Open<'_>]) -> Pointer {
    let mut pointer = Pointer::ROOT;
    for container in open {
        match container {
            Open::Object(name) => {
                pointer.push_name(&serde_json::from_str::<String>(name).unwrap_or_else(|_| (*name).to_owned()));
            }
            Open::Array(index) => pointer.push(index),
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn found(json: &str) -> Option<(String, String)> {
        serde_json::from_str::<serde::de::IgnoredAny>(json).expect("a case is JSON");
        find_integer_beyond_i64(json).map(|(pointer, number)| (pointer.to_string(), number.to_owned()))
    }

    #[test]
    fn only_integers_out_of_range_are_found() {
        for held in [
            "0",
            "-0",
            "9223372036854775807",
            "-9223372036854775808",
            "1e30",
            "1E+30",
            "10000000000000000000.0",
            "10000000000000000000e0",
            "1.10000000000000000000",
            "1e-00000000000000000000001",
            "0.00000000000000000000001",
            r#""10000000000000000000""#,
            r#""a 10000000000000000000 b""#,
            r#"" \": [10000000000000000000,""#,
            r#"{"10000000000000000000":1}"#,
            "",
        ] {
            for json in [held.to_owned(), format!("[{held}]"), format!(r#"{{"a":{held}}}"#)] {
                if !held.is_empty() {
                    assert_eq!(found(&json), None, "{json}");
                }
            }
        }
        for beyond in ["9223372036854775808", "-9223372036854775809", "18446744073709551615", &"9".repeat(500)] {
            let expected = |pointer: &str| Some((pointer.to_owned(), beyond.to_owned()));
            assert_eq!(found(beyond), expected(""));
            assert_eq!(
                found(&format!(r#"{{"a": {{"b~/\"\u00e4": [[], {{"c":[1]}},{beyond}]}}}}"#)),
                expected("/a/b~0~1\"ä/2")
            );
            assert_eq!(found(&format!(r#"["10000000000000000000",[1, [{beyond} ]],{beyond}]"#)), expected("/1/1/0"));
        }
    }

    /// At every offset, one of the sampled words is inside of the number.
    #[test]
    fn integers_are_found_at_every_offset() {
        for before in 0..60 {
            for number in ["9223372036854775808", "-9223372036854775809", "100000000000000000000000000000000000000000"]
            {
                let json = format!(r#"{{"a":"{}","b":{number}}}"#, "x".repeat(before));
                assert_eq!(found(&json), Some(("/b".to_owned(), number.to_owned())), "{before}");
            }
        }
    }

    /// A document as text, with the pointer and the text of each number in it that is an integer.
    #[derive(Debug, Clone)]
    enum Tree {
        Number(String),
        String(String),
        Array(Vec<Tree>),
        Object(Vec<(String, Tree)>),
    }

    impl Tree {
        fn write(&self, at: &Pointer, json: &mut String, integers: &mut Vec<(String, String)>) {
            let quote = |text: &str| Value::from(text).to_string();
            match self {
                Self::Number(number) => {
                    json.push_str(number);
                    if number.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()) {
                        integers.push((at.to_string(), number.clone()));
                    }
                }
                Self::String(text) => json.push_str(&quote(text)),
                Self::Array(items) => {
                    json.push('[');
                    for (index, item) in items.iter().enumerate() {
                        json.push_str(if index == 0 { "" } else { "," });
                        item.write(&at.join(index), json, integers);
                    }
                    json.push(']');
                }
                Self::Object(members) => {
                    json.push('{');
                    for (index, (name, value)) in members.iter().enumerate() {
                        json.push_str(if index == 0 { "" } else { "," });
                        json.push_str(&quote(name));
                        json.push(':');
                        value.write(&at.join(name), json, integers);
                    }
                    json.push('}');
                }
            }
        }
    }

    fn tree() -> impl Strategy<Value = Tree> {
        let edge = prop_oneof![Just(i128::from(i64::MAX)), Just(i128::from(i64::MIN)), Just(i128::from(u64::MAX))];
        let number = prop_oneof![
            8 => any::<i32>().prop_map(|number| number.to_string()),
            2 => (edge, -2_i128..=2).prop_map(|(edge, more)| (edge + more).to_string()),
            1 => any::<i128>().prop_map(|number| number.to_string()),
            2 => any::<f64>().prop_map(|number| Value::from(number).to_string()).prop_filter("finite", |text| text != "null"),
            1 => "-?[1-9][0-9]{17,22}(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?",
        ];
        let text = prop_oneof!["[0-9]{0,40}", "[\\[,:]-?[0-9]{18,21}[\\],}]", any::<String>(), "[\\\\\"/~,0]{0,8}"];
        let leaf = prop_oneof![number.prop_map(Tree::Number), text.clone().prop_map(Tree::String)];
        leaf.prop_recursive(4, 40, 6, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..6).prop_map(Tree::Array),
                vec((text.clone(), inner), 0..6).prop_map(Tree::Object),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_first_integer_out_of_range_is_found(tree in tree()) {
            let (mut json, mut integers) = (String::new(), Vec::new());
            tree.write(&Pointer::ROOT, &mut json, &mut integers);
            let expected = integers.into_iter().find(|(_, number)| {
                number.parse::<i128>().map_or(true, |number| i64::try_from(number).is_err())
            });
            prop_assert_eq!(found(&json), expected);
        }
    }
}
