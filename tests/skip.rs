//! The report of skipped tests, seen from outside the process.

use std::env;
use std::process::{Command, Output};

#[path = "support/skip.rs"]
mod support;

use support::skip;

const CHILD: &str = "EVENT_CONTRACT_SKIP_CHILD";

/// Runs in the child only.
#[test]
fn a_missing_tool_is_skipped() {
    if env::var_os(CHILD).is_some() {
        skip("judges in node", "run `npm ci`\nin tests/judges");
        skip("judges in node", "run `npm ci`\nin tests/judges");
    }
}

fn run(require_all: Option<&str>) -> Output {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "a_missing_tool_is_skipped"]).env(CHILD, "1").env_remove("EVENT_CONTRACT_REQUIRE_ALL");
    command.envs(require_all.map(|value| ("EVENT_CONTRACT_REQUIRE_ALL", value)));
    command.output().unwrap()
}

#[test]
fn a_skip_is_one_line_that_the_harness_does_not_capture() {
    for require_all in [None, Some("0")] {
        let output = run(require_all);
        assert!(output.status.success());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(stderr, "skipped: judges in node: run `npm ci` in tests/judges\n");
    }
}

#[test]
fn a_skip_fails_where_all_is_required() {
    let output = run(Some("1"));
    assert!(!output.status.success());
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains("required: judges in node: run `npm ci` in tests/judges"), "{stdout}");
}
