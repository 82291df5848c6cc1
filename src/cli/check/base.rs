//! The inputs that a contract is compared with: from a folder, or from git without a checkout.

mod blob;

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{io, thread};

use clap::builder::{OsStringValueParser, TypedValueParser};
use eventbridge_pattern::spelling::nearest;

use blob::{batches, check_size};

use super::layout::{Arguments, Layout, RECORD, folder_of};
use crate::check::{self, escape_bytes};
use crate::cli::exit::Failure;
use crate::cli::input::{nearest_path, read_error, read_folder};
use crate::cli::style::PlainPath;
use crate::record::Files;

/// The location of the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Base {
    /// A revision.
    Git(String),
    /// The merge base of this branch and another one.
    CommonAncestor(String),
    /// A folder.
    Folder(PathBuf),
}

/// Returns the parser of `git:REV`, `merge-base:BRANCH` and folders.
pub(super) fn parser() -> impl TypedValueParser<Value = Base> {
    OsStringValueParser::new().try_map(Base::parse)
}

impl Base {
    fn parse(argument: OsString) -> Result<Self, String> {
        let base = match argument.to_str().and_then(|text| text.split_once(':')) {
            Some(("git", revision)) => Self::Git(revision.to_owned()),
            Some(("merge-base", branch)) => Self::CommonAncestor(branch.to_owned()),
            _ => return Ok(Self::Folder(argument.into())),
        };
        match &base {
            Self::Git(name) | Self::CommonAncestor(name) if name.is_empty() => {
                Err(format!("expected a revision, as in `{}main`", argument.display()))
            }
            Self::Git(_) | Self::CommonAncestor(_) | Self::Folder(_) => Ok(base),
        }
    }
}

impl Base {
    /// Resolves the revision, or looks for the folder.
    pub(super) fn open(&self, layout: &Layout) -> Result<BaseTree, Failure> {
        let git = Git { directory: PathBuf::from(".") };
        match self {
            Self::Folder(path) if !path.exists() => {
                // A bare name of a revision is what other git commands take.
                let name = PlainPath(path).to_string();
                let hint = suggest_base(path, &name, &Git::at(&layout.record));
                Err(Failure::new(format!("cannot read {name}: No such file or directory"), hint))
            }
            Self::Folder(path) => Ok(BaseTree { name: PlainPath(path).to_string(), tree: Tree::Folder(path.clone()) }),
            Self::Git(revision) => {
                let git = if layout.record.is_absolute() { Git::at(&layout.record) } else { git };
                let commit = git.commit(revision)?;
                Ok(BaseTree { name: format!("git:{revision} ({})", short(&commit)), tree: Tree::Commit(commit) })
            }
            Self::CommonAncestor(branch) => {
                let git = if layout.record.is_absolute() { Git::at(&layout.record) } else { git };
                let tip = git.commit(branch)?;
                let commit = git.line(&["merge-base", &tip, "HEAD"], || {
                    let hint = "in a shallow clone, fetch the whole history (`fetch-depth: 0`)";
                    (format!("{branch} and HEAD have no common ancestor"), hint.to_owned())
                })?;
                Ok(BaseTree { name: format!("merge-base:{branch} ({})", short(&commit)), tree: Tree::Commit(commit) })
            }
        }
    }
}

/// Returns advice about a base that is not an existing folder: a bare name of a revision is what other git commands take.
fn suggest_base(path: &Path, name: &str, git: &Git) -> String {
    if git.commit(name).is_ok() {
        return format!("to compare with a revision, name it git:{name} or merge-base:{name}");
    }
    if let Some((kind, revision)) = name.split_once(':')
        && let Some(similar) = nearest(kind, ["git", "merge-base"])
    {
        return format!("did you mean {similar}:{revision}?");
    }
    if let Some(similar) = git.nearest_revision(name) {
        return format!("to compare with the revision {similar}, name it git:{similar} or merge-base:{similar}");
    }
    match nearest_path(path) {
        Some(similar) => format!("did you mean {similar}?"),
        None => format!("check the name and the current directory; a revision is named as in git:{name}"),
    }
}

/// The files of the base.
pub(super) struct BaseTree {
    /// The name for the report.
    pub(super) name: String,
    tree: Tree,
}

enum Tree {
    Commit(String),
    /// The folder of the record.
    Folder(PathBuf),
}

/// An input of the base.
pub(super) enum BaseEntry {
    File(Vec<u8>),
    Folder {
        files: Files,
        /// Links and submodules, which are not followed.
        links: Vec<String>,
    },
}

impl BaseTree {
    /// Returns the path and the files of the record.
    pub(super) fn record(&self, arguments: Arguments<'_>, layout: &Layout) -> Result<(PathBuf, Files), Failure> {
        match &self.tree {
            Tree::Folder(path) => Ok((path.clone(), read_folder(path)?)),
            Tree::Commit(commit) => {
                let path = match arguments.record {
                    Some(record) => record.to_owned(),
                    None => self.locate(RECORD, layout)?.unwrap_or_else(|| layout.record.clone()),
                };
                match Git::at(&path).entry(commit, &path)? {
                    Some(BaseEntry::Folder { files, .. }) => Ok((path, files)),
                    Some(BaseEntry::File(_)) | None => Err(Failure::new(
                        format!("{} has no folder {}", short(commit), PlainPath(&path)),
                        "nothing was compared: set --dir to the folder of the schemas, relative to the current directory",
                    )),
                }
            }
        }
    }

    /// Finds an input by the rule of [`Layout`], and reads it.
    pub(super) fn find(
        &self,
        name: &str,
        argument: Option<&Path>,
        layout: &Layout,
    ) -> Result<Option<(PathBuf, BaseEntry)>, Failure> {
        let path = match (argument, &self.tree) {
            (None, _) => self.locate(name, layout)?,
            (Some(argument), Tree::Commit(_)) => Some(argument.to_owned()),
            (Some(argument), Tree::Folder(record)) => {
                let counterpart = self.counterpart(argument, layout).filter(|path| path.exists());
                counterpart.or_else(|| argument.file_name().map(|name| folder_of(record).join(name)))
            }
        };
        let Some(path) = path else { return Ok(None) };
        Ok(self.read(&path)?.map(|entry| (path, entry)))
    }

    /// Returns the path that an input of the head has in the base; none if the base is a folder that cannot contain it.
    pub(super) fn counterpart(&self, path: &Path, layout: &Layout) -> Option<PathBuf> {
        match &self.tree {
            Tree::Commit(_) => Some(path.to_owned()),
            Tree::Folder(record) => {
                let (root, base_root) = corresponding_roots(&layout.record, record);
                Some(base_root.join(absolute(path).strip_prefix(root).ok()?))
            }
        }
    }

    /// Returns the nearest path at which the base has an input.
    fn locate(&self, name: &str, layout: &Layout) -> Result<Option<PathBuf>, Failure> {
        match &self.tree {
            Tree::Folder(record) => {
                let above = layout.folders.iter().filter_map(|folder| self.counterpart(&folder.join(name), layout));
                let mut paths = above.chain([folder_of(record).join(name)]);
                Ok(paths.find(|path| path.symlink_metadata().is_ok()))
            }
            Tree::Commit(commit) => {
                for folder in &layout.folders {
                    let path = folder.join(name);
                    if Git::at(&path).object(commit, &path)?.is_some() {
                        return Ok(Some(path));
                    }
                }
                Ok(None)
            }
        }
    }

    /// Reads an input; none if the base does not have it.
    pub(super) fn read(&self, path: &Path) -> Result<Option<BaseEntry>, Failure> {
        match &self.tree {
            Tree::Commit(commit) => Git::at(path).entry(commit, path),
            Tree::Folder(_) if path.is_dir() => {
                Ok(Some(BaseEntry::Folder { files: read_folder(path)?, links: Vec::new() }))
            }
            Tree::Folder(_) => match check::read_file(path) {
                Ok(bytes) => Ok(Some(BaseEntry::File(bytes))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(read_error(PlainPath(path), &error)),
            },
        }
    }
}

/// Returns the current directory relative to the root of its repository; nothing outside of one.
pub(super) fn here() -> String {
    let git = Git { directory: PathBuf::from(".") };
    git.line(&["rev-parse", "--show-prefix"], Default::default).unwrap_or_default()
}

/// Returns the folder that a file of the compiler is relative to, as seen from the root of the repository; `None` if the
/// file is in no folder above: the program was compiled elsewhere.
pub(super) fn source_root(file: &str) -> Option<String> {
    let here = here();
    let names: Vec<_> = here.split('/').filter(|name| !name.is_empty()).collect();
    let is_there = |above: &usize| Path::new(&format!("./{}{file}", "../".repeat(*above))).is_file();
    (0..=names.len())
        .find(is_there)
        .map(|above| names.iter().take(names.len() - above).copied().collect::<Vec<_>>().join("/"))
}

/// Returns the highest folders that contain the same tree as the records of the head and the base: for `/new/a/schemas` and
/// `/old/a/schemas`, `/new` and `/old`. The second is spelled as the base is.
fn corresponding_roots(head: &Path, base: &Path) -> (PathBuf, PathBuf) {
    let (mut head, mut absolute_base, mut root) = (absolute(head), absolute(base), base.to_owned());
    loop {
        let has_parents = head.pop() && absolute_base.pop();
        root = folder_of(&root);
        if !has_parents || head.file_name().is_none() || head.file_name() != absolute_base.file_name() {
            return (head, root);
        }
    }
}

/// Returns an absolute path. Links are followed, except the last one: the file of a link may be elsewhere.
fn absolute(path: &Path) -> PathBuf {
    let folder = folder_of(path);
    let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
    let resolved = match path.file_name() {
        Some(name) => folder.canonicalize().map(|folder| folder.join(name)),
        None => path.canonicalize(),
    };
    resolved.or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// Variables of git, which obeys the configuration of a repository that may not be the user's.
///
/// An object that is missing is not fetched, because the remote may be a command, and no protocol is allowed for versions of
/// git that do not know the first variable. Objects are not replaced by others, nothing is written, and no question is asked.
const ENVIRONMENT: [(&str, &str); 5] = [
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
];

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
        let id = self.line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit], || {
            let hint = match self.nearest_revision(revision) {
                Some(similar) => format!("did you mean {similar}?"),
                None => "run in a git repository, check the spelling, and fetch the revision: a clone in CI may have only one commit".to_owned(),
            };
            (format!("git has no revision {revision:?} here"), hint)
        })?;
        // `^main` is a revision to git, too: all commits but those of main.
        if id.contains(|character: char| !character.is_ascii_hexdigit()) {
            let hint = "name a branch, a tag or a commit, as in git:main";
            return Err(Failure::new(format!("{revision:?} is not one commit"), hint));
        }
        Ok(id)
    }

    /// Returns the branch or tag with the most similar name; for a name of a branch that only the remote has, that.
    fn nearest_revision(&self, revision: &str) -> Option<String> {
        let listed = self.run(&["for-each-ref", "--format=%(refname:short)"], &[]).ok()?;
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let names = || listed.lines().chain(["HEAD"]);
        let of_remote = names().find(|name| name.split_once('/').is_some_and(|(_, branch)| branch == revision));
        of_remote.or_else(|| nearest(revision, names())).map(str::to_owned)
    }

    /// Returns the id of a file or folder in a commit; none if the commit does not have it.
    fn object(&self, commit: &str, path: &Path) -> Result<Option<String>, Failure> {
        let below = if path.is_absolute() {
            path.strip_prefix(&self.directory).unwrap_or(Path::new("")).to_owned()
        } else {
            path.to_owned()
        };
        let names = below.components().filter(|component| *component != Component::CurDir);
        let mut object = OsString::from(format!("{commit}:."));
        for name in names {
            object.push("/");
            object.push(name);
        }
        if object == *format!("{commit}:.") {
            object.push("/");
        }
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options"].map(OsStr::new);
        let found = self.run(&[&arguments[..], &[&object]].concat(), &[])?;
        let id = String::from_utf8_lossy(&found.stdout).trim().to_owned();
        Ok((found.status.success() && !id.is_empty()).then_some(id))
    }

    /// Reads a file, or the files of a folder, in a commit; none if the commit does not have it.
    fn entry(&self, commit: &str, path: &Path) -> Result<Option<BaseEntry>, Failure> {
        let Some(object) = self.object(commit, path)? else { return Ok(None) };
        let unreadable = || {
            let message = format!("git cannot read {} of {}", PlainPath(path), short(commit));
            (message, "check the repository with `git fsck`".to_owned())
        };
        let of_commit = |name: &str| format!("{name} of {}", short(commit));
        let lacks_files = || {
            let hint = "check the repository with `git fsck`, and its files for names that are not UTF-8";
            Failure::new(format!("git does not have all files of {}", of_commit(&PlainPath(path).to_string())), hint)
        };
        if self.line(&["cat-file", "-t", &object], unreadable)? == "blob" {
            let size = self.line(&["cat-file", "-s", &object], unreadable)?.parse().unwrap_or(u64::MAX);
            check_size(size, check::MAX_FILE_BYTES, || of_commit(&PlainPath(path).to_string()))?;
            let contents = parse_batch(&self.run(&["cat-file", "--batch"], format!("{object}\n").as_bytes())?.stdout);
            let [file] =
                <[Vec<u8>; 1]>::try_from(contents).map_err(|_| Failure::new(unreadable().0, unreadable().1))?;
            return Ok(Some(BaseEntry::File(file)));
        }
        let listed = self.run(&["ls-tree", "-r", "-l", "-z", "--full-tree", &object], &[])?;
        if !listed.status.success() {
            return Err(Failure::new(unreadable().0, unreadable().1));
        }
        let (mut blobs, mut links, mut total) = (Vec::new(), Vec::new(), 0_u64);
        // `100644 blob <id> <size>\t<path>`, terminated by a zero byte; links and submodules have other modes.
        for entry in listed.stdout.split(|byte| *byte == 0) {
            let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else { continue };
            let (what, name) = (String::from_utf8_lossy(&entry[..tab]), escape_bytes(&entry[tab + 1..]));
            if let [mode, "blob", id, size] = what.split_ascii_whitespace().collect::<Vec<_>>()[..]
                && mode.starts_with("100")
            {
                // Without the object, git lists `BAD`.
                let size = size.parse().map_err(|_| lacks_files())?;
                // Before git unpacks it: a blob may be a thousand times as large as the repository.
                check_size(size, check::MAX_FILE_BYTES, || of_commit(&PlainPath(&path.join(&name)).to_string()))?;
                total = total.saturating_add(size);
                check_size(total, check::MAX_FOLDER_BYTES, || of_commit(&PlainPath(path).to_string()))?;
                blobs.push((name, id.to_owned(), size));
            } else {
                links.push(name);
            }
        }
        let mut files = Files::new();
        for batch in batches(&blobs) {
            let ids: Vec<&str> = batch.iter().map(|(_, id, _)| id.as_str()).collect();
            let contents = parse_batch(&self.run(&["cat-file", "--batch"], (ids.join("\n") + "\n").as_bytes())?.stdout);
            files.extend(batch.iter().map(|(name, ..)| name.clone()).zip(contents));
        }
        // Two names are equal only if one is not UTF-8, and the other is spelled as its escaped form.
        if files.len() != blobs.len() {
            return Err(lacks_files());
        }
        Ok(Some(BaseEntry::Folder { files, links }))
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

    fn run(&self, arguments: &[impl AsRef<OsStr>], input: &[u8]) -> Result<Output, Failure> {
        let cannot = |error: io::Error| Failure::new(format!("cannot run git: {error}"), "install git, or check PATH");
        let mut child = Command::new("git")
            .envs(ENVIRONMENT)
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
        let parse = |text: &str| Base::parse(text.into());
        assert_eq!(parse("git:main"), Ok(Base::Git("main".to_owned())));
        assert_eq!(parse("merge-base:origin/main"), Ok(Base::CommonAncestor("origin/main".to_owned())));
        assert_eq!(parse("old/schemas"), Ok(Base::Folder("old/schemas".into())));
        assert_eq!(parse("git:"), Err("expected a revision, as in `git:main`".to_owned()));
    }

    #[test]
    fn the_trees_of_two_records_correspond() {
        let roots = |head: &str, base: &str| {
            let (head, base) = corresponding_roots(Path::new(head), Path::new(base));
            (head.display().to_string(), base.display().to_string())
        };
        let expected = |head: &str, base: &str| (head.to_owned(), base.to_owned());
        assert_eq!(roots("/new/a/schemas", "/old/a/schemas"), expected("/new", "/old"));
        assert_eq!(roots("/new/a/schemas", "/old/schemas"), expected("/new/a", "/old"));
        assert_eq!(roots("/new/a/schemas", "/old/published"), expected("/new/a", "/old"));
        assert_eq!(roots("/new/schemas", "/new/schemas"), expected("/", "/"));
    }

    #[test]
    fn the_output_of_cat_file_is_parsed() {
        assert_eq!(parse_batch(b"a1 blob 3\nx\ny\nb2 blob 0\n\n"), [b"x\ny".to_vec(), Vec::new()]);
        assert_eq!(parse_batch(b"a1 missing\n"), Vec::<Vec<u8>>::new());
        assert_eq!(parse_batch(b""), Vec::<Vec<u8>>::new());
    }
}
