//! The check of CI as a test of the crate.

#[test]
fn the_contract_is_compatible() {
    event_contract::check::assert_compatible(parcel_contract::catalog(), "schemas");
}
