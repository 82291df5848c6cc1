//! Keywords of arrays.

use serde_json::{Value, json};

use super::convert::{Converter, Rewrite};
use super::target::Dialect;
use crate::schema::has_in_place_schemas;

impl Converter {
    pub(super) fn convert_arrays(&mut self, rewrite: &mut Rewrite<'_>) {
        if self.dialect == Dialect::OpenApi30 {
            self.put_item_union(rewrite);
        } else {
            self.put_items(rewrite);
        }
        self.convert_contains(rewrite);
    }

    /// Writes an array of `items` for `prefixItems`, and `additionalItems` for the rest.
    fn put_items(&mut self, rewrite: &mut Rewrite<'_>) {
        let rest = self.rest_of_items(rewrite);
        match rewrite.get("prefixItems").and_then(Value::as_array) {
            Some(first) => {
                let first = self.convert_parts(rewrite, "prefixItems", first);
                rewrite.put("items", first);
                if let Some((keyword, rest)) = rest {
                    // As for `additionalProperties`, all dialects have boolean schemas here.
                    let rest = if rest.is_boolean() { rest.clone() } else { self.convert_part(rewrite, keyword, rest) };
                    rewrite.put("additionalItems", rest);
                }
            }
            None => {
                if let Some((keyword, rest)) = rest {
                    let rest = self.convert_part(rewrite, keyword, rest);
                    rewrite.put("items", rest);
                }
            }
        }
    }

    /// Writes one schema for all items: the union of those of `prefixItems` and of the rest.
    fn put_item_union(&mut self, rewrite: &mut Rewrite<'_>) {
        let rest = self.rest_of_items(rewrite);
        let first = rewrite.get("prefixItems").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_array = rewrite.target.get("type").is_some_and(|name| name == "array");
        if first.is_empty() && rest.is_none() {
            if is_array {
                rewrite.put("items", json!({}));
            }
            return;
        }
        let max = rewrite.number("maxItems");
        let is_closed = rest.is_some_and(|(_, rest)| *rest == Value::Bool(false));
        let length = first.len() as u64;
        let is_all = is_closed || max.is_some_and(|max| max <= length);
        let mut schemas: Vec<Value> = Vec::new();
        for schema in self.convert_parts(rewrite, "prefixItems", first) {
            if !schemas.contains(&schema) {
                schemas.push(schema);
            }
        }
        if !is_all {
            let rest = rest.map_or_else(|| json!({}), |(keyword, rest)| self.convert_part(rewrite, keyword, rest));
            if !schemas.contains(&rest) {
                schemas.push(rest);
            }
        }
        if schemas.len() > 1 {
            self.widen(
                rewrite,
                "prefixItems",
                "OpenAPI 3.0 has no `prefixItems`: each item may match any of them".to_owned(),
            );
        }
        let items = match schemas.as_slice() {
            [] => json!({}),
            [only] => only.clone(),
            several if several.contains(&json!({})) => json!({}),
            several => json!({ "anyOf": several }),
        };
        rewrite.put("items", items);
        if is_closed {
            rewrite.put("maxItems", max.map_or(length, |max| max.min(length)));
        }
    }

    /// Returns the keyword and the schema for the items after those of `prefixItems`.
    fn rest_of_items<'s>(&self, rewrite: &Rewrite<'s>) -> Option<(&'static str, &'s Value)> {
        let unevaluated = || {
            let is_alone = !rewrite.source.contains_key("contains") && !has_in_place_schemas(rewrite.source);
            let rest = rewrite.get("unevaluatedItems")?;
            (self.dialect < Dialect::Draft2019 && is_alone).then_some(("unevaluatedItems", rest))
        };
        rewrite.get("items").map(|items| ("items", items)).or_else(unevaluated)
    }

    fn convert_contains(&mut self, rewrite: &mut Rewrite<'_>) {
        let Some(contained) = rewrite.get("contains") else { return };
        if self.dialect >= Dialect::Draft2019 {
            let contained = self.convert_schema(contained, &rewrite.at.join("contains"));
            if !contained.is_exact && rewrite.source.contains_key("maxContains") {
                self.widen(
                    rewrite,
                    "maxContains",
                    format!("omitted: {} cannot express the items that are counted", self.dialect.name()),
                );
            } else {
                rewrite.copy("maxContains");
            }
            rewrite.copy("minContains");
            rewrite.is_exact &= contained.is_exact;
            rewrite.put("contains", contained.schema);
            return;
        }
        let min = rewrite.number("minContains").unwrap_or(1);
        for keyword in ["minContains", "maxContains"] {
            let counts = if keyword == "minContains" { min > 1 } else { rewrite.source.contains_key(keyword) };
            if counts {
                self.widen(
                    rewrite,
                    keyword,
                    format!("omitted: {} does not count matches of `contains`", self.dialect.name()),
                );
            }
        }
        if min == 0 {
            return;
        }
        let contained = self.convert_part(rewrite, "contains", contained);
        if self.dialect == Dialect::Draft07 {
            rewrite.put("contains", contained);
        } else {
            // Some item matches: not all items fail to match.
            rewrite.conjuncts.push(json!({ "not": { "type": "array", "items": { "not": contained } } }));
        }
    }
}
