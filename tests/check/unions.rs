//! A contract of fifty types, each with unions of sixteen alternatives: nothing is undecided.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::*;

/// Defines a union whose alternatives have members of different types under the same names.
macro_rules! union_of_sixteen {
    ($name:ident, #[$tagging:meta]) => {
        #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
        #[$tagging]
        enum $name {
            Step0 { at: u32 },
            Step1 { by: String, note: Option<String> },
            Step2 { note: Option<String>, count: i64, tags: Vec<String> },
            Step3 { count: i64, tags: Vec<String>, done: bool, at: u32 },
            Step4 { tags: Vec<String> },
            Step5 { done: bool, at: u32 },
            Step6 { at: u32, by: String, note: Option<String> },
            Step7 { by: String, note: Option<String>, count: i64, tags: Vec<String> },
            Step8 { note: Option<String> },
            Step9 { count: i64, tags: Vec<String> },
            Step10 { tags: Vec<String>, done: bool, at: u32 },
            Step11 { done: bool, at: u32, by: String, note: Option<String> },
            Step12 { at: u32 },
            Step13 { by: String, note: Option<String> },
            Step14 { note: Option<String>, count: i64, tags: Vec<String> },
            Step15 { count: i64, tags: Vec<String>, done: bool, at: u32 },
        }
    };
}

union_of_sixteen!(Internal, #[serde(tag = "kind")]);
union_of_sixteen!(Adjacent, #[serde(tag = "kind", content = "content")]);
union_of_sixteen!(External, #[serde(rename_all = "camelCase")]);

macro_rules! baskets {
    ($($type:ident $name:literal,)*) => {
        $(
            #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, Payload)]
            #[payload(internal, name = $name, version = 1, key = id)]
            struct $type {
                id: String,
                one: Internal,
                last: Option<Adjacent>,
                all: Vec<External>,
            }
        )*

        const NAMES: &[&str] = &[$($name),*];

        fn catalog() -> Result<Catalog, CatalogError> {
            catalog![POST => [$($type),*]]
        }
    };
}

baskets! {
    T00 "basket-00", T01 "basket-01", T02 "basket-02", T03 "basket-03", T04 "basket-04",
    T05 "basket-05", T06 "basket-06", T07 "basket-07", T08 "basket-08", T09 "basket-09",
    T10 "basket-10", T11 "basket-11", T12 "basket-12", T13 "basket-13", T14 "basket-14",
    T15 "basket-15", T16 "basket-16", T17 "basket-17", T18 "basket-18", T19 "basket-19",
    T20 "basket-20", T21 "basket-21", T22 "basket-22", T23 "basket-23", T24 "basket-24",
    T25 "basket-25", T26 "basket-26", T27 "basket-27", T28 "basket-28", T29 "basket-29",
    T30 "basket-30", T31 "basket-31", T32 "basket-32", T33 "basket-33", T34 "basket-34",
    T35 "basket-35", T36 "basket-36", T37 "basket-37", T38 "basket-38", T39 "basket-39",
    T40 "basket-40", T41 "basket-41", T42 "basket-42", T43 "basket-43", T44 "basket-44",
    T45 "basket-45", T46 "basket-46", T47 "basket-47", T48 "basket-48", T49 "basket-49",
}

#[test]
fn a_contract_of_fifty_types_with_large_unions_has_no_undecided_cell() {
    let data = json!({"id": "p", "one": {"kind": "Step0", "at": 1}, "last": null, "all": [{"step0": {"at": 2}}]});
    let golden: Vec<_> = NAMES.iter().map(|name| (format!("internal/{name}/v1"), data.clone())).collect();
    let golden: Vec<_> = golden.iter().map(|(path, data)| (path.as_str(), data.clone())).collect();
    let report = check(catalog(), &publish(catalog(), &golden));
    assert_eq!(report.outcome, Outcome::Compatible, "{report}");
    let cells: Vec<_> = report.types.iter().flat_map(|matrix| matrix.cells.iter().flatten()).collect();
    assert_eq!(cells.len(), NAMES.len());
    assert!(cells.iter().all(|cell| cell.verdict == Reads), "{report}");
}
