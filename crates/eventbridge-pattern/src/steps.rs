//! Steps, counted where tests ask for it: what a pattern may cost at most.

#[cfg(test)]
thread_local! {
    static TAKEN: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts one step, in tests.
#[inline]
pub(super) fn step() {
    #[cfg(test)]
    TAKEN.with(|taken| taken.set(taken.get() + 1));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Pattern, RuleSet};

    fn taken<T>(run: impl FnOnce() -> T) -> (T, usize) {
        TAKEN.with(|taken| taken.set(0));
        let result = run();
        (result, TAKEN.with(std::cell::Cell::get))
    }

    /// Fills a pattern up to its 2,048 characters.
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
    fn a_pattern_takes_a_bounded_number_of_steps() {
        let wide_or = |i: usize| format!(r#"{{"$or":[{{"f{i}":[1]}},{{"g{i}":[1]}}]}}"#);
        let nine_ors =
            (0..9).map(|i| format!(r#""$or":[{{"a{i}":[1]}},{{"b{i}":[1]}}],"#)).collect::<Vec<_>>().concat();
        let patterns = [
            // `$or` on `$or`, as far as it goes and further.
            fill(&format!("{{{nine_ors}"), |i| format!(r#""p{i}":[{{"exists":true}}]"#), "}"),
            fill("{", |i| format!(r#""$or":[{{"a{i}":[1]}},{{"b{i}":[1]}}]"#), "}"),
            fill(r#"{"$or":["#, wide_or, "]}"),
            fill(r#"{"a":{"$or":["#, |i| format!(r#"{{"x":[{i}],"y":[1]}}"#), "]}}"),
            // Wildcards.
            format!(r#"{{"a":[{{"wildcard":"{}"}}]}}"#, "*a".repeat(1000)),
            format!(r#"{{"a":[{{"wildcard":"*{}b"}}]}}"#, "a".repeat(2000)),
            fill(r#"{"a":["#, |i| format!(r#"{{"wildcard":"x{i}*ab*ba*"}}"#), "]}"),
            fill(r#"{"a":["#, |i| format!(r#"{{"wildcard":"*{}"}}"#, "ab".repeat(i + 1)), "]}"),
            fill(
                r#"{"a":["#,
                |i| format!(r#"{{"anything-but":{{"wildcard":"*{}*b*"}}}}"#, "a".repeat(i % 9 + 1)),
                "]}",
            ),
            // Many conditions in many lists.
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
            let (pattern, steps) = taken(|| Pattern::parse(text));
            assert!(steps < 5_000_000, "{steps} to read {text}");
            let Ok(pattern) = pattern else { continue };
            valid += 1;
            let set: RuleSet<()> = [((), pattern.clone())].into_iter().collect();
            for event in &events {
                let (single, steps) = taken(|| pattern.matches(event));
                assert!(steps < 5_000_000, "{steps} to match {text}");
                let (several, steps) = taken(|| set.matches(event).map(|rules| !rules.is_empty()));
                assert!(steps < 5_000_000, "{steps} to match as a set {text}");
                assert_eq!(single, several, "{text} {event}");
            }
        }
        assert_eq!(valid, 7);
    }

    /// With the same member over and over, the choice of items is as hard as any puzzle; it is given up.
    #[test]
    fn what_cannot_be_tried_is_said() {
        let conditions: Vec<String> = (0..20).map(|i| format!(r#""f{i}":[1]"#)).collect();
        let pattern = Pattern::parse(&format!(r#"{{"a":{{{},"z":[1]}}}}"#, conditions.join(","))).unwrap();
        let all: Vec<String> = (0..20).map(|i| format!(r#""f{i}":1"#)).collect();
        let list = format!(r#""a":[{{{}}},{{{},"z":1}}]"#, all.join(","), all[..19].join(","));
        let event = format!("{{{}}}", vec![list; 40].join(","));
        let (answer, steps) = taken(|| pattern.matches(&event));
        assert!(steps < 5_000_000, "{steps}");
        assert!(answer.is_ok() || answer.unwrap_err().to_string().starts_with("the event has too many combinations"));
    }
}
