//! Builder of patterns.

use std::fmt;
use std::ops::{Bound, RangeBounds};

use json_document::text::{self as json, Tree, Value};

use crate::or;
use crate::{Pattern, PatternError};

/// Builds a pattern field by field.
///
/// ```
/// use eventbridge_pattern::{Match, PatternBuilder};
///
/// let builder = PatternBuilder::new()
///     .field("source", [Match::anything_but(["external"])])
///     .field("detail.type", ["Order.Created", "Order.Updated"])
///     .field("detail.data.total.amount", [Match::numeric(100.0..), Match::absent()]);
/// assert_eq!(builder.to_string(), concat!(
///     r#"{"source":[{"anything-but":["external"]}],"detail":{"type":["Order.Created","Order.Updated"],"#,
///     r#""data":{"total":{"amount":[{"numeric":[">=",100.0]},{"exists":false}]}}}}"#,
/// ));
///
/// let pattern = builder.build()?;
/// assert_eq!(pattern.as_str(), builder.to_string());
/// # Ok::<(), eventbridge_pattern::PatternError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PatternBuilder {
    members: Vec<(String, MemberValue)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum MemberValue {
    Object(PatternBuilder),
    Matches(Vec<Match>),
    Or(Vec<PatternBuilder>),
}

/// One element of a match array: a literal value, made by [`From`], or an operator.
///
/// ```
/// use eventbridge_pattern::{Match, PatternBuilder};
///
/// let sizes = [Match::prefix_ignore_case("size-"), Match::suffix_ignore_case("-xl")];
/// let pattern = PatternBuilder::new()
///     .field("source", [Match::anything_but_prefix(["aws."])])
///     .field("detail.file", [Match::anything_but_suffix([".tmp", ".bak"])])
///     .any_of([
///         PatternBuilder::new().field("detail.sku", sizes),
///         PatternBuilder::new().field("detail.note", [Match::anything_but_wildcard(["*test*"])]),
///         PatternBuilder::new().field("detail.size", [Match::anything_but_ignore_case(["s", "m"])]),
///     ])
///     .build()?;
/// assert!(pattern.matches(r#"{"source": "shop", "detail": {"file": "a.csv", "sku": "Shirt-XL"}}"#)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    json: String,
}

impl PatternBuilder {
    /// Returns a builder without fields. [`build`](Self::build) rejects it: EventBridge has no empty pattern.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field that satisfies one of the matches. The path is the names that lead to the field, joined with dots.
    ///
    /// A second call for the same path replaces the first.
    #[must_use]
    pub fn field<M: Into<Match>>(mut self, path: &str, matches: impl IntoIterator<Item = M>) -> Self {
        self.insert(path, matches.into_iter().map(Into::into).collect());
        self
    }

    /// Adds an `$or` of at least two branches; a second call adds another one, and a branch of each must match.
    ///
    /// Do not use a path both beside an `$or` and in a branch: EventBridge keeps only the later of the two conditions.
    #[must_use]
    pub fn any_of(mut self, branches: impl IntoIterator<Item = Self>) -> Self {
        let branches: Vec<Self> = branches.into_iter().collect();
        self.insert_or(&branches);
        self
    }

    /// Parses the pattern that was built.
    pub fn build(&self) -> Result<Pattern, PatternError> {
        Pattern::parse(&self.to_string())
    }

    fn insert(&mut self, path: &str, matches: Vec<Match>) {
        if let Some((_, MemberValue::Matches(known))) =
            self.members.iter_mut().find(|(name, value)| name == path && matches!(value, MemberValue::Matches(_)))
        {
            *known = matches;
            return;
        }
        let Some((first, rest)) = path.split_once('.') else {
            self.members.push((path.to_owned(), MemberValue::Matches(matches)));
            return;
        };
        match self.members.iter_mut().find(|(name, _)| name == first) {
            Some((_, MemberValue::Object(object))) => object.insert(rest, matches),
            // A second member of this name would be a duplicate, so the whole path becomes one name.
            Some((_, MemberValue::Matches(_) | MemberValue::Or(_))) => {
                self.members.push((path.to_owned(), MemberValue::Matches(matches)));
            }
            None => {
                let mut object = Self::new();
                object.insert(rest, matches);
                self.members.push((first.to_owned(), MemberValue::Object(object)));
            }
        }
    }

    /// Nests a second `$or` in each branch of the first, as an object cannot have two members of one name.
    fn insert_or(&mut self, branches: &[Self]) {
        match self.members.iter_mut().find(|(name, _)| name == or::NAME) {
            Some((_, MemberValue::Or(known))) => known.iter_mut().for_each(|branch| branch.insert_or(branches)),
            Some(_) | None => self.members.push((or::NAME.to_owned(), MemberValue::Or(branches.to_vec()))),
        }
    }
}

/// Continues an existing pattern. Its white space and the spelling of its strings are lost, its meaning is not.
impl From<&Pattern> for PatternBuilder {
    fn from(pattern: &Pattern) -> Self {
        match json::parse(pattern.as_str()) {
            Ok(Tree { value: Value::Object(members), .. }) => from_members(&members),
            Ok(_) | Err(_) => unreachable!("the text of a pattern is a JSON object"),
        }
    }
}

fn from_members(members: &[json::Member<'_>]) -> PatternBuilder {
    let value = |member: &json::Member<'_>| match &member.tree.value {
        Value::Object(members) => MemberValue::Object(from_members(members)),
        Value::Array(items) if member.name == or::NAME => MemberValue::Or(
            items
                .iter()
                .map(|item| match &item.value {
                    Value::Object(members) => from_members(members),
                    Value::Array(_) | Value::String(_) | Value::Number(_) | Value::Boolean(_) | Value::Null => {
                        PatternBuilder::new()
                    }
                })
                .collect(),
        ),
        Value::Array(items) => {
            MemberValue::Matches(items.iter().map(|item| Match { json: item.to_string() }).collect())
        }
        Value::String(_) | Value::Number(_) | Value::Boolean(_) | Value::Null => MemberValue::Matches(Vec::new()),
    };
    PatternBuilder { members: members.iter().map(|member| (member.name.clone().into_owned(), value(member))).collect() }
}

impl Match {
    /// Matches `null`, which is a value: an absent field does not match.
    #[must_use]
    pub fn null() -> Self {
        Self { json: "null".to_owned() }
    }

    /// Matches a String that begins with `text`.
    #[must_use]
    pub fn prefix(text: &str) -> Self {
        Self::operator("prefix", json::quote(text))
    }

    /// Matches a String that begins with `text` in upper or lower case.
    #[must_use]
    pub fn prefix_ignore_case(text: &str) -> Self {
        Self::operator("prefix", Self::equals_ignore_case(text).json)
    }

    /// Matches a String that ends with `text`.
    #[must_use]
    pub fn suffix(text: &str) -> Self {
        Self::operator("suffix", json::quote(text))
    }

    /// Matches a String that ends with `text` in upper or lower case.
    #[must_use]
    pub fn suffix_ignore_case(text: &str) -> Self {
        Self::operator("suffix", Self::equals_ignore_case(text).json)
    }

    /// Matches `text` in upper or lower case.
    #[must_use]
    pub fn equals_ignore_case(text: &str) -> Self {
        Self::operator("equals-ignore-case", json::quote(text))
    }

    /// Matches a String with any run of characters for each `*`. `\*` is a literal star and `\\` a backslash.
    #[must_use]
    pub fn wildcard(text: &str) -> Self {
        Self::operator("wildcard", json::quote(text))
    }

    /// Matches a Number in a range that has at least one bound, and only finite ones: others are rejected when the pattern
    /// is built.
    #[must_use]
    pub fn numeric(range: impl RangeBounds<f64>) -> Self {
        let mut terms = Vec::new();
        let mut push = |bound: Bound<&f64>, inclusive: &str, exclusive: &str| {
            let (operator, number) = match bound {
                Bound::Included(number) => (inclusive, number),
                Bound::Excluded(number) => (exclusive, number),
                Bound::Unbounded => return,
            };
            terms.push(json::quote(operator));
            terms.push(Self::from(*number).json);
        };
        push(range.start_bound(), ">=", ">");
        push(range.end_bound(), "<=", "<");
        Self::operator("numeric", format!("[{}]", terms.join(",")))
    }

    /// Matches an IP address in a block: `10.0.0.0/8`, `2001:db8::/32`.
    #[must_use]
    pub fn cidr(block: &str) -> Self {
        Self::operator("cidr", json::quote(block))
    }

    /// Matches any value.
    #[must_use]
    pub fn exists() -> Self {
        Self::operator("exists", "true")
    }

    /// Matches a field without a value: one that is absent, an object, or an empty array.
    #[must_use]
    pub fn absent() -> Self {
        Self::operator("exists", "false")
    }

    /// Matches any value except these Strings or these Numbers.
    #[must_use]
    pub fn anything_but<M: Into<Self>>(values: impl IntoIterator<Item = M>) -> Self {
        let values: Vec<String> = values.into_iter().map(|value| value.into().json).collect();
        Self::operator("anything-but", format!("[{}]", values.join(",")))
    }

    /// Matches any value except Strings that begin with one of these.
    #[must_use]
    pub fn anything_but_prefix<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::anything_but_operator("prefix", texts)
    }

    /// Matches any value except Strings that end with one of these.
    #[must_use]
    pub fn anything_but_suffix<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::anything_but_operator("suffix", texts)
    }

    /// Matches any value except these Strings in upper or lower case.
    #[must_use]
    pub fn anything_but_ignore_case<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::anything_but_operator("equals-ignore-case", texts)
    }

    /// Matches any value except Strings that one of these wildcards matches.
    #[must_use]
    pub fn anything_but_wildcard<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::anything_but_operator("wildcard", texts)
    }

    fn anything_but_operator<'t>(operator: &str, texts: impl IntoIterator<Item = &'t str>) -> Self {
        let texts: Vec<String> = texts.into_iter().map(json::quote).collect();
        Self::operator("anything-but", Self::operator(operator, format!("[{}]", texts.join(","))).json)
    }

    fn operator(name: &str, operand: impl fmt::Display) -> Self {
        Self { json: format!("{{\"{name}\":{operand}}}") }
    }
}

impl From<&str> for Match {
    fn from(text: &str) -> Self {
        Self { json: json::quote(text) }
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

/// JSON has no NaN and no infinity: a pattern with one of them is rejected when it is built.
impl From<f64> for Match {
    fn from(number: f64) -> Self {
        Self { json: format!("{number:?}") }
    }
}

impl fmt::Display for PatternBuilder {
    /// Writes the pattern as JSON without white space.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, (name, value)) in self.members.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{}:{value}", json::quote(name))?;
        }
        f.write_str("}")
    }
}

impl fmt::Display for MemberValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let array = |items: Vec<String>| format!("[{}]", items.join(","));
        match self {
            Self::Object(object) => object.fmt(f),
            Self::Matches(matches) => f.write_str(&array(matches.iter().map(|one| one.json.clone()).collect())),
            Self::Or(branches) => f.write_str(&array(branches.iter().map(ToString::to_string).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_object_has_duplicate_members() {
        let builder = PatternBuilder::new()
            .field("a", [1])
            .field("a.b.c", [true])
            .field("a", [2])
            .field("d.e", ["x"])
            .field("d.f", ["y"]);
        assert_eq!(builder.to_string(), r#"{"a":[2],"a.b.c":[true],"d":{"e":["x"],"f":["y"]}}"#);
        let either = |name: &str| [PatternBuilder::new().field(name, [1]), PatternBuilder::new().field(name, [2])];
        let builder = PatternBuilder::new().any_of(either("a")).any_of(either("b"));
        assert_eq!(
            builder.to_string(),
            r#"{"$or":[{"a":[1],"$or":[{"b":[1]},{"b":[2]}]},{"a":[2],"$or":[{"b":[1]},{"b":[2]}]}]}"#
        );
        assert!(builder.build().unwrap().matches(r#"{"a":2,"b":1}"#).unwrap());
    }

    #[test]
    fn invalid_patterns_are_not_built() {
        assert_eq!(PatternBuilder::new().build().unwrap_err().reason(), "Empty objects are not allowed");
        let error = PatternBuilder::new().field("a", [f64::NAN]).build().unwrap_err();
        assert_eq!(error.reason(), "not JSON: expected a value");
        let error = PatternBuilder::new().field("a", [Match::numeric(..)]).build().unwrap_err();
        assert_eq!(error.reason(), "Invalid member in numeric match: ]");
        let error = PatternBuilder::new().any_of([PatternBuilder::new().field("a", [1])]).build().unwrap_err();
        assert_eq!(error.reason(), "There must have at least 2 Objects in $or relationship.");
    }

    #[test]
    fn a_pattern_can_be_extended() {
        let pattern =
            Pattern::parse("{ \"a\" : [ {\"numeric\": [ \">\", 1.50 ]} ], \"b\": {\"c\\u0041\": [null]} }").unwrap();
        let builder = PatternBuilder::from(&pattern).field("b.d", [Match::exists()]);
        assert_eq!(builder.to_string(), r#"{"a":[{"numeric":[">",1.50]}],"b":{"cA":[null],"d":[{"exists":true}]}}"#);
    }
}
