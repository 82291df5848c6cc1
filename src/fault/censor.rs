//! Replacement of many words in a text, also where they overlap, by automata of Aho and Corasick (1975).

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Replacement of a personal value.
pub(super) const MARK: &str = "[redacted]";

/// Maximum number of words of one automaton that end at the same byte of a text.
///
/// Each state lists the words that end there. If each of many words were a suffix of the next, one automaton of all of
/// them would need memory for their bytes times their number.
const MAX_NESTED: usize = 8;

/// Replaces personal values.
#[derive(Clone)]
pub(super) struct Censor {
    /// The automata that share the words; `None` if an automaton cannot hold them, which are gigabytes.
    automata: Option<Vec<AhoCorasick>>,
}

impl Censor {
    pub(super) fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        // By default, few words become a table of up to a kilobyte for each of their bytes.
        let mut builder = AhoCorasick::builder();
        builder.kind(Some(AhoCorasickKind::ContiguousNFA)).prefilter(false);
        Self { automata: split_nested(words).iter().map(|words| builder.build(words).ok()).collect() }
    }

    /// Replaces each maximal stretch of the text that words cover by one [`MARK`].
    pub(super) fn cover<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some(automata) = &self.automata else {
            return Cow::Borrowed(MARK);
        };
        // For each end, the start of the longest word: all matches together may be as many as the bytes times the words.
        let mut starts: Vec<usize> = (0..=text.len()).collect();
        for found in automata.iter().flat_map(|automaton| automaton.find_overlapping_iter(text)) {
            starts[found.end()] = starts[found.end()].min(found.start());
        }
        // Disjoint stretches in ascending order. A longer word may end later and begin before earlier stretches.
        let mut stretches: Vec<(usize, usize)> = Vec::new();
        for (end, mut start) in starts.into_iter().enumerate().filter(|(end, start)| start < end) {
            while let Some((earlier, _)) = stretches.pop_if(|(_, stop)| *stop >= start) {
                start = start.min(earlier);
            }
            stretches.push((start, end));
        }
        if stretches.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut covered = String::with_capacity(text.len());
        let mut from = 0;
        for (start, end) in stretches {
            covered.push_str(text.get(from..start).unwrap_or_default());
            covered.push_str(MARK);
            from = end;
        }
        covered.push_str(text.get(from..).unwrap_or_default());
        Cow::Owned(covered)
    }
}

/// Distributes the words to sets in which at most [`MAX_NESTED`] of them are suffixes of one another.
fn split_nested<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<Vec<&'w str>> {
    let mut words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    // In the order of the reversed words, a word follows its suffixes.
    words.sort_unstable_by(|one, other| one.bytes().rev().cmp(other.bytes().rev()));
    words.dedup();
    let mut sets: Vec<Vec<&str>> = Vec::new();
    let mut suffixes: Vec<&str> = Vec::new();
    for word in words {
        while suffixes.pop_if(|suffix| !word.ends_with(*suffix)).is_some() {}
        let set = suffixes.len() / MAX_NESTED;
        if set == sets.len() {
            sets.push(Vec::new());
        }
        sets[set].push(word);
        suffixes.push(word);
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_words_are_covered_as_one_stretch() {
        for (words, text, expected) in [
            (&["abcd", "cdef"][..], "xabcdefx", "x[redacted]x"),
            (&["abcd", "abcdef"], "abcdef abcde", "[redacted] [redacted]e"),
            (&["bc", "abcd"], "abcx abcd", "a[redacted]x [redacted]"),
            (&["aa"], "aaaa b", "[redacted] b"),
            (&["ab", "cd"], "abcd", "[redacted]"),
            (&["äö", "ö"], "xäöö", "x[redacted]"),
            (&["a"], "", ""),
            (&[], "abc", "abc"),
        ] {
            assert_eq!(Censor::new(words.iter().copied()).cover(text), expected, "{words:?}");
        }
    }

    #[test]
    fn memory_is_linear_in_the_words() {
        let letters = "a".repeat(20_000);
        let nested = (1..160).map(|length| letters.get(..length).unwrap());
        let long = format!("b{letters}");
        let many: Vec<String> = (0..2_000).map(|number| format!("word {number}")).collect();
        for words in
            [nested.chain([long.as_str()]).collect(), many.iter().map(String::as_str).collect(), vec![long.as_str(); 2]]
                as [Vec<&str>; 3]
        {
            let censor = Censor::new(words.iter().copied());
            let bytes: usize = words.iter().map(|word| word.len()).sum();
            let memory: usize = censor.automata.iter().flatten().map(AhoCorasick::memory_usage).sum();
            assert!(memory < 60 * bytes, "{memory} bytes for words of {bytes}");
            for word in [words[0], words[words.len() / 2], words[words.len() - 1]] {
                assert_eq!(censor.cover(&format!("({word})")), format!("({MARK})"));
            }
        }
    }

    #[test]
    fn nested_words_are_covered_as_the_longest() {
        let letters = "a".repeat(300);
        let words = (1..100).filter_map(|length| letters.get(..2 * length));
        assert_eq!(split_nested(words.clone()).len(), 99_usize.div_ceil(MAX_NESTED));
        let censor = Censor::new(words);
        for length in 2..300 {
            assert_eq!(censor.cover(&format!("{}b", &letters.split_at(length).0)), format!("{MARK}b"), "{length}");
        }
        assert_eq!(censor.cover("bab"), "bab");
    }

    #[test]
    fn it_covers_what_a_search_word_by_word_finds() {
        // All words of up to three letters of a small alphabet, against all texts of six.
        let letters = ["a", "b"];
        let longer = |texts: &[String]| -> Vec<String> {
            texts.iter().flat_map(|text| letters.map(|letter| format!("{text}{letter}"))).collect()
        };
        let one = longer(&[String::new()]);
        let three = longer(&longer(&one));
        let texts = longer(&longer(&longer(&three)));
        let words: Vec<String> = one.iter().skip(1).chain(&longer(&one)).chain(&three).cloned().collect();
        for first in &words {
            for second in &words {
                let censor = Censor::new([first.as_str(), second.as_str()]);
                for text in &texts {
                    let mut hidden = vec![false; text.len()];
                    for word in [first, second] {
                        for start in
                            (0..text.len()).filter(|start| text.as_bytes()[*start..].starts_with(word.as_bytes()))
                        {
                            hidden[start..start + word.len()].fill(true);
                        }
                    }
                    let mut expected = String::new();
                    for (index, letter) in text.char_indices() {
                        match (hidden[index], index > 0 && hidden[index - 1]) {
                            (false, _) => expected.push(letter),
                            (true, false) => expected.push_str(MARK),
                            (true, true) => {}
                        }
                    }
                    assert_eq!(censor.cover(text), expected, "{first} {second} {text}");
                }
            }
        }
    }
}
