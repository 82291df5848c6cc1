//! Amounts of money.

use serde::{Deserialize, Serialize};

use super::text::{Currency, ValueError};
use crate::ValueType;

/// An amount of money: whole minor units of a currency.
///
/// A JSON number of euro, as in older versions, is not exact and has no unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ValueType)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Money {
    /// Minor units: cents of a euro, whole yen. Readers in other languages are exact up to 2^53.
    pub amount: i64,
    /// The currency.
    pub currency: Currency,
}

/// 2^53: every integer up to it is exact as a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Money {
    /// Converts a number of euro to the nearest cent. Floating-point arithmetic gives 0.30000000000000004 where 0.3 is
    /// meant, so fractions of a cent are rounded, not refused.
    pub(crate) fn from_euros(euros: f64) -> Result<Self, ValueError> {
        if !euros.is_finite() {
            return Err(ValueError::NOT_FINITE);
        }
        let cents = (euros * 100.0).round();
        if cents.abs() > EXACT {
            return Err(ValueError::TOO_MUCH);
        }
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked just before")]
        let amount = cents as i64;
        Ok(Self { amount, currency: Currency::EUR })
    }

    /// Converts to a number of euro; fails where [`Money::from_euros`] would not return the same amount.
    pub(crate) fn to_euros(self) -> Result<f64, ValueError> {
        if self.currency != Currency::EUR {
            return Err(ValueError::NOT_EURO);
        }
        #[expect(clippy::cast_precision_loss, reason = "what is lost by it is found just after")]
        let euros = self.amount as f64 / 100.0;
        match Self::from_euros(euros) {
            Ok(back) if back == self => Ok(euros),
            Ok(_) | Err(_) => Err(ValueError::NOT_TO_THE_CENT),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::contract::strategy;

    fn euro(amount: i64) -> Money {
        Money { amount, currency: Currency::EUR }
    }

    #[test]
    fn euros_become_cents() {
        for (euros, cents) in [
            (0.0, 0),
            (-0.0, 0),
            (0.01, 1),
            (19.99, 1999),
            (0.1 + 0.2, 30),
            (19.99_f64.next_up(), 1999),
            (19.99_f64.next_down(), 1999),
            (-4.35, -435),
            (1.15, 115),
            (45_035_996_273_704.96, 4_503_599_627_370_496),
            (90_071_992_547_409.92, 9_007_199_254_740_992),
            (f64::MIN_POSITIVE, 0),
        ] {
            assert_eq!(Money::from_euros(euros), Ok(euro(cents)), "{euros}");
        }
    }

    #[test]
    fn amounts_out_of_range_are_rejected() {
        for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Money::from_euros(wrong).unwrap_err().to_string(), "an amount is not a finite number");
        }
        for wrong in [90_071_992_547_410.0, -90_071_992_547_410.0, 1e300, f64::MAX, f64::MIN] {
            assert_eq!(Money::from_euros(wrong).unwrap_err().to_string(), "an amount is beyond 2^53 minor units");
        }
    }

    #[test]
    fn only_euro_is_a_number_of_euro() {
        let dollar = Money { amount: 1, currency: Currency::from_static("USD") };
        assert_eq!(dollar.to_euros().unwrap_err().to_string(), "an amount is not in euro");
        for amount in [i64::MAX, i64::MIN, 9_007_199_254_740_593] {
            assert_eq!(
                euro(amount).to_euros().unwrap_err().to_string(),
                "an amount is too large to be exact to the cent as a number"
            );
        }
    }

    proptest! {
        /// Converts through JSON text, as on the wire.
        #[test]
        fn whole_cents_are_exact(cents in -1_000_000_000_000_i64..=1_000_000_000_000) {
            let sign = if cents < 0 { "-" } else { "" };
            let text = format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100);
            let euros: f64 = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(Money::from_euros(euros), Ok(euro(cents)));
            let back = euro(cents).to_euros().unwrap();
            let text = serde_json::to_string(&back).unwrap();
            prop_assert_eq!(Money::from_euros(serde_json::from_str(&text).unwrap()), Ok(euro(cents)));
        }

        #[test]
        fn a_number_of_euro_is_refused_or_comes_back(amount in any::<i64>()) {
            if let Ok(euros) = euro(amount).to_euros() {
                prop_assert_eq!(Money::from_euros(euros), Ok(euro(amount)));
            }
        }

        #[test]
        fn no_number_panics(euros in any::<f64>()) {
            if let Ok(money) = Money::from_euros(euros) {
                prop_assert!(money.amount.abs() <= 9_007_199_254_740_992);
            }
        }

        #[test]
        fn money_comes_back(money in strategy::money()) {
            strategy::comes_back(&money)?;
        }
    }
}
