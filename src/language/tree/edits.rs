//! Making the edits between two trees once more, on a third.

use super::identity::{self, Identity};
use super::{Cursor, Line, Tree};
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
