//! No positional booleans, and no roles given by number.

use crate::report::{Violation, enforce};
use crate::source::{self, SourceFile};

/// Number of `bool` parameters from which a call can no longer be read.
const MAX_BOOLS: usize = 2;

#[test]
fn parameters_are_named() {
    let scanned =
        source::files().iter().flat_map(|file| &file.syntax.functions).map(|found| found.parameters.len()).sum();
    enforce("parameters", scanned, 2_000, source::files().iter().flat_map(check).collect());
}

fn check(file: &SourceFile) -> Vec<Violation> {
    let mut violations = Vec::new();
    for function in &file.syntax.functions {
        let bools = function.parameters.iter().filter(|parameter| parameter.kind == "bool").count();
        if bools > MAX_BOOLS {
            let problem = format!("`fn {}` has {bools} boolean parameters", function.name);
            violations.push(Violation::new(&file.path, function.line, problem, "use a struct or enums"));
        }
        for parameter in &function.parameters {
            if matches!(parameter.name.as_str(), "side" | "role") && parameter.kind == "usize" {
                let problem = format!("`fn {}` takes `{}: usize`", function.name, parameter.name);
                violations.push(Violation::new(&file.path, function.line, problem, "use `Role` or another enum"));
            }
        }
    }
    violations
}

#[test]
fn positional_booleans_and_numbered_roles_are_found() {
    let check = |text: &str| check(&SourceFile::parse("src/a.rs", text)).len();
    assert_eq!(check("fn f(a: bool, b: bool, c: bool) {}"), 1);
    assert_eq!(check("trait T { fn f(&self, a: bool, b: bool, c: u8, mut d: bool); }"), 1);
    assert_eq!(check("fn f(a: bool, b: bool, c: &bool, d: Option<bool>) {}"), 0);
    assert_eq!(check("fn f(side: usize) {} fn g(role: usize) {}"), 2);
    assert_eq!(check("fn f(role: Role, side: Side) {}"), 0);
}
