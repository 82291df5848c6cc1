//! Evaluation of a formula on a document: three-valued, because some atoms are not decided here.
//!
//! The solver evaluates formulas in three places: on the values of `enum` and `const`, on names of
//! members (which rules apply to this name?), and to find the place of a violation in a document.
//! It is not used to confirm witnesses, which [`super::validator`] does without formulas.
//!
//! The result is `None` only if it depends on an opaque format or pattern, or on a divisor of more
//! digits than are computed with. Connectives follow Kleene's strong logic, as the decisions of the
//! solver do, so that a known operand decides where it can.
//!
//! The cost is linear in the pairs of subformula and value, by a memo. Recursion follows the
//! document: each reference that leads back to itself has stepped into a member or an item, because
//! in-place cycles have no formula.

use foldhash::{HashMap, HashMapExt as _};
use json_document::exact::ExactValue as Value;

use super::document::address;
use super::formula::{Atom, FormulaId, JsonType, Node};
use super::lower::Lowering;
use super::number::{equality_key, is_multiple, is_spelled_as_integer};

impl Lowering<'_> {
    /// Evaluates a formula on a document; `None` if the result depends on an opaque format or
    /// pattern, or a divisor that is too long.
    pub(super) fn evaluate(&mut self, id: FormulaId, value: &Value) -> Option<bool> {
        Evaluation { lowering: self, memo: HashMap::new() }.evaluate(id, value)
    }
}

/// One evaluation, with a memo of results by formula and address of the value: formulas are shared,
/// so that a naive walk can be exponential in their size.
///
/// The address identifies a value for as long as the document is borrowed. Values that are made on
/// the way must not enter the memo.
struct Evaluation<'l, 'a> {
    lowering: &'l mut Lowering<'a>,
    memo: HashMap<(FormulaId, usize), Option<bool>>,
}

impl Evaluation<'_, '_> {
    fn evaluate(&mut self, id: FormulaId, value: &Value) -> Option<bool> {
        let node = std::rc::Rc::clone(self.lowering.store.node(id));
        if let Node::True | Node::False | Node::Types(_) | Node::In(_) | Node::NotIn(_) = &*node {
            return self.node(&node, value);
        }
        if let Some(known) = self.memo.get(&(id, address(value))) {
            return *known;
        }
        let holds = self.node(&node, value);
        self.memo.insert((id, address(value)), holds);
        holds
    }

    /// Evaluates a node by its definition. A disjunction is computed as the negated conjunction of
    /// its negated operands.
    fn node(&mut self, node: &Node, value: &Value) -> Option<bool> {
        match node {
            Node::True => Some(true),
            Node::False => Some(false),
            Node::And(parts) => self.conjunction(parts.iter().copied(), |this, part| this.evaluate(part, value)),
            Node::Or(parts) => self
                .conjunction(parts.iter().copied(), |this, part| this.evaluate(part, value).map(|holds| !holds))
                .map(|none| !none),
            Node::Types(types) => Some(types.contains(JsonType::from_value(value))),
            Node::In(set) => Some(self.lowering.store.value_set(*set).contains(value)),
            Node::NotIn(set) => Some(!self.lowering.store.value_set(*set).contains(value)),
            Node::Reference { target, polarity } => {
                let body = self.lowering.expand(*target, *polarity);
                self.evaluate(body, value)
            }
            Node::AtMostOne { alternatives, polarity } => {
                let (min, max) = self.count(alternatives.iter().map(|&alternative| (alternative, value)));
                let is_one = if max <= 1 { Some(true) } else { (min > 1).then_some(false) };
                is_one.map(|is_one| polarity.apply(is_one))
            }
            Node::Atom(atom) => self.evaluate_atom(atom, value),
        }
    }

    /// Conjunction of Kleene's three-valued logic: false if one is false, else unknown if one is unknown.
    fn conjunction<T>(
        &mut self,
        operands: impl Iterator<Item = T>,
        mut evaluate: impl FnMut(&mut Self, T) -> Option<bool>,
    ) -> Option<bool> {
        let mut is_known = true;
        for operand in operands {
            match evaluate(self, operand) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => is_known = false,
            }
        }
        is_known.then_some(true)
    }

    /// Evaluates an atom. On a value of another type than its own it is true.
    fn evaluate_atom(&mut self, atom: &Atom, value: &Value) -> Option<bool> {
        match value {
            Value::Number(number) => match atom {
                Atom::IntegerLiteral { polarity } => Some(polarity.apply(is_spelled_as_integer(number))),
                Atom::Minimum { bound, exclusive } => {
                    Some(number.decimal() > bound || (!exclusive && number.decimal() == bound))
                }
                Atom::Maximum { bound, exclusive } => {
                    Some(number.decimal() < bound || (!exclusive && number.decimal() == bound))
                }
                Atom::MultipleOf(divisor) => is_multiple(number.decimal(), divisor),
                Atom::NotMultipleOf(divisor) => is_multiple(number.decimal(), divisor).map(|is| !is),
                other => {
                    debug_assert!(other.json_type() != JsonType::Number);
                    Some(true)
                }
            },
            Value::String(text) => match atom {
                Atom::MinLength(count) => Some(text.chars().count() as u64 >= *count),
                Atom::MaxLength(count) => Some(text.chars().count() as u64 <= *count),
                Atom::Language { language, polarity } => {
                    self.lowering.sources.languages.matches(*language, text).ok().map(|matches| polarity.apply(matches))
                }
                Atom::Opaque { predicate, polarity } => {
                    super::format::decide_predicate(predicate, text).map(|is| polarity.apply(is))
                }
                other => {
                    debug_assert!(other.json_type() != JsonType::String);
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
                Atom::EveryMember { names, value } => {
                    let (names, value) = (self.lowering.store.not(*names), *value);
                    let either = [names, value];
                    self.conjunction(members.iter(), |this, member| this.evaluate_member(either, member))
                }
                Atom::SomeMember { names, value } => {
                    let either = [self.lowering.store.not(*names), self.lowering.store.not(*value)];
                    self.conjunction(members.iter(), |this, member| this.evaluate_member(either, member))
                        .map(|none| !none)
                }
                other => {
                    debug_assert!(other.json_type() != JsonType::Object);
                    Some(true)
                }
            },
            Value::Null | Value::Bool(_) => Some(true),
        }
    }

    /// Evaluates the disjunction of a formula on the name of a member and one on its value.
    fn evaluate_member(&mut self, [names, value]: [FormulaId; 2], (name, member): (&String, &Value)) -> Option<bool> {
        // The value for the name is temporary, and must not enter the memo: its address may be reused. So it gets its own.
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
            Atom::IfItem(index, inner) => at(*index).map_or(Some(true), |item| self.evaluate(*inner, item)),
            Atom::Item(index, inner) => at(*index).map_or(Some(false), |item| self.evaluate(*inner, item)),
            Atom::EveryItem(index, inner) => self.conjunction(from(*index), |this, item| this.evaluate(*inner, item)),
            Atom::MinContains { from: index, item, count } => {
                let (min, max) = self.count(from(*index).map(|value| (*item, value)));
                if min >= *count { Some(true) } else { (max < *count).then_some(false) }
            }
            Atom::MaxContains { from: index, item, count } => {
                let (min, max) = self.count(from(*index).map(|value| (*item, value)));
                if max <= *count { Some(true) } else { (min > *count).then_some(false) }
            }
            Atom::UniqueItems { polarity } => {
                let mut keys: Vec<String> = items.iter().map(equality_key).collect();
                keys.sort_unstable();
                Some(polarity.apply(keys.windows(2).all(|pair| pair[0] != pair[1])))
            }
            other => {
                debug_assert!(other.json_type() != JsonType::Array);
                Some(true)
            }
        }
    }

    /// Counts the formulas that hold for their values: a lower and an upper bound, apart if some are
    /// unknown.
    fn count<'v>(&mut self, pairs: impl Iterator<Item = (FormulaId, &'v Value)>) -> (u64, u64) {
        pairs.fold((0, 0), |(min, max), (formula, value)| match self.evaluate(formula, value) {
            Some(true) => (min + 1, max + 1),
            Some(false) => (min, max),
            None => (min, max + 1),
        })
    }
}
