//! Exploration of a type by deserializing it from placeholders.
//!
//! Serde has no reflection. But a deserializer learns the names of the fields and variants that a type asks for, and the
//! errors for missing and duplicate fields name the field. So a type is deserialized repeatedly, each time with another
//! irregularity, until its structs and enums are known.
//!
//! The search is depth-first over the choices of enum variants. For each choice, placeholders are substituted until a
//! fixpoint: until the type accepts all of them, or rejects every candidate. An enum that is reached at the same pointer
//! again is not explored again, which makes the search finite for recursive types up to the maximum depth;
//! [`MAX_PASSES`] bounds the rest.

use std::collections::HashSet;

use json_document::Pointer;

use super::exact::{Discovery, ExactDeserializer, ExactError, Input, Probe, Replay, Step};

/// Maximum number of passes over one type.
pub(super) const MAX_PASSES: usize = 2000;

/// The variant that is chosen for an enum: its pointer, and the position of the variant.
pub(super) type Choice = (Pointer, usize);

/// Deserializes the type that is explored.
pub(super) type Run<'r> = &'r dyn Fn(ExactDeserializer<'_, 'static>) -> Result<(), ExactError>;

/// One deserialization that ran to its end.
pub(super) struct Pass<'p> {
    pub(super) discovery: &'p Discovery,
    /// The chosen variants.
    pub(super) variants: &'p [Choice],
    /// The placeholders that the type has accepted.
    #[cfg_attr(not(feature = "schema"), expect(dead_code, reason = "used for schemas only"))]
    pub(super) replay: &'p Replay,
}

/// Visits the structs and enums of a type, once with each variant of each enum.
pub(super) fn explore(run: Run<'_>, passes: &mut usize, visit: &mut dyn FnMut(Pass<'_>, &mut usize)) {
    explore_with(&Probe::None, run, passes, visit);
}

/// Like [`explore`], with a probe in each pass.
pub(super) fn explore_with(
    probe: &Probe,
    run: Run<'_>,
    passes: &mut usize,
    visit: &mut dyn FnMut(Pass<'_>, &mut usize),
) {
    let mut known_enums = HashSet::new();
    let mut waiting: Vec<Vec<Choice>> = vec![Vec::new()];
    while let Some(variants) = waiting.pop() {
        let mut replay = Replay::of_type(&variants, probe.clone());
        converge(&mut replay, run, passes);
        let discovery = replay.take_discovery();
        visit(Pass { discovery: &discovery, variants: &variants, replay: &replay }, passes);
        for (at, names) in discovery.enums {
            if known_enums.insert(at.clone()) {
                waiting.extend((1..names.len()).map(|variant| {
                    let mut variants = variants.clone();
                    variants.push((at.clone(), variant));
                    variants
                }));
            }
        }
        if *passes > MAX_PASSES {
            return;
        }
    }
}

/// Repeats the deserialization until the type accepts all placeholders, or rejects every candidate for one of them.
///
/// Returns the field that is reported as a duplicate.
pub(super) fn converge(replay: &mut Replay, run: Run<'_>, passes: &mut usize) -> Option<String> {
    while *passes <= MAX_PASSES {
        *passes += 1;
        match run(ExactDeserializer::new(Input::Placeholder, replay)) {
            Ok(()) => return None,
            Err(error) => {
                if error.is_complete() {
                    return None;
                }
                if let Some(field) = error.duplicate() {
                    return Some(field.to_owned());
                }
                if replay.apply(&error, &mut Vec::new()) == Step::Stuck {
                    return None;
                }
            }
        }
    }
    None
}

/// Returns true if the enum at `at` accepts a variant that it lacks, as with `#[serde(other)]`.
#[cfg(feature = "schema")]
pub(super) fn accepts_unknown_variant(at: &Pointer, variants: &[Choice], run: Run<'_>) -> bool {
    let mut replay = Replay::of_type(variants, Probe::UnknownVariant { at: at.clone() });
    for _ in 0..MAX_PASSES / 10 {
        match run(ExactDeserializer::new(Input::Placeholder, &replay)) {
            Ok(()) => return true,
            Err(error) if error.is_complete() => return true,
            Err(error) => {
                if error.is_at(at) || replay.apply(&error, &mut Vec::new()) == Step::Stuck {
                    return false;
                }
            }
        }
    }
    false
}

/// Returns true if the struct at `at` rejects fields that it lacks. `converged` is the state after [`converge`].
#[cfg(feature = "schema")]
pub(super) fn denies_unknown_fields(at: &Pointer, converged: &Replay, run: Run<'_>) -> bool {
    let replay = converged.showing_unknown_field(at);
    run(ExactDeserializer::new(Input::Placeholder, &replay)).is_err_and(|error| error.rejects_unknown_field(at))
}

/// Returns for each field of the struct at `at` `true` if it is required; `None` if that cannot be determined.
///
/// All fields are omitted at once, and each one that is reported as missing is restored: one pass more than there are
/// required fields. If another error occurs, each field is omitted by itself. `converged` is the state after
/// [`converge`].
#[cfg(feature = "schema")]
pub(super) fn find_required(at: &Pointer, fields: &[&str], converged: &Replay, run: Run<'_>) -> Vec<Option<bool>> {
    let mut replay = converged.omitting(at, 0..fields.len());
    let mut required = vec![Some(false); fields.len()];
    while let Err(error) = run(ExactDeserializer::new(Input::Placeholder, &replay)) {
        let Some(position) = replay.restore_field(|position| error.misses(fields[position], at)) else {
            let each = fields.iter().enumerate();
            return each.map(|(position, field)| is_required(at, position, field, converged, run)).collect();
        };
        required[position] = Some(true);
    }
    required
}

#[cfg(feature = "schema")]
fn is_required(at: &Pointer, position: usize, field: &str, converged: &Replay, run: Run<'_>) -> Option<bool> {
    let mut replay = converged.omitting(at, [position]);
    for _ in 0..MAX_PASSES / 10 {
        match run(ExactDeserializer::new(Input::Placeholder, &replay)) {
            Ok(()) => return Some(false),
            Err(error) if error.is_complete() => return Some(false),
            Err(error) => {
                if error.misses(field, at) {
                    return Some(true);
                }
                if replay.apply(&error, &mut Vec::new()) == Step::Stuck {
                    return None;
                }
            }
        }
    }
    None
}
