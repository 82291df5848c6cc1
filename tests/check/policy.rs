//! Consumers, waivers and ignored pointers.

use event_contract::catalog::{Catalog, CatalogError};
use event_contract::check::CellVerdict::{Accepted, Breaks, Reads, ReadsByUpcast};
use event_contract::check::{
    BaseInputs, Check, Consumer, IgnoredPlace, Outcome, Policy, Report, ReportFormat, RepositoryPaths, Subject, Waiver,
};
use event_contract::record::Files;
use event_contract::{Severity, SubsystemName, catalog};
use serde_json::{Value, json};

use crate::{
    POST, added, check, day, default_one, default_two, ids, one, pair, published, required, required_with_description,
    today, v1, verdicts,
};

pub(crate) fn billing(schema: Value) -> Consumer {
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
    let fingerprint = |catalog: Result<Catalog, CatalogError>| {
        let report = check(catalog, &published());
        one(&report, "version-not-bumped").fingerprint.clone()
    };
    let required = fingerprint(catalog![POST => [required::ParcelSent]]);
    assert_eq!(required, fingerprint(catalog![POST => [required_with_description::ParcelSent]]));
    let defaults = [
        fingerprint(catalog![POST => [default_one::ParcelSent]]),
        fingerprint(catalog![POST => [default_two::ParcelSent]]),
    ];
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

fn ignored(event_type: Option<&str>, path: &str) -> IgnoredPlace {
    IgnoredPlace { event_type: event_type.map(str::to_owned), path: path.to_owned(), reason: "it is pinned".to_owned() }
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
        "billing/Parcel.Sent.reader.json: Parcel.Sent, v1 to billing: the reader's schema is invalid: `type` must be a type name or an array of type names"
    );
}

#[test]
fn consumers_declare_if_they_reject_strings_without_their_format() {
    let (catalog, published) = (catalog![POST => [v1::ParcelSent]].unwrap(), published());
    let schema = |declaration: Value| {
        let mut schema = json!({"properties": {"parcel": {"format": "uuid"}}});
        schema.as_object_mut().unwrap().extend(declaration.as_object().unwrap().clone());
        billing(schema)
    };
    let check = |declaration| Check::new(&catalog, &published, today()).consumers([schema(declaration)]);
    assert!(check(json!({"x-format-assertion": false})).run().unwrap().is_compatible());
    // A consumer that does not declare it may reject them.
    for declaration in [json!({"x-format-assertion": true}), json!({})] {
        let report = check(declaration).run().unwrap();
        assert_eq!(pair(one(&report, "format-narrowed")).2, Some("/parcel"));
        assert!(!report.formats_asserted);
    }
    assert!(check(json!({})).assert_formats(true).run().unwrap().formats_asserted);
}

/// A change that breaks a consumer cannot pass by removing or widening its statement at the same time.
#[test]
fn statements_of_the_base_are_checked_as_well() {
    let strict = || billing(json!({"required": ["parcel"], "properties": {"gift": {"type": "string"}}}));
    let wide = billing(json!({}));
    let (catalog, unchanged) =
        (catalog![POST => [added::ParcelSent]].unwrap(), catalog![POST => [v1::ParcelSent]].unwrap());
    let published = published();
    let check = |catalog: &Catalog, head: &[Consumer], base: Consumer| {
        let base = BaseInputs::default().consumers([base]);
        Check::new(catalog, &published, today()).consumers(head.to_vec()).base(base).run().unwrap()
    };
    let rules = |report: &Report| report.findings.iter().map(|it| (it.rule, it.severity)).collect::<Vec<_>>();
    let removed = check(&catalog, &[], strict());
    assert_eq!(removed.outcome, Outcome::Broken);
    assert!(rules(&removed).contains(&("type-narrowed", Severity::Error)), "{removed}");
    let widened = check(&catalog, std::slice::from_ref(&wide), strict());
    assert_eq!(widened.outcome, Outcome::Broken);
    assert!(rules(&widened).contains(&("input-changed", Severity::Notice)), "{widened}");
    assert!(widened.types[0].columns.iter().any(|column| column.label == "billing (base)"));

    // A statement that was broken before the change may be repaired by it.
    let broken = billing(json!({"required": ["colour"]}));
    let repaired = check(&unchanged, &[wide], broken.clone());
    assert_eq!(repaired.outcome, Outcome::Compatible, "{repaired}");
    assert!(rules(&repaired).contains(&("required-added", Severity::Warning)), "{repaired}");
    // An unchanged statement is checked once.
    let same = check(&unchanged, &[strict()], strict());
    let labels: Vec<_> = same.types[0].columns.iter().map(|column| &*column.label).collect();
    assert_eq!((same.outcome, &*labels), (Outcome::Compatible, &["v1", "billing"][..]), "{same}");
    assert!(rules(&same).iter().all(|(rule, _)| !rule.starts_with("input")), "{same}");
}
