//! `rules`: the routing rules in files and templates.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use super::style::Plain;
use super::{Exit, Failure, deployed, output, style, table};
use crate::catalog::Catalog;
use crate::check::rules;
use crate::pattern::{self, Settings};
use crate::routing::source::{DeployedRule, Place, RulePattern, Setting, Target};
use crate::routing::{self, Envelope, Example, Reach, RoutedBy, RoutingFinding, RoutingFindingKind, Shape, Table};
use crate::severity::Severity;

/// List the rules of findings; or the routing rules in files and templates, and which types they match.
///
/// Of routing rules: where they are, whether their patterns are valid, what is probably not meant in them, which events of
/// the contract they match, and what their targets read.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  event-contract rules
  event-contract rules template.yaml
  event-contract rules infrastructure --parameter Stage=prod --parameter AWS::AccountId=123456789012
  aws events describe-rule --name egress | event-contract rules -

What is read: templates of CloudFormation and SAM, serverless.yml, what `aws events` prints of rules, and files that hold a \
pattern. Of a folder, all files that end in .json, .yaml, .yml or .template, but for those below node_modules or a name that \
begins with a dot; what is something else in it is passed over with a notice.

Exit codes: 0 all is well, 1 a pattern is not valid, probably not what was meant or matches no event of the contract, or a \
target reads what is not there, 2 a file could not be read or there are no rules, 3 a pattern is known only when it is deployed.")]
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
    /// The rules that findings are of.
    fn list(&self) -> Result<Exit, Failure> {
        let mut out = output::stdout();
        if self.json {
            for rule in rules() {
                let line = json!({"id": rule.id(), "severity": rule.severity(), "title": rule.title()});
                writeln!(out, "{line}")?;
            }
        } else {
            let cells: Vec<_> = rules()
                .map(|rule| [rule.id().to_owned(), rule.severity().to_string(), shortened(rule.title())])
                .collect();
            table::write(&mut out, ["RULE", "SEVERITY", "WHAT IT FINDS"], &cells, |_, _| Ok(()))?;
        }
        Ok(Exit::Well)
    }

    pub(super) fn run(&self, catalog: &Catalog) -> Result<Exit, Failure> {
        if self.paths.is_empty() {
            return self.list();
        }
        let settings = Settings::default().with_max_length(self.length.into());
        let (deployment, exit) = deployed::read(&self.paths, &self.parameters, &settings);
        let shapes = Shape::all(catalog, &Envelope::default())
            .map_err(|error| Failure::new(error.to_string(), "mend the type; `check` says more about it"))?;
        let rows: Vec<_> = deployment.rules().iter().map(|rule| Row::of(rule, &settings, &shapes)).collect();
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
            say_types(&mut out, &shapes)?;
        }
        Ok(rows.iter().map(Row::exit).fold(exit, Exit::max))
    }
}

const HEADING: [&str; 6] = ["RULE", "BUS", "STATE", "PATTERN", "TYPES", "PLACE"];

/// On a line of a table; `explain` says it all.
fn shortened(title: &str) -> String {
    match title.char_indices().nth(100) {
        Some((at, _)) => format!("{} …", title[..at].rsplit_once(' ').map_or("", |(words, _)| words)),
        None => title.to_owned(),
    }
}

/// What the columns of the types are, one sign for each.
fn say_types(out: &mut impl Write, shapes: &[Shape]) -> io::Result<()> {
    let (on, off) = (style::INFO.render(), style::INFO.render_reset());
    let names: Vec<_> = types(shapes).iter().map(|versions| versions[0].event_type().to_string()).collect();
    writeln!(out, "\n{on}types, one sign each: ● every event, ◐ some, · none, ? not known{off}")?;
    for (name, number) in names.iter().zip(1..) {
        writeln!(out, "{on}{number:3} {}{off}", Plain(name))?;
    }
    Ok(())
}

/// The shapes of each type, in their order.
fn types(shapes: &[Shape]) -> Vec<&[Shape]> {
    shapes.chunk_by(|one, other| one.event_type() == other.event_type()).collect()
}

/// A rule and what is said of it.
struct Row<'a> {
    rule: &'a DeployedRule,
    findings: Vec<(Place, pattern::LintFinding)>,
    /// Which events it matches, where its pattern is known: for each version of each type.
    reaches: Vec<(&'a Shape, Reach)>,
    /// What of the contract it is at odds with.
    routing: Vec<RoutingFinding>,
}

impl<'a> Row<'a> {
    fn of(rule: &'a DeployedRule, settings: &Settings, shapes: &'a [Shape]) -> Self {
        let mut row = Self { rule, findings: rule.findings(settings), reaches: Vec::new(), routing: Vec::new() };
        if let RulePattern::Known(pattern) = rule.pattern() {
            let routed = RoutedBy { name: rule.name(), pattern };
            let table = Table::new([routed], shapes);
            for of in table.rows().iter().filter(|_| !routed.is_of_aws()) {
                row.routing.extend(table.findings());
                let paths = rule.targets().iter().flat_map(Target::paths).filter_map(|(_, path)| path.known());
                row.routing.extend(paths.flat_map(|path| of.read(path)));
            }
            let cells = table.rows().iter().flat_map(routing::Row::cells);
            row.reaches = cells.map(|(shape, reach)| (shape, reach.clone())).collect();
        }
        row
    }

    /// A sign for each type: over all of its versions.
    fn types(&self) -> String {
        let of_one = self.reaches.chunk_by(|(one, _), (other, _)| one.event_type() == other.event_type());
        let sign = |versions: &[(&Shape, Reach)]| {
            let all = |is: fn(&Reach) -> bool| versions.iter().all(|(_, reach)| is(reach));
            let has_matched = versions.iter().any(|(_, reach)| reach.matched().is_some());
            match (all(Reach::is_always), all(Reach::is_never)) {
                (true, _) => '●',
                (_, true) => '·',
                (false, false) if has_matched => '◐',
                (false, false) => '?',
            }
        };
        of_one.map(sign).collect()
    }

    fn exit(&self) -> Exit {
        match self.rule.pattern() {
            RulePattern::Unknown(_) => Exit::Undecided,
            RulePattern::Known(_) if self.routing.iter().any(|found| found.kind.severity() == Severity::Error) => {
                Exit::Findings
            }
            RulePattern::Known(_) | RulePattern::Refused { .. } | RulePattern::Schedule if self.findings.is_empty() => {
                Exit::Well
            }
            RulePattern::Known(_) | RulePattern::Refused { .. } | RulePattern::Schedule => Exit::Findings,
        }
    }

    fn cells(&self) -> [String; 6] {
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
            self.types(),
            format!("{}:{}", place.file(), place.line()),
        ]
        .map(|cell| Plain(&cell).to_string())
    }

    /// What does not fit into a line: findings, what is not known, targets.
    fn say_below(&self, out: &mut dyn Write) -> io::Result<()> {
        for (place, finding) in &self.findings {
            let (on, off) = (style::ERROR.render(), style::ERROR.render_reset());
            let text = format!("{}: {place}: {}", finding.lint.id, finding.message);
            writeln!(out, "  {on}finding:{off} {}", Plain(&text))?;
        }
        for found in &self.routing {
            let (style, word) = match found.kind.severity() {
                Severity::Error => (style::ERROR, "finding"),
                Severity::Warning => (style::WARNING, "warning"),
                Severity::Notice => (style::NOTICE, "notice"),
                Severity::Info => (style::INFO, "info"),
            };
            let (on, off) = (style.render(), style.render_reset());
            writeln!(out, "  {on}{word}:{off} {}", Plain(&self.routing_text(found)))?;
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

    /// A finding; of a rule that matches nothing, where it fails for the event that comes nearest.
    fn routing_text(&self, found: &RoutingFinding) -> String {
        let (RoutingFindingKind::DeadRule, RulePattern::Known(pattern), Some(event)) =
            (found.kind, self.rule.pattern(), &found.now)
        else {
            return found.to_string();
        };
        let Ok(explanation) = pattern.explain(event.event()) else { return found.to_string() };
        let paths: Vec<_> = explanation.failed_conditions().into_iter().map(|it| it.path.as_str()).collect();
        format!("{found}: of all events, the one that comes nearest fails at {}", paths.join(", "))
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
            types: self.reaches.iter().map(TypeLine::of).collect(),
            routing: self.routing.iter().map(|found| self.routing_text(found)).collect(),
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
    types: Vec<TypeLine<'a>>,
    routing: Vec<String>,
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
    fn of((shape, reach): &'a (&'a Shape, Reach)) -> Self {
        Self {
            name: shape.event_type().as_str(),
            version: shape.version().get(),
            matches: reach.as_str(),
            event: reach.matched().map(Example::event),
        }
    }
}

impl<'a> PlaceLine<'a> {
    fn of(place: &'a Place) -> Self {
        Self { file: place.file(), line: place.line(), column: place.column(), pointer: place.pointer().as_str() }
    }
}

impl<'a> FindingLine<'a> {
    fn of((place, finding): &'a (Place, pattern::LintFinding)) -> Self {
        Self { id: finding.lint.id, message: &finding.message, place: PlaceLine::of(place) }
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
