//! Replacement of many words in a text in one pass, also where they overlap.
//!
//! An Aho-Corasick automaton (Aho and Corasick 1975): a trie of the words, in which each node has a link to the node of
//! its longest proper suffix, and the length of the longest word that ends there. The cost is linear in the words and the
//! text: each byte of the text is read once, however many words there are.

use std::borrow::Cow;

/// Replacement of a personal value.
pub(super) const MARK: &str = "[redacted]";

/// Automaton that replaces personal values.
#[derive(Clone)]
pub(super) struct Censor {
    nodes: Vec<Node>,
}

#[derive(Clone, Default)]
struct Node {
    byte: u8,
    child: u32,
    sibling: u32,
    /// The node of the longest proper suffix of this one's path.
    fallback: u32,
    /// Length of the longest word that ends at this node; 0 if none does.
    longest: u32,
}

/// The root. As no node has it as a child or a sibling, its index also means that there is none.
const ROOT: u32 = 0;

impl Censor {
    pub(super) fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut censor = Self { nodes: vec![Node::default()] };
        for word in words {
            censor.insert(word);
        }
        censor.link();
        censor
    }

    fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }

    fn insert(&mut self, word: &str) {
        let (Ok(length), Ok(_)) = (u32::try_from(word.len()), u32::try_from(self.nodes.len() + word.len())) else {
            return;
        };
        let mut at = ROOT;
        for byte in word.bytes() {
            at = self.child(at, byte).unwrap_or_else(|| self.add(at, byte));
        }
        self.nodes[at as usize].longest = length;
    }

    fn add(&mut self, parent: u32, byte: u8) -> u32 {
        #[expect(clippy::cast_possible_truncation, reason = "checked before the word is inserted")]
        let new = self.nodes.len() as u32;
        self.nodes.push(Node { byte, sibling: self.node(parent).child, ..Node::default() });
        self.nodes[parent as usize].child = new;
        new
    }

    fn child(&self, at: u32, byte: u8) -> Option<u32> {
        let mut child = self.node(at).child;
        while child != ROOT {
            if self.node(child).byte == byte {
                return Some(child);
            }
            child = self.node(child).sibling;
        }
        None
    }

    /// Returns the next node for a byte, following suffix links until one has a child for it.
    fn step(&self, mut at: u32, byte: u8) -> u32 {
        loop {
            match self.child(at, byte) {
                Some(child) => return child,
                None if at == ROOT => return ROOT,
                None => at = self.node(at).fallback,
            }
        }
    }

    /// Sets the suffix links in breadth-first order: the link of a node is in a level above it.
    fn link(&mut self) {
        let mut level = vec![ROOT];
        while !level.is_empty() {
            let mut next = Vec::new();
            for parent in level {
                let mut child = self.node(parent).child;
                while child != ROOT {
                    let fallback = if parent == ROOT {
                        ROOT
                    } else {
                        self.step(self.node(parent).fallback, self.node(child).byte)
                    };
                    let longest = self.node(child).longest.max(self.node(fallback).longest);
                    let node = &mut self.nodes[child as usize];
                    node.fallback = fallback;
                    node.longest = longest;
                    next.push(child);
                    child = self.node(child).sibling;
                }
            }
            level = next;
        }
    }

    /// Replaces each maximal stretch of the text that words cover by one [`MARK`].
    pub(super) fn cover<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.nodes.len() == 1 {
            return Cow::Borrowed(text);
        }
        let mut at = ROOT;
        // Disjoint stretches in ascending order. A longer word may end later and begin before earlier stretches.
        let mut stretches: Vec<(usize, usize)> = Vec::new();
        for (index, byte) in text.bytes().enumerate() {
            at = self.step(at, byte);
            let longest = self.node(at).longest as usize;
            if longest > 0 {
                let end = index + 1;
                let mut start = end - longest;
                while let Some((earlier, _)) = stretches.pop_if(|(_, stop)| *stop >= start) {
                    start = start.min(earlier);
                }
                stretches.push((start, end));
            }
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
