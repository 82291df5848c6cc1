//! Laws of the reader, over the generated types.

use std::collections::BTreeMap;

use event_contract::ObservationKind;
use event_contract_campaign::draw::Rng;
use event_contract_campaign::party::Drawn;
use event_contract_campaign::{PAIRS, Party, SEED, Side};
use serde_json::Value;

/// Values of each type.
const VALUES: u64 = 60;

fn sides() -> impl Iterator<Item = (&'static Side, Party)> {
    PAIRS.iter().flat_map(|pair| &pair.sides).map(|side| (side, (side.party)()))
}

fn data_of(detail: &str) -> &str {
    let (_, data) = detail.split_once(r#","data":"#).unwrap();
    data.strip_suffix('}').unwrap()
}

/// The output of a type is in the canonical form: if serde reads it without a loss, the reader observes nothing.
#[test]
fn nothing_is_observed_in_what_a_type_writes() {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let mut observed = Vec::new();
    for (index, (side, party)) in sides().enumerate() {
        for value in 0..VALUES {
            let Drawn::Written(detail) = (party.write)(&mut Rng::new(SEED << 32 | (index as u64) << 16 | value)) else {
                *counts.entry("refused").or_default() += 1;
                continue;
            };
            let data = data_of(&detail);
            let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            // The value of a field that is written and not read is lost.
            if (party.again)(data).is_none_or(|again| parse(&again) != parse(data)) {
                *counts.entry("lost by serde").or_default() += 1;
                continue;
            }
            *counts.entry("read").or_default() += 1;
            let seen = match (party.observe)(&detail) {
                Ok(seen) => seen,
                Err(mismatches) => panic!("{}\n{data}\n{mismatches:?}", side.source),
            };
            // A type may write a value of an open enumeration that it does not know.
            let seen: Vec<_> = seen.iter().filter(|seen| seen.kind != ObservationKind::UnknownValue).collect();
            if !seen.is_empty() {
                observed.push(format!("{}\n{data}\n{seen:?}", side.source));
                break;
            }
        }
    }
    assert!(observed.is_empty(), "{} types:\n{}", observed.len(), observed.join("\n\n"));
    assert!(counts["read"] > 1000, "{counts:?}");
}
