//! Assertions for the tests of a contract crate. No other file of the check does I/O.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use schemars::JsonSchema;

use super::code::{CodeGap, LabelledCode, find_gap};
use super::consumer::Consumer;
use super::error::{CheckError, CheckErrorKind};
use super::file_name::escape_name;
use super::held::{HeldVersion, RefusedPayload, Violation};
use super::report::Report;
use super::run::Check;
use crate::catalog::program::PayloadProgram;
use crate::catalog::{Catalog, CatalogError};
use crate::compat::{Question, Verdict};
use crate::payload::Payload;
use crate::record::Files;
use crate::schema::Schema;

/// Maximum number of bytes of a file that is read as a whole: schemas, templates, golden events.
pub(crate) const MAX_FILE_BYTES: u64 = 32 << 20;
/// Maximum number of bytes of all files of a folder together.
pub(crate) const MAX_FOLDER_BYTES: u64 = 128 << 20;

/// Returns the error of a file with more than `max` bytes.
pub(crate) fn too_large(max: u64) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("more than {max} bytes"))
}

/// Reads a file of at most [`MAX_FILE_BYTES`].
pub(crate) fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = fs::File::open(path)?;
    // Before memory is reserved for it.
    if file.metadata()?.len() > MAX_FILE_BYTES {
        return Err(too_large(MAX_FILE_BYTES));
    }
    let mut bytes = Vec::new();
    (&mut file).take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    // A device has no length.
    if bytes.len() as u64 > MAX_FILE_BYTES { Err(too_large(MAX_FILE_BYTES)) } else { Ok(bytes) }
}

/// Reads all files below a folder, by their paths with `/` between names. A byte of a name that is not UTF-8 is written as
/// `\xff`.
///
/// # Errors
///
/// A file cannot be read, or has more than 32 MiB, or all files together have more than 128 MiB.
pub fn read_folder(folder: impl AsRef<Path>) -> Result<Files, CheckError> {
    fn collect(
        path: &Path,
        name: &str,
        files: &mut Files,
        remaining_bytes: &mut u64,
    ) -> Result<(), (String, io::Error)> {
        let error = |error| (escape_name(path.as_os_str()).into_owned(), error);
        for entry in fs::read_dir(path).map_err(error)? {
            let entry = entry.map_err(error)?;
            let (path, below) = (entry.path(), escape_name(&entry.file_name()).into_owned());
            let name = if name.is_empty() { below } else { format!("{name}/{below}") };
            if path.is_dir() {
                collect(&path, &name, files, remaining_bytes)?;
            } else {
                let shown = || escape_name(path.as_os_str()).into_owned();
                let bytes = read_file(&path).map_err(|error| (shown(), error))?;
                *remaining_bytes = remaining_bytes.checked_sub(bytes.len() as u64).ok_or_else(|| {
                    let message = format!("the files of the folder have more than {MAX_FOLDER_BYTES} bytes");
                    (shown(), io::Error::new(io::ErrorKind::FileTooLarge, message))
                })?;
                if files.insert(name, bytes).is_some() {
                    // A name that is not UTF-8, and one that is spelled as its escaped form.
                    return Err((shown(), io::Error::other("another file has the same name, escaped")));
                }
            }
        }
        Ok(())
    }

    let (mut found, mut remaining_bytes) = (Files::new(), MAX_FOLDER_BYTES);
    collect(folder.as_ref(), "", &mut found, &mut remaining_bytes)
        .map_err(|(path, error)| CheckErrorKind::File { path, error })?;
    Ok(found)
}

/// Checks a catalog against the record in a folder for the date of today, and panics with the report unless every reader
/// can read every event that it may receive.
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
/// Reads the consumers from the folder `consumers` beside it, if there is one. For routing rules, a policy or another date
/// use [`Check`], and display its [`Report`].
///
/// # Panics
///
/// The contract is broken, undecided, or cannot be checked.
#[track_caller]
pub fn assert_compatible(catalog: Result<Catalog, CatalogError>, folder: impl AsRef<Path>) {
    let today = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).date_naive();
    let catalog = match catalog {
        Ok(catalog) => catalog,
        Err(error) => panic!("invalid catalog: {error}"),
    };
    let beside = folder.as_ref().parent().unwrap_or(Path::new("")).join("consumers");
    let consumers =
        if beside.is_dir() { read_folder(beside).and_then(|files| Consumer::read_all(&files)) } else { Ok(Vec::new()) };
    let consumers = match consumers {
        Ok(consumers) => consumers,
        Err(error) => panic!("cannot read the consumers: {error}"),
    };
    let report = read_folder(&folder).and_then(|files| Check::new(&catalog, &files, today).consumers(consumers).run());
    match report {
        Ok(report) if report.is_compatible() => {}
        Ok(report) => fail(&report),
        Err(error) => panic!("cannot check the contract: {error}"),
    }
}

#[track_caller]
fn fail(report: &Report) -> ! {
    panic!("the contract is {}\n\n{report}", report.outcome.as_str())
}

/// Panics with a counterexample unless a reader of `R` accepts every payload of a writer of `W`, without an upcast.
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
/// The reader rejects some payload, or the question is undecided.
#[track_caller]
pub fn assert_reads<W: Payload + JsonSchema, R: Payload + JsonSchema>() {
    let (writer, reader) = (Schema::writer::<W>(), Schema::reader::<R>());
    let names = format!("{} {} and {} {}", W::NAME, W::VERSION, R::NAME, R::VERSION);
    match Question::new(writer.as_value(), reader.as_value()).assert_formats(true).ask() {
        Ok(Verdict::Contained) => assert_code_reads::<W, R>(&names, &writer, &reader),
        Ok(Verdict::Broken { witness, incompatibilities }) => {
            let causes: Vec<_> = incompatibilities.iter().map(|cause| format!("  {cause}\n")).collect();
            panic!(
                "{names}: the reader rejects what the writer may write\n{}for example: {}",
                causes.concat(),
                witness.document()
            )
        }
        Ok(Verdict::Undecided { reason }) => {
            panic!("{names}: undecided whether the reader accepts every payload: {reason}")
        }
        Err(error) => panic!("{names}: {error}"),
    }
}

/// Runs the code of both types on payloads that are drawn from the writer's schemas.
#[track_caller]
fn assert_code_reads<W: Payload + JsonSchema, R: Payload + JsonSchema>(names: &str, writer: &Schema, reader: &Schema) {
    let read_by_writer = Schema::reader::<W>();
    let held = HeldVersion::new(PayloadProgram::new::<W>(), writer.as_value(), read_by_writer.as_value());
    let Some(of_writer) = held else { return };
    let of_reader = HeldVersion::of_consumer(PayloadProgram::new::<R>(), reader.as_value());
    if let Some(Violation { payload, message, .. }) = &of_writer.invalid {
        panic!("{names}: the writer's code violates its own schema: {message}\nfor example: {payload}");
    }
    if let Some(RefusedPayload { payload, refusal }) = of_reader.find_refused_of(&of_writer) {
        panic!("{names}: the reader's code rejects a payload: {}\nfor example: {payload}", refusal.message);
    }
    let (of_writer, of_reader) =
        (LabelledCode { label: W::NAME, held: &of_writer }, LabelledCode { label: R::NAME, held: &of_reader });
    let gap = find_gap(writer.as_value(), Some(of_writer), Some(of_reader));
    if let Some(CodeGap::Unstated(reason) | CodeGap::Unread(reason)) = gap {
        panic!("{names}: undecided whether the reader accepts every payload: {reason}");
    }
}
