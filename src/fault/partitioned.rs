//! Batches partitioned into readings and faults.

use chrono::{DateTime, Utc};

use super::{Fault, FaultSite};
use crate::read::ReadError;

/// A batch partitioned into readings and faults, each with its position in the batch.
///
/// Every result of the batch is in exactly one of both lists, in order. Two deliveries that fail with the same bytes and
/// the same error give two faults with one id.
///
/// ```
/// use event_contract::contract::order::OrderCreated;
/// use event_contract::fault::{FaultSite, Partitioned};
/// use event_contract::{Reader, SubsystemName};
///
/// let site = FaultSite::new(SubsystemName::from_static("shop"), "shop-listener")?.with_pipeline("orders")?;
/// let lines = br#"{"data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}
/// {"data":{"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7"},"meta":{}}"#;
///
/// let results = Reader::<OrderCreated>::default().read_all(lines);
/// let partitioned = Partitioned::new(results, &site, "2026-11-22T10:43:01Z".parse()?);
/// for (index, reading) in &partitioned.read {
///     println!("{index}: {}", reading.event().id());
/// }
/// for (index, fault) in &partitioned.faults {
///     eprintln!("{index}: {fault}");
/// }
/// assert_eq!((partitioned.read.len(), partitioned.faults[0].0), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "faults must be published"]
pub struct Partitioned<T> {
    /// The successful readings.
    pub read: Vec<(usize, T)>,
    /// The faults of the others.
    pub faults: Vec<(usize, Fault)>,
}

impl<T> Partitioned<T> {
    /// Partitions the results of [`Reader::read_all`](crate::Reader::read_all).
    pub fn new(results: impl IntoIterator<Item = Result<T, ReadError>>, site: &FaultSite, time: DateTime<Utc>) -> Self {
        let mut partitioned = Self { read: Vec::new(), faults: Vec::new() };
        for (index, result) in results.into_iter().enumerate() {
            match result {
                Ok(read) => partitioned.read.push((index, read)),
                Err(error) => partitioned.faults.push((index, Fault::from_read_error(&error, site, time))),
            }
        }
        partitioned
    }
}
