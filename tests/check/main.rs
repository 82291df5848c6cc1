//! The compatibility check: reader and writer cells, lost fields, policies and waivers.

mod digits;
mod law;
mod policy;
mod route;
mod unions;

use chrono::NaiveDate;
use event_contract::catalog::{Catalog, CatalogError};
use event_contract::check::CellVerdict::{Breaks, NotRequired, Reads, ReadsByUpcast};
use event_contract::check::{CellVerdict, Change, Check, Evidence, Finding, Outcome, Report, Subject, read_folder};
use event_contract::record::{Files, Record};
use event_contract::{Payload, Severity, Stage, SubsystemName, catalog, contract};
use serde_json::{Value, json};

const POST: SubsystemName = SubsystemName::from_static("post");

/// Defines a payload type in a module of its own, as a team has it at some point in time.
macro_rules! payload {
    ($module:ident, $attributes:tt, { $($field:tt)* } $(, $($rest:item)*)?) => {
        mod $module {
            #[allow(unused_imports, reason = "not every module has a version before it")]
            use super::*;
            use schemars::JsonSchema;
            use serde::{Deserialize, Serialize};

            #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, Payload)]
            #[payload $attributes]
            pub(super) struct ParcelSent {
                $($field)*
            }

            $($($rest)*)?
        }
    };
}

mod code;

payload!(v1, (external, name = "Parcel.Sent", version = 1, key = parcel), {
    pub(super) parcel: String,
    pub(super) weight: Option<u32>,
});
payload!(required, (external, name = "Parcel.Sent", version = 1, key = parcel), {
    pub(super) parcel: String,
    pub(super) weight: u32,
});
payload!(required_with_description, (external, name = "Parcel.Sent", version = 1, key = parcel), {
    /// The number on it.
    pub(super) parcel: String,
    pub(super) weight: u32,
});
payload!(default_one, (external, name = "Parcel.Sent", version = 1, key = parcel), {
    pub(super) parcel: String,
    #[serde(default = "one")]
    pub(super) weight: Option<u32>,
},
    #[allow(clippy::unnecessary_wraps, reason = "it is of the type of the field")]
    fn one() -> Option<u32> {
        Some(1)
    }
);
payload!(default_two, (external, name = "Parcel.Sent", version = 1, key = parcel), {
    pub(super) parcel: String,
    #[serde(default = "two")]
    pub(super) weight: Option<u32>,
},
    #[allow(clippy::unnecessary_wraps, reason = "it is of the type of the field")]
    fn two() -> Option<u32> {
        Some(2)
    }
);
payload!(reworded, (external, name = "Parcel.Sent", version = 1, key = parcel), {
    /// The number on it.
    pub(super) parcel: String,
    pub(super) weight: Option<u32>,
});
payload!(internal, (internal, name = "Parcel.Sent", version = 1, key = parcel), {
    pub(super) parcel: String,
    pub(super) weight: Option<u32>,
});
payload!(added, (external, name = "Parcel.Sent", version = 2, previous = v1::ParcelSent, key = parcel), {
    pub(super) parcel: String,
    pub(super) weight: Option<u32>,
    pub(super) gift: bool,
},
    impl From<v1::ParcelSent> for ParcelSent {
        fn from(older: v1::ParcelSent) -> Self {
            Self { parcel: older.parcel, weight: older.weight, gift: false }
        }
    }
);
payload!(same, (external, name = "Parcel.Sent", version = 2, previous = v1::ParcelSent, key = parcel), {
    pub(super) parcel: String,
    pub(super) weight: Option<u32>,
},
    impl From<v1::ParcelSent> for ParcelSent {
        fn from(older: v1::ParcelSent) -> Self {
            Self { parcel: older.parcel, weight: older.weight }
        }
    }
);
payload!(renamed, (external, name = "Parcel.Sent", version = 2, previous = v1::ParcelSent, key = parcel_id), {
    pub(super) parcel_id: String,
    pub(super) weight_grams: Option<u32>,
},
    impl From<v1::ParcelSent> for ParcelSent {
        fn from(older: v1::ParcelSent) -> Self {
            Self { parcel_id: older.parcel, weight_grams: older.weight }
        }
    }
);
payload!(weighed, (external, name = "Parcel.Sent", version = 1, key = parcel), {
    pub(super) parcel: String,
    pub(super) grams: f64,
});
payload!(ending, (external, name = "Parcel.Sent", version = 1, key = parcel, deprecated = "2026-06-01", sunset = "2027-01-01"), {
    pub(super) parcel: String,
    pub(super) weight: Option<u32>,
});
payload!(after, (external, name = "Parcel.Sent", version = 2, previous = ending::ParcelSent, key = parcel_id), {
    pub(super) parcel_id: String,
},
    impl From<ending::ParcelSent> for ParcelSent {
        fn from(older: ending::ParcelSent) -> Self {
            Self { parcel_id: older.parcel }
        }
    }
);
payload!(inside, (internal, name = "parcel-sent", version = 1, key = parcel), {
    pub(super) parcel: String,
});
payload!(inside_next, (internal, name = "parcel-sent", version = 2, previous = inside::ParcelSent, key = number), {
    pub(super) number: String,
},
    impl From<inside::ParcelSent> for ParcelSent {
        fn from(older: inside::ParcelSent) -> Self {
            Self { number: older.parcel }
        }
    }
);
payload!(defaulted, (external, name = "Parcel.Sent", version = 2, previous = v1::ParcelSent, key = parcel), {
    pub(super) parcel: String,
    pub(super) weight_grams: Option<u32>,
},
    impl From<v1::ParcelSent> for ParcelSent {
        fn from(older: v1::ParcelSent) -> Self {
            Self { parcel: older.parcel, weight_grams: older.weight }
        }
    }
);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day("2026-11-22")
}

/// Returns the published files of a catalog, with a golden event for each version.
fn publish(catalog: Result<Catalog, CatalogError>, golden: &[(&str, Value)]) -> Files {
    let catalog = catalog.unwrap();
    let mut files = Files::new();
    for ((path, data), number) in golden.iter().zip(1..) {
        let [_, name, version] = path.split('/').collect::<Vec<_>>()[..] else { panic!("{path}") };
        let version: u32 = version.trim_start_matches('v').parse().unwrap();
        let event = json!({"id": format!("0193a1b2-0000-7000-8000-{number:012}"), "type": name, "version": version,
            "timestamp": 1_795_344_181_000_u64, "partitionKey": "p", "source": "post", "data": data});
        files.insert(format!("{path}.golden.json"), event.to_string().into_bytes());
    }
    Record::new(&catalog, &files).unwrap().publish().unwrap()
}

fn published() -> Files {
    publish(catalog![POST => [v1::ParcelSent]], &[("external/Parcel.Sent/v1", json!({"parcel": "p", "weight": null}))])
}

fn check(catalog: Result<Catalog, CatalogError>, published: &Files) -> Report {
    Check::new(&catalog.unwrap(), published, today()).run().unwrap()
}

/// Returns the rows of cell verdicts.
fn verdicts(report: &Report, at: usize) -> Vec<Vec<CellVerdict>> {
    report.types[at].cells.iter().map(|row| row.iter().map(|cell| cell.verdict).collect()).collect()
}

fn ids(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule).collect()
}

fn one<'a>(report: &'a Report, rule: &str) -> &'a Finding {
    let found: Vec<_> = report.findings.iter().filter(|finding| finding.rule == rule).collect();
    assert_eq!(found.len(), 1, "{report}");
    found[0]
}

/// Returns the writer and the reader of a finding about a pair, and its place.
fn pair(finding: &Finding) -> (&str, &str, Option<&str>) {
    let Subject::Pair { writer, reader, pointer, .. } = &finding.subject else { panic!("{finding:?}") };
    (writer, reader, pointer.as_deref())
}

#[test]
fn the_shipped_contract_is_compatible() {
    let published = read_folder(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas")).unwrap();
    let report = check(contract::catalog(), &published);
    assert!(report.is_compatible(), "{report}");
    assert_eq!(report.bump, Change::None);
    assert!(report.findings.is_empty(), "{report}");
    let created = report.types.iter().find(|matrix| matrix.event_type == "Order.Created").unwrap();
    let text = report.to_string();
    assert!(
        text.contains(
            "Order.Created  external, order-service\n             \
             v1  v2  v3\n  \
             v1 sunset  ✓   ·   ✓↑\n  \
             v2 sunset  ·   ✓   ✓↑\n  \
             v3         ·   ·   ✓\n"
        ),
        "{text}"
    );
    assert_eq!(created.bump.needed, Some(3));
    // Versions 1 and 2 have not reached their sunset: others still read and write them.
    let then = Check::new(&contract::catalog().unwrap(), &published, day("2025-01-01")).run().unwrap();
    assert_eq!(then.outcome, Outcome::Broken);
}

#[test]
fn making_a_field_required_breaks_older_writers() {
    let report = check(catalog![POST => [required::ParcelSent]], &published());
    assert_eq!(report.outcome, Outcome::Broken);
    // Rows: the published writer and the writer in the code. Columns: the readers of both.
    assert_eq!(verdicts(&report, 0), [[Reads, Breaks], [Reads, Reads]]);
    let labels: Vec<_> = report.types[0].columns.iter().map(|column| &*column.label).collect();
    assert_eq!(labels, ["v1", "v1 now"]);
    let broken = one(&report, "type-narrowed");
    assert_eq!(pair(broken), ("v1", "v1 now", Some("/weight")));
    let Evidence::Rejection { payload, .. } = &broken.evidence else { panic!("{broken:?}") };
    assert_eq!(*payload, json!({"parcel": "", "weight": null}));
    assert_eq!(report.types[0].cells[0][1].findings, [broken.number]);
    let bump = one(&report, "version-not-bumped");
    assert_eq!(bump.message, "the schemas of published v1 have changed: make it v2 with v1 as `previous`");
    assert_eq!((report.types[0].bump.declared, report.types[0].bump.needed), (Some(1), Some(2)));
    assert_eq!(report.bump, Change::Major);
    let text = report.to_string();
    for expected in ["✗1", "/weight", r#"{"parcel":"","weight":null}"#, "needed v2", "broken\n"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn changed_descriptions_need_no_new_version() {
    let report = check(catalog![POST => [reworded::ParcelSent]], &published());
    assert!(report.is_compatible());
    assert_eq!((report.bump, report.types[0].bump.needed), (Change::Patch, Some(1)));
}

#[test]
fn an_added_field_is_dropped_by_older_readers() {
    let report = check(catalog![POST => [added::ParcelSent]], &published());
    assert!(report.is_compatible(), "{report}");
    // Readers of version 1 read the newer writer and drop the unknown field.
    assert_eq!(verdicts(&report, 0), [[Reads, ReadsByUpcast], [Reads, Reads]]);
    assert_eq!(one(&report, "field-dropped").message, "`gift` is written but not read");
    assert_eq!((report.bump, report.types[0].bump.needed), (Change::Minor, Some(2)));
    assert_eq!(ids(&report), ["field-dropped"]);

    let report = check(catalog![POST => [same::ParcelSent]], &published());
    assert_eq!(ids(&report), ["version-unchanged"]);
    assert_eq!((report.types[0].bump.declared, report.types[0].bump.needed), (Some(2), Some(1)));
}

#[test]
fn a_renamed_field_is_reported_as_a_rename() {
    // A field that is required under its new name breaks readers; an optional one loses its value.
    let report = check(catalog![POST => [renamed::ParcelSent]], &published());
    assert_eq!(verdicts(&report, 0), [[Reads, ReadsByUpcast], [Breaks, Reads]]);
    let broken = one(&report, "required-added");
    assert!(
        broken
            .message
            .ends_with("`parcel` is missing at the root of the payload; the writer probably calls it `parcel_id`")
    );
    assert!(one(&report, "field-renamed").message.contains("`weight_grams` is written and `weight` is read"));

    let report = check(catalog![POST => [defaulted::ParcelSent]], &published());
    assert_eq!(ids(&report), ["field-renamed"]);
    assert!(report.is_compatible());
}

#[test]
fn a_version_past_its_sunset_has_no_reader() {
    let files = publish(
        catalog![POST => [ending::ParcelSent]],
        &[("external/Parcel.Sent/v1", json!({"parcel": "p", "weight": 1}))],
    );
    let catalog = catalog![POST => [after::ParcelSent]].unwrap();
    let on = |text: &str| Check::new(&catalog, &files, day(text)).run().unwrap();
    let before = on("2026-12-31");
    assert_eq!(verdicts(&before, 0), [[Reads, ReadsByUpcast], [Breaks, Reads]]);
    assert_eq!(before.types[0].rows[0].stage, Stage::Deprecated);
    assert_eq!(before.bump, Change::Major);
    let from = on("2027-01-01");
    // Readers that carry the older type still read the events written before.
    assert_eq!(verdicts(&from, 0), [[Reads, ReadsByUpcast], [NotRequired, Reads]]);
    assert!(from.is_compatible(), "{from}");
    assert_eq!(from.bump, Change::Minor);
}

/// A sunset is a promise: it may not move to an earlier day, and a new one may not be in the past.
#[test]
fn a_sunset_may_not_move_earlier_or_be_in_the_past() {
    payload!(sooner, (external, name = "Parcel.Sent", version = 1, key = parcel, sunset = "2026-12-01"), {
        pub(super) parcel: String,
        pub(super) weight: Option<u32>,
    });
    payload!(even_sooner, (external, name = "Parcel.Sent", version = 1, key = parcel, sunset = "2026-11-30"), {
        pub(super) parcel: String,
        pub(super) weight: Option<u32>,
    });
    let golden = [("external/Parcel.Sent/v1", json!({"parcel": "p", "weight": 1}))];
    let announced = publish(catalog![POST => [ending::ParcelSent]], &golden);
    let sooner = || catalog![POST => [sooner::ParcelSent]];
    let on = |catalog: Result<Catalog, CatalogError>, published: &Files, text: &str| {
        let report = Check::new(&catalog.unwrap(), published, day(text)).run().unwrap();
        let moved = report.findings.iter().filter(|finding| finding.rule == "sunset-moved");
        moved.map(|finding| finding.message.clone()).collect::<Vec<_>>()
    };
    let moved = "v1 was published with sunset 2027-01-01, but its type now declares 2026-12-01";
    assert_eq!(on(sooner(), &announced, "2026-11-22"), [moved]);
    assert_eq!(on(sooner(), &announced, "2026-12-31"), [moved]);
    assert_eq!(on(sooner(), &announced, "2027-01-01"), [""; 0], "the published sunset has passed");
    assert_eq!(on(sooner(), &published(), "2026-11-30"), [""; 0], "the first sunset is in the future");
    assert_eq!(
        on(sooner(), &published(), "2026-12-01"),
        ["v1 was published without a sunset, but its type now declares 2026-12-01, which is not in the future"]
    );
    // A later sunset, or none, keeps the promise.
    let earlier = publish(sooner(), &golden);
    assert_eq!(on(catalog![POST => [ending::ParcelSent]], &earlier, "2026-11-22"), [""; 0]);
    assert_eq!(on(catalog![POST => [v1::ParcelSent]], &earlier, "2026-11-22"), [""; 0]);
    let report = check(sooner(), &announced);
    assert_eq!((one(&report, "sunset-moved").severity, report.bump), (Severity::Error, Change::Major));
    // A waiver covers one day; another day is another finding.
    let other = check(catalog![POST => [even_sooner::ParcelSent]], &announced);
    assert_ne!(one(&report, "sunset-moved").fingerprint, one(&other, "sunset-moved").fingerprint);
}

#[test]
fn internal_readers_need_not_read_newer_versions() {
    let files = publish(catalog![POST => [inside::ParcelSent]], &[("internal/parcel-sent/v1", json!({"parcel": "p"}))]);
    let report = check(catalog![POST => [inside_next::ParcelSent]], &files);
    assert_eq!(verdicts(&report, 0), [[Reads, ReadsByUpcast], [NotRequired, Reads]]);
    assert!(report.is_compatible(), "{report}");
}

#[test]
fn removed_and_transferred_types_are_reported() {
    let report = check(catalog![POST => [inside::ParcelSent]], &published());
    let removed = one(&report, "version-removed");
    assert_eq!(removed.event_type(), Some("Parcel.Sent"));
    assert_eq!(report.types.len(), 2);
    assert_eq!((report.types[1].bump.declared, report.bump), (None, Change::Major));

    let other = SubsystemName::from_static("other");
    let report = check(catalog![other => [v1::ParcelSent]], &published());
    assert_eq!(ids(&report), ["owner-changed"]);
    let report = check(catalog![POST => [internal::ParcelSent]], &published());
    assert_eq!(ids(&report), ["side-changed"]);
}
