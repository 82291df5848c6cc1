//! Compile-time test for internal payloads, applied by the derive to each field type of an external payload.
//!
//! Autoref specialisation without an autoref: an inherent associated constant shadows the constant of a trait, so
//! `IsInternal::<T>::VALUE` is `true` if `T: InternalPayload` and `false` otherwise, without a bound on `T`. See
//! <https://github.com/dtolnay/case-studies/blob/master/autoref-specialization/README.md>.

use std::marker::PhantomData;

use crate::payload::InternalPayload;

/// Test of `T`. Its constant `VALUE` is `true` for internal payloads.
#[derive(Debug)]
pub struct IsInternal<T: ?Sized>(PhantomData<T>);

impl<T: InternalPayload> IsInternal<T> {
    /// The constant of internal payloads.
    pub const VALUE: bool = true;
}

/// Provides the constant of all other types. It must be in scope where `IsInternal::<T>::VALUE` is used.
pub trait NotInternal {
    /// The fallback constant.
    const VALUE: bool = false;
}

impl<T: ?Sized> NotInternal for IsInternal<T> {}

/// Fails the compilation for an internal payload. The caller is tracked: the compiler points at the field.
///
/// # Panics
/// For an internal payload. The derive calls it in a constant.
#[track_caller]
pub const fn check_content(is_internal: bool) {
    assert!(
        !is_internal,
        "an external payload must not contain an internal one: list the fields that may be shared, one by one"
    );
}
