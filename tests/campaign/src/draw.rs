//! Values of every type, drawn at random with the edges of their range.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};
use std::net::Ipv4Addr;
use std::num::{NonZeroI64, NonZeroU8, NonZeroU64, Wrapping};
use std::ops::Range;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc, Weekday};
use event_contract::Open;
use serde_json::{Value, json};
use uuid::Uuid;

/// Pseudo-random numbers: `SplitMix64` of Steele, Lea and Flood, the same for the same seed everywhere.
#[derive(Debug, Clone)]
pub struct Rng {
    state: u64,
    /// Depth of the value that is being drawn. Recursive types end below [`MAX_DEPTH`].
    depth: u32,
}

const MAX_DEPTH: u32 = 4;

impl Rng {
    /// Creates a generator.
    pub fn new(seed: u64) -> Self {
        Self { state: seed, depth: 0 }
    }

    /// Returns the next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number below `count`, which is at least 1.
    pub fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.bits() % count as u64).unwrap_or(0)
    }

    /// Returns true in one of `count` cases.
    pub fn one_in(&mut self, count: usize) -> bool {
        self.index(count) == 0
    }

    /// Returns one of the items.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }

    fn nested<T>(&mut self, draw: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let value = draw(self);
        self.depth -= 1;
        value
    }

    fn len(&mut self) -> usize {
        if self.depth > MAX_DEPTH { 0 } else { self.index(4) }
    }
}

/// A type whose values can be drawn.
pub trait Draw: Sized {
    /// Draws a value.
    fn draw(rng: &mut Rng) -> Self;
}

/// Returns a value that is not that of `Default`: the function that generated types name in `default = "…"`.
pub fn fallback<T: Draw>() -> T {
    T::draw(&mut Rng::new(42))
}

macro_rules! integers {
    ($($integer:ident)*) => { $(
        impl Draw for $integer {
            #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]
            #[allow(clippy::cast_lossless)]
            fn draw(rng: &mut Rng) -> Self {
                match rng.index(9) {
                    0 => 0,
                    1 => 1,
                    2 => Self::MIN,
                    3 => Self::MAX,
                    4 => (Self::MAX / 2) + 1,
                    5 => i64::MAX as Self,
                    6 => rng.bits() as Self,
                    _ => (rng.bits() % 100) as Self,
                }
            }
        }
    )* };
}

integers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }

macro_rules! drawn {
    ($($kind:ty: |$rng:ident| $value:expr;)*) => { $(
        impl Draw for $kind {
            fn draw($rng: &mut Rng) -> Self {
                $value
            }
        }
    )* };
}

/// Texts that are something else as well, or that separate one rule from another.
pub const TEXTS: [&str; 22] = [
    "",
    "a",
    "A",
    "b",
    "ab",
    "12",
    "-1",
    "true",
    "null",
    "0.5",
    "ü",
    "\u{1f600}",
    " x ",
    "a b",
    "2024-02-29",
    "2024-02-29T12:00:00Z",
    "12:30:00",
    "00000000-0000-0000-0000-000000000001",
    "x@y",
    "127.0.0.1",
    "Mon",
    "\u{0}",
];

const INSTANTS: [i64; 9] =
    [0, 1, 1_795_344_181, -1, -62_135_596_800, 253_402_300_799, 253_402_300_800, -62_167_219_201, 8_210_266_000_000];

drawn! {
    bool: |rng| rng.one_in(2);
    (): |_rng| ();
    f64: |rng| match rng.index(12) {
        0 => 0.0, 1 => -0.0, 2 => 1.5, 3 => 3.0, 4 => 1e300, 5 => -1e19, 6 => f64::MIN_POSITIVE, 7 => 0.1,
        8 => 9_007_199_254_740_993.0, 9 if rng.one_in(3) => f64::NAN, 10 if rng.one_in(3) => f64::INFINITY,
        _ => f64::from(i16::draw(rng)) / 8.0,
    };
    f32: |rng| match rng.index(10) {
        0 => 0.0, 1 => -0.0, 2 => 0.1, 3 => f32::MAX, 4 => f32::MIN_POSITIVE, 5 => 16_777_217.0,
        6 if rng.one_in(3) => f32::NAN,
        _ => f32::from(i16::draw(rng)) / 8.0,
    };
    char: |rng| *rng.pick(&['a', 'A', '0', ' ', 'ü', '\u{1f600}', '\u{0}', '"', '\u{301}']);
    String: |rng| if rng.one_in(8) { "long ".repeat(rng.index(12)) } else { (*rng.pick(&TEXTS)).to_owned() };
    Cow<'static, str>: |rng| Cow::Owned(String::draw(rng));
    Box<str>: |rng| String::draw(rng).into();
    Uuid: |rng| if rng.one_in(6) { Uuid::nil() } else { Uuid::from_u64_pair(rng.bits(), rng.bits()) };
    Duration: |rng| Duration::new(u64::from(u32::draw(rng)), u32::draw(rng) % 1_000_000_000);
    SystemTime: |rng| SystemTime::UNIX_EPOCH + Duration::draw(rng);
    NonZeroU8: |rng| NonZeroU8::new(u8::draw(rng)).unwrap_or(NonZeroU8::MIN);
    NonZeroU64: |rng| NonZeroU64::new(u64::draw(rng)).unwrap_or(NonZeroU64::MIN);
    NonZeroI64: |rng| NonZeroI64::new(i64::draw(rng)).unwrap_or(NonZeroI64::MIN);
    Wrapping<u16>: |rng| Wrapping(u16::draw(rng));
    Ipv4Addr: |rng| Ipv4Addr::from_bits(u32::draw(rng));
    Range<u8>: |rng| u8::draw(rng)..u8::draw(rng);
    Weekday: |rng| *rng.pick(&[Weekday::Mon, Weekday::Sun, Weekday::Wed]);
    DateTime<Utc>: |rng| {
        let seconds = if rng.one_in(2) { *rng.pick(&INSTANTS) } else { i64::from(u32::draw(rng)) };
        // The last of these is a leap second where the second allows it.
        let nanoseconds = *rng.pick(&[0, 1, 500_000_000, 999_999_999, 1_500_000_000]);
        DateTime::from_timestamp(seconds, nanoseconds)
            .or_else(|| DateTime::from_timestamp(seconds, 0)).unwrap_or(DateTime::UNIX_EPOCH)
    };
    DateTime<FixedOffset>: |rng| {
        let east = *rng.pick(&[0, 3600, -12_600, 50_400, 4521]);
        FixedOffset::east_opt(east).map_or_else(DateTime::default, |offset| offset.from_utc_datetime(
            &DateTime::<Utc>::draw(rng).naive_utc()))
    };
    NaiveDateTime: |rng| DateTime::<Utc>::draw(rng).naive_utc();
    NaiveDate: |rng| DateTime::<Utc>::draw(rng).date_naive();
    NaiveTime: |rng| DateTime::<Utc>::draw(rng).time();
    Value: |rng| match rng.index(if rng.depth > MAX_DEPTH { 5 } else { 7 }) {
        0 => Value::Null, 1 => json!(bool::draw(rng)), 2 => json!(i32::draw(rng)), 3 => json!(0.5),
        4 => json!(String::draw(rng)), 5 => rng.nested(|rng| json!([Value::draw(rng)])),
        _ => rng.nested(|rng| json!({ String::draw(rng): Value::draw(rng) })),
    };
}

impl<T: Draw> Draw for Option<T> {
    fn draw(rng: &mut Rng) -> Self {
        if rng.depth > MAX_DEPTH || rng.one_in(3) { None } else { Some(rng.nested(T::draw)) }
    }
}

impl<T: Draw> Draw for Box<T> {
    fn draw(rng: &mut Rng) -> Self {
        Self::new(rng.nested(T::draw))
    }
}

impl<T: Draw> Draw for Box<[T]> {
    fn draw(rng: &mut Rng) -> Self {
        Vec::draw(rng).into()
    }
}

impl<T: Draw, E: Draw> Draw for Result<T, E> {
    fn draw(rng: &mut Rng) -> Self {
        if rng.one_in(2) { Ok(T::draw(rng)) } else { Err(E::draw(rng)) }
    }
}

impl<T: Draw> Draw for Open<T> {
    fn draw(rng: &mut Rng) -> Self {
        if rng.one_in(4) { Self::Unknown("unheard of".to_owned()) } else { Self::Known(T::draw(rng)) }
    }
}

impl<T: Draw> Draw for Vec<T> {
    fn draw(rng: &mut Rng) -> Self {
        let len = rng.len();
        rng.nested(|rng| (0..len).map(|_| T::draw(rng)).collect())
    }
}

impl<T: Draw + Ord> Draw for BTreeSet<T> {
    fn draw(rng: &mut Rng) -> Self {
        Vec::draw(rng).into_iter().collect()
    }
}

impl<T: Draw + Eq + Hash, S: BuildHasher + Default> Draw for HashSet<T, S> {
    fn draw(rng: &mut Rng) -> Self {
        Vec::draw(rng).into_iter().collect()
    }
}

impl<K: Draw + Ord, V: Draw> Draw for BTreeMap<K, V> {
    fn draw(rng: &mut Rng) -> Self {
        Vec::draw(rng).into_iter().collect()
    }
}

impl<K: Draw + Eq + Hash, V: Draw, S: BuildHasher + Default> Draw for HashMap<K, V, S> {
    fn draw(rng: &mut Rng) -> Self {
        Vec::draw(rng).into_iter().collect()
    }
}

impl<T: Draw, const N: usize> Draw for [T; N] {
    fn draw(rng: &mut Rng) -> Self {
        std::array::from_fn(|_| T::draw(rng))
    }
}

impl<A: Draw, B: Draw> Draw for (A, B) {
    fn draw(rng: &mut Rng) -> Self {
        (A::draw(rng), B::draw(rng))
    }
}

impl<A: Draw, B: Draw, C: Draw> Draw for (A, B, C) {
    fn draw(rng: &mut Rng) -> Self {
        (A::draw(rng), B::draw(rng), C::draw(rng))
    }
}
