//! Splitting of batches into events, one by one.

use serde_json::value::RawValue;

use super::bytes::Bytes;
use super::compressed;
use super::cursor::{self, Members};
use super::delivery::Delivery;
use super::error::{WireError, WireErrorKind};
use super::form::{self, Content, Form};
use super::put_events;

/// Maximum nesting of messages in messages, such as an SNS notification in an SQS message.
const MAX_NESTED_MESSAGES: usize = 4;

/// Maximum nesting of containers in one text, such as a batch in an array on a line. It bounds the memory, and the number of
/// times that a byte is scanned.
const MAX_NESTED_CONTAINERS: usize = 4;

/// Number of deliveries that a batch of any length may have: Lambda functions get at most 10,000 messages or records.
pub(crate) const MAX_EVENTS: usize = 10_000;

/// Number of results for which their number is not determined in advance.
const FEW: usize = 1024;

/// Splits a delivery of any shape into its events.
///
/// Accepts a single event; batches of messages and records, as Lambda functions, EventBridge Pipes and the AWS command line
/// have them; a request to `PutEvents`; an array; and documents one after the other, on a line each or not. Messages in
/// messages are split as well, up to four levels deep.
///
/// A part that cannot be decoded, such as a record with wrong base64 or a line that is not JSON, becomes a delivery that
/// fails when it is read: no part is lost, and none prevents the others from being read.
///
/// # Errors
///
/// The text is neither JSON nor has a line that is; or it has more parts than any real batch: more than 10,000, and more
/// than one per 250 bytes.
pub fn deliveries(bytes: &[u8]) -> Result<Vec<Delivery<'_>>, WireError> {
    let mut parts = match Document::parse(Bytes::Borrowed(bytes))? {
        Document::Event(event) => return Ok(vec![Delivery::of_part(event)]),
        Document::Batch(parts) => parts,
    };
    let mut deliveries = Collected::new(bytes.len());
    while let Some(delivery) = parts.next() {
        deliveries.push(delivery, &parts)?;
    }
    Ok(deliveries.results)
}

/// Returns the maximum number of deliveries of a batch by its length in bytes.
pub(crate) fn max_events(length: usize) -> usize {
    (length / 250).max(MAX_EVENTS)
}

/// The results for the deliveries of a batch, up to a maximum number.
///
/// A batch beyond it is an attack or garbage, such as millions of lines of `{`: its results would take many times the memory
/// of the batch.
pub(crate) struct Collected<T> {
    pub(crate) results: Vec<T>,
    limit: usize,
}

impl<T> Collected<T> {
    /// `length` is that of the batch, in bytes: the limit of files, of which events are lines, grows with it.
    pub(crate) fn new(length: usize) -> Self {
        Self { results: Vec::new(), limit: max_events(length) }
    }

    /// Adds the result of a delivery; an error if there are too many, or will be by those that `rest` has.
    pub(crate) fn push(&mut self, result: T, rest: &Deliveries<'_>) -> Result<(), WireError> {
        self.reserve(rest)?;
        self.results.push(result);
        Ok(())
    }

    fn reserve(&mut self, rest: &Deliveries<'_>) -> Result<(), WireError> {
        let max = self.limit - self.results.len();
        if self.results.len() == FEW {
            let rest = rest.count_parts(max);
            if rest == max {
                return Err(WireErrorKind::TooManyEvents { limit: self.limit }.into());
            }
            // Exact capacity: growing by doubling would take up to three times the memory of the results.
            self.results.reserve_exact(rest + 1);
        }
        if max == 0 {
            return Err(WireErrorKind::TooManyEvents { limit: self.limit }.into());
        }
        Ok(())
    }
}

/// A document, classified as one event or as a batch.
///
/// The reader and [`deliveries`] share this walk, so that they agree on every document.
pub(crate) enum Document<'a> {
    /// The text of an object, without white space around it.
    Event(Bytes<'a>),
    /// At least one delivery.
    Batch(Deliveries<'a>),
}

impl<'a> Document<'a> {
    pub(crate) fn parse(text: Bytes<'a>) -> Result<Self, WireError> {
        Self::parse_nested(text, MAX_NESTED_MESSAGES).map_err(WireError::from)
    }

    fn parse_nested(text: Bytes<'a>, max_messages: usize) -> Result<Self, WireErrorKind> {
        let start = cursor::skip_blank(&text, 0);
        if let Ok(document) = cursor::value_at(&text, start) {
            let end = start + document.get().len();
            if cursor::skip_blank(&text, end) == text.len() {
                let is_event = match document.get().as_bytes().first() {
                    Some(b'{') => Form::recognise(document).is_none(),
                    Some(b'[') => false,
                    _ => return Err(WireErrorKind::NotAnObject),
                };
                let document = text.slice(start..end);
                if is_event {
                    return Ok(Self::Event(document));
                }
                return Ok(Self::Batch(Deliveries::new(Frame::documents(document), max_messages)));
            }
        }
        let frame = Frame::documents(text);
        // One malformed document, unless something in it is an object.
        let mut documents = frame.clone();
        while let Some(part) = documents.next_part() {
            if matches!(part, Part::Value(part) if part.starts_with(b"{") || part.starts_with(b"[")) {
                return Ok(Self::Batch(Deliveries::new(frame, max_messages)));
            }
        }
        Err(not_json(&frame.text))
    }
}

/// Returns the error of a text that is not one JSON document.
fn not_json(text: &[u8]) -> WireErrorKind {
    let text = match super::text::decode(text) {
        Ok(text) => text,
        Err(error) => return error.kind,
    };
    match serde_json::from_str::<&RawValue>(text) {
        Err(error) => WireErrorKind::not_json(&error),
        Ok(_) => WireErrorKind::NotAnObject,
    }
}

/// The deliveries of a batch, one by one. The memory does not depend on their number.
pub(crate) struct Deliveries<'a> {
    /// The containers around the next part, the outermost first.
    frames: Vec<Frame<'a>>,
    message: Option<Box<Message<'a>>>,
    max_messages: usize,
    /// End of the line that [`read_line`](Self::read_line) has tried in vain.
    tried: usize,
}

impl<'a> Deliveries<'a> {
    fn new(frame: Frame<'a>, max_messages: usize) -> Self {
        Self { frames: vec![frame], message: None, max_messages, tried: 0 }
    }

    /// Splits a text of documents one after the other.
    pub(crate) fn of_documents(text: &'a [u8]) -> Self {
        Self::new(Frame::documents(Bytes::Borrowed(text)), MAX_NESTED_MESSAGES)
    }

    /// Offers the next line to `read`, and skips it if it is read: lines are neither classified nor scanned for their end.
    pub(crate) fn read_line<T>(&mut self, read: impl FnOnce(&'a [u8]) -> Option<T>) -> Option<T> {
        let (None, [Frame { text: Bytes::Borrowed(text), at, kind: FrameKind::Documents { .. }, .. }]) =
            (&self.message, &mut self.frames[..])
        else {
            return None;
        };
        let start = cursor::skip_blank(text, *at);
        if start < self.tried {
            // Another document on the line.
            return None;
        }
        self.tried = line_end(text, start);
        let line = text.get(start..self.tried).filter(|line| !line.is_empty())?.trim_ascii_end();
        let result = read(line)?;
        *at = self.tried;
        Some(result)
    }

    /// Counts the parts of the containers that are not read to their end, up to a maximum. Messages after the current one
    /// count as one.
    fn count_parts(&self, max: usize) -> usize {
        let mut count = self.message.as_ref().map_or(0, |message| message.parts.count_parts(max));
        for frame in &self.frames {
            let mut frame = frame.clone();
            while count < max && frame.next_part().is_some() {
                count += 1;
            }
        }
        count
    }

    /// Adds the events of a part: returns it if it is one, and pushes a frame otherwise.
    fn open(&mut self, part: Bytes<'a>) -> Option<Delivery<'a>> {
        let is_array_allowed = matches!(self.frames.last(), Some(Frame { kind: FrameKind::Documents { .. }, .. }));
        match part.first() {
            Some(b'{') => self.open_object(&part),
            Some(b'[') if is_array_allowed => {
                self.frames.push(Frame::new(part.clone(), part, FrameKind::Array));
                None
            }
            _ => Some(Delivery::broken(part, WireErrorKind::NotAnObject)),
        }
    }

    fn open_object(&mut self, part: &Bytes<'a>) -> Option<Delivery<'a>> {
        let Ok(object) = cursor::value_at(part, 0) else {
            return Some(Delivery::broken(part.clone(), WireErrorKind::NotAnObject));
        };
        let Some(form) = Form::recognise(object) else {
            return Some(Delivery::of_part(part.clone()));
        };
        let member = |path: &str| {
            let value = cursor::find(object, path)?.get();
            // The value is a part of the object.
            let start = value.as_ptr().addr() - object.get().as_ptr().addr();
            Some(part.slice(start..start + value.len()))
        };
        let string = |path| cursor::find(object, path).and_then(form::parse_string);
        let message = match form.content {
            Content::Items(name) | Content::Groups(name) => {
                let Some(items) = member(name).filter(|_| self.frames.len() < MAX_NESTED_CONTAINERS) else {
                    return Some(Delivery::of_part(part.clone()));
                };
                let is_array = matches!(form.content, Content::Items(_));
                let kind = if is_array { FrameKind::Array } else { FrameKind::Groups };
                self.frames.push(Frame::new(items, part.clone(), kind));
                return None;
            }
            Content::Entry => return put_events::to_delivery(object).or_else(|| Some(Delivery::of_part(part.clone()))),
            Content::Nothing(remedy) => {
                let kind = WireErrorKind::NoEvents { form: form.name, remedy };
                return Some(Delivery::broken(part.clone(), kind).with_transport(form.transport(object)));
            }
            Content::Text(path) => string(path).map(|text| Delivery::of_part(text.into_bytes().into())).ok_or(path),
            Content::Base64(path) => string(path).map(|base64| Delivery::from_kinesis_data(&base64)).ok_or(path),
            Content::Gzip(path) => string(path).map(|base64| Delivery::from_gzip(&base64)).ok_or(path),
            Content::Json(path) => member(path).map(Delivery::of_part).ok_or(path),
        };
        let mut transport = form.transport(object);
        match message {
            Ok(message) => {
                transport.is_not_base64 = message.transport().is_not_base64;
                self.open_message(message.with_transport(transport).within(form))
            }
            Err(path) => {
                let kind = WireErrorKind::NoContent { form: form.name, path };
                Some(Delivery::broken(part.clone(), kind).with_transport(transport))
            }
        }
    }

    /// Returns a message that holds one event and no container, or one that cannot be decoded; keeps any other one, to
    /// return its events.
    fn open_message(&mut self, delivery: Delivery<'a>) -> Option<Delivery<'a>> {
        if self.max_messages == 0 || !delivery.may_be_batch() {
            return Some(delivery);
        }
        let Ok(text) = compressed::decompress(&delivery.bytes, compressed::MAX_DELIVERY_BYTES) else {
            return Some(delivery);
        };
        match Document::parse_nested(text, self.max_messages - 1) {
            // The error is reported when the message is read.
            Ok(Document::Event(_)) | Err(_) => Some(delivery),
            Ok(Document::Batch(mut parts)) => {
                let first = parts.next();
                let second = parts.next();
                let is_alone = second.is_none();
                self.message = Some(Box::new(Message { outer: delivery, next: [second, first], parts, is_alone }));
                None
            }
        }
    }
}

impl<'a> Iterator for Deliveries<'a> {
    type Item = Delivery<'a>;

    fn next(&mut self) -> Option<Delivery<'a>> {
        loop {
            if let Some(message) = &mut self.message {
                if let Some(delivery) = message.next() {
                    return Some(delivery);
                }
                self.message = None;
            }
            let Some(part) = self.frames.last_mut()?.next_part() else {
                let frame = self.frames.pop()?;
                if frame.is_empty && !matches!(frame.kind, FrameKind::Documents { .. }) {
                    // A batch without events is not dropped silently.
                    return Some(Delivery::broken(frame.whole, WireErrorKind::Empty));
                }
                continue;
            };
            let delivery = match part {
                Part::Value(part) => self.open(part),
                Part::Group(items) => {
                    self.frames.push(Frame::new(items.clone(), items, FrameKind::Array));
                    None
                }
                Part::Broken(part) => {
                    let kind = not_json(&part);
                    Some(Delivery::broken(part, kind))
                }
            };
            if delivery.is_some() {
                return delivery;
            }
        }
    }
}

/// A message that holds several events, or a container.
struct Message<'a> {
    outer: Delivery<'a>,
    /// The deliveries that were read ahead, the next one last.
    next: [Option<Delivery<'a>>; 2],
    parts: Deliveries<'a>,
    /// Set if the message holds one event.
    is_alone: bool,
}

impl<'a> Message<'a> {
    fn next(&mut self) -> Option<Delivery<'a>> {
        let [second, first] = &mut self.next;
        let part = first.take().or_else(|| second.take()).or_else(|| self.parts.next())?;
        Some(part.carried_by(&self.outer, self.is_alone))
    }
}

/// A container that is being read.
#[derive(Clone)]
struct Frame<'a> {
    /// The text of the parts.
    text: Bytes<'a>,
    /// The document that is the container.
    whole: Bytes<'a>,
    /// Offset of the next part.
    at: usize,
    kind: FrameKind,
    is_empty: bool,
}

#[derive(Clone, Copy)]
enum FrameKind {
    /// Documents one after the other.
    Documents {
        /// End of the text that was scanned for a document of several lines in vain.
        scanned: usize,
        /// Number of bytes of that text that may be scanned again, so that the cost stays linear.
        budget: usize,
    },
    Array,
    /// An object whose members are arrays.
    Groups,
}

enum Part<'a> {
    Value(Bytes<'a>),
    Group(Bytes<'a>),
    /// A part that is not JSON.
    Broken(Bytes<'a>),
}

impl<'a> Frame<'a> {
    fn new(text: Bytes<'a>, whole: Bytes<'a>, kind: FrameKind) -> Self {
        Self { text, whole, at: 0, kind, is_empty: true }
    }

    fn documents(text: Bytes<'a>) -> Self {
        let budget = 4 * text.len();
        Self::new(text.clone(), text, FrameKind::Documents { scanned: 0, budget })
    }

    fn next_part(&mut self) -> Option<Part<'a>> {
        let part = match self.kind {
            FrameKind::Documents { scanned, budget } => self.next_document(scanned, budget)?,
            FrameKind::Array => {
                let item = cursor::next_item(&self.text, self.at)?;
                self.at = item.end;
                Part::Value(self.text.slice(item))
            }
            FrameKind::Groups => self.next_group()?,
        };
        self.is_empty = false;
        Some(part)
    }

    fn next_group(&mut self) -> Option<Part<'a>> {
        let (_, value) = Members::continued(&self.text, self.at).next()?;
        let start = value.get().as_ptr().addr() - self.text.as_ptr().addr();
        self.at = start + value.get().len();
        let value = self.text.slice(start..self.at);
        Some(if value.starts_with(b"[") { Part::Group(value) } else { Part::Value(value) })
    }

    /// Returns the next document. A text that is no document ends with its line, or with the lines that continue it.
    fn next_document(&mut self, scanned: usize, budget: usize) -> Option<Part<'a>> {
        let start = cursor::skip_blank(&self.text, self.at);
        if start == self.text.len() {
            return None;
        }
        // A document may have several lines, as those that `jq .` prints. An unclosed one before it may have swallowed it.
        let is_new = start >= scanned;
        let begins_line = start.checked_sub(1).is_none_or(|before| self.text.get(before) == Some(&b'\n'));
        let may_have_lines = is_new || (begins_line && budget > 0);
        let end = if may_have_lines { self.text.len() } else { line_end(&self.text, start) };
        let document =
            cursor::value_at(self.text.get(..end).unwrap_or_default(), start).map(|document| document.get().len());
        let reached = match &document {
            Ok(length) => start + length,
            Err(error) => self.offset_of(error, start),
        };
        let budget = if is_new { budget } else { budget.saturating_sub(reached - start) };
        let is_document = document.is_ok() && self.ends_document(reached);
        let scanned = if is_document { scanned } else { scanned.max(reached) };
        self.kind = FrameKind::Documents { scanned, budget };
        if is_document {
            self.at = reached;
            return Some(Part::Value(self.text.slice(start..reached)));
        }
        self.at = match document {
            // Other text follows on the last line.
            Ok(_) => line_end(&self.text, reached),
            Err(_) => self.end_of_broken(line_end(&self.text, start), scanned),
        };
        Some(Part::Broken(self.text.slice(start..self.at).trimmed()))
    }

    /// Returns true if a document may end at this offset: nothing or another document follows on the line.
    fn ends_document(&self, end: usize) -> bool {
        let rest = self.text.get(end..).unwrap_or_default();
        let next = rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        next.is_none_or(|byte| matches!(byte, b'\n' | b'{' | b'['))
    }

    /// Returns the offset of an error in the text from `start` on.
    fn offset_of(&self, error: &serde_json::Error, start: usize) -> usize {
        if error.is_eof() {
            return self.text.len();
        }
        let mut line_start = start;
        for _ in 1..error.line() {
            line_start = line_end(&self.text, line_start) + 1;
        }
        // The column of the byte that is wrong, from 1.
        (line_start + error.column()).saturating_sub(1).clamp(start, self.text.len())
    }

    /// Returns the end of a text that is no document: that of its line, or of the indented lines and closing brackets after it
    /// that were scanned as a part of it.
    fn end_of_broken(&self, end_of_first: usize, scanned: usize) -> usize {
        let mut end = end_of_first;
        while end + 1 < scanned {
            let continues = self.text.get(end + 1).is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'}' | b']'));
            if !continues {
                break;
            }
            end = line_end(&self.text, end + 1);
        }
        end
    }
}

/// Returns the offset of the end of the line at `start`, without its terminator.
fn line_end(text: &[u8], start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    rest.iter().position(|byte| *byte == b'\n').map_or(text.len(), |length| start + length)
}
