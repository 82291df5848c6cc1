//! Candidate values for placeholders.

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
