//! `username`.

use super::Page;
use crate::model::user::{Password, User, Users};
use crate::types::{Role, Sourced};

pub(super) fn raise(page: &mut Page<'_>, users: &Users) {
    let Users { by_name, administrator_password, login_password } = users;
    for password in [administrator_password, login_password].into_iter().flatten() {
        page.lose(password.origin, "an IX has no passwords that belong to nobody");
    }
    for (name, user) in by_name {
        raise_user(page, name, user);
    }
}

fn raise_user(page: &mut Page<'_>, name: &str, user: &Sourced<User>) {
    let Sourced { value: User { role, may_rise, password }, origin } = user;
    let role = match role.map(|role| role.value) {
        None => return page.lose(*origin, "an IX has no user who is not let in"),
        Some(Role::Administrator) => "administrator",
        Some(Role::Operator) => "operator",
        Some(Role::Monitor) => "monitor",
    };
    if *may_rise {
        page.lose(*origin, "on an IX nobody becomes administrator by a second password");
    }
    let name = page.word(name);
    match password {
        Some(Sourced { value: Password::Clear(secret), origin }) => {
            let secret = page.word(secret.expose());
            page.line(*origin, format_args!("username {name} password plain {secret} {role}"));
        }
        Some(Sourced { value: Password::Locked(_), origin }) => {
            page.lose(*origin, "only the appliance knows this password: set it anew");
        }
        None => page.lose(*origin, "on an IX every user has a password"),
    }
}
