//! What a pattern says, as it was written: its lists in the order of the text.

use super::error::{PatternError, Refusal};
use super::matcher::Matcher;
use super::or;
use super::trail::Trail;
use json_document::Pointer;
use json_document::text::{self as json, Member, Tree, Value};

/// A pattern taken apart.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) lists: Vec<List>,
    pub(super) steps: Vec<Step>,
}

/// The matches of one field.
#[derive(Debug, Clone)]
pub(super) struct List {
    /// The names on the way to the field, joined with dots.
    pub(super) path: String,
    pub(super) place: Place,
    pub(super) items: Vec<Item>,
    /// Whether it stands in a branch of `$or`.
    pub(super) branch: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) matcher: Matcher,
    pub(super) place: Place,
}

/// Where something stands in the text.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The byte of its name, where it is a field, else of itself.
    pub(super) at: usize,
    /// The bytes from which and to which its value goes.
    pub(super) value: usize,
    pub(super) end: usize,
    pub(super) pointer: Pointer,
}

/// What a pattern does to the conditions that stand before it.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Puts a list, by its number, in the place of any other for its path.
    Put(usize),
    /// Goes on in several ways.
    Branch(Place, Vec<Vec<Step>>),
}

/// Reads a pattern.
pub(super) fn read(text: &str) -> Result<Source, PatternError> {
    let tree = json::parse(text).map_err(|fault| {
        let refusal = Refusal::new(format!("not JSON: {}", fault.kind), "write one JSON object");
        PatternError::new(text, fault.at, Pointer::ROOT, refusal)
    })?;
    let mut reader = Reader { lists: Vec::new(), trail: Trail::default(), path: String::new() };
    match reader.root(&tree) {
        Ok(steps) => Ok(Source { lists: reader.lists, steps }),
        Err(refusal) => {
            let (at, pointer) = reader.trail.into_parts();
            Err(PatternError::new(text, at, pointer, refusal))
        }
    }
}

struct Reader {
    lists: Vec<List>,
    trail: Trail,
    path: String,
}

impl Reader {
    fn root(&mut self, tree: &Tree<'_>) -> Result<Vec<Step>, Refusal> {
        let Value::Object(members) = &tree.value else {
            return Err(Refusal::new("Filter is not an object", "write an object of fields: {\"source\": [\"a\"]}"));
        };
        let mut steps = Vec::new();
        self.object(members, None, false, &mut steps)?;
        Ok(steps)
    }

    /// The members of an object; `above` is the length of the path to it, where there is one.
    fn object(
        &mut self,
        members: &[Member<'_>],
        above: Option<usize>,
        branch: bool,
        steps: &mut Vec<Step>,
    ) -> Result<(), Refusal> {
        if members.is_empty() {
            return Err(Refusal::new(
                "Empty objects are not allowed",
                "write a field with a list, or leave the object out: what a pattern does not name, it does not look at",
            ));
        }
        for member in members {
            self.below(&member.name, member.at, |reader| {
                if member.name == or::NAME {
                    return reader.branches(&member.tree, above, steps);
                }
                if branch {
                    or::check_name(&member.name)?;
                }
                // The service forgets the dot where the path to a list is one empty name: the list is for `v`, not `.v`.
                let is_list = matches!(member.tree.value, Value::Array(_));
                if above.is_some_and(|length| length > 0 || !is_list) {
                    reader.path.push('.');
                }
                reader.path.push_str(&member.name);
                reader.field(member, branch, steps)?;
                reader.path.truncate(above.unwrap_or(0));
                Ok(())
            })?;
        }
        Ok(())
    }

    fn field(&mut self, member: &Member<'_>, branch: bool, steps: &mut Vec<Step>) -> Result<(), Refusal> {
        match &member.tree.value {
            Value::Object(members) => self.object(members, Some(self.path.len()), branch, steps),
            Value::Array(items) => {
                let place = self.place(&member.tree);
                let items = items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| {
                        self.below(index, item.at, |reader| {
                            let place = reader.place(item);
                            Ok(Item { matcher: Matcher::parse(item, &mut reader.trail)?, place })
                        })
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                if items.is_empty() {
                    return Err(Refusal::new(
                        "Empty arrays are not allowed",
                        "write the values to find, or [{\"exists\": true}] for any",
                    ));
                }
                steps.push(Step::Put(self.lists.len()));
                self.lists.push(List { path: self.path.clone(), place, items, branch });
                Ok(())
            }
            Value::String(text) => Err(bare(&member.name, &serde_json::Value::from(&**text).to_string())),
            Value::Number(text) => Err(bare(&member.name, text)),
            Value::Boolean(value) => Err(bare(&member.name, &value.to_string())),
            Value::Null => Err(bare(&member.name, "null")),
        }
    }

    fn branches(&mut self, tree: &Tree<'_>, above: Option<usize>, steps: &mut Vec<Step>) -> Result<(), Refusal> {
        let Value::Array(items) = &tree.value else { return Err(or::not_a_list()) };
        let place = self.place(tree);
        let mut branches = Vec::new();
        for (index, item) in items.iter().enumerate() {
            self.below(index, item.at, |reader| {
                let Value::Object(members) = &item.value else { return Err(or::not_an_object()) };
                let mut steps = Vec::new();
                reader.object(members, above, true, &mut steps)?;
                branches.push(steps);
                Ok(())
            })?;
        }
        if branches.len() < 2 {
            return Err(or::too_few());
        }
        steps.push(Step::Branch(place, branches));
        Ok(())
    }

    fn below<T>(
        &mut self,
        segment: impl std::fmt::Display,
        at: usize,
        read: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut trail = std::mem::take(&mut self.trail);
        let result = trail.below(segment, at, |trail| {
            std::mem::swap(&mut self.trail, trail);
            let result = read(self);
            std::mem::swap(&mut self.trail, trail);
            result
        });
        self.trail = trail;
        result
    }

    fn place(&self, tree: &Tree<'_>) -> Place {
        Place { at: self.trail.at(), value: tree.at, end: tree.end(), pointer: self.trail.pointer().clone() }
    }
}
/// A value that stands where a list of values is wanted.
fn bare(name: &str, value: &str) -> Refusal {
    Refusal::new(format!("\"{name}\" must be an object or an array"), format!("write the value in brackets: [{value}]"))
}
