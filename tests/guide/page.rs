//! Runs one page.

use std::fs;
use std::path::Path;

use crate::fence::{Fence, fences};
use crate::folder::Folder;
use crate::output::{compare, rewritten};
use crate::{Result, read, root};

/// Reasons for not running a fence.
const REASONS: &[(&str, &str)] = &[
    ("ci", "`.ci/run` has each of its lines"),
    ("aws", "it calls AWS"),
    ("crate", "it builds or tests the reader's own crate"),
    ("diagram", "it is a diagram or a listing of files"),
    ("compiler", "it is a message of the compiler, which tests/ui compares"),
];

pub(crate) fn run(page: &Path) -> Result {
    let text = read(page)?;
    let fences = fences(&text)?;
    let folder = Folder::new(page)?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // Applied from the last fence to the first: a change moves the lines below it.
    let mut changes = Vec::new();
    let mut printed: Option<(usize, String)> = None;
    for (index, fence) in fences.iter().enumerate() {
        let at = |error: String| format!("{}:{}: {error}", page.display(), fence.line + 1);
        let after_run = printed.take().filter(|(run, _)| run + 1 == index).map(|(_, output)| output);
        let no_run = fence.value("no_run");
        if let Some(reason) = no_run {
            not_run(fence, reason).map_err(at)?;
            continue;
        }
        match (fence.language.as_str(), after_run) {
            ("rust", _) => rust(fence).map_err(at)?,
            ("sh", _) => printed = Some((index, folder.run(fence).map_err(at)?)),
            ("text", Some(output)) => {
                if let Err(error) = compare(&fence.body, &output) {
                    match rewritten(&fence.body, &output) {
                        Some(body) if is_overwriting() => changes.push((fence, body)),
                        _ => return Err(at(error)),
                    }
                }
            }
            ("json" | "toml" | "yaml", _) => folder.data(fence).map_err(at)?,
            (language, _) => {
                let reasons: Vec<_> = REASONS.iter().map(|(reason, why)| format!("{reason} ({why})")).collect();
                return Err(at(format!(
                    "a fence of {language} is neither run nor parsed: mark it `{language} no_run=REASON` with one of {}",
                    reasons.join(", ")
                )));
            }
        }
    }
    for (fence, body) in changes.into_iter().rev() {
        lines.splice(fence.line + 1..=fence.line + fence.body.len(), body);
    }
    let rewritten = lines.join("\n") + "\n";
    if rewritten != text {
        fs::write(page, rewritten).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn is_overwriting() -> bool {
    std::env::var_os("EVENT_CONTRACT_OVERWRITE").is_some()
}

fn not_run(fence: &Fence, reason: &str) -> Result {
    if !REASONS.iter().any(|(known, _)| *known == reason) {
        return Err(format!("unknown reason `no_run={reason}`"));
    }
    if reason == "ci" {
        let ci = read(&root().join(".ci/run"))?.replace(" --locked", "").replace("run_tests ", "");
        if let Some(line) = fence.body.iter().find(|line| !ci.lines().any(|run| run.trim() == line.trim())) {
            return Err(format!("`{line}` is not a line of .ci/run"));
        }
    }
    Ok(())
}

/// Checks the attributes of a snippet in Rust. Doctests run it.
fn rust(fence: &Fence) -> Result {
    if let Some(hidden) = fence.body.iter().find(|line| line.starts_with("# ")) {
        return Err(format!("`{hidden}` is hidden by rustdoc and visible on GitHub"));
    }
    let is_code = |attribute: &&String| {
        let number = attribute.strip_prefix('E');
        number.is_some_and(|number| number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_known = |attribute: &&String| {
        matches!(attribute.as_str(), "no_run" | "should_panic" | "compile_fail") || is_code(attribute)
    };
    match fence.value("file") {
        None => match fence.attributes.iter().find(|attribute| !is_known(attribute)) {
            Some(unknown) => Err(format!("unknown attribute `{unknown}`: the snippet would not be compiled")),
            None => Ok(()),
        },
        Some(file) => {
            let source = read(&root().join(file))?;
            if source.contains(&fence.text()) { Ok(()) } else { Err(format!("the snippet differs from {file}")) }
        }
    }
}
