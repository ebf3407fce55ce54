//! Sessions that filters follow.
//!
//! The rule that lets the first packet of a session through writes the number of its interface
//! into the mark of the connection (see [`mark`]): beside the number, whether the packet came in
//! there or went out. The filters of that interface begin with rules that let such connections
//! pass, whatever else they say. What a helper of the kernel finds out of further connections
//! inherits the mark, so these pass too; errors about a session bear its mark in any case.

use super::{Direction, INBOUND, OUTBOUND, Place, filters, packets};
use crate::apply::firewall::{Change, Firewall, Match, Object, Rule, Verdict, mark};
use crate::model::Interface;
use crate::model::filter::{self, Action, Application, Filter};
use crate::types::{LineId, Sourced};

/// The sessions of an interface whose filters follow some.
pub(super) struct Tracker {
    /// Its number, as it stands in the mark of a session that came in here first.
    came_in: Option<u32>,
    /// The same for a session that went out first.
    went_out: Option<u32>,
    /// The first line that asks for it.
    origin: LineId,
}

impl Tracker {
    /// `Ok(None)` for an interface that follows none; `number` is the last one taken.
    pub(super) fn of(interface: &Interface, number: &mut u32) -> Result<Option<Self>, &'static str> {
        let following = filters(interface)
            .filter_map(|(_, direction, filter)| Some((direction.name, first_line(filter)?)));
        let (directions, lines): (Vec<_>, Vec<_>) = following.unzip();
        let Some(&origin) = lines.first() else { return Ok(None) };
        *number += 1;
        let place = |direction: Direction, mask| {
            let placed = mark::placed(mask, *number).ok_or(TOO_MANY)?;
            Ok::<_, &'static str>(directions.contains(&direction.name).then_some(placed))
        };
        let came_in = place(INBOUND, mark::OPENED_IN)?;
        let went_out = place(OUTBOUND, mark::OPENED_OUT)?;
        Ok(Some(Self { came_in, went_out, origin }))
    }

    /// The rules that let followed sessions pass, in both directions.
    pub(super) fn passes(&self, chain: &str) -> impl Iterator<Item = Rule> {
        let marks = [(mark::OPENED_IN, self.came_in), (mark::OPENED_OUT, self.went_out)];
        marks.into_iter().filter_map(move |(mask, value)| {
            let matches = vec![Match::ConnectionMark { mask, value: value? }];
            Some(Rule::new(matches, Verdict::Return, self.origin).counted(chain))
        })
    }

    /// The rule that lets the first packet of a session through and follows it.
    pub(super) fn open(
        &self,
        place: &Place<'_>,
        mut matches: Vec<Match>,
        application: Option<Application>,
        origin: LineId,
        firewall: &mut Firewall,
    ) -> Rule {
        // What goes back belongs to a session of the other side.
        matches.insert(0, Match::Original);
        let (mask, number) = match place.direction.name == INBOUND.name {
            true => (mark::OPENED_IN, self.came_in),
            false => (mark::OPENED_OUT, self.went_out),
        };
        let set = mark::OURS | number.unwrap_or_default();
        let mut changes = vec![Change::ConnectionMark { keep: !(mark::OURS_MASK | mask), set }];
        if let Some(helper) = application.map(helper) {
            let name = helper.name("helper");
            changes.push(Change::Helper(name.clone()));
            firewall.objects.insert(name, helper);
        }
        Rule { changes, ..Rule::new(matches, Verdict::Return, origin) }
    }

    /// The chain for what the rules of a filter passed.
    pub(super) fn follow_passed(
        &self,
        place: &Place<'_>,
        filter: &Filter,
        chain: &str,
        firewall: &mut Firewall,
    ) {
        let mut rules = Vec::new();
        for followed in &filter.followed {
            let Some(matches) = packets::matches(&followed.first, place.family) else { continue };
            let rule = self.open(place, matches, followed.application, followed.origin, firewall);
            rules.push(Rule { log: followed.log, ..rule }.counted(chain));
        }
        firewall.add_open_chain(chain, rules);
    }
}

const TOO_MANY: &str = "no more than 255 interfaces can follow sessions";

/// The first line of a filter that follows sessions.
fn first_line(filter: &Filter) -> Option<LineId> {
    let follows = |rule: &&Sourced<filter::Rule>| matches!(rule.action, Action::Follow { .. });
    let rule = filter.rules.iter().find(follows).map(|rule| rule.origin);
    rule.or_else(|| filter.followed.first().map(|followed| followed.origin))
}

/// What reads the sessions of an application.
fn helper(application: Application) -> Object {
    let (application, protocol) = match application {
        Application::Ftp => ("ftp", TCP),
        Application::Tftp => ("tftp", UDP),
        Application::Sip => ("sip", UDP),
        Application::Pptp => ("pptp", TCP),
        Application::H323 => ("Q.931", TCP),
    };
    Object::Helper { application: application.to_owned(), protocol }
}

const TCP: u8 = 6;
const UDP: u8 = 17;
