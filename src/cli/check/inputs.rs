//! Reads the inputs of the head and of the base.

use std::path::Path;

use super::base::{BaseEntry, BaseTree};
use super::config;
use super::layout::{Arguments, CONFIG, CONSUMERS, Layout};
use crate::check::{BaseInputs, ComparedInput, Consumer, InputKind, InputOrigin, may_be_statement};
use crate::cli::deployed::{RuleSet, may_have_rules};
use crate::cli::exit::{Exit, Failure};
use crate::cli::input::{InputName, decompress_bytes, read_folder};
use crate::cli::style::PlainPath;
use crate::pattern::Settings;
use crate::record::{Files, unknown_files};
use crate::routing::source::DeployedRule;

/// The inputs of one revision.
pub(super) struct Inputs {
    pub(super) record: Files,
    pub(super) consumers: Vec<Consumer>,
    pub(super) rules: Vec<DeployedRule>,
    pub(super) config: config::Settings,
    has_config: bool,
    /// The paths of the inputs, for the report.
    pub(super) described: Vec<ComparedInput>,
}

impl Inputs {
    fn new(record: Files) -> Self {
        let config = config::Settings::default();
        Self { record, consumers: Vec::new(), rules: Vec::new(), config, has_config: false, described: Vec::new() }
    }

    /// Reads the inputs of the working tree, or fails: a check with some of them would pass for a check with all of them.
    pub(super) fn read_head(
        layout: &Layout,
        arguments: Arguments<'_>,
        rules: &[InputName],
        parameters: &[(String, String)],
    ) -> Result<Self, Failure> {
        let record = if layout.record.exists() { read_folder(&layout.record)? } else { Files::new() };
        let mut inputs = Self::new(record);
        if !inputs.record.is_empty() {
            inputs.describe_record(InputOrigin::Head, &layout.record);
        }
        if let Some(path) = &layout.consumers {
            let files = read_folder(path)?;
            reject_folders_of_statements(path)?;
            inputs.consumers = Consumer::read_all(&files)
                .map_err(|error| Failure::new(format!("{}/{error}", PlainPath(path)), "nothing was compared"))?;
            if inputs.consumers.is_empty() && arguments.consumers.is_some() {
                let what = format!("no statement of a consumer in {}", PlainPath(path));
                return Err(Failure::new(what, "expected `<name>/<Type>.reader.json`"));
            }
            let shadowed = layout.shadowed.iter().filter(|path| path.ends_with(CONSUMERS));
            inputs.describe_consumers(
                InputOrigin::Head,
                path,
                &files,
                shadowed.map(|path| PlainPath(path).to_string()),
            );
        }
        if let Some(path) = &layout.config {
            inputs.config = config::read(path)?;
            inputs.has_config = true;
            let shadowed = layout.shadowed.iter().filter(|path| path.ends_with(CONFIG));
            inputs.described.push(
                ComparedInput::new(InputKind::Configuration, InputOrigin::Head, PlainPath(path).to_string(), 1)
                    .not_read(shadowed.map(|path| PlainPath(path).to_string())),
            );
        }
        if !rules.is_empty() {
            let paths: Vec<_> = rules.iter().map(|path| resolve_rules(path, layout)).collect();
            let set = RuleSet::read(&paths, parameters, &Settings::default());
            if set.exit != Exit::Success {
                return Err(Failure::new("cannot read all routing rules", "nothing was compared"));
            }
            if set.deployment.rules.is_empty() {
                let hint = "name a template, the output of `aws events list-rules`, or a file with a pattern";
                return Err(Failure::new("no routing rules found", hint));
            }
            inputs.describe_rules(InputOrigin::Head, &paths, set);
        }
        Ok(inputs)
    }

    /// Reads the inputs of the base. Those that cannot be understood are named in the report: the change may repair them.
    pub(super) fn read_base(
        tree: &BaseTree,
        layout: &Layout,
        arguments: Arguments<'_>,
        rules: &[InputName],
        parameters: &[(String, String)],
    ) -> Result<Self, Failure> {
        let (path, record) = tree.record(arguments, layout)?;
        let mut inputs = Self::new(record);
        inputs.describe_record(InputOrigin::Base, &path);
        if let Some((path, entry)) = tree.find(CONSUMERS, arguments.consumers, layout)? {
            let (files, mut not_read) = match entry {
                BaseEntry::Folder { files, links } => (files, links),
                BaseEntry::File(_) => (Files::new(), vec![String::new()]),
            };
            let (statements, rest): (Files, Files) =
                files.into_iter().partition(|(name, bytes)| may_be_statement(name, bytes));
            not_read.extend(rest.into_keys());
            let (read, consumers) = read_valid_statements(statements, &mut not_read);
            inputs.consumers = consumers;
            let not_read = not_read.into_iter().map(|name| PlainPath(&path.join(name)).to_string());
            inputs.describe_consumers(InputOrigin::Base, &path, &read, not_read);
        }
        if let Some((path, entry)) = tree.find(CONFIG, arguments.config, layout)? {
            let text = match entry {
                BaseEntry::File(bytes) => String::from_utf8(bytes).ok(),
                BaseEntry::Folder { .. } => None,
            };
            let parsed = text.and_then(|text| config::parse(&text).ok());
            let shown = PlainPath(&path).to_string();
            let input =
                ComparedInput::new(InputKind::Configuration, InputOrigin::Base, &*shown, usize::from(parsed.is_some()));
            inputs.described.push(if parsed.is_some() { input } else { input.not_read([shown]) });
            inputs.has_config = parsed.is_some();
            inputs.config = parsed.unwrap_or_default();
        }
        let paths: Vec<_> =
            rules.iter().map(|path| resolve_rules(path, layout)).filter(|path| !path.is_stdin()).collect();
        if !paths.is_empty() {
            inputs.read_base_rules(tree, layout, &paths, parameters)?;
        }
        Ok(inputs)
    }

    /// Reads the counterparts of the rules of the head. Rules keep the names that their files have in the head.
    fn read_base_rules(
        &mut self,
        tree: &BaseTree,
        layout: &Layout,
        paths: &[InputName],
        parameters: &[(String, String)],
    ) -> Result<(), Failure> {
        let (mut files, mut places, mut not_read) = (Files::new(), Vec::new(), Vec::new());
        for path in paths {
            let Some(place) = tree.counterpart(path.path(), layout) else {
                not_read.push(format!("{path} (not below the folder of the base)"));
                continue;
            };
            let found = match tree.read(&place)? {
                None => Vec::new(),
                Some(BaseEntry::File(bytes)) => vec![(path.clone(), bytes)],
                Some(BaseEntry::Folder { files, links }) => {
                    not_read
                        .extend(links.iter().filter(|name| is_rule_file(name)).map(|name| path.join(name).to_string()));
                    let files = files.into_iter().filter(|(name, _)| is_rule_file(name));
                    files.map(|(name, bytes)| (path.join(&name), bytes)).collect()
                }
            };
            for (name, bytes) in found {
                match decompress_bytes(&name, bytes) {
                    Ok(bytes) => drop(files.insert(name.as_str().to_owned(), bytes)),
                    Err(_) => not_read.push(name.to_string()),
                }
            }
            places.push(InputName::new(place));
        }
        let mut set = RuleSet::from_files(&files, parameters);
        set.not_read.extend(not_read);
        self.describe_rules(InputOrigin::Base, &places, set);
        Ok(())
    }

    /// Returns the inputs as those of the base of a check.
    pub(super) fn as_base(&self) -> BaseInputs {
        let base = BaseInputs::default().consumers(self.consumers.clone()).rules(self.rules.clone());
        if self.has_config {
            base.configuration(self.config.policy.clone(), self.config.envelope.clone())
        } else {
            base
        }
    }

    fn describe_record(&mut self, origin: InputOrigin, path: &Path) {
        let unknown = unknown_files(&self.record).into_iter().map(|name| PlainPath(&path.join(name)).to_string());
        let input = ComparedInput::new(InputKind::Record, origin, PlainPath(path).to_string(), self.record.len());
        self.described.push(input.not_read(unknown));
    }

    fn describe_consumers(
        &mut self,
        origin: InputOrigin,
        path: &Path,
        files: &Files,
        others: impl Iterator<Item = String>,
    ) {
        let (statements, documents): (Vec<_>, Vec<_>) =
            files.iter().partition(|(name, bytes)| may_be_statement(name, bytes));
        let documents = documents.into_iter().map(|(name, _)| PlainPath(&path.join(name)).to_string());
        let input = ComparedInput::new(InputKind::Consumers, origin, PlainPath(path).to_string(), statements.len());
        self.described.push(input.not_read(documents.chain(others)));
    }

    fn describe_rules(&mut self, origin: InputOrigin, paths: &[InputName], set: RuleSet) {
        let input = ComparedInput::new(
            InputKind::RoutingRules,
            origin,
            paths.iter().map(InputName::to_string).collect::<Vec<_>>().join(", "),
            set.files,
        );
        self.described.push(input.not_read(set.not_read));
        self.rules = set.deployment.rules;
    }
}

/// Reads the statements that are valid, and adds the names of the others: the change may repair them.
fn read_valid_statements(files: Files, not_read: &mut Vec<String>) -> (Files, Vec<Consumer>) {
    if let Ok(consumers) = Consumer::read_all(&files) {
        return (files, consumers);
    }
    let mut valid = Files::new();
    for (name, bytes) in files {
        valid.insert(name.clone(), bytes);
        // Of two statements about the same events, the first is read.
        if Consumer::read_all(&valid).is_err() {
            valid.remove(&name);
            not_read.push(name);
        }
    }
    let consumers = Consumer::read_all(&valid).unwrap_or_default();
    (valid, consumers)
}

/// Returns true if a file in a folder of rules is read, by its path in the folder.
fn is_rule_file(path: &str) -> bool {
    let is_hidden = path.split('/').any(|part| part.starts_with('.') || part == "node_modules");
    !is_hidden && may_have_rules(path)
}

/// Returns the path of rules: as given if the current folder has it, otherwise beside `--dir` or upwards.
fn resolve_rules(name: &InputName, layout: &Layout) -> InputName {
    let path = name.path();
    if name.is_stdin() || path.is_absolute() || path.symlink_metadata().is_ok() {
        return name.clone();
    }
    let found = layout.folders.iter().map(|folder| folder.join(path)).find(|path| path.symlink_metadata().is_ok());
    found.map_or_else(|| name.clone(), InputName::new)
}

/// Rejects folders with the name of a statement: the statement would be missing unnoticed.
fn reject_folders_of_statements(folder: &Path) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder)?.flatten() {
        let path = entry.path();
        if !path.is_dir() {
            continue;
        }
        if entry.file_name().to_string_lossy().contains(".reader") {
            let what = format!("{} is a folder, expected a file", PlainPath(&path));
            return Err(Failure::new(what, "restore the statement of the consumer"));
        }
        reject_folders_of_statements(&path)?;
    }
    Ok(())
}
