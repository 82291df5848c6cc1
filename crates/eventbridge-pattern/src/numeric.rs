//! `numeric`: a number in a range.

use super::error::Refusal;
use super::number;
use super::trail::Trail;
use json_document::text::{Tree, Value};

pub(super) const NAME: &str = "numeric";

const HELP: &str =
    "write an operator and a number, [\"<\", 5], or a lower bound before an upper one, [\">\", 0, \"<=\", 5]";

/// The numbers between two bounds, each of which may be among them or not, or may be missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub(super) lower: Option<Bound>,
    pub(super) upper: Option<Bound>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bound {
    pub(super) at: f64,
    pub(super) included: bool,
}

impl Range {
    pub(super) fn parse(tree: &Tree<'_>, trail: &mut Trail) -> Result<Self, Refusal> {
        let Value::Array(items) = &tree.value else {
            return Err(Refusal::new("Value of numeric must be an array.", HELP));
        };
        let mut terms = Terms { items, next: 0 };
        let operator = match terms.text() {
            Ok(operator) => operator,
            Err(other) => return terms.refuse(trail, format!("Invalid member in numeric match: {other}")),
        };
        let range = match operator.as_str() {
            "=" => {
                let bound = Some(terms.bound(trail, &operator, true)?);
                Self { lower: bound, upper: bound }
            }
            "<" => Self { lower: None, upper: Some(terms.bound(trail, &operator, false)?) },
            "<=" => Self { lower: None, upper: Some(terms.bound(trail, &operator, true)?) },
            ">" | ">=" => {
                let lower = terms.bound(trail, &operator, operator == ">=")?;
                return terms.upper(trail, lower);
            }
            _ => {
                terms.next = 0;
                return terms.refuse(trail, format!("Unrecognized numeric range operator: {operator}"));
            }
        };
        if terms.next < items.len() {
            return terms.refuse(trail, "Too many elements in numeric expression".to_owned());
        }
        Ok(range)
    }

    #[expect(clippy::float_cmp, reason = "a bound is exactly what it says")]
    pub(super) fn has(&self, number: f64) -> bool {
        let above = self.lower.is_none_or(|bound| number > bound.at || bound.included && number == bound.at);
        above && self.upper.is_none_or(|bound| number < bound.at || bound.included && number == bound.at)
    }
}

/// What stands in the brackets, one after the other.
struct Terms<'a, 't> {
    items: &'a [Tree<'t>],
    next: usize,
}

impl Terms<'_, '_> {
    /// A text, or the words for what stands there instead.
    fn text(&mut self) -> Result<String, String> {
        let Some(item) = self.items.get(self.next) else { return Err("]".to_owned()) };
        match &item.value {
            Value::String(text) => {
                self.next += 1;
                Ok(text.clone().into_owned())
            }
            Value::Number(text) => Err((*text).to_owned()),
            Value::Boolean(bool) => Err(bool.to_string()),
            Value::Null => Err("null".to_owned()),
            Value::Array(_) => Err("[".to_owned()),
            Value::Object(_) => Err("{".to_owned()),
        }
    }

    fn bound(&mut self, trail: &mut Trail, operator: &str, included: bool) -> Result<Bound, Refusal> {
        let name = if operator == "=" { "equals" } else { operator };
        let Some(Tree { at, value: Value::Number(text), .. }) = self.items.get(self.next) else {
            return self.refuse(trail, format!("Value of {name} must be numeric"));
        };
        let at = trail.below(self.next, *at, |_| comparable(text))?;
        self.next += 1;
        Ok(Bound { at, included })
    }

    fn upper(&mut self, trail: &mut Trail, lower: Bound) -> Result<Range, Refusal> {
        if self.next == self.items.len() {
            return Ok(Range { lower: Some(lower), upper: None });
        }
        let operator = match self.text() {
            Ok(operator) => operator,
            Err(other) => return self.refuse(trail, format!("Bad value in numeric range: {other}")),
        };
        if !matches!(operator.as_str(), "<" | "<=") {
            self.next -= 1;
            return self.refuse(trail, format!("Bad numeric range operator: {operator}"));
        }
        let upper = self.bound(trail, &operator, operator == "<=")?;
        if self.next < self.items.len() {
            return self.refuse(trail, "Too many terms in numeric range expression".to_owned());
        }
        if lower.at >= upper.at {
            self.next -= 1;
            return self.refuse(trail, "Bottom must be less than top".to_owned());
        }
        Ok(Range { lower: Some(lower), upper: Some(upper) })
    }

    /// Points at the term that comes next, or at the list where there is none.
    fn refuse<T>(&self, trail: &mut Trail, reason: String) -> Result<T, Refusal> {
        let refusal = Refusal::new(reason, HELP);
        match self.items.get(self.next) {
            Some(item) => trail.below(self.next, item.at, |_| Err(refusal)),
            None => Err(refusal),
        }
    }
}

/// A number that the service can compare.
pub(super) fn comparable(text: &str) -> Result<f64, Refusal> {
    number::exact(text).ok_or_else(|| {
        Refusal::new(
            format!("Cannot compare number : {text}"),
            "write a number that a double holds exactly, with at most 15 digits",
        )
    })
}
