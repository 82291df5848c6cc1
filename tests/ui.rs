//! What must not compile, each case with one message, and what must.
//!
//! The messages are compared with those of one toolchain, for another may word differently what stands around ours: on
//! another, this test says that it was skipped. After a change: `TRYBUILD=overwrite cargo test --test ui`, and read each
//! difference.
//!
//! A few cases have a second message: a payload without the derives of `serde` is told of them more than once, and so
//! are a variant that holds no event and a reader of something that is no payload.

/// The toolchain whose words are in the `.stderr` files.
const WORDED_BY: &str = "rustc 1.95.";

#[test]
fn ui() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = std::process::Command::new(rustc).arg("--version").output().expect("cargo has a rustc");
    let version = String::from_utf8_lossy(&version.stdout);
    if !version.starts_with(WORDED_BY) {
        println!("skipped: the messages are those of {WORDED_BY}x, and this is {version}");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/*.rs");
}
