//! `show ip access-list`, `show ip filter` and `show ip secure filter`.

use serde_json::{Value, json};

use super::Session;
use super::action::Filtering;
use crate::daemon::router::Running;
use crate::daemon::show::Shown;
use crate::status::{FilterStatus, Hits};
use crate::types::{Dialect, LineId};

impl Session {
    /// The filters of one interface, or of all, with the hits of their lines.
    pub(super) async fn filters(&self, asked: &Filtering) -> Result<Shown, String> {
        let running = self.running();
        let mut filters = self.all_filters().await?;
        filters.retain(|filter| {
            filter.is_ipv6 == asked.is_ipv6
                && asked.interface.is_none_or(|name| filter.interface == name)
                && asked.is_inbound.is_none_or(|is_inbound| filter.is_inbound == is_inbound)
        });
        let text = filters.iter().map(|filter| self.filter_text(filter, &running)).collect();
        let json = filters.iter().map(|filter| self.filter_json(filter, &running)).collect();
        Ok(Shown { text, json })
    }

    /// The lines of one access list, or of all, with their hits on all interfaces.
    pub(super) async fn access_lists(&self, name: Option<&str>, is_ipv6: bool) -> Result<Shown, String> {
        let running = self.running();
        let filters = self.all_filters().await?;
        let hits = |line: LineId| {
            let mut all = Hits::default();
            let lines = filters.iter().flat_map(|filter| &filter.lines);
            lines.filter(|(other, _)| *other == line).for_each(|(_, hits)| all += *hits);
            all
        };
        let family = if is_ipv6 { "ipv6" } else { "ip" };
        let (mut text, mut json) = (String::new(), Vec::new());
        let mut last = None;
        let entries = running.tree.walk().filter_map(|(_, line)| {
            let rest = line.command.text();
            let rest = rest.strip_prefix(&format!("{family} access-list "))?.to_owned();
            let list = line.command.value("list").filter(|_| line.command.value("action").is_some())?;
            let entry = rest.strip_prefix(list.as_ref())?.trim().to_owned();
            name.is_none_or(|name| list == name).then(|| (list.into_owned(), entry, line.id))
        });
        for (list, entry, line) in entries {
            if last.as_ref() != Some(&list) {
                text += &format!("{} access list {list}\n", if is_ipv6 { "IPv6" } else { "IP" });
            }
            let Hits { packets, bytes } = hits(line);
            text += &format!("  {entry}  ({packets} hits)\n");
            json.push(json!({ "list": list, "entry": entry, "packets": packets, "bytes": bytes }));
            last = Some(list);
        }
        match (name, json.is_empty()) {
            (Some(name), true) => Err(format!("no line defines the access list {name}")),
            _ => Ok(Shown { text, json: Value::Array(json) }),
        }
    }

    async fn all_filters(&self) -> Result<Vec<FilterStatus>, String> {
        match self.router.filters().await {
            Ok(Ok(filters)) => Ok(filters),
            Ok(Err(error)) => Err(error.to_string()),
            Err(stopping) => Err(stopping.to_string()),
        }
    }

    fn filter_text(&self, filter: &FilterStatus, running: &Running) -> String {
        let name = filter.interface.in_dialect(self.dialect);
        let direction = if filter.is_inbound { "in" } else { "out" };
        let (head, rest) = match self.dialect {
            Dialect::Ix => (format!("Interface {name}, {direction}\n"), "Implicit deny counter"),
            Dialect::Rtx => {
                (format!("{} {}\n", name.to_uppercase(), direction.to_uppercase()), "default: reject")
            }
        };
        let lines = filter.lines.iter().filter_map(|(line, hits)| {
            Some(format!("  {}  ({} hits)\n", running.tree.line(*line)?.text, hits.packets))
        });
        format!("{head}{}  {rest}  ({} hits)\n", lines.collect::<String>(), filter.rest.packets)
    }

    fn filter_json(&self, filter: &FilterStatus, running: &Running) -> Value {
        let lines = filter.lines.iter().filter_map(|(line, Hits { packets, bytes })| {
            let text = running.tree.line(*line)?.text;
            Some(json!({ "line": text, "packets": packets, "bytes": bytes }))
        });
        json!({
            "interface": filter.interface.in_dialect(self.dialect),
            "direction": if filter.is_inbound { "in" } else { "out" },
            "lines": lines.collect::<Vec<_>>(),
            "rest": { "packets": filter.rest.packets, "bytes": filter.rest.bytes },
        })
    }
}
