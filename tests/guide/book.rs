//! The guide as a whole: its table of contents, its links, and the things that each page must have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::fence::fences;
use crate::{Result, name, pages, read, reports, root};

pub(crate) fn summary_lists_each_page_once() -> Result {
    let summary = read(&root().join("docs/guide/SUMMARY.md"))?;
    let mut listed = BTreeMap::new();
    for (_, target) in links(&summary) {
        *listed.entry(target).or_insert(0) += 1;
    }
    let expected: BTreeMap<_, _> = pages()
        .iter()
        .map(|page| name(page))
        .filter(|page| !matches!(page.as_str(), "SUMMARY.md" | "README.md"))
        .map(|page| (page, 1))
        .collect();
    if listed == expected { Ok(()) } else { Err(format!("SUMMARY.md lists {listed:?}, the pages are {expected:?}")) }
}

/// The links of a Markdown text, outside of fences and of code: text and target.
fn links(text: &str) -> Vec<(String, String)> {
    let mut links = Vec::new();
    let mut in_fence = false;
    for line in text.lines() {
        in_fence ^= line.starts_with("```");
        // Text between backticks is code.
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        let mut rest = if in_fence { "" } else { prose.as_str() };
        while let Some((before, after)) = rest.split_once("](") {
            let Some((target, after)) = after.split_once(')') else { break };
            let label = before.rsplit_once('[').map_or(before, |(_, label)| label);
            links.push((label.to_owned(), target.to_owned()));
            rest = after;
        }
    }
    links
}

/// The anchors of a page, as GitHub and mdBook derive them from headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut in_fence = false;
    for line in text.lines() {
        in_fence ^= line.starts_with("```");
        let heading = line.trim_start_matches('#');
        if in_fence || heading.len() == line.len() {
            continue;
        }
        let kept = heading
            .trim()
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .collect::<String>();
        anchors.insert(kept.replace(' ', "-"));
    }
    anchors
}

pub(crate) fn links_lead_somewhere() -> Result {
    let mut broken = String::new();
    let others = ["CONTRIBUTING.md", "CHANGELOG.md", "benches/README.md"].map(|file| root().join(file));
    for page in pages().into_iter().chain(others) {
        let text = read(&page)?;
        for (_, target) in links(&text) {
            if target.starts_with("https://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let file = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let is_there = file.exists() && (anchor.is_empty() || anchors(&read(&file)?).contains(anchor));
            if !is_there {
                let _ = writeln!(broken, "{}: {target}", page.display());
            }
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(broken) }
}

pub(crate) fn each_rule_is_on_the_page_about_findings() -> Result {
    let page = read(&root().join("docs/guide/what-a-finding-means.md"))?;
    let mut on_page = BTreeMap::new();
    let mut is_of_rules = false;
    for line in page.lines() {
        is_of_rules = line.starts_with('|') && (is_of_rules || line.starts_with("| rule |"));
        let mut cells = line.split('|').map(str::trim).skip(1);
        if let (true, Some(id), Some(second)) = (is_of_rules, cells.next(), cells.next()) {
            let severity = matches!(second, "error" | "warning" | "notice" | "info").then_some(second);
            on_page.insert(id.trim_matches('`').to_owned(), severity.unwrap_or("error").to_owned());
        }
    }
    on_page.retain(|id, _| !matches!(id.as_str(), "rule" | "---"));
    let rules: BTreeMap<String, String> =
        event_contract::check::rules().map(|rule| (rule.id().to_owned(), rule.severity().to_string())).collect();
    if on_page == rules {
        return Ok(());
    }
    let missing: Vec<_> = rules.iter().filter(|(id, severity)| on_page.get(*id) != Some(*severity)).collect();
    let unknown: Vec<_> = on_page.keys().filter(|id| !rules.contains_key(*id)).collect();
    Err(format!("missing, or with another severity: {missing:?}; unknown: {unknown:?}"))
}

/// Checks that `tests/guide/snippets.rs` includes each page with snippets in Rust.
pub(crate) fn each_rust_fence_is_a_doctest() -> Result {
    let guide = read(&root().join("tests/guide/snippets.rs"))?;
    for page in pages().into_iter().chain(reports()) {
        let has_rust =
            fences(&read(&page)?)?.iter().any(|fence| fence.language == "rust" && fence.value("file").is_none());
        let included = format!("/{}\")", name(&page));
        if has_rust && !guide.contains(&included) {
            return Err(format!(
                "tests/guide/snippets.rs does not include {}: its snippets are not compiled",
                name(&page)
            ));
        }
    }
    Ok(())
}

pub(crate) fn readme_is_short() -> Result {
    let count = read(&root().join("README.md"))?.lines().count();
    if count <= 200 { Ok(()) } else { Err(format!("README.md has {count} lines; the rest belongs in docs/guide")) }
}
