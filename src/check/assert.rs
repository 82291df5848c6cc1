//! Assertions for the tests of a contract crate. Only here does the check open files.

use std::fs;
use std::io;
use std::path::Path;

use schemars::JsonSchema;

use super::consumer::Consumer;
use super::report::Report;
use super::run::{Check, CheckError, CheckErrorKind};
use crate::catalog::{Catalog, CatalogError};
use crate::compat::{Question, Verdict};
use crate::payload::Payload;
use crate::record::Files;
use crate::schema::Schema;

/// All files below a folder, by their paths, with `/` between names.
pub fn files(folder: impl AsRef<Path>) -> Result<Files, CheckError> {
    fn collect(path: &Path, name: &str, files: &mut Files) -> Result<(), (String, io::Error)> {
        let error = |error| (path.display().to_string(), error);
        for entry in fs::read_dir(path).map_err(error)? {
            let entry = entry.map_err(error)?;
            let (path, below) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let name = if name.is_empty() { below } else { format!("{name}/{below}") };
            if path.is_dir() {
                collect(&path, &name, files)?;
            } else {
                let bytes = fs::read(&path).map_err(|error| (path.display().to_string(), error))?;
                files.insert(name, bytes);
            }
        }
        Ok(())
    }

    let mut found = Files::new();
    collect(folder.as_ref(), "", &mut found).map_err(|(path, error)| CheckErrorKind::File { path, error })?;
    Ok(found)
}

/// Panics with the matrix and the findings unless everybody reads all that they can meet: the catalog beside the record
/// in a folder, today.
///
/// ```
/// use event_contract::check::assert_compatible;
/// use event_contract::contract;
///
/// # let _ = || {
/// assert_compatible(contract::catalog(), "schemas");
/// # };
/// # assert_compatible(contract::catalog(), concat!(env!("CARGO_MANIFEST_DIR"), "/schemas"));
/// ```
///
/// Consumers are those in the folder `consumers` beside it, where there is one.
///
/// With routing rules, a policy or another day, [`Check`] does the same: its [`Report`] is displayed.
///
/// # Panics
///
/// Where the contract is not compatible, that is not known, or it could not be checked.
#[track_caller]
pub fn assert_compatible(catalog: Result<Catalog, CatalogError>, folder: impl AsRef<Path>) {
    let today = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).date_naive();
    let catalog = match catalog {
        Ok(catalog) => catalog,
        Err(error) => panic!("the list of types is no catalog: {error}"),
    };
    let beside = folder.as_ref().parent().unwrap_or(Path::new("")).join("consumers");
    let consumers =
        if beside.is_dir() { files(beside).map(|files| Consumer::read_all(&files)) } else { Ok(Ok(Vec::new())) };
    let consumers = match consumers {
        Ok(Ok(consumers)) => consumers,
        Ok(Err(error)) => panic!("the consumers could not be read: {error}"),
        Err(error) => panic!("the consumers could not be read: {error}"),
    };
    let report = files(&folder).and_then(|files| Check::new(&catalog, &files, today).consumers(consumers).run());
    match report {
        Ok(report) if report.is_compatible() => {}
        Ok(report) => fail(&report),
        Err(error) => panic!("the contract could not be checked: {error}"),
    }
}

#[track_caller]
fn fail(report: &Report) -> ! {
    panic!("the contract is {}\n\n{report}", report.outcome.as_str())
}

/// Panics with a payload that shows it unless a reader of `R` reads all that a writer of `W` writes, without an upcast.
///
/// ```
/// use event_contract::check::assert_reads;
/// use event_contract::contract::order::OrderCreated;
///
/// assert_reads::<OrderCreated, OrderCreated>();
/// ```
///
/// ```should_panic
/// use event_contract::check::assert_reads;
/// use event_contract::contract::order::{OrderCreated, v2};
///
/// // v2 requires `createdAt`, which v3 calls `placedAt`.
/// assert_reads::<OrderCreated, v2::OrderCreated>();
/// ```
///
/// # Panics
///
/// Where something that is written is not read, or that is not known.
#[track_caller]
pub fn assert_reads<W: Payload + JsonSchema, R: Payload + JsonSchema>() {
    let (writer, reader) = (Schema::writer::<W>(), Schema::reader::<R>());
    let names = format!("{} {} and {} {}", W::NAME, W::VERSION, R::NAME, R::VERSION);
    match Question::new(writer.as_value(), reader.as_value()).ask() {
        Ok(Verdict::Contained) => {}
        Ok(Verdict::Broken { witness, findings }) => {
            let findings: Vec<_> = findings.iter().map(|finding| format!("  {finding}\n")).collect();
            panic!("{names}: not all that is written is read\n{}for example: {}", findings.concat(), witness.document())
        }
        Ok(Verdict::Undecided { reason }) => panic!("{names}: whether all is read is not known: {reason}"),
        Err(error) => panic!("{names}: {error}"),
    }
}
