//! Documents in JSON or YAML.

mod json;
mod scalar;
mod yaml;

use super::error::ReadError;
use super::node::Node;

/// Parses a file: as JSON by its name or by its first character, otherwise as YAML.
pub(super) fn parse(file: &str, text: &str) -> Result<Node, ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if is_json(file) {
        return json::parse(text);
    }
    // JSON is YAML 1.2, but parsers of YAML do not accept all of it.
    if text.trim_start().starts_with(['{', '[']) {
        return json::parse(text).or_else(|_| yaml::parse(text));
    }
    yaml::parse(text)
}

pub(super) fn is_json(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("json"))
}
