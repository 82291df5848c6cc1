//! Keywords that say something without a schema in them.

use serde_json::Value;

use super::super::draft::Draft;
use super::super::formula::{Atom, FormulaId, JsonType, Polarity, TypeSet};
use super::super::number::to_rational;
use super::super::regex::PatternError;
use super::{LowerError, Sink, expected};

impl Sink<'_, '_> {
    pub(super) fn assertions(&mut self) -> Result<(), LowerError> {
        self.type_keyword()?;
        self.values()?;
        self.bounds()?;
        self.lengths()?;
        self.pattern_and_format()?;
        self.sizes()
    }

    fn type_keyword(&mut self) -> Result<(), LowerError> {
        let wrong = || expected("type", "a type name or an array of type names");
        let formula = match self.members.get("type") {
            Some(Value::String(name)) => self.type_named(name)?,
            Some(Value::Array(names)) => {
                let names: Vec<FormulaId> = names
                    .iter()
                    .map(|name| self.type_named(name.as_str().ok_or_else(wrong)?))
                    .collect::<Result<_, LowerError>>()?;
                self.store().any_type(&names)
            }
            Some(_) => return Err(wrong().into()),
            None => return Ok(()),
        };
        self.part("type", formula);
        Ok(())
    }

    fn type_named(&mut self, name: &str) -> Result<FormulaId, LowerError> {
        let one = match name {
            "null" => JsonType::Null,
            "boolean" => JsonType::Boolean,
            "number" | "integer" => JsonType::Number,
            "string" => JsonType::String,
            "array" => JsonType::Array,
            "object" => JsonType::Object,
            _ => return Err(expected("type", "a type name or an array of type names").into()),
        };
        if name != "integer" {
            return Ok(self.store().types(TypeSet::only(one)));
        }
        let whole = self.store().integer();
        if self.draft > Draft::Draft4 {
            return Ok(whole);
        }
        let spelled = self.store().atom(Atom::IntegerLiteral { polarity: Polarity::Positive });
        Ok(self.store().and([whole, spelled]))
    }

    fn values(&mut self) -> Result<(), LowerError> {
        match self.members.get("enum") {
            Some(Value::Array(values)) => {
                let formula = self.store().one_of_values(values.iter().cloned());
                self.part("enum", formula);
            }
            Some(_) => return Err(expected("enum", "an array of values").into()),
            None => {}
        }
        if let Some(value) = self.members.get("const").filter(|_| self.draft > Draft::Draft4) {
            let formula = self.store().one_of_values([value.clone()]);
            self.part("const", formula);
        }
        Ok(())
    }

    fn number(&self, keyword: &'static str) -> Result<Option<num_rational::BigRational>, LowerError> {
        match self.members.get(keyword) {
            Some(Value::Number(number)) => Ok(Some(to_rational(number))),
            Some(_) => Err(expected(keyword, "a number").into()),
            None => Ok(None),
        }
    }

    fn bounds(&mut self) -> Result<(), LowerError> {
        let four = self.draft == Draft::Draft4;
        for (keyword, exclusive_keyword, is_lower) in
            [("minimum", "exclusiveMinimum", true), ("maximum", "exclusiveMaximum", false)]
        {
            let exclusive = match self.members.get(exclusive_keyword) {
                Some(Value::Bool(exclusive)) if four => *exclusive,
                Some(_) if four => return Err(expected(exclusive_keyword, "a boolean in draft 4").into()),
                Some(_) | None => false,
            };
            let atom = |bound, exclusive| {
                if is_lower { Atom::Minimum { bound, exclusive } } else { Atom::Maximum { bound, exclusive } }
            };
            if let Some(bound) = self.number(keyword)? {
                let formula = self.store().atom(atom(bound, exclusive));
                self.part(keyword, formula);
            }
            if !four && let Some(bound) = self.number(exclusive_keyword)? {
                let formula = self.store().atom(atom(bound, true));
                self.part(exclusive_keyword, formula);
            }
        }
        if let Some(of) = self.number("multipleOf")? {
            if of <= super::super::number::zero() {
                return Err(expected("multipleOf", "a number greater than 0").into());
            }
            let formula = self.store().atom(Atom::MultipleOf(of));
            self.part("multipleOf", formula);
        }
        Ok(())
    }

    fn lengths(&mut self) -> Result<(), LowerError> {
        if let Some(count) = self.count("minLength")? {
            let formula = self.store().atom(Atom::MinLength(count));
            self.part("minLength", formula);
        }
        if let Some(count) = self.count("maxLength")? {
            let formula = self.store().atom(Atom::MaxLength(count));
            self.part("maxLength", formula);
        }
        Ok(())
    }

    fn pattern_and_format(&mut self) -> Result<(), LowerError> {
        match self.members.get("pattern") {
            Some(Value::String(pattern)) => {
                let formula = self.pattern("pattern", pattern)?;
                self.part("pattern", formula);
            }
            Some(_) => return Err(expected("pattern", "a regular expression").into()),
            None => {}
        }
        if let Some(Value::String(format)) = self.members.get("format").filter(|_| self.lowering.sources.formats)
            && super::super::format::is_known(self.draft, format)
        {
            let predicate = format!("format {format}").into();
            let formula = self.store().atom(Atom::Opaque { predicate, polarity: Polarity::Positive });
            self.part("format", formula);
        }
        Ok(())
    }

    /// That a text matches a pattern.
    pub(super) fn pattern(&mut self, keyword: &'static str, pattern: &str) -> Result<FormulaId, LowerError> {
        match self.lowering.sources.languages.compile(pattern) {
            Ok(language) => Ok(self.store().atom(Atom::Language { language, polarity: Polarity::Positive })),
            Err(PatternError::Unsupported) => {
                let predicate = format!("pattern {pattern}").into();
                Ok(self.store().atom(Atom::Opaque { predicate, polarity: Polarity::Positive }))
            }
            Err(PatternError::Syntax) => Err(expected(keyword, "a regular expression").into()),
        }
    }

    fn sizes(&mut self) -> Result<(), LowerError> {
        if let Some(count) = self.count("minItems")? {
            let formula = self.store().atom(Atom::MinItems(count));
            self.part("minItems", formula);
        }
        if let Some(count) = self.count("maxItems")? {
            let formula = self.store().atom(Atom::MaxItems(count));
            self.part("maxItems", formula);
        }
        if self.members.get("uniqueItems") == Some(&Value::Bool(true)) {
            let formula = self.store().atom(Atom::UniqueItems { polarity: Polarity::Positive });
            self.part("uniqueItems", formula);
        }
        if let Some(count) = self.count("minProperties")? {
            let formula = self.store().atom(Atom::MinProperties(count));
            self.part("minProperties", formula);
        }
        if let Some(count) = self.count("maxProperties")? {
            let formula = self.store().atom(Atom::MaxProperties(count));
            self.part("maxProperties", formula);
        }
        match self.members.get("required") {
            Some(Value::Array(names)) => {
                let mut all = Vec::with_capacity(names.len());
                for name in names {
                    let name = name.as_str().ok_or_else(|| expected("required", "an array of property names"))?;
                    all.push(self.store().atom(Atom::Member(name.into(), FormulaId::TRUE)));
                }
                let formula = self.store().and(all);
                self.part("required", formula);
            }
            // A draft-3 habit that many schemas still have: ignored by everyone.
            Some(Value::Bool(_)) | None => {}
            Some(_) => return Err(expected("required", "an array of property names").into()),
        }
        Ok(())
    }
}
