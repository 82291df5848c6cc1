//! Names of functions and of tests.

use crate::report::{Violation, enforce};
use crate::source::{self, SourceFile};

/// Names that say nothing where they are called.
const BANNED_FUNCTIONS: [&str; 7] = ["of", "has", "all", "below", "say", "take", "like"];

const BANNED_TEST_STARTS: [&str; 6] = ["what_", "whether_", "so_", "how_", "which_", "where_"];

const BANNED_TEST_PARTS: [&str; 2] = ["_is_none_", "_of_which_"];

const BANNED_TEST_WORDS: [&str; 6] = ["nobody", "stand", "stands", "mend", "mends", "mended"];

#[test]
fn functions_are_verbs() {
    let scanned = source::files().iter().map(|file| file.syntax.functions.len()).sum();
    enforce("names of functions", scanned, 2_000, source::files().iter().flat_map(functions).collect());
}

#[test]
fn tests_are_named_by_behaviour() {
    let scanned =
        source::files().iter().flat_map(|file| &file.syntax.functions).filter(|function| function.is_test_case).count();
    enforce("names of tests", scanned, 400, source::files().iter().flat_map(tests).collect());
}

fn functions(file: &SourceFile) -> Vec<Violation> {
    file.syntax
        .functions
        .iter()
        .filter(|function| !function.is_trait_impl && BANNED_FUNCTIONS.contains(&function.name.as_str()))
        .map(|function| {
            let problem = format!("`fn {}` does not name an action", function.name);
            Violation::new(
                &file.path,
                function.line,
                problem,
                "use a verb and its object: `from_schema`, `matches_all`",
            )
        })
        .collect()
}

fn tests(file: &SourceFile) -> Vec<Violation> {
    file.syntax
        .functions
        .iter()
        .filter(|function| {
            let name = function.name.as_str();
            function.is_test_case
                && (BANNED_TEST_STARTS.iter().any(|start| name.starts_with(start))
                    || BANNED_TEST_PARTS.iter().any(|part| name.contains(part))
                    || name.split('_').any(|word| BANNED_TEST_WORDS.contains(&word)))
        })
        .map(|function| {
            let problem = format!("test `{}` does not name a behaviour", function.name);
            Violation::new(&file.path, function.line, problem, "say what happens: `duplicate_members_are_rejected`")
        })
        .collect()
}

#[test]
fn banned_functions_are_found() {
    let text = "impl A { fn of() {} fn offset() {} } trait B { fn has(&self); } impl Iterator for C { fn all() {} }";
    let found: Vec<_> =
        functions(&SourceFile::parse("src/a.rs", text)).into_iter().map(|found| found.problem).collect();
    assert_eq!(found, ["`fn of` does not name an action", "`fn has` does not name an action"]);
}

#[test]
fn banned_names_of_tests_are_found() {
    let file = |name: &str| SourceFile::parse("tests/a.rs", &format!("#[test]\nfn {name}() {{}}"));
    for name in ["what_is_kept", "so_it_is", "days_stand_once", "a_text_that_is_none_fails", "nobody_reads"] {
        assert_eq!(tests(&file(name)).len(), 1, "{name}");
    }
    for name in ["somewhat_kept", "reads_what_is_written", "understands_it", "recommended_names_pass"] {
        assert_eq!(tests(&file(name)), [], "{name}");
    }
    let helper = SourceFile::parse("tests/a.rs", "fn what_is_kept() {} proptest! { #[test] fn so_it_is() {} }");
    assert_eq!(tests(&helper).len(), 1);
}
