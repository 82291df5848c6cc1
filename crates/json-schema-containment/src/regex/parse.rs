//! A pattern as ECMA-262 spells it, with what its annex B lets pass: `]`, `{` and unknown escapes stand for themselves.

use std::iter::Peekable;
use std::str::Chars;

use super::class::{self, Class};
use super::{Expression, Language, Languages};

/// Why a pattern is no language that we can reckon with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PatternError {
    /// It is not a pattern.
    Syntax,
    /// It looks back, or repeats what looks ahead.
    Unsupported,
}

/// How deep groups may stand in one another.
const DEPTH: u32 = 100;
/// How often something may be repeated.
const REPEATS: u32 = 100_000;

/// A pattern, before what follows it is known: looking ahead needs that.
enum Tree {
    Plain(Language),
    Then(Vec<Self>),
    Or(Vec<Self>),
    Look { inner: Box<Self>, holds: bool },
}

pub(super) fn parse(languages: &mut Languages, pattern: &str) -> Result<Language, PatternError> {
    let mut parser = Parser { rest: pattern.chars().peekable(), languages, depth: 0 };
    let tree = parser.alternatives()?;
    if parser.rest.next().is_some() {
        return Err(PatternError::Syntax);
    }
    let any = languages.any_text();
    let found = followed_by(languages, &tree, any);
    Ok(languages.then(any, found))
}

fn followed_by(languages: &mut Languages, tree: &Tree, next: Language) -> Language {
    match tree {
        Tree::Plain(language) => languages.then(*language, next),
        Tree::Then(parts) => parts.iter().rev().fold(next, |next, part| followed_by(languages, part, next)),
        Tree::Or(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| followed_by(languages, part, next)).collect();
            languages.or(parts)
        }
        Tree::Look { inner, holds } => {
            let any = languages.any_text();
            let seen = followed_by(languages, inner, any);
            let seen = if *holds { seen } else { languages.not(seen) };
            languages.and([seen, next])
        }
    }
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

    /// The rest begins with this text, which is taken then.
    fn eat_all(&mut self, text: &str) -> bool {
        let mut ahead = self.rest.clone();
        if text.chars().all(|c| ahead.next_if_eq(&c).is_some()) {
            self.rest = ahead;
            return true;
        }
        false
    }

    fn alternatives(&mut self) -> Result<Tree, PatternError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(PatternError::Unsupported);
        }
        let mut parts = vec![self.sequence()?];
        while self.eat('|') {
            parts.push(self.sequence()?);
        }
        self.depth -= 1;
        if parts.iter().all(|part| matches!(part, Tree::Plain(_))) {
            let plain: Vec<_> = parts.iter().filter_map(plain).collect();
            return Ok(Tree::Plain(self.languages.or(plain)));
        }
        Ok(Tree::Or(parts))
    }

    fn sequence(&mut self) -> Result<Tree, PatternError> {
        let mut parts = Vec::new();
        while let Some(&c) = self.rest.peek() {
            if c == '|' || c == ')' {
                break;
            }
            let term = self.term()?;
            parts.push(self.quantified(term)?);
        }
        if parts.iter().all(|part| matches!(part, Tree::Plain(_))) {
            let plain: Vec<_> = parts.iter().filter_map(plain).collect();
            let whole =
                plain.into_iter().rev().fold(Language::EMPTY_TEXT, |next, part| self.languages.then(part, next));
            return Ok(Tree::Plain(whole));
        }
        Ok(Tree::Then(parts))
    }

    fn quantified(&mut self, (term, repeatable): (Tree, bool)) -> Result<Tree, PatternError> {
        let Some((least, most)) = self.quantifier()? else { return Ok(term) };
        if !repeatable {
            return Err(PatternError::Syntax);
        }
        self.eat('?');
        if least > REPEATS || most.is_some_and(|most| most > REPEATS) {
            return Err(PatternError::Unsupported);
        }
        match term {
            Tree::Plain(language) => Ok(Tree::Plain(self.languages.repeat(language, least, most))),
            Tree::Then(_) | Tree::Or(_) | Tree::Look { .. } => Err(PatternError::Unsupported),
        }
    }

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
        if counts.1.is_some_and(|most| most < counts.0) {
            return Err(PatternError::Syntax);
        }
        Ok(Some(counts))
    }

    /// One term, and whether it may be repeated.
    fn term(&mut self) -> Result<(Tree, bool), PatternError> {
        let Some(c) = self.rest.next() else { return Err(PatternError::Syntax) };
        let language = match c {
            '^' => return Ok((Tree::Plain(self.languages.intern(Expression::Start)), false)),
            '$' => return Ok((Tree::Plain(self.languages.intern(Expression::End)), false)),
            '(' => return self.group(),
            '.' => self.languages.class(Class::dot()),
            '[' => {
                let class = self.bracketed()?;
                self.languages.class(class)
            }
            '\\' => return self.escape(),
            '*' | '+' | '?' => return Err(PatternError::Syntax),
            '{' => {
                let mut ahead = ['{'].into_iter().chain(self.rest.clone()).collect::<String>();
                ahead.truncate(64);
                if braces(&mut ahead.chars().peekable()).is_some() {
                    return Err(PatternError::Syntax);
                }
                self.languages.class(Class::one('{'))
            }
            other => self.languages.class(Class::one(other)),
        };
        Ok((Tree::Plain(language), true))
    }

    fn group(&mut self) -> Result<(Tree, bool), PatternError> {
        let look = if self.eat_all("?=") {
            Some(true)
        } else if self.eat_all("?!") {
            Some(false)
        } else if self.eat_all("?<=") || self.eat_all("?<!") {
            return Err(PatternError::Unsupported);
        } else {
            if self.eat_all("?<") {
                while self.rest.next().ok_or(PatternError::Syntax)? != '>' {}
            } else if self.eat('?') && !self.eat(':') {
                // Flags for a part of a pattern: newer than the drafts.
                return Err(PatternError::Unsupported);
            }
            None
        };
        let inner = self.alternatives()?;
        if !self.eat(')') {
            return Err(PatternError::Syntax);
        }
        Ok(match look {
            Some(holds) => (Tree::Look { inner: Box::new(inner), holds }, true),
            None => (inner, true),
        })
    }

    fn escape(&mut self) -> Result<(Tree, bool), PatternError> {
        match self.rest.peek() {
            Some('b' | 'B') => {
                let holds = self.rest.next() == Some('b');
                return Ok((Tree::Plain(self.languages.intern(Expression::WordBoundary { holds })), false));
            }
            Some('1'..='9' | 'k') => return Err(PatternError::Unsupported),
            Some(_) | None => {}
        }
        let class = self.escaped_class()?;
        Ok((Tree::Plain(self.languages.class(class)), true))
    }

    /// What stands after a backslash, in brackets or not.
    fn escaped_class(&mut self) -> Result<Class, PatternError> {
        let c = self.rest.next().ok_or(PatternError::Syntax)?;
        let set = |ranges: &[(u32, u32)]| Class::of(ranges.iter().copied());
        Ok(match c {
            'd' => set(class::DIGIT),
            'D' => set(class::DIGIT).complement(),
            'w' => set(class::WORD),
            'W' => set(class::WORD).complement(),
            's' => set(class::SPACE),
            'S' => set(class::SPACE).complement(),
            'p' | 'P' => self.property(c)?,
            't' => Class::one('\t'),
            'n' => Class::one('\n'),
            'v' => Class::one('\u{b}'),
            'f' => Class::one('\u{c}'),
            'r' => Class::one('\r'),
            '0' if !self.rest.peek().is_some_and(char::is_ascii_digit) => Class::one('\0'),
            'c' => {
                let letter = self.rest.next_if(char::is_ascii_alphabetic).ok_or(PatternError::Syntax)?;
                let code = u32::from(letter) % 32;
                Class::of([(code, code)])
            }
            'x' => self.hexadecimal(2)?,
            'u' => self.unicode()?,
            letter if letter.is_ascii_alphanumeric() => return Err(PatternError::Unsupported),
            other => Class::one(other),
        })
    }

    fn number(&mut self, digits: usize) -> Result<u32, PatternError> {
        let mut number = 0;
        for _ in 0..digits {
            let digit = self.rest.next().and_then(|c| c.to_digit(16)).ok_or(PatternError::Unsupported)?;
            number = number * 16 + digit;
        }
        Ok(number)
    }

    fn hexadecimal(&mut self, digits: usize) -> Result<Class, PatternError> {
        let code = self.number(digits)?;
        Ok(Class::of([(code, code)]))
    }

    fn unicode(&mut self) -> Result<Class, PatternError> {
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
            return Ok(Class::of([(code, code)]));
        }
        let first = self.number(4)?;
        if (0xD800..0xDC00).contains(&first) && self.eat_all("\\u") {
            let second = self.number(4)?;
            if !(0xDC00..0xE000).contains(&second) {
                return Err(PatternError::Unsupported);
            }
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return Ok(Class::of([(code, code)]));
        }
        Ok(Class::of([(first, first)]))
    }

    /// `\p{…}`: the tables of the `regex` crates.
    fn property(&mut self, letter: char) -> Result<Class, PatternError> {
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
        let parsed = regex_syntax::parse(&format!("\\{letter}{{{name}}}")).map_err(|_| PatternError::Unsupported)?;
        match parsed.kind() {
            regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => {
                Ok(Class::of(class.ranges().iter().map(|range| (range.start().into(), range.end().into()))))
            }
            _ => Err(PatternError::Unsupported),
        }
    }

    fn bracketed(&mut self) -> Result<Class, PatternError> {
        let negated = self.eat('^');
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        loop {
            let low = match self.rest.next().ok_or(PatternError::Syntax)? {
                ']' => break,
                '\\' => self.in_brackets()?,
                c => Class::one(c),
            };
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && ahead.peek().is_some_and(|&next| next != ']');
            if !is_range {
                ranges.extend_from_slice(low.ranges());
                continue;
            }
            self.rest.next();
            let high = match self.rest.next().ok_or(PatternError::Syntax)? {
                '\\' => self.in_brackets()?,
                c => Class::one(c),
            };
            match (low.ranges(), high.ranges()) {
                (&[(low, same)], &[(high, also)]) if low == same && high == also => {
                    if high < low {
                        return Err(PatternError::Syntax);
                    }
                    ranges.push((low, high));
                }
                // `[\w-x]`: the hyphen stands for itself.
                (low, high) => {
                    ranges.extend_from_slice(low);
                    ranges.push((u32::from('-'), u32::from('-')));
                    ranges.extend_from_slice(high);
                }
            }
        }
        let class = Class::of(ranges);
        Ok(if negated { class.complement() } else { class })
    }

    fn in_brackets(&mut self) -> Result<Class, PatternError> {
        if self.eat('b') { Ok(Class::one('\u{8}')) } else { self.escaped_class() }
    }
}

fn plain(tree: &Tree) -> Option<Language> {
    match tree {
        Tree::Plain(language) => Some(*language),
        Tree::Then(_) | Tree::Or(_) | Tree::Look { .. } => None,
    }
}

/// `{2}`, `{2,}` or `{2,3}`; anything else stands for itself.
fn braces(rest: &mut Peekable<Chars<'_>>) -> Option<(u32, Option<u32>)> {
    rest.next_if_eq(&'{')?;
    let least = digits(rest)?;
    let most = if rest.next_if_eq(&',').is_some() { digits(rest) } else { Some(least) };
    rest.next_if_eq(&'}')?;
    Some((least, most))
}

fn digits(rest: &mut Peekable<Chars<'_>>) -> Option<u32> {
    let mut number: Option<u32> = None;
    while let Some(digit) = rest.peek().and_then(|c| c.to_digit(10)) {
        rest.next();
        number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
    }
    number
}
