//! draft
#![allow(dead_code, missing_docs)]
mod budget;
mod check;
mod document;
mod draft;
mod evaluate;
mod format;
mod formula;
mod lower;
mod number;
mod regex;
mod solve;
mod witness;

pub use draft::{Draft, UnknownDraft};
pub use witness::Witness;

use serde_json::Value;

pub fn probe(writer: &Value, reader: &Value, draft: Draft) -> (String, Option<Value>, u64) {
    use document::Library;
    let dw = Draft::named_by(writer).ok().flatten().unwrap_or(draft);
    let dr = Draft::named_by(reader).ok().flatten().unwrap_or(draft);
    let libs = match (Library::new(writer, dw, &[]), Library::new(reader, dr, &[])) {
        (Ok(a), Ok(b)) => vec![a, b],
        (a, b) => return (format!("undecided: {:?} {:?}", a.err(), b.err()), None, 0),
    };
    let mut lowering = lower::Lowering::new(libs, false);
    let (w, r) = (lowering.root(0), lowering.root(1));
    let w = match lowering.lower(0, w) {
        Ok(w) => w,
        Err(e) => return (format!("undecided: {e:?}"), None, 0),
    };
    let r = match lowering.lower(1, r) {
        Ok(w) => w,
        Err(e) => return (format!("undecided: {e:?}"), None, 0),
    };
    let not = lowering.store.not(r);
    let mut solver = solve::Solver::new(&mut lowering, 200_000, dw == Draft::Draft4 || dr == Draft::Draft4);
    let answer = solver.find([w, not]);
    let used = solver.budget.used();
    match answer {
        solve::Answer::Empty => ("contained".into(), None, used),
        solve::Answer::Unknown(gap) => (format!("undecided: {gap:?} {:?}", lowering.trouble), None, used),
        solve::Answer::Document(d) => {
            let given = |schema, draft| witness::Given { schema, draft, documents: vec![], formats: false };
            let mut judge = witness::Judge::new(given(writer, dw), given(reader, dr));
            match judge.confirm(&mut lowering, &d) {
                Ok(_) => ("broken".into(), Some((*d).clone()), used),
                Err(e) => (format!("undecided: {e:?} {d}"), None, used),
            }
        }
    }
}
