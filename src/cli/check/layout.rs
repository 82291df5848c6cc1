//! The paths of the inputs of a check.
//!
//! One rule: `consumers`, `event-contract.toml` and relative rule files are beside `--dir` if it is given. Otherwise each is
//! found by its name from the current folder upwards, up to the root of the repository.

use std::path::{Path, PathBuf};
use std::{fs, io};

use eventbridge_pattern::spelling::nearest;

use crate::cli::exit::Failure;
use crate::cli::input::read_error;
use crate::cli::style::PlainPath;

pub(super) const RECORD: &str = "schemas";
pub(super) const CONSUMERS: &str = "consumers";
pub(super) const CONFIG: &str = "event-contract.toml";

/// The arguments that name inputs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arguments<'a> {
    pub(super) record: Option<&'a Path>,
    pub(super) consumers: Option<&'a Path>,
    pub(super) config: Option<&'a Path>,
}

impl Arguments<'_> {
    /// Returns the folders in which an input is looked for, the nearest first, as seen from the current folder.
    pub(super) fn folders(&self) -> io::Result<Vec<PathBuf>> {
        match self.record {
            Some(record) => Ok(vec![folder_of(record)]),
            None => upwards(),
        }
    }
}

/// Returns the folder that a path is in. The last name may be `.` or `..`.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.file_name() {
        Some(_) => path.parent().unwrap_or(Path::new("")).to_owned(),
        None => path.join(".."),
    }
}

/// Returns the current folder and those above it, up to the root of the repository, as relative paths.
fn upwards() -> io::Result<Vec<PathBuf>> {
    let here = std::env::current_dir()?;
    let mut folders = Vec::new();
    let mut relative = PathBuf::new();
    for folder in here.ancestors() {
        folders.push(relative.clone());
        if folder.join(".git").exists() {
            return Ok(folders);
        }
        relative.push("..");
    }
    // Outside of a repository, files above the current folder belong to others.
    folders.truncate(folders.len().min(MAX_FOLDERS));
    Ok(folders)
}

/// Maximum number of folders in which an input is looked for outside of a repository.
const MAX_FOLDERS: usize = 8;

/// The paths of the inputs of the head.
#[derive(Debug)]
pub(super) struct Layout {
    /// The folder of the record, which may not exist.
    pub(super) record: PathBuf,
    pub(super) consumers: Option<PathBuf>,
    pub(super) config: Option<PathBuf>,
    /// The folders in which inputs were looked for.
    pub(super) folders: Vec<PathBuf>,
    /// Inputs of the current folder that are not beside `--dir`.
    pub(super) shadowed: Vec<PathBuf>,
}

impl Layout {
    /// Finds the inputs.
    ///
    /// # Errors
    ///
    /// The current folder has an input that is expected beside `--dir`, where there is none.
    pub(super) fn find(arguments: Arguments<'_>) -> Result<Self, Failure> {
        let folders = arguments.folders().map_err(|error| read_error("the current folder", &error))?;
        let find = |name: &str| folders.iter().map(|folder| folder.join(name)).find(|path| is_present(path));
        let record = match arguments.record {
            Some(record) => record.to_owned(),
            None => find(RECORD).unwrap_or_else(|| RECORD.into()),
        };
        let consumers = arguments.consumers.map(Path::to_owned).or_else(|| find(CONSUMERS));
        let config = arguments.config.map(Path::to_owned).or_else(|| find(CONFIG));
        let mut shadowed = Vec::new();
        for (name, found, argument, flag) in [
            (CONSUMERS, &consumers, arguments.consumers, "--consumers"),
            (CONFIG, &config, arguments.config, "--config"),
        ] {
            let here = Path::new(name);
            // The same folder, by another path.
            let is_found = found.as_ref().is_some_and(|found| is_same(found, here));
            if argument.is_some() || !is_present(here) || is_found {
                continue;
            }
            if found.is_none() {
                let hint = format!("move it there, or name it: {flag} {name}");
                return Err(Failure::new(format!("{name} is in the current folder, expected it beside --dir"), hint));
            }
            shadowed.push(here.to_owned());
        }
        Ok(Self { record, consumers, config, folders, shadowed })
    }

    /// Rejects files and folders whose names differ slightly from an expected one that does not exist, and folders with
    /// statements of consumers under another name: a check without them would pass for a check with them.
    pub(super) fn reject_misnamed(&self) -> Result<(), Failure> {
        for folder in &self.folders {
            let shown = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let entries = match fs::read_dir(shown) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(read_error(PlainPath(shown), &error)),
            };
            for entry in entries {
                let entry = entry.map_err(|error| read_error(PlainPath(shown), &error))?;
                let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
                let is_folder = path.is_dir();
                let expected = if is_folder && self.consumers.is_none() && path != self.record {
                    (is_similar(&name, CONSUMERS) || has_statements(&path)).then_some(CONSUMERS)
                } else if !is_folder && self.config.is_none() {
                    is_similar(&name, CONFIG).then_some(CONFIG)
                } else {
                    None
                };
                if let Some(expected) = expected {
                    let path = folder.join(entry.file_name());
                    let what = format!("{} is not read: expected the name {expected}", PlainPath(&path));
                    return Err(Failure::new(what, "rename it, or name it with --consumers or --config"));
                }
            }
        }
        Ok(())
    }
}

/// Returns true if a path exists, even as a broken link: that is an error when it is read.
fn is_present(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        (Ok(_) | Err(_), Ok(_) | Err(_)) => one == other,
    }
}

/// Returns true if a name is probably a misspelt, renamed or saved copy of another one.
fn is_similar(name: &str, expected: &str) -> bool {
    let normalise = |name: &str| name.to_ascii_lowercase().replace(['_', ' '], "-");
    let (name, expected) = (normalise(name), normalise(expected));
    let stem = expected.split('.').next().unwrap_or(&expected);
    let is_copy = name.strip_prefix(&*expected).is_some_and(|rest| rest.starts_with(['.', '-', '~']));
    let has_other_extension = expected.contains('.')
        && name.strip_prefix(stem).is_some_and(|rest| [".yaml", ".yml", ".json", ".ini"].contains(&rest));
    name == expected || is_copy || has_other_extension || nearest(&name, [&*expected]).is_some()
}

/// Returns true if a folder has the structure of the consumers' folder: `<name>/<Type>.reader.json`.
fn has_statements(folder: &Path) -> bool {
    let names = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| (entry.path(), entry.file_name().to_string_lossy().into_owned())).collect::<Vec<_>>()
    };
    let consumers = names(folder);
    // The folder of another record has types below these names.
    let is_record = consumers.iter().any(|(_, name)| ["external", "internal", "index.json"].contains(&&**name));
    let is_skipped = folder.file_name().is_some_and(|name| {
        let name = name.to_string_lossy();
        name.starts_with('.') || name == "node_modules" || name == "target"
    });
    !is_record
        && !is_skipped
        && consumers
            .iter()
            .filter(|(path, _)| path.is_dir())
            .any(|(path, _)| names(path).iter().any(|(_, name)| name.ends_with(".reader.json")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_and_saved_names_are_similar() {
        for name in [
            "event-contract.tml",
            "event_contract.toml",
            "Event-Contract.toml",
            "event-contract.toml.bak",
            "event-contract.toml~",
            "event-contract.yaml",
            "event-contracts.toml",
        ] {
            assert!(is_similar(name, CONFIG), "{name}");
        }
        for name in ["Cargo.toml", "event-contract", "event-contract.rs", "contract.toml", "rustfmt.toml"] {
            assert!(!is_similar(name, CONFIG), "{name}");
        }
        for name in ["consumer", "Consumers", "consumers.bak", "consmers", "consumers-old"] {
            assert!(is_similar(name, CONSUMERS), "{name}");
        }
        for name in ["schemas", "producers", "src", "customers"] {
            assert!(!is_similar(name, CONSUMERS), "{name}");
        }
    }
}
