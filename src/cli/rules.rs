//! `rules`: the routing rules in files and templates.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use super::style::Plain;
use super::{Exit, Failure, deployed, output, style, table};
use crate::pattern::{self, Settings};
use crate::routing::source::{DeployedRule, Place, RulePattern, Setting, Target};

/// List the routing rules in files and templates: where they are, whether their patterns are valid, what is probably not
/// meant in them, and what their targets read.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract rules template.yaml
  event-contract rules infrastructure --parameter Stage=prod --parameter AWS::AccountId=123456789012
  aws events describe-rule --name egress | event-contract rules -

What is read: templates of CloudFormation and SAM, serverless.yml, what `aws events` prints of rules, and files that hold a \
pattern. Of a folder, all files that end in .json, .yaml, .yml or .template, but for those below node_modules or a name that \
begins with a dot; what is something else in it is passed over with a notice.

Exit codes: 0 all is well, 1 a pattern is not valid or probably not what was meant, 2 a file could not be read or there are no \
rules, 3 a pattern is known only when it is deployed.")]
pub(super) struct Rules {
    /// Files and folders; `-` is standard input.
    #[arg(value_name = "PATH")]
    paths: Vec<String>,

    /// The value of a parameter of the templates, or of one such as `AWS::AccountId`; may be given several times.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = deployed::parameter)]
    parameters: Vec<(String, String)>,

    /// A JSON object a line for each rule.
    #[arg(long)]
    json: bool,

    /// How many characters of a pattern the service takes: the quota of the account.
    #[arg(long, value_name = "CHARACTERS", default_value_t = 2048)]
    length: u16,
}

impl Rules {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        if self.paths.is_empty() {
            return Err(Failure::new(
                "no file is named",
                "name templates, files with rules or patterns, or folders of them",
            ));
        }
        let settings = Settings::default().with_length(self.length.into());
        let (deployment, exit) = deployed::read(&self.paths, &self.parameters, &settings);
        let rows: Vec<_> = deployment.rules().iter().map(|rule| Row::of(rule, &settings)).collect();
        if rows.is_empty() {
            let hint = "name a template, a file that `aws events` has printed, or one with a pattern";
            return Err(Failure::new("there are no rules in what was named", hint));
        }
        let mut out = output::stdout();
        if self.json {
            for row in &rows {
                writeln!(out, "{}", serde_json::to_string(&row.line()).map_err(io::Error::from)?)?;
            }
        } else {
            let cells: Vec<_> = rows.iter().map(Row::cells).collect();
            table::write(&mut out, HEADING, &cells, |out, index| rows[index].say_below(out))?;
        }
        Ok(rows.iter().map(Row::exit).fold(exit, Exit::max))
    }
}

const HEADING: [&str; 5] = ["RULE", "BUS", "STATE", "PATTERN", "PLACE"];

/// A rule and what is said of it.
struct Row<'a> {
    rule: &'a DeployedRule,
    findings: Vec<(Place, pattern::Finding)>,
}

impl<'a> Row<'a> {
    fn of(rule: &'a DeployedRule, settings: &Settings) -> Self {
        Self { rule, findings: rule.findings(settings) }
    }

    fn exit(&self) -> Exit {
        match self.rule.pattern() {
            RulePattern::Unknown(_) => Exit::Undecided,
            RulePattern::Known(_) | RulePattern::Refused { .. } | RulePattern::Schedule if self.findings.is_empty() => {
                Exit::Well
            }
            RulePattern::Known(_) | RulePattern::Refused { .. } | RulePattern::Schedule => Exit::Findings,
        }
    }

    fn cells(&self) -> [String; 5] {
        let known = |setting: &Setting| setting.known().unwrap_or("?").to_owned();
        let pattern = match self.rule.pattern() {
            RulePattern::Known(_) => "valid",
            RulePattern::Refused { .. } => "not valid",
            RulePattern::Unknown(_) => "not known",
            RulePattern::Schedule => "none",
        };
        let place = self.rule.place();
        [
            self.rule.name().to_owned(),
            known(self.rule.bus()),
            known(self.rule.state()),
            pattern.to_owned(),
            format!("{}:{}", place.file(), place.line()),
        ]
        .map(|cell| Plain(&cell).to_string())
    }

    /// What does not fit into a line: findings, what is not known, targets.
    fn say_below(&self, out: &mut dyn Write) -> io::Result<()> {
        for (place, finding) in &self.findings {
            let (on, off) = (style::ERROR.render(), style::ERROR.render_reset());
            let text = format!("{}: {place}: {}", finding.lint().id(), finding.message());
            writeln!(out, "  {on}finding:{off} {}", Plain(&text))?;
        }
        if let RulePattern::Unknown(values) = self.rule.pattern() {
            let (on, off) = (style::NOTICE.render(), style::NOTICE.render_reset());
            for value in values {
                let text = format!("{}: {}", value.place(), value.why());
                writeln!(out, "  {on}not known:{off} {}", Plain(&text))?;
            }
        }
        for (what, setting) in [("bus", self.rule.bus()), ("state", self.rule.state())] {
            if let Setting::Unknown(why) = setting {
                writeln!(out, "  {what} not known: {}", Plain(why))?;
            }
        }
        self.rule.targets().iter().try_for_each(|target| writeln!(out, "  {}", Plain(&target_text(target))))
    }

    fn line(&self) -> Line<'_> {
        let rule = self.rule;
        let (is_valid, unknown) = match rule.pattern() {
            RulePattern::Known(_) => (Some(true), &[][..]),
            RulePattern::Refused { .. } => (Some(false), &[][..]),
            RulePattern::Unknown(values) => (None, &values[..]),
            RulePattern::Schedule => (None, &[][..]),
        };
        Line {
            name: rule.name(),
            place: PlaceLine::of(rule.place()),
            bus: rule.bus().known(),
            state: rule.state().known(),
            pattern: match rule.pattern() {
                RulePattern::Known(pattern) => Some(pattern.as_str()),
                RulePattern::Refused { text, .. } => Some(text),
                RulePattern::Unknown(_) | RulePattern::Schedule => None,
            },
            valid: is_valid,
            findings: self.findings.iter().map(FindingLine::of).collect(),
            unknown: unknown.iter().map(|it| UnknownLine { place: PlaceLine::of(it.place()), why: it.why() }).collect(),
            targets: rule.targets().iter().map(TargetLine::of).collect(),
        }
    }
}

/// What a target reads.
fn target_text(target: &Target) -> String {
    let id = target.id().known().unwrap_or("?");
    let paths: Vec<_> = target.paths().map(|(name, path)| format!("{name} {path}")).collect();
    if target.is_constant() {
        return format!("target {id}: the same text for every event");
    }
    if paths.is_empty() {
        format!("target {id}: the whole event")
    } else {
        format!("target {id}: {}", paths.join(", "))
    }
}

/// One rule in the form for programs; `null` is what only the deployment decides.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    place: PlaceLine<'a>,
    bus: Option<&'a str>,
    state: Option<&'a str>,
    pattern: Option<&'a str>,
    valid: Option<bool>,
    findings: Vec<FindingLine<'a>>,
    unknown: Vec<UnknownLine<'a>>,
    targets: Vec<TargetLine<'a>>,
}

#[derive(Serialize)]
struct PlaceLine<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    pointer: &'a str,
}

#[derive(Serialize)]
struct FindingLine<'a> {
    id: &'static str,
    message: &'a str,
    place: PlaceLine<'a>,
}

#[derive(Serialize)]
struct UnknownLine<'a> {
    place: PlaceLine<'a>,
    why: &'a str,
}

#[derive(Serialize)]
struct TargetLine<'a> {
    id: Option<&'a str>,
    arn: Option<&'a str>,
    constant: bool,
    paths: Vec<PathLine<'a>>,
}

#[derive(Serialize)]
struct PathLine<'a> {
    name: &'a str,
    path: Option<&'a str>,
}

impl<'a> PlaceLine<'a> {
    fn of(place: &'a Place) -> Self {
        Self { file: place.file(), line: place.line(), column: place.column(), pointer: place.pointer().as_str() }
    }
}

impl<'a> FindingLine<'a> {
    fn of((place, finding): &'a (Place, pattern::Finding)) -> Self {
        Self { id: finding.lint().id(), message: finding.message(), place: PlaceLine::of(place) }
    }
}

impl<'a> TargetLine<'a> {
    fn of(target: &'a Target) -> Self {
        Self {
            id: target.id().known(),
            arn: target.arn().and_then(Setting::known),
            constant: target.is_constant(),
            paths: target.paths().map(|(name, path)| PathLine { name, path: path.known() }).collect(),
        }
    }
}
