//! Screens of address translation, of both appliances and as JSON.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde_json::{Value, json};

use crate::daemon::router::{MOST_FLOWS, Translated, TranslatedFlow};
use crate::model::nat::{Forward, Method, Target, Traffic};
use crate::types::{Dialect, Language};

/// How many translations an IX has room for unless a line says otherwise.
const ENTRIES: usize = 65_535;
/// How many sessions an RTX has room for unless a line says otherwise.
const SESSIONS: u32 = 65_534;

/// `show ip napt translation`: of one interface.
pub fn ix(translated: &Translated) -> String {
    let room = translated.translation.limits.total.map_or(ENTRIES, |total| total as usize);
    let mut text = format!(
        "Interface: {}\nNAPT Cache - {} entry, {} free\n",
        translated.interface,
        translated.count,
        room.saturating_sub(translated.count)
    );
    text += "Prot Inside Address:Port    Outside Address:Port   Dest Address:Port      Time\n";
    for seen in sorted(translated) {
        let TranslatedFlow { inside, outside, peer, flow, .. } = seen;
        let line = format!(
            "{:<4} {:<22} {:<22} {:<22} {:>4}",
            protocol(flow.protocol),
            with_port(inside.0, inside.1),
            with_port(outside.0, outside.1),
            with_port(peer.0, peer.1),
            flow.timeout.as_secs()
        );
        text += &format!("{line}\n");
    }
    text + &rest(translated, Language::English)
}

/// A descriptor of an RTX: its number, and what it translates.
pub struct Descriptor<'a> {
    /// The number.
    pub number: u32,
    /// The rest.
    pub translated: &'a Translated,
}

/// `show nat descriptor address`: each session only where `detail` asks for it.
pub fn rtx_address(descriptors: &[Descriptor<'_>], detail: bool, language: Language) -> String {
    let mut text = match language {
        Language::Japanese => "NAT/IPマスカレード 動作タイプ : 2\n",
        Language::English => "NAT/IP masquerade compatibility type : 2\n",
    }
    .to_owned();
    for descriptor in descriptors {
        text += &rtx_table(descriptor, detail, language);
    }
    text + &match language {
        Language::Japanese => {
            format!(
                "---------------------\n有効なNATディスクリプタテーブルが{}個ありました\n",
                descriptors.len()
            )
        }
        Language::English => {
            format!("---------------------\n{} valid NAT descriptor table(s)\n", descriptors.len())
        }
    }
}

const LINE: &str = "  -*-    -*-    -*-    -*-    -*-    -*-    -*-    -*-    -*-    -*-    -*-\n";

fn rtx_table(Descriptor { number, translated }: &Descriptor<'_>, detail: bool, language: Language) -> String {
    let word = |ja: &'static str, en: &'static str| if language == Language::Japanese { ja } else { en };
    let by_port = translated.translation.method == Method::Ports;
    let mut text = format!(
        "{} : {number}, {} : {}(1)\n{}\n",
        word("参照NATディスクリプタ", "Reference Descriptor"),
        word("適用インタフェース", "Assigned Interface"),
        translated.interface.in_dialect(Dialect::Rtx).to_ascii_uppercase(),
        if by_port {
            word("Masqueradeテーブル", "Masquerade Table")
        } else {
            word("NATテーブル", "NAT Table")
        },
    );
    for (first, last) in &translated.outside {
        let address = if first == last { first.to_string() } else { format!("{first}-{last}") };
        text += &format!("    {}: {address}\n", word("外側アドレス", "Outer address"));
    }
    if by_port {
        let sessions = match language {
            Language::Japanese => format!("{}セッション", translated.count),
            Language::English => format!("{} session.", translated.count),
        };
        let ports = ranges(&translated.translation.ports);
        text += &format!("    {}: {ports}   {sessions}\n", word("ポート範囲", "Port range"));
    }
    let statics = statics(translated);
    if detail || !statics.is_empty() {
        text += word(
            "プロトコル      内側アドレス                  宛先   マスカレード    種別\n",
            "Protocol       Inner Address           Destination     Masquerade    Type\n",
        );
        text += &statics;
    }
    if detail {
        text += &sorted(translated).into_iter().map(rtx_session).collect::<String>();
        text += &rest(translated, language);
    }
    text += LINE;
    text += word(
        "      No.       内側アドレス      セッション数          制限数         種別\n",
        "      No.              Inner   Session Count           Limit         Type\n",
    );
    let limit = translated.translation.limits.per_host.unwrap_or(SESSIONS);
    for (index, (host, count)) in translated.hosts.iter().enumerate() {
        text += &format!("{:>8} {:>18} {count:>15} {limit:>15}      dynamic\n", index + 1, host.to_string());
    }
    text
}

fn rtx_session(seen: &TranslatedFlow) -> String {
    let TranslatedFlow { inside, outside, peer, flow, .. } = seen;
    format!(
        "{:>6} {:>21} {:>22} {:>14} {:>8}  dynamic\n",
        protocol(flow.protocol).to_uppercase(),
        dotted(inside.0, inside.1),
        dotted(peer.0, peer.1),
        outside.1.map_or("*".to_owned(), |port| port.to_string()),
        flow.timeout.as_secs()
    )
}

/// Forwards and pairs.
fn statics(translated: &Translated) -> String {
    let forwards = translated.translation.forwards.iter().map(|forward| rtx_forward(forward));
    let pairs = translated.translation.pairs.iter().map(|pair| {
        format!("{:>6} {:>21} {:>22} {:>14}  static\n", "*", pair.inside, "*.*.*.*.*", pair.outside)
    });
    forwards.chain(pairs).collect()
}

fn rtx_forward(forward: &Forward) -> String {
    let host = match forward.target {
        Target::Host(host) => host.to_string(),
        Target::Router => "*.*.*.*".to_owned(),
    };
    let (number, inside, outside) = match forward.traffic {
        Traffic::Protocol(number) => (number, "*".to_owned(), "*".to_owned()),
        Traffic::Ports { protocol, first, last, inside } => {
            (protocol, range(&(inside..=inside.saturating_add(last - first))), range(&(first..=last)))
        }
    };
    let word = protocol(number).to_uppercase();
    format!("{word:>6} {:>21} {:>22} {outside:>14}  static\n", format!("{host}.{inside}"), "*.*.*.*.*")
}

/// `show nat descriptor interface bind`.
pub fn rtx_bind(descriptors: &[Descriptor<'_>], language: Language) -> String {
    let line = |Descriptor { number, translated }: &Descriptor<'_>| {
        let interface = translated.interface.in_dialect(Dialect::Rtx).to_ascii_uppercase();
        match language {
            Language::Japanese => {
                format!("NATディスクリプタ : {number}, 適用インタフェース : {interface}(1)\n")
            }
            Language::English => format!("NAT Descriptor : {number}, Assigned Interface : {interface}(1)\n"),
        }
    };
    descriptors.iter().map(line).collect()
}

/// `show nat descriptor masquerade session summary`.
pub fn rtx_summary(descriptors: &[Descriptor<'_>], language: Language) -> String {
    let mut text = match language {
        Language::Japanese => "NATディスクリプタ  インタフェース    外側アドレス  現在/最大\n",
        Language::English => "NAT Descriptor  Interface          Outer address  Current/Max\n",
    }
    .to_owned();
    for Descriptor { number, translated } in descriptors {
        let interface = translated.interface.in_dialect(Dialect::Rtx).to_ascii_uppercase();
        let outside = translated.outside.first().map_or("-".to_owned(), |(first, _)| first.to_string());
        let limit = translated.translation.limits.total.unwrap_or(SESSIONS);
        text += &format!("{number:>14}  {interface:<10} {outside:>21}  {}/{limit}\n", translated.count);
    }
    text
}

/// `[{"interface", "descriptor", "outside", "ports", "count", "hosts", "sessions": [{…}]}]`.
pub fn json(descriptors: &[Descriptor<'_>], dialect: Dialect) -> Value {
    let one = |Descriptor { number, translated }: &Descriptor<'_>| {
        let outside = translated.outside.iter().map(|(first, last)| format!("{first}-{last}"));
        let hosts = translated.hosts.iter().map(|(host, count)| json!({ "inside": host, "sessions": count }));
        let sessions = sorted(translated).into_iter().map(|seen| {
            json!({
                "protocol": seen.flow.protocol,
                "inside": seen.inside.0, "inside_port": seen.inside.1,
                "outside": seen.outside.0, "outside_port": seen.outside.1,
                "peer": seen.peer.0, "peer_port": seen.peer.1,
                "inbound": seen.is_inbound,
                "timeout": seen.flow.timeout.as_secs(),
            })
        });
        json!({
            "interface": translated.interface.in_dialect(dialect),
            "descriptor": number,
            "outside": outside.collect::<Vec<_>>(),
            "ports": ranges(&translated.translation.ports),
            "count": translated.count,
            "hosts": hosts.collect::<Vec<_>>(),
            "sessions": sessions.collect::<Vec<_>>(),
        })
    };
    descriptors.iter().map(one).collect()
}

fn sorted(translated: &Translated) -> Vec<&TranslatedFlow> {
    let mut flows: Vec<&TranslatedFlow> = translated.flows.iter().collect();
    flows.sort_by_key(|seen| (seen.flow.protocol, seen.inside, seen.peer));
    flows
}

/// How many flows are not shown.
fn rest(translated: &Translated, language: Language) -> String {
    let left = translated.count.saturating_sub(MOST_FLOWS);
    match (left, language) {
        (0, _) => String::new(),
        (left, Language::Japanese) => format!("(他 {left} 個)\n"),
        (left, Language::English) => format!("({left} more)\n"),
    }
}

/// The ports of a descriptor; all that Linux chooses from, where no line says.
fn ranges(ranges: &[RangeInclusive<u16>]) -> String {
    match ranges {
        [] => range(&(1024..=u16::MAX)),
        ranges => ranges.iter().map(range).collect::<Vec<_>>().join(", "),
    }
}

fn range(range: &RangeInclusive<u16>) -> String {
    match (range.start(), range.end()) {
        (0, &u16::MAX) => "*".to_owned(),
        (one, same) if one == same => one.to_string(),
        (first, last) => format!("{first}-{last}"),
    }
}

fn protocol(number: u8) -> String {
    match number {
        1 => "icmp".to_owned(),
        6 => "tcp".to_owned(),
        17 => "udp".to_owned(),
        47 => "gre".to_owned(),
        50 => "esp".to_owned(),
        51 => "ah".to_owned(),
        number => number.to_string(),
    }
}

fn with_port(address: impl Display, port: Option<u16>) -> String {
    port.map_or_else(|| address.to_string(), |port| format!("{address}:{port}"))
}

fn dotted(address: impl Display, port: Option<u16>) -> String {
    port.map_or_else(|| format!("{address}.*"), |port| format!("{address}.{port}"))
}

#[cfg(test)]
mod tests;
