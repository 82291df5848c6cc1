//! What was found, as a summary and as JSON lines.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use crate::cell::CellResult;
use event_contract_campaign::SEED;

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
    /// Returns whether the writer's type explains it.
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
        *self.verdicts.entry(result.verdict).or_default() += 1;
        for (why, count) in result.refused {
            *self.refused.entry(why).or_default() += count;
        }
        self.found.extend(result.differences.into_iter().map(|difference| (pair, sides, difference)));
    }

    /// Returns the number of documents of a kind.
    pub(crate) fn count(&self, kind: Kind) -> u64 {
        self.found.iter().filter(|(_, _, found)| found.kind == kind).map(|(_, _, found)| found.count).sum()
    }

    /// Returns one line of JSON for the run and one for each difference.
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        let mut lines = vec![json!({
            "seed": SEED, "cells": self.cells, "documents": self.documents, "written": self.written,
            "written_under_proof": self.written_under_proof, "declared_under_proof": self.declared_under_proof,
            "verdicts": self.verdicts, "refused": self.refused,
        })];
        lines.extend(self.found.iter().map(|(pair, sides, found)| {
            json!({
                "seed": SEED, "pair": pair, "cell": sides, "kind": format!("{:?}", found.kind),
                "features": found.features, "verdict": found.verdict, "count": found.count,
                "document": found.document, "why": found.why, "writer": found.writer, "reader": found.reader,
            })
        }));
        lines
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {SEED}: {} cells, {} documents, {} written", self.cells, self.documents, self.written)?;
        let (unreadable, declared) = (self.count(Kind::Unreadable), self.count(Kind::DeclaredUnreadable));
        writeln!(f, "unreadable under a proof: {unreadable} of {} written", self.written_under_proof)?;
        writeln!(f, "and {declared} more of {} that the writer schema permits", self.declared_under_proof)?;
        for (verdict, count) in &self.verdicts {
            writeln!(f, "{count:7} {verdict}")?;
        }
        let mut kinds: BTreeMap<Kind, (u64, u64)> = BTreeMap::new();
        for (_, _, found) in &self.found {
            let (documents, cells) = kinds.entry(found.kind).or_default();
            *documents += found.count;
            *cells += 1;
        }
        for (kind, (documents, cells)) in kinds {
            writeln!(f, "{documents:7} documents, {cells:5} groups: {kind:?}")?;
        }
        Ok(())
    }
}
