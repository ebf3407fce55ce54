//! Making the edits between two trees once more, on a third.

use super::identity::{self, Identity};
use super::{Cursor, Line, Masking, Tree};
use crate::types::LineId;

impl Tree {
    /// This tree with the edits that lead from `base` to `edited`: lines gone there go here, lines
    /// new or changed there are taken here.
    #[must_use]
    pub fn with_edits(&self, base: &Self, edited: &Self) -> Self {
        let mut tree = self.clone();
        for (context, line) in base.walk().filter(|(context, line)| edited.find(*context, line).is_none()) {
            let context =
                context.map_or(Some(LineId::BUILT_IN), |context| Some(tree.find(None, context)?.id));
            if let Some(context) = context {
                tree.take_out(context, |other| identity::same(&other.command, &line.command));
            }
        }
        for (context, line) in edited.walk() {
            let same = |known: &Line| known.command == line.command && known.file == line.file;
            let known = base.find(context, line).is_some_and(same);
            if !known {
                let mut cursor = Cursor::default();
                if let Some(context) = context {
                    cursor.open(context.command.clone());
                }
                let effect = tree.apply_line(&mut cursor, line.command.clone());
                tree.embed(effect.line(), line.file.clone());
            }
        }
        tree
    }

    /// The lines to type to come from this tree to another: `no …` for those that go, as they are
    /// for those that come or change.
    pub fn lines_to(&self, other: &Self, masking: Masking) -> String {
        let mut typed = Typed::default();
        for (context, line) in self.walk().filter(|(context, line)| other.find(*context, line).is_none()) {
            if context.is_none_or(|context| other.find(None, context).is_some()) {
                let text = masking.text(&line.command);
                typed.line(
                    context,
                    &text.strip_prefix("no ").map_or_else(|| format!("no {text}"), str::to_owned),
                );
            }
        }
        typed.open = None;
        for (context, line) in other.walk() {
            if !self.find(context, line).is_some_and(|known| known.command == line.command) {
                typed.line(context, &masking.text(&line.command));
                if line.command.info().opens.is_some() {
                    typed.open = Some(line.id);
                }
            }
        }
        typed.text
    }

    /// The line of the same identity in the context of the same identity.
    fn find(&self, context: Option<&Line>, line: &Line) -> Option<&Line> {
        let (context, lines) = match context {
            None => (LineId::BUILT_IN, &self.lines),
            Some(context) => self.find(None, context).map(|context| (context.id, &context.children))?,
        };
        let id = self.index.get(&(context, Identity::of(&line.command)))?;
        lines.binary_search_by_key(id, |line| line.id).ok().map(|at| &lines[at])
    }
}

/// Lines as they are typed, each below the line that opens its context.
#[derive(Default)]
struct Typed {
    text: String,
    open: Option<LineId>,
}

impl Typed {
    fn line(&mut self, context: Option<&Line>, text: &str) {
        if let Some(context) = context.filter(|context| self.open != Some(context.id)) {
            self.text += &format!("{}\n", context.command.text());
            self.open = Some(context.id);
        }
        let indent = if context.is_some() { " " } else { "" };
        self.text += &format!("{indent}{text}\n");
    }
}
