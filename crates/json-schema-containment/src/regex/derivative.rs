//! Nullability and derivatives: the table of the parent module.

use std::rc::Rc;

use super::super::budget::BudgetExhausted;
use super::{Expression, Language, Languages, Lookbehind, Position, WORK_PER_STEP, WordBoundary};

impl Languages {
    /// Returns true if the empty text, at this position, is in the language: Brzozowski's ν, with assertions.
    ///
    /// # Errors
    ///
    /// The work is used up.
    pub(super) fn is_nullable(&self, language: Language, position: Position) -> Result<bool, BudgetExhausted> {
        let mut language = language;
        loop {
            self.spend(1)?;
            return Ok(match &**self.expression(language) {
                Expression::Empty | Expression::Class(_) => false,
                Expression::Epsilon => true,
                Expression::Concat(a, b) => {
                    if !self.is_nullable(*a, position)? {
                        return Ok(false);
                    }
                    language = *b;
                    continue;
                }
                Expression::Union(parts) => self.is_any_nullable(parts, position, true)?,
                Expression::Intersection(parts) => !self.is_any_nullable(parts, position, false)?,
                Expression::Complement(inner) => !self.is_nullable(*inner, position)?,
                Expression::Repeat { inner, min, .. } => *min == 0 || self.is_nullable(*inner, position)?,
                Expression::Start => position.is_start,
                Expression::End => position.is_end,
                Expression::WordBoundary(kind) => {
                    let is_boundary = position.is_word_before != position.is_word_after;
                    match kind {
                        WordBoundary::At => is_boundary,
                        WordBoundary::NotAt => !is_boundary,
                    }
                }
            });
        }
    }

    /// Returns true if the nullability of one of the languages is the wanted one.
    fn is_any_nullable(&self, parts: &[Language], position: Position, wanted: bool) -> Result<bool, BudgetExhausted> {
        for &part in parts {
            if self.is_nullable(part, position)? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Computes the derivative by `c`, read at a position with `behind` before it: the language of
    /// the texts that may follow `c`.
    ///
    /// The memo makes the derivative of a shared subexpression free, without which nested
    /// repetitions are exponential. The recursion is as deep as the operators nest.
    ///
    /// # Errors
    ///
    /// The work is used up.
    pub(super) fn derivative(
        &mut self,
        language: Language,
        c: char,
        behind: Lookbehind,
    ) -> Result<Language, BudgetExhausted> {
        let memo_key = (language, c, behind);
        if let Some(&derivative) = self.derivatives.get(&memo_key) {
            return Ok(derivative);
        }
        self.spend(WORK_PER_STEP)?;
        let position = behind.before(c);
        let expression = Rc::clone(self.expression(language));
        let derivative = match &*expression {
            Expression::Empty
            | Expression::Epsilon
            | Expression::Start
            | Expression::End
            | Expression::WordBoundary(_) => Language::EMPTY,
            Expression::Class(class) => {
                if class.contains(c) {
                    Language::EPSILON
                } else {
                    Language::EMPTY
                }
            }
            Expression::Concat(a, b) => self.derivative_of_sequence(*a, *b, c, behind)?,
            Expression::Union(parts) => {
                let parts = self.derivatives_of_parts(parts, c, behind)?;
                self.union(parts)
            }
            Expression::Intersection(parts) => {
                let parts = self.derivatives_of_parts(parts, c, behind)?;
                self.intersect(parts)
            }
            Expression::Complement(inner) => {
                let inner = self.derivative(*inner, c, behind)?;
                self.complement(inner)
            }
            Expression::Repeat { inner, min, max } => {
                let first = self.derivative(*inner, c, behind)?;
                // A nullable inner expression can supply all of the repetitions that are still required as empty texts.
                let min = if self.is_nullable(*inner, position)? { 0 } else { min.saturating_sub(1) };
                let rest = self.repeat(*inner, min, max.map(|max| max - 1));
                self.concat(first, rest)
            }
        };
        self.derivatives.insert(memo_key, derivative);
        Ok(derivative)
    }

    /// Computes the derivative of a concatenation: those of its first parts, up to the first that is not nullable, each
    /// followed by the rest.
    fn derivative_of_sequence(
        &mut self,
        first: Language,
        rest: Language,
        c: char,
        behind: Lookbehind,
    ) -> Result<Language, BudgetExhausted> {
        let position = behind.before(c);
        let (mut first, mut rest, mut alternatives) = (first, rest, Vec::new());
        loop {
            self.spend(1)?;
            let derivative = self.derivative(first, c, behind)?;
            alternatives.push(self.concat(derivative, rest));
            if !self.is_nullable(first, position)? {
                break;
            }
            let Expression::Concat(a, b) = **self.expression(rest) else {
                alternatives.push(self.derivative(rest, c, behind)?);
                break;
            };
            (first, rest) = (a, b);
        }
        Ok(match *alternatives {
            [only] => only,
            _ => self.union(alternatives),
        })
    }

    fn derivatives_of_parts(
        &mut self,
        parts: &[Language],
        c: char,
        behind: Lookbehind,
    ) -> Result<Vec<Language>, BudgetExhausted> {
        self.spend(parts.len() as u64)?;
        parts.iter().map(|&part| self.derivative(part, c, behind)).collect()
    }
}
