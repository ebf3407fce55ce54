//! What a line asks the daemon to do, free of dialect.

use super::question::Account;
use super::translation::{View, Which};
use crate::config::Number;
use crate::daemon::router::{Question, Rearrange};
use crate::language::command::Command;
use crate::language::syntax::Rule;
use crate::types::{Character, Dialect, InterfaceName};

/// Something to do that is no configuration line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Enter configuration mode, or return to its outermost level.
    Configure,
    /// Become administrator.
    Administrator,
    /// Ask for a new password, twice.
    ChangePassword(Account),
    /// Leave the mode, the level, or the console; save first if wanted.
    Exit {
        /// `exit save`.
        save: bool,
    },
    /// Leave configuration mode from anywhere.
    End,
    /// Leave the context (`pp select none`).
    CloseContext,
    /// Apply the candidate, and keep it.
    Commit,
    /// Show what a commit would do.
    CommitCheck,
    /// Apply the candidate for some minutes.
    CommitConfirmed(u32),
    /// Apply the candidate, and keep it whomever it cuts off.
    CommitNow,
    /// Apply the candidate, and say in the history what it is for.
    CommitComment(String),
    /// Keep what was committed for some minutes.
    Confirm,
    /// Make an earlier configuration the candidate.
    Rollback(usize),
    /// Make the saved configuration run.
    Load(Load),
    /// Forget what is not committed.
    Discard,
    /// Show what is not committed.
    Compare,
    /// Take in what others have committed.
    Update,
    /// Commit what is not committed, and write the startup configuration.
    Save {
        /// `copy running-config startup-config`, which says more.
        copy: bool,
    },
    /// Save under a number, copy, delete or choose saved configurations.
    Rearrange(Rearrange),
    /// Apply each line as it is typed.
    Immediate(bool),
    /// Speak the other command line.
    SpeakDialect(Dialect),
    /// Show that many rows at a time; 0: all.
    PageLength(u16),
    /// The language of messages, and their encoding.
    Speak(Character),
    /// The screen has that many columns.
    PageWidth(u16),
    /// Have the kernel forget translated flows.
    ForgetTranslations(Which),
    /// Show something.
    Show(Show),
    /// Show something page by page.
    Less(Show),
}

/// What an RTX is to load, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// The number of a saved configuration; `None`: a file.
    pub number: Option<Number>,
    /// Only what it has and the running one has not.
    pub difference: bool,
    /// For how many minutes it runs unless it is confirmed.
    pub trial: Option<u32>,
}

/// Something to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Show {
    /// The running configuration.
    Running,
    /// The startup configuration.
    Startup,
    /// A saved configuration.
    Saved(Number),
    /// The list of saved configurations.
    SavedList,
    /// The contexts of one kind (`pp`, `tunnel`) in the running configuration: those with these
    /// numbers, or all.
    Contexts {
        /// The word that opens them.
        kind: &'static str,
        /// Their names.
        names: Option<String>,
    },
    /// What program this is, and since when it runs.
    Version,
    /// How long it has been running.
    Uptime,
    /// The time on the wall.
    Clock,
    /// The candidate.
    Candidate,
    /// What is not saved.
    Difference,
    /// IPv4 routes.
    IpRoute,
    /// IPv6 routes.
    Ipv6Route,
    /// The addresses of one interface, or of all.
    IpInterface(Option<InterfaceName>),
    /// The links of one interface, or of all.
    Interfaces(Option<InterfaceName>),
    /// Filters, and how often their lines matched.
    Filters(Filtering),
    /// The lines of access lists, and how often they matched.
    AccessLists {
        /// Only this one.
        name: Option<String>,
        /// Those of IPv6.
        is_ipv6: bool,
    },
    /// Hosts on the links, of one IP version.
    Neighbours {
        /// IPv6 instead of IPv4.
        ipv6: bool,
        /// Of one interface only.
        interface: Option<InterfaceName>,
    },
    /// The log.
    Logging {
        /// The newest first.
        reverse: bool,
    },
    /// What is translated.
    Translations(Which, View),
    /// Earlier configurations.
    History,
    /// What is not in force since the start.
    Boot,
    /// Where Linux differs from what was asked.
    Drift,
    /// What becomes of a packet.
    Packet(Question),
}

/// Which filters to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filtering {
    /// Those of one interface.
    pub interface: Option<InterfaceName>,
    /// Those of one direction.
    pub is_inbound: Option<bool>,
    /// Those of IPv6.
    pub is_ipv6: bool,
}

impl Action {
    /// Whether it changes more than the session itself.
    pub fn is_for_administrators(&self) -> bool {
        match self {
            Self::Configure
            | Self::ChangePassword(_)
            | Self::Commit
            | Self::CommitCheck
            | Self::CommitConfirmed(_)
            | Self::CommitNow
            | Self::CommitComment(_)
            | Self::Confirm
            | Self::Rollback(_)
            | Self::Load(_)
            | Self::Discard
            | Self::Compare
            | Self::Update
            | Self::Save { .. }
            | Self::Rearrange(_)
            | Self::Immediate(_)
            | Self::ForgetTranslations(_)
            | Self::Exit { save: true } => true,
            // Whoever may rise is asked for a password there.
            Self::Administrator
            | Self::Exit { save: false }
            | Self::End
            | Self::CloseContext
            | Self::SpeakDialect(_)
            | Self::PageLength(_)
            | Self::Speak(_)
            | Self::PageWidth(_)
            | Self::Show(_)
            | Self::Less(_) => false,
        }
    }

    /// What a command asks for; `None` for one that only configures.
    pub fn of(command: &Command) -> Option<Self> {
        let number = |tag| command.value(tag).and_then(|text| text.parse().ok());
        let interface = || command.value("interface").and_then(|name| name.parse().ok());
        Some(match command.rule {
            Rule::ix_configure => Self::Configure,
            Rule::ix_exit => Self::Exit { save: false },
            Rule::rtx_exit => Self::Exit { save: command.has("save") },
            Rule::ix_end => Self::End,
            Rule::rtx_pp_select_none | Rule::rtx_tunnel_select_none => Self::CloseContext,
            Rule::rtx_administrator => Self::Administrator,
            Rule::rtx_login_password_ask => Self::ChangePassword(Account::Login),
            Rule::rtx_administrator_password_ask => Self::ChangePassword(Account::Administrator),
            Rule::commit => Self::Commit,
            Rule::commit_now => Self::CommitNow,
            Rule::commit_comment => Self::CommitComment(command.value("comment")?.into_owned()),
            Rule::commit_check => Self::CommitCheck,
            Rule::commit_confirmed => Self::CommitConfirmed(number("minutes")?),
            Rule::rtx_confirm => Self::Confirm,
            Rule::rollback => Self::Rollback(command.value("revision")?.parse().ok()?),
            Rule::rtx_load => Self::Load(Load::of(command)?),
            Rule::discard => Self::Discard,
            Rule::compare => Self::Compare,
            Rule::update => Self::Update,
            Rule::ix_write_memory | Rule::rtx_save => Self::Save { copy: false },
            Rule::ix_copy_running => Self::Save { copy: true },
            Rule::rtx_save_number
            | Rule::rtx_copy_config
            | Rule::rtx_delete_config
            | Rule::rtx_set_default_config => Self::Rearrange(rearrange(command)?),
            Rule::set_immediate => Self::Immediate(command.value("state").is_some_and(|state| state == "on")),
            Rule::terminal_dialect => Self::SpeakDialect(command.value("dialect")?.parse().ok()?),
            Rule::ix_terminal_length => Self::PageLength(command.value("lines")?.parse().ok()?),
            Rule::rtx_console_lines => {
                Self::PageLength(command.value("lines").and_then(|text| text.parse().ok()).unwrap_or(0))
            }
            Rule::rtx_console_character => Self::Speak(command.value("code")?.parse().ok()?),
            Rule::ix_terminal_width | Rule::rtx_console_columns => {
                Self::PageWidth(command.value("columns")?.parse().ok()?)
            }
            Rule::ix_clear_ip_napt_translation
            | Rule::rtx_clear_nat_dynamic
            | Rule::rtx_clear_nat_interface_dynamic => Self::ForgetTranslations(which(command)?),
            Rule::rtx_less_config | Rule::rtx_less_log => Self::Less(Show::of(command, interface)?),
            _ => Self::Show(Show::of(command, interface)?),
        })
    }
}

fn rearrange(command: &Command) -> Option<Rearrange> {
    let number = |tag| command.value(tag)?.parse().ok();
    Some(match command.rule {
        Rule::rtx_save_number => {
            let comment = command.value("comment").unwrap_or_default().into_owned();
            Rearrange::Save { number: number("number")?, comment }
        }
        Rule::rtx_copy_config => Rearrange::Copy { from: number("from")?, to: number("to")? },
        Rule::rtx_delete_config => Rearrange::Delete(number("number")?),
        Rule::rtx_set_default_config => Rearrange::SetDefault(number("number")?),
        _ => return None,
    })
}

/// The packet that `explain packet` asks for.
fn explained(command: &Command) -> Option<Question> {
    let protocol = match command.value("protocol")?.to_ascii_lowercase().as_str() {
        "icmp" => 1,
        "tcp" => 6,
        "udp" => 17,
        "icmpv6" => 58,
        number => number.parse().ok()?,
    };
    let port = match command.value("port") {
        Some(number) => Some(number.parse().ok()?),
        None => None,
    };
    let received_by = match command.value("interface") {
        Some(name) => Some(name.parse().ok()?),
        None => None,
    };
    Some(Question {
        source: command.value("source")?.parse().ok()?,
        destination: command.value("destination")?.parse().ok()?,
        protocol,
        port,
        received_by,
        dialect: command.dialect,
    })
}

/// The translations that a command is about; `None` where it names an interface that is none.
fn which(command: &Command) -> Option<Which> {
    let interface = match command.value("interface") {
        Some(name) => Some(name.parse().ok()?),
        None => None,
    };
    let number = command.value("number").and_then(|number| number.parse().ok());
    Some(Which { interface, number })
}

impl Load {
    fn of(command: &Command) -> Option<Self> {
        let seconds = |text: &str| text.strip_prefix("rollback-timer=")?.parse::<u32>().ok();
        let trial = match command.value("timer") {
            Some(timer) => Some(seconds(&timer)?.div_ceil(60)),
            None => None,
        };
        let number = command.value("file")?.parse().ok();
        Some(Self { number, difference: command.has("difference"), trial })
    }
}

impl Show {
    fn of(command: &Command, interface: impl Fn() -> Option<InterfaceName>) -> Option<Self> {
        let names = |tag| command.value(tag).map(|names| names.into_owned());
        Some(match command.rule {
            Rule::rtx_show_config_number => Self::Saved(command.value("number")?.parse().ok()?),
            Rule::rtx_show_config_list => Self::SavedList,
            Rule::rtx_show_config_pp => Self::Contexts { kind: "pp", names: names("pp") },
            Rule::rtx_show_config_tunnel => Self::Contexts { kind: "tunnel", names: names("tunnel") },
            Rule::rtx_less_config => match (command.value("number"), names("pp"), names("tunnel")) {
                (Some(number), ..) => Self::Saved(number.parse().ok()?),
                (None, pp, _) if command.has("pp") => Self::Contexts { kind: "pp", names: pp },
                (None, _, tunnel) if command.has("tunnel") => {
                    Self::Contexts { kind: "tunnel", names: tunnel }
                }
                _ if command.has("list") => Self::SavedList,
                _ => Self::Running,
            },
            Rule::rtx_less_log => Self::Logging { reverse: command.has("reverse") },
            Rule::ix_show_running | Rule::rtx_show_config => Self::Running,
            Rule::ix_show_startup => Self::Startup,
            Rule::ix_show_version => Self::Version,
            Rule::ix_show_uptime => Self::Uptime,
            Rule::ix_show_clock => Self::Clock,
            Rule::show_candidate => Self::Candidate,
            Rule::rtx_show_config_difference => Self::Difference,
            Rule::ix_show_ip_route | Rule::rtx_show_ip_route => Self::IpRoute,
            Rule::ix_show_ipv6_route | Rule::rtx_show_ipv6_route => Self::Ipv6Route,
            Rule::ix_show_arp | Rule::rtx_show_arp => {
                Self::Neighbours { ipv6: false, interface: interface() }
            }
            Rule::ix_show_ipv6_neighbors => Self::Neighbours { ipv6: true, interface: interface() },
            Rule::ix_show_ip_interface => Self::IpInterface(interface()),
            Rule::ix_show_interfaces | Rule::rtx_show_status => Self::Interfaces(interface()),
            Rule::ix_show_ip_filter | Rule::ix_show_ipv6_filter | Rule::rtx_show_secure_filter => {
                Self::Filters(Filtering {
                    interface: interface(),
                    is_inbound: command.value("direction").map(|direction| direction == "in"),
                    is_ipv6: command.has("ipv6"),
                })
            }
            Rule::ix_show_ip_access_list | Rule::ix_show_ipv6_access_list => {
                Self::AccessLists { name: names("list"), is_ipv6: command.has("ipv6") }
            }
            Rule::ix_show_logging => Self::Logging { reverse: false },
            Rule::rtx_show_log => Self::Logging { reverse: command.has("reverse") },
            Rule::explain_packet => Self::Packet(explained(command)?),
            Rule::ix_show_ip_napt_translation => Self::Translations(which(command)?, View::Flows),
            Rule::rtx_show_nat_address | Rule::rtx_show_nat_interface_address => {
                let view = View::Addresses { detail: command.has("detail") };
                Self::Translations(which(command)?, view)
            }
            Rule::rtx_show_nat_bind => Self::Translations(which(command)?, View::Bind),
            Rule::rtx_show_nat_masquerade => Self::Translations(which(command)?, View::Summary),
            Rule::show_history => Self::History,
            Rule::show_boot => Self::Boot,
            Rule::show_drift => Self::Drift,
            _ => return None,
        })
    }
}
