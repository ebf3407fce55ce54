//! `show …`: asks for a snapshot, and prints it in the session's dialect or as JSON.

use serde_json::json;

use super::action::{Action, Show};
use super::commit::plan_text;
use super::{Answer, Session};
use crate::config::{Number, Record};
use crate::daemon::router::{Complaint, Running, wall_clock};
use crate::daemon::show::{Shown, ix, json, neighbour, pipe, rtx};
use crate::language::command::Command;
use crate::language::syntax::Syntax;
use crate::language::tree::{Line, Masking, Tree, reader};
use crate::status::{InterfaceStatus, RouteTable};
use crate::types::{Dialect, InterfaceName, Role, Zone};

/// What an appliance's `show config` says of the room for configurations.
const CONFIGURATION_ROOM: usize = 1_048_576;

impl Session {
    /// A `show` line with filters behind it.
    pub(super) async fn shown(&mut self, line: &str, filters: &[pipe::Filter]) -> Answer {
        let command = Syntax::of(self.dialect).parse(&["operation"], line);
        let command = match command {
            Ok(command) => command,
            Err(error) => return Answer::error(self.voice().syntax_error(&error)),
        };
        match Action::of(&command) {
            Some(Action::Show(what) | Action::Less(what)) => self.show(&what, filters).await,
            Some(_) => Answer::error(self.voice().error("only show commands have filters")),
            None => Answer::error(self.voice().not_run(&command)),
        }
    }

    /// Shows something through filters.
    pub(super) async fn show(&mut self, what: &Show, filters: &[pipe::Filter]) -> Answer {
        match self.collect(what).await {
            Ok(shown) => Answer::said(pipe::apply(shown, filters)),
            Err(reason) => Answer::error(self.voice().error(&reason)),
        }
    }

    async fn collect(&mut self, what: &Show) -> Result<Shown, String> {
        let running = self.running();
        match what {
            Show::Running => {
                let shown = self.configuration(&running.tree);
                Ok(Shown { text: self.configuration_header() + &shown.text, ..shown })
            }
            Show::Candidate => {
                let tree = self.candidate.as_ref().map_or(&running.tree, |candidate| &candidate.tree);
                Ok(self.configuration(tree))
            }
            Show::Version => Ok(self.version()),
            Show::Uptime => Ok(self.uptime()),
            Show::Clock => Ok(self.clock()),
            Show::Startup => self.startup().await,
            Show::Saved(number) => self.saved_configuration(*number).await,
            Show::SavedList => self.saved_list().await,
            Show::Contexts { kind, names } => Ok(self.contexts(&running, kind, names.as_deref())),
            Show::Difference => self.difference(&running).await,
            Show::IpRoute => self.routes(false).await,
            Show::Ipv6Route => self.routes(true).await,
            Show::IpInterface(name) => self.interfaces(*name, ix::ip_interface).await,
            Show::Interfaces(name) => self.interfaces(*name, ix::interfaces).await,
            Show::Filters(asked) => self.filters(asked).await,
            Show::AccessLists { name, is_ipv6 } => self.access_lists(name.as_deref(), *is_ipv6).await,
            Show::Neighbours { ipv6, interface } => self.neighbours(*ipv6, *interface).await,
            Show::Logging { reverse } => Ok(self.log(*reverse)),
            Show::Translations(which, view) => self.translations(which, *view).await,
            Show::History => self.history().await,
            Show::Boot => Ok(boot(&running)),
            Show::Drift => self.drift().await,
            Show::Packet(question) => self.explain(question).await,
        }
    }

    /// A tree in the vendor's layout; secrets only for those who may set them.
    fn configuration(&self, tree: &Tree) -> Shown {
        let lines: Vec<_> = tree
            .walk()
            .map(|(context, line)| {
                json!({
                    "dialect": line.command.dialect,
                    "context": context.map(|context| self.masking().text(&context.command)),
                    "text": self.masking().text(&line.command),
                })
            })
            .collect();
        Shown { text: tree.print(self.dialect, self.masking()), json: json!({ "lines": lines }) }
    }

    fn configuration_header(&self) -> String {
        match self.dialect {
            Dialect::Ix => ix::configuration_header(wall_clock(), self.zone()),
            Dialect::Rtx => rtx::configuration_header(wall_clock(), self.zone()),
        }
    }

    fn masking(&self) -> Masking {
        match self.operator.role {
            Role::Administrator => Masking::No,
            Role::Operator | Role::Monitor => Masking::Yes,
        }
    }

    async fn saved_configuration(&self, number: Number) -> Result<Shown, String> {
        let tree = reader::read(&self.saved_text(number).await?, Some(self.dialect)).tree;
        Ok(self.configuration(&tree))
    }

    /// The lines that select a peer or a tunnel, and those below: of the ones with these numbers
    /// (`1-3`), of the selected one, or of all.
    fn contexts(&self, running: &Running, kind: &str, names: Option<&str>) -> Shown {
        let selected = self.cursor.context().filter(|context| names.is_none() && context.has(kind));
        let name = |context: &Command| context.identity().next().map(|name| name.text.to_string());
        let wanted = |context: &Command| match (names, selected) {
            (Some(names), _) => name(context).is_some_and(|name| is_among(&name, names)),
            (None, Some(selected)) => name(context) == name(selected),
            (None, None) => true,
        };
        let is_shown =
            |line: &Line| line.command.has(kind) && line.command.has("select") && wanted(&line.command);
        let mut tree = running.tree.clone();
        for line in running.tree.lines().iter().filter(|line| !is_shown(line)) {
            tree.remove_line(line.id);
        }
        self.configuration(&tree)
    }

    async fn startup(&self) -> Result<Shown, String> {
        let text = self.startup_text().await?;
        let reading = reader::read(&text, None);
        let shown = self.configuration(&reading.tree);
        let header = format!("Using {} out of {CONFIGURATION_ROOM} bytes\n\n", text.len());
        Ok(Shown { text: header + &shown.text, ..shown })
    }

    pub(super) async fn startup_text(&self) -> Result<String, String> {
        match self.router.startup().await {
            Ok(Ok(text)) => Ok(text),
            Ok(Err(error)) => Err(error.to_string()),
            Err(stopping) => Err(stopping.to_string()),
        }
    }

    /// What `write memory` would change in the startup configuration.
    async fn difference(&self, running: &Running) -> Result<Shown, String> {
        let saved = reader::read(&self.startup_text().await?, Some(running.dialect)).tree;
        let text = saved.lines_to(&running.tree, self.masking());
        Ok(Shown { json: json::lines(&text), text })
    }

    async fn routes(&self, ipv6: bool) -> Result<Shown, String> {
        let snapshot = self.snapshot().await?;
        let table = if ipv6 { snapshot.ipv6 } else { snapshot.ipv4 };
        Ok(Shown { text: self.route_screen(&table, ipv6), json: json::routes(&table, self.dialect) })
    }

    fn route_screen(&self, table: &RouteTable, ipv6: bool) -> String {
        match self.dialect {
            Dialect::Ix if ipv6 => ix::ipv6_route(table),
            Dialect::Ix => ix::ip_route(table),
            Dialect::Rtx => rtx::ip_route(table, self.voice().language),
        }
    }

    async fn interfaces(
        &self,
        name: Option<InterfaceName>,
        ix_screen: fn(&InterfaceStatus) -> String,
    ) -> Result<Shown, String> {
        let mut interfaces = self.snapshot().await?.interfaces;
        if let Some(name) = name {
            interfaces.retain(|interface| interface.name == name);
            if interfaces.is_empty() {
                return Err(format!("no line configures {}", name.in_dialect(self.dialect)));
            }
        }
        let screens = interfaces.iter().map(|interface| match self.dialect {
            Dialect::Ix => ix_screen(interface),
            Dialect::Rtx => rtx::status(interface, self.voice().language),
        });
        Ok(Shown {
            text: screens.collect::<Vec<_>>().join("\n"),
            json: json::interfaces(&interfaces, self.dialect),
        })
    }

    async fn neighbours(&self, ipv6: bool, interface: Option<InterfaceName>) -> Result<Shown, String> {
        let mut neighbours = self.snapshot().await?.neighbours;
        neighbours.retain(|neighbour| {
            neighbour.sight.address.is_ipv6() == ipv6
                && interface.is_none_or(|interface| neighbour.interface == interface)
        });
        let text = match self.dialect {
            Dialect::Ix if ipv6 => neighbour::ix_ipv6(&neighbours),
            Dialect::Ix => neighbour::ix_arp(&neighbours),
            Dialect::Rtx => neighbour::rtx_arp(&neighbours, self.voice().language),
        };
        Ok(Shown { text, json: neighbour::json(&neighbours, self.dialect) })
    }

    async fn snapshot(&self) -> Result<crate::daemon::router::Snapshot, String> {
        match self.router.snapshot().await {
            Ok(Ok(snapshot)) => Ok(snapshot),
            Ok(Err(error)) => Err(error.to_string()),
            Err(stopping) => Err(stopping.to_string()),
        }
    }

    fn log(&self, reverse: bool) -> Shown {
        let log = self.router.log().snapshot();
        let text = match self.dialect {
            Dialect::Ix => ix::logging(&log, self.zone()),
            Dialect::Rtx => rtx::log(&log, self.zone(), reverse),
        };
        Shown { text, json: json::log(&log) }
    }

    /// The wall clock. Nobody told the appliance its zone: an RTX is in Japan.
    pub(super) fn zone(&self) -> Zone {
        if let Some(zone) = self.running().model.system.timezone {
            return zone.value;
        }
        match self.dialect {
            Dialect::Ix => Zone(0),
            Dialect::Rtx => Zone(9 * 60),
        }
    }

    async fn history(&self) -> Result<Shown, String> {
        let records = match self.router.records().await {
            Ok(Ok(records)) => records,
            Ok(Err(error)) => return Err(error.to_string()),
            Err(stopping) => return Err(stopping.to_string()),
        };
        let line = |(back, record): (usize, &Record)| {
            let when = record.stamp.when.civil(self.zone());
            format!("{back:3}  {when}  {}  {}", record.stamp.who, record.stamp.comment).trim_end().to_owned()
                + "\n"
        };
        let json = records.iter().enumerate().map(|(back, record)| {
            json!({
                "back": back,
                "when": record.stamp.when,
                "who": record.stamp.who,
                "comment": record.stamp.comment,
            })
        });
        Ok(Shown { json: json.collect(), text: records.iter().enumerate().map(line).collect() })
    }

    async fn drift(&self) -> Result<Shown, String> {
        let plan = match self.router.drift().await {
            Ok(Ok(plan)) => plan,
            Ok(Err(error)) => return Err(error.to_string()),
            Err(stopping) => return Err(stopping.to_string()),
        };
        let steps: Vec<String> = plan.steps.iter().map(|step| step.op.to_string()).collect();
        let text = match plan.is_empty() {
            true => "Linux is as it was asked to be.\n".to_owned(),
            false => format!("These steps would put right what others changed:\n{}", plan_text(&plan)),
        };
        Ok(Shown { text, json: json!({ "steps": steps }) })
    }
}

/// Whether a name is meant by `1`, `1-3` or `anonymous`.
fn is_among(name: &str, names: &str) -> bool {
    let number = |text: &str| text.parse::<u32>().ok();
    names.split(',').any(|part| match (part.split_once('-'), number(name)) {
        (Some((first, last)), Some(name)) => {
            number(first).is_some_and(|first| first <= name) && number(last).is_some_and(|last| name <= last)
        }
        _ => part == name,
    })
}

/// What is not in force since the start, and why.
fn boot(running: &Running) -> Shown {
    let complaint = |(line, reason): (_, &String)| Complaint::about(&running.tree, line, &**reason);
    let set_aside: Vec<String> = running.set_aside.values().map(Complaint::to_string).collect();
    let held: Vec<String> =
        running.held.iter().map(|(line, reason)| complaint((*line, reason)).to_string()).collect();
    let mut text = format!("Started from {}\n", running.source);
    if running.degraded {
        text += "Linux is between two configurations, because an undo failed. It is tried again every two seconds:\n";
        text += "show drift lists what is missing, commit tries at once.\n";
    }
    if let Some(trouble) = &running.trouble {
        text += &format!("Nothing is in force: {trouble}\n");
    }
    for (title, lines) in [
        ("Not understood:", &running.refused),
        ("Set aside, because they failed:", &set_aside),
        ("Without effect for now:", &held),
    ] {
        if !lines.is_empty() {
            text +=
                &format!("{title}\n{}", lines.iter().map(|line| format!("  {line}\n")).collect::<String>());
        }
    }
    let json = json!({
        "source": running.source,
        "trouble": running.trouble,
        "degraded": running.degraded,
        "refused": running.refused,
        "set_aside": set_aside,
        "held": held,
    });
    Shown { text, json }
}
