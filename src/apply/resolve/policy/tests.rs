//! Policies, and what becomes of them in two towns: one with a way out, one with two.

use std::collections::{BTreeMap, BTreeSet};

use crate::apply::resolve::{Resolved, resolve};
use crate::apply::state::{MAIN_TABLE, State};
use crate::model::addr::Ipv4Source;
use crate::model::filter::{Action, Packets, Rule};
use crate::model::link::{Link, PortTie};
use crate::model::policy::{Choice, Dropped, Hop, Policy, Way};
use crate::model::route::{Gateway, NextHop, Route};
use crate::model::{Interface, Model};
use crate::status::Facts;
use crate::types::{InterfaceName, KernelName, LineId, Port, Sourced};

fn line<T>(value: T) -> Sourced<T> {
    Sourced::new(value, LineId(1))
}

fn port(number: u8) -> InterfaceName {
    InterfaceName::Port(Port::giga_ethernet(number).unwrap())
}

/// Uplinks 0 and 2, the LAN at 1; the default route leads to 0.
fn model() -> Model {
    let mut model = Model::default();
    let networks = ["198.51.100.10/24", "192.168.0.254/24", "192.0.2.10/24"];
    for (number, network) in (0..).zip(networks) {
        let device: KernelName = format!("eth{number}").parse().unwrap();
        let InterfaceName::Port(it) = port(number) else { unreachable!() };
        model.ports.insert(it, PortTie { devices: vec![line(device)] });
        let mut interface =
            Interface { link: Link { enabled: Some(line(true)), ..Link::default() }, ..Interface::default() };
        interface.addr.ipv4 = Some(line(Ipv4Source::Static(network.parse().unwrap())));
        model.interfaces.insert(port(number), interface);
    }
    model.routes.push(default_route(vec![gateway("198.51.100.1", None)]));
    model
}

fn default_route(gateways: Vec<Sourced<Gateway>>) -> Sourced<Route> {
    line(Route { prefix: "0.0.0.0/0".parse().unwrap(), distance: 1, metric: 1, gateways })
}

fn gateway(router: &str, filter: Option<Vec<Sourced<Rule>>>) -> Sourced<Gateway> {
    line(Gateway { filter, ..Gateway::plain(NextHop::Router(router.parse().unwrap())) })
}

fn rule(action: Action) -> Sourced<Rule> {
    line(Rule { action, log: false, packets: Packets::default() })
}

/// Everything that the LAN sends goes by these.
fn with_policy(way: Way) -> Model {
    let mut model = model();
    let rules = Some(vec![rule(Action::Drop), rule(Action::Pass)]);
    let choice = Choice { rules, dropped: Dropped::Passed, way, monitor: None };
    let policy = Policy { choices: vec![Sourced::new(choice, LineId(2))] };
    model.interfaces.entry(port(1)).or_default().policy.ipv4 = Some(policy);
    model
}

fn silent(device: &str) -> Facts {
    Facts { silent: [device.parse().unwrap()].into(), ..Facts::default() }
}

/// The routes of each table but the main one, by what leads to it.
fn tables(state: &State) -> BTreeMap<u32, Vec<String>> {
    let mut tables = BTreeMap::new();
    for (key, target) in state.routes.iter().filter(|(key, _)| key.table != MAIN_TABLE) {
        let routes: &mut Vec<String> = tables.entry(key.table).or_default();
        routes.push(format!("{} {:?}", key.prefix, target.value));
    }
    tables
}

fn chain(state: &State, name: &str) -> Vec<String> {
    let firewall = state.firewall.as_ref().unwrap();
    firewall.chains.get(name).map_or(vec![], |chain| chain.rules.iter().map(ToString::to_string).collect())
}

#[test]
fn one_way_out_needs_no_marks() {
    let Resolved { state, .. } = resolve(&model(), &Facts::default());
    assert_eq!((&state.firewall, state.rules.len()), (&None, 0));
    assert!(tables(&state).is_empty());
}

#[test]
fn a_policy_marks_what_its_rules_pass_and_answers_leave_where_they_came_from() {
    let model = with_policy(Way::Hops(vec![Hop::Interface(port(2))]));
    let Resolved { state, held } = resolve(&model, &Facts::default());
    assert_eq!(held, []);
    let classify = chain(&state, "classify");
    assert_eq!(classify.len(), 5, "{classify:#?}");
    assert!(classify[0].starts_with("iifname \"eth0\" ct state new ct mark set"), "{}", classify[0]);
    assert!(classify[2].starts_with("ct direction reply ct mark & 0xff0000ff =="), "{}", classify[2]);
    assert_eq!(classify[4], "iifname \"eth1\" meta nfproto ipv4 jump ge1-policy");
    assert_eq!(chain(&state, "ge1-policy"), ["jump ge1-policy-1"]);
    let choice = chain(&state, "ge1-policy-1");
    assert_eq!(choice[0], "return");
    assert!(choice[1].ends_with("accept") && choice[1].contains("meta mark set 0x740000"), "{}", choice[1]);
    assert_eq!(chain(&state, "classify-own").len(), 2);
    assert_eq!(state.rules.len(), 2);
    assert_eq!(state.sysctls["net.ipv4.conf.eth2.rp_filter"].value, "2");

    // The second uplink is known by its policy alone: packets go straight out.
    let by_two = tables(&state).into_values().find(|routes| routes.iter().any(|it| it.contains("eth2")));
    let straight = ["0.0.0.0/0 Link(eth2)", "192.0.2.0/24 Link(eth2)"];
    assert_eq!(by_two.unwrap(), straight);
}

#[test]
fn an_uplink_s_table_has_the_router_of_its_best_default_route() {
    let mut model = with_policy(Way::Hops(vec![Hop::Interface(port(2))]));
    for (router, distance) in [("192.0.2.2", 200), ("192.0.2.1", 100)] {
        let mut route = default_route(vec![gateway(router, None)]);
        route.value.distance = distance;
        model.routes.push(route);
    }
    let Resolved { state, .. } = resolve(&model, &Facts::default());
    let routes = tables(&state).into_values().flatten().collect::<Vec<_>>();
    let best = "0.0.0.0/0 Via { gateway: 192.0.2.1, link: Some(eth2) }";
    assert!(routes.iter().any(|route| route == best), "{routes:#?}");
}

#[test]
fn a_link_without_carrier_empties_its_table_and_changes_no_rule() {
    let model = with_policy(Way::Hops(vec![Hop::Interface(port(2))]));
    let up = resolve(&model, &Facts::default()).state;
    let down = resolve(&model, &silent("eth2")).state;
    assert_eq!((&up.firewall, &up.rules), (&down.firewall, &down.rules));
    assert!(tables(&down).values().flatten().all(|route| !route.contains("eth2")));
    assert_eq!(tables(&down).len() + 1, tables(&up).len());
}

#[test]
fn of_several_hops_the_first_that_is_up_is_taken_and_none_means_the_routes() {
    let router = |text: &str| Hop::Router(text.parse().unwrap());
    let hops = vec![router("192.0.2.9"), router("198.51.100.9")];
    let taken = |facts: &Facts| {
        let resolved = resolve(&with_policy(Way::Hops(hops.clone())), facts);
        // The table of the way, and that of the uplink where no default route names a router.
        let routes: BTreeSet<String> = tables(&resolved.state).into_values().flatten().collect();
        let nine = routes.into_iter().filter(|route| route.contains(".9, ")).collect::<Vec<_>>();
        (nine, resolved.held)
    };
    let via =
        |router: &str, link: &str| vec![format!("0.0.0.0/0 Via {{ gateway: {router}, link: Some({link}) }}")];
    assert_eq!(taken(&Facts::default()).0, via("192.0.2.9", "eth2"));
    assert_eq!(taken(&silent("eth2")).0, via("198.51.100.9", "eth0"));
    let mut both = silent("eth2");
    both.silent.insert("eth0".parse().unwrap());
    let (none, held) = taken(&both);
    assert_eq!(none, Vec::<String>::new());
    assert!(held.iter().any(|(_, reason)| reason == "no way out that it names can be used"), "{held:?}");
}

#[test]
fn a_last_resort_asks_the_main_table_first() {
    let model = with_policy(Way::LastResort(vec![Hop::Interface(port(2))]));
    let state = resolve(&model, &Facts::default()).state;
    let main: Vec<_> = state.rules.keys().filter(|rule| rule.table == MAIN_TABLE).collect();
    assert_eq!(main.len(), 1);
    assert_eq!((main[0].longer_than, main[0].priority), (Some(0), 11600));
}

#[test]
fn a_filter_s_gateway_stays_though_its_link_is_down_unless_it_hides() {
    let mut model = model();
    let some = || Some(vec![rule(Action::Pass)]);
    model.routes = vec![default_route(vec![gateway("192.0.2.1", some()), gateway("198.51.100.1", None)])];
    let state = resolve(&model, &silent("eth2")).state;
    assert_eq!(chain(&state, "to-0.0.0.0/0").len(), 2);
    let dropped = tables(&state).into_values().flatten().any(|route| route == "0.0.0.0/0 Blackhole");
    assert!(dropped);

    model.routes[0].value.gateways[0].value.hide = true;
    let state = resolve(&model, &silent("eth2")).state;
    assert_eq!(chain(&state, "to-0.0.0.0/0"), ["accept"]);
    let state = resolve(&model, &Facts::default()).state;
    assert_eq!(chain(&state, "to-0.0.0.0/0").len(), 2);
}

/// Tables up to this one are those of uplinks.
const LAST_UPLINK: u32 = 11600 + 255;

#[test]
fn a_way_keeps_its_number_whatever_comes_before_it() {
    let tables = |hops: &[&str]| {
        let mut model = with_policy(Way::Hops(vec![Hop::Router("192.0.2.9".parse().unwrap())]));
        let policy = model.interfaces.entry(port(1)).or_default().policy.ipv4.as_mut().unwrap();
        for router in hops {
            let way = Way::Hops(vec![Hop::Router(router.parse().unwrap())]);
            let choice = Choice { way, ..policy.choices[0].value.clone() };
            policy.choices.insert(0, line(choice));
        }
        let state = resolve(&model, &Facts::default()).state;
        let ways = tables(&state).into_iter().filter(|(table, _)| *table > LAST_UPLINK);
        let found = ways.into_iter().find(|(_, routes)| routes[0].contains("192.0.2.9"));
        found.map(|(table, _)| table)
    };
    assert_eq!(tables(&[]), tables(&["192.0.2.7", "192.0.2.8"]));
    assert!(tables(&[]).is_some());
}
