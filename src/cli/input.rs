//! Input files and standard input.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::exit::Failure;
use crate::check;
use crate::record::Files;

/// Name of standard input.
const STDIN: &str = "-";

/// Returns the given names, or that of standard input if there are none.
pub(super) fn or_stdin(files: &[String]) -> Result<Vec<&str>, Failure> {
    if !files.is_empty() {
        return Ok(files.iter().map(String::as_str).collect());
    }
    if io::stdin().is_terminal() {
        return Err(Failure::new("no input", "name files, or pipe events to standard input"));
    }
    Ok(vec![STDIN])
}

/// Opens a file, or standard input.
pub(super) fn open(name: &str) -> Result<Box<dyn Read>, Failure> {
    if name == STDIN {
        return Ok(Box::new(io::stdin().lock()));
    }
    match File::open(name) {
        Ok(file) if Path::new(name).is_dir() => {
            drop(file);
            Err(Failure::new(format!("{name} is a directory"), format!("name the files in it, as in {name}/*")))
        }
        Ok(file) => Ok(Box::new(file)),
        Err(error) => Err(read_error(name, &error)),
    }
}

/// Decompresses an input that begins as gzip does.
pub(super) fn decompress(name: &str, mut input: impl Read + 'static) -> Result<Box<dyn Read>, Failure> {
    let mut begin = Vec::new();
    (&mut input).take(2).read_to_end(&mut begin).map_err(|error| read_error(name, &error))?;
    let is_gzip = begin == [0x1f, 0x8b];
    let whole = io::Cursor::new(begin).chain(input);
    Ok(if is_gzip { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) })
}

/// Reads a file, decompressed.
pub(super) fn read(name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    decompress(name, open(name)?)?.read_to_end(&mut bytes).map_err(|error| read_error(name, &error))?;
    Ok(bytes)
}

/// Decompresses the contents of a file.
pub(super) fn decompress_bytes(name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let mut plain = Vec::new();
    decompress(name, io::Cursor::new(bytes))?.read_to_end(&mut plain).map_err(|error| read_error(name, &error))?;
    Ok(plain)
}

/// Returns the error of a file that cannot be read.
pub(super) fn read_error(name: &str, error: &io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => "check the name and the current directory",
        io::ErrorKind::PermissionDenied => "check the permissions of the file",
        _ => "check that the file and its disk are readable",
    };
    Failure::new(format!("cannot read {name}: {error}"), hint)
}

/// Reads the files of a folder that must exist.
pub(super) fn read_folder(folder: &Path) -> Result<Files, Failure> {
    check::read_folder(folder)
        .map_err(|error| Failure::new(error.to_string(), "check the name and the current directory"))
}
