//! Records of a pass: the structs and enums of a type that is explored, and the values that serde buffers.

use json_document::Pointer;

/// The structs and enums of a type that one pass has met, with their positions.
#[derive(Debug, Default, Clone)]
pub(in crate::read) struct Discovery {
    /// Pointer, name of the struct, names of the fields with their aliases.
    pub(in crate::read) structs: Vec<(Pointer, &'static str, &'static [&'static str])>,
    /// Pointer, names of the variants.
    pub(in crate::read) enums: Vec<(Pointer, &'static [&'static str])>,
    /// The kinds of JSON that the type has asked for; `None` where several would do.
    pub(in crate::read) requests: Vec<(Pointer, Option<JsonKind>)>,
    /// Fields with `deserialize_with`.
    pub(in crate::read) adapters: Vec<Pointer>,
    /// Pointer of an enum, and the name of a variant for which the type has asked for contents.
    pub(in crate::read) variants_with_contents: Vec<(Pointer, String)>,
    /// Pointer of a map, and the request of its type for a key; with [`Probe::MapEntry`](super::replay::Probe::MapEntry).
    pub(in crate::read) maps: Vec<(Pointer, KeyRequest)>,
}

/// A kind of JSON that a type asks for by a method of its deserializer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum JsonKind {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

/// The request of a type for the key of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::read) enum KeyRequest {
    Boolean,
    Character,
    /// An integer of so many bits.
    Signed(u32),
    Unsigned(u32),
    /// A string, with the expectation of the type.
    Text(String),
    Variant(&'static [&'static str]),
    /// The name of a field: the type is a struct with flattened fields.
    Field,
    /// Anything else.
    Other,
}

/// A value that serde buffers. An error in it has the position of the value that is read from the buffer, its host.
#[derive(Debug, Clone)]
pub(super) struct Buffered {
    pub(super) at: Pointer,
    /// Length of the pointer of the host, which is at or above the value.
    pub(super) host: usize,
    /// The kind of JSON with its article.
    pub(super) kind: &'static str,
}
