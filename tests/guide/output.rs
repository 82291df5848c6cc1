//! Compares the output that a page shows with the output of its commands.

use crate::Result;

/// Compares lines; `…` stands for any text, alone on a line for any number of lines.
pub(crate) fn compare(expected: &[String], output: &str) -> Result {
    let actual: Vec<&str> = output.lines().map(str::trim_end).collect();
    let mut rest = actual.as_slice();
    let mut expected = expected.iter().peekable();
    while let Some(line) = expected.next() {
        if line == "…" {
            let Some(next) = expected.peek() else { return Ok(()) };
            let skipped = rest.iter().position(|line| glob(next, line));
            rest = &rest[skipped.ok_or_else(|| format!("nothing printed matches\n{next}\nin\n{output}"))?..];
        } else {
            match rest {
                [first, others @ ..] if glob(line, first) => rest = others,
                _ => {
                    return Err(format!(
                        "what is shown is\n{line}\nand what is printed is\n{}\n\nof\n{output}",
                        rest.first().unwrap_or(&"")
                    ));
                }
            }
        }
    }
    if rest.is_empty() { Ok(()) } else { Err(format!("more is printed than is shown:\n{}", rest.join("\n"))) }
}

/// Matches a line with a pattern in which `…` stands for any text.
pub(crate) fn glob(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

pub(crate) fn globs_match() -> Result {
    for (pattern, line, expected) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a…", "ab", true),
        ("a…c", "abc", true),
        ("a…c", "abcd", false),
        ("…b…d", "abcd", true),
        ("a…a", "a", false),
        ("", "", true),
    ] {
        if glob(pattern, line) != expected {
            return Err(format!("{pattern:?} {line:?}"));
        }
    }
    Ok(())
}

/// The output as it is to be shown: lines that are left out stay out, and lines with `…` that still match stay as they are.
/// `None` where lines are left out at more than one place.
pub(crate) fn rewritten(shown: &[String], output: &str) -> Option<Vec<String>> {
    let actual: Vec<&str> = output.lines().map(str::trim_end).collect();
    let keep = |line: &&str| {
        let kept = shown.iter().find(|shown| shown.as_str() != "…" && shown.contains('…') && glob(shown, line));
        kept.cloned().unwrap_or_else(|| (*line).to_owned())
    };
    let mut parts = shown.split(|line| line == "…");
    let before = parts.next()?;
    let Some(after) = parts.next() else { return Some(actual.iter().map(keep).collect()) };
    if parts.next().is_some() || before.len() + after.len() > actual.len() {
        return None;
    }
    let first = actual[..before.len()].iter().map(keep);
    let last = actual[actual.len() - after.len()..].iter().map(keep);
    Some(first.chain(["…".to_owned()]).chain(last).collect())
}
