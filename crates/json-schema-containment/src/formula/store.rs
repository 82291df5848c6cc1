//! The store of formulas: hash-consing, with simplification where a formula is built.
//!
//! Hash-consing gives structurally equal formulas one number (Filliâtre and Conchon, *Type-Safe
//! Modular Hash-Consing*, ML 2006). Equality, hashing and memoisation of formulas are then
//! operations on an integer.
//!
//! Constructors simplify by the laws that cost no search:
//!
//! | law | example |
//! |---|---|
//! | unit and zero | *a* and true = *a*, *a* and false = false |
//! | idempotence, commutativity, associativity | operands are flattened, sorted and distinct |
//! | contradiction, excluded middle | *a* and not *a* = false, if the negation has been computed |
//! | union of value sets | one of {1} or one of {2} = one of {1, 2} |
//! | union of types | `type: [string, null]` is one set, `integer` is absorbed by `number` |
//! | trivial atoms | `minItems: 0` = true |
//!
//! They do not look for contradictions between atoms, which is the solver's task. Each law is an
//! equivalence, so that simplification cannot make a verdict wrong, only cheaper.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _};
use json_document::exact::ExactValue as Value;

use super::super::number::{equality_key, one};
use super::{Atom, FormulaId, JsonType, Node, Polarity, TargetId, TypeSet, ValueSet, ValueSetId};

/// All formulas of one question, each once. Nothing is ever removed: a question is short-lived, and
/// its budget bounds the growth.
pub(crate) struct Store {
    nodes: Vec<Rc<Node>>,
    ids: HashMap<Rc<Node>, FormulaId>,
    /// Negations that have been computed, by formula. It is an involution wherever both directions are known.
    pub(super) negations: Vec<Option<FormulaId>>,
    value_sets: Vec<Rc<ValueSet>>,
    value_set_ids: HashMap<Vec<String>, ValueSetId>,
}

/// The two connectives, which are dual to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Connective {
    And,
    Or,
}

impl Connective {
    /// The operand that changes nothing, which is also the value without operands.
    const fn unit(self) -> FormulaId {
        match self {
            Self::And => FormulaId::TRUE,
            Self::Or => FormulaId::FALSE,
        }
    }

    /// The operand that decides the value on its own.
    const fn zero(self) -> FormulaId {
        match self {
            Self::And => FormulaId::FALSE,
            Self::Or => FormulaId::TRUE,
        }
    }
}

impl Store {
    pub(crate) fn new() -> Self {
        let mut store = Self {
            nodes: Vec::new(),
            ids: HashMap::new(),
            negations: Vec::new(),
            value_sets: Vec::new(),
            value_set_ids: HashMap::new(),
        };
        let (yes, no) = (store.intern(Node::True), store.intern(Node::False));
        debug_assert_eq!((yes, no), (FormulaId::TRUE, FormulaId::FALSE));
        store.negations[yes.index()] = Some(no);
        store.negations[no.index()] = Some(yes);
        store
    }

    pub(crate) fn node(&self, id: FormulaId) -> &Rc<Node> {
        &self.nodes[id.index()]
    }

    pub(crate) fn value_set(&self, id: ValueSetId) -> &Rc<ValueSet> {
        &self.value_sets[id.0 as usize]
    }

    /// Returns a finite set that contains every document of the formula, if one is a conjunct of it.
    pub(crate) fn finite_set(&self, id: FormulaId) -> Option<ValueSetId> {
        let node = &**self.node(id);
        let operands = if let Node::And(operands) = node { &**operands } else { &[id] };
        operands.iter().find_map(|&operand| if let Node::In(set) = **self.node(operand) { Some(set) } else { None })
    }

    /// Returns the number of a node, which is new if no equal node exists. The node must be in
    /// normal form.
    pub(super) fn intern(&mut self, node: Node) -> FormulaId {
        if let Some(&id) = self.ids.get(&node) {
            return id;
        }
        let node = Rc::new(node);
        let id = FormulaId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Rc::clone(&node));
        self.negations.push(None);
        self.ids.insert(node, id);
        id
    }

    /// Returns the formula of an atom, `TRUE` for a trivial one.
    pub(crate) fn atom(&mut self, atom: Atom) -> FormulaId {
        if atom.is_trivial() { FormulaId::TRUE } else { self.intern(Node::Atom(atom)) }
    }

    /// Returns the formula for documents of some types, `TRUE` for all and `FALSE` for none.
    pub(crate) fn types(&mut self, types: TypeSet) -> FormulaId {
        match types {
            TypeSet::ALL => FormulaId::TRUE,
            TypeSet::EMPTY => FormulaId::FALSE,
            _ => self.intern(Node::Types(types)),
        }
    }

    pub(crate) fn is_array(&mut self) -> FormulaId {
        self.types(TypeSet::only(JsonType::Array))
    }

    pub(crate) fn is_object(&mut self) -> FormulaId {
        self.types(TypeSet::only(JsonType::Object))
    }

    /// Returns the formula for numbers without a fraction, however they are written.
    pub(crate) fn integer(&mut self) -> FormulaId {
        let number = self.types(TypeSet::only(JsonType::Number));
        let whole = self.atom(Atom::MultipleOf(one()));
        self.and([number, whole])
    }

    /// Returns the disjunction of the formulas of types, as `type` with an array of names has it.
    ///
    /// Type sets are merged, and `integer` is dropped beside `number`: one type set splits no search, a disjunction does.
    pub(crate) fn any_type(&mut self, types: &[FormulaId]) -> FormulaId {
        let mut merged = TypeSet::EMPTY;
        let mut integers = Vec::new();
        for &id in types {
            match &**self.node(id) {
                Node::Types(types) => merged = merged.union(*types),
                Node::True
                | Node::False
                | Node::And(_)
                | Node::Or(_)
                | Node::In(_)
                | Node::NotIn(_)
                | Node::Reference { .. }
                | Node::AtMostOne { .. }
                | Node::Atom(_) => integers.push(id),
            }
        }
        if merged.contains(JsonType::Number) {
            integers.clear();
        }
        integers.push(self.types(merged));
        self.or(integers)
    }

    /// Returns `maxContains`, with zero as the box that it is equivalent to.
    pub(crate) fn max_contains(&mut self, item: FormulaId, count: u64) -> FormulaId {
        if count == 0 {
            let not = self.not(item);
            return self.atom(Atom::EveryItem(0, not));
        }
        self.atom(Atom::MaxContains { from: 0, item, count })
    }

    /// Returns the formula of the documents of the value's type that differ from it.
    ///
    /// For an array or object it uses no [`Node::NotIn`], because the constructions for these types
    /// do not consider excluded values: the documents differ in size, or in one member or item. Of
    /// an inner array or object the difference is again expressed by `NotIn`, and expanded in the
    /// same way when it is needed.
    pub(crate) fn unequal_to(&mut self, value: &Value) -> FormulaId {
        let mut differences = Vec::new();
        match value {
            Value::Array(items) => {
                let count = items.len() as u64;
                differences.push(self.atom(Atom::MinItems(count + 1)));
                if count > 0 {
                    differences.push(self.atom(Atom::MaxItems(count - 1)));
                }
                for (index, item) in items.iter().enumerate() {
                    let other = self.none_of_values([item.clone()]);
                    differences.push(self.atom(Atom::Item(index as u64, other)));
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    differences.push(self.atom(Atom::IfMember(name.as_str().into(), FormulaId::FALSE)));
                    let other = self.none_of_values([member.clone()]);
                    differences.push(self.atom(Atom::Member(name.as_str().into(), other)));
                }
                let names = self.none_of_values(members.keys().cloned().map(Value::String));
                differences.push(self.atom(Atom::SomeMember { names, value: FormulaId::TRUE }));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                return self.none_of_values([value.clone()]);
            }
        }
        self.or(differences)
    }

    /// Returns the formula of the documents that satisfy at most one of the formulas. One that is
    /// listed twice counts twice.
    pub(crate) fn at_most_one(&mut self, formulas: &[FormulaId]) -> FormulaId {
        let mut alternatives = formulas.to_vec();
        alternatives.retain(|&formula| formula != FormulaId::FALSE);
        alternatives.sort_unstable();
        match *alternatives {
            [] | [_] => FormulaId::TRUE,
            _ => self.intern(Node::AtMostOne { alternatives: alternatives.into(), polarity: Polarity::Positive }),
        }
    }

    /// Returns the formula that represents the target of a reference.
    pub(crate) fn reference(&mut self, target: TargetId) -> FormulaId {
        self.intern(Node::Reference { target, polarity: Polarity::Positive })
    }

    /// Returns the formula of the documents that equal one of the values.
    pub(crate) fn one_of_values(&mut self, values: impl IntoIterator<Item = Value>) -> FormulaId {
        match self.intern_values(values) {
            Some(set) => self.intern(Node::In(set)),
            None => FormulaId::FALSE,
        }
    }

    /// Returns the formula of the documents that equal none of the values.
    pub(crate) fn none_of_values(&mut self, values: impl IntoIterator<Item = Value>) -> FormulaId {
        match self.intern_values(values) {
            Some(set) => self.intern(Node::NotIn(set)),
            None => FormulaId::TRUE,
        }
    }

    /// Interns a set of values; `None` if it is empty.
    fn intern_values(&mut self, values: impl IntoIterator<Item = Value>) -> Option<ValueSetId> {
        let mut entries: Vec<(String, Value)> = values.into_iter().map(|value| (equality_key(&value), value)).collect();
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        entries.dedup_by(|(a, _), (b, _)| a == b);
        if entries.is_empty() {
            return None;
        }
        let keys: Vec<String> = entries.iter().map(|(key, _)| key.clone()).collect();
        if let Some(&id) = self.value_set_ids.get(&keys) {
            return Some(id);
        }
        let id = ValueSetId(u32::try_from(self.value_sets.len()).unwrap_or(u32::MAX));
        self.value_sets.push(Rc::new(ValueSet::from_sorted(entries)));
        self.value_set_ids.insert(keys, id);
        Some(id)
    }

    /// Returns the conjunction; `TRUE` without operands.
    pub(crate) fn and(&mut self, operands: impl IntoIterator<Item = FormulaId>) -> FormulaId {
        self.connect(Connective::And, operands)
    }

    /// Returns the disjunction; `FALSE` without operands.
    pub(crate) fn or(&mut self, operands: impl IntoIterator<Item = FormulaId>) -> FormulaId {
        self.connect(Connective::Or, operands)
    }

    /// Builds a conjunction or disjunction in normal form: flat, sorted, without duplicates, units
    /// or complementary pairs.
    ///
    /// Operands are already in normal form, so that flattening one level is enough.
    fn connect(&mut self, connective: Connective, operands: impl IntoIterator<Item = FormulaId>) -> FormulaId {
        let mut flat = Vec::new();
        for operand in operands {
            match (&**self.node(operand), connective) {
                (Node::And(inner), Connective::And) | (Node::Or(inner), Connective::Or) => {
                    flat.extend_from_slice(inner);
                }
                _ if operand == connective.unit() => {}
                _ => flat.push(operand),
            }
        }
        self.merge_value_sets(connective, &mut flat);
        flat.sort_unstable();
        flat.dedup();
        if flat.contains(&connective.zero()) || self.has_complementary_pair(&flat) {
            return connective.zero();
        }
        match *flat {
            [] => connective.unit(),
            [only] => only,
            _ => self.intern(match connective {
                Connective::And => Node::And(flat.into()),
                Connective::Or => Node::Or(flat.into()),
            }),
        }
    }

    /// Merges `In` sets of a disjunction, and `NotIn` sets of a conjunction, into their union.
    fn merge_value_sets(&mut self, connective: Connective, operands: &mut Vec<FormulaId>) {
        let mergeable = |store: &Self, id: FormulaId| match (&**store.node(id), connective) {
            (Node::In(set), Connective::Or) | (Node::NotIn(set), Connective::And) => Some(*set),
            _ => None,
        };
        let sets: Vec<ValueSetId> = operands.iter().filter_map(|&id| mergeable(self, id)).collect();
        if sets.len() < 2 {
            return;
        }
        operands.retain(|&id| mergeable(self, id).is_none());
        let union: Vec<Value> = sets.iter().flat_map(|&set| self.value_set(set).values.clone()).collect();
        operands.push(match connective {
            Connective::Or => self.one_of_values(union),
            Connective::And => self.none_of_values(union),
        });
    }

    /// Returns true if the sorted formulas contain one beside its negation: the law of contradiction, or of the excluded
    /// middle.
    fn has_complementary_pair(&self, sorted: &[FormulaId]) -> bool {
        sorted.iter().any(|&id| self.known_negation(id).is_some_and(|not| sorted.binary_search(&not).is_ok()))
    }
}
