//! Complexity of the wildcards on one field, as the service limits it.
//!
//! Complexity is the maximum number of wildcard prefixes that one value can match at the same time: `"ab` and `"ab*` are
//! two prefixes of `"ab*c"`, quotes included. It is computed by subset construction over the NFA of all wildcards, on
//! bytes, as in `MachineComplexityEvaluator` of event-ruler.

use std::collections::{BTreeSet, HashSet};

use crate::step_counter::count_step;
use crate::wildcard::Wildcard;

/// The largest complexity that the service accepts.
pub(crate) const MAX_COMPLEXITY: usize = 10;

/// Maximum number of state sets that are visited. Beyond it, the complexity counts as too large: the service would have to
/// visit as many.
const MAX_STATE_SETS: usize = 20_000;

/// Returns the complexity, or some number above [`MAX_COMPLEXITY`] if it is larger.
pub(crate) fn wildcard_complexity<'w>(wildcards: impl IntoIterator<Item = &'w Wildcard>) -> usize {
    let distinct: HashSet<&Wildcard> = wildcards.into_iter().collect();
    let tokens: Vec<Token> = distinct.iter().flat_map(|wildcard| tokenize(wildcard)).collect();
    // `None` stands for every byte that no wildcard contains.
    let alphabet: BTreeSet<Option<u8>> = tokens
        .iter()
        .map(|token| if let Token::Byte(byte) = token { Some(*byte) } else { None })
        .chain([None])
        .collect();
    let start: Vec<usize> = (0..tokens.len()).filter(|at| tokens[*at] == Token::Start).collect();
    let start = epsilon_closure(start, &tokens);
    let mut max = 0;
    let mut seen = HashSet::from([start.clone()]);
    let mut pending = vec![start];
    while let Some(states) = pending.pop() {
        max = max.max(states.len());
        if max > MAX_COMPLEXITY || seen.len() > MAX_STATE_SETS {
            return MAX_COMPLEXITY + 1;
        }
        for byte in &alphabet {
            count_step();
            let advanced = states.iter().filter_map(|&at| match (tokens[at], tokens.get(at + 1)) {
                (_, Some(Token::Byte(next))) if Some(*next) == *byte => Some(at + 1),
                _ => None,
            });
            let looped = states.iter().copied().filter(|at| tokens[*at] == Token::Star);
            let next = epsilon_closure(advanced.chain(looped).collect(), &tokens);
            if !next.is_empty() && seen.insert(next.clone()) {
                pending.push(next);
            }
        }
    }
    max
}

/// A state of the NFA: the last token of the prefix that is matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// The quote before the text.
    Start,
    Byte(u8),
    Star,
}

fn tokenize(wildcard: &Wildcard) -> impl Iterator<Item = Token> + '_ {
    let literals = wildcard.literals().iter().enumerate().flat_map(|(index, literal)| {
        let star = (index > 0).then_some(Token::Star);
        star.into_iter().chain(literal.bytes().map(Token::Byte))
    });
    // The quote after the text is a byte like any other: a quote in the text would be escaped.
    [Token::Start].into_iter().chain(literals).chain([Token::Byte(b'"')])
}

/// Adds the stars that follow a state, as a star matches the empty run.
fn epsilon_closure(mut states: Vec<usize>, tokens: &[Token]) -> Vec<usize> {
    let stars: Vec<usize> = states.iter().map(|at| at + 1).filter(|at| tokens.get(*at) == Some(&Token::Star)).collect();
    states.extend(stars);
    states.sort_unstable();
    states.dedup();
    states
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complexity(wildcards: &[&str]) -> usize {
        let wildcards: Vec<_> = wildcards.iter().map(|text| Wildcard::new(text).unwrap()).collect();
        wildcard_complexity(&wildcards)
    }

    #[test]
    fn simultaneous_prefixes_are_counted() {
        for (expected, wildcards) in [
            (1, &["abc"][..]),
            (2, &["*"]),
            (2, &["a*b"]),
            (3, &["a*b*cd"]),
            (4, &["*aba*"]),
            (2, &["abc*", "abd*"]),
            (4, &["ab*c", "ab*d"]),
            (4, &["a*bc", "a*de"]),
            (2, &["ab*c", "ab*c"]),
        ] {
            assert_eq!(complexity(wildcards), expected, "{wildcards:?}");
        }
    }

    #[test]
    fn the_limit_is_that_of_the_service() {
        assert_eq!(complexity(&["*a*a*a*a*a"]), MAX_COMPLEXITY);
        assert!(complexity(&["*:*:*:*:*:event-bus/*"]) > MAX_COMPLEXITY);
        assert!(complexity(&["*a*a*a*a*a*"]) > MAX_COMPLEXITY);
        // The number of stars does not decide.
        assert!(complexity(&["*a*b*c*d*e*f*g"]) <= MAX_COMPLEXITY);
    }

    #[test]
    fn the_search_is_bounded() {
        let many: Vec<String> = (0..9).map(|i| format!("*{}*", "ab".repeat(30 + i) + &"ba".repeat(40 - i))).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(complexity(&many) > MAX_COMPLEXITY);
    }
}
