//! JSON Schema draft-07, of the payload.

use super::dialect::Dialect;
use super::{Contract, Export};

pub(super) fn export(contract: &Contract<'_>) -> Export {
    contract.payloads(Dialect::Draft07)
}
