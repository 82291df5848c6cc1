//! The first words of docs, and the amount of docs in the prover.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::report::{Scope, Violation, count_by_folder, failure};
use crate::source::{self, SourceFile};
use crate::syntax::DocBlock;

/// Maximum share of doc blocks that begin with a word of [`OPENERS`], in percent.
const MAX_OPENERS_PERCENT: f64 = 3.0;

/// Maximum number of "what" in 1,000 words of docs.
const MAX_WHAT_PER_THOUSAND: f64 = 2.0;

/// Minimum share of lines in the prover that are docs or comments, in percent, tests not counted.
const MIN_PROVER_DOCS_PERCENT: f64 = 20.0;

const OPENERS: [&str; 11] = ["what", "whether", "where", "how", "so", "which", "why", "who", "when", "that", "of"];

const ADVICE: &str = "begin with a verb in the third person (\"Returns …\") or with a noun phrase";

/// Returns the folder of the prover.
fn prover() -> &'static str {
    static FOLDER: LazyLock<&str> = LazyLock::new(|| {
        let moved = "crates/json-schema-containment/src";
        if source::files().iter().any(|file| file.path.starts_with(moved)) { moved } else { "src/compat" }
    });
    &FOLDER
}

/// The words that a doc block begins with, if they are a question or dialect.
fn opener(text: &str) -> Option<String> {
    let words: Vec<_> = text.split_whitespace().take(3).collect();
    let first = words.first()?.trim_matches(|char: char| !char.is_alphanumeric()).to_lowercase();
    let is_opener = OPENERS.contains(&first.as_str())
        || (first == "the" && words.get(1).is_some_and(|word| *word == "same"))
        || (first == "as" && words.get(2).is_some_and(|word| *word == "as"));
    is_opener.then(|| text.trim().lines().next().unwrap_or_default().to_owned())
}

/// Words of a doc block, code blocks left out.
fn words(block: &DocBlock) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    block
        .text
        .lines()
        .enumerate()
        .filter(move |(_, line)| {
            let is_fence = line.trim_start().starts_with("```");
            is_code ^= is_fence;
            !is_code && !is_fence
        })
        .flat_map(move |(at, line)| line.split_whitespace().map(move |word| (block.line + at, word)))
        .filter(|(_, word)| word.chars().any(char::is_alphanumeric))
}

fn is_what(word: &str) -> bool {
    word.trim_matches(|char: char| !char.is_alphanumeric()).eq_ignore_ascii_case("what")
}

/// Counts over the docs of some files.
#[derive(Debug, Default)]
struct Statistics {
    blocks: usize,
    words: usize,
    openers: Vec<Violation>,
    whats: Vec<Violation>,
}

impl Statistics {
    fn new<'a>(files: impl IntoIterator<Item = &'a SourceFile>) -> Self {
        let mut statistics = Self::default();
        for file in files {
            for block in &file.syntax.docs {
                statistics.blocks += 1;
                if let Some(first) = opener(&block.text) {
                    statistics.openers.push(Violation::new(&file.path, block.line, format!("doc {first:?}"), ADVICE));
                }
                for (line, word) in words(block) {
                    statistics.words += 1;
                    if is_what(word) {
                        let advice = "name the thing: \"the keyword that …\", \"the result of …\"";
                        statistics.whats.push(Violation::new(&file.path, line, "\"what\" in a doc", advice));
                    }
                }
            }
        }
        statistics
    }

    fn openers_percent(&self) -> f64 {
        share(self.openers.len(), self.blocks) * 100.0
    }

    fn what_per_thousand(&self) -> f64 {
        share(self.whats.len(), self.words) * 1000.0
    }
}

/// Lines of files that tests do not compile alone, and those of them that are docs or comments.
fn commented_lines<'a>(files: impl IntoIterator<Item = &'a SourceFile>) -> (usize, usize) {
    let (mut comments, mut lines) = (0, 0);
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            if !file.is_test_line(index + 1) {
                lines += 1;
                comments += usize::from(line.trim_start().starts_with("//"));
            }
        }
    }
    (comments, lines)
}

#[allow(clippy::cast_precision_loss, reason = "counts of lines")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Files in the scope, all of them scanned before.
fn scoped(scope: &Scope) -> impl Iterator<Item = &'static SourceFile> {
    let files = source::files();
    let blocks: usize = files.iter().map(|file| file.syntax.docs.len()).sum();
    assert!(blocks >= 1_000, "expected at least 1000 doc blocks, found {blocks}");
    files.iter().filter(|file| scope.contains(&file.path))
}

fn fail_over(rule: &str, measured: f64, target: f64, scope: &Scope, violations: Vec<Violation>) {
    let failure = failure(rule, scope, violations).filter(|_| measured >= target).unwrap_or_default();
    assert!(failure.is_empty(), "expected less than {target}, found {measured:.2}: {failure}");
}

#[test]
fn docs_begin_with_a_verb_or_a_noun() {
    let scope = Scope::from_environment();
    let statistics = Statistics::new(scoped(&scope));
    fail_over(
        "% of docs that open with a question",
        statistics.openers_percent(),
        MAX_OPENERS_PERCENT,
        &scope,
        statistics.openers,
    );
}

#[test]
fn docs_name_things() {
    let scope = Scope::from_environment();
    let statistics = Statistics::new(scoped(&scope));
    fail_over(
        "\"what\" in 1000 words of docs",
        statistics.what_per_thousand(),
        MAX_WHAT_PER_THOUSAND,
        &scope,
        statistics.whats,
    );
}

#[test]
fn the_prover_is_documented() {
    if let Scope::Prefix(prefix) = Scope::from_environment()
        && !prover().starts_with(&prefix)
        && !prefix.starts_with(prover())
    {
        return;
    }
    let (comments, lines) = commented_lines(source::files().iter().filter(|file| file.path.starts_with(prover())));
    assert!(lines > 3_000, "{}: expected at least 3000 lines, found {lines}", prover());
    let by_file = least_documented(source::files().iter().filter(|file| file.path.starts_with(prover())));
    expect_share(comments, lines, MIN_PROVER_DOCS_PERCENT, &by_file);
}

fn expect_share(comments: usize, lines: usize, min_percent: f64, by_file: &str) {
    let percent = share(comments, lines) * 100.0;
    assert!(
        percent >= min_percent,
        "{}: expected at least {min_percent} % of lines with docs or comments, found {percent:.1} % \
         ({comments} of {lines}): explain bounds and algorithms; the least first: {by_file}",
        prover()
    );
}

/// Lists files by their share of docs.
fn least_documented<'a>(files: impl IntoIterator<Item = &'a SourceFile>) -> String {
    let mut shares: Vec<_> = files
        .into_iter()
        .map(|file| (file.path.as_str(), commented_lines([file])))
        .filter(|(_, (_, lines))| *lines > 0)
        .map(|(path, (comments, lines))| (comments * 100 / lines, path))
        .collect();
    shares.sort_unstable();
    shares.iter().fold(String::new(), |mut text, (percent, path)| {
        write!(text, "\n{path} {percent} %").unwrap();
        text
    })
}

#[test]
fn statistics() {
    let statistics = Statistics::new(source::files());
    println!("{} files, {} doc blocks, {} words of docs", source::files().len(), statistics.blocks, statistics.words);
    println!(
        "{:.2} % of doc blocks open with a question or dialect ({}): {}",
        statistics.openers_percent(),
        statistics.openers.len(),
        count_by_folder(statistics.openers.iter().map(|violation| violation.path.as_str()))
    );
    println!(
        "{:.2} \"what\" in 1000 words of docs ({}): {}",
        statistics.what_per_thousand(),
        statistics.whats.len(),
        count_by_folder(statistics.whats.iter().map(|violation| violation.path.as_str()))
    );
    let mut folders = vec![prover(), "src", "derive/src"];
    folders.dedup();
    for folder in folders {
        let (comments, lines) = commented_lines(source::files().iter().filter(|file| file.path.starts_with(folder)));
        println!("{folder}: {:.1} % of {lines} lines are docs or comments", share(comments, lines) * 100.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_dialect_are_openers() {
        for text in [
            " What a schema says.",
            " Whether it is so.",
            " So many are tried.",
            " The same for lists.",
            " As many as fit.",
            " Of two, the first.",
            " *Where* it is.",
        ] {
            assert!(opener(text).is_some(), "{text}");
        }
        for text in [" Returns what is next.", " The next one.", " As JSON.", " Offsets.", " `what` is a field.", ""] {
            assert_eq!(opener(text).is_some(), text.contains('`'), "{text}");
        }
    }

    #[test]
    fn docs_are_counted() {
        let text = "/// Returns what is next, and what not.\n///\n/// ```\n/// what();\n/// ```\nfn a() {}\n/// How.\nfn b() {}\n";
        let statistics = Statistics::new(&[SourceFile::parse("src/a.rs", text)]);
        assert_eq!((statistics.blocks, statistics.words), (2, 8));
        assert_eq!((statistics.openers.len(), statistics.whats.len()), (1, 2));
        assert_eq!((statistics.openers[0].line, statistics.whats[0].line), (7, 1));
        assert!((statistics.openers_percent() - 50.0).abs() < 0.01);
        assert!((statistics.what_per_thousand() - 250.0).abs() < 0.01);
    }

    #[test]
    #[should_panic(expected = "expected less than 3, found 50.00: share: 1 violations\nsrc/a.rs:7: doc")]
    fn too_large_a_share_fails() {
        let violations = vec![Violation::new("src/a.rs", 7, "doc", ADVICE)];
        fail_over("share", 50.0, 3.0, &Scope::Default, violations);
    }

    #[test]
    #[should_panic(expected = "expected at least 20 % of lines with docs or comments, found 19.0 % (19 of 100)")]
    fn too_few_docs_of_the_prover_fail() {
        expect_share(20, 100, 20.0, "");
        expect_share(19, 100, 20.0, "");
    }

    #[test]
    fn comments_of_tests_are_not_counted() {
        let text = "//! Doc.\n\n// Comment.\nfn a() {}\n#[cfg(test)]\nmod tests {\n    // Comment.\n}\n";
        assert_eq!(commented_lines(&[SourceFile::parse("src/a.rs", text)]), (2, 4));
    }
}
