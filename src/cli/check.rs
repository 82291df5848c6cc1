//! `check`: can every reader read every event that it may receive?

mod base;
mod config;
mod inputs;
mod layout;

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

use self::base::Base;
use self::inputs::Inputs;
use self::layout::Layout;
use super::exit::{Exit, Failure};
use super::input::{self, InputName, Separator, nearest_path};
use super::style::PlainPath;
use super::{deployed, output, style};
use crate::catalog::Catalog;
use crate::check::{self, CheckError, Outcome, Palette, Report, ReportFormat, RepositoryPaths, escape_name};
use crate::compat::Question;

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
    #[arg(long, value_name = "BASE", value_parser = base::parser())]
    against: Option<Base>,

    /// The folder of the published schemas, in the working tree and in the revision of --against [default: schemas, in the
    /// current folder or the nearest one above it]
    #[arg(long = "dir", value_name = "DIR")]
    folder: Option<PathBuf>,

    /// The folder of the consumers' schemas [default: consumers, beside --dir or found as it is]
    #[arg(long, value_name = "DIR")]
    consumers: Option<PathBuf>,

    /// Files, templates or folders of routing rules that must keep matching; repeatable, see `rules --help`. A path that the
    /// current folder does not have is looked for beside --dir, or upwards
    #[arg(long, value_name = "PATH", value_parser = input::names())]
    rules: Vec<InputName>,

    /// The value of a template parameter, or of a pseudo parameter such as `AWS::AccountId`; repeatable
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = deployed::parse_parameter)]
    parameters: Vec<(String, String)>,

    /// The configuration file [default: event-contract.toml, beside --dir or found as it is]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// A report format and its file: text, json, sarif, github, junit, markdown or html; repeatable.
    /// Text goes to standard output unless another format does
    #[arg(long = "format", value_name = "FORMAT[=FILE]", value_parser = output_parser())]
    reports: Vec<Output>,

    /// Assume that consumers reject strings that do not have the `format` of their schema, unless they declare it
    /// (x-format-assertion); by default both cases are checked. Rust types always reject them
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
        let arguments = layout::Arguments {
            record: self.folder.as_deref(),
            consumers: self.consumers.as_deref(),
            config: self.config.as_deref(),
        };
        let layout = Layout::find(arguments)?;
        let head = Inputs::read_head(&layout, arguments, &self.rules, &self.parameters)?;
        let base = match &self.against {
            None => None,
            Some(base) => {
                let tree = base.open(&layout)?;
                let inputs = Inputs::read_base(&tree, &layout, arguments, &self.rules, &self.parameters)?;
                Some((tree.name, inputs))
            }
        };
        let today = self.today.unwrap_or_else(|| DateTime::<Utc>::from(SystemTime::now()).date_naive());
        let check = match &base {
            None if !layout.record.exists() => {
                let what = format!("nothing was compared: no folder {}", PlainPath(&layout.record));
                let hint = match nearest_path(&layout.record) {
                    Some(similar) => format!("did you mean {similar}? Name the folder with --dir"),
                    None => "name the folder with --dir, or create it with `schemas publish`".to_owned(),
                };
                return Err(Failure::new(what, hint));
            }
            None => check::Check::new(catalog, &head.record, today)
                .against(PlainPath(&layout.record).to_string())
                .inputs(head.described.clone()),
            Some((name, base)) => check::Check::new(catalog, &base.record, today)
                .against(name)
                .head_record(&head.record)
                .base(base.as_base())
                .inputs([&*base.described, &*head.described].concat()),
        };
        let report = check
            .consumers(head.consumers)
            .rules(head.rules)
            .envelope(head.config.envelope)
            .policy(head.config.policy)
            .assert_formats(self.formats)
            .budget(self.budget)
            .run()?;
        layout.reject_misnamed()?;
        let consumers = layout.consumers.as_deref().unwrap_or(Path::new(layout::CONSUMERS));
        let paths = RepositoryPaths::default()
            .with_record(escape_name(layout.record.as_os_str()))
            .with_consumers(escape_name(consumers.as_os_str()));
        let sources = report.source_file().and_then(base::source_root);
        let paths = paths.relative_to(&base::here()).with_sources(sources.as_deref());
        for Output { format, file } in &self.reports {
            if let Some(file) = file {
                std::fs::write(file, report.render(*format, &paths)).map_err(|error| {
                    Failure::new(
                        format!("cannot write {}: {error}", PlainPath(file)),
                        "check disk space and permissions",
                    )
                })?;
            }
        }
        let format = to_stdout.first().map_or(ReportFormat::Text, |output| output.format);
        let text = match format {
            ReportFormat::Text => coloured(&report, &paths),
            _ => report.render(format, &paths),
        };
        output::stdout(format.syntax()).write_all(text.as_bytes())?;
        Ok(match report.outcome {
            Outcome::Compatible => Exit::Success,
            Outcome::Broken => Exit::Findings,
            Outcome::Undecided => Exit::Undecided,
        })
    }
}

fn coloured(report: &Report, paths: &RepositoryPaths) -> String {
    let on = |style: style::Style| style.to_string();
    let palette = Palette {
        ok: on(style::ADDED),
        error: on(style::ERROR),
        warning: on(style::WARNING),
        notice: on(style::NOTICE),
        faint: on(style::INFO),
        heading: on(style::HEADING),
        reset: style::RESET.to_string(),
    };
    report.render_coloured(&palette, paths)
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        let message = error.to_string();
        // The message of a check without a published version says so itself.
        let hint = match message.strip_prefix("nothing was compared") {
            Some(_) => "name the folder with --dir, if it is another one",
            None => "nothing was compared",
        };
        Self::new(message, hint)
    }
}

/// A report and its file; standard output without one.
#[derive(Debug, Clone)]
struct Output {
    format: ReportFormat,
    file: Option<PathBuf>,
}

/// Returns the parser of `FORMAT` and `FORMAT=FILE`.
fn output_parser() -> impl TypedValueParser<Value = Output> {
    OsStringValueParser::new().try_map(|argument| Output::parse(&argument))
}

impl Output {
    fn parse(argument: &OsStr) -> Result<Self, String> {
        let (format, file) = match InputName::split(argument, Separator::First(b'=')) {
            Some((_, file)) if file.is_empty() => return Err("expected the name of a file after `=`".to_owned()),
            Some((format, file)) => (format, Some(file.into())),
            None => (argument.to_owned(), None),
        };
        let format = escape_name(&format).parse().map_err(|error: CheckError| error.to_string())?;
        Ok(Self { format, file })
    }
}
