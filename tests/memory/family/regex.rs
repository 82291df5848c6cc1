//! Patterns of schemas.

use super::{Input, list, part};

/// Asks if strings that match a pattern have at most three characters.
fn short(pattern: &str) -> Input {
    pair(pattern, r#""maxLength":3"#)
}

fn pair(pattern: &str, reader: &str) -> Input {
    let pattern = serde_json::Value::from(pattern);
    let writer = format!(r#"{{"type":"string","pattern":{pattern}}}"#);
    Input::Schemas([writer, format!(r#"{{"type":"string",{reader}}}"#)])
}

fn both(writer: &str, reader: &str) -> Input {
    pair(writer, &format!("\"pattern\":{}", serde_json::Value::from(reader)))
}

pub(super) fn nested_counts(_: f64) -> Input {
    both("^(a{1,200}){1,200}$", "^a{1,300}$")
}

pub(super) fn nested_counts_in_both(_: f64) -> Input {
    both("^(a{1,200}){1,200}$", "^(a{1,199}){1,201}$")
}

pub(super) fn thrice_nested_counts(_: f64) -> Input {
    both("^(((a{1,50}){1,50}){1,50}b?){1,50}$", "^[ab]{0,400}$")
}

pub(super) fn literal(size: f64) -> Input {
    short(&"a".repeat(part(size, 1_000_000)))
}

pub(super) fn optional_characters(size: f64) -> Input {
    let count = part(size, 300_000);
    short(&format!("^{}{}$", "a?".repeat(count), "a".repeat(count)))
}

pub(super) fn parentheses(size: f64) -> Input {
    let count = part(size, 500_000);
    short(&format!("{}a{}", "(".repeat(count), ")".repeat(count)))
}

pub(super) fn brackets(size: f64) -> Input {
    short(&format!("{}]", "[".repeat(part(size, 1_000_000))))
}

pub(super) fn braces(size: f64) -> Input {
    short(&"{".repeat(part(size, 1_000_000)))
}

pub(super) fn open_quantifiers(size: f64) -> Input {
    short(&"a{1,".repeat(part(size, 250_000)))
}

pub(super) fn exponential_states(_: f64) -> Input {
    both("(a|b)*a(a|b){30}$", "^(a|b)*b(a|b){29}$")
}

pub(super) fn words(size: f64) -> Input {
    short(&format!("^({})$", list(part(size, 140_000), "|", |number| format!("w{number}"))))
}

pub(super) fn large_class(size: f64) -> Input {
    let characters =
        (0_u32..).take(part(size, 300_000)).filter_map(|number| char::from_u32(0x4e00 + 2 * (number % 10_000)));
    short(&format!("^[{}]+$", characters.collect::<String>()))
}

fn classes(size: f64, start: &str) -> String {
    let class = |number: u32| char::from_u32(0x4e00 + number % 20_000).map(|c| format!("{start}{c}]"));
    (0_u32..).take(part(size, 200_000)).filter_map(class).collect()
}

pub(super) fn many_classes(size: f64) -> Input {
    short(&format!("^{}$", classes(size, "[a")))
}

pub(super) fn many_negated_classes(size: f64) -> Input {
    short(&format!("^{}$", classes(size, "[^")))
}

pub(super) fn lookaheads(_: f64) -> Input {
    let lookaheads = ('a'..='z').map(|letter| format!("(?=.*{letter})"));
    both(&format!("^{}.*$", lookaheads.collect::<String>()), "^.{0,40}$")
}

pub(super) fn sequence_of_lookaheads(size: f64) -> Input {
    short(&"(?=b)a".repeat(part(size, 150_000)))
}

pub(super) fn large_count(_: f64) -> Input {
    both("^a{99999}$", "^a{99998,100000}$")
}

pub(super) fn unicode_properties(size: f64) -> Input {
    short(&r"\p{L}".repeat(part(size, 150_000)))
}

pub(super) fn unclosed_names(size: f64) -> Input {
    short(&"(?<".repeat(part(size, 300_000)))
}

pub(super) fn long_text(size: f64) -> Input {
    let text = "ab".repeat(part(size, 500_000));
    Input::Schemas([format!(r#"{{"const":"{text}"}}"#), r#"{"pattern":"^(a{1,9}b{1,9}|a|b|ab){1,9}$"}"#.to_owned()])
}
