//! Compiled patterns: `$or` expanded into alternatives of one condition for each path.
//!
//! The service visits paths in the order of their UTF-16 units. The order matters: [`consistency`](crate::consistency)
//! depends on it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::complexity::{self, MAX_COMPLEXITY};
use crate::error::Rejection;
use crate::field_tree::FieldTree;
use crate::matcher::{Encoding, FieldCondition, Matcher};
use crate::or;
use crate::step_counter::count_step;
use crate::syntax::{Clause, Location, SyntaxTree};

/// Maximum number of paths in one alternative.
const MAX_PATHS: usize = 256;

#[derive(Debug, Clone)]
pub(crate) struct CompiledPattern {
    pub(crate) fields: FieldTree,
    /// Indices of the conditions on each field.
    pub(crate) conditions_by_field: Vec<Vec<u32>>,
    pub(crate) conditions: Vec<CompiledCondition>,
    /// True if some condition accepts an absent field.
    pub(crate) accepts_absence: bool,
    /// Indices of the conditions of each alternative, in the order of their paths. One alternative must match.
    pub(crate) alternatives: Vec<Vec<u32>>,
    /// Complexity of the most complex field, and its first wildcard.
    pub(crate) complexity: Option<(usize, Location)>,
    /// Pairs of match arrays on one path: the second replaces the first in some alternative.
    pub(crate) replaced: BTreeSet<(usize, usize)>,
}

#[derive(Debug, Clone)]
pub(crate) struct CompiledCondition {
    pub(crate) condition: FieldCondition,
    /// `None` if no event has a value for the path.
    pub(crate) field: Option<u32>,
    /// Index of the match array in the syntax tree.
    pub(crate) array: usize,
}

/// Match arrays of one alternative by path.
type ArraysByPath = BTreeMap<Utf16Path, usize>;

type Utf16Path = Vec<u16>;

pub(crate) fn compile(syntax: &SyntaxTree) -> Result<CompiledPattern, (Location, Rejection)> {
    let mut alternatives = vec![ArraysByPath::new()];
    let mut replaced = BTreeSet::new();
    expand(syntax, &syntax.clauses, &mut alternatives, &mut replaced)?;
    if let Some(alternative) = alternatives.iter().find(|alternative| alternative.len() > MAX_PATHS) {
        let location = syntax.arrays[*alternative.values().next().unwrap_or(&0)].location.clone();
        let help = "write several rules: one has at most 256 fields";
        return Err((location, Rejection::new(format!("Size of rule exceeds max value of {MAX_PATHS}"), help)));
    }
    let machines = Machines::new(&alternatives);
    let encodings = machines.encodings(syntax);
    let complexity = machines.max_complexity(syntax);
    if let Some((found, location)) = &complexity
        && *found > MAX_COMPLEXITY
    {
        return Err((location.clone(), too_complex()));
    }
    let mut compiled = CompiledPattern {
        fields: FieldTree::default(),
        conditions_by_field: Vec::new(),
        conditions: Vec::new(),
        accepts_absence: false,
        alternatives: Vec::with_capacity(alternatives.len()),
        complexity,
        replaced,
    };
    let mut known = HashMap::new();
    for (alternative, machines) in alternatives.iter().zip(&machines.by_alternative) {
        let conditions = alternative.values().zip(machines).map(|(&array, &machine)| {
            let encoding = encodings[machine];
            *known.entry((array, encoding)).or_insert_with(|| compiled.add_condition(syntax, array, encoding))
        });
        let conditions = conditions.collect();
        compiled.alternatives.push(conditions);
    }
    Ok(compiled)
}

impl CompiledPattern {
    fn add_condition(&mut self, syntax: &SyntaxTree, array: usize, encoding: Encoding) -> u32 {
        let index =
            u32::try_from(self.conditions.len()).expect("fewer conditions than bytes in the pattern, times two");
        let match_array = &syntax.arrays[array];
        let field = self.fields.insert(&match_array.path);
        self.conditions_by_field.resize(self.fields.count(), Vec::new());
        if let Some(field) = field {
            self.conditions_by_field[field as usize].push(index);
        }
        let matchers = match_array.items.iter().map(|item| item.matcher.clone()).collect();
        let condition = FieldCondition { path: match_array.path.clone(), matchers, encoding };
        self.accepts_absence |= condition.accepts_absence();
        self.conditions.push(CompiledCondition { condition, field, array });
        index
    }
}

/// Adds clauses to every alternative. An `$or` multiplies the alternatives by its branches.
fn expand(
    syntax: &SyntaxTree,
    clauses: &[Clause],
    alternatives: &mut Vec<ArraysByPath>,
    replaced: &mut BTreeSet<(usize, usize)>,
) -> Result<(), (Location, Rejection)> {
    for clause in clauses {
        match clause {
            Clause::Condition(array) => {
                let path: Utf16Path = syntax.arrays[*array].path.encode_utf16().collect();
                for alternative in &mut *alternatives {
                    count_step();
                    if let Some(before) = alternative.insert(path.clone(), *array) {
                        replaced.insert((before, *array));
                    }
                }
            }
            Clause::Or(location, branches) => {
                let before = std::mem::take(alternatives);
                for branch in branches {
                    let mut expanded = before.clone();
                    expand(syntax, branch, &mut expanded, replaced)?;
                    alternatives.append(&mut expanded);
                    if alternatives.len() > or::MAX_COMBINATIONS {
                        return Err((location.clone(), or::too_many_combinations()));
                    }
                }
            }
        }
    }
    Ok(())
}

/// The byte machines (automata) that event-ruler builds for a pattern.
///
/// It builds one for each path and each prefix of conditions on the paths before it. The encoding of values and the
/// complexity of wildcards are properties of a whole machine, across alternatives.
struct Machines {
    /// For each alternative, the machine of each of its match arrays.
    by_alternative: Vec<Vec<usize>>,
    /// The match arrays in each machine.
    arrays: Vec<BTreeSet<usize>>,
}

impl Machines {
    fn new(alternatives: &[ArraysByPath]) -> Self {
        let mut states: HashMap<(usize, usize), usize> = HashMap::new();
        let mut known: HashMap<(usize, &Utf16Path), usize> = HashMap::new();
        let mut machines = Self { by_alternative: Vec::with_capacity(alternatives.len()), arrays: Vec::new() };
        for alternative in alternatives {
            let mut state = 0;
            let of_alternative = alternative.iter().map(|(path, &array)| {
                let machine = *known.entry((state, path)).or_insert_with(|| {
                    machines.arrays.push(BTreeSet::new());
                    machines.arrays.len() - 1
                });
                machines.arrays[machine].insert(array);
                let next = states.len() + 1;
                state = *states.entry((machine, array)).or_insert(next);
                machine
            });
            let of_alternative = of_alternative.collect();
            machines.by_alternative.push(of_alternative);
        }
        machines
    }

    fn encodings(&self, syntax: &SyntaxTree) -> Vec<Encoding> {
        let matchers = |array: &usize| syntax.arrays[*array].items.iter().map(|item| &item.matcher);
        self.arrays.iter().map(|arrays| Encoding::for_matchers(arrays.iter().flat_map(matchers))).collect()
    }

    /// Returns the largest complexity of a machine with wildcards, and its first wildcard.
    fn max_complexity(&self, syntax: &SyntaxTree) -> Option<(usize, Location)> {
        let distinct: BTreeSet<&BTreeSet<usize>> = self.arrays.iter().collect();
        let mut max: Option<(usize, Location)> = None;
        for arrays in distinct {
            let items = arrays.iter().flat_map(|array| &syntax.arrays[*array].items);
            let wildcards: Vec<_> = items
                .filter_map(|item| {
                    if let Matcher::Wildcard(wildcard) = &item.matcher {
                        Some((wildcard, &item.location))
                    } else {
                        None
                    }
                })
                .collect();
            let Some((_, location)) = wildcards.first() else { continue };
            let complexity = complexity::wildcard_complexity(wildcards.iter().map(|(wildcard, _)| *wildcard));
            if max.as_ref().is_none_or(|(found, _)| complexity > *found) {
                max = Some((complexity, (*location).clone()));
            }
        }
        max
    }
}

fn too_complex() -> Rejection {
    Rejection::new(
        "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a \
         wildcard character",
        "write prefix or suffix for a star at one end only, or distribute the wildcards over several rules",
    )
}
