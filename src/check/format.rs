//! Formats of a report, for people and for pipelines.

mod escape;
mod github;
mod html;
mod junit;
mod lines;
mod markdown;
mod page;
mod paths;
mod safe;
mod sarif;
mod text;
mod wording;

use std::fmt;
use std::str::FromStr;

use eventbridge_pattern::spelling::nearest;

use super::error::{CheckError, CheckErrorKind};
use super::report::Report;

#[cfg(feature = "cli")]
pub(crate) use escape::Plain;
pub use paths::RepositoryPaths;
#[cfg(feature = "cli")]
pub(crate) use safe::{SafeText, Syntax};
#[cfg(not(feature = "cli"))]
use safe::{SafeText, Syntax};
#[cfg(feature = "cli")]
pub(crate) use text::Palette;

/// A format of a [`Report`].
///
/// ```
/// use event_contract::check::ReportFormat;
///
/// let format: ReportFormat = "sarif".parse()?;
/// assert_eq!(format, ReportFormat::Sarif);
///
/// let error = "srif".parse::<ReportFormat>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown report format \"srif\": did you mean sarif?");
/// # Ok::<(), event_contract::check::CheckError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ReportFormat {
    /// Text for a terminal, as [`Report`] is displayed. `text`.
    Text,
    /// The whole report, as [`Report::json_schema`] describes it. `json`.
    Json,
    /// [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html),
    /// for code scanning. `sarif`.
    ///
    /// Undecided findings have the level `error`, because they fail the check; waived findings are suppressed.
    Sarif,
    /// [Workflow commands](https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands), which
    /// GitHub shows as annotations, and a summary line. `github`.
    ///
    /// Waived findings are only counted, because GitHub shows ten annotations of a level per step.
    Github,
    /// The XML of test results that `JUnit` introduced. `junit`.
    ///
    /// A suite for each type, a case for each required cell, and a case for each finding that belongs to no cell.
    Junit,
    /// Markdown for a comment on a pull request. `markdown`.
    ///
    /// Not longer than a comment on GitHub may be: the least important parts are left out and counted.
    Markdown,
    /// A self-contained page, with the schemas next to each finding. `html`.
    Html,
}

impl ReportFormat {
    /// All formats.
    pub const ALL: &'static [Self] =
        &[Self::Text, Self::Json, Self::Sarif, Self::Github, Self::Junit, Self::Markdown, Self::Html];

    /// Returns the syntax that protects an output in this format.
    pub(crate) fn syntax(self) -> Syntax {
        match self {
            Self::Text => Syntax::Text,
            Self::Json | Self::Sarif => Syntax::Json,
            Self::Github => Syntax::WorkflowCommands,
            Self::Junit | Self::Markdown | Self::Html => Syntax::Markup,
        }
    }

    /// Returns the name of the format on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }
}

impl fmt::Display for ReportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ReportFormat {
    type Err = CheckError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|format| format.name() == name);
        found.copied().ok_or_else(|| {
            let hint = match nearest(name, Self::ALL.iter().map(|format| format.name())) {
                Some(similar) => format!("did you mean {similar}?"),
                None => "expected text, json, sarif, github, junit, markdown or html".to_owned(),
            };
            CheckErrorKind::ReportFormat { name: name.to_owned(), hint }.into()
        })
    }
}

impl Report {
    /// Renders the report. The text ends with a line feed.
    pub fn render(&self, format: ReportFormat, paths: &RepositoryPaths) -> String {
        let report = &self.located(paths);
        let text = match format {
            ReportFormat::Text => return report.to_string(),
            ReportFormat::Json => report.to_json(),
            ReportFormat::Sarif => sarif::render(report, paths),
            ReportFormat::Github => github::render(report),
            ReportFormat::Junit => junit::render(report),
            ReportFormat::Markdown => markdown::render(report),
            ReportFormat::Html => html::render(report),
        };
        SafeText::escape(format.syntax(), &text)
    }

    /// Names the files of the findings from the root of the repository.
    fn located(&self, paths: &RepositoryPaths) -> Self {
        let mut report = self.clone();
        for finding in &mut report.findings {
            finding.files = paths.files(finding);
        }
        report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_a_unique_name() {
        for format in ReportFormat::ALL {
            assert_eq!(format.name().parse::<ReportFormat>().unwrap(), *format);
            assert_eq!(ReportFormat::ALL.iter().filter(|other| other.name() == format.name()).count(), 1);
        }
        let message = "pdf".parse::<ReportFormat>().unwrap_err().to_string();
        assert!(ReportFormat::ALL.iter().all(|format| message.contains(format.name())), "{message}");
    }
}
