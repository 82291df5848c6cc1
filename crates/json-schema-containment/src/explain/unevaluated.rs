//! Members that `unevaluatedProperties` rejects, told apart by name.

use serde_json::{Map, Value};

use super::super::document::Place;
use super::super::formula::{Atom, FormulaId};
use super::{Explanation, Step};

const KEYWORD: &str = "unevaluatedProperties";

impl<'a> Explanation<'_, '_, 'a, '_> {
    /// One finding for each member that the writer names, and one for all others.
    pub(super) fn unevaluated(&mut self, place: Place<'a>, not: FormulaId, path: &mut Vec<Step>) {
        let mut written: Vec<String> = self
            .writers_places(path)
            .into_iter()
            .filter_map(|writer| writer.schema.get("properties")?.as_object())
            .flat_map(|map| map.keys().cloned())
            .collect();
        written.sort();
        written.dedup();
        for name in &written {
            let there = self.lowering().store.atom(Atom::Member(name.as_str().into(), FormulaId::TRUE));
            self.unevaluated_member(place, [not, there], path, |other| other == name);
        }
        let names = self.lowering().store.none_of_values(written.iter().cloned().map(Value::String));
        let other = self.lowering().store.atom(Atom::SomeMember { names, value: FormulaId::TRUE });
        self.unevaluated_member(place, [not, other], path, |name| !written.iter().any(|other| other == name));
    }

    fn unevaluated_member(
        &mut self,
        place: Place<'a>,
        [not, there]: [FormulaId; 2],
        path: &mut Vec<Step>,
        is_meant: impl Fn(&str) -> bool,
    ) {
        let formula = self.lowering().store.and([not, there]);
        let Some(document) = self.find(path, formula) else { return };
        let at = self.locate(path, formula, &document);
        let Some(Value::Object(members)) = document.pointer(at.as_str()) else { return };
        let mut meant = members.keys().filter(|name| is_meant(name));
        if let Some(name) = meant.find(|name| self.is_rejected_for(not, members, name)) {
            path.push(Step::Member(name.clone()));
            self.add(place, KEYWORD, FormulaId::TRUE, path, &document, None);
            path.pop();
        }
    }

    /// Whether it is this member for which the object is rejected, once all others are left out that can be.
    fn is_rejected_for(&mut self, not: FormulaId, members: &Map<String, Value>, name: &str) -> bool {
        let mut left = members.clone();
        for other in members.keys().filter(|other| *other != name) {
            let mut fewer = left.clone();
            fewer.remove(other);
            if self.lowering().evaluate(not, &Value::Object(fewer.clone())) == Some(true) {
                left = fewer;
            }
        }
        left.remove(name);
        self.lowering().evaluate(not, &Value::Object(left)) == Some(false)
    }
}
