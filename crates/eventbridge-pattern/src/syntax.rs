//! Syntax tree of a pattern: its match arrays in the order of the text, and the `$or`s around them.

use json_document::Pointer;
use json_document::text::{self as json, Member, Tree, Value};

use crate::cursor::Cursor;
use crate::error::{PatternError, Rejection};
use crate::matcher::Matcher;
use crate::or;

#[derive(Debug, Clone)]
pub(crate) struct SyntaxTree {
    pub(crate) arrays: Vec<MatchArray>,
    pub(crate) clauses: Vec<Clause>,
}

/// The array of matchers for one field.
#[derive(Debug, Clone)]
pub(crate) struct MatchArray {
    /// The names that lead to the field, joined with dots.
    pub(crate) path: String,
    pub(crate) location: Location,
    pub(crate) items: Vec<MatchItem>,
    pub(crate) is_in_or: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct MatchItem {
    pub(crate) matcher: Matcher,
    pub(crate) location: Location,
}

/// Bytes and JSON pointer of a part of the text.
#[derive(Debug, Clone)]
pub(crate) struct Location {
    /// First byte of the member name, or of the value if it has no name.
    pub(crate) start: usize,
    pub(crate) value_start: usize,
    pub(crate) value_end: usize,
    pub(crate) pointer: Pointer,
}

/// One member of a pattern, in the order in which the service compiles them.
#[derive(Debug, Clone)]
pub(crate) enum Clause {
    /// A condition on a path, by its index in [`SyntaxTree::arrays`]. It replaces an earlier condition on the same path.
    Condition(usize),
    /// An `$or` with the clauses of each branch.
    Or(Location, Vec<Vec<Clause>>),
}

pub(crate) fn parse(text: &str) -> Result<SyntaxTree, PatternError> {
    let tree = json::parse(text).map_err(|error| {
        let rejection = Rejection::new(format!("not JSON: {}", error.kind), "write one JSON object");
        PatternError::new(text, error.offset, Pointer::ROOT, rejection)
    })?;
    let mut parser = Parser { arrays: Vec::new(), cursor: Cursor::default(), path: String::new() };
    match parser.parse_root(&tree) {
        Ok(clauses) => Ok(SyntaxTree { arrays: parser.arrays, clauses }),
        Err(rejection) => {
            let (at, pointer) = parser.cursor.into_parts();
            Err(PatternError::new(text, at, pointer, rejection))
        }
    }
}

struct Parser {
    arrays: Vec<MatchArray>,
    cursor: Cursor,
    path: String,
}

/// The object around the members that are being parsed.
#[derive(Clone, Copy)]
struct Parent {
    /// Length of the path to the object, `None` for the root.
    path_length: Option<usize>,
    is_in_or: bool,
}

impl Parser {
    fn parse_root(&mut self, tree: &Tree<'_>) -> Result<Vec<Clause>, Rejection> {
        let Value::Object(members) = &tree.value else {
            return Err(Rejection::new("Filter is not an object", "write an object of fields: {\"source\": [\"a\"]}"));
        };
        let mut clauses = Vec::new();
        self.parse_object(members, Parent { path_length: None, is_in_or: false }, &mut clauses)?;
        Ok(clauses)
    }

    fn parse_object(
        &mut self,
        members: &[Member<'_>],
        parent: Parent,
        clauses: &mut Vec<Clause>,
    ) -> Result<(), Rejection> {
        if members.is_empty() {
            return Err(Rejection::new(
                "Empty objects are not allowed",
                "write a field with an array of matchers, or omit the object: a pattern ignores fields it does not name",
            ));
        }
        for member in members {
            self.descend(&member.name, member.offset, |parser| {
                if member.name == or::NAME {
                    return parser.parse_or(&member.tree, parent.path_length, clauses);
                }
                if parent.is_in_or {
                    or::check_name(&member.name)?;
                }
                // The service drops the dot if the path to an array is one empty name: the path is `v`, not `.v`.
                let is_array = matches!(member.tree.value, Value::Array(_));
                if parent.path_length.is_some_and(|length| length > 0 || !is_array) {
                    parser.path.push('.');
                }
                parser.path.push_str(&member.name);
                parser.parse_field(member, parent.is_in_or, clauses)?;
                parser.path.truncate(parent.path_length.unwrap_or(0));
                Ok(())
            })?;
        }
        Ok(())
    }

    fn parse_field(&mut self, member: &Member<'_>, is_in_or: bool, clauses: &mut Vec<Clause>) -> Result<(), Rejection> {
        match &member.tree.value {
            Value::Object(members) => {
                self.parse_object(members, Parent { path_length: Some(self.path.len()), is_in_or }, clauses)
            }
            Value::Array(items) => {
                let location = self.locate(&member.tree);
                let items = items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| {
                        self.descend(index, item.offset, |parser| {
                            let location = parser.locate(item);
                            Ok(MatchItem { matcher: Matcher::parse(item, &mut parser.cursor)?, location })
                        })
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                if items.is_empty() {
                    return Err(Rejection::new(
                        "Empty arrays are not allowed",
                        "write the values to match, or [{\"exists\": true}] for any value",
                    ));
                }
                clauses.push(Clause::Condition(self.arrays.len()));
                self.arrays.push(MatchArray { path: self.path.clone(), location, items, is_in_or });
                Ok(())
            }
            Value::String(text) => Err(not_in_array(&member.name, &serde_json::Value::from(&**text).to_string())),
            Value::Number(text) => Err(not_in_array(&member.name, text)),
            Value::Boolean(value) => Err(not_in_array(&member.name, &value.to_string())),
            Value::Null => Err(not_in_array(&member.name, "null")),
        }
    }

    fn parse_or(
        &mut self,
        tree: &Tree<'_>,
        path_length: Option<usize>,
        clauses: &mut Vec<Clause>,
    ) -> Result<(), Rejection> {
        let Value::Array(items) = &tree.value else { return Err(or::not_an_array()) };
        let location = self.locate(tree);
        let mut branches = Vec::new();
        for (index, item) in items.iter().enumerate() {
            self.descend(index, item.offset, |parser| {
                let Value::Object(members) = &item.value else { return Err(or::not_an_object()) };
                let mut branch = Vec::new();
                parser.parse_object(members, Parent { path_length, is_in_or: true }, &mut branch)?;
                branches.push(branch);
                Ok(())
            })?;
        }
        if branches.len() < 2 {
            return Err(or::too_few_branches());
        }
        clauses.push(Clause::Or(location, branches));
        Ok(())
    }

    /// Calls [`Cursor::descend`] with the whole parser.
    fn descend<T>(
        &mut self,
        segment: impl std::fmt::Display,
        at: usize,
        parse: impl FnOnce(&mut Self) -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        let mut cursor = std::mem::take(&mut self.cursor);
        let result = cursor.descend(segment, at, |cursor| {
            std::mem::swap(&mut self.cursor, cursor);
            let result = parse(self);
            std::mem::swap(&mut self.cursor, cursor);
            result
        });
        self.cursor = cursor;
        result
    }

    fn locate(&self, tree: &Tree<'_>) -> Location {
        Location {
            start: self.cursor.at(),
            value_start: tree.offset,
            value_end: tree.end(),
            pointer: self.cursor.pointer().clone(),
        }
    }
}

fn not_in_array(name: &str, value: &str) -> Rejection {
    Rejection::new(
        format!("\"{name}\" must be an object or an array"),
        format!("write the value in brackets: [{value}]"),
    )
}
