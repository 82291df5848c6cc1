//! `equals-ignore-case`, alone and inside of `prefix`, `suffix` and `anything-but`.

use std::fmt::Write as _;

use json_document::text::Tree;

use crate::cursor;
use crate::error::Rejection;

pub(crate) const NAME: &str = "equals-ignore-case";

/// A String that matches in upper case, in lower case, and in any mixture.
///
/// The service splits the *pattern* into UTF-16 units and accepts the lower-case or the upper-case form of each, which may
/// be longer; the value is compared as it is. So the pattern `ß` matches `SS` and not `ss`, and a character of two units,
/// such as an emoji, matches `??` and never itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct IgnoreCase {
    pub(crate) text: String,
    /// The lower-case and the upper-case form of each unit; empty if all units are ASCII, which needs no tables.
    pub(crate) units: Vec<(String, String)>,
}

impl IgnoreCase {
    pub(crate) fn new(text: &str) -> Self {
        let units = if text.is_ascii() { Vec::new() } else { text.chars().flat_map(case_forms).collect() };
        Self { text: text.to_owned(), units }
    }

    pub(crate) fn parse(tree: &Tree<'_>) -> Result<Self, Rejection> {
        let help = "write one string: [{\"equals-ignore-case\": \"a\"}]; for several, one matcher each";
        let rejection = || Rejection::new("equals-ignore-case match pattern must be a string", help);
        cursor::expect_string(tree, rejection).map(Self::new)
    }

    /// Returns the text in lower case if it is ASCII, where comparing lower-case texts is exact.
    pub(crate) fn ascii_lowercase(&self) -> Option<String> {
        self.units.is_empty().then(|| self.text.to_ascii_lowercase())
    }

    /// Returns the characters that do not match themselves: those of two units, and those that differ from both of their
    /// forms.
    pub(crate) fn unmatchable(&self) -> impl Iterator<Item = char> + '_ {
        let matches_itself = |character: char| {
            let itself = character.to_string();
            case_forms(character).any(|(lower, upper)| lower == itself || upper == itself)
        };
        self.text.chars().filter(move |character| !matches_itself(*character))
    }

    pub(crate) fn matches(&self, value: &str) -> bool {
        match self.units.as_slice() {
            [] => self.text.eq_ignore_ascii_case(value),
            units => remainders(units.iter(), value, |rest, form| rest.strip_prefix(form)).any(str::is_empty),
        }
    }

    pub(crate) fn is_prefix_of(&self, value: &str) -> bool {
        match self.units.as_slice() {
            [] => value.as_bytes().get(..self.text.len()).is_some_and(|start| self.eq_ascii(start)),
            units => remainders(units.iter(), value, |rest, form| rest.strip_prefix(form)).next().is_some(),
        }
    }

    pub(crate) fn is_suffix_of(&self, value: &str) -> bool {
        match self.units.as_slice() {
            [] => {
                let start = value.len().checked_sub(self.text.len());
                start.is_some_and(|start| self.eq_ascii(&value.as_bytes()[start..]))
            }
            units => remainders(units.iter().rev(), value, |rest, form| rest.strip_suffix(form)).next().is_some(),
        }
    }

    fn eq_ascii(&self, value: &[u8]) -> bool {
        value.eq_ignore_ascii_case(self.text.as_bytes())
    }
}

/// Returns the lower-case and the upper-case form of each UTF-16 unit of a character.
///
/// The service encodes a lone surrogate as `?`.
fn case_forms(character: char) -> impl Iterator<Item = (String, String)> {
    let (forms, units) = match character.len_utf16() {
        1 => ((character.to_lowercase().to_string(), character.to_uppercase().to_string()), 1),
        _ => (("?".to_owned(), "?".to_owned()), 2),
    };
    std::iter::repeat_n(forms, units)
}

/// Returns the remainders of a value after each way to strip one form of every unit.
///
/// Remainders of one length are the same text, so there are at most as many as the value has bytes.
fn remainders<'v, 'f>(
    units: impl Iterator<Item = &'f (String, String)>,
    value: &'v str,
    strip: impl Fn(&'v str, &'f str) -> Option<&'v str>,
) -> impl Iterator<Item = &'v str> {
    let mut remainders = vec![value];
    for (lower, upper) in units {
        let mut next = Vec::with_capacity(remainders.len());
        for rest in remainders {
            next.extend(strip(rest, lower));
            if upper != lower {
                next.extend(strip(rest, upper));
            }
        }
        next.sort_unstable_by_key(|rest| rest.len());
        next.dedup_by_key(|rest| rest.len());
        remainders = next;
    }
    remainders.into_iter()
}

/// Writes characters with their code points: `🦀 (U+1F980)`.
pub(crate) fn with_code_points(characters: impl Iterator<Item = char>) -> String {
    let mut names = String::new();
    for character in characters {
        if !names.is_empty() {
            names.push_str(", ");
        }
        let _ = write!(names, "{character} (U+{:04X})", u32::from(character));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_matches_in_either_case() {
        for (text, matched, unmatched) in [
            ("Straße 5", ["STRASSE 5", "straße 5"], ["strasse 5", "Straße"]),
            ("Éa", ["éA", "ÉA"], ["eA", "E\u{301}A"]),
            ("k", ["k", "K"], ["\u{212A}", ""]),
            ("\u{212A}", ["k", "\u{212A}"], ["K", "kk"]),
            ("🦀", ["??", "??"], ["🦀", "?"]),
            ("ⱥx", ["ȺX", "ⱥX"], ["Ⱥ", "X"]),
        ] {
            let ignore_case = IgnoreCase::new(text);
            assert!(matched.iter().all(|value| ignore_case.matches(value)), "{text}");
            assert!(!unmatched.iter().any(|value| ignore_case.matches(value)), "{text}");
        }
    }

    #[test]
    fn characters_that_do_not_match_themselves_are_listed() {
        let text = "aßẞk\u{212A}ǅ🦀ᾈ";
        assert_eq!(IgnoreCase::new(text).unmatchable().collect::<String>(), "ǅ🦀ᾈ");
        for character in text.chars() {
            let ignore_case = IgnoreCase::new(&character.to_string());
            let is_matchable = ignore_case.unmatchable().next().is_none();
            assert_eq!(is_matchable, ignore_case.matches(&character.to_string()), "{character}");
        }
    }

    #[test]
    fn prefixes_and_suffixes_match_in_either_case() {
        let ignore_case = IgnoreCase::new("aßB");
        assert!(ignore_case.is_prefix_of("ASSbc") && ignore_case.is_prefix_of("aßb"));
        assert!(!ignore_case.is_prefix_of("Ass"));
        assert!(ignore_case.is_suffix_of("xASSb") && !ignore_case.is_suffix_of("xASb"));
        let ascii = IgnoreCase::new("aB");
        assert!(ascii.is_prefix_of("Abc") && ascii.is_suffix_of("cAb"));
        assert!(!ascii.is_prefix_of("ä") && !ascii.is_suffix_of("ä"));
        let empty = IgnoreCase::new("");
        assert!(empty.is_prefix_of("x") && empty.is_suffix_of("") && !empty.matches("x"));
    }
}
