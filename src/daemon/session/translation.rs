//! `show ip napt …`, `show nat descriptor …`, and the commands that have translations forgotten.

use super::{Answer, Session};
use crate::daemon::router::{Running, Translated};
use crate::daemon::show::Shown;
use crate::daemon::show::translation::{self, Descriptor};
use crate::language::syntax::Rule;
use crate::types::InterfaceName;

/// Which translations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// Of this interface only.
    pub interface: Option<InterfaceName>,
    /// By this descriptor only (RTX).
    pub number: Option<u32>,
}

/// What of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Each flow (IX).
    Flows,
    /// Addresses and hosts (RTX), and each session.
    Addresses {
        /// Each session too.
        detail: bool,
    },
    /// The interfaces alone (RTX).
    Bind,
    /// How many sessions (RTX).
    Summary,
}

impl Session {
    /// The screen of some translations.
    pub(super) async fn translations(&self, which: &Which, view: View) -> Result<Shown, String> {
        let all = self.all_translations().await?;
        let running = self.running();
        let wanted = wanted(&all, which, &running);
        let language = self.voice().language;
        let text = match view {
            View::Flows => {
                let screens = wanted.iter().map(|descriptor| translation::ix(descriptor.translated));
                screens.collect::<Vec<_>>().join("\n")
            }
            View::Addresses { detail } => translation::rtx_address(&wanted, detail, language),
            View::Bind => translation::rtx_bind(&wanted, language),
            View::Summary => translation::rtx_summary(&wanted, language),
        };
        Ok(Shown { text, json: translation::json(&wanted, self.dialect) })
    }

    /// Has the flows of some translations forgotten.
    pub(super) async fn forget_translations(&self, which: &Which) -> Answer {
        let all = match self.all_translations().await {
            Ok(all) => all,
            Err(reason) => return Answer::error(self.voice().error(&reason)),
        };
        let places = wanted(&all, which, &self.running())
            .iter()
            .map(|descriptor| (descriptor.translated.interface, descriptor.translated.index))
            .collect();
        match self.router.forget(places).await {
            Ok(Ok(())) => Answer::ok(),
            Ok(Err(error)) => Answer::error(self.voice().error(&error.to_string())),
            Err(stopping) => Answer::error(self.voice().error(&stopping.to_string())),
        }
    }

    async fn all_translations(&self) -> Result<Vec<Translated>, String> {
        match self.router.translations().await {
            Ok(Ok(all)) => Ok(all),
            Ok(Err(error)) => Err(error.to_string()),
            Err(stopping) => Err(stopping.to_string()),
        }
    }
}

/// The translations that are asked for, with their numbers.
fn wanted<'a>(all: &'a [Translated], which: &Which, running: &Running) -> Vec<Descriptor<'a>> {
    let numbered = all.iter().map(|translated| {
        let number = number(running, translated);
        Descriptor { number, translated }
    });
    let asked = numbered.filter(|Descriptor { number, translated }| {
        which.interface.is_none_or(|interface| interface == translated.interface)
            && which.number.is_none_or(|asked| asked == *number)
    });
    asked.collect()
}

/// The number of a descriptor: what the lines say, or its place where they say none (IX).
fn number(running: &Running, translated: &Translated) -> u32 {
    let used = running.tree.walk().find_map(|(_, line)| {
        let of = line.command.value("interface")?.parse::<InterfaceName>().ok()?;
        let is_use = line.command.rule == Rule::rtx_ip_nat && of == translated.interface;
        is_use.then(|| line.command.values("number").filter_map(|number| number.parse().ok()).collect())
    });
    let used: Vec<u32> = used.unwrap_or_default();
    let with_effect = used.into_iter().filter(|number| has_effect(running, *number));
    let by_line = with_effect.collect::<Vec<u32>>().get(translated.index).copied();
    by_line.unwrap_or_else(|| u32::try_from(translated.index).unwrap_or(u32::MAX).saturating_add(1))
}

/// Whether a descriptor translates at all: one of type `none` has no place in the model.
fn has_effect(running: &Running, number: u32) -> bool {
    running.tree.walk().any(|(_, line)| {
        line.command.rule == Rule::rtx_nat_type
            && line.command.value("number").is_some_and(|text| text.parse() == Ok(number))
            && line.command.value("type").is_some_and(|kind| kind != "none")
    })
}
