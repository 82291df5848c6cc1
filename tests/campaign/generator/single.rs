//! Payloads with one thing special each: every type, every attribute, every form of an enum.

use super::random::{adapted, leaf};
use super::spec::{Body, Field, Fields, Item, Spec, Style, Ty, Variant};
use super::table::{ADAPTED, CASES, FLATTENED, LEAVES};

/// Returns all of them, in an order that stays.
pub(crate) fn singles() -> Vec<Spec> {
    let mut specs = Vec::new();
    for (code, has_default) in LEAVES.iter().copied().flatten() {
        specs.push(one(field("f1", leaf(code, *has_default), "")));
    }
    for (code, has_default, serde, schemars) in ADAPTED {
        specs.push(one(adapted("f1".to_owned(), code, *has_default, serde, schemars)));
    }
    for (code, has_default) in FLATTENED.iter().filter(|(code, _)| !code.contains("Item")) {
        specs.push(payload(
            &[],
            vec![field("f1", leaf("u8", true), ""), field("f2", leaf(code, *has_default), "flatten")],
        ));
    }
    fields(&mut specs);
    containers(&mut specs);
    flattened(&mut specs);
    enums(&mut specs);
    specs
}

fn field(name: &str, ty: Ty, serde: &str) -> Field {
    let serde = if serde.is_empty() { Vec::new() } else { vec![serde.to_owned()] };
    Field { name: name.to_owned(), ty, serde, schemars: Vec::new() }
}

fn payload(serde: &[&str], fields: Vec<Field>) -> Spec {
    Spec { items: vec![structure("T", serde, fields)] }
}

fn one(field: Field) -> Spec {
    payload(&[], vec![field])
}

fn structure(name: &str, serde: &[&str], fields: Vec<Field>) -> Item {
    let serde = serde.iter().map(|argument| (*argument).to_owned()).collect();
    Item { name: name.to_owned(), serde, body: Body::Struct(Fields { style: Style::Named, fields }) }
}

/// A payload with one field of the type of `item`, and that field's argument.
fn holding(item: Item, code: &str, serde: &str) -> Spec {
    let code = code.replace("Item", &item.name);
    let ty = Ty { code, has_default: true, features: Vec::new() };
    Spec { items: vec![item, structure("T", &[], vec![field("f1", ty, serde)])] }
}

fn fields(specs: &mut Vec<Spec>) {
    let arguments = [
        "rename = \"n\"",
        "rename = \"n/~ $\"",
        "rename(serialize = \"n\", deserialize = \"m\")",
        "alias = \"a\"",
        "default",
        "default = \"fallback\"",
        "skip, default = \"fallback\"",
        "skip",
        "skip_serializing, default",
        "skip_deserializing, default = \"fallback\"",
        "skip_deserializing",
        "skip_serializing",
        "default, skip_serializing_if = \"with::is_default\"",
        "skip_serializing_if = \"with::is_even\"",
        "default, alias = \"a\", alias = \"b\"",
        "rename = \"n\", alias = \"f1\"",
    ];
    for argument in arguments {
        for code in ["u8", "Option<String>"] {
            specs.push(one(field("f1", leaf(code, true), argument)));
        }
    }
    for code in ["f32", "f64", "u128", "DateTime<Utc>", "BTreeMap<u8, u8>"] {
        specs.push(one(field("f1", leaf(code, true), "default = \"fallback\"")));
    }
    let skipped = "skip_serializing_if = \"Option::is_none\"";
    specs.push(one(field("f1", leaf("Option<u8>", true), skipped)));
    specs.push(one(field("f1", leaf("Option<Option<u8>>", true), skipped)));
}

fn inner() -> Vec<Field> {
    vec![
        field("first_one", leaf("u8", true), ""),
        field("second_one", leaf("Option<String>", true), ""),
        field("third_one", leaf("bool", true), "default"),
    ]
}

fn containers(specs: &mut Vec<Spec>) {
    let mut arguments: Vec<String> = CASES.iter().map(|case| format!("rename_all = \"{case}\"")).collect();
    arguments.extend(
        [
            "rename_all(serialize = \"camelCase\", deserialize = \"kebab-case\")",
            "deny_unknown_fields",
            "default",
            "default = \"fallback\"",
            "tag = \"kind\"",
            "tag = \"kind\", rename = \"r\"",
            "expecting = \"something\"",
            "tag = \"kind\", deny_unknown_fields",
        ]
        .map(str::to_owned),
    );
    for argument in &arguments {
        specs.push(payload(&[argument], inner()));
        specs.push(holding(structure("S1", &[argument], inner()), "Option<Item>", ""));
    }
    specs.push(payload(&["transparent"], vec![field("f1", leaf("BTreeMap<String, u8>", true), "")]));
    specs.push(holding(structure("S1", &["transparent"], vec![field("f1", leaf("u8", true), "")]), "Item", ""));
    specs.push(payload(&["deny_unknown_fields"], vec![field("f1", leaf("u8", true), "alias = \"a\"")]));
    specs.push(payload(&[], Vec::new()));
    for count in 1..3 {
        let fields = (0..count).map(|index| field(&format!("f{index}"), leaf("u8", true), "")).collect();
        let body = Body::Struct(Fields { style: Style::Tuple, fields });
        specs.push(holding(Item { name: "S1".to_owned(), serde: Vec::new(), body }, "Item", ""));
    }
    let fields = vec![field("f1", leaf("u8", true), ""), field("f2", leaf("u8", true), "default")];
    let body = Body::Struct(Fields { style: Style::Tuple, fields });
    specs.push(holding(Item { name: "S1".to_owned(), serde: Vec::new(), body }, "Item", ""));
    let body = Body::Struct(Fields { style: Style::Unit, fields: Vec::new() });
    specs.push(holding(Item { name: "S1".to_owned(), serde: Vec::new(), body }, "Item", ""));
}

fn flattened(specs: &mut Vec<Spec>) {
    for code in ["Item", "Option<Item>", "Box<Item>"] {
        specs.push(holding(structure("S1", &[], inner()), code, "flatten"));
        specs.push(holding(structure("S1", &["tag = \"kind\""], inner()), code, "flatten"));
        specs.push(holding(structure("S1", &["deny_unknown_fields"], inner()), code, "flatten"));
        let aliased = vec![field("f2", leaf("u8", true), "alias = \"a\"")];
        specs.push(holding(structure("S1", &[], aliased), code, "flatten"));
        for tag in ["", "tag = \"t\"", "tag = \"t\", content = \"c\"", "untagged"] {
            specs.push(holding(choice("E1", tag, &[Style::Named, Style::Named], ""), code, "flatten"));
        }
    }
}

/// An enum with variants of these styles; the argument is that of the last one.
fn choice(name: &str, serde: &str, styles: &[Style], argument: &str) -> Item {
    let variants = styles.iter().enumerate().map(|(index, style)| {
        let fields = match style {
            Style::Unit => Vec::new(),
            Style::Tuple if serde == "tag = \"t\"" => vec![field("", leaf("BTreeMap<String, u8>", true), "")],
            Style::Tuple => vec![field("", leaf("u8", true), "")],
            Style::Named => vec![field(&format!("x{index}"), leaf("u8", true), "")],
        };
        let is_last = index + 1 == styles.len() && !argument.is_empty();
        let serde = if is_last { vec![argument.to_owned()] } else { Vec::new() };
        Variant { name: format!("V{index}"), serde, fields: Fields { style: *style, fields } }
    });
    let serde = if serde.is_empty() { Vec::new() } else { vec![serde.to_owned()] };
    Item { name: name.to_owned(), serde, body: Body::Enum(variants.collect()) }
}

fn enums(specs: &mut Vec<Spec>) {
    use Style::{Named, Tuple, Unit};
    for tag in ["", "tag = \"t\"", "tag = \"t\", content = \"c\"", "untagged"] {
        let forms: [&[Style]; 5] = [&[Unit, Unit], &[Tuple, Unit], &[Named, Named], &[Named, Unit], &[Named]];
        for styles in forms {
            specs.push(holding(choice("E1", tag, styles, ""), "Item", ""));
        }
        specs.push(holding(choice("E1", tag, &[Named, Tuple, Unit], ""), "Vec<Item>", ""));
        specs.push(holding(choice("E1", tag, &[Named, Unit], ""), "BTreeMap<String, Item>", ""));
        if tag != "untagged" {
            for argument in ["rename = \"r\"", "alias = \"a\"", "skip", "skip_serializing", "skip_deserializing"] {
                specs.push(holding(choice("E1", tag, &[Named, Unit], argument), "Item", ""));
                specs.push(holding(choice("E1", tag, &[Unit, Named], argument), "Item", ""));
            }
            for styles in [&[Unit, Unit] as &[Style], &[Named, Unit]] {
                specs.push(holding(choice("E1", tag, styles, "other"), "Item", ""));
                specs.push(holding(choice("E1", tag, styles, "other, alias = \"a\""), "Option<Item>", ""));
            }
            specs.push(holding(choice("E1", tag, &[Named, Named], "untagged"), "Item", ""));
            specs.push(holding(choice("E1", tag, &[Unit, Tuple], "untagged"), "Item", ""));
            let closed = format!("{tag}{}deny_unknown_fields", if tag.is_empty() { "" } else { ", " });
            specs.push(holding(choice("E1", &closed, &[Named, Unit], ""), "Item", ""));
        }
        for count in [14, 24] {
            specs.push(holding(choice("E1", tag, &vec![Named; count], ""), "Item", ""));
        }
        if tag.starts_with("tag") {
            let mut item = choice("T", tag, &[Named, Unit, Named], "");
            item.serde.push("rename_all = \"lowercase\"".to_owned());
            specs.push(Spec { items: vec![item] });
        }
    }
}
