//! The schemas of a comparison: files, and places in files.

use std::borrow::Cow;
use std::ffi::OsStr;

use json_document::Pointer;
use json_schema_core::{
    DocumentKind, IneffectiveKeyword, NotASchema, check_is_schema, find_ineffective_keywords, locate_schema,
    percent_decode,
};
use serde_json::{Value, json};

use crate::cli::exit::Failure;
use crate::cli::input::{self, Contents, InputName, Separator};
use crate::cli::style::Plain;
use crate::compat::{Draft, KeywordPlace, Question, Role, exact};
use crate::routing::source::read_exact_value;

/// A schema of a comparison.
pub(super) struct Schema {
    /// The argument of the command line.
    pub(super) name: InputName,
    /// The file, without the pointer of the argument.
    file: InputName,
    /// The document that contains the schema.
    document: Value,
    /// The document with all digits of its numbers.
    exact: exact::ExactValue,
    /// The place of the schema in the document.
    pointer: Pointer,
    /// The draft of an API document that has no `$schema`.
    api_draft: Option<Draft>,
}

impl Schema {
    /// Reads `FILE` or `FILE#POINTER`.
    pub(super) fn read(name: &OsStr) -> Result<Self, Failure> {
        let (file, fragment) = split_fragment(name);
        let name = InputName::new(name);
        let (document, mut exact) = read_document(&file)?;
        let Some(fragment) = fragment else {
            check_is_schema(&document).map_err(|error| not_a_schema(&error, &file))?;
            return Ok(Self { name, file, document, exact, pointer: Pointer::ROOT, api_draft: None });
        };
        let missing =
            || Failure::new(format!("{name}: the file has nothing at this place"), "check the JSON pointer after `#`");
        let located = locate_schema(&document, &Pointer::parse(&fragment)).ok_or_else(missing)?;
        if let Cow::Owned(_) = &located.document {
            exact = locate_exact(exact, &Pointer::parse(&fragment));
        }
        let (document, pointer) = (located.document.into_owned(), located.pointer);
        let schema = document.pointer(pointer.as_str()).ok_or_else(missing)?;
        if !schema.is_object() && !schema.is_boolean() {
            let message = format!("{name}: a JSON Schema must be an object or a boolean");
            return Err(Failure::new(message, "check the JSON pointer after `#`"));
        }
        check_is_schema(schema).map_err(|error| not_a_schema(&error, &name))?;
        let api_draft = match check_is_schema(&document) {
            Err(NotASchema { kind, .. }) => draft_of_api(&kind, &document),
            Ok(()) => None,
        };
        Ok(Self { name, file, document, exact, pointer, api_draft })
    }

    /// Returns the schema that is asked about, for a role: the document itself, or a reference to the place in it.
    pub(super) fn root(&self, role: Role, default: Draft) -> exact::ExactValue {
        if self.pointer == Pointer::ROOT {
            return self.exact.clone();
        }
        let reference = format!("{}{}", uri(role), json_schema_core::format_pointer_reference(&self.pointer));
        exact::ExactValue::from(&json!({"$schema": schema_uri(self.draft(default)), "$ref": reference}))
    }

    /// Adds the document that [`Schema::root`] refers to.
    pub(super) fn add_document<'q>(&'q self, question: Question<'q>, role: Role) -> Question<'q> {
        if self.pointer == Pointer::ROOT { question } else { question.exact_document(uri(role), &self.exact) }
    }

    /// Returns the draft by which the schema is read.
    pub(super) fn draft(&self, default: Draft) -> Draft {
        let schema = self.document.pointer(self.pointer.as_str()).unwrap_or(&self.document);
        let named = |schema| Draft::named_by(schema).ok().flatten();
        named(schema).or_else(|| named(&self.document)).or(self.api_draft).unwrap_or(default)
    }

    /// Returns the keywords without effect, each with its file and place.
    pub(super) fn notes(&self, default: Draft) -> Vec<(String, IneffectiveKeyword)> {
        let found = find_ineffective_keywords(&self.document, &self.pointer, self.draft(default));
        found.into_iter().map(|found| (format!("{}#{}", self.file, found.pointer), found)).collect()
    }

    /// Formats a place in the schema with its file, or with the URI of its document.
    pub(super) fn format_place(&self, place: &KeywordPlace) -> String {
        let text = place.to_string();
        match place.document.as_deref() {
            None => format!("{}{text}", self.file),
            Some(_) => match text.strip_prefix(uri(Role::Writer)).or_else(|| text.strip_prefix(uri(Role::Reader))) {
                Some(below) => format!("{}{below}", self.file),
                None => text,
            },
        }
    }
}

/// The URI of a document that contains the schema as a part.
const fn uri(role: Role) -> &'static str {
    match role {
        Role::Writer => "document://writer",
        Role::Reader => "document://reader",
    }
}

/// Formats a place for programs: without the URI that only this process knows.
pub(super) fn format_place(place: &KeywordPlace) -> String {
    let text = place.to_string();
    for role in [Role::Writer, Role::Reader] {
        if let Some(below) = text.strip_prefix(uri(role)) {
            return below.to_owned();
        }
    }
    text
}

const fn schema_uri(draft: Draft) -> &'static str {
    match draft {
        Draft::Draft4 => "http://json-schema.org/draft-04/schema#",
        Draft::Draft6 => "http://json-schema.org/draft-06/schema#",
        Draft::Draft7 => "http://json-schema.org/draft-07/schema#",
        Draft::Draft201909 => "https://json-schema.org/draft/2019-09/schema",
        Draft::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
    }
}

/// Returns the draft on which the schemas of an API document are based: OpenAPI 3.0 and Swagger on draft 4 with changes.
fn draft_of_api(kind: &DocumentKind, document: &Value) -> Option<Draft> {
    match kind {
        DocumentKind::OpenApi => {
            let is_3_1 = document["openapi"].as_str().is_some_and(|version| !version.starts_with("3.0"));
            Some(if is_3_1 { Draft::Draft202012 } else { Draft::Draft4 })
        }
        DocumentKind::AsyncApi => Some(Draft::Draft7),
        _ => None,
    }
}

/// Splits `FILE#POINTER`. A `#` that no pointer follows belongs to the name of the file.
pub(super) fn split_fragment(name: &OsStr) -> (InputName, Option<String>) {
    if let Some((file, fragment)) = InputName::split(name, Separator::Last(b'#'))
        && let Some(fragment) = fragment.to_str()
        && !file.is_empty()
        && (fragment.is_empty() || fragment.starts_with('/'))
    {
        return (InputName::new(file), Some(percent_decode(fragment)));
    }
    (InputName::new(name), None)
}

/// Reads a file with one document, JSON or YAML.
pub(super) fn read_document(file: &InputName) -> Result<(Value, exact::ExactValue), Failure> {
    let bytes = input::read(file, Contents::Document)?;
    let invalid = |error: String| {
        Failure::new(format!("{file}: {}", Plain(&error)), "each file must contain one document, JSON or YAML")
    };
    let name = file.as_str();
    let exact = read_exact_value(name, &bytes).map_err(invalid)?;
    Ok((exact.to_nearest_serde(), exact))
}

/// Returns the document with the schema at a pointer, as [`locate_schema`] does: that in the last String on the way.
fn locate_exact(mut document: exact::ExactValue, pointer: &Pointer) -> exact::ExactValue {
    let mut within = Pointer::ROOT;
    for segment in pointer.segments() {
        within.push_name(&segment);
        let text = document.pointer(within.as_str()).and_then(exact::ExactValue::as_str);
        let inner = text.filter(|text| text.trim_start().starts_with('{'));
        if let Some(Ok(inner)) = inner.map(|text| exact::ExactValue::from_slice(text.as_bytes())) {
            (document, within) = (inner, Pointer::ROOT);
        }
    }
    document
}

/// Returns the error of a document that is not a schema, with the schemas in it. `name` is the argument.
fn not_a_schema(error: &NotASchema, name: &InputName) -> Failure {
    let hint = match (&error.kind, &error.pointers[..]) {
        (DocumentKind::Properties, _) => "write {\"type\": \"object\", \"properties\": …} around them".to_owned(),
        (_, []) => "nothing was compared; only {} and true accept every document".to_owned(),
        (_, places) => {
            let separator = if name.as_str().contains('#') { "" } else { "#" };
            let names: Vec<_> = places.iter().map(|place| format!("{name}{separator}{place}")).collect();
            format!("name a schema in it: {}", Plain(&names.join(", ")))
        }
    };
    Failure::new(format!("{name}: {}", Plain(&error.to_string())), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_split_from_the_name_of_the_file() {
        let split = |name| {
            let (file, fragment) = split_fragment(OsStr::new(name));
            (file.to_string(), fragment.unwrap_or_else(|| "none".to_owned()))
        };
        let expected = |file: &str, fragment: &str| (file.to_owned(), fragment.to_owned());
        assert_eq!(split("a.json"), expected("a.json", "none"));
        assert_eq!(split("a.json#/b/c~1d%20e"), expected("a.json", "/b/c~1d e"));
        assert_eq!(split("a.json#"), expected("a.json", ""));
        assert_eq!(split("a#1.json"), expected("a#1.json", "none"));
        assert_eq!(split("-#/a"), expected("-", "/a"));
    }

    #[test]
    fn apis_are_read_by_the_draft_that_they_are_based_on() {
        let draft = |document: Value| draft_of_api(&check_is_schema(&document).unwrap_err().kind, &document);
        assert_eq!(draft(json!({"openapi": "3.0.1"})), Some(Draft::Draft4));
        assert_eq!(draft(json!({"openapi": "3.1.0"})), Some(Draft::Draft202012));
        assert_eq!(draft(json!({"swagger": "2.0"})), Some(Draft::Draft4));
        assert_eq!(draft(json!({"asyncapi": "2.6.0"})), Some(Draft::Draft7));
        assert_eq!(draft(json!({"orderId": "a"})), None);
    }
}
