//! One pattern against one event.

use super::compile::Compiled;
use super::leaf::Leaf;
use super::scan::{self, EventError, Scope, Sink};
use super::search::{self, Choice};
use super::subject::Subject;

impl Compiled {
    pub(super) fn matches(&self, subject: &Subject<'_>) -> Result<bool, EventError> {
        let mut found = Found::new(self);
        let scopes = scan::scan(subject, &self.fields, &mut found)?;
        if found.known {
            return Ok(true);
        }
        for branch in &self.branches {
            if !branch.iter().all(|condition| found.may_hold(*condition)) {
                continue;
            }
            if branch.iter().all(|condition| found.holds_anywhere(*condition)) {
                return Ok(true);
            }
            let choices: Vec<Choice> = branch.iter().map(|condition| found.choice(*condition)).collect();
            if search::hold_together(&choices, &scopes)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What has been found for each condition.
struct Found<'c> {
    compiled: &'c Compiled,
    /// Conditions that a value outside of all items holds for, and those that any value holds for.
    outside: Bits,
    anywhere: Bits,
    /// Values in items of lists: the condition and where.
    inside: Vec<(u32, Scope)>,
    /// Fields on which a condition will do with nothing, and where their values stand.
    values: Vec<(u32, Scope)>,
    /// The conditions that have to hold where there is one way only, and none of them will do with nothing.
    wanted: usize,
    known: bool,
}

impl<'c> Found<'c> {
    fn new(compiled: &'c Compiled) -> Self {
        let wanted = match compiled.branches.as_slice() {
            [branch] if !compiled.negative => branch.len(),
            _ => usize::MAX,
        };
        let (outside, anywhere) = (Bits::new(compiled.conditions.len()), Bits::new(compiled.conditions.len()));
        Self { compiled, outside, anywhere, inside: Vec::new(), values: Vec::new(), wanted, known: false }
    }

    fn values(&self, condition: u32) -> impl Iterator<Item = Scope> + '_ {
        let field = self.compiled.field[condition as usize];
        self.values.iter().filter(move |(of, _)| Some(*of) == field).map(|(_, scope)| *scope)
    }

    fn will_do_with_nothing(&self, condition: u32) -> bool {
        self.compiled.negative && self.compiled.conditions[condition as usize].finds_nothing()
    }

    /// Whether it holds, looked at alone.
    fn may_hold(&self, condition: u32) -> bool {
        self.anywhere.has(condition)
            || self.will_do_with_nothing(condition) && self.values(condition).all(|scope| scope != 0)
    }

    /// Whether it holds, whatever items are chosen.
    fn holds_anywhere(&self, condition: u32) -> bool {
        self.outside.has(condition) || self.will_do_with_nothing(condition) && self.values(condition).next().is_none()
    }

    fn choice(&self, condition: u32) -> Choice {
        let inside = self.inside.iter().filter(|(of, _)| *of == condition).map(|(_, scope)| *scope);
        let found = self.outside.has(condition).then_some(0).into_iter().chain(inside).collect();
        let missing = self.will_do_with_nothing(condition).then(|| self.values(condition).collect());
        Choice { found, missing }
    }
}

impl<'e> Sink<'e> for Found<'_> {
    fn take(&mut self, field: u32, leaf: Leaf<'e>, scope: Scope) -> bool {
        let conditions = &self.compiled.on[field as usize];
        if self.compiled.negative {
            self.values.push((field, scope));
        }
        for &condition in conditions {
            if scope == 0 && self.outside.has(condition) || !self.compiled.conditions[condition as usize].finds(&leaf) {
                continue;
            }
            self.anywhere.set(condition);
            if scope == 0 {
                self.outside.set(condition);
                self.wanted -= 1;
            } else {
                self.inside.push((condition, scope));
            }
        }
        self.known = self.wanted == 0;
        self.known
    }
}

/// A set of small numbers.
enum Bits {
    Few(u64),
    Many(Vec<u64>),
}

impl Bits {
    fn new(count: usize) -> Self {
        if count <= 64 { Self::Few(0) } else { Self::Many(vec![0; count.div_ceil(64)]) }
    }

    fn set(&mut self, number: u32) {
        match self {
            Self::Few(bits) => *bits |= 1 << number,
            Self::Many(words) => words[number as usize / 64] |= 1 << (number % 64),
        }
    }

    fn has(&self, number: u32) -> bool {
        match self {
            Self::Few(bits) => bits >> number & 1 == 1,
            Self::Many(words) => words[number as usize / 64] >> (number % 64) & 1 == 1,
        }
    }
}
