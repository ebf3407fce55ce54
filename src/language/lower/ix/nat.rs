//! `ip napt`.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::model::nat::{Napt, Outer};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ip_napt => Some(napt),
        _ => None,
    }
}

fn napt(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    draft.nat.napt(args, interface(args)?, Napt { outer: Outer::Interface })
}
