//! `username`.

use super::{Args, Arm, Draft, Refusal, Rule};
use crate::model::user::{Password, User};
use crate::types::{Role, Secret};

pub(super) fn arm(rule: Rule) -> Option<Arm> {
    match rule {
        Rule::ix_username => Some(username),
        _ => None,
    }
}

fn username(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let role = match args.text("role").as_deref() {
        Some("operator") => Role::Operator,
        Some("monitor") => Role::Monitor,
        Some(_) | None => Role::Administrator,
    };
    let secret = Secret::new(args.get("secret")?);
    let password = match args.has("plain") {
        true => Password::Clear(secret),
        // Only the appliance knows what a hash stands for.
        false => Password::Locked(secret),
    };
    let user =
        User { role: Some(args.sourced(role)), may_rise: false, password: Some(args.sourced(password)) };
    draft.model.users.by_name.insert(args.get("user")?, args.sourced(user));
    Ok(())
}
