//! `schemas`: the published record of the contract.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use similar::{ChangeTag, TextDiff};

use super::exit::{Exit, Failure};
use super::style::{Plain, PlainPath};
use super::{input, output, style};
use crate::catalog::Catalog;
use crate::check::{escape_name, read_file};
use crate::record::{Files, Record, RecordError, RecordFinding};
use crate::registry::{Format, Note, NoteKind};

/// Write, verify and publish the schemas of the contract.
#[derive(Debug, Args)]
pub(super) struct Schemas {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write the schemas of all types and versions, also in the formats of registries.
    ///
    /// Published files are not changed. Without --format, the formats that are present are written, or all if there are none.
    #[command(after_help = "\
Examples:
  event-contract schemas write
  event-contract schemas write --format glue --format asyncapi --out build/schemas

Exit codes: 0 written; 1 not written because types contradict published versions, or a registry would reject a file; \
2 files could not be read or written.")]
    Write {
        /// A registry format; repeatable
        #[arg(long = "format", value_name = "FORMAT", value_parser = formats())]
        formats: Vec<Format>,
        #[command(flatten)]
        folder: Folder,
        /// Write to this folder instead of --dir
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Verify that the files match the types, and that published files were not modified.
    #[command(after_help = "Exit codes: 0 they match, 1 findings, 2 no files to verify.")]
    Verify {
        #[command(flatten)]
        folder: Folder,
    },
    /// Write the schemas, and lock every version that is not published yet.
    ///
    /// Nothing is written if a published version would change, or if a version has no valid golden event.
    #[command(
        after_help = "Exit codes: 0 published, 1 findings, nothing published, 2 files could not be read or written."
    )]
    Publish {
        #[command(flatten)]
        folder: Folder,
    },
}

#[derive(Debug, Args)]
struct Folder {
    /// The folder of the schemas
    #[arg(long = "dir", value_name = "DIR", default_value = "schemas")]
    path: PathBuf,
}

fn formats() -> impl TypedValueParser<Value = Format> {
    let names = Format::ALL.iter().map(|format| format.name());
    let of = |name: String| Format::ALL.iter().find(|format| format.name() == name).copied();
    PossibleValuesParser::new(names).try_map(move |name| of(name).ok_or("unknown registry format"))
}

impl Schemas {
    pub(super) fn run(&self, catalog: &Catalog) -> Result<Exit, Failure> {
        let mut out = output::stdout(output::Syntax::Text);
        match &self.action {
            Action::Write { formats, folder, out: elsewhere } => {
                let files = folder.read()?;
                let mut record = Record::new(catalog, &files)?;
                if !formats.is_empty() {
                    record = record.formats(formats.iter().copied());
                }
                let broken = record.find_violations();
                if !broken.is_empty() {
                    writeln!(out, "nothing was written: published versions would change")?;
                    return print_findings(&mut out, &broken);
                }
                match elsewhere {
                    Some(path) => {
                        let elsewhere = Folder { path: path.clone() };
                        elsewhere.write(&mut out, &elsewhere.read()?, &record.generate_files())?;
                    }
                    None => folder.write(&mut out, &files, &record.generate_files())?,
                }
                Ok(print_notes(&mut out, &record.notes())?)
            }
            Action::Verify { folder } => {
                let files = folder.read()?;
                if files.is_empty() {
                    let hint = "name the folder with --dir, or create it with `schemas write`";
                    return Err(Failure::new(format!("no schemas in {}", PlainPath(&folder.path)), hint));
                }
                let record = Record::new(catalog, &files)?;
                let refused: Vec<_> =
                    record.notes().into_iter().filter(|note| note.kind() == NoteKind::Refused).collect();
                let refused = print_notes(&mut out, &refused)?;
                let exit = print_findings(&mut out, &record.verify())?.max(refused);
                if exit == Exit::Success {
                    writeln!(out, "{} files match the types", files.len())?;
                }
                let unpublished = record.list_unpublished();
                if !unpublished.is_empty() {
                    writeln!(out, "not published yet: {}", unpublished.join(", "))?;
                }
                Ok(exit)
            }
            Action::Publish { folder } => {
                let files = folder.read()?;
                let record = Record::new(catalog, &files)?;
                match record.publish() {
                    Ok(published) => {
                        folder.write(&mut out, &files, &published)?;
                        for version in record.list_unpublished() {
                            writeln!(out, "published {version}")?;
                        }
                        Ok(Exit::Success)
                    }
                    Err(findings) => print_findings(&mut out, &findings),
                }
            }
        }
    }
}

impl Folder {
    /// Reads the files of the record; none without a folder.
    fn read(&self) -> Result<Files, Failure> {
        let mut files = Files::new();
        for name in ["external", "internal", "registry", "index.json"] {
            collect(&self.path.join(name), name, &mut files)?;
        }
        Ok(files)
    }

    /// Writes new and changed files.
    fn write(&self, out: &mut impl Write, present: &Files, wanted: &Files) -> Result<(), Failure> {
        let mut written = 0;
        // The index is written last: it must not lock a file that does not exist.
        let changed = wanted.iter().filter(|(name, contents)| present.get(*name) != Some(contents));
        let (index, others): (Vec<_>, Vec<_>) = changed.partition(|(name, _)| *name == "index.json");
        for (name, contents) in others.into_iter().chain(index) {
            let path = self.path.join(name);
            path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| write_atomically(&path, contents)).map_err(
                |error| {
                    let hint = "check disk space and permissions";
                    Failure::new(format!("cannot write {}: {error}", PlainPath(&path)), hint)
                },
            )?;
            writeln!(out, "{}", PlainPath(&path))?;
            written += 1;
        }
        writeln!(out, "{written} files written, {} unchanged", wanted.len() - written)?;
        Ok(())
    }
}

/// Replaces a file as a whole: a full disk or an interruption leaves the old contents.
///
/// The temporary file is in the same folder, because a file cannot be renamed to another file system.
fn write_atomically(path: &Path, contents: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let write = || {
        let mut file = fs::File::create(&temporary)?;
        file.write_all(contents)?;
        // Otherwise the rename may reach the disk before the contents.
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().inspect_err(|_| {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
    })
}

/// Collects a file, or all files below a folder; nothing if it does not exist.
fn collect(path: &Path, name: &str, files: &mut Files) -> Result<(), Failure> {
    let unreadable = |error: &io::Error| input::read_error(PlainPath(path), error);
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            let mut entries = fs::read_dir(path)
                .and_then(Iterator::collect::<io::Result<Vec<_>>>)
                .map_err(|error| unreadable(&error))?;
            entries.sort_by_key(fs::DirEntry::file_name);
            entries.iter().try_for_each(|entry| {
                let below = entry.file_name();
                collect(&entry.path(), &format!("{name}/{}", escape_name(&below)), files)
            })
        }
        Ok(_) => {
            let contents = read_file(path).map_err(|error| unreadable(&error))?;
            match files.insert(name.to_owned(), contents) {
                None => Ok(()),
                // A name that is not UTF-8, and one that is spelled as its escaped form.
                Some(_) => Err(unreadable(&io::Error::other("another file has the same name, escaped"))),
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unreadable(&error)),
    }
}

/// Prints notes about formats, equal ones of several files once. Files that a registry would reject are findings.
fn print_notes(out: &mut impl Write, notes: &[Note]) -> io::Result<Exit> {
    let mut alike: BTreeMap<_, Vec<&Note>> = BTreeMap::new();
    for note in notes {
        let format = note.path().split('/').nth(1).unwrap_or_default();
        alike.entry((note.kind(), format, note.message())).or_default().push(note);
    }
    for ((kind, format, what), notes) in &alike {
        let (style, word) = match kind {
            NoteKind::Refused => (style::ERROR, "finding"),
            NoteKind::Omitted | NoteKind::Unchecked | NoteKind::Wider => (style::NOTICE, "note"),
        };
        let (on, off) = (style, style::RESET);
        match notes.as_slice() {
            [note] => writeln!(out, "{on}{word}:{off} {note}")?,
            notes => {
                let example = notes.first().map(|note| note.path()).unwrap_or_default();
                writeln!(out, "{on}{word}:{off} {format}: {what} ({} files, such as {example})", notes.len())?;
            }
        }
    }
    let refused = notes.iter().any(|note| note.kind() == NoteKind::Refused);
    Ok(if refused { Exit::Findings } else { Exit::Success })
}

fn print_findings(out: &mut impl Write, findings: &[RecordFinding]) -> Result<Exit, Failure> {
    for finding in findings {
        let (red, reset, text) = (style::ERROR, style::RESET, finding.to_string());
        writeln!(out, "{red}finding:{reset} {}", Plain(&text))?;
        if let Some((found, expected)) = finding.texts() {
            print_difference(out, found, expected)?;
        }
    }
    Ok(if findings.is_empty() { Exit::Success } else { Exit::Findings })
}

/// Maximum number of lines of texts whose difference is shown: the time to find it is quadratic.
const MAX_COMPARED_LINES: usize = 5_000;

/// Prints the difference between a file (`-`) and its expected text (`+`).
fn print_difference(out: &mut impl Write, found: &str, expected: &str) -> io::Result<()> {
    let [found_lines, expected_lines] = [found, expected].map(|text| text.lines().count());
    if found_lines.max(expected_lines) > MAX_COMPARED_LINES {
        let same = found.lines().zip(expected.lines()).take_while(|(found, expected)| found == expected).count();
        return writeln!(out, "  they differ from line {} on; {expected_lines} lines are expected", same + 1);
    }
    let difference = TextDiff::from_lines(found, expected);
    for hunk in difference.unified_diff().context_radius(3).iter_hunks() {
        writeln!(out, "  {}", hunk.header())?;
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', style::REMOVED),
                ChangeTag::Insert => ('+', style::ADDED),
                ChangeTag::Equal => (' ', style::INFO),
            };
            let line = Plain(change.value().trim_end_matches('\n'));
            writeln!(out, "  {}{sign}{line}{}", style, style::RESET)?;
        }
    }
    Ok(())
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self::new(error.to_string(), "nothing was compared or written")
    }
}
