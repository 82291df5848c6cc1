//! Laws of entries, plans and responses.

use std::collections::BTreeSet;

use event_contract::EventId;
use event_contract::publish::{
    AcceptedEntry, Batch, BatchPlan, Bus, Entry, FailedEntry, PutResult, SizeLimit, TooLarge,
};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use crate::response::batch_of;
use crate::{ids, noted, sized};

/// Returns the fewest batches of any plan that keeps the order, by dynamic programming over prefixes of the entries.
fn fewest_batches(sizes: &[usize], limit: usize) -> usize {
    let mut best = vec![0];
    for end in 1..=sizes.len() {
        let fits = |start: &usize| end - start <= 10 && sizes[*start..end].iter().sum::<usize>() <= limit;
        best.push((0..end).filter(fits).map(|start| best[start] + 1).min().expect("each fits alone"));
    }
    best[sizes.len()]
}

/// Returns the size of an entry, from its request only.
fn size_of_request(request: &Value) -> usize {
    let text = |name: &str| request[name].as_str().map_or(0, str::len);
    let time = if request["Time"].is_null() { 0 } else { 14 };
    let resources = request["Resources"].as_array().into_iter().flatten().map(|arn| arn.as_str().unwrap().len());
    time + text("Source") + text("DetailType") + text("Detail") + resources.sum::<usize>()
}

fn sizes_and_limit() -> impl Strategy<Value = (Vec<usize>, usize)> {
    // Small sizes reach the limit of entries, large ones the limit of bytes.
    let size = prop_oneof![3 => 180_usize..220, 2 => 180_usize..2000];
    (vec(size, 0..60), prop_oneof![180_usize..2500, 2000_usize..20_000])
}

proptest! {
    #[test]
    fn a_plan_is_complete_ordered_within_limits_and_shortest((sizes, limit) in sizes_and_limit()) {
        let entries: Vec<Entry> = sizes.iter().enumerate().map(|(number, size)| sized(number, *size)).collect();
        let plan = BatchPlan::new(entries.clone(), SizeLimit::bytes(limit));

        let fitting: Vec<&Entry> = entries.iter().filter(|entry| entry.size() <= limit).collect();
        let planned: Vec<&Entry> = plan.batches().iter().flat_map(Batch::entries).collect();
        prop_assert_eq!(&planned, &fitting);
        let too_large: Vec<&Entry> = entries.iter().filter(|entry| entry.size() > limit).collect();
        prop_assert_eq!(plan.too_large().iter().map(TooLarge::entry).collect::<Vec<_>>(), too_large);

        for batch in plan.batches() {
            prop_assert!((1..=10).contains(&batch.entries().len()));
            prop_assert_eq!(batch.size(), batch.entries().iter().map(Entry::size).sum::<usize>());
            prop_assert!(batch.size() <= limit);
        }
        let sizes: Vec<usize> = fitting.iter().map(|entry| entry.size()).collect();
        prop_assert_eq!(plan.batches().len(), fewest_batches(&sizes, limit));
    }

    #[test]
    fn the_size_equals_that_of_the_request(
        notes in vec((any::<String>(), vec(any::<String>(), 0..3), any::<bool>()), 1..10),
    ) {
        let entries = notes.iter().enumerate().map(|(number, (note, resources, marked))| {
            let bus = Bus::external().named("a bus that counts nothing");
            let bus = if *marked { bus.marked_external() } else { bus };
            let entry = bus.entry(&noted(&number.to_string(), note)).unwrap();
            resources.iter().fold(entry, Entry::with_resource)
        });
        let plan = BatchPlan::new(entries, SizeLimit::MIB_1);
        for batch in plan.batches() {
            let request: Value = batch.to_json().parse().unwrap();
            prop_assert_eq!(request.as_object().unwrap().len(), 1);
            let sizes: Vec<usize> = request["Entries"].as_array().unwrap().iter().map(size_of_request).collect();
            prop_assert_eq!(batch.entries().iter().map(Entry::size).collect::<Vec<_>>(), sizes.clone());
            prop_assert_eq!(batch.size(), sizes.iter().sum::<usize>());
        }
    }

    #[test]
    fn every_entry_is_answered_once(answers in vec((any::<bool>(), prop_oneof![
        Just(None), Just(Some("ThrottlingException")), Just(Some("InvalidArgument")), Just(Some("?")),
    ]), 1..=10)) {
        let batch = batch_of(answers.len());
        let sent = ids(batch.entries());
        let results: Vec<PutResult> = answers.iter().enumerate().map(|(number, (has_id, code))| PutResult {
            event_id: has_id.then(|| format!("envelope-{number}")),
            error_code: code.map(str::to_owned),
            error_message: code.map(|_| format!("message {number}")),
        }).collect();
        let codes: Vec<Option<&str>> = answers.iter().map(|(has_id, code)| match code {
            None if !has_id => Some(FailedEntry::MISSING_RESULT),
            code => *code,
        }).collect();
        let outcome = batch.match_response(results).unwrap();

        let at = |wanted: &dyn Fn(Option<&str>) -> bool| -> Vec<EventId> {
            sent.iter().zip(&codes).filter(|(_, code)| wanted(**code)).map(|(id, _)| id.clone()).collect()
        };
        prop_assert_eq!(ids(outcome.accepted().iter().map(AcceptedEntry::entry)), at(&|code| code.is_none()));
        prop_assert_eq!(ids(outcome.failed().iter().map(FailedEntry::entry)), at(&|code| code.is_some()));
        for one in outcome.accepted() {
            let number: usize = one.entry().event_id().as_str().parse().unwrap();
            prop_assert_eq!(one.envelope_id(), format!("envelope-{number}"));
        }
        for one in outcome.failed() {
            let number: usize = one.entry().event_id().as_str().parse().unwrap();
            prop_assert_eq!(Some(one.code()), codes[number]);
            let (message, envelope) = (format!("message {number}"), format!("envelope-{number}"));
            prop_assert_eq!(one.message(), Some(&*message).filter(|_| one.code() != FailedEntry::MISSING_RESULT));
            prop_assert_eq!(one.envelope_id(), Some(&*envelope).filter(|_| answers[number].0));
        }

        let accepted = ids(outcome.accepted().iter().map(AcceptedEntry::entry));
        let (again, given_up) = outcome.into_entries_to_retry();
        prop_assert_eq!(ids(&again), at(&|code| code.is_some_and(|code| code != "InvalidArgument")));
        prop_assert_eq!(ids(given_up.iter().map(FailedEntry::entry)), at(&|code| code == Some("InvalidArgument")));
        let all: Vec<EventId> = [accepted, ids(&again), ids(given_up.iter().map(FailedEntry::entry))].concat();
        prop_assert_eq!(all.len(), sent.len());
        prop_assert_eq!(BTreeSet::from_iter(all), BTreeSet::from_iter(sent));
    }
}
