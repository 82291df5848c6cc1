//! Patterns, written in Rust.

use std::fmt;
use std::ops::{Bound, RangeBounds};

use super::{Pattern, PatternError, or};
use json_document::text::{self as json, Tree, Value};

/// A pattern that is being written: fields, and what they may hold.
///
/// ```
/// use eventbridge_pattern::{Match, Rule};
///
/// let rule = Rule::new()
///     .field("source", [Match::anything_but(["external"])])
///     .field("detail.type", ["Order.Created", "Order.Updated"])
///     .field("detail.data.total.amount", [Match::numeric(100.0..), Match::missing()]);
/// assert_eq!(rule.to_string(), concat!(
///     r#"{"source":[{"anything-but":["external"]}],"detail":{"type":["Order.Created","Order.Updated"],"#,
///     r#""data":{"total":{"amount":[{"numeric":[">=",100.0]},{"exists":false}]}}}}"#,
/// ));
///
/// let pattern = rule.build()?;
/// assert_eq!(pattern.as_str(), rule.to_string());
/// # Ok::<(), eventbridge_pattern::PatternError>(())
/// ```
///
/// A rule without a field is no pattern: EventBridge has none that says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rule {
    members: Vec<(String, Part)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Fields(Rule),
    Values(Vec<Match>),
    Any(Vec<Rule>),
}

/// What a field may hold: a value as it is, made by [`From`], or one of the operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    json: String,
}

impl Rule {
    /// A rule that says nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same rule with a field, of whose matches any may hold. The path is the names on the way to it, joined with
    /// dots. What was said of the same path before is forgotten.
    #[must_use]
    pub fn field<M: Into<Match>>(mut self, path: &str, matches: impl IntoIterator<Item = M>) -> Self {
        self.put(path, matches.into_iter().map(Into::into).collect());
        self
    }

    /// The same rule, and one of these as well; a second call asks for one of each. There have to be at least two.
    ///
    /// A path that stands beside them must not stand in one of them: the later one would take the place of the other.
    #[must_use]
    pub fn any_of(mut self, rules: impl IntoIterator<Item = Self>) -> Self {
        let rules: Vec<Self> = rules.into_iter().collect();
        self.put_any(&rules);
        self
    }

    /// The pattern that this is the text of, if EventBridge takes it.
    pub fn build(&self) -> Result<Pattern, PatternError> {
        Pattern::parse(&self.to_string())
    }

    fn put(&mut self, path: &str, matches: Vec<Match>) {
        if let Some((_, Part::Values(values))) =
            self.members.iter_mut().find(|(name, part)| name == path && matches!(part, Part::Values(_)))
        {
            *values = matches;
            return;
        }
        let Some((first, rest)) = path.split_once('.') else {
            self.members.push((path.to_owned(), Part::Values(matches)));
            return;
        };
        match self.members.iter_mut().find(|(name, _)| name == first) {
            Some((_, Part::Fields(fields))) => fields.put(rest, matches),
            // No name stands twice: behind one that has values, the path is one name.
            Some((_, Part::Values(_) | Part::Any(_))) => self.members.push((path.to_owned(), Part::Values(matches))),
            None => {
                let mut fields = Self::new();
                fields.put(rest, matches);
                self.members.push((first.to_owned(), Part::Fields(fields)));
            }
        }
    }

    fn put_any(&mut self, rules: &[Self]) {
        match self.members.iter_mut().find(|(name, _)| name == or::NAME) {
            Some((_, Part::Any(branches))) => branches.iter_mut().for_each(|branch| branch.put_any(rules)),
            Some(_) | None => self.members.push((or::NAME.to_owned(), Part::Any(rules.to_vec()))),
        }
    }
}

/// A pattern, to be written on; its text without the white space.
impl From<&Pattern> for Rule {
    fn from(pattern: &Pattern) -> Self {
        match json::parse(pattern.as_str()) {
            Ok(Tree { value: Value::Object(members), .. }) => rule(&members),
            Ok(_) | Err(_) => unreachable!("the text of a pattern is an object"),
        }
    }
}

fn rule(members: &[json::Member<'_>]) -> Rule {
    let part = |member: &json::Member<'_>| match &member.tree.value {
        Value::Object(members) => Part::Fields(rule(members)),
        Value::Array(items) if member.name == or::NAME => Part::Any(
            items
                .iter()
                .map(|item| if let Value::Object(members) = &item.value { rule(members) } else { Rule::new() })
                .collect(),
        ),
        Value::Array(items) => Part::Values(items.iter().map(|item| Match { json: item.to_string() }).collect()),
        Value::String(_) | Value::Number(_) | Value::Boolean(_) | Value::Null => Part::Values(Vec::new()),
    };
    Rule { members: members.iter().map(|member| (member.name.clone().into_owned(), part(member))).collect() }
}

impl Match {
    /// `null`, which is a value, and not a field that is missing.
    #[must_use]
    pub fn null() -> Self {
        Self { json: "null".to_owned() }
    }

    /// A text that begins with this.
    #[must_use]
    pub fn prefix(text: &str) -> Self {
        Self::with("prefix", json::quoted(text))
    }

    /// A text that begins with this, in any case.
    #[must_use]
    pub fn prefix_ignoring_case(text: &str) -> Self {
        Self::with("prefix", Self::equals_ignoring_case(text).json)
    }

    /// A text that ends with this.
    #[must_use]
    pub fn suffix(text: &str) -> Self {
        Self::with("suffix", json::quoted(text))
    }

    /// A text that ends with this, in any case.
    #[must_use]
    pub fn suffix_ignoring_case(text: &str) -> Self {
        Self::with("suffix", Self::equals_ignoring_case(text).json)
    }

    /// This text, in any case.
    #[must_use]
    pub fn equals_ignoring_case(text: &str) -> Self {
        Self::with("equals-ignore-case", json::quoted(text))
    }

    /// A text in which each `*` stands for any run of characters; `\*` is a star and `\\` a backslash.
    #[must_use]
    pub fn wildcard(text: &str) -> Self {
        Self::with("wildcard", json::quoted(text))
    }

    /// A number in a range, which has at least one end.
    #[must_use]
    pub fn numeric(range: impl RangeBounds<f64>) -> Self {
        let mut terms = Vec::new();
        let mut say = |bound: Bound<&f64>, included: &str, excluded: &str| {
            let (operator, number) = match bound {
                Bound::Included(number) => (included, number),
                Bound::Excluded(number) => (excluded, number),
                Bound::Unbounded => return,
            };
            terms.push(json::quoted(operator));
            terms.push(Self::from(*number).json);
        };
        say(range.start_bound(), ">=", ">");
        say(range.end_bound(), "<=", "<");
        Self::with("numeric", format!("[{}]", terms.join(",")))
    }

    /// An address in a block: `10.0.0.0/8`, `2001:db8::/32`.
    #[must_use]
    pub fn cidr(block: &str) -> Self {
        Self::with("cidr", json::quoted(block))
    }

    /// Any value.
    #[must_use]
    pub fn exists() -> Self {
        Self::with("exists", "true")
    }

    /// No value: the field is missing, or an object, or an empty list.
    #[must_use]
    pub fn missing() -> Self {
        Self::with("exists", "false")
    }

    /// Any value but these: texts alone, or numbers alone.
    #[must_use]
    pub fn anything_but<M: Into<Self>>(values: impl IntoIterator<Item = M>) -> Self {
        let values: Vec<String> = values.into_iter().map(|value| value.into().json).collect();
        Self::with("anything-but", format!("[{}]", values.join(",")))
    }

    /// Any value but texts that begin with one of these.
    #[must_use]
    pub fn anything_but_prefix<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::but("prefix", texts)
    }

    /// Any value but texts that end with one of these.
    #[must_use]
    pub fn anything_but_suffix<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::but("suffix", texts)
    }

    /// Any value but these texts, in any case.
    #[must_use]
    pub fn anything_but_ignoring_case<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::but("equals-ignore-case", texts)
    }

    /// Any value but texts that one of these wildcards finds.
    #[must_use]
    pub fn anything_but_wildcard<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::but("wildcard", texts)
    }

    fn but<'t>(operator: &str, texts: impl IntoIterator<Item = &'t str>) -> Self {
        let texts: Vec<String> = texts.into_iter().map(json::quoted).collect();
        Self::with("anything-but", Self::with(operator, format!("[{}]", texts.join(","))).json)
    }

    fn with(operator: &str, operand: impl fmt::Display) -> Self {
        Self { json: format!("{{\"{operator}\":{operand}}}") }
    }
}

impl From<&str> for Match {
    fn from(text: &str) -> Self {
        Self { json: json::quoted(text) }
    }
}

impl From<String> for Match {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<bool> for Match {
    fn from(value: bool) -> Self {
        Self { json: value.to_string() }
    }
}

impl From<i64> for Match {
    fn from(number: i64) -> Self {
        Self { json: number.to_string() }
    }
}

impl From<i32> for Match {
    fn from(number: i32) -> Self {
        Self::from(i64::from(number))
    }
}

/// What is not finite has no JSON: a rule with it cannot be built.
impl From<f64> for Match {
    fn from(number: f64) -> Self {
        Self { json: format!("{number:?}") }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, (name, part)) in self.members.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{}:{part}", json::quoted(name))?;
        }
        f.write_str("}")
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |items: Vec<String>| format!("[{}]", items.join(","));
        match self {
            Self::Fields(rule) => rule.fmt(f),
            Self::Values(values) => f.write_str(&list(values.iter().map(|value| value.json.clone()).collect())),
            Self::Any(rules) => f.write_str(&list(rules.iter().map(ToString::to_string).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_twice() {
        let rule =
            Rule::new().field("a", [1]).field("a.b.c", [true]).field("a", [2]).field("d.e", ["x"]).field("d.f", ["y"]);
        assert_eq!(rule.to_string(), r#"{"a":[2],"a.b.c":[true],"d":{"e":["x"],"f":["y"]}}"#);
        let either = |name: &str| [Rule::new().field(name, [1]), Rule::new().field(name, [2])];
        let rule = Rule::new().any_of(either("a")).any_of(either("b"));
        assert_eq!(
            rule.to_string(),
            r#"{"$or":[{"a":[1],"$or":[{"b":[1]},{"b":[2]}]},{"a":[2],"$or":[{"b":[1]},{"b":[2]}]}]}"#
        );
        assert!(rule.build().unwrap().matches(r#"{"a":2,"b":1}"#).unwrap());
    }

    #[test]
    fn what_the_service_does_not_take_is_not_built() {
        assert_eq!(Rule::new().build().unwrap_err().reason(), "Empty objects are not allowed");
        let error = Rule::new().field("a", [f64::NAN]).build().unwrap_err();
        assert_eq!(error.reason(), "not JSON: expected a value");
        let error = Rule::new().field("a", [Match::numeric(..)]).build().unwrap_err();
        assert_eq!(error.reason(), "Invalid member in numeric match: ]");
        let error = Rule::new().any_of([Rule::new().field("a", [1])]).build().unwrap_err();
        assert_eq!(error.reason(), "There must have at least 2 Objects in $or relationship.");
    }

    #[test]
    fn a_pattern_can_be_written_on() {
        let pattern =
            Pattern::parse("{ \"a\" : [ {\"numeric\": [ \">\", 1.50 ]} ], \"b\": {\"c\\u0041\": [null]} }").unwrap();
        let rule = Rule::from(&pattern).field("b.d", [Match::exists()]);
        assert_eq!(rule.to_string(), r#"{"a":[{"numeric":[">",1.50]}],"b":{"cA":[null],"d":[{"exists":true}]}}"#);
    }
}
