//! Applicators: keywords with schemas in their values (2020-12 Core, section 10).
//!
//! Those that apply in place become connectives; those that apply to members and items become atoms
//! around the formula of the subschema. With ⟦s⟧ for the formula of a schema *s*:
//!
//! | keyword | formula |
//! |---|---|
//! | `allOf`, `anyOf` | conjunction, disjunction |
//! | `oneOf` | at least one, and of each two not both |
//! | `not` | negation |
//! | `if`, `then`, `else` | ⟦if⟧ implies ⟦then⟧, not ⟦if⟧ implies ⟦else⟧ |
//! | `dependentSchemas`, `dependentRequired`, `dependencies` | the member is absent, or the consequence holds |
//! | `properties` | for each name: if the member exists, its value satisfies ⟦s⟧ |
//! | `patternProperties` | every member whose name matches has a value that satisfies ⟦s⟧ |
//! | `additionalProperties` | the same, for names that are not listed and match no pattern |
//! | `propertyNames` | no member has a name that violates ⟦s⟧ |
//! | `prefixItems`, or `items` with an array | for each index: if the item exists, it satisfies its ⟦s⟧ |
//! | `items`, `additionalItems` | every item after the prefix satisfies ⟦s⟧ |
//! | `contains` with `minContains`, `maxContains` | at least `minContains` and at most `maxContains` items satisfy ⟦s⟧ |
//!
//! The drafts differ in the keywords that they have, and in `items`. `dependencies` of the drafts that
//! have replaced it applies where the question reads it so ([`SupersededDependencies`]).

use json_document::exact::ExactValue as Value;

use super::super::draft::Draft;
use super::super::formula::{Atom, FormulaId};
use super::error::LowerError;
use super::keyword::{KeywordLowering, unreadable};

/// The two keywords for items by index, as the draft and the schema name them.
struct ItemKeywords {
    /// The array of schemas for the first items, if there is one.
    prefix: Option<&'static str>,
    /// The schema for all items after the prefix.
    rest: &'static str,
}

impl KeywordLowering<'_, '_> {
    /// Lowers the applicators, in an order that incompatibilities keep.
    pub(super) fn lower_applicators(&mut self) -> Result<(), LowerError> {
        self.lower_logic()?;
        self.lower_conditional()?;
        self.lower_dependencies()?;
        self.lower_members()?;
        self.lower_items()?;
        self.lower_contains()
    }

    /// Lowers `allOf`, `anyOf`, `oneOf` and `not`.
    fn lower_logic(&mut self) -> Result<(), LowerError> {
        if let Some(schemas) = self.lower_array("allOf")? {
            let formula = self.store().and(schemas);
            self.add("allOf", formula);
        }
        if let Some(schemas) = self.lower_array("anyOf")? {
            let formula = self.store().or(schemas);
            self.add("anyOf", formula);
        }
        if let Some(schemas) = self.lower_array("oneOf")? {
            let at_least_one = self.store().or(schemas.iter().copied());
            let at_most_one = self.store().at_most_one(&schemas);
            let formula = self.store().and([at_least_one, at_most_one]);
            self.add("oneOf", formula);
        }
        if let Some(schema) = self.members.get("not") {
            let inner = self.lower(schema)?;
            let formula = self.store().not(inner);
            self.add("not", formula);
        }
        Ok(())
    }

    /// Lowers `then` and `else` as implications from `if`, which requires nothing by itself.
    fn lower_conditional(&mut self) -> Result<(), LowerError> {
        let Some(condition) = self.members.get("if").filter(|_| self.draft >= Draft::Draft7) else { return Ok(()) };
        let condition = self.lower(condition)?;
        let not = self.store().not(condition);
        for (keyword, premise) in [("then", not), ("else", condition)] {
            if let Some(schema) = self.members.get(keyword) {
                let consequence = self.lower(schema)?;
                let formula = self.store().or([premise, consequence]);
                self.add(keyword, formula);
            }
        }
        Ok(())
    }

    /// Lowers the keywords for members by name.
    ///
    /// `additionalProperties` reads `properties` and `patternProperties` of its own object only,
    /// and does not see those of an `allOf` beside it (2020-12 Core, section 10.3.2.3).
    fn lower_members(&mut self) -> Result<(), LowerError> {
        let properties = self.object("properties")?;
        let patterns = self.object("patternProperties")?;
        if let Some(map) = properties {
            let mut atoms = Vec::new();
            for (name, schema) in map {
                let value = self.lower(schema)?;
                atoms.push(self.store().atom(Atom::IfMember(name.as_str().into(), value)));
            }
            let formula = self.store().and(atoms);
            self.add("properties", formula);
        }
        // The names that `additionalProperties` applies to are those that match no pattern and are not listed.
        let mut additional = Vec::new();
        if let Some(map) = patterns {
            let mut atoms = Vec::new();
            for (pattern, schema) in map {
                let names = self.pattern_formula("patternProperties", pattern)?;
                let value = self.lower(schema)?;
                atoms.push(self.store().atom(Atom::EveryMember { names, value }));
                additional.push(self.store().not(names));
            }
            let formula = self.store().and(atoms);
            self.add("patternProperties", formula);
        }
        if let Some(schema) = self.members.get("additionalProperties") {
            let value = self.lower(schema)?;
            let listed = properties.into_iter().flat_map(|map| map.keys().map(|name| Value::String(name.clone())));
            additional.push(self.store().none_of_values(listed));
            let names = self.store().and(additional);
            let formula = self.store().atom(Atom::EveryMember { names, value });
            self.add("additionalProperties", formula);
        }
        if let Some(schema) = self.members.get("propertyNames").filter(|_| self.draft > Draft::Draft4) {
            let valid = self.lower(schema)?;
            let names = self.store().not(valid);
            let formula = self.store().atom(Atom::EveryMember { names, value: FormulaId::FALSE });
            self.add("propertyNames", formula);
        }
        Ok(())
    }

    /// Lowers `dependencies` and its two successors: implications from a member.
    fn lower_dependencies(&mut self) -> Result<(), LowerError> {
        let has_successors = self.draft >= Draft::Draft201909;
        for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
            let applies = match keyword {
                "dependencies" => !has_successors || self.lowering.sources.dependencies.are_applied(),
                _ => has_successors,
            };
            let Some(map) = self.object(keyword)?.filter(|_| applies) else { continue };
            let mut implications = Vec::new();
            for (name, dependency) in map {
                let absent = self.store().atom(Atom::IfMember(name.as_str().into(), FormulaId::FALSE));
                let consequence = match dependency {
                    Value::Array(names) => {
                        let mut required = Vec::new();
                        for name in names {
                            let name = name.as_str().ok_or_else(|| {
                                unreadable(keyword, "an object of schemas and arrays of property names")
                            })?;
                            required.push(self.store().atom(Atom::Member(name.into(), FormulaId::TRUE)));
                        }
                        self.store().and(required)
                    }
                    schema => self.lower(schema)?,
                };
                implications.push(self.store().or([absent, consequence]));
            }
            let formula = self.store().and(implications);
            self.add(keyword, formula);
        }
        Ok(())
    }

    /// Returns the keywords for items: before 2020-12, `items` is the prefix if it is an array.
    fn item_keywords(&self) -> ItemKeywords {
        if self.draft >= Draft::Draft202012 {
            return ItemKeywords { prefix: Some("prefixItems"), rest: "items" };
        }
        match self.members.get("items") {
            Some(Value::Array(_)) => ItemKeywords { prefix: Some("items"), rest: "additionalItems" },
            Some(_) | None => ItemKeywords { prefix: None, rest: "items" },
        }
    }

    /// Lowers the keywords for items by index.
    fn lower_items(&mut self) -> Result<(), LowerError> {
        let keywords = self.item_keywords();
        let mut count = 0;
        if let Some(keyword) = keywords.prefix
            && let Some(schemas) = self.lower_array(keyword)?
        {
            let mut atoms = Vec::new();
            for schema in schemas {
                atoms.push(self.store().atom(Atom::IfItem(count, schema)));
                count += 1;
            }
            let formula = self.store().and(atoms);
            self.add(keyword, formula);
        }
        if let Some(schema) = self.members.get(keywords.rest) {
            let item = self.lower(schema)?;
            let formula = self.store().atom(Atom::EveryItem(count, item));
            self.add(keywords.rest, formula);
        }
        Ok(())
    }

    /// Lowers `contains` with its bounds, which it has since 2019-09.
    fn lower_contains(&mut self) -> Result<(), LowerError> {
        let Some(schema) = self.members.get("contains").filter(|_| self.draft > Draft::Draft4) else { return Ok(()) };
        let item = self.lower(schema)?;
        let has_bounds = self.draft >= Draft::Draft201909;
        let min = self.count("minContains")?.filter(|_| has_bounds).unwrap_or(1);
        let formula = self.store().atom(Atom::MinContains { from: 0, item, count: min });
        self.add(if min == 1 { "contains" } else { "minContains" }, formula);
        if let Some(max) = self.count("maxContains")?.filter(|_| has_bounds) {
            let formula = self.store().max_contains(item, max);
            self.add("maxContains", formula);
        }
        Ok(())
    }
}
