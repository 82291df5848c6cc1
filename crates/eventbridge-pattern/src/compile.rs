//! From what a pattern says to what is looked for: `$or` multiplied out, one condition a path, in the order in which the
//! service visits paths.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::complexity;
use super::error::Refusal;
use super::fields::Fields;
use super::matcher::{Condition, Matcher, Mode};
use super::or;
use super::source::{Place, Source, Step};
use super::steps;

/// The paths that one way through a pattern may have.
const PATHS: usize = 256;

/// What a pattern looks for.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    pub(super) fields: Fields,
    /// The conditions on each field, by its number.
    pub(super) on: Vec<Vec<u32>>,
    pub(super) conditions: Vec<Condition>,
    /// The field of each condition, where an event can have it.
    pub(super) field: Vec<Option<u32>>,
    /// The list in the source of each condition.
    pub(super) list: Vec<usize>,
    /// Whether a condition will do with a field that is missing.
    pub(super) negative: bool,
    /// The ways through the pattern, of which one has to hold: conditions, in the order of their paths.
    pub(super) branches: Vec<Vec<u32>>,
    /// Of the most complex field, with its first wildcard.
    pub(super) complexity: Option<(usize, Place)>,
    /// The lists that another one for the same path took the place of, in at least one way: (which, by which).
    pub(super) overwritten: BTreeSet<(usize, usize)>,
}

/// Lists by path.
type Way = BTreeMap<Path, usize>;

/// A path in the order of the service, which compares UTF-16.
type Path = Vec<u16>;

pub(super) fn compile(source: &Source) -> Result<Compiled, (Place, Refusal)> {
    let mut ways = vec![Way::new()];
    let mut overwritten = BTreeSet::new();
    walk(source, &source.steps, &mut ways, &mut overwritten)?;
    if let Some(way) = ways.iter().find(|way| way.len() > PATHS) {
        let place = source.lists[*way.values().next().unwrap_or(&0)].place.clone();
        let help = "write several rules: one has at most 256 fields";
        return Err((place, Refusal::new(format!("Size of rule exceeds max value of {PATHS}"), help)));
    }
    let groups = groups(&ways);
    let modes = groups.modes(source);
    let complexity = groups.complexity(source);
    if let Some((found, place)) = &complexity
        && *found > complexity::LIMIT
    {
        return Err((place.clone(), too_complex()));
    }
    let mut compiled = Compiled {
        fields: Fields::default(),
        on: Vec::new(),
        conditions: Vec::new(),
        field: Vec::new(),
        list: Vec::new(),
        negative: false,
        branches: Vec::with_capacity(ways.len()),
        complexity,
        overwritten,
    };
    let mut known = HashMap::new();
    for (way, members) in ways.iter().zip(&groups.of) {
        let branch = way.values().zip(members).map(|(&list, &group)| {
            let mode = modes[group];
            *known.entry((list, mode)).or_insert_with(|| compiled.add(source, list, mode))
        });
        let branch = branch.collect();
        compiled.branches.push(branch);
    }
    Ok(compiled)
}

impl Compiled {
    fn add(&mut self, source: &Source, list: usize, mode: Mode) -> u32 {
        let number =
            u32::try_from(self.conditions.len()).expect("fewer conditions than bytes in the pattern, times two");
        let written = &source.lists[list];
        let field = self.fields.insert(&written.path);
        self.on.resize(self.fields.count(), Vec::new());
        if let Some(field) = field {
            self.on[field as usize].push(number);
        }
        self.field.push(field);
        self.list.push(list);
        let matchers = written.items.iter().map(|item| item.matcher.clone()).collect();
        let condition = Condition { path: written.path.clone(), matchers, mode };
        self.negative |= condition.finds_nothing();
        self.conditions.push(condition);
        number
    }
}

fn walk(
    source: &Source,
    steps: &[Step],
    ways: &mut Vec<Way>,
    overwritten: &mut BTreeSet<(usize, usize)>,
) -> Result<(), (Place, Refusal)> {
    for step in steps {
        match step {
            Step::Put(list) => {
                let path: Path = source.lists[*list].path.encode_utf16().collect();
                for way in &mut *ways {
                    steps::step();
                    if let Some(before) = way.insert(path.clone(), *list) {
                        overwritten.insert((before, *list));
                    }
                }
            }
            Step::Branch(place, branches) => {
                let before = std::mem::take(ways);
                for branch in branches {
                    let mut here = before.clone();
                    walk(source, branch, &mut here, overwritten)?;
                    ways.append(&mut here);
                    if ways.len() > or::COMBINATIONS {
                        return Err((place.clone(), or::too_many()));
                    }
                }
            }
        }
    }
    Ok(())
}

/// The conditions that the service has in one automaton: those at the same path, behind the same conditions at the
/// paths before it.
struct Groups {
    /// For each way, the group of each of its lists.
    of: Vec<Vec<usize>>,
    lists: Vec<BTreeSet<usize>>,
}

fn groups(ways: &[Way]) -> Groups {
    let mut states: HashMap<(usize, usize), usize> = HashMap::new();
    let mut numbers: HashMap<(usize, &Path), usize> = HashMap::new();
    let mut groups = Groups { of: Vec::with_capacity(ways.len()), lists: Vec::new() };
    for way in ways {
        let mut state = 0;
        let of = way.iter().map(|(path, &list)| {
            let group = *numbers.entry((state, path)).or_insert_with(|| {
                groups.lists.push(BTreeSet::new());
                groups.lists.len() - 1
            });
            groups.lists[group].insert(list);
            let next = states.len() + 1;
            state = *states.entry((group, list)).or_insert(next);
            group
        });
        let of = of.collect();
        groups.of.push(of);
    }
    groups
}

impl Groups {
    /// How each group has values read.
    fn modes(&self, source: &Source) -> Vec<Mode> {
        let matchers = |list: &usize| source.lists[*list].items.iter().map(|item| &item.matcher);
        self.lists.iter().map(|lists| Mode::of(lists.iter().flat_map(matchers))).collect()
    }

    /// The largest complexity of a group with wildcards, and the first wildcard of that group.
    fn complexity(&self, source: &Source) -> Option<(usize, Place)> {
        let distinct: BTreeSet<&BTreeSet<usize>> = self.lists.iter().collect();
        let mut most: Option<(usize, Place)> = None;
        for lists in distinct {
            let items = lists.iter().flat_map(|list| &source.lists[*list].items);
            let wildcards: Vec<_> = items
                .filter_map(|item| {
                    if let Matcher::Wildcard(wildcard) = &item.matcher { Some((wildcard, &item.place)) } else { None }
                })
                .collect();
            let Some((_, place)) = wildcards.first() else { continue };
            let complexity = complexity::of(wildcards.iter().map(|(wildcard, _)| *wildcard));
            if most.as_ref().is_none_or(|(found, _)| complexity > *found) {
                most = Some((complexity, (*place).clone()));
            }
        }
        most
    }
}

fn too_complex() -> Refusal {
    Refusal::new(
        "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a \
         wildcard character",
        "write prefix or suffix where a star stands at an end only, or spread the wildcards over several rules",
    )
}
