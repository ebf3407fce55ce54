//! `login user`, `user attribute`, and the passwords of those without a name.

use super::Page;
use crate::model::user::{Password, User, Users};
use crate::types::{Role, Sourced};

pub(super) fn raise(page: &mut Page<'_>, users: &Users) {
    let Users { by_name, administrator_password, login_password } = users;
    for (word, password) in [("login", login_password), ("administrator", administrator_password)] {
        let Some(password) = password else { continue };
        if let Some(secret) = clear(page, password) {
            page.line(password.origin, format_args!("{word} password {secret}"));
        }
    }
    for (name, user) in by_name {
        raise_user(page, name, user);
    }
}

fn raise_user(page: &mut Page<'_>, name: &str, user: &Sourced<User>) {
    let Sourced { value: User { role, may_rise, password }, origin } = user;
    let name = page.word(name);
    let secret = password.as_ref().and_then(|password| clear(page, password));
    let secret = secret.map_or(String::new(), |secret| format!(" {secret}"));
    page.line(*origin, format_args!("login user {name}{secret}"));
    let rise = match role.map(|role| role.value) {
        Some(Role::Administrator) => "administrator=2",
        _ if *may_rise => "administrator=1",
        Some(Role::Monitor) => {
            page.lose(*origin, "an RTX has no user who may only look");
            "administrator=off"
        }
        Some(Role::Operator) | None => "administrator=off",
    };
    let connection = if role.is_none() { " connection=off" } else { "" };
    let origin = role.as_ref().map_or(*origin, |role| role.origin);
    page.line(origin, format_args!("user attribute {name} {rise}{connection}"));
}

/// A password in clear, as one word.
fn clear(page: &mut Page<'_>, password: &Sourced<Password>) -> Option<String> {
    match &password.value {
        Password::Clear(secret) => Some(page.word(secret.expose())),
        Password::Locked(_) => {
            page.lose(password.origin, "only the appliance knows this password: set it anew");
            None
        }
    }
}
