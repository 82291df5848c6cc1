//! Random types that compile: each function obeys the rules of serde for its place.

use super::rng::Rng;
use super::spec::{Body, Field, Fields, Item, Spec, Style, Ty, Variant};
use super::table::{ADAPTED, CASES, FLATTENED, LEAVES};

/// Maker of one payload.
pub(crate) struct Maker<'r> {
    pub(crate) rng: &'r mut Rng,
    pub(crate) items: Vec<Item>,
    /// The number of the next field, variant or item.
    next: usize,
}

/// The role of a struct or an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Payload,
    Value,
    /// Its fields are put into those of another struct.
    Flattened,
}

pub(crate) fn leaf(code: &str, has_default: bool) -> Ty {
    Ty { code: code.to_owned(), has_default, features: vec![code.to_owned()] }
}

impl<'r> Maker<'r> {
    pub(crate) fn new(rng: &'r mut Rng) -> Self {
        Self { rng, items: Vec::new(), next: 0 }
    }

    /// Continues with the items of a payload; new fields and items have new names.
    pub(crate) fn of_items(rng: &'r mut Rng, items: Vec<Item>, next: usize) -> Self {
        Self { rng, items, next }
    }

    pub(crate) fn name(&mut self, prefix: &str) -> String {
        self.next += 1;
        format!("{prefix}{}", self.next)
    }

    pub(crate) fn payload(mut self) -> Spec {
        let mut payload = if self.rng.index(8) == 0 {
            self.tagged_enum(Use::Payload)
        } else {
            let count = 1 + self.rng.index(4);
            self.named_struct(count, Use::Payload)
        };
        "T".clone_into(&mut payload.name);
        self.items.push(payload);
        Spec { items: self.items }
    }

    pub(crate) fn ty(&mut self, depth: u32) -> Ty {
        let wrap = |before: &str, inner: &Ty, after: &str, has_default: bool, feature: &str| Ty {
            code: format!("{before}{}{after}", inner.code),
            has_default,
            features: inner.features.iter().cloned().chain([feature.to_owned()]).collect(),
        };
        match self.rng.index(if depth == 0 { 6 } else { 14 }) {
            0..=5 => {
                let group = *self.rng.pick(LEAVES);
                let (code, has_default) = *self.rng.pick(group);
                leaf(code, has_default)
            }
            6 | 7 => wrap("Option<", &self.ty(depth - 1), ">", true, "Option"),
            8 => wrap("Vec<", &self.ty(depth - 1), ">", true, "Vec"),
            9 => {
                let inner = self.ty(depth - 1);
                let has_default = inner.has_default;
                match self.rng.index(3) {
                    0 => wrap("Box<", &inner, ">", has_default, "Box"),
                    1 => wrap("[", &inner, "; 2]", has_default, "array"),
                    _ => wrap("(", &inner, ", u8)", has_default, "tuple"),
                }
            }
            10 => wrap("BTreeMap<String, ", &self.ty(depth - 1), ">", true, "map"),
            11 | 12 => {
                let count = 1 + self.rng.index(3);
                let item = match self.rng.index(5) {
                    0 => self.tuple_struct(),
                    _ => self.named_struct(count, Use::Value),
                };
                self.put(item, "struct")
            }
            _ => {
                let item = self.any_enum();
                self.put(item, "enum")
            }
        }
    }

    pub(crate) fn put(&mut self, item: Item, feature: &str) -> Ty {
        let code = item.name.clone();
        self.items.push(item);
        Ty { code, has_default: true, features: vec![feature.to_owned()] }
    }

    pub(crate) fn named_struct(&mut self, count: usize, used: Use) -> Item {
        let name = self.name("S");
        let mut fields: Vec<Field> = (0..count).map(|_| self.field(Style::Named, used != Use::Flattened)).collect();
        let mut serde = Vec::new();
        if used != Use::Flattened || self.rng.one_in(4) {
            serde = self.container(&fields, used);
        }
        if serde.iter().any(|argument| argument == "deny_unknown_fields") {
            fields.retain(|field| !is_flattened(field));
        }
        Item { name, serde, body: Body::Struct(Fields { style: Style::Named, fields }) }
    }

    fn tuple_struct(&mut self) -> Item {
        let name = self.name("S");
        let count = 1 + self.rng.index(3);
        let fields = (0..count).map(|_| self.field(Style::Tuple, false)).collect();
        Item { name, serde: Vec::new(), body: Body::Struct(Fields { style: Style::Tuple, fields }) }
    }

    /// Arguments for a struct with named fields.
    pub(crate) fn container(&mut self, fields: &[Field], used: Use) -> Vec<String> {
        let mut serde = Vec::new();
        let case = (*self.rng.pick(CASES)).to_owned();
        if self.rng.one_in(4) {
            serde.push(match self.rng.index(3) {
                0 => format!("rename_all(serialize = \"{case}\", deserialize = \"{}\")", self.rng.pick(CASES)),
                _ => format!("rename_all = \"{case}\""),
            });
        }
        if self.rng.one_in(6) && !fields.iter().any(is_flattened) && used != Use::Flattened {
            serde.push("deny_unknown_fields".to_owned());
        }
        if self.rng.one_in(6) {
            serde.push(if self.rng.one_in(2) { "default".to_owned() } else { "default = \"fallback\"".to_owned() });
        }
        if self.rng.one_in(8) {
            serde.push("tag = \"kind\"".to_owned());
        }
        if self.rng.one_in(8) {
            serde.push("rename = \"renamed\"".to_owned());
        }
        if self.rng.one_in(16) {
            serde.push("expecting = \"something else\"".to_owned());
        }
        serde
    }

    /// A field with its attributes; `is_open`: others may be flattened into it.
    pub(crate) fn field(&mut self, style: Style, is_open: bool) -> Field {
        let name = self.name("f");
        match self.rng.index(12) {
            0 | 1 => {
                let (code, has_default, serde, schemars) = *self.rng.pick(ADAPTED);
                let mut field = adapted(name, code, has_default, serde, schemars);
                if style == Style::Tuple {
                    // Only the last fields of a tuple may have one.
                    field.serde.retain(|argument| argument != "default");
                }
                field
            }
            2 if is_open && style == Style::Named => {
                let (code, has_default) = *self.rng.pick(FLATTENED);
                self.flattened(name, code, has_default)
            }
            3..=6 => Field { name, ty: self.ty(2), serde: Vec::new(), schemars: Vec::new() },
            _ => {
                let ty = self.ty(2);
                let serde = self.arguments(&ty, style);
                Field { name, ty, serde, schemars: Vec::new() }
            }
        }
    }

    pub(crate) fn flattened(&mut self, name: String, code: &str, has_default: bool) -> Field {
        let mut ty = leaf(code, has_default);
        if code.contains("Item") {
            let item = match self.rng.index(3) {
                0 => {
                    let mut item = self.tagged_enum(Use::Flattened);
                    if self.rng.one_in(2) {
                        item.serde = Vec::new();
                    }
                    item
                }
                _ => self.named_struct(2, Use::Flattened),
            };
            ty.code = code.replace("Item", &item.name);
            self.put(item, "");
        }
        Field { name, ty, serde: vec!["flatten".to_owned()], schemars: Vec::new() }
    }

    pub(crate) fn arguments(&mut self, ty: &Ty, style: Style) -> Vec<String> {
        let mut serde: Vec<String> = Vec::new();
        let default = if ty.has_default && self.rng.one_in(2) { "default" } else { "default = \"fallback\"" };
        if style == Style::Named {
            if self.rng.one_in(4) {
                let name = self.name("n");
                serde.push(match self.rng.index(3) {
                    0 => format!("rename(serialize = \"{name}\", deserialize = \"{name}d\")"),
                    1 => format!("rename = \"{name}/~ $\""),
                    _ => format!("rename = \"{name}\""),
                });
            }
            if self.rng.one_in(4) {
                let alias = self.name("a");
                serde.push(format!("alias = \"{alias}\""));
            }
            match self.rng.index(9) {
                0 => serde.extend(["skip_serializing".to_owned(), default.to_owned()]),
                1 => serde.extend(["skip_deserializing".to_owned(), default.to_owned()]),
                2 => serde.extend(["skip".to_owned(), default.to_owned()]),
                3 if ty.code.starts_with("Option<") => {
                    serde.push("skip_serializing_if = \"Option::is_none\"".to_owned());
                }
                3 | 4 if ty.has_default => {
                    serde.extend(["default".to_owned(), "skip_serializing_if = \"with::is_default\"".to_owned()]);
                }
                5 => serde.extend([default.to_owned(), "skip_serializing_if = \"with::is_even\"".to_owned()]),
                6 | 7 => serde.push(default.to_owned()),
                _ => {}
            }
        }
        serde
    }

    fn variant(&mut self, styles: &[Style]) -> Variant {
        let name = self.name("V");
        let style = *self.rng.pick(styles);
        let count = match style {
            Style::Unit => 0,
            Style::Tuple | Style::Named => 1 + self.rng.index(2),
        };
        let fields = (0..count).map(|_| {
            let mut field = self.field(style, style == Style::Named);
            if style == Style::Tuple && field.serde.iter().any(|argument| argument.starts_with("skip")) {
                field.serde.clear();
            }
            field
        });
        let fields = fields.collect();
        let mut serde = Vec::new();
        if self.rng.one_in(6) {
            serde.push(format!("rename = \"{}\"", self.name("v")));
        }
        if self.rng.one_in(6) {
            serde.push(format!("alias = \"{}\"", self.name("w")));
        }
        if style == Style::Named && self.rng.one_in(8) {
            serde.push(format!("rename_all = \"{}\"", self.rng.pick(CASES)));
        }
        match self.rng.index(24) {
            0 => serde.push("skip_deserializing".to_owned()),
            1 => serde.push("skip_serializing".to_owned()),
            2 => serde.push("skip".to_owned()),
            _ => {}
        }
        Variant { name, serde, fields: Fields { style, fields } }
    }

    fn any_enum(&mut self) -> Item {
        match self.rng.index(4) {
            0 => {
                let name = self.name("E");
                let count = 1 + self.rng.index(4);
                let variants = (0..count).map(|_| self.variant(&[Style::Unit])).collect();
                let mut item = Item { name, serde: self.of_enum(), body: Body::Enum(variants) };
                self.finish(&mut item, true);
                item
            }
            1 => self.tagged_enum(Use::Value),
            kind => {
                let name = self.name("E");
                let count = 1 + self.rng.index(4);
                let styles = [Style::Unit, Style::Tuple, Style::Named, Style::Named];
                let variants = (0..count).map(|_| self.variant(&styles)).collect();
                let mut serde = self.of_enum();
                let is_untagged = kind == 2 && self.rng.one_in(2);
                if is_untagged {
                    serde.retain(|argument| argument != "deny_unknown_fields");
                    serde.push("untagged".to_owned());
                }
                let mut item = Item { name, serde, body: Body::Enum(variants) };
                self.finish(&mut item, !is_untagged);
                item
            }
        }
    }

    fn of_enum(&mut self) -> Vec<String> {
        let mut serde = Vec::new();
        if self.rng.one_in(4) {
            serde.push(format!("rename_all = \"{}\"", self.rng.pick(CASES)));
        }
        if self.rng.one_in(6) {
            serde.push(format!("rename_all_fields = \"{}\"", self.rng.pick(CASES)));
        }
        if self.rng.one_in(8) {
            serde.push("deny_unknown_fields".to_owned());
        }
        serde
    }

    /// An enum whose tag is beside its contents.
    pub(crate) fn tagged_enum(&mut self, used: Use) -> Item {
        let name = self.name("E");
        let count = 1 + self.rng.index(4);
        let mut serde = self.of_enum();
        if used == Use::Flattened {
            serde.retain(|argument| argument != "deny_unknown_fields");
        }
        let is_adjacent = self.rng.one_in(3);
        let styles: &[Style] = if is_adjacent {
            &[Style::Unit, Style::Tuple, Style::Named]
        } else {
            &[Style::Unit, Style::Named, Style::Named]
        };
        let mut variants: Vec<_> = (0..count).map(|_| self.variant(styles)).collect();
        if !is_adjacent && self.rng.one_in(4) {
            let inner = self.named_struct(2, Use::Value);
            let ty = self.put(inner, "struct");
            let field = Field { name: self.name("f"), ty, serde: Vec::new(), schemars: Vec::new() };
            let fields = Fields { style: Style::Tuple, fields: vec![field] };
            variants.push(Variant { name: self.name("V"), serde: Vec::new(), fields });
        }
        serde.push(if is_adjacent { "tag = \"t\", content = \"c\"" } else { "tag = \"t\"" }.to_owned());
        let mut item = Item { name, serde, body: Body::Enum(variants) };
        self.finish(&mut item, true);
        item
    }

    /// Adds `other` or `untagged` at the end, and applies the rules of serde for variants.
    fn finish(&mut self, item: &mut Item, is_tagged: bool) {
        let is_closed = item.serde.iter().any(|argument| argument == "deny_unknown_fields");
        let Body::Enum(variants) = &mut item.body else { return };
        if is_closed {
            for variant in &mut *variants {
                variant.fields.fields.retain(|field| variant.fields.style == Style::Tuple || !is_flattened(field));
            }
        }
        let is_used = |variant: &Variant| !variant.serde.iter().any(|argument| argument.starts_with("skip"));
        if !variants.iter().any(is_used)
            && let Some(first) = variants.first_mut()
        {
            first.serde.retain(|argument| !argument.starts_with("skip"));
        }
        if is_tagged && self.rng.one_in(5) {
            let fields = Fields { style: Style::Unit, fields: Vec::new() };
            variants.push(Variant { name: self.name("V"), serde: vec!["other".to_owned()], fields });
        } else if is_tagged && self.rng.one_in(8) {
            let field = Field { name: self.name("f"), ty: leaf("u8", true), serde: Vec::new(), schemars: Vec::new() };
            let fields = Fields { style: Style::Named, fields: vec![field] };
            variants.push(Variant { name: self.name("V"), serde: vec!["untagged".to_owned()], fields });
        }
    }
}

pub(crate) fn is_flattened(field: &Field) -> bool {
    field.serde.iter().any(|argument| argument == "flatten")
}

pub(crate) fn adapted(name: String, code: &str, has_default: bool, serde: &str, schemars: &str) -> Field {
    let schemars = if schemars.is_empty() { Vec::new() } else { vec![schemars.to_owned()] };
    let serde = serde.split(", ").map(str::to_owned).collect();
    Field { name, ty: leaf(code, has_default), serde, schemars }
}
