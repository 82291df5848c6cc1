//! Watches a deserialization: which fields nobody asked for, which were missing, which came under another name.
//!
//! [`Tracked`] wraps any deserializer and changes nothing of what comes out, with one exception: a struct is read of
//! an object only, although serde would take an array of its fields as well. What it sees goes to a [`Tracker`].
//!
//! The wrapper is what every payload is read through, and so it does as little as it can: scalars pass straight
//! through, the path is a list on the stack that becomes text only where there is something to say.
//!
//! The file is long because serde has many traits: each has its wrapper here, and none means anything alone.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde_json::value::RawValue;

use super::alias::{Aliases, StructAliases};
use super::capture::Capture;
use crate::open::OPEN;
use json_document::Pointer;

/// Said by the reading that follows with the limit and what to do: a tree that deep is not built.
const TOO_DEEP: &str = "nested too deeply";

/// How many bytes the pointers of all notes may have together: a long name with many things below it could else take
/// memory out of all proportion.
const ROOM: usize = 16 * 1024 * 1024;

/// Something that was let pass, and where.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) at: Pointer,
    pub(super) kind: NoteKind,
}

#[derive(Debug, Clone)]
pub(super) enum NoteKind {
    /// A field that nobody asked for; with its text if it is to be kept.
    Unknown {
        raw: Option<Box<RawValue>>,
        /// Seen while it was read; not only found missing in what was made of it.
        sure: bool,
    },
    /// A field that is missing and has a default.
    Defaulted,
    /// A field under an alias of this name.
    Alias(&'static str),
    /// A value of an open enumeration that it does not have.
    Variant,
    /// A key of a map that came before.
    Repeated,
}

/// Takes down what is seen while one payload is read.
#[derive(Debug)]
pub(super) struct Tracker<'de, 'a> {
    keep: bool,
    depth: usize,
    aliases: &'a Aliases,
    notes: RefCell<Vec<Note>>,
    /// Values that serde took into a buffer of its own, where no wrapper can watch (flatten, tagged and untagged
    /// enums): what was ignored in them has to be found otherwise.
    buffered: RefCell<Vec<Pointer>>,
    /// The known names seen in the structs being read, innermost last.
    seen: RefCell<Vec<Cow<'de, str>>>,
    /// Whether the value read last was ignored.
    ignored: Cell<bool>,
    /// How many bytes of pointers may still be written.
    room: Cell<usize>,
}

impl<'a> Tracker<'_, 'a> {
    /// `depth`: how many levels the payload may have. `keep`: whether the text of unknown fields is wanted.
    pub(super) fn new(keep: bool, depth: usize, aliases: &'a Aliases) -> Self {
        Self {
            keep,
            depth,
            aliases,
            notes: RefCell::default(),
            buffered: RefCell::default(),
            seen: RefCell::new(Vec::with_capacity(24)),
            ignored: Cell::new(false),
            room: Cell::new(ROOM),
        }
    }

    pub(super) fn into_notes(self) -> Vec<Note> {
        self.notes.into_inner()
    }

    pub(super) fn push(&self, at: Pointer, kind: NoteKind) {
        let room = self.room.get().saturating_sub(at.as_str().len() + 1);
        self.room.set(room);
        if room > 0 {
            self.notes.borrow_mut().push(Note { at, kind });
        }
    }

    /// Whether there was more to say than there was room for.
    pub(super) fn is_full(&self) -> bool {
        self.room.get() == 0
    }

    pub(super) fn take_buffered(&self) -> Vec<Pointer> {
        self.buffered.take()
    }

    pub(super) fn keeps(&self) -> bool {
        self.keep
    }

    /// Where there is a note already.
    pub(super) fn noted(&self) -> HashSet<Pointer> {
        self.notes.borrow().iter().map(|note| note.at.clone()).collect()
    }

    fn note(&self, path: &Path<'_>, kind: NoteKind) {
        self.push(path.to_pointer(), kind);
    }
}

/// Where a value stands, innermost first.
#[derive(Clone, Copy)]
struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    segment: Segment<'p>,
    depth: usize,
    /// Inside a value that serde buffers.
    buffered: bool,
}

#[derive(Clone, Copy)]
enum Segment<'p> {
    Root,
    Name(&'p str),
    Index(usize),
}

impl Path<'_> {
    const ROOT: Self = Path { parent: None, segment: Segment::Root, depth: 0, buffered: false };

    fn child<'p, E: Error>(&'p self, segment: Segment<'p>, tracker: &Tracker<'_, '_>) -> Result<Path<'p>, E> {
        if self.depth >= tracker.depth {
            return Err(E::custom(TOO_DEEP));
        }
        Ok(Path { parent: Some(self), segment, depth: self.depth + 1, buffered: self.buffered })
    }

    fn to_pointer(self) -> Pointer {
        let mut pointer = self.parent.map_or(Pointer::ROOT, |parent| parent.to_pointer());
        match self.segment {
            Segment::Root => {}
            Segment::Name(name) => pointer.push_name(name),
            Segment::Index(index) => pointer.push(index),
        }
        pointer
    }
}

/// A deserializer that is watched.
pub(super) struct Tracked<'t, 'de, 'a, D> {
    inner: D,
    watch: Watch<'t, 'de, 'a>,
}

/// What every wrapper carries: where it stands and whom it tells.
#[derive(Clone, Copy)]
struct Watch<'t, 'de, 'a> {
    path: Path<'t>,
    tracker: &'t Tracker<'de, 'a>,
}

impl<'t, 'de, 'a, D> Tracked<'t, 'de, 'a, D> {
    pub(super) fn new(inner: D, tracker: &'t Tracker<'de, 'a>) -> Self {
        Self { inner, watch: Watch { path: Path::ROOT, tracker } }
    }

    /// A visitor that goes on watching.
    fn watch<V>(watch: Watch<'t, 'de, 'a>, visitor: V) -> TrackedVisitor<'t, 'de, 'a, V> {
        TrackedVisitor { visitor, watch, fields: None }
    }
}

macro_rules! pass {
    ($($method:ident)*) => { $(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(visitor)
        }
    )* };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tracked<'_, 'de, '_, D> {
    type Error = D::Error;

    pass! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
        deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_unit deserialize_identifier
    }

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, D::Error> {
        if !self.watch.path.buffered {
            self.watch.path.buffered = true;
            let at = self.watch.path.to_pointer();
            let tracker = self.watch.tracker;
            tracker.room.set(tracker.room.get().saturating_sub(at.as_str().len() + 1));
            tracker.buffered.borrow_mut().push(at);
            if tracker.is_full() {
                return Err(D::Error::custom("more to observe than there is room for"));
            }
        }
        self.inner.deserialize_any(Self::watch(self.watch, visitor))
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_option(Self::watch(self.watch, visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_unit_struct(name, visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_newtype_struct(name, Self::watch(self.watch, visitor))
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_seq(Self::watch(self.watch, visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple(len, Self::watch(self.watch, visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple_struct(name, len, Self::watch(self.watch, visitor))
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(Self::watch(self.watch, visitor))
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = TrackedVisitor { visitor, watch: self.watch, fields: Some(Fields { name, names: fields }) };
        self.inner.deserialize_struct(name, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = EnumVisitor { visitor, watch: self.watch, open: name == OPEN };
        self.inner.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let Watch { path, tracker } = self.watch;
        let value = if tracker.keep {
            let raw = <&RawValue>::deserialize(self.inner)?;
            if super::limits::depth(raw.get()) + path.depth > tracker.depth {
                return Err(D::Error::custom(TOO_DEEP));
            }
            tracker.note(&path, NoteKind::Unknown { raw: Some(raw.to_owned()), sure: true });
            visitor.visit_unit()
        } else {
            tracker.note(&path, NoteKind::Unknown { raw: None, sure: true });
            self.inner.deserialize_ignored_any(visitor)
        };
        tracker.ignored.set(true);
        if tracker.is_full() {
            return Err(D::Error::custom("more to observe than there is room for"));
        }
        value
    }
}

/// The names under which a struct takes its fields, aliases among them.
#[derive(Clone, Copy)]
struct Fields {
    name: &'static str,
    names: &'static [&'static str],
}

struct TrackedVisitor<'t, 'de, 'a, V> {
    visitor: V,
    watch: Watch<'t, 'de, 'a>,
    fields: Option<Fields>,
}

macro_rules! pass_values {
    ($($method:ident: $value:ty),* $(,)?) => { $(
        #[inline]
        fn $method<E: Error>(self, value: $value) -> Result<V::Value, E> {
            self.visitor.$method(value)
        }
    )* };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for TrackedVisitor<'_, 'de, '_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    pass_values! {
        visit_bool: bool, visit_i8: i8, visit_i16: i16, visit_i32: i32, visit_i64: i64, visit_i128: i128,
        visit_u8: u8, visit_u16: u16, visit_u32: u32, visit_u64: u64, visit_u128: u128, visit_f32: f32,
        visit_f64: f64, visit_char: char, visit_str: &str, visit_borrowed_str: &'de str, visit_string: String,
        visit_bytes: &[u8], visit_borrowed_bytes: &'de [u8], visit_byte_buf: Vec<u8>,
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Tracked { inner, watch: self.watch })
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Tracked { inner, watch: self.watch })
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        if self.fields.is_some() {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        }
        self.visitor.visit_seq(TrackedSeq { inner, watch: self.watch, index: 0 })
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        let Watch { tracker, .. } = self.watch;
        let first = tracker.seen.borrow().len();
        self.visitor.visit_map(TrackedMap {
            inner,
            watch: self.watch,
            fields: self.fields,
            key: Cow::Borrowed(""),
            first,
            keys: Vec::new(),
        })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(TrackedEnum { inner, watch: self.watch, open: false })
    }
}

struct TrackedSeq<'t, 'de, 'a, A> {
    inner: A,
    watch: Watch<'t, 'de, 'a>,
    index: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for TrackedSeq<'_, 'de, '_, A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        let Watch { path, tracker } = &self.watch;
        let path = path.child(Segment::Index(self.index), tracker)?;
        self.index += 1;
        let value = self.inner.next_element_seed(Seed { seed, watch: Watch { path, tracker } });
        tracker.ignored.set(false);
        value
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

struct TrackedMap<'t, 'de, 'a, A> {
    inner: A,
    watch: Watch<'t, 'de, 'a>,
    fields: Option<Fields>,
    key: Cow<'de, str>,
    /// Where this struct's names begin among those seen.
    first: usize,
    /// The keys of a map, in which a name may come again unnoticed.
    keys: Vec<Cow<'de, str>>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for TrackedMap<'_, 'de, '_, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let key = self.inner.next_key_seed(Capture { inner: seed, name: &mut self.key })?;
        if key.is_none() {
            match self.fields {
                Some(fields) => self.finish(fields),
                None if self.keys.len() > 1 => self.find_repeated(),
                None => {}
            }
        }
        Ok(key)
    }

    #[inline]
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        let tracker = self.watch.tracker;
        let path = self.watch.path.child(Segment::Name(&self.key), tracker)?;
        let value = self.inner.next_value_seed(Seed { seed, watch: Watch { path, tracker } })?;
        let ignored = tracker.ignored.replace(false);
        match self.fields {
            Some(_) if ignored => {}
            Some(_) => tracker.seen.borrow_mut().push(std::mem::take(&mut self.key)),
            None if self.watch.path.buffered => {}
            None => self.keys.push(std::mem::take(&mut self.key)),
        }
        Ok(value)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<A> TrackedMap<'_, '_, '_, A> {
    /// At the end of a struct: which of its fields were not there, which came under an alias.
    #[inline]
    fn finish(&mut self, fields: Fields) {
        let tracker = self.watch.tracker;
        let seen = tracker.seen.borrow().len() - self.first;
        let aliases = tracker.aliases.of(fields.name, fields.names);
        if seen < fields.names.len() {
            self.compare(fields, aliases);
        }
        tracker.seen.borrow_mut().truncate(self.first);
    }

    #[cold]
    fn find_repeated(&mut self) {
        let Watch { path, tracker } = &self.watch;
        self.keys.sort_unstable();
        for keys in self.keys.chunk_by(|one, other| one == other).filter(|keys| keys.len() > 1) {
            let at = Path { parent: Some(path), segment: Segment::Name(&keys[0]), ..*path };
            tracker.note(&at, NoteKind::Repeated);
        }
    }

    #[cold]
    fn compare(&self, fields: Fields, aliases: Option<&StructAliases>) {
        let Watch { path, tracker } = &self.watch;
        let seen = tracker.seen.borrow();
        let seen = &seen[self.first..];
        let note = |name: &str, kind| {
            let at = Path { parent: Some(path), segment: Segment::Name(name), ..*path };
            tracker.note(&at, kind);
        };
        for name in seen {
            if let Some(field) = aliases.and_then(|aliases| aliases.field_of(name)) {
                note(name, NoteKind::Alias(field));
            }
        }
        for name in fields.names {
            let other_names = aliases.map(|aliases| aliases.names_of(name)).unwrap_or_default();
            let is_alias = aliases.is_some_and(|aliases| aliases.field_of(name).is_some());
            let is_here = |name: &str| seen.iter().any(|seen| *seen == name);
            if !is_alias && !is_here(name) && !other_names.iter().any(|name| is_here(name)) {
                note(name, NoteKind::Defaulted);
            }
        }
    }
}

/// Watches the value that a seed reads.
struct Seed<'t, 'de, 'a, S> {
    seed: S,
    watch: Watch<'t, 'de, 'a>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Seed<'_, 'de, '_, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.seed.deserialize(Tracked { inner, watch: self.watch })
    }
}

struct EnumVisitor<'t, 'de, 'a, V> {
    visitor: V,
    watch: Watch<'t, 'de, 'a>,
    open: bool,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for EnumVisitor<'_, 'de, '_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, inner: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(TrackedEnum { inner, watch: self.watch, open: self.open })
    }
}

struct TrackedEnum<'t, 'de, 'a, A> {
    inner: A,
    watch: Watch<'t, 'de, 'a>,
    open: bool,
}

impl<'t, 'de, 'a, A: EnumAccess<'de>> EnumAccess<'de> for TrackedEnum<'t, 'de, 'a, A> {
    type Error = A::Error;
    type Variant = TrackedVariant<'t, 'de, 'a, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let mut name = Cow::Borrowed("");
        let (value, inner) = self.inner.variant_seed(Capture { inner: seed, name: &mut name })?;
        Ok((value, TrackedVariant { inner, watch: self.watch, name, open: self.open }))
    }
}

struct TrackedVariant<'t, 'de, 'a, A> {
    inner: A,
    watch: Watch<'t, 'de, 'a>,
    name: Cow<'de, str>,
    open: bool,
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for TrackedVariant<'_, 'de, '_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        let Watch { path, tracker } = self.watch;
        if self.open {
            // `Open` says in this way that it does not know the value.
            let answer = self.inner.newtype_variant_seed(seed);
            if answer.is_err() {
                tracker.note(&path, NoteKind::Variant);
            }
            return answer;
        }
        let path = path.child(Segment::Name(&self.name), tracker)?;
        self.inner.newtype_variant_seed(Seed { seed, watch: Watch { path, tracker } })
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        let Watch { path, tracker } = self.watch;
        let path = path.child(Segment::Name(&self.name), tracker)?;
        let visitor = TrackedVisitor { visitor, watch: Watch { path, tracker }, fields: None };
        self.inner.tuple_variant(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let Watch { path, tracker } = self.watch;
        let path = path.child(Segment::Name(&self.name), tracker)?;
        let names = Fields { name: "", names: fields };
        let visitor = TrackedVisitor { visitor, watch: Watch { path, tracker }, fields: Some(names) };
        self.inner.struct_variant(fields, visitor)
    }
}
