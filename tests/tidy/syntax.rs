//! Facts about a Rust file, taken from its tokens.
//!
//! Tokens are enough, and they see the code within macro calls (`proptest!`, `macro_rules!`) that a parser of items leaves
//! opaque.

mod token;
mod walk;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use proc_macro2::{LexError, TokenStream};

/// The facts.
#[derive(Debug, Default)]
pub(crate) struct Syntax {
    pub(crate) docs: Vec<DocBlock>,
    pub(crate) literals: Vec<Text>,
    pub(crate) functions: Vec<Function>,
    /// Items of modules: functions, types, traits, constants and macros.
    pub(crate) items: Vec<Item>,
    pub(crate) modules: Vec<Module>,
    pub(crate) uses: Vec<Use>,
    pub(crate) paths: Vec<PathUse>,
    /// First segments of all paths in code that is not only for tests, `use` declarations excepted.
    pub(crate) names: BTreeSet<String>,
    /// Lines of items under `#[cfg(test)]`.
    pub(crate) test_ranges: Vec<RangeInclusive<usize>>,
}

/// Adjacent doc comments of one item.
#[derive(Debug)]
pub(crate) struct DocBlock {
    pub(crate) line: usize,
    pub(crate) text: String,
    last_line: usize,
    is_inner: bool,
}

/// A string literal.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) line: usize,
    pub(crate) value: String,
    pub(crate) place: TextPlace,
    pub(crate) is_test: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextPlace {
    /// In code.
    Code,
    /// In `#[error(…)]`.
    ErrorAttribute,
    /// In any other attribute.
    Attribute,
}

#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    /// The function has `#[test]`.
    pub(crate) is_test_case: bool,
    /// A trait prescribes the name.
    pub(crate) is_trait_impl: bool,
    pub(crate) parameters: Vec<Parameter>,
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// Tokens of the type without spaces.
    pub(crate) kind: String,
}

#[derive(Debug)]
pub(crate) struct Item {
    /// Inline modules of the file that the item is in.
    pub(crate) module: Vec<String>,
    pub(crate) keyword: String,
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) visibility: Visibility,
    pub(crate) is_test: bool,
    /// `#[macro_export]`.
    pub(crate) is_exported_macro: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visibility {
    Private,
    /// `pub(crate)`, `pub(super)`, `pub(in …)`.
    Restricted,
    Public,
}

#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) parent: Vec<String>,
    pub(crate) name: String,
    pub(crate) is_inline: bool,
    pub(crate) is_test: bool,
    /// The value of `#[path]`.
    pub(crate) path: Option<String>,
}

/// One name that a `use` declaration binds.
#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) module: Vec<String>,
    pub(crate) path: Vec<String>,
    /// The bound name, `None` for a glob.
    pub(crate) name: Option<String>,
    pub(crate) visibility: Visibility,
    pub(crate) line: usize,
    pub(crate) is_test: bool,
}

/// A path of two or more segments in code.
#[derive(Debug)]
pub(crate) struct PathUse {
    pub(crate) module: Vec<String>,
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    pub(crate) is_test: bool,
}

/// Reads a file.
pub(crate) fn parse(text: &str) -> Result<Syntax, LexError> {
    // A shebang or a byte order mark is no token.
    let tokens: TokenStream = text.trim_start_matches('\u{feff}').parse()?;
    Ok(walk::walk(&tokens.into_iter().collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_are_joined_by_item() {
        let syntax = parse("//! Tour.\n//! More.\n\n/// Returns\n/// one.\nfn one() {\n    // no doc\n}\nm! {\n    /// In a macro.\n    fn two() {}\n}")
            .unwrap();
        let docs: Vec<_> = syntax.docs.iter().map(|block| (block.line, block.text.as_str())).collect();
        assert_eq!(docs, [(1, " Tour.\n More."), (4, " Returns\n one."), (10, " In a macro.")]);
    }

    #[test]
    fn literals_know_their_attribute_and_their_escapes() {
        let syntax = parse(
            "#[error(\"bad {0}\")] struct E(#[serde(with = \"crate::time\")] u8); fn f() { g(r#\"a \"b\"\"#, \"\\u{e9}\\x41\\\n   c\", b\"x\", 'd') }",
        )
        .unwrap();
        let literals: Vec<_> = syntax.literals.iter().map(|text| (text.place, text.value.as_str())).collect();
        assert_eq!(
            literals,
            [
                (TextPlace::ErrorAttribute, "bad {0}"),
                (TextPlace::Attribute, "crate::time"),
                (TextPlace::Code, "a \"b\""),
                (TextPlace::Code, "éAc"),
            ]
        );
        assert_eq!(syntax.paths[0].path, ["crate", "time"]);
    }

    #[test]
    fn functions_have_parameters_and_contexts() {
        let syntax = parse(
            "fn f<F: Fn(bool) -> u8>(&self, mut a: bool, b: Map<u8, bool>, c: F) -> impl Iterator<Item = u8> { }
             impl Iterator for X { fn all(&mut self) { fn inner() {} } }
             impl X { fn of() {} }
             proptest! { #[test] fn law(a in any::<u8>()) {} }",
        )
        .unwrap();
        let functions: Vec<_> = syntax
            .functions
            .iter()
            .map(|found| (found.name.as_str(), found.is_trait_impl, found.is_test_case))
            .collect();
        assert_eq!(
            functions,
            [
                ("f", false, false),
                ("all", true, false),
                ("inner", false, false),
                ("of", false, false),
                ("law", false, true)
            ]
        );
        let parameters: Vec<_> =
            syntax.functions[0].parameters.iter().map(|found| (found.name.as_str(), found.kind.as_str())).collect();
        assert_eq!(parameters, [("a", "bool"), ("b", "Map<u8,bool>"), ("c", "F")]);
    }

    #[test]
    fn uses_and_paths_are_found() {
        let syntax = parse(
            "pub(crate) use crate::a::{self, b::C as D, e::*};
             mod m { use super::X; }
             fn f<'a>(x: &'a super::Y) -> Z { x.method(); Z { ..crate::Default::default() }; vec![self::V::new()] }
             quote!(::event_contract::Payload);",
        )
        .unwrap();
        let uses: Vec<_> = syntax
            .uses
            .iter()
            .map(|found| (found.module.join("::"), found.path.join("::"), found.name.as_deref()))
            .collect();
        let text = |text: &str| text.to_owned();
        assert_eq!(
            uses,
            [
                (text(""), text("crate::a"), Some("a")),
                (text(""), text("crate::a::b::C"), Some("D")),
                (text(""), text("crate::a::e"), None),
                (text("m"), text("super::X"), Some("X")),
            ]
        );
        assert_eq!(syntax.uses[0].visibility, Visibility::Restricted);
        let paths: Vec<_> = syntax.paths.iter().map(|found| found.path.join("::")).collect();
        assert_eq!(paths, ["super::Y", "crate::Default::default", "self::V::new"]);
        assert!(syntax.names.contains("Z") && !syntax.names.contains("method") && !syntax.names.contains("a"));
    }

    #[test]
    fn test_code_is_told_from_other_code() {
        let syntax = parse(
            "fn a() {}\n/// Doc.\n#[cfg(test)]\nfn b() {\n    c::d();\n}\n#[cfg(all(test, feature = \"x\"))]\nuse e::{f, g};\n#[cfg(any(test, feature = \"x\"))]\nfn h() {}\n#[cfg(test)]\nmod tests;",
        )
        .unwrap();
        assert_eq!(syntax.test_ranges, [2..=6, 7..=8, 11..=12]);
        let items: Vec<_> = syntax.items.iter().map(|item| (item.name.as_str(), item.is_test)).collect();
        assert_eq!(items, [("a", false), ("b", true), ("h", false)]);
        assert!(syntax.paths[0].is_test && syntax.uses.iter().all(|found| found.is_test));
        assert!(syntax.modules[0].is_test && !syntax.modules[0].is_inline);
    }

    #[test]
    fn items_know_their_module_and_visibility() {
        let syntax = parse(
            "pub struct A(pub u8); mod m { pub(crate) enum B {} impl B { pub const C: u8 = 1; type D = u8; } }
             #[macro_export] macro_rules! n { () => { pub struct E; } } const F: u8 = 2;",
        )
        .unwrap();
        let items: Vec<_> = syntax
            .items
            .iter()
            .map(|item| (item.module.join("::"), item.name.as_str(), item.visibility, item.is_exported_macro))
            .collect();
        let (public, private) = (Visibility::Public, Visibility::Private);
        assert_eq!(
            items,
            [
                (String::new(), "A", public, false),
                ("m".to_owned(), "B", Visibility::Restricted, false),
                (String::new(), "n", private, true),
                (String::new(), "F", private, false),
            ]
        );
    }
}
