//! Candidate values for placeholders.

use super::substitution::{Poison, Wanted};

/// A value that is offered to a type that accepts any kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Offer {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(&'static str),
    /// An array of so many placeholders.
    Array(usize),
    Object,
    /// An object with one member of this name.
    Variant(&'static str),
}

impl Offer {
    /// Returns the kind of JSON with its article.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object | Self::Variant(_) => "an object",
        }
    }
}

/// Number of candidates of the kind that an expectation describes, before every other kind is offered.
const DESCRIBED: usize = 14;

/// Returns the candidate; `None` to offer every kind in turn.
pub(super) fn offer(wanted: &Wanted, attempt: usize) -> Option<Offer> {
    match wanted {
        Wanted::Unknown => None,
        Wanted::Poison(Poison::Text) => Some(Offer::Text("\u{1}wrong\u{1}")),
        Wanted::Poison(Poison::Number) => Some(Offer::Float(-0.062_5)),
        Wanted::Poison(Poison::Boolean) => Some(Offer::Boolean(true)),
        Wanted::Variants(names) => {
            let name = names[attempt % names.len()];
            Some(if (attempt / names.len()).is_multiple_of(2) { Offer::Text(name) } else { Offer::Variant(name) })
        }
        Wanted::Expectation(expected) if attempt < DESCRIBED => Some(describe(&expected.to_lowercase(), attempt)),
        Wanted::Expectation(_) => {
            const KINDS: [Offer; 6] = [
                Offer::Object,
                Offer::Text(""),
                Offer::Null,
                Offer::Integer(1),
                Offer::Boolean(false),
                Offer::Array(0),
            ];
            Some(KINDS[(attempt - DESCRIBED) % KINDS.len()])
        }
    }
}

/// Returns the candidate for an expectation in lower case.
fn describe(expected: &str, attempt: usize) -> Offer {
    let mentions = |words: &[&str]| words.iter().any(|word| expected.contains(word));
    if mentions(&["tagged enum"]) {
        return Offer::Object;
    }
    if mentions(&["tuple", "array", "sequence", "elements"]) {
        let length = expected.split(|char: char| !char.is_ascii_digit()).find_map(|digits| digits.parse().ok());
        return Offer::Array(length.filter(|length| *length <= 32).unwrap_or(attempt % 4));
    }
    if mentions(&["boolean"]) {
        return Offer::Boolean(attempt % 2 == 1);
    }
    if mentions(&["a string", "character", "name", "date", "time"]) {
        return Offer::Text(string(expected, attempt));
    }
    if mentions(&["integer", "nonzero"]) {
        return Offer::Integer(integer(attempt));
    }
    if mentions(&["number", "float"]) {
        return Offer::Float(float(attempt));
    }
    if mentions(&["null", "unit"]) {
        return Offer::Null;
    }
    if mentions(&["object", "struct", "map", "variant"]) {
        return Offer::Object;
    }
    Offer::Text(string(expected, attempt))
}

/// Returns the candidate for an integer.
pub(super) fn integer(attempt: usize) -> i64 {
    const CANDIDATES: [i64; 7] = [1, 0, 2, 10, 100, 1000, -1];
    CANDIDATES[attempt % CANDIDATES.len()]
}

/// Returns the candidate for a floating-point number.
pub(super) fn float(attempt: usize) -> f64 {
    [1.0, 0.0, 100.0][attempt % 3]
}

/// Returns the candidate for a string. The first one is chosen by the words of the expectation, such as "uuid"; the others
/// follow in the order of the table.
pub(super) fn string(expected: &str, attempt: usize) -> &'static str {
    const CANDIDATES: [(&str, &str); 16] = [
        ("uuid", "00000000-0000-7000-8000-000000000000"),
        ("date and time", "2000-01-01T00:00:00Z"),
        ("rfc 3339", "2000-01-01T00:00:00Z"),
        ("date", "2000-01-01"),
        ("time", "00:00:00"),
        ("url", "https://example.com/"),
        ("address", "192.0.2.1"),
        ("duration", "PT1S"),
        ("character", "a"),
        ("currency", "EUR"),
        ("country", "DE"),
        ("mail", "a@example.com"),
        ("number", "1"),
        ("version", "1.0.0"),
        ("word", "aaaaaaaa"),
        ("local date", "2000-01-01T00:00:00"),
    ];
    let expected = expected.to_lowercase();
    let by_word = CANDIDATES.iter().find(|(word, _)| expected.contains(word)).map(|(_, text)| *text);
    match (by_word, attempt) {
        (Some(text), 0) => text,
        (None, 0) => "",
        (_, attempt) => CANDIDATES[(attempt - 1) % CANDIDATES.len()].1,
    }
}

/// A variant that no enum has, and a field that no struct has.
pub(super) const UNKNOWN_VARIANT: &str = "\u{1}unknown variant\u{1}";
