//! Causes under `unevaluatedProperties`, member by member.
//!
//! The set of unevaluated members depends on the whole object, so that the keyword has no schema to descend into. Instead
//! a violating document is found with the member in it, and the member is the cause if the object without it, and without
//! all other members that can be left out, is no longer rejected.
//!
//! Leaving out members greedily is delta debugging of the object. It needs no solver: a formula is evaluated on smaller
//! and smaller objects, at most once for each member.

use json_document::exact::{ExactValue as Value, Map};

use super::super::document::Place;
use super::super::formula::{Atom, FormulaId};
use super::Explanation;
use super::cause::Cause;
use super::step::Step;

const KEYWORD: &str = "unevaluatedProperties";

impl<'a> Explanation<'_, '_, 'a, '_> {
    /// Reports each member that the writer declares and the keyword rejects, and one for all others.
    pub(super) fn descend_unevaluated(&mut self, place: Place<'a>, violation: FormulaId) {
        let mut declared = self.writer_properties();
        declared.sort();
        declared.dedup();
        for name in &declared {
            let present = self.lowering().store.atom(Atom::Member(name.as_str().into(), FormulaId::TRUE));
            let with_member = self.lowering().store.and([violation, present]);
            self.report_member(place, violation, with_member, |other| other == name);
        }
        let names = self.lowering().store.none_of_values(declared.iter().cloned().map(Value::String));
        let other = self.lowering().store.atom(Atom::SomeMember { names, value: FormulaId::TRUE });
        let with_other = self.lowering().store.and([violation, other]);
        self.report_member(place, violation, with_other, |name| !declared.iter().any(|other| other == name));
    }

    /// Finds an object that satisfies `with_member`, and reports the first of its candidates that is a cause.
    fn report_member(
        &mut self,
        place: Place<'a>,
        violation: FormulaId,
        with_member: FormulaId,
        is_candidate: impl Fn(&str) -> bool,
    ) {
        let Some(document) = self.find_violation(with_member) else { return };
        let at = self.locate(with_member, &document);
        let Some(Value::Object(members)) = document.pointer(at.as_str()) else { return };
        let mut candidates = members.keys().filter(|name| is_candidate(name));
        if let Some(name) = candidates.find(|name| self.is_rejected_for(violation, members, name)) {
            self.path.push(Step::Member(name.clone()));
            let cause = Cause { place, keyword: KEYWORD, violation: FormulaId::TRUE, missing: None };
            self.report_witnessed(&cause, &document);
            self.path.pop();
        }
    }

    /// Returns true if the object is rejected because of this member: leaving out the others, as far as it stays rejected,
    /// and then this one makes it accepted.
    fn is_rejected_for(&mut self, violation: FormulaId, members: &Map<String, Value>, name: &str) -> bool {
        let mut remaining = members.clone();
        for other in members.keys().filter(|other| *other != name) {
            self.solver.budget.charge(remaining.len());
            if self.solver.budget.spend(1).is_err() {
                return false;
            }
            let mut fewer = remaining.clone();
            fewer.remove(other);
            if self.lowering().evaluate(violation, &Value::Object(fewer.clone())) == Some(true) {
                remaining = fewer;
            }
        }
        remaining.remove(name);
        self.lowering().evaluate(violation, &Value::Object(remaining)) == Some(false)
    }
}
