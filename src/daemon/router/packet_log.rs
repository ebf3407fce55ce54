//! What the log says of a packet that a line of a filter logs, in the words of that line's vendor.

use std::net::{IpAddr, SocketAddr};

use super::{Router, Running};
use crate::apply::firewall::{Firewall, Rule, Verdict};
use crate::apply::kernel::Kernel;
use crate::apply::workers::Workers;
use crate::language::command::Command;
use crate::status::{Detail, LoggedPacket, Tuple};
use crate::types::{Dialect, InterfaceName};

/// The number of an IX's message of a packet that is dropped.
const BLOCK: u16 = 8;

impl<K: Kernel, W: Workers> Router<K, W> {
    /// A packet that met a filter which is gone already is not written: no line is behind it.
    pub(super) fn log_packet(&self, packet: &LoggedPacket) {
        let running = self.running();
        let firewall = self.applier.state().firewall.as_ref();
        let Some(judged) = firewall.and_then(|firewall| Judged::find(packet, firewall, &running)) else {
            return;
        };
        let number = if judged.passed { 0 } else { BLOCK };
        tracing::info!(number, "{}", judged.text(packet));
    }
}

/// What a filter did.
struct Judged<'a> {
    interface: InterfaceName,
    is_inbound: bool,
    passed: bool,
    dialect: Dialect,
    /// The line that decided, and the one that opens the context around it; `None`: no line did.
    line: Option<(Option<&'a Command>, &'a Command)>,
}

impl<'a> Judged<'a> {
    /// By the counter, which is named after its chain, which is named after interface and direction.
    fn find(packet: &LoggedPacket, firewall: &Firewall, running: &'a Running) -> Option<Self> {
        let (chain, kind) = packet.counter.rsplit_once('-')?;
        let counts = |rule: &&Rule| rule.counter.as_ref() == Some(&packet.counter);
        let rule = firewall.chains.get(chain)?.rules.iter().find(counts)?;
        let (link, direction) = chain.strip_suffix("-dynamic").unwrap_or(chain).rsplit_once('-')?;
        let mut interfaces = running.model.interfaces.keys();
        let interface = *interfaces.find(|name| name.kernel_name().as_str() == link)?;
        let line = running.tree.walk().find(|(_, line)| line.id == rule.origin);
        let line = line.map(|(context, line)| (context.map(|context| &context.command), &line.command));
        Some(Self {
            interface,
            is_inbound: direction.starts_with("in"),
            passed: !matches!(rule.verdict, Verdict::Drop | Verdict::Reset),
            dialect: line.map_or(running.dialect, |(_, command)| command.dialect),
            line: line.filter(|_| kind != "rest"),
        })
    }

    fn text(&self, packet: &LoggedPacket) -> String {
        let interface = self.interface.in_dialect(self.dialect);
        match self.dialect {
            Dialect::Ix => self.ix(&interface, packet),
            Dialect::Rtx => self.rtx(&interface.to_uppercase(), packet),
        }
    }

    /// `BLOCK tcp 192.0.2.1:1234 > 198.51.100.10:23, not match any filters, GigaEthernet0.0 in`
    fn ix(&self, interface: &str, packet: &LoggedPacket) -> String {
        let verdict = if self.passed { "PASS" } else { "BLOCK" };
        let reason = match self.line.and_then(entry) {
            Some(entry) => format!("match {entry}"),
            None => "not match any filters".to_owned(),
        };
        let direction = if self.is_inbound { "in" } else { "out" };
        let what = protocol(packet.protocol).to_lowercase();
        format!("{verdict} {what} {}, {reason}, {interface} {direction}", ends(&packet.tuple))
    }

    /// `LAN2 Rejected at IN(1012) filter: TCP 192.0.2.1:1234 > 198.51.100.10:23`, and for a session
    /// that is followed `[INSPECT] LAN2[out][1] TCP …`
    fn rtx(&self, interface: &str, packet: &LoggedPacket) -> String {
        let number = self.line.and_then(|(_, line)| line.value("number"));
        let number = number.as_deref().unwrap_or("default");
        let what = format!("{} {}", protocol(packet.protocol), ends(&packet.tuple));
        if self.line.is_some_and(|(_, line)| line.has("dynamic")) {
            let direction = if self.is_inbound { "in" } else { "out" };
            return format!("[INSPECT] {interface}[{direction}][{number}] {what}");
        }
        let verdict = if self.passed { "Passed" } else { "Rejected" };
        let direction = if self.is_inbound { "IN" } else { "OUT" };
        format!("{interface} {verdict} at {direction}({number}) filter: {what}")
    }
}

/// The access list, and the number of its entry if it has one: `web 10`.
fn entry((context, line): (Option<&Command>, &Command)) -> Option<String> {
    let list = line.value("list").or_else(|| context?.value("list"))?;
    Some([Some(list), line.value("position")].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// `192.0.2.1:1234 > 198.51.100.10:23`
fn ends(Tuple { source, destination, detail }: &Tuple) -> String {
    let with_port = |address: &IpAddr, port| SocketAddr::new(*address, port);
    match *detail {
        Detail::Ports { source: from, destination: to } => {
            format!("{} > {}", with_port(source, from), with_port(destination, to))
        }
        Detail::Icmp { kind, code, .. } => format!("{source} > {destination} : type {kind} code {code}"),
        Detail::None => format!("{source} > {destination}"),
    }
}

fn protocol(number: u8) -> String {
    let word = match number {
        1 => "ICMP",
        6 => "TCP",
        17 => "UDP",
        47 => "GRE",
        50 => "ESP",
        51 => "AH",
        58 => "ICMPv6",
        _ => return number.to_string(),
    };
    word.to_owned()
}
