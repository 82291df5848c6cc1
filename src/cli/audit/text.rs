//! A summary as text.

use std::cmp::Reverse;
use std::fmt;
use std::io::{self, Write};

use super::super::style::{self, Plain};
use crate::audit::{Summary, Tally, TypeCount};

/// Writes a summary with at most `errors` errors.
pub(super) fn write(out: &mut impl Write, summary: &Summary, errors: usize) -> io::Result<()> {
    write!(out, "{} on {}", Many(summary.events(), "event"), Many(summary.lines(), "line"))?;
    if let Some((first, last)) = summary.times() {
        write!(out, ", from {} to {}", first.format(TIME), last.format(TIME))?;
    }
    writeln!(out)?;
    types(out, summary)?;
    names(out, "of later versions, not listed", summary.later_versions(), "")?;
    names(out, "sources", summary.sources(), "an unnamed subsystem")?;
    names(out, "not of this contract", summary.foreign(), "no type given")?;
    unread(out, summary, errors)?;
    let (red, reset) = (style::ERROR, style::RESET);
    let incomplete = summary.incomplete();
    if incomplete.total() > 0 {
        writeln!(out, "\n{red}not read, or not completely:{reset} {}", Many(incomplete.total(), "file"))?;
    }
    for (remainder, _) in incomplete.listed() {
        writeln!(out, "  {}", Plain(&remainder.message))?;
    }
    and_more(out, incomplete.others(), "")
}

const TIME: &str = "%Y-%m-%dT%H:%M:%S%.3fZ";

/// Writes a line for each type and version, each followed by its observations.
fn types(out: &mut impl Write, summary: &Summary) -> io::Result<()> {
    if summary.types().is_empty() {
        return Ok(());
    }
    let name_of = |of: &TypeCount| Plain(of.event_type()).to_string();
    let width = summary.types().iter().map(|of| name_of(of).chars().count()).chain([4]).max().unwrap_or_default();
    let most = summary.types().iter().map(TypeCount::events).max();
    let count = width_of(most.iter()).max("EVENTS".len());
    let (bold, reset) = (style::HEADING, style::RESET);
    writeln!(out, "\n{bold}{:width$}  VERSION  {:>count$}{reset}", "TYPE", "EVENTS")?;
    for of in summary.types() {
        writeln!(out, "{:width$}  {:7}  {:>count$}", name_of(of), of.version().to_string(), of.events())?;
        let mut tolerated: Vec<_> = of.tolerated().listed().iter().collect();
        tolerated.sort_by_key(|(what, times)| (Reverse(what.severity()), Reverse(*times)));
        let width = width_of(tolerated.iter().map(|(_, times)| times));
        for (what, times) in tolerated {
            let (style, severity) = (style::of_severity(what.severity()), what.severity());
            let (on, off) = (style, style::RESET);
            let (kind, pointer) = (Plain(what.kind()).to_string(), Plain(what.pointer()));
            writeln!(out, "  {on}{severity:7}{off}  {times:>width$}  {kind:15}  {pointer}")?;
        }
        and_more(out, of.tolerated().others(), " in other places")?;
    }
    Ok(())
}

fn names<const MOST: usize>(
    out: &mut impl Write,
    heading: &str,
    names: &Tally<Option<String>, MOST>,
    unnamed: &str,
) -> io::Result<()> {
    if names.total() == 0 {
        return Ok(());
    }
    let (bold, reset) = (style::HEADING, style::RESET);
    writeln!(out, "\n{bold}{heading}:{reset} {}", Many(names.total(), "event"))?;
    let width = width_of(names.listed().iter().map(|(_, count)| count));
    let mut listed: Vec<_> = names.listed().iter().collect();
    listed.sort_by_key(|(_, count)| Reverse(*count));
    for (name, count) in listed {
        writeln!(out, "  {count:>width$}  {}", Plain(name.as_deref().unwrap_or(unnamed)))?;
    }
    and_more(out, names.others(), " under other names")
}

fn unread(out: &mut impl Write, summary: &Summary, most: usize) -> io::Result<()> {
    let unread = summary.unread();
    let total = unread.total();
    if total == 0 {
        return Ok(());
    }
    let (red, reset) = (style::ERROR, style::RESET);
    writeln!(out, "\n{red}could not be read:{reset} {}", Many(total, "event"))?;
    let mut listed = 0_u64;
    for (of, count) in unread.listed().iter().take(most) {
        let event = of.event().map(|event| format!(", event {event}")).unwrap_or_default();
        writeln!(out, "  {}:{}{event}: {}", Plain(of.file()), of.line(), Plain(of.message()))?;
        listed = count.saturating_add(listed);
    }
    and_more(out, total - listed, "")
}

fn and_more(out: &mut impl Write, count: u64, what: &str) -> io::Result<()> {
    if count == 0 { Ok(()) } else { writeln!(out, "  and {count} more{what}") }
}

/// Returns the number of digits of the largest number.
fn width_of<'n>(numbers: impl Iterator<Item = &'n u64>) -> usize {
    numbers.max().map_or(0, |most| most.to_string().len())
}

/// A number and a noun: `1 event`, `2 events`.
struct Many(u64, &'static str);

impl fmt::Display for Many {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, what) = self;
        write!(f, "{count} {what}{}", if *count == 1 { "" } else { "s" })
    }
}
