//! What a pattern looks for, in the words of JSON Schema: for proofs about all events of a type.

use serde_json::{Map, Number, Value, json};

use super::Pattern;
use super::anything_but::AnythingBut;
use super::cidr::{Address, Block};
use super::ignore_case::Folded;
use super::literal::Literal;
use super::matcher::{Condition, Matcher, Mode};
use super::numeric::Range;
use super::prefix::Affix;
use super::wildcard::Wildcard;

/// A schema between two bounds, for what JSON Schema cannot say exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds {
    /// All that is found is valid under it.
    pub most: Value,
    /// All that is valid under it is found.
    pub least: Value,
}

/// What a way through a pattern asks of one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Sought {
    /// The names on the way to the field.
    pub names: Vec<String>,
    /// The requirement on its value.
    pub what: What,
}

/// The requirement that a pattern makes of one field.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A value that is valid under this: a text, a number, `true`, `false` or `null`.
    Value(Bounds),
    /// No value.
    Nothing,
}

/// The integers that each are a double of their own.
const SAFE: i64 = 1 << 53;
/// A text that may be an address, and some that are none.
const LIKE_AN_ADDRESS: &str = "^[0-9A-Fa-f:]*:[0-9A-Fa-f:]*$|^[0-9]+(\\.[0-9]+){3}$";

impl Pattern {
    /// The ways in which it can match, of which one has to: the fields of each in the order in which the service goes
    /// through them. A list that takes both a value and none counts as two ways. `None` where there are more than
    /// `limit`.
    pub fn ways(&self, limit: usize) -> Option<Vec<Vec<Sought>>> {
        let mut all = Vec::new();
        for branch in &self.compiled.branches {
            let mut ways = vec![Vec::new()];
            for &number in branch {
                let condition = &self.compiled.conditions[number as usize];
                let sought = sought(condition, self.compiled.field[number as usize].is_none());
                ways = ways
                    .into_iter()
                    .flat_map(|way| {
                        let with = |sought: &Option<Sought>| way.iter().chain(sought).cloned().collect::<Vec<_>>();
                        sought.iter().map(with).collect::<Vec<_>>()
                    })
                    .collect();
                if all.len() + ways.len() > limit {
                    return None;
                }
            }
            all.extend(ways);
        }
        Some(all)
    }

    /// The fields that it looks at, as the names on the way to them joined with dots.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.compiled.conditions.iter().map(|condition| condition.path.as_str())
    }

    /// The fields at which it takes all values but some.
    pub fn open_paths(&self) -> impl Iterator<Item = &str> {
        let open = |condition: &&Condition| {
            condition.matchers.iter().any(|matcher| matches!(matcher, Matcher::AnythingBut(_)))
        };
        self.compiled.conditions.iter().filter(open).map(|condition| condition.path.as_str())
    }

    /// The fields that it wants to be missing.
    pub fn missing_paths(&self) -> impl Iterator<Item = &str> {
        let negative = |condition: &&Condition| condition.finds_nothing();
        self.compiled.conditions.iter().filter(negative).map(|condition| condition.path.as_str())
    }
}

/// What will do for a condition; `None` is to ask nothing. A field that is `never_found` is always missing.
fn sought(condition: &Condition, never_found: bool) -> Vec<Option<Sought>> {
    let names: Vec<String> = condition.path.split('.').map(str::to_owned).collect();
    let with = |what| Some(Sought { names: names.clone(), what });
    let positive = condition.matchers.iter().any(|matcher| *matcher != Matcher::Exists(false));
    let mut all = Vec::new();
    if positive {
        all.push(with(What::Value(if never_found { Bounds::exact(json!(false)) } else { value(condition) })));
    }
    if condition.finds_nothing() {
        all.push(if never_found { None } else { with(What::Nothing) });
    }
    all
}

fn value(condition: &Condition) -> Bounds {
    Bounds::any(condition.matchers.iter().map(|matcher| of_matcher(matcher, condition.mode)))
}

impl Bounds {
    /// Takes a schema that is exact.
    pub fn exact(schema: Value) -> Self {
        Self { most: schema.clone(), least: schema }
    }

    /// Combines approximations by `anyOf`.
    pub fn any(all: impl IntoIterator<Item = Self>) -> Self {
        Self::combine("anyOf", false, all)
    }

    /// Combines approximations by `allOf`.
    pub fn all(all: impl IntoIterator<Item = Self>) -> Self {
        Self::combine("allOf", true, all)
    }

    /// What is not found.
    #[must_use]
    pub fn not(self) -> Self {
        Self { most: negate(self.least), least: negate(self.most) }
    }

    /// The same in the place of a part of a larger schema, which has to be more where the part is more.
    #[must_use]
    pub fn map(self, outer: impl Fn(Value) -> Value) -> Self {
        Self { most: outer(self.most), least: outer(self.least) }
    }

    fn combine(keyword: &str, neutral: bool, all: impl IntoIterator<Item = Self>) -> Self {
        let (most, least): (Vec<_>, Vec<_>) = all.into_iter().map(|bounds| (bounds.most, bounds.least)).unzip();
        Self { most: join(keyword, neutral, most), least: join(keyword, neutral, least) }
    }
}

/// `anyOf` or `allOf`, without what says nothing.
fn join(keyword: &str, neutral: bool, mut schemas: Vec<Value>) -> Value {
    if schemas.contains(&Value::Bool(!neutral)) {
        return Value::Bool(!neutral);
    }
    schemas.retain(|schema| *schema != Value::Bool(neutral));
    let mut distinct: Vec<Value> = Vec::new();
    for schema in schemas {
        if !distinct.contains(&schema) {
            distinct.push(schema);
        }
    }
    match distinct.len() {
        0 => Value::Bool(neutral),
        1 => distinct.remove(0),
        _ => Value::Object(Map::from_iter([(keyword.to_owned(), Value::Array(distinct))])),
    }
}

fn negate(schema: Value) -> Value {
    match schema {
        Value::Bool(holds) => Value::Bool(!holds),
        other => json!({ "not": other }),
    }
}

fn of_matcher(matcher: &Matcher, mode: Mode) -> Bounds {
    match matcher {
        Matcher::Literal(literal) => of_literal(literal, mode),
        Matcher::Prefix(affix) => text(&format!("^{}", of_affix(affix)), mode),
        Matcher::Suffix(affix) => text(&format!("{}$", of_affix(affix)), mode),
        Matcher::IgnoreCase(folded) => text(&format!("^{}$", of_folded(folded)), mode),
        Matcher::Wildcard(wildcard) => text(&of_wildcard(wildcard), mode),
        Matcher::Numeric(range) => of_range(range),
        Matcher::Exists(true) => Bounds::exact(leaf()),
        Matcher::Exists(false) => Bounds::exact(json!(false)),
        Matcher::Cidr(block) => of_block(block, mode),
        Matcher::AnythingBut(excluded) => Bounds {
            most: json!({ "type": LEAVES, "not": of_excluded(excluded, mode).least }),
            least: json!({ "type": LEAVES, "not": of_excluded(excluded, mode).most }),
        },
    }
}

const LEAVES: [&str; 4] = ["string", "number", "boolean", "null"];

/// Any value that is no object and no list.
fn leaf() -> Value {
    json!({ "type": LEAVES })
}

fn of_literal(literal: &Literal, mode: Mode) -> Bounds {
    let hidden = mode.addresses && !mode.numbers;
    match literal {
        Literal::Text(text) if hidden && Address::parse(text).is_some() => Bounds::exact(json!(false)),
        Literal::Text(text) => Bounds::exact(json!({ "const": text })),
        // The text itself, in other spellings, and a number with the same digits.
        Literal::Address(text, _) if hidden => Bounds {
            most: json!({ "anyOf": [{ "type": "string", "pattern": LIKE_AN_ADDRESS }, { "type": "number" }] }),
            least: json!({ "const": text }),
        },
        Literal::Address(..) => Bounds { most: json!({ "type": "number" }), least: json!(false) },
        Literal::Number(double) => Bounds::exact(json!({ "const": number(*double) })),
        Literal::Plain(text) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Number(number)) if number.is_f64() => {
                Bounds { most: json!({ "type": "number" }), least: json!(false) }
            }
            Ok(value) => Bounds::exact(json!({ "const": value })),
            Err(_) => Bounds { most: json!({ "type": "number" }), least: json!(false) },
        },
    }
}

fn of_range(range: &Range) -> Bounds {
    let mut schema = json!({ "type": "number" });
    for (bound, including, excluding) in
        [(range.lower, "minimum", "exclusiveMinimum"), (range.upper, "maximum", "exclusiveMaximum")]
    {
        if let Some(bound) = bound {
            schema[if bound.included { including } else { excluding }] = number(bound.at);
        }
    }
    // Beyond these, the service compares only some integers.
    let least = json!({ "allOf": [schema.clone(), { "minimum": -SAFE, "maximum": SAFE }] });
    Bounds { most: schema, least }
}

/// A text that matches a regular expression and is not read as an address.
fn text(expression: &str, mode: Mode) -> Bounds {
    let schema = json!({ "type": "string", "pattern": expression });
    if !mode.addresses || mode.numbers {
        return Bounds::exact(schema);
    }
    let mut least = schema.clone();
    least["not"] = json!({ "pattern": LIKE_AN_ADDRESS });
    Bounds { most: schema, least }
}

fn of_excluded(excluded: &AnythingBut, mode: Mode) -> Bounds {
    let any = |expressions: Vec<String>| Bounds::any(expressions.iter().map(|expression| text(expression, mode)));
    match excluded {
        AnythingBut::Texts(texts) if !mode.addresses || mode.numbers => Bounds::exact(json!({ "enum": texts })),
        AnythingBut::Texts(texts) => {
            let seen: Vec<_> = texts.iter().filter(|text| Address::parse(text).is_none()).collect();
            Bounds::exact(if seen.is_empty() { json!(false) } else { json!({ "enum": seen }) })
        }
        AnythingBut::Numbers(numbers) => {
            Bounds::exact(json!({ "enum": numbers.iter().map(|double| number(*double)).collect::<Vec<_>>() }))
        }
        AnythingBut::Prefixes(texts) => any(texts.iter().map(|text| format!("^{}", escaped(text))).collect()),
        AnythingBut::Suffixes(texts) => any(texts.iter().map(|text| format!("{}$", escaped(text))).collect()),
        AnythingBut::IgnoreCase(texts) => any(texts.iter().map(|text| format!("^{}$", of_folded(text))).collect()),
        AnythingBut::Wildcards(texts) => any(texts.iter().map(of_wildcard).collect()),
    }
}

fn of_affix(affix: &Affix) -> String {
    match affix {
        Affix::Exact(text) => escaped(text),
        Affix::Folded(folded) => of_folded(folded),
    }
}

fn of_wildcard(wildcard: &Wildcard) -> String {
    let pieces: Vec<String> = wildcard.pieces().iter().map(|piece| escaped(piece)).collect();
    format!("^{}$", pieces.join("[\\s\\S]*"))
}

fn of_folded(folded: &Folded) -> String {
    let either = |(lower, upper): (String, String)| {
        if lower == upper { escaped(&lower) } else { format!("(?:{}|{})", escaped(&lower), escaped(&upper)) }
    };
    match folded.units.as_slice() {
        [] => folded
            .text
            .chars()
            .map(|c| either((c.to_ascii_lowercase().to_string(), c.to_ascii_uppercase().to_string())))
            .collect(),
        units => units.iter().cloned().map(either).collect(),
    }
}

/// Addresses in their plain spelling are found for sure; others may be, and so may numbers that look like their digits.
fn of_block(block: &Block, mode: Mode) -> Bounds {
    let number = json!({ "type": "number" });
    if mode.numbers || !mode.addresses {
        return Bounds { most: number, least: json!(false) };
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default();
    let (bottom, top) = (block.bottom.digits(), block.top.digits());
    let expression = if block.is_version_4() {
        let octets: Vec<String> = bottom
            .chunks(2)
            .zip(top.chunks(2))
            .map(|(low, high)| {
                let value = |pair: &[u8]| digit(pair[0]) * 16 + digit(pair[1]);
                let all: Vec<String> = (value(low)..=value(high)).map(|octet| octet.to_string()).collect();
                format!("(?:{})", all.join("|"))
            })
            .collect();
        octets.join("\\.")
    } else {
        let digits: Vec<String> = bottom
            .iter()
            .zip(top)
            .map(|(low, high)| {
                let all: String =
                    (digit(*low)..=digit(*high)).filter_map(|value| char::from_digit(value, 16)).collect();
                format!("[{all}]")
            })
            .collect();
        digits.chunks(4).map(<[String]>::concat).collect::<Vec<_>>().join(":")
    };
    Bounds {
        most: json!({ "anyOf": [{ "type": "string", "pattern": LIKE_AN_ADDRESS }, number] }),
        least: json!({ "type": "string", "pattern": format!("^{expression}$") }),
    }
}

fn number(double: f64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "two to the power of 53 is a double")]
    let safe = SAFE as f64;
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    let number = if double.fract() == 0.0 && double.abs() <= safe {
        Some(Number::from(double as i64))
    } else {
        Number::from_f64(double)
    };
    number.map_or(Value::Null, Value::Number)
}

/// A text as a regular expression that matches it alone.
fn escaped(text: &str) -> String {
    let mut expression = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\^$.*+?()[]{}|/".contains(character) {
            expression.push('\\');
        }
        expression.push(character);
    }
    expression
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn matcher() -> impl Strategy<Value = Value> {
        let text = select(vec![
            "a", "b", "ab", "A", "ß", "a.b", "a*", "\\", "$", "10.0.0.1", "::1", "1", "", "a\nb", "é", "🦀",
        ]);
        let number =
            select(vec![json!(0), json!(1), json!(-1.5), json!(5.0), json!(1e18), json!(9_007_199_254_740_993_i64)]);
        let several = prop::collection::vec(text.clone(), 1..3);
        prop_oneof![
            text.clone().prop_map(|text| json!(text)),
            number.clone(),
            select(vec![json!(true), json!(false), json!(null)]),
            text.clone().prop_map(|text| json!({ "exactly": text })),
            text.clone().prop_map(|text| json!({ "prefix": text })),
            text.clone().prop_map(|text| json!({ "suffix": text })),
            text.clone().prop_map(|text| json!({ "prefix": { "equals-ignore-case": text } })),
            text.clone().prop_map(|text| json!({ "suffix": { "equals-ignore-case": text } })),
            text.clone().prop_map(|text| json!({ "equals-ignore-case": text })),
            select(vec!["a*", "*a*b", "", "*", "a.*"]).prop_map(|text| json!({ "wildcard": text })),
            select(vec![
                json!(["<", 5]),
                json!([">=", -1.5]),
                json!([">", 0, "<=", 1]),
                json!(["=", 5]),
                json!([">", 1e15]),
            ])
            .prop_map(|range| json!({ "numeric": range })),
            Just(json!({ "exists": true })),
            select(vec!["10.0.0.0/8", "0.0.0.0/0", "10.0.0.0/30", "a00::/16", "::/0"])
                .prop_map(|block| json!({ "cidr": block })),
            several.clone().prop_map(|texts| json!({ "anything-but": texts })),
            number
                .prop_filter("comparable", |n| n.as_i64() != Some(9_007_199_254_740_993))
                .prop_map(|number| json!({ "anything-but": [number] })),
            several
                .clone()
                .prop_filter("filled", |texts| !texts.contains(&""))
                .prop_map(|texts| json!({ "anything-but": { "prefix": texts } })),
            several
                .clone()
                .prop_filter("filled", |texts| !texts.contains(&""))
                .prop_map(|texts| json!({ "anything-but": { "suffix": texts } })),
            several.prop_map(|texts| json!({ "anything-but": { "equals-ignore-case": texts } })),
            select(vec!["a*", "*b"]).prop_map(|text| json!({ "anything-but": { "wildcard": text } })),
        ]
    }

    fn leaf_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            select(vec![
                "a",
                "b",
                "ab",
                "A",
                "AB",
                "aB",
                "ß",
                "SS",
                "ss",
                "a.b",
                "axb",
                "a*",
                "\\",
                "$",
                "10.0.0.1",
                "10.0.0.01",
                "10.0.0.9",
                "::1",
                "0:0:0:0:0:0:0:1",
                "a00::1",
                "0a00:0000:0000:0000:0000:0000:0000:0001",
                "1",
                "",
                "a\nb",
                "é",
                "É",
                "🦀",
                "??",
                "1.2.3",
                ":",
                "0.0.0.0",
                "255.255.255.255",
            ])
            .prop_map(|text| json!(text)),
            select(vec![
                json!(0),
                json!(1),
                json!(-1.5),
                json!(5),
                json!(5.0),
                json!(1e18),
                json!(1_000_000_000_000_000_000_i64),
                json!(9_007_199_254_740_993_i64),
                json!(9_007_199_254_740_992_i64),
                json!(0.5),
                json!(-0.0),
                json!(10_000_000),
                json!(1.5e300),
                json!(u64::MAX),
                json!(2),
            ]),
            select(vec![json!(true), json!(false), json!(null)]),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// What the schemas of a list say, and what the matcher says.
        #[test]
        fn the_bounds_are_bounds(
            matchers in prop::collection::vec(matcher(), 1..3),
            values in prop::collection::vec(leaf_value(), 8),
        ) {
            let Ok(pattern) = Pattern::parse(&json!({ "a": matchers }).to_string()) else { return Ok(()) };
            let ways = pattern.ways(8).unwrap();
            prop_assert_eq!(ways.len(), 1);
            let What::Value(bounds) = &ways[0][0].what else { panic!("a value is sought") };
            let validator = |schema: &Value| jsonschema::validator_for(schema).unwrap();
            let (most, least) = (validator(&bounds.most), validator(&bounds.least));
            for value in values {
                let matches = pattern.matches(&json!({ "a": value })).unwrap();
                prop_assert!(!matches || most.is_valid(&value), "{} has {value}, and {} has not", pattern, bounds.most);
                prop_assert!(matches || !least.is_valid(&value), "{} has not {value}, and {} has", pattern, bounds.least);
            }
        }
    }

    #[test]
    fn a_list_that_takes_nothing_too_is_two_ways() {
        let pattern = Pattern::parse(r#"{"a": [{"exists": false}, 1], "$or": [{"b": [1]}, {"b": [2]}]}"#).unwrap();
        let ways = pattern.ways(8).unwrap();
        assert_eq!(ways.len(), 4);
        assert_eq!(ways[1][0].what, What::Nothing);
        assert_eq!(ways[1][1].names, ["b"]);
        assert_eq!(pattern.ways(3), None);
    }
}
