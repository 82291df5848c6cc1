//! Runs the guide and the reports: each fence of README.md, docs/guide and tests/reports is run, parsed, or marked as not
//! run with a known reason.
//!
//! | info string of the fence | the test |
//! |---|---|
//! | `rust`, with `no_run`, `should_panic` or `compile_fail,E0000` | a doctest, see `tests/guide/snippets.rs` |
//! | `rust,ignore,file=PATH` | compared with a file of this repository, which the workspace compiles |
//! | `sh` | run by `sh -eu` in a folder of the page; exit code 0, or N with `exit=N` |
//! | `text` after such a fence | compared with its output; `…` matches any text, alone on a line any lines |
//! | `json`, `toml`, `yaml` | parsed; with `file=PATH` written to the folder of the page |
//! | `yaml file=.github/workflows/NAME` | a workflow; checked, and its `run` scripts are run |
//! | `sh no_run=REASON`, `text no_run=REASON` | not run; the reason is one of `page::REASONS` |
//!
//! `cargo run … -- ARGUMENTS` runs the command line of `examples/parcel-contract`, or that of the shipped contract where
//! `--features` is given; `event-contract` is the program itself. `EVENT_CONTRACT_OVERWRITE=1` updates the output in the
//! pages.

mod book;
mod fence;
mod folder;
mod output;
mod page;
mod yaml;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

/// The contract that the pages use.
#[path = "../../examples/parcel-contract/src/lib.rs"]
#[allow(unreachable_pub, reason = "it is the root of a crate of its own")]
mod parcel_contract;

/// Environment variable that makes a child process the command line of [`parcel_contract`].
const AS_PROGRAM: &str = "EVENT_CONTRACT_GUIDE_PROGRAM";

type Result<T = (), E = String> = std::result::Result<T, E>;

fn main() -> ExitCode {
    if std::env::var_os(AS_PROGRAM).is_some() {
        return event_contract::cli::main(parcel_contract::catalog());
    }
    let arguments = Arguments::from_args();
    let mut trials = vec![
        trial("summary_lists_each_page_once", book::summary_lists_each_page_once),
        trial("links_lead_somewhere", book::links_lead_somewhere),
        trial("each_rule_is_on_the_page_about_findings", book::each_rule_is_on_the_page_about_findings),
        trial("each_rust_fence_is_a_doctest", book::each_rust_fence_is_a_doctest),
        trial("readme_is_short", book::readme_is_short),
        trial("globs_match", output::globs_match),
        trial("output_is_rewritten", output::output_is_rewritten),
    ];
    for page in pages().into_iter().chain(reports()) {
        trials.push(trial(&format!("page::{}", name(&page)), move || page::run(&page)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(name: &str, test: impl FnOnce() -> Result + Send + 'static) -> Trial {
    Trial::test(name, move || test().map_err(Failed::from))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README.md and the pages of the guide.
fn pages() -> Vec<PathBuf> {
    std::iter::once(root().join("README.md")).chain(markdown("docs/guide")).collect()
}

/// Wrong answers of the past, each with the input that had caused it.
fn reports() -> Vec<PathBuf> {
    markdown("tests/reports")
}

fn markdown(folder: &str) -> Vec<PathBuf> {
    let mut pages: Vec<_> = fs::read_dir(root().join(folder))
        .unwrap_or_else(|error| panic!("{folder}: {error}"))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    pages
}

fn name(page: &Path) -> String {
    page.file_name().unwrap().to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
