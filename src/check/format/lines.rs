//! The text of a schema as lines with JSON pointers.

use json_document::Pointer;

use super::escape;

/// A line of the text of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    /// The pointer of the value that begins or ends here.
    pub(super) at: Pointer,
}

/// Splits the text of a schema, indented as in the record, into lines.
pub(super) fn split_lines(schema: &str) -> Vec<Line> {
    // The open containers, arrays with the number of their items so far.
    let mut open: Vec<(Pointer, Option<usize>)> = Vec::new();
    let mut lines = Vec::new();
    for text in schema.lines() {
        let line = text.trim_start();
        let mut rest = line;
        let at = if line.starts_with(['}', ']']) {
            open.pop().map(|(at, _)| at).unwrap_or_default()
        } else {
            match open.last_mut() {
                None => Pointer::ROOT,
                Some((within, Some(count))) => {
                    *count += 1;
                    within.join(*count - 1)
                }
                Some((within, None)) => {
                    let mut names = serde_json::Deserializer::from_str(line).into_iter::<String>();
                    let name = names.next().and_then(Result::ok).unwrap_or_default();
                    rest = line.get(names.byte_offset()..).unwrap_or_default().trim_start_matches(": ");
                    within.join(name)
                }
            }
        };
        match rest {
            "{" => open.push((at.clone(), None)),
            "[" => open.push((at.clone(), Some(0))),
            _ => {}
        }
        lines.push(Line { text: escape::escape_json(text), at });
    }
    lines
}

/// The lines of a schema that show a place, its ancestors, and some context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The numbers of the lines, from 0, and whether they belong to the place.
    pub(super) lines: Vec<(usize, bool)>,
}

/// Maximum number of lines of the place itself.
const MAX_LINES: usize = 12;
/// Number of lines before and after it.
const CONTEXT: usize = 2;

impl Excerpt {
    /// Returns the lines that show a place; `None` if the schema has no such place.
    pub(super) fn find(lines: &[Line], place: &Pointer) -> Option<Self> {
        let first = lines.iter().position(|line| line.at.is_at_or_under(place))?;
        let end = lines.iter().rposition(|line| line.at.is_at_or_under(place))? + 1;
        let shown = end.min(first + MAX_LINES);
        let is_context = |number: usize| (first.saturating_sub(CONTEXT)..shown + CONTEXT).contains(&number);
        // The first line of each ancestor.
        let mut seen: Option<&Pointer> = None;
        let mut kept = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            let opens = place.is_at_or_under(&line.at)
                && seen.is_none_or(|seen| seen != &line.at && line.at.is_at_or_under(seen));
            if opens {
                seen = Some(&line.at);
            }
            if opens || is_context(number) {
                kept.push((number, (first..end).contains(&number)));
            }
        }
        Some(Self { lines: kept })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::schema::pretty;

    fn places(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| line.at.as_str()).collect()
    }

    #[test]
    fn each_line_has_the_pointer_of_its_value() {
        let schema = json!({"properties": {"a/b": {"enum": ["}", "x\": [", []]}, "~": true}, "type": "object"});
        let lines = split_lines(&pretty(&schema));
        let enumerated = "/properties/a~1b/enum";
        let expected = [
            "",
            "/type",
            "/properties",
            "/properties/a~1b",
            enumerated,
            "/properties/a~1b/enum/0",
            "/properties/a~1b/enum/1",
            "/properties/a~1b/enum/2",
            enumerated,
            "/properties/a~1b",
            "/properties/~0",
            "/properties",
            "",
        ];
        assert_eq!(places(&lines), expected);
        assert_eq!(lines[5].text, r#"        "}","#);
    }

    #[test]
    fn an_excerpt_shows_the_place_and_its_ancestors() {
        let schema = json!({"type": "object", "properties": {
            "a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "object", "properties": {
                "d": {"type": "string"}, "e": {"type": "string"}, "f": {"minLength": 2, "type": "string"}, "g": {"type": "string"}}}}});
        let lines = split_lines(&pretty(&schema));
        let shown = |place: &[&str]| {
            let excerpt = Excerpt::find(&lines, &place.iter().collect())?;
            let shown = excerpt
                .lines
                .iter()
                .map(|(number, marked)| format!("{}{}", if *marked { "> " } else { "" }, lines[*number].text.trim()));
            Some(shown.collect::<Vec<_>>().join("\n"))
        };
        let expected = r#"{
"properties": {
"c": {
"properties": {
"f": {
"type": "string",
> "minLength": 2
},
"g": {"#;
        assert_eq!(shown(&["properties", "c", "properties", "f", "minLength"]).unwrap(), expected);
        assert_eq!(shown(&["properties", "x"]), None);
        let all = Excerpt::find(&lines, &Pointer::ROOT).unwrap().lines;
        assert_eq!(all.len(), MAX_LINES + CONTEXT);
        assert!(all.iter().all(|(_, marked)| *marked));
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), any::<String>().prop_map(Value::from)];
        leaf.prop_recursive(4, 32, 4, |inner| {
            let names = prop_oneof![any::<String>(), Just("properties".to_owned()), Just("$defs".to_owned())];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(names, inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn collect_pointers(value: &Value, at: &Pointer, found: &mut Vec<Pointer>) {
        found.push(at.clone());
        match value {
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| collect_pointers(item, &at.join(index), found));
            }
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| collect_pointers(value, &at.join(name), found));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    proptest! {
        #[test]
        fn every_value_has_lines(value in json()) {
            let lines = split_lines(&pretty(&value));
            let (mut expected, mut found) = (Vec::new(), places(&lines));
            collect_pointers(&value, &Pointer::ROOT, &mut expected);
            let mut expected: Vec<_> = expected.iter().map(Pointer::as_str).collect();
            expected.sort_unstable();
            found.sort_unstable();
            found.dedup();
            prop_assert_eq!(found, expected);
            let text: Vec<_> = lines.iter().map(|line| &*line.text).collect();
            prop_assert_eq!(serde_json::from_str::<Value>(&text.join("\n")).unwrap(), value);
        }
    }
}
