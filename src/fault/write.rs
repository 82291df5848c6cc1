//! Serialization of faults, whole or within a size limit.

use serde::Serialize;
use serde::ser::Serializer;

use super::dropped::{DropReason, DroppedPart, FaultPart};
use super::error::{FaultError, FaultErrorKind};
use super::view::{Cut, View, invocation};
use super::{Failing, Fault};

/// Minimum length of a shortened message, in bytes of JSON.
const MIN_MESSAGE: usize = 64;

/// Marks a shortened message; 3 bytes in UTF-8.
const ELLIPSIS: char = '…';

/// Number of mismatches that the first reduction keeps.
const KEPT_MISMATCHES: usize = 10;

impl Fault {
    /// Returns the payload with which to invoke the function again: `{"Records": […]}`, which a
    /// [`Reader`](crate::Reader) and [`wire::deliveries`](crate::wire::deliveries) read.
    ///
    /// The event is read as it was from the failed delivery, with the same id, time and partition key, also if only the
    /// message around it had them. `None` where [`Fault::resubmit`] is.
    ///
    /// ```
    /// # use event_contract::contract::order::{OrderCreated, OrderUpdated};
    /// # use event_contract::fault::{Fault, FaultSite};
    /// # use event_contract::{Reader, SubsystemName};
    /// # let site = FaultSite::new(SubsystemName::from_static("shop"), "shop-listener")?.with_pipeline("orders")?;
    /// let batch = br#"{"Records":[{"messageId":"m-1","attributes":{"SentTimestamp":"1795344181000"},
    ///     "body":"{\"data\":{\"orderId\":\"7c9e6679-7425-40de-944b-e07fc1f90ae7\",\"createdAt\":1700000000000}}"}]}"#;
    /// let error = Reader::<OrderUpdated>::default().read_all(batch).remove(0).unwrap_err();
    /// let fault = Fault::from_read_error(&error, &site, "2026-11-22T10:43:01Z".parse()?);
    ///
    /// let again = fault.to_invocation().unwrap();
    /// let event = Reader::<OrderCreated>::default().read(again.as_bytes())?.into_event();
    /// assert_eq!(event.id().as_str(), "m-1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_invocation(&self) -> Option<String> {
        match &self.failing {
            Failing::Exact(bytes) => Some(invocation(bytes, &self.transport)),
            Failing::Event => self.event().map(|event| invocation(event.as_bytes(), &self.transport)),
            Failing::Records { delivery, .. } => Some(delivery.clone()),
            Failing::Missing => None,
        }
    }

    /// Returns the fault as JSON: the detail of an EventBridge entry. The same fault always gives the same text.
    #[expect(clippy::missing_panics_doc, reason = "never: keys are strings and numbers are finite")]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a fault can always be serialized")
    }

    /// Returns the fault as JSON of at most `limit` bytes. Parts that do not fit are dropped in this order and listed in
    /// `uow.dropped`:
    ///
    /// 1. `err.stack`,
    /// 2. `err.mismatches` beyond the first ten,
    /// 3. `uow.event`, the readable document,
    /// 4. the end of `err.message`,
    /// 5. all of `err.mismatches`,
    /// 6. `uow.record`, the bytes, last of all: without them the fault cannot be resubmitted. Their length and a digest
    ///    stay, and the parts that were dropped before are restored as far as they fit.
    ///
    /// A part that is smaller than its entry in `uow.dropped` stays.
    ///
    /// 8 KiB always suffice for a fault of this library, unless the tags of its site are large.
    ///
    /// ```
    /// # use event_contract::SubsystemName;
    /// # use event_contract::fault::{Fault, FaultPart, FaultSite};
    /// # let site = FaultSite::new(SubsystemName::from_static("shop"), "shop-listener")?.with_pipeline("orders")?;
    /// # let error = std::io::Error::other("no such order");
    /// # let now = "2026-11-22T10:43:01Z".parse()?;
    /// let bytes = format!(r#"{{"type":"order-placed","note":"{}"}}"#, "x".repeat(10_000));
    /// let fault = Fault::from_error(&error, bytes.as_bytes(), &site, now);
    /// assert!(fault.to_json().len() > 20_000);
    ///
    /// let json = fault.to_json_within(16 * 1024)?;
    /// let fault = Fault::read(json.as_bytes())?;
    /// let parts: Vec<FaultPart> = fault.dropped().iter().map(|dropped| dropped.part()).collect();
    /// assert_eq!(parts, [FaultPart::Document]); // the stack is shorter than its entry in `uow.dropped`
    /// assert_eq!(fault.resubmit(), Some(bytes.as_bytes()));
    ///
    /// let error = fault.to_json_within(100).unwrap_err();
    /// assert!(error.to_string().ends_with("expected at most 100"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The fault exceeds the limit even without these parts.
    pub fn to_json_within(&self, limit: usize) -> Result<String, FaultError> {
        self.fit(limit).map_err(|min| FaultErrorKind::TooLarge { limit, min }.into())
    }

    /// Serializes the fault within a limit; the error is its size without the optional parts.
    pub(crate) fn fit(&self, limit: usize) -> Result<String, usize> {
        const STEPS: [fn(Cut) -> Cut; 6] = [
            |cut| cut,
            |cut| Cut { stack: true, ..cut },
            |cut| Cut { mismatches: KEPT_MISMATCHES, ..cut },
            |cut| Cut { event: true, ..cut },
            |cut| Cut { message: true, ..cut },
            |cut| Cut { mismatches: 0, ..cut },
        ];
        let mut min = usize::MAX;
        for bytes in [false, true] {
            let mut best = Cut { bytes, ..Cut::NOTHING };
            let mut shortest = usize::MAX;
            for step in STEPS {
                let cut = step(best);
                match self.cut(cut, limit) {
                    Ok(json) => return Ok(json),
                    // The entry in `uow.dropped` may be larger than the part: then keep the part.
                    Err(length) if length < shortest => (best, shortest) = (cut, length),
                    Err(_) => {}
                }
            }
            min = min.min(shortest);
        }
        Err(min)
    }

    /// Serializes the fault without the parts of `cut`; the length is the error if it exceeds the limit.
    fn cut(&self, cut: Cut, limit: usize) -> Result<String, usize> {
        let mut view = View::new(self, cut);
        let mut length = view.length();
        let shortened;
        if cut.message {
            shortened = shorten(&self.message, length, limit);
            if shortened.len() < self.message.len() {
                view.err.message = &shortened;
                view.drop_part(self, DroppedPart::new(FaultPart::Message, DropReason::Size));
                length = view.length();
            }
        }
        if length > limit {
            return Err(length);
        }
        Ok(serde_json::to_string(&view).expect("a fault can always be serialized"))
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        View::new(self, Cut::NOTHING).serialize(serializer)
    }
}

/// Shortens the message by the excess of the fault, but not below [`MIN_MESSAGE`].
fn shorten(message: &str, length: usize, limit: usize) -> String {
    // Length of the entry that reports the shortened message.
    const ENTRY: usize = r#","dropped":[{"part":"err.message","reason":"size"}]"#.len();

    let escaped_length = |character: char| match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..'\u{20}' => 6,
        other => other.len_utf8(),
    };
    let length_in_json: usize = message.chars().map(escaped_length).sum();
    if length <= limit || length_in_json <= MIN_MESSAGE {
        return message.to_owned();
    }
    let budget = length_in_json.saturating_sub(length - limit + ENTRY + ELLIPSIS.len_utf8()).max(MIN_MESSAGE);
    let mut used = 0;
    let mut short: String = message
        .chars()
        .take_while(|character| {
            used += escaped_length(*character);
            used <= budget
        })
        .collect();
    if short.len() + ELLIPSIS.len_utf8() >= message.len() {
        return message.to_owned();
    }
    short.push(ELLIPSIS);
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mismatch;
    use crate::SubsystemName;
    use crate::fault::FaultSite;

    fn fault(message: &str, bytes: &[u8]) -> Fault {
        let site = FaultSite::new(SubsystemName::from_static("s"), "f").unwrap().with_pipeline("p").unwrap();
        let time = "2026-11-22T10:43:01Z".parse().unwrap();
        Fault::from_error(&std::io::Error::other(message.to_owned()), bytes, &site, time)
    }

    fn parts(json: &str) -> Vec<FaultPart> {
        Fault::read(json.as_bytes()).unwrap().dropped().iter().map(DroppedPart::part).collect()
    }

    #[test]
    fn parts_are_dropped_in_the_documented_order() {
        use FaultPart::{Bytes, Document, Message, Stack};
        let bytes = format!("[\"{}\"]", "b".repeat(600));
        let fault = fault(&"ä\"".repeat(500), bytes.as_bytes());
        let mut seen: Vec<Vec<FaultPart>> = Vec::new();
        for limit in (600..=fault.to_json().len()).rev().step_by(5) {
            let json = fault.to_json_within(limit).unwrap();
            assert!(json.len() <= limit);
            let parts = parts(&json);
            if seen.last() != Some(&parts) {
                seen.push(parts);
            }
        }
        // After the bytes are dropped, smaller parts are restored.
        let expected: [&[FaultPart]; 7] = [
            &[],
            &[Stack],
            &[Stack, Document],
            &[Stack, Document, Message],
            &[Stack, Bytes],
            &[Stack, Document, Bytes],
            &[Stack, Document, Bytes, Message],
        ];
        let without_return: Vec<_> = seen.iter().filter(|parts| expected.contains(&parts.as_slice())).collect();
        assert_eq!(without_return.len(), seen.len(), "{seen:?}");
        assert_eq!(seen.first().map(Vec::as_slice), Some(expected[0]));
        assert_eq!(seen.last().map(Vec::as_slice), Some(expected[6]));
    }

    #[test]
    fn of_many_mismatches_ten_stay_for_longer() {
        let mismatch = |index: usize| Mismatch::new(crate::Pointer::ROOT.join(index), "a string", "null");
        let mut fault = fault("no", &[b'x'; 100]);
        fault.mismatches = (0..30).map(mismatch).collect();
        let whole = fault.to_json().len();
        let left = |limit| Fault::read(fault.to_json_within(limit).unwrap().as_bytes()).unwrap();
        assert_eq!(left(whole).mismatches(), fault.mismatches());
        let cut = left(whole - 200);
        assert_eq!(cut.mismatches(), &fault.mismatches()[..KEPT_MISMATCHES]);
        assert_eq!(parts(&cut.to_json()), [FaultPart::Mismatches], "the stack is shorter than its name");
        let cut = left(700);
        assert_eq!(cut.mismatches(), []);
        assert_eq!(cut.resubmit(), fault.resubmit());
        assert_eq!(parts(&cut.to_json()), [FaultPart::Mismatches], "it is said once");
    }

    #[test]
    fn a_part_smaller_than_its_name_among_the_dropped_stays() {
        // Without the document the fault fits, and with a word on the stack, which is small, it would not.
        let bytes = format!("[\"{}\"]", "b".repeat(100));
        let fault = fault("no", bytes.as_bytes());
        let stack = fault.stack().unwrap().len() + r#","stack":"""#.len();
        let named = r#"{"part":"err.stack","reason":"size"},"#.len();
        let without_document = fault.cut(Cut { event: true, ..Cut::NOTHING }, usize::MAX).unwrap().len();
        let without_both = fault.cut(Cut { event: true, stack: true, ..Cut::NOTHING }, usize::MAX).unwrap().len();
        assert!(stack < named && without_document < without_both);
        for limit in without_document..without_both {
            assert_eq!(parts(&fault.to_json_within(limit).unwrap()), [FaultPart::Document], "{limit}");
        }
        let min = fault.fit(100).unwrap_err();
        assert!(fault.to_json_within(min).is_ok());
    }

    #[test]
    fn a_fault_above_the_limit_reports_its_minimum_size() {
        let fault = fault("no", b"\xff");
        let error = fault.to_json_within(100).unwrap_err();
        let min = fault.fit(100).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the fault has {min} bytes without its optional parts, expected at most 100")
        );
        assert!(fault.to_json_within(min).is_ok());
        assert!(fault.to_json_within(min - 1).is_err());
    }

    #[test]
    fn a_message_is_cut_between_characters() {
        assert_eq!(shorten(&"ä".repeat(100), 1000, 900), format!("{}…", "ä".repeat(32)));
        assert_eq!(shorten(&"ä".repeat(100), 1000, 1000), "ä".repeat(100));
        assert_eq!(shorten("short", 1000, 10), "short");
    }
}
