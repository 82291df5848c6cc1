//! Integers that an i64 cannot hold: EventBridge takes none. They are found in JSON that is well-formed.

use json_document::Pointer;

/// The fewest digits that such an integer has.
const DIGITS: usize = 19;

/// How many bytes are looked at together.
const WORD: usize = 8;

/// From one word that is looked at to the next. A run of so many digits holds one of them whole, wherever it begins.
const STEP: usize = DIGITS - WORD + 1;

/// The first integer of a document that an i64 cannot hold, as it is written, and where it stands. What has a fraction or
/// an exponent is no integer.
///
/// Where there is no long run of digits, eight bytes in twelve are looked at, all eight at once, and nothing else is done.
pub(crate) fn beyond_i64(json: &str) -> Option<(Pointer, &str)> {
    if may_have_one(json.as_bytes()) { first(json) } else { None }
}

/// Whether there is a run of digits, long enough, that may be such an integer, or may stand in a string.
fn may_have_one(json: &[u8]) -> bool {
    let mut at = 0;
    while let Some(word) = json.get(at..).and_then(word_of_digits) {
        at += word;
        let start = at - json[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        at += json[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if at - start >= DIGITS && is_beyond(&json[start.saturating_sub(1)..at]) && !goes_on(json.get(at)) {
            return true;
        }
        at += STEP;
    }
    false
}

/// Where the first word stands, of those that are looked at, that may be all digits.
fn word_of_digits(json: &[u8]) -> Option<usize> {
    let may_be = |part: &[u8]| part.first_chunk().is_some_and(|word| may_be_digits(*word));
    let mut parts = json.chunks_exact(STEP);
    let count = parts.len();
    let found = parts.position(may_be).or_else(|| may_be(parts.remainder()).then_some(count));
    found.map(|index| index * STEP)
}

/// Whether all are of the sixteen characters from `0` to `?`: the digits, and six that seldom stand so close.
fn may_be_digits(word: [u8; WORD]) -> bool {
    const HIGH: u64 = u64::from_ne_bytes([0xf0; WORD]);
    const DIGIT: u64 = u64::from_ne_bytes([b'0'; WORD]);
    u64::from_ne_bytes(word) & HIGH == DIGIT
}

/// Whether digits, with the byte before them, are no i64, and no end of a string, a fraction or an exponent.
fn is_beyond(digits: &[u8]) -> bool {
    let number = match digits {
        [b'"' | b'.' | b'e' | b'E' | b'+', ..] | [] => return false,
        [b'-' | b'0'..=b'9', ..] => digits,
        [_, digits @ ..] => digits,
    };
    std::str::from_utf8(number).is_ok_and(|number| number.parse::<i64>().is_err())
}

fn goes_on(next: Option<&u8>) -> bool {
    matches!(next, Some(b'.' | b'e' | b'E' | b'"'))
}

/// What is open around a place in a document.
enum Around<'j> {
    /// The name of the last member, as it is written, quotes and all.
    Object(&'j str),
    /// The index of the item.
    Array(usize),
}

fn first(json: &str) -> Option<(Pointer, &str)> {
    let bytes = json.as_bytes();
    let mut around = Vec::new();
    let mut last = "";
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'{' => around.push(Around::Object("")),
            b'[' => around.push(Around::Array(0)),
            b'}' | b']' => drop(around.pop()),
            b',' => {
                if let Some(Around::Array(index)) = around.last_mut() {
                    *index += 1;
                }
            }
            b':' => {
                if let Some(Around::Object(name)) = around.last_mut() {
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
                let number = &json[start..at];
                if !number.contains(['.', 'e', 'E']) && number.parse::<i64>().is_err() {
                    return Some((pointer(&around), number));
                }
            }
            _ => {}
        }
    }
    None
}

fn pointer(around: &[Around<'_>]) -> Pointer {
    let mut pointer = Pointer::ROOT;
    for place in around {
        match place {
            Around::Object(name) => {
                pointer.push_name(&serde_json::from_str::<String>(name).unwrap_or_else(|_| (*name).to_owned()));
            }
            Around::Array(index) => pointer.push(index),
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
        beyond_i64(json).map(|(pointer, number)| (pointer.to_string(), number.to_owned()))
    }

    #[test]
    fn what_an_i64_holds_and_what_it_does_not() {
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
            let say = |pointer: &str| Some((pointer.to_owned(), beyond.to_owned()));
            assert_eq!(found(beyond), say(""));
            assert_eq!(
                found(&format!(r#"{{"a": {{"b~/\"\u00e4": [[], {{"c":[1]}},{beyond}]}}}}"#)),
                say("/a/b~0~1\"ä/2")
            );
            assert_eq!(found(&format!(r#"["10000000000000000000",[1, [{beyond} ]],{beyond}]"#)), say("/1/1/0"));
        }
    }

    /// Wherever it stands, one of the words that are looked at is in it.
    #[test]
    fn none_slips_through() {
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
        Text(String),
        Array(Vec<Tree>),
        Object(Vec<(String, Tree)>),
    }

    impl Tree {
        fn write(&self, at: &Pointer, json: &mut String, integers: &mut Vec<(String, String)>) {
            let text = |text: &str| Value::from(text).to_string();
            match self {
                Self::Number(number) => {
                    json.push_str(number);
                    if number.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()) {
                        integers.push((at.to_string(), number.clone()));
                    }
                }
                Self::Text(words) => json.push_str(&text(words)),
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
                        json.push_str(&text(name));
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
        let leaf = prop_oneof![number.prop_map(Tree::Number), text.clone().prop_map(Tree::Text)];
        leaf.prop_recursive(4, 40, 6, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..6).prop_map(Tree::Array),
                vec((text.clone(), inner), 0..6).prop_map(Tree::Object),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_first_is_found_where_there_is_one(tree in tree()) {
            let (mut json, mut integers) = (String::new(), Vec::new());
            tree.write(&Pointer::ROOT, &mut json, &mut integers);
            let expected = integers.into_iter().find(|(_, number)| {
                number.parse::<i128>().map_or(true, |number| i64::try_from(number).is_err())
            });
            prop_assert_eq!(found(&json), expected);
        }
    }
}
