//! Who may do what: the role of the user at the other end of the socket.
//!
//! The kernel says which user that is. root, and the user whose daemon this is, administer the
//! router. A user of that name in the configuration (`username`, `login user`) has the role that
//! it gives. Others who are in the Linux groups `tsuji-operator` and `tsuji-monitor` may look at
//! the router; all else are turned away.

use std::ffi::CString;

use nix::unistd::{Gid, Group, Uid, User, geteuid, getgrouplist};

use crate::model::user::Users;
use crate::status::login::Connection;
use crate::types::Role;

/// Who sits at a console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The user's name in Linux, or the number where it has none.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The network connection by which they came; `None`: they sit at the machine.
    pub connection: Option<Connection>,
}

/// The Linux groups that stand for a role, the more powerful first.
const GROUPS: [(&str, Role); 2] = [("tsuji-operator", Role::Operator), ("tsuji-monitor", Role::Monitor)];

/// The group that may reach the socket at all.
pub const SOCKET_GROUP: &str = "tsuji";

/// The operator behind these credentials, by the users of the configuration; `None`: turn them away.
pub fn admit(uid: u32, gid: u32, users: &Users) -> Option<Operator> {
    let uid = Uid::from_raw(uid);
    let user = User::from_uid(uid).ok().flatten();
    let name = user.map_or_else(|| uid.to_string(), |user| user.name);
    let role = if uid.is_root() || uid == geteuid() {
        Role::Administrator
    } else if let Some(user) = users.by_name.get(&name) {
        user.role?.value
    } else {
        role_of(&groups(&name, Gid::from_raw(gid)))?
    };
    Some(Operator { name, role, connection: None })
}

fn role_of(groups: &[String]) -> Option<Role> {
    GROUPS.into_iter().find(|(group, _)| groups.iter().any(|name| name == group)).map(|(_, role)| role)
}

/// The names of all groups that a user is in.
fn groups(user: &str, primary: Gid) -> Vec<String> {
    let ids = CString::new(user).ok().and_then(|user| getgrouplist(&user, primary).ok());
    let ids = ids.unwrap_or_else(|| vec![primary]);
    ids.into_iter().filter_map(|id| Group::from_gid(id).ok().flatten()).map(|group| group.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{LineId, Sourced};

    #[test]
    fn the_owner_of_the_daemon_administers_it() {
        let own = geteuid().as_raw();
        assert_eq!(admit(own, 0, &Users::default()).unwrap().role, Role::Administrator);
        assert_eq!(admit(0, 0, &Users::default()).unwrap().role, Role::Administrator);
    }

    #[test]
    fn strangers_are_turned_away() {
        // No user has this number, so it is in no group.
        assert_eq!(admit(3_999_999_999, 3_999_999_999, &Users::default()), None);
    }

    #[test]
    fn the_configuration_gives_roles() {
        // A user of this number has no name in Linux, so the number stands for it.
        let role = |role: Option<Role>| {
            let role = role.map(|role| Sourced::new(role, LineId(1)));
            let user = crate::model::user::User { role, may_rise: false, password: None };
            let by_name = [("3999999999".to_owned(), Sourced::new(user, LineId(1)))].into();
            let users = Users { by_name, ..Users::default() };
            admit(3_999_999_999, 3_999_999_999, &users).map(|operator| operator.role)
        };
        assert_eq!(role(Some(Role::Monitor)), Some(Role::Monitor));
        assert_eq!(role(Some(Role::Administrator)), Some(Role::Administrator));
        assert_eq!(role(None), None);
    }

    #[test]
    fn the_more_powerful_group_counts() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(role_of(&names(&["tsuji-monitor", "tsuji-operator"])), Some(Role::Operator));
        assert_eq!(role_of(&names(&["users", "tsuji-monitor"])), Some(Role::Monitor));
        assert_eq!(role_of(&names(&["tsuji"])), None);
    }
}
