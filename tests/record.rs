//! The published record: generated files, locks, and refused changes.

use event_contract::catalog::{Catalog, CatalogError};
use event_contract::record::{Files, Record};
use event_contract::registry::Format;
use event_contract::{Event, Payload, SubsystemName, catalog, contract};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const POST: SubsystemName = SubsystemName::from_static("post");

/// The published parcel.
mod published {
    use super::{Deserialize, JsonSchema, Payload, Serialize};

    /// A parcel was sent.
    #[derive(Serialize, Deserialize, JsonSchema, Payload)]
    #[payload(external, name = "Parcel.Sent", version = 1, key = parcel)]
    pub(super) struct ParcelSent {
        /// Which.
        pub(super) parcel: String,
    }
}

/// The parcel with changed descriptions.
mod reworded {
    use super::{Deserialize, JsonSchema, Payload, Serialize};

    /// A parcel has left the post office.
    #[derive(Serialize, Deserialize, JsonSchema, Payload)]
    #[payload(external, name = "Parcel.Sent", version = 1, key = parcel)]
    pub(super) struct ParcelSent {
        /// The number on the parcel.
        parcel: String,
    }
}

/// The parcel with an additional field.
mod changed {
    use super::{Deserialize, JsonSchema, Payload, Serialize};

    /// A parcel was sent.
    #[derive(Serialize, Deserialize, JsonSchema, Payload)]
    #[payload(external, name = "Parcel.Sent", version = 1, key = parcel)]
    pub(super) struct ParcelSent {
        /// Which.
        parcel: String,
        /// How heavy it is.
        grams: u32,
    }
}

/// Version 2 of the parcel.
mod next {
    use super::{Deserialize, JsonSchema, Payload, Serialize, published};

    /// A parcel was sent.
    #[derive(Serialize, Deserialize, JsonSchema, Payload)]
    #[payload(external, name = "Parcel.Sent", version = 2, previous = published::ParcelSent, key = parcel)]
    pub(super) struct ParcelSent {
        /// Which.
        parcel: String,
        /// How heavy it is.
        grams: Option<u32>,
    }

    impl From<published::ParcelSent> for ParcelSent {
        fn from(older: published::ParcelSent) -> Self {
            Self { parcel: older.parcel, grams: None }
        }
    }
}

fn published() -> Catalog {
    catalog![POST => [published::ParcelSent]].unwrap()
}

const GOLDEN: &str = "external/Parcel.Sent/v1.golden.json";
const WRITER: &str = "external/Parcel.Sent/v1.writer.json";

/// Returns the files of a recorded golden event.
fn golden() -> Files {
    let event =
        Event::new(published::ParcelSent { parcel: "p-1".into() }, POST, "2026-11-22T10:43:01Z".parse().unwrap());
    Files::from([(GOLDEN.to_owned(), serde_json::to_vec(&event).unwrap())])
}

fn record() -> Files {
    Record::new(&published(), &golden()).unwrap().publish().unwrap()
}

fn findings(catalog: &Catalog, files: &Files) -> Vec<String> {
    Record::new(catalog, files).unwrap().verify().iter().map(ToString::to_string).collect()
}

fn refused(catalog: &Catalog, files: &Files) -> Vec<String> {
    Record::new(catalog, files).unwrap().publish().unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_published_record_is_valid_and_unchanged() {
    let files = record();
    assert_eq!(findings(&published(), &files), [""; 0]);
    assert_eq!(Record::new(&published(), &files).unwrap().publish().unwrap(), files);
    // The golden event is the example.
    let writer: Value = serde_json::from_slice(&files[WRITER]).unwrap();
    assert_eq!(writer["examples"], json!([{"parcel": "p-1"}]));
}

#[test]
fn descriptions_may_change_and_the_published_file_stays() {
    let better = catalog![POST => [reworded::ParcelSent]].unwrap();
    let files = record();
    let record = Record::new(&better, &files).unwrap().formats([]);
    assert_eq!(record.verify().iter().filter(|finding| finding.path().starts_with("external/")).count(), 0);
    assert_eq!(record.generate_files()[WRITER], files[WRITER]);
    assert_eq!(record.publish().unwrap()[WRITER], files[WRITER]);
}

#[test]
fn a_published_version_that_would_change_is_refused() {
    let changed = catalog![POST => [changed::ParcelSent]].unwrap();
    let files = record();
    let path = "external/Parcel.Sent/v1";
    let problem = "is published, and its type has changed: undo the change, and make it in a new version";
    let refused = refused(&changed, &files);
    assert_eq!(refused[..2], [format!("{path}.writer.json: {problem}"), format!("{path}.reader.json: {problem}")]);
    // The golden event is no longer read, either.
    assert!(
        refused[2].starts_with(&format!("{GOLDEN}: invalid golden event: cannot be read: /data/grams")),
        "{refused:?}"
    );
    // The difference is available, and the file is not overwritten.
    let record = Record::new(&changed, &files).unwrap();
    let promises = record.find_violations();
    let (found, expected) = promises[0].texts().unwrap();
    assert!(!found.contains("grams") && expected.contains("grams"));
    assert_eq!(record.generate_files()[WRITER], files[WRITER]);
}

#[test]
fn a_new_version_is_added_beside_the_old_one() {
    let next = catalog![POST => [next::ParcelSent]].unwrap();
    let mut files = record();
    assert_eq!(
        refused(&next, &files),
        ["external/Parcel.Sent/v2.golden.json: golden event missing: record an event of this version, as \
             `serde_json::to_string` writes it, before publishing"]
    );
    let event = json!({"id": "1", "type": "Parcel.Sent", "version": 2, "timestamp": 1_795_344_181_000_u64,
        "partitionKey": "p", "source": "post", "data": {"parcel": "p", "grams": 70}});
    files.insert("external/Parcel.Sent/v2.golden.heavy.json".into(), event.to_string().into_bytes());
    let published = Record::new(&next, &files).unwrap().publish().unwrap();
    assert_eq!(published[WRITER], files[WRITER]);
    assert!(published.contains_key("external/Parcel.Sent/v2.writer.json"));
    assert_eq!(findings(&next, &published), [""; 0]);
    // In the other direction, a published version may not be removed.
    assert!(
        findings(&self::published(), &published).contains(
            &"external/Parcel.Sent/v2: is published, but not in the catalog: keep it in the chain, its events may \
          still be in transit"
                .to_owned()
        )
    );
}

#[test]
fn published_files_must_not_be_edited() {
    let mut files = record();
    let text = String::from_utf8(files[WRITER].clone()).unwrap();
    files.insert(WRITER.into(), text.replace("A parcel was sent.", "A parcel was lost.").into_bytes());
    let changed = format!("{WRITER}: is published, but was modified: restore it from git");
    assert_eq!(findings(&published(), &files), [changed.as_str()]);
    assert_eq!(refused(&published(), &files), [changed.as_str()]);
    files.remove(WRITER);
    let lost = format!("{WRITER}: is published, but is missing: restore it from git");
    assert_eq!(findings(&published(), &files), [lost.as_str()]);
    // Other line ends of a checkout are not a change.
    files.insert(WRITER.into(), text.replace('\n', "\r\n").into_bytes());
    assert_eq!(findings(&published(), &files), [""; 0]);
}

/// An edited file is no evidence about its type: one finding, without the advice to make a new version.
#[test]
fn an_edited_file_is_one_finding() {
    for (path, from, to) in [(WRITER, "\"parcel\"", "\"parcels\""), (GOLDEN, "\"p-1\"", "7"), (WRITER, "{", "tea")] {
        let mut files = record();
        let text = String::from_utf8(files[path].clone()).unwrap();
        assert!(text.contains(from));
        files.insert(path.into(), text.replace(from, to).into_bytes());
        let changed = format!("{path}: is published, but was modified: restore it from git");
        assert_eq!(findings(&published(), &files), [changed.as_str()]);
        assert_eq!(refused(&published(), &files), [changed.as_str()]);
    }
}

/// A sunset may be declared and moved to a later day; each time it is locked.
#[test]
fn a_sunset_is_locked() {
    macro_rules! ending {
        ($name:ident, $sunset:literal) => {
            /// A parcel was sent.
            #[derive(Serialize, Deserialize, JsonSchema, Payload)]
            #[payload(external, name = "Parcel.Sent", version = 1, key = parcel, sunset = $sunset)]
            struct $name {
                /// Which.
                parcel: String,
            }
        };
    }
    ending!(Ending, "2027-06-30");
    ending!(Sooner, "2027-06-29");
    ending!(Later, "2027-07-01");
    let catalog = |which: Result<Catalog, CatalogError>| which.unwrap();
    let (ending, sooner, later) =
        (catalog(catalog![POST => [Ending]]), catalog(catalog![POST => [Sooner]]), catalog(catalog![POST => [Later]]));
    let sunset = |files: &Files| {
        let index: Value = serde_json::from_slice(&files["index.json"]).unwrap();
        index["published"]["external/Parcel.Sent/v1"]["sunset"].clone()
    };
    // A sunset declared after publication must be recorded.
    let mut files = record();
    assert_eq!(sunset(&files), Value::Null);
    assert_eq!(findings(&ending, &files), ["index.json: differs from the types: write the schemas"]);
    files.extend(Record::new(&ending, &files).unwrap().generate_files());
    assert_eq!(sunset(&files), "2027-06-30");
    assert_eq!(findings(&ending, &files), [""; 0]);

    let earlier = "external/Parcel.Sent/v1: is published with the sunset 2027-06-30, and its type has 2027-06-29: set \
        2027-06-30 or later; if the publication was never merged, restore index.json from git";
    assert_eq!(findings(&sooner, &files), [earlier]);
    assert_eq!(refused(&sooner, &files), [earlier]);

    let mut moved = files.clone();
    moved.extend(Record::new(&later, &files).unwrap().publish().unwrap());
    assert_eq!(sunset(&moved), "2027-07-01");
    assert_eq!(findings(&ending, &moved).len(), 1);
    // The sunset of a first publication is locked at once.
    assert_eq!(sunset(&Record::new(&ending, &golden()).unwrap().publish().unwrap()), "2027-06-30");
}

#[test]
fn golden_events_must_be_written_by_their_type() {
    let with = |event: &str| {
        let files = Files::from([(GOLDEN.to_owned(), event.as_bytes().to_vec())]);
        refused(&published(), &files).join("\n")
    };
    let event = |version: u32, data: &Value| {
        json!({"id": "1", "type": "Parcel.Sent", "version": version, "timestamp": 1_795_344_181_000_u64,
            "partitionKey": "p", "source": "post", "data": data})
        .to_string()
    };
    let invalid = |why: &str| format!("{GOLDEN}: invalid golden event: {why}");
    assert_eq!(with("tea"), invalid("cannot be read: the delivery is not JSON: expected ident at line 1 column 2"));
    assert_eq!(
        with(&event(2, &json!({"parcel": "p"}))),
        invalid("expected `type` and `version` of Parcel.Sent v1 at the root")
    );
    assert_eq!(
        with(&event(1, &json!({"parcel": "p", "grams": 4}))),
        invalid("read with an observation: /data/grams: unknown field, kept")
    );
    assert_eq!(
        with(&event(1, &json!({}))),
        invalid("cannot be read: /data/parcel: expected a value (the field is required), found nothing")
    );
}

/// Changes that no schema asserts and that break consumers nevertheless.
#[test]
fn meanings_and_owners_are_locked_too() {
    mod first {
        use super::{Deserialize, JsonSchema, Payload, Serialize};
        use event_contract::Open;

        fn one() -> u8 {
            1
        }

        #[derive(Serialize, Deserialize, JsonSchema, Payload)]
        #[payload(external, name = "Parcel.Sent", version = 1, key = parcel)]
        pub(super) struct ParcelSent {
            pub(super) parcel: String,
            pub(super) to: String,
            #[serde(default = "one")]
            pub(super) pieces: u8,
            pub(super) by: Open<Carrier>,
        }

        #[derive(Serialize, Deserialize, JsonSchema, event_contract::ValueType)]
        pub(super) enum Carrier {
            Pigeon,
            Ship,
        }
    }

    mod then {
        use super::{Deserialize, JsonSchema, Payload, Serialize};
        use event_contract::Open;

        fn two() -> u8 {
            2
        }

        #[derive(Serialize, Deserialize, JsonSchema, Payload)]
        #[payload(external, name = "Parcel.Sent", version = 1, key = to)]
        pub(super) struct ParcelSent {
            parcel: String,
            to: String,
            #[serde(default = "two")]
            pieces: u8,
            by: Open<Carrier>,
        }

        #[derive(Serialize, Deserialize, JsonSchema, event_contract::ValueType)]
        enum Carrier {
            Dove,
            Ship,
            Train,
        }
    }

    let by = event_contract::Open::Known(first::Carrier::Pigeon);
    let _ = first::Carrier::Ship;
    let sent = first::ParcelSent { parcel: "p-1".into(), to: "Ada".into(), pieces: 1, by };
    let event = Event::new(sent, POST, "2026-11-22T10:43:01Z".parse().unwrap());
    let golden = Files::from([(GOLDEN.to_owned(), serde_json::to_vec(&event).unwrap())]);
    let catalog = catalog![POST => [first::ParcelSent]].unwrap();
    let files = Record::new(&catalog, &golden).unwrap().publish().unwrap();
    assert_eq!(findings(&catalog, &files), [""; 0]);

    let problem = "is published, and a default or a known value of its type has changed: undo the change, and make it in \
                a new version";
    let path = "external/Parcel.Sent/v1";
    let then = catalog![SubsystemName::from_static("mail") => [then::ParcelSent]].unwrap();
    assert_eq!(
        refused(&then, &files),
        [
            format!("{path}.writer.json: {problem}"),
            format!("{path}.reader.json: {problem}"),
            format!("{path}: is published with the owner post, its source on the wire: undo the change of the owner"),
            format!("{GOLDEN}: invalid golden event: read with an observation: /data/by: unknown value, kept"),
        ]
    );
}

/// A field without a default must not get one in the same version; `null` is not a default.
#[test]
fn a_default_must_not_appear_within_a_version() {
    macro_rules! parcel {
        ($name:ident, $(#[$default:meta])?) => {
            mod $name {
                use super::{Deserialize, JsonSchema, Payload, Serialize};

                #[derive(Serialize, Deserialize, JsonSchema, Payload)]
                #[payload(external, name = "Parcel.Sent", version = 1, key = parcel)]
                pub(super) struct ParcelSent {
                    pub(super) parcel: String,
                    $(#[$default])?
                    pub(super) pieces: Option<u8>,
                }
            }
        };
    }
    parcel!(bare,);
    parcel!(nothing, #[serde(default)]);
    parcel!(one, #[serde(default = "super::one")]);

    let sent = bare::ParcelSent { parcel: "p-1".into(), pieces: None };
    let event = Event::new(sent, POST, "2026-11-22T10:43:01Z".parse().unwrap());
    let golden = Files::from([(GOLDEN.to_owned(), serde_json::to_vec(&event).unwrap())]);
    let files = Record::new(&catalog![POST => [bare::ParcelSent]].unwrap(), &golden).unwrap().publish().unwrap();
    assert!(Record::new(&catalog![POST => [nothing::ParcelSent]].unwrap(), &files).unwrap().publish().is_ok());
    let refused = refused(&catalog![POST => [one::ParcelSent]].unwrap(), &files);
    assert!(
        refused.iter().any(|finding| finding.contains("v1.reader.json: is published, and a default")),
        "{refused:?}"
    );
}

#[allow(clippy::unnecessary_wraps, reason = "it is of the type of the field")]
fn one() -> Option<u8> {
    Some(1)
}

#[test]
fn a_partition_key_is_locked_by_golden_events() {
    let mut files = golden();
    let mut event: Value = serde_json::from_slice(&files[GOLDEN]).unwrap();
    event["partitionKey"] = json!("of another field");
    files.insert(GOLDEN.to_owned(), event.to_string().into_bytes());
    assert_eq!(
        refused(&published(), &files),
        [format!(
            "{GOLDEN}: invalid golden event: the type computes another partition key: events with one key would lose their order"
        )]
    );
}

/// Edits of the lock are detected.
#[test]
fn the_index_locks_every_file_or_is_reported() {
    let files = record();
    let with = |index: &str| {
        let mut files = files.clone();
        files.insert("index.json".to_owned(), index.as_bytes().to_vec());
        Record::new(&published(), &files)
            .map(|record| record.verify().iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let text = String::from_utf8(files["index.json"].clone()).unwrap();
    let version = "external/Parcel.Sent/v1";
    for part in ["writer", "reader", "golden"] {
        let mut index: Value = serde_json::from_str(&text).unwrap();
        index["published"][version]["files"].as_object_mut().unwrap().remove(&format!("{version}.{part}.json"));
        assert_eq!(
            with(&index.to_string()).unwrap(),
            [format!("{version}: is in index.json without all of its files: restore index.json from git")]
        );
    }
    let entry = format!(r#""{version}": {{"owner": "post", "files": {{}}}},"#);
    let twice = text.replacen("\"published\": {", &format!("\"published\": {{{entry}"), 1);
    assert!(with(&twice).unwrap_err().to_string().contains("duplicate member `external/Parcel.Sent/v1`"));
    // Without an index nothing is published, which is reported.
    let mut unlocked = files.clone();
    unlocked.remove("index.json");
    assert_eq!(Record::new(&published(), &unlocked).unwrap().list_unpublished(), [version]);
    assert_eq!(Record::new(&published(), &files).unwrap().list_unpublished(), [""; 0]);
}

#[test]
fn generated_files_are_compared_byte_for_byte() {
    let catalog = published();
    let mut files = Record::new(&catalog, &Files::new()).unwrap().generate_files();
    assert_eq!(findings(&catalog, &files), [""; 0]);
    let before = files.insert(WRITER.into(), b"{}\n".to_vec()).unwrap();
    assert_eq!(findings(&catalog, &files), [format!("{WRITER}: differs from the types: write the schemas")]);
    files.insert(WRITER.into(), before);
    files.insert("external/Parcel.Sent/v7.writer.json".into(), b"{}".to_vec());
    files.insert("external/README.md".into(), b"of ours".to_vec());
    files.insert("external/Parcel.Sent/.DS_Store".into(), b"of another program".to_vec());
    assert_eq!(
        findings(&catalog, &files),
        [
            "external/Parcel.Sent/v7.writer.json: belongs to no type of the catalog: remove it",
            "external/README.md: belongs to no type of the catalog: remove it",
        ]
    );
}

/// A chosen format stays chosen, and no other one is added.
#[test]
fn formats_follow_from_the_existing_files() {
    let catalog = published();
    let format = Format::ALL[0];
    let registry_paths =
        |files: &Files| files.keys().filter(|path| path.starts_with("registry/")).cloned().collect::<Vec<_>>();
    let none = Files::new();
    let all = Record::new(&catalog, &none).unwrap().generate_files();
    let one = Record::new(&catalog, &none).unwrap().formats([format]).generate_files();
    assert!(!registry_paths(&one).is_empty());
    assert!(registry_paths(&one).len() < registry_paths(&all).len());
    assert_eq!(registry_paths(&Record::new(&catalog, &one).unwrap().generate_files()), registry_paths(&one));
}

#[test]
fn the_shipped_contract_has_a_valid_record() {
    let catalog: Result<Catalog, CatalogError> = contract::catalog();
    let mut files = Files::new();
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas"));
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path();
                let name = path.strip_prefix(root).unwrap().components();
                let name: Vec<_> = name.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
                files.insert(name.join("/"), std::fs::read(&path).unwrap());
            }
        }
    }
    let findings = findings(&catalog.unwrap(), &files);
    assert!(findings.is_empty(), "run `cargo run --features cli -- schemas write`:\n{}", findings.join("\n"));
    assert!(files.contains_key("index.json"));
}

#[test]
fn golden_events_of_no_version_are_named() {
    let mut files = record();
    for name in ["external/Parcel.Sent/v9.golden.json", "internal/Parcel.Sent/v1.golden.json"] {
        files.insert(name.to_owned(), golden()[GOLDEN].clone());
    }
    let problem = "golden event of no version: expected the name of a version of the catalog; rename or remove it";
    let expected =
        ["external/Parcel.Sent/v9", "internal/Parcel.Sent/v1"].map(|name| format!("{name}.golden.json: {problem}"));
    assert_eq!(findings(&published(), &files), expected);
}
