//! Items.

use serde_json::{Value, json};

use super::Dialect;
use super::compose::speaks_in_place;
use super::convert::{Converter, Draft};

impl Converter {
    pub(super) fn arrays(&mut self, draft: &mut Draft<'_>) {
        if self.dialect == Dialect::OpenApi30 {
            self.one_kind_of_item(draft);
        } else {
            self.each_item(draft);
        }
        self.contains(draft);
    }

    /// `items` for those that have a place of their own, and `additionalItems` for the rest.
    fn each_item(&mut self, draft: &mut Draft<'_>) {
        let rest = self.rest_of_items(draft);
        match draft.get("prefixItems").and_then(Value::as_array) {
            Some(first) => {
                let first = self.parts(draft, "prefixItems", first);
                draft.put("items", first);
                if let Some((keyword, rest)) = rest {
                    // Like `additionalProperties`, it is a truth value in all dialects.
                    let rest = if rest.is_boolean() { rest.clone() } else { self.part(draft, keyword, rest) };
                    draft.put("additionalItems", rest);
                }
            }
            None => {
                if let Some((keyword, rest)) = rest {
                    let rest = self.part(draft, keyword, rest);
                    draft.put("items", rest);
                }
            }
        }
    }

    /// `items` is what may stand anywhere.
    fn one_kind_of_item(&mut self, draft: &mut Draft<'_>) {
        let rest = self.rest_of_items(draft);
        let first = draft.get("prefixItems").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_array = draft.to.get("type").is_some_and(|name| name == "array");
        if first.is_empty() && rest.is_none() {
            if is_array {
                draft.put("items", json!({}));
            }
            return;
        }
        let most = draft.number("maxItems");
        let is_closed = rest.is_some_and(|(_, rest)| *rest == Value::Bool(false));
        let length = first.len() as u64;
        let is_all = is_closed || most.is_some_and(|most| most <= length);
        let mut kinds: Vec<Value> = Vec::new();
        for kind in self.parts(draft, "prefixItems", first) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        if !is_all {
            let rest = rest.map_or_else(|| json!({}), |(keyword, rest)| self.part(draft, keyword, rest));
            if !kinds.contains(&rest) {
                kinds.push(rest);
            }
        }
        if kinds.len() > 1 {
            self.widen(draft, "prefixItems", "OpenAPI 3.0 does not say which item stands where".to_owned());
        }
        let items = match kinds.as_slice() {
            [] => json!({}),
            [only] => only.clone(),
            several if several.contains(&json!({})) => json!({}),
            several => json!({ "anyOf": several }),
        };
        draft.put("items", items);
        if is_closed {
            draft.put("maxItems", most.map_or(length, |most| most.min(length)));
        }
    }

    /// What holds of the items behind those that have a place of their own.
    fn rest_of_items<'s>(&self, draft: &Draft<'s>) -> Option<(&'static str, &'s Value)> {
        let unevaluated = || {
            let is_alone = !draft.from.contains_key("contains") && !speaks_in_place(draft.from);
            let rest = draft.get("unevaluatedItems")?;
            (self.dialect < Dialect::Draft2019 && is_alone).then_some(("unevaluatedItems", rest))
        };
        draft.get("items").map(|items| ("items", items)).or_else(unevaluated)
    }

    fn contains(&mut self, draft: &mut Draft<'_>) {
        let Some(contained) = draft.get("contains") else { return };
        if self.dialect >= Dialect::Draft2019 {
            let contained = self.schema(contained, &draft.at.join("contains"));
            if !contained.exact && draft.from.contains_key("maxContains") {
                self.widen(
                    draft,
                    "maxContains",
                    format!("left out: {} cannot say what is counted", self.dialect.name()),
                );
            } else {
                draft.copy("maxContains");
            }
            draft.copy("minContains");
            draft.exact &= contained.exact;
            draft.put("contains", contained.schema);
            return;
        }
        let least = draft.number("minContains").unwrap_or(1);
        for keyword in ["minContains", "maxContains"] {
            let counts = if keyword == "minContains" { least > 1 } else { draft.from.contains_key(keyword) };
            if counts {
                self.widen(draft, keyword, format!("{} does not count with `contains`", self.dialect.name()));
            }
        }
        if least == 0 {
            return;
        }
        let contained = self.part(draft, "contains", contained);
        if self.dialect == Dialect::Draft07 {
            draft.put("contains", contained);
        } else {
            // One of them is: not all of them are not.
            draft.besides.push(json!({ "not": { "type": "array", "items": { "not": contained } } }));
        }
    }
}
