//! The formats of schema registries, from the same types.
