//! `numeric`: a Number in a range.

use json_document::text::{Tree, Value};

use crate::cursor::Cursor;
use crate::error::Rejection;
use crate::number;

pub(crate) const NAME: &str = "numeric";

const HELP: &str =
    "write an operator and a number, [\"<\", 5], or a lower bound before an upper one, [\">\", 0, \"<=\", 5]";

/// An interval of Numbers, open at an end that has no bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NumericRange {
    pub(crate) lower: Option<Bound>,
    pub(crate) upper: Option<Bound>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bound {
    pub(crate) value: f64,
    pub(crate) is_inclusive: bool,
}

impl NumericRange {
    pub(crate) fn parse(tree: &Tree<'_>, cursor: &mut Cursor) -> Result<Self, Rejection> {
        let Value::Array(items) = &tree.value else {
            return Err(Rejection::new("Value of numeric must be an array.", HELP));
        };
        let mut terms = Terms { items, next: 0 };
        let operator = match terms.read_string() {
            Ok(operator) => operator,
            Err(other) => return terms.reject(cursor, format!("Invalid member in numeric match: {other}")),
        };
        let range = match operator.as_str() {
            "=" => {
                let bound = Some(terms.read_bound(cursor, &operator)?);
                Self { lower: bound, upper: bound }
            }
            "<" | "<=" => Self { lower: None, upper: Some(terms.read_bound(cursor, &operator)?) },
            ">" | ">=" => {
                let lower = terms.read_bound(cursor, &operator)?;
                return terms.read_upper_bound(cursor, lower);
            }
            _ => {
                terms.next = 0;
                return terms.reject(cursor, format!("Unrecognized numeric range operator: {operator}"));
            }
        };
        if terms.next < items.len() {
            return terms.reject(cursor, "Too many elements in numeric expression".to_owned());
        }
        Ok(range)
    }

    #[expect(clippy::float_cmp, reason = "an inclusive bound contains exactly its own double")]
    pub(crate) fn contains(&self, number: f64) -> bool {
        let is_above =
            self.lower.is_none_or(|bound| number > bound.value || bound.is_inclusive && number == bound.value);
        is_above && self.upper.is_none_or(|bound| number < bound.value || bound.is_inclusive && number == bound.value)
    }
}

/// The terms in the array, read one after the other.
struct Terms<'a, 't> {
    items: &'a [Tree<'t>],
    next: usize,
}

impl Terms<'_, '_> {
    /// Reads a String, or returns the token that the service names in its error.
    fn read_string(&mut self) -> Result<String, String> {
        let Some(item) = self.items.get(self.next) else { return Err("]".to_owned()) };
        match &item.value {
            Value::String(text) => {
                self.next += 1;
                Ok(text.clone().into_owned())
            }
            Value::Number(text) => Err((*text).to_owned()),
            Value::Boolean(value) => Err(value.to_string()),
            Value::Null => Err("null".to_owned()),
            Value::Array(_) => Err("[".to_owned()),
            Value::Object(_) => Err("{".to_owned()),
        }
    }

    fn read_bound(&mut self, cursor: &mut Cursor, operator: &str) -> Result<Bound, Rejection> {
        let name = if operator == "=" { "equals" } else { operator };
        let Some(Tree { offset, value: Value::Number(text), .. }) = self.items.get(self.next) else {
            return self.reject(cursor, format!("Value of {name} must be numeric"));
        };
        let value = cursor.descend(self.next, *offset, |_| comparable_double(text))?;
        self.next += 1;
        Ok(Bound { value, is_inclusive: operator.ends_with('=') })
    }

    fn read_upper_bound(&mut self, cursor: &mut Cursor, lower: Bound) -> Result<NumericRange, Rejection> {
        if self.next == self.items.len() {
            return Ok(NumericRange { lower: Some(lower), upper: None });
        }
        let operator = match self.read_string() {
            Ok(operator) => operator,
            Err(other) => return self.reject(cursor, format!("Bad value in numeric range: {other}")),
        };
        if !matches!(operator.as_str(), "<" | "<=") {
            self.next -= 1;
            return self.reject(cursor, format!("Bad numeric range operator: {operator}"));
        }
        let upper = self.read_bound(cursor, &operator)?;
        if self.next < self.items.len() {
            return self.reject(cursor, "Too many terms in numeric range expression".to_owned());
        }
        if lower.value >= upper.value {
            self.next -= 1;
            return self.reject(cursor, "Bottom must be less than top".to_owned());
        }
        Ok(NumericRange { lower: Some(lower), upper: Some(upper) })
    }

    /// Rejects the next term, or the array if there is no next one.
    fn reject<T>(&self, cursor: &mut Cursor, reason: String) -> Result<T, Rejection> {
        let rejection = Rejection::new(reason, HELP);
        match self.items.get(self.next) {
            Some(item) => cursor.descend(self.next, item.offset, |_| Err(rejection)),
            None => Err(rejection),
        }
    }
}

/// Parses a number that the service can compare: one that is exactly a double.
pub(crate) fn comparable_double(text: &str) -> Result<f64, Rejection> {
    number::exact_double(text).ok_or_else(|| {
        Rejection::new(
            format!("Cannot compare number : {text}"),
            "write a number that is exactly a double, with at most 15 digits",
        )
    })
}
