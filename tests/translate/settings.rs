//! Any users, log and time zone that the lines of a dialect can ask for.

use std::collections::BTreeSet;

use proptest::collection::btree_map;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tsuji::model::log::Logging;
use tsuji::model::user::{Password, User, Users};
use tsuji::types::{Dialect, LineId, Role, Secret, Severity, Sourced, Zone};

fn line<T>(value: T) -> Sourced<T> {
    Sourced::new(value, LineId(1))
}

pub fn timezone() -> impl Strategy<Value = Option<Sourced<Zone>>> {
    option::of((-14 * 60..=14 * 60i16).prop_map(|minutes| line(Zone(minutes))))
}

pub fn users(dialect: Dialect) -> impl Strategy<Value = Users> {
    let user = match dialect {
        Dialect::Ix => ix_user().boxed(),
        Dialect::Rtx => rtx_user().boxed(),
    };
    btree_map("[a-z0-9]{1,8}", user.prop_map(line), 0..4)
        .prop_map(|by_name| Users { by_name, ..Users::default() })
}

fn ix_user() -> impl Strategy<Value = User> {
    let role = select(vec![Role::Monitor, Role::Operator, Role::Administrator]);
    (role, "[2-9][!#-~]{0,8}").prop_map(|(role, password)| User {
        role: Some(line(role)),
        may_rise: false,
        password: Some(line(Password::Clear(Secret::new(password)))),
    })
}

fn rtx_user() -> impl Strategy<Value = User> {
    let roles =
        vec![(None, false), (None, true), (Some(Role::Operator), false), (Some(Role::Operator), true)];
    let roles = select([roles, vec![(Some(Role::Administrator), false)]].concat());
    let password = option::of("[0-9][ -~]{0,8}");
    (roles, password).prop_map(|((role, may_rise), password)| User {
        role: role.map(line),
        may_rise,
        password: password.map(|text| line(Password::Clear(Secret::new(text)))),
    })
}

pub fn logging(dialect: Dialect) -> impl Strategy<Value = Logging> {
    match dialect {
        Dialect::Ix => ix_logging().boxed(),
        Dialect::Rtx => rtx_logging().boxed(),
    }
}

fn ix_logging() -> impl Strategy<Value = Logging> {
    let severities = || {
        let first = (1..=Severity::ALL.len()).prop_map(|count| Severity::ALL.into_iter().take(count));
        first.prop_map(|severities| line(severities.collect::<BTreeSet<_>>()))
    };
    let buffer = option::of((4096..=8_388_608u32).prop_map(line));
    let subsystems = btree_map("[b-z0-9]{1,4}", severities(), 0..3);
    (buffer, option::of(severities()), subsystems).prop_map(|(buffer, severities, subsystems)| Logging {
        buffer,
        severities,
        subsystems,
        ..Logging::default()
    })
}

fn rtx_logging() -> impl Strategy<Value = Logging> {
    let more = subsequence(vec![Severity::Notice, Severity::Info, Severity::Debug], 0..=3);
    let all = more.prop_map(|more| {
        let always = [Severity::Error, Severity::Warn];
        line(always.into_iter().chain(more).collect::<BTreeSet<_>>())
    });
    option::of(all).prop_map(|severities| Logging { severities, ..Logging::default() })
}
