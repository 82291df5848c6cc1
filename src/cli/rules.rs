//! `rules`: lists the rules of findings, or routing rules with their findings.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use super::exit::{Exit, Failure};
use super::input::{self, InputName};
use super::style::Plain;
use super::{deployed, output, style, table};
use crate::catalog::Catalog;
use crate::check::rules;
use crate::parallel::{self, JobPanic};
use crate::pattern::{self, Settings};
use crate::routing::source::{DeployedRule, RulePattern, Setting, SourceLocation, Target};
use crate::routing::{EnvelopeConstraints, EventSet, Reach, RoutingFinding, RuleReach};
use crate::severity::Severity;

/// List the rules of findings, or the routing rules in files and templates with the types that they match.
///
/// For each routing rule: its place, whether its pattern is valid, lint findings, the events of the contract that it
/// matches, and the paths that its targets read.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract rules
  event-contract rules template.yaml
  event-contract rules infrastructure --parameter Stage=prod --parameter AWS::AccountId=123456789012
  aws events describe-rule --name egress | event-contract rules -

Files: templates of CloudFormation and SAM, serverless.yml, output of `aws events` about rules and of `terraform show -json`, \
and files with a pattern. In a \
folder, all files that end in .json, .yaml, .yml or .template, except below node_modules and names that begin with a dot; other \
documents there are skipped with a notice. Of a cdk.out, the templates that its manifest.json names.

Exit codes: 0 no findings, 1 a pattern is invalid, has a lint finding or matches no event of the contract, or a target reads a \
path that does not exist, 2 a file cannot be read or there are no rules, 3 a pattern is known only when it is deployed, or a rule \
could not be checked.")]
pub(super) struct Rules {
    /// Files and folders; `-` is standard input.
    #[arg(value_name = "PATH", value_parser = input::names())]
    paths: Vec<InputName>,

    /// Value of a template parameter or a pseudo parameter such as `AWS::AccountId`; may be repeated.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = deployed::parse_parameter)]
    parameters: Vec<(String, String)>,

    /// Print a JSON object on a line for each rule.
    #[arg(long)]
    json: bool,

    /// Maximum number of characters in a pattern: the quota of the account.
    #[arg(long, value_name = "CHARACTERS", default_value_t = 2048)]
    length: u16,
}

impl Rules {
    fn list_finding_rules(&self) -> Result<Exit, Failure> {
        let mut out = output::json_or_text(self.json);
        if self.json {
            for rule in rules() {
                let line = json!({"id": rule.id(), "severity": rule.severity(), "title": rule.title()});
                writeln!(out, "{line}")?;
            }
        } else {
            let cells: Vec<_> = rules()
                .map(|rule| [rule.id().to_owned(), rule.severity().to_string(), shorten(rule.title())])
                .collect();
            table::write(&mut out, ["RULE", "SEVERITY", "WHAT IT FINDS"], &cells, |_, _| Ok(()))?;
        }
        Ok(Exit::Success)
    }

    pub(super) fn run(&self, catalog: &Catalog) -> Result<Exit, Failure> {
        if self.paths.is_empty() {
            return self.list_finding_rules();
        }
        let settings = Settings::default().with_max_length(self.length.into());
        let (deployment, exit) = deployed::read(&self.paths, &self.parameters, &settings);
        let sets = EventSet::for_catalog(catalog, &EnvelopeConstraints::default())
            .map_err(|error| Failure::new(error.to_string(), "fix the type; `check` has details"))?;
        let rows = check_rules(&deployment.rules, |rule| Row::new(rule, &settings, &sets));
        if rows.is_empty() {
            let hint = "name a template, a file with output of `aws events`, or one with a pattern";
            return Err(Failure::new("there are no rules in these files", hint));
        }
        let mut out = output::json_or_text(self.json);
        if self.json {
            for row in &rows {
                writeln!(out, "{}", serde_json::to_string(&row.line()).map_err(io::Error::from)?)?;
            }
        } else {
            let cells: Vec<_> = rows.iter().map(Row::cells).collect();
            table::write(&mut out, HEADING, &cells, |out, index| rows[index].write_details(out))?;
            write_legend(&mut out, &sets)?;
        }
        Ok(rows.iter().map(Row::exit).fold(exit, Exit::max))
    }
}

const HEADING: [&str; 6] = ["RULE", "BUS", "STATE", "PATTERN", "TYPES", "PLACE"];

/// Shortens a title to fit into a line of the table; `explain` prints all of it.
fn shorten(title: &str) -> String {
    match title.char_indices().nth(100).and_then(|(at, _)| title.get(..at)) {
        Some(start) => format!("{} …", start.rsplit_once(' ').map_or("", |(words, _)| words)),
        None => title.to_owned(),
    }
}

/// Writes the legend of the column with one sign for each version.
fn write_legend(out: &mut impl Write, sets: &[EventSet]) -> io::Result<()> {
    let (on, off) = (style::INFO, style::RESET);
    let name = |versions: &[EventSet]| {
        let event_type = versions.first().map(|set| set.event_type().to_string()).unwrap_or_default();
        versions.iter().fold(event_type, |name, set| format!("{name} {}", set.version()))
    };
    let names: Vec<_> = by_type(sets).map(name).collect();
    writeln!(
        out,
        "\n{on}types, one sign for each version: ● every event, ◐ some events, · no event, ? undecided{off}"
    )?;
    for (name, number) in names.iter().zip(1..) {
        writeln!(out, "{on}{number:3} {}{off}", Plain(name))?;
    }
    Ok(())
}

/// Groups consecutive sets of one type.
fn by_type(sets: &[EventSet]) -> impl Iterator<Item = &[EventSet]> {
    sets.chunk_by(|one, other| one.event_type() == other.event_type())
}

/// Checks rules on all processors, in their order. One whose check panics is undecided.
fn check_rules<'a>(rules: &'a [DeployedRule], check: impl Fn(&'a DeployedRule) -> Row<'a> + Sync) -> Vec<Row<'a>> {
    let refs: Vec<&DeployedRule> = rules.iter().collect();
    let rows = parallel::map(&refs, |rule| check(rule));
    rows.into_iter().zip(refs).map(|(row, rule)| row.unwrap_or_else(|panic| Row::undecided(rule, panic))).collect()
}

/// A rule with its findings.
struct Row<'a> {
    rule: &'a DeployedRule,
    lint_findings: Vec<(SourceLocation, pattern::LintFinding)>,
    /// Reach of the pattern for each version of each type; empty if the pattern is unknown or invalid.
    reaches: Vec<(&'a EventSet, Reach)>,
    routing_findings: Vec<RoutingFinding>,
    /// The panic of its check.
    panic: Option<JobPanic>,
}

impl<'a> Row<'a> {
    fn undecided(rule: &'a DeployedRule, panic: JobPanic) -> Self {
        let (lint_findings, reaches, routing_findings) = (Vec::new(), Vec::new(), Vec::new());
        Self { rule, lint_findings, reaches, routing_findings, panic: Some(panic) }
    }

    fn new(rule: &'a DeployedRule, settings: &Settings, sets: &'a [EventSet]) -> Self {
        let (mut reaches, mut routing_findings) = (Vec::new(), Vec::new());
        if let RulePattern::Known(pattern) = &rule.pattern {
            let reach = RuleReach::new(&rule.name, pattern, sets);
            if !reach.rule().matches_only_aws_sources() {
                routing_findings.extend(reach.finding());
                routing_findings.extend(reach.part_findings());
                let paths = rule.targets.iter().flat_map(Target::paths).filter_map(|(_, path)| path.known());
                routing_findings.extend(paths.flat_map(|path| reach.check_path(path)));
            }
            reaches = reach.reaches().to_vec();
        }
        Self { rule, lint_findings: rule.lint(settings), reaches, routing_findings, panic: None }
    }

    /// Returns a sign for each version, with the versions of a type next to each other.
    fn version_signs(&self) -> String {
        let versions_of_types = self.reaches.chunk_by(|(one, _), (other, _)| one.event_type() == other.event_type());
        let sign = |(_, reach): &(&EventSet, Reach)| match reach {
            Reach::Always { .. } => '●',
            Reach::Never { .. } => '·',
            Reach::Sometimes { .. } | Reach::Undecided { matched: Some(_), .. } => '◐',
            Reach::Undecided { matched: None, .. } => '?',
        };
        let signs = versions_of_types.map(|versions| versions.iter().map(sign).collect::<String>());
        signs.collect::<Vec<_>>().join(" ")
    }

    fn exit(&self) -> Exit {
        if self.panic.is_some() {
            return Exit::Undecided;
        }
        match &self.rule.pattern {
            RulePattern::Unknown(_) => Exit::Undecided,
            RulePattern::Known(_)
                if self.routing_findings.iter().any(|found| found.kind.severity() == Severity::Error) =>
            {
                Exit::Findings
            }
            RulePattern::Known(_) | RulePattern::Refused { .. } | RulePattern::Schedule
                if self.lint_findings.is_empty() =>
            {
                Exit::Success
            }
            RulePattern::Known(_) | RulePattern::Refused { .. } | RulePattern::Schedule => Exit::Findings,
        }
    }

    fn cells(&self) -> [String; 6] {
        let known = |setting: &Setting| setting.known().unwrap_or("?").to_owned();
        let pattern = match &self.rule.pattern {
            RulePattern::Known(_) => "valid",
            RulePattern::Refused { .. } => "invalid",
            RulePattern::Unknown(_) => "unknown",
            RulePattern::Schedule => "none",
        };
        let location = &self.rule.location;
        [
            self.rule.name.clone(),
            known(&self.rule.bus),
            known(&self.rule.state),
            pattern.to_owned(),
            self.version_signs(),
            format!("{}:{}", location.file, location.line),
        ]
        .map(|cell| Plain(&cell).to_string())
    }

    /// Writes the lines below the row: findings, unknown values, targets.
    fn write_details(&self, out: &mut dyn Write) -> io::Result<()> {
        for (location, finding) in &self.lint_findings {
            let (on, off) = (style::ERROR, style::RESET);
            let text = format!("{}: {location}: {}", finding.lint.id, finding.message);
            writeln!(out, "  {on}finding:{off} {}", Plain(&text))?;
        }
        for found in &self.routing_findings {
            let (style, word) = match found.kind.severity() {
                Severity::Error => (style::ERROR, "finding"),
                Severity::Warning => (style::WARNING, "warning"),
                Severity::Notice => (style::NOTICE, "notice"),
                Severity::Info => (style::INFO, "info"),
            };
            let (on, off) = (style, style::RESET);
            writeln!(out, "  {on}{word}:{off} {}", Plain(&found.to_string()))?;
        }
        if let Some(panic) = &self.panic {
            let (on, off) = (style::NOTICE, style::RESET);
            writeln!(out, "  {on}undecided:{off} {}", Plain(&panic.to_string()))?;
        }
        if let RulePattern::Unknown(values) = &self.rule.pattern {
            let (on, off) = (style::NOTICE, style::RESET);
            for value in values {
                let text = format!("{}: {}", value.location, value.message);
                writeln!(out, "  {on}unknown:{off} {}", Plain(&text))?;
            }
            if values.iter().any(|value| value.message.contains("as a parameter")) {
                writeln!(out, "  write --parameter NAME=VALUE for each value, or name the deployed rule")?;
            }
        }
        for (name, setting) in [("bus", &self.rule.bus), ("state", &self.rule.state)] {
            if let Setting::Unknown(reason) = setting {
                writeln!(out, "  {name} unknown: {}", Plain(reason))?;
            }
        }
        self.rule.targets.iter().try_for_each(|target| writeln!(out, "  {}", Plain(&target_text(target))))
    }

    fn line(&self) -> Line<'_> {
        let rule = self.rule;
        let (is_valid, unknown) = match &rule.pattern {
            RulePattern::Known(_) => (Some(true), &[][..]),
            RulePattern::Refused { .. } => (Some(false), &[][..]),
            RulePattern::Unknown(values) => (None, &values[..]),
            RulePattern::Schedule => (None, &[][..]),
        };
        Line {
            name: &rule.name,
            place: PlaceLine::new(&rule.location),
            bus: rule.bus.known(),
            state: rule.state.known(),
            pattern: match &rule.pattern {
                RulePattern::Known(pattern) => Some(pattern.as_str()),
                RulePattern::Refused { text, .. } => Some(text),
                RulePattern::Unknown(_) | RulePattern::Schedule => None,
            },
            valid: is_valid,
            findings: self.lint_findings.iter().map(FindingLine::new).collect(),
            unknown: unknown
                .iter()
                .map(|it| UnknownLine { place: PlaceLine::new(&it.location), why: &it.message })
                .collect(),
            targets: rule.targets.iter().map(TargetLine::new).collect(),
            types: self.reaches.iter().map(TypeLine::new).collect(),
            routing: self.routing_findings.iter().map(ToString::to_string).collect(),
            undecided: self.panic.as_ref().map(ToString::to_string),
        }
    }
}

/// Describes the input of a target.
fn target_text(target: &Target) -> String {
    let id = target.id.known().unwrap_or("?");
    let paths: Vec<_> = target.paths().map(|(name, path)| format!("{name} {path}")).collect();
    if target.is_constant {
        return format!("target {id}: a constant input");
    }
    if paths.is_empty() {
        format!("target {id}: the whole event")
    } else {
        format!("target {id}: {}", paths.join(", "))
    }
}

/// The JSON object of one rule; `null` is a value that only the deployment decides.
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
    types: Vec<TypeLine<'a>>,
    routing: Vec<String>,
    /// The reason why the rule could not be checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    undecided: Option<String>,
}

/// `matches` is `never`, `some`, `always` or `undecided`.
#[derive(Serialize)]
struct TypeLine<'a> {
    name: &'a str,
    version: u32,
    matches: &'static str,
    event: Option<&'a Value>,
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

impl<'a> TypeLine<'a> {
    fn new((set, reach): &'a (&'a EventSet, Reach)) -> Self {
        Self {
            name: set.event_type().as_str(),
            version: set.version().get(),
            matches: reach.as_str(),
            event: reach.matched(),
        }
    }
}

impl<'a> PlaceLine<'a> {
    fn new(location: &'a SourceLocation) -> Self {
        let SourceLocation { file, line, column, pointer, .. } = location;
        Self { file, line: *line, column: *column, pointer: pointer.as_str() }
    }
}

impl<'a> FindingLine<'a> {
    fn new((location, finding): &'a (SourceLocation, pattern::LintFinding)) -> Self {
        Self { id: finding.lint.id, message: &finding.message, place: PlaceLine::new(location) }
    }
}

impl<'a> TargetLine<'a> {
    fn new(target: &'a Target) -> Self {
        Self {
            id: target.id.known(),
            arn: target.arn.as_ref().and_then(Setting::known),
            constant: target.is_constant,
            paths: target.paths().map(|(name, path)| PathLine { name, path: path.known() }).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::source::{self, Parameters};

    #[test]
    fn a_rule_whose_check_panics_is_undecided_in_its_place() {
        let files = [
            ("a.json", r#"{"source": ["a"]}"#),
            ("b.json", r#"{"source": ["b"]}"#),
            ("c.json", r#"{"source": ["c"]}"#),
        ];
        let deployment = source::read(files, &Parameters::default(), &Settings::default());
        let rows = check_rules(&deployment.rules, |rule| match &*rule.name {
            "b" => panic!("cut in {}", rule.name),
            _ => Row::new(rule, &Settings::default(), &[]),
        });
        let names: Vec<_> = rows.iter().map(|row| (&*row.rule.name, row.panic.is_some())).collect();
        assert_eq!(names, [("a", false), ("b", true), ("c", false)]);
        let mut text = Vec::new();
        rows[1].write_details(&mut text).unwrap();
        assert!(String::from_utf8(text).unwrap().contains("cut in b\n"));
        assert!(serde_json::to_string(&rows[1].line()).unwrap().contains("cut in b"));
        assert_eq!(rows[1].exit(), Exit::Undecided);
    }
}
