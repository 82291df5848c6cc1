//! Progress of an evaluation that happens once.

/// The state of a condition or a bus.
pub(super) enum Evaluation<T> {
    /// It is being evaluated: a reference to it is a cycle.
    Begun,
    /// The value, or the reason for which it is unknown.
    Done(Result<T, String>),
}
