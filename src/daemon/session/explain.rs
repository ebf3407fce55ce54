//! `explain packet`, and what `commit check` says of live flows and workers.

use serde_json::{Value, json};

use super::Session;
use crate::daemon::router::{Explanation, Flows, Outlook, Question, Told, Trial};
use crate::daemon::show::Shown;

impl Session {
    /// Tells what becomes of a packet, in what runs and in the candidate.
    pub(super) async fn explain(&mut self, question: &Question) -> Result<Shown, String> {
        let wish = self.wish(Trial::Never);
        let explained =
            self.router.explain(question.clone(), wish).await.map_err(|error| error.to_string())?;
        let (running, candidate) = explained.map_err(|failure| failure.to_string())?;
        let mut text = String::new();
        match &candidate {
            None => text += &told(None, &running),
            Some(candidate) => {
                text += &told(Some("In the running configuration:"), &running);
                text += &told(Some("In the candidate:"), candidate);
            }
        }
        let value = |explained: &Result<Explanation, String>| match explained {
            Ok(explanation) => json!(explanation),
            Err(error) => json!({ "error": error }),
        };
        let candidate = candidate.as_ref().map_or(Value::Null, value);
        Ok(Shown { text, json: json!({ "running": value(&running), "candidate": candidate }) })
    }

    /// What a commit would do to live flows and workers: notes.
    pub(super) fn outlook(&self, outlook: &Outlook) -> String {
        let voice = self.voice();
        let mut notes = outlook.workers.clone();
        match &outlook.flows {
            Ok(flows) => notes.extend(flow_notes(flows)),
            Err(error) => notes.push(format!("live flows cannot be seen: {error}")),
        }
        notes.iter().map(|note| voice.note(note)).collect()
    }
}

fn told(heading: Option<&str>, explained: &Result<Explanation, String>) -> String {
    let mut text = String::new();
    let indent = if heading.is_some() { "  " } else { "" };
    if let Some(heading) = heading {
        text += &format!("{heading}\n");
    }
    match explained {
        Ok(Explanation { steps, answer, .. }) => {
            for Told { what, line } in steps.iter().chain(answer) {
                text += &format!("{indent}{what}\n");
                if let Some(line) = line {
                    text += &format!("{indent}    {line}\n");
                }
            }
        }
        Err(error) => text += &format!("{indent}{error}\n"),
    }
    text
}

/// "breaks 37 of 412 flows", and the first of them.
fn flow_notes(flows: &Flows) -> Vec<String> {
    let Flows { total, looked_at, broken, named } = flows;
    if *total == 0 {
        return Vec::new();
    }
    let of = match looked_at == total {
        true => format!("{total} live flows"),
        false => format!("the first {looked_at} of {total} live flows"),
    };
    if *broken == 0 {
        return vec![format!("breaks none of {of}")];
    }
    let mut notes = vec![format!("breaks {broken} of {of}:")];
    notes.extend(named.iter().map(|flow| format!("  {flow}")));
    if *broken > named.len() {
        notes.push(format!("  and {} more", broken - named.len()));
    }
    notes
}
