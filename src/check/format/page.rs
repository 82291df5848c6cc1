//! The page of a rule as HTML: as much of Markdown as pages have.

use std::fmt::Write as _;

use super::escape::markup;

/// The page without its title; its headings are of a level.
pub(super) fn html(page: &str, level: usize) -> String {
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
            let goes_on = |line: &&str| {
                !line.trim().is_empty() && !line.starts_with('#') && fence(line).is_none() && item(line).is_none()
            };
            while let Some(line) = lines.next_if(goes_on) {
                text.push(' ');
                text.push_str(line.trim());
            }
            let _ = writeln!(html, "<p>{}</p>", inline(&text));
        }
    }
    html
}

/// The backticks that open a block.
fn fence(line: &str) -> Option<&str> {
    let end = line.find(|character| character != '`').unwrap_or(line.len());
    (end >= 3).then(|| &line[..end])
}

/// What an item of a list says.
fn item(line: &str) -> Option<&str> {
    line.strip_prefix("- ").or_else(|| line.strip_prefix("* "))
}

/// A line with what stands between backticks as code.
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
    fn a_page_has_paragraphs_lists_and_blocks() {
        let page = "# a: b\n\nOne `<x>`\ntwo.\n\n## What to do\n\n- this\n  and\n- that\n\n```json\n{\"a\":\n\n1}\n```\nEnd ` of it.\n";
        let expected = "<p>One <code>&lt;x&gt;</code> two.</p>\n<h4>What to do</h4>\n<ul>\n<li>this and</li>\n<li>that</li>\n</ul>\n<pre><code>{&quot;a&quot;:\n\n1}</code></pre>\n<p>End ` of it.</p>\n";
        assert_eq!(html(page, 4), expected);
    }
}
