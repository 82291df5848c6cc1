//! Patterns of rules, and events that are matched.

use super::{Input, list, part};

fn matched(pattern: impl Into<String>, event: impl Into<String>) -> Input {
    Input::Match(pattern.into(), event.into())
}

pub(super) fn nested(size: f64) -> Input {
    let count = part(size, 150_000);
    matched(format!("{}[1]{}", r#"{"a":"#.repeat(count), "}".repeat(count)), "{}")
}

pub(super) fn nested_or(size: f64) -> Input {
    let count = part(size, 40_000);
    matched(format!("{}{}", r#"{"$or":["#.repeat(count), r#"{"a":[1]},{"b":[1]}],"x":[1]}"#.repeat(count)), "{}")
}

pub(super) fn product_of_or(_: f64) -> Input {
    let branches = list(31, ",", |number| format!(r#"{{"a{number}":[{}]}}"#, list(50, ",", |value| value.to_string())));
    matched(format!(r#"{{"$or":[{branches}],"x":{{"$or":[{branches}]}}}}"#), r#"{"a1":1,"x":{"a3":7}}"#)
}

pub(super) fn stars(size: f64) -> Input {
    let event = format!(r#"{{"a":"{}"}}"#, "a".repeat(part(size, 1_000_000)));
    matched(format!(r#"{{"a":[{{"wildcard":"{}*"}}]}}"#, "*a".repeat(1000)), event)
}

pub(super) fn excluded_values(size: f64) -> Input {
    let excluded = list(5000, ",", |number| format!("\"x{number}\""));
    let values = list(part(size, 100_000), ",", |number| format!("\"y{number}\""));
    matched(format!(r#"{{"a":[{{"anything-but":[{excluded}]}}]}}"#), format!(r#"{{"a":[{values}]}}"#))
}

pub(super) fn long_number(size: f64) -> Input {
    matched(r#"{"a":[{"numeric":[">",1]}]}"#, format!(r#"{{"a":1e{}}}"#, "9".repeat(part(size, 1_000_000))))
}

pub(super) fn duplicate_members(size: f64) -> Input {
    let members = list(part(size, 50_000), ",", |number| format!(r#""a":{{"b":{number},"c":{}}}"#, number + 1));
    matched(r#"{"a":{"b":[1],"c":[1]}}"#, format!("{{{members}}}"))
}

pub(super) fn nested_arrays(size: f64) -> Input {
    let items = list(part(size, 30_000), ",", |number| format!(r#"{{"b":[{number}],"c":[{}]}}"#, number + 1));
    matched(r#"{"a":{"b":[1],"c":[1],"d":[{"exists":false}]}}"#, format!(r#"{{"a":[{items}]}}"#))
}

pub(super) fn nested_event(size: f64) -> Input {
    matched(r#"{"a":[1]}"#, "[".repeat(part(size, 1_000_000)))
}
