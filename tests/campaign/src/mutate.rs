//! Documents with one or two changes.

use serde_json::{Map, Value, json};

use event_contract_campaign::draw::{Rng, TEXTS};

/// Returns a copy of a document with some changes.
pub(crate) fn mutate(document: &Value, rng: &mut Rng) -> Value {
    let mut changed = document.clone();
    for _ in 0..=rng.index(2) {
        let places = places(&changed);
        let place = rng.pick(&places).clone();
        change(&mut changed, &place, rng);
    }
    changed
}

fn places(document: &Value) -> Vec<String> {
    fn collect(value: &Value, at: &str, places: &mut Vec<String>) {
        places.push(at.to_owned());
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    collect(value, &format!("{at}/{}", escape(name)), places);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    collect(value, &format!("{at}/{index}"), places);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut all = Vec::new();
    collect(document, "", &mut all);
    if all.len() > 1 {
        all.remove(0);
    }
    all
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn change(document: &mut Value, place: &str, rng: &mut Rng) {
    if let Some((parent, name)) = place.rsplit_once('/')
        && rng.one_in(5)
    {
        let name = name.replace("~1", "/").replace("~0", "~");
        match document.pointer_mut(parent) {
            Some(Value::Object(members)) => {
                let value = members.remove(&name);
                if let Some(value) = value.filter(|_| rng.one_in(3)) {
                    let other = rng.pick(&["a", "A", "k", "0", "01", "true", "2024-02-30", "Red"]);
                    members.insert((*other).to_owned(), value);
                }
            }
            Some(Value::Array(items)) => {
                if rng.one_in(2) {
                    items.truncate(name.parse().unwrap_or(0));
                } else if let Some(last) = items.last().cloned() {
                    items.push(last);
                }
            }
            _ => {}
        }
        return;
    }
    if let Some(here) = document.pointer_mut(place) {
        *here = replacement(here, rng);
    }
}

/// Numbers at the ends of ranges, and between kinds.
const NUMBERS: [i64; 14] =
    [0, 1, -1, 2, 127, 128, 255, 256, 65_535, 65_536, 2_147_483_648, 4_294_967_296, i64::MAX, i64::MIN];

fn replacement(here: &Value, rng: &mut Rng) -> Value {
    let is_kept = !rng.one_in(3);
    match here {
        Value::Number(number) if is_kept => match rng.index(7) {
            0 => json!(number.as_f64()),
            1 => json!(rng.pick(&[0.5, 3.0, -0.0, 1e300, 1e19, 5e-324, 9_007_199_254_740_993.0])),
            2 => json!(number.to_string()),
            3 => json!(u64::MAX),
            _ => json!(rng.pick(&NUMBERS)),
        },
        Value::String(text) if is_kept => match rng.index(6) {
            0 => json!(text.to_uppercase()),
            1 => json!(text.to_lowercase()),
            2 => json!(format!("{text}x")),
            3 => json!(text.replace('T', " ").replace('Z', "+0000")),
            _ => json!(rng.pick(&TEXTS)),
        },
        Value::Object(members) if is_kept => {
            let mut members: Map<_, _> = members.clone();
            let name = *rng.pick(&["unheard-of", "1", "-1", "256", "true", "x", "Red", "kind", "t", ""]);
            members.insert(name.to_owned(), rng.pick(&[json!(1), json!("x"), json!(null), json!({})]).clone());
            members.into()
        }
        Value::Array(items) if is_kept && !items.is_empty() => {
            let mut items = items.clone();
            let item = rng.pick(&items).clone();
            items.push(item);
            items.into()
        }
        _ => rng
            .pick(&[
                json!(null),
                json!(true),
                json!("a"),
                json!(""),
                json!([]),
                json!({}),
                json!([{}]),
                json!(0.5),
                json!(1),
                json!(0),
                json!([1, 2]),
                json!({ "V0": 1 }),
                json!("V0"),
                json!({ "t": "V0" }),
                json!(false),
            ])
            .clone(),
    }
}

/// Returns smaller documents that still have a property, greedily: without members and items, and with simpler values.
pub(crate) fn shrink(document: Value, mut holds: impl FnMut(&Value) -> bool) -> Value {
    let mut best = document;
    let mut tries = 300;
    'again: loop {
        for place in places(&best).into_iter().rev() {
            for smaller in simpler(&best, &place) {
                if tries == 0 {
                    return best;
                }
                tries -= 1;
                if holds(&smaller) {
                    best = smaller;
                    continue 'again;
                }
            }
        }
        return best;
    }
}

fn simpler(document: &Value, place: &str) -> Vec<Value> {
    let mut all = Vec::new();
    if let Some((parent, name)) = place.rsplit_once('/') {
        let mut without = document.clone();
        match without.pointer_mut(parent) {
            Some(Value::Object(members)) => {
                members.remove(&name.replace("~1", "/").replace("~0", "~"));
                all.push(without);
            }
            Some(Value::Array(items)) => {
                items.remove(name.parse().unwrap_or(0));
                all.push(without);
            }
            _ => {}
        }
    }
    let Some(here) = document.pointer(place) else { return all };
    let size = here.to_string().len();
    for value in [json!(0), json!(""), json!("a"), json!([]), json!({})] {
        let is_same_kind = std::mem::discriminant(&value) == std::mem::discriminant(here);
        if is_same_kind && value != *here && value.to_string().len() <= size {
            let mut changed = document.clone();
            if let Some(here) = changed.pointer_mut(place) {
                *here = value;
                all.push(changed);
            }
        }
    }
    all
}
