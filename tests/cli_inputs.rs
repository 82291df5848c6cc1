//! The inputs of the subcommand `check`: where they are found, and that no input can be removed or spoilt unnoticed.

#[path = "support/folder.rs"]
mod folder;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

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

/// The ways to spoil a file. `swap` exchanges it with another file, and `hide` moves it into a hidden folder.
const OPERATIONS: [&str; 9] =
    ["delete", "rename", "hide", "truncate", "empty", "swap", "binary", "folder", "broken link"];
/// Number of operations on each input that is not the red one.
const OPERATIONS_ON_OTHERS: usize = 2;

fn spoil(folder: &Folder, operation: &str, name: &str, other: &str) {
    let path = folder.0.join(name);
    match operation {
        "delete" => fs::remove_file(path).unwrap(),
        "rename" => fs::rename(&path, path.with_extension("old")).unwrap(),
        "hide" => {
            let hidden = path.with_file_name(".hidden");
            fs::create_dir(&hidden).unwrap();
            fs::rename(&path, hidden.join(path.file_name().unwrap())).unwrap();
        }
        "truncate" => {
            let bytes = fs::read(&path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        }
        "empty" => fs::write(path, "").unwrap(),
        "swap" => {
            let (one, two) = (folder.read(name), folder.read(other));
            folder.write(name, &two);
            folder.write(other, &one);
        }
        "binary" => fs::write(path, b"\xff\xfe\x00").unwrap(),
        // A superuser may read every file, whatever its permissions; these two are unreadable for everybody.
        "folder" => {
            fs::remove_file(&path).unwrap();
            fs::create_dir(path).unwrap();
        }
        "broken link" => {
            fs::remove_file(&path).unwrap();
            #[cfg(unix)]
            std::os::unix::fs::symlink("nowhere", path).unwrap();
        }
        _ => unreachable!("{operation}"),
    }
}

/// With `--against`, no input of a red check can be spoilt unnoticed: the check stays red, fails, or names the input.
///
/// The red input is spoilt in every way; the others, which could hide it, in some, so that all ways occur among the red checks.
#[test]
fn no_input_of_a_red_check_can_be_spoilt_unnoticed() {
    const ORDER: &str = "schemas/external/Order.Created";
    let folder = Folder::repository("law");
    copy_schemas(&folder.0.join("schemas"));
    folder.write(BILLING, READS_ORDER_ID);
    folder.write("consumers/shop/Order.Created.reader.json", READS_ORDER_ID);
    folder.write("consumers/shop/Order.Updated/v2.reader.json", "{}");
    folder.write("event-contract.toml", "[envelope]\nsources = [\"external\"]\n");
    folder.write("infra/all.json", ALL_EVENTS);
    folder.write("infra/orders.json", r#"{"detail-type": ["Order.Created"]}"#);
    folder.commit();
    let check = ["--against", "git:main", "--rules", "infra"];
    let green = folder.check(&check);
    assert_eq!(green.code, 0, "{green:?}");

    // Each input with another one of its kind.
    let golden = format!("{ORDER}/v3.golden.json");
    let inputs = [
        (BILLING, "consumers/shop/Order.Updated/v2.reader.json"),
        ("consumers/shop/Order.Updated/v2.reader.json", BILLING),
        ("infra/orders.json", "infra/all.json"),
        ("infra/all.json", "infra/orders.json"),
        ("event-contract.toml", "infra/all.json"),
        ("schemas/index.json", &*golden),
        (&*golden, &*format!("{ORDER}/v2.golden.json")),
        (&*format!("{ORDER}/v3.writer.json"), &*format!("{ORDER}/v1.writer.json")),
        (&*format!("{ORDER}/v3.reader.json"), &*format!("{ORDER}/v3.writer.json")),
    ];
    let mut next_operation = OPERATIONS.iter().cycle();
    // Each makes the check red by one input.
    for (red, text) in [
        (BILLING, NEEDS_PRICE.to_owned()),
        ("infra/orders.json", NO_EVENT.to_owned()),
        ("event-contract.toml", format!("[severity]\nwaiver-unused = \"error\"\n{UNUSED_WAIVER}")),
        (&*golden, format!("{} ", folder.read(&golden))),
    ] {
        // Red in the base, and spoilt by the change.
        folder.write(red, &text);
        let before = folder.check(&check);
        assert_eq!(before.code, 1, "{red}: {before:?}");
        folder.commit();
        for (name, other) in inputs {
            let operations: Vec<_> = if name == red {
                OPERATIONS.to_vec()
            } else {
                next_operation.by_ref().copied().take(OPERATIONS_ON_OTHERS).collect()
            };
            for operation in operations {
                spoil(&folder, operation, name, other);
                let found = folder.check(&check);
                assert!(found.code != 0 || found.out.contains(name), "{operation} {name}, red by {red}: {found:?}");
                folder.reset();
            }
        }
        folder.git(&["reset", "-q", "--hard", "HEAD~1"]);
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

/// Edits the published versions of the index by hand.
fn edit_index(folder: &Folder, edit: impl FnOnce(&mut Value)) {
    let mut index: Value = serde_json::from_str(&folder.read("schemas/index.json")).unwrap();
    edit(&mut index["published"]);
    folder.write("schemas/index.json", &index.to_string());
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
                let hash: String =
                    Sha256::digest(format!("{text} ")).iter().map(|byte| format!("{byte:02x}")).collect();
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
                edit_index(folder, |published| published["external/Order.Created/v3"]["sunset"] = "2026-01-01".into())
            },
            1,
            "] lock-changed  Order.Created v3\n  index.json: the sunset of Order.Created v3 is 2026-01-01, expected none: write the schemas",
        ),
        (
            "removed sunset",
            |folder| {
                edit_index(folder, |published| {
                    published["external/Order.Created/v2"].as_object_mut().unwrap().remove("sunset").unwrap();
                });
            },
            1,
            "index.json: the sunset of Order.Created v2 is none, expected 2026-09-30: write the schemas",
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
