//! Regular languages of JSON Schema patterns, closed under intersection, union and complement.
//!
//! `pattern` is read as ECMA-262 with the `u` flag reads it (JSON Schema 2020-12 Core, section
//! 6.4): it may match anywhere in the text, `.` excludes line terminators, `\d` and `\w` are ASCII.
//!
//! # Derivatives
//!
//! A language is an interned expression, and its automaton is found by derivatives: the derivative
//! of `L` by `c` is the language `{w | cw ∈ L}`, which is again an expression. Intersection and
//! complement need no determinisation of their own that way, where a Thompson or Glushkov automaton
//! would need the product and subset constructions for every `and` and `not`. The rules, with
//! ν(*L*) true if *L* contains the empty text:
//!
//! | *L* | derivative by *c* | ν(*L*) |
//! |---|---|---|
//! | ∅, ε | ∅ | false, true |
//! | a class | ε if it contains *c*, else ∅ | false |
//! | *A B* | (∂*A*) *B*, and ∂*B* if ν(*A*) | ν(*A*) and ν(*B*) |
//! | *A* or *B*, *A* and *B*, not *A* | the same connective of the derivatives | the same connective |
//! | *A* repeated *m* to *n* times | (∂*A*) followed by *A* repeated *m* − 1 to *n* − 1 times, with 0 for *m* − 1 if ν(*A*) | *m* = 0 or ν(*A*) |
//! | `^`, `$`, `\b`, `\B` | ∅ | the test at the position |
//!
//! - J. A. Brzozowski, *Derivatives of Regular Expressions*, JACM 11(4), 1964.
//! - S. Owens, J. Reppy, A. Turon, *Regular-expression derivatives re-examined*, JFP 19(2), 2009:
//!   interning modulo associativity, commutativity and idempotence of `|` and `&`, which keeps the
//!   number of derivatives finite and small; and one derivative per class of characters rather than
//!   per character.
//!
//! # Anchors
//!
//! The anchors `^`, `$`, `\b` and `\B` are beyond that calculus. They are zero-width tests of a
//! [`Position`], so that nullability and derivative are taken at a position rather than of the
//! language alone. Only two facts about the text before a position can still be tested: that there
//! is none, and that it ends in a word character. They are the [`Lookbehind`], which is part of a
//! state of the automaton.
//!
//! # Bounds
//!
//! An expression has finitely many derivatives up to similarity, but complement and intersection
//! can make them exponentially many in the size of the pattern, and counted repetition in the
//! count. `automaton.rs` bounds the states and spends the budget of the question. Membership of a
//! single text needs no automaton, and costs one derivative for each character. A derivative itself
//! may be as large as the product of nested counts: each expression, derivative and operand is counted
//! where it is made, up to [`Languages::refill`]. Recursion is as deep as operators nest, which
//! [`MAX_HEIGHT`] bounds, and not as long as a pattern: concatenations are visited in a loop.
//!
//! # Soundness
//!
//! Patterns that are not regular (backreferences) or not supported have no language, and become
//! opaque predicates in the prover: a proof never depends on how they match. Agreement with the
//! engine of `jsonschema` is tested by the property tests, because each witness that depends on a
//! pattern is confirmed by it.

mod automaton;
#[cfg(test)]
mod bounds;
mod class;
mod derivative;
mod error;
mod parse;
mod strict;

use std::cell::Cell;
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _};

use super::budget::BudgetExhausted;
pub(super) use automaton::{Automaton, EXCLUDED_TEXTS, MemberQuery};
use class::CharClass;
pub(super) use error::PatternError;
pub(super) use strict::{OpenRepetition, to_strict};

/// A set of texts, as an index into the [`Languages`] that made it.
///
/// Equal indices mean equal languages; the converse does not hold, because interning identifies
/// similar expressions only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Language(u32);

impl Language {
    /// ∅, without members.
    const EMPTY: Self = Self(0);
    /// ε, whose one member is the empty text.
    const EPSILON: Self = Self(1);
}

/// An expression over languages; a `Language` in it is interned before it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Expression {
    Empty,
    Epsilon,
    Class(CharClass),
    Concat(Language, Language),
    /// Sorted, without duplicates, and never nested.
    Union(Box<[Language]>),
    /// Sorted, without duplicates, and never nested.
    Intersection(Box<[Language]>),
    Complement(Language),
    Repeat {
        inner: Language,
        min: u32,
        max: Option<u32>,
    },
    /// `^`
    Start,
    /// `$`
    End,
    WordBoundary(WordBoundary),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum WordBoundary {
    /// `\b`
    At,
    /// `\B`
    NotAt,
}

/// A position in a text, by the facts that zero-width assertions test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts, none a state of another")]
struct Position {
    is_start: bool,
    is_end: bool,
    is_word_before: bool,
    is_word_after: bool,
}

/// The text before a position, reduced to the facts that an assertion can still test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Lookbehind {
    is_start: bool,
    is_word: bool,
}

impl Lookbehind {
    const START: Self = Self { is_start: true, is_word: false };

    const fn after(c: char) -> Self {
        Self { is_start: false, is_word: class::is_word(c) }
    }

    /// Returns the position between the text read so far and the character `c`.
    const fn before(self, c: char) -> Position {
        Position {
            is_start: self.is_start,
            is_end: false,
            is_word_before: self.is_word,
            is_word_after: class::is_word(c),
        }
    }

    /// Returns the position at the end of the text.
    const fn at_end(self) -> Position {
        Position { is_start: self.is_start, is_end: true, is_word_before: self.is_word, is_word_after: false }
    }
}

/// Interner of the languages of one question, with memos of parsed patterns and of derivatives.
///
/// It is shared by the prover and the validator. A mistake in it would therefore not be noticed by
/// our own validator; `jsonschema`, with an engine of its own, is the independent check.
pub(super) struct Languages {
    expressions: Vec<Rc<Expression>>,
    ids: HashMap<Rc<Expression>, Language>,
    patterns: HashMap<String, Result<Language, PatternError>>,
    derivatives: HashMap<(Language, char, Lookbehind), Language>,
    open_repetition: OpenRepetition,
    has_open_repetitions: bool,
    /// Nesting of operators in each expression, where the list of a concatenation is one level.
    heights: Vec<u16>,
    /// Classes of Unicode properties by their escape.
    properties: HashMap<String, CharClass>,
    /// Work that is left, in [`WORK_PER_STEP`] parts of a step.
    remaining_work: Cell<u64>,
}

/// Maximum nesting of operators. The parser bounds that of groups; lookaheads in a sequence nest as well.
const MAX_HEIGHT: u16 = 250;
/// Operands that are visited for one step. An expression costs as much as [`WORK_PER_EXPRESSION`] operands, for its memory.
const WORK_PER_STEP: u64 = 8;
const WORK_PER_EXPRESSION: u64 = 2 * WORK_PER_STEP;
impl Languages {
    pub(super) fn new() -> Self {
        let mut languages = Self {
            expressions: Vec::new(),
            ids: HashMap::new(),
            patterns: HashMap::new(),
            derivatives: HashMap::new(),
            open_repetition: OpenRepetition::Literal,
            has_open_repetitions: false,
            heights: Vec::new(),
            properties: HashMap::new(),
            remaining_work: Cell::new(super::question::Question::DEFAULT_BUDGET * WORK_PER_STEP),
        };
        // In this order: the constants of `Language` are their indices.
        languages.intern(Expression::Empty);
        languages.intern(Expression::Epsilon);
        languages
    }

    /// Sets the steps that may be spent from here on. A step covers a few expressions, derivatives or operands.
    pub(super) fn refill(&mut self, steps: u64) {
        if self.remaining_work.get() == 0 {
            // What was made for nothing.
            self.derivatives = HashMap::new();
        }
        self.remaining_work.set(steps.saturating_mul(WORK_PER_STEP));
    }

    /// Deducts work before it is done; see [`Budget::spend`](super::budget::Budget::spend).
    fn spend(&self, work: u64) -> Result<(), BudgetExhausted> {
        let left = self.remaining_work.get().saturating_sub(work);
        self.remaining_work.set(left);
        if left == 0 { Err(BudgetExhausted) } else { Ok(()) }
    }

    /// Compiles a pattern to the language of all texts in which it matches somewhere: patterns are not anchored.
    ///
    /// # Errors
    ///
    /// The pattern has a syntax error, or is not regular, or uses a construct that is not supported.
    pub(super) fn compile(&mut self, pattern: &str) -> Result<Language, PatternError> {
        if let Some(known) = self.patterns.get(pattern) {
            return *known;
        }
        let language = self.parse(pattern);
        let language = match language {
            Ok(_) if self.remaining_work.get() == 0 => Err(PatternError::Exhausted),
            Ok(language) if self.height(language) > MAX_HEIGHT => Err(PatternError::Unsupported),
            other => other,
        };
        self.patterns.insert(pattern.to_owned(), language);
        language
    }

    /// Sets the reading of `{,3}` in patterns that are compiled later.
    pub(super) const fn read_open_repetitions(&mut self, reading: OpenRepetition) {
        self.open_repetition = reading;
    }

    /// Returns true if a compiled pattern contains `{,3}`, so that dialects read it differently.
    pub(super) const fn has_open_repetitions(&self) -> bool {
        self.has_open_repetitions
    }

    /// Makes a pattern opaque that has not been compiled yet: no verdict depends on how it matches.
    pub(super) fn mark_opaque(&mut self, pattern: String) {
        self.patterns.insert(pattern, Err(PatternError::Unsupported));
    }

    /// Decides membership of a text: one derivative a character, then nullability at the end.
    ///
    /// # Errors
    ///
    /// The steps of [`Languages::refill`] are used up.
    pub(super) fn matches(&mut self, language: Language, text: &str) -> Result<bool, BudgetExhausted> {
        let (mut state, mut behind) = (language, Lookbehind::START);
        for c in text.chars() {
            self.spend(1)?;
            state = self.derivative(state, c, behind)?;
            if state == Language::EMPTY {
                return Ok(false);
            }
            behind = Lookbehind::after(c);
        }
        self.is_nullable(state, behind.at_end())
    }

    /// Builds the language of the texts that are in every language paired with `true` and in none paired with `false`.
    pub(super) fn intersect_signed(&mut self, parts: impl IntoIterator<Item = (Language, bool)>) -> Language {
        let parts: Vec<_> = parts
            .into_iter()
            .map(|(language, is_positive)| if is_positive { language } else { self.complement(language) })
            .collect();
        self.intersect(parts)
    }

    fn expression(&self, language: Language) -> &Rc<Expression> {
        &self.expressions[language.0 as usize]
    }

    /// Returns the language of an expression, which is new if no equal expression exists.
    fn intern(&mut self, expression: Expression) -> Language {
        if let Some(&id) = self.ids.get(&expression) {
            return id;
        }
        let (height, operands) = self.measure(&expression);
        // An exhausted budget is reported by the next operation that can fail.
        let _ = self.spend(WORK_PER_EXPRESSION + operands);
        self.heights.push(height);
        let expression = Rc::new(expression);
        let id = Language(u32::try_from(self.expressions.len()).unwrap_or(u32::MAX));
        self.expressions.push(Rc::clone(&expression));
        self.ids.insert(expression, id);
        id
    }

    fn class(&mut self, class: CharClass) -> Language {
        if class.is_empty() { Language::EMPTY } else { self.intern(Expression::Class(class)) }
    }

    /// Σ*, the language of all texts.
    fn universe(&mut self) -> Language {
        let any = self.class(CharClass::any());
        self.repeat(any, 0, None)
    }

    // The constructors below keep expressions in the normal form of Owens et al., section 4.1 ("similarity"). Without it,
    // the derivatives of one expression may be infinitely many.

    /// Concatenation. It associates to the right, so that equal sequences are one expression, and ∅ and ε are zero and unit.
    fn concat(&mut self, first: Language, second: Language) -> Language {
        match (first, second) {
            (Language::EMPTY, _) | (_, Language::EMPTY) => return Language::EMPTY,
            (Language::EPSILON, other) | (other, Language::EPSILON) => return other,
            _ => {}
        }
        let mut parts = Vec::new();
        let mut rest = first;
        while let Expression::Concat(a, b) = **self.expression(rest) {
            parts.push(a);
            rest = b;
        }
        let last = self.intern(Expression::Concat(rest, second));
        parts.into_iter().rev().fold(last, |rest, part| self.intern(Expression::Concat(part, rest)))
    }

    /// Returns the height of an expression whose operands are interned, and their number.
    fn measure(&self, expression: &Expression) -> (u16, u64) {
        match expression {
            Expression::Empty
            | Expression::Epsilon
            | Expression::Start
            | Expression::End
            | Expression::WordBoundary(_) => (0, 0),
            Expression::Class(class) => (0, class.ranges().len() as u64),
            // The right operand is visited in a loop.
            Expression::Concat(a, b) => (self.height(*a).saturating_add(1).max(self.height(*b)), 2),
            Expression::Complement(inner) | Expression::Repeat { inner, .. } => {
                (self.height(*inner).saturating_add(1), 1)
            }
            Expression::Union(parts) | Expression::Intersection(parts) => {
                let height = parts.iter().map(|&part| self.height(part)).max().unwrap_or(0);
                (height.saturating_add(1), parts.len() as u64)
            }
        }
    }

    fn height(&self, language: Language) -> u16 {
        self.heights[language.0 as usize]
    }

    /// Repetition between `min` and `max` times, without a maximum for `None`.
    fn repeat(&mut self, inner: Language, min: u32, max: Option<u32>) -> Language {
        match (inner, min, max) {
            (_, _, Some(0)) | (Language::EPSILON, _, _) | (Language::EMPTY, 0, _) => Language::EPSILON,
            (Language::EMPTY, _, _) => Language::EMPTY,
            (inner, 1, Some(1)) => inner,
            (inner, min, max) => self.intern(Expression::Repeat { inner, min, max }),
        }
    }

    /// Union: flat, sorted, without duplicates; Σ* if it contains a language and its complement.
    fn union(&mut self, parts: impl IntoIterator<Item = Language>) -> Language {
        let mut flat = Vec::new();
        for part in parts {
            match &**self.expression(part) {
                Expression::Empty => {}
                Expression::Union(inner) => flat.extend_from_slice(inner),
                _ => flat.push(part),
            }
        }
        let _ = self.spend(flat.len() as u64);
        flat.sort_unstable();
        flat.dedup();
        let universe = self.universe();
        if flat.contains(&universe) || self.contains_complementary_pair(&flat) {
            return universe;
        }
        match *flat {
            [] => Language::EMPTY,
            [one] => one,
            _ => self.intern(Expression::Union(flat.into())),
        }
    }

    /// Intersection: flat, sorted, without duplicates; ∅ if it contains a language and its
    /// complement.
    fn intersect(&mut self, parts: impl IntoIterator<Item = Language>) -> Language {
        let universe = self.universe();
        let mut flat = Vec::new();
        for part in parts {
            match &**self.expression(part) {
                Expression::Empty => return Language::EMPTY,
                Expression::Intersection(inner) => flat.extend_from_slice(inner),
                _ if part == universe => {}
                _ => flat.push(part),
            }
        }
        let _ = self.spend(flat.len() as u64);
        flat.sort_unstable();
        flat.dedup();
        if self.contains_complementary_pair(&flat) {
            return Language::EMPTY;
        }
        match *flat {
            [] => universe,
            [one] => one,
            _ => self.intern(Expression::Intersection(flat.into())),
        }
    }

    /// Returns true if there is some `L` among the sorted parts whose complement is among them too.
    fn contains_complementary_pair(&self, sorted: &[Language]) -> bool {
        sorted.iter().any(|&part| match &**self.expression(part) {
            Expression::Complement(inner) => sorted.binary_search(inner).is_ok(),
            _ => false,
        })
    }

    /// Complement relative to all texts. A double complement is the language itself.
    fn complement(&mut self, language: Language) -> Language {
        let universe = self.universe();
        match &**self.expression(language) {
            Expression::Complement(inner) => *inner,
            Expression::Empty => universe,
            _ if language == universe => Language::EMPTY,
            _ => self.intern(Expression::Complement(language)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pattern, texts that it matches, texts that it does not.
    const CASES: &[(&str, &[&str], &[&str])] = &[
        ("a*", &["", "b", "aa"], &[]),
        ("^a*$", &["", "a", "aaa"], &["b", "ab", "a\n"]),
        (".+", &["a", " "], &["", "\n", "\r\n", "\u{2028}"]),
        ("^[^a]$", &["b", "\n", "é", "🐲"], &["a", "", "bb"]),
        (r"^\d+$", &["0", "42"], &["", "४२", "4a"]),
        (r"^\w\W$", &["a-", "_é"], &["é-", "ab"]),
        (r"^\s$", &[" ", "\u{feff}", "\u{a0}", "\t"], &["a", ""]),
        ("^(a|bc){2,3}$", &["aa", "abc", "bcbcbc"], &["a", "aaaa", "ab"]),
        ("a{2}", &["aa", "baab"], &["a", "aba"]),
        ("^(?:a?){3}$", &["", "a", "aaa"], &["aaaa"]),
        ("^a|b$", &["ax", "xb"], &["xa", "bx"]),
        (r"\bfoo\b", &["foo", "a foo!", "foo-bar"], &["foobar", "xfoo"]),
        (r"\Boo", &["foo"], &["oo", " oo"]),
        ("^(?=x$)x$", &["x"], &["", "xx"]),
        ("^(?!a).*b$", &["b", "cb"], &["ab", "a"]),
        ("^(?=.*[0-9])(?=.*[a-z]).{3,}$", &["a1b", "12z"], &["abc", "123", "a1"]),
        ("^[a-zA-Z0-9-_.]+$", &["a-_.", "-"], &["", "a/"]),
        (r"^\u{1F432}*$", &["", "🐲🐲"], &["🐉"]),
        (r"^\uD83D\uDC32$", &["🐲"], &["\u{fffd}"]),
        (r"^\x41\cA\t\0$", &["A\u{1}\t\0"], &["A"]),
        (r"^[\d\-x]+$", &["1-x"], &["y"]),
        (r"^\$\.\/$", &["$./"], &["$x/"]),
        ("^{aééééééééééééééééééééééééééééééééééééé$", &["{aééééééééééééééééééééééééééééééééééééé"], &["é"]),
        ("^a{,2}$", &["a{,2}"], &["a", "aa"]),
        ("^]$", &["]"], &[""]),
        ("^[]$", &[], &["", "a"]),
        ("^[^]$", &["a", "\n"], &[""]),
        (r"^\p{Lu}$", &["A", "É"], &["a", "1"]),
        (r"^\P{L}$", &["1"], &["a"]),
        ("^(?<year>\\d{4})$", &["2026"], &["26"]),
        ("a$|^$", &["", "ba"], &["ab"]),
        ("(^|x)a", &["a", "bxa"], &["ba"]),
    ];

    #[test]
    fn patterns_match_as_ecma_262_specifies() {
        for (pattern, matched, unmatched) in CASES {
            let mut languages = Languages::new();
            let language = languages.compile(pattern).unwrap();
            for text in *matched {
                assert!(languages.matches(language, text).unwrap(), "{pattern} {text:?}");
            }
            for text in *unmatched {
                assert!(!languages.matches(language, text).unwrap(), "{pattern} {text:?}");
            }
        }
    }

    #[test]
    fn irregular_and_malformed_patterns_are_rejected() {
        for pattern in [r"(a)\1", "(?<=a)b", "(?<!a)b", r"(?<n>a)\k<n>", "(?:(?=a)a)*"] {
            assert!(Languages::new().compile(pattern).is_err(), "{pattern}");
        }
        for pattern in ["(", "a)", "*a", "a**", "[b-a]", r"\", "a{2,1}"] {
            assert!(Languages::new().compile(pattern).is_err(), "{pattern}");
        }
    }
}
