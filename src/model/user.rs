//! Users of the router, and what they may do.

use std::collections::BTreeMap;

use crate::types::{Role, Secret, Sourced};

/// All who may come in, and the passwords that belong to nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Users {
    /// Users by name (`username`, `login user`).
    pub by_name: BTreeMap<String, Sourced<User>>,
    /// What makes a user an administrator (RTX `administrator password`).
    pub administrator_password: Option<Sourced<Password>>,
    /// The password of those without a name (RTX `login password`).
    pub login_password: Option<Sourced<Password>>,
}

/// One user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// What they may do as soon as they are in; `None`: they are not let in.
    pub role: Option<Sourced<Role>>,
    /// Whether the administrator's password makes them an administrator (RTX).
    pub may_rise: bool,
    /// The password; without one, only another proof lets them in.
    pub password: Option<Sourced<Password>>,
}

/// A password as a line gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Password {
    /// In clear.
    Clear(Secret),
    /// Hashed or encrypted by an appliance. Nobody can log in with it: only the vendor knows how
    /// to check it.
    Locked(Secret),
}
