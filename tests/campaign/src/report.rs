//! The differences of a run, as a summary and as JSON lines.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use crate::cell::CellResult;
use event_contract_campaign::SEED;

use crate::reason;

/// The kind of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Written by the writer's type, under a proof; the reader's type refuses it.
    Unreadable,
    /// Valid under the writer's schema, under a proof; the reader's type refuses it.
    DeclaredUnreadable,
    /// Valid under the writer's schema and invalid under the reader's, under a proof.
    ProverWrong,
    /// A type panicked.
    Panic,
    /// Written, and the writer's schema refuses it.
    WriterStrict,
    /// The writer's schema accepts it; the type writes it in another way.
    WriterWide,
    /// The reader's schema accepts it, the reader refuses it.
    ReaderLoose,
    /// The reader's schema refuses it, the reader takes it.
    ReaderStrict,
    /// The reader takes it, serde refuses it.
    ReaderMoreTolerant,
    /// The reader refuses it, serde takes it.
    ReaderLessTolerant,
    /// The validators differ.
    ValidatorsDisagree,
    /// The witness of a broken pair, and the reader takes it.
    FalseAlarm,
}

impl Kind {
    /// Returns true if the writer's type explains it.
    pub(crate) fn is_about_writer(self) -> bool {
        match self {
            Self::WriterStrict | Self::WriterWide => true,
            Self::Unreadable
            | Self::DeclaredUnreadable
            | Self::ProverWrong
            | Self::Panic
            | Self::ReaderLoose
            | Self::ReaderStrict
            | Self::ReaderMoreTolerant
            | Self::ReaderLessTolerant
            | Self::ValidatorsDisagree
            | Self::FalseAlarm => false,
        }
    }
}

impl Kind {
    const ALL: [Self; 12] = [
        Self::Unreadable,
        Self::DeclaredUnreadable,
        Self::ProverWrong,
        Self::Panic,
        Self::WriterStrict,
        Self::WriterWide,
        Self::ReaderLoose,
        Self::ReaderStrict,
        Self::ReaderMoreTolerant,
        Self::ReaderLessTolerant,
        Self::ValidatorsDisagree,
        Self::FalseAlarm,
    ];

    fn name(self) -> String {
        format!("{self:?}")
    }
}

/// The part of a difference that tells its reason.
#[derive(Debug)]
pub(crate) struct Evidence<'a> {
    pub(crate) kind: Kind,
    pub(crate) features: Vec<&'a str>,
    pub(crate) document: &'a str,
    pub(crate) why: &'a str,
}

impl<'a> Evidence<'a> {
    /// Reads the line of a difference; `None` for the line of a run.
    fn from_line(line: &'a Value) -> Option<Self> {
        let name = line["kind"].as_str()?;
        Some(Self {
            kind: Kind::ALL.into_iter().find(|kind| kind.name() == name)?,
            features: line["features"].as_array()?.iter().filter_map(Value::as_str).collect(),
            document: line["document"].as_str()?,
            why: line["why"].as_str()?,
        })
    }
}

/// Differences of one kind in one cell.
#[derive(Debug, Clone)]
pub(crate) struct Difference {
    /// The kind.
    pub(crate) kind: Kind,
    /// The features of the field that differs.
    pub(crate) features: Vec<&'static str>,
    /// The source of the writer's types.
    pub(crate) writer: &'static str,
    /// The source of the reader's types.
    pub(crate) reader: &'static str,
    /// The verdict of the prover.
    pub(crate) verdict: String,
    /// A small document.
    pub(crate) document: String,
    /// The message of the party that refuses it.
    pub(crate) why: String,
    /// The number of documents.
    pub(crate) count: u64,
}

/// Counts of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    cells: u64,
    documents: u64,
    written: u64,
    written_under_proof: u64,
    declared_under_proof: u64,
    unreadable_refuted: u64,
    types: u64,
    refuted_types: u64,
    verdicts: BTreeMap<String, u64>,
    refused: BTreeMap<String, u64>,
    found: Vec<(usize, (usize, usize), Difference)>,
}

impl Report {
    pub(crate) fn add(&mut self, pair: usize, sides: (usize, usize), result: CellResult) {
        self.cells += 1;
        self.documents += result.documents;
        self.written += result.written;
        self.written_under_proof += result.written_under_proof;
        self.declared_under_proof += result.declared_under_proof;
        self.unreadable_refuted += result.unreadable_refuted;
        *self.verdicts.entry(result.verdict).or_default() += 1;
        for (why, count) in result.refused {
            *self.refused.entry(why).or_default() += count;
        }
        self.found.extend(result.differences.into_iter().map(|difference| (pair, sides, difference)));
    }

    pub(crate) fn add_type(&mut self, is_refuted: bool) {
        self.types += 1;
        self.refuted_types += u64::from(is_refuted);
    }

    /// Returns one line of JSON for the run and one for each difference.
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        let mut lines = vec![json!({
            "seed": SEED, "cells": self.cells, "documents": self.documents, "written": self.written,
            "written_under_proof": self.written_under_proof, "declared_under_proof": self.declared_under_proof,
            "unreadable_refuted": self.unreadable_refuted, "types": self.types, "refuted_types": self.refuted_types,
            "verdicts": self.verdicts, "refused": self.refused,
        })];
        lines.extend(self.found.iter().map(|(pair, sides, found)| {
            json!({
                "seed": SEED, "pair": pair, "cell": sides, "kind": found.kind.name(),
                "features": found.features, "verdict": found.verdict, "count": found.count,
                "document": found.document, "why": found.why, "writer": found.writer, "reader": found.reader,
            })
        }));
        lines
    }
}

/// Sums of one run or of several.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    seeds: Vec<u64>,
    totals: BTreeMap<&'static str, u64>,
    verdicts: BTreeMap<String, u64>,
    kinds: BTreeMap<String, (u64, u64)>,
    reasons: BTreeMap<String, (u64, u64)>,
    features: BTreeMap<String, u64>,
    pub(crate) unexplained: Vec<String>,
    pub(crate) open: u64,
}

impl Summary {
    /// Adds a line of JSON.
    pub(crate) fn add(&mut self, line: &Value) {
        let Some(evidence) = Evidence::from_line(line) else {
            self.seeds.extend(line["seed"].as_u64());
            for name in TOTALS {
                *self.totals.entry(name).or_default() += line[*name].as_u64().unwrap_or(0);
            }
            for (verdict, count) in line["verdicts"].as_object().into_iter().flatten() {
                *self.verdicts.entry(verdict.clone()).or_default() += count.as_u64().unwrap_or(0);
            }
            return;
        };
        let kind = evidence.kind.name();
        let count = line["count"].as_u64().unwrap_or(0);
        let add = |sums: &mut BTreeMap<String, (u64, u64)>, name: String| {
            let (documents, groups) = sums.entry(name).or_default();
            *documents += count;
            *groups += 1;
        };
        add(&mut self.kinds, kind.clone());
        match reason::find(&evidence) {
            Some((reason, is_listed)) => {
                self.open += u64::from(!is_listed);
                add(&mut self.reasons, format!("{}{}: {kind}", if is_listed { "" } else { "OPEN " }, reason.id));
            }
            None => self.unexplained.push(format!(
                "{kind}, seed {} pair {} {}: {}\n    {}\n    writer: {}\n    reader: {}",
                line["seed"], line["pair"], line["cell"], line["document"], line["why"], line["writer"], line["reader"]
            )),
        }
        if evidence.kind == Kind::Unreadable {
            for feature in line["features"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                *self.features.entry(feature.to_owned()).or_default() += count;
            }
        }
    }
}

const TOTALS: &[&str] = &[
    "cells",
    "documents",
    "written",
    "written_under_proof",
    "declared_under_proof",
    "unreadable_refuted",
    "types",
    "refuted_types",
];

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seeds {:?}", self.seeds)?;
        for name in TOTALS {
            writeln!(f, "{:9} {name}", self.totals.get(name).copied().unwrap_or(0))?;
        }
        let documents = |kind: &str| self.kinds.get(kind).map_or(0, |(documents, _)| *documents);
        writeln!(f, "{:9} unreadable under a proof, of those that were written", documents("Unreadable"))?;
        writeln!(f, "{:9} more of those that the writer schema permits", documents("DeclaredUnreadable"))?;
        for (verdict, count) in &self.verdicts {
            writeln!(f, "{count:9} cells {verdict}")?;
        }
        for (title, sums) in [("kinds", &self.kinds), ("reasons", &self.reasons)] {
            writeln!(f, "{title}: documents and groups")?;
            for (name, (documents, groups)) in sums {
                writeln!(f, "{documents:9} {groups:6} {name}")?;
            }
        }
        for (title, reasons) in [("listed", reason::LISTED), ("open", reason::OPEN)] {
            for reason in reasons {
                writeln!(f, "{title}: {}: {}", reason.id, reason.text)?;
            }
        }
        writeln!(f, "features of fields of unreadable documents")?;
        for (name, count) in &self.features {
            writeln!(f, "{count:9} {name}")?;
        }
        writeln!(f, "{} open, {} unexplained", self.open, self.unexplained.len())?;
        for text in self.unexplained.iter().take(20) {
            writeln!(f, "{text}")?;
        }
        Ok(())
    }
}
