//! The automaton of a language, and the enumeration of its members, the shortest first.
//!
//! States are derivatives (see the parent module); the alphabet is cut into the minterms of the
//! character classes that occur, so that one representative stands for all of the characters that
//! no class distinguishes. The result is a deterministic automaton of which only the states that
//! can still accept are kept (it is *trim*), so that a language is empty exactly if its start state
//! has no edge and does not accept.
//!
//! The automaton is not minimised. Similar derivatives are one state already, and the questions
//! asked of it (is there a member of this length?) cost a pass over the states for each length,
//! which minimisation would not repay.
//!
//! # Why members are enumerated
//!
//! The solver needs more than emptiness: a member within a range of lengths, that is not among the
//! excluded values, and in a witness that people read, preferably a short one of letters.
//! Enumeration by length answers all of that, and says if it was complete, which makes *there is no
//! such string* a proof.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use super::super::budget::{Budget, BudgetExhausted, FixedLimit, WorkError};
use super::class::{self, CharClass};
use super::{Expression, Language, Languages, Lookbehind};

/// Members of a language.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Members {
    pub(crate) texts: Vec<String>,
    /// The language has no other members within the bounds of the query.
    pub(crate) is_complete: bool,
}

/// A question for members of a language. Lengths count characters, as JSON Schema does.
pub(crate) struct MemberQuery<'q> {
    pub(crate) min_length: u64,
    pub(crate) max_length: Option<u64>,
    /// Number of members that are enough.
    pub(crate) count: usize,
    /// Upper bound on the number of texts for which `is_excluded` is true.
    pub(crate) max_excluded: usize,
    pub(crate) is_excluded: &'q dyn Fn(&str) -> bool,
}

/// A deterministic finite automaton over the minterms of its character classes. State 0 is the start.
pub(crate) struct Automaton {
    /// The minterms: a partition of all characters, the most readable first.
    alphabet: Vec<CharClass>,
    /// For each state, the letter (index into `alphabet`) and the successor of each edge.
    edges: Vec<Vec<(usize, usize)>>,
    accepting: Vec<bool>,
}

/// Above it an automaton is given up: the product of a few realistic patterns stays in the hundreds, and a larger one is the
/// exponential worst case of complement.
const MAX_STATES: usize = 50_000;
const STATES: FixedLimit = FixedLimit { max: MAX_STATES as u64, constructs: "states of the automaton of patterns" };
/// Maximum number of characters of one minterm that are tried. It matters only if many texts are
/// excluded, by a long `enum`; the enumeration is then not complete.
const MAX_CHARACTERS_PER_LETTER: usize = 4096;
/// The reason why an enumeration is not complete.
pub(crate) const EXCLUDED_TEXTS: FixedLimit =
    FixedLimit { max: MAX_CHARACTERS_PER_LETTER as u64, constructs: "excluded strings" };
/// Length of the longest member that is spelled out. A `minLength` beyond it is an error: a witness
/// of megabytes is of no use, and the enumeration keeps a row of states per character.
const MAX_MEMBER_LENGTH: u64 = 2_000_000;
const MEMBER_LENGTH: FixedLimit = FixedLimit { max: MAX_MEMBER_LENGTH, constructs: "characters of a string" };
/// Intervals of characters that cost one step of the budget, where a class covers them.
const INTERVALS_PER_STEP: usize = 16;
/// Characters that cost one step of the budget.
const CHARACTERS_PER_STEP: usize = 16;
/// In a language of all texts, members of a great length differ in this many last characters only: 95⁸ printable texts are
/// more than any `enum` excludes.
const VARIED_SUFFIX: usize = 8;

impl Languages {
    /// Builds the trim automaton of a language by exploring its derivatives breadth first.
    ///
    /// # Errors
    ///
    /// The budget is exhausted, or there are more than [`MAX_STATES`] states.
    pub(crate) fn automaton(&mut self, language: Language, budget: &mut Budget) -> Result<Rc<Automaton>, WorkError> {
        let (mut classes, assertions) = self.collect_classes(language);
        if assertions.word_boundary {
            classes.push(CharClass::from_ranges(class::WORD.iter().copied()));
        }
        let alphabet = minterms(&classes, budget)?;
        let representatives: Vec<char> = alphabet.iter().map(preferred_char).collect();
        // The lookbehind is part of a state only if an assertion tests it; otherwise it would
        // multiply the states.
        let start = (language, Lookbehind { is_start: assertions.start, is_word: false });
        let mut states = vec![start];
        let mut indices = HashMap::from_iter([(start, 0)]);
        let mut all_edges: Vec<Vec<(usize, usize)>> = Vec::new();
        while all_edges.len() < states.len() {
            let (state, behind) = states[all_edges.len()];
            let mut edges = Vec::new();
            for (letter, &c) in representatives.iter().enumerate() {
                budget.spend(4)?;
                let derivative = self.derivative(state, c, behind)?;
                if derivative == Language::EMPTY {
                    continue;
                }
                let is_word = assertions.word_boundary && class::is_word(c);
                let successor = (derivative, Lookbehind { is_start: false, is_word });
                let index = *indices.entry(successor).or_insert_with(|| {
                    states.push(successor);
                    states.len() - 1
                });
                edges.push((letter, index));
            }
            if states.len() > MAX_STATES {
                return Err(WorkError::Limit(STATES));
            }
            all_edges.push(edges);
        }
        let accepting: Vec<bool> =
            states.iter().map(|&(state, behind)| self.is_nullable(state, behind.at_end())).collect::<Result<_, _>>()?;
        let live = coaccessible(&all_edges, &accepting);
        for (state, edges) in all_edges.iter_mut().enumerate() {
            edges.retain(|&(_, successor)| live[state] && live[successor]);
        }
        Ok(Rc::new(Automaton { alphabet, edges: all_edges, accepting }))
    }

    /// Collects the character classes of an expression, and the kinds of assertions that occur in
    /// it.
    ///
    /// Each interned expression is visited once. Derivatives contain no other classes than the
    /// expression itself, so that the alphabet is known before the first derivative.
    fn collect_classes(&self, language: Language) -> (Vec<CharClass>, Assertions) {
        let (mut classes, mut assertions) = (HashSet::new(), Assertions::default());
        let (mut visited, mut pending) = (HashSet::new(), vec![language]);
        while let Some(language) = pending.pop() {
            if !visited.insert(language) {
                continue;
            }
            match &**self.expression(language) {
                Expression::Empty | Expression::Epsilon | Expression::End => {}
                Expression::Class(class) => drop(classes.insert(class.clone())),
                Expression::Concat(a, b) => pending.extend([*a, *b]),
                Expression::Union(parts) | Expression::Intersection(parts) => pending.extend_from_slice(parts),
                Expression::Complement(inner) | Expression::Repeat { inner, .. } => pending.push(*inner),
                Expression::Start => assertions.start = true,
                Expression::WordBoundary(_) => assertions.word_boundary = true,
            }
        }
        (classes.into_iter().collect(), assertions)
    }
}

impl Automaton {
    /// Enumerates members in the order of their length, until there are enough or there provably are no more.
    ///
    /// For each length `n`, first the states are known from which a member ends after exactly `n` more characters
    /// (backward reachability, one row a length); then the paths along such states are followed depth first, so that no
    /// path is a dead end.
    ///
    /// # Errors
    ///
    /// The budget is exhausted, or `min_length` is beyond [`MAX_MEMBER_LENGTH`].
    pub(crate) fn shortest_members(&self, query: &MemberQuery<'_>, budget: &mut Budget) -> Result<Members, WorkError> {
        if query.min_length > MAX_MEMBER_LENGTH {
            return Err(WorkError::Limit(MEMBER_LENGTH));
        }
        if self.is_universal() && query.min_length > VARIED_SUFFIX as u64 {
            return self.long_arbitrary_members(query, budget);
        }
        let mut members = Members { texts: Vec::new(), is_complete: true };
        // This many characters of one letter suffice, even if every excluded text comes first.
        let sufficient = query.count.saturating_add(query.max_excluded);
        let tried = sufficient.min(MAX_CHARACTERS_PER_LETTER);
        let letters: Vec<Vec<char>> = self.alphabet.iter().map(|class| readable_chars(class, tried)).collect();
        // `accepts_after[n][state]`: some text of exactly n characters leads from the state to an accepting one.
        let mut accepts_after: Vec<Vec<bool>> = vec![self.accepting.clone()];
        // The states that a text of `length` characters may lead to. None of them: every longer member is enumerated.
        let mut frontier = vec![false; self.edges.len()];
        frontier[0] = self.accepting[0] || !self.edges[0].is_empty();
        // Many letters lead to one successor.
        let successors: Vec<Vec<usize>> = self.edges.iter().map(|edges| distinct_successors(edges)).collect();
        let row_steps = successors.iter().map(Vec::len).sum::<usize>().max(self.edges.len());
        let mut length: u64 = 0;
        while frontier.contains(&true) {
            if query.max_length.is_some_and(|max| length > max) {
                return Ok(members);
            }
            let row = usize::try_from(length).unwrap_or(usize::MAX);
            if length >= query.min_length && accepts_after[row][0] {
                members.is_complete &= tried == sufficient;
                self.enumerate_length(&accepts_after, &letters, query, &mut members, budget)?;
                if members.texts.len() >= query.count {
                    members.is_complete = false;
                    return Ok(members);
                }
            }
            if row.is_multiple_of(CHARACTERS_PER_STEP) {
                budget.spend(row_steps)?;
            }
            let mut next_frontier = vec![false; self.edges.len()];
            for (_, successors) in successors.iter().enumerate().filter(|(state, _)| frontier[*state]) {
                for &successor in successors {
                    next_frontier[successor] = true;
                }
            }
            let next_row: Vec<bool> = successors
                .iter()
                .map(|successors| successors.iter().any(|&successor| accepts_after[row][successor]))
                .collect();
            accepts_after.push(next_row);
            frontier = next_frontier;
            length += 1;
        }
        Ok(members)
    }

    /// Returns true if the language is the language of all texts.
    fn is_universal(&self) -> bool {
        self.edges.len() == 1 && self.accepting[0] && self.edges[0].len() == self.alphabet.len()
    }

    /// Enumerates members of exactly the minimum length where every text is a member: a constant prefix, and all of the
    /// variety in the suffix. The general way would keep a row of states for each of the characters.
    fn long_arbitrary_members(&self, query: &MemberQuery<'_>, budget: &mut Budget) -> Result<Members, WorkError> {
        if query.max_length.is_some_and(|max| max < query.min_length) {
            return Ok(Members { texts: Vec::new(), is_complete: true });
        }
        let length = usize::try_from(query.min_length).unwrap_or(usize::MAX) - VARIED_SUFFIX;
        budget.spend(length / CHARACTERS_PER_STEP)?;
        let filler = self.alphabet.first().map_or('a', preferred_char);
        let prefix: String = std::iter::repeat_n(filler, length).collect();
        let is_excluded = |suffix: &str| (query.is_excluded)(&format!("{prefix}{suffix}"));
        let suffix = VARIED_SUFFIX as u64;
        let suffix_query =
            MemberQuery { min_length: suffix, max_length: Some(suffix), is_excluded: &is_excluded, ..*query };
        let suffixes = self.shortest_members(&suffix_query, budget)?;
        let texts = suffixes.texts.iter().map(|suffix| format!("{prefix}{suffix}")).collect();
        Ok(Members { texts, is_complete: false })
    }

    /// Appends the members whose length is that of the last row of `accepts_after`, until the query
    /// has enough of them.
    ///
    /// Depth first, along edges from which a member of exactly the remaining length ends, so that
    /// each path that is followed yields a member: the cost is that of the members that are found.
    fn enumerate_length(
        &self,
        accepts_after: &[Vec<bool>],
        letters: &[Vec<char>],
        query: &MemberQuery<'_>,
        members: &mut Members,
        budget: &mut Budget,
    ) -> Result<(), BudgetExhausted> {
        let length = accepts_after.len() - 1;
        // An explicit stack, for texts may be longer than the call stack is deep. Per position: the state, and the edge and
        // the character of its letter that are to be tried next.
        let mut path: Vec<(usize, usize, usize)> = vec![(0, 0, 0)];
        let mut text: Vec<char> = Vec::new();
        let mut skipped = 0_usize;
        while let Some((state, edge, character)) = path.last_mut() {
            if text.len().is_multiple_of(CHARACTERS_PER_STEP) {
                budget.spend(1)?;
            }
            if text.len() == length {
                let member: String = text.iter().collect();
                if !(query.is_excluded)(&member) {
                    members.texts.push(member);
                    if members.texts.len() >= query.count {
                        return Ok(());
                    }
                }
                path.pop();
                text.pop();
                continue;
            }
            let remaining = length - text.len() - 1;
            let Some(&(letter, successor)) = self.edges[*state].get(*edge) else {
                path.pop();
                text.pop();
                continue;
            };
            if !accepts_after[remaining][successor] || *character >= letters[letter].len() {
                *edge += 1;
                *character = 0;
                skipped += 1;
                if skipped.is_multiple_of(CHARACTERS_PER_STEP) {
                    budget.spend(1)?;
                }
                continue;
            }
            text.push(letters[letter][*character]);
            *character += 1;
            path.push((successor, 0, 0));
        }
        Ok(())
    }
}

fn distinct_successors(edges: &[(usize, usize)]) -> Vec<usize> {
    let mut successors: Vec<usize> = edges.iter().map(|&(_, successor)| successor).collect();
    successors.sort_unstable();
    successors.dedup();
    successors
}

/// The zero-width assertions that occur in an expression, by the fact of a [`Lookbehind`] that they
/// test.
#[derive(Debug, Default)]
struct Assertions {
    start: bool,
    word_boundary: bool,
}

/// Computes the coaccessible states: those from which an accepting one can be reached, by a search along reversed edges.
fn coaccessible(edges: &[Vec<(usize, usize)>], accepting: &[bool]) -> Vec<bool> {
    let mut predecessors: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (state, edges) in edges.iter().enumerate() {
        for &(_, successor) in edges {
            predecessors[successor].push(state);
        }
    }
    let mut live = accepting.to_vec();
    let mut queue: Vec<usize> = (0..accepting.len()).filter(|&state| accepting[state]).collect();
    while let Some(state) = queue.pop() {
        for &predecessor in &predecessors[state] {
            if !live[predecessor] {
                live[predecessor] = true;
                queue.push(predecessor);
            }
        }
    }
    live
}

/// Computes the minterms of the classes: the coarsest partition of all characters that every class is a union of.
///
/// Two characters with the same membership in every class have the same derivatives, so that one of each block stands for
/// all. Between two consecutive bounds of ranges the membership cannot change: these intervals are partitioned by one class
/// after the other (partition refinement), which takes time for each interval of each class and no memory beyond that of the
/// intervals.
fn minterms(classes: &[CharClass], budget: &mut Budget) -> Result<Vec<CharClass>, BudgetExhausted> {
    let mut bounds: Vec<u32> = vec![0, u32::from(char::MAX) + 1];
    for class in classes {
        bounds.extend(class.ranges().iter().flat_map(|&(low, high)| [low, high + 1]));
    }
    bounds.sort_unstable();
    bounds.dedup();
    let mut blocks: Vec<usize> = vec![0; bounds.len() - 1];
    let mut count = 1;
    for class in classes {
        let mut inside = HashMap::new();
        for &(low, high) in class.ranges() {
            let intervals =
                bounds.partition_point(|&bound| bound < low)..bounds.partition_point(|&bound| bound <= high);
            budget.spend(intervals.len() / INTERVALS_PER_STEP)?;
            for block in &mut blocks[intervals] {
                *block = *inside.entry(*block).or_insert_with(|| {
                    count += 1;
                    count - 1
                });
            }
        }
    }
    let mut ranges: HashMap<usize, Vec<(u32, u32)>> = HashMap::new();
    for (pair, block) in bounds.windows(2).zip(blocks) {
        ranges.entry(block).or_default().push((pair[0], pair[1] - 1));
    }
    // Without surrogates, some have no characters.
    let mut minterms: Vec<CharClass> =
        ranges.into_values().map(CharClass::from_ranges).filter(|class| !class.is_empty()).collect();
    // Every minterm has another most readable character, so that the order does not depend on hashing.
    minterms.sort_by_cached_key(|class| readability(preferred_char(class)));
    Ok(minterms)
}

/// Ranks a character by how well people read it in a witness; the lower, the better.
fn readability(c: char) -> (u8, char) {
    let rank = match c {
        'a'..='z' => 0,
        '0'..='9' => 1,
        'A'..='Z' => 2,
        '!'..='~' => 3,
        ' ' => 4,
        '\u{a0}'..='\u{d7ff}' => MAX_READABLE_RANK,
        '\t' | '\n' => 6,
        _ => 7,
    };
    (rank, c)
}

/// Characters up to this rank have a glyph.
const MAX_READABLE_RANK: u8 = 5;

/// Returns the representative of a minterm: its most readable character.
fn preferred_char(class: &CharClass) -> char {
    readable_chars(class, 1).first().copied().unwrap_or('\u{fffd}')
}

/// Returns up to `count` characters of a class, the most readable first.
fn readable_chars(class: &CharClass, count: usize) -> Vec<char> {
    let ascii = ['a'..='z', '0'..='9', 'A'..='Z', '!'..='/', ':'..='@', '['..='`', '{'..='~', ' '..=' '];
    let ascii = ascii.into_iter().flatten().filter(|&c| class.contains(c));
    let others = class.ranges().iter().flat_map(|&(low, high)| (low..=high).filter_map(char::from_u32));
    let (mut readable, mut unreadable) = (Vec::new(), Vec::new());
    for c in others.filter(|c| !matches!(c, ' '..='~')).take(count.saturating_mul(2).saturating_add(8)) {
        if readability(c).0 <= MAX_READABLE_RANK { readable.push(c) } else { unreadable.push(c) }
    }
    ascii.chain(readable).chain(unreadable).take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(patterns: &[(&str, bool)], min_length: u64, max_length: Option<u64>, count: usize) -> Members {
        let mut languages = Languages::new();
        let mut budget = Budget::new(1_000_000);
        let parts: Vec<_> =
            patterns.iter().map(|(text, is_positive)| (languages.compile(text).unwrap(), *is_positive)).collect();
        let language = languages.intersect_signed(parts.clone());
        let automaton = languages.automaton(language, &mut budget).unwrap();
        let query = MemberQuery { min_length, max_length, count, max_excluded: 0, is_excluded: &|_| false };
        let found = automaton.shortest_members(&query, &mut budget).unwrap();
        for text in &found.texts {
            for (language, is_positive) in &parts {
                assert_eq!(languages.matches(*language, text), Ok(*is_positive), "{text:?}");
            }
        }
        found
    }

    #[test]
    fn the_shortest_member_is_found_or_the_language_is_empty() {
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
        for (patterns, min_length, max_length, expected) in cases {
            let found = members(patterns, *min_length, *max_length, 1);
            let first = found.texts.first().map(String::as_str);
            match (first, expected) {
                (Some(first), Some(expected)) => {
                    assert_eq!(first.chars().count(), expected.chars().count(), "{patterns:?} {first:?}");
                }
                (first, expected) => assert_eq!(first, *expected, "{patterns:?}"),
            }
            assert_eq!(found.is_complete, expected.is_none(), "{patterns:?}");
        }
    }

    #[test]
    fn a_finite_language_is_enumerated_completely() {
        let found = members(&[("^[ab]{1,2}$", true)], 0, None, 100);
        assert_eq!(
            found,
            Members { texts: ["a", "b", "aa", "ab", "ba", "bb"].map(String::from).into(), is_complete: true }
        );
        let found = members(&[("^[0-9]$", true)], 0, None, 10);
        assert_eq!(found.texts.len(), 10);
        let found = members(&[("^\\d$", true)], 0, None, 11);
        assert!(found.is_complete && found.texts.len() == 10);
    }
}
