//! Code blocks of Markdown.

use crate::Result;

/// A code block between lines of three backticks.
#[derive(Debug)]
pub(crate) struct Fence {
    /// The line of the opening backticks, from 0.
    pub(crate) line: usize,
    pub(crate) language: String,
    pub(crate) attributes: Vec<String>,
    pub(crate) body: Vec<String>,
}

impl Fence {
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find_map(|attribute| attribute.strip_prefix(key)?.strip_prefix('='))
    }

    pub(crate) fn text(&self) -> String {
        self.body.iter().fold(String::new(), |text, line| text + line + "\n")
    }
}

pub(crate) fn fences(text: &str) -> Result<Vec<Fence>> {
    let mut fences: Vec<Fence> = Vec::new();
    let mut open: Option<Fence> = None;
    for (line, content) in text.lines().enumerate() {
        match (content.strip_prefix("```"), &mut open) {
            (Some(""), Some(_)) => fences.extend(open.take()),
            (Some(info), None) => {
                let mut words = info.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned);
                let language = words.next().ok_or(format!("line {}: a fence without a language", line + 1))?;
                open = Some(Fence { line, language, attributes: words.collect(), body: Vec::new() });
            }
            (_, Some(fence)) => fence.body.push(content.to_owned()),
            (None, None) if content.trim_start().starts_with("```") => {
                return Err(format!("line {}: a fence that is indented is not run", line + 1));
            }
            (None, None) => {}
        }
    }
    match open {
        Some(fence) => Err(format!("line {}: the fence is not closed", fence.line + 1)),
        None => Ok(fences),
    }
}
