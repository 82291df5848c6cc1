//! Another version of a payload: one or two changes as they are made between versions.

use super::random::{Maker, Use, is_flattened, leaf};
use super::rng::Rng;
use super::spec::{Body, Field, Spec, Style, Ty};
use super::table::LEAVES;

pub(crate) fn evolve(spec: &Spec, rng: &mut Rng) -> Spec {
    let mut spec = spec.clone();
    let changes = 1 + rng.index(2);
    for round in 1..=changes {
        spec = change(spec, rng, round);
    }
    spec
}

fn change(mut spec: Spec, rng: &mut Rng, round: usize) -> Spec {
    let Some(payload) = spec.items.pop() else { return spec };
    let mut maker = Maker::of_items(rng, spec.items, round * 100);
    let index = maker.rng.index(maker.items.len() + 1);
    maker.items.push(payload);
    // The payload is changed most often.
    let index = if maker.rng.one_in(2) { maker.items.len() - 1 } else { index };
    let mut item = maker.items[index].clone();
    let is_payload = index + 1 == maker.items.len();
    let used = if is_payload { Use::Payload } else { Use::Flattened };
    let payload = maker.items.pop();
    match &mut item.body {
        Body::Struct(fields) => {
            let is_named = fields.style == Style::Named;
            let is_transparent = item.serde.iter().any(|argument| argument == "transparent");
            match maker.rng.index(10) {
                0 if is_named && !is_transparent => {
                    fields.fields.push(maker.field(Style::Named, false));
                }
                1 if is_named && !is_transparent => {
                    let name = maker.name("f");
                    let ty = if maker.rng.one_in(2) { leaf("Option<u8>", true) } else { leaf("u8", true) };
                    let serde = if maker.rng.one_in(2) { vec!["default".to_owned()] } else { Vec::new() };
                    fields.fields.push(Field { name, ty, serde, schemars: Vec::new() });
                }
                2 if is_named && fields.fields.len() > 1 => {
                    let at = maker.rng.index(fields.fields.len());
                    fields.fields.remove(at);
                }
                3 if is_named && !is_transparent => {
                    item.serde = maker.container(&fields.fields, used);
                    if item.serde.iter().any(|argument| argument == "deny_unknown_fields") {
                        fields.fields.retain(|field| !is_flattened(field));
                    }
                }
                _ if !fields.fields.is_empty() => {
                    let at = maker.rng.index(fields.fields.len());
                    change_field(&mut maker, &mut fields.fields[at], fields.style);
                }
                _ => {}
            }
        }
        Body::Enum(variants) => match maker.rng.index(5) {
            0 if variants.len() > 1 => {
                let at = maker.rng.index(variants.len());
                let is_needed = |argument: &String| argument.starts_with("skip");
                if !variants
                    .iter()
                    .enumerate()
                    .all(|(index, variant)| index == at || variant.serde.iter().any(is_needed))
                {
                    variants.remove(at);
                }
            }
            1 => {
                let mut added = variants[0].clone();
                added.name = maker.name("V");
                added.serde.retain(|argument| argument.starts_with("rename_all"));
                if !variants[0].serde.iter().any(|argument| argument == "untagged" || argument == "other") {
                    variants.insert(0, added);
                }
            }
            2 => {
                let alias = maker.name("w");
                variants[0].serde.push(format!("alias = \"{alias}\""));
            }
            _ => {
                let at = maker.rng.index(variants.len());
                let variant = &mut variants[at];
                if !variant.fields.fields.is_empty() {
                    let index = maker.rng.index(variant.fields.fields.len());
                    change_field(&mut maker, &mut variant.fields.fields[index], variant.fields.style);
                }
            }
        },
    }
    maker.items.extend(payload);
    if is_payload {
        maker.items.pop();
        maker.items.push(item);
    } else {
        maker.items[index] = item;
    }
    Spec { items: maker.items }
}

fn change_field(maker: &mut Maker<'_>, field: &mut Field, style: Style) {
    if is_flattened(field) || field.ty.features.iter().any(|feature| feature == "struct") {
        return;
    }
    let is_plain = field.schemars.is_empty() && !field.serde.iter().any(|argument| argument.contains("with"));
    match maker.rng.index(8) {
        0..=3 => {
            let ty = related(maker, &field.ty);
            field.schemars.clear();
            field.serde.retain(|argument| argument.starts_with("rename") || argument.starts_with("alias"));
            field.ty = ty;
        }
        4 if is_plain && !field.ty.code.starts_with("Option<") => {
            field.ty.code = format!("Option<{}>", field.ty.code);
            field.serde.retain(|argument| argument.starts_with("rename") || argument.starts_with("alias"));
        }
        5 if style == Style::Named && is_plain => {
            let old = std::mem::replace(&mut field.name, maker.name("f"));
            field.serde.retain(|argument| !argument.starts_with("rename"));
            field.serde.push(format!("alias = \"{old}\""));
        }
        6 => {
            field.schemars.clear();
            field.serde.retain(|argument| !argument.contains("with"));
            if field.ty.code.contains("Point") {
                field.ty = leaf("u8", true);
            }
        }
        _ if is_plain => field.serde = maker.arguments(&field.ty, style),
        _ => {}
    }
}

/// A type that is written in a similar way, or any other.
fn related(maker: &mut Maker<'_>, ty: &Ty) -> Ty {
    let group = LEAVES.iter().copied().find(|group| group.iter().any(|(code, _)| *code == ty.code));
    match group {
        Some(group) if !maker.rng.one_in(5) => {
            let (code, has_default) = *maker.rng.pick(group);
            leaf(code, has_default)
        }
        _ => maker.ty(1),
    }
}
