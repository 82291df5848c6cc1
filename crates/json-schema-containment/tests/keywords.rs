//! Every keyword of every draft has cases in `suite`, in one file for each keyword.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use json_schema_containment::Draft;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
struct Case {
    drafts: Vec<String>,
    writer: Value,
    reader: Value,
}

/// Returns the name of each file, with its cases.
fn suite() -> Vec<(String, Vec<Case>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: &Path| serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    paths.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(&path))).collect()
}

/// Returns the keywords of a draft, from its metaschemas.
fn keywords(draft: Draft) -> BTreeSet<&'static str> {
    use referencing::meta;
    let metaschemas: Vec<&'static Value> = match draft {
        Draft::Draft4 => vec![&meta::DRAFT4],
        Draft::Draft6 => vec![&meta::DRAFT6],
        Draft::Draft7 => vec![&meta::DRAFT7],
        Draft::Draft201909 => vec![
            &meta::DRAFT201909,
            &meta::DRAFT201909_APPLICATOR,
            &meta::DRAFT201909_CONTENT,
            &meta::DRAFT201909_CORE,
            &meta::DRAFT201909_FORMAT,
            &meta::DRAFT201909_META_DATA,
            &meta::DRAFT201909_VALIDATION,
        ],
        Draft::Draft202012 => vec![
            &meta::DRAFT202012,
            &meta::DRAFT202012_APPLICATOR,
            &meta::DRAFT202012_CONTENT,
            &meta::DRAFT202012_CORE,
            &meta::DRAFT202012_FORMAT_ANNOTATION,
            &meta::DRAFT202012_META_DATA,
            &meta::DRAFT202012_UNEVALUATED,
            &meta::DRAFT202012_VALIDATION,
        ],
    };
    let properties = metaschemas.into_iter().filter_map(|metaschema| metaschema["properties"].as_object());
    properties.flat_map(|properties| properties.keys().map(String::as_str)).collect()
}

/// Returns the file of cases for a keyword, `None` for a keyword without an effect on validation.
fn file_of(keyword: &str) -> Option<&str> {
    match keyword {
        "$schema" | "$vocabulary" | "$comment" | "$defs" | "definitions" | "title" | "description" | "default"
        | "deprecated" | "readOnly" | "writeOnly" | "examples" => None,
        "contentEncoding" | "contentMediaType" | "contentSchema" => Some("content"),
        "$dynamicAnchor" => Some("dynamicRef"),
        "$recursiveAnchor" => Some("recursiveRef"),
        "then" | "else" => Some("if"),
        keyword => Some(keyword.trim_start_matches('$')),
    }
}

fn mentions(schema: &Value, keyword: &str) -> bool {
    match schema {
        Value::Object(members) => {
            members.contains_key(keyword) || members.values().any(|member| mentions(member, keyword))
        }
        Value::Array(items) => items.iter().any(|item| mentions(item, keyword)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[test]
fn every_keyword_has_a_file_with_cases_for_each_of_its_drafts() {
    let suite = suite();
    // Files that are not about a keyword.
    let mut expected = BTreeSet::from(["boolean", "drafts", "unknown"]);
    let mut missing = Vec::new();
    for draft in Draft::ALL {
        let keywords = keywords(draft);
        assert!(keywords.len() > 30, "{draft}: {keywords:?}");
        for keyword in keywords {
            let Some(file) = file_of(keyword) else { continue };
            expected.insert(file);
            let cases = suite.iter().find(|(name, _)| name == file).map_or(&[][..], |(_, cases)| cases);
            let is_case = |case: &Case| {
                case.drafts.contains(&draft.to_string())
                    && (mentions(&case.writer, keyword) || mentions(&case.reader, keyword))
            };
            if !cases.iter().any(is_case) {
                missing.push(format!("tests/suite/{file}.json: no case for `{keyword}` in draft {draft}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert_eq!(suite.iter().map(|(name, _)| name.as_str()).collect::<BTreeSet<_>>(), expected);
}
