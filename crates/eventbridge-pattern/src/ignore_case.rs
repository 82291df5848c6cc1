//! `equals-ignore-case`, alone and inside of `prefix`, `suffix` and `anything-but`.

use std::fmt::Write as _;

use super::error::Refusal;
use super::trail;
use json_document::text::Tree;

pub(super) const NAME: &str = "equals-ignore-case";

/// A text that is found in upper case, in lower case, and in any mixture.
///
/// The service takes the *pattern* apart into UTF-16 units and takes each for its lower-case or its upper-case form,
/// which may be longer; nothing is done to the value. So the pattern `ß` finds `SS` and not `ss`, and a character that
/// needs two units, an emoji, finds `??` and never itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Folded {
    pub(super) text: String,
    /// The two forms of each unit; empty where all of them are ASCII, which needs no tables.
    pub(super) units: Vec<(String, String)>,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        let units = if text.is_ascii() { Vec::new() } else { text.chars().flat_map(forms).collect() };
        Self { text: text.to_owned(), units }
    }

    pub(super) fn parse(tree: &Tree<'_>) -> Result<Self, Refusal> {
        let help = "write one text: [{\"equals-ignore-case\": \"a\"}]; for several, one match each";
        trail::text(tree, || Refusal::new("equals-ignore-case match pattern must be a string", help)).map(Self::new)
    }

    /// In lower case, where that says it all: where every character is ASCII.
    pub(super) fn ascii(&self) -> Option<String> {
        self.units.is_empty().then(|| self.text.to_ascii_lowercase())
    }

    /// The characters that do not find themselves: those of two units, and those that are neither of their own forms.
    pub(super) fn blind(&self) -> impl Iterator<Item = char> + '_ {
        let finds_itself = |character: char| {
            let itself = character.to_string();
            forms(character).any(|(lower, upper)| lower == itself || upper == itself)
        };
        self.text.chars().filter(move |character| !finds_itself(*character))
    }

    pub(super) fn is(&self, value: &str) -> bool {
        match self.units.as_slice() {
            [] => self.text.eq_ignore_ascii_case(value),
            units => ends(units.iter(), value, |rest, form| rest.strip_prefix(form)).any(str::is_empty),
        }
    }

    pub(super) fn begins(&self, value: &str) -> bool {
        match self.units.as_slice() {
            [] => value.as_bytes().get(..self.text.len()).is_some_and(|start| same(start, &self.text)),
            units => ends(units.iter(), value, |rest, form| rest.strip_prefix(form)).next().is_some(),
        }
    }

    pub(super) fn closes(&self, value: &str) -> bool {
        match self.units.as_slice() {
            [] => {
                let start = value.len().checked_sub(self.text.len());
                start.is_some_and(|start| same(&value.as_bytes()[start..], &self.text))
            }
            units => ends(units.iter().rev(), value, |rest, form| rest.strip_suffix(form)).next().is_some(),
        }
    }
}

fn same(value: &[u8], text: &str) -> bool {
    value.eq_ignore_ascii_case(text.as_bytes())
}

fn forms(character: char) -> impl Iterator<Item = (String, String)> {
    let (form, times) = match character.len_utf16() {
        1 => ((character.to_lowercase().to_string(), character.to_uppercase().to_string()), 1),
        _ => (("?".to_owned(), "?".to_owned()), 2),
    };
    std::iter::repeat_n(form, times)
}

/// What is left of a value after each way of taking the forms off it.
fn ends<'v, 'f>(
    units: impl Iterator<Item = &'f (String, String)>,
    value: &'v str,
    strip: impl Fn(&'v str, &'f str) -> Option<&'v str>,
) -> impl Iterator<Item = &'v str> {
    let mut rests = vec![value];
    for (lower, upper) in units {
        let mut next = Vec::with_capacity(rests.len());
        for rest in rests {
            next.extend(strip(rest, lower));
            if upper != lower {
                next.extend(strip(rest, upper));
            }
        }
        // What is left at the same place is the same.
        next.sort_unstable_by_key(|rest| rest.len());
        next.dedup_by_key(|rest| rest.len());
        rests = next;
    }
    rests.into_iter()
}

/// The characters as a person can look them up: `U+1F980`.
pub(super) fn named(characters: impl Iterator<Item = char>) -> String {
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
    fn each_character_is_found_in_either_case() {
        for (text, found, not) in [
            ("Straße 5", ["STRASSE 5", "straße 5"], ["strasse 5", "Straße"]),
            ("Éa", ["éA", "ÉA"], ["eA", "E\u{301}A"]),
            ("k", ["k", "K"], ["\u{212A}", ""]),
            ("\u{212A}", ["k", "\u{212A}"], ["K", "kk"]),
            ("🦀", ["??", "??"], ["🦀", "?"]),
            ("ⱥx", ["ȺX", "ⱥX"], ["Ⱥ", "X"]),
        ] {
            let folded = Folded::new(text);
            assert!(found.iter().all(|value| folded.is(value)), "{text}");
            assert!(!not.iter().any(|value| folded.is(value)), "{text}");
        }
    }

    #[test]
    fn a_character_is_blind_where_it_does_not_find_itself() {
        let text = "aßẞk\u{212A}ǅ🦀ᾈ";
        assert_eq!(Folded::new(text).blind().collect::<String>(), "ǅ🦀ᾈ");
        for character in text.chars() {
            let folded = Folded::new(&character.to_string());
            assert_eq!(folded.blind().next().is_none(), folded.is(&character.to_string()), "{character}");
        }
    }

    #[test]
    fn the_ends_of_a_value_are_found_too() {
        let folded = Folded::new("aßB");
        assert!(folded.begins("ASSbc") && folded.begins("aßb") && !folded.begins("Ass"));
        assert!(folded.closes("xASSb") && !folded.closes("xASb"));
        let ascii = Folded::new("aB");
        assert!(ascii.begins("Abc") && ascii.closes("cAb") && !ascii.begins("ä") && !ascii.closes("ä"));
        assert!(Folded::new("").begins("x") && Folded::new("").closes("") && !Folded::new("").is("x"));
    }
}
