//! Many rules against one event.

use std::collections::HashMap;

use super::Pattern;
use super::fields::Fields;
use super::hash::Table;
use super::index::Index;
use super::leaf::Leaf;
use super::matcher::Condition;
use super::scan::{self, EventError, Scope, Scopes, Sink};
use super::search::{self, Choice};
use super::steps;
use super::subject::Subject;

/// Rules for routing, each under a key: which of them does an event match?
///
/// An event is read once, whatever the number of rules, and each of its values is looked up among the conditions of all
/// of them. A rule costs an event something only where the event meets one of its conditions, or where all that the rule
/// says is what a value must not be.
///
/// ```
/// use eventbridge_pattern::{Pattern, RuleSet};
///
/// let rules: RuleSet<&str> = [
///     ("egress", Pattern::parse(r#"{"source": ["external"]}"#)?),
///     ("orders", Pattern::parse(r#"{"detail-type": [{"prefix": "Order."}]}"#)?),
///     ("faults", Pattern::parse(r#"{"detail": {"type": ["fault"]}}"#)?),
/// ]
/// .into_iter()
/// .collect();
///
/// let event = br#"{"source": "external", "detail-type": "Order.Created", "detail": {"type": "Order.Created"}}"#;
/// assert_eq!(rules.matches(event)?, [&"egress", &"orders"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It is made once, of all its rules; a set with another rule in it is made anew.
#[derive(Debug, Clone)]
pub struct RuleSet<K> {
    keys: Vec<K>,
    fields: Fields,
    conditions: Vec<Known>,
    on: Vec<On>,
    /// The conditions of all ways, as a tree: what many ways ask first, or ask alike, is asked once.
    tree: Vec<Node>,
    ways: Vec<Way>,
}

#[derive(Debug, Clone)]
struct Known {
    condition: Condition,
    field: Option<u32>,
    indexed: bool,
}

/// What is wanted of one field.
#[derive(Debug, Clone, Default)]
struct On {
    index: Index,
    indexed: bool,
    /// Whether a condition has to be asked, and so the values be kept.
    asked: bool,
}

#[derive(Debug, Clone, Default)]
struct Node {
    indexed: Table<u32, u32>,
    asked: Vec<(u32, u32)>,
    /// The ways that end here.
    ways: Vec<u32>,
}

/// One way through one pattern.
#[derive(Debug, Clone)]
struct Way {
    rule: u32,
    /// In the order of the paths.
    conditions: Vec<u32>,
}

impl<K> FromIterator<(K, Pattern)> for RuleSet<K> {
    fn from_iter<I: IntoIterator<Item = (K, Pattern)>>(rules: I) -> Self {
        let mut set = Self {
            keys: Vec::new(),
            fields: Fields::default(),
            conditions: Vec::new(),
            on: Vec::new(),
            tree: vec![Node::default()],
            ways: Vec::new(),
        };
        let mut known = HashMap::new();
        for (key, pattern) in rules {
            set.insert(key, &pattern, &mut known);
        }
        set.plant();
        set.on.iter_mut().for_each(|on| on.index.finish());
        set
    }
}

impl<K> RuleSet<K> {
    /// The keys of the rules that an event matches, in the order in which the rules were given.
    pub fn matches<'e>(&self, event: impl Into<Subject<'e>>) -> Result<Vec<&K>, EventError> {
        let subject = event.into();
        let mut seen = Seen { on: &self.on, hits: Vec::with_capacity(8), values: Vec::new() };
        let scopes = scan::scan(&subject, &self.fields, &mut seen)?;
        let Seen { mut hits, values, .. } = seen;
        hits.sort_unstable();
        hits.dedup();
        let round = Round { set: self, hits, values, scopes };
        let mut rules = Vec::new();
        round.walk(0, &mut rules)?;
        rules.sort_unstable();
        rules.dedup();
        Ok(rules.into_iter().map(|rule| &self.keys[rule as usize]).collect())
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn insert(&mut self, key: K, pattern: &Pattern, known: &mut HashMap<String, u32>) {
        let compiled = &pattern.compiled;
        let numbers: Vec<u32> = compiled.conditions.iter().map(|condition| self.condition(condition, known)).collect();
        let rule = number(self.keys.len());
        self.keys.push(key);
        for branch in &compiled.branches {
            let conditions = branch.iter().map(|condition| numbers[*condition as usize]).collect();
            self.ways.push(Way { rule, conditions });
        }
    }

    fn condition(&mut self, condition: &Condition, known: &mut HashMap<String, u32>) -> u32 {
        // What two conditions are the same by, numbers and all.
        let name = format!("{condition:?}");
        if let Some(number) = known.get(&name) {
            return *number;
        }
        let this = number(self.conditions.len());
        known.insert(name, this);
        let field = self.fields.insert(&condition.path);
        self.on.resize_with(self.fields.count(), On::default);
        let indexed = Index::takes(condition);
        if let Some(field) = field {
            let on = &mut self.on[field as usize];
            if indexed {
                on.index.insert(condition, this);
                on.indexed = true;
            } else {
                on.asked = true;
            }
        }
        self.conditions.push(Known { condition: condition.clone(), field, indexed });
        this
    }

    /// Puts all ways into the tree: what can be looked up before what must be asked, and what is rare before what is
    /// not, so that few ways are followed.
    fn plant(&mut self) {
        let mut uses = vec![0_u32; self.conditions.len()];
        for condition in self.ways.iter().flat_map(|way| &way.conditions) {
            uses[*condition as usize] += 1;
        }
        for (way, Way { conditions, .. }) in (0..).zip(&self.ways) {
            let mut order = conditions.clone();
            order.sort_by_key(|&condition| {
                let known = &self.conditions[condition as usize];
                (!known.indexed, uses[condition as usize], condition)
            });
            let mut at = 0;
            for condition in order {
                let new = number(self.tree.len());
                let node = &mut self.tree[at as usize];
                let next = if self.conditions[condition as usize].indexed {
                    *node.indexed.entry(condition).or_insert(new)
                } else if let Some((_, next)) = node.asked.iter().find(|(known, _)| *known == condition) {
                    *next
                } else {
                    node.asked.push((condition, new));
                    new
                };
                if next == new {
                    self.tree.push(Node::default());
                }
                at = next;
            }
            self.tree[at as usize].ways.push(way);
        }
    }
}

/// Takes the values of an event: conditions that are met, and values of which conditions have to be asked.
struct Seen<'s, 'e> {
    on: &'s [On],
    hits: Vec<(u32, Scope)>,
    values: Vec<(u32, Leaf<'e>, Scope)>,
}

impl<'e> Sink<'e> for Seen<'_, 'e> {
    fn take(&mut self, field: u32, leaf: Leaf<'e>, scope: Scope) -> bool {
        let on = &self.on[field as usize];
        if on.indexed {
            let hits = &mut self.hits;
            on.index.find(&leaf, &mut |condition| hits.push((condition, scope)));
        }
        if on.asked {
            self.values.push((field, leaf, scope));
        }
        false
    }
}

/// One event.
struct Round<'s, 'e, K> {
    set: &'s RuleSet<K>,
    /// The conditions that are met, and where; in order.
    hits: Vec<(u32, Scope)>,
    values: Vec<(u32, Leaf<'e>, Scope)>,
    scopes: Scopes,
}

impl<K> Round<'_, '_, K> {
    fn walk(&self, node: u32, rules: &mut Vec<u32>) -> Result<(), EventError> {
        steps::step();
        let node = &self.set.tree[node as usize];
        for way in &node.ways {
            let way = &self.set.ways[*way as usize];
            if rules.last() != Some(&way.rule) && self.holds_together(way)? {
                rules.push(way.rule);
            }
        }
        if node.indexed.len() <= self.hits.len() {
            for (condition, next) in &node.indexed {
                if !self.hits(*condition).is_empty() {
                    self.walk(*next, rules)?;
                }
            }
        } else {
            for met in self.hits.chunk_by(|(one, _), (other, _)| one == other) {
                if let Some(next) = node.indexed.get(&met[0].0) {
                    self.walk(*next, rules)?;
                }
            }
        }
        for (condition, next) in &node.asked {
            if self.may_hold(*condition) {
                self.walk(*next, rules)?;
            }
        }
        Ok(())
    }

    /// Where an indexed condition is met.
    fn hits(&self, condition: u32) -> &[(u32, Scope)] {
        let start = self.hits.partition_point(|(met, _)| *met < condition);
        let length = self.hits[start..].iter().take_while(|(met, _)| *met == condition).count();
        &self.hits[start..start + length]
    }

    fn values(&self, condition: u32) -> impl Iterator<Item = (&Leaf<'_>, Scope)> + '_ {
        let field = self.set.conditions[condition as usize].field;
        self.values.iter().filter(move |(of, ..)| Some(*of) == field).map(|(_, leaf, scope)| (leaf, *scope))
    }

    /// Whether a condition that has to be asked holds, looked at alone.
    fn may_hold(&self, condition: u32) -> bool {
        let Known { condition: asked, .. } = &self.set.conditions[condition as usize];
        self.values(condition).any(|(leaf, _)| asked.finds(leaf))
            || asked.finds_nothing() && self.values(condition).all(|(_, scope)| scope != 0)
    }

    fn holds_together(&self, way: &Way) -> Result<bool, EventError> {
        // A parsed or scanned event without lists of objects has no items.
        if self.scopes.is_empty() {
            return Ok(true);
        }
        let choices: Vec<Choice> = way.conditions.iter().map(|condition| self.choice(*condition)).collect();
        search::hold_together(&choices, &self.scopes)
    }

    fn choice(&self, condition: u32) -> Choice {
        let Known { condition: wanted, indexed, .. } = &self.set.conditions[condition as usize];
        if *indexed {
            return Choice { found: self.hits(condition).iter().map(|(_, scope)| *scope).collect(), missing: None };
        }
        let found = self.values(condition).filter(|(leaf, _)| wanted.finds(leaf)).map(|(_, scope)| scope).collect();
        let missing = wanted.finds_nothing().then(|| self.values(condition).map(|(_, scope)| scope).collect());
        Choice { found, missing }
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).expect("fewer than four thousand million")
}
