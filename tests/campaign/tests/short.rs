//! A short run of the campaign: some types with one special attribute each, and a few dozen documents of each.

use std::process::Command;

#[test]
fn schemas_and_programs_agree_or_differ_for_a_known_reason() {
    let run = Command::new(env!("CARGO_BIN_EXE_event-contract-campaign")).args(["--documents", "60"]).output().unwrap();
    let (output, errors) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{output}{errors}");
    assert!(output.contains("0 unexplained"), "{output}");
}
