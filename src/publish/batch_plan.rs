//! Batches within the limits of `PutEvents`.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::entry::Entry;
use super::size_limit::SizeLimit;

/// The fewest batches that keep the order of the entries, each with at most 10 entries and a [`SizeLimit`].
///
/// Every entry is in exactly one batch, or in the list of those that are too large for any. The batches in sequence have
/// the order of the entries.
///
/// ```
/// # use event_contract::{Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, Payload)]
/// # #[payload(external, name = "Order.Noted", version = 1)]
/// # struct OrderNoted { note: String }
/// # const SHOP: SubsystemName = SubsystemName::from_static("shop");
/// # let noted = |note: String| Event::new(OrderNoted { note }, SHOP, "2026-11-22T10:43:01Z".parse().unwrap());
/// use event_contract::publish::{BatchPlan, Bus, SizeLimit};
///
/// let bus = Bus::external();
/// let mut entries = Vec::new();
/// for number in 0..12 {
///     let note = if number == 3 { "x".repeat(300_000) } else { "leave it at the door".to_owned() };
///     entries.push(bus.entry(&noted(note))?);
/// }
/// let plan = BatchPlan::new(entries, SizeLimit::KIB_256);
///
/// let lengths: Vec<usize> = plan.batches().iter().map(|batch| batch.entries().len()).collect();
/// assert_eq!(lengths, [10, 1]);
/// assert_eq!(plan.too_large().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the entries are in the plan"]
pub struct BatchPlan {
    batches: Vec<Batch>,
    too_large: Vec<TooLarge>,
}

impl BatchPlan {
    /// Groups entries into batches.
    //
    // Greedy, and optimal among the plans that keep the order. Proof by an exchange argument ("greedy stays ahead"): if
    // the first n batches of another plan end no later than the first n of this one (true for n = 0), then the entries of
    // its next batch that are not in ours yet fit into our next batch, because a part of a batch within the limits is
    // within them, too. So ours ends no earlier, for every n, and no other plan has fewer batches. Entries that exceed
    // the limit alone are in no batch of any plan.
    pub fn new(entries: impl IntoIterator<Item = Entry>, limit: SizeLimit) -> Self {
        let mut plan = Self { batches: Vec::new(), too_large: Vec::new() };
        let mut batch = Batch::empty();
        for entry in entries {
            let size = entry.size();
            if size > limit.get() {
                plan.too_large.push(TooLarge { entry, size, limit });
                continue;
            }
            // No underflow: both sizes are at most the limit.
            if batch.entries.len() == Batch::MAX_ENTRIES || size > limit.get() - batch.size {
                plan.batches.push(std::mem::replace(&mut batch, Batch::empty()));
            }
            batch.size += size;
            batch.entries.push(entry);
        }
        if !batch.entries.is_empty() {
            plan.batches.push(batch);
        }
        plan
    }

    /// Returns the batches, one request each.
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// Returns the entries that exceed the limit alone, in order.
    pub fn too_large(&self) -> &[TooLarge] {
        &self.too_large
    }

    /// Returns the batches, and the entries that exceed the limit alone.
    pub fn into_parts(self) -> (Vec<Batch>, Vec<TooLarge>) {
        (self.batches, self.too_large)
    }
}

/// An entry that exceeds the size limit of a request alone.
///
/// ```
/// # use event_contract::{Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, Payload)]
/// # #[payload(external, name = "Order.Noted", version = 1)]
/// # struct OrderNoted {}
/// # const SHOP: SubsystemName = SubsystemName::from_static("shop");
/// use event_contract::publish::{BatchPlan, Bus, SizeLimit};
///
/// let event = Event::new(OrderNoted {}, SHOP, "2026-11-22T10:43:01Z".parse()?).with_id("e-1".parse()?);
/// let plan = BatchPlan::new([Bus::external().entry(&event)?], SizeLimit::bytes(100));
/// assert_eq!(
///     plan.too_large()[0].to_string(),
///     "the entry for Order.Noted e-1 has 180 bytes, expected at most 100",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLarge {
    entry: Entry,
    size: usize,
    limit: SizeLimit,
}

impl TooLarge {
    /// Returns the entry, which no batch contains.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Returns the size of the entry in bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Returns the limit of the plan.
    pub fn limit(&self) -> SizeLimit {
        self.limit
    }

    /// Returns the entry by value, for a claim check or a store of faults.
    pub fn into_entry(self) -> Entry {
        self.entry
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the entry for {} {} has {} bytes, expected at most {}",
            self.entry.detail_type(),
            self.entry.event_id(),
            self.size,
            self.limit.get()
        )
    }
}

/// The entries of one request: 1 to 10, within the limit of the [`BatchPlan`] that made it.
///
/// Serializes as the request: `{"Entries": […]}`. [`Batch::match_response`] takes the response; where the request failed
/// as a whole, [`Batch::into_entries`] returns all entries.
///
/// ```
/// # use event_contract::{Event, Payload, SubsystemName};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, Payload)]
/// # #[payload(external, name = "Order.Noted", version = 1)]
/// # struct OrderNoted {}
/// # const SHOP: SubsystemName = SubsystemName::from_static("shop");
/// use event_contract::publish::{Batch, Bus, BatchPlan, SizeLimit};
///
/// # let event = Event::new(OrderNoted {}, SHOP, "2026-11-22T10:43:01Z".parse()?);
/// let (batches, _) = BatchPlan::new([Bus::external().entry(&event)?], SizeLimit::MIB_1).into_parts();
/// for batch in batches {
///     assert!(batch.to_json().starts_with(r#"{"Entries":[{"Source":"shop","#));
///     let put: Result<(), &str> = Err("no route to host"); // by whatever client there is
///     if put.is_err() {
///         let again = BatchPlan::new(batch.into_entries(), SizeLimit::MIB_1);
///         assert_eq!(again.batches().len(), 1);
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the entries of a batch must be sent"]
pub struct Batch {
    entries: Vec<Entry>,
    size: usize,
}

impl Batch {
    /// Maximum number of entries in one request.
    pub const MAX_ENTRIES: usize = 10;

    fn empty() -> Self {
        Self { entries: Vec::with_capacity(Self::MAX_ENTRIES), size: 0 }
    }

    /// Returns the entries in the order of the request.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the total size of the entries in bytes, as EventBridge counts it.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Returns the entries by value, for a request that failed as a whole.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// Returns the JSON body of the request.
    ///
    /// # Panics
    /// Never: an entry can always be serialized.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("the keys of an entry are strings")
    }
}

impl Serialize for Batch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut request = serializer.serialize_struct("PutEvents", 1)?;
        request.serialize_field("Entries", &self.entries)?;
        request.end()
    }
}
