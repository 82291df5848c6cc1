//! The folder in which the commands of a page run.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fence::Fence;
use crate::yaml::Node;
use crate::{AS_PROGRAM, Result, name, read, root};

/// Pages that begin in an empty folder. The others begin with the published record of [`parcel_contract`], committed.
const FROM_NOTHING: &[&str] = &["publish-schemas.md"];

/// A folder in which the fences of one page run, removed at its end.
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// `project` is a copy of this repository as far as commands read it, `crate` the crate of a contract, `bin` has `cargo`
    /// and `event-contract`.
    pub(crate) fn new(page: &Path) -> Result<Self> {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("guide-{}-{}", name(page), std::process::id()));
        let _ = fs::remove_dir_all(&path);
        let folder = Self { path };
        let say = |error: std::io::Error| error.to_string();
        for below in ["bin", "crate", "project"] {
            fs::create_dir_all(folder.path.join(below)).map_err(say)?;
        }
        let cargo = folder.path.join("bin/cargo");
        fs::write(&cargo, CARGO).map_err(say)?;
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).map_err(say)?;
        // The name of the program is that of the link.
        let this = std::env::current_exe().map_err(say)?;
        let shipped = PathBuf::from(env!("CARGO_BIN_EXE_event-contract"));
        for (program, name) in [(this, "parcel-contract"), (shipped, "event-contract")] {
            std::os::unix::fs::symlink(program, folder.path.join("bin").join(name)).map_err(say)?;
        }
        for copied in ["schemas", "examples/samples", "examples/rules"] {
            copy(&root().join(copied), &folder.path.join("project").join(copied)).map_err(say)?;
        }
        if FROM_NOTHING.contains(&name(page).as_str()) {
            folder.sh("git init -q -b main")?;
        } else {
            copy(&root().join("examples/parcel-contract/schemas"), &folder.path.join("crate/schemas")).map_err(say)?;
            folder.sh("git init -q -b main\ngit add .\ngit commit -q -m publish\ngit update-ref refs/remotes/origin/main HEAD")?;
        }
        Ok(folder)
    }

    /// Runs a script and returns its output, if it ends with the expected exit code.
    pub(crate) fn run(&self, fence: &Fence) -> Result<String> {
        let exit = match fence.value("exit") {
            Some(code) => code.parse().map_err(|_| format!("`exit={code}`"))?,
            None => 0,
        };
        let (code, output) = self.script(&fence.text())?;
        if code == exit { Ok(output) } else { Err(format!("exit code {code}, expected {exit}:\n{output}")) }
    }

    fn sh(&self, script: &str) -> Result {
        match self.script(script)? {
            (0, _) => Ok(()),
            (code, output) => Err(format!("{script}\nexit code {code}:\n{output}")),
        }
    }

    fn script(&self, script: &str) -> Result<(i32, String)> {
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("sh")
            .args(["-eu", "-c", &format!("exec 2>&1\n{script}")])
            .current_dir(self.path.join("crate"))
            .env("PATH", format!("{}:{path}", self.path.join("bin").display()))
            .env("HOME", &self.path)
            .env("PROJECT", self.path.join("project"))
            .env(AS_PROGRAM, "1")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GITHUB_STEP_SUMMARY", self.path.join("summary.md"))
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "Ada")))
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "ada@example.com")))
            .output()
            .map_err(|error| error.to_string())?;
        let text = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
        Ok((output.status.code().unwrap_or(-1), text))
    }

    /// Parses data, and writes it where it is a file.
    pub(crate) fn data(&self, fence: &Fence) -> Result {
        let text = fence.text();
        let file = fence.value("file");
        match fence.language.as_str() {
            // One document, or one a line.
            "json" => serde_json::Deserializer::from_str(&text)
                .into_iter::<serde_json::Value>()
                .try_for_each(|value| value.map(drop).map_err(|error| error.to_string()))?,
            "toml" => manifest(&toml::from_str(&text).map_err(|error| error.to_string())?)?,
            "yaml" => {
                let node = Node::parse(&text)?;
                if file.is_some_and(|file| file.starts_with(".github/workflows/")) {
                    self.workflow(&node)?;
                }
            }
            language => return Err(format!("{language} is not data")),
        }
        if let Some(file) = file {
            let path = self.path.join("crate").join(file);
            let say = |error: std::io::Error| error.to_string();
            fs::create_dir_all(path.parent().unwrap()).map_err(say)?;
            fs::write(path, text).map_err(say)?;
        }
        Ok(())
    }

    /// A workflow of GitHub Actions has triggers and jobs, its steps use pinned actions, and its scripts run.
    fn workflow(&self, workflow: &Node) -> Result {
        workflow.get("on")?;
        let jobs = workflow.get("jobs")?.map()?;
        for (job, node) in jobs {
            node.get("runs-on")?;
            let steps = node.get("steps")?.list()?;
            let history = steps.iter().any(|step| {
                step.get("with").and_then(|with| with.get("fetch-depth")).is_ok_and(|depth| depth.text() == Ok("0"))
            });
            for step in steps {
                match (step.get("uses"), step.get("run")) {
                    (Ok(uses), Err(_)) if uses.text()?.contains('@') => {}
                    (Err(_), Ok(script)) => {
                        let script = script.text()?;
                        if script.contains("merge-base:") && !history {
                            return Err(format!("{job}: `merge-base:` needs the history: `fetch-depth: 0`"));
                        }
                        self.sh(script)?;
                    }
                    _ => return Err(format!("{job}: a step either uses an action with a version, or runs a script")),
                }
            }
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// `cargo` as the pages use it. Building and testing the reader's crate does nothing.
const CARGO: &str = r#"#!/bin/sh
case "$1" in
build | test | fmt | clippy) exit 0 ;;
run) ;;
*) echo "cargo $1: the guide does not run this" && exit 99 ;;
esac
bin="$(dirname "$0")"
program="$bin/parcel-contract"
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    if [ "$1" = --features ]; then
        cd "$PROJECT"
        program="$bin/event-contract"
    fi
    shift
done
[ $# -eq 0 ] || shift
exec "$program" "$@"
"#;

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// The features that a manifest asks of this crate are there.
fn manifest(table: &toml::Table) -> Result {
    let own: toml::Table = toml::from_str(&read(&root().join("Cargo.toml"))?).map_err(|error| error.to_string())?;
    let own = own["features"].as_table().ok_or("no features")?;
    for section in ["dependencies", "dev-dependencies"] {
        let features =
            table.get(section).and_then(|section| section.get("event-contract")?.get("features")?.as_array());
        for feature in features.into_iter().flatten().filter_map(toml::Value::as_str) {
            if !own.contains_key(feature) {
                return Err(format!("event-contract has no feature {feature:?}"));
            }
        }
    }
    Ok(())
}
