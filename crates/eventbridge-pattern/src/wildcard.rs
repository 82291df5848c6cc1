//! `wildcard`: a String in which `*` matches any run of characters, also the empty one.

use json_document::text::Tree;

use crate::cursor;
use crate::error::Rejection;

pub(crate) const NAME: &str = "wildcard";

/// The unescaped literals between the stars: one more than there are stars.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wildcard {
    literals: Vec<String>,
}

impl Wildcard {
    pub(crate) fn parse(tree: &Tree<'_>) -> Result<Self, Rejection> {
        let help = "write one string, [{\"wildcard\": \"a*\"}]; for several, one matcher each";
        Self::new(cursor::expect_string(tree, || Rejection::new("wildcard match pattern must be a string", help))?)
    }

    pub(crate) fn new(text: &str) -> Result<Self, Rejection> {
        let mut literals = vec![String::new()];
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            // The service counts bytes from the quote before the text.
            let position = at + 1;
            let literal = literals.last_mut().expect("there is always a literal");
            match character {
                '*' if matches!(characters.peek(), Some((_, '*'))) => {
                    return Err(Rejection::new(
                        format!("Consecutive wildcard characters at pos {position}"),
                        "write one star, which matches any run of characters; a literal star is \\\\*",
                    ));
                }
                '*' => literals.push(String::new()),
                '\\' => match characters.next() {
                    Some((_, escaped @ ('*' | '\\'))) => literal.push(escaped),
                    _ => {
                        return Err(Rejection::new(
                            format!("Invalid escape character at pos {position}"),
                            "write a backslash as \\\\\\\\ and a star as \\\\*; nothing else is escaped in a wildcard",
                        ));
                    }
                },
                _ => literal.push(character),
            }
        }
        Ok(Self { literals })
    }

    pub(crate) fn literals(&self) -> &[String] {
        &self.literals
    }

    /// Matches greedily from the left: the leftmost occurrence of a literal leaves the most text for the next ones. Time
    /// is linear in the value for each literal.
    pub(crate) fn matches(&self, value: &str) -> bool {
        let [first, others @ ..] = self.literals.as_slice() else { return false };
        let [middle @ .., last] = others else { return value == first };
        let Some(mut rest) = value.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str()))
        else {
            return false;
        };
        for literal in middle {
            match rest.split_once(literal.as_str()) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_matches_any_run() {
        for (wildcard, matched, unmatched) in [
            ("*", &["", "a", "a\nb"][..], &[][..]),
            ("", &[""], &["a"]),
            ("a*a", &["aa", "aba"], &["a", "ab"]),
            ("*a*b*", &["ab", "xaybz", "aab"], &["ba"]),
            (r"\**\\", &[r"*\", r"*x\"], &[r"x\", "*"]),
            ("é*", &["é", "éa"], &["e"]),
        ] {
            let wildcard = Wildcard::new(wildcard).unwrap();
            assert!(matched.iter().all(|value| wildcard.matches(value)), "{wildcard:?}");
            assert!(!unmatched.iter().any(|value| wildcard.matches(value)), "{wildcard:?}");
        }
    }
}
