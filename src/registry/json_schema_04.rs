//! JSON Schema draft-04 of the payload.

use super::contract::Contract;
use super::dialect::Dialect;
use super::export::Export;

pub(super) fn export(contract: &Contract<'_>) -> Export {
    contract.export_payloads(Dialect::Draft04)
}
