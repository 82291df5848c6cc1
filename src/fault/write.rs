//! Serialization of faults, whole or within a size limit.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::ser::Serializer;

use super::dropped::{DropReason, DroppedPart, FaultPart};
use super::error::{FailedBytes, FaultError, FaultErrorKind};
use super::view::{BytesForm, Cut, View, invocation};
use super::{Failing, Fault};
use crate::wire;

/// Minimum length of a shortened message, in bytes of JSON.
const MIN_MESSAGE: usize = 64;

/// Marks a shortened message; 3 bytes in UTF-8.
const ELLIPSIS: char = '…';

/// Number of mismatches that the first reduction keeps.
const KEPT_MISMATCHES: usize = 10;

impl Fault {
    /// Returns the payload with which to invoke the function again: `{"Records": […]}`, which a
    /// [`Reader`](crate::Reader) and [`wire::deliveries`] read.
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
    pub fn to_json(&self) -> String {
        View::new(self, Cut::NOTHING).to_json()
    }

    /// Returns the fault as JSON of at most `limit` bytes. Parts that do not fit are dropped in this order and listed in
    /// `uow.dropped`:
    ///
    /// 1. `err.stack`,
    /// 2. `err.mismatches` beyond the first ten,
    /// 3. `uow.event`, the readable document,
    /// 4. the end of `err.message`,
    /// 5. all of `err.mismatches`.
    ///
    /// A part that is smaller than its entry in `uow.dropped` stays.
    ///
    /// If the bytes do not fit even then, they take the first of these forms that fits, beside as many of the other parts as
    /// fit:
    ///
    /// 1. compressed by gzip, if they have at most 10 MiB and the feature `gzip` is on: [`Fault::read`] and a
    ///    [`Reader`](crate::Reader) return them exactly;
    /// 2. `uow.event` instead of the bytes, unless something in it was redacted: [`Fault::resubmit`] returns the document.
    ///
    /// Otherwise, the error has the bytes ([`FaultError::bytes`]). Store them and refer to them ([`Fault::with_bytes_at`]),
    /// or drop them ([`Fault::without_bytes`]). For a fault of this library without its bytes, 8 KiB always suffice, unless
    /// the tags of its site or the reference are large.
    ///
    /// ```
    /// # use event_contract::SubsystemName;
    /// # use event_contract::fault::{Fault, FaultPart, FaultSite};
    /// # let site = FaultSite::new(SubsystemName::from_static("shop"), "shop-listener")?.with_pipeline("orders")?;
    /// # let error = std::io::Error::other("no such order");
    /// # let now = "2026-11-22T10:43:01Z".parse()?;
    /// # #[cfg(feature = "gzip")]
    /// # {
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
    /// let json = fault.to_json_within(2 * 1024)?; // with compressed bytes
    /// assert_eq!(Fault::read(json.as_bytes())?.resubmit(), Some(bytes.as_bytes()));
    ///
    /// let error = fault.to_json_within(100).unwrap_err();
    /// assert!(error.to_string().ends_with("expected at most 100"));
    /// assert_eq!(error.bytes(), Some(bytes.as_bytes()));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The fault exceeds the limit even without these parts. No bytes are dropped: the error has them.
    pub fn to_json_within(&self, limit: usize) -> Result<String, FaultError> {
        let too_large = |min| FaultErrorKind::TooLarge { limit, min, bytes: self.resubmit().map(FailedBytes::new) };
        self.fit(limit).map_err(|min| too_large(min).into())
    }

    /// Serializes the fault within a limit; the error is its size without the optional parts.
    pub(crate) fn fit(&self, limit: usize) -> Result<String, usize> {
        let mut min = match self.fit_with(BytesForm::Plain, limit) {
            Ok(json) => return Ok(json),
            Err(length) => length,
        };
        let Failing::Exact(bytes) = &self.failing else {
            return Err(min);
        };
        // Data that is not base64 is held as it is, which its compressed form could not express.
        let gzip = if self.transport.is_not_base64 { None } else { wire::compress(bytes) };
        if let Some(gzip) = gzip.map(|gzip| STANDARD.encode(gzip)) {
            match self.fit_with(BytesForm::Gzip(&gzip), limit) {
                Ok(json) => return Ok(json),
                Err(length) => min = min.min(length),
            }
        }
        if self.event.is_some() && !self.redacted {
            match self.fit_with(BytesForm::Document, limit) {
                Ok(json) => return Ok(json),
                Err(length) => min = min.min(length),
            }
        }
        Err(min)
    }

    /// Serializes the fault within a limit, with the bytes in one form; the error is its size without the optional parts.
    fn fit_with(&self, bytes: BytesForm<'_>, limit: usize) -> Result<String, usize> {
        const STEPS: [fn(Cut<'_>) -> Cut<'_>; 6] = [
            |cut| cut,
            |cut| Cut { stack: true, ..cut },
            |cut| Cut { mismatches: KEPT_MISMATCHES, ..cut },
            |cut| Cut { event: true, ..cut },
            |cut| Cut { message: true, ..cut },
            |cut| Cut { mismatches: 0, ..cut },
        ];
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
        Err(shortest)
    }

    /// Serializes the fault without the parts of `cut`; the length is the error if it exceeds the limit.
    fn cut(&self, cut: Cut<'_>, limit: usize) -> Result<String, usize> {
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
        Ok(view.to_json())
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
    #[cfg(feature = "gzip")]
    fn parts_are_dropped_in_the_documented_order() {
        use FaultPart::{Bytes, Document, Message, Stack};
        // Digits of a pseudorandom sequence, which compress to a half.
        let mut state = 1_u32;
        let mut digit = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'0' + u8::try_from((state >> 16) % 10).unwrap())
        };
        let digits: String = (0..2000).map(|_| digit()).collect();
        let bytes = format!("[\"{digits}\"]");
        let fault = fault(&"ä\"".repeat(500), bytes.as_bytes());
        let mut seen: Vec<(bool, Vec<FaultPart>)> = Vec::new();
        let mut limit = fault.to_json().len();
        while let Ok(json) = fault.to_json_within(limit) {
            assert!(json.len() <= limit);
            let state = (json.contains(r#""gzip":"#), parts(&json));
            if seen.last() != Some(&state) {
                seen.push(state);
            }
            limit -= 5;
        }
        let mut expected: Vec<(bool, Vec<FaultPart>)> = Vec::new();
        for is_compressed in [false, true] {
            expected.extend(
                [&[][..], &[Stack], &[Stack, Document], &[Stack, Document, Message]]
                    .map(|parts| (is_compressed, parts.to_vec())),
            );
        }
        // Compressed, the smaller parts are restored as far as they fit. The document is longer than that.
        let missing: Vec<_> = seen.iter().filter(|state| !expected.contains(state)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(seen.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{seen:?}");
        assert_eq!(seen.first(), expected.first());
        assert!(seen.iter().any(|(is_compressed, _)| *is_compressed));
        assert!(
            !seen.iter().any(|(_, parts)| parts.contains(&Bytes)),
            "the document is longer than the bytes compressed"
        );
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
