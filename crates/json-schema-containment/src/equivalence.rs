//! Equivalence of the targets of references, by partition refinement over the graphs of both
//! schemas.
//!
//! Two versions of a schema agree in most of their definitions. Equivalent targets share one
//! formula, so that the solver sees a definition that did not change as equal to itself and never
//! looks inside.
//!
//! # Algorithm
//!
//! The nodes of the graph are the two roots and every target of a reference. A node has a
//! *signature*, which is its schema with the references cut out and without annotations, and a list
//! of successors, which are the targets of these references in order. The coarsest partition in
//! which equivalent nodes have equal signatures and pairwise equivalent successors is bisimilarity.
//! It is computed by refinement, as Moore's algorithm minimises automata (*Gedanken-Experiments on
//! Sequential Machines*, 1956): nodes are first partitioned by signature, then by the classes of
//! their successors, until no class is split any more.
//!
//! Paige and Tarjan (SIAM J. Comput. 16(6), 1987) refine in O(*m* log *n*) instead of O(*mn*). The
//! chains that make the difference do not occur in schemas, and each round here is a single pass of
//! hashing.
//!
//! # Soundness
//!
//! By induction over the steps of a validation, bisimilar schemas accept the same documents (a
//! validation without end, in a cycle of references in place, has no result to compare): with
//! equal signatures they apply the same keywords, and where one follows a reference, the other
//! follows one to a bisimilar target. The signature contains the draft, so that keywords have the
//! same meaning, and every keyword that is not known to be an annotation.
//!
//! It is not complete, because the comparison is syntactic (`{"minimum": 1}` and `{"minimum": 1.0}`
//! differ), and need not be: it saves work and decides nothing.

use foldhash::{HashMap, HashMapExt as _};
use json_document::exact::{ExactValue as Value, Map};
use json_schema_core::{Contents, Keyword};

use super::document::{Place, PlaceKey};
use super::sources::Sources;

/// Number of a class of equivalent schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ClassId(usize);

/// Maximum number of schema objects that are read. Beyond it no schemas are taken to be equivalent.
const MAX_SCHEMAS: u32 = 400_000;
/// Maximum number of refinements. A chain of *n* references that differs at its end needs *n* of them, each linear in the
/// graph; chains in practice are short.
const MAX_REFINEMENTS: usize = 40;

/// Keywords that constrain no document in place: annotations, identifiers, and containers of
/// definitions.
///
/// The identifiers are ignored because references are resolved before they are compared.
const IGNORED_KEYWORDS: &[&str] = &[
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$id",
    "$recursiveAnchor",
    "$schema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "examples",
    "id",
    "readOnly",
    "title",
    "writeOnly",
];

/// The keywords of references, which are edges of the graph.
const REFERENCES: &[&str] = &["$ref", "$dynamicRef", "$recursiveRef"];

/// Partitions the targets of references, and the roots, into classes of equivalent schemas.
///
/// Returns no classes if a limit is exceeded or a reference cannot be resolved.
pub(super) fn partition(sources: &mut Sources<'_>) -> HashMap<PlaceKey, ClassId> {
    let mut graph = Graph { sources, numbers: HashMap::new(), places: Vec::new(), remaining: MAX_SCHEMAS };
    let Some(nodes) = graph.explore() else { return HashMap::new() };
    let numbers = graph.numbers;
    let mut classes = number_distinct(nodes.iter().map(|node| node.signature.as_str()));
    for _ in 0..MAX_REFINEMENTS {
        let refined = refine(&nodes, &classes);
        // Refinement only splits: with the same number of classes, the partition is the same.
        if refined.iter().max() == classes.iter().max() {
            return numbers.into_iter().map(|(key, number)| (key, classes[number])).collect();
        }
        classes = refined;
    }
    HashMap::new()
}

/// Splits classes whose nodes have successors in different classes.
fn refine(nodes: &[Node], classes: &[ClassId]) -> Vec<ClassId> {
    number_distinct(nodes.iter().zip(classes).map(|(node, class)| {
        let successors: Vec<ClassId> = node.successors.iter().map(|&successor| classes[successor]).collect();
        (*class, successors)
    }))
}

/// Numbers the elements, equal ones alike.
fn number_distinct<T: std::hash::Hash + Eq>(elements: impl Iterator<Item = T>) -> Vec<ClassId> {
    let mut numbers = HashMap::new();
    elements
        .map(|element| {
            let next = ClassId(numbers.len());
            *numbers.entry(element).or_insert(next)
        })
        .collect()
}

/// A root or the target of a reference.
#[derive(Default)]
struct Node {
    /// The schema as text, without annotations, with each reference reduced to its keyword.
    signature: String,
    /// Targets of the references in the signature, in the same order, by number.
    successors: Vec<usize>,
}

/// The graph of references, explored breadth first.
struct Graph<'s, 'a> {
    sources: &'s mut Sources<'a>,
    numbers: HashMap<PlaceKey, usize>,
    /// Places by number; those past the nodes that have been built are still to be explored.
    places: Vec<Place<'a>>,
    remaining: u32,
}

impl<'a> Graph<'_, 'a> {
    /// Builds the nodes, breadth first. `None` if a limit is exceeded or a reference cannot be
    /// resolved.
    fn explore(&mut self) -> Option<Vec<Node>> {
        for root in self.sources.roots() {
            self.number(root);
        }
        let mut nodes = Vec::new();
        while let Some(&place) = self.places.get(nodes.len()) {
            let mut node = Node::default();
            self.write_schema(place, &mut node)?;
            nodes.push(node);
        }
        Some(nodes)
    }

    /// Returns the number of the node for a place, which is queued if it is new.
    fn number(&mut self, place: Place<'a>) -> usize {
        *self.numbers.entry(place.key()).or_insert_with(|| {
            self.places.push(place);
            self.places.len() - 1
        })
    }

    /// Appends a schema to the signature of a node, and its references to the successors.
    fn write_schema(&mut self, place: Place<'a>, node: &mut Node) -> Option<()> {
        self.remaining = self.remaining.checked_sub(1)?;
        let Value::Object(members) = place.schema else {
            node.signature.push_str(&place.schema.to_string());
            return Some(());
        };
        let draft = self.sources.draft(place);
        node.signature.push('{');
        node.signature.push_str(draft.as_str());
        for (keyword, target) in self.sources.references(place).ok()? {
            node.signature.push_str(keyword);
            let number = self.number(target);
            node.successors.push(number);
        }
        if !(draft.ignores_siblings_of_ref() && members.contains_key("$ref")) {
            self.write_keywords(place, members, node)?;
        }
        node.signature.push('}');
        Some(())
    }

    /// Appends the keywords. Members of a schema object have one order in a document, and differ by
    /// it only.
    fn write_keywords(&mut self, place: Place<'a>, members: &'a Map<String, Value>, node: &mut Node) -> Option<()> {
        for (keyword, value) in members {
            let keyword = keyword.as_str();
            if IGNORED_KEYWORDS.contains(&keyword) || REFERENCES.contains(&keyword) {
                continue;
            }
            node.signature.push_str(keyword);
            node.signature.push(':');
            let contents = Keyword::find(keyword).map_or(Contents::Nothing, |found| found.contents.in_value(value));
            match (contents, value) {
                (Contents::Schema, value) => {
                    self.write_child(place, value, node)?;
                }
                (Contents::Array, Value::Array(items)) => {
                    for item in items {
                        self.write_child(place, item, node)?;
                    }
                }
                (Contents::Map, Value::Object(map)) => {
                    for (name, item) in map {
                        node.signature.push_str(&Value::from(name.as_str()).to_string());
                        self.write_child(place, item, node)?;
                    }
                }
                (_, value) => node.signature.push_str(&value.to_string()),
            }
            node.signature.push(',');
        }
        Some(())
    }

    fn write_child(&mut self, place: Place<'a>, schema: &'a Value, node: &mut Node) -> Option<()> {
        let place = self.sources.child(place, schema);
        self.write_schema(place, node)
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::Library;
    use super::super::draft::Draft;
    use super::super::sources::SupersededDependencies;
    use foldhash::HashSet;

    use super::*;

    /// Counts the classes, those of the roots included.
    fn count(writer: &Value, reader: &Value) -> usize {
        let library = |schema| Library::new(schema, Draft::Draft202012, &[]).unwrap();
        let mut sources = Sources::new([library(writer), library(reader)], false, SupersededDependencies::Ignored);
        partition(&mut sources).values().collect::<HashSet<_>>().len()
    }

    #[test]
    fn renamed_definitions_are_equivalent() {
        let list = |name: &str, leaf: Value| {
            exact!({"$ref": format!("#/$defs/{name}"), "$defs": {name: {"title": name, "properties": {
                "next": {"$ref": format!("#/$defs/{name}")}, "leaf": {"$ref": "#/$defs/leaf"}}}, "leaf": leaf}})
        };
        let text = exact!({"type": "string"});
        assert_eq!(count(&list("a", text.clone()), &list("b", text.clone())), 3);
        // A difference in a leaf separates everything that leads to it.
        assert_eq!(count(&list("a", text), &list("b", exact!({"type": "null"}))), 6);
    }

    #[test]
    fn a_cycle_of_two_is_equivalent_to_a_cycle_of_one() {
        let two = exact!({"$defs": {"a": {"items": {"$ref": "#/$defs/b"}}, "b": {"items": {"$ref": "#/$defs/a"}}},
            "$ref": "#/$defs/a"});
        let one = exact!({"$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}, "$ref": "#/$defs/a"});
        assert_eq!(count(&two, &one), 2);
    }
}
