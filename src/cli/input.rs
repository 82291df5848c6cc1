//! Input files and standard input, which are all bounded: a file that is small on disk may be large in memory.

mod line;
mod unpacked;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use clap::builder::{OsStringValueParser, TypedValueParser};
use eventbridge_pattern::spelling::nearest;

pub(super) use line::{InputLine, MAX_LINE_BYTES, read_line};
pub(super) use unpacked::Expansion;
use unpacked::Unpacked;

use super::exit::Failure;
use super::style::Plain;
use super::style::PlainPath;
use crate::check::{self, escape_name};
use crate::record::Files;

/// The kind of a file that is held in memory as a whole, which decides its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contents {
    /// One document: a schema, a template, a pattern.
    Document,
    /// Events, one after the other.
    Events,
}

impl Contents {
    /// Returns the maximum number of bytes, decompressed.
    const fn max_bytes(self) -> u64 {
        match self {
            Self::Document => check::MAX_FILE_BYTES,
            Self::Events => 1 << 30,
        }
    }

    const fn expansion(self) -> Expansion {
        let (free_values, values_per_byte) = match self {
            Self::Document => (1_000_000, 1),
            Self::Events => (2_000_000, 4),
        };
        Expansion { free_bytes: 16 << 20, bytes_per_byte: 32, free_values, values_per_byte }
    }
}

/// The path of standard input.
const STDIN: &str = "-";

/// The name of an input: a path, or `-` for standard input.
///
/// Displayed without characters that control a terminal. The path need not be UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InputName {
    path: PathBuf,
    text: String,
}

impl InputName {
    pub(super) fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { text: escape_name(path.as_os_str()).into_owned(), path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the name for output that programs read; bytes that are not UTF-8 are escaped.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn is_stdin(&self) -> bool {
        self.path.as_os_str() == STDIN
    }

    /// Returns the name of an entry of this folder.
    pub(super) fn join(&self, name: impl AsRef<OsStr>) -> Self {
        let name = name.as_ref();
        let text = format!("{}/{}", self.text.trim_end_matches('/'), escape_name(name));
        Self { path: self.path.join(name), text }
    }

    /// Splits an argument at a separator, which is in neither part; `None` without one.
    pub(super) fn split(name: &OsStr, at: Separator) -> Option<(OsString, OsString)> {
        let bytes = name.as_encoded_bytes();
        let position = match at {
            Separator::First(separator) => bytes.iter().position(|byte| *byte == separator)?,
            Separator::Last(separator) => bytes.iter().rposition(|byte| *byte == separator)?,
        };
        let (before, rest) = bytes.split_at(position);
        Some((from_bytes(before)?, from_bytes(rest.get(1..)?)?))
    }
}

/// An ASCII character that separates the parts of an argument.
#[derive(Clone, Copy)]
pub(super) enum Separator {
    First(u8),
    Last(u8),
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere, not all bytes are a name")]
fn from_bytes(bytes: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStrExt as _;

    Some(OsStr::from_bytes(bytes).to_owned())
}

/// Elsewhere, a name that is not Unicode is not split: it is the name of a file as a whole.
#[cfg(not(unix))]
fn from_bytes(bytes: &[u8]) -> Option<OsString> {
    std::str::from_utf8(bytes).ok().map(OsString::from)
}

impl fmt::Display for InputName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Plain(&self.text).fmt(f)
    }
}

/// Returns the parser of an argument that names an input.
pub(super) fn names() -> impl TypedValueParser<Value = InputName> {
    OsStringValueParser::new().map(InputName::new)
}

/// Returns the given names, or that of standard input if there are none.
pub(super) fn or_stdin(files: &[InputName]) -> Result<Vec<InputName>, Failure> {
    if !files.is_empty() {
        return Ok(files.to_vec());
    }
    if io::stdin().is_terminal() {
        return Err(Failure::new("no input", "name files, or pipe events to standard input"));
    }
    Ok(vec![InputName::new(STDIN)])
}

/// Opens a file, or standard input.
pub(super) fn open(name: &InputName) -> Result<Box<dyn Read>, Failure> {
    if name.is_stdin() {
        return Ok(Box::new(io::stdin().lock()));
    }
    match File::open(name.path()) {
        Ok(file) if name.path().is_dir() => {
            drop(file);
            Err(Failure::new(format!("{name} is a directory"), format!("name the files in it, as in {name}/*")))
        }
        Ok(file) => Ok(Box::new(file)),
        Err(error) => Err(read_error(name, &error)),
    }
}

/// Decompresses an input that begins as gzip does. It may expand as far as `limits` allow.
pub(super) fn decompress(
    name: &InputName,
    mut input: impl Read + 'static,
    expansion: Expansion,
) -> Result<Box<dyn Read>, Failure> {
    let mut begin = Vec::new();
    (&mut input).take(2).read_to_end(&mut begin).map_err(|error| read_error(name, &error))?;
    let is_gzip = begin == [0x1f, 0x8b];
    let whole = io::Cursor::new(begin).chain(input);
    Ok(if is_gzip { Box::new(Unpacked::new(whole, expansion)) } else { Box::new(whole) })
}

/// Reads a file whose contents are held in memory as a whole, decompressed.
pub(super) fn read(name: &InputName, contents: Contents) -> Result<Vec<u8>, Failure> {
    let input = decompress(name, open(name)?, contents.expansion())?;
    read_to_limit(input, contents).map_err(|error| read_error(name, &error))
}

/// Decompresses the contents of a file.
pub(super) fn decompress_bytes(name: &InputName, bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let contents = Contents::Document;
    let input = decompress(name, io::Cursor::new(bytes), contents.expansion())?;
    read_to_limit(input, contents).map_err(|error| read_error(name, &error))
}

fn read_to_limit(input: impl Read, contents: Contents) -> io::Result<Vec<u8>> {
    let (mut bytes, max) = (Vec::new(), contents.max_bytes());
    input.take(max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max { Err(check::too_large(max)) } else { Ok(bytes) }
}

/// Returns the error of a file that cannot be read.
pub(super) fn read_error(name: impl fmt::Display, error: &io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => match nearest_path(Path::new(&name.to_string())) {
            Some(similar) => format!("did you mean {similar}?"),
            None => "check the name and the current directory".to_owned(),
        },
        io::ErrorKind::PermissionDenied => "check the permissions of the file".to_owned(),
        io::ErrorKind::FileTooLarge => "check that it is the right file, or split it".to_owned(),
        _ => "check that the file and its disk are readable".to_owned(),
    };
    Failure::new(format!("cannot read {name}: {error}"), hint)
}

/// Returns a path that exists and differs from the given one in a misspelt name.
pub(super) fn nearest_path(path: &Path) -> Option<String> {
    let is_missing = |path: &&Path| path.file_name().is_some() && !path.exists();
    let missing = path.ancestors().take_while(is_missing).last()?;
    let (folder, name) = (missing.parent()?, missing.file_name()?.to_str()?);
    let entries = fs::read_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).ok()?;
    let names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let similar = folder.join(nearest(name, names.iter().map(String::as_str))?);
    let similar = similar.join(path.strip_prefix(missing).ok()?);
    // `join` of an empty path adds a separator.
    let similar = similar.components().collect::<PathBuf>();
    similar.exists().then(|| PlainPath(&similar).to_string())
}

/// Reads the files of a folder that must exist.
pub(super) fn read_folder(folder: &Path) -> Result<Files, Failure> {
    check::read_folder(folder).map_err(|error| {
        let similar = nearest_path(folder).map(|similar| format!("did you mean {similar}?"));
        let hint = similar.unwrap_or_else(|| "check the name and the current directory".to_owned());
        Failure::new(error.to_string(), hint)
    })
}
