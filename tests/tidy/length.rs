//! A Rust file has at most 500 lines, or says why not.

use crate::report::{Violation, enforce};
use crate::source::{self, SourceFile};

const MAX_LINES: usize = 500;

/// Lines at the top in which the reason is looked for.
const TOP_LINES: usize = 30;

/// The words before the reason.
const MARK: &str = "Over 500 lines because";

#[test]
fn files_are_short_or_say_why_not() {
    let files = source::files();
    enforce("length of files", files.len(), 250, files.iter().filter_map(check).collect());
}

fn check(file: &SourceFile) -> Option<Violation> {
    let lines = file.text.lines().count();
    let has_reason = file.text.lines().take(TOP_LINES).any(|line| line.starts_with("//") && line.contains(MARK));
    match (lines > MAX_LINES, has_reason) {
        (true, false) => Some(Violation::new(
            &file.path,
            1,
            format!("expected at most {MAX_LINES} lines, found {lines}"),
            format!("split the file, or write \"{MARK} …\" in its first {TOP_LINES} lines"),
        )),
        (false, true) => Some(Violation::new(
            &file.path,
            1,
            format!("the file has {lines} lines and explains more than {MAX_LINES}"),
            format!("remove \"{MARK} …\""),
        )),
        (true, true) | (false, false) => None,
    }
}

#[test]
fn long_files_need_a_reason() {
    let file = |text: String| SourceFile::parse("src/a.rs", &text);
    let reason = format!("//! {MARK} one table is easier to read.\n");
    assert_eq!(check(&file("\n".repeat(500))), None);
    assert!(check(&file("\n".repeat(501))).is_some());
    assert_eq!(check(&file(format!("{reason}{}", "\n".repeat(501)))), None);
    assert!(check(&file(format!("{}{reason}", "\n".repeat(501)))).is_some());
    assert!(check(&file(reason)).is_some());
}
