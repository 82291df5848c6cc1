//! Fields that no envelope has.

use std::collections::BTreeSet;

use super::report::{Check, Lint, Report};
use crate::Pattern;
use crate::spelling::nearest;

pub(super) const LINT: Lint = Lint {
    id: "unknown-envelope-field",
    explanation: "An event on a bus has no field of this name beside its detail. The members of an envelope are version, id, \
                  detail-type, source, account, time, region, resources, detail and replay-name, in this spelling. A condition \
                  on any other never holds, except {\"exists\": false}, which always does. Write the name of the envelope, or \
                  put the condition below detail.",
    check: Check::Pattern(check),
};

/// The members of an envelope.
const FIELDS: [&str; 10] =
    ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", "replay-name"];

/// Reports a field if it is similar to one of an envelope, or beside one. Other patterns are not about envelopes, but
/// about messages of a queue or records of a stream, for example.
fn check(pattern: &Pattern, report: &mut Report<'_>) {
    let name = |path: &'_ str| path.split('.').next().unwrap_or_default().to_owned();
    let arrays = &pattern.syntax.arrays;
    let is_for_envelopes = arrays.iter().any(|array| FIELDS.contains(&name(&array.path).as_str()));
    let mut reported = BTreeSet::new();
    for array in arrays {
        let name = name(&array.path);
        let similar = nearest(&name, FIELDS);
        if FIELDS.contains(&name.as_str()) || !(is_for_envelopes || similar.is_some()) || !reported.insert(name.clone())
        {
            continue;
        }
        let advice = match similar {
            Some(similar) => format!("write {similar:?}"),
            None => "fields of the detail are below \"detail\"".to_owned(),
        };
        report.push(&array.location, format!("no event has a field {name:?} beside its detail: {advice}"));
    }
}
