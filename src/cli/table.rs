//! Tables of text.

use std::io::{self, Write};

use super::style;

/// Writes a heading and aligned rows. `below` writes more lines after a row.
pub(super) fn write<const N: usize>(
    out: &mut dyn Write,
    heading: [&str; N],
    rows: &[[String; N]],
    below: impl Fn(&mut dyn Write, usize) -> io::Result<()>,
) -> io::Result<()> {
    let heading = heading.map(str::to_owned);
    let widths: [usize; N] = std::array::from_fn(|column| {
        rows.iter().chain([&heading]).map(|row| row[column].chars().count()).max().unwrap_or_default()
    });
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let (bold, reset) = (style::HEADING, style::RESET);
    writeln!(out, "{bold}{}{reset}", line(&heading))?;
    for (index, row) in rows.iter().enumerate() {
        writeln!(out, "{}", line(row))?;
        below(out, index)?;
    }
    Ok(())
}
