//! `ip napt`.

use super::{Args, Arm, Draft, Refusal, Rule, interface};
use crate::language::lower::args::claim;
use crate::language::lower::nat::translation_of;
use crate::model::nat::{Napt, Outer};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_ip_napt => Some(napt),
        _ => None,
    }
}

fn napt(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let (name, napt) = (interface(args)?, args.sourced(Napt { outer: Outer::Interface }));
    claim(&mut draft.interface(name).nat.napt, napt, || translation_of(name))
}
