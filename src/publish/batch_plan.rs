//! Entries into batches that `PutEvents` takes.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::entry::Entry;

/// How many bytes the entries of one request may have together.
///
/// ```
/// use event_contract::publish::SizeLimit;
///
/// assert_eq!(SizeLimit::KIB_256.get(), 262_144);
/// assert!(SizeLimit::bytes(1_000_000) < SizeLimit::MIB_1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SizeLimit(usize);

impl SizeLimit {
    /// 256 KiB: what EventBridge took until January 2026, and what is still right where events go on to something that
    /// takes no more.
    pub const KIB_256: Self = Self(256 * 1024);

    /// 1 MiB: what EventBridge takes since January 2026.
    pub const MIB_1: Self = Self(1024 * 1024);

    /// Any other limit.
    #[must_use]
    pub const fn bytes(bytes: usize) -> Self {
        Self(bytes)
    }

    /// The limit in bytes.
    pub const fn get(self) -> usize {
        self.0
    }
}

impl fmt::Display for SizeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0)
    }
}

/// Entries in as few batches as their order allows, each within what one request takes: 10 entries and a [`SizeLimit`].
///
/// Every entry that went in is in one batch, or is named as too large for any: none is split, none is left out, and the
/// batches one after the other have the order in which the entries came.
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
    /// Puts entries into batches.
    //
    // Each batch is filled until the next entry does not fit, and no plan that keeps the order has fewer batches. A part
    // of a batch that is within the limits is within them too, as sizes are not negative. So if the first n batches of
    // another plan end no later than the first n of this one (true for n = 0), its next batch, without what stands in
    // ours already, fits behind ours, and ours goes at least as far: no other plan is ever ahead of this one, and none
    // is through earlier. Entries that are too large alone change nothing: they are in no batch of any plan.
    pub fn new(entries: impl IntoIterator<Item = Entry>, limit: SizeLimit) -> Self {
        let mut plan = Self { batches: Vec::new(), too_large: Vec::new() };
        let mut batch = Batch::empty();
        for entry in entries {
            let size = entry.size();
            if size > limit.0 {
                plan.too_large.push(TooLarge { entry, size, limit });
                continue;
            }
            // Both are at most the limit: what is left does not go below zero.
            if batch.entries.len() == Batch::MAX_ENTRIES || size > limit.0 - batch.size {
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

    /// What to put, a request each.
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// The entries that no request takes, in order.
    pub fn too_large(&self) -> &[TooLarge] {
        &self.too_large
    }

    /// The batches, and the entries that no request takes.
    pub fn into_parts(self) -> (Vec<Batch>, Vec<TooLarge>) {
        (self.batches, self.too_large)
    }
}

/// An entry that alone has more bytes than a request may have.
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
///     "the entry for the Order.Noted e-1 has 180 bytes, more than the 100 that a request may have",
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
    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Its size, in bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The limit that the plan was made with.
    pub fn limit(&self) -> SizeLimit {
        self.limit
    }

    /// The entry again, for a claim check or a store of faults.
    pub fn into_entry(self) -> Entry {
        self.entry
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the entry for the {} {} has {} bytes, more than the {} that a request may have",
            self.entry.detail_type(),
            self.entry.event_id(),
            self.size,
            self.limit.0
        )
    }
}

/// The entries of one request: 1 to 10, within the limit of the [`BatchPlan`] that made it.
///
/// Serialized, it is the request: `{"Entries": […]}`. What came of it, [`Batch::match_response`] says; where the request
/// failed as a whole, [`Batch::into_entries`] has everything back.
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
#[must_use = "a batch is to be put"]
pub struct Batch {
    entries: Vec<Entry>,
    size: usize,
}

impl Batch {
    /// The most entries that a request may have.
    pub const MAX_ENTRIES: usize = 10;

    fn empty() -> Self {
        Self { entries: Vec::with_capacity(Self::MAX_ENTRIES), size: 0 }
    }

    /// The entries, in the order in which they are put and answered.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The size of all entries, as EventBridge counts it.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The entries again, in order: where the request failed as a whole, and nothing of it is known to have been taken.
    #[doc(alias = "refused")]
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// The body of the request.
    ///
    /// # Panics
    /// Never: an entry holds only what can be written.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an entry is made of texts")
    }
}

impl Serialize for Batch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut request = serializer.serialize_struct("PutEvents", 1)?;
        request.serialize_field("Entries", &self.entries)?;
        request.end()
    }
}
