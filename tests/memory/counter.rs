//! An allocator that counts: memory is measured and not sampled, so that the numbers are the same in every run.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the bytes that are allocated, their maximum, and the allocations.
struct Counter;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is that of the system's allocator, with the same arguments.
unsafe impl GlobalAlloc for Counter {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let allocated = ALLOCATED.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(allocated, Ordering::Relaxed);
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's obligations are those of this function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's obligations are those of this function.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTER: Counter = Counter;

/// The cost of a run.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// The maximum of the bytes that were allocated at once.
    pub peak: usize,
    /// The number of allocations: a measure of the work that does not depend on the clock.
    pub allocations: usize,
}

/// Returns the cost of `run`, and its result.
pub fn measure<T>(run: impl FnOnce() -> T) -> (Cost, T) {
    let before = ALLOCATED.load(Ordering::Relaxed);
    let allocations = ALLOCATIONS.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let result = black_box(run());
    let peak = PEAK.load(Ordering::Relaxed) - before;
    (Cost { peak, allocations: ALLOCATIONS.load(Ordering::Relaxed) - allocations }, result)
}
