//! The check of a contract of up to five types in up to five versions, all in use: every reader against every writer.
//! Types are independent of each other, so the cost is proportional to their number.
//!
//! ```text
//! cargo bench -p event-contract-benches --bench check
//! ```
//!
//! Every bench asserts the answer that it times. `benches/README.md` lists results.

use std::hint::black_box;

use chrono::NaiveDate;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use event_contract::catalog::Catalog;
use event_contract::check::{CellVerdict, Check};
use event_contract::record::{Files, Record};
use event_contract::{Payload, SubsystemName, ValueType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const SHOP: SubsystemName = SubsystemName::from_static("shop");

/// An amount in minor units.
#[derive(Serialize, Deserialize, JsonSchema, ValueType)]
struct Money {
    amount: i64,
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    currency: String,
}

/// One article.
#[derive(Serialize, Deserialize, JsonSchema, ValueType)]
struct Line {
    sku: String,
    quantity: u32,
    unit_price: Money,
}

/// Address of a delivery.
#[derive(Serialize, Deserialize, JsonSchema, ValueType)]
struct Address {
    street: Option<String>,
    city: String,
    postal_code: String,
    country: String,
}

macro_rules! version {
    ($module:ident, $name:literal, $version:literal $(, $previous:ident)?; $($all:ident)*) => {
        mod $module {
            use super::*;

            /// An order.
            #[derive(Serialize, Deserialize, JsonSchema, Payload)]
            #[payload(external, name = $name, version = $version, key = order $(, previous = $previous::Order)?)]
            #[allow(clippy::struct_field_names, reason = "it is the order that the order is about")]
            pub(in super::super) struct Order {
                pub(super) order: String,
                pub(super) placed_at: chrono::DateTime<chrono::Utc>,
                pub(super) lines: Vec<Line>,
                pub(super) total: Option<Money>,
                pub(super) ship_to: Option<Address>,
                $($all: Option<String>,)*
            }

            impl Order {
                #[allow(dead_code, reason = "the first version has no previous one")]
                fn new(
                    order: String,
                    placed_at: chrono::DateTime<chrono::Utc>,
                    lines: Vec<Line>,
                    total: Option<Money>,
                    ship_to: Option<Address>,
                ) -> Self {
                    Self { order, placed_at, lines, total, ship_to, $($all: None,)* }
                }
            }

            $(impl From<$previous::Order> for Order {
                fn from(older: $previous::Order) -> Self {
                    Self::new(older.order, older.placed_at, older.lines, older.total, older.ship_to)
                }
            })?
        }
    };
}

/// Defines types in five versions; each version adds an optional field to the previous one.
macro_rules! types {
    ($($module:ident $name:literal)*) => {
        $(mod $module {
            use super::*;

            version!(v1, $name, 1; );
            version!(v2, $name, 2, v1; note);
            version!(v3, $name, 3, v2; note channel);
            version!(v4, $name, 4, v3; note channel coupon);
            version!(v5, $name, 5, v4; note channel coupon gift);

            pub(super) type First = v1::Order;
            pub(super) type Third = v3::Order;
            pub(super) type Newest = v5::Order;
        })*

        /// Returns a catalog of the first types, in 1, 3 or 5 versions.
        fn catalog(types: usize, versions: u32) -> Catalog {
            type With = fn(Catalog) -> Catalog;
            let all: [(With, With, With); 5] = [$((
                |catalog| catalog.with::<$module::First>(SHOP).unwrap(),
                |catalog| catalog.with::<$module::Third>(SHOP).unwrap(),
                |catalog| catalog.with::<$module::Newest>(SHOP).unwrap(),
            )),*];
            let catalog = Catalog::default();
            all.into_iter().take(types).fold(catalog, |catalog, (first, third, newest)| match versions {
                1 => first(catalog),
                3 => third(catalog),
                _ => newest(catalog),
            })
        }
    };
}

types! {
    a "Order.A" b "Order.B" c "Order.C" d "Order.D" e "Order.E"
}

/// Publishes a catalog.
fn published(catalog: &Catalog) -> Files {
    let mut files = Files::new();
    for contract_type in catalog.types() {
        for version in contract_type.versions() {
            let mut data =
                json!({"order": "o", "placed_at": "2026-11-22T10:43:01Z", "lines": [], "total": null, "ship_to": null});
            for name in ["note", "channel", "coupon", "gift"].iter().take(version.version().get() as usize - 1) {
                data[name] = Value::Null;
            }
            let event = json!({"id": format!("{}-{}", contract_type.name(), version.version()), "type": contract_type.name(),
                "version": version.version().get(), "timestamp": 1_795_344_181_000_u64, "partitionKey": "o",
                "source": "shop", "data": data});
            let path = format!("external/{}/{}.golden.json", contract_type.name(), version.version());
            files.insert(path, event.to_string().into_bytes());
        }
    }
    Record::new(catalog, &files).unwrap().formats([]).publish().unwrap()
}

/// Checks the catalog, and returns the number of cells that are required and proven.
fn check(catalog: &Catalog, published: &Files) -> usize {
    let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let report = Check::new(catalog, published, today).run().unwrap();
    assert!(report.is_compatible());
    let cells = report.types.iter().flat_map(|matrix| matrix.cells.iter().flatten());
    cells.filter(|cell| matches!(cell.verdict, CellVerdict::Reads | CellVerdict::ReadsByUpcast)).count()
}

fn contracts(c: &mut Criterion) {
    let mut group = c.benchmark_group("check");
    group.sample_size(10);
    for (types, versions) in [(1, 5), (5, 1), (5, 3), (5, 5)] {
        let catalog = catalog(types, versions);
        let published = published(&catalog);
        let cells = types * (versions * versions) as usize;
        assert_eq!(check(&catalog, &published), cells);
        group.throughput(Throughput::Elements(cells as u64));
        let id = BenchmarkId::from_parameter(format!("{types} types, {versions} versions"));
        group.bench_function(id, |b| b.iter(|| check(black_box(&catalog), black_box(&published))));
    }
    group.finish();
}

criterion_group!(benches, contracts);
criterion_main!(benches);
