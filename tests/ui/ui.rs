//! Code that must not compile, each case with one message, and code that must.
//!
//! The messages are those of one toolchain, because another one may word its part of them differently; with another
//! toolchain the test is skipped. After a change, run `TRYBUILD=overwrite cargo test -p event-contract-ui` and read each
//! difference.
//!
//! A few cases have a second message: the compiler repeats itself about a payload without the derives of `serde`, a
//! variant that does not hold an event, and a reader of a type that is not a payload.

#[path = "../support/skip.rs"]
mod support;

use support::skip;

/// The toolchain that the messages in the `.stderr` files are from.
const WORDED_BY: &str = "rustc 1.95.";

#[test]
fn ui() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = std::process::Command::new(rustc).arg("--version").output().expect("cargo has a rustc");
    let version = String::from_utf8_lossy(&version.stdout);
    if !version.starts_with(WORDED_BY) {
        skip("messages of the compiler", &format!("use {WORDED_BY}x in place of {version}"));
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*.rs");
}
