//! Members of a language, the shortest first, or the certainty that there are none: its automaton, explored.

use std::collections::BTreeMap;
use std::rc::Rc;

use foldhash::{HashMap, HashSet, HashSetExt as _};

use super::super::budget::{Budget, BudgetExhausted};
use super::class::{self, Class};
use super::{Expression, Language, Languages};

/// Texts of a language.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) texts: Vec<String>,
    /// There are no others.
    pub(crate) all: bool,
}

/// Which texts are looked for.
pub(crate) struct MemberQuery<'w> {
    pub(crate) least: u64,
    pub(crate) most: Option<u64>,
    pub(crate) count: usize,
    /// How many texts `excluded` holds for, at most.
    pub(crate) exclusions: usize,
    pub(crate) excluded: &'w dyn Fn(&str) -> bool,
}

/// What a language becomes while a text is read: states, and for each letter the state after it. Only states from which
/// a text can still end are kept.
pub(crate) struct Automaton {
    letters: Vec<Class>,
    next: Vec<Vec<(usize, usize)>>,
    ends: Vec<bool>,
}

const MOST_STATES: usize = 50_000;
const MOST_VARIETY: usize = 4096;
/// Texts of more characters are not looked for.
const LONGEST: u64 = 2_000_000;
/// So many characters are a step.
const CHARACTERS: usize = 16;
/// Where any text will do, this many characters of a longer one are told from those of others.
const TAIL: usize = 8;

impl Languages {
    /// The texts that are in all of the first and in none of the others.
    pub(crate) fn intersect_signed(&mut self, parts: impl IntoIterator<Item = (Language, bool)>) -> Language {
        let parts: Vec<_> =
            parts.into_iter().map(|(language, holds)| if holds { language } else { self.not(language) }).collect();
        self.and(parts)
    }

    pub(crate) fn automaton(
        &mut self,
        language: Language,
        budget: &mut Budget,
    ) -> Result<Rc<Automaton>, BudgetExhausted> {
        let mut found = Anchors::default();
        let mut classes = Vec::new();
        self.survey(language, &mut found, &mut classes, &mut HashSet::new());
        if found.word {
            classes.push(Class::of(class::WORD.iter().copied()));
        }
        let letters = letters(&classes);
        let samples: Vec<char> = letters.iter().map(preferred).collect();
        let root = (language, found.start, false);
        let mut states = vec![root];
        let mut numbers = HashMap::from_iter([(root, 0)]);
        let mut next: Vec<Vec<(usize, usize)>> = Vec::new();
        while next.len() < states.len() {
            let (state, start, word) = states[next.len()];
            let mut edges = Vec::new();
            for (letter, &c) in samples.iter().enumerate() {
                budget.spend(4)?;
                let after = self.derivative(state, c, start, word);
                if after == Language::NONE {
                    continue;
                }
                let after = (after, false, found.word && class::is_word(c));
                let number = *numbers.entry(after).or_insert_with(|| {
                    states.push(after);
                    states.len() - 1
                });
                edges.push((letter, number));
            }
            if states.len() > MOST_STATES {
                return Err(BudgetExhausted);
            }
            next.push(edges);
        }
        let ends: Vec<bool> = states.iter().map(|&(state, start, word)| self.ends(state, start, word)).collect();
        let live = live(&next, &ends);
        for (state, edges) in next.iter_mut().enumerate() {
            edges.retain(|&(_, after)| live[state] && live[after]);
        }
        Ok(Rc::new(Automaton { letters, next, ends }))
    }

    fn survey(&self, language: Language, found: &mut Anchors, classes: &mut Vec<Class>, seen: &mut HashSet<Language>) {
        if !seen.insert(language) {
            return;
        }
        match &**self.expression(language) {
            Expression::None | Expression::EmptyText | Expression::End => {}
            Expression::Class(class) => classes.push(class.clone()),
            Expression::Then(a, b) => {
                self.survey(*a, found, classes, seen);
                self.survey(*b, found, classes, seen);
            }
            Expression::Or(parts) | Expression::And(parts) => {
                parts.iter().for_each(|&part| self.survey(part, found, classes, seen));
            }
            Expression::Not(inner) => self.survey(*inner, found, classes, seen),
            Expression::Repeat { what, .. } => self.survey(*what, found, classes, seen),
            Expression::Start => found.start = true,
            Expression::WordBoundary { .. } => found.word = true,
        }
    }
}

impl Automaton {
    /// Texts of the language, the shortest first.
    pub(crate) fn shortest_members(
        &self,
        wanted: &MemberQuery<'_>,
        budget: &mut Budget,
    ) -> Result<Found, BudgetExhausted> {
        if wanted.least > LONGEST {
            return Err(BudgetExhausted);
        }
        if self.is_everything() && wanted.least > TAIL as u64 {
            return self.any_long_text(wanted, budget);
        }
        let mut found = Found { texts: Vec::new(), all: true };
        // So many characters of a letter make enough texts, even where as many as can be are excluded.
        let enough = wanted.count.saturating_add(wanted.exclusions);
        let variety = enough.min(MOST_VARIETY);
        let letters: Vec<Vec<char>> = self.letters.iter().map(|class| some_of(class, variety)).collect();
        // `ways[n]`: the states from which a text ends after exactly n more characters.
        let mut ways: Vec<Vec<bool>> = vec![self.ends.clone()];
        let mut layer = vec![false; self.next.len()];
        layer[0] = self.ends[0] || !self.next[0].is_empty();
        let mut length: u64 = 0;
        while layer.contains(&true) {
            if wanted.most.is_some_and(|most| length > most) {
                return Ok(found);
            }
            let steps = usize::try_from(length).unwrap_or(usize::MAX);
            if length >= wanted.least && ways[steps][0] {
                found.all &= variety == enough;
                self.spell(&ways, steps, &letters, wanted, &mut found, budget)?;
                if found.texts.len() >= wanted.count {
                    found.all = false;
                    return Ok(found);
                }
            }
            if steps.is_multiple_of(CHARACTERS) {
                budget.spend(self.next.len())?;
            }
            let mut following = vec![false; self.next.len()];
            for (state, edges) in self.next.iter().enumerate().filter(|(state, _)| layer[*state]) {
                debug_assert!(layer[state]);
                for &(_, after) in edges {
                    following[after] = true;
                }
            }
            let before: Vec<bool> =
                self.next.iter().map(|edges| edges.iter().any(|&(_, after)| ways[steps][after])).collect();
            ways.push(before);
            layer = following;
            length += 1;
        }
        Ok(found)
    }

    /// Whether each text is in the language.
    fn is_everything(&self) -> bool {
        self.next.len() == 1 && self.ends[0] && self.next[0].len() == self.letters.len()
    }

    /// Texts of the least length, where any will do: they differ in their last characters.
    fn any_long_text(&self, wanted: &MemberQuery<'_>, budget: &mut Budget) -> Result<Found, BudgetExhausted> {
        if wanted.most.is_some_and(|most| most < wanted.least) {
            return Ok(Found { texts: Vec::new(), all: true });
        }
        let length = usize::try_from(wanted.least).unwrap_or(usize::MAX) - TAIL;
        budget.spend(length / CHARACTERS)?;
        let first = self.letters.first().map_or('a', preferred);
        let start: String = std::iter::repeat_n(first, length).collect();
        let excluded = |tail: &str| (wanted.excluded)(&format!("{start}{tail}"));
        let tail = TAIL as u64;
        let found = self
            .shortest_members(&MemberQuery { least: tail, most: Some(tail), excluded: &excluded, ..*wanted }, budget)?;
        let texts = found.texts.iter().map(|tail| format!("{start}{tail}")).collect();
        Ok(Found { texts, all: false })
    }

    /// The texts of exactly this length.
    fn spell(
        &self,
        ways: &[Vec<bool>],
        length: usize,
        letters: &[Vec<char>],
        wanted: &MemberQuery<'_>,
        found: &mut Found,
        budget: &mut Budget,
    ) -> Result<(), BudgetExhausted> {
        // For each place in the text: the state, the edge and the character that are next to be tried.
        let mut path: Vec<(usize, usize, usize)> = vec![(0, 0, 0)];
        let mut text: Vec<char> = Vec::new();
        while let Some((state, edge, character)) = path.last_mut() {
            if text.len().is_multiple_of(CHARACTERS) {
                budget.spend(1)?;
            }
            if text.len() == length {
                let whole: String = text.iter().collect();
                if !(wanted.excluded)(&whole) {
                    found.texts.push(whole);
                    if found.texts.len() >= wanted.count {
                        return Ok(());
                    }
                }
                path.pop();
                text.pop();
                continue;
            }
            let left = length - text.len() - 1;
            let Some(&(letter, after)) = self.next[*state].get(*edge) else {
                path.pop();
                text.pop();
                continue;
            };
            if !ways[left][after] || *character >= letters[letter].len() {
                *edge += 1;
                *character = 0;
                continue;
            }
            text.push(letters[letter][*character]);
            *character += 1;
            path.push((after, 0, 0));
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Anchors {
    start: bool,
    word: bool,
}

/// The states from which an end can be reached.
fn live(next: &[Vec<(usize, usize)>], ends: &[bool]) -> Vec<bool> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); next.len()];
    for (state, edges) in next.iter().enumerate() {
        for &(_, after) in edges {
            before[after].push(state);
        }
    }
    let mut live = ends.to_vec();
    let mut open: Vec<usize> = (0..ends.len()).filter(|&state| ends[state]).collect();
    while let Some(state) = open.pop() {
        for &earlier in &before[state] {
            if !live[earlier] {
                live[earlier] = true;
                open.push(earlier);
            }
        }
    }
    live
}

/// The characters, in the fewest sets that no class tells apart.
fn letters(classes: &[Class]) -> Vec<Class> {
    let mut cuts: Vec<u32> = vec![0, u32::from(char::MAX) + 1];
    for class in classes {
        cuts.extend(class.ranges().iter().flat_map(|&(low, high)| [low, high + 1]));
    }
    cuts.sort_unstable();
    cuts.dedup();
    let mut groups: BTreeMap<Vec<bool>, Vec<(u32, u32)>> = BTreeMap::new();
    for pair in cuts.windows(2) {
        let (low, high) = (pair[0], pair[1] - 1);
        let Some(c) = char::from_u32(low).or_else(|| char::from_u32(high)) else { continue };
        groups.entry(classes.iter().map(|class| class.has(c)).collect()).or_default().push((low, high));
    }
    let mut letters: Vec<Class> = groups.into_values().map(Class::of).filter(|class| !class.is_empty()).collect();
    letters.sort_by_key(|class| rank(preferred(class)));
    letters
}

/// Characters that people read come first.
fn rank(c: char) -> (u8, char) {
    let rank = match c {
        'a'..='z' => 0,
        '0'..='9' => 1,
        'A'..='Z' => 2,
        '!'..='~' => 3,
        ' ' => 4,
        '\u{a0}'..='\u{d7ff}' => 5,
        '\t' | '\n' => 6,
        _ => 7,
    };
    (rank, c)
}

fn preferred(class: &Class) -> char {
    some_of(class, 1).first().copied().unwrap_or('\u{fffd}')
}

fn some_of(class: &Class, count: usize) -> Vec<char> {
    let readable = ['a'..='z', '0'..='9', 'A'..='Z', '!'..='/', ':'..='@', '['..='`', '{'..='~', ' '..=' '];
    let first = readable.into_iter().flatten().filter(|&c| class.has(c));
    let others = class.ranges().iter().flat_map(|&(low, high)| (low..=high).filter_map(char::from_u32));
    let (mut plain, mut odd) = (Vec::new(), Vec::new());
    for c in others.filter(|c| !matches!(c, ' '..='~')).take(count.saturating_mul(2).saturating_add(8)) {
        if rank(c).0 <= 5 { plain.push(c) } else { odd.push(c) }
    }
    first.chain(plain).chain(odd).take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(patterns: &[(&str, bool)], least: u64, most: Option<u64>, count: usize) -> Found {
        let mut languages = Languages::new();
        let mut budget = Budget::new(1_000_000);
        let parts: Vec<_> = patterns.iter().map(|(text, holds)| (languages.compile(text).unwrap(), *holds)).collect();
        let language = languages.intersect_signed(parts.clone());
        let automaton = languages.automaton(language, &mut budget).unwrap();
        let wanted = MemberQuery { least, most, count, exclusions: 0, excluded: &|_| false };
        let found = automaton.shortest_members(&wanted, &mut budget).unwrap();
        for text in &found.texts {
            for (language, holds) in &parts {
                assert_eq!(languages.matches(*language, text), *holds, "{text:?}");
            }
        }
        found
    }

    #[test]
    fn the_shortest_text_is_found_or_there_is_none() {
        type Case<'t> = (&'t [(&'t str, bool)], u64, Option<u64>, Option<&'t str>);
        let cases: &[Case<'_>] = &[
            (&[], 0, None, Some("")),
            (&[], 3, Some(3), Some("aaa")),
            (&[("^[a-z]+$", true), ("^[a-m]", false)], 0, None, Some("n")),
            (&[("^[a-z]+$", true), ("[a-z]", false)], 0, None, None),
            (&[("a*", false)], 0, None, None),
            (&[(".+", false)], 1, None, Some("\n")),
            (&[("^(ab){3}$", true)], 0, Some(5), None),
            (&[("^a{5,9}$", true), ("^a{6,8}$", false)], 6, None, Some("aaaaaaaaa")),
            (&[(r"\bb", true), ("^b", false)], 0, None, Some("!b")),
            (&[("^x", true), ("^(?=x$)x$", false)], 0, None, Some("xa")),
            (&[("^.{1,80}$", true), ("^.{1,40}$", false), ("\n", false)], 0, Some(40), None),
            (&[("^[0-9a-f]{3}$", true)], 4, None, None),
        ];
        for (patterns, least, most, expected) in cases {
            let found = texts(patterns, *least, *most, 1);
            let first = found.texts.first().map(String::as_str);
            match (first, expected) {
                (Some(first), Some(expected)) => {
                    assert_eq!(first.chars().count(), expected.chars().count(), "{patterns:?} {first:?}");
                }
                (first, expected) => assert_eq!(first, *expected, "{patterns:?}"),
            }
            assert_eq!(found.all, expected.is_none(), "{patterns:?}");
        }
    }

    #[test]
    fn a_small_language_is_told_in_full() {
        let found = texts(&[("^[ab]{1,2}$", true)], 0, None, 100);
        assert_eq!(found, Found { texts: ["a", "b", "aa", "ab", "ba", "bb"].map(String::from).into(), all: true });
        let found = texts(&[("^[0-9]$", true)], 0, None, 10);
        assert_eq!(found.texts.len(), 10);
        let found = texts(&[("^\\d$", true)], 0, None, 11);
        assert!(found.all && found.texts.len() == 10);
    }
}
