//! HTML of the page of a rule: the part of Markdown that the pages use.

use std::fmt::Write as _;

use super::escape::markup;

/// Renders a page without its title. Its headings have the given level.
pub(super) fn render(page: &str, level: usize) -> String {
    let mut html = String::new();
    let mut lines = page.lines().skip_while(|line| line.starts_with("# ") || line.is_empty()).peekable();
    while let Some(line) = lines.next() {
        // A `String` cannot fail to be written to.
        if let Some(fence) = fence(line) {
            let block: Vec<_> = lines.by_ref().take_while(|line| line.trim_end() != fence).collect();
            let _ = writeln!(html, "<pre><code>{}</code></pre>", markup(&block.join("\n")));
        } else if line.starts_with('#') {
            let depth = line.chars().take_while(|character| *character == '#').count();
            let level = (level + depth).saturating_sub(2).clamp(1, 6);
            let _ = writeln!(html, "<h{level}>{}</h{level}>", inline(line.trim_start_matches('#').trim()));
        } else if let Some(first) = item(line) {
            let mut items = vec![first.to_owned()];
            while let Some(line) = lines.next_if(|line| !line.trim().is_empty() && fence(line).is_none()) {
                if let Some(item) = item(line) {
                    items.push(item.to_owned());
                } else {
                    let before = items.pop().unwrap_or_default();
                    items.push(format!("{before} {}", line.trim()));
                }
            }
            html.push_str("<ul>\n");
            for item in &items {
                let _ = writeln!(html, "<li>{}</li>", inline(item));
            }
            html.push_str("</ul>\n");
        } else if !line.trim().is_empty() {
            let mut text = line.trim().to_owned();
            let continues = |line: &&str| {
                !line.trim().is_empty() && !line.starts_with('#') && fence(line).is_none() && item(line).is_none()
            };
            while let Some(line) = lines.next_if(continues) {
                text.push(' ');
                text.push_str(line.trim());
            }
            let _ = writeln!(html, "<p>{}</p>", inline(&text));
        }
    }
    html
}

/// Returns the backticks that open a code block.
fn fence(line: &str) -> Option<&str> {
    let end = line.find(|character| character != '`').unwrap_or(line.len());
    line.get(..end).filter(|_| end >= 3)
}

/// Returns the text of a list item.
fn item(line: &str) -> Option<&str> {
    line.strip_prefix("- ").or_else(|| line.strip_prefix("* "))
}

/// Renders a line, with text between backticks as code.
pub(super) fn inline(text: &str) -> String {
    let parts: Vec<_> = text.split('`').collect();
    if parts.len() % 2 == 0 {
        return markup(text);
    }
    let parts = parts.iter().enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { format!("<code>{}</code>", markup(part)) } else { markup(part) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_and_code_blocks_are_rendered() {
        let page = "# a: b\n\nOne `<x>`\ntwo.\n\n## What to do\n\n- this\n  and\n- that\n\n```json\n{\"a\":\n\n1}\n```\nEnd ` of it.\n";
        let expected = "<p>One <code>&lt;x&gt;</code> two.</p>\n<h4>What to do</h4>\n<ul>\n<li>this and</li>\n<li>that</li>\n</ul>\n<pre><code>{&quot;a&quot;:\n\n1}</code></pre>\n<p>End ` of it.</p>\n";
        assert_eq!(render(page, 4), expected);
    }
}
