//! `check`: can every reader read every event that it may receive?

mod base;
mod config;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::SystemTime;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;

use self::base::Base;
use super::exit::{Exit, Failure};
use super::{deployed, input, output, style};
use crate::catalog::Catalog;
use crate::check::{self, CheckError, Consumer, Outcome, Palette, Report, ReportFormat, RepositoryPaths};
use crate::compat::Question;
use crate::pattern::Settings;
use crate::routing::source::DeployedRule;

/// The default of `--consumers`.
const CONSUMERS: &str = "consumers";

/// Check that every reader of the contract can read every event that it may receive.
///
/// Compares the types of this program with the published versions, and with the schemas of consumers in
/// `consumers/<name>/<Type>.reader.json`. Each incompatibility comes with a payload that the reader rejects.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract check
  event-contract check --against merge-base:origin/main --rules infrastructure/template.yaml
  event-contract check --against git:v1.4.0 --format github --format html=report.html

Severities, waivers, ignored places, and the possible envelopes (for routing rules) are set in event-contract.toml:
  [severity]
  field-dropped = \"off\"
  [[waiver]]
  fingerprint = \"2270088d7749\"
  reason = \"billing moves in December\"
  expires = 2026-12-31
  [[ignore]]
  type = \"Order.Created\"
  path = \"/meta/version\"
  reason = \"pinned on purpose\"
  [envelope]
  sources = [\"external\"]
  accounts = [\"123456789012\"]

Exit codes: 0 compatible, 1 errors found, 2 nothing was compared (wrong arguments, missing or invalid files), 3 undecided.")]
pub(super) struct Check {
    /// The published schemas to compare with: `git:REV`, `merge-base:BRANCH`, or a folder [default: the folder of --dir]
    #[arg(long, value_name = "BASE")]
    against: Option<Base>,

    /// The folder of the published schemas, in the working tree or in the revision of --against
    #[arg(long = "dir", value_name = "DIR", default_value = "schemas")]
    folder: PathBuf,

    /// The folder of the consumers' schemas [default: consumers, if it exists]
    #[arg(long, value_name = "DIR")]
    consumers: Option<PathBuf>,

    /// Files, templates or folders of routing rules that must keep matching; repeatable, see `rules --help`
    #[arg(long, value_name = "PATH")]
    rules: Vec<String>,

    /// The value of a template parameter, or of a pseudo parameter such as `AWS::AccountId`; repeatable
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = deployed::parse_parameter)]
    parameters: Vec<(String, String)>,

    /// The configuration file [default: event-contract.toml, if it exists]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// A report format and its file: text, json, sarif, github, junit, markdown or html; repeatable.
    /// Text goes to standard output unless another format does
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    reports: Vec<Output>,

    /// Reject strings that do not have the `format` of their schema
    #[arg(long)]
    formats: bool,

    /// The maximum number of steps of each question
    #[arg(long, value_name = "STEPS", default_value_t = Question::DEFAULT_BUDGET)]
    budget: u64,

    /// The date for lifecycles and waivers [default: today in UTC]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<NaiveDate>,
}

impl Check {
    pub(super) fn run(&self, catalog: &Catalog) -> Result<Exit, Failure> {
        let to_stdout: Vec<_> = self.reports.iter().filter(|report| report.file.is_none()).collect();
        if let [_, second, ..] = to_stdout[..] {
            let what = format!("only one report can go to standard output, found {} as another one", second.format);
            return Err(Failure::new(what, format!("write it to a file: --format {}=FILE", second.format)));
        }
        let config = config::read(self.config.as_deref())?;
        let rules = self.rules()?;
        let consumers = self.consumers()?;
        let (against, published) = match &self.against {
            None if !self.folder.exists() => {
                let what = format!("nothing was compared: no folder {}", self.folder.display());
                return Err(Failure::new(what, "name the folder with --dir, or create it with `schemas publish`"));
            }
            None => (self.folder.display().to_string(), input::read_folder(&self.folder)?),
            Some(base) => base.read(&self.folder)?,
        };
        let today = self.today.unwrap_or_else(|| DateTime::<Utc>::from(SystemTime::now()).date_naive());
        let report = check::Check::new(catalog, &published, today)
            .against(against)
            .consumers(consumers)
            .rules(rules)
            .envelope(config.envelope)
            .policy(config.policy)
            .assert_formats(self.formats)
            .budget(self.budget)
            .run()?;
        let paths = RepositoryPaths::new(
            self.folder.to_string_lossy(),
            self.consumers.as_deref().unwrap_or(Path::new(CONSUMERS)).to_string_lossy(),
        );
        let paths = if self.reports.is_empty() { paths } else { paths.relative_to(&base::here()) };
        for Output { format, file } in &self.reports {
            if let Some(file) = file {
                std::fs::write(file, report.render(*format, &paths)).map_err(|error| {
                    Failure::new(
                        format!("cannot write {}: {error}", file.display()),
                        "check disk space and permissions",
                    )
                })?;
            }
        }
        let text = match to_stdout.first() {
            Some(output) if output.format != ReportFormat::Text => report.render(output.format, &paths),
            _ => coloured(&report),
        };
        output::stdout().write_all(text.as_bytes())?;
        Ok(match report.outcome {
            Outcome::Compatible => Exit::Success,
            Outcome::Broken => Exit::Findings,
            Outcome::Undecided => Exit::Undecided,
        })
    }

    /// Reads all routing rules, or fails: a check with some of the rules would pass for a check with all of them.
    fn rules(&self) -> Result<Vec<DeployedRule>, Failure> {
        if self.rules.is_empty() {
            return Ok(Vec::new());
        }
        let (deployment, exit) = deployed::read(&self.rules, &self.parameters, &Settings::default());
        if exit != Exit::Success {
            return Err(Failure::new("cannot read all routing rules", "nothing was compared"));
        }
        let rules = deployment.rules;
        if rules.is_empty() {
            let hint = "name a template, the output of `aws events list-rules`, or a file with a pattern";
            return Err(Failure::new("no routing rules found", hint));
        }
        Ok(rules)
    }

    fn consumers(&self) -> Result<Vec<Consumer>, Failure> {
        let folder = match &self.consumers {
            Some(folder) => folder.as_path(),
            None if Path::new(CONSUMERS).is_dir() => Path::new(CONSUMERS),
            None => return Ok(Vec::new()),
        };
        Consumer::read_all(&input::read_folder(folder)?)
            .map_err(|error| Failure::new(format!("{}/{error}", folder.display()), "nothing was compared"))
    }
}

fn coloured(report: &Report) -> String {
    let on = |style: anstyle::Style| style.render().to_string();
    let palette = Palette {
        ok: on(style::ADDED),
        error: on(style::ERROR),
        warning: on(style::WARNING),
        notice: on(style::NOTICE),
        faint: on(style::INFO),
        heading: on(style::HEADING),
        reset: style::INFO.render_reset().to_string(),
    };
    report.render_coloured(&palette)
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        Self::new(error.to_string(), "nothing was compared")
    }
}

/// A report and its file; standard output without one.
#[derive(Debug, Clone)]
struct Output {
    format: ReportFormat,
    file: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = match text.split_once('=') {
            Some((_, "")) => return Err("expected the name of a file after `=`".to_owned()),
            Some((format, file)) => (format, Some(file.into())),
            None => (text, None),
        };
        let format = format.parse().map_err(|error: CheckError| error.to_string())?;
        Ok(Self { format, file })
    }
}
