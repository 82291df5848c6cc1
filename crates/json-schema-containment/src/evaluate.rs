//! Whether a formula holds of a document.

use foldhash::{HashMap, HashMapExt as _};
use serde_json::Value;

use super::document::address;
use super::formula::{Atom, Id, Node, Type};
use super::lower::Lowering;
use super::number::{equality_key, is_multiple, is_spelled_as_integer, to_rational};

impl Lowering<'_> {
    /// Whether the formula holds; `None` where it says something that we cannot check.
    pub(super) fn evaluate(&mut self, id: Id, value: &Value) -> Option<bool> {
        Evaluation { lowering: self, known: HashMap::new() }.evaluate(id, value)
    }
}

/// What was found of a document and all within it: much of a formula may say the same.
struct Evaluation<'l, 'a> {
    lowering: &'l mut Lowering<'a>,
    known: HashMap<(Id, usize), Option<bool>>,
}

impl Evaluation<'_, '_> {
    fn evaluate(&mut self, id: Id, value: &Value) -> Option<bool> {
        let node = std::rc::Rc::clone(self.lowering.store.node(id));
        if let Node::True | Node::False | Node::Types(_) | Node::In(_) | Node::NotIn(_) = &*node {
            return self.node(&node, value);
        }
        if let Some(known) = self.known.get(&(id, address(value))) {
            return *known;
        }
        let holds = self.node(&node, value);
        self.known.insert((id, address(value)), holds);
        holds
    }

    fn node(&mut self, node: &Node, value: &Value) -> Option<bool> {
        match node {
            Node::True => Some(true),
            Node::False => Some(false),
            Node::And(parts) => self.all(parts.iter().copied(), |this, part| this.evaluate(part, value)),
            Node::Or(parts) => self
                .all(parts.iter().copied(), |this, part| this.evaluate(part, value).map(|holds| !holds))
                .map(|none| !none),
            Node::Types(types) => Some(types.has(Type::of(value))),
            Node::In(set) => Some(self.lowering.store.set(*set).has(value)),
            Node::NotIn(set) => Some(!self.lowering.store.set(*set).has(value)),
            Node::Call { target, holds } => {
                let body = self.lowering.call(*target, *holds);
                self.evaluate(body, value)
            }
            Node::Atom(atom) => self.evaluate_atom(atom, value),
        }
    }

    /// Whether it holds of all; one for which it does not is enough to know.
    fn all<T>(
        &mut self,
        each: impl Iterator<Item = T>,
        mut holds: impl FnMut(&mut Self, T) -> Option<bool>,
    ) -> Option<bool> {
        let mut known = true;
        for one in each {
            match holds(self, one) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => known = false,
            }
        }
        known.then_some(true)
    }

    fn evaluate_atom(&mut self, atom: &Atom, value: &Value) -> Option<bool> {
        match value {
            Value::Number(number) => Some(match atom {
                Atom::Spelled { integer } => return is_spelled_as_integer(number).map(|is| is == *integer),
                Atom::AtLeast { bound, strict } => {
                    to_rational(number) > *bound || (!strict && to_rational(number) == *bound)
                }
                Atom::AtMost { bound, strict } => {
                    to_rational(number) < *bound || (!strict && to_rational(number) == *bound)
                }
                Atom::MultipleOf(of) => is_multiple(&to_rational(number), of),
                Atom::NotMultipleOf(of) => !is_multiple(&to_rational(number), of),
                other => {
                    debug_assert!(other.of() != Type::Number);
                    true
                }
            }),
            Value::String(text) => match atom {
                Atom::MinLength(count) => Some(text.chars().count() as u64 >= *count),
                Atom::MaxLength(count) => Some(text.chars().count() as u64 <= *count),
                Atom::Language { language, holds } => {
                    Some(self.lowering.sources.languages.matches(*language, text) == *holds)
                }
                Atom::Opaque { name, holds } => super::format::decide_predicate(name, text).map(|is| is == *holds),
                other => {
                    debug_assert!(other.of() != Type::String);
                    Some(true)
                }
            },
            Value::Array(items) => self.evaluate_items(atom, items),
            Value::Object(members) => match atom {
                Atom::MinProperties(count) => Some(members.len() as u64 >= *count),
                Atom::MaxProperties(count) => Some(members.len() as u64 <= *count),
                Atom::IfMember(name, inner) => match members.get(&**name) {
                    Some(value) => self.evaluate(*inner, value),
                    None => Some(true),
                },
                Atom::Member(name, inner) => match members.get(&**name) {
                    Some(value) => self.evaluate(*inner, value),
                    None => Some(false),
                },
                Atom::AllMembers { names, value } => {
                    let (names, value) = (self.lowering.store.not(*names), *value);
                    let either = [names, value];
                    self.all(members.iter(), |this, member| this.member(either, member))
                }
                Atom::SomeMember { names, value } => {
                    let either = [self.lowering.store.not(*names), self.lowering.store.not(*value)];
                    self.all(members.iter(), |this, member| this.member(either, member)).map(|none| !none)
                }
                other => {
                    debug_assert!(other.of() != Type::Object);
                    Some(true)
                }
            },
            Value::Null | Value::Bool(_) => Some(true),
        }
    }

    /// Whether the name is so, or the value.
    fn member(&mut self, [names, value]: [Id; 2], (name, member): (&String, &Value)) -> Option<bool> {
        // A name is no part of the document: what is known of it is not kept.
        match self.lowering.evaluate(names, &Value::String(name.clone())) {
            Some(true) => Some(true),
            Some(false) => self.evaluate(value, member),
            None => self.evaluate(value, member).filter(|holds| *holds),
        }
    }

    fn evaluate_items(&mut self, atom: &Atom, items: &[Value]) -> Option<bool> {
        let at = |index: u64| usize::try_from(index).ok().and_then(|index| items.get(index));
        let from = |index: u64| items.iter().skip(usize::try_from(index).unwrap_or(usize::MAX));
        match atom {
            Atom::MinItems(count) => Some(items.len() as u64 >= *count),
            Atom::MaxItems(count) => Some(items.len() as u64 <= *count),
            Atom::ItemAt(index, inner) => at(*index).map_or(Some(true), |item| self.evaluate(*inner, item)),
            Atom::Item(index, inner) => at(*index).map_or(Some(false), |item| self.evaluate(*inner, item)),
            Atom::ItemsFrom(index, inner) => self.all(from(*index), |this, item| this.evaluate(*inner, item)),
            Atom::CountAtLeast { from: index, item, count } => {
                let (least, most) = self.count_items(from(*index), *item);
                if least >= *count { Some(true) } else { (most < *count).then_some(false) }
            }
            Atom::CountAtMost { from: index, item, count } => {
                let (least, most) = self.count_items(from(*index), *item);
                if most <= *count { Some(true) } else { (least > *count).then_some(false) }
            }
            Atom::Unique { holds } => {
                let mut keys: Vec<String> = items.iter().map(equality_key).collect();
                keys.sort_unstable();
                Some(keys.windows(2).all(|pair| pair[0] != pair[1]) == *holds)
            }
            other => {
                debug_assert!(other.of() != Type::Array);
                Some(true)
            }
        }
    }

    /// How many items are surely so, and how many may be.
    fn count_items<'v>(&mut self, items: impl Iterator<Item = &'v Value>, formula: Id) -> (u64, u64) {
        items.fold((0, 0), |(least, most), item| match self.evaluate(formula, item) {
            Some(true) => (least + 1, most + 1),
            Some(false) => (least, most),
            None => (least, most + 1),
        })
    }
}
