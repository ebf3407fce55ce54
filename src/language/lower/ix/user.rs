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

/// A later line for the same user replaces this one, so no other can speak of it.
fn username(draft: &mut Draft, args: &Args<'_>) -> Result<(), Refusal> {
    let role = match args.text("role").as_deref() {
        Some("administrator") => Role::Administrator,
        Some("operator") => Role::Operator,
        // The least, where a line names no role.
        Some(_) | None => Role::Monitor,
    };
    let secret = Secret::new(args.get("secret")?);
    let password = match args.has("plain") {
        true => Password::Clear(secret),
        false => {
            draft
                .user
                .warn(args, "only the appliance knows this password: it is locked until it is set anew");
            Password::Locked(secret)
        }
    };
    let (role, password) = (Some(args.sourced(role)), Some(args.sourced(password)));
    let user = User { role, may_rise: false, password };
    draft.model.users.by_name.insert(args.get("user")?, args.sourced(user));
    Ok(())
}
