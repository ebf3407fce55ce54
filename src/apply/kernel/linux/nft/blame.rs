//! Which rule of a refused table is at fault: neither nft nor the kernel tells.

use super::program::{self, Mode};
use super::{Listing, transaction};
use crate::apply::firewall::{Firewall, Rule};
use crate::apply::kernel::KernelError;
use crate::types::LineId;

/// Adds the rule at fault to a refusal: the last one of the shortest table that is refused.
pub(super) async fn blame(
    firewall: &Firewall,
    before: Option<&Listing>,
    refusal: KernelError,
) -> KernelError {
    let rules: Vec<&Rule> = firewall.chains.values().flat_map(|chain| &chain.rules).collect();
    let is_by_a_rule = takes(&shortened(firewall, 0), before).await && !takes(firewall, before).await;
    if rules.is_empty() || !is_by_a_rule {
        return refusal;
    }
    let (mut taken, mut refused) = (0, rules.len());
    while taken + 1 < refused {
        let middle = taken.midpoint(refused);
        if takes(&shortened(firewall, middle), before).await {
            taken = middle;
        } else {
            refused = middle;
        }
    }
    by(rules[taken], &refusal)
}

/// A refusal and the rule that met it.
pub(super) fn by(rule: &Rule, refusal: &KernelError) -> KernelError {
    let line = Some(rule.origin).filter(|line| *line != LineId::BUILT_IN);
    KernelError { message: format!("{refusal} (rule: {rule})"), line }
}

async fn takes(firewall: &Firewall, before: Option<&Listing>) -> bool {
    match transaction(Some(firewall), before, Mode::Check) {
        Ok(transaction) => program::run(&transaction, Mode::Check).await.is_ok(),
        Err(_) => false,
    }
}

/// The table with all its chains and the first `left` of its rules.
fn shortened(firewall: &Firewall, mut left: usize) -> Firewall {
    let mut shorter = firewall.clone();
    for chain in shorter.chains.values_mut() {
        chain.rules.truncate(left);
        left -= chain.rules.len();
    }
    shorter
}
