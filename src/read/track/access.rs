//! The wrappers of items, members and variants.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::tracker::NoteKind;
use super::watch::{Fields, Segment, Tracked, TrackedVisitor, Watch};
use crate::read::alias::StructAliases;
use crate::read::key::NameSeed;

pub(super) struct TrackedSeq<'t, 'de, 'a, A> {
    pub(super) inner: A,
    pub(super) watch: Watch<'t, 'de, 'a>,
    pub(super) index: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for TrackedSeq<'_, 'de, '_, A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        let Watch { path, tracker } = &self.watch;
        let path = path.child(Segment::Index(self.index), tracker)?;
        self.index += 1;
        let value = self.inner.next_element_seed(Seed { seed, watch: Watch { path, tracker } });
        tracker.is_ignored.set(false);
        value
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

pub(super) struct TrackedMap<'t, 'de, 'a, A> {
    pub(super) inner: A,
    pub(super) watch: Watch<'t, 'de, 'a>,
    pub(super) fields: Option<Fields>,
    pub(super) key: Cow<'de, str>,
    /// Index of the first name of this struct in `Tracker::seen`.
    pub(super) first: usize,
    /// The keys of a map, in which serde accepts duplicates.
    pub(super) keys: Vec<Cow<'de, str>>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for TrackedMap<'_, 'de, '_, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let key = self.inner.next_key_seed(NameSeed { seed, name: &mut self.key })?;
        if key.is_none() {
            match self.fields {
                Some(fields) => self.finish(fields),
                None if self.keys.len() > 1 => self.note_repeated(),
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
        let is_ignored = tracker.is_ignored.replace(false);
        match self.fields {
            Some(_) if is_ignored => {}
            Some(_) => tracker.seen.borrow_mut().push(std::mem::take(&mut self.key)),
            None if self.watch.path.is_buffered => {}
            None => self.keys.push(std::mem::take(&mut self.key)),
        }
        Ok(value)
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<A> TrackedMap<'_, '_, '_, A> {
    /// Notes missing fields and aliases at the end of a struct.
    #[inline]
    fn finish(&mut self, fields: Fields) {
        let tracker = self.watch.tracker;
        let seen = tracker.seen.borrow().len() - self.first;
        let aliases = tracker.aliases.find(fields.name, fields.names);
        if seen < fields.names.len() {
            self.note_fields(fields, aliases);
        }
        tracker.seen.borrow_mut().truncate(self.first);
    }

    #[cold]
    fn note_repeated(&mut self) {
        let Watch { path, tracker } = &self.watch;
        self.keys.sort_unstable();
        for keys in self.keys.chunk_by(|one, other| one == other).filter(|keys| keys.len() > 1) {
            tracker.push(path.member(&keys[0]).to_pointer(), NoteKind::Repeated);
        }
    }

    #[cold]
    fn note_fields(&self, fields: Fields, aliases: Option<&StructAliases>) {
        let Watch { path, tracker } = &self.watch;
        let seen = tracker.seen.borrow();
        let seen = &seen[self.first..];
        let note = |name: &str, kind| {
            tracker.push(path.member(name).to_pointer(), kind);
        };
        for name in seen {
            if let Some(field) = aliases.and_then(|aliases| aliases.field_of(name)) {
                note(name, NoteKind::Alias(field));
            }
        }
        for name in fields.names {
            let other_names = aliases.map(|aliases| aliases.aliases_of(name)).unwrap_or_default();
            let is_alias = aliases.is_some_and(|aliases| aliases.field_of(name).is_some());
            let is_here = |name: &str| seen.iter().any(|seen| *seen == name);
            if !is_alias && !is_here(name) && !other_names.iter().any(|name| is_here(name)) {
                note(name, NoteKind::Defaulted);
            }
        }
    }
}

/// A seed whose value is tracked.
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

pub(super) struct TrackedEnum<'t, 'de, 'a, A> {
    pub(super) inner: A,
    pub(super) watch: Watch<'t, 'de, 'a>,
    pub(super) is_open: bool,
}

impl<'t, 'de, 'a, A: EnumAccess<'de>> EnumAccess<'de> for TrackedEnum<'t, 'de, 'a, A> {
    type Error = A::Error;
    type Variant = TrackedVariant<'t, 'de, 'a, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let mut name = Cow::Borrowed("");
        let (value, inner) = self.inner.variant_seed(NameSeed { seed, name: &mut name })?;
        Ok((value, TrackedVariant { inner, watch: self.watch, name, is_open: self.is_open }))
    }
}

pub(super) struct TrackedVariant<'t, 'de, 'a, A> {
    inner: A,
    watch: Watch<'t, 'de, 'a>,
    name: Cow<'de, str>,
    is_open: bool,
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for TrackedVariant<'_, 'de, '_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        let Watch { path, tracker } = self.watch;
        if self.is_open {
            // `Open` requests content only for a value that it does not know. For a string, the request fails.
            let result = self.inner.newtype_variant_seed(seed);
            if result.is_err() {
                self.watch.note(NoteKind::UnknownVariant);
            }
            return result;
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
