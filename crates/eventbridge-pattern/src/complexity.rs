//! How complex the service finds the wildcards of one field.
//!
//! It is the largest number of beginnings of wildcards that one value can have found at the same time, counted in bytes
//! and from the quote before the text: `"ab` and `"ab*` are two of `"ab*c"`. It is found by following all values there
//! can be, as sets of the beginnings that they have found.

use std::collections::{BTreeSet, HashSet};

use super::steps;
use super::wildcard::Wildcard;

/// The largest complexity that the service takes.
pub(super) const LIMIT: usize = 10;

/// How many sets are looked at. Where that does not do, the complexity counts as too large: the service would have to
/// look at as many.
const BUDGET: usize = 20_000;

/// The complexity, as far as it is within the limit; above it, some number above it.
pub(super) fn of<'w>(wildcards: impl IntoIterator<Item = &'w Wildcard>) -> usize {
    let distinct: HashSet<&Wildcard> = wildcards.into_iter().collect();
    let tokens: Vec<Token> = distinct.iter().flat_map(|wildcard| tokens(wildcard)).collect();
    let alphabet: BTreeSet<Option<u8>> = tokens
        .iter()
        .map(|token| if let Token::Byte(byte) = token { Some(*byte) } else { None })
        .chain([None])
        .collect();
    let start: Vec<usize> = (0..tokens.len()).filter(|at| tokens[*at] == Token::Start).collect();
    let start = close(start, &tokens);
    // What every value has found with its quote: the token before each of these.
    let mut most = 0;
    let mut seen = HashSet::from([start.clone()]);
    let mut next = vec![start];
    while let Some(found) = next.pop() {
        most = most.max(found.len());
        if most > LIMIT || seen.len() > BUDGET {
            return LIMIT + 1;
        }
        for byte in &alphabet {
            steps::step();
            let step = found.iter().filter_map(|&at| match (tokens[at], tokens.get(at + 1)) {
                (_, Some(Token::Byte(next))) if Some(*next) == *byte => Some(at + 1),
                _ => None,
            });
            let stay = found.iter().copied().filter(|at| tokens[*at] == Token::Star);
            let after = close(step.chain(stay).collect(), &tokens);
            if !after.is_empty() && seen.insert(after.clone()) {
                next.push(after);
            }
        }
    }
    most
}

/// A beginning is known by its last token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// The quote before the text.
    Start,
    Byte(u8),
    Star,
}

fn tokens(wildcard: &Wildcard) -> impl Iterator<Item = Token> + '_ {
    let pieces = wildcard.pieces().iter().enumerate().flat_map(|(index, piece)| {
        let star = (index > 0).then_some(Token::Star);
        star.into_iter().chain(piece.bytes().map(Token::Byte))
    });
    // The quote behind the text is a byte that no text has where it is not escaped; as a byte it can be followed.
    [Token::Start].into_iter().chain(pieces).chain([Token::Byte(b'"')])
}

/// A star that has found nothing has found that.
fn close(mut found: Vec<usize>, tokens: &[Token]) -> Vec<usize> {
    let stars: Vec<usize> = found.iter().map(|at| at + 1).filter(|at| tokens.get(*at) == Some(&Token::Star)).collect();
    found.extend(stars);
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complexity(wildcards: &[&str]) -> usize {
        let wildcards: Vec<_> = wildcards.iter().map(|text| Wildcard::new(text).unwrap()).collect();
        of(&wildcards)
    }

    #[test]
    fn beginnings_are_counted() {
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
    fn the_limit_is_where_the_service_has_it() {
        assert_eq!(complexity(&["*a*a*a*a*a"]), LIMIT);
        assert!(complexity(&["*:*:*:*:*:event-bus/*"]) > LIMIT);
        assert!(complexity(&["*a*a*a*a*a*"]) > LIMIT);
        // Not a matter of how many stars there are.
        assert!(complexity(&["*a*b*c*d*e*f*g"]) <= LIMIT);
    }

    #[test]
    fn the_search_ends() {
        let many: Vec<String> = (0..9).map(|i| format!("*{}*", "ab".repeat(30 + i) + &"ba".repeat(40 - i))).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(complexity(&many) > LIMIT);
    }
}
