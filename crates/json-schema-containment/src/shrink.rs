//! A smaller document that is still a witness: as long as one can be found by leaving out and simplifying.

use serde_json::{Value, json};

/// How many documents are tried.
const TRIES: usize = 200;
/// How large all documents may be together that are thought of at a time.
const MOST_WEIGHT: usize = 200_000;

/// The smallest document found for which `holds` holds, beginning with one for which it does.
pub(super) fn shrink(document: Value, mut holds: impl FnMut(&Value) -> bool) -> Value {
    let mut smallest = document;
    let mut tries = 0;
    'again: loop {
        let most = (MOST_WEIGHT / weight(&smallest)).min(TRIES - tries);
        for candidate in smaller(&smallest, most) {
            if tries == TRIES {
                return smallest;
            }
            tries += 1;
            if weight(&candidate) < weight(&smallest) && holds(&candidate) {
                smallest = candidate;
                continue 'again;
            }
        }
        return smallest;
    }
}

/// How large a document is to a reader.
pub(super) fn weight(value: &Value) -> usize {
    match value {
        Value::Null => 1,
        Value::Bool(truth) => 1 + usize::from(*truth),
        Value::Number(number) => 2 + number.to_string().len() - usize::from(number.as_i64() == Some(0)),
        Value::String(text) => 2 + text.len(),
        Value::Array(items) => 2 + items.iter().map(|item| 1 + weight(item)).sum::<usize>(),
        Value::Object(members) => 2 + members.iter().map(|(name, value)| 3 + name.len() + weight(value)).sum::<usize>(),
    }
}

/// So many documents that are a step simpler, those that are much simpler first.
fn smaller(value: &Value, most: usize) -> Vec<Value> {
    let mut found = Vec::new();
    match value {
        Value::Null => {}
        Value::Bool(truth) => {
            found.push(Value::Null);
            if *truth {
                found.push(json!(false));
            }
        }
        Value::Number(number) => {
            found.extend([Value::Null, json!(0), json!(1), json!(-1)]);
            if let Some(whole) = number.as_i64() {
                found.extend([json!(whole / 10), json!(whole / 2)]);
            } else if let Some(float) = number.as_f64() {
                found.extend([json!(float.trunc()), json!((float * 2.0).trunc() / 2.0)]);
            }
        }
        Value::String(text) => {
            found.extend([Value::Null, json!("")]);
            let characters: Vec<char> = text.chars().collect();
            found.push(characters[..characters.len() / 2].iter().collect::<String>().into());
            found.push(characters[..characters.len().saturating_sub(1)].iter().collect::<String>().into());
        }
        Value::Array(items) => {
            found.extend([Value::Null, json!([])]);
            found.push(items[..items.len() / 2].into());
            for at in (0..items.len().min(64).min(most)).rev() {
                let mut fewer = items.clone();
                fewer.remove(at);
                found.push(fewer.into());
            }
            for (at, item) in items.iter().enumerate().take(64) {
                if found.len() >= most {
                    break;
                }
                for simpler in smaller(item, most - found.len()) {
                    let mut other = items.clone();
                    other[at] = simpler;
                    found.push(other.into());
                }
            }
        }
        Value::Object(members) => {
            found.extend([Value::Null, json!({})]);
            for name in members.keys().take(64.min(most)) {
                let fewer = members.iter().filter(|(other, _)| *other != name);
                found.push(fewer.map(|(name, value)| (name.clone(), value.clone())).collect());
            }
            for (name, member) in members.iter().take(64) {
                if found.len() >= most {
                    break;
                }
                for simpler in smaller(member, most - found.len()) {
                    let mut other = members.clone();
                    other.insert(name.clone(), simpler);
                    found.push(other.into());
                }
            }
        }
    }
    found.truncate(most);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_matter_is_left_out() {
        let document = json!({"a": {"b": [1, 2, {"c": "long text", "d": 3000}]}, "e": [true, null, 2.75]});
        let small = shrink(document, |value| value.pointer("/a/b/2/d").is_some());
        assert_eq!(small, json!({"a": {"b": [null, null, {"d": null}]}}));
        assert_eq!(shrink(json!({"n": 1234}), |value| value["n"].as_i64() > Some(100)), json!({"n": 123}));
    }
}
