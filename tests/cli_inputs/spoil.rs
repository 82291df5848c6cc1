//! The law that no input of a red check can be spoilt unnoticed.

use std::fs;

use super::folder::Folder;
use super::{ALL_EVENTS, BILLING, NEEDS_PRICE, NO_EVENT, READS_ORDER_ID, UNUSED_WAIVER, copy_schemas};

/// The ways to spoil a file. `swap` exchanges it with another file, and `hide` moves it into a hidden folder.
const OPERATIONS: [&str; 11] = [
    "delete",
    "rename",
    "hide",
    "truncate",
    "empty",
    "swap",
    "binary",
    "folder",
    "broken link",
    "looping link",
    "no permissions",
];
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
        // A superuser may read every file, whatever its permissions; these three are unreadable for everybody.
        "folder" => {
            fs::remove_file(&path).unwrap();
            fs::create_dir(path).unwrap();
        }
        "broken link" => {
            fs::remove_file(&path).unwrap();
            #[cfg(unix)]
            std::os::unix::fs::symlink("nowhere", path).unwrap();
        }
        "looping link" => {
            fs::remove_file(&path).unwrap();
            #[cfg(unix)]
            std::os::unix::fs::symlink(path.file_name().unwrap(), &path).unwrap();
        }
        "no permissions" => {
            #[cfg(unix)]
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
            if fs::read(&path).is_ok() {
                // For a superuser, and where permissions have another form.
                fs::remove_file(&path).unwrap();
            }
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
