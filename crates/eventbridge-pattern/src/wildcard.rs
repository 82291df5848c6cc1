//! `wildcard`: a text in which `*` stands for any run of characters, none included.

use super::error::Refusal;
use super::trail;
use json_document::text::Tree;

pub(super) const NAME: &str = "wildcard";

/// What stands between the stars, without its escapes: one piece more than there are stars.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Wildcard {
    pieces: Vec<String>,
}

impl Wildcard {
    pub(super) fn parse(tree: &Tree<'_>) -> Result<Self, Refusal> {
        let help = "write one text, [{\"wildcard\": \"a*\"}]; for several, one match each";
        Self::new(trail::text(tree, || Refusal::new("wildcard match pattern must be a string", help))?)
    }

    pub(super) fn new(text: &str) -> Result<Self, Refusal> {
        let mut pieces = vec![String::new()];
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            // The service counts bytes from the quote before the text.
            let position = at + 1;
            let piece = pieces.last_mut().expect("there is always a piece");
            match character {
                '*' if matches!(characters.peek(), Some((_, '*'))) => {
                    return Err(Refusal::new(
                        format!("Consecutive wildcard characters at pos {position}"),
                        "write one star, which stands for any run of characters; a star itself is \\\\*",
                    ));
                }
                '*' => pieces.push(String::new()),
                '\\' => match characters.next() {
                    Some((_, escaped @ ('*' | '\\'))) => piece.push(escaped),
                    _ => {
                        return Err(Refusal::new(
                            format!("Invalid escape character at pos {position}"),
                            "write a backslash as \\\\\\\\ and a star as \\\\*; nothing else is escaped in a wildcard",
                        ));
                    }
                },
                _ => piece.push(character),
            }
        }
        Ok(Self { pieces })
    }

    /// What stands between the stars.
    pub(super) fn pieces(&self) -> &[String] {
        &self.pieces
    }

    /// In time that is linear in the value for each piece: what stands between two stars is taken where it is first
    /// found, which leaves the most for the others.
    pub(super) fn is(&self, value: &str) -> bool {
        let [first, others @ ..] = self.pieces.as_slice() else { return false };
        let [middle @ .., last] = others else { return value == first };
        let Some(mut rest) = value.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str()))
        else {
            return false;
        };
        for piece in middle {
            match rest.find(piece.as_str()) {
                Some(at) => rest = &rest[at + piece.len()..],
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
    fn a_star_stands_for_any_run() {
        for (wildcard, found, not) in [
            ("*", &["", "a", "a\nb"][..], &[][..]),
            ("", &[""], &["a"]),
            ("a*a", &["aa", "aba"], &["a", "ab"]),
            ("*a*b*", &["ab", "xaybz", "aab"], &["ba"]),
            (r"\**\\", &[r"*\", r"*x\"], &[r"x\", "*"]),
            ("é*", &["é", "éa"], &["e"]),
        ] {
            let wildcard = Wildcard::new(wildcard).unwrap();
            assert!(found.iter().all(|value| wildcard.is(value)), "{wildcard:?}");
            assert!(!not.iter().any(|value| wildcard.is(value)), "{wildcard:?}");
        }
    }
}
