//! Tests of the bounds: long patterns, and short ones with large derivatives.

use super::super::budget::{Budget, WorkError};
use super::*;

#[test]
fn long_patterns_need_no_stack() {
    let count = 20_000;
    for pattern in [
        "a".repeat(count),
        "a?".repeat(count),
        "[ab]".repeat(count),
        format!("^{}$", "a".repeat(count)),
        format!("(?:{})*", "a".repeat(count)),
        "{".repeat(count),
        "a{1,".repeat(count),
        format!("^({})$", "a|".repeat(count)),
        r"\b".repeat(count),
    ] {
        let mut languages = Languages::new();
        let language = languages.compile(&pattern).unwrap();
        let _ = languages.matches(language, "aaa");
        let _ = languages.automaton(language, &mut Budget::new(10_000));
    }
    for pattern in
        ["(?=a)b".repeat(count), "(?!a)b".repeat(count), format!("{}a{}", "(".repeat(count), ")".repeat(count))]
    {
        assert_eq!(Languages::new().compile(&pattern), Err(PatternError::Unsupported));
    }
}

#[test]
fn work_within_a_derivative_is_bounded() {
    let mut languages = Languages::new();
    let language = languages.compile("^(a{1,200}){1,200}$").unwrap();
    languages.refill(10_000);
    let text = "a".repeat(300);
    assert_eq!(languages.matches(language, &text), Err(BudgetExhausted));
    assert!(languages.expressions.len() < 10_000, "{}", languages.expressions.len());
    languages.refill(10_000);
    let exhausted = languages.automaton(language, &mut Budget::new(u64::MAX)).err();
    assert_eq!(exhausted, Some(WorkError::Budget));
    // A text without so many ways through the pattern is decided nevertheless.
    languages.refill(10_000);
    assert_eq!(languages.matches(language, "aab"), Ok(false));
    languages.refill(1);
    assert_eq!(languages.compile("abcdef"), Err(PatternError::Exhausted));
}
