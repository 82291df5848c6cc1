//! Keywords that say something without a schema in them.

use serde_json::Value;

use super::super::draft::Draft;
use super::super::formula::{Atom, Id, Type, Types};
use super::super::number::to_rational;
use super::super::regex::PatternError;
use super::{Sink, Trouble, expected};

impl Sink<'_, '_> {
    pub(super) fn assertions(&mut self) -> Result<(), Trouble> {
        self.type_keyword()?;
        self.values()?;
        self.bounds()?;
        self.lengths()?;
        self.pattern_and_format()?;
        self.sizes()
    }

    fn type_keyword(&mut self) -> Result<(), Trouble> {
        let wrong = || expected("type", "a type name or an array of type names");
        let formula = match self.members.get("type") {
            Some(Value::String(name)) => self.type_named(name)?,
            Some(Value::Array(names)) => {
                let names: Vec<Id> = names
                    .iter()
                    .map(|name| self.type_named(name.as_str().ok_or_else(wrong)?))
                    .collect::<Result<_, Trouble>>()?;
                self.store().any_type(&names)
            }
            Some(_) => return Err(wrong().into()),
            None => return Ok(()),
        };
        self.part("type", formula);
        Ok(())
    }

    fn type_named(&mut self, name: &str) -> Result<Id, Trouble> {
        let one = match name {
            "null" => Type::Null,
            "boolean" => Type::Boolean,
            "number" | "integer" => Type::Number,
            "string" => Type::String,
            "array" => Type::Array,
            "object" => Type::Object,
            _ => return Err(expected("type", "a type name or an array of type names").into()),
        };
        if name != "integer" {
            return Ok(self.store().types(Types::only(one)));
        }
        let whole = self.store().integer();
        if self.draft > Draft::Draft4 {
            return Ok(whole);
        }
        let spelled = self.store().atom(Atom::Spelled { integer: true });
        Ok(self.store().and([whole, spelled]))
    }

    fn values(&mut self) -> Result<(), Trouble> {
        match self.members.get("enum") {
            Some(Value::Array(values)) => {
                let formula = self.store().one_of(values.iter().cloned());
                self.part("enum", formula);
            }
            Some(_) => return Err(expected("enum", "an array of values").into()),
            None => {}
        }
        if let Some(value) = self.members.get("const").filter(|_| self.draft > Draft::Draft4) {
            let formula = self.store().one_of([value.clone()]);
            self.part("const", formula);
        }
        Ok(())
    }

    fn number(&self, keyword: &'static str) -> Result<Option<num_rational::BigRational>, Trouble> {
        match self.members.get(keyword) {
            Some(Value::Number(number)) => Ok(Some(to_rational(number))),
            Some(_) => Err(expected(keyword, "a number").into()),
            None => Ok(None),
        }
    }

    fn bounds(&mut self) -> Result<(), Trouble> {
        let four = self.draft == Draft::Draft4;
        for (keyword, exclusive, is_lower) in
            [("minimum", "exclusiveMinimum", true), ("maximum", "exclusiveMaximum", false)]
        {
            let strict = match self.members.get(exclusive) {
                Some(Value::Bool(strict)) if four => *strict,
                Some(_) if four => return Err(expected(exclusive, "a boolean in draft 4").into()),
                Some(_) | None => false,
            };
            let atom = |bound, strict| {
                if is_lower { Atom::AtLeast { bound, strict } } else { Atom::AtMost { bound, strict } }
            };
            if let Some(bound) = self.number(keyword)? {
                let formula = self.store().atom(atom(bound, strict));
                self.part(keyword, formula);
            }
            if !four && let Some(bound) = self.number(exclusive)? {
                let formula = self.store().atom(atom(bound, true));
                self.part(exclusive, formula);
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

    fn lengths(&mut self) -> Result<(), Trouble> {
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

    fn pattern_and_format(&mut self) -> Result<(), Trouble> {
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
            let name = format!("format {format}").into();
            let formula = self.store().atom(Atom::Opaque { name, holds: true });
            self.part("format", formula);
        }
        Ok(())
    }

    /// That a text matches a pattern.
    pub(super) fn pattern(&mut self, keyword: &'static str, pattern: &str) -> Result<Id, Trouble> {
        match self.lowering.sources.languages.compile(pattern) {
            Ok(language) => Ok(self.store().atom(Atom::Language { language, holds: true })),
            Err(PatternError::Unsupported) => {
                let name = format!("pattern {pattern}").into();
                Ok(self.store().atom(Atom::Opaque { name, holds: true }))
            }
            Err(PatternError::Syntax) => Err(expected(keyword, "a regular expression").into()),
        }
    }

    fn sizes(&mut self) -> Result<(), Trouble> {
        if let Some(count) = self.count("minItems")? {
            let formula = self.store().atom(Atom::MinItems(count));
            self.part("minItems", formula);
        }
        if let Some(count) = self.count("maxItems")? {
            let formula = self.store().atom(Atom::MaxItems(count));
            self.part("maxItems", formula);
        }
        if self.members.get("uniqueItems") == Some(&Value::Bool(true)) {
            let formula = self.store().atom(Atom::Unique { holds: true });
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
                    all.push(self.store().atom(Atom::Member(name.into(), Id::TRUE)));
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
