//! Whether what an external payload holds is internal: asked by the derive, of one type after the other.

use std::marker::PhantomData;

use crate::payload::InternalPayload;

/// A type that an external payload holds. Of an internal payload `INTERNAL` is this type's own, of any other that of
/// [`NotInternal`]: the compiler looks there only where a type has none of its own.
#[derive(Debug)]
pub struct Held<T: ?Sized>(PhantomData<T>);

impl<T: InternalPayload> Held<T> {
    /// It is.
    pub const INTERNAL: bool = true;
}

/// What is said of every type that says nothing itself.
pub trait NotInternal {
    /// It is not.
    const INTERNAL: bool = false;
}

impl<T: ?Sized> NotInternal for Held<T> {}

/// Refuses what is internal. The caller is tracked so that the compiler points at the field.
///
/// # Panics
/// If it is: the derive calls it in a constant.
#[track_caller]
pub const fn check_held(internal: bool) {
    assert!(
        !internal,
        "an external payload holds no internal one: write here, one by one, the fields of it that may be shared"
    );
}
