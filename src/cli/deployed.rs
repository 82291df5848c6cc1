//! Routing rules, out of the files and templates that a command is given.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::style::Plain;
use super::{Exit, Failure, input, style};
use crate::pattern::Settings;
use crate::routing::source::{self, Deployment};

/// The contents of a file, and whether it was named or found in a folder.
type Given = (Vec<u8>, bool);

/// `NAME=VALUE`
pub(super) fn parameter(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The rules in files and folders. What cannot be read is said on standard error, and the others are read all the same.
pub(super) fn read(paths: &[String], parameters: &[(String, String)], settings: &Settings) -> (Deployment, Exit) {
    let mut exit = Exit::Well;
    let mut files: BTreeMap<String, Given> = BTreeMap::new();
    for path in paths {
        if let Err(failure) = collect(path, true, &mut files) {
            failure.say();
            exit = Exit::NotAsked;
        }
    }
    let mut texts = Vec::new();
    for (name, (bytes, _)) in &files {
        if let Ok(text) = std::str::from_utf8(bytes) {
            texts.push((name.as_str(), text));
        } else {
            Failure::new(format!("{name} is not UTF-8"), "is it the right file?").say();
            exit = Exit::NotAsked;
        }
    }
    let deployment = source::read(texts, &parameters.iter().cloned().collect(), settings);
    for note in deployment.notes() {
        say_notice(&note.to_string());
    }
    for error in deployment.errors() {
        let what = format!("{}: {}", error.place(), error.what());
        let is_named = files.get(error.place().file()).is_none_or(|(_, is_named)| *is_named);
        if error.is_foreign() && !is_named {
            say_notice(&format!("{what}, and passed over"));
        } else {
            Failure::new(Plain(&what).to_string(), error.help()).say();
            exit = Exit::NotAsked;
        }
    }
    (deployment, exit)
}

fn say_notice(text: &str) {
    let (on, off) = (style::NOTICE.render(), style::NOTICE.render_reset());
    let _ = writeln!(anstream::stderr(), "{on}notice:{off} {}", Plain(text));
}

/// The file, or those below a folder that may hold rules.
fn collect(name: &str, is_named: bool, files: &mut BTreeMap<String, Given>) -> Result<(), Failure> {
    if !Path::new(name).is_dir() {
        let bytes = input::read(name)?;
        let (_, was_named) = files.entry(name.to_owned()).or_insert((bytes, is_named));
        *was_named |= is_named;
        return Ok(());
    }
    let unreadable = |error: io::Error| input::unreadable(name, &error);
    for entry in fs::read_dir(name).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let below = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{}/{below}", name.trim_end_matches('/'));
        let is_folder = entry.file_type().map_err(unreadable)?.is_dir();
        let ending = Path::new(&below).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let may_hold_rules = ["json", "yaml", "yml", "template"].iter().any(|known| ending.eq_ignore_ascii_case(known));
        if !below.starts_with('.') && (if is_folder { below != "node_modules" } else { may_hold_rules }) {
            collect(&path, false, files)?;
        }
    }
    Ok(())
}
