//! Making the edits between two trees once more, on a third.

use super::{Cursor, Line, Tree, identity};

impl Tree {
    /// This tree with the edits that lead from `base` to `edited`: lines gone there go here, lines
    /// new or changed there are taken here.
    #[must_use]
    pub fn with_edits(&self, base: &Self, edited: &Self) -> Self {
        let mut tree = self.clone();
        for (context, line) in base.walk().filter(|(context, line)| edited.find(*context, line).is_none()) {
            if let Some(gone) = tree.find(context, line).map(|line| line.id) {
                tree.remove_line(gone);
            }
        }
        for (context, line) in edited.walk() {
            let known = base.find(context, line).is_some_and(|known| known.command == line.command);
            if !known {
                let mut cursor = Cursor::default();
                if let Some(context) = context {
                    cursor.open(context.command.clone());
                }
                tree.apply_line(&mut cursor, line.command.clone());
            }
        }
        tree
    }

    /// The line of the same identity in the context of the same identity.
    fn find(&self, context: Option<&Line>, line: &Line) -> Option<&Line> {
        let lines = match context {
            None => &self.lines,
            Some(context) => &self.find(None, context)?.children,
        };
        lines.iter().find(|candidate| identity::same(&candidate.command, &line.command))
    }
}
