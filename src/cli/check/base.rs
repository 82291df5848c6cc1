//! The published record that a contract is compared with: from a folder, or from git without a checkout.

use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::str::FromStr;
use std::{io, thread};

use crate::cli::exit::Failure;
use crate::cli::input::read_folder;
use crate::record::Files;

/// The location of the published record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Base {
    /// A revision.
    Git(String),
    /// The merge base of this branch and another one.
    CommonAncestor(String),
    /// A folder.
    Folder(PathBuf),
}

impl FromStr for Base {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let base = match text.split_once(':') {
            Some(("git", revision)) => Self::Git(revision.to_owned()),
            Some(("merge-base", branch)) => Self::CommonAncestor(branch.to_owned()),
            _ => Self::Folder(text.into()),
        };
        match &base {
            Self::Git(name) | Self::CommonAncestor(name) if name.is_empty() => {
                Err(format!("expected a revision, as in `{text}main`"))
            }
            Self::Git(_) | Self::CommonAncestor(_) | Self::Folder(_) => Ok(base),
        }
    }
}

impl Base {
    /// Returns the name for the report, and the files. `folder` is that of the record in a revision.
    pub(super) fn read(&self, folder: &Path) -> Result<(String, Files), Failure> {
        match self {
            Self::Folder(path) => Ok((path.display().to_string(), read_folder(path)?)),
            Self::Git(revision) => {
                let git = Git::at(folder);
                let commit = git.commit(revision)?;
                Ok((format!("git:{revision} ({})", short(&commit)), git.files(&commit, folder)?))
            }
            Self::CommonAncestor(branch) => {
                let git = Git::at(folder);
                let tip = git.commit(branch)?;
                let commit = git.line(&["merge-base", &tip, "HEAD"], || {
                    let hint = "in a shallow clone, fetch the whole history (`fetch-depth: 0`)";
                    (format!("{branch} and HEAD have no common ancestor"), hint.to_owned())
                })?;
                Ok((format!("merge-base:{branch} ({})", short(&commit)), git.files(&commit, folder)?))
            }
        }
    }
}

/// Returns the current directory relative to the root of its repository; nothing outside of one.
pub(super) fn here() -> String {
    let git = Git { directory: PathBuf::from(".") };
    git.line(&["rev-parse", "--show-prefix"], Default::default).unwrap_or_default()
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// The program `git` in a directory.
struct Git {
    directory: PathBuf,
}

impl Git {
    /// Runs git in the directory that the folder is relative to.
    fn at(folder: &Path) -> Self {
        // The folder itself may exist in the revision only.
        let directory = if folder.is_absolute() {
            folder.ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("/")).to_owned()
        } else {
            PathBuf::from(".")
        };
        Self { directory }
    }

    fn commit(&self, revision: &str) -> Result<String, Failure> {
        let commit = format!("{revision}^{{commit}}");
        self.line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit], || {
            let hint = "run in a git repository, check the spelling, and fetch the revision: a clone in CI may have only one commit";
            (format!("git has no revision {revision:?} here"), hint.to_owned())
        })
    }

    /// Reads the files of a folder in a commit.
    fn files(&self, commit: &str, folder: &Path) -> Result<Files, Failure> {
        let below = if folder.is_absolute() {
            folder.strip_prefix(&self.directory).unwrap_or(Path::new("")).to_owned()
        } else {
            folder.to_owned()
        };
        let names = below.components().filter(|component| *component != Component::CurDir);
        let names: Vec<_> = names.map(|name| name.as_os_str().to_string_lossy().into_owned()).collect();
        let path = format!("./{}", names.join("/"));
        let missing = || {
            let hint =
                "nothing was compared: set --dir to the folder of the schemas, relative to the current directory";
            (format!("{} has no folder {}", short(commit), folder.display()), hint.to_owned())
        };
        let tree =
            self.line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{commit}:{path}")], missing)?;
        let listed = self.run(&["ls-tree", "-r", "-z", "--full-tree", &tree], &[])?;
        if !listed.status.success() {
            return Err(Failure::new(missing().0, missing().1));
        }
        let mut names = Vec::new();
        let mut ids = Vec::new();
        // `100644 blob <id>\t<path>`, terminated by a zero byte; links and submodules have other modes.
        for entry in listed.stdout.split(|byte| *byte == 0) {
            let entry = String::from_utf8_lossy(entry);
            if let Some((what, name)) = entry.split_once('\t')
                && let [mode, "blob", id] = what.split(' ').collect::<Vec<_>>()[..]
                && mode.starts_with("100")
            {
                names.push(name.to_owned());
                ids.extend_from_slice(id.as_bytes());
                ids.push(b'\n');
            }
        }
        let output = self.run(&["cat-file", "--batch"], &ids)?;
        let contents = parse_batch(&output.stdout);
        if contents.len() != names.len() {
            let hint = "check the repository with `git fsck`";
            return Err(Failure::new(format!("git does not have all files of {}", short(commit)), hint));
        }
        Ok(names.into_iter().zip(contents).collect())
    }

    /// Runs git and returns its output, one line. `error` gives the message and the hint if git fails.
    fn line(&self, arguments: &[&str], error: impl FnOnce() -> (String, String)) -> Result<String, Failure> {
        let output = self.run(arguments, &[])?;
        let line = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() && !line.is_empty() {
            return Ok(line);
        }
        let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let (message, hint) = error();
        Err(Failure::new(if reason.is_empty() { message } else { format!("{message}: {reason}") }, hint))
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Output, Failure> {
        let cannot = |error: io::Error| Failure::new(format!("cannot run git: {error}"), "install git, or check PATH");
        let mut child = Command::new("git")
            .arg("-C")
            .arg(&self.directory)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(cannot)?;
        let stdin = child.stdin.take();
        // Git writes before it has read everything: without a second thread, both could wait forever.
        thread::scope(|scope| {
            // Should git stop reading, its exit code tells why.
            scope.spawn(|| stdin.map(|mut stdin| stdin.write_all(input)));
            child.wait_with_output()
        })
        .map_err(cannot)
    }
}

/// Parses the output of `git cat-file --batch`: `<id> blob <size>`, a line feed, the contents, a line feed. Stops at an
/// object without contents.
fn parse_batch(mut printed: &[u8]) -> Vec<Vec<u8>> {
    let mut contents = Vec::new();
    while let Some(end) = printed.iter().position(|byte| *byte == b'\n') {
        let (head, rest) = printed.split_at(end);
        let size = String::from_utf8_lossy(head).rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
        match size.and_then(|size| Some((rest.get(1..=size)?, rest.get(size + 2..)?))) {
            Some((found, after)) => {
                contents.push(found.to_vec());
                printed = after;
            }
            None => return contents,
        }
    }
    contents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_parsed() {
        assert_eq!("git:main".parse(), Ok(Base::Git("main".to_owned())));
        assert_eq!("merge-base:origin/main".parse(), Ok(Base::CommonAncestor("origin/main".to_owned())));
        assert_eq!("old/schemas".parse(), Ok(Base::Folder("old/schemas".into())));
        assert_eq!("git:".parse::<Base>(), Err("expected a revision, as in `git:main`".to_owned()));
    }

    #[test]
    fn the_output_of_cat_file_is_parsed() {
        assert_eq!(parse_batch(b"a1 blob 3\nx\ny\nb2 blob 0\n\n"), [b"x\ny".to_vec(), Vec::new()]);
        assert_eq!(parse_batch(b"a1 missing\n"), Vec::<Vec<u8>>::new());
        assert_eq!(parse_batch(b""), Vec::<Vec<u8>>::new());
    }
}
