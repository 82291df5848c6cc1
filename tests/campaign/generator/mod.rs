//! Generates the source of pairs of payload types from a seed.

mod evolve;
mod random;
mod rng;
mod single;
mod spec;
mod table;

use std::fmt::Write as _;

use rng::Rng;
use spec::Spec;

/// Returns the module of a batch: pairs of versions, and the list of them.
///
/// Of the seed 0, the payloads with one thing special each; of any other, random ones. At most `count` of them, evenly
/// spread where there are more.
pub(crate) fn batch(seed: u64, count: usize) -> String {
    let mut rng = Rng(seed.wrapping_mul(0x9e37_79b9).wrapping_add(7));
    let singles = if seed == 0 { single::singles() } else { Vec::new() };
    let is_single = !singles.is_empty();
    let writers: Vec<Spec> = if is_single {
        let step = (singles.len() / count.max(1)).max(1);
        singles.into_iter().step_by(step).collect()
    } else {
        (0..count).map(|_| random::Maker::new(&mut rng).payload()).collect()
    };
    let mut text = String::new();
    let mut list = String::from("pub static PAIRS: &[crate::Pair] = &[\n");
    for (index, writer) in writers.iter().enumerate() {
        let reader = evolve::evolve(writer, &mut rng);
        writeln!(text, "pub mod p{index} {{").unwrap();
        for (name, spec) in [("a", writer), ("b", &reader)] {
            let _ =
                write!(text, "pub mod {name} {{\nuse crate::prelude::*;\n{}{}}}\n", spec.declare(), spec.implement());
        }
        text.push_str("}\n");
        writeln!(
            list,
            "crate::Pair {{ index: {index}, sides: [{}, {}] }},",
            side(index, "a", writer),
            side(index, "b", &reader)
        )
        .unwrap();
    }
    list.push_str("];\n");
    format!("/// The seed of the batch.\npub const SEED: u64 = {seed};\n{list}{text}")
}

fn side(index: usize, name: &str, spec: &Spec) -> String {
    let (container, fields) = spec.features();
    let fields: Vec<_> = fields.iter().map(|(name, features)| format!("(&{name:?}, &{features:?})")).collect();
    format!(
        "crate::Side {{ party: crate::Party::from_type::<p{index}::{name}::T>, source: r####\"{}\"####, container: &{container:?}, \
         fields: &[{}] }}",
        spec.declare(),
        fields.join(", ")
    )
}
