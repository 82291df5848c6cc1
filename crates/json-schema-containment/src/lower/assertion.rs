//! Assertions: keywords without schemas in their values (2020-12 Validation, section 6). Each
//! becomes a literal or a few.
//!
//! An assertion constrains one type and is true of all others, as an atom is; only `type`, `enum`
//! and `const` constrain all types. Values that a keyword cannot have are errors, because
//! validators disagree about them: to ignore the keyword would be a guess.
//!
//! | draft | difference |
//! |---|---|
//! | 4 | `exclusiveMinimum` is a flag of `minimum`; an integer must be written as one; no `const` |
//! | 6 and later | `exclusiveMinimum` is a bound; an integer is a number without a fractional part |
//! | all | `format` is an annotation unless the question asserts it, and then only for formats that the draft defines |

use json_document::exact::{Decimal, ExactValue as Value};

use super::super::draft::Draft;
use super::super::format;
use super::super::formula::{Atom, FormulaId, JsonType, Polarity, TypeSet};
use super::super::regex::PatternError;
use super::error::LowerError;
use super::keyword::{KeywordLowering, unreadable};

/// A keyword whose value is a count.
type CountKeyword = (&'static str, fn(u64) -> Atom);

const LENGTHS: [CountKeyword; 2] = [("minLength", Atom::MinLength), ("maxLength", Atom::MaxLength)];
const ITEM_COUNTS: [CountKeyword; 2] = [("minItems", Atom::MinItems), ("maxItems", Atom::MaxItems)];
const MEMBER_COUNTS: [CountKeyword; 2] =
    [("minProperties", Atom::MinProperties), ("maxProperties", Atom::MaxProperties)];

const TYPE_VALUES: &str = "a type name or an array of type names";

impl KeywordLowering<'_, '_> {
    /// Lowers the assertions, in an order that incompatibilities keep.
    pub(super) fn lower_assertions(&mut self) -> Result<(), LowerError> {
        self.lower_type()?;
        self.lower_enum_and_const()?;
        self.lower_bounds()?;
        self.lower_counts(LENGTHS)?;
        self.lower_pattern_and_format()?;
        self.lower_counts(ITEM_COUNTS)?;
        if self.members.get("uniqueItems") == Some(&Value::Bool(true)) {
            let formula = self.store().atom(Atom::UniqueItems { polarity: Polarity::Positive });
            self.add("uniqueItems", formula);
        }
        self.lower_counts(MEMBER_COUNTS)?;
        self.lower_required()
    }

    /// Lowers `type`, with one name or several.
    fn lower_type(&mut self) -> Result<(), LowerError> {
        let formula = match self.members.get("type") {
            Some(Value::String(name)) => self.type_formula(name)?,
            Some(Value::Array(names)) => {
                let types: Vec<FormulaId> = names
                    .iter()
                    .map(|name| self.type_formula(name.as_str().ok_or_else(|| unreadable("type", TYPE_VALUES))?))
                    .collect::<Result<_, LowerError>>()?;
                self.store().any_type(&types)
            }
            Some(_) => return Err(unreadable("type", TYPE_VALUES)),
            None => return Ok(()),
        };
        self.add("type", formula);
        Ok(())
    }

    /// Returns the formula of a type. In draft 4 an integer is one that is written as such; later drafts go by the value.
    fn type_formula(&mut self, name: &str) -> Result<FormulaId, LowerError> {
        let json_type = match name {
            "null" => JsonType::Null,
            "boolean" => JsonType::Boolean,
            "number" | "integer" => JsonType::Number,
            "string" => JsonType::String,
            "array" => JsonType::Array,
            "object" => JsonType::Object,
            _ => return Err(unreadable("type", TYPE_VALUES)),
        };
        if name != "integer" {
            return Ok(self.store().types(TypeSet::only(json_type)));
        }
        let integer = self.store().integer();
        if self.draft > Draft::Draft4 {
            return Ok(integer);
        }
        let literal = self.store().atom(Atom::IntegerLiteral { polarity: Polarity::Positive });
        Ok(self.store().and([integer, literal]))
    }

    /// Lowers `enum` and `const` to finite sets of values. An empty `enum` accepts no value.
    fn lower_enum_and_const(&mut self) -> Result<(), LowerError> {
        match self.members.get("enum") {
            Some(Value::Array(values)) => {
                let formula = self.store().one_of_values(values.iter().cloned());
                self.add("enum", formula);
            }
            Some(_) => return Err(unreadable("enum", "an array of values")),
            None => {}
        }
        if let Some(value) = self.members.get("const").filter(|_| self.draft > Draft::Draft4) {
            let formula = self.store().one_of_values([value.clone()]);
            self.add("const", formula);
        }
        Ok(())
    }

    fn number(&self, keyword: &'static str) -> Result<Option<Decimal>, LowerError> {
        match self.members.get(keyword) {
            Some(Value::Number(number)) => Ok(Some(number.decimal().clone())),
            Some(_) => Err(unreadable(keyword, "a number")),
            None => Ok(None),
        }
    }

    /// Lowers the bounds of a number. The exclusive keywords are flags of the others in draft 4, and bounds since.
    fn lower_bounds(&mut self) -> Result<(), LowerError> {
        let has_flags = self.draft == Draft::Draft4;
        for (keyword, exclusive_keyword, is_minimum) in
            [("minimum", "exclusiveMinimum", true), ("maximum", "exclusiveMaximum", false)]
        {
            let flag = match self.members.get(exclusive_keyword) {
                Some(Value::Bool(flag)) if has_flags => *flag,
                Some(_) if has_flags => return Err(unreadable(exclusive_keyword, "a boolean in draft 4")),
                Some(_) | None => false,
            };
            let atom = |bound, exclusive| {
                if is_minimum { Atom::Minimum { bound, exclusive } } else { Atom::Maximum { bound, exclusive } }
            };
            if let Some(bound) = self.number(keyword)? {
                let formula = self.store().atom(atom(bound, flag));
                self.add(keyword, formula);
            }
            if !has_flags && let Some(bound) = self.number(exclusive_keyword)? {
                let formula = self.store().atom(atom(bound, true));
                self.add(exclusive_keyword, formula);
            }
        }
        if let Some(divisor) = self.number("multipleOf")? {
            if !divisor.is_positive() {
                return Err(unreadable("multipleOf", "a number greater than 0"));
            }
            let formula = self.store().atom(Atom::MultipleOf(divisor));
            self.add("multipleOf", formula);
        }
        Ok(())
    }

    /// Lowers a pair of keywords whose values are counts.
    fn lower_counts(&mut self, keywords: [CountKeyword; 2]) -> Result<(), LowerError> {
        for (keyword, atom) in keywords {
            if let Some(count) = self.count(keyword)? {
                let formula = self.store().atom(atom(count));
                self.add(keyword, formula);
            }
        }
        Ok(())
    }

    /// Lowers `pattern`, and `format` if it is asserted. A format is an opaque predicate, under a
    /// name of its own.
    fn lower_pattern_and_format(&mut self) -> Result<(), LowerError> {
        match self.members.get("pattern") {
            Some(Value::String(pattern)) => {
                let formula = self.pattern_formula("pattern", pattern)?;
                self.add("pattern", formula);
            }
            Some(_) => return Err(unreadable("pattern", "a regular expression")),
            None => {}
        }
        if let Some(Value::String(format)) = self.members.get("format").filter(|_| self.lowering.sources.formats)
            && format::is_known(self.draft, format)
        {
            let predicate = format!("format {format}").into();
            let formula = self.store().atom(Atom::Opaque { predicate, polarity: Polarity::Positive });
            self.add("format", formula);
        }
        Ok(())
    }

    /// Returns the formula of the strings that a pattern matches.
    ///
    /// A pattern that is valid but has no language is opaque. Equal texts are equal predicates, so
    /// that the solver still knows that a pattern is contained in itself.
    pub(super) fn pattern_formula(&mut self, keyword: &'static str, pattern: &str) -> Result<FormulaId, LowerError> {
        match self.lowering.sources.languages.compile(pattern) {
            Ok(language) => Ok(self.store().atom(Atom::Language { language, polarity: Polarity::Positive })),
            Err(PatternError::Unsupported) => {
                let predicate = format!("pattern {pattern}").into();
                Ok(self.store().atom(Atom::Opaque { predicate, polarity: Polarity::Positive }))
            }
            Err(PatternError::Exhausted) => Err(LowerError::Budget),
            Err(PatternError::Syntax) => Err(unreadable(keyword, "a regular expression")),
        }
    }

    /// Lowers `required` to one atom for each name.
    fn lower_required(&mut self) -> Result<(), LowerError> {
        match self.members.get("required") {
            Some(Value::Array(names)) => {
                let mut members = Vec::with_capacity(names.len());
                for name in names {
                    let name = name.as_str().ok_or_else(|| unreadable("required", "an array of property names"))?;
                    members.push(self.store().atom(Atom::Member(name.into(), FormulaId::TRUE)));
                }
                let formula = self.store().and(members);
                self.add("required", formula);
            }
            // The form of draft 3, which many schemas still have and validators ignore.
            Some(Value::Bool(_)) | None => {}
            Some(_) => return Err(unreadable("required", "an array of property names")),
        }
        Ok(())
    }
}
