//! Publishing to EventBridge: entries for `PutEvents`, batches within its limits, and responses matched to entries.
//!
//! A [`Bus`] converts an event to an [`Entry`], a [`BatchPlan`] groups entries into batches, and a [`Batch`] takes the
//! response. Nothing here calls AWS: your own client sends each batch.
//!
//! ```
//! use event_contract::contract::{ORDER_SERVICE, order::OrderCreated};
//! use event_contract::publish::{BatchPlan, Bus, PutEventsResponse, SizeLimit};
//! use event_contract::Event;
//!
//! # fn put(request: String) -> String {
//! #     assert!(request.starts_with(r#"{"Entries":[{"Source":"order-service","DetailType":"Order.Created","#));
//! #     r#"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"ThrottlingException","ErrorMessage":"slow down"}]}"#.into()
//! # }
//! # fn order() -> OrderCreated {
//! #     let bytes = br#"{"detail-type":"Order.Created","detail":{"data":
//! #         {"orderId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","createdAt":1700000000000},"meta":{}}}"#;
//! #     event_contract::Reader::<OrderCreated>::default().read(bytes).unwrap().into_event().into_payload()
//! # }
//! let event = Event::new(order(), ORDER_SERVICE, "2026-11-22T10:43:01Z".parse()?);
//! let bus = Bus::external().named("backbone");
//!
//! let plan = BatchPlan::new([bus.entry(&event)?], SizeLimit::MIB_1);
//! let (batches, too_large) = plan.into_parts();
//! assert!(too_large.is_empty());
//!
//! let mut again = Vec::new();
//! for batch in batches {
//!     let response: PutEventsResponse = serde_json::from_str(&put(batch.to_json()))?;
//!     let (entries, given_up) = batch.match_response(response)?.into_entries_to_retry();
//!     assert!(given_up.is_empty());
//!     again.extend(entries);
//! }
//! assert_eq!(again[0].event_id(), event.id()); // throttled: plan it again
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "aws-sdk")]
mod aws_sdk;
mod batch_plan;
mod bus;
#[cfg(feature = "cloudevents")]
mod cloudevents;
mod entry;
#[cfg(feature = "pattern")]
mod envelope;
mod response;
mod size_limit;

pub use batch_plan::{Batch, BatchPlan, TooLarge};
pub use bus::Bus;
pub use entry::{Entry, EntryError};
pub use response::{AcceptedEntry, BatchOutcome, FailedEntry, PutEventsResponse, PutResult, ResponseError};
pub use size_limit::SizeLimit;
