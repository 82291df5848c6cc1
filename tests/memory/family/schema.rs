//! Schemas without patterns.

use super::{Input, list, part};

fn pair(writer: String, reader: String) -> Input {
    Input::Schemas([writer, reader])
}

fn names(count: usize) -> String {
    list(count, ",", |number| format!("\"name{number}\""))
}

fn properties_of(count: usize, schema: &str) -> String {
    list(count, ",", |number| format!("\"name{number}\":{schema}"))
}

pub(super) fn many_patterns(size: f64) -> Input {
    let patterns = |schema: &str| {
        let patterns = list(part(size, 25_000), ",", |number| format!("\"^a{number}\":{schema}"));
        format!(r#"{{"type":"object","patternProperties":{{{patterns}}}}}"#)
    };
    pair(patterns(r#"{"type":"string"}"#), patterns(r#"{"type":"string","maxLength":9}"#))
}

pub(super) fn required(size: f64) -> Input {
    let count = part(size, 50_000);
    let schema = |count| format!(r#"{{"type":"object","required":[{}]}}"#, names(count));
    pair(schema(count), schema(count - 1))
}

pub(super) fn more_required(size: f64) -> Input {
    let count = part(size, 50_000);
    let schema = |count| format!(r#"{{"type":"object","required":[{}]}}"#, names(count));
    pair(schema(count), schema(count + 1))
}

fn object(size: f64, schema: &str, rest: &str) -> String {
    format!(r#"{{"type":"object","properties":{{{}}}{rest}}}"#, properties_of(part(size, 20_000), schema))
}

pub(super) fn properties(size: f64) -> Input {
    pair(
        object(size, r#"{"type":"string"}"#, r#","additionalProperties":false"#),
        object(size, r#"{"type":["string","null"]}"#, r#","additionalProperties":false"#),
    )
}

pub(super) fn properties_of_another_type(size: f64) -> Input {
    pair(object(size, r#"{"type":"string"}"#, ""), object(size, r#"{"type":"integer"}"#, ""))
}

pub(super) fn closed_properties(size: f64) -> Input {
    pair(object(size, r#"{"type":"string"}"#, ""), r#"{"type":"object","additionalProperties":false}"#.to_owned())
}

pub(super) fn unevaluated_properties(size: f64) -> Input {
    let schema = |from| {
        let schemas = list(part(size, 10_000) - from, ",", |number| {
            format!(r#"{{"properties":{{"name{}":{{"type":"string"}}}}}}"#, number + from)
        });
        format!(r#"{{"type":"object","allOf":[{schemas}],"unevaluatedProperties":false}}"#)
    };
    pair(schema(0), schema(1))
}

pub(super) fn enumeration(size: f64) -> Input {
    let schema = |count| format!(r#"{{"enum":[{}]}}"#, names(count));
    pair(schema(part(size, 50_000)), schema(part(size, 50_000) - 1))
}

pub(super) fn enumeration_of_objects(size: f64) -> Input {
    let values = list(part(size, 20_000), ",", |number| format!(r#"{{"a":{number},"b":[{number},{{"c":1}}]}}"#));
    let reader = r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"array"}}}"#;
    pair(format!(r#"{{"enum":[{values}]}}"#), reader.to_owned())
}

fn union(count: usize, alternative: impl Fn(usize) -> String) -> String {
    format!(r#"{{"oneOf":[{}]}}"#, list(count, ",", alternative))
}

pub(super) fn untagged_union(size: f64) -> Input {
    let schema = |count| {
        union(count, |number| format!(r#"{{"type":"object","properties":{{"k{number}":{{"type":"string"}}}}}}"#))
    };
    pair(schema(part(size, 10_000)), schema(part(size, 10_000) - 1))
}

pub(super) fn tagged_union(size: f64) -> Input {
    let schema = |count| {
        union(count, |number| {
            format!(r#"{{"type":"object","properties":{{"t":{{"const":"k{number}"}}}},"required":["t"]}}"#)
        })
    };
    pair(schema(part(size, 7_000)), schema(part(size, 7_000) + 1))
}

pub(super) fn required_union(size: f64) -> Input {
    let schema = |count| {
        let all = list(count, ",", |number| format!(r#"{{"type":"object","required":["a{number}","b{number}"]}}"#));
        format!(r#"{{"anyOf":[{all}]}}"#)
    };
    pair(schema(part(size, 10_000)), schema(part(size, 10_000) - 1))
}

pub(super) fn nested_negations(_: f64) -> Input {
    let nested = format!("{}{}{}", r#"{"not":"#.repeat(120), r#"{"type":"string"}"#, "}".repeat(120));
    pair(nested, r#"{"type":"string"}"#.to_owned())
}

pub(super) fn nested_conditions(_: f64) -> Input {
    let nested = (0..60).fold(r#"{"type":"string"}"#.to_owned(), |inner, number| {
        format!(r#"{{"if":{inner},"then":{{"minLength":{number}}}}}"#)
    });
    pair(nested, r#"{"type":"string"}"#.to_owned())
}

fn definitions(count: usize, target: impl Fn(usize) -> String, last: &str) -> String {
    let all = list(count, ",", |number| format!(r#""d{number}":{}"#, target(number + 1)));
    format!(r##"{{"$ref":"#/$defs/d0","$defs":{{{all},"d{count}":{last}}}}}"##)
}

fn reference(number: usize) -> String {
    format!(r##"{{"$ref":"#/$defs/d{number}"}}"##)
}

pub(super) fn reference_chain(size: f64) -> Input {
    let schema = |last: &str| definitions(part(size, 20_000), reference, last);
    pair(schema(r#"{"type":"string"}"#), schema(r#"{"type":"integer"}"#))
}

pub(super) fn member_chain(size: f64) -> Input {
    let target = |number| format!(r#"{{"properties":{{"a":{}}}}}"#, reference(number));
    let schema = |last: &str| definitions(part(size, 14_000), target, last);
    pair(schema(r#"{"type":"string"}"#), schema(r#"{"type":"integer"}"#))
}

pub(super) fn doubling_references(_: f64) -> Input {
    let target = |number| {
        format!(r#"{{"type":"object","properties":{{"a":{0},"b":{0}}},"required":["a","b"]}}"#, reference(number))
    };
    let schema = |last: &str| definitions(60, target, last);
    pair(schema(r#"{"type":"string"}"#), schema(r#"{"type":"string","minLength":1}"#))
}

pub(super) fn doubling_in_place(_: f64) -> Input {
    let target = |number| format!(r#"{{"allOf":[{0},{0}]}}"#, reference(number));
    let schema = |last: &str| definitions(60, target, last);
    pair(schema(r#"{"type":"string"}"#), schema(r#"{"type":"string","minLength":1}"#))
}

pub(super) fn unique_items(size: f64) -> Input {
    let count = part(size, 100_000);
    let values = list(count, ",", |number| number.to_string());
    let writer = format!(r#"{{"type":"array","uniqueItems":true,"minItems":{count},"items":{{"enum":[{values}]}}}}"#);
    pair(writer, r#"{"type":"array","maxItems":1}"#.to_owned())
}

pub(super) fn long_items(_: f64) -> Input {
    let writer = r#"{"type":"array","minItems":100000,"items":{"type":"string","minLength":100000}}"#;
    pair(writer.to_owned(), r#"{"type":"string"}"#.to_owned())
}

pub(super) fn min_properties(_: f64) -> Input {
    let writer = r#"{"type":"object","minProperties":100000}"#;
    pair(writer.to_owned(), r#"{"type":"object","maxProperties":3}"#.to_owned())
}

pub(super) fn min_length(_: f64) -> Input {
    let writer = r#"{"type":"string","minLength":1000000,"pattern":"^[a-z]{2,}[0-9]+$"}"#;
    pair(writer.to_owned(), r#"{"type":"string","pattern":"^[a-z]+[0-8]+$"}"#.to_owned())
}

pub(super) fn dependency_chain(size: f64) -> Input {
    let count = part(size, 30_000);
    let all = list(count, ",", |number| format!(r#""a{number}":["a{}"]"#, number + 1));
    let writer = format!(r#"{{"type":"object","dependentRequired":{{{all}}},"required":["a0"]}}"#);
    pair(writer, format!(r#"{{"type":"object","required":["a{count}"]}}"#))
}

pub(super) fn many_contains(size: f64) -> Input {
    let all = list(part(size, 30_000), ",", |number| format!(r#"{{"contains":{{"const":{number}}}}}"#));
    pair(format!(r#"{{"type":"array","allOf":[{all}]}}"#), r#"{"type":"array","maxItems":1}"#.to_owned())
}

pub(super) fn long_numbers(size: f64) -> Input {
    let number = |digit: &str| format!(r#"{{"multipleOf":{}}}"#, digit.repeat(part(size, 500_000)));
    pair(number("9"), number("3"))
}

pub(super) fn large_exponents(_: f64) -> Input {
    let writer = r#"{"type":"number","minimum":1e999999999,"multipleOf":1e-999999999}"#;
    pair(writer.to_owned(), r#"{"type":"number","maximum":1e999999998}"#.to_owned())
}

pub(super) fn nested_json(size: f64) -> Input {
    pair("[".repeat(part(size, 1_000_000)), "{}".to_owned())
}
