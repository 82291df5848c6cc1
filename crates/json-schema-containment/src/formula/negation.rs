//! The negation of a formula, which is a formula.

use std::rc::Rc;

use super::{Atom, Id, Node, Store, Types};

impl Store {
    pub(crate) fn not(&mut self, id: Id) -> Id {
        if let Some(known) = self.known_negation(id) {
            return known;
        }
        let node = Rc::clone(self.node(id));
        let not = match &*node {
            Node::True => Id::FALSE,
            Node::False => Id::TRUE,
            Node::And(parts) => {
                let parts: Vec<Id> = parts.iter().map(|&part| self.not(part)).collect();
                self.or(parts)
            }
            Node::Or(parts) => {
                let parts: Vec<Id> = parts.iter().map(|&part| self.not(part)).collect();
                self.and(parts)
            }
            Node::Types(types) => self.types(types.complement()),
            Node::In(set) => self.intern(Node::NotIn(*set)),
            Node::NotIn(set) => self.intern(Node::In(*set)),
            Node::Call { target, holds } => self.intern(Node::Call { target: *target, holds: !holds }),
            Node::Atom(atom) => {
                let of = self.types(Types::only(atom.of()));
                let not = self.not_atom(atom.clone());
                self.and([of, not])
            }
        };
        self.negations[id.index()] = Some(not);
        self.negations[not.index()].get_or_insert(id);
        not
    }

    /// The negation, where it has been asked for before: where it has not, it stands nowhere.
    pub(crate) fn known_negation(&self, id: Id) -> Option<Id> {
        self.negations[id.index()]
    }

    /// Whether a formula stands beside its negation.
    pub(super) fn has_contradiction(&self, sorted: &[Id]) -> bool {
        sorted.iter().any(|&id| self.known_negation(id).is_some_and(|not| sorted.binary_search(&not).is_ok()))
    }

    /// What holds of a document of the atom's type where the atom does not.
    fn not_atom(&mut self, atom: Atom) -> Id {
        let not = match atom {
            Atom::AtLeast { bound, strict } => Atom::AtMost { bound, strict: !strict },
            Atom::AtMost { bound, strict } => Atom::AtLeast { bound, strict: !strict },
            Atom::MultipleOf(of) => Atom::NotMultipleOf(of),
            Atom::NotMultipleOf(of) => Atom::MultipleOf(of),
            Atom::Spelled { integer } => Atom::Spelled { integer: !integer },
            Atom::MinLength(0) | Atom::MinItems(0) | Atom::MinProperties(0) => return Id::FALSE,
            Atom::MinLength(n) => Atom::MaxLength(n - 1),
            Atom::MaxLength(n) => Atom::MinLength(n.saturating_add(1)),
            Atom::Language { language, holds } => Atom::Language { language, holds: !holds },
            Atom::Opaque { name, holds } => Atom::Opaque { name, holds: !holds },
            Atom::MinItems(n) => Atom::MaxItems(n - 1),
            Atom::MaxItems(n) => Atom::MinItems(n.saturating_add(1)),
            Atom::ItemAt(at, item) => Atom::Item(at, self.not(item)),
            Atom::Item(at, item) => Atom::ItemAt(at, self.not(item)),
            Atom::ItemsFrom(from, item) => Atom::CountAtLeast { from, item: self.not(item), count: 1 },
            Atom::CountAtLeast { from, item, count: 1 } => Atom::ItemsFrom(from, self.not(item)),
            Atom::CountAtLeast { from, item, count } => {
                Atom::CountAtMost { from, item, count: count.saturating_sub(1) }
            }
            Atom::CountAtMost { from, item, count } => {
                Atom::CountAtLeast { from, item, count: count.saturating_add(1) }
            }
            Atom::Unique { holds } => Atom::Unique { holds: !holds },
            Atom::MinProperties(n) => Atom::MaxProperties(n - 1),
            Atom::MaxProperties(n) => Atom::MinProperties(n.saturating_add(1)),
            Atom::IfMember(name, value) => Atom::Member(name, self.not(value)),
            Atom::Member(name, value) => Atom::IfMember(name, self.not(value)),
            Atom::AllMembers { names, value } => Atom::SomeMember { names, value: self.not(value) },
            Atom::SomeMember { names, value } => Atom::AllMembers { names, value: self.not(value) },
        };
        self.atom(not)
    }
}
