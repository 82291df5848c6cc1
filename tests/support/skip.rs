//! Tests that need tools or recordings from outside the project.
//!
//! A fresh clone skips them with one line on standard error. `EVENT_CONTRACT_REQUIRE_ALL=1` makes them fail instead;
//! `.ci/run` sets it.

use std::collections::BTreeSet;
use std::env;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;

/// Reports that tests of a subject cannot run, once per process and subject, and how to enable them.
///
/// # Panics
///
/// If `EVENT_CONTRACT_REQUIRE_ALL` is `1`.
pub(crate) fn skip(subject: &str, remedy: &str) {
    static REPORTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let line = format!("{subject}: {remedy}").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(env::var_os("EVENT_CONTRACT_REQUIRE_ALL").is_none_or(|value| value != "1"), "required: {line}");
    let report = format!("skipped: {line}\n");
    if REPORTED.lock().unwrap().insert(line) {
        // In one piece, and not by a macro that the test harness captures.
        let _ = std::io::stderr().write_all(report.as_bytes());
    }
}

/// Returns the folder of recordings and suites that `EVENT_CONTRACT_OUTSIDE` names, or skips.
#[allow(dead_code, reason = "not every test that skips needs it")]
pub(crate) fn outside_folder() -> Option<PathBuf> {
    let folder = env::var_os("EVENT_CONTRACT_OUTSIDE").map(PathBuf::from);
    if let Some(folder) = &folder {
        assert!(folder.is_dir(), "EVENT_CONTRACT_OUTSIDE: expected a folder, found {}", folder.display());
    } else {
        skip("cases from outside", "set EVENT_CONTRACT_OUTSIDE to the folder that holds them");
    }
    folder
}
