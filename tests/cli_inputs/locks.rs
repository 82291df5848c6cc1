//! Attacks on the locks of the record.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::folder::Folder;
use super::{ALL_EVENTS, BILLING, Case, READS_ORDER_ID, copy_schemas};

/// Edits the published versions of the index by hand.
fn edit_index(folder: &Folder, edit: impl FnOnce(&mut Value)) {
    let mut index: Value = serde_json::from_str(&folder.read("schemas/index.json")).unwrap();
    edit(&mut index["published"]);
    folder.write("schemas/index.json", &index.to_string());
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |hash, byte| hash + &format!("{byte:02x}"))
}

#[test]
fn removed_and_changed_inputs_are_findings() {
    let folder = Folder::repository("removed");
    copy_schemas(&folder.0.join("schemas"));
    folder.write(BILLING, READS_ORDER_ID);
    folder.write("event-contract.toml", "[severity]\nfield-dropped = \"warning\"\n");
    folder.write("infra/all.json", ALL_EVENTS);
    folder.write("infra/orders.json", r#"{"detail-type": ["Order.Created"]}"#);
    folder.commit();
    let found = |folder: &Folder| folder.check(&["--against", "git:main", "--rules", "infra"]);
    let cases: [Case; 11] = [
        (
            "statement",
            |folder| fs::remove_dir_all(folder.0.join("consumers")).unwrap(),
            1,
            "] consumer-removed  Order.Created billing\n  billing no longer states that it reads Order.Created: consumers/billing/Order.Created.reader.json was removed",
        ),
        (
            "wider statement",
            |folder| folder.write(BILLING, "{}"),
            0,
            "] input-changed  Order.Created billing: the statement of billing about Order.Created was changed: consumers/billing/Order.Created.reader.json",
        ),
        (
            "rule",
            |folder| fs::remove_file(folder.0.join("infra/orders.json")).unwrap(),
            0,
            "] rule-removed  rule orders",
        ),
        ("pattern", |folder| folder.write("infra/orders.json", ALL_EVENTS), 0, "] input-changed  rule orders"),
        (
            "configuration",
            |folder| fs::remove_file(folder.0.join("event-contract.toml")).unwrap(),
            0,
            "event-contract.toml was removed",
        ),
        (
            "severity",
            |folder| {
                folder.write("event-contract.toml", "[severity]\nfield-dropped = \"off\"\nconfig-weakened = \"off\"\n");
            },
            0,
            "the severity of `field-dropped` was warning, now off",
        ),
        (
            "lock",
            |folder| {
                edit_index(folder, |published| {
                    published.as_object_mut().unwrap().remove("external/Order.Created/v3").unwrap();
                });
            },
            1,
            "] lock-changed  Order.Created v3\n  index.json no longer locks external/Order.Created/v3, which is published",
        ),
        (
            "hash",
            |folder| {
                let path = "schemas/external/Order.Created/v3.golden.json";
                let text = folder.read(path);
                folder.write(path, &format!("{text} "));
                let hash = sha256(&format!("{text} "));
                edit_index(folder, |published| {
                    published["external/Order.Created/v3"]["files"]["external/Order.Created/v3.golden.json"] =
                        hash.into();
                });
            },
            1,
            "index.json has another hash for the published external/Order.Created/v3.golden.json",
        ),
        (
            "undeclared sunset",
            |folder| {
                edit_index(folder, |published| published["external/Order.Created/v3"]["sunset"] = "2026-01-01".into());
            },
            1,
            "] lock-changed  Order.Created v3\n  index.json: sunset of Order.Created v3: expected none, found 2026-01-01: write the schemas",
        ),
        (
            "removed sunset",
            |folder| {
                edit_index(folder, |published| {
                    published["external/Order.Created/v2"].as_object_mut().unwrap().remove("sunset").unwrap();
                });
            },
            1,
            "index.json: sunset of Order.Created v2: expected 2026-09-30, found none: write the schemas",
        ),
        (
            "record",
            |folder| fs::remove_dir_all(folder.0.join("schemas")).unwrap(),
            1,
            "index.json with the locks of all published versions is missing",
        ),
    ];
    for (name, change, code, expected) in cases {
        change(&folder);
        let found = found(&folder);
        assert_eq!(found.code, code, "{name}: {found:?}");
        assert!(found.out.contains(expected), "{name}: {}", found.out);
        folder.reset();
    }
}

/// The limit on the size of files stands for a full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_no_incomplete_file() {
    let folder = Folder::repository("full");
    copy_schemas(&folder.0.join("schemas"));
    let before = folder.files("schemas");
    let program = env!("CARGO_BIN_EXE_event-contract");
    let write = |limit: &str| {
        let script = format!("trap '' XFSZ; {limit} exec '{program}' schemas write >/dev/null");
        Command::new("sh").args(["-c", &script]).current_dir(&folder.0).output().unwrap()
    };
    let output = write("ulimit -f 0;");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && error.contains("cannot write schemas/registry/"), "{error}");
    assert_eq!(folder.files("schemas"), before);
    assert_eq!(write("").status.code(), Some(0));
    assert!(
        folder
            .files("schemas")
            .iter()
            .all(|name| Path::new(name).extension().is_none_or(|extension| extension != "tmp"))
    );
}
