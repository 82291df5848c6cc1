//! The compatibility check: reader and writer cells, lost fields, policies and waivers.

use chrono::NaiveDate;
use event_contract::catalog::{Catalog, CatalogError};
use event_contract::check::{
    CellVerdict, Change, Check, Consumer, Evidence, Finding, Ignored, Outcome, Policy, Report, ReportFormat,
    RepositoryPaths, Subject, Waiver, read_folder,
};
use event_contract::compat::{Question, Verdict};
use event_contract::pattern::{Pattern, Settings};
use event_contract::record::{Files, Record};
use event_contract::routing::source::{self, DeployedRule, Parameters};
use event_contract::{Payload, Severity, Stage, SubsystemName, catalog, contract};
use proptest::prelude::*;
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
    let Subject::Pair { writer, reader, at, .. } = &finding.subject else { panic!("{finding:?}") };
    (writer, reader, at.as_deref())
}

use CellVerdict::{Accepted, Breaks, NotRequired, Reads, ReadsByUpcast};

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

fn billing(schema: Value) -> Consumer {
    Consumer::new("billing").reads_schema("Parcel.Sent", schema)
}

#[test]
fn consumers_get_a_verdict_for_each_type() {
    let needs_weight = json!({"type": "object", "required": ["weight"], "properties": {"weight": {"type": "integer"}}});
    let needs_parcel = json!({"$schema": "http://json-schema.org/draft-07/schema#", "required": ["parcel"]});
    let shop = Consumer::new("shop").reads_schema("Parcel.Sent", needs_parcel).reads_schema("Parcel.Lost", json!(true));
    let (catalog, published) = (catalog![POST => [added::ParcelSent]].unwrap(), published());
    let report = Check::new(&catalog, &published, today()).consumers([billing(needs_weight), shop]).run().unwrap();
    let rows = verdicts(&report, 0);
    assert_eq!(rows, [[Reads, ReadsByUpcast, Breaks, Reads], [Reads, Reads, Breaks, Reads]]);
    let statuses: Vec<_> =
        report.consumers.iter().map(|consumer| (&*consumer.name, consumer.reads[0].verdict)).collect();
    assert_eq!(statuses, [("billing", Breaks), ("shop", Reads)]);
    assert!(report.consumers.iter().all(|consumer| consumer.reads[0].is_affected));
    assert_eq!(
        one(&report, "consumer-unserved").message,
        "shop reads Parcel.Lost, but no type of the catalog writes it"
    );
    // An empty section has no heading.
    assert!(report.to_string().contains("\nconsumers\n  billing: "), "{report}");
    let lost = Consumer::new("shop").reads_schema("Parcel.Lost", json!(true));
    let alone = Check::new(&catalog, &published, today()).consumers([lost]).run().unwrap();
    assert!(!alone.to_string().contains("\nconsumers\n"), "{alone}");
    let page = alone.render(ReportFormat::Html, &RepositoryPaths::default());
    assert!(!page.contains("id=\"consumers\""), "{page}");
    let broken: Vec<_> = report.findings.iter().filter(|finding| finding.rule == "type-narrowed").collect();
    assert_eq!(broken.len(), 2);
    let Subject::Pair { file, .. } = &broken[0].subject else { panic!("{broken:?}") };
    assert_eq!(file.as_deref(), Some("billing/Parcel.Sent.reader.json"));
}

/// A consumer may have the name of a version; it is a reader of its own.
#[test]
fn a_consumer_named_like_a_version_is_a_reader_of_its_own() {
    let (catalog, published) = (catalog![POST => [v1::ParcelSent]].unwrap(), published());
    let named = Consumer::new("v1").reads_schema("Parcel.Sent", json!({"required": ["nothing"]}));
    let report = Check::new(&catalog, &published, today()).consumers([named]).run().unwrap();
    assert_eq!(verdicts(&report, 0), [[Reads, Breaks]]);
    assert_eq!(report.consumers[0].reads[0].verdict, Breaks);
}

/// A waiver covers one change; the next change of the same version is another finding.
#[test]
fn a_waiver_does_not_cover_a_later_change_of_the_version() {
    let of = |catalog: Result<Catalog, CatalogError>| {
        let report = check(catalog, &published());
        one(&report, "version-not-bumped").fingerprint.clone()
    };
    let required = of(catalog![POST => [required::ParcelSent]]);
    assert_eq!(required, of(catalog![POST => [required_with_description::ParcelSent]]));
    let defaults = [of(catalog![POST => [default_one::ParcelSent]]), of(catalog![POST => [default_two::ParcelSent]])];
    assert!(defaults[0] != defaults[1] && !defaults.contains(&required));

    let waiver = waiver(&required, "2026-12-31");
    let (catalog, published) = (catalog![POST => [default_one::ParcelSent]].unwrap(), published());
    let check = Check::new(&catalog, &published, today()).policy(Policy::default().waiver(waiver).unwrap());
    assert_eq!(check.run().unwrap().outcome, Outcome::Broken);

    let owner = |owner: SubsystemName| one(&check_owner(owner), "owner-changed").fingerprint.clone();
    assert_ne!(owner(SubsystemName::from_static("mail")), owner(SubsystemName::from_static("ship")));
}

fn waiver(fingerprint: &str, expires: &str) -> Waiver {
    Waiver { fingerprint: fingerprint.to_owned(), reason: "it is known".to_owned(), expires: day(expires) }
}

fn check_owner(owner: SubsystemName) -> Report {
    check(catalog![owner => [v1::ParcelSent]], &published())
}

#[test]
fn waivers_hold_until_they_expire() {
    let (catalog, published) = (catalog![POST => [v1::ParcelSent]].unwrap(), published());
    let run = |policy: Policy| {
        let consumers = [billing(json!({"properties": {"weight": {"type": "integer"}}}))];
        Check::new(&catalog, &published, today()).consumers(consumers).policy(policy).run().unwrap()
    };
    let fingerprint = one(&run(Policy::default()), "type-narrowed").fingerprint.clone();
    let waive = |fingerprint: &str, expires: &str| run(Policy::default().waiver(waiver(fingerprint, expires)).unwrap());
    let waived = waive(&fingerprint, "2026-11-22");
    assert!(waived.is_compatible(), "{waived}");
    assert_eq!(verdicts(&waived, 0), [[Reads, Accepted]]);
    let ended = waive(&fingerprint, "2026-11-21");
    assert_eq!(ended.outcome, Outcome::Broken);
    assert!(one(&ended, "type-narrowed").is_error() && one(&ended, "waiver-expired").is_error());
    let unused = waive("000000000000", "2026-12-31");
    assert_eq!(one(&unused, "waiver-unused").severity, Severity::Warning);
    let gone = waive("000000000000", "2026-11-21");
    assert_eq!(ids(&gone), ids(&unused), "an expired waiver of no finding is only unused");

    let lowered = run(Policy::default().severity("type-narrowed", Severity::Warning).unwrap());
    assert!(lowered.is_compatible());
    // An accepted finding does not make the cell readable.
    for report in [&waived, &lowered] {
        for text in [report.to_string(), report.render(ReportFormat::Markdown, &RepositoryPaths::default())] {
            assert!(
                text.contains("every reader can read every event it may receive, except for accepted findings"),
                "{text}"
            );
            assert!(
                !text.contains("every reader can read every event it may receive\n") && !text.contains("may receive."),
                "{text}"
            );
        }
    }
    let off = run(Policy::default().disable("type-narrowed").unwrap());
    assert!(off.is_compatible() && off.findings.iter().all(|finding| finding.rule != "type-narrowed"));
    assert_eq!(verdicts(&off, 0), [[Reads, Accepted]]);
}

#[test]
fn undecided_cells_fail_the_check_and_cannot_be_waived() {
    let (catalog, published) = (catalog![POST => [v1::ParcelSent]].unwrap(), published());
    let opaque = billing(json!({"properties": {"parcel": {"pattern": "(?<!q)^"}}}));
    let check = Check::new(&catalog, &published, today()).consumers([opaque]);
    let report = check.clone().run().unwrap();
    assert_eq!(report.outcome, Outcome::Undecided, "{report}");
    let finding = one(&report, "undecided");
    let waiver = waiver(&finding.fingerprint, "2026-12-31");
    let report = check.policy(Policy::default().waiver(waiver).unwrap()).run().unwrap();
    assert!(one(&report, "undecided").is_open());
    assert!(one(&report, "waiver-unused").message.ends_with("is undecided, which cannot be waived"));
    assert_eq!(report.outcome, Outcome::Undecided);
}

fn ignored(event_type: Option<&str>, path: &str) -> Ignored {
    Ignored { event_type: event_type.map(str::to_owned), path: path.to_owned(), reason: "it is pinned".to_owned() }
}

#[test]
fn ignored_pointers_are_left_out_of_the_question() {
    let (catalog, published) = (catalog![POST => [v1::ParcelSent]].unwrap(), published());
    let pinned = billing(json!({"required": ["meta"], "properties": {"parcel": {"const": "p"}, "meta": {"const": 1}}}));
    let check = Check::new(&catalog, &published, today()).consumers([pinned]);
    assert_eq!(check.clone().run().unwrap().outcome, Outcome::Broken);
    let policy = Policy::default()
        .ignore(ignored(Some("Parcel.Sent"), "/meta"))
        .and_then(|policy| policy.ignore(ignored(None, "/parcel")))
        .unwrap();
    let report = check.clone().policy(policy).run().unwrap();
    assert!(report.is_compatible(), "{report}");
    assert!(report.to_string().contains("ignored in Parcel.Sent: /meta (it is pinned)\n"));
    assert!(ids(&report).iter().all(|id| *id != "ignore-unused"), "{report}");

    // A misspelt pointer ignores nothing.
    for ignored in
        [ignored(Some("Parcel.Sent"), "/mete"), ignored(Some("Parcel.Lost"), "/meta"), ignored(None, "/parcel/0")]
    {
        let report = check.clone().policy(Policy::default().ignore(ignored.clone()).unwrap()).run().unwrap();
        let finding = one(&report, "ignore-unused");
        assert_eq!((finding.severity, finding.event_type()), (Severity::Warning, ignored.event_type.as_deref()));
        assert!(finding.message.starts_with(&format!("{} is ignored in ", ignored.path)), "{}", finding.message);
    }
}

#[test]
fn incomparable_input_is_an_error() {
    let catalog = catalog![POST => [v1::ParcelSent]].unwrap();
    let error = |files: &Files| Check::new(&catalog, files, today()).run().unwrap_err().to_string();
    assert_eq!(
        error(&Files::new()),
        "nothing was compared: the published record has no published version; publish one with `schemas publish`"
    );
    let mut edited = published();
    edited.get_mut("external/Parcel.Sent/v1.reader.json").unwrap().push(b' ');
    assert_eq!(
        error(&edited),
        "published files were modified: external/Parcel.Sent/v1.reader.json: is published, but was modified: restore it from git"
    );
    let published = published();
    let check = Check::new(&catalog, &published, today()).consumers([billing(json!({"type": "strin"}))]);
    assert_eq!(
        check.run().unwrap_err().to_string(),
        "Parcel.Sent, v1 to billing: the reader's schema is invalid: `type` must be a type name or an array of type names"
    );
}

#[test]
fn formats_are_asserted_on_request() {
    let (catalog, published) = (catalog![POST => [v1::ParcelSent]].unwrap(), published());
    let strict = billing(json!({"properties": {"parcel": {"format": "uuid"}}}));
    let check = Check::new(&catalog, &published, today()).consumers([strict]);
    assert!(check.clone().run().unwrap().is_compatible());
    let report = check.assert_formats(true).run().unwrap();
    assert_eq!(pair(one(&report, "format-narrowed")).2, Some("/parcel"));
    assert!(report.formats_asserted);
}

/// Generates a reader schema of a parcel twice, with another order and other annotations.
fn reader_schema() -> impl Strategy<Value = (Value, Value)> {
    let keyword = prop_oneof![
        Just(("weight", json!({"type": "integer"}))),
        Just(("weight", json!({"enum": [null, 3, "a"]}))),
        Just(("parcel", json!({"maxLength": 3, "pattern": "^a"}))),
        Just(("parcel", json!({"type": ["null", "string"]}))),
        Just(("parcel", json!({"anyOf": [{"minLength": 2}, {"const": "x"}]}))),
        Just(("depth", json!({"type": "integer"}))),
    ];
    (proptest::collection::vec(keyword, 1..4), proptest::collection::btree_set("weight|parcel|depth", 0..3)).prop_map(
        |(properties, required)| {
            let required: Vec<_> = required.into_iter().collect();
            let reversed: Vec<_> = required.iter().rev().cloned().collect();
            let mut one = json!({"type": "object", "required": required, "properties": {}});
            let mut other = json!({"title": "other words", "properties": {}, "required": reversed, "type": "object"});
            for (name, schema) in properties {
                one["properties"][name] = schema.clone();
                let mut schema = schema;
                schema["description"] = "in other words".into();
                for list in ["enum", "type", "anyOf"] {
                    if let Some(list) = schema.get_mut(list).and_then(Value::as_array_mut) {
                        list.reverse();
                    }
                }
                other["properties"][name] = schema;
            }
            (one, other)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Fingerprints do not depend on the order of members or on annotations.
    #[test]
    fn fingerprints_ignore_member_order_and_annotations((one, other) in reader_schema()) {
        let (catalog, published) = (catalog![POST => [v1::ParcelSent]].unwrap(), published());
        let fingerprints = |schema: Value| {
            let report = Check::new(&catalog, &published, today()).consumers([billing(schema)]).run().unwrap();
            let mut all: Vec<_> = report.findings.iter().map(|finding| finding.fingerprint.clone()).collect();
            all.sort_unstable();
            all
        };
        let ones = fingerprints(one.clone());
        prop_assert_eq!(&ones, &fingerprints(other));
        let mut apart = ones.clone();
        apart.dedup();
        prop_assert_eq!(ones, apart, "two findings have one fingerprint");
        let formatted: Value = serde_json::to_string_pretty(&one).unwrap().parse().unwrap();
        prop_assert_eq!(fingerprints(one), fingerprints(formatted));
    }

    /// Each cell has the verdict of the prover on its two schemas, and each witness is valid.
    #[test]
    fn cells_have_the_verdict_of_the_prover((schema, _) in reader_schema()) {
        let (catalog, published) = (catalog![POST => [added::ParcelSent]].unwrap(), published());
        let report = Check::new(&catalog, &published, today()).consumers([billing(schema.clone())]).run().unwrap();
        let matrix = &report.types[0];
        for (writer, row) in matrix.rows.iter().zip(&matrix.cells) {
            let verdict = Question::new(&writer.schema, &schema).ask().unwrap();
            let expected = match verdict {
                Verdict::Contained => Reads,
                Verdict::Broken { .. } => Breaks,
                Verdict::Undecided { .. } => CellVerdict::Undecided,
            };
            prop_assert_eq!(row.last().unwrap().verdict, expected);
            for number in &row.last().unwrap().findings {
                let finding = &report.findings[number - 1];
                prop_assert_eq!(finding.number, *number);
                if let Evidence::Rejection { payload, .. } = &finding.evidence {
                    prop_assert!(jsonschema::is_valid(&writer.schema, payload));
                    prop_assert!(!jsonschema::is_valid(&schema, payload));
                }
            }
        }
    }
}

/// Reads the rules of a template.
fn rules(template: &str) -> Vec<DeployedRule> {
    let deployment = source::read([("rules.yaml", template)], &Parameters::default(), &Settings::default());
    deployment.into_rules().unwrap()
}

const BY_WEIGHT: &str = "\
Resources:
  Heavy:
    Type: AWS::Events::Rule
    Properties:
      EventPattern:
        detail-type: [Parcel.Sent]
        detail: {data: {weight: [{numeric: ['>', 1000]}]}}
      Targets:
        - Id: heavy
          Arn: arn:aws:kinesis:eu-west-1:123456789012:stream/heavy
          InputPath: $.detail
          KinesisParameters: {PartitionKeyPath: $.detail.partitionKey}
";

#[test]
fn a_rule_that_no_longer_matches_is_reported() {
    let published = published();
    let with = |catalog: Result<Catalog, CatalogError>, template: &str| {
        Check::new(&catalog.unwrap(), &published, today()).rules(rules(template)).run().unwrap()
    };
    let same = with(catalog![POST => [v1::ParcelSent]], BY_WEIGHT);
    assert!(same.findings.is_empty(), "{same}");
    assert_eq!(same.routing_rules, 1);
    assert!(with(catalog![POST => [added::ParcelSent]], BY_WEIGHT).is_compatible());

    // Version 2 renames the field; readers of version 1 would not notice because it is optional.
    let renamed = with(catalog![POST => [defaulted::ParcelSent]], BY_WEIGHT);
    let silenced = one(&renamed, "stops-matching");
    let Subject::RoutingRule { name, file, line, events } = &silenced.subject else { panic!("{silenced:?}") };
    assert_eq!((&**name, &**file, *line), ("Heavy", "rules.yaml", 2));
    assert_eq!(*events, Some(("Parcel.Sent".to_owned(), "v2".to_owned())));
    let pattern = Pattern::parse(r#"{"detail": {"data": {"weight": [{"numeric": [">", 1000]}]}}}"#).unwrap();
    let Evidence::Events { before: Some(matched), now: Some(missed) } = &silenced.evidence else {
        panic!("{silenced:?}")
    };
    assert!(pattern.matches(matched).unwrap());
    assert_eq!(missed["detail"]["version"], json!(2));
    assert!(!pattern.matches(missed).unwrap());
    assert_eq!(renamed.outcome, Outcome::Broken);
    assert!(renamed.to_string().contains("stops-matching  rule Heavy  Parcel.Sent v2"), "{renamed}");
}

#[test]
fn a_rule_that_never_matches_is_reported() {
    let (catalog, published) = (catalog![POST => [v1::ParcelSent]].unwrap(), published());
    let found = |from: &str, to: &str| {
        let rules = rules(&BY_WEIGHT.replacen(from, to, 1));
        let report = Check::new(&catalog, &published, today()).rules(rules).run().unwrap();
        (report.outcome, report.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>())
    };
    let broken = |id: &'static str| (Outcome::Broken, vec![id]);
    assert_eq!(found("weight", "wieght"), broken("dead-rule"));
    assert_eq!(found("[Parcel.Sent]", "[ParcelSent]"), broken("dead-rule"));
    assert_eq!(found("$.detail.partitionKey", "$.detail.partitionkey"), broken("path-never-there"));
    assert_eq!(found("$.detail.partitionKey", "'$.detail.*'"), broken("path-unreadable"));
    assert_eq!(found("['>', 1000]", "['>', many]"), broken("invalid"));
    assert_eq!(found("$.detail.partitionKey", "$.detail.source"), (Outcome::Compatible, vec!["path-may-be-missing"]));
    // It matches events of AWS, which are in no contract.
    assert_eq!(found("detail-type: [Parcel.Sent]", "source: [aws.s3]"), (Outcome::Compatible, vec![]));
    // A value that the template leaves open is undecided and fails the check.
    assert_eq!(found("[Parcel.Sent]", "[!Ref Type]"), (Outcome::Undecided, vec!["routing-undecided"]));
}
