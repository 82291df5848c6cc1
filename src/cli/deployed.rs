//! Routing rules in the files and folders of a command's arguments.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::exit::{Exit, Failure};
use super::style::Plain;
use super::{input, style};
use crate::pattern::Settings;
use crate::routing::source::{self, Deployment};

struct RuleFile {
    bytes: Vec<u8>,
    /// True if the file is an argument, false if it was found in a folder.
    is_argument: bool,
}

/// Parses `NAME=VALUE`.
pub(super) fn parse_parameter(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Reads the rules in files and folders. Errors are printed to standard error and do not affect other files.
pub(super) fn read(paths: &[String], parameters: &[(String, String)], settings: &Settings) -> (Deployment, Exit) {
    let mut exit = Exit::Success;
    let mut files: BTreeMap<String, RuleFile> = BTreeMap::new();
    for path in paths {
        if let Err(failure) = collect(path, true, &mut files) {
            failure.print();
            exit = Exit::Failure;
        }
    }
    let mut texts = Vec::new();
    for (name, file) in &files {
        if let Ok(text) = std::str::from_utf8(&file.bytes) {
            texts.push((name.as_str(), text));
        } else {
            Failure::new(format!("{name} is not UTF-8"), "check that it is the right file").print();
            exit = Exit::Failure;
        }
    }
    let deployment = source::read(texts, &parameters.iter().cloned().collect(), settings);
    for note in &deployment.notes {
        print_notice(&note.to_string());
    }
    for error in &deployment.errors {
        let message = format!("{}: {}", error.location(), error.message());
        let is_argument = files.get(&error.location().file).is_none_or(|file| file.is_argument);
        if error.is_unrelated() && !is_argument {
            print_notice(&format!("{message}; skipped"));
        } else {
            Failure::new(Plain(&message).to_string(), error.help()).print();
            exit = Exit::Failure;
        }
    }
    (deployment, exit)
}

fn print_notice(text: &str) {
    let (on, off) = (style::NOTICE.render(), style::NOTICE.render_reset());
    let _ = writeln!(anstream::stderr(), "{on}notice:{off} {}", Plain(text));
}

/// Collects a file, or those below a folder that may contain rules.
fn collect(name: &str, is_argument: bool, files: &mut BTreeMap<String, RuleFile>) -> Result<(), Failure> {
    if !Path::new(name).is_dir() {
        let bytes = input::read(name)?;
        let file = files.entry(name.to_owned()).or_insert(RuleFile { bytes, is_argument });
        file.is_argument |= is_argument;
        return Ok(());
    }
    let unreadable = |error: io::Error| input::read_error(name, &error);
    for entry in fs::read_dir(name).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let child = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{}/{child}", name.trim_end_matches('/'));
        let is_folder = entry.file_type().map_err(unreadable)?.is_dir();
        let extension = Path::new(&child).extension().and_then(|it| it.to_str()).unwrap_or_default();
        let may_have_rules =
            ["json", "yaml", "yml", "template"].iter().any(|known| extension.eq_ignore_ascii_case(known));
        if !child.starts_with('.') && (if is_folder { child != "node_modules" } else { may_have_rules }) {
            collect(&path, false, files)?;
        }
    }
    Ok(())
}
