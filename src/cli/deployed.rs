//! Routing rules in the files and folders of a command's arguments.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::exit::{Exit, Failure};
use super::input::{self, Contents, InputName};
use super::style::Plain;
use super::{output, style};
use crate::check::{escape_name, read_file};
use crate::pattern::Settings;
use crate::record::Files;
use crate::routing::source::{self, Deployment};

struct RuleFile {
    name: InputName,
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
pub(super) fn read(paths: &[InputName], parameters: &[(String, String)], settings: &Settings) -> (Deployment, Exit) {
    let RuleSet { deployment, exit, .. } = RuleSet::read(paths, parameters, settings);
    (deployment, exit)
}

/// The rules of files, and what was not read.
pub(super) struct RuleSet {
    pub(super) deployment: Deployment,
    pub(super) exit: Exit,
    /// The number of files that were read.
    pub(super) files: usize,
    /// The names of documents without rules.
    pub(super) not_read: Vec<String>,
}

impl RuleSet {
    pub(super) fn read(paths: &[InputName], parameters: &[(String, String)], settings: &Settings) -> Self {
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
                Failure::new(format!("{} is not UTF-8", file.name), "check that it is the right file").print();
                exit = Exit::Failure;
            }
        }
        let deployment = source::read(texts, &parameters.iter().cloned().collect(), settings);
        for note in &deployment.notes {
            print_notice(&note.to_string());
        }
        let mut not_read = Vec::new();
        for error in &deployment.errors {
            let message = format!("{}: {}", error.location(), error.message());
            let is_argument = files.get(&error.location().file).is_none_or(|file| file.is_argument);
            if error.is_unrelated() && !is_argument {
                print_notice(&format!("{message}; skipped"));
                not_read.push(error.location().file.clone());
            } else {
                Failure::new(Plain(&message).to_string(), error.help()).print();
                exit = Exit::Failure;
            }
        }
        Self::new(deployment, exit, files.len(), not_read)
    }

    /// Reads the rules of files whose contents are known. Files with errors are listed as not read.
    pub(super) fn from_files(files: &Files, parameters: &[(String, String)]) -> Self {
        let (mut texts, mut not_read) = (Vec::new(), Vec::new());
        for (name, bytes) in files {
            match std::str::from_utf8(bytes) {
                Ok(text) => texts.push((name.as_str(), text)),
                Err(_) => not_read.push(name.clone()),
            }
        }
        let deployment = source::read(texts, &parameters.iter().cloned().collect(), &Settings::default());
        not_read.extend(deployment.errors.iter().map(|error| error.location().file.clone()));
        Self::new(deployment, Exit::Success, files.len(), not_read)
    }

    fn new(deployment: Deployment, exit: Exit, files: usize, mut not_read: Vec<String>) -> Self {
        // A file may have several errors.
        not_read.sort_unstable();
        not_read.dedup();
        Self { deployment, exit, files: files - not_read.len(), not_read }
    }
}

fn print_notice(text: &str) {
    let (on, off) = (style::NOTICE, style::RESET);
    let _ = writeln!(output::stderr(), "{on}notice:{off} {}", Plain(text));
}

/// Collects a file, or those below a folder that may contain rules.
fn collect(name: &InputName, is_argument: bool, files: &mut BTreeMap<String, RuleFile>) -> Result<(), Failure> {
    if !name.path().is_dir() {
        let bytes = input::read(name, Contents::Document)?;
        let new = || RuleFile { name: name.clone(), bytes, is_argument };
        let file = files.entry(name.as_str().to_owned()).or_insert_with(new);
        if file.name != *name {
            // A name that is not UTF-8, and one that is spelled as its escaped form.
            return Err(Failure::new(format!("two files have the name {name}, escaped"), "rename one of them"));
        }
        file.is_argument |= is_argument;
        return Ok(());
    }
    let unreadable = |error: io::Error| input::read_error(name, &error);
    if let Some(templates) = read_cdk_manifest(name.path()) {
        for template in templates {
            collect(&name.join(template), false, files)?;
        }
        return Ok(());
    }
    for entry in fs::read_dir(name.path()).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = name.join(entry.file_name());
        let child = escape_name(&entry.file_name()).into_owned();
        let is_folder = path.path().is_dir();
        if child.starts_with('.') || is_folder && child == "node_modules" {
            continue;
        }
        if is_folder || may_have_rules(&child) {
            let before = files.len();
            collect(&path, false, files)?;
            if is_folder && may_have_rules(&child) && files.len() == before {
                return Err(Failure::new(format!("{path} is a folder, expected a file"), "restore the file"));
            }
        } else if has_misnamed_rules(&path) {
            let what =
                format!("{path} has routing rules, but its name does not end in .json, .yaml, .yml or .template");
            return Err(Failure::new(what, "rename the file, name it as an argument, or remove it"));
        }
    }
    Ok(())
}

/// Returns the templates and nested assemblies in the output of the CDK, as its manifest names them; `None` for any other
/// folder. The files beside them are assets and descriptions of the templates, and no rules.
fn read_cdk_manifest(folder: &Path) -> Option<Vec<String>> {
    let manifest: serde_json::Value = serde_json::from_slice(&read_file(&folder.join("manifest.json")).ok()?).ok()?;
    let artifacts = manifest.get("artifacts")?.as_object().filter(|_| manifest.get("version").is_some())?;
    let mut templates: Vec<String> = Vec::new();
    for artifact in artifacts.values() {
        let property = match artifact["type"].as_str()? {
            "aws:cloudformation:stack" => "templateFile",
            "cdk:cloud-assembly" => "directoryName",
            _ => continue,
        };
        templates.push(artifact["properties"][property].as_str()?.to_owned());
    }
    // Nested stacks are assets of the templates that refer to them.
    let names = fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    templates.extend(names.filter(|name| name.ends_with(".nested.template.json")));
    templates.sort_unstable();
    Some(templates)
}

/// Returns true if the name of a file in a folder is that of a document that may have rules.
pub(super) fn may_have_rules(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["json", "yaml", "yml", "template"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Returns true if a file has rules, although its name is that of another kind of file.
fn has_misnamed_rules(name: &InputName) -> bool {
    let path = name.path();
    let size = fs::metadata(path).map_or(0, |metadata| metadata.len());
    let text = if size <= MAX_MISNAMED_BYTES { fs::read_to_string(path).unwrap_or_default() } else { String::new() };
    !source::read([(name.as_str(), &*text)], &source::Parameters::default(), &Settings::default()).rules.is_empty()
}

/// Maximum size of a file that is searched for rules regardless of its name.
const MAX_MISNAMED_BYTES: u64 = 1 << 20;
