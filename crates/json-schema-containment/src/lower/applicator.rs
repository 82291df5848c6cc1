//! Keywords that say something by the schemas in them.

use serde_json::Value;

use super::super::draft::Draft;
use super::super::formula::{Atom, FormulaId};
use super::{LowerError, Sink, expected};

impl Sink<'_, '_> {
    pub(super) fn applicators(&mut self) -> Result<(), LowerError> {
        self.logic()?;
        self.conditions()?;
        self.dependencies()?;
        // The others step into the document: whatever leads back to itself from there is another matter.
        let looping = std::mem::take(&mut self.lowering.looping);
        let within = self.members().and_then(|()| self.items()).and_then(|()| self.contains());
        self.lowering.looping = looping;
        within
    }

    fn logic(&mut self) -> Result<(), LowerError> {
        if let Some(all) = self.lower_all("allOf")? {
            let formula = self.store().and(all);
            self.part("allOf", formula);
        }
        if let Some(any) = self.lower_all("anyOf")? {
            let formula = self.store().or(any);
            self.part("anyOf", formula);
        }
        if let Some(branches) = self.lower_all("oneOf")? {
            let mut conditions = vec![self.store().or(branches.iter().copied())];
            let not: Vec<FormulaId> = branches.iter().map(|&branch| self.store().not(branch)).collect();
            for (at, &one) in not.iter().enumerate() {
                for &other in &not[at + 1..] {
                    conditions.push(self.store().or([one, other]));
                }
            }
            let formula = self.store().and(conditions);
            self.part("oneOf", formula);
        }
        if let Some(schema) = self.members.get("not") {
            let inner = self.lower(schema)?;
            let formula = self.store().not(inner);
            self.part("not", formula);
        }
        Ok(())
    }

    fn conditions(&mut self) -> Result<(), LowerError> {
        let Some(condition) = self.members.get("if").filter(|_| self.draft >= Draft::Draft7) else { return Ok(()) };
        let condition = self.lower(condition)?;
        let not = self.store().not(condition);
        if let Some(then) = self.members.get("then") {
            let then = self.lower(then)?;
            let formula = self.store().or([not, then]);
            self.part("then", formula);
        }
        if let Some(otherwise) = self.members.get("else") {
            let otherwise = self.lower(otherwise)?;
            let formula = self.store().or([condition, otherwise]);
            self.part("else", formula);
        }
        Ok(())
    }

    fn members(&mut self) -> Result<(), LowerError> {
        let properties = self.object("properties")?;
        let patterns = self.object("patternProperties")?;
        let mut listed_members = Vec::new();
        if let Some(map) = properties {
            for (name, schema) in map {
                let value = self.lower(schema)?;
                listed_members.push(self.store().atom(Atom::IfMember(name.as_str().into(), value)));
            }
            let formula = self.store().and(listed_members);
            self.part("properties", formula);
        }
        let mut elsewhere = Vec::new();
        if let Some(map) = patterns {
            let mut all = Vec::new();
            for (pattern, schema) in map {
                let names = self.pattern("patternProperties", pattern)?;
                let value = self.lower(schema)?;
                all.push(self.store().atom(Atom::EveryMember { names, value }));
                elsewhere.push(self.store().not(names));
            }
            let formula = self.store().and(all);
            self.part("patternProperties", formula);
        }
        if let Some(schema) = self.members.get("additionalProperties") {
            let value = self.lower(schema)?;
            let listed = properties.into_iter().flat_map(|map| map.keys().map(|name| Value::String(name.clone())));
            elsewhere.push(self.store().none_of_values(listed));
            let names = self.store().and(elsewhere);
            let formula = self.store().atom(Atom::EveryMember { names, value });
            self.part("additionalProperties", formula);
        }
        if let Some(schema) = self.members.get("propertyNames").filter(|_| self.draft > Draft::Draft4) {
            let names = self.lower(schema)?;
            let others = self.store().not(names);
            let formula = self.store().atom(Atom::EveryMember { names: others, value: FormulaId::FALSE });
            self.part("propertyNames", formula);
        }
        Ok(())
    }

    fn dependencies(&mut self) -> Result<(), LowerError> {
        let new = self.draft >= Draft::Draft201909;
        for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
            let Some(map) = self.object(keyword)?.filter(|_| new || keyword == "dependencies") else { continue };
            let mut all = Vec::new();
            for (name, wanted) in map {
                let absent = self.store().atom(Atom::IfMember(name.as_str().into(), FormulaId::FALSE));
                let wanted = match wanted {
                    Value::Array(names) => {
                        let mut needed = Vec::new();
                        for name in names {
                            let name = name.as_str().ok_or_else(|| {
                                expected(keyword, "an object of schemas and arrays of property names")
                            })?;
                            needed.push(self.store().atom(Atom::Member(name.into(), FormulaId::TRUE)));
                        }
                        self.store().and(needed)
                    }
                    schema => self.lower(schema)?,
                };
                all.push(self.store().or([absent, wanted]));
            }
            let formula = self.store().and(all);
            self.part(keyword, formula);
        }
        Ok(())
    }

    /// The keywords for items, by what the draft calls them: those of the first ones, and that of the rest.
    pub(super) fn item_keywords(&self) -> (Option<&'static str>, Option<&'static str>) {
        if self.draft >= Draft::Draft202012 {
            return (Some("prefixItems"), Some("items"));
        }
        match self.members.get("items") {
            Some(Value::Array(_)) => (Some("items"), Some("additionalItems")),
            Some(_) | None => (None, Some("items")),
        }
    }

    fn items(&mut self) -> Result<(), LowerError> {
        let (first, rest) = self.item_keywords();
        let mut from = 0;
        if let Some(keyword) = first
            && let Some(schemas) = self.lower_all(keyword)?
        {
            let mut all = Vec::new();
            for schema in schemas {
                all.push(self.store().atom(Atom::IfItem(from, schema)));
                from += 1;
            }
            let formula = self.store().and(all);
            self.part(keyword, formula);
        }
        if let Some((keyword, schema)) = rest.and_then(|keyword| Some((keyword, self.members.get(keyword)?))) {
            let item = self.lower(schema)?;
            let formula = self.store().atom(Atom::EveryItem(from, item));
            self.part(keyword, formula);
        }
        Ok(())
    }

    fn contains(&mut self) -> Result<(), LowerError> {
        let Some(schema) = self.members.get("contains").filter(|_| self.draft > Draft::Draft4) else { return Ok(()) };
        let item = self.lower(schema)?;
        let counted = self.draft >= Draft::Draft201909;
        let least = self.count("minContains")?.filter(|_| counted).unwrap_or(1);
        let formula = self.store().atom(Atom::MinContains { from: 0, item, count: least });
        self.part(if least == 1 { "contains" } else { "minContains" }, formula);
        if let Some(most) = self.count("maxContains")?.filter(|_| counted) {
            let formula = self.store().max_contains(item, most);
            self.part("maxContains", formula);
        }
        Ok(())
    }
}
