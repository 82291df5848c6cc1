//! Paths into the document, as formulas and as pointers.
//!
//! A path is walked in the schema before there is a document. Its steps are therefore sets of
//! places (*some member whose name matches*), as the diamonds of the formulas are; in a document
//! that satisfies the formula along the path, it is a JSON pointer.

use json_document::exact::ExactValue as Value;

use json_document::Pointer;

use super::super::formula::{Atom, FormulaId};
use super::Explanation;
use super::step::Step;

impl Explanation<'_, '_, '_, '_> {
    /// Returns the formula of the documents in which the path, from one of its steps on, leads to a value that satisfies
    /// the formula: a diamond for each step.
    pub(super) fn formula_along(&mut self, from: usize, formula: FormulaId) -> FormulaId {
        let store = &mut self.solver.lowering.store;
        self.path[from..].iter().rev().fold(formula, |inner, step| {
            let (atom, of_type) = match step {
                Step::Member(name) => (Atom::Member(name.as_str().into(), inner), store.is_object()),
                Step::SomeMember(names) => (Atom::SomeMember { names: *names, value: inner }, store.is_object()),
                Step::Item(index) => (Atom::Item(*index, inner), store.is_array()),
                Step::SomeItem(from) => (Atom::MinContains { from: *from, item: inner, count: 1 }, store.is_array()),
            };
            let atom = store.atom(atom);
            store.and([of_type, atom])
        })
    }

    /// Returns the pointer to which the path leads in a document that satisfies the formula along the path.
    ///
    /// If there are several members or items, the first is taken from which the rest of the path leads to the formula.
    pub(super) fn locate(&mut self, formula: FormulaId, document: &Value) -> Pointer {
        let (mut pointer, mut value) = (Pointer::ROOT, document);
        for number in 0..self.path.len() {
            let rest = self.formula_along(number + 1, formula);
            let lowering = &mut *self.solver.lowering;
            let (segment, next) = match (&self.path[number], value) {
                (Step::Member(name), value) => (name.clone(), value.get(name)),
                (Step::Item(index), value) => {
                    (index.to_string(), usize::try_from(*index).ok().and_then(|index| value.as_array()?.get(index)))
                }
                (Step::SomeMember(names), Value::Object(members)) => {
                    let found = members.iter().find(|(name, member)| {
                        let name = Value::String((*name).clone());
                        lowering.evaluate(*names, &name) == Some(true) && lowering.evaluate(rest, member) == Some(true)
                    });
                    let Some((name, member)) = found else { return pointer };
                    (name.clone(), Some(member))
                }
                (Step::SomeItem(from), Value::Array(items)) => {
                    let from = usize::try_from(*from).unwrap_or(usize::MAX);
                    let mut later = items.iter().enumerate().skip(from);
                    let found = later.find(|(_, item)| lowering.evaluate(rest, item) == Some(true));
                    let Some((index, item)) = found else { return pointer };
                    (index.to_string(), Some(item))
                }
                (Step::SomeMember(_) | Step::SomeItem(_), _) => return pointer,
            };
            pointer = pointer.join(segment);
            let Some(next) = next else { return pointer };
            value = next;
        }
        pointer
    }
}
