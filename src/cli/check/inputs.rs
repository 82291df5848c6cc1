//! Reads the inputs of the head and of the base.

use std::path::Path;

use super::base::{BaseEntry, BaseTree};
use super::config;
use super::layout::{Arguments, CONFIG, CONSUMERS, Layout};
use crate::check::{BaseInputs, ComparedInput, Consumer, InputKind, InputOrigin, may_be_statement};
use crate::cli::deployed::{RuleSet, may_have_rules};
use crate::cli::exit::{Exit, Failure};
use crate::cli::input::{decompress_bytes, read_folder};
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
        rules: &[String],
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
                .map_err(|error| Failure::new(format!("{}/{error}", path.display()), "nothing was compared"))?;
            if inputs.consumers.is_empty() && arguments.consumers.is_some() {
                let what = format!("no statement of a consumer in {}", path.display());
                return Err(Failure::new(what, "expected `<name>/<Type>.reader.json`"));
            }
            let shadowed = layout.shadowed.iter().filter(|path| path.ends_with(CONSUMERS));
            inputs.describe_consumers(InputOrigin::Head, path, &files, shadowed.map(|path| path.display().to_string()));
        }
        if let Some(path) = &layout.config {
            inputs.config = config::read(path)?;
            inputs.has_config = true;
            let shadowed = layout.shadowed.iter().filter(|path| path.ends_with(CONFIG));
            inputs.described.push(
                ComparedInput::new(InputKind::Configuration, InputOrigin::Head, path.display().to_string(), 1)
                    .not_read(shadowed.map(|path| path.display().to_string())),
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
        rules: &[String],
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
            let (read, rest): (Files, Files) = files.into_iter().partition(|(name, bytes)| {
                let file = Files::from([(name.clone(), bytes.clone())]);
                may_be_statement(name, bytes) && Consumer::read_all(&file).is_ok()
            });
            not_read.extend(rest.into_keys());
            inputs.consumers = Consumer::read_all(&read)
                .map_err(|error| Failure::new(format!("{}/{error}", path.display()), "nothing was compared"))?;
            let not_read = not_read.into_iter().map(|name| path.join(name).display().to_string());
            inputs.describe_consumers(InputOrigin::Base, &path, &read, not_read);
        }
        if let Some((path, entry)) = tree.find(CONFIG, arguments.config, layout)? {
            let text = match entry {
                BaseEntry::File(bytes) => String::from_utf8(bytes).ok(),
                BaseEntry::Folder { .. } => None,
            };
            let parsed = text.and_then(|text| config::parse(&text).ok());
            let shown = path.display().to_string();
            let input =
                ComparedInput::new(InputKind::Configuration, InputOrigin::Base, &*shown, usize::from(parsed.is_some()));
            inputs.described.push(if parsed.is_some() { input } else { input.not_read([shown]) });
            inputs.has_config = parsed.is_some();
            inputs.config = parsed.unwrap_or_default();
        }
        let mut files = Files::new();
        let paths: Vec<_> = rules.iter().map(|path| resolve_rules(path, layout)).filter(|path| path != "-").collect();
        for path in &paths {
            match tree.read_counterpart(Path::new(path), layout)? {
                None => {}
                Some(BaseEntry::File(bytes)) => drop(files.insert(path.clone(), decompress_bytes(path, bytes)?)),
                Some(BaseEntry::Folder { files: found, .. }) => {
                    for (name, bytes) in found {
                        let is_hidden = name.split('/').any(|part| part.starts_with('.') || part == "node_modules");
                        if !is_hidden && may_have_rules(&name) {
                            let name = format!("{}/{name}", path.trim_end_matches('/'));
                            let bytes = decompress_bytes(&name, bytes)?;
                            files.insert(name, bytes);
                        }
                    }
                }
            }
        }
        if !files.is_empty() {
            inputs.describe_rules(InputOrigin::Base, &paths, RuleSet::from_files(&files, parameters));
        }
        Ok(inputs)
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
        let unknown = unknown_files(&self.record).into_iter().map(|name| path.join(name).display().to_string());
        let input = ComparedInput::new(InputKind::Record, origin, path.display().to_string(), self.record.len());
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
        let documents = documents.into_iter().map(|(name, _)| path.join(name).display().to_string());
        let input = ComparedInput::new(InputKind::Consumers, origin, path.display().to_string(), statements.len());
        self.described.push(input.not_read(documents.chain(others)));
    }

    fn describe_rules(&mut self, origin: InputOrigin, paths: &[String], set: RuleSet) {
        let files = set.files - set.not_read.len();
        let input = ComparedInput::new(InputKind::RoutingRules, origin, paths.join(", "), files);
        self.described.push(input.not_read(set.not_read));
        self.rules = set.deployment.rules;
    }
}

/// Returns the path of rules: as given if the current folder has it, otherwise beside `--dir` or upwards.
fn resolve_rules(path: &str, layout: &Layout) -> String {
    if path == "-" || Path::new(path).is_absolute() || Path::new(path).symlink_metadata().is_ok() {
        return path.to_owned();
    }
    let found = layout.folders.iter().map(|folder| folder.join(path)).find(|path| path.symlink_metadata().is_ok());
    found.map_or_else(|| path.to_owned(), |path| path.display().to_string())
}

/// Rejects folders with the name of a statement: the statement would be missing unnoticed.
fn reject_folders_of_statements(folder: &Path) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder)?.flatten() {
        let path = entry.path();
        if !path.is_dir() {
            continue;
        }
        if entry.file_name().to_string_lossy().contains(".reader") {
            let what = format!("{} is a folder, expected a file", path.display());
            return Err(Failure::new(what, "restore the statement of the consumer"));
        }
        reject_folders_of_statements(&path)?;
    }
    Ok(())
}
