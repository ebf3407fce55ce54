//! What holds for any model.

use proptest::prelude::*;
use tsuji::types::Dialect;

use crate::models::model;
use crate::normal::normal;
use crate::{assert_settled, said};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    /// A dialect says all that its lines can ask for: no field of a model is forgotten.
    #[test]
    fn an_ix_says_what_an_ix_asks_for(model in model(Dialect::Ix)) {
        let said = said(&model, Dialect::Ix);
        prop_assert_eq!(said.raised.lost, []);
        prop_assert_eq!(said.model, model, "{}", said.text);
    }

    #[test]
    fn an_rtx_says_what_an_rtx_asks_for(model in model(Dialect::Rtx)) {
        let said = said(&model, Dialect::Rtx);
        prop_assert_eq!(said.raised.lost, []);
        prop_assert_eq!(said.model, model, "{}", said.text);
    }

    /// What is not said in the other dialect is named.
    #[test]
    fn an_rtx_says_what_an_ix_asks_for_or_what_is_lost(model in model(Dialect::Ix)) {
        let said = said(&model, Dialect::Rtx);
        assert_settled(&said, Dialect::Rtx);
        if said.raised.lost.is_empty() {
            prop_assert_eq!(normal(said.model), normal(model), "{}", said.text);
        }
    }

    #[test]
    fn an_ix_says_what_an_rtx_asks_for_or_what_is_lost(model in model(Dialect::Rtx)) {
        let said = said(&model, Dialect::Ix);
        assert_settled(&said, Dialect::Ix);
        if said.raised.lost.is_empty() {
            prop_assert_eq!(normal(said.model), normal(model), "{}", said.text);
        }
    }
}
