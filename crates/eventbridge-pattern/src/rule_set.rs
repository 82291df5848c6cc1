//! Matching of many patterns in one pass.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::Pattern;
use crate::consistency::{self, Candidates};
use crate::element::{ElementId, Elements, NO_ELEMENT};
use crate::event::{EventError, EventInput};
use crate::field_tree::FieldTree;
use crate::matcher::FieldCondition;
use crate::matcher_index::MatcherIndex;
use crate::primitive::Primitive;
use crate::scanner::{self, ValueSink};
use crate::step_counter::count_step;

/// Rules of a bus, each a pattern under a key, matched together.
///
/// An event is read once for all rules, and each of its values is looked up in an index of all conditions. A rule costs
/// time only if the event meets one of its conditions, or if it has no conditions but `anything-but` and
/// `{"exists": false}`.
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
/// A set is built once, by collecting pairs of a key and a pattern, and does not change.
#[derive(Debug, Clone)]
pub struct RuleSet<K> {
    keys: Vec<K>,
    fields: FieldTree,
    conditions: Vec<SetCondition>,
    field_indexes: Vec<FieldIndex>,
    /// Decision tree over the conditions of all alternatives: conditions that they share at the start are tested once.
    tree: Vec<TreeNode>,
    alternatives: Vec<SetAlternative>,
}

#[derive(Debug, Clone)]
struct SetCondition {
    condition: FieldCondition,
    field: Option<u32>,
    is_indexed: bool,
}

/// The conditions on one field.
#[derive(Debug, Clone, Default)]
struct FieldIndex {
    index: MatcherIndex,
    has_indexed: bool,
    /// True if a condition is not in the index and must be tested on each value.
    has_unindexed: bool,
}

#[derive(Debug, Clone, Default)]
struct TreeNode {
    indexed: HashMap<u32, u32, FixedState>,
    unindexed: Vec<(u32, u32)>,
    /// The alternatives whose conditions are those on the path to this node.
    alternatives: Vec<u32>,
}

/// One alternative of one pattern.
#[derive(Debug, Clone)]
struct SetAlternative {
    rule: u32,
    /// In the order of the paths.
    conditions: Vec<u32>,
}

impl<K> FromIterator<(K, Pattern)> for RuleSet<K> {
    fn from_iter<I: IntoIterator<Item = (K, Pattern)>>(rules: I) -> Self {
        let mut set = Self {
            keys: Vec::new(),
            fields: FieldTree::default(),
            conditions: Vec::new(),
            field_indexes: Vec::new(),
            tree: vec![TreeNode::default()],
            alternatives: Vec::new(),
        };
        let mut known = HashMap::new();
        for (key, pattern) in rules {
            set.insert(key, &pattern, &mut known);
        }
        set.build_tree();
        set.field_indexes.iter_mut().for_each(|field| field.index.finish());
        set
    }
}

impl<K> RuleSet<K> {
    /// Returns the keys of the rules that the event matches, in the order of the rules.
    pub fn matches<'e>(&self, event: impl Into<EventInput<'e>>) -> Result<Vec<&K>, EventError> {
        let event = event.into();
        let mut values = SetValues { fields: &self.field_indexes, hits: Vec::with_capacity(8), values: Vec::new() };
        let elements = scanner::scan(&event, &self.fields, &mut values)?;
        let SetValues { mut hits, values, .. } = values;
        hits.sort_unstable();
        hits.dedup();
        let event_match = EventMatch { set: self, hits, values, elements };
        let mut rules = Vec::new();
        event_match.collect_rules(0, &mut rules)?;
        rules.sort_unstable();
        rules.dedup();
        Ok(rules.into_iter().map(|rule| &self.keys[rule as usize]).collect())
    }

    /// Returns the number of rules.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Returns true if the set has no rules.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn insert(&mut self, key: K, pattern: &Pattern, known: &mut HashMap<String, u32>) {
        let compiled = &pattern.compiled;
        let indices: Vec<u32> =
            compiled.conditions.iter().map(|it| self.insert_condition(&it.condition, known)).collect();
        let rule = to_index(self.keys.len());
        self.keys.push(key);
        for alternative in &compiled.alternatives {
            let conditions = alternative.iter().map(|condition| indices[*condition as usize]).collect();
            self.alternatives.push(SetAlternative { rule, conditions });
        }
    }

    fn insert_condition(&mut self, condition: &FieldCondition, known: &mut HashMap<String, u32>) -> u32 {
        // The debug text identifies a condition, also one with doubles, which have no `Eq`.
        let identity = format!("{condition:?}");
        if let Some(index) = known.get(&identity) {
            return *index;
        }
        let new = to_index(self.conditions.len());
        known.insert(identity, new);
        let field = self.fields.insert(&condition.path);
        self.field_indexes.resize_with(self.fields.count(), FieldIndex::default);
        let is_indexed = MatcherIndex::supports(condition);
        if let Some(field) = field {
            let field_index = &mut self.field_indexes[field as usize];
            if is_indexed {
                field_index.index.insert(condition, new);
                field_index.has_indexed = true;
            } else {
                field_index.has_unindexed = true;
            }
        }
        self.conditions.push(SetCondition { condition: condition.clone(), field, is_indexed });
        new
    }

    /// Builds the decision tree: indexed conditions before others, rare conditions before frequent ones, so that an event
    /// visits few nodes.
    fn build_tree(&mut self) {
        let mut uses = vec![0_u32; self.conditions.len()];
        for condition in self.alternatives.iter().flat_map(|alternative| &alternative.conditions) {
            uses[*condition as usize] += 1;
        }
        for (index, SetAlternative { conditions, .. }) in (0..).zip(&self.alternatives) {
            let mut order = conditions.clone();
            order.sort_by_key(|&condition| {
                let known = &self.conditions[condition as usize];
                (!known.is_indexed, uses[condition as usize], condition)
            });
            let mut at = 0;
            for condition in order {
                let new = to_index(self.tree.len());
                let node = &mut self.tree[at as usize];
                let next = if self.conditions[condition as usize].is_indexed {
                    *node.indexed.entry(condition).or_insert(new)
                } else if let Some((_, next)) = node.unindexed.iter().find(|(known, _)| *known == condition) {
                    *next
                } else {
                    node.unindexed.push((condition, new));
                    new
                };
                if next == new {
                    self.tree.push(TreeNode::default());
                }
                at = next;
            }
            self.tree[at as usize].alternatives.push(index);
        }
    }
}

/// Receives the values of an event.
struct SetValues<'s, 'e> {
    fields: &'s [FieldIndex],
    /// Indexed conditions that a value matches, with its position.
    hits: Vec<(u32, ElementId)>,
    /// Values of the fields that have unindexed conditions.
    values: Vec<(u32, Primitive<'e>, ElementId)>,
}

impl<'e> ValueSink<'e> for SetValues<'_, 'e> {
    fn push(&mut self, field: u32, value: Primitive<'e>, element: ElementId) -> bool {
        let field_index = &self.fields[field as usize];
        if field_index.has_indexed {
            let hits = &mut self.hits;
            field_index.index.find(&value, &mut |condition| hits.push((condition, element)));
        }
        if field_index.has_unindexed {
            self.values.push((field, value, element));
        }
        false
    }
}

/// The values of one event against the conditions of a set.
struct EventMatch<'s, 'e, K> {
    set: &'s RuleSet<K>,
    /// Indexed conditions that a value matches, with its position; sorted.
    hits: Vec<(u32, ElementId)>,
    values: Vec<(u32, Primitive<'e>, ElementId)>,
    elements: Elements,
}

impl<K> EventMatch<'_, '_, K> {
    fn collect_rules(&self, node: u32, rules: &mut Vec<u32>) -> Result<(), EventError> {
        count_step();
        let node = &self.set.tree[node as usize];
        for alternative in &node.alternatives {
            let alternative = &self.set.alternatives[*alternative as usize];
            if rules.last() != Some(&alternative.rule) && self.is_consistent(alternative)? {
                rules.push(alternative.rule);
            }
        }
        // Iterates over the smaller of the two sets.
        if node.indexed.len() <= self.hits.len() {
            for (condition, next) in &node.indexed {
                if !self.hits(*condition).is_empty() {
                    self.collect_rules(*next, rules)?;
                }
            }
        } else {
            for hits in self.hits.chunk_by(|(one, _), (other, _)| one == other) {
                if let Some(next) = node.indexed.get(&hits[0].0) {
                    self.collect_rules(*next, rules)?;
                }
            }
        }
        for (condition, next) in &node.unindexed {
            if self.may_hold(*condition) {
                self.collect_rules(*next, rules)?;
            }
        }
        Ok(())
    }

    /// Returns the hits of an indexed condition.
    fn hits(&self, condition: u32) -> &[(u32, ElementId)] {
        let start = self.hits.partition_point(|(hit, _)| *hit < condition);
        let length = self.hits[start..].iter().take_while(|(hit, _)| *hit == condition).count();
        &self.hits[start..start + length]
    }

    fn values(&self, condition: u32) -> impl Iterator<Item = (&Primitive<'_>, ElementId)> + '_ {
        let field = self.set.conditions[condition as usize].field;
        self.values.iter().filter(move |(of, ..)| Some(*of) == field).map(|(_, value, element)| (value, *element))
    }

    /// Returns true if an unindexed condition holds for some choice of elements, without regard to other conditions.
    fn may_hold(&self, condition: u32) -> bool {
        let SetCondition { condition: unindexed, .. } = &self.set.conditions[condition as usize];
        self.values(condition).any(|(value, _)| unindexed.matches(value))
            || unindexed.accepts_absence() && self.values(condition).all(|(_, element)| element != NO_ELEMENT)
    }

    fn is_consistent(&self, alternative: &SetAlternative) -> Result<bool, EventError> {
        // Without arrays of objects, there is nothing to choose.
        if self.elements.is_empty() {
            return Ok(true);
        }
        let candidates: Vec<Candidates> = alternative.conditions.iter().map(|it| self.candidates(*it)).collect();
        consistency::is_consistent(&candidates, &self.elements)
    }

    fn candidates(&self, condition: u32) -> Candidates {
        let SetCondition { condition: known, is_indexed, .. } = &self.set.conditions[condition as usize];
        if *is_indexed {
            let matching = self.hits(condition).iter().map(|(_, element)| *element).collect();
            return Candidates { matching, if_absent: None };
        }
        let matching =
            self.values(condition).filter(|(value, _)| known.matches(value)).map(|(_, element)| element).collect();
        let if_absent = known.accepts_absence().then(|| self.values(condition).map(|(_, element)| element).collect());
        Candidates { matching, if_absent }
    }
}

fn to_index(length: usize) -> u32 {
    u32::try_from(length).expect("fewer than 2^32 conditions")
}
