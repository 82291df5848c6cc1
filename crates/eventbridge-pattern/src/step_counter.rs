//! Counter of steps in tests, which bound the cost of any pattern.

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts one step; free outside of tests.
#[inline]
pub(crate) fn count_step() {
    #[cfg(test)]
    STEPS.with(|steps| steps.set(steps.get() + 1));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Pattern, RuleSet};

    fn count_steps<T>(run: impl FnOnce() -> T) -> (T, usize) {
        STEPS.with(|steps| steps.set(0));
        let result = run();
        (result, STEPS.with(std::cell::Cell::get))
    }

    /// Repeats a piece until the pattern has about 2,048 characters.
    fn fill(start: &str, piece: impl Fn(usize) -> String, end: &str) -> String {
        let mut text = start.to_owned();
        for index in 0.. {
            let next = piece(index);
            if text.len() + next.len() + end.len() + 1 > 2048 {
                break;
            }
            text.push_str(if index > 0 { "," } else { "" });
            text.push_str(&next);
        }
        text + end
    }

    #[test]
    fn parsing_and_matching_take_a_bounded_number_of_steps() {
        let wide_or = |i: usize| format!(r#"{{"$or":[{{"f{i}":[1]}},{{"g{i}":[1]}}]}}"#);
        let nine_ors =
            (0..9).map(|i| format!(r#""$or":[{{"a{i}":[1]}},{{"b{i}":[1]}}],"#)).collect::<Vec<_>>().concat();
        let patterns = [
            // Nested and multiplied `$or`s, up to the limit and above it.
            fill(&format!("{{{nine_ors}"), |i| format!(r#""p{i}":[{{"exists":true}}]"#), "}"),
            fill("{", |i| format!(r#""$or":[{{"a{i}":[1]}},{{"b{i}":[1]}}]"#), "}"),
            fill(r#"{"$or":["#, wide_or, "]}"),
            fill(r#"{"a":{"$or":["#, |i| format!(r#"{{"x":[{i}],"y":[1]}}"#), "]}}"),
            format!(r#"{{"a":[{{"wildcard":"{}"}}]}}"#, "*a".repeat(1000)),
            format!(r#"{{"a":[{{"wildcard":"*{}b"}}]}}"#, "a".repeat(2000)),
            fill(r#"{"a":["#, |i| format!(r#"{{"wildcard":"x{i}*ab*ba*"}}"#), "]}"),
            fill(r#"{"a":["#, |i| format!(r#"{{"wildcard":"*{}"}}"#, "ab".repeat(i + 1)), "]}"),
            fill(
                r#"{"a":["#,
                |i| format!(r#"{{"anything-but":{{"wildcard":"*{}*b*"}}}}"#, "a".repeat(i % 9 + 1)),
                "]}",
            ),
            // Many conditions on objects in arrays.
            fill("{", |i| format!(r#""a":{{"f{i}":[{{"exists":false}},1]}}"#), "}"),
            fill(r#"{"a":{"#, |i| format!(r#""f{i}":[1,2]"#), "}}"),
            fill(r#"{"a":["#, |i| format!(r#"{{"equals-ignore-case":"ß{i}"}}"#), "]}"),
        ];
        let items: Vec<String> = (0..40).map(|i| format!(r#"{{"f{}":{},"x":{i},"y":{i}}}"#, i % 7, i % 3)).collect();
        let long = "ab".repeat(2000);
        let events = [
            format!(r#"{{"a":[{}],"b1":1,"p1":[1,2,3]}}"#, items.join(",")),
            format!(r#"{{"a":"{long}a","a":["{long}","{long}b"]}}"#),
            format!(
                "{{{}}}",
                items.iter().map(|item| format!(r#""a":[{item},{{"f9":1}}]"#)).collect::<Vec<_>>().join(",")
            ),
        ];
        let mut valid = 0;
        for text in &patterns {
            assert!(text.len() <= 2048);
            let (pattern, steps) = count_steps(|| Pattern::parse(text));
            assert!(steps < 5_000_000, "{steps} steps to parse {text}");
            let Ok(pattern) = pattern else { continue };
            valid += 1;
            let set: RuleSet<()> = [((), pattern.clone())].into_iter().collect();
            for event in &events {
                let (single, steps) = count_steps(|| pattern.matches(event));
                assert!(steps < 5_000_000, "{steps} steps to match {text}");
                let (several, steps) = count_steps(|| set.matches(event).map(|rules| !rules.is_empty()));
                assert!(steps < 5_000_000, "{steps} steps to match as a set {text}");
                assert_eq!(single, several, "{text} {event}");
            }
        }
        assert_eq!(valid, 7);
    }

    /// With duplicate members, the choice of elements is NP-hard: the search gives up after a bounded number of steps.
    #[test]
    fn an_exponential_search_is_an_error() {
        let conditions: Vec<String> = (0..20).map(|i| format!(r#""f{i}":[1]"#)).collect();
        let pattern = Pattern::parse(&format!(r#"{{"a":{{{},"z":[1]}}}}"#, conditions.join(","))).unwrap();
        let all: Vec<String> = (0..20).map(|i| format!(r#""f{i}":1"#)).collect();
        let array = format!(r#""a":[{{{}}},{{{},"z":1}}]"#, all.join(","), all[..19].join(","));
        let event = format!("{{{}}}", vec![array; 40].join(","));
        let (answer, steps) = count_steps(|| pattern.matches(&event));
        assert!(steps < 5_000_000, "{steps}");
        assert!(answer.is_ok() || answer.unwrap_err().to_string().starts_with("the event has too many combinations"));
    }
}
