//! The inputs of the subcommand `check`: where they are found, and that no input can be removed or spoilt unnoticed.

#[path = "../support/folder.rs"]
mod folder;
mod git;
mod locks;
mod spoil;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use folder::{Folder, copy};

/// Name, change, expected exit code and text.
type Case = (&'static str, fn(&Folder), i32, &'static str);

impl Folder {
    /// Creates the root of a repository, above which nothing is looked for.
    fn repository(name: &str) -> Self {
        let folder = Self::new(name);
        folder.git(&["init", "-q", "-b", "main"]);
        folder
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "change"]);
    }

    /// Restores the committed files.
    fn reset(&self) {
        self.git(&["reset", "-q", "--hard"]);
        self.git(&["clean", "-q", "-f", "-d", "-x"]);
    }

    fn check_in(&self, below: &str, arguments: &[&str]) -> Checked {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_event-contract"))
            .args(["check", "--today", "2026-11-22"])
            .args(arguments)
            .current_dir(self.0.join(below))
            .output()
            .unwrap();
        let [out, error] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        Checked { code: status.code().unwrap(), out, error }
    }

    fn check(&self, arguments: &[&str]) -> Checked {
        self.check_in("", arguments)
    }

    /// Returns the files below a folder.
    fn files(&self, name: &str) -> Vec<String> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.0.join(name)).unwrap() {
            let entry = entry.unwrap();
            let child = format!("{name}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() { names.extend(self.files(&child)) } else { names.push(child) }
        }
        names.sort_unstable();
        names
    }
}

/// The result of a check.
#[derive(Debug)]
struct Checked {
    code: i32,
    out: String,
    error: String,
}

/// Copies the published schemas, without those for registries, which the check does not read.
fn copy_schemas(to: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    for name in ["external", "internal"] {
        copy(&from.join(name), &to.join(name));
    }
    fs::copy(from.join("index.json"), to.join("index.json")).unwrap();
}

const READS_ORDER_ID: &str = r#"{"type": "object", "required": ["orderId"]}"#;
const NEEDS_PRICE: &str = r#"{"type": "object", "required": ["price"]}"#;
const BILLING: &str = "consumers/billing/Order.Created.reader.json";
const ALL_EVENTS: &str = r#"{"source": ["external"]}"#;
const UNUSED_WAIVER: &str = "[[waiver]]\nfingerprint = \"ab\"\nreason = \"none\"\nexpires = 2026-12-31\n";
const NO_EVENT: &str = r#"{"detail-type": ["Order.Creatd"]}"#;

#[test]
fn inputs_are_found_from_the_current_folder_upwards_or_beside_the_record() {
    let folder = Folder::repository("places");
    copy_schemas(&folder.0.join("contract/schemas"));
    folder.write(&format!("contract/{BILLING}"), NEEDS_PRICE);
    folder.write("contract/event-contract.toml", "[severity]\nfield-dropped = \"off\"\n");
    folder.write("contract/rules/all.json", ALL_EVENTS);
    folder.write("contract/src/lib.rs", "");
    let record = folder.0.join("contract/schemas");
    for (below, dir) in [
        ("contract", None),
        ("contract/src", None),
        ("", Some("contract/schemas")),
        ("contract/src", Some("../schemas")),
        ("contract/schemas", Some(".")),
        ("", record.to_str()),
    ] {
        let dir: Vec<_> = dir.map(|dir| ["--dir", dir]).into_iter().flatten().collect();
        let found = folder.check_in(below, &[&dir[..], &["--rules", "rules/all.json"]].concat());
        assert_eq!(found.code, 1, "{below} {dir:?}: {found:?}");
        for expected in
            ["error[1] required-added", " 1 statement in 1 file\n", " 1 setting in 1 file\n", " 1 rule in 1 file\n"]
        {
            assert!(found.out.contains(expected), "{below} {dir:?}, {expected}: {}", found.out);
        }
        assert!(!found.out.contains("field-dropped"), "{below} {dir:?}: {}", found.out);
    }
    // The inputs of the current folder are not those of the record.
    folder.write("consumers/shop/Order.Created.reader.json", READS_ORDER_ID);
    let both = folder.check(&["--dir", "contract/schemas"]);
    assert!(both.code == 1 && both.out.contains("; not read: consumers\n"), "{both:?}");
    fs::remove_dir_all(folder.0.join("contract/consumers")).unwrap();
    let elsewhere = folder.check(&["--dir", "contract/schemas"]);
    assert_eq!(elsewhere.code, 2, "{elsewhere:?}");
    assert!(elsewhere.error.contains("consumers is in the current folder, expected it beside --dir\n"));
    let named = folder.check(&["--dir", "contract/schemas", "--consumers", "consumers"]);
    assert!(named.code == 0 && named.out.contains("shop: can read every event"), "{named:?}");
}

#[test]
fn every_report_names_the_inputs() {
    let folder = Folder::repository("reports");
    copy_schemas(&folder.0.join("schemas"));
    folder.write(BILLING, READS_ORDER_ID);
    folder.write("consumers/README.md", "who reads what");
    folder.write("infra/all.json", ALL_EVENTS);
    folder.write("infra/package.json", r#"{"name": "infra"}"#);
    folder.commit();
    for format in ["text", "json", "markdown", "html", "junit", "sarif", "github"] {
        let found = folder.check(&["--against", "git:main", "--rules", "infra", "--format", format]);
        assert_eq!(found.code, 0, "{format}: {found:?}");
        for path in ["schemas", "consumers", "infra", "consumers/README.md", "infra/package.json"] {
            assert!(found.out.contains(path), "{format}, {path}: {}", found.out);
        }
        if format != "json" && format != "sarif" {
            for line in ["base record: schemas, ", "head consumers: consumers, 1 statement in 1 file"] {
                assert!(found.out.contains(line), "{format}, {line}: {}", found.out);
            }
        }
    }
    let report: Value =
        serde_json::from_str(&folder.check(&["--against", "git:main", "--format", "json"]).out).unwrap();
    let inputs = report["inputs"].as_array().unwrap();
    let named: Vec<_> = inputs.iter().map(|input| format!("{} {}", input["kind"], input["origin"])).collect();
    assert_eq!(named, [r#""record" "base""#, r#""record" "head""#, r#""consumers" "base""#, r#""consumers" "head""#]);
    assert_eq!((&inputs[0]["entries"], &inputs[3]["entries"]), (&inputs[1]["entries"], &1.into()));
}

#[test]
fn misnamed_and_unreadable_inputs_are_never_green() {
    let folder = Folder::repository("misnamed");
    copy_schemas(&folder.0.join("schemas"));
    folder.write(BILLING, READS_ORDER_ID);
    folder.write("event-contract.toml", "[severity]\nfield-dropped = \"off\"\n");
    folder.write("infra/all.json", ALL_EVENTS);
    folder.write("infra/more.json", ALL_EVENTS);
    folder.commit();
    let check = ["--rules", "infra"];
    assert_eq!(folder.check(&check).code, 0, "{:?}", folder.check(&check));

    let renames = [
        ("schemas", "schema"),
        ("schemas/index.json", "schemas/indx.json"),
        ("schemas/external/Order.Created/v3.writer.json", "schemas/external/Order.Created/v3.writers.json"),
        ("consumers", "consumer"),
        ("consumers", "Consumers"),
        ("consumers", "statements"),
        (BILLING, "consumers/billing/Order.Created.json"),
        (BILLING, "consumers/billing/Order.Created.reader.jsn"),
        (BILLING, "consumers/billing/Order.Created.reader.json.bak"),
        (BILLING, "consumers/billing/Order.Created.yaml"),
        (BILLING, "consumers/billing/Order.Created.txt"),
        (BILLING, "consumers/billing/.Order.Created"),
        (BILLING, "consumers/Order.Created.reader.json"),
        (BILLING, "consumers/billing/Order.Creatd.reader.json"),
        ("event-contract.toml", "event_contract.toml"),
        ("event-contract.toml", "event-contract.tml"),
        ("event-contract.toml", "event-contract.toml.bak"),
        ("event-contract.toml", "event-contract.yaml"),
        ("infra/all.json", "infra/all.jsn"),
        ("infra/all.json", "infra/all.json.bak"),
        ("infra", "infrastructure"),
    ];
    for (from, to) in renames {
        fs::rename(folder.0.join(from), folder.0.join(to)).unwrap();
        let found = folder.check(&check);
        assert_ne!(found.code, 0, "{from} to {to}: {found:?}");
        folder.reset();
    }
    for name in [
        "schemas/index.json",
        "schemas/external/Order.Created/v3.writer.json",
        BILLING,
        "event-contract.toml",
        "infra/all.json",
    ] {
        let path = folder.0.join(name);
        for bytes in [&b"{"[..], b"\xff\xfe", b""] {
            // An empty configuration is valid.
            if name != "event-contract.toml" || !bytes.is_empty() {
                fs::write(&path, bytes).unwrap();
                let found = folder.check(&check);
                assert_ne!(found.code, 0, "{name} with {bytes:?}: {found:?}");
            }
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let found = folder.check(&check);
        assert_ne!(found.code, 0, "{name} as a folder: {found:?}");
        #[cfg(unix)]
        {
            fs::remove_dir(&path).unwrap();
            std::os::unix::fs::symlink("nowhere", &path).unwrap();
            let found = folder.check(&check);
            assert_ne!(found.code, 0, "{name} as a broken link: {found:?}");
        }
        folder.reset();
    }
}

#[test]
fn rules_and_consumers_of_a_base_folder_are_compared() {
    let folder = Folder::repository("base-folder");
    for revision in ["old/contract", "contract"] {
        copy_schemas(&folder.0.join(revision).join("schemas"));
    }
    folder.write("teams/consumers/billing/Order.Created.reader.json", READS_ORDER_ID);
    folder.write("old/teams/consumers/billing/Order.Created.reader.json", READS_ORDER_ID);
    folder.write("old/teams/consumers/shop/Order.Created.reader.json", READS_ORDER_ID);
    folder.write("infra/all.json", ALL_EVENTS);
    folder.write("old/infra/all.json", ALL_EVENTS);
    folder.write("old/infra/orders.json", r#"{"detail-type": ["Order.Created"]}"#);
    folder.write("old/event-contract.toml", "[severity]\nfield-dropped = \"warning\"\n");
    let arguments =
        ["--against", "../old/contract/schemas", "--consumers", "../teams/consumers", "--rules", "../infra"];
    let found = folder.check_in("contract", &arguments);
    assert_eq!(found.code, 1, "{found:?}");
    for expected in [
        "base consumers: ../old/teams/consumers, 2 statements in 2 files\n",
        "base routing rules: ../old/infra, 2 rules in 2 files\n",
        "base configuration: ../old/event-contract.toml, 1 setting in 1 file\n",
        "] consumer-removed  Order.Created shop\n",
        "] rule-removed  rule orders\n",
        "event-contract.toml was removed",
    ] {
        assert!(found.out.contains(expected), "{expected}: {}", found.out);
    }
    // A base that is a record alone cannot contain them.
    copy_schemas(&folder.0.join("published"));
    let alone = folder.check_in("contract", &["--against", "../published", "--rules", "../infra"]);
    assert_eq!(alone.code, 0, "{alone:?}");
    let expected = "base routing rules: 0 rules in 0 files; not read: ../infra (not below the folder of the base)\n";
    assert!(alone.out.contains(expected), "{}", alone.out);
}

#[test]
fn an_invalid_statement_is_named_and_can_be_repaired() {
    let folder = Folder::repository("invalid");
    copy_schemas(&folder.0.join("schemas"));
    let against = ["--against", "git:main"];
    for invalid in [r#"{"type": "strin"}"#, r#"{"required": ["orderId"], "$ref": "other.json"}"#, "{"] {
        folder.write(BILLING, invalid);
        folder.commit();
        let found = folder.check(&[]);
        let start = format!("error: {BILLING}: ");
        assert!(found.code == 2 && found.error.starts_with(&start), "{invalid}: {found:?}");
        folder.write(BILLING, READS_ORDER_ID);
        let repaired = folder.check(&against);
        assert!(repaired.code == 0 && repaired.out.contains(BILLING), "{invalid}: {repaired:?}");
    }
    let yaml = "consumers/billing/Order.Created.reader.yaml";
    folder.write(yaml, "type: object\n");
    folder.commit();
    assert_eq!(folder.check(&[]).code, 2);
    fs::remove_file(folder.0.join(yaml)).unwrap();
    let repaired = folder.check(&against);
    assert!(repaired.code == 0 && repaired.out.contains(&format!("; not read: {yaml}\n")), "{repaired:?}");
}
