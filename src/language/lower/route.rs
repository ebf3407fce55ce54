//! Static routes.
//!
//! On IX every line is one route. On RTX a line gives all routes to its network, so a network
//! that both dialects speak of must get the same routes from both.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::Problems;
use super::args::{Args, Refusal};
use crate::model::Model;
use crate::model::route::Route;
use crate::types::{Dialect, Sourced};

#[derive(Debug, Default)]
pub(super) struct Draft {
    routes: BTreeMap<(IpNet, Dialect), Vec<Sourced<Route>>>,
}

impl Draft {
    /// A route of this line.
    pub(super) fn add(&mut self, args: &Args<'_>, route: Route) {
        self.routes.entry((route.prefix, args.dialect())).or_default().push(args.sourced(route));
    }

    pub(super) fn settle(mut self, model: &mut Model, problems: &mut Problems) {
        for routes in self.routes.values_mut() {
            routes.sort();
            routes.dedup();
        }
        for (&(prefix, _), ours) in self.routes.iter().filter(|((_, dialect), _)| *dialect == Dialect::Rtx) {
            let theirs = self.routes.get(&(prefix, Dialect::Ix)).unwrap_or(ours);
            if theirs != ours
                && let (Some(line), Some(other)) = (ours.first(), theirs.first())
            {
                let what = format!("the route to {prefix}");
                problems.refuse(line.origin, Refusal::Claimed { what, by: other.origin });
            }
        }
        model.routes = self.routes.into_values().flatten().collect();
        model.routes.sort();
        model.routes.dedup();
    }
}
