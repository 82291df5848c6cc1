//! Outlines: consequences of a formula that are compared without a search.

use std::rc::Rc;

use foldhash::{HashMap, HashSet};

use super::super::formula::{Atom, FormulaId, JsonType, TypeSet, ValueSetId};

/// Conjuncts of a formula, gathered: a document of the formula satisfies all of them.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) types: TypeSet,
    /// A finite set that contains the document.
    pub(super) values: Option<ValueSetId>,
    /// Formulas of the values of members, if these exist.
    pub(super) members: HashMap<Rc<str>, Vec<FormulaId>>,
    pub(super) required: HashSet<Rc<str>>,
    /// Formulas of names that no member has.
    pub(super) forbidden_names: Vec<FormulaId>,
    /// Formulas of the items at an index, if these exist.
    pub(super) items: HashMap<u64, Vec<FormulaId>>,
    pub(super) min_items: u64,
}

/// Memo of the unions of a question.
#[derive(Default)]
pub(super) struct UnionMemo {
    pub(super) outlines: HashMap<FormulaId, Rc<Outline>>,
    /// Clauses of [`Node::AtMostOne`](super::super::formula::Node::AtMostOne), by alternatives.
    pub(super) clauses: HashMap<Box<[FormulaId]>, FormulaId>,
}

impl Default for Outline {
    fn default() -> Self {
        Self {
            types: TypeSet::ALL,
            values: None,
            members: HashMap::default(),
            required: HashSet::default(),
            forbidden_names: Vec::new(),
            items: HashMap::default(),
            min_items: 0,
        }
    }
}

impl Outline {
    pub(super) fn is_object(&self) -> bool {
        self.types == TypeSet::only(JsonType::Object)
    }

    /// Returns the formulas of the value of a member.
    pub(super) fn member(&self, name: &str) -> &[FormulaId] {
        self.members.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn add(&mut self, atom: &Atom) {
        match atom {
            Atom::IfMember(name, value) => self.members.entry(Rc::clone(name)).or_default().push(*value),
            Atom::Member(name, value) => {
                self.required.insert(Rc::clone(name));
                self.members.entry(Rc::clone(name)).or_default().push(*value);
            }
            Atom::EveryMember { names, value: FormulaId::FALSE } => self.forbidden_names.push(*names),
            Atom::IfItem(index, item) => self.items.entry(*index).or_default().push(*item),
            Atom::Item(index, item) => {
                self.items.entry(*index).or_default().push(*item);
                self.min_items = self.min_items.max(index.saturating_add(1));
            }
            Atom::MinItems(count) => self.min_items = self.min_items.max(*count),
            Atom::Minimum { .. }
            | Atom::Maximum { .. }
            | Atom::MultipleOf(_)
            | Atom::NotMultipleOf(_)
            | Atom::IntegerLiteral { .. }
            | Atom::MinLength(_)
            | Atom::MaxLength(_)
            | Atom::Language { .. }
            | Atom::Opaque { .. }
            | Atom::MaxItems(_)
            | Atom::EveryItem(..)
            | Atom::MinContains { .. }
            | Atom::MaxContains { .. }
            | Atom::UniqueItems { .. }
            | Atom::MinProperties(_)
            | Atom::MaxProperties(_)
            | Atom::EveryMember { .. }
            | Atom::SomeMember { .. } => {}
        }
    }
}
