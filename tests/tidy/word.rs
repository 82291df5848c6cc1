//! Words that errors, findings, the pages of rules, and the pages for users do not use.

use crate::report::{Violation, enforce, expect_scanned};
use crate::source::{self, SourceFile};
use crate::syntax::{Text, TextPlace};

/// Maximum length of the first line of an error.
const MAX_ERROR_CHARS: usize = 100;

/// Phrases, and the standard term for each. A phrase matches whole words.
const BANNED: [(&str, &str); 23] = [
    ("is none", "say which kind was expected and which was found"),
    ("are none", "say which kind was expected and which was found"),
    ("is to be", "\"must be\""),
    ("are to be", "\"must be\""),
    ("stands", "\"is\", \"is in\", \"is written\""),
    ("stand in", "\"are in\", \"placeholder\""),
    ("mend", "\"fix\""),
    ("mends", "\"fixes\""),
    ("mended", "\"fixed\""),
    ("nobody", "name who: \"no reader\", \"no consumer\""),
    ("is said", "\"is declared\", \"is given\""),
    ("was said", "\"was declared\", \"was given\""),
    ("are said", "\"are declared\", \"are given\""),
    ("were said", "\"were declared\", \"were given\""),
    ("of which", "a sentence of its own"),
    ("told apart", "\"distinguished\""),
    ("tell apart", "\"distinguish\""),
    ("tells apart", "\"distinguishes\""),
    ("so many", "give the number"),
    ("comes to nothing", "say which step fails"),
    ("come to nothing", "say which step fails"),
    ("goes on", "\"continues\", \"is passed on\""),
    ("go on", "\"continue\""),
];

/// Words after a phrase that make plain English of it.
const PLAIN_AFTER: [(&str, &str); 4] = [("is none", "of"), ("are none", "of"), ("stands", "for"), ("stand in", "line")];

/// Words after "is no" that make plain English of it.
const AFTER_IS_NO: [&str; 5] = ["longer", "more", "less", "later", "earlier"];

/// Words before "is no" that make plain English of it: "there is no field".
const BEFORE_IS_NO: [&str; 1] = ["there"];

#[test]
fn messages_use_plain_words() {
    let messages: Vec<_> = source::files().iter().filter(|file| is_library(file)).flat_map(messages).collect();
    let rule_pages = lines(source::list("md").into_iter().filter(|path| path.contains("src/")));
    expect_scanned("lines of rule pages", rule_pages.len(), 100);
    let violations = messages.iter().chain(&rule_pages).flat_map(|(path, line, text)| banned(path, *line, text));
    enforce("words of messages", messages.len(), 800, violations.collect());
}

#[test]
fn pages_use_plain_words() {
    let pages = source::pages();
    expect_scanned("pages", pages.len(), 20);
    let lines = prose(lines(pages.into_iter()));
    let violations = lines.iter().flat_map(|(path, line, text)| banned(path, *line, text)).collect();
    enforce("words of pages", lines.len(), 1_500, violations);
}

#[test]
fn errors_are_short() {
    let errors: Vec<_> = source::files()
        .iter()
        .filter(|file| is_library(file))
        .flat_map(|file| file.syntax.literals.iter().map(move |text| (file, text)))
        .filter(|(_, text)| text.place == TextPlace::ErrorAttribute && !text.is_test)
        .collect();
    let scanned = errors.len();
    let violations = errors.into_iter().filter_map(|(file, text)| too_long(&file.path, text)).collect();
    enforce("length of errors", scanned, 80, violations);
}

fn is_library(file: &SourceFile) -> bool {
    !file.is_test && !file.path.starts_with("tests/")
}

/// Returns the texts of a file that may be a message: those of at least three words.
fn messages(file: &SourceFile) -> impl Iterator<Item = (String, usize, String)> {
    file.syntax
        .literals
        .iter()
        .filter(|text| !text.is_test && text.value.split_whitespace().count() >= 3)
        .map(|text| (file.path.clone(), text.line, text.value.clone()))
}

/// Returns the lines of files, with path and number.
fn lines(paths: impl Iterator<Item = String>) -> Vec<(String, usize, String)> {
    let mut lines = Vec::new();
    for path in paths {
        let text = source::read(&path);
        lines.extend(text.lines().enumerate().map(|(index, line)| (path.clone(), index + 1, line.to_owned())));
    }
    lines
}

/// Removes code from the lines of Markdown: fenced blocks, and the text between backticks.
fn prose(lines: Vec<(String, usize, String)>) -> Vec<(String, usize, String)> {
    let mut is_code = false;
    let mut prose = Vec::new();
    for (path, line, text) in lines {
        is_code &= line > 1;
        let is_fence = text.trim_start().starts_with("```");
        is_code ^= is_fence;
        if !is_code && !is_fence {
            prose.push((path, line, text.split('`').step_by(2).collect::<Vec<_>>().join("code")));
        }
    }
    prose
}

/// Returns a violation for each banned phrase.
fn banned(path: &str, line: usize, text: &str) -> Vec<Violation> {
    let lower = without_placeholders(text).to_lowercase();
    let words: Vec<&str> = lower
        .split(|char: char| !char.is_alphanumeric() && !matches!(char, '\'' | '_'))
        .filter(|word| !word.is_empty())
        .collect();
    let mut violations = Vec::new();
    for (phrase, advice) in BANNED {
        let phrase_words: Vec<_> = phrase.split(' ').collect();
        let is_plain = |after: usize| words.get(after).is_some_and(|word| PLAIN_AFTER.contains(&(phrase, word)));
        let mut windows = words.windows(phrase_words.len()).enumerate();
        if windows.any(|(at, window)| window == phrase_words && !is_plain(at + phrase_words.len())) {
            violations.push(Violation::new(path, line, format!("{phrase:?} in {text:?}"), advice));
        }
    }
    for (at, window) in words.windows(3).enumerate() {
        let before = at.checked_sub(1).map_or("", |before| words[before]);
        if window[..2] == ["is", "no"] && !AFTER_IS_NO.contains(&window[2]) && !BEFORE_IS_NO.contains(&before) {
            let advice = "\"is not a valid …\", \"is not a …\"";
            violations.push(Violation::new(path, line, format!("\"is no {}\" in {text:?}", window[2]), advice));
        }
    }
    violations
}

/// Returns the text with `{}` for the names in its placeholders.
fn without_placeholders(text: &str) -> String {
    let mut parts = text.split('{');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_name = |char: char| char.is_alphanumeric() || "_.:?#<>$".contains(char);
        let name_end = part.find('}').and_then(|end| part.split_at_checked(end));
        let rest = name_end.filter(|(name, _)| name.chars().all(is_name)).map_or(part, |(_, rest)| rest);
        plain.push('{');
        plain.push_str(rest);
    }
    plain
}

fn too_long(path: &str, text: &Text) -> Option<Violation> {
    let first = text.value.lines().next().unwrap_or_default();
    let chars = first.chars().count();
    (chars > MAX_ERROR_CHARS).then(|| {
        let problem = format!("first line of {chars} characters in {first:?}");
        Violation::new(
            path,
            text.line,
            problem,
            format!("expected at most {MAX_ERROR_CHARS}: put the advice in a second line"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banned_phrases_are_found() {
        for (text, phrase) in [
            ("expected a date, found a text that is none", "is none"),
            ("`type` is to be the name of a type", "is to be"),
            ("`x` stands here twice", "stands"),
            ("Mend the list", "mend"),
            ("nobody reads it", "nobody"),
            ("{text:?} is no path of it", "is no path"),
            ("{stands} there is none", "is none"),
        ] {
            let found = banned("src/a.rs", 3, text);
            assert_eq!(found.len(), 1, "{text}");
            assert!(found[0].problem.contains(phrase), "{text}");
        }
        for text in [
            "we recommend it",
            "it understands it",
            "there is no field",
            "it is no longer read",
            "{x} of whichever",
            "there are {said} of them",
            "`Option::is_none` of it",
            "events that are none of these",
            "a star stands for any text",
        ] {
            assert_eq!(banned("src/a.rs", 3, text), [], "{text}");
        }
    }

    #[test]
    fn texts_of_three_words_outside_of_tests_are_messages() {
        let text = "const A: &str = \"one two three\"; const B: &str = \"one two\"; #[error(\"a b c\")] struct C; \
                    #[doc = \"a b c\"] #[cfg(test)] const D: &str = \"one two three\"; /// One two three.\n struct E;";
        let file = SourceFile::parse("src/a.rs", text);
        let found: Vec<_> = messages(&file).map(|(_, _, text)| text).collect();
        assert_eq!(found, ["one two three", "a b c"]);
    }

    #[test]
    fn code_is_not_prose() {
        let lines = ["It is `None`: nobody", "```sh", "nobody", "```", "stands"];
        let lines = lines.iter().zip(1..).map(|(text, line)| ("a.md".to_owned(), line, (*text).to_owned()));
        let found: Vec<_> =
            prose(lines.collect()).into_iter().flat_map(|(path, line, text)| banned(&path, line, &text)).collect();
        assert_eq!(found.iter().map(|found| found.line).collect::<Vec<_>>(), [1, 5], "{found:?}");
    }

    #[test]
    fn a_long_first_line_is_found() {
        let text = |value: String| Text { line: 1, value, place: TextPlace::ErrorAttribute, is_test: false };
        assert_eq!(too_long("src/a.rs", &text(format!("{}\n{}", "a".repeat(100), "b".repeat(200)))), None);
        assert!(too_long("src/a.rs", &text("ä".repeat(101))).is_some());
    }
}
