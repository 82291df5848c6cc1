//! Recursive-descent parser of ECMA-262 patterns, from their text to a [`Language`].
//!
//! The grammar is that of ECMA-262 section 22.2.1 with some of the leniency of its annex B.1.2: `]`
//! and a `{` that begins no quantifier are literal characters, and so are escaped characters that
//! need no escape. Groups capture nothing here, and lazy quantifiers match the same texts as greedy
//! ones: only the set of texts is of interest.
//!
//! | construct | language |
//! |---|---|
//! | pattern *P*, not anchored | Σ\* *P* Σ\* |
//! | `(…)`, `(?:…)`, `(?<name>…)` | the group, without a capture |
//! | `*`, `+`, `?`, `{m,n}`, with or without `?` | repetition |
//! | `(?=A)B`, `(?!A)B` | *A* Σ\* and *B*; not (*A* Σ\*) and *B* |
//! | `\d`, `\w`, `\s`, `\p{…}`, `[…]` | a class |
//! | `^`, `$`, `\b`, `\B` | a test of the position |
//! | `(?<=…)`, `\1`, `\k<name>`, `(?i:…)` | unsupported |
//!
//! Lookahead is regular, but needs the rest of the pattern as its operand. So a pattern that
//! contains it becomes a [`Node`] tree first, which is compiled from the right, with the rest as a
//! continuation. A part without lookahead is compiled at once. A repeated lookahead has no such
//! rest and is unsupported.

use std::iter::Peekable;
use std::str::Chars;

use super::class::{self, CharClass};
use super::error::PatternError;
use super::strict::{self, OpenRepetition};
use super::{Expression, Language, Languages, WordBoundary};

/// Limit on nested groups, because the parser and the derivatives recurse once for each group.
const MAX_GROUP_DEPTH: u32 = 100;
/// Limit on the counts of a quantifier: each repetition is a state of the automaton, and its budget ends before this.
const MAX_REPETITIONS: u32 = 100_000;

/// A pattern whose continuation is not known yet.
enum Node {
    /// A part without lookahead, whose language is independent of its continuation.
    Plain(Language),
    Sequence(Vec<Self>),
    Alternatives(Vec<Self>),
    Lookahead {
        inner: Box<Self>,
        polarity: Lookahead,
    },
}

#[derive(Clone, Copy)]
enum Lookahead {
    /// `(?=…)`
    Positive,
    /// `(?!…)`
    Negative,
}

/// A parsed term. Assertions cannot be followed by a quantifier.
struct Term {
    node: Node,
    is_quantifiable: bool,
}

impl Term {
    const fn quantifiable(node: Node) -> Self {
        Self { node, is_quantifiable: true }
    }

    /// `^`, `$`, `\b` or `\B`.
    const fn assertion(language: Language) -> Self {
        Self { node: Node::Plain(language), is_quantifiable: false }
    }
}

impl Languages {
    /// Parses a pattern to the language of the texts in which it matches somewhere: `Σ* P Σ*`.
    pub(super) fn parse(&mut self, pattern: &str) -> Result<Language, PatternError> {
        let mut parser = Parser { rest: pattern.chars().peekable(), languages: self, depth: 0 };
        let node = parser.alternatives()?;
        if parser.rest.next().is_some() {
            return Err(PatternError::Syntax);
        }
        let any = self.universe();
        let matched = compile_before(self, &node, any)?;
        Ok(self.concat(any, matched))
    }
}

/// Compiles a node in front of its continuation, the language of everything that follows it.
///
/// Alternatives repeat the continuation, which is one interned language, so that nothing is copied.
fn compile_before(languages: &mut Languages, node: &Node, continuation: Language) -> Result<Language, PatternError> {
    languages.spend(1)?;
    Ok(match node {
        Node::Plain(language) => languages.concat(*language, continuation),
        Node::Sequence(parts) => {
            parts.iter().rev().try_fold(continuation, |next, part| compile_before(languages, part, next))?
        }
        Node::Alternatives(parts) => {
            let compile = |part| compile_before(languages, part, continuation);
            let parts: Vec<_> = parts.iter().map(compile).collect::<Result<_, _>>()?;
            languages.union(parts)
        }
        Node::Lookahead { inner, polarity } => {
            let any = languages.universe();
            let ahead = compile_before(languages, inner, any)?;
            let ahead = match polarity {
                Lookahead::Positive => ahead,
                Lookahead::Negative => languages.complement(ahead),
            };
            languages.intersect([ahead, continuation])
        }
    })
}

struct Parser<'p, 'l> {
    rest: Peekable<Chars<'p>>,
    languages: &'l mut Languages,
    depth: u32,
}

impl Parser<'_, '_> {
    fn eat(&mut self, c: char) -> bool {
        self.rest.next_if_eq(&c).is_some()
    }

    /// Consumes `text` where the rest begins with it.
    fn eat_text(&mut self, text: &str) -> bool {
        let mut ahead = self.rest.clone();
        if text.chars().all(|c| ahead.next_if_eq(&c).is_some()) {
            self.rest = ahead;
            return true;
        }
        false
    }

    /// Parses alternatives that are separated by `|`, up to the end of the group.
    fn alternatives(&mut self) -> Result<Node, PatternError> {
        self.depth += 1;
        if self.depth > MAX_GROUP_DEPTH {
            return Err(PatternError::Unsupported);
        }
        let mut parts = vec![self.sequence()?];
        while self.eat('|') {
            parts.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(match all_plain(&parts) {
            Some(plain) => Node::Plain(self.languages.union(plain)),
            None => Node::Alternatives(parts),
        })
    }

    /// Parses terms with their quantifiers, up to the end of the alternative.
    fn sequence(&mut self) -> Result<Node, PatternError> {
        let mut parts = Vec::new();
        while let Some(&c) = self.rest.peek() {
            if c == '|' || c == ')' {
                break;
            }
            self.languages.spend(1)?;
            let term = self.term()?;
            parts.push(self.quantified(term)?);
        }
        Ok(match all_plain(&parts) {
            Some(plain) => {
                let concat = |next, part| self.languages.concat(part, next);
                Node::Plain(plain.into_iter().rev().fold(Language::EPSILON, concat))
            }
            None => Node::Sequence(parts),
        })
    }

    /// Applies the quantifier that follows a term, if there is one.
    fn quantified(&mut self, term: Term) -> Result<Node, PatternError> {
        let counts = match self.quantifier()? {
            None if term.is_quantifiable => self.open_repetition(),
            counts => counts,
        };
        let Some((min, max)) = counts else { return Ok(term.node) };
        if !term.is_quantifiable {
            return Err(PatternError::Syntax);
        }
        // A lazy quantifier prefers another match, and matches the same texts.
        self.eat('?');
        if min > MAX_REPETITIONS || max.is_some_and(|max| max > MAX_REPETITIONS) {
            return Err(PatternError::Unsupported);
        }
        match term.node {
            Node::Plain(language) => Ok(Node::Plain(self.languages.repeat(language, min, max))),
            Node::Sequence(_) | Node::Alternatives(_) | Node::Lookahead { .. } => Err(PatternError::Unsupported),
        }
    }

    /// Parses a quantifier, where one follows, to its least and greatest number of repetitions.
    fn quantifier(&mut self) -> Result<Option<(u32, Option<u32>)>, PatternError> {
        if self.eat('*') {
            return Ok(Some((0, None)));
        }
        if self.eat('+') {
            return Ok(Some((1, None)));
        }
        if self.eat('?') {
            return Ok(Some((0, Some(1))));
        }
        let mut ahead = self.rest.clone();
        let Some(counts) = braces(&mut ahead) else { return Ok(None) };
        self.rest = ahead;
        if counts.1.is_some_and(|max| max < counts.0) {
            return Err(PatternError::Syntax);
        }
        Ok(Some(counts))
    }

    /// Parses `{,3}`, where it is read as a repetition and not as literal characters.
    fn open_repetition(&mut self) -> Option<(u32, Option<u32>)> {
        let mut ahead = self.rest.clone();
        ahead.next_if_eq(&'{')?;
        let max = strict::open_repetition(ahead)?;
        self.languages.has_open_repetitions = true;
        match self.languages.open_repetition {
            OpenRepetition::Literal => None,
            OpenRepetition::FromZero => {
                self.rest.by_ref().find(|c| *c == '}');
                // Too large a count is refused by its caller.
                Some((0, (!max.is_empty()).then(|| max.parse().unwrap_or(u32::MAX))))
            }
        }
    }

    /// Parses a character, a class, an assertion, an escape or a group.
    fn term(&mut self) -> Result<Term, PatternError> {
        let Some(c) = self.rest.next() else { return Err(PatternError::Syntax) };
        let language = match c {
            '^' => return Ok(Term::assertion(self.languages.intern(Expression::Start))),
            '$' => return Ok(Term::assertion(self.languages.intern(Expression::End))),
            '(' => return self.group(),
            '.' => self.languages.class(CharClass::dot()),
            '[' => {
                let class = self.bracketed()?;
                self.languages.class(class)
            }
            '\\' => return self.escape(),
            '*' | '+' | '?' => return Err(PatternError::Syntax),
            '{' => {
                // Annex B: literal, unless it begins a quantifier, which here would have nothing to repeat.
                let mut ahead = std::iter::once('{').chain(self.rest.clone()).peekable();
                if braces(&mut ahead).is_some() {
                    return Err(PatternError::Syntax);
                }
                self.languages.has_open_repetitions |= strict::open_repetition(self.rest.clone()).is_some();
                self.languages.class(CharClass::single('{'))
            }
            other => self.languages.class(CharClass::single(other)),
        };
        Ok(Term::quantifiable(Node::Plain(language)))
    }

    /// Parses the rest of a group after its parenthesis. Captures are ignored, with or without a
    /// name.
    fn group(&mut self) -> Result<Term, PatternError> {
        let lookahead = if self.eat_text("?=") {
            Some(Lookahead::Positive)
        } else if self.eat_text("?!") {
            Some(Lookahead::Negative)
        } else if self.eat_text("?<=") || self.eat_text("?<!") {
            return Err(PatternError::Unsupported);
        } else {
            if self.eat_text("?<") {
                while self.rest.next().ok_or(PatternError::Syntax)? != '>' {}
            } else if self.eat('?') && !self.eat(':') {
                // Inline flags, `(?i:…)`: ECMA-262 has them since 2025, later than the drafts.
                return Err(PatternError::Unsupported);
            }
            None
        };
        let inner = self.alternatives()?;
        if !self.eat(')') {
            return Err(PatternError::Syntax);
        }
        Ok(Term::quantifiable(match lookahead {
            Some(polarity) => Node::Lookahead { inner: Box::new(inner), polarity },
            None => inner,
        }))
    }

    /// Parses an escape outside brackets, where `\b` is a word boundary.
    fn escape(&mut self) -> Result<Term, PatternError> {
        match self.rest.peek() {
            Some('b' | 'B') => {
                let kind = if self.rest.next() == Some('b') { WordBoundary::At } else { WordBoundary::NotAt };
                return Ok(Term::assertion(self.languages.intern(Expression::WordBoundary(kind))));
            }
            Some('1'..='9' | 'k') => return Err(PatternError::Unsupported),
            Some(_) | None => {}
        }
        let class = self.escaped_class()?;
        Ok(Term::quantifiable(Node::Plain(self.languages.class(class))))
    }

    /// Parses the rest of an escape after its backslash, inside brackets or outside, to the class
    /// that it denotes.
    ///
    /// Letters without a meaning are errors with the `u` flag, and are not supported rather than
    /// wrong: engines differ about them.
    fn escaped_class(&mut self) -> Result<CharClass, PatternError> {
        let c = self.rest.next().ok_or(PatternError::Syntax)?;
        let set = |ranges: &[(u32, u32)]| CharClass::from_ranges(ranges.iter().copied());
        Ok(match c {
            'd' => set(class::DIGIT),
            'D' => set(class::DIGIT).complement(),
            'w' => set(class::WORD),
            'W' => set(class::WORD).complement(),
            's' => set(class::SPACE),
            'S' => set(class::SPACE).complement(),
            'p' | 'P' => self.unicode_property(c)?,
            't' => CharClass::single('\t'),
            'n' => CharClass::single('\n'),
            'v' => CharClass::single('\u{b}'),
            'f' => CharClass::single('\u{c}'),
            'r' => CharClass::single('\r'),
            '0' if !self.rest.peek().is_some_and(char::is_ascii_digit) => CharClass::single('\0'),
            'c' => {
                let letter = self.rest.next_if(char::is_ascii_alphabetic).ok_or(PatternError::Syntax)?;
                let code = u32::from(letter) % 32;
                CharClass::from_ranges([(code, code)])
            }
            'x' => {
                let code = self.hex_number(2)?;
                CharClass::from_ranges([(code, code)])
            }
            'u' => self.unicode_escape()?,
            letter if letter.is_ascii_alphanumeric() => return Err(PatternError::Unsupported),
            other => CharClass::single(other),
        })
    }

    fn hex_number(&mut self, digits: usize) -> Result<u32, PatternError> {
        let mut number = 0;
        for _ in 0..digits {
            let digit = self.rest.next().and_then(|c| c.to_digit(16)).ok_or(PatternError::Unsupported)?;
            number = number * 16 + digit;
        }
        Ok(number)
    }

    /// Parses the rest of `\u0041`, `\u{1F432}` or the surrogate pair `\uD83D\uDC32`.
    fn unicode_escape(&mut self) -> Result<CharClass, PatternError> {
        if self.eat('{') {
            let mut code = 0_u32;
            loop {
                match self.rest.next() {
                    Some('}') => break,
                    Some(c) => code = code * 16 + c.to_digit(16).ok_or(PatternError::Unsupported)?,
                    None => return Err(PatternError::Syntax),
                }
                if char::from_u32(code).is_none() {
                    return Err(PatternError::Unsupported);
                }
            }
            return Ok(CharClass::from_ranges([(code, code)]));
        }
        let first = self.hex_number(4)?;
        if (0xD800..0xDC00).contains(&first) && self.eat_text("\\u") {
            let second = self.hex_number(4)?;
            if !(0xDC00..0xE000).contains(&second) {
                return Err(PatternError::Unsupported);
            }
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return Ok(CharClass::from_ranges([(code, code)]));
        }
        Ok(CharClass::from_ranges([(first, first)]))
    }

    /// Parses the rest of `\p{…}`, by the Unicode tables of `regex-syntax`: the general categories
    /// and scripts there have the names that ECMA-262 has.
    fn unicode_property(&mut self, letter: char) -> Result<CharClass, PatternError> {
        if !self.eat('{') {
            return Err(PatternError::Unsupported);
        }
        let mut name = String::new();
        loop {
            match self.rest.next() {
                Some('}') => break,
                Some(c) if c.is_ascii_alphanumeric() || c == '_' || c == '=' => name.push(c),
                Some(_) | None => return Err(PatternError::Unsupported),
            }
        }
        let escape = format!("\\{letter}{{{name}}}");
        if let Some(known) = self.languages.properties.get(&escape) {
            return Ok(known.clone());
        }
        let parsed = regex_syntax::parse(&escape).map_err(|_| PatternError::Unsupported)?;
        let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) = parsed.kind() else {
            return Err(PatternError::Unsupported);
        };
        let ranges = class.ranges().iter().map(|range| (range.start().into(), range.end().into()));
        let class = CharClass::from_ranges(ranges);
        self.languages.properties.insert(escape, class.clone());
        Ok(class)
    }

    /// Parses the rest of a class in brackets, `[a-z\d-]`.
    fn bracketed(&mut self) -> Result<CharClass, PatternError> {
        let negated = self.eat('^');
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        loop {
            let low = match self.rest.next().ok_or(PatternError::Syntax)? {
                ']' => break,
                '\\' => self.class_escape()?,
                c => CharClass::single(c),
            };
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && ahead.peek().is_some_and(|&next| next != ']');
            if !is_range {
                ranges.extend_from_slice(low.ranges());
                continue;
            }
            self.rest.next();
            let high = match self.rest.next().ok_or(PatternError::Syntax)? {
                '\\' => self.class_escape()?,
                c => CharClass::single(c),
            };
            match (low.ranges(), high.ranges()) {
                (&[(low, same)], &[(high, also)]) if low == same && high == also => {
                    if high < low {
                        return Err(PatternError::Syntax);
                    }
                    ranges.push((low, high));
                }
                // Annex B: where an end is a class, as in `[\w-x]`, the hyphen is literal.
                (low, high) => {
                    ranges.extend_from_slice(low);
                    ranges.push((u32::from('-'), u32::from('-')));
                    ranges.extend_from_slice(high);
                }
            }
        }
        let class = CharClass::from_ranges(ranges);
        Ok(if negated { class.complement() } else { class })
    }

    /// Parses an escape inside brackets, where `\b` is a backspace.
    fn class_escape(&mut self) -> Result<CharClass, PatternError> {
        if self.eat('b') { Ok(CharClass::single('\u{8}')) } else { self.escaped_class() }
    }
}

/// Returns the languages of the parts if none of them depends on its continuation.
fn all_plain(parts: &[Node]) -> Option<Vec<Language>> {
    parts
        .iter()
        .map(|part| match part {
            Node::Plain(language) => Some(*language),
            Node::Sequence(_) | Node::Alternatives(_) | Node::Lookahead { .. } => None,
        })
        .collect()
}

/// Parses the bounds in `{2}`, `{2,}` or `{2,3}`; after anything else a brace is literal.
fn braces(rest: &mut Peekable<impl Iterator<Item = char>>) -> Option<(u32, Option<u32>)> {
    rest.next_if_eq(&'{')?;
    let min = digits(rest)?;
    let max = if rest.next_if_eq(&',').is_some() { digits(rest) } else { Some(min) };
    rest.next_if_eq(&'}')?;
    Some((min, max))
}

fn digits(rest: &mut Peekable<impl Iterator<Item = char>>) -> Option<u32> {
    let mut number: Option<u32> = None;
    while let Some(digit) = rest.peek().and_then(|c| c.to_digit(10)) {
        rest.next();
        number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
    }
    number
}
