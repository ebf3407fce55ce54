//! Saved configurations: `write memory`, and an RTX's own under the numbers 0 to 4.

use serde_json::json;

use super::action::Load;
use super::{Answer, Session};
use crate::config::{Kept, Number};
use crate::daemon::router::{Rearrange, StoreError, Trial};
use crate::daemon::show::Shown;
use crate::language::tree::{Tree, reader};
use crate::types::{Dialect, Language};

impl Session {
    /// Makes the saved configuration run, for good or on trial; nothing of the candidate is left.
    pub(super) async fn load(&mut self, load: &Load) -> Answer {
        let refused = match load {
            _ if self.is_edited() => "lines wait to be committed: commit or discard them first",
            Load { number: None, .. } => "only saved configurations can be loaded, by their numbers 0 to 4",
            Load { .. } => "",
        };
        if !refused.is_empty() {
            return Answer::error(self.voice().error(refused));
        }
        let text = match self.saved_text(load.number.unwrap_or_default()).await {
            Ok(text) => text,
            Err(error) => return Answer::error(self.voice().error(&error)),
        };
        let running = self.running();
        let saved = reader::read(&text, Some(running.dialect)).tree;
        // What differs: lines that only the running configuration has stay.
        let base = if load.difference { Tree::default() } else { running.tree.clone() };
        self.candidate_mut().tree = running.tree.with_edits(&base, &saved);
        self.cursor.close();
        let answer = self.commit(load.trial.map_or(Trial::IfRisky, Trial::Minutes)).await;
        if !answer.is_ok() {
            self.candidate = None;
        }
        answer
    }

    /// The text of a saved configuration, or why there is none.
    pub(super) async fn saved_text(&self, number: Number) -> Result<String, String> {
        let missing = || StoreError::NotSaved(number).to_string();
        match self.router.saved_text(number).await {
            Ok(Ok(text)) => text.ok_or_else(missing),
            Ok(Err(error)) => Err(error.to_string()),
            Err(stopping) => Err(stopping.to_string()),
        }
    }

    /// The list of saved configurations; a star marks the one of the next start.
    pub(super) async fn saved_list(&self) -> Result<Shown, String> {
        let list = match self.router.saved().await {
            Ok(Ok(list)) => list,
            Ok(Err(error)) => return Err(error.to_string()),
            Err(stopping) => return Err(stopping.to_string()),
        };
        let row = |kept: &Kept| {
            let Kept { number, is_default, when, size, comment } = kept;
            let mark = if *is_default { '*' } else { ' ' };
            format!("{mark} {number}  {}  {size:7}  {comment}", when.civil(self.zone())).trim_end().to_owned()
                + "\n"
        };
        let json = list.iter().map(|kept| {
            json!({
                "number": kept.number.to_string(),
                "default": kept.is_default,
                "when": kept.when,
                "size": kept.size,
                "comment": kept.comment,
            })
        });
        let header = "No.  Date       Time         Size  Comment\n";
        Ok(Shown {
            json: json.collect(),
            text: header.to_owned() + &list.iter().map(row).collect::<String>(),
        })
    }

    /// `save N`, `copy config`, `delete config`, `set-default-config`. What is saved is committed first.
    pub(super) async fn rearrange(&mut self, change: &Rearrange) -> Answer {
        let mut answer = Answer::ok();
        if let Rearrange::Save { .. } = change {
            answer = self.commit_first().await;
            if !answer.is_ok() {
                return answer;
            }
        }
        match self.router.rearrange(change.clone()).await {
            Ok(Ok(())) => {
                if let Rearrange::Save { number, .. } = change {
                    answer.say(&self.saved_words(*number));
                }
                answer
            }
            Ok(Err(error)) => Answer::error(self.voice().error(&error.to_string())),
            Err(stopping) => self.stopping(stopping),
        }
    }

    /// Commits what is not committed, confirms what is on trial, and saves; all or nothing.
    pub(super) async fn save(&mut self, copy: bool) -> Answer {
        let mut answer = self.commit_first().await;
        if !answer.is_ok() {
            return answer;
        }
        match self.router.save(&self.operator.name).await {
            Ok(Ok(())) => {
                answer.say(&match (self.dialect, copy) {
                    (Dialect::Ix, false) => "Building configuration...\n".to_owned(),
                    (Dialect::Ix, true) => COPYING.to_owned(),
                    (Dialect::Rtx, _) => self.saved_words(self.default_number().await),
                });
                answer
            }
            Ok(Err(error)) => Answer::error(self.voice().error(&format!("not saved: {error}"))),
            Err(stopping) => self.stopping(stopping),
        }
    }

    /// What has to be done before saving: nothing is saved that does not run.
    async fn commit_first(&mut self) -> Answer {
        if !self.is_edited() && self.running().pending.is_none() {
            return Answer::ok();
        }
        let mut answer = self.commit(Trial::IfRisky).await;
        if !answer.is_ok() {
            answer.say(&self.voice().error("nothing was saved"));
        } else if self.running().pending.is_some() {
            let text = "not saved, because it may be taken back: the same line again keeps it and saves";
            return answer.then(Answer::error(self.voice().error(text)));
        }
        answer
    }

    async fn default_number(&self) -> Number {
        let list = self.router.saved().await.ok().and_then(Result::ok).unwrap_or_default();
        list.into_iter().find(|kept| kept.is_default).map(|kept| kept.number).unwrap_or_default()
    }

    fn saved_words(&self, number: Number) -> String {
        match self.voice().language {
            Language::Japanese => format!("セーブ中... CONFIG{number} 終了\n"),
            Language::English => format!("Saving ... CONFIG{number} Done .\n"),
        }
    }
}

/// What an IX says of `copy running-config startup-config`.
const COPYING: &str = "Copying from \"running-config\" to \"startup-config\"\nBuilding configuration...\n";
