//! Compares the output that a page shows with the output of its commands.

use crate::Result;

/// Compares lines; `…` matches any text, alone on a line any number of lines.
pub(crate) fn compare(expected: &[String], output: &str) -> Result {
    let actual: Vec<&str> = output.lines().map(str::trim_end).collect();
    let mut rest = actual.as_slice();
    let mut expected = expected.iter().peekable();
    while let Some(line) = expected.next() {
        if line == "…" {
            let Some(next) = expected.peek() else { return Ok(()) };
            let skipped = rest.iter().position(|line| glob(next, line));
            rest = &rest[skipped.ok_or_else(|| {
                format!("expected a line that matches\n{next}\nfound none in the output\n{output}")
            })?..];
        } else {
            match rest {
                [first, others @ ..] if glob(line, first) => rest = others,
                _ => {
                    return Err(format!(
                        "expected the line\n{line}\nfound\n{}\n\nin the output\n{output}",
                        rest.first().unwrap_or(&"")
                    ));
                }
            }
        }
    }
    if rest.is_empty() { Ok(()) } else { Err(format!("expected the end of the output, found\n{}", rest.join("\n"))) }
}

/// Returns true if the line matches a pattern in which `…` matches any text.
pub(crate) fn glob(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
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

/// Returns the lines to show for a new output. Omitted lines stay omitted, and a line with `…` that still matches is kept.
///
/// A part between two places where lines were left out is replaced by the lines of the output that resemble it most. `None`
/// if the output has too few lines.
pub(crate) fn rewritten(shown: &[String], output: &str) -> Option<Vec<String>> {
    let actual: Vec<&str> = output.lines().map(str::trim_end).collect();
    let parts: Vec<&[String]> = shown.split(|line| line == "…").collect();
    let mut lines = Vec::new();
    let mut from = 0;
    for (index, part) in parts.iter().enumerate() {
        let last_start = actual.len().checked_sub(part.len()).filter(|start| *start >= from)?;
        let (is_first, is_last) = (index == 0, index + 1 == parts.len());
        let (start, end) = match (is_first, is_last) {
            (true, true) => (0, actual.len()),
            (true, false) => (0, part.len()),
            (false, true) => (last_start, actual.len()),
            (false, false) => {
                let matching = |start: &usize| {
                    let lines = part.iter().zip(&actual[*start..]);
                    lines.filter(|(shown, line)| glob(shown, line)).count()
                };
                // The first of those with the most lines in common.
                let start = (from..=last_start).rev().max_by_key(matching)?;
                (start, start + part.len())
            }
        };
        if !is_first {
            lines.push("…".to_owned());
        }
        for line in &actual[start..end] {
            let kept = part.iter().find(|shown| shown.contains('…') && glob(shown, line));
            lines.push(kept.map_or_else(|| (*line).to_owned(), Clone::clone));
        }
        from = end;
    }
    Some(lines)
}

/// Checks that a changed output replaces the lines that the page shows.
pub(crate) fn output_is_rewritten() -> Result {
    let output = "a\nb\nc2\nd\ne";
    for (shown, expected) in [
        ("a\nb\nc1\nd\ne", "a\nb\nc2\nd\ne"),
        ("a\n…\ne1", "a\n…\ne"),
        ("…\nb\nc1\n…", "…\nb\nc2\n…"),
        ("a\n…\nc…\n…", "a\n…\nc…\n…"),
    ] {
        let shown: Vec<String> = shown.lines().map(str::to_owned).collect();
        match rewritten(&shown, output) {
            Some(lines) if lines.join("\n") == expected => compare(&lines, output)?,
            other => return Err(format!("{shown:?} becomes {other:?}")),
        }
    }
    Ok(())
}
