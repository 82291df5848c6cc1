//! Files that are read, and standard input.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::Failure;

/// What `-` stands for.
const STDIN: &str = "-";

/// The names that were given; standard input where there are none.
pub(super) fn named(files: &[String]) -> Result<Vec<&str>, Failure> {
    if !files.is_empty() {
        return Ok(files.iter().map(String::as_str).collect());
    }
    if io::stdin().is_terminal() {
        return Err(Failure::new("there is nothing to read", "name files, or send events to standard input"));
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
        Err(error) => Err(unreadable(name, &error)),
    }
}

/// Unpacks an input where it begins as gzip does.
pub(super) fn unpacked(name: &str, mut input: impl Read + 'static) -> Result<Box<dyn Read>, Failure> {
    let mut begin = Vec::new();
    (&mut input).take(2).read_to_end(&mut begin).map_err(|error| unreadable(name, &error))?;
    let is_gzip = begin == [0x1f, 0x8b];
    let whole = io::Cursor::new(begin).chain(input);
    Ok(if is_gzip { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) })
}

/// All of a file, unpacked.
pub(super) fn read(name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    unpacked(name, open(name)?)?.read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
    Ok(bytes)
}

pub(super) fn unreadable(name: &str, error: &io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            "is the name right, and the directory the one it is in?"
        }
        io::ErrorKind::PermissionDenied => "may you read it?",
        _ => "can other programs read it?",
    };
    Failure::new(format!("cannot read {name}: {error}"), hint)
}
