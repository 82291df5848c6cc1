//! Patterns as languages: sets of texts that can be met, joined, negated and searched for members.
//!
//! A pattern is taken as ECMA-262 takes it: it may match anywhere in the text, `.` is no line end, `\d` and `\w` are
//! ASCII. A language is an expression over texts, and the language of what may follow a character is again one: its
//! derivative (Brzozowski, 1964), here with the anchors `^`, `$`, `\b` and `\B`, which look at what stands beside them.

mod class;
mod parse;
mod search;

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _};

use class::Class;
pub(super) use parse::PatternError;
pub(super) use search::{Automaton, MemberQuery};

/// A set of texts, by its number in the [`Languages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Language(u32);

impl Language {
    const NONE: Self = Self(0);
    const EMPTY_TEXT: Self = Self(1);
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Expression {
    None,
    EmptyText,
    Class(Class),
    /// One after the other.
    Then(Language, Language),
    Or(Box<[Language]>),
    And(Box<[Language]>),
    Not(Language),
    Repeat {
        what: Language,
        least: u32,
        most: Option<u32>,
    },
    Start,
    End,
    /// A place where a word begins or ends, or one where it does neither.
    WordBoundary {
        holds: bool,
    },
}

/// What stands beside a place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "four things that are so or not, each by itself")]
struct Beside {
    start: bool,
    end: bool,
    word_before: bool,
    word_after: bool,
}

/// The languages of a question.
pub(super) struct Languages {
    expressions: Vec<Rc<Expression>>,
    ids: HashMap<Rc<Expression>, Language>,
    patterns: HashMap<String, Result<Language, PatternError>>,
    derivatives: HashMap<(Language, char, bool, bool), Language>,
}

impl Languages {
    pub(super) fn new() -> Self {
        let mut languages = Self {
            expressions: Vec::new(),
            ids: HashMap::new(),
            patterns: HashMap::new(),
            derivatives: HashMap::new(),
        };
        languages.intern(Expression::None);
        languages.intern(Expression::EmptyText);
        languages
    }

    /// All texts in which the pattern matches somewhere.
    pub(super) fn compile(&mut self, pattern: &str) -> Result<Language, PatternError> {
        if let Some(known) = self.patterns.get(pattern) {
            return *known;
        }
        let language = parse::parse(self, pattern);
        self.patterns.insert(pattern.to_owned(), language);
        language
    }

    /// Whether the text is in the language.
    pub(super) fn matches(&mut self, language: Language, text: &str) -> bool {
        let (mut state, mut start, mut word) = (language, true, false);
        for c in text.chars() {
            state = self.derivative(state, c, start, word);
            if state == Language::NONE {
                return false;
            }
            (start, word) = (false, class::is_word(c));
        }
        self.ends(state, start, word)
    }

    fn expression(&self, language: Language) -> &Rc<Expression> {
        &self.expressions[language.0 as usize]
    }

    fn intern(&mut self, expression: Expression) -> Language {
        if let Some(&id) = self.ids.get(&expression) {
            return id;
        }
        let expression = Rc::new(expression);
        let id = Language(u32::try_from(self.expressions.len()).unwrap_or(u32::MAX));
        self.expressions.push(Rc::clone(&expression));
        self.ids.insert(expression, id);
        id
    }

    fn class(&mut self, class: Class) -> Language {
        if class.is_empty() { Language::NONE } else { self.intern(Expression::Class(class)) }
    }

    fn any_text(&mut self) -> Language {
        let any = self.class(Class::any());
        self.repeat(any, 0, None)
    }

    fn then(&mut self, first: Language, second: Language) -> Language {
        match (first, second) {
            (Language::NONE, _) | (_, Language::NONE) => Language::NONE,
            (Language::EMPTY_TEXT, other) | (other, Language::EMPTY_TEXT) => other,
            (first, second) => match &*Rc::clone(self.expression(first)) {
                // Bracketed to the right, so that equal sequences are one.
                Expression::Then(a, b) => {
                    let rest = self.then(*b, second);
                    self.intern(Expression::Then(*a, rest))
                }
                _ => self.intern(Expression::Then(first, second)),
            },
        }
    }

    fn repeat(&mut self, what: Language, least: u32, most: Option<u32>) -> Language {
        match (what, least, most) {
            (_, _, Some(0)) | (Language::EMPTY_TEXT, _, _) | (Language::NONE, 0, _) => Language::EMPTY_TEXT,
            (Language::NONE, _, _) => Language::NONE,
            (what, 1, Some(1)) => what,
            (what, least, most) => self.intern(Expression::Repeat { what, least, most }),
        }
    }

    fn or(&mut self, parts: impl IntoIterator<Item = Language>) -> Language {
        let mut flat = Vec::new();
        for part in parts {
            match &**self.expression(part) {
                Expression::None => {}
                Expression::Or(inner) => flat.extend_from_slice(inner),
                _ => flat.push(part),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        let any = self.any_text();
        if flat.contains(&any) || self.has_contradiction(&flat) {
            return any;
        }
        match *flat {
            [] => Language::NONE,
            [one] => one,
            _ => self.intern(Expression::Or(flat.into())),
        }
    }

    fn and(&mut self, parts: impl IntoIterator<Item = Language>) -> Language {
        let any = self.any_text();
        let mut flat = Vec::new();
        for part in parts {
            match &**self.expression(part) {
                Expression::None => return Language::NONE,
                Expression::And(inner) => flat.extend_from_slice(inner),
                _ if part == any => {}
                _ => flat.push(part),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        if self.has_contradiction(&flat) {
            return Language::NONE;
        }
        match *flat {
            [] => any,
            [one] => one,
            _ => self.intern(Expression::And(flat.into())),
        }
    }

    fn has_contradiction(&self, sorted: &[Language]) -> bool {
        sorted.iter().any(|&part| match &**self.expression(part) {
            Expression::Not(inner) => sorted.binary_search(inner).is_ok(),
            _ => false,
        })
    }

    fn not(&mut self, what: Language) -> Language {
        let any = self.any_text();
        match &**self.expression(what) {
            Expression::Not(inner) => *inner,
            Expression::None => any,
            _ if what == any => Language::NONE,
            _ => self.intern(Expression::Not(what)),
        }
    }

    /// Whether nothing at all may stand at a place like this one.
    fn may_be_empty(&self, language: Language, beside: Beside) -> bool {
        match &**self.expression(language) {
            Expression::None | Expression::Class(_) => false,
            Expression::EmptyText => true,
            Expression::Then(a, b) => self.may_be_empty(*a, beside) && self.may_be_empty(*b, beside),
            Expression::Or(parts) => parts.iter().any(|&part| self.may_be_empty(part, beside)),
            Expression::And(parts) => parts.iter().all(|&part| self.may_be_empty(part, beside)),
            Expression::Not(inner) => !self.may_be_empty(*inner, beside),
            Expression::Repeat { what, least, .. } => *least == 0 || self.may_be_empty(*what, beside),
            Expression::Start => beside.start,
            Expression::End => beside.end,
            Expression::WordBoundary { holds } => (beside.word_before != beside.word_after) == *holds,
        }
    }

    /// Whether a text that has been followed up to here may end here.
    fn ends(&self, language: Language, start: bool, word_before: bool) -> bool {
        self.may_be_empty(language, Beside { start, end: true, word_before, word_after: false })
    }

    /// What may follow after `c`.
    fn derivative(&mut self, language: Language, c: char, start: bool, word_before: bool) -> Language {
        let known = (language, c, start, word_before);
        if let Some(&derivative) = self.derivatives.get(&known) {
            return derivative;
        }
        let beside = Beside { start, end: false, word_before, word_after: class::is_word(c) };
        let expression = Rc::clone(self.expression(language));
        let derivative = match &*expression {
            Expression::None
            | Expression::EmptyText
            | Expression::Start
            | Expression::End
            | Expression::WordBoundary { .. } => Language::NONE,
            Expression::Class(class) => {
                if class.has(c) {
                    Language::EMPTY_TEXT
                } else {
                    Language::NONE
                }
            }
            Expression::Then(a, b) => {
                let first = self.derivative(*a, c, start, word_before);
                let first = self.then(first, *b);
                if self.may_be_empty(*a, beside) {
                    let second = self.derivative(*b, c, start, word_before);
                    self.or([first, second])
                } else {
                    first
                }
            }
            Expression::Or(parts) => {
                let parts: Vec<_> = parts.iter().map(|&part| self.derivative(part, c, start, word_before)).collect();
                self.or(parts)
            }
            Expression::And(parts) => {
                let parts: Vec<_> = parts.iter().map(|&part| self.derivative(part, c, start, word_before)).collect();
                self.and(parts)
            }
            Expression::Not(inner) => {
                let inner = self.derivative(*inner, c, start, word_before);
                self.not(inner)
            }
            Expression::Repeat { what, least, most } => {
                let first = self.derivative(*what, c, start, word_before);
                // Those before the one that takes the character may all be empty.
                let least = if self.may_be_empty(*what, beside) { 0 } else { least.saturating_sub(1) };
                let rest = self.repeat(*what, least, most.map(|most| most - 1));
                self.then(first, rest)
            }
        };
        self.derivatives.insert(known, derivative);
        derivative
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
    fn patterns_match_what_ecma_262_says() {
        for (pattern, matched, unmatched) in CASES {
            let mut languages = Languages::new();
            let language = languages.compile(pattern).unwrap();
            for text in *matched {
                assert!(languages.matches(language, text), "{pattern} {text:?}");
            }
            for text in *unmatched {
                assert!(!languages.matches(language, text), "{pattern} {text:?}");
            }
        }
    }

    #[test]
    fn what_is_not_regular_is_refused() {
        for pattern in [r"(a)\1", "(?<=a)b", "(?<!a)b", r"(?<n>a)\k<n>", "(?:(?=a)a)*"] {
            assert!(Languages::new().compile(pattern).is_err(), "{pattern}");
        }
        for pattern in ["(", "a)", "*a", "a**", "[b-a]", r"\", "a{2,1}"] {
            assert!(Languages::new().compile(pattern).is_err(), "{pattern}");
        }
    }
}
