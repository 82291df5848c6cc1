//! Bases in a repository whose configuration is hostile.

use std::process::Command;

use super::{Folder, copy_schemas};

fn git_output(folder: &Folder, arguments: &[&str]) -> String {
    let output = Command::new("git").args(arguments).current_dir(&folder.0).output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_missing_object_is_not_fetched_from_a_remote_that_is_a_command() {
    let folder = Folder::repository("promisor");
    copy_schemas(&folder.0.join("schemas"));
    folder.commit();
    assert_eq!(folder.check(&["--against", "git:HEAD"]).code, 0);
    let marker = folder.0.join("was-run");
    for (name, value) in [
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", &format!("ext::touch {}", marker.display())),
        ("protocol.ext.allow", "always"),
    ] {
        folder.git(&["config", name, value]);
    }
    let blob = git_output(&folder, &["rev-parse", "HEAD:schemas/index.json"]);
    let (head, tail) = blob.split_at(2);
    std::fs::remove_file(folder.0.join(".git/objects").join(head).join(tail)).unwrap();

    let found = folder.check(&["--against", "git:HEAD"]);
    assert!(found.code == 2 && found.error.contains("git does not have all files of"), "{found:?}");
    assert!(!marker.exists(), "the command was run");
    // The same repository is dangerous to a program that lets git fetch.
    let _ = Command::new("git").args(["cat-file", "-p", &blob]).current_dir(&folder.0).output();
    assert!(marker.exists());
}

#[test]
fn a_revision_is_one_commit() {
    let folder = Folder::repository("revisions");
    copy_schemas(&folder.0.join("schemas"));
    folder.commit();
    for (revision, expected) in [
        ("^HEAD", "\"^HEAD\" is not one commit\n  name a branch, a tag or a commit"),
        ("HEAD^@", "git has no revision \"HEAD^@\" here"),
        ("HEAD:schemas", "git has no revision \"HEAD:schemas\" here"),
        ("--all", "git has no revision \"--all\" here"),
    ] {
        let found = folder.check(&["--against", &format!("git:{revision}")]);
        assert!(found.code == 2 && found.error.contains(expected), "{revision}: {found:?}");
    }
}
