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

pub fn timezone(dialect: Dialect) -> impl Strategy<Value = Option<Sourced<Zone>>> {
    let zone = (-14 * 60..=14 * 60i16).prop_map(|minutes| line(Zone(minutes)));
    option::of(zone)
        .prop_filter("an IX is not asked yet", move |zone| dialect == Dialect::Rtx || zone.is_none())
}

pub fn users(dialect: Dialect) -> impl Strategy<Value = Users> {
    let most = if dialect == Dialect::Rtx { 4 } else { 1 };
    btree_map("[a-z0-9]{1,8}", user().prop_map(line), 0..most)
        .prop_map(|by_name| Users { by_name, ..Users::default() })
}

fn user() -> impl Strategy<Value = User> {
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
    let more = subsequence(vec![Severity::Notice, Severity::Info, Severity::Debug], 0..=3);
    let all = more.prop_map(|more| {
        let always = [Severity::Error, Severity::Warn];
        line(always.into_iter().chain(more).collect::<BTreeSet<_>>())
    });
    option::of(all).prop_map(move |severities| match dialect {
        Dialect::Ix => Logging::default(),
        Dialect::Rtx => Logging { severities, ..Logging::default() },
    })
}
