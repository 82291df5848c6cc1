//! `check`: may every reader read every writer that it can meet?

mod base;
mod config;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::SystemTime;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;

use self::base::Base;
use super::{Exit, Failure, deployed, output, style};
use crate::catalog::Catalog;
use crate::check::{
    self, CheckError, Consumer, Outcome, Palette, Places, Report, ReportFormat, ReportFormatError, files,
};
use crate::compat::Question;
use crate::pattern::Settings;
use crate::record::Files;
use crate::routing::source::DeployedRule;

/// The file that is looked for where none is named.
const CONFIG: &str = "event-contract.toml";
/// The folder that is looked for where none is named.
const CONSUMERS: &str = "consumers";

/// Check that every reader of the contract reads every writer that it can meet, by proof.
///
/// The types of this program are held against what was published, version by version, and against what consumers have
/// stated in `consumers/<name>/<Type>.reader.json`. What is broken comes with a payload that shows it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract check
  event-contract check --against merge-base:origin/main --rules infrastructure/template.yaml
  event-contract check --against git:v1.4.0 --format github --format html=report.html

Severities, waivers, places to ignore, and what is known of envelopes (for routing rules) stand in event-contract.toml:
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

Exit codes: 0 compatible, 1 there are findings, 2 nothing was compared, or it could not be asked, 3 something could not be \
decided.")]
pub(super) struct Check {
    /// What was published: `git:REV`, `merge-base:BRANCH`, or a folder. The folder of the schemas where nothing is said.
    #[arg(long, value_name = "BASE")]
    against: Option<Base>,

    /// The folder of the schemas; of a revision, that folder in it.
    #[arg(long = "dir", value_name = "DIR", default_value = "schemas")]
    folder: PathBuf,

    /// The folder of the consumers. `consumers`, where there is one, if nothing is said.
    #[arg(long, value_name = "DIR")]
    consumers: Option<PathBuf>,

    /// Files, templates and folders with routing rules that are to go on matching; may be given several times. See
    /// `rules --help`.
    #[arg(long, value_name = "PATH")]
    rules: Vec<String>,

    /// The value of a parameter of the templates, or of one such as `AWS::AccountId`; may be given several times.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = deployed::parameter)]
    parameters: Vec<(String, String)>,

    /// What the team has decided. `event-contract.toml`, where there is one, if nothing is said.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// A form for the report, and the file it goes to: text, json, sarif, github, junit, markdown or html; may be given
    /// several times. Text goes to standard output, unless another form does.
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    reports: Vec<Wanted>,

    /// Reject texts that are not of their `format`.
    #[arg(long)]
    formats: bool,

    /// How many steps each question may take.
    #[arg(long, value_name = "STEPS", default_value_t = Question::DEFAULT_BUDGET)]
    budget: u64,

    /// The day for which lifecycles and waivers are looked at, instead of today in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<NaiveDate>,
}

impl Check {
    pub(super) fn run(&self, catalog: &Catalog) -> Result<Exit, Failure> {
        let to_stdout: Vec<_> = self.reports.iter().filter(|wanted| wanted.file.is_none()).collect();
        if let [_, second, ..] = to_stdout[..] {
            let what = format!("two reports cannot both go to standard output: {} is the second", second.form);
            return Err(Failure::new(what, format!("name a file for it: --format {}=FILE", second.form)));
        }
        let config = config::read(self.config.as_deref())?;
        let rules = self.rules()?;
        let consumers = self.consumers()?;
        let (against, published) = match &self.against {
            None if !self.folder.exists() => {
                let what = format!("nothing was compared: there is no folder {}", self.folder.display());
                return Err(Failure::new(what, "name it with --dir, or write it first with `schemas publish`"));
            }
            None => (self.folder.display().to_string(), read_folder(&self.folder)?),
            Some(base) => base.read(&self.folder)?,
        };
        let today = self.today.unwrap_or_else(|| DateTime::<Utc>::from(SystemTime::now()).date_naive());
        let report = check::Check::new(catalog, &published, today)
            .against(against)
            .consumers(consumers)
            .rules(rules)
            .envelope(config.envelope)
            .policy(config.policy)
            .formats(self.formats)
            .budget(self.budget)
            .run()?;
        let places = Places::new(
            self.folder.to_string_lossy(),
            self.consumers.as_deref().unwrap_or(Path::new(CONSUMERS)).to_string_lossy(),
        );
        let places = if self.reports.is_empty() { places } else { places.seen_from(&base::here()) };
        for wanted in &self.reports {
            if let Some(file) = &wanted.file {
                std::fs::write(file, report.render(wanted.form, &places)).map_err(|error| {
                    let hint = "is there room, and the right to write?";
                    Failure::new(format!("cannot write {}: {error}", file.display()), hint)
                })?;
            }
        }
        let text = match to_stdout.first() {
            Some(wanted) if wanted.form != ReportFormat::Text => report.render(wanted.form, &places),
            _ => coloured(&report),
        };
        output::stdout().write_all(text.as_bytes())?;
        Ok(match report.outcome {
            Outcome::Compatible => Exit::Well,
            Outcome::Broken => Exit::Findings,
            Outcome::Undecided => Exit::Undecided,
        })
    }

    /// The rules, all of them or none: a check that has seen too few is worse than none.
    fn rules(&self) -> Result<Vec<DeployedRule>, Failure> {
        if self.rules.is_empty() {
            return Ok(Vec::new());
        }
        let (deployment, exit) = deployed::read(&self.rules, &self.parameters, &Settings::default());
        if exit != Exit::Well {
            return Err(Failure::new("not all routing rules could be read", "nothing was compared"));
        }
        let rules = deployment.rules().to_vec();
        if rules.is_empty() {
            let hint = "name a template, a file that `aws events` has printed, or one with a pattern";
            return Err(Failure::new("there are no rules in what was named", hint));
        }
        Ok(rules)
    }

    fn consumers(&self) -> Result<Vec<Consumer>, Failure> {
        let folder = match &self.consumers {
            Some(folder) => folder.as_path(),
            None if Path::new(CONSUMERS).is_dir() => Path::new(CONSUMERS),
            None => return Ok(Vec::new()),
        };
        Consumer::read_all(&read_folder(folder)?)
            .map_err(|error| Failure::new(format!("{}/{error}", folder.display()), "nothing was compared"))
    }
}

/// All files of a folder that has to be there.
fn read_folder(folder: &Path) -> Result<Files, Failure> {
    files(folder)
        .map_err(|error| Failure::new(error.to_string(), "is the name right, and the directory the one it is in?"))
}

fn coloured(report: &Report) -> String {
    let on = |style: anstyle::Style| style.render().to_string();
    let palette = Palette {
        good: on(style::ADDED),
        bad: on(style::ERROR),
        unsure: on(style::WARNING),
        notice: on(style::NOTICE),
        faint: on(style::INFO),
        heading: on(style::HEADING),
        reset: style::INFO.render_reset().to_string(),
    };
    report.coloured(&palette)
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        Self::new(error.to_string(), "nothing was compared, so nothing is said to be compatible")
    }
}

/// A form, and where it goes.
#[derive(Debug, Clone)]
struct Wanted {
    form: ReportFormat,
    file: Option<PathBuf>,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (form, file) = match text.split_once('=') {
            Some((_, "")) => return Err("a file stands behind the `=`".to_owned()),
            Some((form, file)) => (form, Some(file.into())),
            None => (text, None),
        };
        let form = form.parse().map_err(|error: ReportFormatError| error.to_string())?;
        Ok(Self { form, file })
    }
}
