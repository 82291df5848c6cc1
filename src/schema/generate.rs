//! Schemas of types, as schemars generates them.

use json_schema_core::for_each_subschema;
use schemars::JsonSchema;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Map, Value};

use super::keyword::referenced_definition;
use json_schema_core::Role;

/// A schema and the definitions that it refers to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Generated {
    pub(super) root: Value,
    pub(super) definitions: Map<String, Value>,
}

impl Generated {
    /// Changes the root and every definition.
    pub(super) fn change_each(&mut self, change: &dyn Fn(&mut Value)) {
        change(&mut self.root);
        self.definitions.values_mut().for_each(change);
    }
}

/// Maximum number of schemas of a type without definitions; a larger type keeps them.
const MAX_SCHEMAS: usize = 10_000;

/// Generates the schema of a type. Only types that contain themselves are definitions, unless the rest is too large without.
pub(super) fn generate<T: JsonSchema>(role: Role) -> Generated {
    let by_name = run::<T>(role, false);
    if is_larger_than(&by_name, MAX_SCHEMAS) { by_name } else { run::<T>(role, true) }
}

fn run<T: JsonSchema>(role: Role, inline: bool) -> Generated {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.inline_subschemas = inline;
            settings.contract = match role {
                Role::Writer => Contract::Serialize,
                Role::Reader => Contract::Deserialize,
            };
        })
        .into_generator();
    // Not as a root schema: references to `#` would lead elsewhere once it is part of another one.
    let root = generator.subschema_for::<T>().to_value();
    Generated { root, definitions: generator.take_definitions(false) }
}

/// Returns true if there are more than `max` schemas once every reference, except recursive ones, is replaced by its
/// target.
fn is_larger_than(generated: &Generated, max: usize) -> bool {
    fn spend<'g>(generated: &'g Generated, schema: &'g Value, path: &mut Vec<&'g str>, left: &mut usize) {
        let Some(less) = left.checked_sub(1) else { return };
        *left = less;
        if let Some(name) = referenced_definition(schema)
            && let Some((name, definition)) = generated.definitions.get_key_value(&name)
            && !path.contains(&name.as_str())
        {
            path.push(name);
            spend(generated, definition, path, left);
            path.pop();
        }
        for_each_subschema(schema, |_, schema| spend(generated, schema, path, left));
    }
    let mut left = max;
    spend(generated, &generated.root, &mut Vec::new(), &mut left);
    left == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(dead_code, reason = "only its schema is used")]
    mod shape {
        use schemars::JsonSchema;

        macro_rules! twice {
            ($($name:ident: $of:ty;)*) => { $(
                #[derive(JsonSchema)]
                pub(super) struct $name { a: $of, b: Option<$of> }
            )* };
        }

        twice! { L0: u8; L1: L0; L2: L1; L3: L2; L4: L3; L5: L4; L6: L5; L7: L6; L8: L7; L9: L8; La: L9; Lb: La; Lc: Lb;
        Ld: Lc; Le: Ld; Lf: Le; }

        #[derive(JsonSchema)]
        pub(super) struct Tree {
            many: Vec<Tree>,
        }
    }

    #[test]
    fn only_recursive_types_are_definitions() {
        assert!(generate::<shape::L5>(Role::Reader).definitions.is_empty());
        let tree = generate::<shape::Tree>(Role::Reader);
        assert_eq!(tree.definitions.keys().collect::<Vec<_>>(), ["Tree"]);
        assert_eq!(tree.root, tree.definitions["Tree"]);
    }

    #[test]
    fn types_that_grow_too_large_keep_their_definitions() {
        let generated = generate::<shape::Lf>(Role::Reader);
        assert_eq!(generated.definitions.len(), 16);
        assert!(is_larger_than(&generated, 50_000));
    }
}
