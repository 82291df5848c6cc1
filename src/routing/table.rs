//! Every rule against every version of every type.

use serde_json::Value;

use super::finding::{RoutingFinding, RoutingFindingKind};
use super::path::Path;
use super::reach::{Example, Reach};
use super::shape::Shape;
use crate::pattern::Pattern;

/// A rule, of which only the name and the pattern matter here.
#[derive(Debug, Clone, Copy)]
pub struct RoutedBy<'a> {
    /// What it is called in findings.
    pub name: &'a str,
    /// What it matches.
    pub pattern: &'a Pattern,
}

/// Which events each rule matches.
#[derive(Debug)]
pub struct Table<'a> {
    shapes: &'a [Shape],
    rows: Vec<Row<'a>>,
}

/// Which events one rule matches.
#[derive(Debug)]
pub struct Row<'a> {
    rule: RoutedBy<'a>,
    shapes: &'a [Shape],
    reaches: Vec<Reach>,
}

impl RoutedBy<'_> {
    /// Whether the rule is for the events of services of AWS: nobody else can put events with their sources, so that no
    /// contract has them.
    pub fn is_of_aws(&self) -> bool {
        let pattern = serde_json::from_str::<Value>(self.pattern.as_str());
        let sources = pattern.ok().and_then(|mut pattern| Some(pattern.get_mut("source")?.take()));
        // What a source begins with says enough.
        let begins = |source: &Value| match source {
            Value::Object(_) => source["prefix"].as_str().or_else(|| source["wildcard"].as_str()).map(str::to_owned),
            source => source.as_str().map(str::to_owned),
        };
        let is_of_aws = |source: &Value| begins(source).is_some_and(|source| source.starts_with("aws."));
        sources.as_ref().and_then(Value::as_array).is_some_and(|sources| sources.iter().all(is_of_aws))
    }
}

impl<'a> Table<'a> {
    /// Looks at each rule and each shape.
    ///
    /// ```
    /// use event_contract::contract;
    /// use event_contract::pattern::Pattern;
    /// use event_contract::routing::{Envelope, RoutedBy, Shape, Table};
    ///
    /// let shapes = Shape::all(&contract::catalog()?, &Envelope::default())?;
    /// let pattern = Pattern::parse(r#"{"detail-type": ["OrderCreated"]}"#)?;
    /// let table = Table::new([RoutedBy { name: "orders", pattern: &pattern }], &shapes);
    /// assert!(table.rows()[0].is_dead());
    /// assert_eq!(table.findings()[0].to_string(), "dead-rule: rule \"orders\"");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(rules: impl IntoIterator<Item = RoutedBy<'a>>, shapes: &'a [Shape]) -> Self {
        let row = |rule: RoutedBy<'a>| {
            let reaches = shapes.iter().map(|shape| shape.reach(rule.pattern)).collect();
            Row { rule, shapes, reaches }
        };
        Self { shapes, rows: rules.into_iter().map(row).collect() }
    }

    /// A row a rule.
    pub fn rows(&self) -> &[Row<'a>] {
        &self.rows
    }

    /// What the columns are about.
    pub fn shapes(&self) -> &'a [Shape] {
        self.shapes
    }

    /// The rules that match nothing, and those of which that is not known.
    pub fn findings(&self) -> Vec<RoutingFinding> {
        self.rows.iter().filter_map(Row::finding).collect()
    }
}

impl<'a> Row<'a> {
    /// The name of the rule.
    pub fn rule(&self) -> &'a str {
        self.rule.name
    }

    /// Each shape, and which of its events the rule matches.
    pub fn cells(&self) -> impl Iterator<Item = (&'a Shape, &Reach)> {
        self.shapes.iter().zip(&self.reaches)
    }

    /// Whether it is proven that the rule matches no event of any of the shapes.
    pub fn is_dead(&self) -> bool {
        self.reaches.iter().all(Reach::is_never)
    }

    fn finding(&self) -> Option<RoutingFinding> {
        if self.is_dead() {
            // The one that comes nearest to being matched: the rule is for such events, most likely.
            let failing = |missed: &&Example| {
                self.rule.pattern.explain(missed.event()).map_or(usize::MAX, |why| why.failed_conditions().len())
            };
            let missed = self.reaches.iter().filter_map(Reach::missed).min_by_key(failing);
            return Some(RoutingFinding::new(RoutingFindingKind::DeadRule, self.rule.name).shown(None, missed));
        }
        if self.reaches.iter().any(|reach| reach.matched().is_some() || reach.is_always()) {
            return None;
        }
        self.cells().find_map(|(shape, reach)| match reach {
            Reach::Undecided { reason, .. } => {
                Some(RoutingFinding::new(RoutingFindingKind::Undecided, self.rule.name).about(shape).because(reason))
            }
            Reach::Never { .. } | Reach::Some { .. } | Reach::Always { .. } => None,
        })
    }

    /// What a target of the rule reads, and whether it is there.
    ///
    /// At most one finding a shape that the rule can match, and one for all where the path leads nowhere in any of them.
    pub fn read(&self, path: &str) -> Vec<RoutingFinding> {
        let new = |kind| RoutingFinding::new(kind, self.rule.name).at(path);
        let read: Path = match path.parse() {
            Ok(path) => path,
            Err(error) => return vec![new(RoutingFindingKind::PathUnreadable).because(&error.to_string())],
        };
        let can_match = self.cells().filter(|(_, reach)| !reach.is_never());
        let seen: Vec<_> = can_match.map(|(shape, _)| (shape, shape.read(&read, Some(self.rule.pattern)))).collect();
        if !seen.is_empty() && seen.iter().all(|(_, reach)| reach.is_never()) {
            let missed = seen.iter().find_map(|(_, reach)| reach.missed());
            return vec![new(RoutingFindingKind::PathNeverThere).shown(None, missed)];
        }
        let finding = |(shape, reach): &(&Shape, Reach)| match reach {
            Reach::Always { .. } => None,
            Reach::Never { missed } => missed
                .as_ref()
                .map(|missed| new(RoutingFindingKind::PathMayBeMissing).about(shape).shown(None, Some(missed))),
            Reach::Some { missed, .. } | Reach::Undecided { missed: Some(missed), .. } => {
                Some(new(RoutingFindingKind::PathMayBeMissing).about(shape).shown(None, Some(missed)))
            }
            Reach::Undecided { reason, missed: None, .. } => {
                Some(new(RoutingFindingKind::Undecided).about(shape).because(reason))
            }
        };
        seen.iter().filter_map(finding).collect()
    }
}
