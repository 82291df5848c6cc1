//! What a contract is held against, read from a folder or out of git, without a checkout.

use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::str::FromStr;
use std::{io, thread};

use super::{Failure, read_folder};
use crate::record::Files;

/// Where the published record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Base {
    /// In a revision.
    Git(String),
    /// Where this branch has left another one.
    Fork(String),
    /// In a folder.
    Folder(PathBuf),
}

impl FromStr for Base {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let base = match text.split_once(':') {
            Some(("git", revision)) => Self::Git(revision.to_owned()),
            Some(("merge-base", branch)) => Self::Fork(branch.to_owned()),
            _ => Self::Folder(text.into()),
        };
        match &base {
            Self::Git(name) | Self::Fork(name) if name.is_empty() => {
                Err(format!("name a revision, as in `{text}main`"))
            }
            Self::Git(_) | Self::Fork(_) | Self::Folder(_) => Ok(base),
        }
    }
}

impl Base {
    /// What it is called in the report, and its files. `folder` is where the record is in a revision.
    pub(super) fn read(&self, folder: &Path) -> Result<(String, Files), Failure> {
        match self {
            Self::Folder(path) => Ok((path.display().to_string(), read_folder(path)?)),
            Self::Git(revision) => {
                let git = Git::at(folder);
                let commit = git.commit(revision)?;
                Ok((format!("git:{revision} ({})", short(&commit)), git.files(&commit, folder)?))
            }
            Self::Fork(branch) => {
                let git = Git::at(folder);
                let tip = git.commit(branch)?;
                let commit = git.say(&["merge-base", &tip, "HEAD"], || {
                    let hint = "a shallow clone does not know it: fetch the whole history (`fetch-depth: 0`)";
                    (format!("{branch} and HEAD have no commit in common here"), hint.to_owned())
                })?;
                Ok((format!("merge-base:{branch} ({})", short(&commit)), git.files(&commit, folder)?))
            }
        }
    }
}

/// The folder that the command runs in, from the root of its repository; nothing where there is none.
pub(super) fn here() -> String {
    let git = Git { directory: PathBuf::from(".") };
    git.say(&["rev-parse", "--show-prefix"], Default::default).unwrap_or_default()
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// The program `git`, where it is run.
struct Git {
    directory: PathBuf,
}

impl Git {
    /// In the directory that the folder is named from.
    fn at(folder: &Path) -> Self {
        // The folder itself need not be there: it may be one of the revision only.
        let directory = if folder.is_absolute() {
            folder.ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("/")).to_owned()
        } else {
            PathBuf::from(".")
        };
        Self { directory }
    }

    fn commit(&self, revision: &str) -> Result<String, Failure> {
        let commit = format!("{revision}^{{commit}}");
        self.say(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit], || {
            let hint =
                "is it spelled right, and fetched (a clone in CI may have one commit only)? Folders are for --dir";
            (format!("git knows no revision {revision:?} here"), hint.to_owned())
        })
    }

    /// The files of a folder in a commit.
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
            let hint = "nothing was compared; is --dir the folder of the schemas, seen from here?";
            (format!("{} has no folder {}", short(commit), folder.display()), hint.to_owned())
        };
        let tree =
            self.say(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{commit}:{path}")], missing)?;
        let listed = self.run(&["ls-tree", "-r", "-z", "--full-tree", &tree], &[])?;
        if !listed.status.success() {
            return Err(Failure::new(missing().0, missing().1));
        }
        let mut names = Vec::new();
        let mut asked = Vec::new();
        // `100644 blob <id>\t<path>`, ended by a zero byte; links and submodules have other modes.
        for entry in listed.stdout.split(|byte| *byte == 0) {
            let entry = String::from_utf8_lossy(entry);
            if let Some((what, name)) = entry.split_once('\t')
                && let [mode, "blob", id] = what.split(' ').collect::<Vec<_>>()[..]
                && mode.starts_with("100")
            {
                names.push(name.to_owned());
                asked.extend_from_slice(id.as_bytes());
                asked.push(b'\n');
            }
        }
        let found = self.run(&["cat-file", "--batch"], &asked)?;
        let contents = batch(&found.stdout);
        if contents.len() != names.len() {
            let hint = "is the repository whole? `git fsck` says";
            return Err(Failure::new(format!("git has not all files of {}", short(commit)), hint));
        }
        Ok(names.into_iter().zip(contents).collect())
    }

    /// What git says to that, on one line.
    fn say(&self, arguments: &[&str], otherwise: impl FnOnce() -> (String, String)) -> Result<String, Failure> {
        let output = self.run(arguments, &[])?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() && !said.is_empty() {
            return Ok(said);
        }
        let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let (what, hint) = otherwise();
        Err(Failure::new(if told.is_empty() { what } else { format!("{what}: {told}") }, hint))
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Output, Failure> {
        let cannot = |error: io::Error| Failure::new(format!("cannot run git: {error}"), "is it installed?");
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
        // While it is still asked, it answers already.
        thread::scope(|scope| {
            // Where it has stopped listening, its exit code says why.
            scope.spawn(|| stdin.map(|mut stdin| stdin.write_all(input)));
            child.wait_with_output()
        })
        .map_err(cannot)
    }
}

/// The contents in what `git cat-file --batch` prints: `<id> blob <size>`, a line end, the contents, a line end. What is
/// missing has no contents.
fn batch(mut printed: &[u8]) -> Vec<Vec<u8>> {
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
    fn a_base_is_named() {
        assert_eq!("git:main".parse(), Ok(Base::Git("main".to_owned())));
        assert_eq!("merge-base:origin/main".parse(), Ok(Base::Fork("origin/main".to_owned())));
        assert_eq!("old/schemas".parse(), Ok(Base::Folder("old/schemas".into())));
        assert_eq!("git:".parse::<Base>(), Err("name a revision, as in `git:main`".to_owned()));
    }

    #[test]
    fn what_git_prints_is_taken_apart() {
        assert_eq!(batch(b"a1 blob 3\nx\ny\nb2 blob 0\n\n"), [b"x\ny".to_vec(), Vec::new()]);
        assert_eq!(batch(b"a1 missing\n"), Vec::<Vec<u8>>::new());
        assert_eq!(batch(b""), Vec::<Vec<u8>>::new());
    }
}
