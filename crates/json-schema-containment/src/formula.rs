//! What a schema says of a document, as a formula of few kinds: and, or, and atoms. Equal formulas are one, by number.
//!
//! There is no `not`: the negation of a formula is a formula. An atom speaks of documents of one type and holds for all
//! others; its negation asks for the type.

mod negation;

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _, HashSet};
use num_rational::BigRational;
use serde_json::Value;

use super::number::{equality_key, one};
use super::regex::Language;

/// A formula, by its number in the [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Id(u32);

impl Id {
    pub(super) const TRUE: Self = Self(0);
    pub(super) const FALSE: Self = Self(1);

    const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A type of JSON documents; an integer is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Type {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Type {
    /// All of them, those with the smallest documents first.
    pub(super) const ALL: [Self; 6] =
        [Self::Null, Self::Boolean, Self::Number, Self::String, Self::Array, Self::Object];

    pub(super) const fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// A set of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NONE: Self = Self(0);
    pub(super) const ALL: Self = Self(0b11_1111);

    pub(super) const fn only(one: Type) -> Self {
        Self(1 << one as u8)
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn complement(self) -> Self {
        Self(Self::ALL.0 & !self.0)
    }

    pub(super) const fn has(self, one: Type) -> bool {
        self.0 & Self::only(one).0 != 0
    }
}

/// Values, each once, whatever its spelling.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) list: Vec<Value>,
    keys: HashSet<String>,
}

impl Values {
    pub(super) fn has(&self, value: &Value) -> bool {
        self.keys.contains(&equality_key(value))
    }
}

/// A set of values, by its number in the [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ValuesId(u32);

/// A schema that is referred to, by its number at whoever can say what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Target(pub(super) u32);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    True,
    False,
    And(Box<[Id]>),
    Or(Box<[Id]>),
    /// The document is of one of these types.
    Types(Types),
    /// The document is one of these values.
    In(ValuesId),
    NotIn(ValuesId),
    /// The schema that is referred to holds, or does not.
    Call {
        target: Target,
        holds: bool,
    },
    Atom(Atom),
}

/// What is said of documents of one type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Atom {
    AtLeast {
        bound: BigRational,
        strict: bool,
    },
    AtMost {
        bound: BigRational,
        strict: bool,
    },
    MultipleOf(BigRational),
    NotMultipleOf(BigRational),
    /// Spelled as an integer, which is what an integer is in draft 4.
    Spelled {
        integer: bool,
    },
    MinLength(u64),
    MaxLength(u64),
    /// The text is, or is not, in the language of a pattern.
    Language {
        language: Language,
        holds: bool,
    },
    /// A predicate that nothing is known about but that it holds or does not: a format, a pattern beyond us.
    Opaque {
        name: Rc<str>,
        holds: bool,
    },
    MinItems(u64),
    MaxItems(u64),
    /// Where there is an item at this index, it is so.
    ItemAt(u64, Id),
    /// There is an item at this index, and it is so.
    Item(u64, Id),
    /// All items from this index on are so.
    ItemsFrom(u64, Id),
    /// Of the items from this index on, at least so many are so.
    CountAtLeast {
        from: u64,
        item: Id,
        count: u64,
    },
    CountAtMost {
        from: u64,
        item: Id,
        count: u64,
    },
    Unique {
        holds: bool,
    },
    MinProperties(u64),
    MaxProperties(u64),
    /// Where there is a member of this name, its value is so.
    IfMember(Rc<str>, Id),
    /// There is a member of this name, and its value is so.
    Member(Rc<str>, Id),
    /// All members with such names have such values. The first formula is of the name, as a string.
    AllMembers {
        names: Id,
        value: Id,
    },
    /// There is a member with such a name and such a value.
    SomeMember {
        names: Id,
        value: Id,
    },
}

impl Atom {
    pub(super) const fn of(&self) -> Type {
        match self {
            Self::AtLeast { .. }
            | Self::AtMost { .. }
            | Self::MultipleOf(_)
            | Self::NotMultipleOf(_)
            | Self::Spelled { .. } => Type::Number,
            Self::MinLength(_) | Self::MaxLength(_) | Self::Language { .. } | Self::Opaque { .. } => Type::String,
            Self::MinItems(_)
            | Self::MaxItems(_)
            | Self::ItemAt(..)
            | Self::Item(..)
            | Self::ItemsFrom(..)
            | Self::CountAtLeast { .. }
            | Self::CountAtMost { .. }
            | Self::Unique { .. } => Type::Array,
            Self::MinProperties(_)
            | Self::MaxProperties(_)
            | Self::IfMember(..)
            | Self::Member(..)
            | Self::AllMembers { .. }
            | Self::SomeMember { .. } => Type::Object,
        }
    }
}

/// All formulas of a question.
pub(super) struct Store {
    nodes: Vec<Rc<Node>>,
    ids: HashMap<Rc<Node>, Id>,
    negations: Vec<Option<Id>>,
    values: Vec<Rc<Values>>,
    value_ids: HashMap<Vec<String>, ValuesId>,
}

impl Store {
    pub(super) fn new() -> Self {
        let mut store = Self {
            nodes: Vec::new(),
            ids: HashMap::new(),
            negations: Vec::new(),
            values: Vec::new(),
            value_ids: HashMap::new(),
        };
        let (yes, no) = (store.intern(Node::True), store.intern(Node::False));
        debug_assert_eq!((yes, no), (Id::TRUE, Id::FALSE));
        store.negations[yes.index()] = Some(no);
        store.negations[no.index()] = Some(yes);
        store
    }

    pub(super) fn node(&self, id: Id) -> &Rc<Node> {
        &self.nodes[id.index()]
    }

    pub(super) fn set(&self, id: ValuesId) -> &Rc<Values> {
        &self.values[id.0 as usize]
    }

    fn intern(&mut self, node: Node) -> Id {
        if let Some(&id) = self.ids.get(&node) {
            return id;
        }
        let node = Rc::new(node);
        let id = Id(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Rc::clone(&node));
        self.negations.push(None);
        self.ids.insert(node, id);
        id
    }

    pub(super) fn atom(&mut self, atom: Atom) -> Id {
        let trivial = match &atom {
            Atom::MinLength(0) | Atom::MinItems(0) | Atom::MinProperties(0) => true,
            Atom::ItemAt(_, id)
            | Atom::ItemsFrom(_, id)
            | Atom::IfMember(_, id)
            | Atom::AllMembers { value: id, .. } => *id == Id::TRUE,
            Atom::CountAtLeast { count, .. } => *count == 0,
            Atom::CountAtMost { item, .. } => *item == Id::FALSE,
            Atom::AtLeast { .. }
            | Atom::AtMost { .. }
            | Atom::MultipleOf(_)
            | Atom::NotMultipleOf(_)
            | Atom::Spelled { .. }
            | Atom::MinLength(_)
            | Atom::MaxLength(_)
            | Atom::Language { .. }
            | Atom::Opaque { .. }
            | Atom::MinItems(_)
            | Atom::MaxItems(_)
            | Atom::Item(..)
            | Atom::Unique { .. }
            | Atom::MinProperties(_)
            | Atom::MaxProperties(_)
            | Atom::Member(..)
            | Atom::SomeMember { .. } => false,
        };
        if trivial { Id::TRUE } else { self.intern(Node::Atom(atom)) }
    }

    pub(super) fn types(&mut self, types: Types) -> Id {
        match types {
            Types::ALL => Id::TRUE,
            Types::NONE => Id::FALSE,
            Types(_) => self.intern(Node::Types(types)),
        }
    }

    /// The document is a number without a fraction.
    pub(super) fn integer(&mut self) -> Id {
        let number = self.types(Types::only(Type::Number));
        let whole = self.atom(Atom::MultipleOf(one()));
        self.and([number, whole])
    }

    /// The document is of one of the types that are told apart here, each a formula of its own.
    pub(super) fn any_type(&mut self, types: &[Id]) -> Id {
        let mut plain = Types::NONE;
        let mut others = Vec::new();
        for &id in types {
            match &**self.node(id) {
                Node::Types(types) => plain = plain.or(*types),
                _ => others.push(id),
            }
        }
        // An integer is a number.
        if plain.has(Type::Number) {
            others.clear();
        }
        others.push(self.types(plain));
        self.or(others)
    }

    pub(super) fn is_array(&mut self) -> Id {
        self.types(Types::only(Type::Array))
    }

    pub(super) fn is_object(&mut self) -> Id {
        self.types(Types::only(Type::Object))
    }

    /// At most so many items are so.
    pub(super) fn at_most(&mut self, item: Id, count: u64) -> Id {
        if count == 0 {
            let not = self.not(item);
            return self.atom(Atom::ItemsFrom(0, not));
        }
        self.atom(Atom::CountAtMost { from: 0, item, count })
    }

    /// Not equal to an array or an object: somewhere, something differs.
    pub(super) fn differs(&mut self, value: &Value) -> Id {
        let mut ways = Vec::new();
        match value {
            Value::Array(items) => {
                let count = items.len() as u64;
                ways.push(self.atom(Atom::MinItems(count + 1)));
                if count > 0 {
                    ways.push(self.atom(Atom::MaxItems(count - 1)));
                }
                for (at, item) in items.iter().enumerate() {
                    let other = self.none_of([item.clone()]);
                    ways.push(self.atom(Atom::Item(at as u64, other)));
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    ways.push(self.atom(Atom::IfMember(name.as_str().into(), Id::FALSE)));
                    let other = self.none_of([member.clone()]);
                    ways.push(self.atom(Atom::Member(name.as_str().into(), other)));
                }
                let names = self.none_of(members.keys().cloned().map(Value::String));
                ways.push(self.atom(Atom::SomeMember { names, value: Id::TRUE }));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                return self.none_of([value.clone()]);
            }
        }
        self.or(ways)
    }

    pub(super) fn call(&mut self, target: Target) -> Id {
        self.intern(Node::Call { target, holds: true })
    }

    pub(super) fn one_of(&mut self, values: impl IntoIterator<Item = Value>) -> Id {
        match self.values(values) {
            Some(set) => self.intern(Node::In(set)),
            None => Id::FALSE,
        }
    }

    pub(super) fn none_of(&mut self, values: impl IntoIterator<Item = Value>) -> Id {
        match self.values(values) {
            Some(set) => self.intern(Node::NotIn(set)),
            None => Id::TRUE,
        }
    }

    fn values(&mut self, values: impl IntoIterator<Item = Value>) -> Option<ValuesId> {
        let mut list: Vec<(String, Value)> = values.into_iter().map(|value| (equality_key(&value), value)).collect();
        list.sort_by(|(a, _), (b, _)| a.cmp(b));
        list.dedup_by(|(a, _), (b, _)| a == b);
        let keys: Vec<String> = list.iter().map(|(key, _)| key.clone()).collect();
        if keys.is_empty() {
            return None;
        }
        if let Some(&id) = self.value_ids.get(&keys) {
            return Some(id);
        }
        let id = ValuesId(u32::try_from(self.values.len()).unwrap_or(u32::MAX));
        let list = list.into_iter().map(|(_, value)| value).collect();
        self.values.push(Rc::new(Values { list, keys: keys.iter().cloned().collect() }));
        self.value_ids.insert(keys, id);
        Some(id)
    }

    pub(super) fn and(&mut self, parts: impl IntoIterator<Item = Id>) -> Id {
        let mut flat = Vec::new();
        for part in parts {
            match &**self.node(part) {
                Node::And(inner) => flat.extend_from_slice(inner),
                _ if part == Id::TRUE => {}
                _ => flat.push(part),
            }
        }
        self.merge_values(&mut flat, false);
        flat.sort_unstable();
        flat.dedup();
        if flat.contains(&Id::FALSE) || self.has_contradiction(&flat) {
            return Id::FALSE;
        }
        match *flat {
            [] => Id::TRUE,
            [one] => one,
            _ => self.intern(Node::And(flat.into())),
        }
    }

    pub(super) fn or(&mut self, parts: impl IntoIterator<Item = Id>) -> Id {
        let mut flat = Vec::new();
        for part in parts {
            match &**self.node(part) {
                Node::Or(inner) => flat.extend_from_slice(inner),
                _ if part == Id::FALSE => {}
                _ => flat.push(part),
            }
        }
        self.merge_values(&mut flat, true);
        flat.sort_unstable();
        flat.dedup();
        if flat.contains(&Id::TRUE) || self.has_contradiction(&flat) {
            return Id::TRUE;
        }
        match *flat {
            [] => Id::FALSE,
            [one] => one,
            _ => self.intern(Node::Or(flat.into())),
        }
    }

    /// Of several lists of values, one: those to choose from are joined, those to stay out of are as well.
    fn merge_values(&mut self, parts: &mut Vec<Id>, is_choice: bool) {
        let listed = |store: &Self, id: Id| match (&**store.node(id), is_choice) {
            (Node::In(set), true) | (Node::NotIn(set), false) => Some(*set),
            _ => None,
        };
        let sets: Vec<ValuesId> = parts.iter().filter_map(|&id| listed(self, id)).collect();
        if sets.len() < 2 {
            return;
        }
        parts.retain(|&id| listed(self, id).is_none());
        let all: Vec<Value> = sets.iter().flat_map(|&set| self.set(set).list.clone()).collect();
        parts.push(if is_choice { self.one_of(all) } else { self.none_of(all) });
    }
}
