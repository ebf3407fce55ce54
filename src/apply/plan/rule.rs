//! Rules that lead packets to their tables of routes.

use super::Draft;
use super::order::Phase;
use crate::apply::op::Op;
use crate::apply::state::{Rule, State};

pub(super) fn compare(old: &State, new: &State, draft: &mut Draft) {
    for (rule, wanted) in new.rules.iter().filter(|(rule, _)| !old.rules.contains_key(rule)) {
        let (add, delete) = both(*rule);
        draft.push(Phase::AddRules, add, delete, wanted.origin);
    }
    for (rule, had) in old.rules.iter().filter(|(rule, _)| !new.rules.contains_key(rule)) {
        let (add, delete) = both(*rule);
        draft.push(Phase::DeleteRules, delete, add, had.origin);
    }
}

fn both(rule: Rule) -> (Op, Op) {
    (Op::AddRule(rule), Op::DeleteRule(rule))
}
