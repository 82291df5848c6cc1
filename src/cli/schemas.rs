//! `schemas`: the published record of the contract.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use similar::{ChangeTag, TextDiff};

use super::exit::{Exit, Failure};
use super::style::Plain;
use super::{input, output, style};
use crate::catalog::Catalog;
use crate::record::{Files, Finding, Record, RecordError};
use crate::registry::{Format, Note, NoteKind};

/// Write, verify and publish the schemas of the contract.
#[derive(Debug, Args)]
pub(super) struct Schemas {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write the schemas of all types and versions, and the same for registries.
    ///
    /// What is published stays as it is. Formats for registries are those that are there already, or all where there is
    /// none.
    #[command(after_help = "\
Examples:
  event-contract schemas write
  event-contract schemas write --format glue --format asyncapi --out build/schemas

Exit codes: 0 written; 1 not written, for types contradict what is published, or written and a registry would refuse a \
file; 2 the files could not be read or written.")]
    Write {
        /// A format for a registry; may be given several times.
        #[arg(long = "format", value_name = "FORMAT", value_parser = formats())]
        formats: Vec<Format>,
        #[command(flatten)]
        folder: Folder,
        /// Write elsewhere than in the folder of the schemas.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Say in what the files are not what the types say, and whether anything that was published has changed.
    #[command(after_help = "Exit codes: 0 they are, 1 they are not, 2 there is nothing to verify.")]
    Verify {
        #[command(flatten)]
        folder: Folder,
    },
    /// Write the schemas, and lock every version that is not published yet.
    ///
    /// Refused, with nothing written, where a published version would change, a golden event is not read, or a version
    /// has none.
    #[command(after_help = "Exit codes: 0 published, 1 refused, 2 the files could not be read or written.")]
    Publish {
        #[command(flatten)]
        folder: Folder,
    },
}

#[derive(Debug, Args)]
struct Folder {
    /// The folder of the schemas.
    #[arg(long = "dir", value_name = "DIR", default_value = "schemas")]
    path: PathBuf,
}

fn formats() -> impl TypedValueParser<Value = Format> {
    let names = Format::ALL.iter().map(|format| format.name());
    let of = |name: String| Format::ALL.iter().find(|format| format.name() == name).copied();
    PossibleValuesParser::new(names).try_map(move |name| of(name).ok_or("it is one of those that are listed"))
}

impl Schemas {
    pub(super) fn run(&self, catalog: &Catalog) -> Result<Exit, Failure> {
        let mut out = output::stdout();
        match &self.action {
            Action::Write { formats, folder, out: elsewhere } => {
                let files = folder.read()?;
                let mut record = Record::new(catalog, &files)?;
                if !formats.is_empty() {
                    record = record.formats(formats.iter().copied());
                }
                let broken = record.broken_promises();
                if !broken.is_empty() {
                    writeln!(out, "nothing is written: what is published would not be so any more")?;
                    return say_all(&mut out, &broken);
                }
                match elsewhere {
                    Some(path) => {
                        let elsewhere = Folder { path: path.clone() };
                        elsewhere.write(&mut out, &elsewhere.read()?, &record.generated())?;
                    }
                    None => folder.write(&mut out, &files, &record.generated())?,
                }
                Ok(say_notes(&mut out, &record.notes())?)
            }
            Action::Verify { folder } => {
                let files = folder.read()?;
                if files.is_empty() {
                    let hint = "name the folder with --dir, or write it first with `schemas write`";
                    return Err(Failure::new(format!("there are no schemas in {}", folder.path.display()), hint));
                }
                let record = Record::new(catalog, &files)?;
                let refused: Vec<_> =
                    record.notes().into_iter().filter(|note| note.kind() == NoteKind::Refused).collect();
                let refused = say_notes(&mut out, &refused)?;
                let exit = say_all(&mut out, &record.findings())?.max(refused);
                if exit == Exit::Success {
                    writeln!(out, "{} files are what the types say", files.len())?;
                }
                let unpublished = record.unpublished();
                if !unpublished.is_empty() {
                    writeln!(out, "not published yet, and so free to change: {}", unpublished.join(", "))?;
                }
                Ok(exit)
            }
            Action::Publish { folder } => {
                let files = folder.read()?;
                let record = Record::new(catalog, &files)?;
                match record.publish() {
                    Ok(published) => {
                        folder.write(&mut out, &files, &published)?;
                        for version in record.unpublished() {
                            writeln!(out, "published {version}")?;
                        }
                        Ok(Exit::Success)
                    }
                    Err(findings) => say_all(&mut out, &findings),
                }
            }
        }
    }
}

impl Folder {
    /// The files of the record; none where there is no folder.
    fn read(&self) -> Result<Files, Failure> {
        let mut files = Files::new();
        for name in ["external", "internal", "registry", "index.json"] {
            collect(&self.path.join(name), name, &mut files)?;
        }
        Ok(files)
    }

    /// Writes what is not there yet, or is something else.
    fn write(&self, out: &mut impl Write, present: &Files, wanted: &Files) -> Result<(), Failure> {
        let mut written = 0;
        // The index is last: it locks nothing that is not there.
        let changed = wanted.iter().filter(|(name, contents)| present.get(*name) != Some(contents));
        let (index, others): (Vec<_>, Vec<_>) = changed.partition(|(name, _)| *name == "index.json");
        for (name, contents) in others.into_iter().chain(index) {
            let path = self.path.join(name);
            path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, contents)).map_err(
                |error| {
                    let hint = "is there room, and the right to write?";
                    Failure::new(format!("cannot write {}: {error}", path.display()), hint)
                },
            )?;
            writeln!(out, "{}", path.display())?;
            written += 1;
        }
        writeln!(out, "{written} files written, {} were so already", wanted.len() - written)?;
        Ok(())
    }
}

/// A file, or all that are below a folder; nothing where there is neither.
fn collect(path: &Path, name: &str, files: &mut Files) -> Result<(), Failure> {
    let unreadable = |error: &io::Error| input::read_error(&path.display().to_string(), error);
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            let mut entries = fs::read_dir(path)
                .and_then(Iterator::collect::<io::Result<Vec<_>>>)
                .map_err(|error| unreadable(&error))?;
            entries.sort_by_key(fs::DirEntry::file_name);
            entries.iter().try_for_each(|entry| {
                let below = entry.file_name();
                collect(&entry.path(), &format!("{name}/{}", below.to_string_lossy()), files)
            })
        }
        Ok(_) => {
            files.insert(name.to_owned(), fs::read(path).map_err(|error| unreadable(&error))?);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unreadable(&error)),
    }
}

/// Says what formats cannot say, the same of many files once. Finding or not: files that a registry would refuse are one.
fn say_notes(out: &mut impl Write, notes: &[Note]) -> io::Result<Exit> {
    let mut alike: BTreeMap<_, Vec<&Note>> = BTreeMap::new();
    for note in notes {
        let format = note.path().split('/').nth(1).unwrap_or_default();
        alike.entry((note.kind(), format, note.what())).or_default().push(note);
    }
    for ((kind, format, what), notes) in &alike {
        let (style, word) = match kind {
            NoteKind::Refused => (style::ERROR, "finding"),
            NoteKind::Untold | NoteKind::Unchecked | NoteKind::Wider => (style::NOTICE, "note"),
        };
        let (on, off) = (style.render(), style.render_reset());
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

fn say_all(out: &mut impl Write, findings: &[Finding]) -> Result<Exit, Failure> {
    for finding in findings {
        let (red, reset, text) = (style::ERROR.render(), style::ERROR.render_reset(), finding.to_string());
        writeln!(out, "{red}finding:{reset} {}", Plain(&text))?;
        if let Some((found, expected)) = finding.texts() {
            say_difference(out, found, expected)?;
        }
    }
    Ok(if findings.is_empty() { Exit::Success } else { Exit::Findings })
}

/// What is there, with `-`, and what should be, with `+`.
fn say_difference(out: &mut impl Write, found: &str, expected: &str) -> io::Result<()> {
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
            writeln!(out, "  {}{sign}{line}{}", style.render(), style.render_reset())?;
        }
    }
    Ok(())
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self::new(error.to_string(), "nothing was compared or written")
    }
}
